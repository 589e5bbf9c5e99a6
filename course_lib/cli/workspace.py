"""A student's own copies of the lectures and exercises. Whatever the student made or changed stays as it is."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from course_lib.grading.course import CourseError

RECORD = Path(".course") / "copied.json"
"""In the student's folder: for each original the hash of the version that was handed out last."""

NOT_FOR_STUDENTS = {"__pycache__", "coverage.yml"}


@dataclass(frozen=True)
class Note:
    """What became of one file."""

    kind: Literal["new", "updated", "kept", "gone"]
    path: str
    remark: str = ""


def bring_up_to_date(root: Path, folders: list[str], work: Path) -> list[Note]:
    """Copy what is new in the course's folders, and replace copies that the student has not touched.

    A file that the student changed stays; if its original changed too, the new version is put beside it, once. A file
    that the student deleted or renamed does not come back.

    Args:
        root: The course.
        folders: The folders in it to copy.
        work: Where the student works; made if need be.

    Returns:
        A note on every file that was copied or left alone for a reason.

    Raises:
        CourseError: Something cannot be written.
    """
    handed_out = _read_record(work)
    notes = []
    try:
        for original in _files(root, folders):
            note = _bring(original, work, original.relative_to(root).as_posix(), handed_out)
            notes += [note] if note else []
    except OSError as error:
        raise CourseError(f"{error.filename} cannot be written: {error.strerror}. Move it out of the way.") from error
    finally:
        _write_record(work, handed_out)
    return notes


def _bring(original: Path, work: Path, name: str, handed_out: dict[str, str]) -> Note | None:
    mine = work / name
    latest, last = _hash(original), handed_out.get(name)
    if not os.path.lexists(mine):
        if last is not None:
            return Note("gone", name, f"you removed or renamed it; the original is {original}")
        _copy(original, mine)
        handed_out[name] = latest
        return Note("new", name)
    current = _hash(mine) if mine.is_file() else None
    if current == latest:
        handed_out[name] = latest
        return None
    if current is not None and current == last:
        _copy(original, mine)
        handed_out[name] = latest
        return Note("updated", name)
    if latest == last:
        return Note("kept", name, "you changed it")
    beside = mine.with_name(f"{mine.stem}.new-{latest[:6]}{mine.suffix}")
    if not os.path.lexists(beside):
        _copy(original, beside)
    handed_out[name] = latest
    return Note("kept", name, f"you changed it; the course's new version is beside it: {beside.name}")


def _files(root: Path, folders: list[str]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            parts = path.relative_to(root).parts
            if path.is_file() and not any(part.startswith(".") or part in NOT_FOR_STUDENTS for part in parts):
                yield path


def _copy(original: Path, target: Path) -> None:
    """Copy so that the target is either the old file or the whole new one, whatever happens meanwhile."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.copying")
    shutil.copyfile(original, unfinished)
    unfinished.replace(target)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read_record(work: Path) -> dict[str, str]:
    """What was handed out before; nothing if that is lost, and then every file that differs counts as the student's."""
    try:
        record = json.loads((work / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(digest) for name, digest in record.items()} if isinstance(record, dict) else {}


def _write_record(work: Path, handed_out: dict[str, str]) -> None:
    record = work / RECORD
    try:
        record.parent.mkdir(parents=True, exist_ok=True)
        unfinished = record.with_suffix(".writing")
        unfinished.write_text(json.dumps(handed_out, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        unfinished.replace(record)
    except OSError as error:
        raise CourseError(f"{record} cannot be written: {error.strerror}. Is {work} a folder of yours?") from error
