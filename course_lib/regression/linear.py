"""Linear models for a number: least squares, and least squares with a squared price on the coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from array_api_compat import device
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from course_lib._estimators import validate
from course_lib.arrays import Array, namespace
from course_lib.metrics import r2_score
from course_lib.regression._least_squares import (
    Basis,
    centre,
    column_names,
    linear_predictor,
    orthonormal_basis,
    warn_if_collinear,
    weighted_rows,
)
from course_lib.regression.summary import Summary


@dataclass(frozen=True)
class WithoutIntercept:
    r"""A weighted regression with its intercept and its weights taken out: $\lVert B - Zw \rVert^2$.

    Minimising $\sum_i s_i (y_i - b - w^\top x_i)^2$ over $b$ gives $b = \bar y - w^\top \bar x$, with weighted means.
    Put back, it leaves $Z = \sqrt s\,(X - \bar x)$ and $B = \sqrt s\,(y - \bar y)$.
    """

    Z: Array  # (n, p)
    B: Array  # (n, outputs)
    x_mean: Array  # (p,)
    y_mean: Array  # (outputs,)
    weight: float  # the sum of the weights
    outputs: tuple[int, ...]  # () where y was a vector
    noise: float  # how large rounding errors are in Z


class LinearModel(MultiOutputMixin, RegressorMixin, BaseEstimator):
    r"""What linear models have in common: $\hat y = b + w^\top x$, with $w$ in ``coef_`` and $b$ in ``intercept_``."""

    fit_intercept: bool

    def _prepare(self, X: Array, y: Array, sample_weight: Array | None = None) -> WithoutIntercept:
        """Check the data of ``fit``, then take weights and intercept out of them."""
        X, y = validate(self, X, y, multi_output=True, y_numeric=True)
        X, y, s = weighted_rows(X, y, sample_weight)
        xp, outputs = namespace(X), tuple(y.shape[1:])
        y = xp.astype(y if outputs else y[:, None], X.dtype)
        x, y, root = centre(X, s, self.fit_intercept), centre(y, s, self.fit_intercept), xp.sqrt(s)[:, None]
        return WithoutIntercept(
            root * x.values, root * y.values, x.mean, y.mean, float(xp.sum(s)), outputs, noise=x.noise
        )

    def _set_coefficients(self, w: Array, data: WithoutIntercept) -> None:
        """Keep coefficients (p, outputs) in scikit-learn's shapes: (p,) where y was a vector, else (outputs, p)."""
        xp = namespace(w)
        self.coef_ = xp.reshape(w.T, (*data.outputs, w.shape[0]))
        intercept = xp.reshape(data.y_mean - data.x_mean @ w, data.outputs)
        self.intercept_ = intercept[()] if self.fit_intercept else 0.0

    def predict(self, X: Array) -> Array:
        """The expected y of each row of ``X``: shape (n,) or (n, outputs)."""
        check_is_fitted(self)
        return linear_predictor(validate(self, X, reset=False), self.coef_, self.intercept_)

    def score(self, X: Array, y: Array, sample_weight: Array | None = None) -> float:
        """R² of the predictions for ``X``: 1 is perfect, 0 no better than predicting the mean of y every time."""
        return r2_score(y, self.predict(X), sample_weight=sample_weight)


