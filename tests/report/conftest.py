"""The shipped lists, imported and weighed once."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

import matcher
from matcher.report.weighing import WeighedTravellers, weigh_travellers

DATA = Path(__file__).resolve().parents[2] / "data"
AT = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)


@pytest.fixture(scope="session")
def data_store(tmp_path_factory: pytest.TempPathFactory) -> matcher.Store:
    """A store with the lists of `data/`; tests must not change it."""
    store = matcher.Store(tmp_path_factory.mktemp("data") / "store")
    mapping = DATA / "mappings/suspects.toml"
    store.import_list("suspects", format="mapped-csv", path=DATA / "suspects.csv", mapping=mapping)
    store.import_list("lost-stolen", format="sltd-csv", path=DATA / "lost_stolen_documents.csv")
    return store


@pytest.fixture(scope="session")
def weighed(data_store: matcher.Store) -> WeighedTravellers:
    """The shipped passengers, weighed."""
    with matcher.read_travellers(DATA / "passengers.csv") as reader:
        return weigh_travellers(data_store.open(), reader, decided_at=AT)
