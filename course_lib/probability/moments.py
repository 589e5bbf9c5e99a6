r"""Covariance and correlation of samples, as NumPy computes them.

Both are 0 for independent variables. The converse is false: they see straight lines only. (Deep Learning, section 3.8)
"""

from __future__ import annotations

from course_lib.arrays import Array
from course_lib.probability.functions import floating, require


def covariance(x: Array, y: Array | None = None, rowvar: bool = True, ddof: int = 1) -> Array:
    r"""Covariance matrix of samples, with the arguments of ``np.cov``.

    $\mathrm{Cov}(x_i, x_j) = \frac{1}{n - \mathrm{ddof}} \sum_k (x_{ik} - \bar x_i)(x_{jk} - \bar x_j)$
    (Deep Learning, eq. 3.13)

    Args:
        x: Shape (variables, n), one variable per row as in NumPy; or (n,) for a single variable.
        y: More variables, of the same form.
        rowvar: Whether variables are rows. ``False`` takes a design matrix, shape (n, variables).
        ddof: 1 divides by n − 1, which is right on average; 0 divides by n, as if the samples were all there is.

    Returns:
        Shape (variables, variables); a single variable's variance has shape ().

    Raises:
        TypeError: Something is no array, not floating, or the kinds are mixed.
        ValueError: There are more than two axes, too few samples, or ``x`` and ``y`` are not equally many.

    >>> import numpy as np
    >>> covariance(np.array([1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0]))
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    X = _variables(x, y, rowvar)
    n = X.shape[1]
    if n <= ddof:
        raise ValueError(f"expected more than ddof = {ddof} samples, got {n}")
    C = _scatter(X) / (n - ddof)
    return C[0, 0] if x.ndim == 1 and y is None else C


def correlation(x: Array, y: Array | None = None, rowvar: bool = True) -> Array:
    r"""Pearson's correlation matrix of samples, with the arguments of ``np.corrcoef``.

    $\rho_{ij} = C_{ij} / \sqrt{C_{ii} C_{jj}}$, from −1 to 1

    Args:
        x: Shape (variables, n), one variable per row as in NumPy; or (n,) for a single variable.
        y: More variables, of the same form.
        rowvar: Whether variables are rows. ``False`` takes a design matrix, shape (n, variables).

    Returns:
        Shape (variables, variables), or () for a single variable.

    Raises:
        TypeError: Something is no array, not floating, or the kinds are mixed.
        ValueError: A variable is constant, or the data do not fit as in :func:`covariance`.

    >>> import numpy as np
    >>> correlation(np.array([1.0, 2.0, 3.0]), np.array([5.0, 5.0, 8.0])).round(3)
    array([[1.   , 0.866],
           [0.866, 1.   ]])
    """
    X = _variables(x, y, rowvar)
    xp = floating(X)
    if X.shape[1] < 2:
        raise ValueError(f"expected at least 2 samples, got {X.shape[1]}")
    varies = xp.any(X[:, :1] != X, axis=1)
    require(varies, "no variable", X[:, 0], "to be constant, for a constant correlates with nothing")
    S = _scatter(X)
    s = xp.sqrt(S.diagonal())
    R = xp.clip(S / s / s[:, None], -1.0, 1.0)
    return R[0, 0] if x.ndim == 1 and y is None else R


def _variables(x: Array, y: Array | None, rowvar: bool) -> Array:
    """All variables, one per row."""
    if y is None:
        floating(x)
        return _rows(x, rowvar)
    xp = floating(x, y)
    X, Y = _rows(x, rowvar), _rows(y, rowvar)
    if X.shape[1] != Y.shape[1]:
        raise ValueError(f"expected as many samples of y as of x, got {Y.shape[1]} and {X.shape[1]}")
    return xp.concat([X, Y], axis=0)


def _rows(x: Array, rowvar: bool) -> Array:
    if x.ndim not in (1, 2):
        raise ValueError(f"expected shape (n,) or (variables, n), got {tuple(x.shape)}")
    if x.ndim == 1:
        return x[None, :]
    return x if rowvar else x.T


def _scatter(X: Array) -> Array:
    """Products of deviations from the mean, summed over the samples."""
    xp = floating(X)
    centred = X - xp.mean(X, axis=1, keepdims=True)
    return centred @ centred.T
