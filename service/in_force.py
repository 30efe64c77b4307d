"""What a request is answered with: a watchlist under one preset, with what every answer says about it.

Made once a snapshot and preset, so that a request only picks it up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from matcher.text import NORMALISER_VERSION
from service.freshness import Freshness

if TYPE_CHECKING:
    from matcher.access import Access
    from matcher.watchlist import Watchlist
    from service.current import Current


@dataclass(slots=True)
class InForce:
    """A watchlist and the ids that name what answers.

    Attributes:
        watchlist: The lists, under one preset.
        freshness: How old they are.
        ids: What the answer's body says: snapshot, model, normaliser.
        headers: The same for the answer's head; nothing on the way may keep an answer.
        apart: The lists for long work, once that was asked for.
    """

    watchlist: Watchlist
    freshness: Freshness
    ids: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    apart: Watchlist | None = None

    @classmethod
    def of(cls, watchlist: Watchlist, freshness: Freshness) -> InForce:
        """Name what answers."""
        ids = {
            "snapshot_id": watchlist.snapshot_id,
            "model_id": watchlist.model_id,
            "normaliser_version": NORMALISER_VERSION,
        }
        headers = {
            "Cache-Control": "no-store",
            "X-Snapshot-Id": watchlist.snapshot_id,
            "X-Model-Id": watchlist.model_id,
            "X-Normaliser-Version": NORMALISER_VERSION,
        }
        return cls(watchlist, freshness, ids, headers)

    def screening(self) -> Watchlist:
        """Return the same lists for long work, which keeps no lookup waiting; made when first asked for."""
        if self.apart is None:
            self.apart = self.watchlist.apart()
        return self.apart

    def told(self) -> dict[str, Any]:
        """Return what the body of a lookup's answer says beside the decisions."""
        return {**self.ids, "stale_lists": self.freshness.stale_lists()}


class Presets:
    """The snapshot in force under each preset that was asked for.

    Args:
        current: Holds the snapshot in force.
        stale_after_days: As for `Freshness`.
    """

    def __init__(self, current: Current, stale_after_days: float | None) -> None:
        self._current, self._stale_after_days = current, stale_after_days
        self._of: dict[Access | None, Watchlist] = {}
        self._made: dict[tuple[Access | None, str | None], InForce] = {}

    def in_force(self, preset: str | None = None, access: Access | None = None) -> InForce:
        """Return what a request that begins now is answered with.

        Args:
            preset: Where reviews and hits begin; None: the default.
            access: For whom; None: the library's default.

        Raises:
            NotReadyError: no snapshot is open yet.
            UsageError: there is no such preset.
        """
        watchlist = self._current.watchlist(access)
        if self._of.get(access) is not watchlist:
            self._of = {one: held for one, held in self._of.items() if self._current.holds(one, held)}
            self._made = {key: made for key, made in self._made.items() if key[0] in self._of and key[0] != access}
            self._made[access, None] = InForce.of(watchlist, Freshness(watchlist, self._stale_after_days))
            self._of[access] = watchlist
        made = self._made.get((access, preset))
        if made is None:
            assert preset is not None
            made = InForce.of(watchlist.with_preset(preset), self._made[access, None].freshness)
            self._made[access, preset] = made
        return made
