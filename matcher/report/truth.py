"""The truth file: which traveller should match which entries, and which should match none.

Two forms: a CSV beside a passenger file (`TRUTH_COLUMNS`), or one file of travellers with the columns `list_id`,
`entry_id` and `kind` beside their own, in any format that `read_travellers` knows. Several rows of one reference name
several right entries. A row that contradicts itself or another refuses the file; a row said twice is counted.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from matcher.errors import InputError, MappingError
from matcher.files import LOCAL_DISK, Disk
from matcher.passengers import describe_travellers, read_travellers

TRUTH_COLUMNS = ("reference", "expected_outcome", "list_id", "entry_id", "kind")
OWN_COLUMNS = ("list_id", "entry_id", "kind")  # beside the columns of a traveller
MATCH, NO_MATCH = "match", "no_match"
NO_KIND = "no kind given"
_CARRIER = "birth_place"  # the traveller's field of free text, which an own column is read as
_Row = Mapping[str, str]
Key = tuple[str, str]  # list id and entry id; an empty entry id stands for any entry of the list


@dataclass(slots=True)
class Expected:
    """What should come out for one traveller; no right entry: nothing should."""

    kind: str
    right: set[Key] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Truth:
    """Expectations by reference.

    Attributes:
        expected: By reference, in file order.
        n_rows: Rows of the file.
        n_duplicates: Rows that say again what another said.
    """

    expected: Mapping[str, Expected]
    n_rows: int
    n_duplicates: int = 0

    def lists(self) -> set[str]:
        """Return the lists that right entries are on."""
        return {list_id for one in self.expected.values() for list_id, _ in one.right}


def read_truth(path: Path, *, disk: Disk = LOCAL_DISK) -> Truth:
    """Read a truth file that stands beside a passenger file.

    Raises:
        InputError: not CSV in UTF-8, empty, a column missing, a row of another length, or one that contradicts.

    Examples:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp(), "truth.csv")
        >>> lines = [",".join(TRUTH_COLUMNS), "1,match,un,a,typo", "2,no_match,,,clean"]
        >>> _ = path.write_text("\\n".join(lines), encoding="utf-8")
        >>> [(reference, sorted(one.right)) for reference, one in read_truth(path).expected.items()]
        [('1', [('un', 'a')]), ('2', [])]
    """
    try:
        text = disk.read(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is not UTF-8; save the truth file as CSV in UTF-8") from error
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        missing = [name for name in TRUTH_COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise InputError(f"{path.name} has no column {missing[0]}; the columns are {','.join(TRUTH_COLUMNS)}")
        rows = list(reader)
    except csv.Error as error:
        raise InputError(f"{path.name} is not CSV ({error}); mend it, or save it again as CSV in UTF-8") from error
    for number, row in enumerate(rows, 1):
        if None in row or None in row.values():
            raise InputError(f"{path.name} row {number} has another number of fields than the header; mend the row")
        if not row["reference"].strip():
            raise InputError(f"{path.name} row {number} has no reference; give the passenger's")
    return make_truth(rows, what=path.name)


def read_travellers_with_truth(path: Path, *, disk: Disk = LOCAL_DISK) -> tuple[Truth, pa.Table]:
    """Read a file that holds the travellers and, beside each, what it should match.

    A row without `list_id` is a clean traveller. Rows of one reference must be one traveller; the first is kept.

    Returns:
        The truth of the rows that can be screened, and all travellers as TRAVELLER rows.

    Raises:
        InputError: as `read_truth` and `read_travellers`, and two travellers under one reference.
    """
    columns = {name: _own_column(path, name, disk) for name in OWN_COLUMNS}
    with read_travellers(path, disk=disk) as reader:
        travellers = reader.read_all()
    references, reasons = (travellers.column(name).to_pylist() for name in ("reference", "reject_reason"))
    rows = [
        {"reference": reference, "expected_outcome": MATCH if list_id else NO_MATCH}
        | {"list_id": list_id, "entry_id": entry_id, "kind": kind}
        for reference, reason, list_id, entry_id, kind in zip(references, reasons, *columns.values(), strict=True)
        if reason is None
    ]
    truth = make_truth(rows, what=path.name)
    refused = travellers.filter(pc.is_valid(travellers.column("reject_reason")))
    kept = _distinct(travellers.filter(pc.is_null(travellers.column("reject_reason"))), path.name)
    return truth, pa.concat_tables([kept, refused])


def make_truth(rows: Sequence[_Row], *, what: str) -> Truth:
    """Put rows of the truth columns together by reference.

    Args:
        rows: Texts under `TRUTH_COLUMNS`.
        what: Name of the file, for messages.

    Raises:
        InputError: no row; an outcome that is neither `match` nor `no_match`; a row or two that contradict.
    """
    if not rows:
        raise InputError(f"{what} has no row; one a traveller is needed")
    expected: dict[str, Expected] = {}
    seen: dict[str, set[tuple[str, str, str]]] = {}
    duplicates = 0
    for number, row in enumerate(rows, 1):
        reference, outcome, list_id, entry_id, kind = (row[name].strip() for name in TRUTH_COLUMNS)
        _check(outcome, list_id, entry_id, f"{what} row {number}")
        said = seen.setdefault(reference, set())
        if (outcome, list_id, entry_id) in said:
            duplicates += 1
            continue
        if any(other != outcome for other, _, _ in said):
            raise InputError(f"{what} row {number} contradicts an earlier row of its reference; keep one of them")
        said.add((outcome, list_id, entry_id))
        one = expected.setdefault(reference, Expected(kind or NO_KIND))
        if outcome == MATCH:
            one.right.add((list_id, entry_id))
    return Truth(expected, len(rows), duplicates)


def _check(outcome: str, list_id: str, entry_id: str, where: str) -> None:
    if outcome not in (MATCH, NO_MATCH):
        raise InputError(f"{where} expects neither {MATCH} nor {NO_MATCH}; write one of them")
    if outcome == MATCH and not list_id:
        raise InputError(f"{where} expects a match and names no list; give its list_id")
    if outcome == NO_MATCH and (list_id or entry_id):
        raise InputError(f"{where} expects no match and names a list or an entry; leave both empty")


def _own_column(path: Path, name: str, disk: Disk) -> list[str]:
    """Read one column of a traveller file as plain text, whatever the file's format, encoding and packing."""
    mapping = {_CARRIER: name}
    try:
        found = describe_travellers(path, mapping=mapping, disk=disk).recognised
        if found.get(_CARRIER, (_CARRIER,)) == (_CARRIER,):
            raise InputError(f"{path.name} is not read as a flat table; give one with the column {name}")
        with read_travellers(path, mapping=mapping, disk=disk) as reader:
            cells = [text for batch in reader for text in batch.column(_CARRIER).to_pylist()]
    except MappingError as error:
        raise InputError(
            f"{path.name} has no column {name}; without --passengers it needs the columns "
            f"{', '.join(OWN_COLUMNS)} beside those of the travellers"
        ) from error
    return [text or "" for text in cells]


def _distinct(travellers: pa.Table, what: str) -> pa.Table:
    """Keep the first row of each reference, and refuse two travellers under one."""
    first: dict[str, int] = {}
    doubled = []
    for row, reference in enumerate(travellers.column("reference").to_pylist()):
        if first.setdefault(reference, row) != row:
            doubled.append((row, first[reference]))
    for row, earlier in doubled:
        if travellers.slice(row, 1).to_pylist() != travellers.slice(earlier, 1).to_pylist():
            raise InputError(f"{what} has two travellers under one reference; give each traveller its own")
    return travellers.take(list(first.values())) if doubled else travellers
