r"""Information of probability vectors: how surprising an outcome is, on average.

An outcome of probability $p$ carries the self-information $-\log p$. Everything here is an expectation of that, in
nats; ``base=2`` gives bits. Outcomes of probability 0 count nothing: $0 \log 0 = 0$, the limit. (Deep Learning,
section 3.13)
"""

from __future__ import annotations

import math

from course_lib.arrays import Array
from course_lib.probability.functions import floating, require, xlogy


def entropy(p: Array, base: float | None = None, axis: int = -1) -> Array:
    r"""Shannon entropy: the expected self-information.

    $H(p) = -\sum_i p_i \log p_i$   (Deep Learning, eq. 3.49)

    Args:
        p: Probabilities that sum to one along ``axis``.
        base: Base of the logarithm; by default $e$, which measures in nats. 2 measures in bits.
        axis: The axis of the outcomes.

    Returns:
        The entropies, with the shape of ``p`` less ``axis``.

    Raises:
        TypeError: ``p`` is no array, or not of a floating dtype.
        ValueError: A probability is negative, they do not sum to one, or ``base`` is no base.

    >>> import numpy as np
    >>> float(entropy(np.array([0.5, 0.25, 0.25]), base=2))
    1.5
    """
    return cross_entropy(p, p, base, axis)


def cross_entropy(p: Array, q: Array, base: float | None = None, axis: int = -1) -> Array:
    r"""Cross-entropy: the expected surprise of someone who believes $q$ while $p$ is true.

    $H(p, q) = -\sum_i p_i \log q_i = H(p) + D_\mathrm{KL}(p \Vert q)$   (Deep Learning, eq. 3.51)

    Args:
        p: The true probabilities, which sum to one along ``axis``.
        q: The believed ones; its shape broadcasts with that of ``p``.
        base: Base of the logarithm; by default $e$, which measures in nats. 2 measures in bits.
        axis: The axis of the outcomes.

    Returns:
        The cross-entropies, without ``axis``; infinite where $q$ rules out what $p$ does not.

    Raises:
        TypeError: Something is no array, not floating, or the kinds are mixed.
        ValueError: A probability is negative, they do not sum to one, or ``base`` is no base.

    >>> import numpy as np
    >>> float(cross_entropy(np.array([0.5, 0.5]), np.array([0.25, 0.75]), base=2))  # doctest: +ELLIPSIS
    1.2075...
    """
    xp = floating(p, q)
    require_probabilities("p", p, axis)
    require_probabilities("q", q, axis)
    return (0.0 - xp.sum(xlogy(p, q), axis=axis)) / unit(base)  # a bare minus would turn certainty into -0.0


def require_probabilities(name: str, p: Array, axis: int = -1) -> None:
    """Refuse what is no probability distribution along an axis.

    Raises:
        ValueError: There is no axis, a probability is negative or NaN, or they do not sum to one within 1e-5.
    """
    xp = floating(p)
    if p.ndim == 0:
        raise ValueError(f"expected {name} to have an axis of outcomes, got a single number")
    require(p >= 0, name, p, "to have no negative entries")
    total = xp.sum(p, axis=axis)
    if not bool(xp.all(xp.abs(total - 1) <= 1e-5)):
        worst = float(total.ravel()[xp.argmax(xp.abs(total.ravel() - 1))])
        raise ValueError(f"expected {name} to sum to 1 along axis {axis}, got a sum of {worst:g}; divide by the sum")


def unit(base: float | None) -> float:
    """How many nats one unit of information holds: log(base)."""
    if base is None:
        return 1.0
    if not (base > 0 and base != 1):
        raise ValueError(f"expected a base above 0 other than 1, got {base}")
    return math.log(base)
