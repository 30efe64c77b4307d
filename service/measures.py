"""What is counted, for Prometheus: requests, lookups, refusals, the queue, and the lists in force.

No label holds what a caller wrote: routes are templates, refusals the slugs of the problems table, lists their ids.
With several processes each writes its counts into files of one folder (`PROMETHEUS_MULTIPROC_DIR`, set by `serve`
before this module is imported), and whichever process is asked adds them up.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

if TYPE_CHECKING:
    from service.current import Current
    from service.in_force import Presets

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)


class Measures:
    """The counts of one process.

    Examples:
        >>> measures = Measures()
        >>> measures.looked_up("hit")
        >>> b'epervier_lookups_total{outcome="hit"} 1.0' in measures.text()
        True
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._lookups = Counter(
            "epervier_lookups",
            "Travellers decided, by outcome; rejected: could not be.",
            ["outcome"],
            registry=self.registry,
        )
        self._requests = Counter("epervier_requests", "Requests answered.", ["route", "status"], registry=self.registry)
        self._seconds = Histogram(
            "epervier_request_seconds", "From request to the end of its answer.", ["route"], buckets=SECONDS,
            registry=self.registry,
        )  # fmt: skip
        self._refusals = Counter(
            "epervier_refusals",
            "Problems answered, by the last part of their type.",
            ["problem"],
            registry=self.registry,
        )
        self._depth = Gauge(
            "epervier_queue_depth", "Requests that run in or wait for a thread.", ["queue"],
            registry=self.registry, multiprocess_mode="livesum",
        )  # fmt: skip

        self._lists: _Lists | None = None
        self._known: dict[tuple[str, int], tuple[Counter, Histogram]] = {}

    def looked_up(self, outcome: str | None) -> None:
        """Count a decision; no outcome: the traveller could not be looked up."""
        self._lookups.labels(outcome or "rejected").inc()

    def refused(self, slug: str) -> None:
        """Count a problem by its slug."""
        self._refusals.labels(slug).inc()

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Count a request by its route's template."""
        known = self._known.get((route, status))
        if known is None:  # finding a label's count takes longer than counting
            known = self._requests.labels(route, str(status)), self._seconds.labels(route)
            self._known[route, status] = known
        known[0].inc()
        known[1].observe(seconds)

    def queued(self, queue: str, depth: int) -> None:
        """Note how many requests a queue holds."""
        self._depth.labels(queue).set(depth)

    def watch(self, current: Current, presets: Presets) -> None:
        """Show the lists in force with the rest."""
        self._lists = _Lists(current, presets)

    def text(self) -> bytes:
        """Write everything in Prometheus's text format."""
        registry = CollectorRegistry()
        folder = os.environ.get(FOLDER_VARIABLE)
        if folder:
            forget_dead(Path(folder))
            MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
        else:
            registry = self.registry
        return generate_latest(registry) + self._in_force()

    def _in_force(self) -> bytes:
        if self._lists is None:
            return b""
        registry = CollectorRegistry()
        registry.register(self._lists)
        return generate_latest(registry)


class _Lists:
    """Age and size of the lists in force, of the process that is asked."""

    def __init__(self, current: Current, presets: Presets) -> None:
        self._current, self._presets = current, presets

    def collect(self) -> Iterable[GaugeMetricFamily]:
        age = GaugeMetricFamily("epervier_list_age_seconds", "Since what the list describes.", labels=["list_id"])
        entries = GaugeMetricFamily("epervier_list_entries", "Entries of the list.", labels=["list_id"])
        stale = GaugeMetricFamily("epervier_list_stale", "1: older than allowed.", labels=["list_id"])
        behind = GaugeMetricFamily("epervier_snapshot_behind", "1: a newer snapshot is not open yet.")
        snapshot = GaugeMetricFamily("epervier_snapshot", "What answers.", labels=["snapshot_id", "model_id"])
        behind.add_metric([], float(self._current.is_behind))
        if self._current.is_open:
            in_force = self._presets.in_force()
            snapshot.add_metric([in_force.watchlist.snapshot_id, in_force.watchlist.model_id], 1.0)
            for one in in_force.watchlist.lists():
                entries.add_metric([one.list_id], float(one.entries))
            for each in in_force.freshness.ages:
                age.add_metric([each.list_id], float(each.seconds()))
                stale.add_metric([each.list_id], float(in_force.freshness.is_stale(each)))
        return [age, entries, stale, behind, snapshot]


def forget_dead(folder: Path) -> None:
    """Remove the gauges of processes that have ended, however they did; their counters stay in the sums."""
    for path in folder.glob("gauge_live*_*.db"):
        pid = path.stem.rpartition("_")[2]
        if pid.isdecimal() and not Path(f"/proc/{pid}").exists() and not _runs(int(pid)):
            mark_process_dead(int(pid), str(folder))  # type: ignore[no-untyped-call]


def _runs(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        try:
            os.kill(pid, 0)
        except PermissionError:
            return True
        return True
    return False
