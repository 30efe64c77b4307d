"""`epervier compare`: two names side by side, at even odds, without any list."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from matcher.cli.options import JsonOption
from matcher.cli.terminal import safe_line, say, say_json, typed_text


def compare(
    query: Annotated[str, typer.Argument(metavar="NAME", help="One name, in any script.")],
    entry: Annotated[str, typer.Argument(metavar="NAME", help="The other name.")],
    json: JsonOption = False,
) -> None:
    """Compare two names at even odds and say why they are, or are not, the same."""
    query, entry = typed_text(query, "NAME"), typed_text(entry, "NAME")
    import matcher

    found = matcher.compare_names(query, entry)
    explanation = found.explanation
    if json:
        leaves = [] if explanation is None else [dataclasses.asdict(leaf) for leaf in explanation.leaves()]
        say_json(
            {
                "match_weight": found.match_weight,
                "match_probability": found.match_probability,
                "same": found.same,
                "explanation": {"leaves": leaves},
            }
        )
        return
    if found.match_weight is None or found.match_probability is None:
        say("not comparable: a name without letters")
        return
    verdict = "the same name" if found.same else "not the same name"
    say(f"{verdict}: {found.match_weight:+.2f} bits, probability {found.match_probability:.4f} at even odds")
    if explanation is not None:
        for line in explanation.to_text("en").splitlines():
            say(f"  {safe_line(line)}")
