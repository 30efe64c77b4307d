"""The made-up lists of documents: what they hold, and that the public path reads it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import matcher
from benchmarks import document_list
from benchmarks.document_list import write_sltd
from benchmarks.quality.near_documents import share_in_first
from benchmarks.speed.document_numbers import draw_spread, issuer_and_type


@pytest.mark.parametrize("kind", ["issuers", "spread"])
def test_the_list_is_read_with_its_faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Rows without issuer and short lines are rejects; odd numbers, impossible days and quoted notes stay entries."""
    monkeypatch.setattr(document_list, "FAULT_SHARE", 50)
    monkeypatch.setattr(document_list, "BATCH", 1000)
    write_sltd(tmp_path / "list.csv", 3000, kind=kind, seed=1)
    version = matcher.Store(tmp_path / "store").import_list("sltd", format="sltd-csv", path=tmp_path / "list.csv")
    assert version.entries + version.rejects == 3003
    assert version.by_reason["wrong_column_count"] == 3
    assert 20 < version.by_reason["no_issuer"] < 120
    assert 20 < version.malformed < 120
    assert 20 < version.notes["reported_on"] < 120


def test_the_population_is_that_of_the_design() -> None:
    """45 % two letters, 25 % one, 20 % nine digits, 10 % eight, all letters in use; 240 issuers, falling shares."""
    batch = draw_spread(np.random.default_rng(1), 50_000)
    shapes = Counter(re.sub("[0-9]", "#", re.sub("[A-Z]", "@", text)) for text in batch.column("number").to_pylist())
    shares = {shape: count / 50_000 for shape, count in shapes.items()}
    wanted = {"@@#######": 0.45, "@########": 0.25, "#########": 0.2, "########": 0.1}
    assert shares.keys() == wanted.keys()
    assert all(abs(shares[shape] - share) < 0.01 for shape, share in wanted.items())
    letters = {sign for text in batch.column("number").to_pylist() for sign in text if sign.isalpha()}
    assert len(letters) == 26
    states, types = issuer_and_type("spread")
    assert len(states) == len(types) == 720
    issuers = Counter(states[pattern] for pattern in batch.column("pattern").to_pylist())
    assert 150 < len(issuers) <= 240
    assert 0.03 < issuers[states[0]] / 50_000 < 0.05  # 1 - exp(-1/25)


def test_the_expected_share_falls_with_the_neighbours() -> None:
    """Alone always among the first three; with many alike in three of them."""
    assert share_in_first(0.0) == 1.0
    assert share_in_first(0.5) > share_in_first(3.0) > share_in_first(30.0)
    assert share_in_first(1000.0) == pytest.approx(3 / 1000, rel=0.01)
