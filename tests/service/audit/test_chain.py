"""A writer's chain goes on after any end of its process, and never shares its number with another."""

from __future__ import annotations

import datetime
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from service.audit import periods
from service.audit.chain import Entry
from service.audit.record import Record, canonical, query_digest
from service.audit.verify import export
from service.database.tables import PERIODS, now
from service.refusals import AuditError, TamperedError
from tests.service.audit.chains import chain_on, database, entries, sql, verified

KILLED = """
import os, sys
from tests.service.audit.chains import *
with database(Path(sys.argv[1])) as (engine, settings):
    chain = Chain(engine, settings)
    chain.append(entries(3))
    os.kill(os.getpid(), 9)
"""


def test_a_killed_writers_chain_is_taken_up_again(tmp_path: Path) -> None:
    """After `kill -9` the next process goes on with the same writer, and the whole verifies."""
    for _ in range(2):
        subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False, env=os.environ)
    with database(tmp_path) as (engine, settings):
        with chain_on(engine, settings) as chain:
            assert chain.sequence == 6
            chain.append(entries(1))
        found = verified(engine, settings)
        assert (found.records, found.findings, found.unsigned) == (7, [], {})


def test_two_processes_have_two_writers(tmp_path: Path) -> None:
    """A writer that is in use isn't claimed; freed, it is."""
    with database(tmp_path) as (engine, settings):
        with chain_on(engine, settings) as one, chain_on(engine, settings) as two:
            assert one.writer != two.writer
            names = {one.writer, two.writer}
            for chain in (one, two, one):
                chain.append(entries(2))
        with chain_on(engine, settings) as again:
            assert again.writer in names
        assert verified(engine, settings).findings == []


def test_a_torn_checkpoint_is_cut_and_the_chain_goes_on(tmp_path: Path) -> None:
    """Half a line that a power cut left doesn't count, and the next line stands by itself."""
    with database(tmp_path) as (engine, settings):
        with chain_on(engine, settings) as chain:
            chain.append(entries(1))
        (file,) = settings.checkpoint_folder.glob("w-*.jsonl")
        with file.open("ab") as stream:
            stream.write(b'{"checkpoint":{"wri')
        assert verified(engine, settings).findings == []
        with chain_on(engine, settings) as chain:
            chain.append(entries(1))
        found = verified(engine, settings)
        assert (found.checkpoints, found.findings) == (2, [])


def test_an_older_database_in_its_place_is_noticed_and_left_as_evidence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A database put back from a copy lacks what was signed: a new writer goes on, and `verify` tells."""
    with database(tmp_path) as (engine, settings), chain_on(engine, settings) as chain:
        chain.append(entries(1))
        first = chain.writer
    shutil.copy(tmp_path / "service.sqlite", tmp_path / "kept")
    with database(tmp_path) as (engine, settings), chain_on(engine, settings) as chain:
        chain.append(entries(1))
    for file in tmp_path.glob("service.sqlite*"):
        file.unlink()
    shutil.copy(tmp_path / "kept", tmp_path / "service.sqlite")
    with caplog.at_level(logging.ERROR), database(tmp_path) as (engine, settings):
        with chain_on(engine, settings) as chain:
            assert chain.writer != first
            chain.append(entries(1))
        assert f"record 2 of writer {first}" in caplog.text
        assert {finding.writer for finding in verified(engine, settings).findings} == {first}


def test_a_failed_batch_leaves_no_trace_and_the_next_follows(tmp_path: Path) -> None:
    """A database that is full refuses a batch whole; with room again the chain goes on without a gap."""
    with database(tmp_path) as (engine, settings), chain_on(engine, settings) as chain:
        chain.append(entries(1))
        assert chain._connection is not None
        pages = chain._connection.exec_driver_sql("PRAGMA page_count").scalar()
        chain._connection.rollback()
        chain._connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        chain._connection.rollback()
        with pytest.raises(AuditError) as refused:
            chain.append(entries(500))
        assert "full" in str(refused.value)
        engine.dispose()  # the limit is the connection's
        chain.append(entries(2))
        assert verified(engine, settings).records == chain.sequence == 3


def test_a_record_that_was_changed_under_a_running_writer_stops_it(tmp_path: Path) -> None:
    """When a writer connects again and its last record isn't what it wrote, it appends nothing more."""
    with database(tmp_path) as (engine, settings), chain_on(engine, settings) as chain:
        chain.append(entries(2))
        chain._let_go()
        sql(engine, "UPDATE audit SET hash = zeroblob(32) WHERE sequence = 2")
        for _ in range(2):
            with pytest.raises(TamperedError):
                chain.append(entries(1))


def test_a_query_is_kept_as_a_digest_under_the_periods_key(tmp_path: Path) -> None:
    """The record holds no query; who has the period's key can tell whether a given one was asked."""
    query = canonical({"number": "SECRET1", "issuing_state": "UTO"})
    with database(tmp_path) as (engine, settings):
        with chain_on(engine, settings) as chain:
            chain.append([Entry(Record(at=now(), what="POST /v1/documents/search"), [query])])
        with engine.connect() as connection:
            key = connection.execute(select(PERIODS.c.key)).scalar()
        assert key is not None
        (told,) = export(engine)
        assert told["record"]["digests"] == [query_digest(key, query)]
        assert "SECRET1" not in told["body"]
    for file in tmp_path.rglob("*"):
        assert file.is_dir() or b"SECRET1" not in file.read_bytes()


def test_keys_of_old_periods_are_destroyed_on_the_disk_too(tmp_path: Path) -> None:
    """A period that policy no longer keeps loses its key; its bytes are in no file of the database."""
    with database(tmp_path, digest_periods_kept=1) as (engine, settings):
        policy = periods.Policy(settings.digest_period_days, settings.digest_periods_kept)
        moment = datetime.datetime.now(datetime.UTC)
        keys = []
        for step in range(4):
            with engine.begin() as connection:
                later = moment + datetime.timedelta(days=step * 31)
                keys.append(periods.current(connection, policy, later).key)
        with engine.connect() as connection:
            held = connection.execute(select(PERIODS.c.key).order_by(PERIODS.c.number)).scalars().all()
            assert held == [None, None, *keys[2:]]
            connection.rollback()
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = b"".join(file.read_bytes() for file in tmp_path.glob("service.sqlite*"))
    assert [key in content for key in keys] == [False, False, True, True]


def test_a_record_reads_back_as_it_was_made(tmp_path: Path) -> None:
    """Every field of a record comes back from the database."""
    made = Record(
        at=now(), request="r", what="x", caller="k-1", roles=["officer"], purpose="p", status=200, problem="q",
        snapshot="s", model="m", outcomes={"hit": 1}, entries=[("l", "e")], part=2, about={"n": 1},
    )  # fmt: skip
    with database(tmp_path) as (engine, settings):
        with chain_on(engine, settings) as chain:
            chain.append([Entry(made)])
        (told,) = export(engine)
    assert msgspec.json.encode(msgspec.json.decode(told["body"], type=Record)) == msgspec.json.encode(made)
