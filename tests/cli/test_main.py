"""Exit codes, extension commands, and how a command ends."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import NoReturn

import pytest

from matcher.cli import compare
from matcher.cli import main as entry
from matcher.cli.main import build_app, main
from matcher.errors import EpervierError, InputError, StoreLockedError, UsageError
from tests.cli.runner import run, spawn


def raising(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Make every command end with an error."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(compare, "typed_text", fail)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (EpervierError("a fault"), 3),
        (InputError("a fault"), 3),
        (StoreLockedError("a fault"), 3),
        (UsageError("a fault"), 2),
    ],
)
def test_an_error_of_ours_is_one_line_and_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: EpervierError, code: int
) -> None:
    """Errors of ours end with their exit code and one line, without a traceback."""
    raising(monkeypatch, error)
    ran = run(capsys, "compare", "A", "B")
    assert (ran.code, ran.out, ran.err) == (code, "", "epervier: a fault\n")


def interrupted() -> NoReturn:
    """Be interrupted."""
    raise KeyboardInterrupt


def test_an_interrupt_ends_quietly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C ends with 130 and without a word."""
    raising(monkeypatch, KeyboardInterrupt())
    ran = run(capsys, "compare", "A", "B")
    assert (ran.code, ran.out, ran.err) == (130, "", "")
    monkeypatch.setattr(entry, "build_app", interrupted)  # before a command has begun
    assert run(capsys, "compare", "A", "B") == ran


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["lookup", "--nonsense"],
        ["compare", "one"],
        ["lists", "import", "sltd-csv"],
        ["lists", "import", "sltd-csv", "f.csv", "--store", "s"],
        ["store", "prune", "--store", "s", "--keep", "0"],
        ["screen", "x.csv"],
        [],
    ],
)
def test_usage_errors_exit_with_two(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """Unknown commands, unknown options and missing arguments are usage errors."""
    assert run(capsys, *arguments).code == 2


def test_help_and_version_exit_with_zero(capsys: pytest.CaptureFixture[str]) -> None:
    """Help names every command; each command has help."""
    ran = run(capsys, "--help")
    assert ran.code == 0
    for name in ("demo", "lists", "store", "lookup", "screen", "compare", "serve"):
        assert name in ran.out
        assert run(capsys, name, "--help").code == 0
    assert run(capsys, "--version").out.startswith("epervier ")


def test_help_does_not_load_what_is_heavy() -> None:
    """`--help` loads neither Arrow nor numpy nor a web framework."""
    script = (
        "import sys; from matcher.cli.main import main; main(['--help']); "
        "print(sorted({'pyarrow', 'numpy', 'rapidfuzz', 'polars', 'fastapi', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_command_whose_package_is_missing_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An entry point that can't be imported leaves a command that says how to install it, and exits with 3."""
    point = EntryPoint("reports", "no_such_package.commands:add", entry.GROUP)
    monkeypatch.setattr(entry, "build_app", lambda: build_app([point]))
    ran = run(capsys, "reports", "--any", "thing")
    assert ran.code == 3
    assert "pip install" in ran.err
    assert run(capsys, "compare", "--help").code == 0


def test_a_commands_own_bug_is_not_taken_for_a_missing_package() -> None:
    """A name that a present package doesn't have is a fault of ours: it isn't hidden."""
    with pytest.raises(AttributeError):
        build_app([EntryPoint("serve", "service.commands:no_such_name", entry.GROUP)])


def test_a_reader_that_goes_away_ends_the_command(lists_store: Path) -> None:
    """`epervier lists show | head -0` ends without a traceback."""
    command = [sys.executable, "-m", "matcher.cli.main", "lists", "show", "--json", "--store", str(lists_store)]
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, check=False)
    os.close(write_end)
    assert (done.returncode, done.stderr) == (141, b"")


def test_main_returns_its_code() -> None:
    """`main` returns the exit code instead of ending the process, so that the script can pass it on."""
    assert main(["--help"]) == 0
    assert spawn("lookup", "--nonsense").code == 2


def test_help_loads_nothing_heavy() -> None:
    """`epervier --help` imports neither Arrow, numpy nor polars: that is what keeps it quick on a slow machine."""
    program = (
        "import sys; from matcher.cli.main import main; sys.argv = ['epervier', '--help']; main(); "
        "found = {'pyarrow', 'numpy', 'polars', 'rapidfuzz', 'fastapi'} & set(sys.modules); sys.exit(bool(found) * 9)"
    )
    assert subprocess.run([sys.executable, "-c", program], stdout=subprocess.DEVNULL, check=False).returncode == 0
