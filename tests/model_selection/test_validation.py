"""Cross-validation and validation curves, against scikit-learn's."""

import numpy as np
import pytest
import sklearn.model_selection
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from course_lib.model_selection import (
    KFold,
    KNeighborsClassifier,
    KNeighborsRegressor,
    LeaveOneOut,
    PolynomialFeatures,
    cross_val_score,
    validation_curve,
)
from course_lib.model_selection.validation import SCORERS


@pytest.fixture
def curve(rng):
    X = rng.uniform(-1, 1, size=(50, 2))
    return X, np.sin(3 * X[:, 0]) + 0.1 * rng.normal(size=50)


@pytest.fixture
def sorted_classes(rng):
    """Two classes, one after the other: folds must be stratified to see both."""
    y = np.repeat([0, 1], [30, 20])
    return rng.normal(size=(50, 2)) + y[:, None], y


@pytest.mark.parametrize("cv", [None, 3, KFold(4, shuffle=True, random_state=1), LeaveOneOut()])
@pytest.mark.parametrize("scoring", ["neg_mean_squared_error", None])
def test_regression(curve, cv, scoring):
    X, y = curve
    if isinstance(cv, LeaveOneOut) and scoring is None:
        return  # R² of one sample is undefined
    for estimator in (Ridge(), make_pipeline(StandardScaler(), Ridge())):
        ours = cross_val_score(estimator, X, y, cv=cv, scoring=scoring)
        theirs = sklearn.model_selection.cross_val_score(estimator, X, y, cv=cv, scoring=scoring)
        np.testing.assert_allclose(ours, theirs, rtol=1e-10)


@pytest.mark.parametrize("scoring", [None, *sorted(set(SCORERS) - {"specificity", "r2", "neg_mean_squared_error"})])
@pytest.mark.parametrize("estimator", [LogisticRegression(), KNeighborsClassifier()])
def test_classification_is_stratified(sorted_classes, scoring, estimator):
    X, y = sorted_classes
    ours = cross_val_score(estimator, X, y, scoring=scoring)
    theirs = sklearn.model_selection.cross_val_score(estimator, X, y, scoring=scoring)
    np.testing.assert_allclose(ours, theirs, rtol=1e-10)


def test_specificity_is_recall_of_the_other_class(sorted_classes):
    X, y = sorted_classes
    other = lambda model, X, y: sklearn.metrics.recall_score(y, model.predict(X), pos_label=0)  # noqa: E731
    np.testing.assert_allclose(
        cross_val_score(LogisticRegression(), X, y, scoring="specificity"),
        cross_val_score(LogisticRegression(), X, y, scoring=other),
    )


def test_arrays_and_tensors_score_the_same(asarray, curve):
    X, y = curve
    ours = cross_val_score(KNeighborsRegressor(3), asarray(X), asarray(y), cv=4, scoring="r2")
    theirs = cross_val_score(KNeighborsRegressor(3), X, y, cv=4)
    assert isinstance(ours, np.ndarray)
    np.testing.assert_allclose(ours, theirs, rtol=1e-10)


def test_pairs_of_indices(curve):
    X, y = curve
    halves = [(np.arange(25, 50), np.arange(25)), (np.arange(25), np.arange(25, 50))]
    np.testing.assert_array_equal(cross_val_score(Ridge(), X, y, cv=halves), cross_val_score(Ridge(), X, y, cv=2))


def test_without_targets(rng):
    class Centre(Ridge):
        def fit(self, X, y=None):
            self.mean_ = X.mean(axis=0)
            return self

        def score(self, X, y=None):
            return -np.mean((X - self.mean_) ** 2)

    X = rng.normal(size=(10, 2))
    np.testing.assert_allclose(
        cross_val_score(Centre(), X, cv=2), sklearn.model_selection.cross_val_score(Centre(), X, cv=2)
    )


def test_validation_curve(curve):
    X, y = curve
    model = make_pipeline(PolynomialFeatures(), StandardScaler(), Ridge(1e-6))
    given = {"param_name": "polynomialfeatures__degree", "param_range": [1, 2, 5], "cv": 4}
    ours = validation_curve(model, X, y, **given)
    theirs = sklearn.model_selection.validation_curve(model, X, y, **given)
    for mine, right in zip(ours, theirs, strict=True):
        assert mine.shape == (3, 4)
        np.testing.assert_allclose(mine, right, rtol=1e-9)


def test_all_values_get_the_same_splits(curve):
    X, y = curve
    cv = KFold(3, shuffle=True)
    train, test = validation_curve(KNeighborsRegressor(), X, y, param_name="p", param_range=[2, 2], cv=cv)
    np.testing.assert_array_equal(train[0], train[1])
    np.testing.assert_array_equal(test[0], test[1])


@pytest.mark.parametrize(
    ("truth", "turns"),
    [
        (lambda x: np.sin(3 * x), "U"),  # smooth
        (lambda x: np.sin(9 * x), "U"),  # wiggly
        (lambda x: 2 * x + 0.05 * x**2, "rising"),  # nearly linear: anything but the line is too much
    ],
)
def test_training_error_falls_while_test_error_turns(rng, truth, turns):
    x = np.sort(rng.uniform(-1, 1, 40))
    X, y = x[:, None], truth(x) + 0.2 * rng.normal(size=40)
    degrees = list(range(1, 16))
    model = make_pipeline(PolynomialFeatures(), sklearn.linear_model.LinearRegression())
    train, test = (
        -scores.mean(axis=1)
        for scores in validation_curve(
            model,
            X,
            y,
            param_name="polynomialfeatures__degree",
            param_range=degrees,
            cv=KFold(10, shuffle=True, random_state=0),
            scoring="neg_mean_squared_error",
        )
    )
    assert (np.diff(train) < 1e-9).all()
    best = int(test.argmin())
    assert test[-1] > 1.2 * test[best]
    assert best == 0 if turns == "rising" else test[0] > 1.2 * test[best]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"scoring": "speed"}, "expected scoring to be one of .*got 'speed'"),
        ({"cv": "five"}, "expected cv to be a number of folds.*got 'five'"),
        ({"cv": 2.5}, "got 2.5"),
    ],
)
def test_refused(curve, options, words):
    with pytest.raises(ValueError, match=words):
        cross_val_score(Ridge(), *curve, **options)


def test_unknown_hyperparameter(curve):
    with pytest.raises(ValueError, match="Invalid parameter 'k'"):
        validation_curve(KNeighborsRegressor(), *curve, param_name="k", param_range=[1])


def test_the_estimator_stays_unfitted(curve):
    model = KNeighborsRegressor()
    cross_val_score(model, *curve)
    assert not hasattr(model, "n_features_in_")
