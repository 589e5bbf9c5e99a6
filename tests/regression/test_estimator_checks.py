"""scikit-learn's own checks of an estimator, all of them, on every estimator of the package."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from course_lib.regression import (
    Lasso,
    LinearRegression,
    LogisticRegression,
    OneVsRestClassifier,
    Ridge,
    SoftmaxRegression,
)

ESTIMATORS = [
    LinearRegression(),
    LinearRegression(fit_intercept=False),
    Ridge(),
    Lasso(alpha=0.1),
    LogisticRegression(),
    LogisticRegression(C=10.0, l1_ratio=0.5, class_weight="balanced"),
    SoftmaxRegression(),
    OneVsRestClassifier(LogisticRegression()),
    OneVsRestClassifier(LinearRegression()),
]


@pytest.fixture(autouse=True)
def array_api(monkeypatch):
    """Without this variable, scikit-learn skips its checks of array kinds."""
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")


# Many checks fit more columns than rows, and it is right to be warned of that.
@pytest.mark.filterwarnings("ignore::course_lib.regression.CollinearityWarning")
@parametrize_with_checks(ESTIMATORS)
def test_scikit_learn_conventions(estimator, check):
    check(estimator)
