"""`epervier audit`: verify the audit, export it, find a query in it, end a period of digests."""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.terminal import complain, say
from matcher.errors import InputError
from service.commands import ConfigOption, StoreOption
from service.office import office

app = typer.Typer(help="Verify, export and search the service's audit.", no_args_is_help=True)
FINDINGS_EXIT = 3


@app.command()
def verify(
    checkpoints: Annotated[
        list[Path] | None,
        typer.Option("--checkpoints", metavar="DIR", help="Folders of checkpoints or copies [default: the setting's]."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    store: StoreOption = None,
    config: ConfigOption = None,
) -> None:
    """Find records that were changed, removed, reordered or cut off; exit code 3 when there are any."""
    with office(store, config) as desk:
        from service.audit.verify import verify as verify_audit

        found = verify_audit(desk.engine, checkpoints or [desk.settings.checkpoint_folder])
    if as_json:
        told = {"records": found.records, "checkpoints": found.checkpoints, "unsigned": found.unsigned}
        say(json.dumps({**told, "findings": [str(finding) for finding in found.findings]}))
    else:
        say(f"{found.records:,} records and {found.checkpoints:,} signed checkpoints read")
        for writer, count in sorted(found.unsigned.items()):
            say(f"writer {writer}: {count:,} records after its newest checkpoint; cutting those off can't be seen")
    for finding in found.findings:
        complain(str(finding))
    if found.findings:
        raise typer.Exit(FINDINGS_EXIT)
    if not as_json:
        say("nothing was changed, removed, reordered or cut off")


@app.command()
def export(
    output: Annotated[Path, typer.Option("--output", metavar="FILE", help="JSON Lines, mode 600; must not exist.")],
    *,
    since: Annotated[str, typer.Option("--since", metavar="INSTANT", help="First instant, ISO 8601, UTC.")] = "",
    until: Annotated[str, typer.Option("--until", metavar="INSTANT", help="First instant left out.")] = "~",
    key: Annotated[str | None, typer.Option("--key", metavar="KEY_ID", help="Only requests with that key.")] = None,
    store: StoreOption = None,
    config: ConfigOption = None,
) -> None:
    """Write records out, each with what its hash is made of."""
    from matcher.files import LOCAL_DISK

    if output.exists():
        raise InputError(f"{output} exists; name a new file")
    count = 0
    with office(store, config) as desk:
        from service.audit.verify import export as export_audit

        desk.record("audit export", since=since, until=until, key=key)
        with LOCAL_DISK.create(output) as stream:
            for one in export_audit(desk.engine, since=since, until=until, caller=key):
                stream.write(json.dumps(one, ensure_ascii=False).encode() + b"\n")
                count += 1
    say(f"{count:,} records written")


@app.command()
def find(store: StoreOption = None, config: ConfigOption = None) -> None:
    """Find the records of a query, given on standard input as the JSON body that was sent."""
    with office(store, config) as desk:
        from service.audit.find import find as find_query
        from service.audit.find import queries_of

        queries = queries_of(sys.stdin.buffer.read(), desk.settings)
        desk.record("audit find", queries=len(queries))
        for one in find_query(desk.engine, queries):
            say(json.dumps(one))


@app.command()
def rotate(
    destroy_all: Annotated[
        bool, typer.Option("--destroy-all", help="Destroy the keys of all ended periods, whatever policy keeps.")
    ] = False,
    store: StoreOption = None,
    config: ConfigOption = None,
) -> None:
    """Begin a new period of digests and destroy the keys that policy no longer keeps."""
    with office(store, config) as desk:
        from service.audit import periods
        from service.database.engine import translated

        desk.record("audit rotate", destroy_all=destroy_all)
        kept = 0 if destroy_all else desk.settings.digest_periods_kept
        policy = periods.Policy(desk.settings.digest_period_days, kept)
        with translated("write to"), desk.engine.begin() as connection:
            period = periods.begin(connection, policy, datetime.datetime.now(datetime.UTC))
        say(f"period {period.number} has begun; ended periods keep their key: {kept}")
