"""The weights of names: every cell once, in shape, learned alike from the same names, and no test name among them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.learn import corpus, name_weights, queries, token_weights
from benchmarks.learn.frequency import count_classes, frequency_text
from benchmarks.learn.logistic import Penalty, Rows, fit, rising, totals
from benchmarks.learn.queries import CHANGES, Listed, Query
from benchmarks.learn.split import fold_of, key_of, name_pairs
from matcher.compare import token_kernels as tk
from matcher.compare.attested import load_attested, make_attested
from matcher.score import edge_kernels as ak
from matcher.score.alignment_kernels import align_pairs
from matcher.score.name_tables import NameTables, make_name_tables, name_cells, token_cells

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "matcher/score/models/names-1"
SHARED = ROOT / ".." / "shared"
TABLES = ("frequency.tsv", "limits.toml", "name_weights.tsv", "token_weights.tsv")
needs_shared = pytest.mark.skipif(not (SHARED / "data/names").is_dir(), reason="needs ../shared beside the checkout")

ARABIC = [
    ("محمد", "Mohamed", "Muhammad"), ("حسين", "Hussein", "Husain"), ("حسن", "Hassan", "Hasan"), ("علي", "Ali", "Aly"),
    ("خالد", "Khaled", "Khalid"), ("يوسف", "Youssef", "Yusuf"), ("كريم", "Karim", "Kareem"), ("سعيد", "Said", "Saeed"),
    ("ابراهيم", "Ibrahim", "Ebrahim"), ("منصور", "Mansour", "Mansur"), ("طارق", "Tarek", "Tariq"),
    ("سليمان", "Sulaiman", "Slimane"), ("رشيد", "Rachid", "Rasheed"), ("جمال", "Jamal", "Gamal"),
    ("فيصل", "Faisal", "Faycal"), ("مصطفي", "Mostafa", "Mustapha"), ("ناصر", "Nasser", "Nasir"),
    ("عثمان", "Othman", "Osman"), ("بلال", "Bilal", "Belal"), ("زكريا", "Zakaria", "Zakariya"),
]  # fmt: skip


def rows_of(name: str) -> list[list[str]]:
    lines = [line for line in (MODEL / name).read_text("utf-8").splitlines() if not line.startswith("#")]
    return [line.split("\t") for line in lines[1:]]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shared folder of 380 made names in two scripts and two spellings each; other files have no rows."""
    shared = tmp_path_factory.mktemp("shared")
    folder = shared / "data/names"
    folder.mkdir(parents=True)
    pairs = [(one, other) for one in ARABIC for other in ARABIC if one != other]
    rows = [f"{one[0]} {other[0]}\t{one[1 + at % 2]} {other[1 + at // 2 % 2]}" for at, (one, other) in enumerate(pairs)]
    for which in corpus.SETS:
        stem = f"{which[:2]}_raw_orthography" if which.endswith("_raw") else f"{which}_en"
        text = "arabic\tlatin\n" + ("".join(f"{row}\n" for row in rows) if which == "ar" else "")
        (folder / f"{stem}_names_dev.tsv").write_text(text, "utf-8")
    groups = [
        f"{one[0]} {other[0]}\t{one[1]} {other[1]}~en~EG|{one[2]} {other[2]}~en~EG\n" for one, other in pairs[::3]
    ]
    head = "arabic\tvariants(latin~lang~country)\n"
    (folder / "latin_fullname_variants_dev.tsv").write_text(head + "".join(groups), "utf-8")
    counts = [f"{latin}\t{9 - at % 7}\n" for at, token in enumerate(ARABIC) for latin in token[1:]]
    (folder / "name_frequency.tsv").write_text("latin\tcount\n" + "".join(counts), "utf-8")
    near = [f"dev\tconfusable\t{a[0]} {b[0]}\t{a[1]} {b[1]}\t{a[0]} {c[0]}\t{a[1]} {c[1]}\n"
            for a, b, c in zip(ARABIC, ARABIC[1:], ARABIC[2:], strict=False)]  # fmt: skip
    head = "split\tkind\tarabic1\tlatin1\tarabic2\tlatin2\n"
    (folder / "homonym_negatives_dev.tsv").write_text(head + "".join(near), "utf-8")
    return shared


Learned = tuple[NameTables, Any, Any]


@pytest.fixture(scope="module")
def learned(small: Path) -> Learned:
    """Empty tables, token weights and name weights learned from the small folder."""
    return learn(small)


def learn(shared: Path) -> Learned:
    spellings = [("arabic", native, latin.casefold(), "5") for native, *forms in ARABIC for latin in forms]
    limits, frequency = corpus.limits_text(date="-", command="-"), frequency_text(shared, date="-", command="-")
    tables = corpus.empty_tables(limits, frequency, make_attested(spellings))
    tokens = token_weights.learn_token_weights(shared, tables, spellings)
    return tables, tokens, name_weights.learn_name_weights(shared, tables, tokens, changed=30)


