"""Files that are downloaded once, checked by their SHA-256, and kept in a folder of the user's own."""

from __future__ import annotations

import hashlib
import http.client
import os
import shutil
import tempfile
import urllib.request
from pathlib import Path
from typing import BinaryIO

TIMEOUT_S = 30


class DownloadError(OSError):
    """A file could not be had: no network, a download that broke off, or contents that are not the expected ones."""


def cache_directory() -> Path:
    """The folder that keeps downloaded data: ``$COURSE_DATA``, else ``course_lib`` in the user's cache.

    The user's cache is ``$XDG_CACHE_HOME`` where that is set, else ``~/.cache``, on every system. The folder need not
    exist.
    """
    if chosen := os.environ.get("COURSE_DATA"):
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "course_lib"


def fetch(url: str, sha256: str, filename: str) -> Path:
    """The path of a file in the cache; downloads it if it is not there yet.

    What arrives gets its name only once its SHA-256 is right, so that a download which breaks off leaves nothing.

    Args:
        url: Where the file is.
        sha256: What its SHA-256 must be, in hexadecimal.
        filename: What it is called in :func:`cache_directory`.

    Raises:
        DownloadError: The file is neither in the cache nor to be had, or its SHA-256 is another one.
    """
    path = cache_directory() / filename
    if path.exists():
        _check(path, sha256, f"{path} is not the file it should be. Delete it, and the next call downloads it again")
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{filename}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            _download(url, file, path)
        _check(part, sha256, f"what came from {url} is not {filename}, or broke off. Try again, {_by_hand(path)}")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _download(url: str, file: BinaryIO, path: Path) -> None:
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as response:
            shutil.copyfileobj(response, file)
    except (OSError, http.client.HTTPException) as error:
        raise DownloadError(
            f"could not download {url} ({error}). Check the network and try again, {_by_hand(path)}"
        ) from error


def _by_hand(path: Path) -> str:
    return (
        f"or get the file in another way and put it at {path} (the environment variable COURSE_DATA moves the folder)"
    )


def _check(path: Path, sha256: str, otherwise: str) -> None:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sha256.lower():
        raise DownloadError(f"{otherwise}. Its SHA-256 is {found}, expected {sha256}")
