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
OUTCOME_STYLE = {"hit": "bold red", "review": "yellow", "no_match": "green"}
OUTCOME_WORDS = {"hit": "hit", "review": "review", "no_match": "no match"}
EVIDENCE_SHOWN = 3  # leaves in the one-line reason: what speaks most for the match


def counts(title: str, numbers: Mapping[str, int]) -> None:
    """Print counts under a title, largest first, one a line; nothing when there are none."""
    if not numbers:
        return
    say(title)
    for name, number in sorted(numbers.items(), key=lambda item: (-item[1], item[0])):
        say(f"  {safe(name):<28} {number:>12,}")


def decision(answer: Mapping[str, Any]) -> None:
    """Print one decision: outcome, each match with its reasons, what was searched."""
    outcome = answer["outcome"]
    if outcome is None:
        say(f"not looked up: {safe(answer['reject_reason'])}")
    else:
        say(f"{OUTCOME_WORDS.get(outcome, outcome)}: {len(answer['matches'])} match(es)")
    for warning in answer.get("warnings") or ():
        say(f"  warning: {safe(warning)}")
    for number, match in enumerate(answer["matches"], start=1):
        _match(number, match)
    for name, number in (answer.get("caps") or {}).items():
        if number:
            say(f"not shown, {safe(name).replace('_', ' ')}: {number:,}")
    say(f"searched snapshot {answer['snapshot_id']} with model {answer['model_id']}")
    if answer["matches"]:
        say("a match is a lead to verify, never proof")


def _match(number: int, match: Mapping[str, Any]) -> None:
    mark = ", protective" if match.get("protective") else ""
    say()
    say(
        f"{number}. {match.get('outcome') or 'match'} on list {safe(match['list_id'])}, "
        f"entry {safe(match['entry_id'])} ({match['channel']}{mark}): "
        f"{match['match_weight']:+.2f} bits, probability {match['match_probability']:.4f}"
    )
    explanation = match.get("explanation") or {}
    for line in str(explanation.get("text") or "").splitlines():
        say(f"   {safe_line(line)}")


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
    """Say what the list asks for, quoted, and on the next line whom to ask.

    Examples:
        >>> advice({"requested_action": None, "contact": "NCB Beirut"}).splitlines()
        ['The list states no action: ask its owner.', 'Contact: NCB Beirut']
    """
    from matcher.explain import catalogue

    frame = catalogue(LOCALE)["frame"]
    action, contact = match.get("requested_action"), match.get("contact")
    asked = frame["action"].format(action=safe(action)) if action else frame["no_action"]
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
