"""Watchlist: the lists in force, opened for reading. The same code answers one traveller and a million rows.

A watchlist holds one snapshot and one model for its whole life; put a newer snapshot in force and open another
(`Store.open`). Safe to use from several threads: they take turns.
"""

from __future__ import annotations

import copy
import datetime
import os
import threading
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import pyarrow as pa

from matcher.access import MATCHES, NOTHING, OPEN, Access
from matcher.compare.document import slip_of
from matcher.decision import Decision, Weighed
from matcher.documents.states import state_code
from matcher.errors import AccessError, ColumnTypeError, TravellerError, UsageError
from matcher.listed import NUMBERS_KEPT
from matcher.passengers import mrz_warnings, traveller_from_mrz, traveller_row, travellers_from_flat
from matcher.policy.lists import is_stale
from matcher.query import CarriedDocument
from matcher.records import ListVersion, Traveller
from matcher.schema import DECISION, DOCUMENT_MATCH, TEXT
from matcher.score.evidence import total_bits
from matcher.score.fields import document_leaves
from matcher.score.model import Model, load_model, number_prior
from matcher.score.slips import TYPED
from matcher.screen import Screener
from matcher.searchable import ListedEntry, SearchableList
from matcher.snapshot.manifest import ListManifest, counts_of, seen_version
from matcher.snapshot.read import OpenSnapshot

BATCH_ROWS = 4096  # travellers decided together: equal tokens of a batch are worked once

_Texts: TypeAlias = Sequence[str | None] | Any  # a list, or an Arrow column of text


