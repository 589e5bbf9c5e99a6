"""Tangent propagation against whole Jacobians, difference quotients, and gradcheck."""

import numpy as np
import pytest
import torch

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.regularization import tangent, tangent_prop_penalty
from course_lib.regularization.augment import rotate, shift


def network():
    g = torch_generator(0)
    layers = (
        nn.Conv2d(1, 2, 3, generator=g), nn.BatchNorm2d(2), nn.Tanh(), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.5),
        nn.Linear(8, 3, generator=g), nn.Softmax(dim=1),
    )  # fmt: skip
    return nn.Sequential(*layers).double()


@pytest.fixture
def x():
    return torch.rand(4, 1, 6, 6, generator=torch_generator(1), dtype=torch.float64)


@pytest.fixture
def tangents():
    return torch.randn(2, 4, 1, 6, 6, generator=torch_generator(2), dtype=torch.float64)


def test_jacobian_times_tangents(x, tangents):
    model = network()
    found = tangent_prop_penalty(model, x, tangents)
    assert all(part.training for part in model)
    assert model[1].num_batches_tracked == 0
    model.eval()
    J = torch.stack([torch.autograd.functional.jacobian(lambda one: model(one[None])[0], image) for image in x])
    changes = torch.einsum("nochw,knchw->nko", J, tangents)
    assert found.item() == pytest.approx((changes**2).sum(dim=(1, 2)).mean().item(), rel=1e-10)
    assert tangent_prop_penalty(model, x, list(tangents)).item() == found.item()


def test_difference_quotient(x, tangents):
    model, h = network().eval(), 1e-5
    with torch.no_grad():
        changes = [(model(x + h * v) - model(x - h * v)) / (2 * h) for v in tangents]
    expected = sum((change**2).sum(1).mean() for change in changes)
    torch.testing.assert_close(tangent_prop_penalty(model, x, tangents), expected, rtol=1e-7, atol=0)


def test_gradient_reaches_the_parameters():
    x, v = (torch.randn(3, 4, generator=torch_generator(seed), dtype=torch.float64) for seed in (0, 1))
    W = torch.randn(2, 4, generator=torch_generator(2), dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda W: tangent_prop_penalty(lambda x: torch.tanh(x @ W.T), x, [v]), (W,))
    with torch.no_grad():
        assert tangent_prop_penalty(lambda x: x @ W.T, x, [v]).item() > 0
    assert x.grad is None


def test_a_linear_map_is_charged_what_it_changes():
    A = torch.tensor([[1.0, 2.0], [0.0, 3.0]])
    v = torch.tensor([[1.0, 1.0], [0.0, 2.0]])
    expected = ((v @ A.T) ** 2).sum(1).mean().item()
    assert tangent_prop_penalty(lambda x: x @ A.T, torch.ones(2, 2), [v]).item() == pytest.approx(expected)
    assert tangent_prop_penalty(lambda x: x @ A.T, torch.ones(2, 2), []).item() == 0


def test_tangent_of_a_curve(asarray):
    """T(x, t) = x + t² + 3t has the slope 3 at 0, and the central difference is exact for it."""
    x = asarray([1.0, 2.0])
    assert tangent(lambda x, t: x + t**2 + 3 * t, x, 0.5).tolist() == [3.0, 3.0]


def test_tangent_of_a_shift_is_a_difference_of_neighbours(rng):
    x = rng.normal(size=(1, 1, 3, 6))
    found = tangent(lambda x, t: shift(x, t, 0), x, 1.0)
    np.testing.assert_allclose(found[..., 1:-1], (x[..., :-2] - x[..., 2:]) / 2)


def test_a_rotation_hardly_moves_what_is_round():
    rows, columns = np.mgrid[-8:9, -8:9]
    distance = np.hypot(rows, columns)
    disc, bar = np.exp(-(distance**2) / 16), np.exp(-(rows**2) / 4 - columns**2 / 64)
    lengths = [np.linalg.norm(tangent(rotate, image[None, None], 2.0)) for image in (disc, bar)]
    assert lengths[0] < 0.02 * lengths[1]


@pytest.mark.parametrize("step", [0, -1.0, float("nan")])
def test_a_tangent_needs_a_step(step):
    with pytest.raises(ValueError, match=f"step above 0, got {step}"):
        tangent(lambda x, t: x * t, np.ones(3), step)


def test_refusals(x):
    with pytest.raises(ValueError, match=r"inputs' shape \(4, 1, 6, 6\), got \(4, 36\)"):
        tangent_prop_penalty(network(), x, [torch.zeros(4, 36)])
    with pytest.raises(TypeError, match="x as a torch tensor"):
        tangent_prop_penalty(network(), x.numpy(), [])
