"""Least squares and ridge, against NumPy's solvers, SciPy's distributions, exact fractions and scikit-learn."""

import os
import pickle
import warnings
from fractions import Fraction
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import scipy.stats
import sklearn.linear_model
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from course_lib.data import load_advertising
from course_lib.regression import CollinearityWarning, LinearRegression, Ridge, Summary, interaction


def numbers(x) -> np.ndarray:
    return np.asarray(x.tolist())


def data(rng, n=30, p=4):
    X = rng.normal(size=(n, p)) * [1, 10, 0.1, 100][:p] + [5, -3, 0, 1000][:p]
    return X, X @ rng.normal(size=p) + 2 + rng.normal(size=n)


def statistics(X, y, s=None, fit_intercept=True, level=0.95):
    """The summary's figures from the textbook's formulas, with an inverse and SciPy's distributions."""
    s = np.ones(len(y)) if s is None else s
    A = np.column_stack([np.ones(len(y)), X]) if fit_intercept else X
    inverse = np.linalg.inv(A.T @ (s[:, None] * A))
    beta = inverse @ A.T @ (s * y)
    n, k = A.shape
    q = k - fit_intercept
    rss = s @ (y - A @ beta) ** 2
    tss = s @ (y - (np.average(y, weights=s) if fit_intercept else 0)) ** 2
    error = np.sqrt(rss / (n - k) * np.diag(inverse))
    reach = scipy.stats.t.ppf(0.5 + level / 2, n - k) * error
    f = (tss - rss) / q / (rss / (n - k))
    return {
        "coefficients": beta,
        "standard_errors": error,
        "t_statistics": beta / error,
        "p_values": 2 * (1 - scipy.stats.t.cdf(np.abs(beta / error), n - k)),
        "intervals": np.column_stack([beta - reach, beta + reach]),
        "rse": np.sqrt(rss / (n - k)),
        "r2": 1 - rss / tss,
        "adjusted_r2": 1 - rss / (n - k) / (tss / (n - fit_intercept)),
        "f_statistic": f,
        "f_p_value": 1 - scipy.stats.f.cdf(f, q, n - k),
        "df_model": q,
        "df_residual": n - k,
    }


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("weighted", [True, False])
def test_the_coefficients_are_numpys(asarray, rng, fit_intercept, weighted):
    X, y = data(rng)
    s = rng.uniform(0.1, 3, size=len(y)) if weighted else np.ones(len(y))
    A = np.column_stack([np.ones(len(y)), X]) if fit_intercept else X
    beta, *_ = np.linalg.lstsq(np.sqrt(s)[:, None] * A, np.sqrt(s) * y)
    model = LinearRegression(fit_intercept=fit_intercept)
    model.fit(asarray(X), asarray(y), asarray(s) if weighted else None)
    found = [*([float(model.intercept_)] if fit_intercept else []), *model.coef_.tolist()]
    np.testing.assert_allclose(found, beta, rtol=1e-9)
    np.testing.assert_allclose(numbers(model.predict(asarray(X))), A @ beta, rtol=1e-9)
    assert model.rank_ == 4


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("level", [0.95, 0.5])
def test_the_summary_is_the_textbooks(asarray, rng, fit_intercept, weighted, level):
    X, y = data(rng)
    s = rng.uniform(0.1, 3, size=len(y)) if weighted else None
    model = LinearRegression(fit_intercept=fit_intercept)
    summary = model.fit(asarray(X), asarray(y), None if s is None else asarray(s)).summary(level=level)
    for name, expected in statistics(X, y, s, fit_intercept, level).items():
        np.testing.assert_allclose(getattr(summary, name), expected, rtol=1e-8, atol=1e-12, err_msg=name)


