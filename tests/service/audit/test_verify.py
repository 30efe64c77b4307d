"""Whatever is done to the audit behind the service's back is found, up to the newest checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from service.audit.record import FIRST, chained
from service.audit.verify import export
from service.database.tables import AUDIT
from service.refusals import TamperedError
from service.settings import Settings
from tests.service.audit.chains import chain_on, database, entries, sql, verified

BEFORE = "UPDATE audit SET body = replace(body, '200', '403') WHERE sequence = 3"


@pytest.fixture
def audit(tmp_path: Path) -> Iterator[tuple[Engine, Settings]]:
    """Ten records, signed at every fourth and at the end."""
    with database(tmp_path, checkpoint_records=4) as (engine, settings):
        with chain_on(engine, settings) as chain:
            for _ in range(5):
                chain.append(entries(2))
                chain.checkpoint_if_due()
        yield engine, settings


def test_an_audit_that_nobody_touched_is_found_whole(audit: tuple[Engine, Settings]) -> None:
    """Ten records, three checkpoints, nothing unsigned, nothing found."""
    found = verified(*audit)
    assert (found.records, found.checkpoints, found.unsigned, found.findings) == (10, 3, {}, [])


@pytest.mark.parametrize(
    ("statement", "place", "told"),
    [
        (BEFORE, 3, "not what was written"),
        ("UPDATE audit SET hash = zeroblob(32) WHERE sequence = 3", 3, "not what was written"),
        ("UPDATE audit SET previous = zeroblob(32) WHERE sequence = 3", 3, "does not follow"),
        ("DELETE FROM audit WHERE sequence = 3", 4, "1 records before it are gone"),
        ("DELETE FROM audit WHERE sequence < 3", 3, "2 records before it are gone"),
        ("UPDATE audit SET sequence = CASE sequence WHEN 3 THEN -4 ELSE 3 END WHERE sequence IN (3, 4);", 3, "moved"),
        ("DELETE FROM audit WHERE sequence > 8", 10, "records were cut off"),
        ("DELETE FROM audit", 10, "records were cut off"),
        ("UPDATE audit SET writer = 'w-0' WHERE sequence = 3", 3, "not what was written"),
        ("UPDATE checkpoints SET digest = zeroblob(32) WHERE sequence = 4", 4, "the file was cut or changed"),
    ],
)
def test_a_planted_fault_is_found(audit: tuple[Engine, Settings], statement: str, place: int, told: str) -> None:
    """A changed, removed, reordered or cut record is named with its number."""
    if "CASE" in statement:
        sql(audit[0], "UPDATE audit SET sequence = -3 WHERE sequence = 3")
        sql(audit[0], "UPDATE audit SET sequence = 3 WHERE sequence = 4")
        sql(audit[0], "UPDATE audit SET sequence = 4 WHERE sequence = -3")
    else:
        sql(audit[0], statement)
    findings = verified(*audit).findings
    assert any(finding.sequence == place and told in finding.fault for finding in findings), findings


def test_a_chain_that_was_written_anew_differs_from_its_checkpoints(audit: tuple[Engine, Settings]) -> None:
    """Somebody who changes a record and computes every hash after it still differs from what was signed."""
    engine, settings = audit
    sql(engine, BEFORE)
    with engine.begin() as connection:
        previous = FIRST
        for row in connection.execute(select(AUDIT).order_by(AUDIT.c.sequence)).all():
            hash_ = chained(previous, row.writer, row.sequence, row.body.encode())
            changed = AUDIT.update().where(AUDIT.c.sequence == row.sequence)
            connection.execute(changed.values(previous=previous, hash=hash_))
            previous = hash_
    assert {finding.fault for finding in verified(engine, settings).findings} == {
        "is not the record that was signed; it was rewritten"
    }


def _without_line(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:1] + lines[2:]))


def _last_cut(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def _changed(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"sequence":4', b'"sequence":5'))


@pytest.mark.parametrize("change", [_without_line, _last_cut, _changed, Path.unlink])
def test_a_changed_file_of_checkpoints_is_found(audit: tuple[Engine, Settings], change: Callable[[Path], None]) -> None:
    """A line that was taken out, cut off or changed, and a file that is gone, are found."""
    (file,) = audit[1].checkpoint_folder.glob("w-*.jsonl")
    change(file)
    assert verified(*audit).findings


def test_a_cut_after_the_newest_checkpoint_cannot_be_seen_and_is_told(tmp_path: Path) -> None:
    """What is promised ends at the newest checkpoint: what lies behind it is counted."""
    with database(tmp_path) as (engine, settings), chain_on(engine, settings) as chain:
        chain.append(entries(3))
        chain.checkpoint()
        chain.append(entries(2))
        assert verified(engine, settings).unsigned == {chain.writer: 2}
        sql(engine, "DELETE FROM audit WHERE sequence = 5")
        found = verified(engine, settings)
        assert (found.unsigned, found.findings) == ({chain.writer: 1}, [])


def test_checkpoints_signed_with_another_key_are_refused(audit: tuple[Engine, Settings], tmp_path: Path) -> None:
    """A forger's own key doesn't verify; a folder without a key says so."""
    with database(tmp_path / "other") as (engine, settings), chain_on(engine, settings):
        (audit[1].checkpoint_folder / "signing.pub").write_bytes(
            (settings.checkpoint_folder / "signing.pub").read_bytes()
        )
    assert any("not signed with this key" in finding.fault for finding in verified(*audit).findings)
    (audit[1].checkpoint_folder / "signing.pub").unlink()
    with pytest.raises(TamperedError):
        verified(*audit)


def test_an_export_can_be_verified_by_itself(audit: tuple[Engine, Settings]) -> None:
    """Each exported record carries what its hash is made of; a window of time leaves the others out."""
    told = list(export(audit[0]))
    assert [one["sequence"] for one in told] == list(range(1, 11))
    for one in told:
        hash_ = chained(bytes.fromhex(one["previous"]), one["writer"], one["sequence"], one["body"].encode())
        assert hash_.hex() == one["hash"]
    assert list(export(audit[0], until="2020")) == list(export(audit[0], caller="k-1")) == []
