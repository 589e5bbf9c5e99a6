"""scikit-learn's own checks of an estimator, all of them."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from course_lib.model_selection import KNeighborsClassifier, KNeighborsRegressor, PolynomialFeatures

ESTIMATORS = [
    KNeighborsRegressor(),
    KNeighborsRegressor(2, weights="distance", p=1),
    KNeighborsClassifier(),
    KNeighborsClassifier(3, weights="distance", metric="chebyshev"),
    PolynomialFeatures(),
    PolynomialFeatures((1, 3), interaction_only=True, include_bias=False),
]


@pytest.fixture(autouse=True)
def array_api(monkeypatch):
    """Without this variable, scikit-learn skips its check of array kinds."""
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")


@parametrize_with_checks(ESTIMATORS)
def test_scikit_learn_conventions(estimator, check):
    check(estimator)
