"""What surrounds a call and must be the same on both sides of the wire.

A test says ``np.random.seed(0)`` and then calls the student's function, which draws random numbers in another process.
So the state of the random number generators travels with every message in which it has changed, and so do torch's
gradient mode and default dtype and NumPy's way with floating-point errors. In the other direction come what the
submission printed and what it was warned of, so that a test can look at both, and how far it has drawn from the
generators. A test is never made to use other settings, nor a state of a generator that drawing does not lead to: with
zeros for random numbers, or a dtype in which all is equal, a wrong answer could be right.
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
MOST_BLOCKS = 1000
"""So many times 624 random numbers the submission may draw before a test goes on from where it stood itself."""
CATEGORIES = {
    name: kind for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, Warning)
}


class Ambient:
    """The surroundings as the other side last saw them.

    Args:
        trusting: Whether those of the other side hold here, whatever they are.
    """

    def __init__(self, *, trusting: bool) -> None:
        self._trusting = trusting
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
        if self._trusting:
            for key in SETTERS.keys() & news.keys():
                SETTERS[key](news[key])
            self._seen |= {key: value for key, value in _state().items() if key in news}
        else:
            self._go_on(news)
        if type(printed := news.get("printed")) is str:
            print(printed[:MOST_PRINTED], end="")
        for category, words in news.get("warned", [])[:MOST_WARNINGS]:
            warnings.warn(str(words), CATEGORIES.get(category, UserWarning), stacklevel=4)

    def _go_on(self, news: dict[str, Any]) -> None:
        """Let the generators go on from where the submission's drawing has led."""
        state = _state()
        for key in GENERATORS & news.keys() & state.keys():
            words, position = _twister(state[key])
            reached = _twister(news[key])
            if _is_drawn(words, position, *reached):
                SETTERS[key](_at(state[key], *reached))
                self._seen[key] = _state()[key]
            else:
                self._seen[key] = None  # it goes on from where the test stands


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


def _twister(state: Any) -> tuple[np.ndarray, int]:
    """The words of a Mersenne Twister and how many of them are used up: all three generators are ones."""
    if isinstance(state, np.ndarray):  # torch: seed, left, seeded, next, words, normal numbers kept for later
        left, _ = state[8:16].view(np.int32)
        return state[24:5016].view(np.uint64).astype(np.uint32), 625 - int(left)
    if isinstance(state[0], str):
        return np.asarray(state[1], np.uint32), int(state[2])
    return np.asarray(state[1][:-1], np.uint32), int(state[1][-1])


def _at(state: Any, words: np.ndarray, position: int) -> Any:
    """A state of the same kind; whether a normal number kept for later was drawn none can tell, so it is dropped."""
    if isinstance(state, np.ndarray):
        new = state.copy()
        new[8:12].view(np.int32)[0] = 625 - position
        new[16:24].view(np.uint64)[0] = position
        new[24:5016].view(np.uint64)[:] = words
        new[5016:] = 0
        return new
    if isinstance(state[0], str):
        return (state[0], words, position, 0, 0.0)
    return (state[0], (*words.tolist(), position), None)


def _is_drawn(words: np.ndarray, position: int, to_words: np.ndarray, to_position: int) -> bool:
    """Whether drawing numbers leads from one state of a Mersenne Twister to another."""
    ahead, there = _numbers(words, MOST_BLOCKS), _numbers(to_words, 1)[0]
    block = next((i for i in np.flatnonzero(ahead[:, 0] == there[0]) if np.array_equal(ahead[i], there)), None)
    return block is not None and (0 if block else position) <= to_position <= 624


def _numbers(words: np.ndarray, blocks: int) -> np.ndarray:
    """What a Mersenne Twister with these words gives: a block from them, and the blocks that follow."""
    generator: Any = np.random.MT19937(0)
    generator.state = {"bit_generator": "MT19937", "state": {"key": words, "pos": 0}}
    return generator.random_raw(624 * blocks).reshape(blocks, 624)


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
GENERATORS = {"random", "numpy", "torch"}
