"""Lines to zones: which lines of a text are a machine readable zone, of which format, and put right where needed.

Fixed order of the steps:

1. every line folded to its spellings (`characters`); lines that cannot belong to a zone left out;
2. every window of two or three lines, and every line long enough for a run-on zone, fitted to the formats;
3. a line one or two characters short or long gets a run of fillers, or loses a run, where most characters then fit
   their places and most check digits hold; a line that lost its last fillers gets them back;
4. the best windows that don't overlap are the zones; without any, all lines are tried as one wrapped run-on.

Source: ICAO 9303-3 to -7; the tolerances are ours.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matcher.documents.mrz.characters import UNREADABLE, spellings
from matcher.documents.mrz.check_digits import checks_of, covered, verify, verify_all
from matcher.documents.mrz.layout import FILLER, Layout, layouts
from matcher.errors import InputError

LONGEST_TEXT = 100_000  # characters of one text; a file of zones is read record by record
OFF_BY = 2  # characters that a line may be short or long
MAX_REALIGNED = 48  # windows put right in one text: each may cost a millisecond, so hostile text is bounded
_MISFIT_SHARE = 6  # one character in so many may stand where it cannot
_MOST_MISFITS = 4  # in a zone that was put right
_LINE_END = re.compile("[\n\r\v\f\x85\u2028\u2029]+")
_LONGEST_RUN = 60  # zones in one run-on line


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone put right: its layout, its characters in one text, what was done to it, and where nothing was read."""

    layout: Layout
    text: str
    warnings: tuple[str, ...] = ()
    unread: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Window:
    """Zones found in some rows; a better one has a higher quality."""

    quality: int
    first: int
    n_rows: int
    zones: tuple[Zone, ...]


@dataclass(slots=True)
class _Budget:
    """What may still be put right in one text."""

    left: int = MAX_REALIGNED


def find_zones(text: str) -> list[Zone]:
    """Find every zone of a text, in order; at least one.

    Raises:
        InputError: the text holds no zone or is too long.

    Examples:
        >>> [zone] = find_zones("Passport:\\np<YTO" + "<" * 39 + "\\nhA672242<6YTO5802254M9601086<<<<<<<<<<<<<<08")
        >>> zone.layout.format, zone.warnings
        ('TD3', ('lines_left_out',))
    """
    if len(text) > LONGEST_TEXT:
        raise InputError(f"the text has more than {LONGEST_TEXT:,} characters; give one zone at a time")
    written = [line for line in _LINE_END.split(text) if line and not line.isspace()]
    rows = [one for one in map(spellings, written) if _may_belong(one)]
    zones = _exact(rows)
    if not zones:
        zones, n_used = _search(rows)
        if not zones:
            raise InputError(_refusal(written))
        if n_used < len(written):
            zones = [_with_warning(zone, "lines_left_out") for zone in zones]
    elif len(rows) < len(written):
        zones = [_with_warning(zone, "lines_left_out") for zone in zones]
    return zones


def _refusal(written: Sequence[str]) -> str:
    lengths = ", ".join(str(len(line)) for line in written[:4]) + (", ..." if len(written) > 4 else "")
    seen = f"{len(written)} lines of {lengths} characters" if written else "nothing"
    return (
        f"the text holds {seen} and no machine readable zone, which is 3 lines of 30, 2 of 36 or 2 of 44 characters; "
        "give the zone as printed"
    )


