"""Screens a passenger file into an output file so that an interruption costs nothing.

Steps: progress file -> the snapshot that it names -> rows already decided are read past -> the rest is decided in
parts of `PART_ROWS` travellers -> parts are joined into the output -> parts and progress file are removed.

Beside the output lie, until it is whole: `.<output>.progress` (mode 600: snapshot, model, `decided_at`, digests of
input and mapping) and the folder `.<output>.parts` (mode 700). A part appears by one rename, so it is whole or
absent; the output likewise. A run that finds a progress file goes on where it stopped, with the same snapshot, model
and instant, and refuses another input.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec
import pyarrow as pa

from matcher.errors import InputError, StoreError, UsageError
from matcher.files import LOCAL_DISK, Disk
from matcher.output import open_writer, output_format
from matcher.passengers import SourceDescription, describe_travellers, read_travellers
from matcher.store import Store
from matcher.watchlist import Watchlist

PART_ROWS = 4096  # travellers decided between two parts: the most that an interruption costs


@dataclass(frozen=True, slots=True)
class Reading:
    """How the passenger file is read; the arguments of `read_travellers`, None for what it finds out itself."""

    format: str | None = None
    mapping: Path | None = None
    encoding: str | None = None
    sheet: str | None = None
    date_order: str | None = None
    calendar: str | None = None


AS_FOUND = Reading()


class Progress(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a screening began with; a resumed run uses it and nothing else.

    Attributes:
        input_digest: BLAKE2b-256 of the passenger file.
        mapping_digest: Of the mapping file, None without one.
        reading: Everything else that decides how the file is read.
        snapshot_id, model_id: What is searched and what weighs.
        decided_at: The instant that every decision holds for, ISO 8601.
        part_rows: Travellers a part.
    """

    input_digest: str
    mapping_digest: str | None
    reading: dict[str, str | None]
    snapshot_id: str
    model_id: str
    decided_at: str
    part_rows: int


