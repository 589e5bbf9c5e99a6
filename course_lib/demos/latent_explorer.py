"""The latent explorer of lecture 13: walk about in the code of an autoencoder, and see what the decoder draws there."""

from __future__ import annotations

import copy
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import torch
from ipywidgets import Dropdown, FloatSlider, IntSlider
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from course_lib.arrays import torch_generator
from course_lib.data import Minibatches, load_digits
from course_lib.demos.base import Demo
from course_lib.demos.fields import empty_line
from course_lib.demos.pixels import Colors, Matrix, Pixels, grey_colors, grid_axes
from course_lib.models import Autoencoder
from course_lib.optim import Adam
from course_lib.plotting import COLORS
from course_lib.training import fit_own_loss


class LatentExplorer(Demo):
    """The plane of all codes of an autoencoder of digits, a place in it to move about, and a walk across it.

    Args:
        model: An autoencoder from 64 pixels to a code of two numbers; by default one is trained, in a second.
    """

    alt = (
        "Left, the plane of codes: each test digit as a small numeral where the encoder puts it, or a sheet of what "
        "the decoder draws at every place. An orange circle marks the chosen place, a line the walk between two "
        "digits. Right, what the decoder draws at the circle, and the training digit with the nearest code; below, "
        "nine pictures along the walk through the codes, and nine that fade one digit into the other pixel by pixel."
    )
    size = (10.6, 5.6)
    steps: ClassVar = 9
    sheet: ClassVar = 13

    def __init__(self, model: Autoencoder | None = None) -> None:
        self.model = explorable_autoencoder() if model is None else copy.deepcopy(model).cpu()
        split = load_digits()
        self.X, self.labels = split.X_train, split.y_train
        self.codes, self.codes_new = codes_of(self.model, split.X_train), codes_of(self.model, split.X_test)
        self.labels_new = split.y_test
        self.low, self.high = (torch.quantile(self.codes, q, dim=0) for q in (0.005, 0.995))
        self.examples = [typical(self.codes, self.labels, c) for c in range(10)]
        x, y = (
            FloatSlider(
                float(self.codes[self.examples[3], k]),
                min=float(self.low[k]),
                max=float(self.high[k]),
                step=float(self.high[k] - self.low[k]) / 200,
                readout_format=".2f",
                description=name,
            )
            for k, name in enumerate(("code, first number", "code, second number"))
        )
        super().__init__(
            x=x,
            y=y,
            start=IntSlider(0, min=0, max=9, description="walk from digit"),
            goal=IntSlider(1, min=0, max=9, description="walk to digit"),
            view=Dropdown(options=["codes of 450 test digits", "what the decoder draws"], description="plane shows"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The plane on the left; two pictures and two strips on the right."""
        halves: Any = fig.subfigures(1, 2, width_ratios=[1, 1.1])
        left, right = halves
        self.plane, edges = left.subplots(), torch.stack([self.low, self.high], dim=1).tolist()
        self.plane.set(xlim=edges[0], ylim=edges[1], title="the plane of codes")
        self.plane.grid(False)
        self.numerals = [self._numerals(self.plane, c) for c in range(10)]
        self.decoded_sheet = Pixels(self.plane, zorder=0)
        self.decoded_sheet.show(self._draw_sheet(), (*edges[0], *edges[1]))
        (self.walk,) = self.plane.plot([], [], ".-", color=COLORS["black"], lw=1.5, ms=8, zorder=5)
        (self.here,) = self.plane.plot([], [], "o", ms=17, mfc="none", mec=COLORS["orange"], mew=3.5, zorder=6)
        above, below = right.subfigures(2, 1, height_ratios=[1.25, 1])
        titles = ("decoded at the circle", "nearest training digit")
        self.pictures = [
            Pixels(grid_axes(ax, (8, 8), title)) for ax, title in zip(above.subplots(1, 2), titles, strict=True)
        ]
        shape = (8, 9 * self.steps - 1)
        names = ("a walk through the codes", "a fade of the pixels")
        self.strips = [Pixels(grid_axes(ax, shape, name)) for ax, name in zip(below.subplots(2, 1), names, strict=True)]
        for ax in below.axes:
            ax.spines[:].set_visible(False)
        self.viewed = ""
        return [*self.pictures, *self.strips, self.walk, self.here]

    def _numerals(self, ax: Axes, c: int) -> Artist:
        codes = self.codes_new[self.labels_new == c].numpy()
        line = empty_line(ax, NUMERAL_COLORS[c], ls="", marker=f"${c}$", ms=7, mew=0.3)
        line.set_data(codes[:, 0], codes[:, 1])
        return line

    def _draw_sheet(self) -> Colors:
        """What the decoder draws at the middles of a square of places, one beside the other."""
        share = (torch.arange(self.sheet) + 0.5) / self.sheet
        xs, ys = (low + share * (high - low) for low, high in zip(self.low, self.high, strict=True))
        codes = torch.cartesian_prod(ys.flip(0), xs).flip(1)
        tiles = decoded(self.model, codes).reshape(self.sheet, self.sheet, 8, 8)
        framed = np.pad(1 - tiles, [(0, 0), (0, 0), (1, 1), (1, 1)], constant_values=1.0)
        return grey_colors(framed.swapaxes(1, 2).reshape(10 * self.sheet, 10 * self.sheet))

    def update(self, x: float, y: float, start: int, goal: int, view: str) -> str:
        """Decode the place and the walk."""
        if view != self.viewed:
            self.viewed, sheet = view, view.startswith("what")
            self.decoded_sheet.set_visible(sheet)
            for numerals in self.numerals:
                numerals.set_visible(not sheet)
            self.stale()
        place = torch.tensor([[x, y]], dtype=torch.float32)
        nearest = (self.codes - place).norm(dim=1).argsort()[:NEIGHBOURS]
        drawn = decoded(self.model, place)[0]
        self.here.set_data([x], [y])
        for pixels, image in zip(self.pictures, (drawn, self.X[nearest[0]].numpy()), strict=True):
            pixels.show(grey_colors(1 - image.reshape(8, 8)), (0, 8, 8, 0))
        a, b = self.examples[start], self.examples[goal]
        codes = between(self.codes[a], self.codes[b], self.steps)
        self.walk.set_data(*codes.T.numpy())
        walked, faded = decoded(self.model, codes), between(self.X[a], self.X[b], self.steps).numpy()
        for pixels, images in zip(self.strips, (walked, faded), strict=True):
            pixels.show(strip(images), (0, 9 * self.steps - 1, 8, 0))
        votes = torch.bincount(self.labels[nearest], minlength=10)
        most, kind = int(votes.max()), int(votes.argmax())
        passed = " ".join(str(c) for c in visited(codes, self.codes, self.labels))
        return (
            f"Of the {NEIGHBOURS} training digits with the nearest codes, {most} are a {kind}. "
            f"The walk from {start} to {goal} passes, by the nearest code: {passed}."
        )


NUMERAL_COLORS = [
    COLORS[name] for name in ("blue", "orange", "green", "purple", "amber", "sky", "black", "blue", "orange", "green")
]
"""Numerals tell the classes apart; the colours only help."""


@lru_cache(maxsize=1)
def explorable_autoencoder() -> Autoencoder:
    """An autoencoder of digits with a code of two numbers."""
    return trained_on_digits(Autoencoder([64, 128, 32, 2], output="sigmoid", generator=torch_generator(0)), epochs=25)


def trained_on_digits(model: Autoencoder, epochs: int) -> Autoencoder:
    """An autoencoder after so many epochs on the training digits."""
    batches = Minibatches(load_digits().X_train, batch_size=128, generator=torch_generator(1))
    fit_own_loss(model, batches, Adam(model.parameters(), lr=0.01), epochs=epochs, progress=False)
    return model


@torch.no_grad()
def codes_of(model: Autoencoder, X: Tensor) -> Tensor:
    """The codes of inputs."""
    return model.encode(X)


@torch.no_grad()
def decoded(model: Autoencoder, codes: Tensor) -> Matrix:
    """What codes stand for."""
    return np.asarray(model.decode(codes).numpy(), dtype=float)


NEIGHBOURS = 20
"""By the labels of so many nearest codes we say what a place stands for."""


def typical(codes: Tensor, labels: Tensor, c: int, neighbours: int = NEIGHBOURS) -> int:
    """The number of a sample amid its class: of those with most neighbours of the class, the nearest to its median.

    The median alone may lie between two clouds of a class, where other classes are.

    >>> typical(torch.tensor([[0.0], [1.0], [5.0], [5.1], [9.0]]), torch.tensor([3, 3, 3, 4, 3]), 3, neighbours=2)
    1
    """
    members = torch.nonzero(labels == c)[:, 0]
    nearest = torch.cdist(codes[members], codes).topk(min(neighbours, len(codes)), largest=False).indices
    alike = (labels[nearest] == c).sum(dim=1)
    members = members[alike == alike.max()]
    middle = codes[labels == c].median(dim=0).values
    return int(members[(codes[members] - middle).norm(dim=1).argmin()])


def between(a: Tensor, b: Tensor, steps: int) -> Tensor:
    """Points at equal steps on the straight line from a to b, both included.

    >>> between(torch.tensor([0.0, 0.0]), torch.tensor([2.0, 4.0]), 3).tolist()
    [[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]]
    """
    return a + torch.linspace(0, 1, steps)[:, None] * (b - a)


def strip(images: Matrix) -> Colors:
    """Digits of 64 pixels side by side, dark ink on white paper, with a column of white between them."""
    padded = np.pad(1 - images.reshape(-1, 8, 8), [(0, 0), (0, 0), (0, 1)], constant_values=1.0)
    return grey_colors(np.concatenate(padded, axis=1)[:, :-1])


def visited(walk: Tensor, codes: Tensor, labels: Tensor) -> list[int]:
    """The labels of the nearest codes along a walk, each once where it repeats.

    >>> visited(torch.tensor([[0.0], [0.1], [2.0]]), torch.tensor([[0.0], [3.0]]), torch.tensor([7, 1]))
    [7, 1]
    """
    nearest = labels[(walk[:, None] - codes).norm(dim=-1).argmin(dim=1)].tolist()
    return [c for i, c in enumerate(nearest) if i == 0 or c != nearest[i - 1]]
