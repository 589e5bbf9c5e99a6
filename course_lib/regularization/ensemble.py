"""Dropout as an ensemble: every mask is a network of its own, and their geometric mean can be had all but for free."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from course_lib.arrays import Array
from course_lib.probability import softmax
from course_lib.probability.functions import floating, require, xlogy


def all_masks(n: int) -> np.ndarray:
    r"""Every way to keep or drop n units.

    Args:
        n: How many units, from 1 to 20: there are $2^n$ masks.

    Returns:
        Shape (2^n, n), entries 0 and 1, in the order of binary numbers.

    Raises:
        ValueError: ``n`` is out of its range.

    >>> all_masks(2)
    array([[0., 0.],
           [0., 1.],
           [1., 0.],
           [1., 1.]])
    """
    if not isinstance(n, Integral) or not 1 <= n <= 20:
        raise ValueError(f"expected 1 to 20 units, which have up to about a million masks, got {n!r}")
    return (np.arange(2**n)[:, None] >> np.arange(n - 1, -1, -1) & 1).astype(float)


def geometric_mean_prediction(probabilities: Array, weights: Array | None = None) -> Array:
    r"""What an ensemble says if its members' probabilities are multiplied instead of added.

    $\tilde P(y) \propto \prod_\mu P_\mu(y)^{w_\mu}$, brought to sum to one   (Deep Learning, eq. 7.54 and 7.55)

    For a softmax of a linear map this is exactly what the network without dropout says with its weights scaled by the
    probability of keeping an input. For deeper networks that scaling is an approximation.

    Args:
        probabilities: Shape (members, ..., k), rows that sum to one.
        weights: $w_\mu \geq 0$, the probability of each mask, shape (members,); by default all count alike.

    Returns:
        Shape (..., k).

    Raises:
        TypeError: An array is not of a floating dtype, or kinds are mixed.
        ValueError: There are no members or not as many weights, a number is negative, all weights are 0, or every class
            is ruled out by some member.

    >>> geometric_mean_prediction(np.array([[0.9, 0.1], [0.5, 0.5]]))
    array([0.75, 0.25])
    """
    xp = floating(probabilities)
    if probabilities.ndim < 2 or 0 in probabilities.shape:
        raise ValueError(f"expected probabilities of shape (members, ..., k), got shape {tuple(probabilities.shape)}")
    require(probabilities >= 0, "probabilities", probabilities, "to be at least 0")
    members = probabilities.shape[0]
    w = xp.ones_like(xp.reshape(probabilities, (members, -1))[:, 0]) if weights is None else weights
    floating(probabilities, w)
    require(w >= 0, "weights", w, "to be at least 0")
    if tuple(w.shape) != (members,):
        raise ValueError(f"expected weights of shape ({members},), one for each member, got shape {tuple(w.shape)}")
    if not bool(xp.any(w > 0)):
        raise ValueError("expected at least one weight above 0, got only zeros")
    shares = xp.reshape(w / xp.sum(w), (members, *(1,) * (probabilities.ndim - 1)))
    logarithms = xp.sum(xlogy(shares, probabilities), axis=0)
    if not bool(xp.all(xp.any(logarithms > -xp.inf, axis=-1))):
        raise ValueError("every class is ruled out by some member, so their product is 0 everywhere")
    return softmax(logarithms, axis=-1)
