"""The landmark networks: as large as the papers' and torchvision's, with the same names, and small ones that learn."""

from __future__ import annotations

import pytest
import torch

from course_lib.arrays import torch_generator
from course_lib.models import VGG, AlexNet, DenseNet, GoogLeNet, LeNet5, ResNet

SIZES = {
    "alexnet": (AlexNet, 61_100_840),
    "vgg11": (lambda: VGG(11), 132_863_336),
    "vgg13": (lambda: VGG(13), 133_047_848),
    "vgg16": (lambda: VGG(16), 138_357_544),
    "vgg19": (lambda: VGG(19), 143_667_240),
    "vgg16_bn": (lambda: VGG(16, batch_norm=True), 138_365_992),
    "resnet18": (lambda: ResNet(18), 11_689_512),
    "resnet34": (lambda: ResNet(34), 21_797_672),
    "resnet50": (lambda: ResNet(50), 25_557_032),
    "resnet101": (lambda: ResNet(101), 44_549_160),
    "resnet152": (lambda: ResNet(152), 60_192_808),
    "googlenet": (GoogLeNet, 6_624_904),
    "densenet121": (lambda: DenseNet(121), 7_978_856),
    "densenet161": (lambda: DenseNet(161), 28_681_000),
    "densenet169": (lambda: DenseNet(169), 14_149_480),
    "densenet201": (lambda: DenseNet(201), 20_013_928),
}
"""What makes each network for ImageNet, and its number of parameters: torchvision's, and the papers' where they say."""

SMALL = {
    "LeNet5": LeNet5.small,
    "AlexNet": AlexNet.small,
    "VGG": VGG.small,
    "GoogLeNet": GoogLeNet.small,
    "DenseNet": DenseNet.small,
    "ResNet": ResNet.small,
    "ResNet plain": lambda *sizes, **options: ResNet.small(*sizes, skip=False, **options),
}


def on_meta(make):
    """A network without numbers: shapes and names, and no memory."""
    with torch.device("meta"):
        return make().eval()


def count(net):
    return sum(p.numel() for p in net.parameters())


@pytest.mark.parametrize("name", SIZES)
def test_as_large_as_the_original(name):
    make, parameters = SIZES[name]
    net = on_meta(make)
    assert count(net) == parameters
    assert net(torch.empty(2, 3, 224, 224, device="meta")).shape == (2, 1000)


@pytest.mark.parametrize("size", [8, 28])
@pytest.mark.parametrize("name", SMALL)
def test_small_ones_take_digits_of_both_sizes(name, size, device):
    net = SMALL[name](1, 10, generator=torch_generator(0)).to(device)
    assert net(torch.rand(3, 1, size, size, device=device)).shape == (3, 10)
    assert SMALL[name](3, 7)(torch.rand(2, 3, size, size)).shape == (2, 7)
