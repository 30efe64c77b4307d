"""The remarks of the OFAC list: clauses separated by `;`, each with a label that says what it is.

Steps: cut at `;` -> longest label of `tables/ofac_clauses.tsv` -> the field's own rule -> what no label or
rule reads (positions, sanctions information, e-mail addresses) stays in the note.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from pathlib import Path

from matcher.documents.sex import sex_code
from matcher.documents.states import state_code
from matcher.documents.words import read_table
from matcher.errors import ModelError
from matcher.ingest.dates import read_dates
from matcher.ingest.document_text import FoundDocument, clean_number, read_validity
from matcher.ingest.person_cells import read_nationalities
from matcher.records import PartialDate

FIELDS = ("birth_date", "birth_place", "nationality", "sex", "related", "weak_alias", "document")
LONGEST_DOCUMENT = 300  # characters of a document's clause; the pattern is not run on a longer one
_ALTERNATIVE = re.compile(r"alt\.\s+", re.I)
_DOCUMENT = re.compile(
    r"[#:\s]*(?P<number>[^()]*?\d[^()]*?)(?:\s*\((?P<issuer>[^()]*)\))?"
    r"(?P<validity>(?:[\s,]+(?:issued|expires|expired)\b.*)?)"
)


@dataclass(slots=True)
class Remarks:
    """What the remarks of one entry say; `unread` holds the clauses that no rule reads, as listed."""

    birth_dates: list[PartialDate] = field(default_factory=list)
    birth_places: list[str] = field(default_factory=list)
    nationalities: list[str] = field(default_factory=list)
    sexes: list[str] = field(default_factory=list)
    related: list[str] = field(default_factory=list)
    weak_aliases: list[tuple[str, str]] = field(default_factory=list)  # name, the list's word (`a.k.a.`)
    documents: list[FoundDocument] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)  # field or "remarks", clause


def read_remarks(text: str) -> Remarks:
    """Read the remarks of one entry.

    Examples:
        >>> remarks = read_remarks("DOB circa 1960; Passport D9004878 (Iran) expires 20 May 2010; Colonel.")
        >>> [date.iso() for date in remarks.birth_dates], remarks.documents[0].issuing_state, remarks.unread
        (['~1960'], 'IRN', [('remarks', 'Colonel')])
    """
    remarks = Remarks()
    clauses = [clause.strip() for clause in text.split(";")]
    if clauses[-1].endswith("."):
        clauses[-1] = clauses[-1][:-1].rstrip()
    for clause in filter(None, clauses):
        _read_clause(clause, remarks)
    return remarks


def _read_clause(clause: str, remarks: Remarks) -> None:
    plain = _ALTERNATIVE.sub("", clause, count=1) if _ALTERNATIVE.match(clause) else clause
    name, label, code = next((row for row in _labels() if plain.startswith(row[1])), ("remarks", "", ""))
    value = plain[len(label) :]
    is_read = (not label or not value[:1].isalnum()) and _take(name, label, code, value.strip(), remarks)
    if not is_read:
        remarks.unread.append((name, clause))


def _take(name: str, label: str, code: str, value: str, remarks: Remarks) -> bool:
    """Put one clause in its place; false: its text is not what the label promises."""
    if not value:
        return False
    if name == "birth_date":
        dates, left = read_dates(value)
        remarks.birth_dates += dates
        return bool(dates) and not left
    if name == "nationality":
        codes, left = read_nationalities(value)
        remarks.nationalities += codes
        return not left
    if name == "sex":
        sex = sex_code(value)
        remarks.sexes += [sex] if sex else []
        return sex is not None
    if name == "weak_alias":
        alias = value.removeprefix("'").removesuffix("'").strip()
        remarks.weak_aliases.append((alias, label))
        return any(letter.isalpha() for letter in alias)
    if name == "document":
        return _take_document(code, label, value, remarks)
    if name in ("birth_place", "related"):
        (remarks.birth_places if name == "birth_place" else remarks.related).append(value)
        return True
    return False


def _take_document(code: str, label: str, value: str, remarks: Remarks) -> bool:
    found = _DOCUMENT.fullmatch(value) if len(value) <= LONGEST_DOCUMENT else None
    if found is None:
        return False
    issued_on, expires_on = read_validity(found["validity"])
    remarks.documents.append(
        FoundDocument(
            number=clean_number(found["number"]),
            issuing_state=state_code(found["issuer"]),
            type=code,
            issued_on=issued_on,
            expires_on=expires_on,
            note=f"{label} {value}",
        )
    )
    return True


@functools.cache
def _labels() -> tuple[tuple[str, str, str], ...]:
    """Return field, label and type, longest label first."""
    rows = read_table(Path(__file__).parent / "tables" / "ofac_clauses.tsv")
    if unknown := {row["field"] for row in rows} - set(FIELDS):
        raise ModelError(f"ofac_clauses.tsv has unknown fields {sorted(unknown)}; mend the table")
    ordered = sorted(rows, key=lambda row: len(row["label"]), reverse=True)
    return tuple((row["field"], row["label"], row["type"]) for row in ordered)
