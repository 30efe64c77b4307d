"""Same document, different identity: found in a batch, and nothing made of slips, missing values or reissues."""

from __future__ import annotations

import pyarrow as pa
import pytest

import matcher

BASE = {"full_name": "Anna Maria Eriksson", "birth_date": "1974-08-12", "sex": "F", "document_number": "L898902C3"}
BASE |= {"issuing_state": "UTO", "document_type": "P"}


def reasons(**changed: str | None) -> list[list[str]]:
    rows = [{**BASE, "reference": "a"}, {**BASE, "reference": "b", **changed}]
    table = matcher.document_conflicts(pa.Table.from_pylist(rows))
    found: list[list[str]] = table.column("reasons").to_pylist()
    return found


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"full_name": "ERIKSSON<<ANNA<MARIA"}, []),
        ({"full_name": "Anna Erikson"}, []),
        ({"birth_date": "1974-12-08"}, []),  # day and month swapped: a slip
        ({"birth_date": None, "sex": None, "full_name": None}, []),
        ({"birth_date": "1990-01-02"}, [["birth_date"]]),
        ({"sex": "M"}, [["sex"]]),
        ({"full_name": "Omar Haddad"}, [["name"]]),
        ({"full_name": "Omar Haddad", "birth_date": "1990-01-02", "sex": "M"}, [["birth_date", "sex", "name"]]),
        ({"full_name": "Omar Haddad", "document_number": "L898902C4"}, []),  # another document
        ({"full_name": "Omar Haddad", "issuing_state": "FRA"}, []),
        ({"full_name": "Omar Haddad", "document_type": "V"}, []),
        ({"full_name": "Omar Haddad", "document_number": "l898902-c3"}, [["name"]]),  # the same, typed by hand
    ],
)
def test_only_what_cannot_be_one_person_is_reported(changed: dict[str, str | None], expected: list[list[str]]) -> None:
    """A slip or a missing value is no other person; another birth year, sex or name is."""
    assert reasons(**changed) == expected


def test_the_report_names_both_rows_and_the_document() -> None:
    """Each pair once, by reference, with the number as the earlier row presents it."""
    rows = [{**BASE, "reference": str(at), "full_name": name} for at, name in enumerate(["A B", "Omar Haddad", "A B"])]
    table = matcher.document_conflicts(pa.Table.from_pylist(rows))
    pairs = list(zip(table.column("reference").to_pylist(), table.column("other_reference").to_pylist(), strict=True))
    assert pairs == [("0", "1"), ("1", "2")]
    assert table.column("number").to_pylist() == ["L898902C3"] * 2
