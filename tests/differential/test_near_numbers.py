"""The document index finds what its slow twin finds, pair by pair: no more, no less, in the same order."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from matcher.documents.numbers import lookup_key, normalise
from matcher.documents.slips import SLIPS, SYMBOLS, look_alikes
from matcher.documents.states import short_codes
from matcher.index.document_tables import build_documents
from matcher.index.documents import DocumentIndex, pack_key
from matcher.snapshot.documents import DocumentRows
from tests.reference import near_numbers as twin

CODE = pa.dictionary(pa.int16(), pa.large_string())

MALFORMED = ["bad number??", "  ", "", "<<<", "№", "Ж12", "A" * 21, "7" * 60, "🛂123", "\x00", "É1234567"]
SHAPES = [
    "#########",
    "@########",
    "@@#######",
    "@@######",
    "********",
    "############",
    "#######",
    "######",
    "@@@######",
]
LONG_SHAPES = ["*************", "@@@############", "####################", "@###################"]


def draw_number(draw: random.Random, shape: str) -> str:
    signs = {"#": "0123456789", "@": SYMBOLS[10:], "*": SYMBOLS}
    return "".join(draw.choice(signs[sign]) for sign in shape)


def opened(numbers: list[str], known: Sequence[twin.Who] = (), chunk: int = 64) -> DocumentIndex:
    known = known or [(None, None)] * len(numbers)
    columns = {
        "number": pa.array(numbers, pa.large_string()),
        "issuing_state": pa.array([state for state, _ in known], CODE),
        "type": pa.array([kind for _, kind in known], CODE),
    }
    table = pa.table(columns)
    rows = DocumentRows.of(pa.Table.from_batches(table.to_batches(max_chunksize=chunk), table.schema))
    return DocumentIndex(build_documents(rows), rows)


def found_by(index: DocumentIndex, queries: list[str], asked: Sequence[twin.Who] = ()) -> list[twin.Found]:
    named = ([state for state, _ in asked], [kind for _, kind in asked]) if asked else ()
    columns = (column.tolist() for column in index.near_batch(queries, *named))
    return [(query, row, SLIPS[slip], changed) for query, row, slip, changed in zip(*columns, strict=True)]


def slipped(draw: random.Random, number: str, kind: str) -> str:
    """A number with a slip of one kind; the number itself where the kind doesn't apply."""
    at = draw.randrange(len(number))
    sign = draw.choice(SYMBOLS)
    if kind == "lookalike":
        signs = list(number)
        for place in draw.sample(range(len(number)), draw.choice((1, 2))):
            alike = [one for one in SYMBOLS if frozenset((one, number[place])) in look_alikes()]
            signs[place] = draw.choice(alike or [number[place]])
        return "".join(signs)
    front = "".join(draw.choice(SYMBOLS[10:] + "0000") for _ in range(draw.randrange(1, 4)))
    made = {
        "exact": number,
        "check_digit": draw.choice((number + twin.check_digit(number), number[:-1])),
        "prefix": draw.choice((number[:9], number + sign + draw.choice(SYMBOLS))),
        "glued": draw.choice((draw.choice(sorted(short_codes())) + number, draw.choice("PVICA") + number)),
        "leading": draw.choice((front + number, number.lstrip(SYMBOLS[10:] + "0") or number)),
        "transposed": number[: max(at - 1, 0)] + number[max(at - 1, 0) : at + 1][::-1] + number[at + 1 :],
        "substituted": number[:at] + sign + number[at + 1 :],
        "deleted": number[:at] + number[at + 1 :],
        "inserted": number[:at] + sign + number[at:],
    }
    return made[kind]