def test_one_predictor_is_scipys_linregress(asarray, rng):
    x = rng.normal(size=25)
    y = 0.3 * x + rng.normal(size=25)
    expected = scipy.stats.linregress(x, y)
    summary = LinearRegression().fit(asarray(x[:, None]), asarray(y)).summary()
    np.testing.assert_allclose(summary.coefficients, [expected.intercept, expected.slope], rtol=1e-8)
    np.testing.assert_allclose(summary.standard_errors, [expected.intercept_stderr, expected.stderr], rtol=1e-8)
    np.testing.assert_allclose(summary.p_values[1], expected.pvalue, rtol=1e-8)
    np.testing.assert_allclose(summary.r2, expected.rvalue**2, rtol=1e-8)
    np.testing.assert_allclose(summary.f_statistic, summary.t_statistics[1] ** 2, rtol=1e-8)
    np.testing.assert_allclose(summary.f_p_value, expected.pvalue, rtol=1e-8)


def exact_solution(A, b):
    """Gauss and Jordan in fractions."""
    rows = [[Fraction(v) for v in (*row, value)] for row, value in zip(A, b, strict=True)]
    for k in range(len(rows)):
        pivot = next(i for i in range(k, len(rows)) if rows[i][k] != 0)
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [v / rows[k][k] for v in rows[k]]
        for i in range(len(rows)):
            if i != k:
                rows[i] = [v - rows[i][k] * w for v, w in zip(rows[i], rows[k], strict=True)]
    return np.array([float(row[-1]) for row in rows])


def test_ill_conditioned_columns_keep_their_digits(asarray):
    """Powers of the years 1947 to 1962: the design's condition number is 1e13, its square is beyond float64."""
    years = np.arange(1947, 1963)
    X = [[1, int(t), int(t) ** 2] for t in years]
    y = [(int(t) * 7919) % 101 for t in years]
    normal = [[sum(a[i] * a[j] for a in X) for j in range(3)] for i in range(3)]
    beta = exact_solution(normal, [sum(a[i] * v for a, v in zip(X, y, strict=True)) for i in range(3)])
    model = LinearRegression().fit(asarray([row[1:] for row in X]), asarray(y))
    np.testing.assert_allclose(model.coef_.tolist(), beta[1:], rtol=1e-8)
    np.testing.assert_allclose(float(model.intercept_), beta[0], rtol=1e-8)


def test_units_do_not_matter(asarray, rng):
    X, y = data(rng)
    units = np.array([1e-150, 1e150, 1e-8, 1.0])
    plain, scaled = (LinearRegression().fit(asarray(A), asarray(y)) for A in (X, X * units))
    np.testing.assert_allclose(numbers(scaled.coef_) * units, plain.coef_.tolist(), rtol=1e-9)
    np.testing.assert_allclose(scaled.summary().t_statistics, plain.summary().t_statistics, rtol=1e-8)


def test_several_outputs(asarray, rng):
    X, _ = data(rng)
    Y = rng.normal(size=(30, 3))
    model = LinearRegression().fit(asarray(X), asarray(Y))
    expected = sklearn.linear_model.LinearRegression().fit(X, Y)
    np.testing.assert_allclose(model.coef_.tolist(), expected.coef_, atol=1e-12)
    np.testing.assert_allclose(model.intercept_.tolist(), expected.intercept_, atol=1e-10)
    np.testing.assert_allclose(numbers(model.predict(asarray(X))), expected.predict(X), atol=1e-10)
    with pytest.raises(ValueError, match="fit the 3 columns of y one by one"):
        model.summary()
    one = LinearRegression().fit(asarray(X), asarray(Y[:, :1]))
    assert tuple(one.coef_.shape) == (1, 4)
    assert tuple(one.intercept_.shape) == (1,)


def test_the_score_is_r2(asarray, rng):
    X, y = data(rng)
    s = rng.uniform(0.1, 3, size=len(y))
    model = LinearRegression().fit(asarray(X), asarray(y))
    reference = sklearn.linear_model.LinearRegression().fit(X, y)
    assert float(model.score(asarray(X), asarray(y))) == pytest.approx(reference.score(X, y), abs=1e-12)
    assert float(model.score(asarray(X), asarray(y), asarray(s))) == pytest.approx(reference.score(X, y, s), abs=1e-12)
    assert model.summary().r2 == pytest.approx(reference.score(X, y), abs=1e-12)


