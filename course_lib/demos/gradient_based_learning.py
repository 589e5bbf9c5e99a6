"""The demos of lecture 07, gradient-based learning."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from ipywidgets import Checkbox, Dropdown, FloatSlider, IntSlider, SelectionSlider
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib.demos.base import Demo, Running, number
from course_lib.linear_algebra import eigh, norm, solve
from course_lib.optimize import newton
from course_lib.plotting import COLORS, level_lines, plane
from course_lib.probability import sigmoid, softplus

__all__ = ["ContourDescent", "NoiseBall", "RateOfDescent", "Saturation"]

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


class RateOfDescent(Demo):
    """Steps down a curve, and where they have led for every learning rate at once."""

    alt = (
        "Left, a curve and the steps of gradient descent on it, from a square to a dot. Right, on a logarithmic scale, "
        "the distance from the minimum after these steps for every learning rate, with a dot at the chosen one; "
        "vertical lines mark one and two over the curvature, where the distance has its dip and where it passes 1."
    )
    size = (9.2, 4.3)

    def __init__(self) -> None:
        super().__init__(
            curve=Dropdown(options=list(CURVES), description="curve"),
            rate=FloatSlider(0.1, min=0.02, max=1.4, step=0.02, description="learning rate"),
            start=FloatSlider(-2.2, min=-2.5, max=2.5, step=0.1, description="start at x ="),
            steps=IntSlider(6, min=1, max=40, description="steps"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Two frames; the curve itself moves, since it can be chosen."""
        left, right = fig.subplots(1, 2)
        self.x, self.rates = np.linspace(-3, 3, 301), np.linspace(0.02, 1.4, 139)
        left.set(xlim=(-3, 3), ylim=(-3.4, 13), xlabel="$x$", title="the way down")
        (self.line,) = left.plot([], [], color=COLORS["light"], lw=5)
        (self.path,) = left.plot([], [], "-o", ms=5, lw=1.5, color=COLORS["black"])
        (self.first,) = left.plot([], [], "s", ms=10, color=COLORS["black"])
        (self.last,) = left.plot([], [], "o", ms=11, color=COLORS["blue"], mec="white")

        right.set(yscale="log", xlim=(0, 1.42), ylim=(1e-9, 1e5), xlabel="learning rate $\\eta$")
        right.set_title("distance from the minimum")
        right.minorticks_off()
        self.critical = [right.axvline(0, color=COLORS["orange"], ls=ls, lw=1.8) for ls in ("--", "-")]
        words = ("$1/f''$", "$2/f''$")
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
        self.names = [right.text(0, 1e4, name, ha="center", color=COLORS["orange"], bbox=box) for name in words]
        (self.ends,) = right.plot([], [], color=COLORS["blue"])
        (self.chosen,) = right.plot([], [], "o", ms=11, color=COLORS["blue"], mec="white")
        return [self.line, self.path, self.first, self.last, *self.critical, *self.names, self.ends, self.chosen]

    def update(self, curve: str, rate: float, start: float, steps: int) -> str:
        """Descend with the chosen rate, and with all others."""
        c = CURVES[curve]
        walk = descend(c.slope, np.array([start]), rate, steps)[:, 0]
        ends = descend(c.slope, np.full_like(self.rates, start), self.rates, steps)[-1]
        away, (minimum, distance) = distances(ends, c.minima)[1], map(float, distances(walk[-1], c.minima))
        bend = float(c.curvature(np.asarray(minimum)))
        self.line.set_data(self.x, c.f(self.x))
        shown = until_gone(walk[:, None])[:, 0]
        self.path.set_data(shown, c.f(shown))
        self.first.set_data(shown[:1], c.f(shown[:1]))
        self.last.set_data(shown[-1:], c.f(shown[-1:]))
        self.ends.set_data(self.rates, np.clip(away, 1e-12, None))
        self.chosen.set_data([rate], [np.clip(distance, 1.3e-9, 7e4)])
        for line, name, place in zip(self.critical, self.names, (1 / bend, 2 / bend), strict=True):
            line.set_xdata([place, place])
            name.set_x(place)
        return (
            f"After {steps} {'step' if steps == 1 else 'steps'} at rate {rate:.2f} "
            f"{f'the distance from the minimum is {distance:.2g}' if distance < 20 else 'it has flown off'}. At the "
            f"minimum f″ = {bend:.2f}, so 1/f″ = {1 / bend:.2f} and 2/f″ = {2 / bend:.2f}: near it each step "
            f"multiplies the distance by 1 − ηf″ = {number(1 - rate * bend)}, which {verdict(1 - rate * bend)}."
        )


