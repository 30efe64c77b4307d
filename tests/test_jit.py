"""Compiled kernels are kept only where the running user alone can write, and load only when something is compared."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from matcher.errors import DiskError
from matcher.files import LOCAL_DISK, Disk
from matcher.jit import cache_folder


def test_the_folder_is_the_users_own(tmp_path: Path) -> None:
    """Made with mode 700, in the user's cache folder, with a name that follows the kernels' source."""
    (tmp_path / "cache").mkdir(mode=0o700)
    folder = cache_folder(base=tmp_path / "cache")
    assert folder is not None
    assert folder.parent == tmp_path / "cache" / "epervier"
    assert folder.stat().st_mode & 0o777 == folder.parent.stat().st_mode & 0o777 == 0o700


def test_a_new_version_takes_the_place_of_the_old(tmp_path: Path) -> None:
    """Folders of other versions, a week old, go when this version's is made; younger ones and other files stay."""
    tmp_path.chmod(0o700)
    names = ("kernels-0123", "kernels-4567", "models")
    old, young, other = (tmp_path / "epervier" / name for name in names)
    for folder in (old, young, other):
        LOCAL_DISK.make_folder(folder)
        (folder / "file").write_bytes(b"x")
    for folder in (old, other):
        os.utime(folder, (0, 0))
    made = cache_folder(base=tmp_path)
    assert made is not None
    assert not old.exists()
    assert (young / "file").exists()
    assert (other / "file").exists()
    LOCAL_DISK.make_folder(old)
    os.utime(old, (0, 0))
    assert cache_folder(base=tmp_path) == made
    assert old.exists(), "only when a folder is made"


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777, 0o755])
def test_a_folder_that_others_can_enter_is_not_used(tmp_path: Path, mode: int) -> None:
    """Attack: the folder was there before us and others can write or read in it."""
    (tmp_path / "epervier").mkdir()
    (tmp_path / "epervier").chmod(mode)
    assert cache_folder(base=tmp_path) is None


def test_a_folder_that_others_can_replace_is_not_used(tmp_path: Path) -> None:
    """Attack: our folder is private, but the one above lets others put another in its place."""
    base = tmp_path / "shared"
    base.mkdir()
    base.chmod(0o777)
    assert cache_folder(base=base) is None


def test_a_folder_of_another_user_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Attack: another user made it, with the right mode."""
    (tmp_path / "epervier").mkdir(mode=0o700)
    monkeypatch.setattr(os, "getuid", lambda: 4242)
    assert cache_folder(base=tmp_path) is None


def test_without_a_folder_kernels_work_all_the_same(tmp_path: Path) -> None:
    """A disk that fails, or no home: nothing is kept, nothing is refused."""

    class Failing(Disk):
        def step(self, kind: str, path: Path) -> None:
            if kind == "make folder":
                raise OSError(30, "Read-only file system")

    assert cache_folder(Failing(), base=tmp_path) is None
    with pytest.raises(DiskError):
        LOCAL_DISK.is_private(tmp_path / "nowhere")


def test_importing_the_library_imports_no_numba() -> None:
    """Who reads a zone, imports a list or asks for help doesn't wait for the compiler."""
    modules = "matcher, matcher.index.documents, matcher.store, matcher.watchlist, matcher.names, matcher.cli.main"
    code = f"import sys, {modules}; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
