"""The multilayer perceptron against torch's own layers in a row."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.models import MLP

THEIRS = {nn.ReLU: torch.nn.ReLU, nn.Tanh: torch.nn.Tanh, nn.Softplus: torch.nn.Softplus}


@pytest.mark.parametrize("activation", THEIRS)
@pytest.mark.parametrize("sizes", [(3, 2), (4, 5, 2), (2, 8, 8, 8, 1)])
def test_it_computes_what_torchs_layers_in_a_row_compute(sizes, activation, device):
    ours = MLP(sizes, activation, generator=torch_generator(0)).double().to(device)
    pairs = list(pairwise(sizes))
    rows = [layer for m, n in pairs for layer in (torch.nn.Linear(m, n), THEIRS[activation]())]
    theirs = torch.nn.Sequential(*rows[:-1]).double().to(device)
    for mine, yours in zip(ours.layers, theirs[::2], strict=True):
        yours.load_state_dict(mine.state_dict())
    x = torch.linspace(-2, 2, 5 * sizes[0], dtype=torch.float64, device=device).reshape(5, sizes[0])
    torch.testing.assert_close(ours(x), theirs(x), rtol=1e-10, atol=1e-10)
    mine = torch.autograd.grad(ours(x).square().sum(), list(ours.parameters()))
    yours = torch.autograd.grad(theirs(x).square().sum(), list(theirs.parameters()))
    torch.testing.assert_close(mine, yours, rtol=1e-10, atol=1e-10)


def test_the_slides_count_of_parameters():
    """Each unit has one weight per input and one bias."""
    sizes = [784, 128, 64, 10]
    expected = sum((m + 1) * n for m, n in pairwise(sizes))
    assert sum(p.numel() for p in MLP(sizes).parameters()) == expected == 109_386


def test_a_generator_makes_it_repeatable():
    a, b, c = (MLP([2, 3, 1], generator=torch_generator(seed)).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(a[name], b[name]) for name in a)
    assert not torch.equal(a["layers.0.weight"], c["layers.0.weight"])


def test_every_hidden_layer_has_its_own_activation():
    net = MLP([2, 3, 3, 1], nn.PReLU)
    first, second = net.activations
    assert isinstance(first, nn.PReLU)
    assert first is not second


@pytest.mark.parametrize("sizes", [[], [3], [3, 0, 1]])
def test_sizes_must_make_a_network(sizes):
    with pytest.raises(ValueError, match="at least two positive sizes"):
        MLP(sizes)


def test_an_activation_with_brackets_is_refused():
    with pytest.raises(TypeError, match=r"nn.ReLU without brackets, got Tanh\(\)"):
        MLP([2, 3, 1], nn.Tanh())
