"""How old the lists in force are, and which are older than they may be: stale, but still searched.

A list's own policy says how old it may be, and the settings say it for all; the stricter one counts.
"""

from __future__ import annotations

import datetime
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matcher.watchlist import Watchlist

SECONDS_A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Age:
    """Since when a list says what it says: the instant that its source describes, else that of its import.

    Attributes:
        list_id: The list.
        since: Seconds since 1970.
        most: The age in seconds from which it is stale; infinite where nothing says so.
    """

    list_id: str
    since: float
    most: float = math.inf

    def seconds(self) -> int:
        """Return the age in whole seconds, 0 for an instant that is still to come."""
        return max(0, int(time.time() - self.since))


class Freshness:
    """The ages of one watchlist's lists.

    Args:
        watchlist: The lists in force.
        stale_after_days: The oldest that any list may be; None: what its policy says.
    """

    def __init__(self, watchlist: Watchlist, stale_after_days: float | None) -> None:
        imported, own = watchlist.imported_at(), watchlist.max_age_days()
        every = math.inf if stale_after_days is None else stale_after_days
        self.ages = [
            Age(
                one.list_id,
                _instant(one.as_of) or _instant(imported.get(one.list_id)) or time.time(),
                min(every, own.get(one.list_id, math.inf)) * SECONDS_A_DAY,
            )
            for one in watchlist.lists()
        ]
        self._next = min((age.since + age.most for age in self.ages), default=math.inf)

    def stale_lists(self) -> list[str]:
        """Return the ids of the lists that are stale by now."""
        if time.time() < self._next:  # the hot path: none is yet
            return []
        return [age.list_id for age in self.ages if self.is_stale(age)]

    def is_stale(self, age: Age) -> bool:
        """Tell whether a list of an age is stale."""
        return age.seconds() > age.most


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
