"""Who may call what: the table `tables/routes.tsv`, and the access that an admitted caller's lists are opened for.

The table is the only way in: a request that matches none of its rows is refused before it reaches a route.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

from matcher.access import Access
from matcher.errors import ModelError
from service.keys import Key
from service.refusals import MethodError, RouteError

PUBLIC = "public"
COLUMNS = ("method", "path", "roles", "without_keys", "purpose", "recorded", "idempotency")
_WORDS = {
    "without_keys": {"yes": True, "no": False},
    "purpose": {"required": True, "none": False},
    "recorded": {"yes": True, "no": False},
    "idempotency": {"kept": True, "refused": False},
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table.

    Attributes:
        method: HTTP method.
        path: Path as a template.
        roles: Who may call it; empty where it is public.
        is_public: Anybody may, without a key.
        is_open_without_keys: Served while no key was ever made.
        needs_purpose: A purpose must be given, with keys.
        is_recorded: Each request is a record of the audit.
        keeps_answers: Idempotency-Key is honoured.
        name: Method and path, as the audit tells it.
    """

    method: str
    path: str
    roles: frozenset[str]
    is_public: bool
    is_open_without_keys: bool
    needs_purpose: bool
    is_recorded: bool
    keeps_answers: bool
    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", f"{self.method} {self.path}")


class Rules:
    """The table, ready to be asked.

    Examples:
        >>> rules = Rules.load()
        >>> rules.find("POST", "/v1/lists/un-sc/imports").path
        '/v1/lists/{list_id}/imports'
        >>> rules.find("GET", "/docs")
        Traceback (most recent call last):
        service.refusals.RouteError: nothing is served at that path; see /openapi.json
    """

    def __init__(self, rows: list[Rule]) -> None:
        self.rows = tuple(rows)
        self._whole = {(rule.method, rule.path): rule for rule in rows}
        self._templates = [(_pattern(rule.path), rule) for rule in rows if "{" in rule.path]

    @classmethod
    def load(cls) -> Rules:
        """Read the table that is shipped.

        Raises:
            ModelError: a row breaks the table's rules.
        """
        text = (files("service") / "tables" / "routes.tsv").read_text(encoding="utf-8")
        return cls.read(text)

    @classmethod
    def read(cls, text: str) -> Rules:
        """Read a table from its text."""
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        reader = csv.DictReader(lines, delimiter="\t")
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise ModelError(f"the table of routes needs the columns {', '.join(COLUMNS)}")
        rows = [_rule(row, number) for number, row in enumerate(reader, start=1)]
        if len({(rule.method, rule.path) for rule in rows}) != len(rows):
            raise ModelError("the table of routes names a route twice")
        return cls(rows)

    def find(self, method: str, path: str) -> Rule:
        """Return the row of a request.

        Raises:
            RouteError: nothing is served at the path.
            MethodError: the path is not served with that method.
        """
        if (rule := self._whole.get((method, path))) is not None:
            return rule
        served = [rule for rule in self.rows if rule.path == path]
        served = served or [rule for pattern, rule in self._templates if pattern.fullmatch(path)]
        for rule in served:
            if rule.method == method:
                return rule
        if served:
            allowed = ", ".join(sorted({rule.method for rule in served}))
            raise MethodError("the path is not served with that method; see /openapi.json", allowed)
        raise RouteError("nothing is served at that path; see /openapi.json")


@lru_cache(maxsize=4096)
def access_of(key: Key, purpose: str | None) -> Access:
    """Return what the lists are opened for when the holder of a key asks for a purpose."""
    return Access(roles=key.roles, country=key.country, purpose=purpose, scopes=key.scopes)


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[a-z_]+\\\}", "[^/]+", re.escape(path)))


def _rule(row: dict[str, str], number: int) -> Rule:
    words = {}
    for column, meanings in _WORDS.items():
        if row[column] not in meanings:
            raise ModelError(f"row {number} of the table of routes: {column} must be {' or '.join(meanings)}")
        words[column] = meanings[row[column]]
    roles = frozenset(row["roles"].split(","))
    if not all(roles) or (PUBLIC in roles and len(roles) > 1):
        raise ModelError(f"row {number} of the table of routes: roles are separated by commas, or are `public`")
    return Rule(
        method=row["method"],
        path=row["path"],
        roles=roles - {PUBLIC},
        is_public=PUBLIC in roles,
        is_open_without_keys=words["without_keys"],
        needs_purpose=words["purpose"],
        is_recorded=words["recorded"],
        keeps_answers=words["idempotency"],
    )
