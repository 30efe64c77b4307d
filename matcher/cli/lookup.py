"""`epervier lookup`: one traveller or one document, answered with reasons."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matcher.cli import render
from matcher.cli.options import JsonOption, LocaleOption, PresetOption, StoreOption
from matcher.cli.terminal import say_json, typed_text
from matcher.errors import InputError, UsageError

if TYPE_CHECKING:
    from matcher.decision import Decision
    from matcher.records import Traveller

LARGEST_TRAVELLER = 1 << 20  # bytes of JSON on standard input; one traveller needs a few hundred


def lookup(
    *,
    store: StoreOption,
    name: Annotated[
        list[str] | None, typer.Option("--name", metavar="NAME", help="A name; may be given several times.")
    ] = None,
    document: Annotated[str | None, typer.Option("--document", metavar="NUMBER", help="A document number.")] = None,
    mrz: Annotated[
        str | None,
        typer.Option("--mrz", metavar="TEXT", help="A machine readable zone; `-`: read it from standard input."),
    ] = None,
    traveller: Annotated[
        str | None,
        typer.Option("--traveller", metavar="-", help="`-`: read one traveller as JSON from standard input."),
    ] = None,
    issuer: Annotated[str | None, typer.Option("--issuer", metavar="XXX", help="Issuer of the document.")] = None,
    document_type: Annotated[
        str | None, typer.Option("--type", metavar="P", help="Type of the document, as in its MRZ.")
    ] = None,
    birth_date: Annotated[
        str | None, typer.Option("--birth-date", metavar="DATE", help="YYYY, YYYY-MM or YYYY-MM-DD.")
    ] = None,
    sex: Annotated[str | None, typer.Option("--sex", metavar="M|F|X", help="Sex as in the document.")] = None,
    nationality: Annotated[
        list[str] | None,
        typer.Option("--nationality", metavar="XXX", help="Code or name; may be given several times."),
    ] = None,
    preset: PresetOption = None,
    locale: LocaleOption = "en",
    json: JsonOption = False,
) -> None:
    """Look one traveller up in the lists of a store.

    Arguments show in process lists and shell histories: `--traveller -` reads the same as JSON from
    standard input, in the form that the service takes, and `--mrz -` a machine readable zone.
    """
    import matcher
    from matcher.records import Document, Traveller

    details = (issuer, document_type, birth_date, sex, nationality)
    whole = [option for option in (traveller, mrz) if option is not None]
    if whole and (len(whole) > 1 or name or document is not None or any(details)):
        raise UsageError("--traveller and --mrz hold everything; give one of them alone or give single options")
    if mrz is not None:
        zone = _standard_input().decode("utf-8", "replace") if mrz == "-" else typed_text(mrz, "--mrz")
        return show(matcher.Store(str(store)).open(preset=preset).lookup_mrz(zone), locale=locale, as_json=json)
    if traveller is not None:
        asked = read_traveller(traveller)
    elif name or document is not None:
        if document is None and (issuer or document_type):
            raise UsageError("--issuer and --type describe a document; give its number with --document")
        carried = Document(
            number=_text(document, "--document") or "",
            issuing_state=_text(issuer, "--issuer"),
            type=_text(document_type, "--type"),
        )
        asked = Traveller(
            names=[typed_text(each, "--name") for each in name or ()],
            birth_date=_text(birth_date, "--birth-date"),
            sex=_text(sex, "--sex"),
            nationalities=[typed_text(each, "--nationality") for each in nationality or ()],
            documents=[] if document is None else [carried],
        )
    else:
        raise UsageError("nothing to look up; give --name, --mrz, --document or --traveller -")
    return show(matcher.Store(str(store)).open(preset=preset).lookup(asked), locale=locale, as_json=json)


def show(decision: Decision, *, locale: str, as_json: bool) -> None:
    """Print a decision, for a person or as JSON."""
    answer = decision.to_dict(locale, letters=True)
    if as_json:
        say_json(answer)
    else:
        render.decision(answer, locale)


def read_traveller(source: str) -> Traveller:
    """Read one traveller as JSON from standard input.

    Raises:
        UsageError: the source is not `-`.
        InputError: the text is not one JSON object with the fields of a traveller.
    """
    if source != "-":
        raise UsageError("--traveller takes only `-`, standard input: its content must not show in process lists")
    return parse_traveller(_standard_input())


def _standard_input() -> bytes:
    raw = sys.stdin.buffer.read(LARGEST_TRAVELLER + 1)
    if len(raw) > LARGEST_TRAVELLER:
        raise InputError(f"the traveller on standard input is longer than {LARGEST_TRAVELLER:,} bytes")
    return raw


def parse_traveller(raw: bytes) -> Traveller:
    """Make a traveller of one JSON object; unknown fields and wrong types are refused.

    Raises:
        InputError: says what is wrong and where, never the value.

    Examples:
        >>> parse_traveller(b'{"names": ["ERIKSSON, Anna"], "birth_date": "1974-08-12"}').birth_date
        '1974-08-12'
    """
    import msgspec

    from matcher.records import Document, Name, Traveller

    try:
        plain = msgspec.json.decode(raw)
        asked = msgspec.convert(plain, Traveller)
    except msgspec.ValidationError as error:
        raise InputError(f"the traveller on standard input has a wrong field: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError("standard input does not hold one JSON object in UTF-8") from error
    _check_fields(plain, Traveller)
    for each in plain.get("documents") or ():
        _check_fields(each, Document)
    for each in plain.get("names") or ():
        if isinstance(each, dict):
            _check_fields(each, Name)
    return asked


def _check_fields(plain: Mapping[str, Any], record: type) -> None:
    allowed = [field.name for field in dataclasses.fields(record)]
    if unknown := len(plain.keys() - set(allowed)):
        raise InputError(
            f"{unknown} unknown field(s) in the {record.__name__.lower()} on standard input; "
            f"allowed are {', '.join(allowed)}"
        )


def _text(value: str | None, option: str) -> str | None:
    return None if value is None else typed_text(value, option)
