"""Explanations with weights of their own, so that no model's numbers enter."""

from __future__ import annotations

import datetime

from matcher.explain import Explanation, Missing, Subject
from matcher.score.evidence import Evidence

LEAVES = (
    Evidence("prior", "person", None, None, -27.5),
    Evidence("name", "comparable", None, None, 15.0),
    Evidence("name", "spelling", "Sherif", "شريف", 6.1904296875),
    Evidence("name", "similar", "Philippe", "Filip", 3.5),
    Evidence("name", "left_over", "Al Khouri", None, -2.25),
    Evidence("name", "base", None, None, -5.109375),
    Evidence("birth_date", "exact", "1974-08-12", "1974-08-12", 12.7001953125),
    Evidence("sex", "different", "F", "M", -4.0),
)
SUBJECT = Subject(
    list_id="notices",
    entry_id="y-17",
    channel="person",
    category="yellow_notice",
    role="missing",
    protective=True,
    requested_action="Locate; inform the NCB",
    contact="NCB Beirut",
)
MISSING = (Missing("nationality", "query"), Missing("birth_place", "both"), Missing("document", "none_in_common"))
PERSON = Explanation(LEAVES, SUBJECT, MISSING)

DOCUMENT = Explanation(
    (
        Evidence("prior", "document", None, None, -37.5),
        Evidence("document_number", "transposed", "AB1243567", "AB1234567", 30.0),
        Evidence("document_issuer", "missing", None, "IRQ", 0.0),
    ),
    Subject(
        "sltd", "d-1", "document", "document", status="stolen_blank", document_type="P",
        reported_on=datetime.date(2025, 1, 2),
    ),
)  # fmt: skip

# What a traveller or a list may hold to take a line, a picture or a page over.
HOSTILE = (
    "\u202eevil\u202c",
    "\u2066a\u2069\u2069b\u2067",
    "</text><script>alert(1)</script>",
    "<title>&amp;]]><!--",
    "\" onload='x' {entry} {0} %s",
    "a\u2028b\u2029c\nd\x85e\x00f\x1b[2J",
    "\ud800\ufffe\uffff",
    "😀" * 400,
    "",
)
