"""The lasso, against scikit-learn and the conditions that its minimum must meet."""

import numpy as np
import pytest
import sklearn.linear_model
from hypothesis import given
from hypothesis import strategies as st
from sklearn.exceptions import ConvergenceWarning

from course_lib.regression import Lasso, LinearRegression, coordinate_descent


def data(rng, n=40, p=6):
    X = rng.normal(size=(n, p)) + 3
    return X, X[:, 0] - 2 * X[:, 1] + rng.normal(size=n)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("alpha", [0.1, 0.5, 2.0])
@pytest.mark.parametrize("shape", [(40, 6), (8, 20)])
def test_lasso_is_scikit_learns(asarray, rng, fit_intercept, alpha, shape):
    X, y = data(rng, *shape)
    s = rng.uniform(0.1, 3, size=len(y))
    settings = {"fit_intercept": fit_intercept, "tol": 1e-13, "max_iter": 100_000}
    model = Lasso(alpha, **settings).fit(asarray(X), asarray(y), asarray(s))
    expected = sklearn.linear_model.Lasso(alpha, **settings).fit(X, y, s)
    np.testing.assert_allclose(model.coef_.tolist(), expected.coef_, atol=1e-6)
    np.testing.assert_allclose(float(model.intercept_), expected.intercept_, atol=1e-6)
    np.testing.assert_array_equal(np.asarray(model.coef_.tolist()) == 0, expected.coef_ == 0)


@given(st.integers(2, 30), st.integers(1, 8), st.floats(0.01, 1), st.integers(0, 2**32 - 1))
def test_no_small_change_of_a_coefficient_lowers_the_objective(n, p, share, seed):
    """The slope of the squares is -alpha sign(w) where w is not zero, and within alpha of zero where it is."""
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(n, p)), rng.normal(size=n)
    Z, b = X - X.mean(axis=0), y - y.mean()
    alpha = share * np.abs(Z.T @ b).max() / n
    w = Lasso(alpha, tol=1e-12, max_iter=100_000).fit(X, y).coef_
    slope = Z.T @ (Z @ w - b) / n
    np.testing.assert_allclose(slope[w != 0], -alpha * np.sign(w[w != 0]), atol=1e-5)
    assert (np.abs(slope) <= alpha + 1e-5).all()


def test_a_large_price_leaves_only_the_intercept(asarray, rng):
    X, y = data(rng)
    alpha = np.abs((X - X.mean(axis=0)).T @ (y - y.mean())).max() / len(y)
    model = Lasso(alpha * 1.0001).fit(asarray(X), asarray(y))
    assert model.coef_.tolist() == [0] * 6
    assert float(model.intercept_) == pytest.approx(y.mean())
    assert model.n_iter_ == 1
    assert any(Lasso(alpha * 0.99).fit(asarray(X), asarray(y)).coef_.tolist())


def test_a_small_price_is_nearly_least_squares(asarray, rng):
    X, y = map(asarray, data(rng))
    w = Lasso(1e-9, tol=1e-14, max_iter=10_000).fit(X, y).coef_
    np.testing.assert_allclose(w.tolist(), LinearRegression().fit(X, y).coef_.tolist(), atol=1e-5)


def test_several_outputs(asarray, rng):
    X, y = data(rng)
    Y = np.column_stack([y, X[:, 3], -y])
    model = Lasso(0.1, tol=1e-12).fit(asarray(X), asarray(Y))
    expected = sklearn.linear_model.Lasso(0.1, tol=1e-12).fit(X, Y)
    np.testing.assert_allclose(model.coef_.tolist(), expected.coef_, atol=1e-6)
    np.testing.assert_allclose(model.intercept_.tolist(), expected.intercept_, atol=1e-5)
    assert len(model.n_iter_) == len(model.dual_gap_) == 3


def test_the_gap_bounds_the_distance_to_the_minimum(asarray, rng):
    X, y = data(rng)
    Z, b = X - X.mean(axis=0), y - y.mean()

    def objective(w):
        return ((b - Z @ w) ** 2).mean() / 2 + 0.05 * np.abs(w).sum()

    best = objective(Lasso(0.05, tol=1e-14, max_iter=10_000).fit(X, y).coef_)
    rough = Lasso(0.05, tol=1e-2).fit(asarray(X), asarray(y))
    above = objective(np.asarray(rough.coef_.tolist())) - best
    assert 0 < above <= rough.dual_gap_ <= 1e-2 * (b @ b) / len(b)


def test_a_price_of_zero_never_knows_that_it_is_done(asarray, rng):
    X, y = map(asarray, data(rng))
    with pytest.warns(ConvergenceWarning, match="after 50 rounds .* for alpha=0 use LinearRegression") as caught:
        model = Lasso(0, max_iter=50).fit(X, y)
    assert caught[0].filename == __file__
    np.testing.assert_allclose(model.coef_.tolist(), LinearRegression().fit(X, y).coef_.tolist(), atol=1e-5)


def test_a_constant_column_gets_nothing(asarray, rng):
    X, y = data(rng)
    X[:, 2] = 0.1
    model = Lasso(0.01).fit(asarray(X), asarray(y))
    assert model.coef_[2] == 0
    assert np.isfinite(model.coef_.tolist()).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_kind_and_precision_stay(asarray, rng, dtype):
    X, y = data(rng)
    A, b = asarray(X, dtype), asarray(y, dtype)
    model = Lasso(0.1).fit(A, b)
    assert type(model.coef_) is type(A)
    assert model.coef_.dtype == model.predict(A).dtype == A.dtype
    np.testing.assert_allclose(model.coef_.tolist(), Lasso(0.1).fit(X, y).coef_, atol=1e-4)
    np.testing.assert_array_equal(A.tolist(), X.astype(dtype))


def test_wrong_settings_are_named(asarray, rng):
    with pytest.raises(ValueError, match="number of at least 0, got -1"):
        Lasso(-1).fit(*map(asarray, data(rng)))
    with pytest.raises(ValueError, match="max_iter to be at least 1, got 0"):
        Lasso(max_iter=0).fit(*map(asarray, data(rng)))


def test_one_round_solves_orthonormal_columns(asarray, rng):
    Q, _ = np.linalg.qr(rng.normal(size=(8, 4)))
    b = 3 * rng.normal(size=8)
    w, r = next(coordinate_descent(asarray(Q), asarray(b), [0.5] * 4))
    rho = Q.T @ b
    expected = np.sign(rho) * np.maximum(np.abs(rho) - 0.5, 0)
    np.testing.assert_allclose(w.tolist(), expected, atol=1e-12)
    np.testing.assert_allclose(r.tolist(), b - Q @ expected, atol=1e-12)


def test_rounds_never_raise_the_objective_and_stay_as_they_were(asarray, rng):
    X, b = data(rng)
    prices = [0.0, 1.0, 5.0, 0.0, 2.0, 30.0]
    start = rng.normal(size=6)
    given_start = asarray(start)
    rounds = coordinate_descent(asarray(X), asarray(b), prices, start=given_start)
    path = [start, *(np.asarray(next(rounds)[0].tolist()) for _ in range(10))]
    values = [((b - X @ w) ** 2).sum() / 2 + np.abs(w) @ prices for w in path]
    assert (np.diff(values) <= 1e-9).all()
    np.testing.assert_array_equal(given_start.tolist(), start)
    kept = next(rounds)[0]
    before = kept.tolist()
    next(rounds)
    assert kept.tolist() == before
