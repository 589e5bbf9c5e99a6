"""Descents: each step is the formula, the end is where SciPy's is, and what goes wrong is said."""

import numpy as np
import pytest
import scipy.optimize

from course_lib.arrays import namespace
from course_lib.optimize import gradient_descent, newton


class Bowl:
    """A quadratic with curvatures 1 and 10, turned by 30 degrees; its minimum is at (1, -2)."""

    def __init__(self, asarray):
        turn = np.array([[np.cos(0.5), -np.sin(0.5)], [np.sin(0.5), np.cos(0.5)]])
        self.H = asarray(turn @ np.diag([1.0, 10.0]) @ turn.T)
        self.minimum = asarray([1.0, -2.0])

    def f(self, x):
        return (x - self.minimum) @ self.H @ (x - self.minimum) / 2 + 7

    def gradient(self, x):
        return self.H @ (x - self.minimum)

    def hessian(self, x):
        return self.H


@pytest.fixture
def bowl(asarray):
    return Bowl(asarray)


def rosenbrock(x):
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2


def rosenbrock_gradient(x):
    xp = namespace(x)
    valley = x[1] - x[0] ** 2
    return xp.stack([-2 * (1 - x[0]) - 400 * x[0] * valley, 200 * valley])


def rosenbrock_hessian(x):
    xp = namespace(x)
    corner = 2 - 400 * (x[1] - 3 * x[0] ** 2)
    return xp.stack([xp.stack([corner, -400 * x[0]]), xp.stack([-400 * x[0], 200 + 0 * x[0]])])


def test_every_step_is_the_formula(asarray, bowl):
    result = gradient_descent(bowl.f, asarray([4.0, 4.0]), gradient=bowl.gradient, learning_rate=0.1, max_iter=5, tol=0)
    H, minimum = np.array(bowl.H.tolist()), np.array([1.0, -2.0])
    expected = [minimum + np.linalg.matrix_power(np.eye(2) - 0.1 * H, k) @ np.array([3.0, 6.0]) for k in range(6)]
    np.testing.assert_allclose(result.path.tolist(), expected, rtol=1e-12)
    assert result.nit == 5
    assert not result.success
    assert result.message == "stopped after 5 steps, while the gradient is still larger than 0"


@pytest.mark.parametrize(("rate", "steps"), [(2 / 11, 9 / 11), (0.05, 0.95)])
def test_the_error_shrinks_as_fast_as_promised(asarray, bowl, rate, steps):
    result = gradient_descent(
        bowl.f, asarray([4.0, 4.0]), gradient=bowl.gradient, learning_rate=rate, max_iter=300, tol=0
    )
    error = np.linalg.norm(np.array(result.path.tolist()) - [1.0, -2.0], axis=1)
    assert (error[60] / error[40]) ** (1 / 20) == pytest.approx(steps, rel=1e-6)


@pytest.mark.parametrize(("rate", "converges"), [(0.199, True), (0.201, False)])
def test_it_converges_below_two_over_the_largest_curvature(asarray, bowl, rate, converges):
    result = gradient_descent(bowl.f, asarray([4.0, 4.0]), gradient=bowl.gradient, learning_rate=rate, max_iter=5000)
    assert result.success == converges
    if converges:
        np.testing.assert_allclose(result.x.tolist(), [1, -2], atol=1e-6)
        assert result.fun == pytest.approx(7)
        assert max(abs(g) for g in result.jac.tolist()) <= 1e-6
        assert result.message == "converged: no entry of the gradient is larger than 1e-06"


def test_divergence_is_a_result_and_no_warning(asarray):
    f, gradient = lambda x: (x**4).sum(), lambda x: 4 * x**3
    result = gradient_descent(f, asarray([3.0]), gradient=gradient, learning_rate=1.0)
    assert not result.success
    assert result.message.startswith(
        f"diverged: f or its gradient is not finite after {result.nit} steps; try a smaller"
    )
    assert len(result.path) == result.nit + 1 < 20


