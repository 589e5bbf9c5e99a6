"""Points in classes of known shape, checked against that shape."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import make_moons as sklearn_moons

from course_lib.data import make_blobs, make_moons, make_rings, make_spirals, to_polar

MAKERS = [make_rings, make_moons, make_spirals, make_blobs]


def distance_to_class(X, y, exact_X, exact_y):
    """How far each point is from the nearest point of its class in a large sample without noise."""
    gaps = np.linalg.norm(X[:, None] - exact_X[None], axis=2)
    return np.where(y[:, None] == exact_y[None], gaps, np.inf).min(axis=1)


@pytest.mark.parametrize("make", MAKERS)
def test_shapes_and_equal_classes(make, rng):
    X, y = make(51, rng=rng)
    assert X.shape == (51, 2)
    assert X.dtype == np.float64
    assert y.dtype == np.int64
    assert sorted(np.bincount(y)) == [25, 26]


@pytest.mark.parametrize("make", MAKERS)
def test_two_hundred_by_default_and_in_random_order(make, rng):
    _, y = make(rng=rng)
    assert len(y) == 200
    assert 60 < (np.diff(y) != 0).sum() < 140, "rows in order or alternating would bias whoever learns row by row"


@pytest.mark.parametrize("make", MAKERS)
def test_the_generator_decides(make):
    first, again, other = (make(20, rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert not np.array_equal(first[0], other[0])


@pytest.mark.parametrize("make", MAKERS)
def test_noise_has_the_standard_deviation_asked_for(make):
    """The same generator gives the same places; only what is added to them differs."""
    exact, noisy = (make(4000, noise=noise, rng=np.random.default_rng(3))[0] for noise in (0, 0.25))
    assert (noisy - exact).std(axis=0) == pytest.approx([0.25, 0.25], rel=0.05)
    assert np.corrcoef((noisy - exact).T)[0, 1] == pytest.approx(0, abs=0.05)


def test_rings_have_radius_one_two_three(rng):
    X, y = make_rings(300, n_classes=3, noise=0, rng=rng)
    np.testing.assert_allclose(np.linalg.norm(X, axis=1), y + 1)
    for k in range(3):
        assert np.abs(X[y == k].mean(axis=0)).max() < 0.3 * (k + 1), "all around, not one side"


def test_moons_are_those_of_scikit_learn(rng):
    X, y = make_moons(100, noise=0, rng=rng)
    exact = sklearn_moons(4000, noise=None)
    assert distance_to_class(X, y, *exact).max() < 2e-3


def test_spirals_are_one_arm_turned(rng):
    X, y = make_spirals(200, n_classes=4, turns=1.5, noise=0, rng=rng)
    radius = np.linalg.norm(X, axis=1)
    assert radius.min() >= 0.1
    assert radius.max() <= 1
    np.testing.assert_allclose((X[:, 0] + 1j * X[:, 1]) / radius, np.exp(2j * np.pi * 1.5 * radius) * 1j**y, atol=1e-12)


def test_blobs_lie_around_their_centres(rng):
    centers = np.array([[0.0, 0.0], [4.0, 1.0], [-3.0, 2.0]])
    X, y = make_blobs(3000, centers=centers, noise=0.5, rng=rng)
    for k, center in enumerate(centers):
        np.testing.assert_allclose(X[y == k].mean(axis=0), center, atol=0.06)
        np.testing.assert_allclose(np.cov(X[y == k].T), 0.25 * np.eye(2), atol=0.03)


def test_a_number_of_blobs_lies_evenly_on_a_circle(rng):
    X, y = make_blobs(8, centers=4, noise=0, rng=rng)
    expected = np.array([[3, 0], [0, 3], [-3, 0], [0, -3]])
    np.testing.assert_allclose(X, expected[y], atol=1e-12)


@pytest.mark.parametrize("make", MAKERS)
def test_refused(make, rng):
    with pytest.raises(ValueError, match="at least one class and a point for each"):
        make(1, rng=rng)
    for noise in (-0.1, np.nan):
        with pytest.raises(ValueError, match="noise, a standard deviation, to be at least 0"):
            make(10, noise=noise, rng=rng)
    with pytest.raises(TypeError, match=r"np.random.default_rng\(seed\), got int"):
        make(10, rng=0)


@pytest.mark.parametrize("centers", [0, [], [1.0, 2.0], [[1.0, 2.0, 3.0]]])
def test_centers_refused(centers, rng):
    with pytest.raises(ValueError, match="expected at least one class|expected centers"):
        make_blobs(10, centers=centers, rng=rng)


def test_polar_of_the_four_directions(asarray):
    X = asarray([[1.0, 0.0], [0.0, 2.0], [-3.0, 0.0], [0.0, -4.0], [0.0, 0.0]])
    before = X.tolist()
    polar = to_polar(X)
    assert type(polar) is type(X)
    np.testing.assert_allclose(
        polar.tolist(), [[1, 0], [2, np.pi / 2], [3, np.pi], [4, -np.pi / 2], [0, 0]], atol=1e-15
    )
    assert X.tolist() == before


@given(st.complex_numbers(max_magnitude=1e6, allow_nan=False))
def test_polar_is_the_modulus_and_argument_of_a_complex_number(z):
    np.testing.assert_allclose(to_polar(np.array([z.real, z.imag])), [abs(z), np.angle(z)], rtol=1e-12)


def test_polar_neither_overflows_nor_changes_precision(asarray):
    assert float(to_polar(asarray([3e200, 4e200]))[0]) == pytest.approx(5e200)
    X = asarray(np.ones((2, 3, 2)), "float32")
    assert to_polar(X).dtype == X.dtype
    assert to_polar(X).shape == (2, 3, 2)
    assert to_polar(asarray(np.ones((0, 2)))).shape == (0, 2)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_polar_needs_two_coordinates(asarray, shape):
    with pytest.raises(ValueError, match="points of the plane"):
        to_polar(asarray(np.ones(shape)))
