"""Reference implementations, demos and tools of the course."""

from collections.abc import Callable
from typing import Any


def show_source(thing: Callable[..., Any]) -> None:
    """Display the source of a function or class of the course, with the file and line where it stands."""
    from course_lib import notebook  # here, because importing course_lib does no work

    notebook.show_source(thing)