def test_without_a_rate_the_line_search_finds_the_way(asarray, bowl):
    start = [4.0, 4.0]
    result = gradient_descent(bowl.f, asarray(start), gradient=bowl.gradient)
    expected = scipy.optimize.minimize(lambda x: float(bowl.f(asarray(x))), start)
    assert result.success
    np.testing.assert_allclose(result.x.tolist(), expected.x, atol=1e-6)


def test_every_step_of_the_line_search_goes_down(asarray):
    """In a valley so bent that no fixed rate above 0.002 gets along it."""
    start = asarray([-1.2, 1.0])
    result = gradient_descent(rosenbrock, start, gradient=rosenbrock_gradient, max_iter=200)
    values = np.array([rosenbrock(x) for x in np.array(result.path.tolist())])
    assert (np.diff(values) < 0).all()
    assert values[-1] < values[0] / 20


@pytest.mark.parametrize(("height", "sign"), [(1e20, 1), (0, -1)])
def test_a_line_search_that_finds_nothing_ends_the_descent(asarray, height, sign):
    """Because f is too high for its digits, or because the gradient has the wrong sign."""
    result = gradient_descent(lambda x: height + (x * x).sum(), asarray([1.0, 1.0]), gradient=lambda x: sign * 2 * x)
    assert (result.nit, result.success) == (0, False)
    assert "found no step in 100 trials" in result.message


def test_any_shape(asarray, rng):
    X0, target = rng.normal(size=(2, 3)), rng.normal(size=(2, 3))
    centre = asarray(target)
    f = lambda X: ((X - centre) ** 2).sum()  # noqa: E731
    result = gradient_descent(f, asarray(X0), gradient=lambda X: 2 * (X - centre), learning_rate=0.3)
    np.testing.assert_allclose(result.x.tolist(), target, atol=1e-6)
    assert tuple(result.path.shape) == (result.nit + 1, 2, 3)


def test_the_callback_sees_every_step(asarray, bowl):
    seen = []
    start = asarray([4.0, 4.0])
    result = newton(
        bowl.f, start, gradient=bowl.gradient, hessian=bowl.hessian, callback=lambda x: seen.append(x.tolist())
    )
    assert seen == result.path.tolist()[1:]
    assert start.tolist() == result.path.tolist()[0] == [4.0, 4.0]


def test_newton_solves_a_quadratic_in_one_jump(asarray, bowl):
    result = newton(bowl.f, asarray([400.0, -40.0]), gradient=bowl.gradient, hessian=bowl.hessian)
    assert (result.nit, result.success) == (1, True)
    np.testing.assert_allclose(result.x.tolist(), [1, -2], rtol=1e-12)


def test_newton_doubles_the_digits(asarray):
    """exp(x) - 2x has its minimum at log 2, and an error e becomes about e²/2."""
    f, gradient = lambda x: (namespace(x).exp(x) - 2 * x).sum(), lambda x: namespace(x).exp(x) - 2
    hessian = lambda x: namespace(x).exp(x)[:, None]  # noqa: E731
    result = newton(f, asarray([1.0]), gradient=gradient, hessian=hessian, tol=1e-12)
    errors = np.abs(np.array(result.path.tolist()) - np.log(2)).ravel()
    np.testing.assert_allclose(errors[2:4] / errors[1:3] ** 2, 0.5, rtol=0.05)
    assert result.success


def test_newton_against_scipy_in_rosenbrocks_valley(asarray):
    start = [-1.2, 1.0]
    result = newton(rosenbrock, asarray(start), gradient=rosenbrock_gradient, hessian=rosenbrock_hessian)
    rosen, rosen_der, rosen_hess = scipy.optimize.rosen, scipy.optimize.rosen_der, scipy.optimize.rosen_hess
    expected = scipy.optimize.minimize(rosen, start, method="trust-exact", jac=rosen_der, hess=rosen_hess)
    np.testing.assert_allclose(result.x.tolist(), expected.x, atol=1e-6)
    first = np.array(start) - np.linalg.solve(rosen_hess(np.array(start)), rosen_der(np.array(start)))
    np.testing.assert_allclose(result.path.tolist()[1], first, rtol=1e-12)


