"""Into how many linear pieces a network of piecewise linear units cuts its inputs."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from course_lib import nn
from course_lib.models.mlp import MLP

SMALLEST = 1e-9
"""How far beyond a bend, relative to the unit's largest value in the cell, a cell must reach to be cut there."""

AFFINE = ("Linear", "Identity", "Flatten")
BENDING_AT_ZERO = ("ReLU", "LeakyReLU", "PReLU", "AbsoluteValue")


def count_linear_regions(network: nn.Sequential | MLP, corners: torch.Tensor) -> int:
    """The number of linear regions of a network on a segment or in a polygon; see :func:`linear_regions`.

    >>> fold = nn.Sequential(nn.AbsoluteValue(), nn.Linear(1, 1), nn.AbsoluteValue())
    >>> with torch.no_grad():
    ...     _ = fold[1].weight.fill_(2.0), fold[1].bias.fill_(-1.0)
    >>> count_linear_regions(fold, torch.tensor([[-1.0], [1.0]]))
    4
    """
    return len(linear_regions(network, corners))


def linear_regions(network: nn.Sequential | MLP, corners: torch.Tensor) -> list[np.ndarray]:
    r"""The linear regions of a network on a segment or in a polygon: the cells in which no unit bends.

    A ReLU bends where its input is 0. Inputs on the same side of every bend see the same affine map. The units of the
    first layer cut the segment or polygon along straight lines. On each piece the inputs of the next layer are affine
    again, so it cuts every piece straight, and so on through the network. The result is exact, up to slivers thinner
    than $10^{-9}$. Two neighbours count as two even if they happen to carry the same map.
    (Montúfar et al., 2014; Deep Learning, section 6.4.1)

    Args:
        network: ``Linear``, ``ReLU``, ``LeakyReLU``, ``PReLU``, ``AbsoluteValue``, ``Hardtanh`` and ``Identity``
            layers, in a ``Sequential`` or an ``MLP``.
        corners: Two points, the ends of a segment, or at least three, the corners of a flat convex polygon in order;
            shape (points, features).

    Returns:
        The corners of every region, float64, shape (points, features).

    Raises:
        TypeError: A layer is not piecewise linear.
        ValueError: There are fewer than two corners.
    """
    x = torch.as_tensor(corners, dtype=torch.float64, device="cpu").numpy()
    if x.ndim != 2 or len(x) < 2:
        raise ValueError(f"expected the coordinates of at least two points, shape (points, features), got {x.shape}")
    cells = [_Cell(x, x)]
    for layer in _in_order(copy.deepcopy(network).double().cpu()):
        for bend in _bends(layer):
            cells = [piece for cell in cells for piece in _cut(cell, bend)]
        cells = _advance(cells, layer)
    return [cell.x for cell in cells]


@dataclass(frozen=True)
class _Cell:
    """A convex piece of the inputs, on which everything up to some layer is affine."""

    x: np.ndarray
    """Its corners, shape (k, features)."""
    h: np.ndarray
    """What the corners have become on their way through the network, shape (k, units)."""


def _in_order(network: nn.Sequential | MLP) -> list[nn.Module]:
    """The layers as the input passes them."""
    if isinstance(network, MLP):
        *hidden, last = network.layers
        return [step for pair in zip(hidden, network.activations, strict=True) for step in pair] + [last]
    return list(network)


def _bends(layer: Any) -> tuple[float, ...]:
    """The inputs at which the units of a layer change slope."""
    name = type(layer).__name__
    if name in BENDING_AT_ZERO:
        return (0.0,)
    if name == "Hardtanh":
        return (layer.min_val, layer.max_val)
    if name in AFFINE:
        return ()
    raise TypeError(f"expected piecewise linear layers, got {name}, which has no linear regions")


def _advance(cells: list[_Cell], layer: nn.Module) -> list[_Cell]:
    """The same cells behind one more layer."""
    with torch.no_grad():
        h = layer(torch.from_numpy(np.concatenate([cell.h for cell in cells]))).numpy()
    ends = np.cumsum([len(cell.h) for cell in cells])[:-1]
    return [_Cell(cell.x, part) for cell, part in zip(cells, np.split(h, ends), strict=True)]


def _cut(cell: _Cell, bend: float) -> list[_Cell]:
    """The pieces into which the units of a layer cut a cell."""
    above = cell.h - bend
    margin = SMALLEST * np.abs(above).max(axis=0)
    crossing = np.flatnonzero((above.min(axis=0) < -margin) & (above.max(axis=0) > margin)).tolist()
    pieces = [cell]
    for unit in crossing:
        pieces = [half for piece in pieces for half in _halves(piece, unit, bend, margin[unit])]
    return pieces


def _halves(cell: _Cell, unit: int, bend: float, margin: float) -> list[_Cell]:
    """A cell on either side of where a unit bends, or the cell itself if it lies on one side."""
    above = cell.h[:, unit] - bend
    side = np.where(np.abs(above) <= margin, 0, np.sign(above))
    if side.min() >= 0 or side.max() <= 0:
        return [cell]
    corners = np.hstack([cell.x, cell.h])
    k = len(corners)
    halves: dict[int, list[np.ndarray]] = {-1: [], 1: []}
    for i in range(k):
        j = (i + 1) % k if k > 2 else 1  # a segment is not closed
        for s, half in halves.items():
            if side[i] != -s:
                half.append(corners[i])
            if side[i] * side[j] < 0:
                half.append(corners[i] + above[i] / (above[i] - above[j]) * (corners[j] - corners[i]))
    return [_Cell(*np.hsplit(np.array(half), [cell.x.shape[1]])) for half in halves.values()]
