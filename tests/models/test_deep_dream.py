"""Deep dream: one step by hand, what it increases, what it leaves alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.models import ResNet, deep_dream, feature_extractor
from course_lib.models.deep_dream import resize


@pytest.fixture
def net():
    return ResNet.small(generator=torch_generator(0))


def image(*shape):
    return torch.rand(*shape, generator=torch_generator(1))


def response(net, x, layer, channel=None):
    h = feature_extractor(net.eval(), layer)(x)
    return (h.square().mean() / 2 if channel is None else h[:, channel].mean()).item()


def test_one_step_by_hand():
    """h = 3x has the gradient 9x of its squared length, up to a factor that the division takes away."""
    net = nn.Sequential(nn.Conv2d(1, 1, 1, bias=False))
    nn.init.constant_(net[0].weight, 3.0)
    x = torch.tensor([[[0.1, 0.3], [0.0, 0.4]]])
    dream = deep_dream(net, x, layer="0", steps=1, learning_rate=0.2)
    torch.testing.assert_close(dream, x + 0.2 * x / 0.2)


def test_images_of_a_batch_dream_alone(net):
    x = image(2, 1, 8, 8)
    x[1] *= 0.1
    both = deep_dream(net, x, layer="layer2", steps=3)
    each = torch.stack([deep_dream(net, one, layer="layer2", steps=3) for one in x])
    torch.testing.assert_close(both, each)


@pytest.mark.parametrize(("layer", "channel"), [("layer1", None), ("layer3", None), ("layer2.0.bn2", 5), ("fc", 7)])
def test_the_layer_responds_more_strongly(net, layer, channel, device):
    net, x = net.to(device), image(1, 1, 12, 12).to(device)
    dream = deep_dream(net, x, layer=layer, channel=channel, steps=10)
    assert response(net, dream, layer, channel) > response(net, x, layer, channel)
    assert dream.shape == x.shape
    assert dream.device == x.device


def test_another_channel_is_another_dream(net):
    x = image(1, 8, 8)
    a, b = (deep_dream(net, x, layer="layer2", channel=channel) for channel in (0, 1))
    assert not torch.equal(a, b)


@pytest.mark.parametrize("octaves", [1, 3])
def test_pixels_stay_in_their_bounds(net, octaves):
    dream = deep_dream(net, image(1, 20, 14), layer="layer1", octaves=octaves, learning_rate=0.3)
    assert dream.shape == (1, 20, 14)
    assert dream.min() >= 0
    assert dream.max() <= 1
    wide = deep_dream(net, image(1, 8, 8), layer="layer1", learning_rate=0.3, bounds=(-5.0, 5.0))
    assert wide.abs().max() > 1


def test_without_steps_octaves_take_the_image_apart_and_put_it_together(net):
    x = image(1, 20, 14)
    torch.testing.assert_close(deep_dream(net, x, layer="layer1", steps=0, octaves=4), x)


def test_octaves_begin_with_a_smaller_image(net):
    seen = []
    net.conv1.register_forward_hook(lambda _, inputs, __: seen.append(tuple(inputs[0].shape[2:])))
    deep_dream(net, image(1, 32, 16), layer="conv1", steps=1, octaves=3, octave_scale=2.0)
    assert seen == [(8, 4), (16, 8), (32, 16)]


def test_octaves_change_large_shapes():
    """An edge filter alone makes fine stripes; on a small copy its stripes are broad."""
    edges = nn.Sequential(nn.Conv2d(1, 1, (1, 2), bias=False))
    with torch.no_grad():
        edges[0].weight.copy_(torch.tensor([[[[-1.0, 1.0]]]]))
    x = image(1, 32, 32)

    def share_of_broad_changes(octaves):
        change = deep_dream(edges, x, layer="0", steps=5, octaves=octaves, octave_scale=2.0, bounds=(-9.0, 9.0)) - x
        blurred = change.reshape(8, 4, 8, 4).mean((1, 3))
        return (blurred.square().mean() / change.square().mean()).item()

    assert share_of_broad_changes(4) > 3 * share_of_broad_changes(1)


def test_network_and_image_come_back_as_they_were(net):
    net.train()
    net.layer1.eval()
    x = image(1, 8, 8).requires_grad_()
    state = {name: value.clone() for name, value in net.state_dict().items()}
    before = x.detach().clone()
    with torch.no_grad():
        dream = deep_dream(net, x, layer="layer3", steps=2)
    assert all(torch.equal(value, state[name]) for name, value in net.state_dict().items())
    assert net.training
    assert net.layer2.training
    assert not net.layer1.training
    assert all(p.grad is None for p in net.parameters())
    assert torch.equal(x.detach(), before)
    assert not dream.requires_grad


def test_a_dead_channel_leaves_the_image():
    net = nn.Sequential(nn.Conv2d(1, 1, 1), nn.ReLU())
    nn.init.constant_(net[0].bias, -10.0)
    x = image(1, 4, 4)
    assert torch.equal(deep_dream(net, x, layer="1", channel=0), x)


@pytest.mark.parametrize("channel", [-1, 64])
def test_channels_that_are_not_there(net, channel):
    with pytest.raises(IndexError, match=f"from 0 to 63, as the layer has, got {channel}"):
        deep_dream(net, image(1, 8, 8), layer="layer3", channel=channel)


@pytest.mark.parametrize("wrong", [np.zeros((1, 8, 8)), torch.zeros(1, 8, 8, dtype=torch.uint8)])
def test_the_image_is_a_floating_tensor(net, wrong):
    with pytest.raises(TypeError, match="image (as a torch tensor|of a floating dtype), got"):
        deep_dream(net, wrong, layer="layer1")


def test_the_image_has_channels(net):
    with pytest.raises(ValueError, match=r"got shape \(8, 8\)"):
        deep_dream(net, torch.zeros(8, 8), layer="layer1")


@pytest.mark.parametrize("value", [-0.1, 255.0, float("nan")])
def test_the_image_is_within_the_bounds(net, value):
    """Bytes as floats would be clipped to white without a word."""
    x = image(1, 8, 8)
    x[0, 0, 0] = value
    with pytest.raises(ValueError, match="image from 0.0 to 1.0, got .* pass bounds="):
        deep_dream(net, x, layer="layer1")
    with pytest.raises(ValueError, match=r"bounds=\(smallest, largest\), got \(1, 0\)"):
        deep_dream(net, image(1, 8, 8), layer="layer1", bounds=(1, 0))


@pytest.mark.parametrize(
    "wrong",
    [{"steps": -1}, {"learning_rate": 0.0}, {"learning_rate": float("nan")}, {"octaves": 0}, {"octave_scale": 1.0}],
)
def test_numbers_out_of_range(net, wrong):
    with pytest.raises(
        ValueError, match="steps of at least 0, a learning_rate above 0, octaves of at least 1 and an octave_scale"
    ):
        deep_dream(net, image(1, 8, 8), layer="layer1", **wrong)


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (7, 7), (14, 9)])
def test_resize_is_bilinear(size, device):
    x = image(2, 3, 7, 6).double().to(device)
    expected = torch.nn.functional.interpolate(x, size, mode="bilinear", align_corners=False)
    torch.testing.assert_close(resize(x, list(size)), expected)
