"""Losses as the negative log-likelihoods they are, and their derivatives against differences."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.autograd import gradcheck, gradgradcheck

from course_lib import nn
from course_lib.arrays import torch_generator


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch_generator(seed), dtype=torch.float64)


def probabilities(*shape, seed=0):
    return torch.sigmoid(normal(*shape, seed=seed))


CLASSES = torch.tensor([0, 2, -100, 1])
WEIGHT = torch.tensor([0.5, 2.0, 1.0], dtype=torch.float64)
EVERY_LOSS = [
    (nn.MSELoss(), normal(4, 3), normal(4, 3, seed=1)),
    (nn.L1Loss(), normal(4, 3), normal(4, 3, seed=1)),
    (nn.BCELoss(), probabilities(4, 3), probabilities(4, 3, seed=1)),
    (nn.BCEWithLogitsLoss(weight=WEIGHT, pos_weight=WEIGHT), normal(4, 3), probabilities(4, 3, seed=1)),
    (nn.NLLLoss(weight=WEIGHT), normal(4, 3), CLASSES),
    (nn.CrossEntropyLoss(), normal(4, 3), CLASSES),
    (nn.CrossEntropyLoss(reduction="sum"), normal(4, 3, 2), CLASSES.unsqueeze(1).expand(4, 2)),
    (nn.CrossEntropyLoss(reduction="none", weight=WEIGHT), normal(4, 3), CLASSES),
    (nn.CrossEntropyLoss(label_smoothing=0.2, weight=WEIGHT), normal(4, 3), CLASSES),
    (nn.CrossEntropyLoss(label_smoothing=0.2, weight=WEIGHT), normal(4, 3), probabilities(4, 3, seed=1)),
    (nn.KLDivLoss(reduction="batchmean"), normal(4, 3), probabilities(4, 3, seed=1)),
    (nn.KLDivLoss(reduction="sum", log_target=True), normal(4, 3), normal(4, 3, seed=1)),
]


@pytest.mark.parametrize(("loss", "x", "y"), EVERY_LOSS, ids=lambda value: str(value) if callable(value) else "")
def test_derivatives_agree_with_differences(loss, x, y):
    """First and second ones, with respect to inputs and, where they are numbers, targets."""
    inputs = (x.clone().requires_grad_(), y.clone().requires_grad_(y.is_floating_point()))
    assert gradcheck(loss, inputs)
    assert gradgradcheck(loss, inputs)


def test_third_derivatives_of_the_cross_entropy():
    """The written-out backward passes may be differentiated any number of times."""
    y = torch.tensor([0, 2])

    def third(loss):
        x = normal(2, 3).requires_grad_()
        g = loss(x, y)
        for _ in range(3):
            (g,) = torch.autograd.grad(
                (g * torch.cos(torch.arange(g.numel()).reshape(g.shape))).sum(), x, create_graph=True
            )
        return g

    torch.testing.assert_close(third(nn.CrossEntropyLoss()), third(torch.nn.CrossEntropyLoss()), rtol=1e-9, atol=1e-12)


def test_gaussian_derivatives_agree_with_differences():
    inputs = [normal(4, 3).requires_grad_(), normal(4, 3, seed=1).requires_grad_(), probabilities(4, 3, seed=2)]
    inputs[2].requires_grad_()
    assert gradcheck(nn.GaussianNLLLoss(), inputs)
    assert gradgradcheck(nn.GaussianNLLLoss(), inputs)


@given(st.floats(-700, 700), st.sampled_from([0.0, 1.0]))
def test_binary_cross_entropy_of_a_logit_is_a_softplus(z, y):
    """-log σ((2y - 1) z) = ζ((1 - 2y) z)"""
    z, y = torch.tensor(z, dtype=torch.float64), torch.tensor(y, dtype=torch.float64)
    loss = nn.BCEWithLogitsLoss()(z, y)
    torch.testing.assert_close(loss, torch.logaddexp(torch.zeros_like(z), (1 - 2 * y) * z))
    torch.testing.assert_close(loss, -torch.log(torch.sigmoid((2 * y - 1) * z)))


def test_the_gaussian_without_its_constant_is_the_squared_error():
    x, y, variance = normal(5), normal(5, seed=1), 0.3
    gaussian = nn.GaussianNLLLoss(full=True)(x, y, variance)
    constant = 0.5 * math.log(2 * math.pi * variance)
    torch.testing.assert_close(gaussian - constant, nn.MSELoss()(x, y) / (2 * variance))


def test_the_gradient_of_cross_entropy_is_the_error():
    x, y = normal(5, 3).requires_grad_(), torch.tensor([0, 1, 2, 1, 0])
    nn.CrossEntropyLoss(reduction="sum")(x, y).backward()
    torch.testing.assert_close(x.grad, torch.softmax(x.detach(), 1) - torch.eye(3, dtype=torch.float64)[y])


def test_a_class_is_a_one_hot_distribution():
    x, y = normal(5, 3), torch.tensor([0, 1, 2, 1, 0])
    loss = nn.CrossEntropyLoss(label_smoothing=0.1)
    torch.testing.assert_close(loss(x, y), loss(x, torch.eye(3, dtype=torch.float64)[y]))


def test_squared_error_saturates_where_cross_entropy_does_not():
    """A sigmoid that is wrong by a mile: one gradient has vanished, the other is as large as it gets."""
    z = torch.tensor([-50.0], dtype=torch.float64, requires_grad=True)
    y = torch.ones(1, dtype=torch.float64)
    (squared,) = torch.autograd.grad(nn.MSELoss()(nn.Sigmoid()(z), y), z)
    (logit,) = torch.autograd.grad(nn.BCEWithLogitsLoss()(z, y), z)
    assert abs(squared.item()) < 1e-20
    assert logit.item() == pytest.approx(-1)


def test_weights_move_with_the_model_and_need_no_gradient(device):
    loss = nn.CrossEntropyLoss(weight=WEIGHT).to(device)
    assert loss.weight.device.type == device
    assert list(loss.parameters()) == []


@pytest.mark.parametrize("loss", [nn.CrossEntropyLoss(), nn.CrossEntropyLoss(weight=WEIGHT)])
def test_an_ignored_example_may_hold_anything(loss):
    x = normal(3, 3)
    x[1] = torch.tensor([-math.inf, 0.0, 1.0])
    y = torch.tensor([0, -100, 2])
    torch.testing.assert_close(loss(x, y), loss(x[[0, 2]], y[[0, 2]]))


@pytest.mark.parametrize(("loss", "x", "y"), EVERY_LOSS, ids=lambda value: str(value) if callable(value) else "")
def test_inputs_are_left_alone(loss, x, y):
    before = x.clone(), y.clone()
    loss(x, y)
    assert torch.equal(x, before[0])
    assert torch.equal(y, before[1])
