"""What a machine readable zone says: frozen values without behaviour beyond their own reading."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.records import Name, PartialDate

WARNINGS = (
    "birth_date_unreadable",  # parts that are neither digits nor unknown, or no day of the calendar
    "character_unreadable",  # a character that no zone has; read as filler
    "code_unexpected",  # a document code that the format doesn't have
    "digit_for_letter",  # a digit in a name or a state code, read as the letter that it looks like
    "expiry_before_birth",
    "expiry_date_unreadable",
    "issuing_state_unknown",
    "letter_for_digit",  # a letter in a date, read as the digit that it looks like
    "line_cut",  # a line was longer than its format; characters were left out
    "line_padded",  # a line was shorter than its format; fillers were put in
    "lines_left_out",  # the text holds lines that belong to no zone
    "name_ends_in_look_alikes",  # of the filler, four at least: the fillers after the name were perhaps misread
    "name_missing",
    "nationality_unknown",
    "number_missing",
    "number_outside_alphabet",  # the issuer's numbers never hold one of these characters
    "sex_unreadable",
)


@dataclass(frozen=True, slots=True)
class CheckDigit:
    """A check digit: its field (or `composite`), the one found, the one expected, and whether it holds."""

    name: str
    found: str
    expected: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Substitution:
    """One character read anew: 1-based line and column, the character found, the one read instead."""

    line: int
    column: int
    found: str
    read: str


@dataclass(frozen=True, slots=True)
class Repair:
    """One way to read a field that makes its rules hold; a proposal and never applied.

    Attributes:
        field: Name of the field of `MrzDocument`, or `composite`.
        value: The field's value under this reading, in the form that the document has it; dates in ISO form.
        substitutions: What was read anew, in reading order.
        reason: `check_digit` (look-alikes make it hold), `check_digit_misread` (the value stands, the digit doesn't),
            `must_be_digit`, `must_be_letter`, `issuer_alphabet`, `unreadable`, `fillers_misread`.
    """

    field: str
    value: str
    substitutions: tuple[Substitution, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class MrzDocument:
    """One document as its machine readable zone gives it. Failed check digits gate nothing.

    Attributes:
        format: TD1, TD2, TD3, MRV-A, MRV-B, or FR-ID (the French identity card before 2021).
        lines: The zone's lines after folding, so that nothing read is lost.
        document_code: First two characters without filler (`P`, `PP`, `I`).
        document_class: Class of the code (`matcher.documents.types.CLASSES`), None without a code.
        issuing_state: Present three-letter code (`D` is DEU, `ROM` is ROU); an unknown one as written; None: none.
        nationality: The same for the holder.
        document_number: The whole number, long ones put together, without outer fillers; may be empty.
        number_prefix: The nine characters of the number field where the number is longer, else None; lists may hold
            either.
        names: As written first (`Name(family=primary, given=secondary)`), then decoded readings: national letters
            of `XX` spellings, and Arabic script where the X scheme is recognised.
        primary_identifier: Components before `<<` as written, separated by `<`.
        secondary_identifier: Components after it; empty where the name isn't divided.
        name_is_truncated: The field's last position is a letter: every component may be a prefix, others may lack.
        birth_date: Known parts; None when nothing is known or nothing can be read. Century by window.
        expiry_date: The same; for visas the last day of use.
        sex: M, F or X; None for `<` or unreadable.
        optional_data: Without outer fillers, and without the rest of a long number.
        optional_data_2: TD1's second optional data; else empty.
        personal_number: TD3's optional data; None when empty and in other formats.
        check_digits: In the order of the zone, composite last.
        valid: Whether every check digit holds.
        repairs: Ranked, likeliest first; at most 16 a field.
        warnings: Sorted codes of `WARNINGS`.
    """

    format: str
    lines: tuple[str, ...]
    document_code: str
    document_class: str | None
    issuing_state: str | None
    nationality: str | None
    document_number: str
    number_prefix: str | None
    names: tuple[Name, ...]
    primary_identifier: str
    secondary_identifier: str
    name_is_truncated: bool
    birth_date: PartialDate | None
    expiry_date: PartialDate | None
    sex: str | None
    optional_data: str
    optional_data_2: str
    personal_number: str | None
    check_digits: tuple[CheckDigit, ...]
    valid: bool
    repairs: tuple[Repair, ...]
    warnings: tuple[str, ...]
