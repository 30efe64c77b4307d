"""`epervier serve` and `config`: join the command line by the entry-point group `epervier.commands`.

`keys` and `audit` are in `service.key_commands` and `service.audit_commands`.

Only typer is imported here; the web framework is imported when the command runs, and where it isn't
installed the command says how to install it.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matcher.cli.terminal import safe, say
from matcher.errors import EpervierError, InputError, UsageError

if TYPE_CHECKING:
    from service.settings import Settings


class MissingServiceError(EpervierError):
    """The packages of the service are not installed."""


StoreOption = Annotated[
    Path | None, typer.Option("--store", metavar="DIR", help="Folder of the list store [env: EPERVIER_STORE].")
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Settings in TOML, below options and environment.")
]


def add_commands(app: typer.Typer) -> None:
    """Add the service's commands to the command line."""
    from service import audit_commands, key_commands

    app.command()(serve)
    app.add_typer(key_commands.app, name="keys")
    app.add_typer(audit_commands.app, name="audit")
    config = typer.Typer(help="Show the service's settings.", no_args_is_help=True)
    config.callback()(lambda: None)
    config.command("show")(show_config)
    app.add_typer(config, name="config")


def serve(
    store: StoreOption = None,
    config: ConfigOption = None,
    host: Annotated[
        str | None, typer.Option("--host", metavar="HOST", help="Address to listen on [default: 127.0.0.1].")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", metavar="PORT", help="Port to listen on, 0: any [default: 8000].")
    ] = None,
    processes: Annotated[
        int | None, typer.Option("--processes", metavar="N", help="Worker processes [default: 1].")
    ] = None,
) -> None:
    """Answer lookups over HTTP; on this machine only until the first key was made."""
    with needing_the_service():
        from service import server
    settings = read_settings(config=config, store=store, host=host, port=port, processes=processes)
    if not settings.store.is_dir():
        raise InputError(f"{settings.store} is not a folder; import a list into it first: epervier lists import")
    address, is_open = address_of(settings)
    with bound_socket(address, settings.port) as listener:
        shown = f"[{address}]" if ":" in address else address
        scheme = "https" if settings.tls_certificate else "http"
        note = "no key was made yet, so everything on this machine may ask: " if is_open else ""
        typer.echo(f"{note}listening on {scheme}://{shown}:{listener.getsockname()[1]}", err=True)
        server.run(settings, listener)


def show_config(store: StoreOption = None, config: ConfigOption = None) -> None:
    """Show every setting with its value; secrets are hidden."""
    with needing_the_service():
        from service.settings import shown
    for name, value in shown(read_settings(config=config, store=store)).items():
        say(f"{name} = {safe(value)}")


@contextlib.contextmanager
def needing_the_service() -> Iterator[None]:
    """Say how to install the packages of the service where they are missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in {"service", "matcher"}:
            raise
        raise MissingServiceError(
            f"this command needs packages that are not installed ({error.name}); run: pip install 'epervier[service]'"
        ) from error


def address_of(settings: Settings) -> tuple[str, bool]:
    """Return the address to bind, and whether no key was made yet: loopback then, afterwards others too, with TLS.

    Raises:
        UsageError: another address than loopback without keys, or without TLS.
    """
    from service.database.engine import open_engine
    from service.keys import were_made

    engine = open_engine(settings)
    try:
        if not were_made(engine, settings.checkpoint_folder):
            return loopback_address(settings.host), True
    finally:
        engine.dispose()
    address, is_loopback = resolved(settings.host)
    if not is_loopback and settings.tls_certificate is None and not settings.behind_proxy:
        raise UsageError(
            "keys would cross the network in the clear; set tls_certificate and tls_key, or behind_proxy = true"
        )
    return address, False


def bound_socket(address: str, port: int) -> socket.socket:
    """Bind an address and port.

    Raises:
        InputError: the port is taken, or not this user's to take.

    Examples:
        >>> with bound_socket("127.0.0.1", 0) as listener:
        ...     listener.getsockname()[0]
        '127.0.0.1'
    """
    made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((address, port))
    except OSError as error:
        made.close()
        raise InputError(f"cannot listen on port {port}: {error.strerror}; give another with --port") from error
    return made


def read_settings(config: Path | None = None, **given: Any) -> Settings:
    """Read the settings: options first, then the environment, then the file, then defaults.

    Raises:
        UsageError: one is missing, unknown or outside its range; names it, never its value.

    Examples:
        >>> read_settings(store=Path("lists.store"), host=None, port=None).port
        8000
    """
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from service.settings import Settings, with_file

    form = Settings if config is None else with_file(config)
    try:
        made = form(**{name: value for name, value in given.items() if value is not None})
        return Settings.model_construct(**made.__dict__)  # of the class that other processes can be handed
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise UsageError(f"settings refused: {faults}; set them by option, EPERVIER_<NAME> or file") from None
    except SettingsError as error:
        raise UsageError(f"settings refused: {error}") from None


def loopback_address(host: str) -> str:
    """Return the address to bind for a host name, which must be this machine's loopback.

    Raises:
        UsageError: any of its addresses is not loopback.
        InputError: the name has no address.

    Examples:
        >>> loopback_address("127.0.0.1")
        '127.0.0.1'
    """
    address, is_loopback = resolved(host)
    if not is_loopback:
        raise UsageError(
            f"host {safe(host)} is not loopback, and no key was made yet; "
            "make one with `epervier keys make`, or leave --host out"
        )
    return address


def resolved(host: str) -> tuple[str, bool]:
    """Return the first address of a host name, and whether all of its addresses are loopback.

    Raises:
        InputError: the name has no address.
    """
    try:
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise InputError(f"host {safe(host)} has no address; give 127.0.0.1 or ::1") from None
    return found[0], all(ipaddress.ip_address(address).is_loopback for address in found)
