"""A PostgreSQL server of its own, on a socket in a temporary folder, run by a user that is not the administrator."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDERS = "/usr/lib/postgresql"  # where Debian keeps them, one folder a version
MISSING = "PostgreSQL is not installed; install it with: apt-get install postgresql"
UNPRIVILEGED = ("postgres", "nobody")


def binary(name: str) -> str | None:
    """Find a program of PostgreSQL, the newest version's first."""
    versions = sorted(Path(FOLDERS).glob("*/bin"), key=lambda folder: int(folder.parent.name.partition(".")[0]))
    for folder in reversed(versions):
        if (folder / name).is_file():
            return str(folder / name)
    return shutil.which(name)


def account() -> str | None:
    """Name the user to run as: PostgreSQL refuses the administrator; None: this user."""
    if os.getuid() != 0:
        return None
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    return pytest.skip("no user to run PostgreSQL as; run the tests as another user than root")


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """Run a server and give the address of its database; the test is skipped where PostgreSQL isn't installed."""
    initdb, server = binary("initdb"), binary("postgres")
    if initdb is None or server is None:
        pytest.skip(MISSING)
    user = account()
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if user is not None:
            shutil.chown(folder, user)
        data = folder / "data"
        made = [initdb, "-D", str(data), "-U", "police", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"]
        subprocess.run(made, user=user, cwd=folder, check=True, capture_output=True, timeout=120)
        command = [server, "-D", str(data), "-k", str(folder), "-c", "listen_addresses="]
        process = subprocess.Popen(command, user=user, cwd=folder, stderr=subprocess.PIPE, text=True)
        try:
            assert process.stderr is not None
            for line in process.stderr:
                if "ready to accept connections" in line:
                    break
            yield f"postgresql://police@/postgres?host={folder}"
        finally:
            process.terminate()
            process.communicate(timeout=60)
