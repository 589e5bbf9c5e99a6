"""The landmark networks: as large as the papers' and torchvision's, with the same names, and small ones that learn."""

from __future__ import annotations

import hashlib
from functools import partial

import pytest
import torch

from course_lib import nn, optim
from course_lib.arrays import torch_generator
from course_lib.data import Minibatches, load_digits
from course_lib.metrics import accuracy_score
from course_lib.models import VGG, AlexNet, DenseNet, GoogLeNet, LeNet5, ResNet

SIZES = {
    "alexnet": (AlexNet, 61_100_840, "214045a0c08ffc98"),
    "vgg11": (lambda: VGG(11), 132_863_336, "a4a2a4a84e73de05"),
    "vgg13": (lambda: VGG(13), 133_047_848, "9dc9518e7646fe47"),
    "vgg16": (lambda: VGG(16), 138_357_544, "6f36a6fd49b61819"),
    "vgg19": (lambda: VGG(19), 143_667_240, "e05a894c9ad13251"),
    "vgg16_bn": (lambda: VGG(16, batch_norm=True), 138_365_992, "5f99e428d932f79e"),
    "googlenet": (GoogLeNet, 6_624_904, "2da49e8b3dc68c7d"),
    "resnet18": (lambda: ResNet(18), 11_689_512, "761022b221a39ceb"),
    "resnet34": (lambda: ResNet(34), 21_797_672, "1a060acae7a42530"),
    "resnet50": (lambda: ResNet(50), 25_557_032, "3fa57287149b51c4"),
    "resnet101": (lambda: ResNet(101), 44_549_160, "0e9191dd134cb07d"),
    "resnet152": (lambda: ResNet(152), 60_192_808, "47360b6062c7afaa"),
    "densenet121": (lambda: DenseNet(121), 7_978_856, "d52aa585c6714985"),
    "densenet161": (lambda: DenseNet(161), 28_681_000, "726b4d40ddb188d1"),
    "densenet169": (lambda: DenseNet(169), 14_149_480, "04c0da21c3018d60"),
    "densenet201": (lambda: DenseNet(201), 20_013_928, "8fd3fcb6e2757522"),
}
"""What makes each network for ImageNet, its number of parameters, and a digest of torchvision 0.28's state_dict.

The digest is of the lines "key shape" in their order, so it holds every name and every shape. GoogLeNet's is without
auxiliary classifiers.
"""

LAYERS = {
    "alexnet": {"features.0.weight": (64, 3, 11, 11), "features.10.bias": (256,), "classifier.1.weight": (4096, 9216)},
    "vgg16": {"features.28.weight": (512, 512, 3, 3), "classifier.0.weight": (4096, 25088)},
    "googlenet": {
        "conv1.conv.weight": (64, 3, 7, 7),
        "inception3a.branch2.1.conv.weight": (128, 96, 3, 3),
        "inception5b.branch4.1.bn.running_var": (128,),
    },
    "resnet18": {"layer2.0.downsample.0.weight": (128, 64, 1, 1), "layer4.1.bn2.weight": (512,)},
    "resnet152": {"layer3.35.conv3.weight": (1024, 256, 1, 1), "fc.weight": (1000, 2048)},
    "densenet121": {
        "features.denseblock3.denselayer24.conv1.weight": (128, 992, 1, 1),
        "features.transition1.conv.weight": (128, 256, 1, 1),
        "features.norm5.num_batches_tracked": (),
    },
}
"""Some layers in plain words, so that a wrong digest can be understood."""

OUTPUTS = {
    "resnet18": (lambda: ResNet(18, 5), [0.3836549969756058, 4.017678211235717, 4.389885896584166]),
    "resnet50": (lambda: ResNet(50, 5), [-5.063481494887988, -0.3766916014754227, 5.364390163133522]),
    "googlenet": (lambda: GoogLeNet(5), [-0.7809361833750764, 0.1312420909712329, 0.49828037032765937]),
    "densenet121": (lambda: DenseNet(121, 5), [1.3601995119198198, 1.4382021318034912, -2.4128780055481394]),
}
"""The first logits of torchvision 0.28's networks with five classes, for the weights and the image of ``waves``."""