def test_the_same_names_give_the_same_weights(small: Path, learned: Learned) -> None:
    """Learning twice gives equal tables, with a cell for every place, read back as they were written."""
    tables, tokens, names = learned
    _, again, names_again = learn(small)
    assert (tokens == again).all()
    assert (names == names_again).all()
    texts = {
        "frequency.tsv": frequency_text(small, date="-", command="-"),
        "limits.toml": corpus.limits_text(date="-", command="-"),
        "token_weights.tsv": corpus.cells_text("", token_cells(), tokens),
        "name_weights.tsv": corpus.cells_text("", name_cells(), names),
    }
    read = make_name_tables("small", texts, tables.attested)
    assert (read.arrays[0] == tokens).all()
    assert (read.numbers == names).all()


def test_learned_weights_find_the_person(learned: Learned) -> None:
    """With what was learned, the other spelling of a name weighs more than another name, and has 0 bits or more."""
    tables, tokens, names = learned
    arrays = corpus.with_weights(tables, tokens=tokens, names=names)
    forms = corpus.forms_of(["محمد حسين", "Muhammad Husain", "Mohamed Hassan"], tables)
    out = np.zeros((2, 3), np.int32)
    align_pairs(forms, forms, np.array([(0, 1), (0, 2)], np.int32), arrays, ak.LOWEST, out)
    assert out[0, 0] > out[1, 0]
    assert out[0, 0] >= 0


def test_rows_sum_to_what_the_kernel_weighs(learned: Learned) -> None:
    """A row of the fit, summed with the weights, is the weight of the alignment to less than a grain an edge."""
    tables, tokens, names = learned
    arrays = corpus.with_weights(tables, tokens=tokens, names=names)
    forms = corpus.forms_of(["محمد حسين", "Muhamad Husain Ali", "K Tarek", "Karimtarek", "Hassan"], tables)
    pairs = np.array([(a, b) for a in range(5) for b in range(5)], np.int32)
    out = np.zeros((len(pairs), 3), np.int32)
    align_pairs(forms, forms, pairs, arrays, ak.LOWEST, out)
    rows = name_weights.rows_of((forms, forms, pairs), np.zeros(len(pairs)), np.ones(len(pairs)), arrays)
    assert np.abs(totals(rows, names.astype(float)) - out[:, 0]).max() < 4


def test_a_train_pair_does_not_attest_itself() -> None:
    """Spellings seen hardly oftener than in the pair itself give a train pair no band, others keep it."""
    rows = np.array([(0, 1), (2, 3), (0, 1)], np.int64)
    train = token_weights.TRAIN
    true = token_weights.TokenPairs(rows, np.ones(3), np.array([3 | train, 3 | train, 3], np.int64))
    spelled = {0: ("حسن", "hsn"), 1: ("hasan", "hasan"), 2: ("علي", "aly"), 3: ("ali", "ali")}
    counts = {("حسن", "hasan"): 2, ("علي", "ali"): 9}
    found = token_weights.without_themselves(true, spelled, counts).attested
    assert found.tolist() == [0, 3, 3]


def test_slips_and_changes_change(small: Path) -> None:
    """Every made pair and changed query differs from the name that it was made of; unchanged ones do not."""
    pairs = corpus.natural_pairs(small, ("train", "dev"))
    slipped = corpus.slipped_pairs(pairs)
    assert slipped
    assert all(pair.left != pair.right for pair in slipped)
    listed, asked = queries.make(small, changed=3)
    names = set(listed.names)
    assert {query.kind for query in asked} >= {"unchanged", "order", "initial", "typo", "glue", "glue all"}
    assert all((query.name in names) for query in asked if query.kind == "unchanged")
    assert all(query.name not in names for query in asked if query.kind in ("initial", "glue all"))
    assert {query.kind for query in asked} <= {*CHANGES, "ar", "lat"}


def test_no_test_name_is_learned_from(small: Path) -> None:
    """Names of the test fold are neither listed nor asked nor aligned nor counted by themselves."""
    held = {pair.latin for pair in name_pairs(small, "ar") if pair.fold == "test"}
    kept = {pair.latin for pair in name_pairs(small, "ar") if pair.fold != "test"}
    assert held - kept
    listed, asked = queries.make(small, changed=3)
    natives = {pair.left for pair in corpus.natural_pairs(small, ("train", "dev"), ("ar",)) if pair.kind == "ar"}
    assert not (held - kept) & {*listed.names, *(query.name for query in asked if query.kind != "lat")}
    assert all(fold_of(key_of(native)) != "test" for native in natives)


def test_left_out_are_names_of_the_same_tokens(small: Path) -> None:
    """A listed name with the tokens of a right answer, in any order, is not counted as wrong."""
    listed = Listed(["Ali Hassan", "Hassan Ali", "Ali Karim"], np.array([0, 1, 2]))
    tables = corpus.empty_tables(
        corpus.limits_text(date="-", command="-"), frequency_text(small, date="-", command="-"), make_attested([])
    )
    space = name_weights.prepare(listed, [Query("Aly Hasan", 0, "lat")], tables)
    assert space.left_out == [{1}]