def _may_belong(row: tuple[str, ...]) -> bool:
    return any(
        len(line) >= 8 and (len(line) >= 28 or FILLER in line) and line.count(UNREADABLE) <= max(2, len(line) // 8)
        for line in row
    )


def _with_warning(zone: Zone, warning: str) -> Zone:
    return Zone(zone.layout, zone.text, tuple(sorted({*zone.warnings, warning})), zone.unread)


def _exact(rows: Sequence[tuple[str, ...]]) -> list[Zone]:
    """The common case: the rows are one zone in which every character fits; empty in any other."""
    if not 1 <= len(rows) <= 3 or any(len(row) != 1 for row in rows):
        return []
    text = "".join(row[0] for row in rows)
    possible = _layouts_for(len(text), text)
    if len(possible) != 1 or not possible[0].pattern.fullmatch(text):
        return []
    is_shape = len(rows) in (1, possible[0].lines) and len({len(row[0]) for row in rows}) == 1
    return [Zone(possible[0], text)] if is_shape else []


def _layouts_for(size: int, text: str) -> list[Layout]:
    """The formats of a zone of this size that begins like this, the likeliest first."""
    table = layouts()
    if size == 90:
        return [table["TD1"]]
    if size == 88:
        return [table["MRV-A" if text[:1] == "V" else "TD3"]]
    if size != 72:
        return []
    if text[:1] == "V":
        return [table["MRV-B"]]
    return [table["FR-ID"], table["TD2"]] if text.startswith("IDFRA") else [table["TD2"]]


def _search(rows: Sequence[tuple[str, ...]]) -> tuple[list[Zone], int]:
    budget = _Budget()
    windows = [window for first in range(len(rows)) for window in _windows(rows, first, budget)]
    chosen: list[_Window] = []
    taken: set[int] = set()
    for window in sorted(windows, key=lambda one: (-one.quality, one.first)):
        span = range(window.first, window.first + window.n_rows)
        if taken.isdisjoint(span):
            taken.update(span)
            chosen.append(window)
    if chosen:
        chosen.sort(key=lambda one: one.first)
        return [zone for window in chosen for zone in window.zones], len(taken)
    if len(rows) > 1:
        wrapped = "".join(row[0] for row in rows)
        for run in _run_on((wrapped,), 0, budget):
            return list(run.zones), len(rows)
    return [], 0


def _windows(rows: Sequence[tuple[str, ...]], first: int, budget: _Budget) -> Iterator[_Window]:
    for n_rows, width in ((2, 44), (3, 30), (2, 36)):
        window = rows[first : first + n_rows]
        if len(window) == n_rows and (parts := _parts(window, width)) is not None:
            zone = _fit(parts, width, budget)
            if zone is not None:
                yield _Window(_quality(zone), first, n_rows, (zone,))
    yield from _run_on(rows[first], first, budget)


def _parts(window: Sequence[tuple[str, ...]], width: int) -> list[str] | None:
    """One spelling a row, the one nearest to the width; None if a row can't be of that width."""
    parts = []
    has_whole = False
    for row in window:
        part = min(row, key=lambda one: (abs(len(one) - width), len(one)))
        has_whole |= len(part) == width
        parts.append(part)
    near = [abs(len(part) - width) <= OFF_BY for part in parts]
    if all(near):
        return parts
    is_cut = all(ok or (len(part) < width and FILLER in part) for ok, part in zip(near, parts, strict=True))
    return parts if has_whole and is_cut else None


def _fit(parts: Sequence[str], width: int, budget: _Budget) -> Zone | None:
    size = width * len(parts)
    plain = "".join(part[:width].ljust(width, FILLER) for part in parts)
    best: Zone | None = None
    for layout in _layouts_for(size, plain):
        if all(len(part) == width for part in parts):
            zone = _whole(layout, plain)
        else:
            zone = _realign(layout, parts, width, budget)
        if zone is not None and (best is None or _quality(zone) > _quality(best)):
            best = zone
    return best


def _zone(layout: Layout, text: str, warnings: tuple[str, ...]) -> Zone:
    unread = tuple(offset for offset, letter in enumerate(text) if letter == UNREADABLE)
    if unread:
        warnings = (*warnings, "character_unreadable")
    return Zone(layout, text.replace(UNREADABLE, FILLER), tuple(sorted(set(warnings))), unread)


def _whole(layout: Layout, text: str) -> Zone | None:
    """A zone of the right size; where many characters don't fit, a check digit over something must hold."""
    misfits = layout.misfits(text)
    if misfits > layout.size // _MISFIT_SHARE:
        return None
    zone = _zone(layout, text, ())
    return zone if misfits <= _MOST_MISFITS or _n_telling(zone) else None


def _n_telling(zone: Zone) -> int:
    """Count the check digits that hold over more than fillers."""
    checks = checks_of(zone.layout, zone.text)
    return sum(
        verify(zone.text, one, zone.unread).holds and bool(covered(zone.text, one).strip(FILLER)) for one in checks
    )


def _quality(zone: Zone) -> int:
    """Check digits that hold count for, misfits and changes against."""
    held = sum(one.holds for one in verify_all(zone.layout, zone.text))
    misfits = zone.layout.misfits(zone.text) + len(zone.unread)
    return 3 * held - misfits - 2 * len(zone.warnings) + zone.layout.lines


def _realign(layout: Layout, parts: Sequence[str], width: int, budget: _Budget) -> Zone | None:
    """Put short and long parts right, one after the other; None where the structure then doesn't fit."""
    if budget.left <= 0:
        return None
    budget.left -= 1
    fitted = [part[:width].ljust(width, FILLER) for part in parts]
    warnings = []
    for place, part in enumerate(parts):
        if len(part) == width:
            continue
        warnings.append("line_cut" if len(part) > width else "line_padded")
        missing = range(place * width + len(part), (place + 1) * width)
        if abs(len(part) - width) > OFF_BY:
            if any(check.offset in missing for check in layout.checks):
                return None  # more than fillers is lost
        else:
            edited = _best_edit(layout, fitted, place, part)
            if edited is None:
                return None
            fitted[place] = edited
    text = "".join(fitted)
    if layout.misfits(text) > _MOST_MISFITS or layout not in _layouts_for(len(text), text):
        return None
    zone = _zone(layout, text, tuple(warnings))
    held = [one.holds for one in verify_all(layout, zone.text)]
    return zone if 2 * sum(held) >= len(held) and _n_telling(zone) else None


def _best_edit(layout: Layout, fitted: Sequence[str], place: int, part: str) -> str | None:
    """Put in or leave out one run of characters so that most characters fit, then most check digits hold."""
    width, surplus = len(fitted[place]), len(part) - len(fitted[place])
    start = place * width
    misfits = _misfits_by_place(layout.allowed[start : start + width], part)
    fewest = min(misfits)
    if fewest > _MOST_MISFITS:
        return None
    places = [at for at, count in enumerate(misfits) if count == fewest]
    # Of equals the last: a filler is lost at the end more often.
    edits = list(dict.fromkeys(_edited(part, at, surplus) for at in reversed(places)))
    if not any(start < end_of and first < start + width for check in layout.checks for first, end_of in check.ranges):
        return edits[0]  # no check digit covers the line
    before, after = "".join(fitted[:place]), "".join(fitted[place + 1 :])

    def held(edit: str) -> tuple[int, int]:
        text = (before + edit + after).replace(UNREADABLE, FILLER)
        n_fillers = edit.count(FILLER) + edit.count(UNREADABLE)
        return sum(one.holds for one in verify_all(layout, text)), -n_fillers if surplus > 0 else n_fillers

    return max(edits, key=held)


def _edited(part: str, at: int, surplus: int) -> str:
    """Leave out a run, or put one in: fillers beside fillers, elsewhere characters that nobody read."""
    if surplus > 0:
        return part[:at] + part[at + surplus :]
    missing = FILLER if FILLER in part[max(at - 1, 0) : at + 1] else UNREADABLE
    return part[:at] + missing * -surplus + part[at:]


def _misfits_by_place(allowed: Sequence[str], part: str) -> list[int]:
    """Count the misfits of a line for every place where a run may be put in or left out; fillers fit everywhere."""
    surplus = len(part) - len(allowed)
    kept = min(len(part), len(allowed))
    before = [0, *itertools.accumulate(part[at] not in allowed[at] for at in range(kept))]
    shifted = [part[at] not in allowed[at - surplus] for at in range(max(surplus, 0), len(part))]
    after = [*itertools.accumulate(reversed(shifted), initial=0)]  # by how many characters follow
    return [before[at] + after[kept - at] for at in range(kept + 1)]


def _run_on(row: tuple[str, ...], first: int, budget: _Budget) -> Iterator[_Window]:
    """Zones written on one line, one or several of the same size."""
    for line, size in itertools.product(row, (88, 90, 72)):
        n_zones, surplus = divmod(len(line) + OFF_BY, size)
        surplus -= OFF_BY
        if not 1 <= n_zones <= _LONGEST_RUN or surplus > OFF_BY or (surplus and n_zones > 1):
            continue
        chunks = [line] if n_zones == 1 else [line[at : at + size] for at in range(0, len(line), size)]
        zones = [_fit_run(chunk, size, budget) for chunk in chunks]
        found = tuple(zone for zone in zones if zone is not None)
        if len(found) == len(zones):
            yield _Window(sum(map(_quality, found)), first, 1, found)


def _fit_run(line: str, size: int, budget: _Budget) -> Zone | None:
    best: Zone | None = None
    for layout in _layouts_for(size, line):
        zone = _whole(layout, line) if len(line) == size else _realign(layout, (line,), size, budget)
        if zone is not None and (best is None or _quality(zone) > _quality(best)):
            best = zone
    return best
