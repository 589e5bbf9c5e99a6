"""Jacobians, Hessians and their products against torch's; dual numbers; the gradient check catches what is wrong."""

import numpy as np
import pytest
import torch

from course_lib import autograd as ag
from course_lib.autograd import (
    Dual,
    GradcheckError,
    Tensor,
    grad,
    gradcheck,
    gradient_report,
    hessian,
    hvp,
    jacobian,
    jvp,
    no_grad,
    numerical_jacobian,
    vjp,
)

A = np.array([[1.0, 2.0, -1.0], [0.5, -0.3, 2.0]])
X = np.array([0.3, -1.2, 0.8])


def values(x):
    return np.asarray(x.data.tolist())


def test_jacobian_of_a_linear_map_is_its_matrix(asarray):
    J = jacobian(lambda x: asarray(A) @ x, asarray(X))
    np.testing.assert_array_equal(values(J), A)
    assert type(J.data) is type(asarray(X))
    assert not J.requires_grad


def test_jacobian_against_torch(asarray):
    J = jacobian(lambda x: ag.tanh(x * x[0]).reshape(1, 3), asarray(X))
    expected = torch.autograd.functional.jacobian(lambda x: torch.tanh(x * x[0]).reshape(1, 3), torch.tensor(X))
    np.testing.assert_allclose(values(J), expected)
    assert J.shape == (1, 3, 3)


def test_hessian_and_its_product_against_torch(asarray):
    f = lambda x, lib: lib.exp(x[0] * x[1]) * lib.sin(x[2]) + (x * x * x).sum()  # noqa: E731
    H = hessian(lambda x: f(x, ag), asarray(X))
    np.testing.assert_allclose(
        values(H), torch.autograd.functional.hessian(lambda x: f(x, torch), torch.tensor(X)), rtol=1e-12
    )
    v = np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(values(hvp(lambda x: f(x, ag), asarray(X), asarray(v))), values(H) @ v, rtol=1e-12)


def test_hessian_of_a_quadratic_form_and_of_a_matrix_argument():
    S = A.T @ A
    np.testing.assert_allclose(hessian(lambda x: 0.5 * (x @ S @ x), X).data, S)
    H = hessian(lambda W: (W @ X) @ (W @ X), A)
    assert H.shape == (2, 3, 2, 3)
    np.testing.assert_allclose(H.data[0, :, 0], 2 * np.outer(X, X))
    np.testing.assert_array_equal(H.data[0, :, 1], 0)


def test_linear_functions_have_no_curvature():
    np.testing.assert_array_equal(hessian(lambda x: x.sum(), X).data, np.zeros((3, 3)))
    np.testing.assert_array_equal(hvp(lambda x: x.sum(), X, X).data, np.zeros(3))
    np.testing.assert_array_equal(jacobian(lambda x: Tensor(A), X).data, np.zeros((2, 3, 3)))


def test_vjp_can_be_pulled_back_again_and_again(asarray):
    value, pullback = vjp(lambda a, b: a * b, asarray(X), asarray(2 * X))
    np.testing.assert_allclose(values(value), 2 * X**2)
    for g in (np.ones(3), np.array([1.0, 0.0, 3.0])):
        da, db = pullback(asarray(g))
        np.testing.assert_allclose(values(da), 2 * X * g)
        np.testing.assert_allclose(values(db), X * g)
    with pytest.raises(ValueError, match=r"expected a gradient of shape \(3,\), got \(2,\)"):
        pullback(asarray(np.ones(2)))


def test_jacobians_are_differentiable_where_the_caller_wants_it():
    """The Jacobian of a Jacobian is the tensor of second derivatives."""
    second = jacobian(lambda x: jacobian(lambda x: x**3, x), X)
    expected = np.zeros((3, 3, 3))
    expected[range(3), range(3), range(3)] = 6 * X
    np.testing.assert_allclose(second.data, expected)
    x = Tensor(X, requires_grad=True)
    (third,) = grad(hvp(lambda x: (x**3).sum(), x, X).sum(), x)
    np.testing.assert_allclose(third.data, 6 * X)


def test_derivatives_are_taken_under_no_grad_too():
    with no_grad():
        np.testing.assert_allclose(jacobian(lambda x: x**2, X).data, np.diag(2 * X))
        np.testing.assert_allclose(hessian(lambda x: (x**2).sum(), X).data, 2 * np.eye(3))
        np.testing.assert_allclose(vjp(lambda x: x**2, X)[1](np.ones(3))[0].data, 2 * X)


@pytest.mark.parametrize("derivative", [vjp, jacobian, hessian, gradcheck, lambda f, x: hvp(f, x, x)])
def test_a_function_that_returns_no_tensor(derivative):
    with pytest.raises(TypeError, match="function to return a Tensor, got float"):
        derivative(lambda x: x.sum().item(), X)


def test_reverse_over_forward_is_a_hessian_product():
    x = Tensor(X, requires_grad=True)
    f = lambda x: (x**3).sum() * x[0]  # noqa: E731
    v = np.array([1.0, 2.0, -1.0])
    _, slope = jvp(f, (x,), (v,))
    np.testing.assert_allclose(grad(slope, x)[0].data, hvp(f, X, v).data)


# Dual numbers ---------------------------------------------------------------------------------------------------------


def test_dual_numbers_by_hand():
    x, y = Dual(2.0, 1.0), Dual(5.0, 0.0)
    z = x * y + ag.sin(x) - 3
    assert z.value.item() == pytest.approx(10 + np.sin(2) - 3)
    assert z.tangent.item() == pytest.approx(5 + np.cos(2))
    assert repr(Dual(1.0, 2.0)) == "Dual(1.0 + 2.0 ε)"
    assert x > 1.0
    assert not x > 2.5


