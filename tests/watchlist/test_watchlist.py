"""The public reading side: a store's snapshot opened, asked by object, table, reader, frame and columns."""

from __future__ import annotations

import datetime
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

import matcher
from matcher.errors import ColumnTypeError, TravellerError, UsageError
from matcher.schema import DECISION, DOCUMENT_MATCH

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
LIST = "entry_id,name,dob\n1,Yusuf Abd al-Rahman,1960-08-31\n2,يوسف عبد الرحمن,\n3,John Smith,1970\n"
MAPPING = '[columns]\nentry_id = "entry_id"\nname = "name"\nbirth_date = "dob"\n[dates]\nformats = ["%Y-%m-%d", "%Y"]\n'
SLTD = (
    "document_number,issuing_state,document_type,status,reported_on,issued_on,expires_on,review_on,national_reference,note\n"
    "L898902C3,UTO,P,stolen,2025-01-02,,,,,\nL898902C3,FRA,P,lost,2025-01-02,,,,REF-1,\nbad number??,IRQ,P,lost,,,,,,\n"
)


@pytest.fixture(scope="module")
def watchlist(tmp_path_factory: pytest.TempPathFactory) -> matcher.Watchlist:
    folder: Path = tmp_path_factory.mktemp("lists")
    for name, text in (("list.csv", LIST), ("map.toml", MAPPING), ("sltd.csv", SLTD)):
        (folder / name).write_text(text, encoding="utf-8")
    store = matcher.Store(folder / "lists.store")
    store.import_list("mine", format="mapped-csv", path=folder / "list.csv", mapping=folder / "map.toml")
    store.import_list("sltd", format="sltd-csv", path=folder / "sltd.csv")
    return store.open()


def test_one_name_in_two_scripts_is_found_in_both(watchlist: matcher.Watchlist) -> None:
    """A Latin spelling finds the Latin and the Arabic entry."""
    decision = watchlist.lookup(matcher.Traveller(names=["ABDELRAHMAN YOUSSEF"]))
    assert {match.entry_id for match in decision.matches} == {"1", "2"}
    assert (decision.snapshot_id, decision.model_id) == (watchlist.snapshot_id, watchlist.model_id)


def test_every_kind_of_table_gives_the_same_rows(watchlist: matcher.Watchlist) -> None:
    """Flat table, record batch, reader, polars frame (string_view) and plain strings: one answer (rule 13)."""
    flat = pa.table({"full_name": ["Youssef Abdelrahman", "Nobody Here"], "date_of_birth": ["1960-08-31", None]})
    expected = watchlist.screen(flat, decided_at=NOW)
    assert expected.schema == DECISION
    assert expected.column("reference").to_pylist() == ["1", "2"]
    assert expected.column("outcome").to_pylist() == ["hit", "no_match"]
    assert "exact" in str(expected.column("matches")[0])
    batch = flat.to_batches()[0]
    for same in (
        batch,
        pa.RecordBatchReader.from_batches(batch.schema, [batch]),
        pl.from_arrow(flat),
        pa.table(pl.from_arrow(flat)),
    ):
        assert watchlist.screen(same, decided_at=NOW).equals(expected)


def test_a_row_of_screen_is_the_lookup(watchlist: matcher.Watchlist) -> None:
    """Rule 1, through the public names."""
    flat = pa.table({"full_name": ["Smith, John", "Youssef Abdelrahman"], "date_of_birth": ["1970-02-03", "1960"]})
    rows = watchlist.screen(flat, decided_at=NOW).to_pylist()
    for at, (name, date) in enumerate((("Smith, John", "1970-02-03"), ("Youssef Abdelrahman", "1960"))):
        traveller = matcher.Traveller(names=[name], birth_date=date, reference=str(at + 1))
        assert watchlist.lookup(traveller, decided_at=NOW).to_row() == rows[at]