def made_list(draw: random.Random, shapes: list[str], n: int) -> list[str]:
    numbers = [draw_number(draw, draw.choice(shapes)) for _ in range(n)]
    numbers += draw.sample(numbers, n // 10)  # several issuers for one number
    numbers += [slipped(draw, draw.choice(numbers), draw.choice(SLIPS)) for _ in range(n // 2)]
    numbers += [f" {number[:2].lower()}-{number[2:]} " for number in draw.sample(numbers, n // 10)]
    numbers += MALFORMED
    draw.shuffle(numbers)
    return numbers


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shapes", [SHAPES, LONG_SHAPES, SHAPES + LONG_SHAPES, ["######"]])
def test_near_equals_the_slow_twin(seed: int, shapes: list[str]) -> None:
    """Random lists with duplicates, malformed rows and planted slips of every kind; presented likewise."""
    draw = random.Random(seed)
    numbers = made_list(draw, shapes, 120)
    plain = [number for number in numbers if normalise(number).isalnum() and normalise(number).isascii()]
    queries = [slipped(draw, normalise(draw.choice(plain)), kind) for kind in SLIPS for _ in range(15)]
    queries += (
        [draw_number(draw, draw.choice(shapes)) for _ in range(20)] + MALFORMED + ["1", "Z", "00", "O0", "A" * 24]
    )
    expected = twin.near(queries, numbers)
    assert found_by(opened(numbers), queries) == expected
    if shapes is SHAPES:
        assert set(SLIPS) == set(Counter(one[2] for one in expected)), "a kind is not tried"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shapes", [SHAPES, LONG_SHAPES])
def test_near_of_issuer_and_type_equals_the_slow_twin(seed: int, shapes: list[str]) -> None:
    """Groups, classes and missing ones on both sides: a near row fits in both, an equal number is found in any case."""
    draw = random.Random(seed)
    numbers = made_list(draw, shapes, 100)
    states = [None, "D", "DEU", "GBN", "GBR", "GBD", "UTO", "Ruritania", "QQQ"]
    kinds = [None, "P", "PD", "V", "ID", "zz"]
    known = [(draw.choice(states[: 9 - seed]), draw.choice(kinds)) for _ in numbers]
    plain = [at for at, number in enumerate(numbers) if normalise(number).isalnum() and normalise(number).isascii()]
    chosen = [(draw.choice(plain), kind) for kind in SLIPS for _ in range(40)]
    queries = [slipped(draw, normalise(numbers[at]), kind) for at, kind in chosen]
    asked = [known[at] if draw.random() < 0.5 else (draw.choice([*states, "Germany", ""]), draw.choice([*kinds, ""]))
             for at, _ in chosen]  # fmt: skip
    expected = twin.near(queries, numbers, asked, known)
    index = opened(numbers, known)
    assert found_by(index, queries, asked) == expected
    assert len(expected) < len(twin.near(queries, numbers))
    for at in range(0, len(queries), 7):
        single = [(at, one.row, one.slip, one.n_changed) for one in index.near(queries[at], *asked[at], limit=999)]
        assert single == [one for one in expected if one[0] == at]


@pytest.mark.parametrize("length", [*range(4, 15), 19, 20])
@pytest.mark.parametrize("kind", SLIPS)
def test_every_kind_is_found_at_every_length(kind: str, length: int) -> None:
    """A listed number is found after any slip of any kind, full-length numbers included."""
    draw = random.Random(length)
    numbers = [draw_number(draw, "*" * length) for _ in range(50)]
    queries = [slipped(draw, number, kind) for number in numbers]
    found = {(query, row) for query, row, _, _ in found_by(opened(numbers), queries)}
    wanted = [(at, at) for at, query in enumerate(queries) if len(query) >= 4 and twin.slip(query, numbers[at])]
    assert set(wanted) <= found
    assert len(wanted) > 10 or (kind == "prefix" and length <= 9) or length == 4


def test_batch_single_and_text_agree() -> None:
    """`rows`, `exact_rows`, `near` and `near_batch` give the same rows for the same number."""
    draw = random.Random(7)
    numbers = made_list(draw, SHAPES + LONG_SHAPES, 200)
    index = opened(numbers)
    expected = [
        (at, row)
        for at, query in enumerate(numbers)
        for row, number in enumerate(numbers)
        if lookup_key(query) and lookup_key(query) == lookup_key(number)
    ]
    assert list(zip(*(column.tolist() for column in index.exact_rows(numbers)), strict=True)) == expected
    assert [(at, row) for at, query in enumerate(numbers) for row in index.rows(query)] == expected
    batch = found_by(index, numbers)
    single = [(at, one.row, one.slip, one.n_changed) for at, query in enumerate(numbers) for one in index.near(query)]
    assert [one for one in batch if len(index.near(numbers[one[0]])) < 50] == [
        one for one in single if len(index.near(numbers[one[0]])) < 50
    ]


def test_a_crowded_cell_is_searched_whole() -> None:
    """Thousands of numbers with one stem: exact search halves the cell, near search returns them all."""
    numbers = [f"{one}{two}{three}1234" for one in SYMBOLS[10:] for two in SYMBOLS[10:] for three in "ABC"] * 2
    index = opened(numbers)
    assert all(index.rows(numbers[at]) == [at, at + len(numbers) // 2] for at in range(0, len(numbers) // 2, 97))
    assert index.rows("ABD1234") == []
    assert found_by(index, ["1234", "AAB1234"]) == twin.near(["1234", "AAB1234"], numbers)
    assert len(index.near("1234", limit=7)) == 7


def test_a_list_without_numbers_finds_nothing() -> None:
    """No row, or only rows without any number: nothing is found and nothing fails."""
    for numbers in ([], ["", "  "], ["??"]):
        index = opened(numbers)
        assert index.rows("AB1234567") == []
        assert index.near("AB1234567") == []
        assert index.places(pack_key("AB1234567"))[1] == 0
        assert [column.tolist() for column in index.exact_rows(["AB1234567"])] == [[], []]
    assert opened(["??"]).near("??")[0].slip == "exact"


written = st.text(st.one_of(st.sampled_from("0189ABDIOSZ -./<No№٣७Ａ１"), st.characters()), max_size=26)
listable = written.filter(lambda text: not any("\ud800" <= sign <= "\udfff" for sign in text))  # a file holds no half


@settings(max_examples=200)
@given(st.lists(listable, max_size=12), st.lists(written, min_size=1, max_size=6))
@example(["No. 1234567", "NO1234567"], ["no.1234567", "N0.1234567"])
@example(["A\x00B12345", "AB12345"], ["AB\u202e12345", "🛂"])
@example(["\ufffd12345"], ["\ud80012345"])
@example(["x" * 60, "X" * 60], ["x" * 60])
def test_any_text_is_read_as_the_python_function_reads_it(numbers: list[str], queries: list[str]) -> None:
    """The kernel's reading equals `normalise` on whatever was written: other scripts, fillers, emoji, NUL."""
    assert found_by(opened(numbers, chunk=5), queries) == twin.near(queries, numbers)
