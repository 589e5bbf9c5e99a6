"""Temporary directories that a later run removes when nothing could remove them: the process was killed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

PREFIX = "course-"
LOCK = ".in-use"
"""Locked as long as its directory is needed; the system gives up the locks of a process that ends, however it ends."""


@contextlib.contextmanager
def directory() -> Iterator[Path]:
    """A directory for the length of a ``with`` block; those of killed processes are removed on the way."""
    remove_leftovers(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        place = Path(name)
        with open(place / f"{LOCK}-soon", "wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            os.rename(lock.name, place / LOCK)  # under this name it is never seen without its lock
            yield place


def remove_leftovers(where: Path) -> None:
    """Remove the directories that processes of this user have left behind."""
    for lock in where.glob(f"{PREFIX}*/{LOCK}"):
        with contextlib.suppress(OSError), open(lock, "rb") as file:
            if _is_mine(lock.parent) and _is_free(file):
                shutil.rmtree(lock.parent, ignore_errors=True)


def _is_mine(place: Path) -> bool:
    return place.lstat().st_uid == os.getuid() and not place.is_symlink()


def _is_free(lock: BinaryIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
