"""Several classes from classifiers for two: one against the rest, for each class in turn."""

from __future__ import annotations

from typing import Any, Self

from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from course_lib._estimators import validate
from course_lib.arrays import Array, namespace
from course_lib.metrics import accuracy_score
from course_lib.regression.logistic import class_membership


def _knows(method: str) -> Any:
    return lambda self: hasattr(self.estimator, method)


class OneVsRestClassifier(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    r"""One classifier per class, each asked "is it this one or any other?"; the surest wins.

    $\hat y = \arg\max_k f_k(x)$, where $f_k$ is the decision function of classifier k, or else its probability of
    "yes". A regressor's prediction of 0 or 1 will do as well. For two classes there is one classifier, for the second.

    Args:
        estimator: The classifier or regressor to copy. It must work on the kind of array given.

    Attributes:
        classes_: The K classes, sorted.
        estimators_: The K fitted copies; one for two classes.
        n_features_in_: The number of columns.
        feature_names_in_: The columns' names, if ``fit`` was given a data frame.

    >>> import numpy as np
    >>> from course_lib.regression import LogisticRegression
    >>> X, y = np.array([[0.0, 0.0], [0.0, 5.0], [5.0, 0.0]]), np.array(["a", "b", "c"])
    >>> OneVsRestClassifier(LogisticRegression()).fit(X, y).predict(X)
    array(['a', 'b', 'c'], dtype='<U1')
    """

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def fit(self, X: Array, y: Array) -> Self:
        """Fit a copy of the estimator for each class.

        Args:
            X: Features, shape (n, p).
            y: Classes, shape (n,): whole numbers, or strings where they are no tensor.

        Raises:
            ValueError: There is only one class, y holds no classes, shapes do not fit, or something is NaN or infinite.
        """
        X, y = validate(self, X, y)
        self.classes_, member = class_membership(y, X)
        xp = namespace(X)
        first = 1 if len(self.classes_) == 2 else 0
        self.estimators_ = [
            clone(self.estimator).fit(X, xp.astype(member[:, k], xp.int64)) for k in range(first, len(self.classes_))
        ]
        return self

    @available_if(_knows("decision_function"))
    def decision_function(self, X: Array) -> Array:
        """How sure each classifier is, shape (n, K); for two classes (n,)."""
        scores = self._scores(X)
        return scores[:, 0] if len(self.classes_) == 2 else scores

    @available_if(_knows("predict_proba"))
    def predict_proba(self, X: Array) -> Array:
        """Each classifier's probability of yes, shape (n, K), divided by their sum."""
        X = self._checked(X)
        yes = namespace(X).stack([estimator.predict_proba(X)[:, 1] for estimator in self.estimators_], axis=1)
        xp = namespace(yes)
        return (
            xp.concat([1 - yes, yes], axis=1) if len(self.classes_) == 2 else yes / xp.sum(yes, axis=1, keepdims=True)
        )

    def predict(self, X: Array) -> Array:
        """The class whose classifier is surest, shape (n,)."""
        scores = self._scores(X)
        xp = namespace(scores)
        if len(self.classes_) > 2:
            return self.classes_[xp.argmax(scores, axis=1)]
        doubtful = 0 if hasattr(self.estimators_[0], "decision_function") else 0.5
        return self.classes_[xp.astype(scores[:, 0] > doubtful, xp.int64)]

    def score(self, X: Array, y: Array, sample_weight: Array | None = None) -> Any:
        """The share of rows whose class is predicted."""
        return accuracy_score(y, self.predict(X), sample_weight=sample_weight)

    def _checked(self, X: Array) -> Array:
        check_is_fitted(self)
        return validate(self, X, reset=False)

    def _scores(self, X: Array) -> Array:
        X = self._checked(X)
        return namespace(X).stack([_sureness(estimator, X) for estimator in self.estimators_], axis=1)


def _sureness(estimator: Any, X: Array) -> Array:
    if hasattr(estimator, "decision_function"):
        return estimator.decision_function(X)
    return estimator.predict_proba(X)[:, 1] if hasattr(estimator, "predict_proba") else estimator.predict(X)
