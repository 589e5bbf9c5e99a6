"""Bagging: models that were trained on different samples make different errors, which an average partly cancels."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import Any, Self

import numpy as np
import torch
from array_api_compat import device
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone, is_classifier, is_regressor
from sklearn.utils import ClassifierTags, RegressorTags, Tags, check_random_state, get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from course_lib._estimators import validate
from course_lib.arrays import Array, is_torch, namespace
from course_lib.metrics import accuracy_score, r2_score


class Bagging(MetaEstimatorMixin, BaseEstimator):
    r"""Train copies of an estimator on bootstrap samples and average what they say.

    $\hat y(x) = \frac1k \sum_i \hat y_i(x)$   (Breiman, Bagging predictors, 1996; Deep Learning, section 7.11)

    If the copies' errors have variance $v$ and covariance $c$, their mean has the expected squared error
    $\frac1k v + \frac{k - 1}{k} c$. A bootstrap sample holds n rows drawn with replacement, about 63.2% of the
    different ones: $1 - (1 - \frac1n)^n \to 1 - \frac1e$.

    Args:
        estimator: A classifier or a regressor with scikit-learn's methods; it is copied, not fitted.
        n_estimators: $k$, at least 1.
        random_state: An int, a ``np.random.RandomState``, or None for other samples in every call of ``fit``.

    Attributes:
        estimators_: The fitted copies. Those of a classifier know classes by their places in ``classes_``.
        estimators_samples_: For each copy the row numbers it was trained on, shape (n,).
        classes_: The classes, sorted; only for a classifier.
        n_features_in_: The number of columns.
        feature_names_in_: The columns' names, if ``fit`` was given a data frame.

    >>> from sklearn.tree import DecisionTreeRegressor
    >>> X = np.arange(6.0)[:, None]
    >>> bagging = Bagging(DecisionTreeRegressor(), n_estimators=20, random_state=0).fit(X, X[:, 0])
    >>> len(bagging.estimators_), bool(abs(bagging.predict(X) - X[:, 0]).max() < 1)
    (20, True)
    """

    classes_: Array
    estimators_: list[Any]
    estimators_samples_: list[np.ndarray]

    def __init__(
        self, estimator: Any, n_estimators: int = 10, *, random_state: int | np.random.RandomState | None = None
    ) -> None:
        self.estimator = estimator
        self.n_estimators = n_estimators
        self.random_state = random_state

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.estimator_type = get_tags(self.estimator).estimator_type
        tags.classifier_tags = ClassifierTags() if tags.estimator_type == "classifier" else None
        tags.regressor_tags = RegressorTags() if tags.estimator_type == "regressor" else None
        tags.target_tags.required = True
        return tags

    def fit(self, X: Array, y: Array) -> Self:
        """Fit every copy to a bootstrap sample of its own.

        Args:
            X: Features, shape (n, p). NumPy array, data frame, or torch tensor for estimators that take them.
            y: Targets or classes, shape (n,).

        Raises:
            ValueError: ``n_estimators`` is below 1, or the data are refused. What an estimator raises has a note that
                says for which sample.
            TypeError: ``estimator`` is neither a classifier nor a regressor.
        """
        if not (is_classifier(self) or is_regressor(self)):
            raise TypeError(f"expected estimator to be a classifier or a regressor, got {self.estimator!r}")
        if not isinstance(self.n_estimators, Integral) or self.n_estimators < 1:
            raise ValueError(f"expected n_estimators to be a whole number of at least 1, got {self.n_estimators!r}")
        X, y = validate(self, X, y, y_numeric=not is_classifier(self))
        if is_classifier(self):
            if not is_torch(y):
                check_classification_targets(y)
            self.classes_, y = namespace(y).unique_inverse(y)
        rng = check_random_state(self.random_state)
        self.estimators_, self.estimators_samples_ = [], []
        for number in range(self.n_estimators):
            rows = rng.randint(len(X), size=len(X))
            chosen = torch.as_tensor(rows, device=X.device) if is_torch(X) else rows
            try:
                copy = _seeded(clone(self.estimator), rng).fit(X[chosen], y[chosen])
            except Exception as error:
                error.add_note(f"This was bootstrap sample {number}, drawn from {len(X)} rows.")
                raise
            self.estimators_.append(copy)
            self.estimators_samples_.append(rows)
        return self

    @available_if(is_classifier)
    def predict_proba(self, X: Array) -> Array:
        """The mean probability of each class, shape (n, classes). An estimator that gives none votes."""
        return self._mean(X, self._probabilities)

    def predict(self, X: Array) -> Array:
        """The mean prediction, or the class with the largest mean probability, shape (n,)."""
        if is_classifier(self):
            probabilities = self.predict_proba(X)
            return self.classes_[namespace(probabilities).argmax(probabilities, axis=1)]
        return self._mean(X, lambda copy, rows: copy.predict(rows))

    def score(self, X: Array, y: Array, sample_weight: Array | None = None) -> Any:
        """The share of right classes, or the coefficient of determination R²."""
        measure = accuracy_score if is_classifier(self) else r2_score
        return measure(y, self.predict(X), sample_weight=sample_weight)

    def _mean(self, X: Array, predict: Callable[[Any, Array], Array]) -> Array:
        check_is_fitted(self)
        X = validate(self, X, reset=False)
        return sum(predict(copy, X) for copy in self.estimators_) / len(self.estimators_)

    def _probabilities(self, copy: Any, X: Array) -> Array:
        """One copy's probabilities for all classes, those that its sample had none of included."""
        xp = namespace(X)
        if not hasattr(copy, "predict_proba"):
            places = xp.arange(len(self.classes_), device=device(X))
            return xp.astype(copy.predict(X)[:, None] == places, X.dtype)
        known = copy.predict_proba(X)
        probabilities = xp.zeros((len(X), len(self.classes_)), dtype=known.dtype, device=device(X))
        probabilities[:, copy.classes_] = known
        return probabilities


def _seeded(estimator: Any, rng: np.random.RandomState) -> Any:
    """The estimator with a seed wherever it, or one within it, takes one."""
    names = [name for name in sorted(estimator.get_params()) if name.split("__")[-1] == "random_state"]
    return estimator.set_params(**{name: rng.randint(2**31) for name in names})