@given(st.integers(2, 40), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_residuals_are_orthogonal_to_the_columns(n, p, seed):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(n, p)), rng.normal(size=n)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CollinearityWarning)  # when there are fewer rows than columns
        model = LinearRegression().fit(X, y)
    residuals = y - model.predict(X)
    assert abs(residuals.sum()) < 1e-9
    assert np.abs(residuals @ X).max() < 1e-8


# Collinear columns


def test_collinear_columns_are_named(asarray, rng):
    X, y = data(rng, p=3)
    X = np.column_stack([X, X[:, 0] - 2 * X[:, 2], np.full(30, 0.1)])
    with pytest.warns(CollinearityWarning, match="x4 did not vary, and x0, x2, x3 cannot be told apart") as caught:
        model = LinearRegression().fit(asarray(X), asarray(y))
    assert caught[0].filename == __file__
    centred = X - X.mean(axis=0)
    centred[:, 4] = 0
    np.testing.assert_allclose(model.coef_.tolist(), np.linalg.pinv(centred) @ (y - y.mean()), atol=1e-10)
    assert model.rank_ == 3
    summary = model.summary()
    alone = LinearRegression().fit(X[:, :3], y).summary()
    np.testing.assert_array_equal(np.isnan(summary.standard_errors), [False, True, False, True, True, True])
    np.testing.assert_allclose(summary.standard_errors[[0, 2]], alone.standard_errors[[0, 2]], rtol=1e-8)
    for name in ("rse", "r2", "adjusted_r2", "f_statistic", "f_p_value", "df_residual"):
        assert getattr(summary, name) == pytest.approx(getattr(alone, name), rel=1e-8)


def test_collinear_columns_have_the_data_frames_names(rng):
    brown = rng.integers(0, 2, size=20)
    frame = pd.DataFrame({"brown": brown, "not brown": 1 - brown, "age": rng.normal(size=20)})
    with pytest.warns(CollinearityWarning, match="brown, not brown cannot be told apart"):
        summary = LinearRegression().fit(frame, rng.normal(size=20)).summary()
    assert summary.names == ["Intercept", "brown", "not brown", "age"]
    # The intercept could take part of both dummies, so it is not determined either.
    np.testing.assert_array_equal(np.isnan(summary.standard_errors), [True, True, True, False])


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_more_columns_than_rows(asarray, rng, scale):
    X, y = rng.normal(size=(6, 15)) * np.where(np.arange(15) < 7, scale, 1), rng.normal(size=6)
    with pytest.warns(CollinearityWarning, match="x0, .* x9 and 5 more cannot be told apart"):
        model = LinearRegression().fit(asarray(X), asarray(y))
    w = np.linalg.pinv(X - X.mean(axis=0)) @ (y - y.mean())
    np.testing.assert_allclose(model.coef_.tolist(), w, atol=1e-9 * np.abs(w).max())
    np.testing.assert_allclose(numbers(model.predict(asarray(X))), y, atol=1e-9)
    assert model.rank_ == 5


def test_a_nearly_collinear_column_is_kept(asarray, rng):
    X, y = rng.normal(size=(50, 2)), rng.normal(size=50)
    X = np.column_stack([X, X[:, 0] + 1e-7 * rng.normal(size=50)])
    model = LinearRegression().fit(asarray(X), asarray(y))
    assert model.rank_ == 3
    A = np.column_stack([np.ones(50), X])
    np.testing.assert_allclose(numbers(model.predict(asarray(X))), A @ np.linalg.lstsq(A, y)[0], atol=1e-7)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("offset", [0.1, 1e8])
def test_a_constant_column_is_constant_in_spite_of_rounding(asarray, rng, dtype, offset):
    X = np.column_stack([rng.normal(size=40), np.full(40, offset)])
    y = X[:, 0] + rng.normal(size=40)
    with pytest.warns(CollinearityWarning, match="columns: x1 did not vary. "):
        model = LinearRegression().fit(asarray(X, dtype), asarray(y, dtype))
    assert model.coef_[1] == 0
    alone = LinearRegression().fit(asarray(X[:, :1], dtype), asarray(y, dtype))
    np.testing.assert_allclose(model.coef_[:1].tolist(), alone.coef_.tolist(), rtol=1e-6)
    np.testing.assert_allclose(model.summary().standard_errors[:2], alone.summary().standard_errors, rtol=1e-6)


