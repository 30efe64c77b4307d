"""Arrow schemas of the data that crosses stages (architecture section 6), and their versions.

One string type inside: `large_string`; other string types are cast at one boundary, on entry.
Each column has one comment: what, unit, what null means, source where a standard names it.
Nothing here reads or writes files.
"""

from __future__ import annotations

import pyarrow as pa

SCHEMA_VERSION = 2  # of the files in a store; a store written by a newer one is refused

TEXT = pa.large_string()

PARTIAL_DATE = pa.struct(
    [
        ("year", pa.int16()),  # in `calendar`; null: unknown
        ("month", pa.int8()),  # 1..12; null: unknown
        ("day", pa.int8()),  # 1..31; null: unknown
        ("calendar", TEXT),  # null: gregorian
        ("year_to", pa.int16()),  # last year of a range beginning with `year`; null: one year
        ("approximate", pa.bool_()),  # the source says "circa"; null: false
    ]
)

CARRIED_DOCUMENT = pa.struct(
    [
        ("number", TEXT),  # as presented; never null
        ("issuing_state", TEXT),  # code or name as presented; null: not given
        ("type", TEXT),  # document code as presented (ICAO 9303 line 1, 1-2); null: not given
        ("expires_on", TEXT),  # as presented; null: not given
    ]
)

TRAVELLER = pa.schema(
    [
        ("reference", TEXT),  # the caller's key, else the 1-based row number; never null
        ("names", pa.large_list(TEXT)),  # original text; null or empty: none given
        ("birth_date", PARTIAL_DATE),  # null: not given, or impossible (then a warning says so)
        ("sex", TEXT),  # M, F or X; null: not given or not known (ICAO 9303-3: `<`)
        ("nationalities", pa.large_list(TEXT)),  # ISO 3166 alpha-3 or ICAO code; null: not given
        ("birth_place", TEXT),  # free text; null: not given
        ("documents", pa.large_list(CARRIED_DOCUMENT)),  # null or empty: none given
        ("source", TEXT),  # mrz, api, pnr or manual; null: not said, weighs 0
        ("verified", pa.bool_()),  # read by a machine from the document; null: not said
        ("carrier", TEXT),  # who carries the traveller, code or name; null: not said
        ("route", pa.large_list(TEXT)),  # places of the journey in order; null: not said
        ("indicators", pa.large_list(TEXT)),  # ids of `matcher.policy.indicators` that an officer ticked; null: none
        ("warnings", pa.large_list(TEXT)),  # codes of values set to null on the way in; null: none
        ("reject_reason", TEXT),  # why the row cannot be screened; null: it can
    ]
)

LISTED_NAME = pa.struct(
    [
        ("text", TEXT),  # as listed; never null
        ("kind", TEXT),  # primary, alias, weak_alias or original_script; never null
        ("quality", TEXT),  # the list's own word ("Good", "Low", "f.k.a."); null: not said
    ]
)

BIOMETRIC_REFERENCE = pa.struct(
    [
        ("kind", TEXT),  # fingerprint, face, DNA; never null
        ("holder", TEXT),  # who keeps it; null: not said
        ("reference", TEXT),  # the holder's key, never the biometric itself; never null
    ]
)

PATTERN = pa.struct(  # of a way of working; a list is null where the owner says nothing of it
    [
        ("document_types", pa.large_list(TEXT)),  # document codes
        ("issuing_states", pa.large_list(TEXT)),  # codes or names, as written
        ("routes", pa.large_list(TEXT)),  # places in order, joined by "-"
        ("carriers", pa.large_list(TEXT)),  # codes or names, as written
    ]
)

