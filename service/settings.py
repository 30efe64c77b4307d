"""Settings of the service: environment variables with the prefix `EPERVIER_`, or options of `serve`.

Everything has a default except the store. A value outside its range refuses to start.
"""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What the service is told at start; frozen afterwards.

    Examples:
        >>> Settings(store="lists.store").max_travellers
        1000
    """

    model_config = SettingsConfigDict(env_prefix="EPERVIER_", frozen=True, extra="ignore")

    store: Path  # folder of the list store
    host: str = "127.0.0.1"  # loopback only until there are keys
    port: int = Field(default=8000, ge=0, le=65535)
    max_body_bytes: int = Field(default=4 << 20, ge=1)  # 1,000 travellers of 4 KiB each
    max_travellers: int = Field(default=1000, ge=1)  # in one request
    max_documents: int = Field(default=1000, ge=1)  # in one request
    body_timeout_seconds: float = Field(default=30.0, gt=0)  # for a body to arrive
    workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)  # threads that look up
    queue: int = Field(default=64, ge=0)  # requests that may wait for a thread
    retry_after_seconds: int = Field(default=2, ge=1)  # told to callers that are turned away
    allowed_hosts: frozenset[str] = frozenset({"localhost", "127.0.0.1", "[::1]"})  # in the Host header
    processes: int = Field(default=1, ge=1, le=256, description="Worker processes; each maps the same lists.")
    stop_seconds: int = Field(default=30, ge=1, description="For requests under way to end when the service stops.")
    max_screening_bytes: int = Field(default=256 << 20, ge=1, description="Of a passenger file.")
    max_screening_rows: int = Field(default=1_000_000, ge=1, description="Travellers of a passenger file.")
    screening_timeout_seconds: float = Field(default=3600.0, gt=0, description="For a screening to end.")
    screenings: int = Field(default=2, ge=1, description="Screenings that run at once, in each process.")
    max_pairs: int = Field(default=10_000, ge=1, description="Pairs of names in one request.")
    stale_after_days: float | None = Field(default=None, gt=0, description="Older lists are stale; none: any age.")
    access_log: bool = Field(default=True, description="Whether each request is a line of the log.")