# Little data


def test_one_sample(asarray):
    with pytest.warns(CollinearityWarning, match="x0, x1 did not vary"):
        model = LinearRegression().fit(asarray([[1.0, 2.0]]), asarray([3.0]))
    assert model.coef_.tolist() == [0, 0]
    assert float(model.intercept_) == 3
    assert np.isnan(model.summary().standard_errors).all()


def test_as_many_coefficients_as_rows_leave_nothing_to_estimate_errors_from(asarray):
    summary = LinearRegression().fit(asarray([[1.0], [2.0]]), asarray([1.0, 3.0])).summary()
    np.testing.assert_allclose(summary.coefficients, [-1, 2], atol=1e-12)
    assert summary.df_residual == 0
    for name in ("standard_errors", "t_statistics", "p_values", "intervals", "rse", "adjusted_r2", "f_p_value"):
        assert np.isnan(getattr(summary, name)).all(), name


def test_a_response_that_does_not_vary(asarray, rng):
    summary = LinearRegression().fit(asarray(rng.normal(size=(9, 2))), asarray(np.full(9, 0.1))).summary()
    np.testing.assert_array_equal(summary.coefficients, [0.1, 0, 0])
    assert np.isnan(summary.r2)
    assert np.isnan(summary.f_statistic)


def test_a_perfect_fit(asarray):
    summary = LinearRegression().fit(asarray([[-1.0], [0.0], [1.0]]), asarray([-2.0, 0.0, 2.0])).summary()
    assert summary.r2 == 1
    assert summary.rse < 1e-12
    assert summary.p_values[1] < 1e-12
    exact = Summary(["x"], np.array([2.0]), np.array([1.0]), rss=0.0, tss=8.0, df_model=1, df_residual=1)
    assert (exact.r2, exact.rse, exact.f_statistic, exact.f_p_value) == (1, 0, np.inf, 0)
    assert (exact.t_statistics[0], exact.p_values[0]) == (np.inf, 0)


# Kinds, precisions, and what is not touched


@pytest.mark.parametrize("make", [LinearRegression, Ridge])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_answers_are_of_the_kind_and_precision_of_the_data(asarray, rng, make, dtype):
    X, y = data(rng)
    A, b = asarray(X, dtype), asarray(y, dtype)
    model = make().fit(A, b)
    for result in (model.coef_, model.predict(A)):
        assert type(result) is type(A)
        assert result.dtype == A.dtype
        assert getattr(result, "device", None) == getattr(A, "device", None)
    exact = make().fit(X, y)
    np.testing.assert_allclose(model.coef_.tolist(), exact.coef_, rtol=1e-9 if dtype == "float64" else 2e-3)


def test_precisions_may_be_mixed(asarray, rng):
    X, y = data(rng)
    model = LinearRegression().fit(asarray(X), asarray(y, "float32"))
    assert model.coef_.dtype == asarray(X).dtype
    assert model.predict(asarray(X, "float32")).dtype == asarray(X).dtype
    whole = np.rint(y)
    found = LinearRegression().fit(asarray(X), asarray(whole, "int64")).coef_
    np.testing.assert_allclose(found.tolist(), LinearRegression().fit(X, whole).coef_, rtol=1e-9)


@pytest.mark.parametrize("make", [LinearRegression, Ridge])
def test_the_inputs_stay_as_they_are(asarray, rng, make):
    X, y = data(rng)
    s = rng.uniform(size=len(y))
    given_ = asarray(X), asarray(y), asarray(s)
    make().fit(*given_).predict(given_[0])
    for before, after in zip((X, y, s), given_, strict=True):
        np.testing.assert_array_equal(after.tolist(), before)


def test_gradients_flow_through_predictions_but_not_through_fit(rng):
    X, y = (torch.from_numpy(a) for a in data(rng))
    X.requires_grad_()
    model = LinearRegression().fit(X, y)
    assert not model.coef_.requires_grad
    model.predict(X).sum().backward()
    np.testing.assert_allclose(X.grad, model.coef_.expand(X.shape))


