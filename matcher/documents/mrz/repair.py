"""Ranked proposals for fields that break a rule: a check digit, or a character that cannot stand where it is.

Steps for a field with a check digit: characters that cannot stand there -> their look-alikes that can -> one more
look-alike, or the check digit itself -> kept if the check digit then holds -> the composite as a second witness. Two
free slips are tried with the cheapest look-alikes only. Costs are in `tables/mrz_look_alikes.tsv`; they rank, and
nothing is applied. What no check digit shows (`U` for `0`, `K` for `<`) is proposed only where the character itself
is impossible.

Source: domain facts 1.3 and 7.2.
"""

from __future__ import annotations

import datetime
import functools
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from matcher.documents.mrz.check_digits import VALUES, WEIGHTS, check_digit, checks_of, conventions, verify
from matcher.documents.mrz.document import Repair, Substitution
from matcher.documents.mrz.fields import (
    digits_of,
    letters_of,
    read_birth_date,
    read_expiry_date,
    read_number,
    read_state,
)
from matcher.documents.mrz.layout import DIGITS, FILLER, LETTERS, Check, Layout, Span, offsets_in
from matcher.documents.mrz.lines import Zone
from matcher.documents.mrz.look_alikes import look_alikes, number_alphabets
from matcher.documents.mrz.names import MISREAD_FILLERS

MOST_REPAIRS = 16  # a field
_MOST_FORCED = 3  # impossible characters of one field that are read anew together
_MOST_COMBINATIONS = 200  # of readings of impossible characters; more tell nothing and cost time
_FEW_COMBINATIONS = 40  # so many at most for another slip beside them
_CHEAP = 1  # cost of a look-alike of which two may meet in one field


@dataclass(frozen=True, slots=True)
class _Edit:
    """One character read anew: its offset, the new one, the cost, what it does to the check sum."""

    offset: int
    read: str
    cost: int
    shift: int


@dataclass(frozen=True, slots=True)
class _Field:
    """A field under repair: its check digit, and the characters that may stand at each offset."""

    zone: Zone
    check: Check
    allowed: Mapping[int, str]
    today: datetime.date

    def shift(self, offset: int, read: str) -> int:
        """What reading a character anew does to the sum, modulo 10; the check digit counts against it."""
        text = self.zone.text
        change = VALUES[read] - VALUES[text[offset]]
        if offset == self.check.offset:
            return -change % 10
        return change * _weights(self.check.ranges)[offset] % 10


@functools.lru_cache(maxsize=512)
def _weights(ranges: tuple[tuple[int, int], ...]) -> dict[int, int]:
    """The weight of every offset that a check digit covers."""
    return {offset: WEIGHTS[place % 3] for place, offset in enumerate(offsets_in(ranges))}


def propose_repairs(found: Zone, *, today: datetime.date) -> tuple[Repair, ...]:
    """List the repairs of every field of a zone, ranked within a field; at most `MOST_REPAIRS` a field.

    Args:
        found: The zone; its unread characters may be anything that may stand there.
        today: Decides the century of repaired dates.

    Examples:
        >>> from matcher.documents.mrz.lines import find_zones
        >>> [zone] = find_zones("P<UTO" + "<" * 39 + "\\nL8989O2C36UTO7408122F1204159ZE184226B<<<<<10")
        >>> first = propose_repairs(zone, today=datetime.date(2026, 1, 1))[0]
        >>> first.field, first.value, first.substitutions, first.reason
        ('document_number', 'L898902C3', (Substitution(line=2, column=6, found='O', read='0'),), 'check_digit')
    """
    repairs: list[Repair] = []
    layout, text = found.layout, found.text
    own = [check for check in checks_of(layout, text) if check.field != "composite"]
    for check in own:
        repairs += _repair_checked(_Field(found, check, _allowed(found, check), today))
    composite = layout.check_of("composite")
    if (
        composite is not None
        and not verify(text, composite).holds
        and all(verify(text, one, found.unread).holds for one in own)
    ):
        repairs += _repair_composite(found, composite, own, today)
    for field in ("issuing_state", "nationality"):
        repairs += _repair_state(layout, text, field)
    for field in ("name", "given_names"):
        repairs += _repair_name(layout, text, field)
    return tuple(repairs)


def _allowed(found: Zone, check: Check) -> dict[int, str]:
    """Characters that may stand at each offset of a checked field; the issuer's alphabet for its numbers."""
    layout, text = found.layout, found.text
    allowed = {offset: layout.allowed[offset] for offset in (*check.covers, check.offset)}
    if (ordinary := layout.check_of(check.field)) is not None:
        allowed[ordinary.offset] = FILLER  # of a long number; its other characters are the number's
    allowed[check.offset] = DIGITS  # a filler that is right never comes here; in long numbers the place is a text's
    if check.field == "document_number":
        code, _ = read_state(letters_of(layout.part(text, "issuing_state")))
        if (alphabet := number_alphabets().get(code or "")) is not None:
            allowed |= dict.fromkeys(check.covers, alphabet)
    return allowed


