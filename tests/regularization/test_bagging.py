"""Bagging against scikit-learn's, on the same copies; its contract; and what the book says of the average's error."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import is_classifier, is_regressor
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import BaggingClassifier, BaggingRegressor
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks

from course_lib.model_selection import KNeighborsClassifier, KNeighborsRegressor
from course_lib.regression import LinearRegression, LogisticRegression
from course_lib.regularization import Bagging

ESTIMATORS = [
    Bagging(DecisionTreeClassifier(), n_estimators=3, random_state=0),
    Bagging(DecisionTreeRegressor(), n_estimators=3, random_state=0),
    Bagging(KNeighborsClassifier(3), n_estimators=2),
]


@pytest.fixture(autouse=True)
def array_api(monkeypatch):
    """Without this variable, scikit-learn skips its check of array kinds."""
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")


@parametrize_with_checks(ESTIMATORS)
def test_scikit_learn_conventions(estimator, check):
    check(estimator)


IRIS = load_iris(return_X_y=True)
DIABETES = load_diabetes(return_X_y=True)


@pytest.mark.parametrize("estimator", [DecisionTreeClassifier(max_depth=2), RidgeClassifier()])
def test_classes_are_predicted_as_scikit_learn_does(estimator):
    X, y = IRIS
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    ours = Bagging(estimator, 7, random_state=0).fit(X[::2], names[::2])
    theirs = BaggingClassifier(estimator, 7).fit(X[::2], names[::2])
    theirs.estimators_ = ours.estimators_
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), rtol=1e-14)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))
    assert ours.score(X, names) == theirs.score(X, names)


def test_numbers_are_predicted_as_scikit_learn_does():
    X, y = DIABETES
    ours = Bagging(DecisionTreeRegressor(), 7, random_state=0).fit(X, y)
    theirs = BaggingRegressor(DecisionTreeRegressor(), 7).fit(X, y)
    theirs.estimators_ = ours.estimators_
    np.testing.assert_allclose(ours.predict(X), theirs.predict(X), rtol=1e-14)
    assert ours.score(X, y) == pytest.approx(theirs.score(X, y))


def test_every_copy_saw_the_rows_it_names():
    X, y = DIABETES
    bagging = Bagging(LinearRegression(), 5, random_state=3).fit(X, y)
    for copy, rows in zip(bagging.estimators_, bagging.estimators_samples_, strict=True):
        np.testing.assert_array_equal(copy.coef_, LinearRegression().fit(X[rows], y[rows]).coef_)
    assert len({tuple(rows) for rows in bagging.estimators_samples_}) == 5


def test_a_bootstrap_sample_has_63_percent_of_the_rows():
    """1 − (1 − 1/n)ⁿ of the different ones, in the mean."""
    n = 500
    X = np.arange(float(n))[:, None]
    samples = Bagging(LinearRegression(), 200, random_state=0).fit(X, X[:, 0]).estimators_samples_
    shares = [len(np.unique(rows)) / n for rows in samples]
    assert np.mean(shares) == pytest.approx(1 - (1 - 1 / n) ** n, abs=0.004)
    assert all(rows.shape == (n,) and rows.min() >= 0 and rows.max() < n for rows in samples)


def test_the_error_of_the_average():
    """(v + (k − 1) c) / k, with the mean square v of the copies' errors and the mean product c of two of them."""
    X, y = DIABETES
    k = 6
    bagging = Bagging(DecisionTreeRegressor(), k, random_state=0).fit(X[::2], y[::2])
    errors = np.stack([copy.predict(X[1::2]) - y[1::2] for copy in bagging.estimators_])
    products = errors @ errors.T / errors.shape[1]
    v = np.trace(products) / k
    c = (products.sum() - np.trace(products)) / (k * (k - 1))
    assert ((bagging.predict(X[1::2]) - y[1::2]) ** 2).mean() == pytest.approx(v / k + (k - 1) / k * c)
    assert c < 0.7 * v, "bootstrap samples make trees differ"


def test_a_class_that_a_sample_had_none_of():
    X, y = np.arange(12.0)[:, None], np.array(["a"] * 6 + ["c"] * 5 + ["b, rare"])
    bagging = Bagging(DecisionTreeClassifier(), 20, random_state=0).fit(X, y)
    assert {len(copy.classes_) for copy in bagging.estimators_} == {2, 3}
    probabilities = bagging.predict_proba(X)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    with_it = [11 in rows for rows in bagging.estimators_samples_]
    assert probabilities[11, 1] == pytest.approx(np.mean(with_it))


def test_seeds():
    X, y = DIABETES
    tree = DecisionTreeRegressor(max_features=3)
    first, again, other = (Bagging(tree, 3, random_state=seed).fit(X, y).predict(X) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    seeds = [copy.random_state for copy in Bagging(tree, 3, random_state=0).fit(X, y).estimators_]
    assert len(set(seeds)) == 3
    assert tree.random_state is None
    pipeline = make_pipeline(StandardScaler(), tree)
    first, again = (Bagging(pipeline, 2, random_state=0).fit(X, y).predict(X) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_tensors_stay_tensors():
    X, y = (torch.from_numpy(part) for part in IRIS)
    classifier = Bagging(LogisticRegression(), 3, random_state=0).fit(X, y)
    probabilities = classifier.predict_proba(X)
    on_numpy = Bagging(LogisticRegression(), 3, random_state=0).fit(*IRIS)
    assert isinstance(probabilities, torch.Tensor)
    np.testing.assert_allclose(probabilities.numpy(), on_numpy.predict_proba(IRIS[0]), atol=1e-5)
    np.testing.assert_array_equal(classifier.predict(X).numpy(), on_numpy.predict(IRIS[0]))
    assert classifier.score(X, y).item() > 0.9
    X, y = (torch.from_numpy(part) for part in DIABETES)
    regressor = Bagging(KNeighborsRegressor(), 3, random_state=0).fit(X, y)
    on_numpy = Bagging(KNeighborsRegressor(), 3, random_state=0).fit(*DIABETES)
    np.testing.assert_allclose(regressor.predict(X).numpy(), on_numpy.predict(DIABETES[0]))


def test_kind_follows_the_estimator():
    classifier, regressor = Bagging(DecisionTreeClassifier()), Bagging(DecisionTreeRegressor())
    assert is_classifier(classifier)
    assert is_regressor(regressor)
    assert hasattr(classifier, "predict_proba")
    assert not hasattr(regressor, "predict_proba")


def test_column_names_are_remembered():
    X, y = DIABETES
    frame = pd.DataFrame(X, columns=list("abcdefghij"))
    assert list(Bagging(DecisionTreeRegressor(), 2).fit(frame, y).feature_names_in_) == list("abcdefghij")


def test_refusals():
    X, y = IRIS
    for wrong in (0, 2.5):
        with pytest.raises(ValueError, match=f"n_estimators to be a whole number of at least 1, got {wrong}"):
            Bagging(DecisionTreeClassifier(), wrong).fit(X, y)
    with pytest.raises(TypeError, match="classifier or a regressor, got StandardScaler"):
        Bagging(StandardScaler()).fit(X, y)
    with pytest.raises(ValueError, match="only one class") as refused:
        Bagging(LogisticRegression(), 50, random_state=0).fit(X[48:52], y[48:52])
    assert "drawn from 4 rows" in refused.value.__notes__[0]
