"""`epervier store`: check, rebuild and thin out a store."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.options import StoreOption
from matcher.cli.terminal import complain, progress, say

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


@app.command()
def calibrate(
    store: StoreOption,
    expected_matches: Annotated[
        float | None,
        typer.Option("--expected-matches", metavar="SHARE", help="True matches a traveller; else the model's."),
    ] = None,
    travellers: Annotated[
        Path | None,
        typer.Option(
            "--travellers",
            metavar="FILE",
            help="Travellers known to be on no list: they set where reviews begin, at so many in 10,000.",
        ),
    ] = None,
) -> None:
    """Fit the prior to the size of the lists in force, and review thresholds to your own clean travellers.

    Give the command again after a large import: answers name the calibrated model.
    """
    import matcher
    from matcher.calibration import calibrate as fit
    from matcher.score.model import PRESETS

    opened = matcher.Store(str(store))
    with contextlib.ExitStack() as stack:
        reader = None if travellers is None else stack.enter_context(matcher.read_travellers(travellers))
        bar = stack.enter_context(progress("screening", None))
        made = fit(opened, expected_matches_per_traveller=expected_matches, travellers=reader, progress=bar.advance)
        bar.finish()
    model = opened.model()
    say(f"model {model.model_id}: {made.persons:,} persons, {made.documents:,} documents")
    say(f"prior of a person {model.person_prior_bits:.1f} bits, of a document {model.document_prior_bits:.1f} bits")
    how = f"measured on {made.n_travellers:,} travellers" if made.n_travellers else "as shipped"
    for preset in PRESETS:
        bits = model.weights[preset]
        say(f"  {preset:<16} review from {bits['review_bits']:.1f} bits, hit from {bits['hit_bits']:.1f} ({how})")
