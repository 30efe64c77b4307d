"""Check digits: weights 7, 3, 1 over the values of the characters, modulo 10 (ICAO 9303-3, 4.9).

0-9 are worth 0 to 9, A-Z 10 to 35, the filler 0. A check digit that holds raises confidence and proves nothing: 7.6 %
of single substitutions among the 36 characters pass it (domain facts 1.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from matcher.documents.mrz.document import CheckDigit
from matcher.documents.mrz.layout import ALPHABET, DIGITS, FILLER, Check, Layout

WEIGHTS = (7, 3, 1)
VALUES = {letter: 0 if letter == FILLER else int(letter, 36) for letter in ALPHABET}
VALUE_BYTES = bytes(VALUES.get(chr(code), 0) for code in range(256))


def check_digit(text: str) -> str:
    """Compute the check digit of a text over `A-Z0-9<`; other characters count as 0.

    Args:
        text: Any text; of a zone, what the digit covers.

    Source:
        ICAO 9303-3, 4.9.

    Examples:
        >>> check_digit("L898902C3"), check_digit("520727"), check_digit("AB2134<<<")
        ('6', '3', '5')
    """
    values = text.encode("latin-1", "replace").translate(VALUE_BYTES)
    return DIGITS[(7 * sum(values[::3]) + 3 * sum(values[1::3]) + sum(values[2::3])) % 10]


def covered(zone: str, check: Check) -> str:
    """Return the characters that a check digit covers, in order."""
    return "".join([zone[start:end] for start, end in check.ranges])


def conventions(check: Check) -> tuple[Check, ...]:
    """Return a check digit once for each way in which issuers compute it."""
    return (replace(check, also=()), replace(check, ranges=check.also, also=())) if check.also else (check,)


def verify(zone: str, check: Check, unread: Sequence[int] = ()) -> CheckDigit:
    """Compare one check digit of a zone with what it should be; either convention will do.

    Over a character that wasn't read (one of the offsets `unread`) no check digit holds.
    """
    text = covered(zone, check)
    found, expected = zone[check.offset], check_digit(text)
    holds = found == expected or (found in check.empty and not text.strip(FILLER))
    if not holds and check.also:
        holds = found == check_digit("".join([zone[start:end] for start, end in check.also]))
        expected = found if holds else expected
    if holds and unread:
        holds = not {*check.covers, check.offset}.intersection(unread)
    return CheckDigit(check.field, found, expected, holds)


def number_check(layout: Layout, zone: str) -> Check | None:
    """Return the check digit of the document number, moved to where a long number has it.

    A number of TD1 or TD2 longer than its field leaves a filler in place of the check digit and goes on at the start
    of the optional data, up to the first filler; the last character before that is the check digit. ICAO computes it
    over the number's characters alone; Belgian and Swedish cards count the filler between them as one (four
    published zones, of which one has its other check digits verified here), so both will do.

    Source:
        ICAO 9303-5 4.2.4, 9303-6 note j; public issue threads on Belgian and Swedish cards.
    """
    check = layout.check_of("document_number")
    if check is None or layout.format not in ("TD1", "TD2") or zone[check.offset] != FILLER:
        return check
    optional = layout.spans["optional_data"]
    end = zone.find(FILLER, optional.start, optional.end)
    end = optional.end if end < 0 else end
    if end - optional.start < 2 or zone[check.offset - 1] == FILLER:
        return check
    first, rest = check.ranges[0][0], (optional.start, end - 1)
    return Check(check.field, end - 1, (*check.ranges, rest), check.empty, ((first, check.offset + 1), rest))


def checks_of(layout: Layout, zone: str) -> Iterable[Check]:
    """Yield the check digits of a zone, the document number's where it really stands."""
    for check in layout.checks:
        yield (number_check(layout, zone) or check) if check.field == "document_number" else check


def verify_all(layout: Layout, zone: str, unread: Sequence[int] = ()) -> tuple[CheckDigit, ...]:
    """Verify every check digit of a zone, in the order of the layout; `unread` as for `verify`."""
    return tuple([verify(zone, check, unread) for check in checks_of(layout, zone)])
