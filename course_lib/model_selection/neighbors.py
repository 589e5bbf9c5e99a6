"""Nearest neighbours: predict what happened nearby, and see why that fails in many dimensions."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, Self

import array_api_compat
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from course_lib._estimators import validate
from course_lib.arrays import Array, is_torch, namespace
from course_lib.metrics import accuracy_score, r2_score

BLOCK = 2**18  # entries of the distance matrix that are held at once: 2 MB, so memory stays small and the cache warm

METRICS = {"euclidean": 2, "manhattan": 1, "chebyshev": np.inf}


def neighbourhood_edge(fraction: float, dimensions: int) -> float:
    r"""How much of each axis a cube must span to hold a fraction of a uniform distribution.

    $e = r^{1/p}$: in ten dimensions, a tenth of the data takes 79% of every axis. A neighbourhood is no longer near.
    (Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, section 2.5)

    Args:
        fraction: $r$, the share of the data in the neighbourhood, from 0 to 1.
        dimensions: $p$, at least 1.

    Returns:
        The edge, from 0 to 1.

    Raises:
        ValueError: An argument is out of its range.

    >>> round(neighbourhood_edge(0.1, dimensions=10), 3)
    0.794
    """
    if not 0 <= fraction <= 1:
        raise ValueError(f"expected a fraction from 0 to 1, got {fraction}")
    if dimensions < 1:
        raise ValueError(f"expected at least 1 dimension, got {dimensions}")
    return fraction ** (1 / dimensions)


class _KNeighbors(BaseEstimator):
    """What the regressor and the classifier share: remembering the data, and finding who is near."""

    n_samples_fit_: int
    _X: Array
    _columns: Array

    def __init__(
        self,
        n_neighbors: int = 5,
        *,
        weights: str | Callable[[Array], Array] = "uniform",
        p: float = 2,
        metric: str = "minkowski",
    ):
        self.n_neighbors = n_neighbors
        self.weights = weights
        self.p = p
        self.metric = metric

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags

    def kneighbors(
        self, X: Array | None = None, n_neighbors: int | None = None, return_distance: bool = True
    ) -> Array | tuple[Array, Array]:
        """Find the nearest training samples.

        Args:
            X: Shape (m, features); by default the training samples, of which none is its own neighbour.
            n_neighbors: How many; by default ``self.n_neighbors``.
            return_distance: Whether to return the distances too.

        Returns:
            ``(distances, indices)``, each of shape (m, n_neighbors), nearest first and of equals the one that comes
            first; or the indices alone.

        Raises:
            ValueError: There are not as many training samples, or ``X`` does not fit them.
        """
        check_is_fitted(self)
        k = self.n_neighbors if n_neighbors is None else n_neighbors
        alone = X is None
        X = self._X if X is None else validate(self, X, reset=False)
        xp = namespace(X, self._X)
        n = self.n_samples_fit_ - alone
        if not isinstance(k, Integral) or not 1 <= k <= n:
            raise ValueError(f"Expected n_neighbors from 1 to {n}, the number of training samples, got {k}")
        p = METRICS.get(self.metric, self.p)
        rows = max(1, BLOCK // self.n_samples_fit_)
        found = []
        for start in range(0, X.shape[0], rows):
            powers = _distance_powers(X[start : start + rows, :], self._columns, p)
            if alone:
                i = np.arange(powers.shape[0])
                powers[i, start + i] = xp.inf
            found.append(_smallest(powers, k))
        powers, indices = (xp.concat(parts) for parts in zip(*found, strict=True))
        return (_root(powers, p), indices) if return_distance else indices

    def _remember(self, X: Array) -> None:
        if not isinstance(self.n_neighbors, Integral) or self.n_neighbors < 1:
            raise ValueError(f"expected n_neighbors to be a whole number of at least 1, got {self.n_neighbors!r}")
        if self.weights not in ("uniform", "distance") and not callable(self.weights):
            raise ValueError(f"expected weights to be 'uniform', 'distance' or a function, got {self.weights!r}")
        if self.metric != "minkowski" and self.metric not in METRICS:
            raise ValueError(f"expected metric to be 'minkowski' or one of {list(METRICS)}, got {self.metric!r}")
        if not isinstance(self.p, Real) or not self.p > 0:
            raise ValueError(f"expected p to be a number above 0, got {self.p!r}")
        self._X = X
        self._columns = namespace(X).stack(namespace(X).unstack(X, axis=1))  # side by side in memory, for speed
        self.n_samples_fit_ = X.shape[0]

    def _neighbours(self, X: Array) -> tuple[Array, Array]:
        """Weights and indices of the neighbours of each row."""
        distances, indices = self.kneighbors(X)
        xp = namespace(distances)
        if self.weights == "uniform":
            return xp.ones_like(distances), indices
        if callable(self.weights):
            return self.weights(distances), indices
        with np.errstate(divide="ignore"):
            weights = 1 / distances
        same = xp.isinf(weights)
        here = xp.any(same, axis=1, keepdims=True)
        return xp.where(here, xp.astype(same, weights.dtype), weights), indices


class KNeighborsRegressor(RegressorMixin, _KNeighbors):
    r"""Predict the average of the nearest training samples: $\hat y(x) = \frac{1}{k} \sum_{x_i \in N_k(x)} y_i$.

    An estimate of the regression function $\mathbb{E}[Y \mid X = x]$ that assumes nothing but smoothness. (Hastie,
    Tibshirani and Friedman, The Elements of Statistical Learning, eq. 2.8)

    Args:
        n_neighbors: $k$.
        weights: ``"uniform"``, ``"distance"`` (each neighbour counts 1 / distance, and at distance 0 alone), or a
            function from distances to weights.
        p: The order of the Minkowski distance $(\sum_j |x_j - y_j|^p)^{1/p}$.
        metric: ``"minkowski"``, or a name for one order: ``"euclidean"``, ``"manhattan"``, ``"chebyshev"``.

    Attributes:
        n_samples_fit_: How many training samples there are.

    >>> import numpy as np
    >>> X, y = np.array([[0.0], [1.0], [2.0], [9.0]]), np.array([0.0, 1.0, 2.0, 9.0])
    >>> KNeighborsRegressor(n_neighbors=3).fit(X, y).predict(np.array([[1.1]]))
    array([1.])
    """

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def fit(self, X: Array, y: Array) -> Self:
        """Remember the training samples, shape (n, features), and their targets, shape (n,) or (n, outputs)."""
        X, y = validate(self, X, y, multi_output=True, y_numeric=True)
        self._remember(X)
        xp = namespace(X, y)
        self._y = y if xp.isdtype(y.dtype, "real floating") else xp.astype(y, X.dtype)
        return self

    def predict(self, X: Array) -> Array:
        """The weighted average of the neighbours' targets, shape (m,) or (m, outputs)."""
        weights, indices = self._neighbours(X)
        xp = namespace(weights)
        y = self._y[indices]
        weights = xp.reshape(weights, (*weights.shape, *(1,) * (y.ndim - 2)))
        return xp.sum(weights * y, axis=1) / xp.sum(weights, axis=1)

    def score(self, X: Array, y: Array, sample_weight: Array | None = None) -> Any:
        """The coefficient of determination R² of the predictions."""
        return r2_score(y, self.predict(X), sample_weight=sample_weight)