def test_an_estimator_can_be_copied_and_stored(asarray, rng):
    X, y = data(rng)
    model = LinearRegression().fit(asarray(X), asarray(y))
    assert str(pickle.loads(pickle.dumps(model)).summary()) == str(model.summary())
    with pytest.raises(NotFittedError):
        clone(model).summary()
    with pytest.raises(NotFittedError):
        clone(model).predict(asarray(X))


# Wrong input


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.ones(29), r"one weight for each of the 30 rows, shape \(30,\), got shape \(29,\)"),
        (np.ones((30, 1)), r"got shape \(30, 1\)"),
        (-np.ones(30), "not negative"),
        (np.full(30, np.nan), "finite"),
        (np.zeros(30), "every sample weight is zero"),
    ],
)
def test_wrong_weights_are_named(asarray, rng, weights, message):
    X, y = data(rng)
    with pytest.raises(ValueError, match=message):
        LinearRegression().fit(asarray(X), asarray(y), asarray(weights))


def test_a_weight_of_zero_leaves_a_row_out(asarray, rng):
    X, y = data(rng)
    y_wrong = np.where(np.arange(30) < 10, 1e6, y)
    weights = (np.arange(30) >= 10) * 1.0
    found = LinearRegression().fit(asarray(X), asarray(y_wrong), asarray(weights)).summary()
    expected = LinearRegression().fit(X[10:], y[10:]).summary()
    np.testing.assert_allclose(found.standard_errors, expected.standard_errors, rtol=1e-9)
    assert found.df_residual == expected.df_residual


def test_kinds_are_not_mixed(rng):
    X, y = data(rng)
    with pytest.raises(TypeError, match="one kind"):
        LinearRegression().fit(torch.from_numpy(X), y)
    with pytest.raises(TypeError, match="one kind"):
        LinearRegression().fit(torch.from_numpy(X), torch.from_numpy(y), np.ones(30))
    with pytest.raises(TypeError, match="one kind"):
        LinearRegression().fit(X, y).predict(torch.from_numpy(X))


def test_wrong_requests_for_a_summary(asarray, rng):
    model = LinearRegression().fit(*map(asarray, data(rng)))
    with pytest.raises(ValueError, match=r"expected 4 names, one for each column of X, got \['TV'\]"):
        model.summary(["TV"])
    for level in (0, 1, 95):
        with pytest.raises(ValueError, match=f"between 0 and 1, such as 0.95, got {level}"):
            model.summary(level=level)


# How a summary looks


