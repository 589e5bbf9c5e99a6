"""Linear regions: hand-made folding networks, arrangements of lines, and what makes a cell a cell."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.models import MLP, count_linear_regions, linear_regions

UNIT_INTERVAL = torch.tensor([[0.0], [1.0]])
WINDOW = torch.tensor([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])


def folding_network(depth: int) -> MLP:
    """Each hidden layer is the tent map 2x - 4 max(0, x - 1/2) on [0, 1], by two ReLUs: a fold in half."""
    net = MLP([1, *[2] * depth, 1])
    tent = torch.tensor([[2.0, -4.0]])
    with torch.no_grad():
        for i, layer in enumerate(net.layers):
            layer.weight.copy_(torch.ones(2, 1) if i == 0 else tent if i == depth else tent.expand(2, 2))
            layer.bias.copy_(torch.tensor([0.0]) if i == depth else torch.tensor([0.0, -0.5]))
    return net


def patterns(net: MLP, x: np.ndarray) -> set[tuple[bool, ...]]:
    """Which units are on, for every point; computed layer by layer, without the code under test."""
    h = torch.from_numpy(x).to(net.layers[0].weight.dtype)
    on = []
    for layer in net.layers[:-1]:
        h = layer(h)
        on.append(h > 0)
        h = torch.relu(h)
    return set(map(tuple, torch.cat(on, dim=-1).tolist()))


def area(corners: np.ndarray) -> float:
    x, y = corners.T
    return abs(float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))) / 2


@pytest.mark.parametrize("depth", [1, 2, 3, 6])
def test_folding_doubles_the_pieces_with_every_layer(depth):
    net = folding_network(depth)
    assert count_linear_regions(net, UNIT_INTERVAL) == 2**depth
    ends = np.sort(np.unique(np.concatenate(linear_regions(net, UNIT_INTERVAL)).round(12)))
    np.testing.assert_allclose(ends, np.arange(2**depth + 1) / 2**depth, atol=1e-12)


def test_the_absolute_value_folds_too():
    layers = [nn.AbsoluteValue()]
    for _ in range(3):
        halve = nn.Linear(1, 1)
        halve.load_state_dict({"weight": torch.tensor([[2.0]]), "bias": torch.tensor([-1.0])})
        layers += [halve, nn.AbsoluteValue()]
    assert count_linear_regions(nn.Sequential(*layers), torch.tensor([[-1.0], [1.0]])) == 16


@pytest.mark.parametrize("units", [1, 2, 5, 20])
def test_one_hidden_layer_is_an_arrangement_of_lines(units, rng):
    """n lines of which m pairs cross inside a convex window cut it into 1 + n + m pieces."""
    net = MLP([2, units, 1], generator=torch_generator(units)).double()
    W, b = (p.detach().numpy() for p in net.layers[0].parameters())
    values = WINDOW.numpy() @ W.T + b
    lines = np.sum((values.min(axis=0) < 0) & (values.max(axis=0) > 0))
    crossings = sum(
        bool(np.all(np.abs(np.linalg.solve(W[[i, j]], -b[[i, j]])) < 1))
        for i, j in itertools.combinations(range(units), 2)
    )
    assert count_linear_regions(net, WINDOW) == 1 + lines + crossings


@pytest.mark.parametrize(("sizes", "seed"), [([2, 8, 1], 0), ([2, 6, 6, 1], 1), ([2, 4, 4, 4, 3], 2)])
def test_cells_fill_the_window_and_each_has_its_own_pattern(sizes, seed, rng):
    """Together this says: nothing is missing, nothing is counted twice, and no cell should have been cut further."""
    net = MLP(sizes, generator=torch_generator(seed)).double()
    cells = linear_regions(net, WINDOW)
    assert math.isclose(sum(area(cell) for cell in cells), 4.0, rel_tol=1e-9)
    inside = [rng.dirichlet(np.ones(len(cell)), size=5) @ cell for cell in cells]
    assert all(len(patterns(net, x)) == 1 for x in inside)
    assert len(patterns(net, np.concatenate(inside))) == len(cells)


def test_against_brute_force_on_a_segment_through_many_dimensions(rng):
    net = MLP([64, 10, 10, 10], generator=torch_generator(3)).double()
    ends = rng.normal(size=(2, 64)) * 3
    t = np.linspace(0, 1, 200_001)[:, None]
    seen = patterns(net, (1 - t) * ends[0] + t * ends[1])
    assert count_linear_regions(net, torch.from_numpy(ends)) == len(seen) > 5


def test_the_network_is_affine_on_every_region(rng):
    net = MLP([2, 7, 5, 2], activation=lambda: nn.LeakyReLU(0.3), generator=torch_generator(4)).double()
    for cell in linear_regions(net, WINDOW):
        mix = rng.dirichlet(np.ones(len(cell)))
        with torch.no_grad():
            at_corners, between = net(torch.from_numpy(cell)), net(torch.from_numpy(mix @ cell))
        np.testing.assert_allclose(mix @ at_corners.numpy(), between.numpy(), atol=1e-10)


@pytest.mark.parametrize(
    ("activation", "pieces"),
    [(nn.ReLU, 2), (nn.PReLU, 2), (nn.Hardtanh, 3), (nn.Identity, 1), (torch.nn.ReLU, 2), (torch.nn.Hardtanh, 3)],
)
def test_bends_of_each_activation(activation, pieces):
    assert count_linear_regions(nn.Sequential(activation()), torch.tensor([[-3.0], [3.0]])) == pieces


def test_a_bend_at_the_edge_cuts_nothing():
    assert count_linear_regions(nn.Sequential(nn.ReLU()), UNIT_INTERVAL) == 1


def test_a_triangle_and_a_line_through_its_corner():
    """The line x = 0 passes through one corner and the middle of the opposite side."""
    triangle = torch.tensor([[-1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    cells = linear_regions(nn.Sequential(nn.ReLU()), triangle)
    assert len(cells) == 2
    assert [len(cell) for cell in cells] == [3, 3]


def test_the_network_keeps_its_dtype_and_weights():
    net = MLP([2, 3, 1])
    before = {name: value.clone() for name, value in net.state_dict().items()}
    linear_regions(net, WINDOW)
    for name, value in net.state_dict().items():
        assert value.dtype == torch.float32
        assert torch.equal(value, before[name])


def test_a_network_on_the_gpu_is_counted_too(device):
    assert count_linear_regions(folding_network(3).to(device), UNIT_INTERVAL.to(device)) == 8


def test_curved_units_have_no_linear_regions():
    with pytest.raises(TypeError, match="Sigmoid"):
        count_linear_regions(MLP([1, 2, 1], nn.Sigmoid), UNIT_INTERVAL)


@pytest.mark.parametrize("corners", [torch.zeros(2), torch.zeros(1, 2)])
def test_one_point_is_no_segment(corners):
    with pytest.raises(ValueError, match="at least two points"):
        count_linear_regions(nn.Sequential(nn.ReLU()), corners)
