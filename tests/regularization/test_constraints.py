"""Projections against clipping, renormalising, and a solver that knows only the definition."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays as random_arrays
from scipy.optimize import minimize

from course_lib import nn
from course_lib.regularization import max_norm_, project_norm_ball

ORDERS = [1, 2, math.inf]
vectors = random_arrays(np.float64, st.integers(1, 6), elements=st.floats(-10, 10))


@pytest.mark.parametrize("ord", ORDERS)
@pytest.mark.parametrize("radius", [0.0, 0.3, 2.0, 100.0])
def test_the_nearest_point(asarray, rng, ord, radius):
    """In sizes, w = s·x/|x|, the constraint is linear or smooth, and a general solver finds the nearest point."""
    values = 2 * rng.normal(size=5)
    sizes = np.abs(values)
    constraint = {
        1: {"type": "ineq", "fun": lambda s: radius - s.sum()},
        2: {"type": "ineq", "fun": lambda s: radius**2 - s @ s},
        math.inf: {"type": "ineq", "fun": lambda s: radius - s},
    }[ord]
    solved = minimize(
        lambda s: ((s - sizes) ** 2).sum(),
        np.full(5, radius / 10),
        constraints=constraint,
        bounds=[(0, None)] * 5,
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    x = asarray(values)
    found = project_norm_ball(x, radius, ord=ord)
    assert type(found) is type(x)
    assert found.dtype == x.dtype
    np.testing.assert_allclose(found.tolist(), np.sign(values) * solved.x, atol=2e-5)
    np.testing.assert_array_equal(x.tolist(), values)


@given(x=vectors, y=vectors, radius=st.floats(0.0, 20), ord=st.sampled_from(ORDERS))
def test_what_makes_a_projection(x, y, radius, ord):
    """Inside, twice is once, and the angle at the projection to every point of the ball is not acute (the variational
    inequality, which holds for the nearest point of a convex set and for no other)."""
    p = project_norm_ball(x, radius, ord=ord)
    assert np.linalg.norm(p, ord) <= radius * (1 + 1e-12) + 1e-12
    np.testing.assert_allclose(project_norm_ball(p, radius, ord=ord), p, atol=1e-12)
    if np.linalg.norm(x, ord) <= radius:
        np.testing.assert_allclose(p, x, atol=1e-12)
    inside = np.resize(y, x.shape) * radius / max(np.linalg.norm(np.resize(y, x.shape), ord), radius, 1e-300)
    assert (x - p) @ (inside - p) <= 1e-9 * (1 + np.abs(x).max()) * (1 + radius)


def test_clipping_and_renormalising_are_torchs(rng):
    W = torch.from_numpy(rng.normal(size=(6, 4)))
    torch.testing.assert_close(project_norm_ball(W, 0.7, ord=math.inf), torch.clip(W, -0.7, 0.7))
    torch.testing.assert_close(project_norm_ball(W, 1.5, axis=1), torch.renorm(W, 2, 0, 1.5), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("ord", ORDERS)
def test_along_an_axis(asarray, rng, ord):
    values = rng.normal(size=(2, 3, 4))
    for axis in (0, 1, -1):
        found = np.asarray(project_norm_ball(asarray(values), 0.8, ord=ord, axis=axis).tolist())
        moved = np.moveaxis(values, axis, -1)
        expected = np.stack([project_norm_ball(v, 0.8, ord=ord) for v in moved.reshape(-1, moved.shape[-1])])
        np.testing.assert_allclose(np.moveaxis(found, axis, -1).reshape(expected.shape), expected, rtol=1e-14)


def test_a_whole_array_is_one_vector(asarray, rng):
    values = rng.normal(size=(2, 3))
    for ord in ORDERS:
        found = project_norm_ball(asarray(values), 0.5, ord=ord)
        expected = project_norm_ball(values.ravel(), 0.5, ord=ord).reshape(2, 3)
        np.testing.assert_allclose(found.tolist(), expected, rtol=1e-14)


def test_ends(asarray):
    huge, zero = asarray([1e300, 0.0]), asarray([0.0, 0.0])
    assert project_norm_ball(huge, 1.0).tolist() == [1.0, 0.0]
    assert project_norm_ball(huge, math.inf).tolist() == huge.tolist()
    for ord in ORDERS:
        assert project_norm_ball(zero, 1.0, ord=ord).tolist() == [0.0, 0.0]
        assert project_norm_ball(zero, 0.0, ord=ord).tolist() == [0.0, 0.0]
        assert project_norm_ball(asarray([3.0]), math.inf, ord=ord).tolist() == [3.0]


def test_projection_refuses(asarray):
    x = asarray([1.0])
    for radius in (-1.0, math.nan):
        with pytest.raises(ValueError, match="radius of at least 0"):
            project_norm_ball(x, radius)
    with pytest.raises(ValueError, match="to be 1, 2 or inf, got 3"):
        project_norm_ball(x, 1.0, ord=3)
    for ord in ORDERS:
        with pytest.raises(ValueError, match="expected finite numbers"):
            project_norm_ball(asarray([math.nan]), 1.0, ord=ord)
        with pytest.raises(TypeError, match="float"):
            project_norm_ball(asarray([1], "int64"), 1.0, ord=ord)


@pytest.mark.parametrize("shape", [(5, 3), (4, 2, 3, 3)])
def test_max_norm_is_renorm(asarray, rng, shape):
    values = rng.normal(size=shape)
    weight = asarray(values)
    assert max_norm_(weight, 1.2) is weight
    expected = torch.renorm(torch.from_numpy(values), 2, 0, 1.2)
    np.testing.assert_allclose(weight.tolist(), expected, rtol=1e-6)
    norms = np.linalg.norm(np.reshape(weight.tolist(), (shape[0], -1)), axis=1)
    assert norms.max() <= 1.2 * (1 + 1e-12)
    short = np.linalg.norm(values.reshape(shape[0], -1), axis=1) <= 1.2
    np.testing.assert_array_equal(np.asarray(weight.tolist())[short], values[short])


def test_max_norm_changes_a_parameter_in_place():
    layer = nn.Linear(3, 2)
    place = layer.weight.data_ptr()
    with torch.no_grad():
        layer.weight.fill_(2.0)
    max_norm_(layer.weight, 3.0)
    torch.testing.assert_close(layer.weight.detach().norm(dim=1), torch.full((2,), 3.0))
    assert layer.weight.data_ptr() == place
    assert layer.weight.requires_grad
    assert layer.weight.is_leaf


def test_max_norm_ends(asarray):
    assert max_norm_(asarray([[0.0, 0.0]]), 0.0).tolist() == [[0.0, 0.0]]
    assert max_norm_(asarray([[3.0, 4.0]]), 0.0).tolist() == [[0.0, 0.0]]
    with pytest.raises(ValueError, match=r"of shape \(units, ...\) with entries, got shape \(2,\)"):
        max_norm_(asarray([1.0, 2.0]), 1.0)
    with pytest.raises(ValueError, match=r"with entries, got shape \(0, 2\)"):
        max_norm_(asarray(np.zeros((0, 2))), 1.0)
    with pytest.raises(ValueError, match="max_norm to be at least 0, got -1"):
        max_norm_(asarray([[1.0]]), -1)
    with pytest.raises(ValueError, match="expected finite numbers"):
        max_norm_(asarray([[math.nan]]), 1)
