"""What a machine readable zone says otherwise than the typed columns beside it: codes of warnings, no decision.

The zone's values count (`matcher.passengers.mrz`), so a typed value that is left out, or that means nothing, must be
said: an officer may be looking at two people's data. Names are not looked at: a zone spells them in its own way.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from matcher.dates import FROM_ISLAMIC, LUNAR_DAYS
from matcher.documents.sex import is_readable_sex, sex_code
from matcher.documents.states import issuer_group, nationality_code
from matcher.passengers import dates
from matcher.records import PartialDate, Traveller

BIRTH_DATE_DIFFERS = "birth_date_differs_from_mrz"
SEX_DIFFERS = "sex_differs_from_mrz"
NATIONALITY_DIFFERS = "nationality_differs_from_mrz"


def contradictions(zone: Traveller, typed: Traveller) -> list[str]:
    """Name the typed values that the zone replaces and that it contradicts, or that cannot be read.

    A part that either side lacks is no contradiction; nor is a typed date whose day and month may be swapped, or one
    converted from the lunar calendar that is two days off.

    Examples:
        >>> zone = Traveller(birth_date=PartialDate(1974, 8, 12), sex="F", nationalities=["SWE"])
        >>> contradictions(zone, Traveller(birth_date="12.08.1974", sex="female", nationalities=["Swedish", "NOR"]))
        []
        >>> contradictions(zone, Traveller(birth_date="1974-08-13", sex="M", nationalities=["NOR"]))
        ['birth_date_differs_from_mrz', 'sex_differs_from_mrz', 'nationality_differs_from_mrz']
    """
    found = []
    if isinstance(zone.birth_date, PartialDate):
        found += _birth_date(zone.birth_date, typed)
    if zone.sex is not None and typed.sex:
        found += _sex(zone.sex, typed.sex)
    if zone.nationalities:
        found += _nationality(zone.nationalities, typed.nationalities)
    return found


def _birth_date(zone: PartialDate, typed: Traveller) -> list[str]:
    given = typed.birth_date
    if isinstance(given, str):
        if not given.strip().strip("<"):
            return []
        is_solar = not dates.SOLAR_STATES.isdisjoint(nationality_code(text) or "" for text in typed.nationalities)
        read, _ = dates.read_birth_date(given, is_solar=is_solar)
    else:
        read = given
    if read is None:
        return [] if given is None else [dates.UNREADABLE]
    return [BIRTH_DATE_DIFFERS] if _differs(zone, read) else []


def _differs(zone: PartialDate, typed: PartialDate) -> bool:
    if typed.calendar == FROM_ISLAMIC and zone.is_complete and typed.is_complete and typed.year_to is None:
        return abs((_day(zone) - _day(typed)).days) > LUNAR_DAYS
    if typed.approximate or zone.year is None or typed.year is None:
        return False
    if typed.year_to is not None:
        return not typed.year <= zone.year <= typed.year_to
    parts = ((zone.year, typed.year), (zone.month, typed.month), (zone.day, typed.day))
    return any(one is not None and other is not None and one != other for one, other in parts)


def _day(date: PartialDate) -> datetime.date:
    return datetime.date(date.year or 1, date.month or 1, date.day or 1)


def _sex(zone: str, typed: str) -> list[str]:
    if not is_readable_sex(typed):
        return ["sex_unknown"]
    return [SEX_DIFFERS] if {zone, sex_code(typed)} == {"M", "F"} else []


def _nationality(zone: Sequence[str], typed: Sequence[str]) -> list[str]:
    codes = [nationality_code(text) for text in typed if text and text.strip().strip("<")]
    found = ["nationality_unknown"] if None in codes else []
    known = {issuer_group(code) for code in codes if code is not None}
    read = {issuer_group(code) for text in zone if (code := nationality_code(text)) is not None}
    return [*found, NATIONALITY_DIFFERS] if known and read and not known & read else found
