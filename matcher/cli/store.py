"""`epervier store`: check, rebuild and thin out a store."""

from __future__ import annotations

from typing import Annotated

import typer

from matcher.cli.options import StoreOption
from matcher.cli.terminal import complain, say

app = typer.Typer(help="Check, rebuild and thin out a store.", no_args_is_help=True)


@app.command()
def verify(store: StoreOption) -> None:
    """Read every file of the store and compare it with its checksum."""
    import matcher

    report = matcher.Store(str(store)).verify()
    for error in report.damaged:
        complain(str(error))
    if report.damaged:
        raise typer.Exit(report.damaged[0].exit_code)
    say(f"{report.n_files:,} files are sound")


@app.command()
def rebuild(store: StoreOption) -> None:
    """Build what is searched again where it is damaged or made by another version."""
    import matcher

    matcher.Store(str(store)).rebuild()
    say("the snapshot in force is built for this version")


@app.command()
def prune(
    store: StoreOption,
    keep: Annotated[int, typer.Option("--keep", min=1, metavar="N", help="Snapshots to keep, the newest.")],
) -> None:
    """Remove old snapshots and what only they need; what is in force always stays."""
    import matcher

    removed = matcher.Store(str(store)).prune(keep)
    say(f"{removed:,} snapshots, list versions and segments removed")
