"""`epervier warm`: what the first question would otherwise wait for."""

from __future__ import annotations

from matcher.cli.options import StoreOption
from matcher.cli.terminal import say


def warm(store: StoreOption) -> None:
    """Open the lists in force and compile what searches them, once on a machine: for images and before a start."""
    import matcher

    watchlist = matcher.Store(str(store)).open()
    watchlist.warm()
    say(f"{len(watchlist.lists()):,} lists are ready to be searched")
