"""Looking into a network: what its layers return, and where it stops."""

from __future__ import annotations

import copy

import pytest
import torch

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.models import VGG, LeNet5, ResNet, feature_extractor


@pytest.fixture
def net():
    return ResNet.small(generator=torch_generator(0)).eval()


def images(size=8):
    return torch.rand(3, 1, size, size, generator=torch_generator(1))


@pytest.mark.parametrize("layer", ["conv1", "layer2", "layer2.0", "layer3.0.conv2", "flatten", "fc"])
def test_it_returns_what_a_hook_sees(net, layer, device):
    net, x = net.to(device), images().to(device)
    seen = []
    net.get_submodule(layer).register_forward_hook(lambda _, __, y: seen.append(y))
    net(x)
    assert torch.equal(feature_extractor(net, layer)(x), seen[0])


def test_it_is_the_network_cut_there(net):
    assert torch.equal(feature_extractor(net, "layer1")(images()), net[:5](images()))


def test_the_last_hidden_layer_of_a_large_network():
    with torch.device("meta"):
        net = VGG(16).eval()
        assert feature_extractor(net, "classifier.4")(torch.empty(2, 3, 224, 224)).shape == (2, 4096)


def test_layers_behind_are_not_run():
    """So images that the linear layers could not take are no problem before them."""
    net = LeNet5(generator=torch_generator(0))
    large = torch.rand(1, 1, 40, 60, generator=torch_generator(1))
    assert feature_extractor(net, "s2")(large).shape == (1, 6, 20, 30)
    assert torch.equal(feature_extractor(net, "c1")(large), net.c1(large))


def test_of_a_layer_used_twice_the_first_time_counts(net):
    x = images()
    block = net.layer1[0]
    inside = feature_extractor(block, "relu")(net[:4](x))
    assert torch.equal(inside, block.relu(block.bn1(block.conv1(net[:4](x)))))


def test_gradients_flow_and_nothing_stays_behind(net):
    x = images().requires_grad_()
    features = feature_extractor(net, "layer1")
    expected = torch.autograd.grad(net[:5](x).square().sum(), x)[0]
    torch.testing.assert_close(torch.autograd.grad(features(x).square().sum(), x)[0], expected)
    assert not any(module._forward_hooks for module in net.modules())
    assert net(x).shape == (3, 10)


def test_hooks_go_when_the_network_fails(net):
    with pytest.raises(RuntimeError, match="expected 1 channels"):
        feature_extractor(net, "fc")(torch.zeros(1, 2, 8, 8))
    assert not any(module._forward_hooks for module in net.modules())


def test_it_is_a_module_with_the_networks_parameters(net):
    features = feature_extractor(net, "flatten")
    assert {id(p) for p in features.parameters()} == {id(p) for p in net.parameters()}
    assert features.train().model.training
    other = copy.deepcopy(features).eval()
    nn.init.zeros_(other.model.conv1.weight)
    assert not torch.equal(other(images()), features.eval()(images()))
    assert "layer='flatten'" in repr(features)


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ("conv9", "no layer is called 'conv9': the model has 'conv1', 'bn1', 'relu'"),
        ("layer1.7", "no layer is called 'layer1.7': layer1 has '0'"),
        ("layer1.0.conv1.weight", "layer1.0.conv1 has no layers"),
        ("", "no layer is called '': the model has 'conv1'"),
    ],
)
def test_the_error_says_where_the_name_goes_wrong(net, layer, message):
    with pytest.raises(ValueError, match=message):
        feature_extractor(net, layer)


def test_a_layer_that_is_never_reached():
    class Idle(nn.Module):
        def __init__(self):
            super().__init__()
            self.unused = nn.Identity()

        def forward(self, x):
            return x

    with pytest.raises(RuntimeError, match="'unused', but does not use it"):
        feature_extractor(Idle(), "unused")(torch.zeros(1))
