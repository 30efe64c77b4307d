"""The kept fuzz inputs, and a few seeded mutations of them: no crash, no hang, no exception that isn't ours."""

from __future__ import annotations

import pytest

from benchmarks.fuzz.mrz import CORPUS, check_input, read_corpus, run_seeded


@pytest.mark.parametrize("path", sorted(CORPUS.iterdir()), ids=lambda path: path.name)
def test_a_kept_input_keeps_every_promise(path: object) -> None:
    """Each input is read or refused, quickly, and reading its lines again reads the same."""
    check_input(CORPUS.joinpath(str(path)).read_bytes())


def test_seeded_mutations_keep_every_promise() -> None:
    """300 mutations of one seed; `python -m benchmarks.fuzz.mrz` runs as many as wanted."""
    assert run_seeded(300, seed=20261121, seconds=60, corpus=read_corpus()) == 300
