"""The commands for policies, exceptions and the end of records."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from matcher import Store
from tests.access.lists import KEY, person, put
from tests.cli.runner import run

NAME = "Karim Haddad"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with a list of two persons, one of which is past its day."""
    made = Store(tmp_path / "s", KEY)
    rows = [person("a", NAME, review_on="2026-11-30"), person("b", "Zahra Qudsi", expires_on="2026-11-01")]
    put(made, "l", rows, tmp_path)
    (made.path / "KEY").write_bytes(KEY)
    return made.path


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Give text on standard input."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))


def test_records_end_with_a_proof_that_can_be_shown(capsys: pytest.CaptureFixture[str], store: Path) -> None:
    """Expiry says what went; the deletions are shown again, without names."""
    ran = run(capsys, "store", "expire", "--store", store, "--on", "2026-11-22")
    assert ran.code == 0
    assert "expiry" in ran.out
    assert "1 entries deleted" in ran.out
    shown = json.loads(run(capsys, "store", "deletions", "--store", store, "--json").out)["deletions"]
    assert [(one["rule"], one["entries"]) for one in shown] == [("expiry", 1)]
    assert "Zahra" not in ran.out + json.dumps(shown)
    assert "1 entries of l" in run(capsys, "store", "deletions", "--store", store).out


def test_an_entry_is_exported_and_erased(capsys: pytest.CaptureFixture[str], store: Path, tmp_path: Path) -> None:
    """The right of access gives all, in a file that only its owner reads; erasure names who asked."""
    output = tmp_path / "out.json"
    assert run(capsys, "store", "export-person", "l", "a", "--store", store, "--output", output).code == 0
    assert output.stat().st_mode & 0o077 == 0
    assert json.loads(output.read_text("utf-8"))["versions"][0]["persons"][0]["names"][0]["text"] == NAME
    ran = run(capsys, "store", "erase", "l", "a", "--store", store, "--author", "CCF", "--reason", "request 12")
    assert ran.code == 0
    assert "asked for by CCF: request 12" in ran.out
    assert NAME.encode() not in b"".join(path.read_bytes() for path in store.rglob("*") if path.is_file())


def test_what_falls_due_is_listed(capsys: pytest.CaptureFixture[str], store: Path) -> None:
    """Days ahead are counted from today."""
    ran = run(capsys, "store", "review", "--store", store, "--days", "100000")
    assert "2026-11-30  review   l a" in ran.out
    assert json.loads(run(capsys, "store", "review", "--store", store, "--days", "100000", "--json").out)["due"]


def test_a_pair_is_excepted_and_taken_back(
    capsys: pytest.CaptureFixture[str], store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The traveller comes on standard input; the lookup then says who decided and why."""
    asked = json.dumps({"names": [NAME], "birth_date": "1971-03-04"})
    typed(monkeypatch, asked)
    said = ("--author", "desk 4", "--reason", "other birth place")
    ran = run(capsys, "lists", "except", "l", "a", "--store", store, "--traveller", "-", *said)
    assert ran.code == 0
    typed(monkeypatch, asked)
    shown = run(capsys, "lookup", "--store", store, "--traveller", "-").out
    assert "no match" in shown
    assert "desk 4" in shown
    made = ran.out.split()[1].rstrip(":")
    assert run(capsys, "lists", "withdraw", "exceptions", made, "--store", store).code == 0
    typed(monkeypatch, asked)
    assert "hit" in run(capsys, "lookup", "--store", store, "--traveller", "-").out


def test_policies_suspensions_and_trials(capsys: pytest.CaptureFixture[str], store: Path, tmp_path: Path) -> None:
    """A policy is put in force and shown; a stale list is said; a trial changes nothing."""
    policy = tmp_path / "p.toml"
    policy.write_text('id = "p"\nsource = "t"\ndate = "2026-11-22"\nmax_age_days = 1\nmax_shrink = 0.5\n', "utf-8")
    assert run(capsys, "lists", "policy", "l", policy, "--store", store).code == 0
    assert json.loads(run(capsys, "lists", "policy", "l", "--store", store).out)["max_shrink"] == 0.5
    policy.write_text('id = "p"\nsource = "t"\ndate = "2026-11-22"\nroles = []\n', "utf-8")
    refused = run(capsys, "lists", "policy", "l", policy, "--store", store)
    assert (refused.code, "roles is empty" in refused.err) == (3, True)
    assert run(capsys, "lists", "suspend", "l", "a", "--store", store).code == 0
    assert "no match" in run(capsys, "lookup", "--store", store, "--name", NAME).out
    assert run(capsys, "lists", "resume", "l", "a", "--store", store).code == 0
    sample = tmp_path / "sample.csv"
    sample.write_text(f"name,dob\n{NAME},1971-03-04\n", "utf-8")
    put(Store(tmp_path / "other", KEY), "l", [person("n", "Omar Bashir")], tmp_path)
    listed = ("l", "--store", store, "--mapping", tmp_path / "mapping.toml", "--dry-run", sample)
    ran = run(capsys, "lists", "import", "mapped-csv", tmp_path / "l.csv", "--list-id", *listed)
    assert ran.code == 0
    assert "1 travellers of the sample would be answered otherwise" in ran.out
    assert "hit -> no_match  lost a" in ran.out
    assert "hit" in run(capsys, "lookup", "--store", store, "--name", NAME, "--birth-date", "1971-03-04").out