class ContourDescent(Demo):
    """Gradient descent seen from above, on six surfaces, with Newton's path beside it if asked for."""

    alt = (
        "Left, contours of a surface with the path of gradient descent from a square to a dot, and a star at each "
        "minimum; if shown, a dashed green path for Newton. Right, on a logarithmic scale, the height above "
        "the lowest point after each step."
    )
    size = (9.2, 4.6)
    most = 300

    def __init__(self) -> None:
        rates = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.98, 1.05, 1.2, 1.5)
        super().__init__(
            surface=Dropdown(options=list(SURFACES), description="surface"),
            rate=SelectionSlider(options=[(f"{rate:g}", rate) for rate in rates], value=0.1, description="rate"),
            x=FloatSlider(-1.5, min=-2, max=2, step=0.1, description="start x"),
            y=FloatSlider(1.2, min=-2, max=2, step=0.1, description="start y"),
            steps=IntSlider(30, min=1, max=self.most, description="steps"),
            beside=Checkbox(False, description="Newton beside it"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The plane and the frame for the heights; the contours of all surfaces are found here, once."""
        left, right = fig.subplots(1, 2, width_ratios=[1, 1.1])
        plane(left, 2)
        left.grid(False)
        left.set(xlabel="$x$", ylabel="$y$")
        grid = np.linspace(-2, 2, 121)
        points = np.stack(np.meshgrid(grid, grid), axis=-1)
        self.lines = {}
        for name, s in SURFACES.items():
            heights = s.f(points)
            levels = s.lowest + (heights.max() - s.lowest) * np.linspace(0.06, 1, 14, endpoint=False) ** 2.5
            pairs = [(line, k) for k, level in enumerate(levels) for line in level_lines(grid, grid, heights, level)]
            self.lines[name] = [line for line, _ in pairs], np.array([k for _, k in pairs])
        self.contours = left.add_collection(LineCollection([], cmap="viridis", linewidths=1.5, alpha=0.8))
        (self.minima,) = left.plot([], [], "*", ms=16, color=COLORS["orange"], mec="white")
        (self.newton,) = left.plot([], [], "--^", ms=6, lw=1.8, color=COLORS["green"])
        (self.path,) = left.plot([], [], "-o", ms=3.5, lw=1.5, color=COLORS["black"])
        (self.first,) = left.plot([], [], "s", ms=10, color=COLORS["black"])
        (self.last,) = left.plot([], [], "o", ms=11, color=COLORS["blue"], mec="white")

        right.set(yscale="log", ylim=(1e-12, 1e3), xlim=(0, self.most), xlabel="step", title="height above the lowest")
        right.minorticks_off()
        (self.newton_heights,) = right.plot([], [], "--^", ms=5, color=COLORS["green"], label="Newton, if shown")
        (self.heights,) = right.plot([], [], color=COLORS["blue"], label="gradient descent")
        (self.mark,) = right.plot([], [], "o", ms=11, color=COLORS["blue"], mec="white")
        right.legend(loc="upper right", fontsize=11)
        moving = [self.contours, self.minima, self.newton, self.path, self.first, self.last]
        return [*moving, self.newton_heights, self.heights, self.mark]

    def update(self, surface: str, rate: float, x: float, y: float, steps: int, beside: bool) -> str:
        """Walk from the start; show the whole path's heights, and the path itself up to the step."""
        s, start = SURFACES[surface], np.array([x, y])
        walk = descend(s.gradient, start, rate, self.most)
        jumps = newton(s.f, start, gradient=s.gradient, hessian=s.hessian, max_iter=12, tol=1e-12).path
        segments, colors = self.lines[surface]
        self.contours.set_segments(segments)
        self.contours.set_array(colors)
        self.minima.set_data(*s.minima.T)
        for line, points in ((self.path, walk[: steps + 1]), (self.newton, jumps)):
            line.set_data(*until_gone(points).T)
        self.first.set_data([x], [y])
        self.last.set_data(*until_gone(walk[: steps + 1])[-1:].T)
        above = [np.clip(s.f(points) - s.lowest, 1e-13, 1e6) for points in (walk, jumps)]
        self.heights.set_data(np.arange(len(walk)), above[0])
        self.newton_heights.set_data(np.arange(len(jumps)), above[1])
        self.mark.set_data([steps], above[0][steps : steps + 1])
        for artist in (self.newton, self.newton_heights):
            artist.set_visible(beside)
        told = f"After {steps} steps at rate {rate:g} gradient descent is {whereabouts(s, walk[steps])}."
        return f"{told} Newton's method, after {len(jumps) - 1}, is {whereabouts(s, jumps[-1])}." if beside else told


class Saturation(Demo):
    """A sigmoid unit that is wrong: what squared error and cross-entropy tell it to do about it."""

    alt = (
        "Three frames over the logit. Left, the two losses; middle, on a logarithmic scale, the sizes of their slopes: "
        "that of squared error vanishes on both sides, that of cross-entropy only where the answer is right. Right, "
        "the probability of the truth against the steps of descent, for both losses."
    )
    size = (10.4, 4.0)
    most = 3000

    def __init__(self) -> None:
        super().__init__(
            logit=FloatSlider(-5, min=-10, max=10, step=0.5, description="start at logit z"),
            truth=Dropdown(options=[("1", 1), ("0", 0)], description="truth y"),
            rate=SelectionSlider(options=(0.1, 0.3, 1.0, 3.0), value=1.0, description="learning rate"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Three frames, with a blue line for cross-entropy and a dashed orange one for squared error in each."""
        losses, slopes, race = fig.subplots(1, 3)
        losses.set(xlim=(-10.8, 10.8), ylim=(-0.4, 10.8), xlabel="logit $z$", title="loss")
        slopes.set(xlim=(-10.8, 10.8), ylim=(1e-7, 3), yscale="log", xlabel="logit $z$", title="size of its slope")
        race.set(xlim=(1, self.most), ylim=(-0.03, 1.03), xscale="log", xlabel="step", title="probability of the truth")
        for ax in (slopes, race):
            ax.minorticks_off()
        self.z = np.linspace(-10.8, 10.8, 217)
        self.curves, self.dots = [], []
        for ax in (losses, slopes, race):
            (cross,) = ax.plot([], [], color=COLORS["blue"], label="cross-entropy")
            (square,) = ax.plot([], [], "--", color=COLORS["orange"], label="squared error")
            self.curves.append((cross, square))
        for ax in (losses, slopes):
            (cross,) = ax.plot([], [], "o", ms=10, color=COLORS["blue"], mec="white")
            (square,) = ax.plot([], [], "s", ms=9, color=COLORS["orange"], mec="white")
            self.dots.append((cross, square))
        losses.legend(loc="upper center", fontsize=11)
        return [artist for pair in (*self.curves, *self.dots) for artist in pair]

    def update(self, logit: float, truth: int, rate: float) -> str:
        """Both losses over all logits, their slopes, and the race from the chosen one."""
        arrivals, here = {}, np.array([logit])
        for k, (name, (loss, slope)) in enumerate(LOSSES.items()):
            self.curves[0][k].set_data(self.z, loss(self.z, truth))
            self.curves[1][k].set_data(self.z, np.abs(slope(self.z, truth)))
            self.dots[0][k].set_data(here, loss(here, truth))
            self.dots[1][k].set_data(here, np.abs(slope(here, truth)))
            chance = sigmoid((2 * truth - 1) * race(name, logit, truth, rate, self.most))
            self.curves[2][k].set_data(np.arange(1, self.most + 1), chance[1:])
            (right,) = np.nonzero(chance >= 0.9)
            arrivals[name] = f"from step {right[0]} on" if len(right) else f"not within {self.most:,} steps"
        slopes = {name: abs(slope(here, truth)[0]) for name, (_, slope) in LOSSES.items()}
        return (
            f"The unit gives the truth a chance of {sigmoid((2 * truth - 1) * here)[0]:.2g}. The slope of "
            f"cross-entropy has size {slopes['cross-entropy']:.2g}, that of squared error "
            f"{slopes['squared error']:.2g}. With cross-entropy the chance is 90% or more {arrivals['cross-entropy']}, "
            f"with squared error {arrivals['squared error']}."
        )


class NoiseBall(Running):
    """Stochastic gradient descent on least squares: it arrives quickly, then dances around the minimum."""

    alt = (
        "Left, elliptic contours of a cost, a path from the corner to the minimum, and a cloud of dots around it. "
        "Right, on logarithmic scales, how far the steps stay from the minimum at five batch sizes, as dots along a "
        "falling line, the predicted radius."
    )
    size = (9.2, 4.3)
    batches = (1, 4, 16, 64, 256)
    steps_per_frame = 50
    memory = 2000
    most = 10_000

    def __init__(self) -> None:
        super().__init__(
            batch=SelectionSlider(options=self.batches, value=4, description="batch size"),
            rate=SelectionSlider(options=(0.01, 0.02, 0.05, 0.1, 0.2), value=0.1, description="learning rate"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The contours of the cost, which stay, and what moves on them."""
        self.problem = LeastSquares.drawn(np.random.default_rng(7))
        left, right = fig.subplots(1, 2)
        plane(left, 1.5)
        left.set(xlabel="$w_1 - w_1^*$", ylabel="$w_2 - w_2^*$", title="parameters, from their optimum")
        grid = np.linspace(-1.5, 1.5, 61)
        heights = self.problem.excess(np.stack(np.meshgrid(grid, grid), axis=-1))
        left.contour(grid, grid, heights, levels=np.geomspace(0.005, 2, 9), cmap="viridis", linewidths=1, zorder=1)
        (self.cloud,) = left.plot([], [], "o", ms=3, alpha=0.5, color=COLORS["orange"], mec="none")
        (self.trail,) = left.plot([], [], lw=1, color=COLORS["black"])
        (self.ball,) = left.plot([], [], "--", color=COLORS["blue"])
        (self.here,) = left.plot([], [], "o", ms=9, color=COLORS["black"], mec="white")

        right.set(xscale="log", yscale="log", xlim=(0.7, 370), ylim=(3e-3, 3), xticks=self.batches)
        right.set_xticklabels([str(b) for b in self.batches])
        right.set(xlabel="batch size $B$", title="distance from the optimum (r.m.s.)")
        right.minorticks_off()
        (self.predicted,) = right.plot([], [], "--", color=COLORS["blue"], label=r"$\sigma\sqrt{\eta / B}$")
        (self.measured,) = right.plot([], [], "o", color=COLORS["orange"], label="measured")
        (self.chosen,) = right.plot([], [], "o", ms=14, mfc="none", mec=COLORS["black"], mew=2)
        right.legend(loc="upper right")
        return [self.cloud, self.trail, self.ball, self.here, self.predicted, self.measured, self.chosen]

    def begin(self, batch: int, rate: float) -> None:
        """All batch sizes start in the same corner; the first steps are taken at once."""
        self.rng = np.random.default_rng(0)
        self.taken, self.rate = 0, rate
        self.walks = {size: np.array([[-1.3, 1.3]]) for size in self.batches}
        self.advance(batch, rate)

    def advance(self, batch: int, rate: float) -> bool:
        """Some steps at every batch size. A new rate makes a new cloud: the old one is forgotten."""
        for size, walk in self.walks.items():
            new = self.problem.sgd(walk[-1], rate, size, self.steps_per_frame, self.rng)
            kept = walk if rate == self.rate else walk[-1:]
            self.walks[size] = np.concatenate([kept, new])[-self.memory :]
        self.rate = rate
        self.taken += self.steps_per_frame
        return self.taken < self.most

    def update(self, batch: int, rate: float) -> str:
        """The cloud of one batch size; the distances of all."""
        walk = self.walks[batch]
        radii = {size: rms(points[len(points) // 2 :]) for size, points in self.walks.items()}
        radius = self.problem.noise * math.sqrt(rate / batch)
        angle = np.linspace(0, 2 * np.pi, 100)
        self.cloud.set_data(*walk.T)
        self.trail.set_data(*walk[-self.steps_per_frame :].T)
        self.ball.set_data(radius * np.cos(angle), radius * np.sin(angle))
        self.here.set_data(*walk[-1:].T)
        self.predicted.set_data(self.batches, self.problem.noise * np.sqrt(rate / np.array(self.batches)))
        self.measured.set_data(list(radii), list(radii.values()))
        self.chosen.set_data([batch], [radii[batch]])
        return (
            f"{self.taken:,} steps and {self.taken * batch:,} examples at batch size {batch}. The last "
            f"{len(walk) // 2:,} steps, at rate {self.rate:g}, were {radii[batch]:.3f} away from the optimum. In the "
            f"long run σ√(η/B) = {radius:.3f} is expected at rate {rate:g}."
        )


class Curve(NamedTuple):
    """A function of one variable with its first two derivatives and its minima."""

    f: Callable[[Vector], Vector]
    slope: Callable[[Vector], Vector]
    curvature: Callable[[Vector], Vector]
    minima: tuple[float, ...]


CURVES = {
    "parabola": Curve(lambda x: x**2, lambda x: 2 * x, lambda x: 2 + 0 * x, (0.0,)),
    "steep parabola": Curve(lambda x: 2 * x**2, lambda x: 4 * x, lambda x: 4 + 0 * x, (0.0,)),
    "two valleys": Curve(
        lambda x: (x**2 - 1) ** 2 / 4 + 0.15 * x,
        lambda x: x**3 - x + 0.15,
        lambda x: 3 * x**2 - 1,
        (-1.067923013690, 0.914297315866),
    ),
    "rounded V": Curve(
        lambda x: np.log(np.cosh(2 * x)),
        lambda x: 2 * np.tanh(2 * x),
        lambda x: 4 / np.cosh(2 * x) ** 2,
        (0.0,),
    ),
    "pit in a plain": Curve(
        lambda x: -3 * np.exp(-(x**2)),
        lambda x: 6 * x * np.exp(-(x**2)),
        lambda x: (6 - 12 * x**2) * np.exp(-(x**2)),
        (0.0,),
    ),
}
"""Curves to descend."""


class Surface(NamedTuple):
    """A function on the square from −2 to 2 with its gradient, its Hessian and its minima, the lowest among them first.

    The functions take points of shape (..., 2); the gradient has the same shape, the Hessian (..., 2, 2).
    """

    f: Callable[[Matrix], Vector]
    gradient: Callable[[Matrix], Matrix]
    hessian: Callable[[Matrix], Matrix]
    minima: Matrix
    lowest: float = 0.0


def quadratic(*curvatures: float, degrees: float = 30) -> Surface:
    r"""$\frac12 x^\top H x$ with two curvatures, the first along an axis turned by an angle from the first."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    Q = np.array([[c, -s], [s, c]])
    H = Q @ np.diag(curvatures) @ Q.T
    return Surface(
        lambda x: ((x @ H) * x).sum(axis=-1) / 2, lambda x: x @ H, lambda x: H + 0 * x[..., None], np.zeros((1, 2))
    )


def rosenbrock() -> Surface:
    r"""$\frac{1}{200} \bigl((1 - x)^2 + 100 (y - x^2)^2\bigr)$: a bent, nearly flat valley."""

    def gradient(points: Matrix) -> Matrix:
        x, y = points[..., 0], points[..., 1]
        return np.stack([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)], axis=-1) / 200

    def hessian(points: Matrix) -> Matrix:
        x, y = points[..., 0], points[..., 1]
        return symmetric(2 - 400 * (y - 3 * x**2), -400 * x, 200 + 0 * x) / 200

    return Surface(
        lambda p: ((1 - p[..., 0]) ** 2 + 100 * (p[..., 1] - p[..., 0] ** 2) ** 2) / 200,
        gradient,
        hessian,
        np.ones((1, 2)),
    )


def saddle() -> Surface:
    r"""$\frac12 x^2 - \frac12 y^2 + \frac18 y^4$: a saddle at the origin, a minimum on either side."""

    def hessian(points: Matrix) -> Matrix:
        x, y = points[..., 0], points[..., 1]
        return symmetric(1 + 0 * x, 0 * x, 1.5 * y**2 - 1)

    return Surface(
        lambda p: p[..., 0] ** 2 / 2 - p[..., 1] ** 2 / 2 + p[..., 1] ** 4 / 8,
        lambda p: np.stack([p[..., 0], p[..., 1] ** 3 / 2 - p[..., 1]], axis=-1),
        hessian,
        np.array([[0, 2**0.5], [0, -(2**0.5)]]),
        lowest=-0.5,
    )


def himmelblau() -> Surface:
    r"""$\frac{1}{250} \bigl((u^2 + v - 11)^2 + (u + v^2 - 7)^2\bigr)$ with $(u, v) = \frac52 (x, y)$: four minima."""

    def misses(points: Matrix) -> tuple[Vector, Vector, Vector, Vector]:
        u, v = 2.5 * points[..., 0], 2.5 * points[..., 1]
        return u, v, u**2 + v - 11, u + v**2 - 7

    def f(points: Matrix) -> Vector:
        _, _, first, second = misses(points)
        return (first**2 + second**2) / 250

    def gradient(points: Matrix) -> Matrix:
        u, v, first, second = misses(points)
        return np.stack([4 * u * first + 2 * second, 2 * first + 4 * v * second], axis=-1) * 2.5 / 250

    def hessian(points: Matrix) -> Matrix:
        u, v, first, second = misses(points)
        return symmetric(4 * first + 8 * u**2 + 2, 4 * (u + v), 4 * second + 8 * v**2 + 2) * 2.5**2 / 250

    minima = [(3, 2), (-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127)]
    return Surface(f, gradient, hessian, np.array(minima) / 2.5)


def plateau() -> Surface:
    r"""$1 - \exp(-\lVert x - m \rVert^2)$ with $m = (0.5, 0.3)$: a pit in a plain that is nearly flat."""
    m = np.array([0.5, 0.3])

    def pit(points: Matrix) -> Vector:
        return np.exp(-((points - m) ** 2).sum(axis=-1))

    def hessian(points: Matrix) -> Matrix:
        away = points - m
        return (2 * np.eye(2) - 4 * away[..., None] * away[..., None, :]) * pit(points)[..., None, None]

    return Surface(lambda p: 1 - pit(p), lambda p: 2 * (p - m) * pit(p)[..., None], hessian, m[None])


def symmetric(a: Vector, b: Vector, c: Vector) -> Matrix:
    """The matrices ((a, b), (b, c)), shape (..., 2, 2)."""
    return np.stack([np.stack([a, b], axis=-1), np.stack([b, c], axis=-1)], axis=-1)


SURFACES = {
    "round bowl (κ = 2)": quadratic(1, 2),
    "long valley (κ = 40)": quadratic(0.05, 2),
    "Rosenbrock": rosenbrock(),
    "saddle": saddle(),
    "Himmelblau": himmelblau(),
    "plateau": plateau(),
}
"""Surfaces to descend."""


def descend(slope: Callable[[Matrix], Matrix], start: Matrix, rate: float | Vector, steps: int) -> Matrix:
    r"""Gradient descent, $x \leftarrow x - \eta f'(x)$, of shape (steps + 1, \*start.shape).

    A coordinate that has run away farther than a million stays where it is, so that nothing overflows.

    >>> descend(lambda x: 2 * x, np.array([1.0]), 0.25, 2)[:, 0]
    array([1.  , 0.5 , 0.25])
    """
    path = [start]
    for _ in range(steps):
        x = path[-1]
        path.append(np.where(np.abs(x) < 1e6, x - rate * slope(x), x))
    return np.stack(path)


def until_gone(path: Matrix, limit: float = 20) -> Matrix:
    """The points of a path, shape (points, d), as far as the first that lies beyond the limit.

    >>> until_gone(np.array([[1.0], [30.0], [900.0]]))[:, 0]
    array([ 1., 30.])
    """
    gone = np.abs(path).max(axis=1) > limit
    return path[: gone.argmax() + 1] if gone.any() else path


def distances(x: Vector, minima: tuple[float, ...]) -> tuple[Vector, Vector]:
    """The nearest minimum to each x, and how far away it is."""
    places = np.array(minima)
    nearest = places[np.abs(x[..., None] - places).argmin(axis=-1)]
    return nearest, np.abs(x - nearest)


def verdict(factor: float) -> str:
    """What becomes of the distance from the minimum if each step multiplies it by a factor.

    >>> verdict(0.8), verdict(-1.2)
    ('creeps in from one side', 'drives it out')
    """
    if abs(factor) < 0.05:
        return "lands almost at once"
    if abs(abs(factor) - 1) < 0.005:
        return "swings for ever"
    if abs(factor) > 1:
        return "drives it out"
    return "creeps in from one side" if factor > 0 else "swings in from both sides"


def whereabouts(surface: Surface, point: Vector) -> str:
    """Where a walk has come to, in words."""
    if np.abs(point).max() > 2.2:
        return "outside the picture"
    slope = float(norm(surface.gradient(point)))
    if slope > 1e-6:
        return f"{surface.f(point) - surface.lowest:.2g} above the lowest point, on a slope of {slope:.2g}"
    lower, upper = eigh(surface.hessian(point))[0]
    return "at a minimum" if lower > 0 else "at a saddle" if upper > 0 else "at a maximum"


LOSSES: dict[str, tuple[Callable[[Vector, int], Vector], Callable[[Vector, int], Vector]]] = {
    "cross-entropy": (lambda z, y: softplus((1 - 2 * y) * z), lambda z, y: sigmoid(z) - y),
    "squared error": (
        lambda z, y: (sigmoid(z) - y) ** 2,
        lambda z, y: 2 * (sigmoid(z) - y) * sigmoid(z) * sigmoid(-z),
    ),
}
"""Two losses of a sigmoid unit with logit z where the truth is y, and their derivatives in z."""


def race(loss: str, logit: float, truth: int, rate: float, steps: int) -> Vector:
    """The logits of gradient descent on a loss, shape (steps + 1,), in plain floats: here they are faster."""
    path = [logit]
    for _ in range(steps):
        p = 1 / (1 + math.exp(-path[-1]))
        slope = p - truth if loss == "cross-entropy" else 2 * (p - truth) * p * (1 - p)
        path.append(path[-1] - rate * slope)
    return np.array(path)


class LeastSquares(NamedTuple):
    """A least-squares cost, measured from its optimum: inputs X and the residuals r that the optimum leaves."""

    X: Matrix
    r: Vector

    @classmethod
    def drawn(cls, rng: np.random.Generator, n: int = 1000) -> LeastSquares:
        """Inputs and noise from a Gaussian; the best fit is taken off, so that the optimum is at 0."""
        X = rng.standard_normal((n, 2)) @ np.array([[1.0, 0.4], [0.0, 0.6]])
        noise = rng.standard_normal(n)
        return cls(X, noise - X @ solve(X.T @ X, X.T @ noise))

    @property
    def noise(self) -> float:
        """The standard deviation of the residuals."""
        return float(rms(self.r[:, None]))

    def excess(self, d: Matrix) -> Vector:
        r"""$\frac{1}{2n} \lVert X d \rVert^2$: how much the parameters d, shape (..., 2), cost above the optimum."""
        return ((d @ self.X.T) ** 2).mean(axis=-1) / 2

    def sgd(self, d: Vector, rate: float, batch: int, steps: int, rng: np.random.Generator) -> Matrix:
        r"""Steps $d \leftarrow d - \frac{\eta}{B} \sum_i x_i (x_i^\top d - r_i)$ over B rows drawn anew: (steps, 2)."""
        path = np.empty((steps, 2))
        for k, rows in enumerate(rng.integers(len(self.r), size=(steps, batch))):
            X = self.X[rows]
            d = d - rate / batch * (X @ d - self.r[rows]) @ X
            path[k] = d
        return path


def rms(points: Matrix) -> float:
    """The root of the mean squared length of the rows."""
    return float(np.sqrt((points**2).sum(axis=1).mean()))
