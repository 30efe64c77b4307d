"""`epervier warm`: afterwards nothing is left to compile."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.runner import run

COUNTED = """
import sys
import numba.core.dispatcher as dispatcher
import matcher
watchlist = matcher.Store(sys.argv[1]).open()
watchlist.warm()
compiled = []
compile_ = dispatcher.Dispatcher.compile
def counted(self, signature):
    if signature not in [tuple(one) for one in self.signatures]:
        compiled.append(self.py_func.__name__)
    return compile_(self, signature)
dispatcher.Dispatcher.compile = counted
for name in ("Abdelrahman Youssef", "يوسف", "J Smith", "Nobody Heard Of"):
    watchlist.lookup(matcher.Traveller(names=(name,), birth_date="1974-08-12"))
print(*compiled)
"""


def test_says_what_is_ready(capsys: pytest.CaptureFixture[str], lists_store: Path) -> None:
    """The lists in force are opened and counted."""
    ran = run(capsys, "warm", "--store", lists_store)
    assert (ran.code, ran.err) == (0, "")
    assert "lists are ready" in ran.out


def test_without_a_store_what_any_lists_need_is_compiled(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set-up has no lists yet; made-up ones are imported, opened and thrown away."""
    monkeypatch.delenv("EPERVIER_STORE", raising=False)
    ran = run(capsys, "warm")
    assert (ran.code, ran.err) == (0, "")
    assert "compiled" in ran.out


def test_a_lookup_compiles_nothing_more(lists_store: Path) -> None:
    """After warming, lookups in two scripts meet no kernel that isn't compiled for mapped arrays."""
    ran = subprocess.run([sys.executable, "-c", COUNTED, str(lists_store)], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""
