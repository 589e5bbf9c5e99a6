"""A demo of lecture 10: dropout as an average over thinned networks."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, NamedTuple

import numpy as np
import torch
from ipywidgets import Dropdown, IntSlider, SelectionSlider
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.data import make_rings
from course_lib.demos.base import Demo
from course_lib.demos.fields import Field, class_markers, empty_line, empty_segments, polyline
from course_lib.optim import Adam
from course_lib.plotting import COLORS, level_lines
from course_lib.probability import sigmoid
from course_lib.regularization import all_masks

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]

UNITS = 8


class DropoutEnsemble(Demo):
    """The thinned networks inside a network trained with dropout, one by one and averaged."""

    alt = (
        "Left, a network of two inputs, eight hidden units and an output; dropped units are hollow and crossed out. "
        "Middle, the plane of the inputs coloured by what this thinned network says, with two classes as circles and "
        "triangles. Right, the average of several thinned networks with its boundary as a full line, and the boundary "
        "of the whole network with scaled weights, dotted."
    )
    size = (10.4, 4.0)
    grid: ClassVar = np.linspace(-2.4, 2.4, 51)

    def __init__(self) -> None:
        counts = [*((str(k), k) for k in (1, 2, 3, 5, 10, 20, 50, 100)), (f"all {2**UNITS}", 0)]
        super().__init__(
            masks=SelectionSlider(options=counts, value=10, description="masks averaged"),
            mean=Dropdown(options=["arithmetic", "geometric"], description="mean"),
            keep=Dropdown(options=[("0.5", 0.5), ("0.8", 0.8)], description="kept share"),
            draw=IntSlider(1, min=1, max=20, description="draw of the masks"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The drawing of the network and two views of the plane."""
        drawing, one, average = fig.subplots(1, 3, width_ratios=[0.8, 1, 1])
        self._draw_network(drawing)
        fields, points = [], []
        X, y = rings()
        for ax, title in ((one, "the first mask"), (average, "the average")):
            ax.set(aspect="equal", xlim=(-2.4, 2.4), ylim=(-2.4, 2.4), xticks=[], yticks=[], title=title)
            ax.grid(False)
            fields.append(Field(ax))
            for label in (0, 1):
                points.append(class_markers(ax, label, 4))
                points[-1].set_data(*X[y == label].T)
        self.fields = fields
        self.boundaries = [empty_line(ax, COLORS["black"], lw=2.4) for ax in (one, average)]
        self.scaled = empty_line(average, COLORS["black"], lw=2, ls=":")
        return [*fields, self.wires, self.alive, self.dropped, *points, *self.boundaries, self.scaled]

    def _draw_network(self, ax: Axes) -> None:
        ax.set(xlim=(-0.3, 2.3), ylim=(-0.3, UNITS - 0.7), xticks=[], yticks=[], title="kept units")
        ax.spines[:].set_visible(False)
        ax.grid(False)
        middle = (UNITS - 1) / 2
        self.inputs, self.output = [(0, middle - 1.2), (0, middle + 1.2)], (2, middle)
        self.wires = empty_segments(ax, linewidths=1.2, colors=COLORS["sky"], zorder=1)
        ax.plot(*np.array([*self.inputs, self.output]).T, "o", ms=14, color=COLORS["black"], zorder=3)
        self.alive = empty_line(ax, COLORS["blue"], ls="", marker="o", ms=14)
        self.dropped = empty_line(ax, COLORS["grey"], ls="", marker="X", ms=11, mfc="white")

    def update(self, masks: int, mean: str, keep: float, draw: int) -> str:
        """Draw masks; show the first alone, and all together."""
        net = thinned_network(keep)
        drawn, chances = draw_masks(masks, keep, draw)
        plane = np.stack(np.meshgrid(self.grid, self.grid), axis=-1).reshape(-1, 2)
        X, y = rings()
        views = [net.average(Z, drawn, chances, mean) for Z in (plane, X)]
        alone = [net.average(Z, drawn[:1], np.ones(1), mean) for Z in (plane, X)]
        whole = [net.average(Z, np.full((1, UNITS), keep), np.ones(1), mean) for Z in (plane, X)]
        for field, line, values in zip(self.fields, self.boundaries, (alone[0], views[0]), strict=True):
            field.set_values(values.reshape(51, 51))
            line.set_data(*polyline(level_lines(self.grid, self.grid, values.reshape(51, 51), 0.5)))
        self.scaled.set_data(*polyline(level_lines(self.grid, self.grid, whole[0].reshape(51, 51), 0.5)))
        self._show_mask(drawn[0] > 0)
        right = [np.mean((p[1] > 0.5) == y) for p in (alone, views, whole)]
        gap = np.abs(views[0] - whole[0]).max()
        return (
            f"The first mask keeps {int(drawn[0].sum())} of {UNITS} units and gets {right[0]:.0%} of the points right, "
            f"the {mean} mean of {len(drawn)} {right[1]:.0%}, the whole network with scaled weights {right[2]:.0%}. "
            f"Mean and scaling differ by {gap:.2g} at most."
        )

    def _show_mask(self, kept: NDArray[np.bool_]) -> None:
        heights = np.arange(UNITS)
        self.alive.set_data(np.ones(kept.sum()), heights[kept])
        self.dropped.set_data(np.ones((~kept).sum()), heights[~kept])
        ends = [*self.inputs, self.output]
        self.wires.set_segments([[end, (1, height)] for height in heights[kept] for end in ends])


