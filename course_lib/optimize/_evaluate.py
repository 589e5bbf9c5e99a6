"""Calling the functions that the user passes, and looking at what they return."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from course_lib.arrays import Array, is_torch, namespace

Function: TypeAlias = Callable[[Array], Any]
"""From a point to one number: a float, or an array of shape ()."""

Field: TypeAlias = Callable[[Array], Array]
"""From a point to an array, such as the gradient."""


def plain(x: Array) -> Array:
    """The same numbers, without torch's record of how they were computed."""
    return x.detach() if is_torch(x) else x


def value(f: Function, x: Array) -> float:
    """f(x) as a float."""
    y = f(x)
    shape = tuple(getattr(y, "shape", ()))
    if shape != ():
        raise ValueError(f"expected f to return one number, got an array of shape {shape}; sum it, or take an entry")
    return float(plain(y))


def like(x: Array, name: str, field: Field, shape: tuple[int, ...]) -> Array:
    """field(x), which must be an array of this shape and of x's kind."""
    y = plain(field(x))
    namespace(x, y)
    if tuple(y.shape) != shape:
        raise ValueError(
            f"expected the {name} at a point of shape {tuple(x.shape)} to have shape {shape}, got {tuple(y.shape)}"
        )
    return y


def slope(gradient: Field, x: Array) -> Array:
    """The gradient at x, of x's shape."""
    return like(x, "gradient", gradient, tuple(x.shape))
