"""The forms in which a screening's answer leaves while it runs: JSON Lines, Arrow IPC stream, CSV.

JSON Lines say more than decisions: `began`, `progress`, `ended`, `problem` (`service.forms.ScreeningLine`). The other
two hold a row a traveller and nothing else; what began is in the head (and in the Arrow schema's metadata under
`epervier`), and an answer that could not be ended is cut off, which a client of HTTP sees as an incomplete body.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
import pyarrow as pa

from matcher.output.formats import CsvRows
from matcher.schema import DECISION
from service.filters import Filtered, told
from service.languages import weighed
from service.problems import AcceptError

JSON_LINES, ARROW, CSV = "application/x-ndjson", "application/vnd.apache.arrow.stream", "text/csv"
FILTERED = pa.field("matches_filtered", pa.int32())  # matches that the filter left out; never null


class Form(Protocol):
    """One form of the answer; each call returns the bytes that leave then."""

    def began(self, what: dict[str, Any]) -> bytes: ...

    def decided(self, decided: Sequence[Filtered]) -> bytes: ...

    def ended(self, counts: Counts) -> bytes: ...

    def failed(self, problem: dict[str, Any]) -> bytes | None:
        """Say what went wrong; None: this form can't, and the answer is cut off."""
        ...


class Counts:
    """What a screening counted."""

    def __init__(self) -> None:
        self.travellers = 0
        self.outcomes: Counter[str] = Counter({"no_match": 0, "review": 0, "hit": 0})
        self.rejects: Counter[str] = Counter()
        self.warnings: Counter[str] = Counter()

    def add(self, decided: Sequence[Filtered]) -> None:
        """Count decisions, as they are shown."""
        self.travellers += len(decided)
        for decision, _ in decided:
            if decision.outcome is None:
                self.rejects[decision.reject_reason or ""] += 1
            else:
                self.outcomes[decision.outcome] += 1
            self.warnings.update(decision.warnings)


class JsonLines:
    """Lines of `ScreeningLine`; decisions as lookups answer them, in a language."""

    def __init__(self, locale: str) -> None:
        self._locale, self._n_travellers = locale, 0
        self._lines = msgspec.json.Encoder().encode_lines

    def began(self, what: dict[str, Any]) -> bytes:
        return self._lines([{"began": what}])

    def decided(self, decided: Sequence[Filtered]) -> bytes:
        self._n_travellers += len(decided)
        lines: list[Any] = [{"decision": told(one, self._locale)} for one in decided]
        return self._lines([*lines, {"progress": {"travellers": self._n_travellers}}])

    def ended(self, counts: Counts) -> bytes:
        members = ("travellers", "outcomes", "rejects", "warnings")
        return self._lines([{"ended": {name: getattr(counts, name) for name in members}}])

    def failed(self, problem: dict[str, Any]) -> bytes | None:
        return self._lines([{"problem": problem}])


class _Rows:
    """A row a traveller, as `matcher.schema.DECISION`; with a filter also how many matches it left out."""

    def __init__(self, *, is_filtered: bool) -> None:
        self._schema = DECISION.append(FILTERED) if is_filtered else DECISION
        self._stream = io.BytesIO()

    def _table(self, decided: Sequence[Filtered]) -> pa.Table:
        rows = [{**decision.to_row(), FILTERED.name: n_left_out} for decision, n_left_out in decided]
        return pa.Table.from_pylist(rows, schema=self._schema)

    def _taken(self) -> bytes:
        taken = self._stream.getvalue()
        self._stream.seek(0)
        self._stream.truncate()
        return taken

    def failed(self, problem: dict[str, Any]) -> bytes | None:
        return None


class Csv(_Rows):
    """Flat rows, cells escaped, a header first."""

    def began(self, what: dict[str, Any]) -> bytes:
        self._rows = CsvRows(self._stream, self._schema)
        return self._taken()

    def decided(self, decided: Sequence[Filtered]) -> bytes:
        self._rows.write(self._table(decided))
        return self._taken()

    def ended(self, counts: Counts) -> bytes:
        return b""


class Arrow(_Rows):
    """Record batches, a batch for each step."""

    def began(self, what: dict[str, Any]) -> bytes:
        self._schema = self._schema.with_metadata({"epervier": msgspec.json.encode(what)})
        self._writer = pa.ipc.new_stream(self._stream, self._schema)
        return self._taken()

    def decided(self, decided: Sequence[Filtered]) -> bytes:
        self._writer.write_table(self._table(decided))
        return self._taken()

    def ended(self, counts: Counts) -> bytes:
        self._writer.close()
        return self._taken()


def media_type_of(accepted: str) -> str:
    """Choose the form of the answer by an `Accept` header; JSON Lines where it doesn't matter.

    Raises:
        AcceptError: none of them is accepted.

    Examples:
        >>> media_type_of("text/csv;q=0.5, application/vnd.apache.arrow.stream")
        'application/vnd.apache.arrow.stream'
        >>> media_type_of(""), media_type_of("*/*"), media_type_of("text/*")
        ('application/x-ndjson', 'application/x-ndjson', 'text/csv')
    """
    asked = dict(weighed(part) for part in accepted.split(",")[:50] if part.strip()) or {"*/*": 1.0}
    best = max((JSON_LINES, ARROW, CSV), key=lambda one: _weight(asked, one))
    if not _weight(asked, best):
        raise AcceptError(f"a screening is answered as {JSON_LINES}, {ARROW} or {CSV}; accept one of them")
    return best


def form_of(media_type: str, *, is_filtered: bool, locale: str) -> Form:
    """Make the form of an answer."""
    if media_type == JSON_LINES:
        return JsonLines(locale)
    return Arrow(is_filtered=is_filtered) if media_type == ARROW else Csv(is_filtered=is_filtered)


def _weight(asked: dict[str, float], media_type: str) -> float:
    group = f"{media_type.partition('/')[0]}/*"
    return next((asked[name] for name in (media_type, group, "*/*") if name in asked), 0.0)
