"""`epervier evaluate`: a truth file beside passengers or in one file, tables, JSON and a page, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matcher.cli import evaluate
from tests.cli.runner import run

DATA = Path(__file__).resolve().parents[2] / "data"
HEADER = "reference,expected_outcome,list_id,entry_id,kind\n"
PASSENGERS = (
    "reference,full_name,dob\n1,Anna Maria Eriksson,1974-08-12\n2,Zebulon Quartermain,1950-01-02\n3,...,1950-01-02\n"
)
TRUTH = HEADER + "1,match,people,3,exact\n2,no_match,,,clean\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two passengers who can be screened and one who cannot, and their truth."""
    (tmp_path / "passengers.csv").write_text(PASSENGERS, "utf-8")
    (tmp_path / "truth.csv").write_text(TRUTH, "utf-8")
    return tmp_path


def test_the_shipped_data_are_evaluated(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Lists, passengers and truth of `data/`: tables, JSON and a page of mode 600."""
    store = tmp_path / "store"
    suspects = ["mapped-csv", DATA / "suspects.csv", "--mapping", DATA / "mappings/suspects.toml"]
    assert run(capsys, "lists", "import", *suspects, "--list-id", "suspects", "--store", store).code == 0
    documents = ["sltd-csv", DATA / "lost_stolen_documents.csv", "--list-id", "lost-stolen"]
    assert run(capsys, "lists", "import", *documents, "--store", store).code == 0
    out = [tmp_path / name for name in ("out.html", "out.json")]
    arguments = ["--passengers", DATA / "passengers.csv", "--store", store, "--output", out[0], "--json", out[1]]
    ran = run(capsys, "evaluate", DATA / "truth.csv", *arguments, "--preset", "high-recall", "--list-sizes", "0.5,1")
    assert ran.code == 0, ran.err
    for word in ("116 true, 384 clean", "by preset", "arabic_for_latin", "cyrillic", "lost-stolen", "calibration"):
        assert word in ran.out
    figures = json.loads(out[1].read_text("utf-8"))
    assert (figures["preset"], figures["rows"]["measured"]) == ("high-recall", 500)
    assert [row["size"] for row in figures["by_list_size"]] == [0.5, 1.0]
    assert out[0].read_text("utf-8").startswith("<!doctype html>")
    assert {path.stat().st_mode & 0o777 for path in out} == {0o600}


def test_one_file_of_travellers_and_truth(capsys: pytest.CaptureFixture[str], folder: Path, lists_store: Path) -> None:
    """Without `--passengers` the truth file holds the travellers too."""
    path = folder / "all.jsonl"
    rows = [
        {
            "full_name": "Anna Maria Eriksson",
            "dob": "1974-08-12",
            "list_id": "people",
            "entry_id": "3",
            "kind": "exact",
        },
        {"full_name": "Zebulon Quartermain", "dob": "1950-01-02", "list_id": "", "entry_id": "", "kind": "clean"},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    ran = run(capsys, "evaluate", path, "--store", lists_store, "--json", folder / "out.json")
    assert ran.code == 0, ran.err
    figures = json.loads((folder / "out.json").read_text("utf-8"))
    assert [preset["review"]["recall"]["count"] for preset in figures["presets"]] == [1, 1, 1]
    assert figures["rows"]["clean"] == 1


def test_what_is_left_out_is_said_and_exits_with_four(
    capsys: pytest.CaptureFixture[str], folder: Path, lists_store: Path
) -> None:
    """An unreadable traveller, a reference nobody has, a row said twice: counted, never silent."""
    (folder / "truth.csv").write_text(TRUTH + "2,no_match,,,clean\n9,no_match,,,clean\n3,no_match,,,clean\n", "utf-8")
    ran = run(
        capsys, "evaluate", folder / "truth.csv", "--passengers", folder / "passengers.csv", "--store", lists_store
    )
    assert ran.code == 4, ran.err
    for line in ("1 truth rows said twice", "1 references of the truth file", "1 travellers that cannot be screened"):
        assert line in ran.out


@pytest.mark.parametrize(
    ("truth", "options", "code"),
    [
        (b"", [], 3),
        (HEADER.encode(), [], 3),
        (b"reference,kind\n1,clean\n", [], 3),
        (HEADER.encode() + b"1,match,nolist,3,exact\n", [], 3),
        (HEADER.encode() + b"7,no_match,,,clean\n", [], 3),
        (b"\xff\xfe\x00", [], 3),
        (TRUTH.encode(), ["--preset", "bold"], 2),
        (TRUTH.encode(), ["--base-rate", "1.5"], 2),
        (TRUTH.encode(), ["--miss-cost", "-1"], 2),
        (TRUTH.encode(), ["--list-sizes", "half"], 2),
        (TRUTH.encode(), ["--json", "no/such/folder.json"], 2),
    ],
)
def test_a_refusal_is_one_line(
    capsys: pytest.CaptureFixture[str], *, folder: Path, lists_store: Path, truth: bytes, options: list[str], code: int
) -> None:  # fmt: skip
    """What cannot be measured is refused in one line, with the exit code of its kind."""
    (folder / "truth.csv").write_bytes(truth)
    arguments = ["--passengers", folder / "passengers.csv", "--store", lists_store, *options]
    ran = run(capsys, "evaluate", folder / "truth.csv", *arguments)
    assert ran.code == code, ran.err
    assert ran.err.startswith("epervier: ")
    assert ran.err.count("\n") == 1


def test_a_file_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str], lists_store: Path) -> None:
    """In one line, with exit code 3."""
    ran = run(capsys, "evaluate", "nothing.csv", "--passengers", "nothing.csv", "--store", lists_store)
    assert (ran.code, ran.err.count("\n")) == (3, 1)


def test_no_traveller_is_named(capsys: pytest.CaptureFixture[str], folder: Path, lists_store: Path) -> None:
    """Neither the terminal nor the files hold a name, a birth date or an entry id."""
    out = [folder / name for name in ("out.html", "out.json")]
    arguments = [
        "--passengers",
        folder / "passengers.csv",
        "--store",
        lists_store,
        "--output",
        out[0],
        "--json",
        out[1],
    ]
    ran = run(capsys, "evaluate", folder / "truth.csv", *arguments)
    for text in (ran.out, ran.err, *(path.read_text("utf-8") for path in out)):
        for word in ("Anna", "Eriksson", "Quartermain", "1974", "Rahman"):
            assert word not in text


def test_sizes_are_numbers() -> None:
    """Shares separated by commas."""
    assert evaluate._sizes("0.25,1") == (0.25, 1.0)
    assert evaluate._sizes(None) == ()
