"""Norm penalties against sums written out; soft thresholding against torch, a search, and scikit-learn's lasso."""

import numpy as np
import pytest
import torch
from scipy.optimize import minimize_scalar
from sklearn.linear_model import Lasso

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.regularization import l1_penalty, l2_penalty, soft_threshold

SHAPES = [(3, 4), (5,), ()]


@pytest.fixture
def arrays(asarray, rng):
    return [asarray(rng.normal(size=shape)) for shape in SHAPES]


def test_sums_over_all_arrays(arrays):
    flat = np.concatenate([np.ravel(w.tolist()) for w in arrays])
    assert float(l1_penalty(arrays)) == pytest.approx(np.linalg.norm(flat, 1), rel=1e-14)
    assert float(l2_penalty(arrays)) == pytest.approx(0.5 * flat @ flat, rel=1e-14)
    assert float(l2_penalty(iter(arrays))) == float(l2_penalty(arrays))


@pytest.mark.parametrize("penalty", [l1_penalty, l2_penalty])
def test_one_array_is_enough(asarray, penalty):
    w = asarray([[1.0, -2.0]])
    assert float(penalty(w)) == float(penalty([w])) == {l1_penalty: 3.0, l2_penalty: 2.5}[penalty]


def test_gradients():
    w = torch.tensor([3.0, -0.5, 0.0], requires_grad=True)
    assert torch.autograd.grad(l2_penalty(w), w)[0].tolist() == [3.0, -0.5, 0.0]
    assert torch.autograd.grad(l1_penalty(w), w)[0].tolist() == [1.0, -1.0, 0.0]


def test_a_network_is_charged_for_its_weights_alone():
    network = nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.PReLU(2), nn.LocallyConnected2d(2, 3, (6, 6), 3), nn.Linear(4, 5)
    )
    weights = [network[0].weight, network[3].weight, network[4].weight]
    assert l2_penalty(network).item() == l2_penalty(weights).item()
    assert l1_penalty(network).item() == l1_penalty(weights).item()
    l2_penalty(network).backward()
    for name, parameter in network.named_parameters():
        charged = any(parameter is weight for weight in weights)
        assert (parameter.grad is not None) == charged, name


def test_torch_recurrent_biases_are_left_out():
    network = torch.nn.LSTM(2, 3)
    assert l1_penalty(network).item() == pytest.approx(
        sum(p.abs().sum().item() for name, p in network.named_parameters() if "weight" in name)
    )


def test_a_shared_weight_is_charged_once():
    layer = nn.Linear(3, 3, bias=False)
    assert l2_penalty(nn.Sequential(layer, layer)).item() == l2_penalty(layer).item()


@pytest.mark.parametrize("penalty", [l1_penalty, l2_penalty])
def test_nothing_to_charge(penalty):
    used_up = nn.Linear(1, 1).parameters()
    penalty(used_up)
    for nothing in (used_up, [], nn.ReLU()):
        with pytest.raises(ValueError, match="at least one array to charge, got none"):
            penalty(nothing)
    with pytest.raises(TypeError, match="got float"):
        penalty([1.0])
    with pytest.raises(TypeError, match="arrays of one kind"):
        penalty([np.ones(1), torch.ones(1)])


def test_weight_decay_is_the_step_of_the_l2_penalty():
    """w ← (1 − εα) w − ε ∇J, which torch's SGD calls weight_decay=α."""
    generator = torch_generator(0)
    start, X, y = (torch.randn(shape, generator=generator, dtype=torch.float64) for shape in ((3,), (8, 3), (8,)))
    a, b = (start.clone().requires_grad_() for _ in range(2))
    decayed = torch.optim.SGD([a], lr=0.1, weight_decay=0.3)
    plain = torch.optim.SGD([b], lr=0.1)
    for _ in range(5):
        for w, optimizer, price in ((a, decayed, 0.0), (b, plain, 0.3)):
            optimizer.zero_grad()
            (((X @ w - y) ** 2).mean() + price * l2_penalty(w)).backward()
            optimizer.step()
    torch.testing.assert_close(a, b, rtol=1e-12, atol=0)


@pytest.mark.parametrize("t", [0, 0.0, 0.5, 1e3])
def test_soft_threshold_is_softshrink(asarray, rng, t):
    values = np.append(rng.normal(size=(4, 5)), [[0.5, -0.5, 0.0, -0.0, 1e300]], axis=0)
    x = asarray(values)
    expected = torch.nn.functional.softshrink(torch.from_numpy(values), t)
    found = soft_threshold(x, t)
    assert type(found) is type(x)
    np.testing.assert_array_equal(found.tolist(), expected)
    np.testing.assert_array_equal(x.tolist(), values)


def test_soft_threshold_minimises_its_objective(rng):
    for x, t in zip(3 * rng.normal(size=20), rng.uniform(0, 2, size=20), strict=True):
        found = minimize_scalar(lambda w, x=x, t=t: 0.5 * (w - x) ** 2 + t * abs(w), bracket=(-5, 5), tol=1e-12).x
        assert float(soft_threshold(np.array(x), t)) == pytest.approx(found, abs=1e-6)


def test_soft_threshold_is_the_lasso_of_orthogonal_columns(asarray, rng):
    """With XᵀX/n = diag(H) each weight is the least-squares one, soft-thresholded at α/H: the book's equation 7.23."""
    n, alpha = 40, 0.3
    X = np.linalg.qr(rng.normal(size=(n, 6)))[0] * np.sqrt(n) * np.array([0.5, 1, 1, 2, 3, 0.8])
    y = X @ np.array([2.0, 0.2, -1, 0.05, 1, -0.3]) + 0.1 * rng.normal(size=n)
    H = np.sum(X * X, axis=0) / n
    best = X.T @ y / n / H
    expected = Lasso(alpha=alpha, fit_intercept=False, tol=1e-12, max_iter=100_000).fit(X, y).coef_
    found = soft_threshold(asarray(best), asarray(alpha / H))
    np.testing.assert_allclose(found.tolist(), expected, atol=1e-12)
    assert np.count_nonzero(expected) == 3


def test_soft_threshold_keeps_precision_and_takes_numbers_of_any_kind(asarray):
    x = asarray([1.0, -2.0], "float32")
    assert soft_threshold(x, 0.5).dtype == x.dtype
    for t in (1, np.float32(1), np.float64(1), np.int64(1)):
        assert soft_threshold(x, t).tolist() == [0.0, -1.0]


def test_soft_threshold_has_gradients():
    x = torch.tensor([-2.0, 0.3, 2.0], requires_grad=True)
    assert torch.autograd.grad(soft_threshold(x, 1.0).sum(), x)[0].tolist() == [1.0, 0.0, 1.0]


def test_soft_threshold_refuses(asarray):
    x = asarray([1.0])
    for t in (-1.0, float("nan"), asarray([-0.1])):
        with pytest.raises(ValueError, match="threshold of at least 0"):
            soft_threshold(x, t)
    with pytest.raises(TypeError, match="floating dtype, got .*int64"):
        soft_threshold(asarray([1], "int64"), 0.5)
    with pytest.raises(TypeError, match="got list"):
        soft_threshold([1.0], 0.5)
    with pytest.raises(TypeError, match="arrays of one kind"):
        soft_threshold(np.ones(1), torch.ones(1))