PERSON_ENTRY = pa.schema(
    [
        ("list_id", TEXT),  # list that holds the entry; never null
        ("entry_id", TEXT),  # unique in the list; never null
        ("kind", TEXT),  # person, organisation, conveyance or pattern; only persons are searched
        ("source_owner", TEXT),  # authority that entered it (NCB, committee); null: the list's owner
        ("source_reference", TEXT),  # the owner's own reference; null: none
        ("contact", TEXT),  # whom to ask; null: the list's contact
        ("category", TEXT),  # notice kind, `sanction` or `other`; never null
        ("role", TEXT),  # suspect, facilitator, victim, witness, missing or subject; null: subject
        ("protective", pa.bool_()),  # missing person, victim or witness; null: false
        ("discreet", pa.bool_()),  # the check must not show; null: false
        ("requested_action", TEXT),  # what the list asks for, quoted; null: not said
        ("purpose", TEXT),  # purpose the owner entered it for; null: not said
        ("handling_code", TEXT),  # the owner's code; null: none
        ("access_restriction", pa.large_list(TEXT)),  # countries or roles shut out; null: none
        ("entered_on", pa.date32()),  # days since 1970-01-01, as all dates here; null: not said
        ("review_on", pa.date32()),  # owner asked again on this day; null: not said
        ("expires_on", pa.date32()),  # not returned from this day on; null: no end said
        ("state", TEXT),  # active, suspended or withdrawn; null: active
        ("accuracy_note", TEXT),  # the owner's caveat; null: none
        ("related_entries", pa.large_list(TEXT)),  # entry ids or references; null: none
        ("operation_id", TEXT),  # operation or message that it belongs to; null: none
        ("biometric_references", pa.large_list(BIOMETRIC_REFERENCE)),  # null: none
        ("names", pa.large_list(LISTED_NAME)),  # all names, primary first; empty: found by document
        ("birth_dates", pa.large_list(PARTIAL_DATE)),  # every date listed; null: none
        ("sex", TEXT),  # M, F or X; null: not said
        ("nationalities", pa.large_list(TEXT)),  # alpha-3 or ICAO code, else as written; null: none
        ("birth_places", pa.large_list(TEXT)),  # free text; null: none
        ("pattern", PATTERN),  # of a way of working, which is no person; null: none
        ("note", TEXT),  # source text that no rule reads, kept; null: none
        ("source_row", pa.int64()),  # 1-based row or element in the source, for questions; never null
    ]
)

_CODE = pa.dictionary(pa.int16(), TEXT)

DOCUMENT_ENTRY = pa.schema(
    [
        ("number", TEXT),  # as listed; never null
        ("issuing_state", _CODE),  # alpha-3 or ICAO code, else as written; null: not said
        ("type", _CODE),  # document code as listed; null: not said
        ("status", _CODE),  # stolen, lost, stolen_blank, revoked or invalid; null: a person's document
        ("category", _CODE),  # `document`, or the person's category; never null
        ("reported_on", pa.date32()),  # null: not said
        ("issued_on", pa.date32()),  # null: not said
        ("expires_on", pa.date32()),  # of the document itself; null: not said
        ("review_on", pa.date32()),  # retention review (SLTD: automatic deletion); null: not said
        ("national_reference", TEXT),  # the issuer's own reference; null: none
        ("note", TEXT),  # circumstances of the loss, or text of the source; null: none
        ("state", _CODE),  # active, suspended or withdrawn; null: active
        ("person_entry_id", TEXT),  # entry that the document is attached to; null: a document list's row
        ("entry_id", TEXT),  # only where it can't be derived; null: person_entry_id, else keyed digest
        ("malformed", pa.bool_()),  # number can't be a key, found by exact text only; null: false
        ("source_row", pa.int32()),  # 1-based row or element in the source; never null
    ]
)

REJECT = pa.schema(
    [
        ("row", pa.int64()),  # 1-based row or element in the source; 0: the file as a whole
        ("reason", TEXT),  # code from `matcher.ingest.reject.REASONS`; never null
        ("field", TEXT),  # column or element; null: the whole row
        ("source_file", TEXT),  # base name of the file; never null
    ]
)

EVIDENCE = pa.struct(
    [
        ("feature", TEXT),  # prior, name, birth_date, sex, nationality, birth_place, document; never null
        ("level", TEXT),  # the comparison level reached; never null
        ("query_value", TEXT),  # what was presented, original text; null: nothing
        ("entry_value", TEXT),  # what is listed, original text; null: nothing
        ("weight_bits", pa.float64()),  # evidence weight, a multiple of 1/1024 bit; never null
    ]
)