class KNeighborsClassifier(ClassifierMixin, _KNeighbors):
    r"""Let the nearest training samples vote: $P(y = c \mid x)$ is the share of class $c$ among them.

    Args:
        n_neighbors: How many vote.
        weights: ``"uniform"``, ``"distance"`` (each neighbour counts 1 / distance, and at distance 0 alone), or a
            function from distances to weights.
        p: The order of the Minkowski distance $(\sum_j |x_j - y_j|^p)^{1/p}$.
        metric: ``"minkowski"``, or a name for one order: ``"euclidean"``, ``"manhattan"``, ``"chebyshev"``.

    Attributes:
        classes_: The classes, sorted.
        n_samples_fit_: How many training samples there are.

    >>> import numpy as np
    >>> X, y = np.array([[0.0], [1.0], [2.0], [9.0]]), np.array(["near", "near", "far", "far"])
    >>> KNeighborsClassifier(n_neighbors=3).fit(X, y).predict(np.array([[0.5], [8.0]]))
    array(['near', 'far'], dtype='<U4')
    """

    def fit(self, X: Array, y: Array) -> Self:
        """Remember the training samples, shape (n, features), and their classes, shape (n,)."""
        X, y = validate(self, X, y)
        if is_torch(y):
            _check_classes(y)
        else:
            check_classification_targets(y)
        self._remember(X)
        self.classes_, self._codes = namespace(y).unique_inverse(y)
        return self

    def predict_proba(self, X: Array) -> Array:
        """The share of the vote of each class, shape (m, classes)."""
        weights, indices = self._neighbours(X)
        xp = namespace(weights)
        voted = self._codes[indices]
        votes = xp.stack(
            [xp.sum(xp.where(voted == c, weights, 0.0), axis=1) for c in range(self.classes_.shape[0])], axis=1
        )
        total = xp.sum(votes, axis=1, keepdims=True)
        if bool(xp.any(total == 0)):
            raise ValueError("every sample needs a neighbour with a weight above 0; mend the function of weights")
        return votes / total

    def predict(self, X: Array) -> Array:
        """The class with the most votes, of equals the first, shape (m,)."""
        probabilities = self.predict_proba(X)
        return self.classes_[namespace(probabilities).argmax(probabilities, axis=1)]

    def score(self, X: Array, y: Array, sample_weight: Array | None = None) -> Any:
        """The accuracy of the predictions."""
        return accuracy_score(y, self.predict(X), sample_weight=sample_weight)


