"""Initialisers beside torch's: the same arguments and, from the same generator, the same numbers."""

from __future__ import annotations

import inspect
import math
import warnings

import pytest
import torch

from course_lib.arrays import torch_generator
from course_lib.nn import init

RANDOM = [
    ("uniform_", {"a": -2.0, "b": 3.0}),
    ("normal_", {"mean": 1.0, "std": 0.1}),
    ("xavier_uniform_", {}),
    ("xavier_uniform_", {"gain": 2.0}),
    ("xavier_normal_", {"gain": 0.5}),
    ("kaiming_uniform_", {}),
    ("kaiming_uniform_", {"a": math.sqrt(5), "mode": "fan_out"}),
    ("kaiming_uniform_", {"nonlinearity": "tanh"}),
    ("kaiming_normal_", {"nonlinearity": "relu"}),
    ("kaiming_normal_", {"a": 0.2, "mode": "fan_out"}),
    ("orthogonal_", {}),
    ("orthogonal_", {"gain": 1.5}),
]
NAMES = [*dict.fromkeys(name for name, _ in RANDOM), "constant_", "zeros_", "ones_", "calculate_gain", "sparse_"]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_arguments(name):
    ours, theirs = (inspect.signature(getattr(library, name)).parameters for library in (init, torch.nn.init))
    assert [(p.name, p.default) for p in ours.values()] == [(p.name, p.default) for p in theirs.values()]


@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 3, 2, 2)])
@pytest.mark.parametrize(("name", "options"), RANDOM)
def test_the_same_numbers(name, options, shape):
    mine, yours = (
        getattr(library, name)(torch.empty(shape, requires_grad=True), **options, generator=torch_generator(0))
        for library in (init, torch.nn.init)
    )
    torch.testing.assert_close(mine, yours)
    assert mine.requires_grad
    assert mine.is_leaf


@pytest.mark.parametrize(("name", "arguments"), [("constant_", (0.3,)), ("zeros_", ()), ("ones_", ())])
def test_constants(name, arguments):
    mine, yours = (
        getattr(library, name)(torch.empty(2, 2, requires_grad=True), *arguments) for library in (init, torch.nn.init)
    )
    assert torch.equal(mine, yours)


@pytest.mark.parametrize("name", [*init.GAINS, "leaky_relu"])
def test_gains(name):
    assert init.calculate_gain(name) == torch.nn.init.calculate_gain(name)


@pytest.mark.parametrize("slope", [0, 0.3, 1])
def test_gains_of_leaky_rectifiers(slope):
    assert init.calculate_gain("leaky_relu", slope) == torch.nn.init.calculate_gain("leaky_relu", slope)


@pytest.mark.parametrize("shape", [(20, 30), (30, 20), (16, 4, 3, 3)])
def test_orthogonal_weights_keep_lengths(shape):
    W = init.orthogonal_(torch.empty(shape), gain=2.0, generator=torch_generator(0)).flatten(1)
    fewer = W if W.shape[0] <= W.shape[1] else W.T
    torch.testing.assert_close(fewer @ fewer.T, 4 * torch.eye(len(fewer)), rtol=0, atol=1e-5)


@pytest.mark.parametrize("sparsity", [0.0, 0.3, 1.0])
def test_sparse_weights(sparsity):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        mine = init.sparse_(torch.empty(10, 4, requires_grad=True), sparsity, std=0.5)
        torch.manual_seed(0)
        yours = torch.nn.init.sparse_(torch.empty(10, 4, requires_grad=True), sparsity, std=0.5)
    torch.testing.assert_close(mine, yours)
    assert ((mine == 0).sum(0) == math.ceil(10 * sparsity)).all()
    drawn = [init.sparse_(torch.empty(10, 4), sparsity, generator=torch_generator(1)) for _ in range(2)]
    assert torch.equal(*drawn)


def test_rectified_layers_keep_the_size_of_signals():
    """Through twenty layers: with the gain of the ReLU the second moment stays, without it half is lost at each."""
    g = torch_generator(0)
    x = torch.randn(256, 512, generator=g)
    for gain, expected in [("relu", 1.0), ("linear", 0.5**20)]:
        h = x
        for _ in range(20):
            W = init.kaiming_normal_(torch.empty(512, 512), nonlinearity=gain, generator=g)
            h = torch.relu(h @ W.T)
        assert h.square().mean().item() == pytest.approx(expected, rel=0.5)


@pytest.mark.parametrize("name", ["kaiming_uniform_", "kaiming_normal_"])
def test_a_tensor_without_entries_stays_and_warns(name):
    with pytest.warns(UserWarning, match="no entries"):
        assert getattr(init, name)(torch.empty(0, 3)).shape == (0, 3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda lib: lib.xavier_uniform_(torch.empty(3)), "2 dimensions"),
        (lambda lib: lib.kaiming_normal_(torch.empty(3)), "2 dimensions"),
        (lambda lib: lib.kaiming_uniform_(torch.empty(3, 3), mode="fan"), "fan_in"),
        (lambda lib: lib.orthogonal_(torch.empty(3)), "2 dimensions"),
        (lambda lib: lib.sparse_(torch.empty(3), 0.1), "2 dimensions"),
        (lambda lib: lib.calculate_gain("step"), "'step'"),
        (lambda lib: lib.calculate_gain("leaky_relu", "steep"), "'steep'"),
        (lambda lib: lib.calculate_gain("leaky_relu", True), "True"),
    ],
)
def test_errors_have_torchs_type_and_better_words(call, words):
    with warnings.catch_warnings(), pytest.raises(Exception) as theirs:
        call(torch.nn.init)
    with pytest.raises(theirs.type) as raised:
        call(init)
    assert words in str(raised.value)