def test_rejected_rows_stay_in_place(watchlist: matcher.Watchlist) -> None:
    """One row a traveller, in input order, rejects included."""
    table = watchlist.screen(pa.table({"full_name": ["...", "John Smith"]}), decided_at=NOW)
    assert table.column("outcome").to_pylist() == [None, "review"]
    assert table.column("reject_reason").to_pylist() == ["no_name_or_document", None]


def test_search_documents_orders_and_names_the_difference(watchlist: matcher.Watchlist) -> None:
    """Rows by query, best first; an equal number of another issuer is named so; an id never shows the number."""
    found = watchlist.search_documents(["l898902-c3", "bad number??", "ZZ0000000", None], ["UTO", "IRQ", None, None])
    assert found.schema == DOCUMENT_MATCH
    assert found.column("query_row").to_pylist() == [0, 0, 1]
    assert found.column("slip").to_pylist() == ["exact", "issuer", "exact"]
    assert found.column("status").to_pylist() == ["stolen", "lost", "lost"]
    ids = found.column("entry_id").to_pylist()
    assert ids[1] == "REF-1"
    assert ids[0].startswith("d-")
    assert len(ids[0]) == 18
    assert not any("L898902C3" in one for one in ids)


def test_a_near_number_is_one_slip_away_and_no_more(watchlist: matcher.Watchlist) -> None:
    """Near rows are of the same issuer group and class, or one side doesn't say; an equal number is always found."""

    def slips(number: str, issuer: str | None, kind: str | None, near: bool = True) -> list[tuple[str, str]]:
        found = watchlist.search_documents([number], [issuer], [kind], near=near)
        return list(zip(found.column("issuing_state").to_pylist(), found.column("slip").to_pylist(), strict=True))

    assert slips("L898902C4", "UTO", "P") == slips("L898902C4", "uto", "PD") == [("UTO", "substituted")]
    assert slips("L898902C4", "UTO", None) == [("UTO", "substituted")]
    assert sorted(slips("L898902C4", None, "P")) == [("FRA", "substituted"), ("UTO", "substituted")]
    assert slips("L898902C4", "UTO", "V") == slips("L898902C4", "IRQ", "P") == []
    assert slips("L898902C4", "UTO", "P", near=False) == []
    assert slips("L898902C3", "UTO", "V") == [("UTO", "type"), ("FRA", "issuer")]
    assert slips("L898902C3", "IRQ", "P", near=False) == [("FRA", "issuer"), ("UTO", "issuer")]


def test_derived_ids_differ_between_stores_with_other_keys(tmp_path: Path) -> None:
    """The id of a document entry is keyed: another store's key gives another id, the same key the same."""
    (tmp_path / "sltd.csv").write_text(SLTD, encoding="utf-8")
    ids = []
    for name, key in (("a", bytes(32)), ("b", bytes(32)), ("c", b"k" * 32)):
        store = matcher.Store(tmp_path / name, key=key)
        store.import_list("sltd", format="sltd-csv", path=tmp_path / "sltd.csv")
        ids.append(store.open().search_documents(["L898902C3"], ["UTO"]).column("entry_id")[0].as_py())
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda one: one.lookup(matcher.Traveller(names=["..."])), TravellerError),
        (
            lambda one: one.lookup(matcher.Traveller(names=["Ali"]), decided_at=datetime.datetime(2026, 1, 1)),
            UsageError,
        ),
        (lambda one: one.screen(["Ali"]), ColumnTypeError),
        (lambda one: one.search_documents("L898902C3"), ColumnTypeError),
        (lambda one: one.search_documents([1, 2]), ColumnTypeError),
        (lambda one: one.search_documents(["A", "B"], ["UTO"]), UsageError),
    ],
)
def test_bad_arguments_are_one_line_errors(watchlist: matcher.Watchlist, call: object, error: type[Exception]) -> None:
    """Wrong kinds of argument: our own error, one line, nothing of the values in it."""
    with pytest.raises(error) as caught:
        call(watchlist)  # type: ignore[operator]
    assert "\n" not in str(caught.value)
    assert "L898902C3" not in str(caught.value)
