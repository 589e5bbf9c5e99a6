"""Entropy, cross-entropy and divergence of probability vectors, against SciPy."""

import numpy as np
import pytest
import scipy.stats
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.probability import cross_entropy, entropy, kl_divergence


def numbers(x):
    return np.asarray(x.tolist())


def vectors(rng, shape, axis=-1):
    p = rng.dirichlet(np.ones(shape[axis]), size=np.delete(shape, axis))
    return np.moveaxis(p, -1, axis)


@pytest.mark.parametrize("base", [None, 2, 10, 0.5])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_against_scipy(asarray, rng, base, axis):
    p, q = vectors(rng, (4, 5), axis), vectors(rng, (4, 5), axis)
    np.testing.assert_allclose(numbers(entropy(asarray(p), base, axis)), scipy.stats.entropy(p, base=base, axis=axis))
    np.testing.assert_allclose(
        numbers(kl_divergence(asarray(p), asarray(q), base, axis)), scipy.stats.entropy(p, q, base=base, axis=axis)
    )
    np.testing.assert_allclose(
        numbers(cross_entropy(asarray(p), asarray(q), base, axis)),
        scipy.stats.entropy(p, base=base, axis=axis) + scipy.stats.entropy(p, q, base=base, axis=axis),
    )


@pytest.mark.parametrize(
    ("p", "q", "h", "ce", "kl"),
    [
        ([1.0, 0.0], [1.0, 0.0], 0, 0, 0),
        ([1.0, 0.0], [0.5, 0.5], 0, 1, 1),
        ([0.5, 0.5], [1.0, 0.0], 1, np.inf, np.inf),
        ([0.5, 0.5, 0.0], [0.25, 0.25, 0.5], 1, 2, 1),
    ],
)
def test_impossible_outcomes(asarray, p, q, h, ce, kl):
    p, q = asarray(p), asarray(q)
    found = entropy(p, base=2), cross_entropy(p, q, base=2), kl_divergence(p, q, base=2)
    assert [float(x) for x in found] == [h, ce, kl]
    assert not any(np.signbit(float(x)) for x in found), "0, not -0"


def test_shapes_broadcast(asarray, rng):
    p, q = vectors(rng, (3, 1, 4)), vectors(rng, (2, 4))
    ours = kl_divergence(asarray(p), asarray(q))
    assert tuple(ours.shape) == (3, 2)
    np.testing.assert_allclose(numbers(ours), scipy.stats.entropy(*np.broadcast_arrays(p, q), axis=-1))


simplex = st.lists(st.integers(0, 20), min_size=3, max_size=3).filter(any).map(lambda w: np.array(w) / sum(w))


@settings(deadline=None)
@given(simplex, simplex)
def test_divergence_is_never_negative(p, q):
    assert kl_divergence(p, q) >= -1e-15
    assert abs(kl_divergence(p, p)) < 1e-15
    assert entropy(p) <= np.log(3) + 1e-15


def test_divergence_is_not_symmetric():
    p, q = np.array([0.9, 0.1]), np.array([0.5, 0.5])
    assert abs(kl_divergence(p, q) - kl_divergence(q, p)) > 0.1


def test_gradients_where_an_outcome_is_ruled_out():
    p = torch.tensor([0.25, 0.75, 0.0], dtype=torch.float64, requires_grad=True)
    q = torch.tensor([0.5, 0.5, 0.0], dtype=torch.float64, requires_grad=True)
    (dq,) = torch.autograd.grad(kl_divergence(p, q), q)
    np.testing.assert_allclose(dq, [-0.5, -1.5, 0])
    q = torch.tensor([0.5, 0.25, 0.25], dtype=torch.float64)
    (dp,) = torch.autograd.grad(cross_entropy(p, q), p)
    np.testing.assert_allclose(dp, -q.log(), err_msg="finite even where p is 0")


@pytest.mark.parametrize(
    ("p", "words"),
    [
        ([0.5, 0.6], "p to sum to 1 along axis -1, got a sum of 1.1; divide by the sum"),
        ([1.5, -0.5], "p to have no negative entries, got -0.5"),
        ([np.nan, 1.0], "p to have no negative entries, got nan"),
        (1.0, "p to have an axis of outcomes"),
    ],
)
def test_what_is_no_distribution(asarray, p, words):
    with pytest.raises(ValueError, match=words):
        entropy(asarray(p))


def test_the_worst_sum_is_named(asarray):
    with pytest.raises(ValueError, match="q to sum to 1 along axis -1, got a sum of 0.5"):
        cross_entropy(asarray([0.5, 0.5]), asarray([[0.5, 0.5], [0.25, 0.25]]))


@pytest.mark.parametrize("base", [1, 0, -2])
def test_what_is_no_base(base):
    with pytest.raises(ValueError, match=f"expected a base above 0 other than 1, got {base}"):
        entropy(np.array([1.0]), base=base)
