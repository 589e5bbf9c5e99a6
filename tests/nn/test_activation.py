"""What only we have, held against formulas; and derivatives of everything against differences."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.autograd import gradcheck, gradgradcheck

from course_lib import nn
from course_lib.arrays import torch_generator
from tests.nn.oracle import waves

EVERY_LAYER = [
    nn.Identity(),
    nn.Linear(4, 3),
    nn.Linear(4, 3, bias=False),
    nn.ReLU(),
    nn.LeakyReLU(0.2),
    nn.PReLU(),
    nn.PReLU(4),
    nn.AbsoluteValue(),
    nn.Maxout(4, 3, num_pieces=3),
    nn.Maxout(4, 1, num_pieces=2, bias=False),
    nn.Sigmoid(),
    nn.LogSigmoid(),
    nn.Tanh(),
    nn.Softplus(),
    nn.Softplus(beta=3.0, threshold=2.0),
    nn.Hardtanh(-0.7, 1.3),
    nn.RBF(4, 3),
    nn.Cosine(),
    nn.Softmax(dim=1),
    nn.LogSoftmax(dim=0),
]


@pytest.mark.parametrize("layer", EVERY_LAYER, ids=str)
def test_derivatives_agree_with_differences(layer):
    """Of the output, and of the derivative itself; with respect to the input and the parameters."""
    layer = layer.double()
    x = 2 * torch.randn(3, 4, generator=torch_generator(1), dtype=torch.float64)
    inputs = (x.requires_grad_(), *(p.detach().clone().requires_grad_() for p in layer.parameters()))
    names = [name for name, _ in layer.named_parameters()]

    def f(x, *parameters):
        return torch.func.functional_call(layer, dict(zip(names, parameters, strict=True)), x)

    assert gradcheck(f, inputs)
    assert gradgradcheck(f, inputs)


@pytest.mark.parametrize("layer", EVERY_LAYER, ids=str)
def test_layers_leave_their_input_alone_and_keep_its_dtype(layer, device):
    layer = layer.float().to(device)
    x = waves(torch.empty(3, 4, device=device))
    before = x.clone()
    y = layer(x)
    assert torch.equal(x, before)
    assert (y.dtype, y.device) == (x.dtype, x.device)


def test_maxout_is_the_largest_of_its_affine_maps(device):
    layer = nn.Maxout(4, 3, num_pieces=5, dtype=torch.float64, device=device)
    x = waves(torch.empty(2, 6, 4, dtype=torch.float64, device=device))
    z = torch.einsum("nti,oki->ntok", x, layer.weight) + layer.bias
    torch.testing.assert_close(layer(x), z.amax(dim=-1))


def test_maxout_can_be_relu_and_the_absolute_value():
    x = torch.linspace(-2, 2, 9).unsqueeze(1)
    for slopes, expected in [([1.0, 0.0], nn.ReLU()), ([1.0, -1.0], nn.AbsoluteValue())]:
        layer = nn.Maxout(1, 1, num_pieces=2, bias=False)
        layer.load_state_dict({"weight": torch.tensor(slopes).reshape(1, 2, 1)})
        torch.testing.assert_close(layer(x), expected(x))


def test_a_tie_between_pieces_sends_the_gradient_through_one_of_them():
    layer = nn.Maxout(1, 1, num_pieces=2, bias=False)
    layer.load_state_dict({"weight": torch.ones(1, 2, 1)})
    x = torch.ones(1, 1, requires_grad=True)
    layer(x).sum().backward()
    assert x.grad.item() == 1
    assert sorted(layer.weight.grad.flatten().tolist()) == [0, 1]


def test_rbf_measures_the_distance_to_its_templates(device):
    layer = nn.RBF(4, 3, dtype=torch.float64, device=device)
    with torch.no_grad():
        layer.sigma.copy_(torch.tensor([0.5, 1.0, -2.0]))  # only its square counts
    x = waves(torch.empty(5, 4, dtype=torch.float64, device=device))
    distance = torch.cdist(x, layer.weight.detach())
    torch.testing.assert_close(layer(x), torch.exp(-((distance / layer.sigma) ** 2)))


def test_rbf_answers_one_at_its_template_and_nothing_far_away():
    unit = nn.RBF(2, 1)
    assert unit(unit.weight.detach()).item() == 1
    far = torch.full((1, 2), 1e4, requires_grad=True)
    y = unit(far)
    y.backward()
    assert y.item() == 0
    assert torch.equal(far.grad, torch.zeros(1, 2))


@given(st.floats(-1e4, 1e4))
def test_identities(z):
    z = torch.tensor(z, dtype=torch.float64)
    sigmoid, softplus = nn.Sigmoid(), nn.Softplus(threshold=math.inf)
    for ours, theirs in [
        (nn.Tanh()(z), 2 * sigmoid(2 * z) - 1),
        (sigmoid(-z), 1 - sigmoid(z)),
        (softplus(z) - softplus(-z), z),
        (nn.LogSigmoid()(z), -softplus(-z)),
        (nn.AbsoluteValue()(z), nn.ReLU()(z) + nn.ReLU()(-z)),
        (nn.LeakyReLU(-1.0)(z), nn.AbsoluteValue()(z)),
        (nn.Cosine()(z), torch.tensor(np.cos(z.item()))),
    ]:
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


def test_the_sigmoid_keeps_its_digits_in_the_left_tail():
    x = torch.tensor([-40.0, -200.0, -700.0], dtype=torch.float64)
    torch.testing.assert_close(nn.Sigmoid()(x), torch.exp(x), rtol=1e-14, atol=0)


@pytest.mark.parametrize(
    ("make", "parameters"),
    [
        (lambda g: nn.Linear(5, 4, generator=g), {"weight": (4, 5), "bias": (4,)}),
        (lambda g: nn.Maxout(5, 4, 3, generator=g), {"weight": (4, 3, 5), "bias": (4, 3)}),
        (lambda g: nn.Maxout(5, 4, 3, bias=False, generator=g), {"weight": (4, 3, 5)}),
        (lambda g: nn.RBF(5, 4, generator=g), {"weight": (4, 5), "sigma": (4,)}),
    ],
)
def test_parameters_and_generators(make, parameters):
    state = make(torch_generator(0)).state_dict()
    assert {name: tuple(value.shape) for name, value in state.items()} == parameters
    torch.testing.assert_close(make(torch_generator(0)).state_dict(), state, rtol=0, atol=0)
    assert not torch.equal(make(torch_generator(1)).weight, state["weight"])
    untouched = torch.random.get_rng_state()
    make(torch_generator(0))
    assert torch.equal(torch.random.get_rng_state(), untouched)


def test_maxout_starts_with_the_spread_of_a_linear_layer():
    bound = 1 / math.sqrt(16)
    values = nn.Maxout(16, 64, 4, generator=torch_generator(0)).weight.detach()
    assert values.abs().max() <= bound
    assert values.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.05)


@pytest.mark.parametrize(
    ("layer", "written"),
    [
        (nn.Maxout(3, 2, 4), "Maxout(in_features=3, out_features=2, num_pieces=4, bias=True)"),
        (nn.RBF(3, 2), "RBF(in_features=3, out_features=2)"),
        (nn.Cosine(), "Cosine()"),
        (nn.AbsoluteValue(), "AbsoluteValue()"),
    ],
)
def test_repr(layer, written):
    assert repr(layer) == written


@pytest.mark.parametrize("layer", [nn.Maxout(3, 2, 4), nn.RBF(3, 2)])
@pytest.mark.parametrize("shape", [(2, 4), ()])
def test_inputs_must_have_as_many_features(layer, shape):
    with pytest.raises(RuntimeError, match=r"shape \(\.\.\., 3\)"):
        layer(torch.zeros(shape))


def test_a_maxout_unit_needs_a_piece():
    with pytest.raises(ValueError, match="num_pieces"):
        nn.Maxout(3, 2, 0)


def test_the_old_names_of_the_ends_of_hardtanh_work_and_warn():
    with pytest.warns(FutureWarning, match="min_val"):
        layer = nn.Hardtanh(min_value=-2.0)
    assert layer.min_val == -2
    with pytest.warns(FutureWarning, match="max_val"):
        layer = nn.Hardtanh(max_value=3.0)
    assert layer.max_val == 3
