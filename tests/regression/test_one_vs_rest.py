"""One against the rest, against scikit-learn."""

import numpy as np
import pytest
import sklearn.linear_model
import sklearn.multiclass
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.neighbors import KNeighborsClassifier

from course_lib.regression import LinearRegression, LogisticRegression, OneVsRestClassifier

PAIRS = [
    (
        LogisticRegression(tol=1e-9),
        sklearn.linear_model.LogisticRegression(solver="newton-cholesky", tol=1e-10),
    ),
    (LinearRegression(), sklearn.linear_model.LinearRegression()),
]


def numbers(x) -> np.ndarray:
    return np.asarray(x.tolist())


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=["logistic", "linear"])
def test_it_is_scikit_learns(asarray, ours, theirs, classes):
    X, y = load_iris(return_X_y=True)
    X, y = X[y < classes], y[y < classes]
    model = OneVsRestClassifier(ours).fit(asarray(X), asarray(y, "int64"))
    expected = sklearn.multiclass.OneVsRestClassifier(theirs).fit(X, y)
    assert len(model.estimators_) == len(expected.estimators_)
    np.testing.assert_array_equal(model.predict(asarray(X)).tolist(), expected.predict(X))
    assert type(model.predict(asarray(X))) is type(asarray(y))
    assert float(model.score(asarray(X), asarray(y, "int64"))) == pytest.approx(expected.score(X, y))
    for method in ("predict_proba", "decision_function"):
        assert hasattr(model, method) == hasattr(theirs, method)
        if hasattr(theirs, method):
            found = numbers(getattr(model, method)(asarray(X)))
            np.testing.assert_allclose(found, getattr(expected, method)(X), atol=1e-5)


@pytest.mark.parametrize("classes", [2, 3])
def test_an_estimator_may_know_only_probabilities(classes):
    X, y = load_iris(return_X_y=True)
    X, y = X[y < classes], np.array(["a", "b", "c"])[y[y < classes]]
    model = OneVsRestClassifier(KNeighborsClassifier(7)).fit(X, y)
    expected = sklearn.multiclass.OneVsRestClassifier(KNeighborsClassifier(7)).fit(X, y)
    assert not hasattr(model, "decision_function")
    np.testing.assert_array_equal(model.predict(X), expected.predict(X))
    np.testing.assert_allclose(model.predict_proba(X), expected.predict_proba(X))


def test_the_estimator_given_is_not_fitted():
    X, y = load_iris(return_X_y=True)
    estimator = LogisticRegression()
    model = OneVsRestClassifier(estimator).fit(X, y)
    assert not hasattr(estimator, "coef_")
    with pytest.raises(NotFittedError):
        clone(model).predict(X)


def test_one_class_is_not_enough(asarray):
    with pytest.raises(ValueError, match="at least two classes"):
        OneVsRestClassifier(LogisticRegression()).fit(asarray([[1.0], [2.0]]), asarray([1, 1], "int64"))
