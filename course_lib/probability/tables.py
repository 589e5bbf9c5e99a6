r"""Probability tables: joint, marginal and conditional, and Bayes' rule.

A joint distribution of discrete variables is an array with one axis per variable; all its entries sum to one.
"""

from __future__ import annotations

from collections.abc import Sequence

from course_lib.arrays import Array
from course_lib.probability.functions import floating, require
from course_lib.probability.information import require_probabilities


def marginal(joint: Array, keep: int | Sequence[int]) -> Array:
    r"""The distribution of some of the variables, whatever the others do.

    $P(x) = \sum_y P(x, y)$, the sum rule   (Deep Learning, eq. 3.3)

    Args:
        joint: A joint distribution, one axis per variable.
        keep: The axis or axes whose variables stay; all others are summed out.

    Returns:
        Their joint distribution; its axes are in the order they have in ``joint``.

    Raises:
        TypeError: ``joint`` is no array, or not of a floating dtype.
        ValueError: ``joint`` is no distribution, or has no such axis.

    >>> import numpy as np
    >>> marginal(np.array([[0.25, 0.25], [0.0, 0.5]]), keep=0)
    array([0.5, 0.5])
    """
    xp = floating(joint)
    _require_joint(joint)
    return xp.sum(joint, axis=_others(joint, keep))


def conditional(joint: Array, given: int | Sequence[int]) -> Array:
    r"""The distribution of the other variables once some are known.

    $P(y \mid x) = P(x, y) / P(x)$   (Deep Learning, eq. 3.5)

    Args:
        joint: A joint distribution, one axis per variable.
        given: The axis or axes of the known variables.

    Returns:
        A table like ``joint``; for each value of the known variables it sums to one over all others.

    Raises:
        TypeError: ``joint`` is no array, or not of a floating dtype.
        ValueError: ``joint`` is no distribution, has no such axis, or a condition has probability 0.

    >>> import numpy as np
    >>> conditional(np.array([[0.25, 0.25], [0.0, 0.5]]), given=0)
    array([[0.5, 0.5],
           [0. , 1. ]])
    """
    xp = floating(joint)
    _require_joint(joint)
    condition = xp.sum(joint, axis=_others(joint, given), keepdims=True)
    require(condition > 0, "every condition", condition, "to be possible: nothing follows from what cannot happen")
    return joint / condition


def bayes(prior: Array, likelihood: Array) -> Array:
    r"""Bayes' rule: what to believe about each hypothesis once the evidence is in.

    $P(h \mid e) = \frac{P(h)\, P(e \mid h)}{\sum_{h'} P(h')\, P(e \mid h')}$   (Deep Learning, eq. 3.42)

    Args:
        prior: Shape (k,), the probability of each hypothesis before.
        likelihood: Shape (k,), how probable each hypothesis made the evidence; or (k, ...) for several possible pieces
            of evidence at once. A density will do.

    Returns:
        The posterior, shape of ``likelihood``; it sums to one over the hypotheses, axis 0.

    Raises:
        TypeError: Something is no array, not floating, or the kinds are mixed.
        ValueError: ``prior`` is no distribution, the hypotheses are not as many, a likelihood is negative, or some
            evidence is impossible under every hypothesis.

    One person in 10,000 is sick, and a test is right 99 times in 100, for the sick and for the healthy. It says sick:

    >>> import numpy as np
    >>> bayes(np.array([0.0001, 0.9999]), np.array([0.99, 0.01])).round(4)
    array([0.0098, 0.9902])
    """
    xp = floating(prior, likelihood)
    if prior.ndim != 1 or likelihood.shape[:1] != prior.shape:
        raise ValueError(
            f"expected a prior of shape (k,) and a likelihood of shape (k, ...), got {tuple(prior.shape)} "
            f"and {tuple(likelihood.shape)}"
        )
    require_probabilities("prior", prior)
    require(likelihood >= 0, "likelihood", likelihood, "to have no negative entries")
    joint = xp.reshape(prior, (-1,) + (1,) * (likelihood.ndim - 1)) * likelihood
    evidence = xp.sum(joint, axis=0)
    require(evidence > 0, "the evidence", evidence, "to be possible under some hypothesis")
    return joint / evidence


def _require_joint(joint: Array) -> None:
    require_probabilities("joint", joint.reshape(-1))


def _others(joint: Array, axes: int | Sequence[int]) -> tuple[int, ...]:
    """The axes not named."""
    named = (axes,) if isinstance(axes, int) else tuple(axes)
    for axis in named:
        if not -joint.ndim <= axis < joint.ndim:
            raise ValueError(f"expected axes from 0 to {joint.ndim - 1}, one per variable, got {axis}")
    return tuple(set(range(joint.ndim)) - {axis % joint.ndim for axis in named})