def test_the_printed_summary():
    X = np.array([[-1.0, 1.0], [1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [0.0, 0.0]])
    y = np.array([1.0, 5.0, 1.1, 5.1, 3.0])
    assert str(LinearRegression().fit(X, y).summary(["TV", "a < b"])) == "\n".join(
        [
            "            coefficient   std. error   t-statistic   p-value        95% interval",
            "Intercept          3.04      0.01414        214.96   <0.0001      [2.979, 3.101]",
            "TV                    2      0.01581        126.49   <0.0001      [1.932, 2.068]",
            "a < b             -0.05      0.01581         -3.16    0.0871   [-0.118, 0.01803]",
            "",
            "Residual standard error 0.03162 on 2 degrees of freedom",
            "R² 0.9999, adjusted R² 0.9998",
            "F-statistic 8005 on 2 and 2 degrees of freedom, p-value 0.0001",
        ]
    )


def test_the_summary_in_a_notebook(rng):
    X, y = data(rng, p=2)
    table = LinearRegression().fit(X, y).summary(["TV", "<b>radio"])._repr_html_()
    assert '<th scope="col">p-value</th>' in table
    assert '<th scope="row">&lt;b&gt;radio</th>' in table
    assert "&lt;0.0001" in table
    tree = ElementTree.fromstring(f"<div>{table.replace('<br>', '<br/>')}</div>")
    assert [len(row) for row in tree.iter("tr")] == [6, 6, 6, 6]


# Ridge


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("alpha", [1e-3, 1.0, 1e4])
def test_ridge_solves_its_normal_equations(asarray, rng, fit_intercept, alpha):
    X, y = data(rng)
    s = rng.uniform(0.1, 3, size=len(y))
    x_mean, y_mean = (np.average(a, axis=0, weights=s) * fit_intercept for a in (X, y))
    Z, b = X - x_mean, y - y_mean
    w = np.linalg.solve(Z.T @ (s[:, None] * Z) + alpha * np.eye(4), Z.T @ (s * b))
    model = Ridge(alpha, fit_intercept=fit_intercept).fit(asarray(X), asarray(y), asarray(s))
    np.testing.assert_allclose(model.coef_.tolist(), w, rtol=1e-8)
    np.testing.assert_allclose(float(model.intercept_), y_mean - x_mean @ w, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("shape", [(30, 4), (5, 12)])
def test_ridge_is_scikit_learns(asarray, rng, shape):
    X, Y = rng.normal(size=shape), rng.normal(size=(shape[0], 2))
    for y in (Y, Y[:, 0]):
        model, expected = Ridge(0.5).fit(asarray(X), asarray(y)), sklearn.linear_model.Ridge(0.5).fit(X, y)
        np.testing.assert_allclose(model.coef_.tolist(), expected.coef_, rtol=1e-8)
        np.testing.assert_allclose(numbers(model.predict(asarray(X))), expected.predict(X), rtol=1e-8)


def test_ridge_needs_no_independent_columns(asarray, rng):
    x, y = rng.normal(size=20), rng.normal(size=20)
    w = Ridge(1.0).fit(asarray(np.column_stack([x, x])), asarray(y)).coef_.tolist()
    assert w[0] == pytest.approx(w[1])


def test_ridge_without_a_price_is_least_squares(asarray, rng):
    X, y = map(asarray, data(rng))
    np.testing.assert_allclose(
        Ridge(alpha=0).fit(X, y).coef_.tolist(), LinearRegression().fit(X, y).coef_.tolist(), rtol=1e-9
    )


@pytest.mark.parametrize("alpha", [-1.0, np.inf, np.nan])
def test_ridge_refuses_a_price_that_is_none(asarray, rng, alpha):
    with pytest.raises(ValueError, match="number of at least 0, got"):
        Ridge(alpha).fit(*map(asarray, data(rng)))


# The book's tables


@pytest.fixture
def advertising():
    if "COURSE_ADVERTISING" not in os.environ:
        pytest.skip("COURSE_ADVERTISING does not name Advertising.csv")
    return load_advertising(os.environ["COURSE_ADVERTISING"])


def test_the_multiple_regression_of_the_slides(asarray, advertising):
    summary = LinearRegression().fit(asarray(advertising.X), asarray(advertising.y)).summary(advertising.feature_names)
    assert summary.names == ["Intercept", "TV", "radio", "newspaper"]
    np.testing.assert_array_equal(summary.coefficients.round(3), [2.939, 0.046, 0.189, -0.001])
    np.testing.assert_array_equal(summary.standard_errors.round(4), [0.3119, 0.0014, 0.0086, 0.0059])
    np.testing.assert_array_equal(summary.t_statistics.round(2), [9.42, 32.81, 21.89, -0.18])
    assert (summary.p_values[:3] < 0.0001).all()
    assert summary.p_values[3].round(4) == 0.8599


def test_the_interaction_of_the_slides(asarray, advertising):
    X, y = asarray(advertising.X[:, :2]), asarray(advertising.y)
    additive, summary = LinearRegression().fit(X, y).summary(), LinearRegression().fit(interaction(X), y).summary()
    np.testing.assert_array_equal(summary.coefficients.round(4), [6.7502, 0.0191, 0.0289, 0.0011])
    np.testing.assert_array_equal(summary.standard_errors.round(3), [0.248, 0.002, 0.009, 0.0])
    np.testing.assert_array_equal(summary.t_statistics.round(2), [27.23, 12.70, 3.24, 20.73])
    assert summary.p_values[2].round(4) == 0.0014
    assert (summary.p_values[[0, 1, 3]] < 0.0001).all()
    assert round(100 * summary.r2, 1) == 96.8
    assert round(100 * additive.r2, 1) == 89.7
    assert round((summary.r2 - additive.r2) / (1 - additive.r2), 2) == 0.69