class Screening:
    """One screening of one passenger file, begun or gone on with.

    Args:
        store: Where the lists are.
        passengers: The passenger file.
        output: The file to make; its ending names the format.
        reading: How the passenger file is read.
        strict: A row that cannot be screened ends the screening without an output.
        preset: Where reviews and hits begin, as for `Store.open`.
        restart: Forget an interrupted screening into the same output, and begin anew.
        disk: The seam for disk access.

    Raises:
        UsageError: the output is the passenger file, has no folder or an unknown ending; the progress file
            belongs to another input.
        StoreError: the snapshot of the interrupted screening is no longer in the store.
        InputError: from `run`: the file cannot be read, or a row was rejected and `strict` is set.
    """

    def __init__(
        self,
        store: Store,
        passengers: Path,
        output: Path,
        *,
        reading: Reading = AS_FOUND,
        strict: bool = False,
        preset: str | None = None,
        restart: bool = False,
        disk: Disk = LOCAL_DISK,
    ) -> None:
        if output.resolve() == passengers.resolve():
            raise UsageError("the output is the passenger file itself; give another name")
        output_format(output)  # refused now, not after hours
        if not disk.exists(output.parent):
            raise UsageError(f"there is no folder {output.parent}; make it, or give another output")
        self._passengers, self._output, self._reading, self._strict = passengers, output, reading, strict
        self._preset = preset
        self._disk = disk
        self._file = output.with_name(f".{output.name}.progress")
        self._parts = output.with_name(f".{output.name}.parts")
        if restart:
            self._clear()
        self.is_resumed = disk.exists(self._file)
        if self.is_resumed:
            self._progress = self._read_progress()
            self._check_input()
            self._watchlist = self._reopen(store)
        else:
            self._watchlist = store.open(preset=preset)
            self._progress = self._begin()
        self.n_done = len(self._whole_parts()) * self._progress.part_rows

    @property
    def snapshot_id(self) -> str:
        """The snapshot that every decision of this screening names."""
        return self._watchlist.snapshot_id

    def describe(self) -> SourceDescription:
        """Say what the passenger file is read as, and why."""
        return describe_travellers(self._passengers, **asdict(self._reading), disk=self._disk)

    def run(self, on_rows: Callable[[int], None] | None = None, *, step_rows: int = 256) -> Iterator[pa.Table]:
        """Decide what is left, write the output, and yield every table of decisions in order.

        Args:
            on_rows: Called with the number of travellers decided since the last call.
            step_rows: Travellers decided between two such calls.

        Yields:
            The tables that went into the output, earlier parts of an interrupted run included.

        Cost:
            Memory for one part; the input is read from its start, which costs little beside deciding.
        """
        tell = on_rows or (lambda n_rows: None)
        tell(self.n_done)
        for at, rows in enumerate(self._left(), len(self._whole_parts())):
            self._write_part(at, self._decide(rows, tell, step_rows))
        with open_writer(self._output, disk=self._disk) as writer:
            for name in self._whole_parts():
                decisions = self._disk.map_table(self._parts / name)
                writer.write(decisions)
                yield decisions
        self._clear()

    def _begin(self) -> Progress:
        progress = Progress(
            *self._input(),
            snapshot_id=self._watchlist.snapshot_id,
            model_id=self._watchlist.model_id,
            decided_at=datetime.datetime.now(datetime.UTC).isoformat(),
            part_rows=PART_ROWS,
        )
        self._clear()  # parts without a progress file belong to nothing
        self._disk.make_folder(self._parts)
        self._disk.replace(self._file, msgspec.json.encode(progress))
        return progress

    def _input(self) -> tuple[str, str | None, dict[str, str | None]]:
        reading = asdict(self._reading)
        mapping: Path | None = reading.pop("mapping")
        digest = None if mapping is None else hashlib.blake2b(self._disk.read(mapping)).hexdigest()
        return self._disk.digest(self._passengers), digest, reading

    def _read_progress(self) -> Progress:
        try:
            return msgspec.json.decode(self._disk.read(self._file), type=Progress)
        except msgspec.DecodeError as error:
            raise InputError(f"{self._file} is damaged; begin anew with --restart") from error

    def _check_input(self) -> None:
        began = self._progress
        if (began.input_digest, began.mapping_digest, began.reading) != self._input():
            raise UsageError(
                f"{self._output.name} was begun from another passenger file, mapping or way of reading; "
                "give the same again, another output, or --restart"
            )

    def _reopen(self, store: Store) -> Watchlist:
        watchlist = store.open(self._progress.snapshot_id, preset=self._preset)
        if watchlist.model_id != self._progress.model_id:
            raise StoreError(
                f"the interrupted screening used model {self._progress.model_id}, now "
                f"{watchlist.model_id} is asked for; give the same preset, or begin anew with --restart"
            )
        return watchlist

    def _left(self) -> Iterator[pa.Table]:
        """Rows not yet decided, in tables of exactly `part_rows` (the last one may be shorter)."""
        size, skip = self._progress.part_rows, self.n_done
        waiting: list[pa.RecordBatch] = []
        with read_travellers(self._passengers, **asdict(self._reading), disk=self._disk) as reader:
            for batch in reader:
                taken = min(skip, batch.num_rows)
                skip -= taken
                waiting.append(batch.slice(taken))
                while sum(one.num_rows for one in waiting) >= size:
                    table = pa.Table.from_batches(waiting)
                    yield table.slice(0, size)
                    waiting = table.slice(size).to_batches()
        if any(one.num_rows for one in waiting):
            yield pa.Table.from_batches(waiting)

    def _decide(self, rows: pa.Table, tell: Callable[[int], None], step_rows: int) -> pa.Table:
        instant = datetime.datetime.fromisoformat(self._progress.decided_at)
        decided: list[pa.Table] = []
        for start in range(0, rows.num_rows, step_rows):
            step = rows.slice(start, step_rows)
            decided += self._watchlist.screen_batches(step, decided_at=instant)
            tell(step.num_rows)
        return pa.concat_tables(decided)

    def _refuse_rejects(self, at: int, decisions: pa.Table) -> None:
        """With `strict`, end at the first row that could not be screened; nothing of the run stays behind."""
        reasons = decisions.column("reject_reason").to_pylist() if self._strict else ()
        for row, reason in enumerate(reasons, at * self._progress.part_rows + 1):
            if reason is not None:
                self._clear()
                raise InputError(f"{self._passengers.name} row {row} was rejected ({reason}) and --strict allows none")

    def _write_part(self, at: int, decisions: pa.Table) -> None:
        self._refuse_rejects(at, decisions)
        with open_writer(self._parts / f"{at:08d}.arrow", disk=self._disk) as writer:
            writer.write(decisions)

    def _whole_parts(self) -> list[str]:
        return [name for name in self._disk.names(self._parts) if name.endswith(".arrow") and not name.startswith(".")]

    def _clear(self) -> None:
        """Remove progress before parts: parts alone are never taken for a screening."""
        self._disk.remove(self._file)
        self._disk.remove(self._parts)