class ThinnedNetwork(NamedTuple):
    r"""$p = \sigma(v^\top (m \odot h(x)) / q + b)$ with the mask $m$ and the kept share $q$, $h = \tanh(Wx + c)$."""

    W: Matrix
    c: Vector
    v: Vector
    b: float
    keep: float

    def logits(self, X: Matrix, masks: Matrix) -> Matrix:
        """Shape (masks, points). The mask (q, …, q) is the whole network with its weights scaled."""
        h = np.tanh(X @ self.W.T + self.c)
        return (masks * self.v) @ h.T / self.keep + self.b

    def average(self, X: Matrix, masks: Matrix, chances: Vector, mean: str) -> Vector:
        """The mean probability of class 1; the geometric mean of both classes' probabilities, made to sum to one."""
        z = self.logits(X, masks)
        return chances @ sigmoid(z) if mean == "arithmetic" else sigmoid(chances @ z)


def draw_masks(count: int, keep: float, draw: int) -> tuple[Matrix, Vector]:
    """Some masks at random, all equally likely; or for count 0 every one of them, with its probability.

    >>> masks, chances = draw_masks(0, 0.5, 1)
    >>> masks.shape, float(chances.sum())
    ((256, 8), 1.0)
    """
    drawn = (np.random.default_rng(draw).random((max(count, 1), UNITS)) < keep).astype(float)
    if count:
        return drawn, np.full(count, 1 / count)
    first = int(drawn[0] @ 2 ** np.arange(UNITS - 1, -1, -1))
    masks = np.roll(all_masks(UNITS), -first, axis=0)  # the mask of this draw stands first
    return masks, np.prod(np.where(masks > 0, keep, 1 - keep), axis=1)


@lru_cache
def rings() -> tuple[Matrix, NDArray[np.int64]]:
    """120 points on two rings, one inside the other, in units of their standard deviation."""
    X, y = make_rings(120, noise=0.12, rng=np.random.default_rng(3))
    X = X - X.mean(axis=0)
    return X / X.std(), y


@lru_cache
def thinned_network(keep: float) -> ThinnedNetwork:
    """A network trained on the rings with dropout on its hidden units."""
    X, y = (torch.as_tensor(array, dtype=torch.float64) for array in rings())
    generator = torch_generator(1)
    hidden = nn.Linear(2, UNITS, generator=generator, dtype=torch.float64)
    output = nn.Linear(UNITS, 1, generator=generator, dtype=torch.float64)
    for parameter in hidden.parameters():
        nn.init.uniform_(parameter, -2, 2, generator=generator)  # units that bend inside the picture
    net = torch.nn.Sequential(hidden, nn.Tanh(), nn.Dropout(1 - keep, generator=generator), output)
    optimizer, loss = Adam(net.parameters(), lr=0.05), nn.BCEWithLogitsLoss()
    for _ in range(400):
        optimizer.zero_grad()
        loss(net(X)[:, 0], y).backward()
        optimizer.step()
    W, c, v, b = (parameter.detach().numpy() for parameter in net.parameters())
    return ThinnedNetwork(W, c, v[0], float(b[0]), keep)
