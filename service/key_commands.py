"""`epervier keys`: make, list, rotate and revoke API keys. Each act is in the audit before it is done."""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.terminal import safe, say
from service.commands import ConfigOption, StoreOption
from service.office import office

if TYPE_CHECKING:
    from service.keys import Key

app = typer.Typer(help="Make, list, rotate and revoke API keys of the service.", no_args_is_help=True)
KeyId = Annotated[str, typer.Argument(metavar="KEY_ID", help="Id of the key, as `keys list` shows it.")]


@app.command()
def make(
    label: Annotated[str, typer.Argument(metavar="LABEL", help="What the holder is called: an office, no person.")],
    *,
    role: Annotated[list[str], typer.Option("--role", help="What the holder is; may be given again.")],
    purpose: Annotated[
        list[str] | None, typer.Option("--purpose", help="Code that the holder may give as purpose; again for more.")
    ] = None,
    scope: Annotated[list[str] | None, typer.Option("--scope", help="`protection`.")] = None,
    country: Annotated[str | None, typer.Option("--country", help="The holder's state.")] = None,
    rate: Annotated[float | None, typer.Option("--rate", help="Requests a second [default: the setting's].")] = None,
    days: Annotated[float | None, typer.Option("--days", help="Days until it expires [default: never].")] = None,
    store: StoreOption = None,
    config: ConfigOption = None,
) -> None:
    """Make a key and show it, once. From the first key on nobody is let in without one."""
    with office(store, config) as desk:
        from service.keys import check, new_id

        check(label, role, scope or (), country)
        key_id = new_id()
        desk.record(
            "keys make", key=key_id, roles=sorted(role), scopes=sorted(scope or ()), purposes=sorted(purpose or ())
        )
        key, secret = desk.keys.make(
            label,
            roles=role,
            purposes=purpose or (),
            scopes=scope or (),
            country=country,
            rate_per_second=rate,
            expires_at=_in(days),
            key_id=key_id,
        )
        _show_secret(key, secret)


@app.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a key.")] = False,
    store: StoreOption = None,
    config: ConfigOption = None,
) -> None:
    """List every key that was made, in force or not; never its secret."""
    with office(store, config) as desk:
        from service.database.tables import now

        for key in desk.keys.all():
            if as_json:
                say(json.dumps(asdict(key)))
                continue
            state = "in force" if key.is_in_force(now()) else "revoked" if key.revoked_at else "expired"
            say(f"{key.id}  {state}  {','.join(key.roles)}  {','.join(key.purposes) or '-'}  {safe(key.label)}")


@app.command()
def rotate(
    key_id: KeyId,
    overlap_hours: Annotated[
        float, typer.Option("--overlap-hours", min=0, help="Hours for which the old secret stays good.")
    ] = 0,
    store: StoreOption = None,
    config: ConfigOption = None,
) -> None:
    """Give a key a new secret and show it, once; the old one ends within a second, or after the overlap."""
    with office(store, config) as desk:
        desk.record("keys rotate", key=key_id[:32], overlap_hours=overlap_hours)
        _show_secret(*desk.keys.rotate(key_id, overlap=datetime.timedelta(hours=overlap_hours)))


@app.command()
def revoke(key_id: KeyId, store: StoreOption = None, config: ConfigOption = None) -> None:
    """Revoke a key for good; it stops within a second."""
    with office(store, config) as desk:
        desk.record("keys revoke", key=key_id[:32])
        key = desk.keys.revoke(key_id)
        say(f"{key.id} is revoked")


def _show_secret(key: Key, secret: str) -> None:
    say(secret)
    typer.echo(f"{key.id}: this is shown once and kept nowhere; hand it over by a safe way", err=True)


def _in(days: float | None) -> datetime.datetime | None:
    return None if days is None else datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
