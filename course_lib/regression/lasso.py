"""The lasso: least squares with a price on the size of the coefficients, which makes many of them exactly zero."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Self

import torch
from array_api_compat import device
from sklearn.exceptions import ConvergenceWarning

from course_lib.arrays import Array, namespace
from course_lib.regression.linear import LinearModel, check_price, check_rounds


class Lasso(LinearModel):
    r"""Least squares with a price on the absolute size of the coefficients.

    $(\hat b, \hat w) = \arg\min_{b, w} \frac{1}{2n} \sum_i s_i \, (y_i - b - w^\top x_i)^2 + \alpha \lVert w \rVert_1$
    with $n = \sum_i s_i$   (Tibshirani, Regression shrinkage and selection via the lasso, 1996; scikit-learn's scaling
    of $\alpha$)

    Solved by :func:`coordinate_descent`. The intercept is not charged.

    Args:
        alpha: The price, at least 0. For 0, :class:`LinearRegression` is the better tool.
        fit_intercept: Whether the model has an intercept.
        max_iter: The most rounds through all coefficients.
        tol: Stop once the objective, times n, is within ``tol`` times $\sum_i s_i (y_i - \bar y)^2$ of its minimum.

    Attributes:
        coef_: Shape (p,), or (outputs, p) for a ``y`` of shape (n, outputs).
        intercept_: A number, or shape (outputs,).
        n_iter_: How many rounds it took; a list for several outputs.
        dual_gap_: How far above its minimum the objective is at most; a list for several outputs.
        n_features_in_: p.
        feature_names_in_: The columns' names, if ``fit`` was given a data frame.

    >>> import numpy as np
    >>> X = np.array([[-1.0, 1.0], [0.0, -2.0], [1.0, 1.0]])
    >>> Lasso(alpha=0.5).fit(X, np.array([-2.0, 0.0, 2.0])).coef_
    array([1.25, 0.  ])
    """

    def __init__(
        self, alpha: float = 1.0, *, fit_intercept: bool = True, max_iter: int = 1000, tol: float = 1e-4
    ) -> None:
        self.alpha = alpha
        self.fit_intercept = fit_intercept
        self.max_iter = max_iter
        self.tol = tol

    @torch.no_grad()
    def fit(self, X: Array, y: Array, sample_weight: Array | None = None) -> Self:
        """Fit the coefficients; arguments and errors are those of :meth:`LinearRegression.fit`.

        Warns:
            ConvergenceWarning: ``max_iter`` rounds were not enough.
        """
        check_price(self.alpha)
        check_rounds(self.max_iter)
        data = self._prepare(X, y, sample_weight)
        results = []
        for k in range(data.B.shape[1]):
            results.append(self._descend(data.Z, data.B[:, k], data.weight))
        columns, rounds, gaps = zip(*results, strict=True)
        self._set_coefficients(namespace(data.Z).stack(columns, axis=1), data)
        self.n_iter_ = list(rounds) if data.outputs else rounds[0]
        self.dual_gap_ = list(gaps) if data.outputs else gaps[0]
        return self

    def _descend(self, Z: Array, b: Array, n: float) -> tuple[Array, int, float]:
        """Coordinate descent to the duality gap wanted: the coefficients, the rounds taken, the gap."""
        price, enough = n * self.alpha, self.tol * float(b @ b)
        sweeps = coordinate_descent(Z, b, [price] * Z.shape[1])
        for rounds, (w, r) in enumerate(islice(sweeps, self.max_iter), start=1):
            gap = _duality_gap(Z, b, w, r, price)
            if gap <= enough:
                return w, rounds, gap / n
        warnings.warn(
            f"after {rounds} rounds the objective may still be {gap / n:.3g} above its minimum, more than the "
            f"{enough / n:.3g} that tol={self.tol} asks for. Raise max_iter, bring the columns to one scale, or raise "
            "alpha; for alpha=0 use LinearRegression",
            ConvergenceWarning,
            stacklevel=4,
        )
        return w, rounds, gap / n


def coordinate_descent(
    Z: Array, b: Array, prices: Sequence[float], start: Array | None = None
) -> Iterator[tuple[Array, Array]]:
    r"""Minimise $\frac12 \lVert b - Zw \rVert^2 + \sum_j \lambda_j |w_j|$ over one coefficient after another, for ever.

    With the others held, let $\rho_j = z_j^\top (b - \sum_{k \neq j} z_k w_k)$. Then the best $w_j$ is
    $\mathrm{sign}(\rho_j) \max(|\rho_j| - \lambda_j, 0) \,/\, z_j^\top z_j$: the least-squares answer, pulled towards
    zero.

    Args:
        Z: Shape (n, p).
        b: Shape (n,).
        prices: The $\lambda_j \geq 0$.
        start: The first w, shape (p,); zero by default.

    Yields:
        The coefficients w and the residuals b - Zw after each round.

    Source: Friedman, Hastie and Tibshirani, Regularization paths for generalized linear models via coordinate descent,
    2010.

    >>> import numpy as np
    >>> rounds = coordinate_descent(np.eye(2), np.array([3.0, -1.0]), [2.0, 2.0])
    >>> next(rounds)[0]
    array([1., 0.])
    """
    xp = namespace(Z, b)
    columns = list(xp.asarray(Z.mT, copy=True))
    squares = xp.sum(Z * Z, axis=0).tolist()
    w = xp.zeros(Z.shape[1], dtype=Z.dtype, device=device(Z)) if start is None else start
    r = b - Z @ w
    while True:
        w, r = xp.asarray(w, copy=True), xp.asarray(r, copy=True)
        for j, (z, square, price) in enumerate(zip(columns, squares, prices, strict=True)):
            if square == 0:
                continue
            rho = z @ r + square * w[j]
            best = (rho - min(max(rho, -price), price)) / square
            r -= (best - w[j]) * z
            w[j] = best
        yield w, r


def _duality_gap(Z: Array, b: Array, w: Array, r: Array, price: float) -> float:
    r"""How far $\frac12 \lVert r \rVert^2 + \lambda \lVert w \rVert_1$ is above its minimum at most.

    Every $\theta$ with $\lVert Z^\top \theta \rVert_\infty \leq \lambda$ gives a lower bound of that minimum,
    $\theta^\top b - \frac12 \lVert \theta \rVert^2$. The residuals, shortened to meet the condition, give a good one.
    """
    xp = namespace(Z)
    steepest = float(xp.max(xp.abs(r @ Z)))
    theta = r * min(1.0, price / steepest) if steepest > 0 else r
    objective = r @ r / 2 + price * xp.sum(xp.abs(w))
    return float(objective - (theta @ b - theta @ theta / 2))
