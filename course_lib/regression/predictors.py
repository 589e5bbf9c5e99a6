"""Columns to put into a regression: dummies for what is not a number, products for what acts together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from course_lib.arrays import Array, is_torch, namespace


def dummy_encode(
    values: Array | Sequence[Any], *, baseline: Any = None, levels: Sequence[Any] | None = None
) -> tuple[Array, list[Any]]:
    r"""A column of zeros and ones for every level of a qualitative predictor but one, the baseline.

    $x_{ij} = 1$ where row $i$ has level $j$, else 0   (An Introduction to Statistical Learning, section 3.3.1)

    Rows of the baseline are zero everywhere: the intercept speaks for them, and the coefficient of a level says how it
    differs from the baseline. With a column for the baseline as well, the columns would add up to the intercept's.

    Args:
        values: Labels, shape (n,): strings or numbers in a NumPy array or a list, or a tensor of whole numbers.
        baseline: The level without a column; by default the first.
        levels: All levels, in the order wanted, also those that do not occur here; by default those that do, sorted.

    Returns:
        The columns, shape (n, L - 1), and the L - 1 levels that they stand for. They are float64 for NumPy; for torch,
        its default dtype on the values' device.

    Raises:
        ValueError: There are no values, they have another shape, there are fewer than two levels or one twice, or a
            value or the baseline is no level.

    >>> dummy_encode(["blue", "brown", "green", "brown"], baseline="brown")
    (array([[1., 0.],
           [0., 0.],
           [0., 1.],
           [0., 0.]]), ['blue', 'green'])
    """
    labels: Array = values if is_torch(values) else np.asarray(values)
    if labels.ndim != 1 or labels.shape[0] == 0:
        raise ValueError(f"expected labels of shape (n,), n at least 1, got shape {tuple(labels.shape)}")
    xp = namespace(labels)
    found = xp.unique_values(labels).tolist()
    levels = found if levels is None else list(levels)
    baseline = levels[0] if baseline is None else baseline
    if len(set(levels)) != len(levels) or len(levels) < 2:
        raise ValueError(f"expected at least two levels, each once, got {levels}")
    if unknown := set(found) - set(levels):
        raise ValueError(f"expected only the levels {levels}, got {sorted(unknown)} as well")
    if baseline not in levels:
        raise ValueError(f"expected the baseline to be one of the levels {levels}, got {baseline!r}")
    others = [level for level in levels if level != baseline]
    dtype = xp.asarray(0.0).dtype
    return xp.stack([xp.astype(labels == level, dtype) for level in others], axis=1), others


def interaction(X: Array, pairs: Sequence[tuple[int, int]] | None = None) -> Array:
    r"""Add products of columns, so that the effect of one predictor may depend on another.

    $y = b + w_1 x_1 + w_2 x_2 + w_3 x_1 x_2 = b + (w_1 + w_3 x_2)\, x_1 + w_2 x_2$
    (An Introduction to Statistical Learning, section 3.3.2)

    Args:
        X: Shape (n, p).
        pairs: Which columns to multiply; by default each with each other. A pair (j, j) gives a square.

    Returns:
        Shape (n, p + number of pairs): ``X``, then the products. The columns of ``X`` stay, because a product without
        its factors is hard to interpret.

    Raises:
        ValueError: ``X`` is no matrix, or a pair names a column that is not there.

    >>> interaction(np.array([[2.0, 3.0], [4.0, 5.0]]))
    array([[ 2.,  3.,  6.],
           [ 4.,  5., 20.]])
    """
    xp = namespace(X)
    if X.ndim != 2:
        raise ValueError(f"expected X of shape (n, p), got shape {tuple(X.shape)}")
    p = X.shape[1]
    pairs = list(combinations(range(p), 2)) if pairs is None else list(pairs)
    if any(not 0 <= j < p for pair in pairs for j in pair):
        raise ValueError(f"expected pairs of columns from 0 to {p - 1}, got {pairs}")
    return xp.concat([X, *((X[:, j] * X[:, k])[:, None] for j, k in pairs)], axis=1)
