"""`epervier lookup` and `epervier compare`: one traveller, one document, two names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from matcher.cli.lookup import parse_traveller
from matcher.errors import InputError
from tests.cli.runner import run, spawn

ANNA = {
    "names": ["Anna Maria Eriksson"],
    "birth_date": "1974-08-12",
    "documents": [{"number": "L898902C3", "issuing_state": "UTO", "type": "P"}],
}


def look_up(capsys: pytest.CaptureFixture[str], store: Path, *arguments: str) -> dict[str, Any]:
    """Run a lookup and return its decision."""
    ran = run(capsys, "lookup", "--store", store, "--json", *arguments)
    assert ran.code == 0, ran.err
    answer = json.loads(ran.out)
    assert isinstance(answer, dict)
    return answer


def test_a_name_is_found_across_scripts(capsys: pytest.CaptureFixture[str], lists_store: Path) -> None:
    """A Latin name finds its Arabic entry, and the leaves sum to the match weight."""
    answer = look_up(capsys, lists_store, "--name", "ABDELRAHMAN YOUSSEF")
    assert {match["entry_id"] for match in answer["matches"]} == {"1", "2"}
    for match in answer["matches"]:
        assert sum(leaf["weight_bits"] for leaf in match["explanation"]["leaves"]) == match["match_weight"]
        assert match["explanation"]["text"]


def test_every_option_reaches_the_lookup(capsys: pytest.CaptureFixture[str], lists_store: Path) -> None:
    """Birth date, sex and nationality change the weight; issuer and type decide about a document."""
    name = ["--name", "Anna Maria Eriksson"]
    alone = look_up(capsys, lists_store, *name)["matches"][0]["match_weight"]
    assert look_up(capsys, lists_store, *name, "--birth-date", "1974-08-12")["matches"][0]["match_weight"] > alone
    assert look_up(capsys, lists_store, *name, "--birth-date", "not a date")["warnings"]
    assert look_up(capsys, lists_store, *name, "--sex", "not a sex")["warnings"]
    assert look_up(capsys, lists_store, *name, "--nationality", "not a state")["warnings"]
    number = ["--document", "L898902C3"]
    assert look_up(capsys, lists_store, *number, "--issuer", "UTO", "--type", "P")["outcome"] == "hit"
    assert look_up(capsys, lists_store, *number, "--issuer", "FRA", "--type", "P")["outcome"] == "review"
    assert look_up(capsys, lists_store, "--document", "X0000000")["outcome"] == "no_match"


def test_a_traveller_on_standard_input_equals_the_options(
    capsys: pytest.CaptureFixture[str], lists_store: Path
) -> None:
    """The JSON form gives the matches that the same options give."""
    ran = spawn("lookup", "--store", lists_store, "--json", "--traveller", "-", given=json.dumps(ANNA).encode())
    assert ran.code == 0, ran.err
    options = ["--name", "Anna Maria Eriksson", "--birth-date", "1974-08-12", "--document", "L898902C3"]
    expected = look_up(capsys, lists_store, *options, "--issuer", "UTO", "--type", "P")
    assert json.loads(ran.out)["matches"] == expected["matches"]
    assert len(expected["matches"]) == 2


def test_a_person_reads_outcome_reason_and_caution(capsys: pytest.CaptureFixture[str], lists_store: Path) -> None:
    """The text form names the outcome, the list, the reasons and that a match is a lead."""
    ran = run(capsys, "lookup", "--store", lists_store, "--name", "يوسف عبد الرحمن")
    assert ran.code == 0
    for words in ("on list people, entry 2", "bits", "\u2068يوسف", "never proof", "snapshot"):
        assert words in ran.out
    nothing = run(capsys, "lookup", "--store", lists_store, "--name", "Zebulon Quartermain")
    assert nothing.out.startswith("no match")
    assert "never proof" not in nothing.out


ZONE = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"


def test_a_machine_readable_zone_is_looked_up(capsys: pytest.CaptureFixture[str], lists_store: Path) -> None:
    """The zone's document and name are asked for; a failed digit is a warning and no refusal."""
    answer = look_up(capsys, lists_store, "--mrz", ZONE)
    assert answer["outcome"] == "hit"
    assert {match["channel"] for match in answer["matches"]} == {"document", "person"}
    wrong = look_up(capsys, lists_store, "--mrz", ZONE.replace("7408122", "7408123"))
    assert wrong["warnings"] == ["mrz_check_digit_failed"]
    assert run(capsys, "lookup", "--store", lists_store, "--mrz", "no zone").code == 3


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--issuer", "UTO", "--name", "A"],
        ["--traveller", "-", "--name", "A"],
        ["--traveller", "-", "--sex", "F"],
        ["--traveller", '{"names": ["A"]}'],
        ["--mrz", "P<UTO", "--name", "A"],
        ["--mrz", "P<UTO", "--traveller", "-"],
    ],
)
def test_options_that_mean_nothing_are_usage_errors(
    capsys: pytest.CaptureFixture[str], lists_store: Path, arguments: list[str]
) -> None:
    """Nothing to look up, halves of a document, mixed sources: exit code 2."""
    assert run(capsys, "lookup", "--store", lists_store, *arguments).code == 2


