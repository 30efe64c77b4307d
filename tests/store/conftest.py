"""The tiny engine, no waiting for the device, and two source files for every test here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.engine import engine, write_list


@pytest.fixture(autouse=True, scope="module")
def _engine() -> Iterator[None]:
    with engine(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda handle: None)  # thousands of imports; test_faults checks the flushes
        yield


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A source file of two persons and two documents."""
    return write_list(
        tmp_path, "first.txt", persons=[("1", "One"), ("2", "Two")], numbers=[("A1", "UTO"), ("B2", "UTO")]
    )


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """The next edition: a person changed and one new, a document gone and one new."""
    return write_list(
        tmp_path,
        "second.txt",
        persons=[("1", "One"), ("2", "Deux"), ("3", "Three")],
        numbers=[("A1", "UTO"), ("C3", "XOM")],
    )
