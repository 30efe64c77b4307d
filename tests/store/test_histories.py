"""Whatever is imported, withdrawn and pruned in whatever order, what is in force stays readable."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import InputError
from matcher.store import Store
from tests.store.engine import write_list

LISTS = st.sampled_from(["one", "two"])
ENTRIES = st.sampled_from(["1", "2", "3"])
STEPS = st.one_of(
    st.tuples(st.just("import"), LISTS, st.sets(ENTRIES, min_size=1)),
    st.tuples(st.just("withdraw"), LISTS, st.one_of(st.none(), ENTRIES)),
    st.tuples(st.just("prune"), st.integers(1, 3), st.none()),
    st.tuples(st.just("rebuild"), st.none(), st.none()),
)


@given(st.lists(STEPS, max_size=12), st.integers(1, 2))
@settings(max_examples=40)
def test_any_history_then_prune_keeps_what_is_in_force(steps: list[tuple], keep: int) -> None:  # type: ignore[type-arg]
    """The store holds what a plain dictionary of lists holds, before and after a prune, and verifies."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = Store(folder / "lists.store")
        store.import_list("base", format="lines", path=write_list(folder, "base", persons=[("0", "Zero")]))
        lists: dict[str, set[str]] = {"base": {"0"}}
        withdrawn: dict[str, set[str]] = {"base": set(), "one": set(), "two": set()}
        for kind, subject, detail in steps:
            if kind == "import":
                path = write_list(folder, "next", persons=[(entry, "Name") for entry in sorted(detail)])
                store.import_list(subject, format="lines", path=path)
                lists[subject] = set(detail)
            elif kind == "withdraw":
                try:
                    store.withdraw(subject, detail)
                except InputError:
                    assert subject not in lists or detail not in lists[subject] | withdrawn[subject]
                    continue
                if detail is None:
                    del lists[subject]
                else:
                    withdrawn[subject].add(detail)
            elif kind == "prune":
                store.prune(subject)
            else:
                store.rebuild()
        before = store.snapshot()
        store.prune(keep)
        after = store.snapshot()
        assert after.snapshot_id == before.snapshot_id
        assert {one.manifest.list_id: set(one.persons.column("entry_id").to_pylist()) for one in after.lists} == lists
        assert {one.manifest.list_id: one.withdrawn for one in after.lists} == {name: withdrawn[name] for name in lists}
        assert store.verify().is_sound
        assert len(list((folder / "lists.store" / "snapshots").iterdir())) <= keep
