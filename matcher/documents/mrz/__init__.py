"""The machine readable zone (ICAO Doc 9303): read, repaired, written, and read in columns.

In the order of the flow: `characters` and `lines` (any text to zones), `layout` (where fields stand), `check_digits`,
`fields` and `names` (fields to values), `repair` (proposals where a rule is broken), `parse` (all of it), `matrix` and
`columns` (the same for many zones at once), `generate` (documents to zones). `document` holds what a caller gets.
"""

from matcher.documents.mrz.columns import MRZ_TABLE, parse_mrz_column
from matcher.documents.mrz.document import WARNINGS, CheckDigit, MrzDocument, Repair, Substitution
from matcher.documents.mrz.generate import MrzFields, Spelling, make_mrz
from matcher.documents.mrz.parse import parse_many, parse_mrz

__all__ = [
    "MRZ_TABLE",
    "WARNINGS",
    "CheckDigit",
    "MrzDocument",
    "MrzFields",
    "Repair",
    "Spelling",
    "Substitution",
    "make_mrz",
    "parse_many",
    "parse_mrz",
    "parse_mrz_column",
]
