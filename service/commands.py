"""`epervier serve`: joins the command line by the entry-point group `epervier.commands`.

Only typer is imported here; the web framework is imported when the command runs, and where it isn't
installed the command says how to install it.
"""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matcher.cli.terminal import safe
from matcher.errors import EpervierError, InputError, UsageError

if TYPE_CHECKING:
    from service.settings import Settings


class MissingServiceError(EpervierError):
    """The packages of the service are not installed."""


def add_commands(app: typer.Typer) -> None:
    """Add the service's commands to the command line."""
    app.command()(serve)


def serve(
    store: Annotated[
        Path | None, typer.Option("--store", metavar="DIR", help="Folder of the list store [env: EPERVIER_STORE].")
    ] = None,
    host: Annotated[
        str | None, typer.Option("--host", metavar="HOST", help="Loopback address to listen on [default: 127.0.0.1].")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", metavar="PORT", help="Port to listen on, 0: any [default: 8000].")
    ] = None,
    processes: Annotated[
        int | None, typer.Option("--processes", metavar="N", help="Worker processes [default: 1].")
    ] = None,
) -> None:
    """Answer lookups over HTTP, on this machine only: there are no keys yet."""
    try:
        from service import server
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in {"service", "matcher"}:
            raise
        raise MissingServiceError(
            f"`epervier serve` needs packages that are not installed ({error.name}); "
            "run: pip install 'epervier[service]'"
        ) from error
    settings = read_settings(store=store, host=host, port=port, processes=processes)
    address = loopback_address(settings.host)
    if not settings.store.is_dir():
        raise InputError(f"{settings.store} is not a folder; import a list into it first: epervier lists import")
    with bound_socket(address, settings.port) as listener:
        shown = f"[{address}]" if ":" in address else address
        url = f"http://{shown}:{listener.getsockname()[1]}"
        typer.echo(f"there is no authentication yet: listening on this machine only, {url}", err=True)
        server.run(settings, listener)


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


def read_settings(**given: Any) -> Settings:
    """Read the settings: options first, then the environment, then defaults.

    Raises:
        UsageError: one is missing or outside its range; names it, never its value.

    Examples:
        >>> read_settings(store=Path("lists.store"), host=None, port=None).port
        8000
    """
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from service.settings import Settings

    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise UsageError(f"settings refused: {faults}; set them by option or by EPERVIER_<NAME>") from None
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
    try:
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise InputError(f"host {safe(host)} has no address; give 127.0.0.1 or ::1") from None
    if not all(ipaddress.ip_address(address).is_loopback for address in found):
        raise UsageError(
            f"host {safe(host)} is not loopback, and authentication is not there yet; "
            "leave --host out or give 127.0.0.1"
        )
    return found[0]
