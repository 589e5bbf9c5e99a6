r"""The functions that keep turning up beside probabilities, computed so that nothing overflows.

$\exp(1000)$ is no float and $\log(1 + \exp(-1000))$ rounds to 0. Each function here rearranges its formula so that only
exponentials of numbers that are not positive are ever taken. (Deep Learning, sections 3.10 and 4.1)
"""

from __future__ import annotations

import math
from types import ModuleType

import numpy as np

from course_lib.arrays import Array, namespace


def sigmoid(x: Array) -> Array:
    r"""Logistic sigmoid, elementwise, with full relative accuracy in both tails.

    $\sigma(x) = \frac{1}{1 + e^{-x}} = \frac{e^{\min(x, 0)}}{1 + e^{-|x|}}$   (Deep Learning, eq. 3.30)

    Args:
        x: Any shape, floating dtype.

    Returns:
        Numbers from 0 to 1, same shape, dtype and device as ``x``.

    Raises:
        TypeError: ``x`` is no array, or not of a floating dtype.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    xp = floating(x)
    return xp.exp(xp.minimum(x, xp.zeros_like(x))) / (1 + xp.exp(-xp.abs(x)))


def softplus(x: Array) -> Array:
    r"""Softplus, elementwise: a smooth version of $\max(0, x)$.

    $\zeta(x) = \log(1 + e^x) = \max(x, 0) + \log(1 + e^{-|x|})$   (Deep Learning, eq. 3.31)

    Args:
        x: Any shape, floating dtype.

    Returns:
        Positive numbers, same shape, dtype and device as ``x``.

    Raises:
        TypeError: ``x`` is no array, or not of a floating dtype.

    >>> softplus(np.array([-1000.0, 1000.0]))
    array([   0., 1000.])
    """
    xp = floating(x)
    return xp.maximum(x, xp.zeros_like(x)) + xp.log1p(xp.exp(-xp.abs(x)))


def softmax(x: Array, axis: int = -1) -> Array:
    r"""Softmax along an axis, computed without overflow.

    $\mathrm{softmax}(x)_i = \exp(x_i) / \sum_j \exp(x_j)$   (Deep Learning, eq. 6.29)

    Adding a constant to every $x_j$ changes nothing, so the largest is subtracted first.

    Args:
        x: Logits, any shape, floating dtype; $-\infty$ stands for an impossible outcome.
        axis: The axis that sums to one.

    Returns:
        Probabilities, same shape, dtype and device as ``x``.

    Raises:
        TypeError: ``x`` is no array, or not of a floating dtype.

    >>> softmax(np.array([0.0, np.log(3.0)]))
    array([0.25, 0.75])
    """
    xp = floating(x)
    e = xp.exp(x - xp.max(x, axis=axis, keepdims=True))
    return e / xp.sum(e, axis=axis, keepdims=True)


def logsumexp(
    x: Array, axis: int | tuple[int, ...] | None = None, b: Array | None = None, keepdims: bool = False
) -> Array:
    r"""Logarithm of a sum of exponentials, computed without overflow or underflow.

    $\log \sum_i b_i e^{x_i} = m + \log \sum_i b_i e^{x_i - m}$ with $m = \max_i x_i$   (Deep Learning, section 4.1)

    Args:
        x: Any shape, floating dtype.
        axis: The axis or axes to sum over; all of them by default.
        b: Weights of at least 0 that broadcast with ``x``; 1 by default.
        keepdims: Whether the summed axes stay, with length 1.

    Returns:
        The logarithm, $-\infty$ where every term is 0.

    Raises:
        TypeError: ``x`` is no array, or not of a floating dtype.
        ValueError: A weight is negative.

    >>> float(logsumexp(np.array([1000.0, 1000.0])) - 1000)  # doctest: +ELLIPSIS
    0.69314...
    """
    xp = floating(x) if b is None else floating(x, b)
    if b is not None:
        require(b >= 0, "b", b, "to be at least 0")
        x, b = xp.broadcast_arrays(x, b)
    top = xp.max(x if b is None else xp.where(b > 0, x, -xp.inf), axis=axis, keepdims=True)
    m = xp.where(xp.isfinite(top), top, xp.zeros_like(top))
    terms = xp.exp(x - m) if b is None else b * _bounded_exp(x - m)
    result = xp.where(xp.isfinite(top), m + log(xp.sum(terms, axis=axis, keepdims=True)), top)
    return result if keepdims else xp.sum(result, axis=axis)


def _bounded_exp(x: Array) -> Array:
    """An exponential that stays finite, so that 0 times it is 0."""
    xp = namespace(x)
    return xp.exp(xp.clip(x, max=math.log(xp.finfo(x.dtype).max)))


def log(x: Array) -> Array:
    r"""Natural logarithm, with $\log 0 = -\infty$ and no warning about it.

    >>> log(np.array([0.0, 1.0]))
    array([-inf,   0.])
    """
    with np.errstate(divide="ignore"):
        return namespace(x).log(x)


def xlogy(x: Array, y: Array) -> Array:
    r"""$x \log y$, elementwise, with $0 \log 0 = 0$.

    An outcome that never happens adds nothing to an expectation, however surprising it would be.

    >>> xlogy(np.array([0.0, 2.0]), np.array([0.0, 1.0]))
    array([0., 0.])
    """
    xp = namespace(x, y)
    return x * log(xp.where((x == 0) & (y == 0), xp.ones_like(y), y))


def xlog1py(x: Array, y: Array) -> Array:
    r"""$x \log(1 + y)$, elementwise, exact for tiny $y$, with $0 \log 0 = 0$.

    >>> xlog1py(np.array([0.0, 2.0]), np.array([-1.0, 0.0]))
    array([0., 0.])
    """
    xp = namespace(x, y)
    with np.errstate(divide="ignore"):
        return x * xp.log1p(xp.where((x == 0) & (y == -1), xp.zeros_like(y), y))


def floating(*arrays: Array) -> ModuleType:
    """The namespace of arrays that must be floating; a logarithm of integers is a slip, not a wish.

    Raises:
        TypeError: Something is no array, the kinds are mixed, or a dtype is not floating.
    """
    xp = namespace(*arrays)
    for x in arrays:
        if not xp.isdtype(x.dtype, "real floating"):
            raise TypeError(f"expected a floating dtype, got {x.dtype}; convert it with x.astype(float) or x.double()")
    return xp


def require(condition: Array, name: str, values: Array, expected: str) -> None:
    """Refuse values that break a condition, and name the first that does.

    Args:
        condition: Booleans of the shape of ``values``.
        name: What the values are called.
        values: The values.
        expected: What they should have been, as in "to be positive".

    Raises:
        ValueError: The condition is false somewhere.
    """
    if not bool(namespace(condition).all(condition)):
        raise ValueError(f"expected {name} {expected}, got {values[~condition].ravel()[0].item():g}")
