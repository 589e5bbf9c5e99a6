"""The optimizer race of lecture 11: eight rules start together, and each leaves its trail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import torch
from ipywidgets import Dropdown, FloatSlider, SelectionSlider
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib import optim
from course_lib.demos.base import Running
from course_lib.demos.fields import Field, Matrix, Vector
from course_lib.demos.gradient_based_learning import Surface, plateau, quadratic, rosenbrock, saddle
from course_lib.plotting import COLORS, level_lines, plane


class OptimizerRace(Running):
    """Eight optimizers descend the same surface at once, each with its trail."""

    alt = (
        "Left, a surface seen from above, darker blue where it is high, with stars at its minima and the trails of "
        "eight optimizers from one start, each with a colour and a marker of its own. Right, on a logarithmic scale, "
        "how high each of them is above the lowest point after each step."
    )
    size = (9.2, 4.7)
    restarts = ("surface", "rate", "noise", "x", "y")
    pause_between_frames = 0.01
    steps_per_frame = 2
    most = 600
    grid: ClassVar = np.linspace(-2, 2, 121)

    def __init__(self) -> None:
        super().__init__(
            surface=Dropdown(options=list(SURFACES), description="surface"),
            rate=SelectionSlider(options=[(f"{r:g}", r) for r in RATES], value=0.1, description="learning rate"),
            x=FloatSlider(-1.5, min=-2, max=2, step=0.1, description="start x"),
            y=FloatSlider(1.2, min=-2, max=2, step=0.1, description="start y"),
            noise=SelectionSlider(options=list(NOISES.items()), description="gradient noise"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The map on the left, the heights on the right, and above both who is who."""
        left, right = fig.subplots(1, 2, width_ratios=[1, 1.1])
        plane(left, 2).grid(False)
        left.set(xlabel="$x$", ylabel="$y$")
        self.maps = {name: terrain(surface, self.grid) for name, surface in SURFACES.items()}
        self.field = Field(left, bands=41)
        self.contours = left.add_collection(LineCollection([], colors=COLORS["grey"], linewidths=0.7, alpha=0.6))
        (self.minima,) = left.plot([], [], "*", ms=17, color=COLORS["black"], mec="white", zorder=4)
        right.set(yscale="log", ylim=(1e-10, 1e2), xlim=(0, self.most), xlabel="step", title="height above the lowest")
        right.minorticks_off()
        self.trails, self.heads, self.curves = [], [], []
        for name, (color, marker) in LOOKS.items():
            head: dict[str, Any] = {"marker": marker, "ms": 10, "mec": "white", "mew": 0.8, "color": color}
            self.trails += left.plot([], [], color=color, lw=1.8, zorder=5)
            self.heads += left.plot([], [], ls="", zorder=6, **head)
            self.curves += right.plot([], [], lw=1.8, label=name, markevery=[-1], **head)
        fig.legend(handles=self.curves, loc="outside upper center", ncols=4)
        self.mapped = ""
        return [*self.trails, *self.heads, *self.curves]

    def begin(self, surface: str, rate: float, x: float, y: float, noise: float) -> None:
        """Everybody at the start; the first steps are taken at once."""
        self.race = Race(SURFACES[surface], np.array([x, y]), rate, noise)
        self.race.run(self.steps_per_frame)

    def advance(self, **_: Any) -> bool:
        """A few steps for everybody who is still in the picture."""
        self.race.run(self.steps_per_frame)
        return self.race.taken < self.most

    def update(self, surface: str, rate: float, **_: Any) -> str:
        """Lengthen the trails and the curves."""
        if surface != self.mapped:
            self._draw_map(surface)
        paths, above = self.race.paths, self.race.heights
        for k, artists in enumerate(zip(self.trails, self.heads, self.curves, strict=True)):
            trail, head, curve = artists
            trail.set_data(*np.clip(paths[:, k], -9, 9).T)
            head.set_data(*paths[-1:, k].T)
            curve.set_data(np.arange(len(above)), np.clip(above[:, k], 1e-10, 1e2))
        return f"After {self.race.taken} steps at rate {rate:g}, from the lowest to the highest: {self._ranking()}."

    def _draw_map(self, surface: str) -> None:
        heights, lines = self.maps[surface]
        self.field.set_values(heights)
        self.contours.set_segments(lines)
        self.minima.set_data(*SURFACES[surface].minima.T)
        self.mapped = surface
        self.stale()

    def _ranking(self) -> str:
        last, inside = self.race.heights[-1], self.race.inside
        order = np.argsort(last)
        told = [f"{NAMES[k]} {last[k]:.1g}" for k in order if inside[k]]
        gone = [NAMES[k] for k in order if not inside[k]]
        return ", ".join(told) + ("; " if told and gone else "") + ("flown off: " + ", ".join(gone) if gone else "")


