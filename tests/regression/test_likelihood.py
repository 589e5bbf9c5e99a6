"""The likelihood and its derivatives against torch's, and Newton's steps on it."""

from itertools import islice, pairwise

import numpy as np
import pytest
import scipy.optimize
import torch

from course_lib.regression import CrossEntropy, newton


def problem(asarray, rng, classes, first_at_zero, price=0.3):
    X = rng.normal(size=(20, 3))
    y = rng.permutation(np.arange(20) % classes)
    Y = np.eye(classes)[y][:, 1 if first_at_zero else 0 :]
    s = rng.uniform(0.5, 2, size=20)
    lam = np.array([price, 2 * price, 0.0])
    J = CrossEntropy(asarray(X), asarray(Y), asarray(s), asarray(lam), first_at_zero)
    return J, rng.normal(size=(Y.shape[1], 3)), (X, y, s, lam)


def by_torch(data, first_at_zero):
    """The same objective from torch's own cross-entropy."""
    X, y, s, lam = map(torch.from_numpy, data)

    def J(W):
        logits = X @ W.T
        if first_at_zero:
            logits = torch.cat([torch.zeros_like(logits[:, :1]), logits], dim=1)
        return s @ torch.nn.functional.cross_entropy(logits, y, reduction="none") + (lam * W**2).sum() / 2

    return J


SHAPES = pytest.mark.parametrize(("classes", "first_at_zero"), [(2, True), (2, False), (3, False), (4, True)])


@SHAPES
def test_value_and_derivatives_are_torchs(asarray, rng, classes, first_at_zero):
    J, W, data = problem(asarray, rng, classes, first_at_zero)
    expected, at = by_torch(data, first_at_zero), torch.from_numpy(W)
    np.testing.assert_allclose(float(J.value(asarray(W))), expected(at), rtol=1e-12)
    gradient = torch.autograd.functional.jacobian(expected, at)
    np.testing.assert_allclose(J.gradient(asarray(W)).tolist(), gradient, rtol=1e-10, atol=1e-12)
    hessian = torch.autograd.functional.hessian(expected, at).reshape(W.size, W.size)
    np.testing.assert_allclose(J.hessian(asarray(W)).tolist(), hessian, rtol=1e-10, atol=1e-12)


def test_the_value_survives_large_logits(asarray):
    J = CrossEntropy(asarray([[1.0], [1.0]]), asarray([[1.0], [0.0]]), asarray([1.0, 1.0]), asarray([0.0]), True)
    assert float(J.value(asarray([[1e4]]))) == 1e4
    np.testing.assert_allclose(J.probabilities(asarray([[1e4]])).tolist(), [[1], [1]])


@SHAPES
def test_newton_reaches_the_minimum(asarray, rng, classes, first_at_zero):
    J, W, data = problem(asarray, rng, classes, first_at_zero)
    *_, step = islice(newton(J, asarray(np.zeros(3)), asarray(W)), 15)
    assert step.decrement < 1e-6
    expected = by_torch(data, first_at_zero)
    best = scipy.optimize.minimize(lambda w: float(expected(torch.from_numpy(w.reshape(W.shape)))), W.ravel())
    assert float(J.value(step.W)) == pytest.approx(best.fun, rel=1e-8)
    np.testing.assert_allclose(J.gradient(step.W).tolist(), np.zeros(W.shape), atol=1e-9)


def test_newton_doubles_the_digits(asarray, rng):
    J, W, _ = problem(asarray, rng, 3, False)
    lengths = [step.decrement for step in islice(newton(J, asarray(np.zeros(3)), asarray(W)), 6)]
    near = [(a, b) for a, b in pairwise(lengths) if 1e-6 < a < 0.3]
    assert near
    assert all(b < a**1.7 for a, b in near)


def test_newton_never_goes_up_however_far_off_it_starts(asarray, rng):
    J, W, _ = problem(asarray, rng, 3, False, price=1e-3)
    far = asarray(40 * W)
    steps = list(islice(newton(J, asarray(np.zeros(3)), far), 60))
    values = [float(J.value(V)) for V in (far, *(step.W for step in steps))]
    assert (np.diff(values) <= 1e-9).all()
    assert steps[-1].decrement < 1e-6


def test_newton_with_an_absolute_price_meets_the_conditions_of_a_minimum(asarray, rng):
    J, W, _ = problem(asarray, rng, 3, False)
    price = np.array([0.5, 3.0, 0.0])
    *_, step = islice(newton(J, asarray(price), asarray(W)), 30)
    slope, w = (np.asarray(a.tolist()) for a in (J.gradient(step.W), step.W))
    assert (w == 0).any()
    np.testing.assert_allclose(np.where(w != 0, slope + price * np.sign(w), 0), 0, atol=1e-6)
    assert (np.abs(slope) <= price + 1e-6).all()


def test_newton_moves_where_no_curvature_is_left(asarray):
    """A wrong start so sure of itself that every probability rounds to 0 or 1, and the Hessian to 0."""
    X, y = asarray([[1.0], [-1.0], [2.0]]), np.array([1, 0, 0])
    J = CrossEntropy(X, asarray(np.eye(2)[y][:, 1:]), asarray(np.ones(3)), asarray([1e-3]), True)
    start = asarray([[800.0]])
    assert float(J.hessian(start)[0, 0]) == pytest.approx(1e-3)
    *_, step = islice(newton(J, asarray([0.0]), start), 60)
    assert step.decrement < 1e-6