SMALL = {
    "LeNet5": LeNet5.small,
    "AlexNet": AlexNet.small,
    "VGG": VGG.small,
    "GoogLeNet": GoogLeNet.small,
    "ResNet": ResNet.small,
    "plain": partial(ResNet.small, skip=False),
    "DenseNet": DenseNet.small,
}


def on_meta(make):
    """A network without numbers: shapes and names, and no memory."""
    with torch.device("meta"):
        return make().eval()


def count(net):
    return sum(p.numel() for p in net.parameters())


def waves(shape, shift, frequency):
    n = torch.Size(shape).numel()
    return torch.sin(torch.arange(n, dtype=torch.float64) * frequency + shift).reshape(shape)


def fill_with_waves(net):
    """Weights that anyone can compute: sines, of about the size that keeps the signals alive."""
    with torch.no_grad():
        for i, (name, values) in enumerate(net.state_dict().items()):
            wave = waves(values.shape, i, 0.37)
            if values.ndim > 1:
                values.copy_(wave * (2 / values[0].numel()) ** 0.5)
            elif name.endswith(("weight", "running_var")):
                values.copy_(1 + 0.1 * wave)
            elif not name.endswith("num_batches_tracked"):
                values.copy_(0.1 * wave)


@pytest.mark.parametrize("name", SIZES)
def test_as_large_as_the_original_and_with_its_names(name):
    make, parameters, digest = SIZES[name]
    net = on_meta(make)
    shapes = {key: tuple(value.shape) for key, value in net.state_dict().items()}
    assert count(net) == parameters
    assert LAYERS.get(name, {}).items() <= shapes.items()
    lines = "".join(f"{key} {shape}\n" for key, shape in shapes.items())
    assert hashlib.sha256(lines.encode()).hexdigest()[:16] == digest
    assert net(torch.empty(2, 3, 224, 224, device="meta")).shape == (2, 1000)


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_same_weights_give_torchvisions_outputs(name, device):
    make, logits = OUTPUTS[name]
    net = on_meta(make).to_empty(device=device).double()
    fill_with_waves(net)
    with torch.no_grad():
        y = net(waves((1, 3, 64, 64), 0, 0.11).to(device))
    torch.testing.assert_close(y[0, :3].cpu(), torch.tensor(logits, dtype=torch.float64), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (
            AlexNet,
            [
                *(torch.nn.Conv2d(3, 64, 11, stride=4, padding=2), torch.nn.ReLU(), torch.nn.MaxPool2d(3, 2)),
                *(torch.nn.Conv2d(64, 192, 5, padding=2), torch.nn.ReLU(), torch.nn.MaxPool2d(3, 2)),
                *(torch.nn.Conv2d(192, 384, 3, padding=1), torch.nn.ReLU()),
                *(torch.nn.Conv2d(384, 256, 3, padding=1), torch.nn.ReLU()),
                *(torch.nn.Conv2d(256, 256, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(3, 2)),
            ],
        ),
        (
            lambda: VGG(11),
            [
                *(torch.nn.Conv2d(3, 64, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2)),
                *(torch.nn.Conv2d(64, 128, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2)),
                *(torch.nn.Conv2d(128, 256, 3, padding=1), torch.nn.ReLU()),
                *(torch.nn.Conv2d(256, 256, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2)),
                *(torch.nn.Conv2d(256, 512, 3, padding=1), torch.nn.ReLU()),
                *(torch.nn.Conv2d(512, 512, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2)),
                *(torch.nn.Conv2d(512, 512, 3, padding=1), torch.nn.ReLU()),
                *(torch.nn.Conv2d(512, 512, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2)),
            ],
        ),
    ],
    ids=["AlexNet", "VGG11"],
)
def test_the_convolutions_of_alexnet_and_vgg(make, expected):
    """Without the linear layers, which hold nearly all of the parameters."""
    theirs = torch.nn.Sequential(*expected)
    ours = on_meta(make).features.to_empty(device="cpu")
    ours.load_state_dict(theirs.state_dict())
    x = torch.rand(1, 3, 71, 64, generator=torch_generator(0))
    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs(x), rtol=1e-4, atol=1e-5)


