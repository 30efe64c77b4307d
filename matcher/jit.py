"""Compiled kernels: how one is made, and where the machine code is kept.

Importing this module imports numba (about a second), so only modules of kernels and what is built on them import it,
and they are imported when the first name or number is compared, searched or indexed. The machine code is kept in the
user's cache folder, because compiling takes a minute; it is pickle, so it lies only where the running user alone can
write (rule 12). Where no such folder can be made, kernels are compiled anew in each process. The folder's name holds a
digest of all kernels: a kernel is never loaded whose callee has changed.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from matcher.errors import DiskError
from matcher.files import LOCAL_DISK, Disk

F = TypeVar("F", bound=Callable[..., Any])
PREFIX = "kernels-"
OLD_SECONDS = 7 * 86_400.0
_HERE = Path(__file__).parent


def cache_folder(disk: Disk = LOCAL_DISK, *, base: Path | None = None) -> Path | None:
    """Make and return the folder that keeps compiled kernels; None where no private one can be had.

    Args:
        disk: Disk access.
        base: The user's cache folder; `$XDG_CACHE_HOME`, else `~/.cache`.
    """
    try:
        base = base or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = base / "epervier" / f"{PREFIX}{_digest()}"
        is_new = not disk.exists(folder)
        disk.make_folder(folder)
        if not (disk.is_private(folder) and disk.is_private(folder.parent)):
            return None
        if is_new:
            _remove_old(folder, disk)
        return folder
    except (DiskError, RuntimeError):  # RuntimeError: there is no home
        return None


def _remove_old(folder: Path, disk: Disk) -> None:
    """Remove the folders of other versions that were not added to of late: a program may still fill a younger one."""
    for name in disk.names(folder.parent):
        with contextlib.suppress(DiskError):
            if name.startswith(PREFIX) and disk.age(folder.parent / name) > OLD_SECONDS:
                disk.remove(folder.parent / name)


def kernel(function: F) -> F:
    """Compile a function with numba at its first call; it lets go of the interpreter's lock while it runs."""
    return _compiled(function, inline="never")


def part(function: F) -> F:
    """Compile a function into its callers: a call that passes arrays costs 30 nanoseconds and more."""
    return _compiled(function, inline="always")


def _compiled(function: F, *, inline: str) -> F:
    folder = _folder()
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(folder or "")  # read while the function is wrapped, and only then
    try:
        compiled: F = numba.njit(function, cache=folder is not None, nogil=True, inline=inline)
    finally:
        numba.config.CACHE_DIR = before
    return compiled


@intrinsic  # type: ignore[untyped-decorator]
def prefetch(_typing: Any, array: Any, place: Any) -> Any:
    """Ask for the cache line of an array's element; the element must exist."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        opened = context.make_array(signature.args[0])(context, builder, arguments[0])
        pointer = ir.IntType(8).as_pointer()
        address = builder.bitcast(builder.gep(opened.data, [arguments[1]]), pointer)
        word = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [pointer, word, word, word])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(function, [address, word(0), word(3), word(1)])  # to read, keep close, data
        return context.get_dummy_value()

    return types.void(array, place), generate


@functools.cache
def _folder() -> Path | None:
    return cache_folder()


@functools.cache
def _digest() -> str:
    sources = sorted([*_HERE.rglob("*kernels.py"), Path(__file__)])
    content = b"".join(LOCAL_DISK.read(path) for path in sources)
    return hashlib.blake2b(content + numba.__version__.encode(), digest_size=8).hexdigest()
