"""Faults planted in the shipped tables: one exact piece of a file replaced by another."""

from __future__ import annotations

from matcher.policy.tables import shipped


def planted(table: str, old: str, new: str) -> bytes:
    """Replace the first `old` of a shipped table; fails where the table doesn't hold it."""
    text = shipped(table).decode("utf-8")
    assert old in text, f"{table} no longer holds the piece that the fault is planted in"
    return text.replace(old, new, 1).encode("utf-8")
