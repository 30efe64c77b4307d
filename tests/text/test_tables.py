"""The tables of `matcher.text` are what their header says."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.errors import ModelError
from matcher.text import table_rows
from matcher.text.pieces import particles
from matcher.text.translit import han, hangul

TABLES = Path(table_rows.__file__).parent / "tables"
NAMES = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "names"


@pytest.mark.parametrize("path", sorted(TABLES.glob("*.tsv")), ids=lambda path: path.name)
def test_tables_have_id_source_and_date(path: Path) -> None:
    """The first lines of every table say what it is, where it is from and when; every row is whole."""
    head = [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
    for field in ("# id: ", "# source: ", "# date: "):
        assert any(line.startswith(field) for line in head), field
    assert table_rows.rows(path.stem)


def test_a_row_with_a_missing_cell_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that lost a cell is not read as if it had it."""
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "broken.tsv").write_text("one\tother\na\n", encoding="utf-8")
    monkeypatch.setattr("importlib.resources.files", lambda _: tmp_path)
    with pytest.raises(ModelError, match=r"broken\.tsv"):
        table_rows.rows("broken")


def test_particles_are_of_one_kind() -> None:
    """No word is an article and a name's part at once, and no whole name is a particle."""
    latin = particles()["latin"]
    kinds = ("article", "assimilated", "servant", "father", "mother", "descent", "faith", "god", "title", "suffix")
    words = [word for kind in kinds for word in latin[kind]]
    assert len(words) == len(set(words))
    assert not set(words) & set(particles()["whole"]["latin"])


def test_every_syllable_and_family_can_be_spelled() -> None:
    """Hangul is spelled by rule, Han families by the table, and all in a-z."""
    for code in range(0xAC00, 0xD7A4):
        assert hangul.romanise(chr(code)).isalpha()
    for character, mandarin, other in table_rows.rows("han_families"):
        assert han.family(character) == (mandarin, other or None)
        assert (mandarin + other).isascii()


@pytest.mark.shared
@pytest.mark.skipif(not NAMES.is_dir(), reason="../shared/data/names is not beside the checkout")
def test_learned_tables_are_what_the_script_makes() -> None:
    """Made again from the public pairs, the learned tables have the same rows."""
    from benchmarks import make_name_tables as made

    assert ["\t".join(row) for row in table_rows.rows("han_readings")] == made.han_readings(NAMES)
    assert ["\t".join(row) for row in table_rows.rows("korean_families")] == made.korean_families(NAMES)
    assert ["\t".join(row) for row in table_rows.rows("glued_articles")] == made.glued_articles(NAMES)
    assert ["\t".join(row) for row in table_rows.rows("split_digraphs")] == made.split_digraphs(NAMES)
