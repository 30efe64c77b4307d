"""The service is warm before it is ready."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

import matcher
from service.app import _opener
from service.settings import Settings


class Recorded:
    """A watchlist that keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def warm(self) -> None:
        """Keep that it was warmed."""
        self.asked.append("warm")

    def lookup(self, traveller: matcher.Traveller) -> None:
        """Keep that it was asked for a traveller."""
        self.asked.append("lookup")


def test_a_snapshot_is_warm_before_it_is_served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """At the start and at every new snapshot the kernels are loaded, and a lookup made, before requests see it."""
    opened = Recorded()
    monkeypatch.setattr(matcher, "Store", lambda path: SimpleNamespace(open=lambda access: opened))
    got: object = _opener(Settings(store=tmp_path))(None)
    assert got is opened
    assert opened.asked == ["warm", "lookup"]
