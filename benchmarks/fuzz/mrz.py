"""Fuzz the machine readable zone: no crash, no hang, no exception that isn't ours.

    python -m benchmarks.fuzz.mrz -runs=N [-seed=S] [-max_seconds=T] [other libFuzzer options] [CORPUS...]

With atheris (an extra of the developer's, not of the project) libFuzzer guides the inputs by coverage; without it the
same checks run on seeded mutations of zones. `tests/documents/mrz/test_fuzz.py` replays `tests/vectors/fuzz_mrz`.
"""

from __future__ import annotations

import datetime
import importlib.util
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from matcher.documents.mrz import WARNINGS, MrzDocument, parse_many, parse_mrz
from matcher.documents.mrz.layout import FORMATS, layouts
from matcher.errors import EpervierError, InputError

TODAY = datetime.date(2026, 11, 21)
CORPUS = Path(__file__).resolve().parents[2] / "tests" / "vectors" / "fuzz_mrz"
SLOWEST = 2.0  # seconds of processor time for one input; more is a hang
_PIECES = (
    *("\n", "\r\n", "<", "<<", "«", "＜", "\u2028", "K", "0", "O", "X", "\x00", "é", "٣", "&lt;", "V<", "P<", " "),
    *("\u202e", "ß"),
)


def check_input(data: bytes) -> None:
    """Read one input and check what must hold for any text.

    Raises:
        AssertionError: a promise is broken; other exceptions than `EpervierError` leave as they are.
    """
    text = data.decode("utf-8", "replace")
    started = time.process_time()
    try:
        mrz = parse_mrz(text, today=TODAY)
    except InputError as error:
        _check_refusal(text, str(error))
    else:
        check_document(mrz)
    try:
        found = parse_many(text, today=TODAY)
    except InputError:
        found = ()
    for one in found:
        check_document(one)
    assert time.process_time() - started < SLOWEST, "an input took too long"


def _check_refusal(text: str, message: str) -> None:
    assert "\n" not in message
    words = {word for word in text.split() if len(word) > 8 and word not in "the machine readable zone characters"}
    assert not any(word in message for word in words), "a refusal quotes its input"


def check_document(mrz: MrzDocument) -> None:
    """Check what holds for every document, however bad its zone."""
    layout = layouts()[mrz.format]
    zone = "".join(mrz.lines)
    assert mrz.format in FORMATS
    assert len(zone) == layout.size
    assert mrz.valid == all(one.holds for one in mrz.check_digits)
    assert len(mrz.check_digits) == len(layout.checks)
    assert set(mrz.warnings) <= set(WARNINGS)
    assert list(mrz.warnings) == sorted(set(mrz.warnings))
    assert not mrz.document_number.startswith("<")
    assert mrz.number_prefix is None or mrz.document_number.startswith(mrz.number_prefix)
    again = parse_mrz("\n".join(mrz.lines), today=TODAY)
    assert (again.lines, again.document_number) == (mrz.lines, mrz.document_number), "reading twice reads otherwise"
    for repair in mrz.repairs:
        assert repair.substitutions
        for one in repair.substitutions:
            assert one.found != one.read or "character_unreadable" in mrz.warnings


def mutate(data: bytes, source: random.Random) -> bytes:
    """Change a text in a few places: characters, runs, line ends, whole lines, pasted pieces."""
    text = data.decode("utf-8", "replace")
    for _ in range(source.randint(1, 6)):
        at = source.randint(0, len(text))
        match source.randint(0, 5):
            case 0:
                text = text[:at] + source.choice(_PIECES) + text[at:]
            case 1:
                text = text[:at] + text[at + source.randint(1, 3) :]
            case 2:
                text = text[:at] + source.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<") + text[at + 1 :]
            case 3:
                text = text[:at] + text[:at][-source.randint(1, 100) :] + text[at:]
            case 4:
                text = (
                    text[:at] + chr(source.choice((source.randint(0, 255), source.randint(0, 0xD7FF)))) + text[at + 1 :]
                )
            case _:
                lines = text.splitlines()
                source.shuffle(lines)
                text = "\n".join(lines)
    return text.encode("utf-8", "replace")


def run_seeded(n_runs: int, *, seed: int, seconds: float, corpus: Sequence[bytes]) -> int:
    """Run the checks on mutations of the corpus; returns how many were run. A finding is written, then raised."""
    source = random.Random(seed)
    started = time.monotonic()
    for run in range(n_runs):
        if time.monotonic() - started > seconds:
            return run
        data = mutate(source.choice(corpus), source)
        is_kept = False
        try:
            check_input(data)
            is_kept = True
        finally:
            if not is_kept:
                Path(f"crash-seeded-{seed}-{run}").write_bytes(data)
    return n_runs


def read_corpus(folder: Path = CORPUS) -> list[bytes]:
    """Read the kept inputs, in the order of their names."""
    return [path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()]


def _option(arguments: Sequence[str], name: str, default: float) -> float:
    return float(next((one.partition("=")[2] for one in arguments if one.startswith(f"-{name}=")), default))


def main(arguments: Sequence[str]) -> int:
    """Run atheris where it is installed, else the seeded mutations."""
    if importlib.util.find_spec("atheris") is not None and "-seeded" not in arguments:
        return _run_atheris(arguments)
    runs = run_seeded(
        int(_option(arguments, "runs", 10_000)),
        seed=int(_option(arguments, "seed", 1)),
        seconds=_option(arguments, "max_seconds", 3600),
        corpus=read_corpus(),
    )
    sys.stdout.write(f"{runs:,} seeded mutations: no crash, no hang, no exception that isn't ours\n")
    return 0


def _run_atheris(arguments: Sequence[str]) -> int:
    atheris: Any = importlib.import_module("atheris")
    instrument: Callable[[], object] = atheris.instrument_all
    instrument()
    atheris.Setup([sys.argv[0], *arguments, str(CORPUS)], _guarded)
    atheris.Fuzz()
    return 0


def _guarded(data: bytes) -> None:
    try:
        check_input(data)
    except EpervierError as error:
        raise AssertionError("an error of ours left a reader that takes any text") from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
