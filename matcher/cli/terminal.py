"""What may reach a terminal: consoles, text made safe, progress, and the one line of an error.

List files and passenger files are hostile input (rule 12): a name can hold escape sequences that
rewrite the screen, or bidirectional controls that reorder what stands beside it. Steps for a text:
drop control and format characters -> isolate right-to-left text -> print without markup.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import sys
import unicodedata
from collections.abc import Iterator
from typing import IO, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
)
from rich.text import Text

from matcher.errors import UsageError

BROKEN_PIPE_EXIT = 141  # 128 + SIGPIPE, as a shell reports it
LINE_SECONDS = 5.0  # between lines of progress
PIPE_WIDTH = 160  # columns of a table that does not go to a terminal
_DONE = float("inf")
_JOINERS = "\u200c\u200d"  # carry meaning in Persian and Indic names
_ISOLATE, _POP, _RIGHT_TO_LEFT = "\u2068", "\u2069", "\u200f"


def safe(value: object) -> str:
    """Make a value of a list or of a traveller safe to print on a terminal.

    Control and format characters go (line breaks become spaces), lone surrogates become U+FFFD, and
    text with right-to-left letters is isolated, so that it can't reorder its surroundings.

    Examples:
        >>> safe("RED\\x1b[31m\\u202eNAME\\nTWO")
        'RED[31mNAME TWO'
        >>> safe("حسن") == "\\u2068حسن\\u2069"
        True
    """
    text = _clean(str(value))
    if any(unicodedata.bidirectional(character) in {"R", "AL", "AN"} for character in text):
        return f"{_ISOLATE}{text}{_POP}"
    return text


def safe_line(text: str) -> str:
    """Make a line of an explanation safe: as `safe`, but each value that it isolates stays isolated.

    Isolates around text that needs none are left out, and one that a value left open is closed. A line that begins with
    U+200F runs from right to left: it keeps that mark and every isolate.

    Examples:
        >>> safe_line("'\u2068Hasan\u2069' and '\u2068حسن\u2069'\u202e") == "'Hasan' and '\u2068حسن\u2069'"
        True
        >>> safe_line("\u200fالاسم \u2068Hasan\u2069") == "\u200fالاسم \u2068Hasan\u2069"
        True
    """
    outside, *values = text.split(_ISOLATE)
    is_right_to_left = text.startswith(_RIGHT_TO_LEFT)
    shown = [_RIGHT_TO_LEFT + _clean(outside) if is_right_to_left else safe(outside)]
    for value in values:
        inside, _, after = value.partition(_POP)
        if is_right_to_left:
            shown += [f"{_ISOLATE}{_clean(inside)}{_POP}", _clean(after)]
        else:
            shown += [safe(inside), safe(after)]
    return "".join(shown)


def _clean(text: str) -> str:
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if character in "\t\n\r" or category in {"Zl", "Zp"}:
        return " "
    if category == "Cs":
        return "\ufffd"
    if category in {"Cc", "Cf"} and character not in _JOINERS:
        return ""
    return character


def cell(value: object, style: str = "") -> Text:
    """Return a safe text for a table cell; a None is empty and nothing in it is read as markup."""
    return Text("" if value is None else safe(value), style=style)


def sentence_cell(line: str) -> Text:
    """Return lines of an explanation for a table cell."""
    return Text("\n".join(safe_line(part) for part in line.split("\n")))


class _PipedConsole(Console):
    """A console whose reader may go away: then the command ends quietly."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        drop_output()
        raise typer.Exit(BROKEN_PIPE_EXIT)


def console(*, stderr: bool = False) -> Console:
    """Return a console for standard output or standard error; wide where it isn't a terminal."""
    made = _PipedConsole(stderr=stderr, highlight=False, emoji=False, markup=False)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = PIPE_WIDTH
    return made


def say(line: str = "") -> None:
    """Print one line on standard output as it is: data in it must have gone through `safe`."""
    _write(f"{line}\n")


def complain(message: str) -> None:
    """Print the one line of an error or warning on standard error."""
    with contextlib.suppress(BrokenPipeError):
        sys.stderr.write(f"epervier: {safe(message)}\n")
        sys.stderr.flush()


def say_json(value: Any) -> None:
    """Print a value as JSON; characters that act on a terminal are escaped, so nothing is lost.

    Examples:
        >>> say_json({"name": "A\\u202eB\\x9b"})
        {
          "name": "A\\u202eB\\u009b"
        }
    """
    text = json.dumps(value, ensure_ascii=False, indent=2)
    _write("".join(_escaped(character) for character in text) + "\n")


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError as error:
        drop_output()
        raise typer.Exit(BROKEN_PIPE_EXIT) from error


