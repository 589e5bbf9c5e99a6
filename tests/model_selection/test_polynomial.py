"""Polynomial features, against scikit-learn's."""

import numpy as np
import pandas as pd
import pytest
import sklearn.preprocessing
import torch

from course_lib.model_selection import PolynomialFeatures


@pytest.mark.parametrize("degree", [0, 1, 2, 4, (0, 2), (1, 1), (2, 3), (0, 0)])
@pytest.mark.parametrize("interaction_only", [False, True])
@pytest.mark.parametrize("include_bias", [False, True])
@pytest.mark.parametrize("features", [1, 3])
def test_against_scikit_learn(asarray, rng, degree, interaction_only, include_bias, features):
    if not include_bias and (degree in (0, (0, 0)) or (degree == (2, 3) and interaction_only and features == 1)):
        return  # nothing is left: see test_nothing_left
    X = rng.normal(size=(5, features))
    options = {"degree": degree, "interaction_only": interaction_only, "include_bias": include_bias}
    ours = PolynomialFeatures(**options).fit(asarray(X))
    theirs = sklearn.preprocessing.PolynomialFeatures(**options).fit(X)
    np.testing.assert_allclose(np.asarray(ours.transform(asarray(X)).tolist()), theirs.transform(X), rtol=1e-13)
    np.testing.assert_array_equal(ours.powers_, theirs.powers_)
    assert ours.n_output_features_ == theirs.n_output_features_
    assert list(ours.get_feature_names_out()) == list(theirs.get_feature_names_out())


def test_powers_say_what_is_multiplied(asarray, rng):
    X = rng.normal(size=(4, 3))
    ours = PolynomialFeatures(3)
    found = np.asarray(ours.fit_transform(asarray(X)).tolist())
    np.testing.assert_allclose(found, np.prod(X[:, None] ** ours.powers_, axis=2))


def test_names():
    ours = PolynomialFeatures(2).fit(np.zeros((1, 2)))
    assert list(ours.get_feature_names_out(["tv", "radio"])) == ["1", "tv", "radio", "tv^2", "tv radio", "radio^2"]
    named = PolynomialFeatures(1).fit(pd.DataFrame({"tv": [0.0]}))
    assert list(named.get_feature_names_out()) == ["1", "tv"]
    with pytest.raises(ValueError, match="length equal to 2, got 1"):
        ours.get_feature_names_out(["tv"])
    with pytest.raises(ValueError, match="not equal to feature_names_in_"):
        named.get_feature_names_out(["radio"])


@pytest.mark.parametrize("degree", [-1, 1.5, (2, 1), (1, 2, 3), "two"])
def test_degrees_refused(asarray, degree):
    with pytest.raises(ValueError, match="expected degree to be at least 0"):
        PolynomialFeatures(degree).fit(asarray([[1.0]]))


@pytest.mark.parametrize("options", [{"degree": 0}, {"degree": (2, 3), "interaction_only": True}])
def test_nothing_left(asarray, options):
    with pytest.raises(ValueError, match="leaves no features of 1"):
        PolynomialFeatures(**options, include_bias=False).fit(asarray([[1.0]]))


def test_numpys_whole_numbers_will_do():
    assert PolynomialFeatures(np.arange(3)[2]).fit_transform(np.array([[2.0]])).tolist() == [[1, 2, 4]]


def test_gradients_flow_through():
    x = torch.tensor([[3.0]], requires_grad=True)
    PolynomialFeatures(3).fit_transform(x).sum().backward()
    assert x.grad.tolist() == [[1 + 2 * 3 + 3 * 9]]
