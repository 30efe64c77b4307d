"""The fuzzers' corpus, and a few hundred of their inputs: entries, rejects or an error of ours, nothing else."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks.fuzz import json as fuzz_json
from benchmarks.fuzz import xml as fuzz_xml
from benchmarks.fuzz.list_readers import CORPUS, fuzz, run_one, seeds
from matcher.ingest import REGISTRY, un_sc_xml

PATHS = sorted(path for path in CORPUS.iterdir() if path.suffix != ".md")


@pytest.mark.parametrize("format_name", REGISTRY)
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_every_input_of_the_corpus_is_read_or_refused(path: Path, format_name: str) -> None:
    """Each file, given as any format, ends in entries, rejects or an error of ours."""
    assert run_one(path.read_bytes(), format_name) in ("read", "rejects", "refused")


@pytest.mark.parametrize("fuzzer", [fuzz_xml, fuzz_json])
def test_seeded_inputs_show_no_fault(fuzzer: object) -> None:
    """The first inputs of the standard seed, the same on every machine."""
    assert fuzzer in (fuzz_xml, fuzz_json)
    module = fuzz_xml if fuzzer is fuzz_xml else fuzz_json
    counts, faults = fuzz(seeds(module.SUFFIXES), module.FORMATS, module.mutate, numbers=range(300), seed=20261121)
    assert faults == []
    assert counts["refused"] > 10
    assert counts["read"] + counts["rejects"] > 10


def test_the_fuzzer_can_find_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault in a reader is reported with the number of its input."""
    monkeypatch.setattr(un_sc_xml, "KINDS", {"INDIVIDUAL": 7})
    monkeypatch.setattr(un_sc_xml._Entry, "put", lambda *_: 1 / 0)
    counts, faults = fuzz(seeds((".xml",)), ("un-sc-xml",), lambda content, _: content, numbers=range(3), seed=1)
    assert counts["fault"] == 3
    assert "ZeroDivisionError" in faults[0][1]


def test_the_same_number_gives_the_same_input() -> None:
    """An input depends on seed and number alone."""
    corpus = seeds(fuzz_json.SUFFIXES)
    made = [fuzz_json.mutate(corpus[0], random.Random("1-2")) for _ in range(2)]
    assert made[0] == made[1]
