"""A store's calibration: counted from its lists, measured on clean travellers, named in every answer, never silent."""

from __future__ import annotations

import datetime
from pathlib import Path

import pyarrow as pa
import pytest

import matcher
from matcher import calibration
from matcher.calibration import calibrate
from matcher.errors import DamagedStoreError, InputError, StoreVersionError, UsageError
from matcher.score.model import PRESETS, load_model
from matcher.snapshot.layout import Layout
from matcher.snapshot.manifest import Calibration, encode
from tests.cli.runner import run, write_lists

AT = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
NAMES = ("Anna Marta Erlandsen", "Ann Ericksdotter", "Zebulon Quartermain", "Yasser Rahmani", "Mary Poppins")


@pytest.fixture
def store(tmp_path: Path) -> matcher.Store:
    """Three persons and two documents."""
    write_lists(tmp_path)
    made = matcher.Store(tmp_path / "store")
    made.import_list("people", format="mapped-csv", path=tmp_path / "people.csv", mapping=tmp_path / "people.toml")
    made.import_list("sltd", format="sltd-csv", path=tmp_path / "documents.csv")
    return made


def clean(tmp_path: Path, n: int) -> Path:
    """Travellers on no list, some of them named much like a listed person; every eighth has no birth date."""
    lines = ["reference,full_name,date_of_birth"]
    for at in range(n):
        birth_date = "" if at % 8 == 7 else f"19{40 + at % 60}-0{1 + at % 9}-1{at % 7}"
        lines.append(f"c{at},{NAMES[at % len(NAMES)]},{birth_date}")
    path = tmp_path / "clean.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_the_prior_is_that_of_the_lists_in_force(store: matcher.Store) -> None:
    """Persons and documents are counted, every weight moves by the same bits, and the answer names the model."""
    asked = matcher.Traveller(names=["Anna Maria Eriksson"], birth_date="1974-08-12")
    before = store.open().lookup(asked, AT)
    made = calibrate(store)
    assert (made.persons, made.documents, made.review_bits) == (3, 2, {})
    watchlist = store.open()
    assert watchlist.model_id == f"names-1-c{made.digest}" != before.model_id
    after = watchlist.lookup(asked, AT)
    moved = store.model().person_prior_bits - load_model().person_prior_bits
    assert moved > 10
    assert after.matches[0].match_weight == before.matches[0].explanation.weight_bits + moved
    assert sum(leaf.weight_bits for leaf in after.matches[0].explanation.leaves()) == after.matches[0].match_weight


def test_the_id_names_the_content_and_not_the_time(store: matcher.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal lists and settings give one model; another expectation gives another."""
    first = calibrate(store)
    monkeypatch.setattr(calibration, "now", lambda: "2030-01-01T00:00:00+00:00")
    assert calibrate(store).digest == first.digest
    assert calibrate(store, expected_matches_per_traveller=1e-3).digest != first.digest


def test_presets_are_measured_on_clean_travellers(
    store: matcher.Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reviews among those with a birth date stay within what each preset allows, and one grain lower would not."""
    monkeypatch.setattr(calibration, "FEWEST", 100)
    with matcher.read_travellers(clean(tmp_path, 800)) as reader:
        made = calibrate(store, travellers=reader)
    assert made.n_travellers == 700
    assert set(made.review_bits) == set(PRESETS)
    for preset in PRESETS:
        with matcher.read_travellers(clean(tmp_path, 800)) as reader:
            rows = pa.Table.from_batches(list(reader))
        dated = rows.filter(pa.array([date is not None for date in rows.column("birth_date").to_pylist()]))
        outcomes = store.open(preset=preset).screen(dated, AT).column("outcome").to_pylist()
        n_alarms = len(outcomes) - outcomes.count("no_match")
        assert n_alarms <= load_model().weights[preset]["reviews_per_10000"] * 700 / 10_000


def test_too_few_travellers_change_nothing(store: matcher.Store, tmp_path: Path) -> None:
    """A handful of travellers says nothing about reviews in 10,000: one line, and the model stays."""
    with (
        matcher.read_travellers(clean(tmp_path, 40)) as reader,
        pytest.raises(InputError, match=r"35 of the travellers carry a birth date; give 1,000"),
    ):
        calibrate(store, travellers=reader)
    assert store.open().model_id == "names-1"


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, float("nan")])
def test_a_share_out_of_bounds_is_refused(store: matcher.Store, share: float) -> None:
    """Expected matches are a share of travellers."""
    with pytest.raises(UsageError, match="above 0 and below 1"):
        calibrate(store, expected_matches_per_traveller=share)


def test_another_model_asks_for_a_new_calibration(store: matcher.Store, tmp_path: Path) -> None:
    """A calibration of a model that is no longer shipped is refused with the command that mends it."""
    store.put_calibration(Calibration("names-0", 1e-4, 10, 10, {}, 0, "2026-01-01T00:00:00+00:00"))
    with pytest.raises(StoreVersionError, match="epervier store calibrate"):
        store.open()
    calibrate(store)
    assert store.open().model_id.startswith("names-1-c")


def test_a_damaged_calibration_is_seen(store: matcher.Store, tmp_path: Path) -> None:
    """One changed digit: refused on opening, named by `verify`."""
    calibrate(store)
    path = tmp_path / "store" / "calibration.json"
    path.write_bytes(path.read_bytes().replace(b'"persons":3', b'"persons":4'))
    with pytest.raises(DamagedStoreError, match=r"calibration\.json"):
        store.open()
    assert any("calibration.json" in str(error) for error in store.verify().damaged)


def test_a_number_no_prior_can_have_is_refused(store: matcher.Store, tmp_path: Path) -> None:
    """A file whose checksum holds but whose numbers cannot be: damaged, not a crash later."""
    wrong = Calibration("names-1", 1e-4, 0, 10, {}, 0, "2026-01-01T00:00:00+00:00")
    Layout(tmp_path / "store").calibration.write_bytes(encode(wrong))
    with pytest.raises(DamagedStoreError, match=r"calibration\.json"):
        store.open()


def test_the_command_line(store: matcher.Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`store calibrate` says what it counted and where reviews begin; a preset is an option of `lookup`."""
    where = tmp_path / "store"
    done = run(capsys, "store", "calibrate", "--store", where, "--expected-matches", "0.001")
    assert done.code == 0
    assert "3 persons, 2 documents" in done.out
    assert all(preset in done.out for preset in PRESETS)
    asked = ("lookup", "--store", where, "--name", "Anna Maria Eriksson", "--json", "--preset")
    found = run(capsys, *asked, "high-recall")
    assert found.code == 0
    assert "+high-recall" in found.out
    assert run(capsys, *asked, "loose").code == 2
    few = run(capsys, "store", "calibrate", "--store", where, "--travellers", clean(tmp_path, 40))
    assert few.code == 3
    assert len(few.err.strip().splitlines()) == 1


def test_equal_names_beyond_the_limit_leave_the_hit_threshold(
    store: matcher.Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where more travellers bear a listed name than a preset allows reviews, nothing but those is reviewed."""
    monkeypatch.setattr(calibration, "FEWEST", 10)
    monkeypatch.setattr("tests.test_calibration.NAMES", ("Anna Maria Eriksson",))
    with matcher.read_travellers(clean(tmp_path, 60)) as reader:
        made = calibrate(store, travellers=reader)
    hit_bits = {preset: load_model().weights[preset]["hit_bits"] for preset in PRESETS}
    assert made.review_bits == hit_bits
