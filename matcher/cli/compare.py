"""`epervier compare`: two names side by side, at even odds, without any list."""

from __future__ import annotations

from typing import Annotated

import typer

from matcher.cli import render
from matcher.cli.options import JsonOption, LocaleOption
from matcher.cli.terminal import safe_line, say, say_json, typed_text


def compare(
    query: Annotated[str, typer.Argument(metavar="NAME", help="One name, in any script.")],
    entry: Annotated[str, typer.Argument(metavar="NAME", help="The other name.")],
    locale: LocaleOption = "en",
    json: JsonOption = False,
) -> None:
    """Compare two names at even odds and say why they are, or are not, the same."""
    query, entry = typed_text(query, "NAME"), typed_text(entry, "NAME")
    import matcher

    found = matcher.compare_names(query, entry)
    if json:
        say_json(
            {
                "match_weight": found.match_weight,
                "match_probability": found.match_probability,
                "same": found.same,
                "explanation": found.explanation.to_dict(locale),
            }
        )
        return
    words = render.Words(locale)
    if found.match_weight is None or found.match_probability is None:
        words.say("no_letters")
        return
    words.say(
        "same_name" if found.same else "other_name",
        bits=f"{found.match_weight:+.2f}",
        probability=f"{found.match_probability:.4f}",
    )
    for line in found.explanation.to_text(locale).splitlines():
        say(f"  {safe_line(line)}")
