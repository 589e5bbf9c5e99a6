"""Dropout and noise: what is drawn, from where, and when."""

from __future__ import annotations

import copy

import pytest
import torch

from course_lib import nn
from course_lib.arrays import torch_generator


@pytest.mark.parametrize("p", [0.0, 0.2, 0.5, 0.9, 1.0])
def test_numbers_are_dropped_with_probability_p_and_kept_ones_enlarged(p):
    x = torch.full((100, 200), 3.0)
    y = nn.Dropout(p, generator=torch_generator(0))(x)
    kept = y != 0
    assert kept.double().mean().item() == pytest.approx(1 - p, abs=0.015)  # four standard deviations
    torch.testing.assert_close(y[kept], (3 / (1 - p) if p < 1 else 0) * torch.ones(int(kept.sum())))
    assert torch.equal(x, torch.full((100, 200), 3.0))


def test_what_is_dropped_has_no_gradient_and_the_same_mask_is_used_on_the_way_back():
    x = torch.ones(50, 50, requires_grad=True)
    y = nn.Dropout(0.3, generator=torch_generator(0))(x)
    (g,) = torch.autograd.grad(y.sum(), x)
    torch.testing.assert_close(g, y.detach())


@pytest.mark.parametrize("layer", [nn.Dropout, nn.GaussianNoise])
def test_inputs_may_be_on_another_device_than_the_generator(layer):
    x = torch.zeros(3, device="meta")
    assert layer(generator=torch_generator(0))(x).device == x.device


def test_masks_come_from_the_generator_or_from_the_global_one():
    x = torch.ones(1000)
    first, second = (nn.Dropout(generator=torch_generator(4))(x) for _ in range(2))
    assert torch.equal(first, second)
    layer = nn.Dropout(generator=torch_generator(4))
    assert not torch.equal(layer(x), layer(x))
    with torch.random.fork_rng():
        torch.manual_seed(4)
        assert torch.equal(nn.Dropout()(x), first)


@pytest.mark.parametrize("layer", [nn.Dropout(0.5), nn.Dropout(0.5, inplace=True), nn.GaussianNoise(1.0)])
def test_evaluation_hands_the_input_on(layer):
    x = torch.randn(3, generator=torch_generator(0))
    assert layer.eval()(x) is x


def test_inplace_overwrites_the_input():
    x = torch.ones(100)
    assert nn.Dropout(0.5, inplace=True)(x) is x
    assert (x == 0).any()


def test_noise_has_the_standard_deviation_that_was_asked_for():
    x = torch.full((200, 200), 5.0)
    y = nn.GaussianNoise(0.3, generator=torch_generator(0))(x)
    assert (y - x).mean().item() == pytest.approx(0, abs=0.006)
    assert (y - x).std().item() == pytest.approx(0.3, rel=0.015)
    assert torch.equal(nn.GaussianNoise(0.3, generator=torch_generator(0))(x), y)
    assert torch.equal(nn.GaussianNoise(0.0)(x), x)
    assert repr(nn.GaussianNoise(0.3)) == "GaussianNoise(std=0.3)"


def test_layers_with_a_generator_can_be_copied():
    layer = nn.Dropout(generator=torch_generator(0))
    again = copy.deepcopy(layer)
    assert torch.equal(layer(torch.ones(100)), again(torch.ones(100)))


def test_noise_refuses_a_negative_deviation():
    with pytest.raises(ValueError, match="-1"):
        nn.GaussianNoise(-1)


def test_whole_numbers_are_not_dropped():
    with pytest.raises(RuntimeError, match="floating"):
        nn.Dropout()(torch.ones(2, dtype=torch.int64))
