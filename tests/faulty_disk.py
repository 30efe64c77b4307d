"""A disk that fails or dies at the n-th call, for tests of what a store survives."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from matcher.files import Disk

T = TypeVar("T")
MODES = ("die", "fail", "late")
FILLS = {"create", "write", "flush", "make folder", "rename"}  # calls that a full disk refuses
TORN = b"\x00torn"  # what half a write may leave


class Died(BaseException):
    """The process is gone: nothing after it, no clean-up either, reaches the disk."""


class FaultyDisk(Disk):
    """Counts calls, and at the n-th (from 1) does as its mode says; `fault_at=0` only counts.

    Modes: `die`: the call and all later ones raise `Died`; a write leaves half of it behind. `fail`: that
    one call raises ENOSPC (EIO where nothing is written); a write leaves half of it behind. `late`: the
    call acts, then raises EIO, as the flush after a rename may.
    """

    def __init__(self, fault_at: int = 0, mode: str = "die") -> None:
        self.fault_at, self.mode = fault_at, mode
        self.kinds: list[str] = []
        self.is_dead = False

    @property
    def n_calls(self) -> int:
        """Calls so far."""
        return len(self.kinds)

    def is_seen(self, kind: str) -> bool:
        """Tell whether a fault at a call of that kind must reach the caller; a failed clean-up need not."""
        return self.mode == "die" or kind != "remove"

    def step(self, kind: str, path: Path) -> None:
        """Count a call, or raise its fault before it acts."""
        if self.is_dead:
            raise Died(kind)
        self.kinds.append(kind)
        if self.n_calls != self.fault_at or self.mode == "late":
            return
        if kind == "write":
            with path.open("ab") as stream:
                stream.write(TORN)
        if self.mode == "die":
            self.is_dead = True
            raise Died(kind)
        self._fail(errno.ENOSPC if kind in FILLS else errno.EIO)

    def _call(self, kind: str, path: Path, act: Callable[[], T]) -> T:
        def late() -> T:
            is_due = self.n_calls == self.fault_at and self.mode == "late"  # step has counted this call
            done = act()
            if is_due:
                if isinstance(done, io.IOBase):
                    done.close()  # nobody will get it
                self._fail(errno.EIO)
            return done

        return super()._call(kind, path, late)

    def _fail(self, code: int) -> None:
        raise OSError(code, os.strerror(code))
