"""A worker that is killed under load takes no acknowledged lookup's record with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.service.kills import kill_workers


@pytest.mark.parametrize(("processes", "kills"), [(1, 1), (2, 3)])
def test_kills_lose_no_record(tmp_path: Path, processes: int, kills: int) -> None:
    """Kills under load: every answer that came has its record, the audit verifies, a worker follows each."""
    found = kill_workers(tmp_path, kills=kills, processes=processes, callers=4)
    assert found.acknowledged
    assert found.lost == set()
    assert found.verified.findings == []
    assert len(found.ready_seconds) == kills