def _repair_checked(field: _Field) -> list[Repair]:
    ranked: dict[str, tuple[int, Repair]] = {}
    is_broken = not verify(field.zone.text, field.check, field.zone.unread).holds
    for check in conventions(field.check):
        for cost, repair in _candidates(replace(field, check=check), is_broken):
            if repair.value not in ranked or cost < ranked[repair.value][0]:
                ranked[repair.value] = (cost, repair)
    if is_broken and (short := _as_short_number(field)) is not None:
        ranked.setdefault(short.value, (look_alikes().slips["check_digit"], short))
    best = sorted(ranked.values(), key=lambda pair: (pair[0], len(pair[1].substitutions), pair[1].value))
    return [repair for _, repair in best[:MOST_REPAIRS]]


def _candidates(field: _Field, is_broken: bool) -> Iterator[tuple[int, Repair]]:
    forced = [offset for offset in field.check.covers if _is_impossible(field, offset)]
    if not is_broken and not forced:
        return
    found = verify(field.zone.text, field.check)
    if is_broken and _is_impossible(field, field.check.offset):
        forced.append(field.check.offset)
    if len(forced) > _MOST_FORCED:
        return
    target = VALUES[found.found] - VALUES[found.expected] if is_broken else 0
    rest = [offset for offset in (*field.check.covers, field.check.offset) if offset not in forced]
    for edits in _edits(field, forced, rest, target % 10):
        cost, repair = _as_repair(field, edits, bool(forced))
        if repair is not None:
            yield cost, repair


def _is_impossible(field: _Field, offset: int) -> bool:
    return offset in field.zone.unread or field.zone.text[offset] not in field.allowed[offset]


def _options(field: _Field, offset: int, *, forced: bool) -> list[_Edit]:
    table, letter = look_alikes(), field.zone.text[offset]
    allowed = field.allowed[offset]
    if offset in field.zone.unread:
        costs = dict.fromkeys(allowed, table.slips["unread"])
    else:
        extra = table.slips["forced"] - 1 if forced else 0  # what cannot stand there is a slip for certain
        costs = {one: cost + extra for one, cost in table.costs[letter].items() if one in allowed}
    if offset == field.check.offset:
        costs = {one: costs.get(one, table.slips["check_digit"]) for one in DIGITS if one != letter}
    return [_Edit(offset, one, cost, field.shift(offset, one)) for one, cost in costs.items()]


def _edits(field: _Field, forced: list[int], rest: list[int], target: int) -> Iterator[tuple[_Edit, ...]]:
    """Yield the sets of edits that make the check digit hold: their shifts sum to what the digit asks for."""
    free = [edit for offset in rest for edit in _options(field, offset, forced=False)]
    by_shift: dict[int, list[_Edit]] = {}
    for edit in free:
        by_shift.setdefault(edit.shift, []).append(edit)
    choices = [_options(field, offset, forced=True) for offset in forced]
    n_combinations = math.prod(map(len, choices))
    if n_combinations > _MOST_COMBINATIONS:
        return
    for combination in itertools.product(*choices):
        missing = (target - sum(edit.shift for edit in combination)) % 10
        if missing == 0 and combination:
            yield combination
        if n_combinations <= _FEW_COMBINATIONS:
            yield from ((*combination, edit) for edit in by_shift.get(missing, ()))
    if forced:
        return
    cheap = [edit for edit in free if edit.cost <= _CHEAP]
    for first, second in itertools.combinations(cheap, 2):
        if first.offset != second.offset and (first.shift + second.shift - target) % 10 == 0:
            yield first, second


def _as_repair(field: _Field, edits: Iterable[_Edit], is_forced: bool) -> tuple[int, Repair | None]:
    zone, check = field.zone, field.check
    layout, letters = zone.layout, list(zone.text)
    edits = sorted(edits, key=lambda edit: edit.offset)
    for edit in edits:
        letters[edit.offset] = edit.read
    text = "".join(letters)
    value = _value(layout, text, check.field, field.today)
    if value is None:
        return 0, None
    cost = sum(edit.cost for edit in edits)
    composite = layout.check_of("composite")
    if composite is not None and not verify(text, composite).holds:
        cost += look_alikes().slips["composite_fails"]
    return cost, Repair(check.field, value, _substitutions(layout, zone.text, edits), _reason(field, edits, is_forced))


