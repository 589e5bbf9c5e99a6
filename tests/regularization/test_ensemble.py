"""The geometric mean of an ensemble, and dropout's weight scaling where it is exact."""

import itertools

import numpy as np
import pytest
import scipy.special
import scipy.stats

from course_lib.regularization import all_masks, geometric_mean_prediction


def test_all_masks():
    for n in (1, 3):
        assert all_masks(n).tolist() == [list(map(float, mask)) for mask in itertools.product([0, 1], repeat=n)]
    for wrong in (0, 21, 2.5):
        with pytest.raises(ValueError, match=f"1 to 20 units.*got {wrong}"):
            all_masks(wrong)


@pytest.mark.parametrize("shape", [(4, 3), (5, 2, 3)])
@pytest.mark.parametrize("weighted", [False, True])
def test_geometric_mean(asarray, rng, shape, weighted):
    p = rng.dirichlet(np.ones(shape[-1]), size=shape[:-1])
    weights = rng.uniform(size=shape[0]) if weighted else None
    mean = scipy.stats.gmean(p, axis=0, weights=None if weights is None else weights[(...,) + (None,) * (p.ndim - 1)])
    found = geometric_mean_prediction(asarray(p), None if weights is None else asarray(weights))
    np.testing.assert_allclose(found.tolist(), mean / mean.sum(axis=-1, keepdims=True), rtol=1e-12)


@pytest.mark.parametrize("keep", [0.5, 0.8])
def test_weight_scaling_is_exact_for_a_softmax_of_a_linear_map(asarray, rng, keep):
    """Deep Learning, equations 7.56 to 7.66: all 2ⁿ masks together say softmax(W x/2 + b) if half are kept."""
    x, W, b = rng.normal(size=6), rng.normal(size=(3, 6)), rng.normal(size=3)
    masks = all_masks(6)
    members = scipy.special.softmax((masks * x) @ W.T + b, axis=1)
    chances = np.prod(np.where(masks == 1, keep, 1 - keep), axis=1)
    found = geometric_mean_prediction(asarray(members), asarray(chances))
    np.testing.assert_allclose(found.tolist(), scipy.special.softmax(W @ (keep * x) + b), rtol=1e-12)


def test_a_member_can_rule_a_class_out(asarray):
    p = asarray([[0.0, 0.5, 0.5], [0.5, 0.25, 0.25]])
    assert geometric_mean_prediction(p).tolist() == [0.0, 0.5, 0.5]
    np.testing.assert_allclose(geometric_mean_prediction(p, asarray([0.0, 1.0])).tolist(), [0.5, 0.25, 0.25])
    with pytest.raises(ValueError, match="every class is ruled out"):
        geometric_mean_prediction(asarray([[0.0, 1.0], [1.0, 0.0]]))


def test_refusals(asarray):
    p = asarray([[0.5, 0.5]])
    with pytest.raises(ValueError, match=r"weights of shape \(1,\)"):
        geometric_mean_prediction(p, asarray([1.0, 1.0]))
    with pytest.raises(ValueError, match="weights to be at least 0, got -1"):
        geometric_mean_prediction(p, asarray([-1.0]))
    with pytest.raises(ValueError, match="probabilities to be at least 0, got -1"):
        geometric_mean_prediction(asarray([[-1.0, 2.0]]))
    with pytest.raises(ValueError, match="at least one weight above 0"):
        geometric_mean_prediction(p, asarray([0.0]))
    for values in ([0.5, 0.5], np.zeros((0, 2)), np.zeros((2, 0)), 0.5):
        with pytest.raises(ValueError, match=r"of shape \(members, \.\.\., k\), got shape \("):
            geometric_mean_prediction(asarray(values))
    with pytest.raises(TypeError, match="floating"):
        geometric_mean_prediction(asarray([[1, 0]], "int64"))
