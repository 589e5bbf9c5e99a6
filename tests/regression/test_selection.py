"""Subset selection, against brute force with NumPy's least squares."""

from itertools import combinations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.regression import LinearRegression, backward_selection, best_subset, forward_selection

SEARCHES = [best_subset, forward_selection, backward_selection]


def data(rng, n=40, p=5):
    X = rng.normal(size=(n, p)) @ rng.normal(size=(p, p)) + [100, 0, 0, 1, 5][:p]
    return X, X @ (rng.normal(size=p) * (np.arange(p) % 2)) + 3 * rng.normal(size=n)


def rss(X, y, chosen):
    A = np.column_stack([np.ones(len(y)), X[:, list(chosen)]])
    return ((y - A @ np.linalg.lstsq(A, y)[0]) ** 2).sum()


@pytest.mark.parametrize("search", SEARCHES)
def test_the_figures_are_those_of_the_models(asarray, rng, search):
    X, y = data(rng)
    path = search(asarray(X), asarray(y))
    n, d = 40, np.arange(6) + 1
    expected = np.array([rss(X, y, chosen) for chosen in path.features])
    np.testing.assert_array_equal(path.sizes, np.arange(6))
    np.testing.assert_allclose(path.rss, expected, rtol=1e-9)
    tss = ((y - y.mean()) ** 2).sum()
    np.testing.assert_allclose(path.r2, 1 - expected / tss, atol=1e-12)
    np.testing.assert_allclose(path.adjusted_r2, 1 - expected / (n - d) / (tss / (n - 1)), atol=1e-12)
    sigma = expected[-1] / (n - 6)
    np.testing.assert_allclose(path.cp, expected / sigma - n + 2 * d, rtol=1e-8)
    # the log-likelihood at its maximum, where the variance of the noise is RSS / n
    log_likelihood = [scipy.stats.norm(0, np.sqrt(r / n)).logpdf(np.sqrt(r / n)) * n for r in expected]
    np.testing.assert_allclose(path.aic, -2 * np.array(log_likelihood) + 2 * d, rtol=1e-9)
    np.testing.assert_allclose(path.bic, -2 * np.array(log_likelihood) + np.log(n) * d, rtol=1e-9)
    for chosen, adjusted in zip(path.features[1:], path.adjusted_r2[1:], strict=True):
        assert LinearRegression().fit(X[:, list(chosen)], y).summary().adjusted_r2 == pytest.approx(adjusted)


@settings(max_examples=25)
@given(st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_best_subset_is_the_best_of_each_size(p, seed):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(12, p)), rng.normal(size=12)
    path = best_subset(X, y)
    for size, chosen in enumerate(path.features):
        assert set(chosen) == set(min(combinations(range(p), size), key=lambda c: rss(X, y, c)))


def test_forward_adds_what_helps_most(asarray, rng):
    X, y = data(rng)
    path = forward_selection(asarray(X), asarray(y))
    for before, after in zip(path.features, path.features[1:], strict=False):
        assert after[:-1] == before
        assert after[-1] == min(set(range(5)) - set(before), key=lambda j: rss(X, y, (*before, j)))


def test_backward_removes_the_largest_p_value(asarray, rng):
    X, y = data(rng)
    path = backward_selection(asarray(X), asarray(y))
    for fewer, more in zip(path.features, path.features[1:], strict=False):
        p_values = LinearRegression().fit(X[:, list(more)], y).summary().p_values[1:]
        assert set(more) - set(fewer) == {more[int(np.argmax(p_values))]}
        assert set(fewer) < set(more)


def test_one_step_at_a_time_can_miss_the_best():
    """x2 is nearly x0 + x1, so it goes first; but together x0 and x1 explain everything."""
    rng = np.random.default_rng(3)
    x0, x1 = rng.normal(size=(2, 200))
    X = np.column_stack([x0, x1, x0 + x1 + 0.5 * rng.normal(size=200)])
    y = x0 + x1 + 1e-3 * rng.normal(size=200)
    assert forward_selection(X, y).features[2] != best_subset(X, y).features[2] == (0, 1)
    assert backward_selection(X, y).features[2] == (0, 1)


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("criterion", ["bic", "aic", "cp", "adjusted_r2"])
def test_a_criterion_finds_the_columns_that_matter(asarray, rng, search, criterion):
    X = rng.normal(size=(2000, 6))
    y = 3 * X[:, 1] - 2 * X[:, 4] + rng.normal(size=2000)
    chosen = search(asarray(X), asarray(y)).best(criterion)
    assert {1, 4} <= set(chosen)
    if criterion == "bic":
        assert set(chosen) == {1, 4}


def test_more_columns_than_rows(asarray, rng):
    X, y = rng.normal(size=(8, 12)), rng.normal(size=8)
    path = forward_selection(asarray(X), asarray(y))
    np.testing.assert_array_equal(path.sizes, np.arange(8))
    np.testing.assert_allclose(path.rss, [rss(X, y, chosen) for chosen in path.features], atol=1e-12)
    assert np.isnan(path.cp).all()
    assert np.isnan(path.adjusted_r2[-1])
    with pytest.raises(ValueError, match="cp is not defined: there are only 8 rows"):
        path.best("cp")
    np.testing.assert_array_equal(best_subset(asarray(X), asarray(y)).sizes, np.arange(8))
    with pytest.raises(ValueError, match="8 rows are too few to start with all 12 predictors: it takes 14"):
        backward_selection(asarray(X), asarray(y))


@pytest.mark.parametrize("search", SEARCHES)
def test_columns_that_add_nothing_new(asarray, rng, search):
    X, y = data(rng, p=3)
    X = np.column_stack([X, X[:, 0] + X[:, 1], np.full(40, 0.1)])
    path = search(asarray(X), asarray(y))
    np.testing.assert_allclose(path.rss, [rss(X, y, chosen) for chosen in path.features], rtol=1e-9)
    assert path.rss[-1] == pytest.approx(rss(X, y, range(5)))
    assert path.noise_variance == pytest.approx(rss(X, y, range(5)) / (40 - 4))
    if search is not backward_selection:
        assert len(path.features) == 4
        assert all(4 not in chosen for chosen in path.features)


@pytest.mark.parametrize("search", SEARCHES)
def test_units_do_not_matter_and_inputs_stay(asarray, rng, search):
    X, y = data(rng)
    A, b = asarray(X * [1e-100, 1e100, 1, 1e5, 1]), asarray(y)
    before = A.tolist()
    assert search(A, b).features == search(X, y).features
    assert A.tolist() == before


@pytest.mark.parametrize("search", SEARCHES)
def test_a_response_that_does_not_vary(asarray, rng, search):
    path = search(asarray(rng.normal(size=(9, 2))), asarray(np.full(9, 0.1)))
    np.testing.assert_array_equal(path.rss, 0)
    assert np.isnan(path.r2).all()


def test_wrong_requests_are_named(asarray, rng):
    X, y = data(rng)
    with pytest.raises(ValueError, match="one of the criteria adjusted_r2, cp, aic, bic, got 'r2'"):
        forward_selection(asarray(X), asarray(y)).best("r2")
    with pytest.raises(ValueError, match=r"21 predictors have 2\^21 subsets"):
        best_subset(asarray(rng.normal(size=(40, 21))), asarray(y))
    for search in SEARCHES:
        with pytest.raises(ValueError, match=r"expected y of shape \(n,\), got 2 columns"):
            search(asarray(X), asarray(np.column_stack([y, y])))
