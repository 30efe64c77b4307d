"""Learning: the shipped tables are what the scripts make of the train fold, and hold no name of the test fold."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.learn import pairs
from benchmarks.learn.letters import fit, latin_pairs, learn_all
from benchmarks.learn.pairs import Counts, alignment, first_alignment, names_of, tokens_of
from benchmarks.learn.split import NamePair, fold_of, key_of
from matcher.compare.letters import SCRIPTS, load_letters

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT / "matcher/compare/tables"
SHARED = ROOT / ".." / "shared"
needs_shared = pytest.mark.skipif(not (SHARED / "data/names").is_dir(), reason="needs ../shared beside the checkout")


def rows_of(path: Path) -> list[list[str]]:
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("# ")]
    return [line.split("\t") for line in lines[1:]]


@needs_shared
@pytest.mark.shared
def test_tables_are_rebuilt_equal() -> None:
    """Every shipped table is, byte for byte, what the script makes of the shared files."""
    texts = learn_all(SHARED)
    assert {f"letters/{script}.tsv" for script in SCRIPTS} | {"spellings.tsv", "confusable.tsv"} == set(texts)
    for name, text in texts.items():
        assert (TABLES / name).read_text("utf-8") == text, name


@needs_shared
@pytest.mark.shared
@pytest.mark.parametrize("script", sorted(pairs.SOURCES))
def test_no_test_name_is_shipped(script: str) -> None:
    """No full name of two or more tokens of the dev and test folds stands in a table with its Latin spelling."""
    rows = {(row[1], row[2]) for row in rows_of(TABLES / "spellings.tsv") if row[0] == script}
    rows |= {(row[0], row[1]) for row in rows_of(TABLES / f"letters/{script}.tsv")}
    trained = set(pairs.token_file(SHARED, script))
    for name in pairs.train_names(SHARED, script):
        trained |= {(left.letters, right.form) for left in name.native for right in name.latin} | set(whole(name))
    names = [name for name in pairs.held_names(SHARED, script) if min(len(name.native), len(name.latin)) > 1]
    assert names
    assert not ({joined for name in names for joined in whole(name)} & rows) - trained


def whole(name: pairs.Name) -> list[tuple[str, str]]:
    native, latin = [token.letters for token in name.native], [token.form for token in name.latin]
    return [(gap.join(native), other.join(latin)) for gap in ("", " ") for other in ("", " ")]


def test_counts_are_lowered_by_what_held_names_hold(tmp_path: Path) -> None:
    """A spelling counts in the frequency files less the dev and test names that hold it; seen once, it does not."""
    folder = tmp_path / "data/names"
    folder.mkdir(parents=True)
    for which in pairs.SOURCES["arabic"]:
        stem = f"{which[:2]}_raw_orthography" if which.endswith("_raw") else f"{which}_en"
        row = "محمد علي\tMohamed Ali\n" if which == "ar" else ""  # a name of the dev fold
        (folder / f"{stem}_names_dev.tsv").write_text("arabic\tlatin\n" + row, "utf-8")
    counts = "EG\tgiven\tمحمد\tMohamed\t3\nEG\tgiven\tعلي\tAli\t1\nEG\tgiven\tحسن\tHassan\t2\n"
    (folder / "name_frequency.tsv").write_text("country\trole\tarabic_key\tlatin\tcount\n" + counts, "utf-8")
    (folder / "latin_variants_dev.tsv").write_text("split\tarabic\ttotal\tn_variants\tvariants(latin:count)\n", "utf-8")
    assert fold_of(key_of("محمد علي")) == "dev"
    assert pairs.frequent(tmp_path) == {("محمد", "mohamed"): 2, ("حسن", "hassan"): 2}


def test_alignment_crosses_order() -> None:
    """Tokens of a name written in another order find their own spelling, first by skeleton, then by the model."""
    names = names_of([NamePair("محمد شريف", "Sherif Mohamed", "en", "train")], "arabic")
    expected = {("محمد", "mohamed"): 1, ("شريف", "sherif"): 1}
    assert first_alignment(names, "arabic") == expected
    assert alignment(names, load_letters("arabic")) == expected


def test_alignment_leaves_out_what_is_no_spelling() -> None:
    """Another name in the place of a spelling is not learned from."""
    names = names_of([NamePair("محمد شريف", "Mohamed Kovalenko", "en", "train")], "arabic")
    assert alignment(names, load_letters("arabic")) == {("محمد", "mohamed"): 1}


def test_names_in_other_scripts_are_left_out() -> None:
    """A pair whose sides are not in the two scripts gives nothing."""
    assert (
        names_of([NamePair("Анна", "Anna", "en", "train"), NamePair("محمد", "Мухаммад", "en", "train")], "arabic") == []
    )


def test_hangul_is_learned_by_its_letters() -> None:
    """Syllables are taken apart into the letters that the table knows."""
    letters = "".join(token.letters for token in tokens_of("박지성"))
    assert len(letters) == 8
    assert set(letters) <= set(load_letters("hangul").codes)


def test_the_same_pairs_give_the_same_table() -> None:
    """Learning is a function of the pairs, whatever the order they come in."""
    pairs_of = {("ابب", "abb"): 3.0, ("با", "ba"): 1.0, ("اب", "abi"): 2.0, ("بب", "pp"): 1.0}
    backwards = dict(reversed(pairs_of.items()))
    assert fit("arabic", pairs_of, rounds=4)[0] == fit("arabic", backwards, rounds=4)[0]


def test_latin_pairs_go_both_ways() -> None:
    """Spellings of one token are set against each other, equally in both directions; others are not."""
    counts: Counts = Counts({("يوسف", "yusuf"): 3, ("يوسف", "youssef"): 2, ("علي", "ali"): 1})
    found = latin_pairs([counts])
    assert found["yusuf", "youssef"] == found["youssef", "yusuf"] > 0
    assert found["ali", "ali"] > 0
    assert ("ali", "yusuf") not in found


@pytest.mark.parametrize("script", SCRIPTS)
def test_tables_are_small(script: str) -> None:
    """A few thousand numbers a script, each a move of letters of that script's table; Han has more characters."""
    model = load_letters(script)
    assert len(model.moves) < (20_000 if script == "han" else 4_000)
    assert {letter for native, _ in model.moves for letter in native} <= set(model.codes) | {"*"}


def test_a_script_without_names_is_learned_from_its_letter_values() -> None:
    """Letter values stand for pairs where there are few names."""
    assert pairs.letter_values("greek")["θ", "th"] > 0
    assert not pairs.letter_values("hebrew")
