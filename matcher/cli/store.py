"""`epervier store`: check, rebuild and thin out a store, and end its records."""

from __future__ import annotations

import contextlib
import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.options import JsonOption, StoreOption
from matcher.cli.terminal import complain, progress, safe, say, say_json

if TYPE_CHECKING:
    from matcher.snapshot.deletions import Deletion

DayOption = Annotated[
    datetime.datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], metavar="DAY", help="Day to end records for; by default today, UTC."),
]
OneListOption = Annotated[str | None, typer.Option("--list-id", metavar="ID", help="One list; by default all.")]
app = typer.Typer(help="Check, rebuild and thin out a store, and end its records.", no_args_is_help=True)


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
def expire(store: StoreOption, on: DayOption = None, list_id: OneListOption = None) -> None:
    """Delete what is past its end, with proof: entries by their own date, old versions by their list's retention."""
    import matcher

    deletions = matcher.Store(str(store)).expire(None if on is None else on.date(), list_id)
    for one in deletions:
        _proof(one)
    say(f"{sum(one.entries for one in deletions):,} entries deleted")


@app.command()
def review(
    store: StoreOption,
    days: Annotated[int, typer.Option("--days", min=0, metavar="N", help="How many days ahead.")] = 30,
    json: JsonOption = False,
) -> None:
    """List the entries whose review or expiry falls due."""
    import matcher

    until = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=days)
    rows = matcher.Store(str(store)).review(until).to_pylist()
    if json:
        say_json({"due": [{**row, "due_on": row["due_on"].isoformat()} for row in rows]})
        return
    for row in rows:
        say(f"{row['due_on']}  {row['due']:<8} {safe(row['list_id'])} {safe(row['entry_id'])}")
    say(f"{len(rows):,} entries fall due until {until}")


@app.command("export-person")
def export_person(
    list_id: Annotated[str, typer.Argument(metavar="LIST")],
    entry_id: Annotated[str, typer.Argument(metavar="ENTRY", help="Id of the entry, as a decision names it.")],
    store: StoreOption,
    output: Annotated[Path, typer.Option("--output", metavar="FILE", help="JSON file; mode 600.")],
) -> None:
    """Write all that the store holds about an entry, for the right of access: every version, exceptions, deletions."""
    import msgspec

    import matcher
    from matcher.files import LOCAL_DISK

    found = matcher.Store(str(store)).export_person(list_id, entry_id)
    LOCAL_DISK.write(output, msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    counts = f"{len(found['versions']):,} versions hold the entry, {len(found['deletions']):,} deletions name it"
    say(f"{counts}: {safe(output)}")


@app.command()
def erase(
    list_id: Annotated[str, typer.Argument(metavar="LIST")],
    entry_id: Annotated[str, typer.Argument(metavar="ENTRY", help="Id of the entry, as a decision names it.")],
    store: StoreOption,
    author: Annotated[str, typer.Option("--author", metavar="WHO", help="Who asks for it; in the proof.")],
    reason: Annotated[str, typer.Option("--reason", metavar="WHY", help="Why; in the proof.")],
) -> None:
    """Delete an entry from every version, with its documents and exceptions; later imports leave it out."""
    import matcher

    for one in matcher.Store(str(store)).erase(list_id, entry_id, author=author, reason=reason):
        _proof(one)


@app.command()
def deletions(store: StoreOption, json: JsonOption = False) -> None:
    """Show the proofs of all deletions: what, when, under which rule; never the data."""
    import msgspec

    import matcher

    found = matcher.Store(str(store)).deletions()
    if json:
        say_json({"deletions": msgspec.to_builtins(found)})
        return
    for one in found:
        _proof(one)


def _proof(one: Deletion) -> None:
    what = f"version {one.version}" if one.became is None else f"version {one.version}, now {one.became}"
    said = "" if one.author is None else f", asked for by {safe(one.author)}: {safe(one.reason or '')}"
    count = f"{one.entries:>9,} entries of {safe(one.list_id)}"
    say(f"{one.made_at}  {one.rule:<10} {count}, {what}, for {one.decided_on}{said}")


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
