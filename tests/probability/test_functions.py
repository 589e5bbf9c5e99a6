"""Sigmoid, softplus, softmax and log-sum-exp, against SciPy and torch, in the middle and far out."""

import numpy as np
import pytest
import scipy.special
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays as any_array

from course_lib.probability import functions, logsumexp, sigmoid, softmax, softplus

FAR_OUT = np.array([-745.0, -700.0, -50.0, -1e-300, -0.0, 0.0, 1e-300, 0.3, 50.0, 700.0, 1000.0])
reals = any_array(np.float64, st.integers(1, 6), elements=st.floats(-1e4, 1e4))


def numbers(x):
    return np.asarray(x.tolist())


@pytest.mark.parametrize(("ours", "theirs"), [(sigmoid, scipy.special.expit), (softplus, lambda x: np.logaddexp(0, x))])
def test_relative_accuracy_in_both_tails(asarray, ours, theirs):
    np.testing.assert_allclose(numbers(ours(asarray(FAR_OUT))), theirs(FAR_OUT), rtol=4e-16, atol=5e-324)


@pytest.mark.parametrize("function", [sigmoid, softplus])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_ends_of_the_line(asarray, function, dtype):
    x = asarray([-np.inf, -1e30, np.inf], dtype)
    y = function(x)
    assert y.dtype == x.dtype
    assert y[:2].tolist() == [0, 0]
    assert y[2] == (1 if function is sigmoid else np.inf)
    assert np.isnan(numbers(function(asarray([np.nan]))))


def test_gradients_far_out_and_at_zero():
    x = torch.tensor([-1000.0, -50.0, 0.0, 50.0, 1000.0], dtype=torch.float64, requires_grad=True)
    s = scipy.special.expit(x.detach().numpy())
    for function, derivative in ((softplus, s), (sigmoid, s * scipy.special.expit(-x.detach().numpy()))):
        (gradient,) = torch.autograd.grad(function(x).sum(), x)
        np.testing.assert_allclose(gradient, derivative, rtol=1e-14)


@settings(deadline=None)
@given(reals)
def test_identities_of_the_book(x):
    """Deep Learning, equations 3.33 to 3.41."""
    s = sigmoid(x)
    np.testing.assert_allclose(s, np.exp(-softplus(-x)), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(1 - s, sigmoid(-x), rtol=1e-15, atol=2e-16)
    np.testing.assert_allclose(softplus(x) - softplus(-x), x, rtol=1e-14, atol=1e-14)


@settings(deadline=None)
@given(reals)
def test_softmax_ignores_a_shift(x):
    p = softmax(x)
    assert abs(p.sum() - 1) < 1e-14
    np.testing.assert_allclose(softmax(x + 1e4), p, rtol=1e-10, atol=1e-300)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_softmax(asarray, rng, axis):
    x = rng.normal(size=(3, 4)) * 500
    np.testing.assert_allclose(numbers(softmax(asarray(x), axis)), scipy.special.softmax(x, axis), rtol=1e-13)


def test_softmax_of_an_impossible_outcome(asarray):
    assert softmax(asarray([0.0, -np.inf, 0.0])).tolist() == [0.5, 0, 0.5]


def test_softmax_gradient_far_out():
    x = torch.tensor([1000.0, 0.0, -1000.0], dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(softmax(x)[0], x)
    assert gradient.tolist() == [0, 0, 0]


@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1), (0, 2), -1])
@pytest.mark.parametrize("keepdims", [True, False])
@pytest.mark.parametrize("weighted", [True, False])
def test_logsumexp(asarray, rng, axis, keepdims, weighted):
    x = rng.normal(size=(2, 3, 4)) * 400
    b = rng.integers(0, 3, size=(3, 4)).astype(float) if weighted else None
    b = b if b is None else np.maximum(b, np.eye(3, 4))  # no slice without any weight
    ours = logsumexp(asarray(x), axis, b=None if b is None else asarray(b), keepdims=keepdims)
    theirs = scipy.special.logsumexp(x, axis, b=b, keepdims=keepdims)
    assert tuple(ours.shape) == np.shape(theirs)
    np.testing.assert_allclose(numbers(ours), theirs, rtol=1e-14)


@pytest.mark.parametrize(
    ("x", "b", "expected"),
    [
        ([1000.0, 1000.0], None, 1000 + np.log(2)),
        ([-1000.0, -1000.0], None, -1000 + np.log(2)),
        ([-np.inf, -np.inf], None, -np.inf),
        ([np.inf, 0.0], None, np.inf),
        ([np.inf, 0.0], [1.0, 1.0], np.inf),
        ([-np.inf, 3.0], None, 3.0),
        ([5000.0, -5000.0], [0.0, 1.0], -5000.0),
        ([5000.0, 5000.0], [0.0, 0.0], -np.inf),
    ],
)
def test_logsumexp_far_out(asarray, x, b, expected):
    assert float(logsumexp(asarray(x), b=None if b is None else asarray(b))) == pytest.approx(expected, rel=1e-15)


def test_logsumexp_gradients():
    x = torch.tensor([1000.0, 1000.0, -np.inf], dtype=torch.float64, requires_grad=True)
    b = torch.tensor([1.0, 0.0, 1.0], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.grad(logsumexp(x), x)[0].tolist() == [0.5, 0.5, 0]
    dx, db = torch.autograd.grad(logsumexp(x, b=b), (x, b))
    assert dx.tolist() == [1, 0, 0]
    assert db.tolist() == [1, 1, 0], "a weight of 0 has a gradient too"


def test_logsumexp_refuses_negative_weights(asarray):
    with pytest.raises(ValueError, match="expected b to be at least 0, got -2"):
        logsumexp(asarray([0.0, 1.0]), b=asarray([1.0, -2.0]))


@pytest.mark.parametrize("function", [sigmoid, softplus, softmax, logsumexp])
def test_integers_are_a_slip(asarray, function):
    with pytest.raises(TypeError, match="expected a floating dtype, got .*int64"):
        function(asarray([1, 2], "int64"))


@pytest.mark.parametrize("function", [sigmoid, softplus, softmax, logsumexp])
def test_inputs_stay_as_they_were(asarray, function):
    x = asarray([3.0, -2.0])
    function(x)
    assert x.tolist() == [3, -2]


@pytest.mark.parametrize(
    ("ours", "theirs"), [(functions.xlogy, scipy.special.xlogy), (functions.xlog1py, scipy.special.xlog1py)]
)
def test_zero_times_the_logarithm_of_zero(asarray, ours, theirs):
    x, y = np.array([0.0, 0.0, 0.5, 0.5, 0.0]), np.array([0.0, 0.3, 1e-300, 0.0, -1.0])
    y = y[:4] if ours is functions.xlogy else y
    np.testing.assert_allclose(numbers(ours(asarray(x[: len(y)]), asarray(y))), theirs(x[: len(y)], y))
