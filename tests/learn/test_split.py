"""The split: a name is in one fold only, and list names are never learned from."""

from __future__ import annotations

import collections
from pathlib import Path

import pytest

from benchmarks.learn.split import WHICH, fold_of, key_of, name_pairs, negatives, read_rows, variant_groups

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
needs_shared = pytest.mark.skipif(not (SHARED / "data/names").is_dir(), reason="needs ../shared beside the checkout")


def test_spelling_habits_do_not_move_a_name() -> None:
    """Hamza, ta marbuta, points, case, accents and spaces do not change the key."""
    assert key_of("أُميّة  ءبن هبة") == key_of("اميه بن هبه")
    assert key_of("ΖΩΉ Παππάς") == key_of("ζωη ΠΑΠΠΑΣ")
    assert key_of("Хрущёв") == key_of("ХРУЩЕВ")
    assert key_of("김대의") == "김대의"


def test_shares_of_the_folds() -> None:
    """Of many keys 70 % are train, 10 % dev, 20 % test."""
    counts = collections.Counter(fold_of(f"name {at}") for at in range(20_000))
    assert [round(counts[fold] / 200) for fold in ("train", "dev", "test")] == pytest.approx([70, 10, 20], abs=1)


@needs_shared
@pytest.mark.shared
@pytest.mark.parametrize("which", WHICH)
def test_every_row_is_read_and_listed_names_are_test(which: str) -> None:
    """Each file gives its rows, all folds, and rows of UN and EU lists are test."""
    rows = name_pairs(SHARED, which)  # type: ignore[arg-type]  # a value of WHICH
    assert {row.fold for row in rows} == {"train", "dev", "test"}
    if which in ("ar_raw", "cyr"):
        path = (
            SHARED
            / "data/names"
            / ("ar_raw_orthography_names_dev.tsv" if which == "ar_raw" else "cyr_en_names_dev.tsv")
        )
        listed = {
            row.get("native") or row["arabic"] for row in read_rows(path) if row["src"].startswith(("un:", "eu:"))
        }
        assert listed
        assert {row.fold for row in rows if row.native in listed} == {"test"}


@needs_shared
@pytest.mark.shared
def test_folds_of_negatives_and_groups() -> None:
    """A negative pair is test if one of its names is; a group has the fold of its Arabic name."""
    for pair in negatives(SHARED):
        folds = {fold_of(key_of(pair.native)), fold_of(key_of(pair.other_native))}
        assert (pair.fold == "test") == ("test" in folds)
        assert (pair.fold == "train") == (folds == {"train"})
    groups = variant_groups(SHARED)
    assert len(groups) > 1_000
    assert all(group.fold == fold_of(key_of(group.native)) for group in groups)
