"""What surrounds a call and must be the same on both sides of the wire.

A test says ``np.random.seed(0)`` and then calls the student's function, which draws random numbers in another process.
So the state of the random number generators travels with every message in which it has changed, and so do torch's
gradient mode and default dtype and NumPy's way with floating-point errors. In the other direction come what the
submission printed and what it was warned of, so that a test can look at both.
"""

from __future__ import annotations

import builtins
import io
import random
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

MOST_PRINTED = 1_000_000
MOST_WARNINGS = 100
CATEGORIES = {
    name: kind for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, Warning)
}


class Ambient:
    """The surroundings as the other side last saw them."""

    def __init__(self) -> None:
        self._seen: dict[str, Any] = {}
        self._printed: io.StringIO | None = None
        self._warned: list[warnings.WarningMessage] = []

    def settle(self) -> None:
        """Take the present surroundings for known to both sides."""
        self._seen = _state()

    def capture(self) -> None:
        """From now on, send what is printed and warned of to the other side."""
        self._printed = sys.stdout = io.StringIO()
        warnings.showwarning = self._warn
        warnings.simplefilter("always")

    def _warn(self, message: Any, category: Any, *_: Any, **__: Any) -> None:
        if len(self._warned) < MOST_WARNINGS:
            self._warned.append(warnings.WarningMessage(message, category, "", 0))

    def news(self) -> dict[str, Any] | None:
        """What has changed since the other side heard of it; None if nothing has."""
        state = _state()
        news = {key: value for key, value in state.items() if not _equal(value, self._seen.get(key))}
        self._seen = state
        if self._printed is not None and (printed := self._printed.getvalue()):
            news["printed"] = printed[:MOST_PRINTED]
            self._printed.seek(0)
            self._printed.truncate()
        if self._warned:
            news["warned"] = [[_category(each.category), str(each.message)[:1000]] for each in self._warned]
            self._warned = []
        return news or None

    def take_over(self, news: Any) -> None:
        """Let the surroundings here be those of the other side."""
        if not news:
            return
        for key, value in news.items():
            if key in SETTERS:
                SETTERS[key](value)
        self._seen |= {key: value for key, value in _state().items() if key in news}
        if type(printed := news.get("printed")) is str:
            print(printed[:MOST_PRINTED], end="")
        for category, words in news.get("warned", [])[:MOST_WARNINGS]:
            warnings.warn(str(words), CATEGORIES.get(category, UserWarning), stacklevel=4)


def _category(kind: type) -> str:
    return next(each.__name__ for each in kind.__mro__ if CATEGORIES.get(each.__name__) is each)


def _state() -> dict[str, Any]:
    state: dict[str, Any] = {
        "random": random.getstate(),
        "numpy": np.random.get_state(),  # noqa: NPY002 (the state that a test seeds)
        "errors": np.geterr(),
    }
    if torch := sys.modules.get("torch"):
        state |= {
            "torch": torch.get_rng_state().numpy(),
            "gradients": torch.is_grad_enabled(),
            "dtype": str(torch.get_default_dtype()).removeprefix("torch."),
        }
    return state


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and bool((a == b).all())
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b) == 5:  # NumPy's, with an array in it
        return all(map(_equal, a, b))
    return a == b


def _floating_point_errors(errors: Any) -> None:
    np.seterr(**errors)


def _seed_torch(state: Any) -> None:
    import torch

    torch.set_rng_state(torch.from_numpy(state))


def _grad_mode(enabled: Any) -> None:
    import torch

    torch.set_grad_enabled(bool(enabled))


def _default_dtype(name: Any) -> None:
    import torch

    if name in ("float16", "bfloat16", "float32", "float64"):
        torch.set_default_dtype(getattr(torch, name))


SETTERS: dict[str, Callable[[Any], object]] = {
    "random": random.setstate,
    "numpy": np.random.set_state,
    "errors": _floating_point_errors,
    "torch": _seed_torch,
    "gradients": _grad_mode,
    "dtype": _default_dtype,
}
