"""Conjugate gradients, against SciPy."""

import numpy as np
import pytest
import scipy.sparse.linalg
import torch

from course_lib.linear_algebra import conjugate_gradient, solve


def copy_into(iterates):
    return lambda x: iterates.append(x.copy())


def test_the_iterates_are_scipy_s(asarray, rng, make_spd, assert_agrees):
    A, b, x0 = make_spd(30), rng.normal(size=30), rng.normal(size=30)
    for options in ({}, {"rtol": 1e-12}, {"atol": 1e-2}, {"rtol": 1e-14, "maxiter": 4}):
        ours, theirs = [], []
        x, info = conjugate_gradient(asarray(A), asarray(b), asarray(x0), callback=ours.append, **options)
        expected, expected_info = scipy.sparse.linalg.cg(A, b, x0, callback=copy_into(theirs), **options)
        assert_agrees(x, expected)
        assert info == expected_info
        assert len(ours) == len(theirs) > 0
        for mine, other in zip(ours, theirs, strict=True):
            assert_agrees(mine, other)


def test_n_steps_are_enough(asarray, make_spd, rng, assert_agrees):
    A, b = make_spd(6), rng.normal(size=6)
    x, info = conjugate_gradient(asarray(A), asarray(b), rtol=1e-10, maxiter=6)
    assert info == 0
    assert_agrees(x, np.linalg.solve(A, b), rtol=1e-9)


def test_clustered_eigenvalues_need_few_steps(asarray, rng):
    Q = np.linalg.qr(rng.normal(size=(40, 40)))[0]
    A = (Q * np.resize([1.0, 5.0, 100.0], 40)) @ Q.T
    steps = []
    conjugate_gradient(asarray((A + A.T) / 2), asarray(rng.normal(size=40)), rtol=1e-8, callback=steps.append)
    assert len(steps) == 3


def test_a_function_may_stand_for_the_matrix(rng, make_spd):
    """As Newton's method uses it: a product with the Hessian costs as much as a gradient."""
    A, b = torch.from_numpy(make_spd(8)), torch.from_numpy(rng.normal(size=8))
    w = torch.zeros(8, dtype=torch.float64, requires_grad=True)
    gradient = torch.autograd.grad(w @ A @ w / 2 - b @ w, w, create_graph=True)[0]
    step, info = conjugate_gradient(
        lambda v: torch.autograd.grad(gradient, w, v, retain_graph=True)[0], -gradient.detach(), rtol=1e-12
    )
    assert info == 0
    torch.testing.assert_close(step, solve(A, b), rtol=1e-9, atol=1e-12)


def test_zero_is_solved_at_once(asarray):
    x, info = conjugate_gradient(asarray(np.eye(3)), asarray(np.zeros(3)), asarray([1, 2, 3]))
    assert (x.tolist(), info) == ([0, 0, 0], 0)


def test_a_right_start_is_returned_as_a_copy(asarray):
    b = asarray([1, 2])
    x, info = conjugate_gradient(asarray(np.eye(2)), b, b)
    assert (x.tolist(), info) == ([1, 2], 0)
    assert x is not b


def test_not_enough_steps(asarray, make_spd, rng):
    _, info = conjugate_gradient(asarray(make_spd(9)), asarray(rng.normal(size=9)), rtol=1e-14, maxiter=2)
    assert info == 2


def test_float32_stays_float32(asarray, make_spd, rng, assert_agrees):
    A, b = make_spd(5), rng.normal(size=5)
    x, info = conjugate_gradient(asarray(A, "float32"), asarray(b, "float32"))
    assert info == 0
    assert_agrees(x, np.linalg.solve(A, b), rtol=1e-4, dtype="float32")


def test_what_is_not_positive_definite_is_found(asarray):
    with pytest.raises(np.linalg.LinAlgError, match=r"not positive definite: .* p @ A @ p = -1"):
        conjugate_gradient(asarray([[1, 0], [0, -1]]), asarray([0, 1]))


@pytest.mark.parametrize(
    ("A", "b", "x0", "message"),
    [
        (np.eye(3), np.ones(2), None, r"b of shape \(3,\)"),
        (np.eye(3), np.ones((3, 1)), None, r"b and x0 of shape \(n,\), got \(3, 1\)"),
        (np.eye(3), np.ones(3), np.ones(2), r"b and x0 of shape \(n,\), got \(3,\) and \(2,\)"),
        (np.ones((2, 3, 3)), np.ones(3), None, "not a stack"),
        (np.arange(4.0).reshape(2, 2), np.ones(2), None, "symmetric"),
    ],
)
def test_wrong_shapes_are_refused(asarray, A, b, x0, message):
    with pytest.raises(ValueError, match=message):
        conjugate_gradient(asarray(A), asarray(b), None if x0 is None else asarray(x0))


def test_no_steps_are_refused(asarray):
    with pytest.raises(ValueError, match="maxiter to be at least 1, got 0"):
        conjugate_gradient(asarray(np.eye(2)), asarray([1, 1]), maxiter=0)


def test_gradients_flow_through(make_spd, rng):
    A, b = torch.from_numpy(make_spd(4)), torch.from_numpy(rng.normal(size=4)).requires_grad_()
    x, _ = conjugate_gradient(A, b, rtol=1e-12)
    (grad,) = torch.autograd.grad(x.sum(), b)
    torch.testing.assert_close(grad, solve(A, torch.ones(4, dtype=torch.float64)), rtol=1e-6, atol=1e-8)