MATCH = pa.struct(
    [
        ("list_id", TEXT),  # null: a neutral referral
        ("entry_id", TEXT),  # null: a neutral referral
        ("channel", TEXT),  # person, document, pattern or referral; never null
        ("outcome", TEXT),  # review or hit; never null
        ("match_weight", pa.float64()),  # bits, log2 odds; null: a pattern or a neutral referral
        ("match_probability", pa.float64()),  # 2^w / (1 + 2^w); null as the weight
        ("equal_name", pa.bool_()),  # the full name agrees and nothing opposes: review at least; never null
        ("explanation", pa.large_list(EVIDENCE)),  # leaves; their weights sum to match_weight
        ("category", TEXT),  # of the entry; null: a neutral referral
        ("role", TEXT),  # of the entry; null: a document
        ("protective", pa.bool_()),  # of the entry; never null
        ("requested_action", TEXT),  # quoted from the list, else the kind's code, or `refer`; never null
        ("urgency", TEXT),  # of the kind: immediate, prompt or routine; null: a neutral referral
        ("contact", TEXT),  # whom to ask; null: not said
        ("related", pa.large_list(TEXT)),  # `list/entry` of other matches here that are the same person; never null
        ("status", TEXT),  # of a listed document; null: person
        ("document_type", TEXT),  # code of a listed document; null: person, or not said
        ("reported_on", pa.date32()),  # day that a listed document was reported; null: person, or not said
    ]
)

CAP = pa.struct(
    [
        ("matches_over_limit", pa.int32()),  # matches beyond the limit, not returned; never null
        ("equal_names_opposed", pa.int32()),  # equal names left out because evidence opposes; never null
        ("names_over_limit", pa.int32()),  # names left out or read in part because of a limit; never null
        ("documents_over_limit", pa.int32()),  # documents left out because of a limit; never null
    ]
)

KNOWN_DIFFERENT = pa.struct(  # a pair that somebody decided to be two persons, and that is not raised
    [
        ("list_id", TEXT),  # never null
        ("entry_id", TEXT),  # never null
        ("author", TEXT),  # who decided; never null
        ("reason", TEXT),  # why; never null
        ("expires_on", pa.date32()),  # raised again from this day on; null: no end
    ]
)

DECISION = pa.schema(
    [
        ("reference", TEXT),  # the traveller's; never null
        ("outcome", TEXT),  # no_match, review or hit; a carrier's: cleared, refer or document_invalid; null: rejected
        ("match_weight", pa.float64()),  # of the best match, bits; null: no match
        ("list_id", TEXT),  # of the best match; null: no match
        ("entry_id", TEXT),  # of the best match; null: no match
        ("channel", TEXT),  # of the best match; null: no match
        ("matches", pa.large_list(MATCH)),  # ordered; empty: no match
        ("caps", CAP),  # what was counted instead of shown
        ("known_different", pa.large_list(KNOWN_DIFFERENT)),  # matches that an exception holds back; empty: none
        ("guidance", pa.large_list(TEXT)),  # ids of ticked indicators, whose guidance the officer is shown; empty: none
        ("warnings", pa.large_list(TEXT)),  # codes; empty: none
        ("reject_reason", TEXT),  # why the row was not screened; null: it was
        ("snapshot_id", TEXT),  # what was searched
        ("model_id", TEXT),  # what weighed
        ("decided_at", pa.timestamp("us", tz="UTC")),  # one value a batch
        ("is_lead", pa.bool_()),  # always true: a match is a lead, never proof
    ]
)

DOCUMENT_MATCH = pa.schema(
    [
        ("query_row", pa.int64()),  # 0-based row of the query; never null
        ("list_id", TEXT),  # never null
        ("entry_id", TEXT),  # never null
        ("number", TEXT),  # as listed; never null
        ("issuing_state", TEXT),  # as listed; null: not said
        ("type", TEXT),  # as listed; null: not said
        ("status", TEXT),  # as listed; null: a person's document
        ("reported_on", pa.date32()),  # null: not said
        ("slip", TEXT),  # kind of difference: exact, issuer, type, ...; never null
        ("match_weight", pa.float64()),  # bits; never null
    ]
)