def _reason(field: _Field, edits: list[_Edit], is_forced: bool) -> str:
    if any(edit.offset in field.zone.unread for edit in edits):
        return "unreadable"
    if len(edits) == 1 and edits[0].offset == field.check.offset:
        return "check_digit_misread"
    if not is_forced:
        return "check_digit"
    return "issuer_alphabet" if field.check.field == "document_number" else "must_be_digit"


def _substitutions(layout: Layout, text: str, edits: Iterable[_Edit]) -> tuple[Substitution, ...]:
    return tuple(Substitution(*layout.place(edit.offset), text[edit.offset], edit.read) for edit in edits)


def _value(layout: Layout, text: str, field: str, today: datetime.date) -> str | None:
    """The field's value as the document gives it; None where the repair makes no day and no number."""
    if field == "document_number":
        return read_number(layout, text)[0] or None
    if field not in ("birth_date", "expiry_date"):
        return layout.part(text, field).strip(FILLER)
    expiry = read_expiry_date(digits_of(layout.part(text, "expiry_date")), today=today)
    if field == "expiry_date":
        return expiry.iso() if expiry is not None else None
    birth = read_birth_date(layout.part(text, field), today=today, expiry=expiry)
    return birth.iso() if birth is not None else None


def _as_short_number(field: _Field) -> Repair | None:
    """A number that looks long may be nine characters whose check digit was read as a filler."""
    layout, text = field.zone.layout, field.zone.text
    ordinary = layout.check_of("document_number")
    if field.check.field != "document_number" or ordinary is None or field.check.offset == ordinary.offset:
        return None
    digit = check_digit(layout.part(text, "document_number"))
    place = Substitution(*layout.place(ordinary.offset), FILLER, digit)
    value = layout.part(text, "document_number").strip(FILLER)
    return Repair("document_number", value, (place,), "check_digit_misread")


def _repair_composite(found: Zone, composite: Check, own: list[Check], today: datetime.date) -> list[Repair]:
    """Everything else holds: the composite digit itself, or what only the composite covers."""
    layout, text = found.layout, found.text
    seen_elsewhere = {offset for check in own for offset in (*check.covers, check.offset)}
    spans = [span for span in layout.spans.values() if span.kind != "date" and span.start not in seen_elsewhere]
    repairs: list[Repair] = []
    target = int(verify(text, composite).expected)
    for span in spans:
        repairs += _only_in_composite(found, composite, span, seen_elsewhere)
    digit = _Edit(composite.offset, str(target), 0, 0)
    repairs.append(Repair("composite", str(target), _substitutions(layout, text, [digit]), "check_digit_misread"))
    return repairs


def _only_in_composite(found: Zone, composite: Check, span: Span, elsewhere: set[int]) -> Iterator[Repair]:
    layout, text = found.layout, found.text
    for offset in composite.covers:
        if not span.start <= offset < span.end or offset in elsewhere:
            continue
        for letter in look_alikes().costs[text[offset]]:
            repaired = text[:offset] + letter + text[offset + 1 :]
            if letter in layout.allowed[offset] and verify(repaired, composite).holds:
                edit = _Edit(offset, letter, 0, 0)
                value = layout.part(repaired, span.field).strip(FILLER)
                yield Repair(span.field, value, _substitutions(layout, text, [edit]), "check_digit")


def _repair_state(layout: Layout, text: str, field: str) -> Iterator[Repair]:
    written = layout.part(text, field)
    code, is_known = read_state(written) if written else (None, True)
    if is_known:
        return
    start = layout.spans[field].start
    letters = letters_of(written)
    costs = look_alikes().costs
    options = {letters} if letters != written else set()
    for place, letter in enumerate(letters):
        options |= {letters[:place] + one + letters[place + 1 :] for one in costs[letter] if one in LETTERS}
    for option in sorted(options, key=lambda one: (one != letters, one))[: 4 * MOST_REPAIRS]:
        code, is_known = read_state(option)
        if code is not None and is_known:
            edits = [_Edit(start + at, one, 0, 0) for at, one in enumerate(option) if one != written[at]]
            yield Repair(field, code, _substitutions(layout, text, edits), "must_be_letter")


def _repair_name(layout: Layout, text: str, field: str) -> Iterator[Repair]:
    written = layout.part(text, field)
    letters = letters_of(written)
    if tail := MISREAD_FILLERS.search(letters):
        option, reason = letters[: tail.start()].ljust(len(letters), FILLER), "fillers_misread"
    else:
        option, reason = letters, "must_be_letter"
    if option == written:
        return
    start = layout.spans[field].start
    edits = [_Edit(start + at, one, 0, 0) for at, one in enumerate(option) if one != written[at]]
    yield Repair(field, option.strip(FILLER), _substitutions(layout, text, edits), reason)