def _distance_powers(A: Array, columns: Array, p: float) -> Array:
    r"""$\sum_j |a_j - b_j|^p$ for every row $a$ of ``A`` and $b$ of the other; the largest gap for infinite p.

    Feature by feature: the shortcut $|a|^2 - 2 a^\top b + |b|^2$ would cancel to noise for points close together.
    """
    xp = namespace(A, columns)
    total = xp.zeros(
        (A.shape[0], columns.shape[1]), dtype=xp.result_type(A, columns), device=array_api_compat.device(A)
    )
    for j in range(columns.shape[0]):
        gap = A[:, j, None] - columns[j, :]
        if p == np.inf:
            total = xp.maximum(total, xp.abs(gap))
        else:
            total += gap * gap if p == 2 else xp.abs(gap) ** p
    return total


def _root(powers: Array, p: float) -> Array:
    return powers if p == np.inf else powers ** (1 / p)


def _smallest(values: Array, k: int) -> tuple[Array, Array]:
    """The k smallest entries of each row, and where they are; of equals the first. ``values`` is used up.

    Raises:
        ValueError: There is an infinite one among them.
    """
    xp = namespace(values)
    rows = xp.arange(values.shape[0], device=array_api_compat.device(values))
    found, places = [], []
    for _ in range(k):
        place = xp.argmin(values, axis=1)
        found.append(values[rows, place])
        places.append(place)
        values[rows, place] = xp.inf
    smallest = xp.stack(found, axis=1)
    if bool(xp.any(xp.isinf(smallest))):
        raise ValueError("a distance is too large for a float; scale the features first")
    return smallest, xp.stack(places, axis=1)


def _check_classes(y: Array) -> None:
    if y.is_floating_point() and bool((y != y.floor()).any()):
        raise ValueError(f"expected y to hold classes, got {float(y[y != y.floor()][0]):g}; use KNeighborsRegressor")
