"""Tables that weigh names are refused when they lack a cell, have one twice or part nothing, and weigh as they say."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.compare.attested import load_attested
from matcher.errors import ModelError
from matcher.score.name_tables import load_name_tables, make_name_tables, name_cells, signed, token_cells
from matcher.text.skeleton import pack
from tests.names_models import small_texts

GOOD = small_texts()


def make(**changed: str) -> None:
    make_name_tables(
        "test", {**GOOD, **{name.replace("__", "."): text for name, text in changed.items()}}, load_attested()
    )


def test_good_tables_load() -> None:
    """What the other tests disturb is accepted as it is."""
    make()


@pytest.mark.parametrize("file", ["token_weights.tsv", "name_weights.tsv"])
@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("lacks", lambda lines: lines[:-1]),
        ("twice", lambda lines: [*lines, lines[-1]]),
        ("integer", lambda lines: [*lines[:-1], lines[-1].rpartition("\t")[0] + "\t1.5"]),
        ("integer", lambda lines: [*lines[:-1], lines[-1].rpartition("\t")[0] + "\t-"]),
        ("know", lambda lines: [*lines, "edge\tunheard\t0\t0\t5"]),
        ("lacks", lambda lines: lines[:1]),
        ("cell", lambda lines: [*lines, "5"]),
    ],
)
def test_a_missing_double_or_unknown_cell_refuses_to_start(file: str, rule: str, fault) -> None:  # type: ignore[no-untyped-def]
    """Every cell once, every weight an integer; the message names file and rule."""
    text = "\n".join(fault(GOOD[file].splitlines())) + "\n"
    with pytest.raises(ModelError, match=rf"{file}.*{rule}"):
        make(**{file.replace(".", "__"): text})


@pytest.mark.parametrize(
    "line",
    [
        "knots = [1, 2]",
        "knots = [-8192, -6144, -4096, -2048, 0, 1024, 2048, 3072, 4096, 5120, 6144, 7168, 8192, 9216, 9216]",
        "knots = 'many'",
        "rarities = [1, 2, 3, 4, 5, 6]",
        "rarities = [4096, 5120, 6144, 7168, 8192, 10240, 9216]",
        "min_rarity_bits = 'few'",
        "this is no table",
    ],
)
def test_limits_that_part_nothing_refuse_to_start(line: str) -> None:
    """Too few, not ascending, not numbers, no TOML."""
    key = line.partition(" ")[0]
    kept = [one for one in GOOD["limits.toml"].splitlines() if not one.startswith(key)]
    with pytest.raises(ModelError, match=r"limits\.toml"):
        make(limits__toml="\n".join([*kept, line]))


@pytest.mark.parametrize("key", ["knots", "rarities", "min_rarity_bits", "max_rarity_bits"])
def test_a_missing_limit_refuses_to_start(key: str) -> None:
    """Each of the four is needed."""
    with pytest.raises(ModelError, match=r"limits\.toml"):
        make(limits__toml="\n".join(line for line in GOOD["limits.toml"].splitlines() if not line.startswith(key)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# total: 1\nclass\tcount\nA\t5\n",
        "# total: 9\nclass\tcount\nA\tmany\n",
        "# total: 9\nclass\tcount\nxyz\t1\n",
        "# total: 99\nclass\tcount\n" + "k" * 17 + "\t1\n",
        "# total: none\nclass\tcount\nA\t1\n",
    ],
)
def test_a_bad_frequency_table_refuses_to_start(text: str) -> None:
    """Empty, a total below its counts or none, a count that is no number, a class that is none."""
    with pytest.raises(ModelError, match="frequency"):
        make(frequency__tsv=text)


def test_rarity_comes_from_the_reference_table_alone() -> None:
    """-log2 of the share, within the limits; a class that was never seen is rarer than one seen once (rule 4)."""
    tables = make_name_tables("test", GOOD, load_attested())
    classes = ("mhmd", "hsn", "knt", "gmbl", "", "nnnnnnnnnnnnnnnn"[:1])
    found = tables.rarity(np.array([signed(pack(one)) for one in classes]))
    assert found.tolist() == [3 * 1024, 6 * 1024, 12 * 1024, 12 * 1024, 12 * 1024, 12 * 1024]
    long = make_name_tables(
        "test", {**GOOD, "frequency.tsv": "# total: 64\nclass\tcount\nkntrlsmdfbgzSkAn\t8\n"}, load_attested()
    )
    assert long.rarity(np.array([signed(pack("kntrlsmdfbgzSkAn"))])).tolist() == [3 * 1024]  # its highest bit is set


def test_shipped_tables_are_whole() -> None:
    """The shipped model names every cell, and a model that isn't shipped is refused in one line."""
    tables = load_name_tables("names-1")
    assert len(tables.arrays[0]) == len(list(token_cells()))
    assert len(tables.numbers) == len(list(name_cells()))
    with pytest.raises(ModelError, match="no-such-model"):
        load_name_tables("no-such-model")
