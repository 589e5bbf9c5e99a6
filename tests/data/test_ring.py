"""Gaussians on a ring: where the centres are, and that points are spread around them as promised."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from course_lib.arrays import torch_generator
from course_lib.data import gaussian_ring, ring_centers

GENERATORS = {"numpy": lambda: np.random.default_rng(0), "torch": lambda: torch_generator(0)}


@pytest.mark.parametrize("kind", GENERATORS)
def test_points_belong_to_centres_evenly_and_lie_as_far_as_std_says(kind):
    X = np.asarray(gaussian_ring(20_000, modes=5, radius=3.0, std=0.1, generator=GENERATORS[kind]()))
    distance = np.linalg.norm(X[:, None] - ring_centers(5, radius=3.0), axis=2)
    nearest = distance.argmin(1)
    assert np.bincount(nearest) == pytest.approx(4000, rel=0.07)
    residual = X - ring_centers(5, radius=3.0)[nearest]
    assert residual.mean(0) == pytest.approx(0, abs=0.005)
    assert np.cov(residual.T) == pytest.approx(0.01 * np.eye(2), abs=0.0005)


def test_the_generator_decides_kind_and_values():
    a, b, c = (gaussian_ring(10, generator=torch_generator(seed)) for seed in (0, 0, 1))
    assert a.dtype == torch.get_default_dtype()
    assert torch.equal(a, b)
    assert not torch.equal(a, c)
    assert gaussian_ring(3, generator=np.random.default_rng(0)).dtype == np.float64


def test_centres_are_the_roots_of_unity():
    roots = np.exp(2j * np.pi * np.arange(8) / 8)
    np.testing.assert_allclose(ring_centers(8, radius=2.0), 2 * np.stack([roots.real, roots.imag], axis=1))


def test_no_noise_and_no_points():
    X = gaussian_ring(50, modes=1, std=0.0, generator=np.random.default_rng(0))
    np.testing.assert_array_equal(X, np.tile([2.0, 0.0], (50, 1)))
    assert gaussian_ring(0, generator=np.random.default_rng(0)).shape == (0, 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"modes": 0}, "at least 1 mode, got 0"), ({"std": -1.0}, "std of at least 0"), ({"n": -1}, "got n=-1")],
)
def test_impossible_rings(options, message):
    with pytest.raises(ValueError, match=message):
        gaussian_ring(**{"n": 5, "generator": np.random.default_rng(0), **options})


def test_a_seed_is_no_generator():
    with pytest.raises(TypeError, match="expected a generator"):
        gaussian_ring(5, generator=0)
