"""How a lecture begins, and how it shows the code it talks about."""

from __future__ import annotations

import importlib.metadata
import inspect
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import torch
from IPython.display import display
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from threadpoolctl import threadpool_limits

import course_lib
from course_lib.arrays import default_device, use_one_thread
from course_lib.plotting import STYLE


def begin() -> torch.device:
    """Prepare a notebook: one thread, the course's figures, and a line that says what runs where.

    Returns:
        The device to compute on: the GPU if there is one, else the CPU.
    """
    use_one_thread()
    threadpool_limits(1, user_api="blas")
    mpl.rcParams.update(STYLE)
    device = default_device()
    place = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    print(
        f"course_lib {importlib.metadata.version('course_lib')} · Python {_short(platform.python_version())}"
        f" · NumPy {_version('numpy')} · torch {_version('torch')} · running on {place}"
    )
    return device


def _version(package: str) -> str:
    return _short(importlib.metadata.version(package))


def _short(version: str) -> str:
    return ".".join(version.split(".")[:2])


def show_source(thing: Callable[..., Any]) -> None:
    """Display the source of a function or class, with the file and line where it stands.

    Raises:
        TypeError: ``thing`` is neither, or is not written in Python.
    """
    try:
        lines, number = inspect.getsourcelines(thing)
    except TypeError as error:
        raise TypeError(f"expected a function or a class written in Python, got {thing!r}") from error
    source = "".join(lines)
    place = f"{_path(thing)}, line {number}"
    display({"text/html": _card(place, source), "text/plain": f"# {place}\n{source}"}, raw=True)


def _path(thing: Callable[..., Any]) -> str:
    """The file as a reader of the course would name it: ``course_lib/arrays.py``."""
    path = Path(inspect.getsourcefile(inspect.unwrap(thing)) or "notebook")
    home = Path(course_lib.__file__).parents[1]
    return path.relative_to(home).as_posix() if path.is_relative_to(home) else path.name


def _card(place: str, source: str) -> str:
    """Dark ink on an opaque card: it reads in a light and in a dark theme.

    The class is not the usual "highlight", because JupyterLab paints that in the colours of the theme.
    """
    ink = "color:#222;background:none;white-space:pre;overflow-x:auto;font-size:12px"
    code = highlight(
        source, PythonLexer(), HtmlFormatter(noclasses=True, nobackground=True, cssclass="source", prestyles=ink)
    )
    return (
        '<div style="background:#f7f7f7;color:#222;border:1px solid #ddd;border-radius:4px;padding:8px 12px">'
        f'<div style="font-family:sans-serif;font-size:12px;color:#555">{place}</div>{code}</div>'
    )
