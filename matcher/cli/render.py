"""Decisions and counts as tables and lines that a person can read.

Works on the plain forms that leave the library (`Decision.to_dict()`, rows of `schema.DECISION`), so
that a screening and a lookup read the same. Everything from a list or a traveller goes through
`terminal.safe`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.table import Table

from matcher.cli.terminal import cell, console, safe, safe_line, say

LOCALE = "en"
OUTCOME_STYLE = {"hit": "bold red", "review": "yellow", "no_match": "green", "refer": "yellow", "cleared": "green"}
OUTCOME_WORDS = {"hit": "hit", "review": "review", "no_match": "no match"}
EVIDENCE_SHOWN = 3  # leaves in the one-line reason: what speaks most for the match


def counts(title: str, numbers: Mapping[str, int]) -> None:
    """Print counts under a title, largest first, one a line; nothing when there are none."""
    if not numbers:
        return
    say(title)
    for name, number in sorted(numbers.items(), key=lambda item: (-item[1], item[0])):
        say(f"  {safe(name):<28} {number:>12,}")


def decision(answer: Mapping[str, Any], locale: str = LOCALE) -> None:
    """Print one decision: outcome, each match with its reasons, what was searched."""
    words = Words(locale)
    outcome = answer["outcome"]
    if outcome is None:
        words.say("not_looked_up", reason=answer["reject_reason"])
    else:
        words.say("outcome", outcome=words.word(outcome), count=f"{len(answer['matches'])}")
    for warning in answer.get("warnings") or ():
        words.say("warning", indent=2, warning=warning)
    for number, match in enumerate(answer["matches"], start=1):
        _match(number, match, words)
    for one in answer.get("known_different") or ():
        words.say("known_different", **{name: one[name] for name in ("list_id", "entry_id", "author", "reason")})
    _guidance(answer.get("guidance"))
    for name, number in (answer.get("caps") or {}).items():
        if number:
            words.say("not_shown", name=words.word(name, "caps"), count=f"{number:,}")
    words.say("searched", snapshot=answer["snapshot_id"], model=answer["model_id"])
    if answer["matches"]:
        words.say("lead")


class Phrase(str):
    """A word of the catalogue: it belongs to the line, where any other value is isolated."""


class Words:
    """Lines of one language, made safe.

    Raises:
        LocaleError: no catalogue for the language.
    """

    def __init__(self, locale: str) -> None:
        from matcher.explain import catalogue

        self._catalogue = catalogue(locale)

    def word(self, code: str, section: str = "answer") -> Phrase:
        """Return the word for a code, or the code itself, isolated, where there is none."""
        from matcher.explain import isolated

        return Phrase(self._catalogue[section].get(code) or isolated(code))

    def line(self, key: str, **values: object) -> Phrase:
        """Fill a line of the section `answer`; values are isolated, words of the catalogue are not."""
        from matcher.explain import isolated

        parts = {name: each if isinstance(each, Phrase) else isolated(str(each)) for name, each in values.items()}
        return Phrase(self._catalogue["answer"][key].format(**parts))

    def say(self, key: str, indent: int = 0, start: str = "", **values: object) -> None:
        """Print a line."""
        from matcher.explain.wording import line_of

        text = line_of(self._catalogue, f"{start}{self.line(key, **values)}")
        say(f"{' ' * indent}{safe_line(text)}")


def _match(number: int, match: Mapping[str, Any], words: Words) -> None:
    channel, weight = words.word(match["channel"]), match["match_weight"]
    start, outcome = f"{number}. ", words.word(match.get("outcome") or "review")
    place = {"list_id": match["list_id"], "entry_id": match["entry_id"]}
    shown = words.line("protective", channel=channel) if match.get("protective") else channel
    say()
    values: dict[str, object] = {"outcome": outcome, "channel": shown, **place}
    if weight is not None:
        values |= {"bits": f"{weight:+.2f}", "probability": f"{match['match_probability']:.4f}"}
    key = "referred" if match["list_id"] is None else "unweighed" if weight is None else "match"
    words.say(key, 0, start, **values)
    explanation = match.get("explanation") or {}
    for line in str(explanation.get("text") or "").splitlines():
        say(f"   {safe_line(line)}")


def _guidance(shown: Mapping[str, Any] | None) -> None:
    """Print what an officer is told for the indicators that were ticked."""
    if shown:
        say()
        for text in (*(one["text"] for one in shown["indicators"]), shown["guidance"], shown["referral"]):
            say(safe_line(text))


def reason(match: Mapping[str, Any]) -> str:
    """Say in one line what speaks most for a match, in the words of the library's explanations.

    Args:
        match: A row of `schema.MATCH`.

    Examples:
        >>> leaf = {"feature": "sex", "level": "same", "query_value": "F", "entry_value": "F", "weight_bits": 1.0}
        >>> reason({"explanation": [leaf], "status": "lost"})
        'The document is reported lost. same sex (\u2068F\u2069)'
    """
    from matcher.explain import Explanation, catalogue
    from matcher.score.evidence import Evidence

    leaves = sorted((Evidence(**leaf) for leaf in match["explanation"]), key=lambda leaf: -leaf.weight_bits)
    evidence = [leaf for leaf in leaves if leaf.feature != "prior"][:EVIDENCE_SHOWN]
    status = catalogue(LOCALE)["status"].get(match.get("status") or "", "")
    return f"{status} {Explanation(tuple(evidence)).headline(LOCALE)}".strip()


def advice(match: Mapping[str, Any]) -> str:
    """Say what the list asks for, quoted, else what is usual for its kind; on the next line whom to ask.

    Examples:
        >>> match = {"category": "document", "requested_action": "examine-document", "contact": "NCB Beirut"}
        >>> advice(match).splitlines()[1]
        'Contact: NCB Beirut'
    """
    from matcher.explain import catalogue
    from matcher.policy.kinds import kind_of

    frame, kind = catalogue(LOCALE)["frame"], kind_of(match.get("category"))
    action, contact = match["requested_action"], match.get("contact")
    if match.get("category") is None:
        asked = frame["referral"]
    elif action == kind.action:
        asked = frame["usual"].format(action=kind.wording(LOCALE).action)
    else:
        asked = frame["action"].format(action=safe(action))
    return f"{asked}\n{frame['contact'].format(contact=safe(contact))}" if contact else asked


def lists(rows: Iterable[Any]) -> None:
    """Print list versions as a table, one row a list."""
    table = Table(title="lists in force", title_justify="left")
    for heading in ("list", "format", "version", "as of"):
        table.add_column(heading, overflow="fold")
    for heading in ("entries", "malformed", "rejects"):
        table.add_column(heading, justify="right")
    table.add_column("by kind", overflow="fold")
    for row in rows:
        kinds = ", ".join(f"{kind} {number:,}" for kind, number in sorted(row.by_kind.items()))
        table.add_row(
            cell(row.list_id),
            cell(row.format),
            cell(row.version),
            cell(row.as_of),
            *(cell(f"{number:,}") for number in (row.entries, row.malformed, row.rejects)),
            cell(kinds),
        )
    console().print(table)
