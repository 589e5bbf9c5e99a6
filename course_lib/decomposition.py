"""Principal component analysis."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_array, check_is_fitted

from course_lib._estimators import validate
from course_lib.arrays import Array, is_torch, namespace
from course_lib.linear_algebra import eigh, svd
from course_lib.linear_algebra._checks import check_arrays


class PCA(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    r"""Principal component analysis: the directions in which data vary most.

    The first component is the unit vector $v_1$ along which the centred data $X - \mu$ have the largest variance, the
    next the same among those orthogonal to it, and so on. They are the right singular vectors of
    $X - \mu = U \, \mathrm{diag}(s) \, V^\top$, and the variances are $s_i^2 / (n - 1)$. Keeping k of them is the best
    linear code of k numbers per sample: no other loses less in the squares (Deep Learning, section 2.12).

    Arguments, attributes and signs are those of ``sklearn.decomposition.PCA``. Torch tensors stay tensors, where they
    are.

    Args:
        n_components: How many components to keep: a number; or a fraction between 0 and 1 of the variance, and as many
            are kept as exceed it; or None for all, min(n_samples, n_features).
        whiten: Whether ``transform`` also divides each component by its standard deviation.
        svd_solver: "full" decomposes the data matrix. "covariance_eigh" decomposes the covariance matrix
            $V \, \mathrm{diag}(s^2 / (n - 1)) \, V^\top$, which is much smaller when there are many samples; squaring
            costs it the components whose standard deviation is less than $10^{-8}$ of the largest. "auto" takes the
            covariance for at least 10 samples per feature.

    Attributes:
        components_: The directions, shape (n_components, n_features), of length 1, largest variance first; of each
            the entry of largest size is positive.
        explained_variance_: Their variances, shape (n_components,).
        explained_variance_ratio_: The same as fractions of the variance of all features together.
        singular_values_: The singular values of the centred data, shape (n_components,).
        mean_: The mean of each feature, shape (n_features,).
        noise_variance_: The mean variance of the components left out.
        n_components_: How many components are kept.
        n_features_in_: How many features the data had.

    >>> pca = PCA(n_components=1).fit(np.array([[-2.0, -1.0], [0.0, 0.0], [2.0, 1.0]]))
    >>> pca.transform(np.array([[2.0, 1.0]])) ** 2
    array([[5.]])
    """

    def __init__(self, n_components: float | None = None, *, whiten: bool = False, svd_solver: str = "auto") -> None:
        self.n_components = n_components
        self.whiten = whiten
        self.svd_solver = svd_solver

    def fit(self, X: Array, y: None = None) -> PCA:
        """Find the components.

        Args:
            X: Data, shape (n_samples, n_features), at least two samples.
            y: Ignored.

        Returns:
            This estimator.

        Raises:
            TypeError: A sparse matrix, or a tensor of another precision than float32 or float64.
            ValueError: NaN, infinity, wrong shape, fewer than two samples, or a parameter out of range.
        """
        X = validate(self, X, ensure_min_samples=2)
        xp, (n, d) = namespace(X), X.shape
        self.mean_ = xp.mean(X, axis=0)
        s, Vh = self._decompose(X - self.mean_)
        variance = s**2 / (n - 1)
        total = xp.sum(variance)
        ratio = variance / xp.where(total == 0, 1.0, total)
        self.n_components_ = k = self._how_many(ratio)
        self.components_ = _with_positive_peaks(Vh[:k])
        self.singular_values_ = s[:k]
        self.explained_variance_ = variance[:k]
        self.explained_variance_ratio_ = ratio[:k]
        self.noise_variance_ = xp.mean(variance[k:]) if k < min(n, d) else 0 * total
        return self

    def transform(self, X: Array) -> Array:
        r"""The code of each sample, $z = V^\top (x - \mu)$.

        Args:
            X: Data, shape (n_samples, n_features).

        Returns:
            Shape (n_samples, n_components).

        Raises:
            TypeError: NumPy where ``fit`` was given torch, or the other way round.
            ValueError: NaN, infinity, or another number of features than in ``fit``.
        """
        check_is_fitted(self)
        X = validate(self, X, reset=False)
        namespace(X, self.components_)
        return (X - self.mean_) @ self.components_.T / self._scale()

    def inverse_transform(self, X: Array) -> Array:
        r"""The sample that each code stands for, $x = V z + \mu$: the nearest one that the kept components can express.

        Args:
            X: Codes, shape (n_samples, n_components).

        Returns:
            Shape (n_samples, n_features).

        Raises:
            TypeError: NumPy where ``fit`` was given torch, or the other way round.
            ValueError: NaN, infinity, or another number of components.
        """
        check_is_fitted(self)
        if is_torch(X):
            check_arrays(X=X)
        else:
            X = check_array(X, dtype=[np.float64, np.float32], input_name="X")
        namespace(X, self.components_)
        if X.ndim != 2 or X.shape[1] != self.n_components_:
            raise ValueError(f"expected codes of shape (n, {self.n_components_}), got shape {tuple(X.shape)}")
        return (X * self._scale()) @ self.components_ + self.mean_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    @property
    def _n_features_out(self) -> int:
        return self.n_components_

    def _decompose(self, X: Array) -> tuple[Array, Array]:
        """Singular values and right singular vectors of the centred data."""
        solvers = ("auto", "full", "covariance_eigh")
        if self.svd_solver not in solvers:
            raise ValueError(f"expected svd_solver to be one of {solvers}, got {self.svd_solver!r}")
        xp, (n, d) = namespace(X), X.shape
        if self.svd_solver == "full" or (self.svd_solver == "auto" and n < 10 * d):
            return svd(X, full_matrices=False)[1:]
        w, V = eigh(X.T @ X)
        s = xp.sqrt(xp.maximum(w, xp.zeros_like(w)))  # rounding may leave a small negative eigenvalue
        rank = min(n, d)
        return xp.flip(s)[:rank], xp.flip(V, axis=1).T[:rank]

    def _how_many(self, ratio: Array) -> int:
        """The number of components that ``n_components`` asks for."""
        asked, most = self.n_components, ratio.shape[0]
        if asked is None:
            return most
        if isinstance(asked, Integral) and 1 <= asked <= most:
            return int(asked)
        if isinstance(asked, Real) and not isinstance(asked, Integral) and 0 < asked < 1:
            xp = namespace(ratio)
            too_little = xp.astype(xp.cumulative_sum(ratio) <= asked, xp.int64)
            return min(int(xp.sum(too_little)) + 1, most)
        raise ValueError(
            f"expected n_components to be an integer from 1 to min(n_samples, n_features) = {most}, or a fraction "
            f"between 0 and 1 of the variance, or None, got {asked!r}"
        )

    def _scale(self) -> Array | float:
        """What whitening divides by: the standard deviations, but not by zero."""
        if not self.whiten:
            return 1.0
        xp = namespace(self.explained_variance_)
        deviation = xp.sqrt(self.explained_variance_)
        smallest = xp.finfo(deviation.dtype).eps
        return xp.where(deviation < smallest, smallest, deviation)


def _with_positive_peaks(rows: Array) -> Array:
    """The rows with their signs chosen so that in each the entry of largest size is positive."""
    xp = namespace(rows)
    peaks = xp.take_along_axis(rows, xp.argmax(xp.abs(rows), axis=1)[:, None], axis=1)
    return xp.where(peaks < 0, -rows, rows)
