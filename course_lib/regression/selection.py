"""Which predictors to keep: all subsets, or one more at a time, or one less."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from course_lib.arrays import Array, namespace
from course_lib.linear_algebra import norm, qr
from course_lib.regression._least_squares import orthonormal_basis
from course_lib.regression.linear import LinearRegression

CRITERIA = {"adjusted_r2": max, "cp": min, "aic": min, "bic": min}
MOST_FOR_ALL_SUBSETS = 20


@dataclass(frozen=True, eq=False)
class SelectionPath:
    r"""Linear regressions with more and more predictors, and what each is worth.

    RSS and $R^2$ can only get better with more predictors, so they cannot choose. The criteria charge for each of the
    $d$ coefficients, the intercept among them (An Introduction to Statistical Learning, section 6.1.3):

    - $C_p = \mathrm{RSS} / \hat\sigma^2 - n + 2 d$, with $\hat\sigma^2$ from all predictors together; about $d$ for a
      model that misses nothing
    - $\mathrm{AIC} = -2 \log L + 2 d$ and $\mathrm{BIC} = -2 \log L + d \log n$, with the Gaussian likelihood
      $-2 \log L = n \log(2 \pi e\, \mathrm{RSS} / n)$

    Attributes:
        features: For each model the columns that it uses. The first has none; each next one has one more.
        rss: Residual sums of squares, shape (models,), as all criteria.
        tss: Total sum of squares.
        n: The number of rows.
        noise_variance: $\hat\sigma^2$; NaN if there are too few rows for all predictors.
    """

    features: Sequence[tuple[int, ...]]
    rss: np.ndarray
    tss: float
    n: int
    noise_variance: float

    @property
    def sizes(self) -> np.ndarray:
        """The number of predictors of each model."""
        return np.asarray([len(chosen) for chosen in self.features])

    @property
    def r2(self) -> np.ndarray:
        """The share of the variation explained: larger is better, and more is always larger."""
        with np.errstate(invalid="ignore"):
            return 1 - self.rss / np.float64(self.tss)

    @property
    def adjusted_r2(self) -> np.ndarray:
        """R² with a price for each predictor: larger is better."""
        left = self.n - 1 - self.sizes
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(left > 0, 1 - (self.rss / left) / (np.float64(self.tss) / (self.n - 1)), np.nan)

    @property
    def cp(self) -> np.ndarray:
        """Mallows' Cp: smaller is better."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.rss / np.float64(self.noise_variance) - self.n + 2 * (self.sizes + 1)

    @property
    def aic(self) -> np.ndarray:
        """Akaike's information criterion: smaller is better."""
        return self._minus_twice_log_likelihood + 2 * (self.sizes + 1)

    @property
    def bic(self) -> np.ndarray:
        """The Bayesian information criterion, which charges more than AIC from 8 rows on: smaller is better."""
        return self._minus_twice_log_likelihood + math.log(self.n) * (self.sizes + 1)

    @property
    def _minus_twice_log_likelihood(self) -> np.ndarray:
        with np.errstate(divide="ignore"):
            return self.n * np.log(2 * math.pi * math.e * self.rss / self.n)

    def best(self, criterion: str = "bic") -> tuple[int, ...]:
        """The columns of the best model by ``"bic"``, ``"aic"``, ``"cp"`` or ``"adjusted_r2"``.

        Raises:
            ValueError: It is another criterion, or one that has no value for any model.
        """
        if criterion not in CRITERIA:
            raise ValueError(f"expected one of the criteria {', '.join(CRITERIA)}, got {criterion!r}")
        values = [(value, i) for i, value in enumerate(getattr(self, criterion)) if not math.isnan(value)]
        if not values:
            raise ValueError(f"{criterion} is not defined: there are only {self.n} rows")
        return self.features[CRITERIA[criterion](values)[1]]


def best_subset(X: Array, y: Array) -> SelectionPath:
    r"""Of every size, the subset of predictors with the smallest RSS, found by trying all $2^p$.

    Args:
        X: Predictors, shape (n, p), p at most 20.
        y: Responses, shape (n,).

    Returns:
        The best model of each size, from 0 to p or as many as the rows can tell apart.

    Raises:
        ValueError: There are too many predictors, shapes do not fit, or something is NaN or infinite.

    Source: An Introduction to Statistical Learning, algorithm 6.1.

    >>> X = np.array([[1.0, 0.0], [2.0, 1.0], [3.0, 0.0], [4.0, 1.0], [5.0, 1.0]])
    >>> best_subset(X, np.array([2.1, 3.9, 6.1, 7.9, 10.0])).features
    [(), (0,), (0, 1)]
    """
    data = _Reduced.of(X, y)
    p = data.columns.shape[1]
    if p > MOST_FOR_ALL_SUBSETS:
        raise ValueError(f"{p} predictors have 2^{p} subsets, too many to try; use forward_selection")
    best: dict[int, tuple[float, tuple[int, ...]]] = {}
    for chosen, rss in _all_subsets(data.columns, data.y, data.noise):
        if len(chosen) not in best or rss < best[len(chosen)][0]:
            best[len(chosen)] = rss, chosen
    return data.path([best[size][1] for size in sorted(best)], [best[size][0] for size in sorted(best)])


