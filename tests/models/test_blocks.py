"""What the landmark networks share."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.models.blocks import Chain, choose, he, initialise, stem


def test_a_chain_runs_its_layers_in_order():
    chain = Chain(first=nn.Linear(3, 2), second=nn.ReLU(), third=nn.Linear(2, 1))
    x = torch.rand(4, 3, generator=torch_generator(0))
    assert torch.equal(chain(x), chain.third(chain.second(chain.first(x))))
    assert list(chain[1:]._modules) == ["second", "third"]
    assert chain[1] is chain.second


@pytest.mark.parametrize(("large_images", "size"), [(True, 8), (False, 32)])
def test_the_stem_makes_only_large_images_smaller(large_images, size):
    layers = nn.Sequential(*stem(3, 5, large_images=large_images))
    assert layers(torch.rand(2, 3, 32, 32, generator=torch_generator(0))).shape == (2, 5, size, size)


def test_initialise_reaches_every_layer_of_its_kind_and_no_other():
    net = nn.Sequential(nn.Conv2d(1, 2, 1), nn.Sequential(nn.Conv2d(2, 2, 1, bias=False)), nn.Linear(2, 2))
    linear = net[2].weight.clone()
    initialise(net, nn.Conv2d, nn.init.ones_)
    assert (net[0].weight == 1).all()
    assert (net[1][0].weight == 1).all()
    assert (net[0].bias == 0).all()
    assert torch.equal(net[2].weight, linear)


@pytest.mark.parametrize(("mode", "fan"), [("fan_in", 40 * 9), ("fan_out", 60 * 9)])
def test_he_keeps_the_size_of_signals_or_of_gradients(mode, fan):
    weight = he(torch_generator(0), mode)(torch.empty(60, 40, 3, 3))
    assert weight.square().mean().item() == pytest.approx(2 / fan, rel=0.05)


def test_choose():
    assert choose(3, {3: "three"}) == "three"
    assert choose("a plan", {3: "three"}) == "a plan"
    assert choose(np.int64(3), {3: "three"}) == "three"
    for wrong in (4, 3.0, None, [3]):
        with pytest.raises(ValueError, match=r"expected a depth among 3, 5, or a plan, got \S+"):
            choose(wrong, {3: "three", 5: "five"})
