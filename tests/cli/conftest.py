"""A store with two small lists, imported once through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.cli.main import main
from tests.cli.runner import write_lists


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are one width on every machine, so that no word looked for is broken."""
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture(scope="session")
def lists_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that holds the lists `sltd` and `people`; tests must not change it."""
    folder = tmp_path_factory.mktemp("lists")
    write_lists(folder)
    store = folder / "store"
    people = ["lists", "import", "mapped-csv", str(folder / "people.csv"), "--mapping", str(folder / "people.toml")]
    documents = ["lists", "import", "sltd-csv", str(folder / "documents.csv")]
    assert main([*people, "--list-id", "people", "--store", str(store)]) == 0
    assert main([*documents, "--list-id", "sltd", "--store", str(store)]) == 0
    return store
