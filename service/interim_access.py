"""Stands for `matcher.access` until that is merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Access:
    roles: Sequence[str]
    country: str | None = None
    purpose: str | None = None
    scopes: Sequence[str] = ()
