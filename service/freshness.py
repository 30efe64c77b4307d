"""How old the lists in force are, and which are older than the settings allow: stale, but still searched."""

from __future__ import annotations

import datetime
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matcher.watchlist import Watchlist

SECONDS_A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Age:
    """Since when a list says what it says: the instant that its source describes, else that of its import."""

    list_id: str
    since: float

    def seconds(self) -> int:
        """Return the age in whole seconds, 0 for an instant that is still to come."""
        return max(0, int(time.time() - self.since))


class Freshness:
    """The ages of one watchlist's lists.

    Args:
        watchlist: The lists in force.
        stale_after_days: The oldest that a list may be; None: any age.
    """

    def __init__(self, watchlist: Watchlist, stale_after_days: float | None) -> None:
        imported = watchlist.imported_at()
        self.ages = [
            Age(one.list_id, _instant(one.as_of) or _instant(imported.get(one.list_id)) or time.time())
            for one in watchlist.lists()
        ]
        self._most = None if stale_after_days is None else stale_after_days * SECONDS_A_DAY
        self._next = min((age.since for age in self.ages), default=float("inf")) + (self._most or float("inf"))

    def stale_lists(self) -> list[str]:
        """Return the ids of the lists that are stale by now."""
        if time.time() < self._next:  # the hot path: none is yet
            return []
        return [age.list_id for age in self.ages if self.is_stale(age)]

    def is_stale(self, age: Age) -> bool:
        """Tell whether a list of an age is stale."""
        return self._most is not None and age.seconds() > self._most


def _instant(text: str | None) -> float | None:
    """Read an instant or a day as sources write them; None when it is neither.

    Examples:
        >>> _instant("1970-01-02"), _instant("1970-01-01T01:00:00+01:00"), _instant("spring"), _instant(None)
        (86400.0, 0.0, None, None)
    """
    try:
        read = datetime.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return (read if read.tzinfo else read.replace(tzinfo=datetime.UTC)).timestamp()