class Watchlist:
    """The lists of one snapshot, ready for lookups, screening and document searches.

    Args:
        snapshot: Opened and verified lists.
        key: The store's key, from which ids of document entries are derived.
        model: Weights; by default the shipped model.
        access: For whom it was opened; None, the library's default, sees everything.
        workers: Threads that share the search of a table's names; by default one a core. Answers don't depend on them.
    """

    def __init__(
        self,
        snapshot: OpenSnapshot,
        *,
        key: bytes,
        model: Model | None = None,
        access: Access | None = None,
        workers: int | None = None,
    ) -> None:
        self._snapshot, self._key, self._access = snapshot, key, access
        self._model = model or load_model()
        self._lists = [SearchableList(one, model=self._model, key=key) for one in snapshot.lists]
        self._screener = Screener(self._lists, self._model, snapshot.snapshot_id, key=key, access=access)
        self._workers = workers or os.cpu_count() or 1
        self._turn = threading.Lock()

    @property
    def snapshot_id(self) -> str:
        """Names the list versions that are searched."""
        return self._snapshot.snapshot_id

    @property
    def model(self) -> Model:
        """The weights and thresholds."""
        return self._model

    @property
    def model_id(self) -> str:
        """Names the weights and thresholds."""
        return self._model.model_id

    @property
    def access(self) -> Access | None:
        """For whom the lists were opened; None: everything is seen."""
        return self._access

    def lists(self) -> list[ListVersion]:
        """Return the list versions in force, by list id.

        For an access: those that it sees, with the counts of what it sees, under a version that is a digest of that.
        """
        by_id: dict[str, list[ListManifest]] = {}
        for one in self._shown:
            by_id.setdefault(one.list_id, []).append(one.manifest)
        found = [counts_of(parts) for parts in by_id.values()]
        if self._access is None:
            return found
        return [seen_version(one, by_id[one.list_id]) for one in found]

    @property
    def _may_see_matches(self) -> bool:
        return self._access is None or self._access.answers == MATCHES

    def _require(self, *, matches: bool) -> None:
        """Refuse what no role of the access may have."""
        if self._access is None or (self._access.answers == MATCHES if matches else self._access.answers != NOTHING):
            return
        what = "search documents or weigh travellers" if matches else "look travellers up"
        raise AccessError(f"roles {', '.join(self._access.roles)} may not {what}; open the lists with another role")

    def imported_at(self) -> dict[str, str]:
        """Return the instant of each list's import (ISO 8601), by list id."""
        return {one.list_id: one.manifest.imported_at for one in self._shown}

    def entry(self, list_id: str, entry_id: str) -> ListedEntry | None:
        """Return what a list says under an entry id, None where it has no such entry in force.

        Args:
            list_id, entry_id: As a match names them.

        Cost:
            A pass over the ids of the list; for a derived id of a document 1 microsecond a row of it.
        """
        self._require(matches=True)
        today = datetime.datetime.now(datetime.UTC).date()
        parts = [one for one in self._shown if one.list_id == list_id]  # restricted entries lie in parts of their own
        return next((found for one in parts if (found := one.entry(entry_id, today)) is not None), None)

    def with_preset(self, preset: str) -> Watchlist:
        """Return the same lists under another preset; what is open and in memory is shared, turns too.

        Raises:
            UsageError: there is no such preset.
        """
        made = copy.copy(self)
        made._model = self._model.with_preset(preset)
        made._screener = Screener(
            self._lists, made._model, self._snapshot.snapshot_id, key=self._key, access=self._access
        )
        return made

    def apart(self) -> Watchlist:
        """Return the same lists and model with turns and memory of its own: long work then keeps no lookup waiting."""
        return Watchlist(self._snapshot, key=self._key, model=self._model, access=self._access, workers=self._workers)

    def warm(self) -> None:
        """Load, or compile, what the first question would otherwise wait for: seconds the first time on a machine."""
        with self._turn:
            for one in self._lists:
                one.warm()

    def lookup(self, traveller: Traveller, decided_at: datetime.datetime | None = None) -> Decision:
        """Decide one traveller.

        Args:
            traveller: At least one name with a letter, or a document.
            decided_at: The instant to decide for, with a time zone; default now.

        Raises:
            AccessError: no role of the access may look travellers up.
            TravellerError: neither a letter in a name nor a document.
            UsageError: `decided_at` without a time zone.

        Cost:
            In a batch about 2 ms of CPU a traveller on 9,850 persons (`benchmarks.quality.first_light`).
        """
        return _accepted(self.lookup_batch([traveller], decided_at)[0])

    def lookup_mrz(self, text: str, decided_at: datetime.datetime | None = None) -> Decision:
        """Decide the holder of a machine readable zone; a failed check digit is a warning, never a refusal.

        Args:
            text: The lines of one zone, in any form that `parse_mrz` reads.
            decided_at: As in `lookup`.

        Raises:
            InputError: no zone in the text, or several.
            TravellerError: neither a letter in the name nor a document number.
        """
        row = traveller_row(traveller_from_mrz(text), 1, warned=mrz_warnings(text))
        return _accepted(self._decide([row], _instant(decided_at))[0])

    def lookup_batch(
        self, travellers: Sequence[Traveller], decided_at: datetime.datetime | None = None
    ) -> list[Decision]:
        """Decide travellers together, in order; one that cannot be screened has a `reject_reason`."""
        rows = [traveller_row(traveller, number) for number, traveller in enumerate(travellers, 1)]
        return self._decide(rows, _instant(decided_at))

    def screen(self, travellers: Any, decided_at: datetime.datetime | None = None) -> pa.Table:
        """Decide every row of a table of travellers.

        Args:
            travellers: TRAVELLER, or a flat table whose headers `read_travellers` knows: `pa.Table`, record
                batch, `RecordBatchReader`, or a polars frame.
            decided_at: As in `lookup`; one value for all rows.

        Returns:
            `schema.DECISION`, one row a traveller, in input order.

        Cost:
            Memory for all decisions; `screen_batches` keeps it bounded.
        """
        tables = list(self.screen_batches(travellers, decided_at))
        return pa.concat_tables(tables) if tables else DECISION.empty_table()

    def screen_batches(self, travellers: Any, decided_at: datetime.datetime | None = None) -> Iterator[pa.Table]:
        """Decide travellers batch by batch, in bounded memory; arguments as for `screen`."""
        for decisions in self.decide_batches(travellers, decided_at):
            yield pa.Table.from_pylist([decision.to_row() for decision in decisions], schema=DECISION)

    def decide_batches(
        self, travellers: Any, decided_at: datetime.datetime | None = None, *, batch_rows: int = BATCH_ROWS
    ) -> Iterator[list[Decision]]:
        """Decide batch by batch, as objects: at most `batch_rows` at a time, other arguments as for `screen`."""
        instant = _instant(decided_at)
        for batch in batches_of(travellers):
            for start in range(0, batch.num_rows, batch_rows):
                yield self._decide(batch.slice(start, batch_rows).to_pylist(), instant, workers=self._workers)

    def weigh_batches(self, travellers: Any, decided_at: datetime.datetime | None = None) -> Iterator[list[Weighed]]:
        """Weigh every comparable entry of every traveller, batch by batch, whatever the thresholds say.

        For evaluations: any thresholds can be applied to the answer (`decide.decide_weight`), no limit cuts it and no
        reason is written, so it takes about as long as a screening. Arguments as for `screen`.
        """
        self._require(matches=True)
        instant = _instant(decided_at)
        for batch in batches_of(travellers):
            for start in range(0, batch.num_rows, BATCH_ROWS):
                rows = batch.slice(start, BATCH_ROWS).to_pylist()
                with self._turn:
                    weighed = self._screener.weigh(rows, instant, workers=self._workers)
                yield weighed

    def decide_rows(
        self, rows: Sequence[dict[str, Any]], decided_at: datetime.datetime | None = None
    ) -> list[Decision]:
        """Decide TRAVELLER rows (as dicts), in order, as `screen` does, with their explanations."""
        return self._decide(list(rows), _instant(decided_at), workers=self._workers)

    def max_age_days(self) -> dict[str, int]:
        """Return how old each list may be by its policy, of those that the access sees; without those of any age."""
        days = {one.list_id: one.policy.max_age_days for one in self._shown}
        return {list_id: most for list_id, most in days.items() if most is not None}

    def stale_lists(self, decided_at: datetime.datetime | None = None) -> tuple[str, ...]:
        """Return the lists that are older than their policy allows, by id, of those that the access sees."""
        day = _instant(decided_at).date()
        found = {one.list_id for one in self._shown if is_stale(one.manifest.list_version(), one.policy, day)}
        return tuple(sorted(found))

    def search_documents(
        self,
        numbers: _Texts,
        issuing_states: _Texts | None = None,
        types: _Texts | None = None,
        near: bool = True,
    ) -> pa.Table:
        """Find document numbers on every list, columns in, table out.

        Args:
            numbers: Numbers as presented, shape `(n,)`; null finds nothing.
            issuing_states: Codes or names, shape `(n,)`; None when not known.
            types: Document codes, shape `(n,)`; None when not known.
            near: Numbers that differ by a slip (`documents.slips`) too, if issuer group and document class are the
                same or one side doesn't say them: one slip at a time. An equal number is found whatever they are.

        Returns:
            `schema.DOCUMENT_MATCH`, one row a found entry, by query row, then best first. `slip` names the
            difference: `exact`, `issuer` or `type` where the number is equal, else the slip. Weights are those of
            typed numbers.

        Raises:
            AccessError: the access gets no matches.
            UsageError: columns of different lengths.
            ColumnTypeError: a column is not text.
        """
        self._require(matches=True)
        wanted = _texts(numbers, "numbers")
        states = _texts(issuing_states, "issuing_states", len(wanted))
        kinds = _texts(types, "types", len(wanted))
        today = datetime.datetime.now(datetime.UTC).date()
        found: list[dict[str, Any]] = []
        with self._turn:
            for start in range(0, len(wanted), NUMBERS_KEPT):
                stop = min(start + NUMBERS_KEPT, len(wanted))
                asked = {
                    at: CarriedDocument(number, state_code(states[at]), kinds[at])
                    for at in range(start, stop)
                    if (number := wanted[at])
                }
                for one in self._shown:
                    one.prepare_documents(asked.values(), near=near)
                for at, carried in asked.items():
                    found += self._find_document(at, carried, today, near=near)
        return pa.Table.from_pylist(found, schema=DOCUMENT_MATCH)

    def _find_document(
        self, at: int, carried: CarriedDocument, day: datetime.date, *, near: bool
    ) -> list[dict[str, Any]]:
        rows = []
        for one in self._shown:
            for listed in one.documents(carried, day, near=near):
                leaves = document_leaves(self._model, listed.beside(carried, TYPED))
                prior = number_prior(self._model, is_attached=listed.is_attached)
                rows.append(
                    {
                        "query_row": at,
                        "list_id": one.list_id,
                        "entry_id": listed.entry_id,
                        "number": listed.number,
                        "issuing_state": listed.issuing_state,
                        "type": listed.type,
                        "status": listed.status,
                        "reported_on": listed.reported_on,
                        "slip": slip_of(listed.slip, leaves[1].level, leaves[2].level),
                        "match_weight": prior.weight_bits + total_bits(leaves),
                    }
                )
        return sorted(rows, key=lambda row: (-row["match_weight"], row["list_id"], row["entry_id"]))

    @property
    def _shown(self) -> list[SearchableList]:
        """The lists whose entries may be shown: none to a caller that gets no matches, not even by name."""
        return [one for one in self._lists if one.sight == OPEN and self._may_see_matches]

    def _decide(self, rows: list[dict[str, Any]], decided_at: datetime.datetime, *, workers: int = 1) -> list[Decision]:
        self._require(matches=False)
        with self._turn:
            return self._screener.decide(rows, decided_at, workers=workers)


