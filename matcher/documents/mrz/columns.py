"""Columns of machine readable zones: the same answers as `parse_mrz`, regular zones many at a time.

Fixed order of the steps, a block of rows at a time:

1. rows sorted by length into matrices of bytes; line ends checked and taken out;
2. regular rows found and their fields cut out of the matrix (`matrix`);
3. names with an `X` decoded one by one, all other names are bytes put beside bytes;
4. every other row through `parse_mrz`; what holds no zone gets `error`;
5. rows back in their order.

Twin: `parse_mrz`, compared in `tests/documents/mrz/test_columns.py`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from matcher.documents.mrz import matrix
from matcher.documents.mrz.document import MrzDocument
from matcher.documents.mrz.layout import FILLER, FORMATS, Layout, layouts
from matcher.documents.mrz.lines import find_zones
from matcher.documents.mrz.names import readings, split_name
from matcher.documents.mrz.parse import read_zone
from matcher.errors import ColumnTypeError, InputError
from matcher.records import PartialDate
from matcher.schema import PARTIAL_DATE, TEXT

BLOCK_ROWS = 8_192  # rows worked on at once
MATRIX_ROWS = 4_096  # rows of one format at once: what is made of them stays in the processor's cache
NO_ZONE, SEVERAL_ZONES, MISSING = "no_zone", "several_zones", "missing"

REPAIR = pa.struct(
    [
        ("field", TEXT),  # never null
        ("value", TEXT),  # never null
        ("reason", TEXT),  # code of `document.Repair`; never null
    ]
)

MRZ_TABLE = pa.schema(
    [
        ("format", TEXT),  # null: no zone, then every column but `error` is null
        ("document_code", TEXT),  # without filler; may be empty
        ("document_class", TEXT),  # null: no code
        ("issuing_state", TEXT),  # present code, an unknown one as written; null: none
        ("nationality", TEXT),  # the same; null: none
        ("document_number", TEXT),  # whole; may be empty
        ("number_prefix", TEXT),  # first nine characters of a longer number; null: not longer
        ("names", pa.large_list(TEXT)),  # `PRIMARY, SECONDARY` as written, then decoded readings
        ("primary_identifier", TEXT),  # components separated by `<`
        ("secondary_identifier", TEXT),  # the same; empty: the name isn't divided
        ("name_is_truncated", pa.bool_()),  # the field ends in a letter
        ("birth_date", PARTIAL_DATE),  # null: unknown or unreadable
        ("expiry_date", PARTIAL_DATE),  # the same
        ("sex", TEXT),  # M, F or X; null: `<` or unreadable
        ("optional_data", TEXT),  # may be empty
        ("optional_data_2", TEXT),  # TD1 only; may be empty
        ("personal_number", TEXT),  # TD3 only; null: none
        ("valid", pa.bool_()),  # every check digit holds
        ("failed_checks", pa.large_list(TEXT)),  # names of check digits that don't
        ("repairs", pa.large_list(REPAIR)),  # ranked within a field
        ("warnings", pa.large_list(TEXT)),  # sorted codes of `document.WARNINGS`
        ("error", TEXT),  # no_zone, several_zones or missing; null: read
    ]
)

_OWN = ("names", "birth_date", "expiry_date", "failed_checks", "repairs", "error")
_SAME = tuple(name for name in MRZ_TABLE.names if name not in _OWN)  # as `MrzDocument` has them

_TEXT_TYPES = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null)

_SPACES = bytes(ord(" ") if code == ord(FILLER) else code for code in range(256))

# Ways to write a zone: characters of a line end, and whether one stands after the last line.
_LINE_ENDS = ((b"\n", False), (b"\r\n", False), (b"\n", True), (b"\r\n", True), (b"", False))


def parse_mrz_column(column: Any, *, today: datetime.date | None = None) -> pa.Table:
    """Read a column of texts that hold one machine readable zone each.

    Args:
        column: A list of str or None, or an Arrow string column of any string type.
        today: As for `parse_mrz`; one day for the whole column.

    Returns:
        `MRZ_TABLE`, one row a text, in order. A text without exactly one zone has only `error`.

    Raises:
        ColumnTypeError: the column is not text.

    Cost:
        About 2 microseconds of processor time a regular zone, 100 others; memory about 1 kB a row.

    Examples:
        >>> zone = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\\nL8988901C4XXX4009078F9612109<<<<<<<<"
        >>> table = parse_mrz_column([zone, "no zone", None], today=datetime.date(2026, 1, 1))
        >>> table.column("document_number").to_pylist(), table.column("error").to_pylist()
        (['L8988901C', None, None], [None, 'no_zone', 'missing'])
    """
    today = today or datetime.date.today()
    texts = _as_text(column)
    blocks = [_read_block(texts.slice(start, BLOCK_ROWS), today) for start in range(0, len(texts), BLOCK_ROWS)]
    return pa.concat_tables(blocks) if blocks else MRZ_TABLE.empty_table()


def _as_text(column: Any) -> Any:
    try:
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        texts = column if isinstance(column, pa.Array) else pa.array(list(column), TEXT)
        value_type = texts.type.value_type if pa.types.is_dictionary(texts.type) else texts.type
        if not any(is_type(value_type) for is_type in _TEXT_TYPES):
            raise ColumnTypeError(f"zones must be text or null, got {texts.type}; give a list or a string column")
        return texts.cast(TEXT)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, UnicodeEncodeError) as error:
        raise ColumnTypeError("zones must be text or null; give a list or a string column") from error


def _read_block(texts: Any, today: datetime.date) -> pa.Table:
    block = matrix.Block(len(texts))
    for layout, rows, zones in _matrices(texts):
        block.put(layout, rows, zones)
    rows, table = _read_regular(block, today)
    if len(rows) == len(texts):
        return table
    is_left = np.ones(len(texts), bool)
    is_left[rows] = False
    rest = np.flatnonzero(is_left)
    others = _read_rest(texts.take(pa.array(rest)).to_pylist(), today)
    order = np.argsort(np.concatenate([rows, rest]), kind="stable")
    return pa.concat_tables([table, others]).combine_chunks().take(pa.array(order))


def _matrices(texts: Any) -> Iterator[tuple[Layout, npt.NDArray[np.int64], matrix.Bytes]]:
    """Yield the rows that may be whole zones of one format, without their line ends."""
    _, offset_buffer, data_buffer = texts.buffers()
    if data_buffer is None:
        return
    offsets = np.frombuffer(offset_buffer, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    data = np.frombuffer(data_buffer, np.uint8)
    lengths = np.diff(offsets)
    present = np.asarray(texts.is_valid())
    taken = ~present
    for lines, width in ((2, 44), (3, 30), (2, 36)):
        for end, is_last in _LINE_ENDS:
            size = lines * width + (lines - 1 + is_last) * len(end)
            rows = np.flatnonzero((lengths == size) & ~taken)
            if not len(rows):
                continue
            raw = np.lib.stride_tricks.sliding_window_view(data, size)[offsets[rows]]
            fits, zones = _without_line_ends(raw, end, width)
            taken[rows[fits]] = True
            rows, zones = (rows, zones) if fits.all() else (rows[fits], zones[fits])
            for start in range(0, len(rows), MATRIX_ROWS):
                yield from _by_format(rows[start : start + MATRIX_ROWS], zones[start : start + MATRIX_ROWS])


def _without_line_ends(raw: matrix.Bytes, end: bytes, width: int) -> tuple[matrix.Bools, matrix.Bytes]:
    """Tell which rows have their line ends where they should be, and take the line ends out of all."""
    fits = np.ones(len(raw), bool)
    if not end:
        return fits, raw
    lines = []
    for start in range(0, raw.shape[1], width + len(end)):
        at = start + width
        lines.append(raw[:, start:at])
        for place, letter in enumerate(end):
            if at < raw.shape[1]:
                fits &= raw[:, at + place] == letter
    return fits, np.concatenate(lines, axis=1)


def _by_format(
    rows: npt.NDArray[np.int64], zones: matrix.Bytes
) -> Iterator[tuple[Layout, npt.NDArray[np.int64], matrix.Bytes]]:
    size = zones.shape[1]
    if size == 90:
        yield layouts()["TD1"], rows, zones
        return
    is_visa = zones[:, 0] == ord("V")
    is_french = (zones[:, :5] == np.frombuffer(b"IDFRA", np.uint8)).all(axis=1) & (size == 72)
    names = ("MRV-A", "TD3") if size == 88 else ("MRV-B", "TD2")
    for name, chosen in zip(names, (is_visa, ~is_visa & ~is_french), strict=True):
        if chosen.any():
            yield layouts()[name], rows[chosen], zones if chosen.all() else zones[chosen]


def _read_regular(block: matrix.Block, today: datetime.date) -> tuple[npt.NDArray[np.int64], pa.Table]:
    """Read the regular rows of a block; returns which they are, and their table."""
    rows = np.flatnonzero(block.filled)
    if len(rows) < len(block.filled):
        block.keep(rows)
    reading = matrix.read_block(block, today=today)
    if not reading.regular.all():
        rows = rows[reading.regular]
        block.keep(np.flatnonzero(reading.regular))
        reading = matrix.read_block(block, today=today)
    return rows, _table(block, reading)


def _table(block: matrix.Block, reading: matrix.Reading) -> pa.Table:
    n = len(block.filled)
    name, length, primary = block.fields["name"], reading.name.length, reading.name.primary
    optional = _stripped(block.fields["optional_data"])
    is_personal = pc.and_(pa.array(block.format == FORMATS.index("TD3")), pc.not_equal(optional, ""))
    nothing = pa.array(np.zeros(n + 1, np.int64))
    columns = {
        "format": pa.array(FORMATS, TEXT).take(pa.array(block.format)),
        "document_code": _pooled(matrix.CODES, 0, reading.codes),
        "document_class": _pooled(matrix.CODES, 1, reading.codes),
        "issuing_state": _pooled(matrix.STATES, 0, reading.issuers),
        "nationality": _pooled(matrix.STATES, 0, reading.nationalities),
        "document_number": _stripped(block.fields["document_number"]),
        "number_prefix": pa.nulls(n, TEXT),
        "names": _names(name, length, primary),
        "primary_identifier": _texts(name, primary),
        "secondary_identifier": _texts(name, length, np.minimum(primary + 2, length)),
        "name_is_truncated": pa.array(block.truncated),
        "birth_date": _dates(reading.birth),
        "expiry_date": _dates(reading.expiry),
        "sex": _sex(block.fields["sex"][:, 0]),
        "optional_data": optional,
        "optional_data_2": _stripped(block.fields["optional_data_2"]),
        "personal_number": pc.if_else(is_personal, optional, pa.scalar(None, TEXT)),
        "valid": pa.array(np.ones(n, bool)),
        "failed_checks": pa.LargeListArray.from_arrays(nothing, pa.array([], TEXT)),
        "repairs": pa.LargeListArray.from_arrays(nothing, pa.array([], REPAIR)),
        "warnings": pa.LargeListArray.from_arrays(nothing, pa.array([], TEXT)),
        "error": pa.nulls(n, TEXT),
    }
    return pa.table(columns, schema=MRZ_TABLE)


def _texts(field: matrix.Bytes, end: matrix.Ints, start: matrix.Ints | None = None) -> Any:
    """Make a text of each row's bytes from start (by default its first) to end."""
    places = np.arange(field.shape[1], dtype=np.uint8)
    chosen = places < end.astype(np.uint8)[:, None]
    if start is not None:
        chosen &= places >= start.astype(np.uint8)[:, None]
    offsets = np.zeros(len(field) + 1, np.int64)
    np.cumsum(end if start is None else end - start, out=offsets[1:])
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(field[chosen])]
    return pa.Array.from_buffers(TEXT, len(field), buffers)


