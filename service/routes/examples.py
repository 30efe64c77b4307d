"""Examples of requests and answers, for the OpenAPI document; a test sends the requests."""

from __future__ import annotations

from typing import Any

ZONE = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
IDS = {"snapshot_id": "s0123456789abcdef0123", "model_id": "names-1", "normaliser_version": "n4"}
_DOCUMENT = {"number": "L898902C3", "issuing_state": "UTO", "type": "P"}

LOOKUPS: dict[str, Any] = {
    "a traveller with a passport": {
        "value": {
            "travellers": [
                {
                    "reference": "row-17",
                    "names": ["ERIKSSON, Anna Maria"],
                    "birth_date": "1974-08-12",
                    "sex": "F",
                    "nationalities": ["UTO"],
                    "documents": [_DOCUMENT],
                }
            ]
        }
    },
    "a machine readable zone": {"value": {"mrz": ZONE}},
    "a document alone": {"value": {"document": _DOCUMENT}},
    "two names in two scripts": {"value": {"travellers": [{"names": ["يوسف عبد الرحمن"]}, {"names": ["Yusuf"]}]}},
    "fewer misses, and missing persons only": {
        "value": {"travellers": [{"names": ["Anna Eriksson"]}], "preset": "high-recall", "roles": ["missing"]}
    },
}
LOOKED_UP = {
    "decisions": [
        {
            "reference": "row-17",
            "outcome": "no_match",
            "reject_reason": None,
            "warnings": [],
            "matches": [],
            "caps": {
                "matches_over_limit": 0,
                "equal_names_opposed": 0,
                "names_over_limit": 0,
                "documents_over_limit": 0,
            },
            "snapshot_id": IDS["snapshot_id"],
            "model_id": IDS["model_id"],
            "decided_at": "2026-11-22T04:00:00+00:00",
            "is_lead": True,
        }
    ],
    **IDS,
    "stale_lists": [],
}
DOCUMENT_SEARCHES: dict[str, Any] = {"one passport": {"value": {"documents": [_DOCUMENT], "near": False}}}
COMPARISONS: dict[str, Any] = {
    "two names": {"value": {"left": "Yusuf Abd al-Rahman", "right": "يوسف عبد الرحمن"}},
    "columns": {"value": {"left": ["Jon Smith", None], "right": ["John Smith", "Ali"]}},
}
COMPARED = {"comparisons": [{"match_weight": 4.5, "match_probability": 0.958, "same": True}], **IDS}
LISTS = {
    "lists": [
        {
            "list_id": "sltd",
            "version": "v0123456789abcdef0123",
            "format": "sltd-csv",
            "as_of": None,
            "entries": 3,
            "malformed": 0,
            "rejects": 1,
            "by_kind": {"document": 3},
            "by_reason": {"no_number": 1},
            "dropped": 0,
            "notes": {},
            "imported_at": "2026-11-22T04:00:00+00:00",
            "age_seconds": 60,
            "is_stale": False,
        }
    ],
    **IDS,
}
SCREENED = {
    "ended": {"travellers": 1, "outcomes": {"no_match": 1, "review": 0, "hit": 0}, "rejects": {}, "warnings": {}}
}
