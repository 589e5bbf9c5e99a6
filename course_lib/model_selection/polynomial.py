"""Polynomial features: a linear model of these is a curve."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, combinations, combinations_with_replacement
from numbers import Integral
from typing import Self

import array_api_compat
import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from course_lib._estimators import validate
from course_lib.arrays import Array, namespace

Monomial = tuple[int, ...]
"""The features multiplied, in order: ``(0, 0, 2)`` is $x_0^2 x_2$."""


class PolynomialFeatures(TransformerMixin, BaseEstimator):
    r"""All products of the features up to a degree: $(a, b) \mapsto (1, a, b, a^2, ab, b^2)$ for degree 2.

    Args:
        degree: The highest degree, or ``(lowest, highest)``.
        interaction_only: Whether to leave out products in which a feature occurs twice.
        include_bias: Whether the first column is 1.

    Attributes:
        powers_: Shape (outputs, features), the exponent of each feature in each output.
        n_output_features_: How many columns ``transform`` returns.

    >>> import numpy as np
    >>> PolynomialFeatures(degree=2).fit_transform(np.array([[2.0, 3.0]]))
    array([[1., 2., 3., 4., 6., 9.]])
    """

    def __init__(self, degree: int | tuple[int, int] = 2, *, interaction_only: bool = False, include_bias: bool = True):
        self.degree = degree
        self.interaction_only = interaction_only
        self.include_bias = include_bias

    def fit(self, X: Array, y: Array | None = None) -> Self:
        """Count the features of ``X``, shape (n, features), and the products they make."""
        X = validate(self, X)
        self.n_output_features_ = sum(1 for _ in self._monomials())
        if self.n_output_features_ == 0:
            raise ValueError(f"{self} leaves no features of {X.shape[1]}; choose other degrees or include_bias=True")
        return self

    def transform(self, X: Array) -> Array:
        """The products, shape (n, n_output_features_)."""
        check_is_fitted(self)
        X = validate(self, X, reset=False)
        xp = namespace(X)
        lowest, highest = self._degrees()
        one = xp.ones((X.shape[0], 1), dtype=X.dtype, device=array_api_compat.device(X))
        blocks = [one] if self.include_bias else []
        shorter: list[Monomial] = [()]
        block = one
        for degree in range(1, highest + 1):
            longer = list(self._of_degree(degree))
            place = {monomial: i for i, monomial in enumerate(shorter)}
            block = block[:, [place[m[:-1]] for m in longer]] * X[:, [m[-1] for m in longer]]
            if degree >= lowest:
                blocks.append(block)
            shorter = longer
        return xp.concat(blocks, axis=1)

    @property
    def powers_(self) -> np.ndarray:
        """The exponent of each feature in each output."""
        check_is_fitted(self)
        features = range(self.n_features_in_)
        return np.array([[monomial.count(i) for i in features] for monomial in self._monomials()], dtype=int)

    def get_feature_names_out(self, input_features: Iterable[str] | None = None) -> np.ndarray:
        """Names of the outputs, such as ``"x0^2 x1"``.

        Args:
            input_features: Names of the features; by default those that ``fit`` saw, or ``x0``, ``x1``, ….

        Raises:
            ValueError: There are not as many names as features, or they are not those of ``fit``.
        """
        check_is_fitted(self)
        seen = getattr(self, "feature_names_in_", None)
        if input_features is None:
            names = [f"x{i}" for i in range(self.n_features_in_)] if seen is None else list(seen)
        else:
            names = list(input_features)
        if len(names) != self.n_features_in_:
            raise ValueError(f"input_features should have length equal to {self.n_features_in_}, got {len(names)}")
        if seen is not None and names != list(seen):
            raise ValueError(f"input_features is not equal to feature_names_in_, {list(seen)}")
        return np.array([_name(monomial, names) for monomial in self._monomials()], dtype=object)

    def _degrees(self) -> tuple[int, int]:
        """The lowest and the highest degree besides 0."""
        bounds = self.degree if isinstance(self.degree, tuple) else (0, self.degree)
        if len(bounds) != 2 or not all(isinstance(d, Integral) for d in bounds) or not 0 <= bounds[0] <= bounds[1]:
            raise ValueError(f"expected degree to be at least 0, or (lowest, highest), got {self.degree!r}")
        lowest, highest = map(int, bounds)
        return max(1, lowest), highest

    def _of_degree(self, degree: int) -> Iterator[Monomial]:
        choose = combinations if self.interaction_only else combinations_with_replacement
        return choose(range(self.n_features_in_), degree)

    def _monomials(self) -> Iterator[Monomial]:
        lowest, highest = self._degrees()
        bias = [()] if self.include_bias else []
        return chain(bias, *(self._of_degree(degree) for degree in range(lowest, highest + 1)))


def _name(monomial: Monomial, names: list[str]) -> str:
    powers = {i: monomial.count(i) for i in monomial}
    return " ".join(names[i] if power == 1 else f"{names[i]}^{power}" for i, power in powers.items()) or "1"