def _escaped(character: str) -> str:
    if character in "\n" + _JOINERS or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return character
    code = ord(character)
    if code > 0xFFFF:
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    return f"\\u{code:04x}"


def typed_text(value: str, option: str) -> str:
    """Return an argument that is text; the terminal's undecodable bytes are refused.

    Raises:
        UsageError: the argument's bytes are not in the terminal's encoding, or hold a NUL.

    Examples:
        >>> typed_text("Zoë", "--name")
        'Zoë'
    """
    if "\0" in value or any(unicodedata.category(character) == "Cs" for character in value):
        raise UsageError(f"{option} holds bytes that are not text in UTF-8; give it in UTF-8, or use --traveller -")
    return value


class _RateColumn(ProgressColumn):
    """Rows a second since the start, and the time that the rest takes at that rate."""

    def render(self, task: Task) -> Text:
        return Text(pace(task.completed, task.total, task.elapsed or 0.0))


def pace(done: float, total: float | None, seconds: float) -> str:
    """Say the rate so far and, where the total is known, the time left.

    Examples:
        >>> pace(500, 2000, 10.0), pace(500, None, 10.0), pace(0, 2000, 10.0)
        ('50/s, 0:00:30 left', '50/s', '')
    """
    if not done or not seconds:
        return ""
    left = "" if total is None else f", {datetime.timedelta(seconds=round(max(total - done, 0) * seconds / done))} left"
    return f"{done / seconds:,.0f}/s{left}"


class Bar:
    """A progress bar's handle: `advance` by rows done, `finish` with the true total."""

    def __init__(self, progress: Progress, label: str, total: int | None) -> None:
        self._progress = progress
        self._task = progress.add_task(label, total=total)
        self.done = 0

    def advance(self, rows: int) -> None:
        """Count rows done."""
        self.reach(self.done + rows)

    def reach(self, rows: int, total: int | None = None) -> None:
        """Put the bar at a number of rows, of a total where that is known by now."""
        self.done = rows
        if total is not None:
            self._progress.update(self._task, total=total)
        self._progress.update(self._task, completed=rows)

    def finish(self) -> None:
        """Put the total at what was done: the total was an estimate until now."""
        self._progress.update(self._task, total=self.done, completed=self.done)

    def then(self, label: str) -> Bar:
        """Begin a second bar below this one, whose total isn't known yet."""
        return Bar(self._progress, label, None)


class _Lines(Progress):
    """Progress where no terminal shows bars: a line on standard error every few seconds, and at the end of a task."""

    def __init__(self) -> None:
        super().__init__(disable=True, console=console(stderr=True))
        self._said: dict[TaskID, float] = {}

    def update(self, task_id: TaskID, **changes: Any) -> None:
        """Take note of a task's rows, and say them if it is time."""
        super().update(task_id, **changes)
        task = self.tasks[task_id]
        is_done = task.total is not None and task.completed >= task.total
        elapsed, said = task.elapsed or 0.0, self._said.get(task_id, 0.0)
        if (is_done and said < _DONE) or elapsed >= said + LINE_SECONDS:
            self._said[task_id] = _DONE if is_done else elapsed
            rate = pace(task.completed, task.total, task.elapsed or 0.0)
            with contextlib.suppress(BrokenPipeError):
                sys.stderr.write(f"{task.description}: {task.completed:,.0f} rows, {rate}\n")
                sys.stderr.flush()


@contextlib.contextmanager
def progress(label: str, total: int | None = None, *, is_shown: bool | None = None) -> Iterator[Bar]:
    """Show a bar with rate and time left on standard error while the block runs.

    Args:
        label: What is being done, made safe.
        total: Rows in all, or an estimate; None: not known.
        is_shown: False: never; True: also where standard error is no terminal, as lines; None: on a terminal only.
    """
    label_column = TextColumn("{task.description}", markup=False)
    columns = (label_column, BarColumn(), MofNCompleteColumn(), _RateColumn())
    screen = console(stderr=True)
    if is_shown and not screen.is_terminal:
        yield Bar(_Lines(), label, total)
        return
    with Progress(*columns, console=screen, disable=is_shown is False or not screen.is_terminal) as shown:
        yield Bar(shown, label, total)


def drop_output() -> None:
    """Send what is still buffered for a reader that went away to nowhere."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def prepare(*streams: IO[str]) -> None:
    """Let a stream of a poor encoding show what it can't encode as an escape instead of failing."""
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
