"""Line search: the conditions hold, backtracking halves, and SciPy accepts what we accept."""

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given
from hypothesis import strategies as st

from course_lib.arrays import namespace
from course_lib.optimize import LineSearchError, line_search


def rosen(x):
    return scipy.optimize.rosen(np.asarray(x.tolist()))


def rosen_gradient(asarray):
    return lambda x: asarray(scipy.optimize.rosen_der(np.asarray(x.tolist())))


@pytest.mark.parametrize("c2", [None, 0.9, 0.1, 1e-3])
def test_the_conditions_hold(asarray, rng, c2):
    for _ in range(20):
        x = rng.normal(size=3)
        p = -scipy.optimize.rosen_der(x) * rng.uniform(0.01, 10)
        alpha = line_search(rosen, asarray(x), asarray(p), gradient=rosen_gradient(asarray), c2=c2)
        slope = scipy.optimize.rosen_der(x) @ p
        assert alpha > 0
        assert rosen(x + alpha * p) <= rosen(x) + 1e-4 * alpha * slope
        if c2 is not None:
            assert abs(scipy.optimize.rosen_der(x + alpha * p) @ p) <= c2 * abs(slope)


@given(exponent=st.integers(-8, 8))
def test_backtracking_takes_the_first_power_of_a_half(exponent):
    """On x² from 1 along -1/λ: a step is worth it up to 2λ(1 - c1)."""
    scale = 2.0**exponent
    f, gradient = lambda x: float(x @ x), lambda x: 2 * x
    alpha = line_search(f, np.array([1.0]), np.array([-1 / scale]), gradient=gradient)
    trials = 0.5 ** np.arange(60)
    assert alpha == trials[trials <= 2 * scale * (1 - 1e-4)][0]


def test_strong_wolfe_goes_further_when_the_step_is_too_short():
    f, gradient = lambda x: float(x @ x), lambda x: 2 * x
    x, p = np.array([1.0]), np.array([-1e-4])
    assert line_search(f, x, p, gradient=gradient) == 1
    assert line_search(f, x, p, gradient=gradient, c2=0.1) == pytest.approx(1e4, rel=0.1)


def test_scipy_finds_a_step_under_the_same_conditions():
    """Where SciPy's search succeeds, ours does; on a quartic with a bend both steps fulfil the same inequalities."""
    f = lambda x: float(np.sum(x**4 - 3 * x**2 + x))  # noqa: E731
    gradient = lambda x: 4 * x**3 - 6 * x + 1  # noqa: E731
    for start in np.linspace(-3, 3, 31):
        x = np.array([start])
        p = -gradient(x)
        theirs = scipy.optimize.line_search(f, gradient, x, p, c2=0.5)[0]
        ours = line_search(f, x, p, gradient=gradient, c2=0.5)
        for alpha in (ours, theirs):
            assert f(x + alpha * p) <= f(x) - 1e-4 * alpha * float(p @ p)
            assert abs(gradient(x + alpha * p) @ p) <= 0.5 * float(p @ p)


def test_where_f_is_no_number_is_too_far(asarray):
    """The logarithm of a negative number is NaN: the search comes back."""
    f = lambda x: float((x - namespace(x).log(x)).sum())  # noqa: E731
    with np.errstate(invalid="ignore"):
        alpha = line_search(f, asarray([2.0]), asarray([-5.0]), gradient=lambda x: 1 - 1 / x)
    assert alpha == 0.25


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"p": [1.0, 0.0]}, "goes downhill, got slope 2 along p; try -gradient"),
        ({"p": [0.0, 0.0]}, "goes downhill, got slope 0"),
        ({"p": [-1.0]}, r"p of x's shape \(2,\), got shape \(1,\)"),
        ({"p": [-1.0, np.inf]}, "p holds inf"),
        ({"c1": 0}, "0 < c1 < c2 < 1 and first > 0, got c1=0"),
        ({"c1": 0.5, "c2": 0.4}, "c2=0.4"),
        ({"c2": 1.5}, "c2=1.5"),
        ({"first": 0}, "first=0"),
        ({"f": lambda x: float("nan")}, "finite at x, got f = nan"),
    ],
)
def test_refusals(asarray, options, message):
    options = {"f": lambda x: float(x @ x), "p": [-1.0, 0.0], "gradient": lambda x: 2 * x, **options}
    f, p = options.pop("f"), asarray(options.pop("p"))
    with pytest.raises(ValueError, match=message):
        line_search(f, asarray([1.0, 1.0]), p, **options)


def test_a_function_that_falls_without_end():
    with pytest.raises(LineSearchError, match="found no step in 100 trials.*falls without end"):
        line_search(lambda x: -float(x[0]), np.zeros(1), np.ones(1), gradient=lambda x: -np.ones(1), c2=0.9)
