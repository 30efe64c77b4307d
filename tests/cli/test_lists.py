"""`epervier lists` and `epervier store`: import, show, diff, withdraw, verify, rebuild, prune."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matcher.cli.lists import rows_about
from tests.cli.runner import DOCUMENTS, run, write_lists


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two list files, and no store yet."""
    write_lists(tmp_path)
    return tmp_path


def import_documents(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """Import the document list into `folder/store`."""
    arguments = [
        "lists",
        "import",
        "sltd-csv",
        folder / "documents.csv",
        "--list-id",
        "sltd",
        "--store",
        folder / "store",
    ]
    assert run(capsys, *arguments).code == 0


def test_import_prints_counts_and_show_lists_them(capsys: pytest.CaptureFixture[str], lists_store: Path) -> None:
    """What was imported is shown, for a person and as JSON."""
    shown = run(capsys, "lists", "show", "--store", lists_store)
    assert shown.code == 0
    assert "people" in shown.out
    assert "mapped-csv" in shown.out
    lists = json.loads(run(capsys, "lists", "show", "--json", "--store", lists_store).out)["lists"]
    assert [(each["list_id"], each["entries"], each["by_kind"]) for each in lists] == [
        ("people", 3, {"person": 3}),
        ("sltd", 2, {"document": 2}),
    ]


def test_progress_is_shown_when_asked(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """Without a terminal nothing, with `--progress` lines of rows read and documents indexed on standard error."""
    arguments = ["lists", "import", "sltd-csv", folder / "documents.csv", "--list-id", "sltd"]
    for at, (option, shown) in enumerate(((None, False), ("--no-progress", False), ("--progress", True))):
        ran = run(capsys, *arguments, "--store", folder / f"store{at}", *([option] if option else []))
        assert ran.code == 0
        assert "importing" not in ran.out
        assert ("importing sltd: 2 rows" in ran.err) == shown
        assert ("indexing documents: 2 rows" in ran.err) == shown


def test_rows_are_guessed_from_plain_text_only(folder: Path) -> None:
    """The guess is near for lines of like length, and none for what is packed, missing or no CSV."""
    (folder / "long.csv").write_text("a,b\n" + "12345,6789\n" * 100_000, encoding="utf-8")
    guess = rows_about([folder / "long.csv"])
    assert guess is not None
    assert 99_000 < guess < 101_000
    (folder / "packed.csv").write_bytes(b"\x1f\x8b\0\n")
    for path in (folder / "packed.csv", folder / "none.csv", folder / "people.toml"):
        assert rows_about([folder / "long.csv", path]) is None


def test_an_import_with_rejects_says_why_and_exits_with_four(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """Rejected rows are counted by reason, the rest is in force, and the exit code is 4."""
    (folder / "some.csv").write_text(DOCUMENTS + ",IRQ,P,lost,,,,,,\n,IRQ,P,lost,,,,,,\n", encoding="utf-8")
    arguments = ["--list-id", "sltd", "--store", folder / "store"]
    ran = run(capsys, "lists", "import", "sltd-csv", folder / "some.csv", *arguments)
    assert ran.code == 4
    assert "2 rejected rows by reason" in ran.out
    lists = json.loads(run(capsys, "lists", "show", "--json", "--store", folder / "store").out)["lists"]
    assert (lists[0]["entries"], lists[0]["rejects"]) == (2, 2)


@pytest.mark.parametrize(
    "arguments",
    [
        ["sltd-csv", "missing.csv", "--list-id", "sltd"],
        ["sltd-csv", "empty.csv", "--list-id", "sltd"],
        ["no-such-format", "documents.csv", "--list-id", "sltd"],
        ["sltd-csv", "documents.csv", "--list-id", "../up"],
        ["mapped-csv", "people.csv", "--list-id", "p", "--mapping", "missing.toml"],
        ["mapped-csv", "people.csv", "--list-id", "p", "--mapping", "people.csv"],
    ],
)
def test_a_refused_import_is_one_line(capsys: pytest.CaptureFixture[str], folder: Path, arguments: list[str]) -> None:
    """A list that can't be imported is refused in one line with exit code 3, and no list is in force."""
    (folder / "empty.csv").write_bytes(b"")
    named = [str(folder / each) if each.endswith((".csv", ".toml")) else each for each in arguments]
    ran = run(capsys, "lists", "import", *named, "--store", folder / "store")
    assert ran.code == 3, ran.err
    assert ran.err.startswith("epervier: ")
    assert ran.err.count("\n") == 1
    shown = run(capsys, "lists", "show", "--json", "--store", folder / "store")
    assert json.loads(shown.out) == {"lists": []}


def test_diff_names_what_changed(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """A second version is compared with the one before it, or with one that is named."""
    import_documents(capsys, folder)
    show = ["lists", "show", "--json", "--store", folder / "store"]
    first = json.loads(run(capsys, *show).out)["lists"][0]["version"]
    lines = DOCUMENTS.splitlines(keepends=True)
    (folder / "documents.csv").write_text(
        "".join(lines[:2]) + "C7654321,FRA,I,lost,2025-02-03,,,,,\n", encoding="utf-8"
    )
    import_documents(capsys, folder)
    diff = ["lists", "diff", "sltd", "--store", folder / "store"]
    found = json.loads(run(capsys, *diff, "--json").out)
    assert [len(found[change]) for change in ("added", "removed", "changed")] == [1, 1, 0]
    assert found["older"] == first
    back = json.loads(run(capsys, *diff, "--older", found["newer"], "--newer", first, "--json").out)
    assert (back["added"], back["removed"]) == (found["removed"], found["added"])
    text = run(capsys, *diff).out
    assert found["added"][0] in text
    assert run(capsys, "lists", "diff", "nolist", "--store", folder / "store").code == 3


def test_withdrawn_entries_and_lists_are_not_returned(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """An entry that is withdrawn, and a list that is withdrawn, are not found any more."""
    import_documents(capsys, folder)
    store = folder / "store"
    ask = ["lookup", "--store", store, "--document", "L898902C3", "--issuer", "UTO", "--type", "P", "--json"]
    found = json.loads(run(capsys, *ask).out)
    assert found["outcome"] == "hit"
    entry = found["matches"][0]["entry_id"]
    assert run(capsys, "lists", "withdraw", "sltd", "no-such-entry", "--store", store).code == 3
    assert run(capsys, "lists", "withdraw", "sltd", entry, "--store", store).code == 0
    assert json.loads(run(capsys, *ask).out)["outcome"] == "no_match"
    assert run(capsys, "lists", "withdraw", "sltd", "--store", store).code == 0
    assert run(capsys, *ask).code == 3  # nothing is in force any more


def test_verify_finds_a_changed_byte(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """One changed byte in a file of the store is named, and the exit code is 3."""
    import_documents(capsys, folder)
    store = folder / "store"
    assert run(capsys, "store", "verify", "--store", store).code == 0
    victim = max(store.rglob("*.arrow"), key=lambda path: path.stat().st_size)
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    ran = run(capsys, "store", "verify", "--store", store)
    assert ran.code == 3
    assert victim.name in ran.err
    assert "Traceback" not in ran.err


def test_verify_refuses_what_is_no_store(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A folder that isn't there is not a sound store."""
    assert run(capsys, "store", "verify", "--store", tmp_path / "nothing").code == 3


def test_rebuild_and_prune_keep_what_is_in_force(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """After rebuild and prune the same traveller gives the same match."""
    import_documents(capsys, folder)
    (folder / "documents.csv").write_text(DOCUMENTS + "C7654321,FRA,I,lost,2025-02-03,,,,,\n", encoding="utf-8")
    import_documents(capsys, folder)
    store = folder / "store"
    ask = ["lookup", "--store", store, "--document", "C7654321", "--issuer", "FRA", "--json"]
    before = json.loads(run(capsys, *ask).out)
    assert run(capsys, "store", "rebuild", "--store", store).code == 0
    assert run(capsys, "store", "prune", "--keep", "1", "--store", store).code == 0
    after = json.loads(run(capsys, *ask).out)
    assert (before["matches"], before["snapshot_id"]) == (after["matches"], after["snapshot_id"])
    assert run(capsys, "store", "verify", "--store", store).code == 0


def test_auto_recognises_and_rejects_are_reported(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """`auto` says what it recognised and why; the reject report names rows, not persons; --strict changes nothing."""
    path = tmp_path / "documents.csv"
    header = "document_number,issuing_state,document_type,status,reported_on,issued_on,expires_on,review_on"
    path.write_text(
        f"{header},national_reference,note\nA1,UTO,P,lost,,,,,,\n,UTO,P,lost,,,,,,SECRET\n", encoding="utf-8"
    )
    store, report = tmp_path / "store", tmp_path / "rejects.csv"
    refused = run(capsys, "lists", "import", "auto", path, "--list-id", "sltd", "--store", store, "--strict")
    assert (refused.code, refused.err.count("\n")) == (3, 1)
    ran = run(capsys, "lists", "import", "auto", path, "--list-id", "sltd", "--store", store, "--rejects", report)
    assert ran.code == 4
    assert "recognised sltd-csv" in ran.out
    assert report.read_text("utf-8").count("\n") == 2
    assert "SECRET" not in report.read_text("utf-8")
    again = run(capsys, "lists", "rejects", "sltd", "--store", store, "--output", tmp_path / "again.csv")
    assert again.code == 0
    assert (tmp_path / "again.csv").read_bytes() == report.read_bytes()
