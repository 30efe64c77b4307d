"""Nothing from a list or a traveller can act on the terminal."""

from __future__ import annotations

import io
import json
import unicodedata

import pytest
from rich.console import Console

from matcher.cli import render
from matcher.cli.terminal import cell, complain, safe, safe_line, say_json, typed_text
from matcher.errors import UsageError

ATTACKS = [
    "\x1b]0;owned\x07NAME",
    "\x1b[2J\x1b[HNAME",
    "\x9b31mNAME",
    "NA\rME\nNEXT: hit",
    "NAME\u202egnp.exe",
    "NAME\u2066\u2067\u061c\u200f",
    "NA\x00ME\x7f",
    "NAME\u2028NEXT",
    "NAME\ud800",
    "NAME\U000e0041\U000e007f",
    "\ufeffNAME",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_safe_text_holds_nothing_that_acts(attack: str) -> None:
    """No control, format, surrogate or line-separating character is left."""
    text = safe(attack)
    assert not {unicodedata.category(character) for character in text} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert "NAME" in text or "NA ME" in text
    assert text.encode()


def test_right_to_left_text_is_isolated_and_keeps_its_joiners() -> None:
    """Arabic, Hebrew and Persian text stands between isolates; its joiners stay."""
    for text in ("يوسف", "דוד", "می\u200cخواهم"):
        assert safe(text) == f"\u2068{text}\u2069"
    assert safe("ЮСУФ") == "ЮСУФ"


def test_markup_in_data_is_not_read(capsys: pytest.CaptureFixture[str]) -> None:
    """Square brackets in a name are shown as they are."""
    stream = io.StringIO()
    Console(file=stream, force_terminal=True, width=80).print(cell("[bold red]NAME[/] [link=http://x]y[/link]"))
    assert "[bold red]NAME[/] [link=http://x]y[/link]" in stream.getvalue()


@pytest.mark.parametrize("attack", [*ATTACKS[:-3], "😀\U000e0041", "\ufeffNAME"])
def test_json_escapes_what_acts_and_loses_nothing(capsys: pytest.CaptureFixture[str], attack: str) -> None:
    """JSON on the terminal reads back as it was, and its text has no acting character."""
    say_json({"name": attack})
    shown = capsys.readouterr().out
    assert json.loads(shown) == {"name": attack}
    assert not {unicodedata.category(each) for each in shown if each != "\n"} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_an_error_is_one_safe_line(capsys: pytest.CaptureFixture[str]) -> None:
    """An error that quotes a file name can't add lines or colours."""
    complain("cannot read \x1b[31mlist\nTraceback")
    assert capsys.readouterr().err == "epervier: cannot read [31mlist Traceback\n"


def test_bytes_that_are_not_text_are_refused() -> None:
    """An argument in another encoding is refused, not guessed."""
    with pytest.raises(UsageError):
        typed_text(b"Zo\xeb".decode("utf-8", "surrogateescape"), "--name")


def test_a_decision_is_printed_without_acting_characters(capsys: pytest.CaptureFixture[str]) -> None:
    """Ids, explanation, action and contact of a match are all made safe."""
    bad = "\x1b[2Jx\u202ey"
    match = {
        "list_id": bad,
        "entry_id": bad,
        "channel": "person",
        "outcome": "hit",
        "match_weight": 9.5,
        "match_probability": 0.99,
        "explanation": {"leaves": [], "text": f"{bad}\n{bad}"},
        "protective": True,
        "requested_action": bad,
        "contact": bad,
    }
    answer = {"outcome": "hit", "warnings": [bad], "matches": [match], "snapshot_id": "s", "model_id": "m"}
    render.decision({**answer, "caps": {"matches_over_limit": 3, "names_over_limit": 0}})
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "never proof" in shown
    assert "matches over limit: 3" in shown
    assert "names over limit" not in shown


def test_a_line_from_right_to_left_keeps_its_isolates_and_nothing_else() -> None:
    """Its mark and every isolate stay, what a value smuggles in goes, an isolate left open is closed."""
    line = "\u200fالاسم \u2068Hasan\u202e\x1b[2J\u2069 و\u2068Ali"
    assert safe_line(line) == "\u200fالاسم \u2068Hasan[2J\u2069 و\u2068Ali\u2069"


def test_the_reason_is_what_weighs_most() -> None:
    """The one-line reason names the three heaviest pieces of evidence, not the prior nor what opposes."""
    leaves = [
        {"feature": feature, "level": level, "weight_bits": bits, "query_value": "q", "entry_value": "e"}
        for feature, level, bits in (
            ("prior", "person", -30.0),
            ("sex", "same", 0.5),
            ("name", "exact", 20.0),
            ("birth_date", "different", -7.0),
            ("nationality", "same", 1.0),
            ("birth_place", "same_place", 2.0),
        )
    ]
    words = render.reason({"explanation": leaves}).replace("\u2068", "").replace("\u2069", "")
    assert (
        words
        == "'q' is spelled as listed: 'e'; birth place in common ('q'; listed 'e'); nationality in common (q; listed e)"
    )
    assert render.reason({"explanation": [], "status": "stolen_blank"}) == "The document is reported stolen as a blank."