def _accepted(decision: Decision) -> Decision:
    if decision.reject_reason is not None:
        raise TravellerError(f"traveller refused ({decision.reject_reason}); give a name with a letter, or a document")
    return decision


def _instant(decided_at: datetime.datetime | None) -> datetime.datetime:
    if decided_at is None:
        return datetime.datetime.now(datetime.UTC)
    if decided_at.tzinfo is None:
        raise UsageError("decided_at has no time zone; give one, for example datetime.UTC")
    return decided_at.astimezone(datetime.UTC)


def batches_of(travellers: Any) -> Iterator[pa.RecordBatch]:
    """Read travellers in any form that `Watchlist.screen` takes as batches of TRAVELLER.

    Raises:
        ColumnTypeError: something that is no table.
    """
    if not hasattr(travellers, "__arrow_c_stream__") and not isinstance(travellers, pa.RecordBatch):
        raise ColumnTypeError(
            f"travellers came as {type(travellers).__name__}; give an Arrow table, reader or polars frame"
        )
    table = pa.table(travellers) if isinstance(travellers, pa.RecordBatch) else travellers
    yield from travellers_from_flat(table)


def _texts(values: _Texts | None, name: str, length: int | None = None) -> list[str | None]:
    if values is None:
        return [None] * (length or 0)
    if isinstance(values, str):
        raise ColumnTypeError(f"{name} must be a list or column of texts, not one text; wrap it in a list")
    try:
        column = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(list(values), TEXT)
        texts: list[str | None] = column.cast(TEXT).to_pylist()
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        raise ColumnTypeError(f"{name} must be text or null; give a list or a string column") from error
    if length is not None and len(texts) != length:
        raise UsageError(f"{name} has {len(texts)} rows, numbers has {length}; give as many")
    return texts
