"""`epervier`: the application and its exit codes.

Exit codes: 0 done, whatever was found; 2 usage; 3 input or store refused (one line on standard
error); 4 done, with rejected rows; 130 interrupted; 141 the reader of the output went away.

Other packages add commands through the entry-point group `epervier.commands`: each entry point is a
function that takes the application. One that can't be loaded leaves a command that says so.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Annotated

import typer
from typer.main import get_command

from matcher.cli import compare, demo, evaluate, lists, lookup, screen, store, warm
from matcher.cli.terminal import BROKEN_PIPE_EXIT, complain, drop_output, prepare, say
from matcher.errors import EpervierError

GROUP = "epervier.commands"
INTERRUPTED_EXIT = 130  # 128 + SIGINT, as a shell reports it


class MissingExtraError(EpervierError):
    """A command whose package is not installed."""


def build_app(extra: Sequence[EntryPoint] | None = None) -> typer.Typer:
    """Make the application with its own commands and those of other packages.

    Args:
        extra: Entry points to add; by default those installed in the group `epervier.commands`.

    Examples:
        >>> sorted(command.callback.__name__ for command in build_app([]).registered_commands)
        ['compare', 'demo', 'evaluate', 'lookup', 'screen', 'warm']
    """
    app = typer.Typer(
        name="epervier",
        help="Matches travellers and travel documents against watchlists, across scripts, with reasons.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_epervier)
    app.command()(demo.demo)
    app.add_typer(lists.app, name="lists")
    app.add_typer(store.app, name="store")
    app.command()(lookup.lookup)
    app.command()(screen.screen)
    app.command()(compare.compare)
    app.command()(evaluate.evaluate)
    app.command()(warm.warm)
    for point in sorted(entry_points(group=GROUP) if extra is None else extra, key=lambda point: point.name):
        _add(app, point)
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    prepare(sys.stdout, sys.stderr)
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except EpervierError as error:
        complain(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED_EXIT
    except BrokenPipeError:
        drop_output()
        return BROKEN_PIPE_EXIT
    return code


def _run(arguments: Sequence[str] | None) -> int:
    command = get_command(build_app())
    try:
        command(args=arguments if arguments is None else list(arguments), prog_name="epervier")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say(f"epervier {version('epervier')}")
        raise typer.Exit


def _epervier(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """Matches travellers and travel documents against watchlists, across scripts, with reasons."""


def _add(app: typer.Typer, point: EntryPoint) -> None:
    try:
        point.load()(app)
    except ModuleNotFoundError as error:
        name, missing = point.name, error.name

        @app.command(name, help="Not installed.", context_settings={"ignore_unknown_options": True})
        def stub(arguments: Annotated[list[str] | None, typer.Argument(hidden=True)] = None) -> None:
            raise MissingExtraError(
                f"`epervier {name}` is not installed ({missing} is missing); run: pip install 'epervier[service]'"
            )


if __name__ == "__main__":
    sys.exit(main())
