"""The policy of one list: who may open it, how fresh and how whole it must be, and when its data ends.

A policy is a TOML file with id, source and date, given at an import or by `epervier lists policy`; the snapshot keeps
it, so that it is in force from one moment on together with the list. A list without one has `DEFAULT_POLICY`.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import tomllib
from typing import Any

import msgspec

from matcher.errors import PolicyError
from matcher.records import ListVersion

KEY_BYTES = 32  # of an Ed25519 public key
RETENTION_YEARS = {"person": 5.0, "document": 10.0}  # nominal data and documents (domain facts 4.1, 4.5)


class ListPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rules of one list.

    Attributes:
        id, source, date: Whose rules these are, and of which day (ISO).
        roles: Caller roles that may open the list; null: all.
        countries: States of callers that may; null: all.
        not_countries: States of callers that may not.
        purposes: Purposes that it may be opened for; null: all.
        needs_protection: Whether only callers with the scope `protection` may.
        max_age_days: Days after its as-of date from which the list is stale; null: never.
        max_shrink: Share of its entries that a new version may lack, 0 to 1.
        shrink_floor: Entries that may always be lacking, so that a list of few can change.
        retention_years: Years that entries of older versions are kept after the last version that held them; null:
            by kind, persons 5 and documents 10.
        ends_on_review: Whether a document's review date ends its report (SLTD: automatic deletion).
        signature_key: Ed25519 public key, base64, that every file of the list must be signed with; null: unsigned.
        contact: Whom a neutral referral names; null: nobody.

    Examples:
        >>> DEFAULT_POLICY.max_shrink, ListPolicy(id="x", source="us", date="2026-11-22").fault()
        (0.2, None)
    """

    id: str
    source: str
    date: str
    roles: tuple[str, ...] | None = None
    countries: tuple[str, ...] | None = None
    not_countries: tuple[str, ...] = ()
    purposes: tuple[str, ...] | None = None
    needs_protection: bool = False
    max_age_days: int | None = None
    max_shrink: float = 0.2
    shrink_floor: int = 20
    retention_years: float | None = None
    ends_on_review: bool = False
    signature_key: str | None = None
    contact: str | None = None

    def fault(self) -> str | None:
        """Say which rule is broken or contradicts another, or None."""
        checks: tuple[tuple[bool, str], ...] = (
            (not (self.id and self.source), "id and source must say whose rules these are"),
            (not _is_day(self.date), "date must be a day, YYYY-MM-DD"),
            (self.roles == (), "roles is empty, so nobody could open the list; leave it out or name roles"),
            (self.countries == (), "countries is empty, so nobody could open the list; leave it out or name states"),
            (self.purposes == (), "purposes is empty, so nobody could open the list; leave it out or name purposes"),
            (
                bool(set(self.countries or ()) & set(self.not_countries)),
                "a state is both in countries and in not_countries; decide",
            ),
            (not 0 <= self.max_shrink <= 1, "max_shrink must be a share from 0 to 1"),
            (self.shrink_floor < 0, "shrink_floor must not be negative"),
            (self.max_age_days is not None and self.max_age_days < 1, "max_age_days must be 1 or more"),
            (self.retention_years is not None and self.retention_years <= 0, "retention_years must be above 0"),
            (
                self.signature_key is not None and _key_bytes(self.signature_key) is None,
                f"signature_key must be {KEY_BYTES} bytes in base64",
            ),
        )
        return next((text for is_wrong, text in checks if is_wrong), None)

    def retention_of(self, kind: str) -> float:
        """Years that entries of a kind (`person`, `document`, ...) are kept; anything but a document as a person."""
        if self.retention_years is not None:
            return self.retention_years
        return RETENTION_YEARS["document" if kind == "document" else "person"]

    def key_bytes(self) -> bytes | None:
        """The public key that files must be signed with, as bytes."""
        return None if self.signature_key is None else _key_bytes(self.signature_key)


DEFAULT_POLICY = ListPolicy(id="list-policy-default", source="ours", date="2026-11-22")


def is_stale(version: ListVersion, policy: ListPolicy, day: datetime.date) -> bool:
    """Tell whether a list is older on a day than its policy allows, by its as-of date, else by its import."""
    said = version.as_of or version.imported_at
    if policy.max_age_days is None or said is None:
        return False
    return day - datetime.date.fromisoformat(said[:10]) > datetime.timedelta(days=policy.max_age_days)


def parse_list_policy(content: bytes) -> ListPolicy:
    """Read the TOML file of a policy; states and roles are checked by the caller that knows their tables.

    Raises:
        PolicyError: not TOML, an unknown field, a field of another type, or rules that contradict each other.

    Examples:
        >>> parse_list_policy(b'id = "p-1"\\nsource = "NCB"\\ndate = "2026-11-22"\\nroles = []')
        Traceback (most recent call last):
        matcher.errors.PolicyError: list policy: roles is empty, so nobody could open the list...
    """
    try:
        found: dict[str, Any] = tomllib.loads(content.decode("utf-8-sig"))
        policy = msgspec.convert(found, ListPolicy)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise PolicyError(f"list policy: it is not TOML in UTF-8 ({str(error)[:100]}); mend it") from error
    except msgspec.ValidationError as error:
        raise PolicyError(f"list policy: {error}; mend that field") from error
    if fault := policy.fault():
        raise PolicyError(f"list policy: {fault}")
    return policy


def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _key_bytes(text: str) -> bytes | None:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
    return key if len(key) == KEY_BYTES else None