class LinearRegression(LinearModel):
    r"""Ordinary least squares, with the statistics that belong to it.

    $(\hat b, \hat w) = \arg\min_{b, w} \sum_i s_i \, (y_i - b - w^\top x_i)^2$, with weights $s_i = 1$ unless given
    (An Introduction to Statistical Learning, section 3.2).

    Solved by a QR factorisation of the centred columns, so that $X^\top X$ is never formed: it would square the
    condition number. Of the arguments of scikit-learn's class those are here that change the answer, but ``positive``.

    Args:
        fit_intercept: Whether the model has an intercept. Without one, give centred data or mean it.

    Attributes:
        coef_: Shape (p,), or (outputs, p) for a ``y`` of shape (n, outputs).
        intercept_: A number, or shape (outputs,).
        rank_: The number of columns, once centred, that are no combination of others.
        n_features_in_: p.
        feature_names_in_: The columns' names, if ``fit`` was given a data frame.

    >>> model = LinearRegression().fit(np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 3.0, 5.0]))
    >>> model.coef_.round(6), round(float(model.intercept_), 6)
    (array([2.]), 1.0)
    """

    def __init__(self, *, fit_intercept: bool = True) -> None:
        self.fit_intercept = fit_intercept

    @torch.no_grad()
    def fit(self, X: Array, y: Array, sample_weight: Array | None = None) -> Self:
        """Fit the coefficients.

        Args:
            X: Predictors, shape (n, p). NumPy array, data frame, or torch tensor on any device.
            y: Responses, shape (n,) or (n, outputs).
            sample_weight: How much each row counts, shape (n,).

        Raises:
            ValueError: Shapes do not fit, something is NaN or infinite, a weight is negative or all are zero.

        Warns:
            CollinearityWarning: Columns are combinations of others. It names them; the smallest coefficients are taken.
        """
        data = self._prepare(X, y, sample_weight)
        basis = orthonormal_basis(data.Z, data.noise)
        warn_if_collinear(data.Z, basis, column_names(self))
        w = basis.coefficients(basis.Q.mT @ data.B)
        self._set_coefficients(w, data)
        self.rank_ = basis.rank
        self._statistics = self._inference(data, basis, w)
        return self

    def _inference(self, data: WithoutIntercept, basis: Basis, w: Array) -> dict[str, Any]:
        """What :meth:`summary` needs to know of the data."""
        xp = namespace(data.Z)
        n, p = data.Z.shape
        directions = xp.eye(p, dtype=data.Z.dtype, device=device(data.Z))
        if self.fit_intercept:
            varies = xp.any(data.Z != 0, axis=0)  # a constant column is as good as absent
            directions = xp.concat([xp.where(varies, -data.x_mean, 0)[None, :], directions])
        spreads = np.asarray(basis.spread(directions).tolist())
        if self.fit_intercept:
            spreads[0] = np.hypot(spreads[0], data.weight**-0.5)
        return {
            "unscaled_errors": spreads,
            "rss": xp.sum((data.B - data.Z @ w) ** 2).item(),
            "tss": xp.sum(data.B**2).item(),
            "df_model": basis.rank,
            "df_residual": n - basis.rank - self.fit_intercept,
        }

    def summary(self, feature_names: Sequence[str] | None = None, *, level: float = 0.95) -> Summary:
        """The table of coefficients with their errors, and how well the model fits.

        Args:
            feature_names: What to call the columns; by default as in the data frame of ``fit``, or x0, x1, …
            level: Confidence level of the intervals.

        Raises:
            ValueError: ``y`` had several outputs, there are not as many names as columns, or the level is not between
                0 and 1.
        """
        check_is_fitted(self)
        if self.coef_.ndim > 1:
            raise ValueError(f"a summary is of one response; fit the {len(self.coef_)} columns of y one by one")
        names = column_names(self) if feature_names is None else list(feature_names)
        if len(names) != self.n_features_in_:
            raise ValueError(f"expected {self.n_features_in_} names, one for each column of X, got {names}")
        if not 0 < level < 1:
            raise ValueError(f"expected a level between 0 and 1, such as 0.95, got {level}")
        coefficients = self.coef_.tolist()
        if self.fit_intercept:
            names, coefficients = ["Intercept", *names], [float(self.intercept_), *coefficients]
        return Summary(names, np.asarray(coefficients) + 0.0, level=level, **self._statistics)


class Ridge(LinearModel):
    r"""Least squares with a price on large coefficients.

    $(\hat b, \hat w) = \arg\min_{b, w} \sum_i s_i \, (y_i - b - w^\top x_i)^2 + \alpha \lVert w \rVert^2$
    (Deep Learning, section 7.1.1; scikit-learn's scaling of $\alpha$)

    The price is what $p$ more rows of data would cost, $\lVert 0 - \sqrt\alpha I w \rVert^2$. So this is least squares
    again, on the centred columns with $\sqrt\alpha I$ below. The intercept is not charged.

    Args:
        alpha: The price, at least 0. At 0 this is :class:`LinearRegression`.
        fit_intercept: Whether the model has an intercept.

    Attributes:
        coef_: Shape (p,), or (outputs, p) for a ``y`` of shape (n, outputs).
        intercept_: A number, or shape (outputs,).
        n_features_in_: p.
        feature_names_in_: The columns' names, if ``fit`` was given a data frame.

    >>> Ridge(alpha=2.0).fit(np.array([[-1.0], [0.0], [1.0]]), np.array([-1.0, 0.0, 1.0])).coef_
    array([0.5])
    """

    def __init__(self, alpha: float = 1.0, *, fit_intercept: bool = True) -> None:
        self.alpha = alpha
        self.fit_intercept = fit_intercept

    @torch.no_grad()
    def fit(self, X: Array, y: Array, sample_weight: Array | None = None) -> Self:
        """Fit the coefficients; arguments, errors and warnings are those of :meth:`LinearRegression.fit`."""
        check_price(self.alpha)
        data = self._prepare(X, y, sample_weight)
        xp, (p, outputs) = namespace(data.Z), (data.Z.shape[1], data.B.shape[1])
        like = {"dtype": data.Z.dtype, "device": device(data.Z)}
        Z = xp.concat([data.Z, self.alpha**0.5 * xp.eye(p, **like)])
        B = xp.concat([data.B, xp.zeros((p, outputs), **like)])
        basis = orthonormal_basis(Z, data.noise)
        warn_if_collinear(Z, basis, column_names(self))
        self._set_coefficients(basis.coefficients(basis.Q.mT @ B), data)
        return self


def check_rounds(max_iter: int) -> None:
    """Refuse an iteration that is not to begin."""
    if max_iter < 1:
        raise ValueError(f"expected max_iter to be at least 1, got {max_iter!r}")


def check_price(alpha: float) -> None:
    """Refuse a price on coefficients that is negative or no number."""
    if not 0 <= alpha < np.inf:
        raise ValueError(f"expected alpha, the price on coefficients, to be a number of at least 0, got {alpha!r}")
