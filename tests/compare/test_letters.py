"""Letter models: the kernels equal the definition, and known spellings stand in the right order."""

from __future__ import annotations

import random
import unicodedata
from importlib import resources
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.compare import letter_bound_kernels as holds
from matcher.compare import letter_kernels as kernels
from matcher.compare import letters
from matcher.compare.letters import SCRIPTS, LetterModel, aligned_chunks, encode, encode_latin, load_letters, quality
from tests.reference import letters as twin

LATIN = "abcdefghijklmnopqrstuvwxyz"
UNKNOWN = "ؼ"  # a letter that no table has


def alphabet(script: str) -> str:
    return "".join(load_letters(script).codes) + UNKNOWN


def spellings(script: str, rng: random.Random, count: int) -> list[tuple[str, str]]:
    """Real pairs, pairs of which one is read from the other by moves of the table, and pairs at random."""
    model = load_letters(script)
    moves = [move for move in model.moves if "*" not in move]
    letters_of, real = alphabet(script), real_pairs(script)
    pairs = [rng.choice(real) for _ in range(count // 3)]
    for _ in range(count // 3):
        chosen = [rng.choice(moves) for _ in range(rng.randrange(1, 9))]
        pairs.append(("".join(native for native, _ in chosen), "".join(latin for _, latin in chosen)))
    while len(pairs) < count:
        native, latin = rng.choices(letters_of, k=rng.randrange(9)), rng.choices(LATIN, k=rng.randrange(9))
        pairs.append(("".join(native), "".join(latin)))
    return pairs


def real_pairs(script: str) -> list[tuple[str, str]]:
    """Shipped spellings of a script; for Latin, those of one native token against each other."""
    text = resources.files("matcher.compare").joinpath("tables/spellings.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")][1:]
    if script == "latin":
        return [(one[2], other[2]) for one, other in pairwise(rows) if one[:2] == other[:2]]
    return [(row[1], row[2]) for row in rows if row[0] == script]


def rows_of(codes: list[np.ndarray]) -> np.ndarray:
    rows = np.zeros((len(codes), kernels.ROW), np.uint8)
    for row, code in zip(rows, codes, strict=True):
        row[0] = len(code)
        row[1 : len(code) + 1] = code
    return rows


@pytest.mark.parametrize("script", SCRIPTS)
def test_batch_equals_the_definition(script: str) -> None:
    """Qualities of 3,000 pairs a script, alone and in a batch, are those of the twin, to the last bit."""
    pairs = spellings(script, random.Random(5), 3_000)
    model = load_letters(script)
    native, latin = [encode(script, left) for left, _ in pairs], [encode_latin(right) for _, right in pairs]
    places = np.arange(len(pairs), dtype=np.int64).repeat(2).reshape(-1, 2)
    found = kernels.quality_pairs(rows_of(native), rows_of(latin), places, script == "latin", model.table)
    expected = [twin.quality(script, left, right) for left, right in pairs]
    assert found.tolist() == expected
    alone = [quality(model, left, right) for left, right in zip(native[:300], latin[:300], strict=True)]
    assert alone == expected[:300]


@given(st.data())
@settings(max_examples=200)
def test_path_and_best_costs_equal_the_twin(data: st.DataObject) -> None:
    """For any letters path cost, best costs and the shown alignment agree with the twin; quality is never above 0."""
    script = data.draw(st.sampled_from(SCRIPTS))
    native = data.draw(st.text(alphabet(script), max_size=12))
    latin = data.draw(st.text(LATIN, max_size=12))
    model = load_letters(script)
    left, right = encode(script, native), encode_latin(latin)
    assert letters.path_cost(model, left, right) == twin.path_cost(script, native, latin)
    assert letters.best_latin(model, left) == twin.best_latin(script, native)
    assert letters.best_native(model, right) == twin.best_native(script, latin)
    assert quality(model, left, right) <= 0
    chunks = aligned_chunks(model, native, latin)
    assert "".join(chunk for chunk, _, _ in chunks) == native
    assert "".join(chunk for _, chunk, _ in chunks) == latin
    assert sum(cost for _, _, cost in chunks) == letters.path_cost(model, left, right)


@pytest.mark.parametrize("script", [script for script in SCRIPTS if script != "han"])
def test_a_held_word_costs_the_same(script: str) -> None:
    """The cost of a held word is the twin's up to a limit and above it beyond; what it costs at least is a bound."""
    rng = random.Random(11)
    model = load_letters(script)
    assert holds.can_hold(model.table)
    held, path = np.zeros(holds.HELD, np.int32), np.empty(kernels.SCRATCH, np.int32)
    latin = [right for _, right in spellings(script, rng, 60)]
    latin += [(LATIN * 2)[:31], "", "a"]
    rows = rows_of([encode_latin(right) for right in latin])
    natives = [left for left, _ in spellings(script, rng, 30) if left] + [(alphabet(script) * 2)[:31]]
    for native in natives:
        holds.hold(rows_of([encode(script, native)])[0], model.table, held, path)
        assert held[holds.BEST] == twin.best_latin(script, native)
        together = sorted(enumerate(latin), key=lambda one: one[1])  # as a list keeps them
        for row, right in [*enumerate(latin), *together]:
            cost = twin.path_cost(script, native, right)
            least, best = holds.least_cost(held, rows, row, model.table)
            assert best == twin.best_native(script, right) <= least <= cost
            for limit in (kernels.IMPOSSIBLE - 1, cost + 1, cost, cost - 1, cost // 2, 0):
                found = holds.held_cost(held, rows, row, model.table, limit)
                assert found == cost if cost <= limit else found > limit


def test_han_is_not_held() -> None:
    """A table of readings has no letters to hold."""
    assert not holds.can_hold(load_letters("han").table)


@given(st.text(LATIN, max_size=40), st.text(LATIN, max_size=40))
@settings(max_examples=300)
def test_latin_is_symmetric(left: str, right: str) -> None:
    """Between Latin spellings quality is the same both ways round, 0 where equal; 31 letters are read."""
    model = load_letters("latin")
    one, other = encode("latin", left), encode("latin", right)
    assert quality(model, one, other) == quality(model, other, one)
    assert quality(model, one, one) == 0
    assert len(one) == min(len(left), 31)


@pytest.mark.parametrize("script", SCRIPTS)
def test_longest_letters_are_within_bounds(script: str) -> None:
    """Rows of 31 letters on each side are aligned like any other."""
    model = load_letters(script)
    native, latin = (alphabet(script) * 4)[:40], (LATIN * 2)[:40]
    expected = twin.path_cost(script, native, latin)
    assert letters.path_cost(model, encode(script, native), encode_latin(latin)) == expected


@pytest.mark.parametrize(
    ("script", "native", "better", "worse"),
    [
        ("arabic", "حسن", "hassan", "hussein"),
        ("arabic", "حسين", "hussein", "hassan"),
        ("arabic", "محمد", "mohamed", "ahmed"),
        ("arabic", "قذافي", "gaddafi", "ghaddar"),
        ("arabic", "چاوشي", "chavoshi", "shamsi"),
        ("cyrillic", "хрущёв", "khrushchev", "kirov"),
        ("cyrillic", "шевченко", "shevchenko", "savchenko"),
        ("greek", "παπαδοπουλοσ", "papadopoulos", "papandreou"),
        ("han", "陈德铭", "chendeming", "changdaming"),
        ("han", "林", "lim", "wang"),
        ("han", "大卫", "david", "daniel"),
        ("hangul", unicodedata.normalize("NFD", "김정은"), "kimjongun", "kimjonghwan"),
        ("hangul", unicodedata.normalize("NFD", "박"), "park", "pyo"),
        ("hebrew", "יהודית", "yehudit", "yehuda"),
        ("hebrew", "שרון", "sharon", "aharon"),
        ("latin", "mohamed", "muhammad", "mahmoud"),
        ("latin", "yusuf", "youssef", "asif"),
        ("latin", "essa", "isa", "musa"),
    ],
)
def test_known_spellings(script: str, native: str, better: str, worse: str) -> None:
    """A true spelling is better than one of another name."""
    model = load_letters(script)
    left = encode(script, native)
    assert quality(model, left, encode_latin(better)) > quality(model, left, encode_latin(worse))


def test_an_unknown_script_is_refused() -> None:
    """A script without a model is named in the error, with those that have one."""
    with pytest.raises(ValueError, match="script 'runic' has no letter model, use one of arabic"):
        load_letters("runic")


def test_a_learned_move_beats_its_floor() -> None:
    """Drop, add and one-for-one moves that stand in a table cost less than what is not in it."""
    for script in SCRIPTS:
        model: LetterModel = load_letters(script)
        for (native, latin), cost in model.moves.items():
            floor = {(1, 0): model.floors.drop, (0, 1): model.floors.add, (1, 1): model.floors.one}
            assert (
                "*" in (native, latin)
                or script == "han"
                or cost < floor.get((len(native), len(latin)), kernels.IMPOSSIBLE)
            )
