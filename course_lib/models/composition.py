"""A function made of functions: what "deep" means."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def compose(*functions: Callable[[Any], Any]) -> Callable[[Any], Any]:
    r"""The functions one after another, the first one first.

    $f = f^{(n)} \circ \dots \circ f^{(2)} \circ f^{(1)}$, so $f(x) = f^{(n)}(\dots f^{(2)}(f^{(1)}(x)))$   (Deep
    Learning, chapter 6)

    Args:
        functions: Each takes what the one before it returns. None at all make the identity.

    Raises:
        TypeError: Something is not a function.

    >>> compose(abs, str, len)(-100)
    3
    """
    for place, function in enumerate(functions, start=1):
        if not callable(function):
            raise TypeError(f"expected functions, got {type(function).__name__} in place {place}")

    def composed(x: Any) -> Any:
        for function in functions:
            x = function(x)
        return x

    return composed
