"""Estimating the error on data not seen: cross-validation, and the validation curve over a hyperparameter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.utils.multiclass import type_of_target

from course_lib import metrics
from course_lib.arrays import Array
from course_lib.model_selection.splitting import KFold, Split, StratifiedKFold, on_cpu, take

Scorer = Callable[[Any, Array, Array], Any]
"""``scorer(estimator, X, y)`` is a number, the higher the better."""


def cross_val_score(
    estimator: Any,
    X: Array,
    y: Array | None = None,
    *,
    scoring: str | Scorer | None = None,
    cv: Any = None,
) -> np.ndarray:
    r"""Train k times, each time without one fold, and score on that fold.

    The mean of the scores estimates that of the estimator on new data: each sample is tested by a model that has not
    seen it. (Deep Learning, section 5.3.1)

    Args:
        estimator: Has ``fit`` and ``predict``; a fresh copy is fitted every time.
        X: Shape (n, features).
        y: Shape (n,).
        scoring: A name (see ``SCORERS``), a function ``scorer(estimator, X, y)``, or ``None`` for ``estimator.score``.
        cv: How many folds (5), something with ``split``, or an iterable of ``(train, test)`` indices. Folds of
            classifiers are stratified.

    Returns:
        The scores, one for each fold.

    Raises:
        ValueError: ``scoring`` or ``cv`` is unknown, or the folds do not fit the data.

    >>> from course_lib.model_selection import KNeighborsRegressor
    >>> X = np.arange(20.0)[:, None]
    >>> cross_val_score(KNeighborsRegressor(2), X, X[:, 0], cv=KFold(5, shuffle=True, random_state=0)).round(2)
    array([0.96, 1.  , 0.99, 1.  , 0.99])
    """
    score = _scorer(scoring)
    scores = [
        score(clone(estimator).fit(*_part(train, X, y)), *_part(test, X, y))
        for train, test in _splits(cv, estimator, X, y)
    ]
    return np.array([float(s) for s in scores])


def validation_curve(
    estimator: Any,
    X: Array,
    y: Array,
    *,
    param_name: str,
    param_range: Sequence[Any],
    cv: Any = None,
    scoring: str | Scorer | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Cross-validate for each value of a hyperparameter: where the test score turns, overfitting begins.

    Args:
        estimator: Has ``fit``, ``predict`` and ``set_params``.
        X: Shape (n, features).
        y: Shape (n,).
        param_name: The hyperparameter; ``"step__name"`` for one inside a pipeline.
        param_range: Its values.
        cv: As in :func:`cross_val_score`. All values get the same splits.
        scoring: As in :func:`cross_val_score`.

    Returns:
        The scores on the data trained on and on those kept back, both of shape (values, folds).

    Raises:
        ValueError: The estimator has no such hyperparameter, or as in :func:`cross_val_score`.
    """
    score = _scorer(scoring)
    splits = list(_splits(cv, estimator, X, y))
    scores = np.empty((2, len(param_range), len(splits)))
    for i, value in enumerate(param_range):
        for j, (train, test) in enumerate(splits):
            fitted = clone(estimator).set_params(**{param_name: value}).fit(*_part(train, X, y))
            scores[:, i, j] = [float(score(fitted, *_part(part, X, y))) for part in (train, test)]
    return scores[0], scores[1]


def _part(index: np.ndarray, X: Array, y: Array | None) -> tuple[Any, ...]:
    """The chosen samples: X alone when there are no targets."""
    return (take(X, index),) if y is None else (take(X, index), take(y, index))


def _splits(cv: Any, estimator: Any, X: Array, y: Array | None) -> Iterable[Split]:
    cv = 5 if cv is None else cv
    if isinstance(cv, Integral):
        stratify = y is not None and is_classifier(estimator) and type_of_target(on_cpu(y)) in ("binary", "multiclass")
        cv = StratifiedKFold(int(cv)) if stratify else KFold(int(cv))
    if hasattr(cv, "split") and not isinstance(cv, str):
        return cv.split(X, y)
    if isinstance(cv, Iterable) and not isinstance(cv, str):
        return cv
    raise ValueError(f"expected cv to be a number of folds, a splitter or pairs of indices, got {cv!r}")


def _scorer(scoring: str | Scorer | None) -> Scorer:
    if scoring is None:
        return lambda estimator, X, *y: estimator.score(X, *y)
    if callable(scoring):
        return scoring
    if scoring not in SCORERS:
        raise ValueError(f"expected scoring to be one of {sorted(SCORERS)}, a function or None, got {scoring!r}")
    return SCORERS[scoring]


def _of_predictions(metric: Callable[..., Any]) -> Scorer:
    return lambda estimator, X, y: metric(y, estimator.predict(X))


def _roc_auc(estimator: Any, X: Array, y: Array) -> Any:
    has_margin = hasattr(estimator, "decision_function")
    y_score = estimator.decision_function(X) if has_margin else estimator.predict_proba(X)[:, 1]
    return metrics.roc_auc_score(y, y_score)


SCORERS: dict[str, Scorer] = {
    "accuracy": _of_predictions(metrics.accuracy_score),
    "precision": _of_predictions(metrics.precision_score),
    "recall": _of_predictions(metrics.recall_score),
    "specificity": _of_predictions(metrics.specificity_score),
    "f1": _of_predictions(metrics.f1_score),
    "roc_auc": _roc_auc,
    "r2": _of_predictions(metrics.r2_score),
    "neg_mean_squared_error": _of_predictions(lambda y, y_pred: -metrics.mean_squared_error(y, y_pred)),
}
