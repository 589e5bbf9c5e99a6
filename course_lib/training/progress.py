"""Whether somebody is watching, and the bar they see."""

from __future__ import annotations

from typing import Any

from IPython.core.getipython import get_ipython
from tqdm.auto import tqdm


def watched() -> bool | None:
    """Whether a person runs this cell in a notebook: True or False; None if this is no notebook at all.

    A notebook that a program executes keeps what it is shown last. Whatever moves there would be saved in the middle of
    its movement, so it had better not move. Front ends say which cell they run, programs do not.
    """
    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return None
    return "cellId" in kernel.get_parent("shell").get("metadata", {})


def hidden(wanted: bool) -> bool | None:
    """Whether tqdm is to show no bar: True or False; None if it is to ask the terminal."""
    return True if not wanted else {True: False, False: True, None: None}[watched()]


def progress_bar(data: Any, done: int, epochs: int, wanted: bool) -> tqdm:
    """A bar over the batches of all epochs: in a notebook that somebody watches, or in a terminal."""
    batches = _length(data)
    total = None if batches is None else batches * epochs
    return tqdm(total=total, initial=(batches or 0) * done, unit="batch", disable=hidden(wanted))


def _length(data: Any) -> int | None:
    """How many batches an epoch has, if that is known; data that wrap others are as long as they, or have none."""
    try:
        return len(data)
    except TypeError:
        return None
