"""Exceptions that cross from one process to the other: their kind, if it is a well-known one, and their words."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

KNOWN: dict[str, type[BaseException]] = {
    name: value
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException) and not issubclass(value, BaseExceptionGroup)
} | {"numpy.linalg.LinAlgError": np.linalg.LinAlgError, "numpy.exceptions.AxisError": np.exceptions.AxisError}
NAMES = {kind: name for name, kind in KNOWN.items()}
STOPPING = (SystemExit, KeyboardInterrupt, GeneratorExit)
LONGEST_WORDS = 2000


class StoppedError(Exception):
    """The submission tried to end Python, or to interrupt it."""


def described(error: BaseException) -> dict[str, Any]:
    """What is sent of an exception."""
    kinds = [NAMES[kind] for kind in type(error).__mro__ if kind in NAMES]
    try:
        words = str(error)
    except Exception:
        words = ""
    return {"name": type(error).__name__, "kinds": kinds, "words": words[:LONGEST_WORDS]}


def restored(description: Any, own_kinds: dict[tuple[str, str], type[BaseException]]) -> BaseException:
    """An exception of the same kind with the same words.

    Args:
        description: What :func:`described` said, or whatever the other side sent in its place.
        own_kinds: The classes made so far for exceptions that the submission defines, by name and nearest known kind.
    """
    name, kinds, words = (description.get(key) for key in ("name", "kinds", "words"))
    kind = next((KNOWN[each] for each in kinds if each in KNOWN), Exception)
    text = str(words)[:LONGEST_WORDS]
    if issubclass(kind, STOPPING) or not issubclass(kind, Exception):
        return StoppedError(f"{kind.__name__}: {text}")
    if kinds and name != kinds[0].rpartition(".")[2]:
        kind = own_kind(str(name), kind, own_kinds)
    error = kind.__new__(kind)  # some kinds insist on arguments of their own when they are called
    error.args = (text,)
    return error


def own_kind(
    name: str, base: type[BaseException], own_kinds: dict[tuple[str, str], type[BaseException]]
) -> type[BaseException]:
    """The class that stands for an exception class of the submission: one for each name and known base."""
    key = name, NAMES.get(base, "Exception")
    if key not in own_kinds:
        own_kinds[key] = type(name, (base,), {"__module__": "submission", "__str__": Exception.__str__})
    return own_kinds[key]


def nearest_known(kind: type[BaseException]) -> type[BaseException]:
    """The first well-known class that an exception class derives from."""
    return next((each for each in kind.__mro__ if each in NAMES), Exception)
