"""Norm constraints: a border that weights may not cross, instead of a price on every step outwards."""

from __future__ import annotations

import math

import torch

from course_lib.arrays import Array, namespace
from course_lib.linear_algebra import norm
from course_lib.regularization.penalties import soft_threshold


def project_norm_ball(x: Array, radius: float, *, ord: float = 2, axis: int | None = None) -> Array:
    r"""The nearest point of a norm ball: after a gradient step, back to where the constraint holds.

    $P(x) = \arg\min_{\lVert w \rVert_p \leq r} \lVert w - x \rVert_2$   (Deep Learning, section 7.2)

    - $p = 2$: $x \cdot \min(1, r / \lVert x \rVert_2)$, shortened.
    - $p = \infty$: every entry clipped to $[-r, r]$.
    - $p = 1$: soft thresholding. With sizes sorted, $u_1 \geq u_2 \geq \ldots$, the threshold is
      $\max_k \frac1k \bigl(\sum_{i \leq k} u_i - r\bigr)$, or 0 if that is negative. (Duchi et al., Efficient
      projections onto the l1-ball for learning in high dimensions, 2008)

    Args:
        x: Any shape, floating dtype.
        radius: $r$, at least 0.
        ord: $p$: 1, 2 or infinity.
        axis: The axis that holds the vectors; by default ``x`` is one vector as a whole.

    Returns:
        The shape, dtype and device of ``x``.

    Raises:
        TypeError: ``x`` is no array of a floating dtype.
        ValueError: The radius is negative, there is no such norm here, ``x`` is empty or holds NaN or infinity.

    >>> import numpy as np
    >>> project_norm_ball(np.array([3.0, 4.0]), 1.0)
    array([0.6, 0.8])
    >>> project_norm_ball(np.array([3.0, 4.0]), 1.0, ord=1)
    array([0., 1.])
    """
    xp = namespace(x)
    if not radius >= 0:
        raise ValueError(f"expected a radius of at least 0, got {radius}")
    if ord not in (1, 2, math.inf):
        raise ValueError(f"expected the order of the norm to be 1, 2 or inf, got {ord!r}")
    if axis is None:
        return xp.reshape(project_norm_ball(xp.reshape(x, (-1,)), radius, ord=ord, axis=0), x.shape)
    lengths = norm(x, ord, axis=axis, keepdims=True)
    if ord == 2:
        return x * _shrink(lengths, radius)
    if ord == math.inf:
        return xp.clip(x, -radius, radius)
    u = xp.sort(xp.abs(x), axis=axis, descending=True)
    k = xp.cumulative_sum(xp.ones_like(x), axis=axis)
    threshold = xp.max((xp.cumulative_sum(u, axis=axis) - radius) / k, axis=axis, keepdims=True)
    return soft_threshold(x, xp.clip(threshold, min=0.0))


def max_norm_(weight: Array, max_norm: float) -> Array:
    r"""Shorten, in place, the incoming weights of every unit for which they are too long.

    $w_i \leftarrow w_i \min(1, c / \lVert w_i \rVert_2)$ for each row $w_i$   (Srivastava et al., 2014; Deep Learning,
    section 7.2)

    Called after each step of the optimizer. Unlike a penalty it does not pull at small weights, so no unit dies of it.

    Args:
        weight: Shape (units, ...), as layers hold it: what unit i gets in is ``weight[i]``. Changed.
        max_norm: $c$, at least 0.

    Returns:
        ``weight``.

    Raises:
        TypeError: ``weight`` is no array of a floating dtype.
        ValueError: ``max_norm`` is negative, or ``weight`` has fewer than two axes, is empty or holds NaN
            or infinity.

    >>> import numpy as np
    >>> max_norm_(np.array([[3.0, 4.0], [0.3, 0.4]]), 1.0)
    array([[0.6, 0.8],
           [0.3, 0.4]])
    """
    xp = namespace(weight)
    if weight.ndim < 2 or 0 in weight.shape:
        raise ValueError(f"expected a weight of shape (units, ...) with entries, got shape {tuple(weight.shape)}")
    if not max_norm >= 0:
        raise ValueError(f"expected max_norm to be at least 0, got {max_norm}")
    with torch.no_grad():
        rows = xp.reshape(weight, (weight.shape[0], -1))
        factors = _shrink(norm(rows, axis=1), max_norm)
        weight *= xp.reshape(factors, (-1, *(1,) * (weight.ndim - 1)))
    return weight


def _shrink(lengths: Array, radius: float) -> Array:
    """The factors that bring lengths down to the radius, 1 for those that are within."""
    xp = namespace(lengths)
    long = lengths > radius
    return xp.where(long, radius / xp.where(long, lengths, xp.ones_like(lengths)), xp.ones_like(lengths))