def forward_selection(X: Array, y: Array) -> SelectionPath:
    r"""Start without predictors and add, one at a time, the one that lowers the RSS most.

    It fits at most $p (p + 1) / 2$ models instead of $2^p$, and also works with more predictors than rows. It never
    takes a choice back, so that a pair of predictors which only help together may be missed.

    Args:
        X: Predictors, shape (n, p).
        y: Responses, shape (n,).

    Returns:
        The model of each size, in the order of the search.

    Raises:
        ValueError: Shapes do not fit, or something is NaN or infinite.

    Source: An Introduction to Statistical Learning, algorithm 6.2.

    >>> X = np.array([[1.0, 0.0], [2.0, 1.0], [3.0, 0.0], [4.0, 1.0], [5.0, 1.0]])
    >>> forward_selection(X, np.array([2.1, 3.9, 6.1, 7.9, 10.0])).features
    [(), (0,), (0, 1)]
    """
    data = _Reduced.of(X, y)
    columns, rest = data.columns, data.y
    features: list[tuple[int, ...]] = [()]
    rss = [float(rest @ rest)]
    while (left := np.sqrt(np.sum(columns**2, axis=0)) > data.noise).any():
        drops = np.zeros(len(left))
        drops[left] = (rest @ columns[:, left]) ** 2 / np.sum(columns[:, left] ** 2, axis=0)
        j = int(np.argmax(np.where(left, drops, -1)))
        columns, rest = _without(columns[:, j], columns), _without(columns[:, j], rest)
        features.append((*features[-1], j))
        rss.append(float(rest @ rest))
    return data.path(features, rss)


def backward_selection(X: Array, y: Array) -> SelectionPath:
    r"""Start with all predictors and remove, one at a time, the one with the largest p-value.

    That is the one with the smallest $t_j^2 = \hat\beta_j^2 / \mathrm{SE}(\hat\beta_j)^2$. Removing it raises the RSS
    by $t_j^2 \hat\sigma^2 = \hat\beta_j^2 / [(X^\top X)^{-1}]_{jj}$, less than removing any other.

    Args:
        X: Predictors, shape (n, p), with n > p + 1.
        y: Responses, shape (n,).

    Returns:
        The model of each size, from none to all; the search went the other way.

    Raises:
        ValueError: There are too few rows for all predictors, shapes do not fit, or something is NaN or infinite.

    Source: An Introduction to Statistical Learning, algorithm 6.3.

    >>> X = np.array([[1.0, 0.0], [2.0, 1.0], [3.0, 0.0], [4.0, 1.0], [5.0, 1.0]])
    >>> backward_selection(X, np.array([2.1, 3.9, 6.1, 7.9, 10.0])).features
    [(), (0,), (0, 1)]
    """
    data = _Reduced.of(X, y)
    p = data.columns.shape[1]
    if data.n <= p + 1:
        raise ValueError(
            f"{data.n} rows are too few to start with all {p} predictors: it takes {p + 2}; use forward_selection"
        )
    kept = tuple(range(p))
    features: list[tuple[int, ...]] = [()]
    rss = [data.tss]
    while kept:
        basis = orthonormal_basis(data.columns[:, kept], data.noise)
        c = basis.Q.T @ data.y
        rest = data.y - basis.Q @ c
        features.insert(1, kept)
        rss.insert(1, float(rest @ rest))
        with np.errstate(invalid="ignore"):
            rises = (basis.coefficients(c[:, None])[:, 0] / basis.spread(np.eye(len(kept)))) ** 2
        dropped = int(np.argmin(np.where(np.isnan(rises), 0, rises)))  # NaN: others can do all that it does
        kept = (*kept[:dropped], *kept[dropped + 1 :])
    return data.path(features, rss)


@dataclass(frozen=True)
class _Reduced:
    """A regression without its intercept and without all but p + 1 of its rows, on the host.

    With $[Z, B] = QR$, the columns of R have the same lengths and angles as those of $[Z, B]$, hence the same RSS.
    """

    columns: np.ndarray  # (rows, p), of unit length
    y: np.ndarray  # (rows,)
    n: int
    noise: float

    @classmethod
    def of(cls, X: Array, y: Array) -> _Reduced:
        data = LinearRegression()._prepare(X, y)
        if data.outputs:
            raise ValueError(f"expected y of shape (n,), got {data.outputs[0]} columns; select for one at a time")
        xp = namespace(data.Z)
        A = xp.concat([data.Z, data.B], axis=1)
        lengths = norm(A, axis=0)
        R = np.asarray(qr(A / xp.where(lengths > 0, lengths, 1))[1].tolist())
        return cls(R[:, :-1], R[:, -1] * float(lengths[-1]), data.Z.shape[0], data.noise)

    @property
    def tss(self) -> float:
        return float(self.y @ self.y)

    def path(self, features: Sequence[tuple[int, ...]], rss: Sequence[float]) -> SelectionPath:
        """What a search found, with the noise as all predictors together leave it."""
        Q = orthonormal_basis(self.columns, self.noise).Q
        rest = self.y - Q @ (Q.T @ self.y)
        left = self.n - Q.shape[1] - 1
        variance = float(rest @ rest) / left if left > 0 else math.nan
        return SelectionPath(features, np.asarray(rss), self.tss, self.n, variance)


def _without(direction: np.ndarray, values: np.ndarray) -> np.ndarray:
    """What is left of columns once their parts along a direction are taken out."""
    q = direction / np.sqrt(direction @ direction)
    return values - np.multiply.outer(q, q @ values)


def _all_subsets(
    columns: np.ndarray, y: np.ndarray, noise: float, chosen: tuple[int, ...] = ()
) -> Iterator[tuple[tuple[int, ...], float]]:
    """Every subset of independent columns that continues the chosen ones, with its RSS.

    What is passed on is only what the chosen columns leave of the others and of y, so that each subset costs one step.
    """
    yield chosen, float(y @ y)
    for j in range(chosen[-1] + 1 if chosen else 0, columns.shape[1]):
        q = columns[:, j]
        if q @ q > noise**2:
            yield from _all_subsets(_without(q, columns), _without(q, y), noise, (*chosen, j))
