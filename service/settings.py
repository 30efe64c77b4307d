"""Settings of the service: options of `serve`, then `EPERVIER_` variables, then a TOML file, then defaults.

Everything has a default except the store. A value outside its range, or a name in the file that is no
setting, refuses to start. The table in README.md is made of this class and held equal by a test.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from matcher.errors import UsageError

PREFIX = "EPERVIER_"


class Settings(BaseSettings):
    """What the service is told at start; frozen afterwards.

    Examples:
        >>> settings = Settings(store="lists.store")
        >>> settings.max_travellers, settings.database_url.get_secret_value(), str(settings.checkpoint_folder)
        (1000, 'sqlite:///lists.store/service.sqlite', 'lists.store/audit')
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")
    from_file: ClassVar[dict[str, Any]] = {}  # of the subclass that `with_file` makes

    store: Path = Field(description="Folder of the list store.")
    host: str = Field(default="127.0.0.1", description="Address to listen on; loopback until a key was made.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on, 0: any.")
    allowed_hosts: frozenset[str] = Field(
        default=frozenset({"localhost", "127.0.0.1", "[::1]"}), description="Names that a Host header may give."
    )
    processes: int = Field(default=1, ge=1, le=256, description="Worker processes; each maps the same lists.")
    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1, ge=1, description="Threads that look up, in each process."
    )
    queue: int = Field(default=64, ge=0, description="Requests that may wait for a thread.")
    retry_after_seconds: int = Field(default=2, ge=1, description="Told to callers that are turned away.")
    stop_seconds: int = Field(default=30, ge=1, description="For requests under way to end when the service stops.")
    max_body_bytes: int = Field(default=4 << 20, ge=1, description="Of a JSON body: 1,000 travellers of 4 KiB each.")
    max_import_bytes: int = Field(default=4 << 30, ge=1, description="Of one list file that is imported.")
    body_timeout_seconds: float = Field(default=30.0, gt=0, description="For a JSON body to arrive.")
    import_timeout_seconds: float = Field(default=3600.0, gt=0, description="For a list file to arrive.")
    max_travellers: int = Field(default=1000, ge=1, description="In one request.")
    max_documents: int = Field(default=1000, ge=1, description="In one request.")
    max_screening_bytes: int = Field(default=256 << 20, ge=1, description="Of a passenger file.")
    max_screening_rows: int = Field(default=1_000_000, ge=1, description="Travellers of a passenger file.")
    screening_timeout_seconds: float = Field(default=3600.0, gt=0, description="For a screening to end.")
    screenings: int = Field(default=2, ge=1, description="Screenings that run at once, in each process.")
    max_pairs: int = Field(default=10_000, ge=1, description="Pairs of names in one request.")
    stale_after_days: float | None = Field(default=None, gt=0, description="Older lists are stale; none: any age.")
    access_log: bool = Field(default=True, description="Whether each request is a line of the log.")
    max_watchlists: int = Field(default=16, ge=1, description="Kept open at once, one for each distinct access.")
    database: SecretStr = Field(
        default=SecretStr("sqlite"), description="`sqlite`: a file in the store's folder; or a `postgresql://` address."
    )
    database_timeout_seconds: float = Field(default=5.0, gt=0, description="For the database to take a write.")
    keys_refresh_seconds: float = Field(default=0.5, gt=0, le=10, description="A revoked key stops within twice this.")
    rate_per_second: float = Field(default=100.0, gt=0, description="Requests of a key that has no rate of its own.")
    rate_burst_seconds: float = Field(default=2.0, ge=1, description="Seconds of its rate that a caller may save up.")
    refused_per_second: float = Field(
        default=20.0, gt=0, description="Refused callers that are recorded; more get 429."
    )
    idempotency_hours: float = Field(
        default=24.0, gt=0, description="How long the answer of a request with Idempotency-Key is kept."
    )
    checkpoints: Path | None = Field(
        default=None, description="Folder of signed checkpoints and their key; by default `audit` in the store."
    )
    checkpoint_records: int = Field(default=1000, ge=1, description="Records after which a checkpoint is signed.")
    checkpoint_seconds: float = Field(default=60.0, gt=0, description="Time after which a checkpoint is signed.")
    digest_period_days: float = Field(default=30.0, gt=0, description="How long one key digests the queries.")
    digest_periods_kept: int = Field(
        default=12, ge=0, description="Ended periods whose digest key is not yet destroyed."
    )
    behind_proxy: bool = Field(
        default=False, description="TLS ends at a proxy in front: other addresses than loopback need none here."
    )
    tls_certificate: Path | None = Field(default=None, description="Certificate chain (PEM); turns TLS on.")
    tls_key: Path | None = Field(default=None, description="Private key of the certificate (PEM).")
    tls_key_password: SecretStr | None = Field(default=None, description="Password of that private key.")

    @property
    def database_url(self) -> SecretStr:
        """Address of the database, with what `sqlite` stands for."""
        given = self.database.get_secret_value()
        if given == "sqlite":
            return SecretStr(f"sqlite:///{self.store / 'service.sqlite'}")
        driver = "postgresql+psycopg://"
        for scheme in ("postgresql://", "postgres://"):
            if given.startswith(scheme):
                return SecretStr(driver + given.removeprefix(scheme))
        return self.database

    @property
    def checkpoint_folder(self) -> Path:
        """Folder of signed checkpoints."""
        return self.checkpoints or self.store / "audit"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[Any, ...]:
        """Read options first, then the environment, then the file."""
        return init_settings, env_settings, lambda: cls.from_file


def with_file(path: Path) -> type[Settings]:
    """Make settings that also read a TOML file, below options and environment.

    Raises:
        UsageError: the file can't be read, or is not TOML.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read settings from {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"settings file {path} is not TOML in UTF-8; put `name = value` on each line") from error
    return type("FileSettings", (Settings,), {"from_file": found, "__module__": __name__})


def shown(settings: Settings) -> dict[str, str]:
    """Return every setting as text, secrets hidden, in the order of the class.

    Examples:
        >>> told = shown(Settings(store="s", database="postgresql://police:secret@db/audit"))
        >>> told["port"], told["database"]
        ('8000', 'postgresql://police:***@db/audit')
    """
    return {name: _shown(name, getattr(settings, name)) for name in type(settings).model_fields}


def table() -> list[tuple[str, str, str]]:
    """Return name, default and meaning of every setting, for README.md."""
    rows = []
    for name, field in Settings.model_fields.items():
        if field.is_required():
            default = "required"
        elif field.default_factory is not None:
            default = "one a core"
        else:
            default = _shown(name, field.default)
        rows.append((name, default, field.description or ""))
    return rows


def _shown(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "database":
        return _without_password(value.get_secret_value())
    if isinstance(value, frozenset):
        return ", ".join(sorted(value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _without_password(address: str) -> str:
    scheme, separator, rest = address.partition("://")
    place, at, host = rest.rpartition("@")
    user, colon, _ = place.partition(":")
    hidden = f"{user}:***" if colon else user
    return f"{scheme}{separator}{hidden}{at}{host.partition('?')[0]}"  # a query may hold a password too
