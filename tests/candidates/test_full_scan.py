"""The scan finds exactly what its definition says, pair by pair, and nothing is lost on the way to a decision."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.candidates.full_scan import FullScan
from matcher.candidates.persons import comparable_persons
from matcher.index import build_segment
from matcher.index.names import NameIndex
from matcher.query import make_query
from matcher.schema import DOCUMENT_ENTRY, PERSON_ENTRY, TRAVELLER
from matcher.score.model import load_model
from matcher.score.names import align_names
from matcher.snapshot.documents import DocumentRows
from matcher.text import analyse_name
from tests.names_strategy import loose_names, names
from tests.reference.first_stage import first_stage_bits

MODEL = load_model()


def persons(listed: list[str]) -> pa.Table:
    rows = [
        {"list_id": "l", "entry_id": str(at), "kind": "person", "category": "other", "source_row": at + 1}
        | {"names": [{"text": name, "kind": "primary"}], "birth_dates": [{"year": 1960, "month": 8, "day": 31}]}
        for at, name in enumerate(listed)
    ]
    return pa.Table.from_pylist(rows, schema=PERSON_ENTRY)


def index_of(listed: list[str]) -> NameIndex:
    return NameIndex(build_segment(persons(listed), DocumentRows.of(DOCUMENT_ENTRY.empty_table())))


@given(loose_names, st.lists(names, min_size=1, max_size=12))
@settings(max_examples=200, deadline=None)
def test_first_stage_equals_the_definition(query: str, listed: list[str]) -> None:
    """For every name of the list, the scan's evidence is that of the slow twin."""
    tokens = analyse_name(query)
    if not tokens:
        return
    stage = FullScan(index_of(listed), MODEL).first_stage(tokens)
    expected = [first_stage_bits(MODEL, tokens, analyse_name(name)) for name in listed]
    assert np.allclose(stage.evidence, expected, atol=1e-9)


@given(st.lists(loose_names, min_size=1, max_size=5), st.lists(names, min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_batch_order_and_repetition_change_nothing(queries: list[str], listed: list[str]) -> None:
    """A name scanned after others, or twice, has the same evidence as scanned alone."""
    index = index_of(listed)
    shared = FullScan(index, MODEL)
    shared.prepare(analyse_name(query) for query in queries)
    for query in [*queries, *queries]:
        if tokens := analyse_name(query):
            alone = FullScan(index, MODEL).first_stage(tokens)
            assert np.array_equal(shared.first_stage(tokens).evidence, alone.evidence)


@given(loose_names, st.lists(names, min_size=1, max_size=12))
@settings(max_examples=200, deadline=None)
def test_no_comparable_pair_is_lost(query: str, listed: list[str]) -> None:
    """Every pair that rule 3 calls comparable is a candidate: by evidence and by full agreement."""
    tokens = analyse_name(query)
    row = {**dict.fromkeys(TRAVELLER.names), "names": [query]}
    index = index_of(listed)
    found = comparable_persons(index, FullScan(index, MODEL), MODEL, make_query(row))
    for at, name in enumerate(listed):
        other = analyse_name(name)
        if not tokens or not other:
            continue
        alignment = align_names(MODEL, tokens, other)
        assert alignment is not None
        by_evidence = first_stage_bits(MODEL, tokens, other) >= MODEL.threshold("name_floor_bits")
        if by_evidence or alignment.agrees_fully:
            assert at in found, (query, name)
            assert found[at].by_evidence == by_evidence


def test_exact_birth_date_with_a_rare_token_is_comparable() -> None:
    """Rule 3 (c): one rare token and the day of birth make a pair comparable; a default-like day does not."""
    index = index_of(["Omar Shabana", "Mohammed Ali"])
    scan = FullScan(index, MODEL)

    def found(name: str, month: int, day: int) -> dict[int, bool]:
        date = {"year": 1960, "month": month, "day": day, "calendar": None, "year_to": None, "approximate": False}
        row = {**dict.fromkeys(TRAVELLER.names), "names": [name], "birth_date": date}
        return {at: one.by_birth_date for at, one in comparable_persons(index, scan, MODEL, make_query(row)).items()}

    assert found("Khalid Shabana", 8, 31) == {0: True}
    assert found("Khalid Shabana", 8, 30) == {}
    assert found("Khalid Shabana", 1, 1) == {}


def test_first_stage_bounds_the_alignment() -> None:
    """The first-stage evidence of a pair is never below what its aligned tokens earn together."""
    listed = ["Saif al-Din Ali Karimi", "Alireza Karimi", "محمد حسين", "Mohammed Husayn Ali"]
    for query in ("Ali Reza Karimi", "Mohamed Hossein", "Karimi Saifuddin", "Ali Karimi"):
        stage = FullScan(index_of(listed), MODEL).first_stage(analyse_name(query))
        for evidence, name in zip(stage.evidence, listed, strict=True):
            alignment = align_names(MODEL, analyse_name(query), analyse_name(name))
            assert alignment is not None
            assert evidence >= sum(pair.bits for pair in alignment.pairs) - 1e-9
