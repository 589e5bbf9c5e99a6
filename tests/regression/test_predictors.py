"""Dummies and interactions, against pandas, scikit-learn and the meaning of their coefficients."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.preprocessing import OneHotEncoder, PolynomialFeatures

from course_lib.regression import LinearRegression, dummy_encode, interaction

COLOURS = ["green", "brown", "blue", "brown", "grey", "blue", "green"]


def test_by_default_the_first_level_is_the_baseline():
    columns, levels = dummy_encode(COLOURS)
    expected = pd.get_dummies(pd.Series(COLOURS), drop_first=True, dtype=float)
    assert levels == list(expected.columns)
    np.testing.assert_array_equal(columns, expected)
    np.testing.assert_array_equal(dummy_encode(np.array(COLOURS))[0], expected)


def test_the_baseline_can_be_chosen():
    columns, levels = dummy_encode(COLOURS, baseline="brown")
    expected = OneHotEncoder(drop=["brown"], sparse_output=False).fit_transform(np.array(COLOURS)[:, None])
    assert levels == ["blue", "green", "grey"]
    np.testing.assert_array_equal(columns, expected)


def test_levels_that_do_not_occur_have_a_column_of_zeros():
    columns, levels = dummy_encode(["b", "c"], levels=["a", "b", "c", "d"])
    assert levels == ["b", "c", "d"]
    np.testing.assert_array_equal(columns, [[1, 0, 0], [0, 1, 0]])
    np.testing.assert_array_equal(dummy_encode(["a"], levels=["b", "a"])[0], [[1]])


def test_whole_numbers_of_any_kind(asarray):
    values = asarray([3, 1, 2, 3], "int64")
    columns, levels = dummy_encode(values, baseline=2)
    assert levels == [1, 3]
    assert type(columns) is type(values)
    assert columns.tolist() == [[0, 1], [1, 0], [0, 0], [0, 1]]
    assert columns.dtype == (torch.get_default_dtype() if isinstance(values, torch.Tensor) else np.float64)
    assert getattr(columns, "device", None) == getattr(values, "device", None)
    assert dummy_encode([False, True, True])[0].tolist() == [[0], [1], [1]]


def test_coefficients_of_dummies_are_differences_from_the_baseline(rng):
    y = rng.normal(size=7)
    columns, levels = dummy_encode(COLOURS, baseline="brown")
    model = LinearRegression().fit(columns, y)
    means = pd.Series(y).groupby(COLOURS).mean()
    assert model.intercept_ == pytest.approx(means["brown"])
    np.testing.assert_allclose(model.coef_, [means[level] - means["brown"] for level in levels])


@pytest.mark.parametrize(
    ("values", "settings", "message"),
    [
        ([], {}, r"labels of shape \(n,\), n at least 1, got shape \(0,\)"),
        ([["a", "b"]], {}, r"got shape \(1, 2\)"),
        (["a", "a"], {}, r"at least two levels, each once, got \['a'\]"),
        (["a", "b"], {"levels": ["a", "b", "a"]}, "each once"),
        (["a", "b", "x"], {"levels": ["a", "b"]}, r"only the levels \['a', 'b'\], got \['x'\] as well"),
        (["a", "b"], {"baseline": "c"}, r"one of the levels \['a', 'b'\], got 'c'"),
    ],
)
def test_wrong_labels_are_named(values, settings, message):
    with pytest.raises(ValueError, match=message):
        dummy_encode(values, **settings)


def test_interactions_are_scikit_learns(asarray, rng):
    X = rng.normal(size=(5, 4))
    expected = PolynomialFeatures(2, interaction_only=True, include_bias=False).fit_transform(X)
    np.testing.assert_allclose(interaction(asarray(X)).tolist(), expected)


def test_interactions_may_be_chosen_and_a_square_is_one(asarray, rng):
    X = rng.normal(size=(5, 3))
    found = interaction(asarray(X), [(2, 0), (1, 1)])
    np.testing.assert_allclose(found.tolist(), np.column_stack([X, X[:, 2] * X[:, 0], X[:, 1] ** 2]))
    assert type(found) is type(asarray(X))
    np.testing.assert_array_equal(interaction(asarray(X), []).tolist(), X)
    np.testing.assert_array_equal(interaction(asarray(X[:, :1])).tolist(), X[:, :1])


def test_wrong_pairs_are_named(asarray):
    X = asarray(np.ones((2, 2)))
    for pair in ((0, 2), (-1, 0)):
        with pytest.raises(ValueError, match="expected pairs of columns from 0 to 1, got"):
            interaction(X, [pair])
    with pytest.raises(ValueError, match=r"expected X of shape \(n, p\), got shape \(2,\)"):
        interaction(X[0])