def test_a_store_that_is_not_there_is_refused_and_not_made(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Looking up in a store that doesn't exist says so and leaves nothing behind."""
    ran = run(capsys, "lookup", "--store", tmp_path / "nothing", "--name", "A B")
    assert ran.code == 3
    assert ran.err.count("\n") == 1
    assert not (tmp_path / "nothing").exists()


def test_a_name_in_another_encoding_is_refused(lists_store: Path) -> None:
    """Bytes that aren't UTF-8 are refused in one line, without the name."""
    name = b"Zo\xeb SECRET".decode("utf-8", "surrogateescape")
    ran = spawn("lookup", "--store", lists_store, "--name", name)
    assert ran.code == 2
    assert "SECRET" not in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'"ERIKSSON"',
        b'{"names": "ERIKSSON"}',
        b'{"names": [7]}',
        b'{"surname": "ERIKSSON"}',
        b'{"names": [{"last": "ERIKSSON"}]}',
        b'{"documents": [{"number": "A1", "state": "ERIKSSON"}]}',
        b'{"documents": [{}]}',
        b'{"names": ["\xff"]}',
        b'{"names": ["\\ud800"]}',
        b"[" * 100_000,
    ],
)
def test_a_bad_traveller_is_refused_without_its_values(raw: bytes) -> None:
    """Broken JSON, wrong types and unknown fields are refused, and nothing given is quoted."""
    with pytest.raises(InputError) as refused:
        parse_traveller(raw)
    assert "ERIKSSON" not in str(refused.value)


def test_compare_says_same_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    """Two spellings of a name are the same, two names are not; the weight is symmetric."""
    one = json.loads(run(capsys, "compare", "Yusuf Abd al-Rahman", "يوسف عبد الرحمن", "--json").out)
    two = json.loads(run(capsys, "compare", "يوسف عبد الرحمن", "Yusuf Abd al-Rahman", "--json").out)
    assert one["same"]
    assert one["match_weight"] == two["match_weight"]
    assert sum(leaf["weight_bits"] for leaf in one["explanation"]["leaves"]) == one["match_weight"]
    assert run(capsys, "compare", "Jon Smith", "John Smith").out.startswith("the same name")
    assert run(capsys, "compare", "Hasan Ali", "Boris Petrov").out.startswith("not the same name")
    assert run(capsys, "compare", "...", "...").out.startswith("not comparable")


def test_reasons_are_given_in_the_language_asked_for(capsys: pytest.CaptureFixture[str], lists_store: Path) -> None:
    """`--locale` turns every line of a lookup and a comparison, the JSON's sentences too; an unknown one is refused."""
    ask = ["lookup", "--store", lists_store, "--name", "Yusuf Abd al-Rahman", "--locale"]
    assert "Ceci est une piste" in run(capsys, *ask, "fr").out
    assert "coincidencias: " in run(capsys, *ask, "es").out
    assert "modelo names" in run(capsys, *ask, "es").out
    answer = json.loads(run(capsys, *ask, "fr", "--json").out)
    assert "lettres : " in {one["entry_id"]: one["explanation"]["text"] for one in answer["matches"]}["2"]
    refused = run(capsys, *ask, "xx")
    assert (refused.code, refused.out) == (3, "")
    names = ["compare", "Jon Smith", "John Smith", "--locale"]
    assert run(capsys, *names, "es").out.startswith("el mismo nombre")
    leaves = json.loads(run(capsys, *names, "fr", "--json").out)["explanation"]["leaves"]
    assert ["".join(chunks) for chunks in zip(*leaves[0]["letters"], strict=True)] == ["Jon", "John"]
    assert "graphie" in leaves[0]["sentence"]


def test_an_arabic_answer_runs_from_right_to_left(capsys: pytest.CaptureFixture[str], lists_store: Path) -> None:
    """Each line carries its direction, and no list id, name or number stands in it without an isolate."""
    ran = run(capsys, "lookup", "--store", lists_store, "--name", "Yusuf Abd al-Rahman", "--locale", "ar")
    lines = [line for line in ran.out.splitlines() if line]
    assert len(lines) > 10
    for line in lines:
        assert line.lstrip().startswith("\u200f")
        outside = "".join(part.partition("\u2069")[2] for part in ("\u2069" + line).split("\u2068"))
        assert not any(letter.isascii() and letter.isalpha() for letter in outside), line
    assert "\u2068people\u2069" in ran.out