def test_lenet_is_the_papers():
    """Parameters as in the slides' table; those of c3 if its kernels see all channels."""
    net = LeNet5()
    layers = {name: count(layer) for name, layer in net.named_children() if count(layer)}
    assert layers == {"c1": 156, "c3": 2416, "c5": 48_120, "f6": 10_164, "output": 850}
    assert count(net) == 61_706
    shapes = {}
    for name, layer in net.named_children():
        layer.register_forward_hook(lambda _, __, y, name=name: shapes.update({name: tuple(y.shape[1:])}))
    net(torch.zeros(1, 1, 28, 28))
    assert shapes["c1"] == (6, 28, 28)
    assert shapes["s2"] == (6, 14, 14)
    assert shapes["c3"] == (16, 10, 10)
    assert shapes["s4"] == (16, 5, 5)
    assert shapes["c5"] == (120,)


def test_lenet_against_torchs_layers():
    T = torch.nn
    theirs = T.Sequential(
        *(T.Conv2d(1, 6, 5, padding=2), T.Tanh(), T.AvgPool2d(2)),
        *(T.Conv2d(6, 16, 5), T.Tanh(), T.AvgPool2d(2), T.Flatten()),
        *(T.Linear(400, 120), T.Tanh(), T.Linear(120, 84), T.Tanh(), T.Linear(84, 10)),
    ).double()
    ours = LeNet5(generator=torch_generator(0)).double()
    for mine, yours in zip(ours.parameters(), theirs.parameters(), strict=True):
        yours.data.copy_(mine.data)
    x = torch.rand(2, 1, 28, 28, dtype=torch.float64, generator=torch_generator(1))
    torch.testing.assert_close(ours(x), theirs(x), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("size", [8, 28])
@pytest.mark.parametrize("name", SMALL)
def test_small_ones_take_digits_of_both_sizes(name, size, device):
    net = SMALL[name](1, 10, generator=torch_generator(0)).to(device)
    assert net(torch.rand(3, 1, size, size, device=device)).shape == (3, 10)
    assert SMALL[name](3, 7)(torch.rand(2, 3, size, size)).shape == (2, 7)


@pytest.mark.parametrize(
    ("name", "size"), [("LeNet5", 8), ("AlexNet", 4), ("VGG", 4), ("GoogLeNet", 1), ("ResNet", 1), ("DenseNet", 4)]
)
def test_the_smallest_images_that_the_docstrings_name(name, size):
    assert SMALL[name]()(torch.zeros(2, 1, size, size)).shape == (2, 10)


@pytest.mark.parametrize("name", SMALL)
def test_a_generator_is_all_that_decides(name):
    """Weights and the masks of dropout come from the generator, and from nowhere else."""
    before = torch.get_rng_state()
    x = torch.rand(4, 1, 8, 8, generator=torch_generator(9))
    a, b, c = (SMALL[name](generator=torch_generator(seed)) for seed in (0, 0, 1))
    assert torch.equal(a(x), b(x))
    assert not torch.equal(a(x), c(x))
    assert torch.equal(torch.get_rng_state(), before)


LEARNED = {
    "LeNet5": (8, 5e-3),
    "AlexNet": (4, 4e-3),
    "VGG": (3, 3e-3),
    "GoogLeNet": (4, 5e-3),
    "ResNet": (2, 5e-3),
    "DenseNet": (2, 5e-3),
}
"""Epochs and learning rate with which each learns nine of ten digits; the lecture trains them longer."""


@pytest.mark.parametrize("name", LEARNED)
def test_small_ones_learn_digits(name):
    epochs, rate = LEARNED[name]
    digits, generator = load_digits(images=True), torch_generator(0)
    net = SMALL[name](generator=generator)
    adam = optim.Adam(net.parameters(), lr=rate)
    schedule = optim.lr_scheduler.CosineAnnealingLR(adam, epochs)
    batches = Minibatches(digits.X_train, digits.y_train, batch_size=64, generator=generator)
    loss = nn.CrossEntropyLoss()
    for _ in range(epochs):
        for x, y in batches:
            adam.zero_grad()
            loss(net(x), y).backward()
            adam.step()
        schedule.step()
    net.eval()
    with torch.no_grad():
        assert accuracy_score(digits.y_test, net(digits.X_test).argmax(1)) >= 0.9


@pytest.mark.parametrize("make", [VGG, ResNet, DenseNet])
def test_depths_that_no_paper_has(make):
    with pytest.raises(ValueError, match=r"expected a depth among \d+, .*got 17"):
        make(17)


@pytest.mark.parametrize("depth", [2, 9, 18])
def test_depths_that_small_resnets_have_not(depth):
    with pytest.raises(ValueError, match=f"6n \\+ 2.*got {depth}"):
        ResNet.small(depth=depth)


@pytest.mark.parametrize("depth", [8, 20])
def test_the_depth_counts_layers_with_weights(depth):
    plain = ResNet.small(depth=depth, skip=False)
    assert sum(isinstance(layer, nn.Conv2d | nn.Linear) for layer in plain.modules()) == depth


def test_a_block_whose_residual_is_zero_hands_its_input_on():
    net = ResNet.small(depth=14, generator=torch_generator(0)).eval()
    block = net.layer1[1]
    nn.init.zeros_(block.bn2.weight)
    x = torch.rand(2, 16, 5, 5, generator=torch_generator(1))
    assert torch.equal(block(x), x)


def test_plain_networks_have_the_same_layers_without_shortcuts():
    with_skip, plain = on_meta(lambda: ResNet(18)), on_meta(lambda: ResNet(18, skip=False))
    missing = with_skip.state_dict().keys() - plain.state_dict().keys()
    assert all("downsample" in key for key in missing)
    assert len(missing) == 3 * 6
    block = ResNet.small(skip=False).layer1[0].eval()
    nn.init.zeros_(block.bn2.weight)
    assert not block(torch.ones(1, 16, 3, 3)).any()


def test_a_dense_block_keeps_what_it_was_given():
    block = DenseNet.small(generator=torch_generator(0)).features.denseblock1.eval()
    x = torch.rand(2, 24, 4, 4, generator=torch_generator(1))
    assert torch.equal(block(x)[:, :24], x)


def test_first_weights_of_vgg_resnet_and_densenet():
    """He et al.: variance 2 / fan, of outputs for VGG and ResNet, of inputs for DenseNet."""

    def spread(weight):
        return weight.square().mean().sqrt().item()

    vgg = VGG.small(generator=torch_generator(0))
    assert spread(vgg.features[10].weight) == pytest.approx((2 / (32 * 9)) ** 0.5, rel=0.05)
    assert not vgg.features[10].bias.any()
    resnet = ResNet.small(generator=torch_generator(0))
    assert spread(resnet.layer3[0].conv1.weight) == pytest.approx((2 / (64 * 9)) ** 0.5, rel=0.05)
    densenet = DenseNet.small(generator=torch_generator(0))
    layer = densenet.features.denseblock2.denselayer2
    assert spread(layer.conv2.weight) == pytest.approx((2 / (48 * 9)) ** 0.5, rel=0.05)
    assert not densenet.classifier.bias.any()
    googlenet = GoogLeNet.small(generator=torch_generator(0))
    assert spread(googlenet.inception4a.branch2[1].conv.weight) == pytest.approx(0.01, rel=0.05)


def test_a_slice_of_a_network_is_a_row_of_its_layers():
    net = ResNet.small(generator=torch_generator(0)).eval()
    x = torch.rand(2, 1, 8, 8, generator=torch_generator(1))
    features = net[:-1]
    assert type(features) is nn.Sequential
    assert list(features._modules) == list(net._modules)[:-1]
    assert features(x).shape == (2, 64)
    torch.testing.assert_close(net.fc(features(x)), net(x))
    assert net[-1] is net.fc
