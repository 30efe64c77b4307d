"""What an evaluation assumes unless its caller says otherwise: `defaults.toml`."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources

from matcher.errors import UsageError
from matcher.score.model import DEFAULT_PRESET, PRESETS


@functools.cache
def defaults() -> dict[str, float]:
    """Read the numbers of `defaults.toml` by name.

    Examples:
        >>> defaults()["base_rate"]
        0.0001
    """
    table = tomllib.loads(resources.files("matcher.report").joinpath("defaults.toml").read_text("utf-8"))
    return {name: section["value"] for name, section in table.items() if isinstance(section, dict)}


@functools.cache
def source_of(name: str) -> str:
    """Say where a default comes from."""
    table = tomllib.loads(resources.files("matcher.report").joinpath("defaults.toml").read_text("utf-8"))
    source: str = table[name]["source"]
    return source


@dataclass(frozen=True, slots=True)
class Settings:
    """What the caller says about an evaluation.

    Attributes:
        preset: Whose thresholds the groups are measured at.
        base_rate: Share of true travellers for precision and cost; None: the default.
        miss_cost: Price of a miss in false alarms; None: the default.
        list_sizes: Shares of the lists, each above 0 and at most 1; empty: only the whole lists.

    Raises:
        UsageError: a number outside its range, or no such preset.
    """

    preset: str = DEFAULT_PRESET
    base_rate: float | None = None
    miss_cost: float | None = None
    list_sizes: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.preset not in PRESETS:
            raise UsageError(f"no preset {ascii(self.preset)[:40]}; the presets are {', '.join(PRESETS)}")
        if self.base_rate is not None and not 0 < self.base_rate < 1:
            raise UsageError("the base rate must be above 0 and below 1; give the share of true travellers")
        if self.miss_cost is not None and not 0 < self.miss_cost < float("inf"):
            raise UsageError("the price of a miss must be above 0; give it in false alarms")
        if not all(0 < size <= 1 for size in self.list_sizes):
            raise UsageError("list sizes are shares of the lists, above 0 and at most 1, such as 0.25,0.5,1")

    def rate(self) -> float:
        """The base rate."""
        return defaults()["base_rate"] if self.base_rate is None else self.base_rate

    def price(self) -> float:
        """The price of a miss in false alarms."""
        return defaults()["miss_cost"] if self.miss_cost is None else self.miss_cost