def test_each_derivative_has_its_own_epsilon():
    """d/dx [x · d/dy (x + y)] = 1; who confuses the two tangents gets 2."""
    _, slope = jvp(lambda x: x * jvp(lambda y: x + y, (1.0,), (1.0,))[1], (1.0,), (1.0,))
    assert slope.item() == 1.0


def test_second_derivative_forward_over_forward():
    f = lambda x: ag.exp(2 * x) * x  # noqa: E731
    _, second = jvp(lambda x: jvp(f, (x,), (1.0,))[1], (0.5,), (1.0,))
    assert second.item() == pytest.approx(4 * np.exp(1) + 4 * 0.5 * np.exp(1))


def test_a_function_that_ignores_its_argument():
    value, tangent = jvp(lambda x: Tensor(A), (2.0,), (1.0,))
    np.testing.assert_array_equal(value.data, A)
    np.testing.assert_array_equal(tangent.data, 0 * A)


def test_control_flow_goes_one_way():
    f = lambda x: x * x if x > 0 else -x  # noqa: E731
    assert [jvp(f, (v,), (1.0,))[1].item() for v in (3.0, -3.0)] == [6.0, -1.0]


def test_tangents_have_to_match():
    with pytest.raises(ValueError, match="2 primals and 1 tangents"):
        jvp(lambda x, y: x, (1.0, 2.0), (1.0,))
    with pytest.raises(ValueError, match=r"value's shape \(3,\), got one of shape \(2,\)"):
        jvp(lambda x: x, (X,), (np.ones(2),))
    with pytest.raises(TypeError, match="one kind"):
        jvp(lambda x: x * x, (torch.ones(2),), (np.ones(2),))


# The gradient check ---------------------------------------------------------------------------------------------------


def wrong_square(x):
    """x² with x as its derivative."""
    return x * x.detach()


def test_gradcheck_catches_a_wrong_gradient_and_says_where(asarray):
    x = Tensor(asarray([[0.1, 4.0], [0.2, 0.3]]), requires_grad=True)
    with pytest.raises(
        GradcheckError, match=r"d output\[0, 1\] / d input 0\[0, 1\]: backward 4, difference quotient 8"
    ):
        gradcheck(wrong_square, x)
    assert issubclass(GradcheckError, RuntimeError)


@pytest.mark.parametrize("wrong", [1.001, 0.99, -1.0])
def test_small_errors_are_caught(wrong):
    """The gradient of x² times a factor that is nearly 1."""
    broken = lambda x: x * x.detach() * (2 * wrong) + (1 - 2 * wrong) * (x * x).detach()  # noqa: E731
    x = Tensor(X + 1.0, requires_grad=True)
    report = gradient_report(broken, x)
    assert report.ratio > 0.9 if abs(wrong - 1) < 0.002 else report.ratio > 1
    assert report.analytical == pytest.approx(wrong * report.numerical, rel=1e-6)


def test_nan_is_not_right():
    """The root of 0 has an infinite slope and, to its left, no value; the first input has nothing wrong with it."""
    leaves = [Tensor(v, requires_grad=True) for v in (1.0, 0.0)]
    with np.errstate(invalid="ignore", divide="ignore"), pytest.raises(GradcheckError, match="d input 1"):
        gradcheck(lambda x, y: x + y.sqrt(), leaves)


def test_only_what_requires_a_gradient_is_checked():
    x, c = Tensor(X, requires_grad=True), Tensor(2 * X)
    assert gradcheck(lambda x, c: x * wrong_square(c), (x, c))
    with pytest.raises(GradcheckError, match="d input 1"):
        gradcheck(lambda x, c: x * wrong_square(c), (x, Tensor(c, requires_grad=True)))
    with pytest.raises(ValueError, match="at least one input with requires_grad=True"):
        gradcheck(lambda c: c, c)


def test_gradcheck_asks_for_float64(asarray):
    with pytest.raises(TypeError, match="expected float64, got .*float32 for input 0"):
        gradcheck(lambda x: x, Tensor(asarray(X, "float32"), requires_grad=True))


def test_gradcheck_has_something_to_check():
    with pytest.raises(ValueError, match="empty"):
        gradcheck(lambda x: x, Tensor(np.zeros(0), requires_grad=True))
    with pytest.raises(ValueError, match="empty"):
        gradcheck(lambda x: x[:0], Tensor(X, requires_grad=True))


def test_jacobian_of_nothing_is_empty():
    assert jacobian(lambda x: x[:0], X).shape == (0, 3)


def test_the_report_measures_against_the_tolerance():
    report = gradient_report(wrong_square, Tensor(2.0, requires_grad=True), atol=0.5, rtol=0.25)
    assert (report.analytical, report.input_index, report.output_index, report.argument) == (2.0, (), (), 0)
    assert report.numerical == pytest.approx(4)
    assert report.ratio == pytest.approx(2 / 1.5)
    assert "1.33 times the tolerance" in str(report)


def test_inputs_are_not_modified_by_the_check(asarray):
    x = Tensor(asarray(A).T, requires_grad=True)  # not contiguous
    gradcheck(lambda x: x * x, x)
    np.testing.assert_array_equal(values(x), A.T)
    assert x.grad is None


def test_numerical_jacobian(asarray):
    x = Tensor(asarray(A.T.copy()).T)
    J = numerical_jacobian(lambda x: (x * x).sum(axis=0), [x], 0)
    expected = np.zeros((3, 2, 3))
    expected[range(3), :, range(3)] = 2 * A.T
    np.testing.assert_allclose(J, expected, atol=1e-8)