def _stripped(data: matrix.Bytes) -> Any:
    end = matrix.content_length(data)
    if not end.any():
        return pa.repeat(pa.scalar("", TEXT), len(data))
    if not (data[end > 0, 0] == ord(FILLER)).any():
        return _texts(data, end)
    start = np.argmax(data != ord(FILLER), axis=1).astype(np.int32)
    return _texts(data, end, start)


def _pooled(pool: matrix.CodePool, place: int, rows: matrix.Ints) -> Any:
    return pa.array([values[place] for values in pool.values], TEXT).take(pa.array(rows))


def _sex(written: matrix.Bytes) -> Any:
    row = np.full(256, 3, np.int8)
    row[[ord(code) for code in "MFX"]] = (0, 1, 2)
    return pa.array(["M", "F", "X", None], TEXT).take(pa.array(row[written]))


def _dates(dates: matrix.Dates) -> Any:
    n = len(dates.year)
    parts = [
        pa.array(dates.year.astype(np.int16)),
        pa.array(dates.month.astype(np.int8)),
        pa.array(dates.day.astype(np.int8)),
        pa.nulls(n, TEXT),
        pa.nulls(n, pa.int16()),
        pa.array(np.zeros(n, bool)),
    ]
    return pa.StructArray.from_arrays(parts, fields=list(PARTIAL_DATE))


