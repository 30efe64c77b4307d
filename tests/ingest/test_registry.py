"""The registry of formats, reject codes and derived ids."""

from __future__ import annotations

import datetime
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import InputError
from matcher.ingest import READER_VERSION, REGISTRY, reader, reject
from matcher.ingest.entry_ids import derived_entry_id

KEY = bytes(range(32))


def test_an_unknown_format_names_the_known_ones() -> None:
    """The message lists every format, and does not repeat what was given."""
    with pytest.raises(InputError, match="known are un-sc-xml, ofac-sdn-csv, sltd-csv, mapped-csv") as caught:
        reader("something\nelse")
    assert "something" not in str(caught.value)
    assert all(callable(reader(name)) for name in REGISTRY)
    assert READER_VERSION >= 1


def test_every_reject_code_has_one_sentence() -> None:
    """Each code of the module stands in the table, and each sentence is one."""
    codes = {value for name, value in vars(reject).items() if name.isupper() and isinstance(value, str)}
    assert codes == set(reject.REASONS)
    assert all(re.fullmatch(r"[A-Z][^.]*\.", sentence) for sentence in reject.REASONS.values())


def test_a_derived_id_hides_the_number_and_depends_on_the_key() -> None:
    """The id has its form, holds nothing of the number, and another key gives another id."""
    parts = ("UTO", "P", "L898902C3", datetime.date(2025, 1, 2))
    found = derived_entry_id(KEY, *parts)
    assert re.fullmatch(r"d-[a-z2-7]{16}", found)
    assert found == derived_entry_id(KEY, *parts) != derived_entry_id(KEY[::-1], *parts)
    assert "898902" not in found
    with pytest.raises(ValueError, match="key has 3 bytes"):
        derived_entry_id(b"abc", *parts)


PARTS = st.tuples(
    st.none() | st.text("AB1:-", max_size=3),
    st.none() | st.text("AB1:-", max_size=3),
    st.text("AB1:-", max_size=3),
    st.none() | st.just(datetime.date(2025, 1, 2)),
)


@settings(max_examples=200)
@given(PARTS, PARTS)
def test_different_parts_give_different_ids(
    one: tuple[str | None, str | None, str, datetime.date | None],
    two: tuple[str | None, str | None, str, datetime.date | None],
) -> None:
    """No text can move from one part to the next unseen: null, empty and shifted parts all differ."""
    assert (derived_entry_id(KEY, *one) == derived_entry_id(KEY, *two)) == (one == two)