def test_fit_holds_cells_at_zero() -> None:
    """A cell that must not be positive is zero where the data would make it positive, and the others are refitted."""
    cells = np.array([[0, 1]] * 60 + [[0, 0]] * 40, np.int64)
    counts = np.array([2] * 60 + [1] * 40, np.int64)
    true = np.array([1] * 50 + [0] * 10 + [1] * 20 + [0] * 20, np.int8)
    rows = Rows(cells, np.ones((100, 2)), counts, true, np.ones(100))
    free = fit(rows, Penalty(2, 1e-9))
    assert free[1] == pytest.approx(np.log(5), abs=1e-6)
    held = fit(rows, Penalty(2, 1e-9), at_most_zero=(1,))
    assert held[1] == 0
    assert held[0] == pytest.approx(np.log(70 / 30), abs=1e-6)


def test_rising_is_the_nearest_sequence() -> None:
    """Pools of violators take their weighted mean; what already rises is kept."""
    assert rising([0, 2, 1, 1, 5], [1, 1, 1, 2, 1]) == [0, 1.25, 1.25, 1.25, 5]
    assert rising([1, 2, 3], [1, 1, 1]) == [1, 2, 3]


def test_shipped_tables_have_every_cell_once() -> None:
    """The shipped tables are read by the model's own reader, which refuses a cell that lacks or is there twice."""
    texts = {name: (MODEL / name).read_text("utf-8") for name in TABLES}
    read = make_name_tables("names-1", texts, load_attested())
    assert len(rows_of("token_weights.tsv")) == tk.WEIGHTS == len(read.arrays[0])
    assert len(rows_of("name_weights.tsv")) == ak.NUMBERS == len(read.numbers)
    for name, text in texts.items():
        head = ("id = ", "source = ", "date = ") if name.endswith("toml") else ("# id: ", "# source: ", "# date: ")
        assert all(f"\n{key}" in f"\n{text}" for key in head)


def test_shipped_tables_are_in_shape() -> None:
    """Weights fall as letters agree less and as more is left over, rise along levels; what opposes never supports."""
    tables = make_name_tables("names-1", {name: (MODEL / name).read_text("utf-8") for name in TABLES}, load_attested())
    qualities = tables.arrays[0][: tk.RELATIONS * tk.LENGTHS * tk.QUALITIES].reshape(-1, tk.QUALITIES)
    assert (np.diff(qualities, axis=1) <= 0).all()
    numbers = tables.numbers
    edges = numbers[: ak.REST].reshape(ak.KINDS, ak.LEVELS, ak.RARITIES)
    assert (np.diff(edges[: ak.JOINED + 1], axis=1) >= 0).all()
    conflicts = numbers[ak.CONFLICT : ak.EXTRA].reshape(ak.SHORTER, ak.CONFLICTS)
    extras = numbers[ak.EXTRA : ak.SECOND].reshape(ak.SHORTER, ak.EXTRAS)
    for left_over in (conflicts, extras):
        assert (left_over[:, 0] == 0).all()
        assert (np.diff(left_over, axis=1) <= 0).all()
    assert (numbers[ak.REST : ak.CONFLICT] <= 0).all()
    assert numbers[ak.SECOND] <= 0


def test_shipped_tables_hold_no_names() -> None:
    """Columns are closed words, numbers and consonant classes; no row of a table is as long as a full name's."""
    words = {
        "edge",
        "rest",
        "conflict",
        "extra",
        "second",
        "part",
        "other_sex",
        "lead",
        "order",
        "base",
        "plain",
        "joined",
        "initial",
        "prefix",
        "-",
    }
    words |= {"quality", "distance", "skeleton", "ending", "attested", "special"}
    for name in ("token_weights.tsv", "name_weights.tsv"):
        assert all(cell in words or cell.lstrip("-").isdigit() for row in rows_of(name) for cell in row)
    assert all(set(row[0]) <= set("AkShgszfbtdrlmn") for row in rows_of("frequency.tsv"))


@needs_shared
@pytest.mark.shared
def test_frequencies_are_rebuilt_equal() -> None:
    """The shipped frequencies are, byte for byte, what the script counts, and the test fold counts nothing."""
    text = (MODEL / "frequency.tsv").read_text("utf-8")
    lines = dict(line[2:].split(": ", 1) for line in text.splitlines() if line.startswith("# "))
    assert frequency_text(SHARED, date=lines["date"], command=lines["command"]) == text


def test_the_test_fold_is_not_counted(small: Path, tmp_path: Path) -> None:
    """A pair of the test fold adds nothing to the frequencies, one of another fold does."""
    before = count_classes(small)
    names = name_pairs(small, "ar")
    held = next(pair for pair in names if pair.fold == "test")
    train = next(pair for pair in names if pair.fold == "train")
    folder = tmp_path / "data/names"
    shutil.copytree(small / "data/names", folder)
    for pair, more in ((held, 0), (train, 2)):
        (folder / "he_en_names_dev.tsv").write_text(f"arabic\tlatin\n{pair.native}\t{pair.latin}\n", "utf-8")
        assert count_classes(tmp_path).total() == before.total() + more
