"""Linear models for a class: softmax regression for several, logistic regression for two, by maximum likelihood."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from itertools import islice
from typing import Any, Self

import numpy as np
import torch
from array_api_compat import device
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from course_lib._estimators import validate
from course_lib.arrays import Array, is_torch, namespace
from course_lib.metrics import accuracy_score
from course_lib.probability import logsumexp, softmax
from course_lib.regression._least_squares import (
    centre,
    column_names,
    linear_predictor,
    orthonormal_basis,
    warn_if_collinear,
    weighted_rows,
)
from course_lib.regression.likelihood import CrossEntropy, newton
from course_lib.regression.linear import check_rounds


class SoftmaxRegression(ClassifierMixin, BaseEstimator):
    r"""Softmax regression, also multinomial logistic regression: a row of coefficients for every class.

    $P(y = k \mid x) = e^{z_k} / \sum_l e^{z_l}$ with $z = W x + b$   (Deep Learning, section 6.2.2.3)

    $W, b$ minimise $\sum_i s_i (-\log P(y_i \mid x_i)) + \frac{1}{C} \bigl(\frac{1 - \rho}{2} \lVert W \rVert_2^2
      + \rho \lVert W \rVert_1\bigr)$, with $\rho$ = ``l1_ratio``, by :func:`newton`. Meant for up to some thousand
    coefficients: the Hessian has their number squared.

    Adding the same to the intercepts of all classes changes no probability: those are taken that sum to zero. So do the
    coefficients of each feature, unless the penalty on absolute values prefers another sum.

    Args:
        C: One over the price on coefficients; ``np.inf`` for none.
        l1_ratio: Which part of the price is on their absolute values, the rest being on their squares.
        tol: Stop at a step that is shorter than this, measured in the standard errors of the coefficients.
        fit_intercept: Whether the model has an intercept $b$. It is not charged.
        class_weight: A dict of weights for classes, 1 for those left out; ``"balanced"`` makes all count the same.
        max_iter: The most steps.

    Attributes:
        classes_: The K classes, sorted.
        coef_: W, shape (K, p).
        intercept_: b, shape (K,).
        n_iter_: The number of steps, shape (1,).
        n_features_in_: p.
        feature_names_in_: The columns' names, if ``fit`` was given a data frame.

    >>> X, y = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]]), np.array([0, 1, 0, 1, 2, 2])
    >>> SoftmaxRegression().fit(X, y).predict(np.array([[-1.0], [6.0]]))
    array([0, 2])
    """

    _one_logit_for_two = False

    def __init__(
        self,
        *,
        C: float = 1.0,
        l1_ratio: float = 0.0,
        tol: float = 1e-4,
        fit_intercept: bool = True,
        class_weight: dict[Any, float] | str | None = None,
        max_iter: int = 100,
    ) -> None:
        self.C = C
        self.l1_ratio = l1_ratio
        self.tol = tol
        self.fit_intercept = fit_intercept
        self.class_weight = class_weight
        self.max_iter = max_iter

    @torch.no_grad()
    def fit(self, X: Array, y: Array, sample_weight: Array | None = None) -> Self:
        """Fit the coefficients.

        Args:
            X: Features, shape (n, p). NumPy array, data frame, or torch tensor on any device.
            y: Classes, shape (n,): whole numbers, or strings where they are no tensor.
            sample_weight: How much each row counts, shape (n,).

        Raises:
            ValueError: There is only one class, y holds no classes, a parameter is out of its range, shapes do not fit,
                something is NaN or infinite, a weight is negative or all are zero.

        Warns:
            CollinearityWarning: Without a penalty, columns are combinations of others; the smallest coefficients are
                taken.
            ConvergenceWarning: ``max_iter`` steps were not enough; or, without a penalty, the classes can be separated,
                so that no coefficients are the best.
        """
        C, l1_ratio = self._penalty()
        check_rounds(self.max_iter)
        X, y = validate(self, X, y)
        X, y, s = weighted_rows(X, y, sample_weight)
        self.classes_, member = class_membership(y, X)
        s = s * (member @ _class_weights(self.class_weight, self.classes_, s @ member))
        binary = self._one_logit_for_two and len(self.classes_) == 2
        Z, charged, coefficients_of = self._coordinates(X, s, free=np.isinf(C))
        J = CrossEntropy(Z, member[:, 1:] if binary else member, s, charged * (1 - l1_ratio) / C, binary)
        self.coef_, intercept = coefficients_of(self._maximise(J, charged * l1_ratio / C))
        self.intercept_ = intercept if binary else intercept - namespace(X).mean(intercept)
        return self

    def _coordinates(
        self, X: Array, s: Array, free: bool
    ) -> tuple[Array, Array, Callable[[Array], tuple[Array, Array]]]:
        """Columns to fit in place of X, which of them are charged, and the way back to coefficients and intercepts.

        Centred columns belong to the same coefficients. If these are free of charge any other basis will do as well, so
        an orthonormal one is taken, for which the units of X and collinear columns do not matter.
        """
        xp = namespace(X)
        Z, x_mean, noise = centre(X, s, self.fit_intercept)
        basis = orthonormal_basis(Z, noise) if free else None
        if basis is not None:
            warn_if_collinear(Z, basis, column_names(self), stacklevel=5)
            Z = basis.Q
        d, ones = Z.shape[1], xp.ones_like(s)[:, None]
        if d + self.fit_intercept == 0:
            raise ValueError("X holds only zeros and there is no intercept, so there is nothing to fit")

        def coefficients_of(W: Array) -> tuple[Array, Array]:
            coef = W[:, :d] if basis is None else basis.coefficients(W[:, :d].T).T
            return coef, W[:, d] - coef @ x_mean if self.fit_intercept else xp.zeros_like(W[:, 0])

        design = xp.concat([Z, ones], axis=1) if self.fit_intercept else Z
        charged = xp.astype(xp.arange(design.shape[1], device=device(X)) < d, X.dtype)
        return design, charged, coefficients_of

    def _penalty(self) -> tuple[float, float]:
        """C and l1_ratio, checked."""
        if not self.C > 0:
            raise ValueError(f"expected C, one over the price on coefficients, to be positive, got {self.C!r}")
        if not 0 <= self.l1_ratio <= 1:
            raise ValueError(f"expected l1_ratio to be from 0 to 1, got {self.l1_ratio!r}")
        return self.C, self.l1_ratio

    def _maximise(self, J: CrossEntropy, l1_price: Array) -> Array:
        """The weights of the largest penalised likelihood."""
        xp = namespace(J.X)
        start = xp.zeros((J.Y.shape[1], J.X.shape[1]), dtype=J.X.dtype, device=device(J.X))
        steps = 0
        for step in islice(newton(J, l1_price, start), self.max_iter):
            steps += 1
            if step.decrement <= self.tol:
                break
        self.n_iter_ = xp.asarray([steps], device=device(J.X))
        free = float(xp.max(J.price + l1_price)) == 0
        if free and _separates(J, step.direction):
            problem = (
                "the classes can be separated: the further some coefficients grow, the likelier the data become, so no "
                "coefficients are the best. They were stopped on their way. Charge for them, with C=1.0 for example"
            )
        elif step.decrement > self.tol:
            problem = (
                f"after {steps} steps the last one was still {step.decrement:.3g} standard errors long; tol asks for "
                f"{self.tol}. Raise max_iter"
            )
        else:
            return step.W
        warnings.warn(problem, ConvergenceWarning, stacklevel=4)
        return step.W

    def decision_function(self, X: Array) -> Array:
        """The logits, shape (n, K); for two classes the log-odds of the second, shape (n,)."""
        logits = self._logits(X)
        return logits[:, 1] - logits[:, 0] if len(self.classes_) == 2 else logits

    def predict(self, X: Array) -> Array:
        """The likeliest class of each row, shape (n,)."""
        logits = self._logits(X)
        return self.classes_[namespace(logits).argmax(logits, axis=1)]

    def predict_proba(self, X: Array) -> Array:
        """The probability of each class, shape (n, K)."""
        return softmax(self._logits(X), axis=1)

    def predict_log_proba(self, X: Array) -> Array:
        """The logarithm of the probability of each class, shape (n, K), right even where that rounds to 0."""
        logits = self._logits(X)
        return logits - logsumexp(logits, axis=1, keepdims=True)

    def score(self, X: Array, y: Array, sample_weight: Array | None = None) -> Any:
        """The share of rows whose class is predicted."""
        return accuracy_score(y, self.predict(X), sample_weight=sample_weight)

    def _logits(self, X: Array) -> Array:
        check_is_fitted(self)
        Z = linear_predictor(validate(self, X, reset=False), self.coef_, self.intercept_)
        xp = namespace(Z)
        return xp.concat([xp.zeros_like(Z), Z], axis=1) if Z.shape[1] == 1 else Z


class LogisticRegression(SoftmaxRegression):
    r"""Logistic regression: the log-odds of a class are linear in the features.

    $\log \frac{P(y = 1 \mid x)}{P(y = 0 \mid x)} = b + w^\top x$, so $P(y = 1 \mid x) = \sigma(b + w^\top x)$
    (Deep Learning, section 5.7.1; An Introduction to Statistical Learning, section 4.3)

    For three and more classes this is :class:`SoftmaxRegression`. For two it has one row of coefficients instead of two
    opposite ones, which halves what the penalty charges. Arguments and attributes are those of
    :class:`SoftmaxRegression`, but ``coef_`` has shape (1, p) and ``intercept_`` (1,) for two classes.

    Args:
        penalty: As in scikit-learn, deprecated: ``None`` means ``C=np.inf``, ``"l2"`` means ``l1_ratio=0`` and ``"l1"``
            means ``l1_ratio=1``.

    >>> X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array(["no", "yes", "no", "yes"])
    >>> model = LogisticRegression(C=np.inf).fit(X, y)
    >>> model.predict_proba(np.array([[1.5]])).round(6), model.predict(X)
    (array([[0.5, 0.5]]), array(['no', 'no', 'yes', 'yes'], dtype='<U3'))
    """

    _one_logit_for_two = True

    def __init__(
        self,
        penalty: str | None = "deprecated",
        *,
        C: float = 1.0,
        l1_ratio: float = 0.0,
        tol: float = 1e-4,
        fit_intercept: bool = True,
        class_weight: dict[Any, float] | str | None = None,
        max_iter: int = 100,
    ) -> None:
        super().__init__(
            C=C,
            l1_ratio=l1_ratio,
            tol=tol,
            fit_intercept=fit_intercept,
            class_weight=class_weight,
            max_iter=max_iter,
        )
        self.penalty = penalty

    def _penalty(self) -> tuple[float, float]:
        C, l1_ratio = super()._penalty()
        if self.penalty == "deprecated":
            return C, l1_ratio
        meanings = {None: (np.inf, 0.0), "l2": (C, 0.0), "l1": (C, 1.0), "elasticnet": (C, l1_ratio)}
        if self.penalty not in meanings:
            raise ValueError(f"expected penalty to be one of {list(meanings)}, got {self.penalty!r}")
        C, l1_ratio = meanings[self.penalty]
        warnings.warn(
            f"penalty is deprecated, as in scikit-learn: instead of penalty={self.penalty!r} write C={C}, "
            f"l1_ratio={l1_ratio}",
            FutureWarning,
            stacklevel=4,
        )
        return C, l1_ratio


def class_membership(y: Array, like: Array) -> tuple[Array, Array]:
    """The classes that occur in y, (n,), sorted, and which row is of which: 1 or 0 in the dtype of ``like``, (n, K)."""
    if not is_torch(y):
        check_classification_targets(y)
    elif y.is_floating_point() and (y != y.round()).any():
        raise ValueError("Unknown label type: continuous. y holds fractions; classes are whole numbers")
    xp = namespace(y)
    classes, index = xp.unique_inverse(y)
    if len(classes) < 2:
        raise ValueError(f"expected at least two classes in y, got only one class: {classes[0]}")
    return classes, xp.astype(index[:, None] == xp.arange(len(classes), device=device(index)), like.dtype)


def _class_weights(chosen: dict[Any, float] | str | None, classes: Array, counts: Array) -> Array:
    """What a row of each class counts, shape (K,). ``counts`` says how many rows each has."""
    xp = namespace(counts)
    if chosen is None:
        return xp.ones_like(counts)
    if chosen == "balanced":
        return xp.sum(counts) / (len(classes) * counts)
    if not isinstance(chosen, dict) or any(weight < 0 for weight in chosen.values()):
        raise ValueError(f"expected class_weight to be None, 'balanced' or a dict of weights >= 0, got {chosen!r}")
    labels = classes.tolist()
    unknown, left_out = set(chosen) - set(labels), set(labels) - set(chosen)
    if unknown and left_out:
        raise ValueError(f"class_weight has {sorted(unknown)}, which are no classes, and leaves out {sorted(left_out)}")
    return xp.asarray([chosen.get(label, 1) for label in labels], dtype=counts.dtype, device=device(counts))


def _separates(J: CrossEntropy, direction: Array) -> bool:
    """Whether a long step into this direction is right for every row: it makes its class likelier, or does not matter.

    Then there is no end to growing that way. With classes that overlap, each direction is wrong for some row.
    """
    xp = namespace(direction)
    moved = J.all_logits(J.X @ direction.T)
    own = xp.concat([1 - J.Y, J.Y], axis=1) if J.first_at_zero else J.Y
    gain = xp.sum(own * moved, axis=1) - xp.max(xp.where(own > 0, -xp.inf, moved), axis=1)
    return bool(xp.max(gain) > 0.1) and bool(xp.min(gain) > -0.01 * xp.max(gain))
