"""Slow twin of the near search: every listed number against every presented one, by the definition of each slip.

Nothing here shares code with `matcher.index`: strings, comprehensions and the tables' own rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import combinations

from matcher.documents.numbers import lookup_key, normalise
from matcher.documents.slips import SLIPS, look_alikes
from matcher.documents.states import issuer_group, short_codes, state_code
from matcher.documents.types import document_class

SHORTEST = 4
Found = tuple[int, int, str, int]  # query row, row, slip, characters changed
Who = tuple[str | None, str | None]  # issuing state, type


def check_digit(number: str) -> str:
    """ICAO 9303-3, 4.9."""
    return str(sum(int(sign, 36) * (7, 3, 1)[at % 3] for at, sign in enumerate(number)) % 10)


def is_lookalike(query: str, listed: str) -> bool:
    """One or two characters became look-alikes."""
    pairs = [frozenset(pair) for pair in zip(query, listed, strict=False) if pair[0] != pair[1]]
    return len(query) == len(listed) and 1 <= len(pairs) <= 2 and all(pair in look_alikes() for pair in pairs)


def has_check_digit(query: str, listed: str) -> bool:
    """One is the other and its check digit."""
    return query == listed + check_digit(listed) or listed == query + check_digit(query)


def is_prefix(query: str, listed: str) -> bool:
    """One is the first nine characters of the other."""
    return query != listed and 9 in (len(query), len(listed)) and query[:9] == listed[:9]


def extra_in_front(query: str, listed: str) -> str:
    """What stands before the shorter number at the end of the longer; empty when it isn't there."""
    shorter, longer = sorted((query, listed), key=len)
    return longer[: -len(shorter)] if longer.endswith(shorter) and len(shorter) < len(longer) else ""


def is_glued(query: str, listed: str) -> bool:
    """A state's code or a letter of type stands in front of one."""
    extra = extra_in_front(query, listed)
    return bool(extra) and (extra in short_codes() or extra in tuple("PVICA"))


def is_leading(query: str, listed: str) -> bool:
    """Letters or zeros stand in front of one."""
    return bool(re.fullmatch("[A-Z0]+", extra_in_front(query, listed)))


def is_transposed(query: str, listed: str) -> bool:
    """Two neighbours changed places."""
    return query != listed and any(
        query[:at] + query[at + 1] + query[at] + query[at + 2 :] == listed for at in range(len(query) - 1)
    )


def is_substituted(query: str, listed: str) -> bool:
    """One character is another."""
    return len(query) == len(listed) and sum(one != two for one, two in zip(query, listed, strict=True)) == 1


def is_deleted(query: str, listed: str) -> bool:
    """The presented number lacks a character."""
    return len(listed) == len(query) + 1 and tuple(query) in combinations(listed, len(query))


def is_inserted(query: str, listed: str) -> bool:
    """The presented number has a character more."""
    return is_deleted(listed, query)


DEFINITIONS: dict[str, Callable[[str, str], bool]] = {
    "exact": str.__eq__,
    "lookalike": is_lookalike,
    "check_digit": has_check_digit,
    "prefix": is_prefix,
    "glued": is_glued,
    "leading": is_leading,
    "transposed": is_transposed,
    "substituted": is_substituted,
    "deleted": is_deleted,
    "inserted": is_inserted,
}


def slip(query: str, listed: str) -> str | None:
    """The first slip that two normalised numbers show; None when they aren't near."""
    for name in SLIPS:
        if DEFINITIONS[name](query, listed):
            return name if name == "exact" or min(len(query), len(listed)) >= SHORTEST else None
    return None


def n_changed(query: str, listed: str) -> int:
    """Characters that differ, or how many more one has."""
    differing = sum(one != two for one, two in zip(query, listed, strict=False))
    return differing if len(query) == len(listed) else abs(len(query) - len(listed))


def fits(query: Who, listed: Who) -> bool:
    """Issuer group and class are the same, or one side doesn't say them."""
    pairs = zip((issuer_group(state_code(query[0]) or ""), document_class(query[1])),
                (issuer_group(listed[0] or ""), document_class(listed[1])), strict=True)  # fmt: skip
    return all(not one or not other or one == other for one, other in pairs)


def near(
    queries: Sequence[str], numbers: Sequence[str], asked: Sequence[Who] = (), known: Sequence[Who] = ()
) -> list[Found]:
    """Every near pair, by query, then slip, changed characters and row; of `asked` and `known` issuers and types."""
    found = []
    for query_row, query in enumerate(queries):
        presented = normalise(query)
        for row, number in enumerate(numbers):
            listed = lookup_key(number)
            if listed and listed == lookup_key(query):
                found.append((query_row, row, "exact", 0))
                continue
            if asked and not fits(asked[query_row], known[row]):
                continue
            both = re.fullmatch("[0-9A-Z]{1,24}", presented) and re.fullmatch("[0-9A-Z]{1,20}", listed)
            if both and (name := slip(presented, listed)) is not None:
                found.append((query_row, row, name, n_changed(presented, listed)))
    return sorted(found, key=lambda one: (one[0], SLIPS.index(one[2]), one[3], one[1]))