class Race:
    """Optimizers from one start on one surface, every step of theirs kept.

    Args:
        surface: What to descend.
        start: Shape (2,).
        rate: The learning rate of all rules that have one.
        noise: The standard deviation of what is added to every entry of a gradient, the same for all racers.
        rules: Names, and functions that make an optimizer of parameters and a rate.

    Attributes:
        paths: Shape (steps + 1, rules, 2). Who leaves the square from −9 to 9 stays where that was.
        heights: Shape (steps + 1, rules), above the lowest point of the surface.
        inside: Who has not left it, shape (rules,).

    >>> race = Race(SURFACES["plateau"], np.zeros(2), 0.1, rules={"SGD": RULES["SGD"]})
    >>> race.run(1)
    >>> race.paths[:, 0].round(3)
    array([[0.   , 0.   ],
           [0.071, 0.043]])
    """

    limit = 9.0

    def __init__(
        self,
        surface: Surface,
        start: Vector,
        rate: float,
        noise: float = 0.0,
        rules: dict[str, Callable[..., optim.Optimizer]] | None = None,
    ) -> None:
        rules = RULES if rules is None else rules
        self.surface, self.noise, self.rng = surface, noise, np.random.default_rng(0)
        self.here = torch.from_numpy(np.tile(start, (len(rules), 1)))
        self.rows = list(self.here)  # each the memory of one racer, which its optimizer moves
        self.optimizers = [make([row], rate) for make, row in zip(rules.values(), self.rows, strict=True)]
        self.inside = np.ones(len(rules), bool)
        self._record = [self.here.numpy().copy()]
        self._heights = [surface.f(self._record[0]) - surface.lowest]

    def run(self, steps: int) -> None:
        """Some steps for everybody."""
        for _ in range(steps):
            noise = self.noise * self.rng.standard_normal(2)
            gradients = torch.from_numpy(self.surface.gradient(self.here.numpy()) + noise)
            for k in np.flatnonzero(self.inside):
                self.rows[k].grad = gradients[k]
                self.optimizers[k].step()
            self.inside &= np.abs(self.here.numpy()).max(axis=1) < self.limit
            self._record.append(self.here.numpy().copy())
            self._heights.append(self.surface.f(self._record[-1]) - self.surface.lowest)

    @property
    def taken(self) -> int:
        """How many steps."""
        return len(self._record) - 1

    @property
    def paths(self) -> NDArray[np.float64]:
        """Where everybody was after each step."""
        return np.stack(self._record)

    @property
    def heights(self) -> NDArray[np.float64]:
        """How high that was."""
        return np.stack(self._heights)


def valley(degrees: float) -> Surface:
    r"""$\frac12 x^\top H x$ with curvatures 0.05 and 2, the flat direction turned by an angle from the first axis.

    >>> valley(90).hessian(np.zeros(2)).round(3) + 0.0
    array([[2.  , 0.  ],
           [0.  , 0.05]])
    """
    return quadratic(0.05, 2.0, degrees=degrees)


def terrain(surface: Surface, grid: Vector) -> tuple[Matrix, list[Matrix]]:
    """A map of a surface: shades from 1/2, the lowest, to 1, shape (points, points), and its level lines."""
    heights = surface.f(np.stack(np.meshgrid(grid, grid), axis=-1)) - surface.lowest
    share = (heights / heights.max()) ** 0.4  # low ground in more detail
    levels = np.linspace(0.1, 1, 12, endpoint=False)
    lines: list[Matrix] = [line for level in levels for line in level_lines(grid, grid, share, level)]
    return 0.5 + 0.4 * share, lines


RULES: dict[str, Callable[..., optim.Optimizer]] = {
    "SGD": lambda p, rate: optim.SGD(p, lr=rate),
    "momentum": lambda p, rate: optim.SGD(p, lr=rate, momentum=0.9),
    "Nesterov": lambda p, rate: optim.SGD(p, lr=rate, momentum=0.9, nesterov=True),
    "delta-bar-delta": lambda p, rate: optim.DeltaBarDelta(p, lr=rate, kappa=0.1 * rate, phi=0.3),
    "AdaGrad": lambda p, rate: optim.Adagrad(p, lr=rate),
    "RMSProp": lambda p, rate: optim.RMSprop(p, lr=rate, alpha=0.9),
    "AdaDelta": lambda p, rate: optim.Adadelta(p),
    "Adam": lambda p, rate: optim.Adam(p, lr=rate),
}
"""The racers: what makes each of them from parameters and a learning rate. AdaDelta needs no rate."""

NAMES = list(RULES)
LOOKS = dict(
    zip(
        NAMES,
        [
            (COLORS["black"], "o"),
            (COLORS["sky"], "v"),
            (COLORS["blue"], "^"),
            (COLORS["grey"], "D"),
            (COLORS["amber"], "s"),
            (COLORS["green"], "P"),
            (COLORS["purple"], "h"),
            (COLORS["orange"], "X"),
        ],
        strict=True,
    )
)
"""A colour and a marker for each racer."""

RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.9, 1.2)
NOISES = {"none": 0.0, "some": 0.1, "much": 0.5}

SURFACES = {
    "valley along an axis": valley(90),
    "the same valley, turned": valley(30),
    "Rosenbrock's bent valley": rosenbrock(),
    "saddle": saddle(),
    "plateau": plateau(),
}
"""The five courses."""