def _names(field: matrix.Bytes, length: matrix.Ints, primary: matrix.Ints) -> Any:
    """Names as written, `<<` become `, `, and the decoded readings of those that hold an `X`."""
    written = np.frombuffer(bytearray(field.tobytes().translate(_SPACES)), np.uint8).reshape(field.shape)
    divided = np.flatnonzero(primary < length)
    written[divided, primary[divided]] = ord(",")
    texts = _texts(written, length)
    extra: list[str] = []
    counts = np.ones(len(field), np.int64)
    for row in np.unique(np.flatnonzero(written.ravel() == ord("X")) // field.shape[1]):
        more = readings(split_name(bytes(field[row]).decode("ascii")))[1:]
        extra += [one.text() for one in more]
        counts[row] += len(more)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    if extra:
        # Each row's own text comes first; what is left of its places goes to the extra readings in order.
        order = np.full(offsets[-1], -1, np.int64)
        order[offsets[:-1]] = np.arange(len(field))
        order[order < 0] = len(field) + np.arange(len(extra))
        texts = pa.concat_arrays([texts, pa.array(extra, TEXT)]).take(pa.array(order))
    return pa.LargeListArray.from_arrays(pa.array(offsets), texts)


def _read_rest(texts: Sequence[str | None], today: datetime.date) -> pa.Table:
    return pa.Table.from_pylist([_row(text, today) for text in texts], schema=MRZ_TABLE)


def _row(text: str | None, today: datetime.date) -> dict[str, Any]:
    if text is None:
        return {"error": MISSING}
    try:
        zones = find_zones(text)
    except InputError:
        return {"error": NO_ZONE}
    return {"error": SEVERAL_ZONES} if len(zones) > 1 else mrz_row(read_zone(zones[0], today=today))


def mrz_row(mrz: MrzDocument) -> dict[str, Any]:
    """Write a document as a row of `MRZ_TABLE`."""
    return {
        **{name: getattr(mrz, name) for name in _SAME},
        "names": [name.text() for name in mrz.names],
        "birth_date": _struct(mrz.birth_date),
        "expiry_date": _struct(mrz.expiry_date),
        "failed_checks": [check.name for check in mrz.check_digits if not check.holds],
        "repairs": [{"field": one.field, "value": one.value, "reason": one.reason} for one in mrz.repairs],
        "error": None,
    }


def _struct(date: PartialDate | None) -> dict[str, Any] | None:
    if date is None:
        return None
    return {"year": date.year, "month": date.month, "day": date.day, "approximate": False}