def test_newton_is_drawn_to_saddles(asarray):
    saddle = asarray([[1.0, 0.0], [0.0, -1.0]])
    result = newton(
        lambda x: x @ saddle @ x / 2, asarray([1.0, 1e-3]), gradient=lambda x: saddle @ x, hessian=lambda x: saddle
    )
    assert result.success
    assert result.x.tolist() == [0, 0]


def test_newton_says_that_a_hessian_is_singular(asarray):
    with pytest.raises(np.linalg.LinAlgError):
        newton(
            lambda x: x.sum(),
            asarray([1.0, 1.0]),
            gradient=lambda x: 0 * x + 1,
            hessian=lambda x: asarray(np.zeros((2, 2))),
        )


def test_a_start_at_the_minimum_needs_no_step(asarray, bowl):
    result = gradient_descent(bowl.f, bowl.minimum, gradient=bowl.gradient, learning_rate=0.1)
    assert (result.nit, result.success) == (0, True)
    assert result.path.tolist() == [[1.0, -2.0]]


def test_tensors_that_require_grad_are_no_trap():
    import torch

    x = torch.ones(2, requires_grad=True)
    result = gradient_descent(lambda x: (x**2).sum(), x, gradient=lambda x: 2 * x, learning_rate=0.25)
    assert not result.path.requires_grad
    assert x.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"learning_rate": 0}, ValueError, "learning_rate to be above 0, got 0"),
        ({"learning_rate": float("nan")}, ValueError, "got nan"),
        ({"max_iter": -1}, ValueError, "max_iter and tol of at least 0"),
        ({"tol": -1}, ValueError, "max_iter and tol of at least 0"),
        ({"f": lambda x: x}, ValueError, r"f to return one number, got an array of shape \(2,\)"),
        ({"f": lambda x: float("inf")}, ValueError, "finite at x0, got f = inf"),
        ({"gradient": lambda x: x / 0}, ValueError, "finite at x0, got f = .* and gradient"),
        ({"gradient": lambda x: x[:1]}, ValueError, r"the gradient at .* to have shape \(2,\), got \(1,\)"),
        ({"gradient": lambda x: x.tolist()}, TypeError, "got list"),
    ],
)
def test_refusals(asarray, bowl, changes, error, message):
    options = {"f": bowl.f, "gradient": bowl.gradient, "learning_rate": 0.1, **changes}
    with np.errstate(divide="ignore"), pytest.raises(error, match=message):
        gradient_descent(options.pop("f"), asarray([4.0, 4.0]), **options)


@pytest.mark.parametrize(("hessian", "message"), [(lambda x: x, r"the Hessian at .* shape \(2, 2\), got \(2,\)")])
def test_newton_refuses(asarray, bowl, hessian, message):
    with pytest.raises(ValueError, match=message):
        newton(bowl.f, asarray([4.0, 4.0]), gradient=bowl.gradient, hessian=hessian)
    with pytest.raises(ValueError, match=r"x0 of shape \(n,\), got shape \(1, 2\)"):
        newton(bowl.f, asarray([[4.0, 4.0]]), gradient=bowl.gradient, hessian=bowl.hessian)


def test_a_start_must_be_floats_and_finite(asarray, bowl):
    with pytest.raises(TypeError, match="x0 in float32 or float64"):
        gradient_descent(bowl.f, np.array([4, 4]), gradient=bowl.gradient, learning_rate=0.1)
    with pytest.raises(TypeError, match="got list"):
        newton(bowl.f, [4.0, 4.0], gradient=bowl.gradient, hessian=bowl.hessian)
    with pytest.raises(ValueError, match="x0 holds nan at index"):
        gradient_descent(bowl.f, asarray([np.nan, 4]), gradient=bowl.gradient, learning_rate=0.1)
