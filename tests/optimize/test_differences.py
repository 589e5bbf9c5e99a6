"""Derivatives from differences, against torch's automatic ones and SciPy's."""

import numpy as np
import pytest
import scipy.optimize
import torch

from course_lib.arrays import namespace
from course_lib.optimize import hessian_vector_product, numerical_gradient


def wavy(x):
    xp = namespace(x)
    return xp.sum(xp.sin(x) * x) + xp.sum(x) ** 2


def wavy_gradient(x):
    xp = namespace(x)
    return xp.cos(x) * x + xp.sin(x) + 2 * xp.sum(x)


def exact(f, x):
    x = torch.as_tensor(x, dtype=torch.float64).requires_grad_()
    return torch.autograd.grad(f(x), x)[0].numpy()


@pytest.mark.parametrize("shape", [(), (1,), (5,), (2, 3), (2, 1, 2)])
def test_gradient_against_autograd(asarray, rng, shape):
    values = rng.normal(size=shape)
    x = asarray(values)
    g = numerical_gradient(wavy, x)
    assert type(g) is type(x)
    assert g.dtype == x.dtype
    np.testing.assert_allclose(g.tolist(), exact(wavy, values), rtol=1e-8, atol=1e-9)


def test_gradient_in_single_precision(asarray, rng):
    values = rng.normal(size=4)
    g = numerical_gradient(wavy, asarray(values, dtype="float32"))
    assert "float32" in str(g.dtype)
    np.testing.assert_allclose(g.tolist(), exact(wavy, values), rtol=1e-3, atol=1e-3)


def test_gradient_of_rosenbrocks_valley_against_scipy(asarray, rng):
    values = rng.normal(size=6)
    g = numerical_gradient(lambda x: scipy.optimize.rosen(np.asarray(x.tolist())), asarray(values))
    np.testing.assert_allclose(g.tolist(), scipy.optimize.rosen_der(values), rtol=1e-8, atol=1e-6)


def test_the_step_grows_with_x():
    """At a million a step of 6e-6 would leave four digits; six of them leave ten."""
    g = numerical_gradient(lambda x: x[0] ** 2, np.array([1e6]))
    np.testing.assert_allclose(g, [2e6], rtol=1e-10)


def test_the_default_step_is_near_the_best():
    """Neither a hundred times more nor a hundred times less does better."""
    x = np.array([0.7, -1.3])
    error = lambda eps: np.abs(numerical_gradient(wavy, x, eps=eps) - wavy_gradient(x)).max()  # noqa: E731
    default = np.abs(numerical_gradient(wavy, x) - wavy_gradient(x)).max()
    assert default < error(6e-4) / 100
    assert default < error(6e-8) / 10


def test_error_falls_with_the_square_of_the_step():
    x = np.array([0.7, -1.3])
    errors = [np.abs(numerical_gradient(wavy, x, eps=eps) - wavy_gradient(x)).max() for eps in (1e-2, 1e-3)]
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.01)


def test_inputs_stay_as_they_are(asarray):
    x, v = asarray([1.0, 2.0]), asarray([1.0, 0.0])
    numerical_gradient(wavy, x)
    hessian_vector_product(x, v, gradient=wavy_gradient)
    assert x.tolist() == [1.0, 2.0]
    assert v.tolist() == [1.0, 0.0]


def test_gradient_of_a_function_that_writes_into_its_input():
    def rude(x):
        x *= 2
        return x.sum()

    np.testing.assert_allclose(numerical_gradient(rude, np.array([1.0, 2.0])), [2, 2], rtol=1e-9)


def test_gradient_of_a_tensor_that_requires_grad():
    w = torch.ones(2, dtype=torch.float64, requires_grad=True)
    g = numerical_gradient(lambda x: (w * x**2).sum(), w)
    torch.testing.assert_close(g, torch.full((2,), 2.0, dtype=torch.float64))
    assert not g.requires_grad


def hessian(f, x):
    x = torch.as_tensor(x, dtype=torch.float64)
    return torch.autograd.functional.hessian(f, x).numpy()


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_product_from_gradients(asarray, rng, scale):
    x, v = rng.normal(size=4), scale * rng.normal(size=4)
    product = hessian_vector_product(asarray(x), asarray(v), gradient=wavy_gradient)
    np.testing.assert_allclose(product.tolist(), hessian(wavy, x) @ v, rtol=1e-8, atol=1e-8 * scale)


def test_product_of_two_backward_passes(rng):
    x, v = rng.normal(size=4), rng.normal(size=4)
    product = hessian_vector_product(torch.from_numpy(x), torch.from_numpy(v), f=wavy)
    np.testing.assert_allclose(product, hessian(wavy, x) @ v, rtol=1e-13)
    with torch.no_grad():
        again = hessian_vector_product(torch.from_numpy(x), torch.from_numpy(v), f=wavy)
    torch.testing.assert_close(again, product, rtol=0, atol=0)


def test_product_has_the_shape_of_x(rng):
    x, v = (torch.from_numpy(rng.normal(size=(2, 3))) for _ in range(2))
    by_differences = hessian_vector_product(x, v, gradient=wavy_gradient)
    torch.testing.assert_close(by_differences, hessian_vector_product(x, v, f=wavy), rtol=1e-8, atol=1e-8)


def test_product_of_what_does_not_curve():
    x = torch.ones(3)
    assert hessian_vector_product(x, x, f=lambda x: x.sum()).tolist() == [0, 0, 0]
    assert hessian_vector_product(x, 0 * x, gradient=wavy_gradient).tolist() == [0, 0, 0]
    assert hessian_vector_product(x, x, f=lambda x: x[0] ** 2).tolist() == [2, 0, 0]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: numerical_gradient(lambda x: x, x), ValueError, r"one number, got an array of shape \(2,\)"),
        (lambda x: numerical_gradient(wavy, x, eps=0), ValueError, "eps to be above 0, got 0"),
        (lambda x: numerical_gradient(wavy, x / 0), ValueError, "finite numbers, but x holds inf at index"),
        (lambda x: numerical_gradient(lambda x: float("nan"), x), ValueError, "f is NaN or infinite near x"),
        (lambda x: numerical_gradient(wavy, [1.0]), TypeError, "got list"),
        (lambda x: hessian_vector_product(x, x[:1], f=wavy), ValueError, r"v of x's shape \(2,\), got shape \(1,\)"),
        (lambda x: hessian_vector_product(x, x), TypeError, "pass either f"),
        (lambda x: hessian_vector_product(x, x, f=wavy, gradient=wavy_gradient), TypeError, "pass either f"),
        (lambda x: hessian_vector_product(x, x, gradient=wavy_gradient, eps=-1), ValueError, "eps to be above 0"),
        (
            lambda x: hessian_vector_product(x, x, gradient=lambda x: x[:1]),
            ValueError,
            r"the gradient at a point of shape \(2,\) to have shape \(2,\), got \(1,\)",
        ),
    ],
)
def test_refusals(asarray, call, error, message):
    with np.errstate(divide="ignore"), pytest.raises(error, match=message):
        call(asarray([1.0, 2.0]))


def test_integers_are_refused():
    with pytest.raises(TypeError, match="x in float32 or float64, got int64"):
        numerical_gradient(wavy, np.array([1, 2]))


def test_exact_products_need_tensors():
    with pytest.raises(TypeError, match="for NumPy arrays pass gradient"):
        hessian_vector_product(np.ones(2), np.ones(2), f=wavy)
    with pytest.raises(ValueError, match=r"one number, got an array of shape \(2,\)"):
        hessian_vector_product(torch.ones(2), torch.ones(2), f=lambda x: x**2)
