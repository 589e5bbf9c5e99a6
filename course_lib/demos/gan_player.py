"""The GAN player of lecture 14: a generator and a discriminator play against each other while you watch and meddle."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import islice
from typing import Any, ClassVar

import numpy as np
import torch
from ipywidgets import Dropdown, IntSlider, SelectionSlider
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from course_lib import nn, optim
from course_lib.arrays import torch_generator
from course_lib.data import Minibatches, gaussian_ring, ring_centers
from course_lib.demos.base import Running
from course_lib.demos.fields import Field, Matrix, class_markers, empty_line, polyline
from course_lib.models import (
    GAN,
    MLP,
    WGANGP,
    Coverage,
    FeatureMatchingGAN,
    MinibatchDiscrimination,
    SpectralNorm,
    UnrolledGAN,
    modes_covered,
)
from course_lib.nn.functional import sigmoid
from course_lib.plotting import COLORS, level_lines
from course_lib.training import AdversarialStep, adversarial_steps

STD = 0.05
"""How wide each Gaussian of the ring is."""

HIDDEN, BATCH, RATE, BETAS = 64, 128, 0.002, (0.5, 0.9)


def ring_gan(remedy: str = "none", *, generator: torch.Generator) -> GAN:
    """A small GAN for points of the plane, with one remedy against mode collapse or none.

    Args:
        remedy: One of :data:`REMEDIES`.
        generator: Where the initial weights come from, and what noise the remedy needs.
    """
    G = MLP([2, HIDDEN, HIDDEN, 2], generator=generator)
    D: nn.Module = MLP([2, HIDDEN, HIDDEN, 1], generator=generator)
    if remedy == "instance noise":
        D = nn.Sequential(nn.GaussianNoise(0.3, generator=generator), D)
    elif remedy == "spectral norm":
        layers = [nn.Linear(m, n, generator=generator) for m, n in ((2, HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, 1))]
        first, second, last = (SpectralNorm(layer, generator=generator) for layer in layers)
        D = nn.Sequential(first, nn.LeakyReLU(0.2), second, nn.LeakyReLU(0.2), last)
    elif remedy == "minibatch discrimination":
        similar = MinibatchDiscrimination(HIDDEN, 8, generator=generator)
        told = nn.Linear(HIDDEN + 8, 1, generator=generator)
        D = nn.Sequential(MLP([2, HIDDEN, HIDDEN], generator=generator), nn.ReLU(), similar, told)
    return REMEDIES[remedy](G, D, generator)


REMEDIES: dict[str, Callable[[nn.Module, nn.Module, torch.Generator], GAN]] = {
    "none": lambda G, D, _: GAN(G, D, 2),
    "R1 penalty": lambda G, D, _: GAN(G, D, 2, r1=0.3),
    "Wasserstein, gradient penalty": lambda G, D, g: WGANGP(G, D, 2, penalty=1.0, random=g),
    "spectral norm": lambda G, D, _: GAN(G, D, 2),
    "instance noise": lambda G, D, _: GAN(G, D, 2),
    "minibatch discrimination": lambda G, D, _: GAN(G, D, 2),
    "feature matching": lambda G, D, _: FeatureMatchingGAN(G, D, 2, layer="activations.1"),
    "unrolling": lambda G, D, _: UnrolledGAN(G, D, 2),
}
"""What is tried against mode collapse, and which GAN it makes of the two networks."""


class RingGame:
    """A GAN on a ring of Gaussians, played step by step.

    Args:
        gan: Trained in place.
        rate: Both players' learning rate.
        critic_steps: Updates of the discriminator for each of the generator.
        seed: Decides data, batches and codes.

    Attributes:
        real: Some of the data, shape (CROWD, 2).
        taken: How many steps have been played.

    >>> game = RingGame(ring_gan(generator=torch_generator(0)))
    >>> steps = game.play(3)
    >>> game.taken, game.samples().shape
    (3, (400, 2))
    """

    def __init__(self, gan: GAN, *, rate: float = RATE, critic_steps: int = 1, seed: int = 0) -> None:
        generator = torch_generator(seed)
        X = gaussian_ring(4000, std=STD, generator=generator)
        self.gan, self.real, self.taken = gan, X[:CROWD], 0
        self.z = gan.draw_codes(CROWD, generator=generator)
        self.optimizers = tuple(
            optim.Adam(player.parameters(), lr=rate, betas=BETAS) for player in (gan.discriminator, gan.generator)
        )
        batches = Minibatches(X, batch_size=BATCH, generator=generator)
        self._steps = adversarial_steps(
            gan, batches, *self.optimizers, steps=MOST_STEPS, critic_steps=critic_steps, generator=generator
        )

    def play(self, steps: int) -> list[AdversarialStep]:
        """Take some steps; what they cost."""
        losses = list(islice(self._steps, steps))
        self.taken += len(losses)
        return losses

    @torch.no_grad()
    def samples(self) -> Matrix:
        """What the generator makes of the same codes every time, shape (CROWD, 2)."""
        return self.gan(self.z).numpy()

    @torch.no_grad()
    def belief(self, points: torch.Tensor) -> Matrix:
        """The probability that the discriminator gives to points, shape (n, 2), of being real: shape (n,)."""
        return sigmoid(self.gan.discriminator(points))[:, 0].numpy()

    def coverage(self) -> Coverage:
        """How many of the modes the samples reach, and how many samples reach one."""
        return modes_covered(self.samples(), ring_centers(), STD)


class GANPlayer(Running):
    """A generator and a discriminator play against each other on a ring of Gaussians: meddle while it runs."""

    alt = (
        "Left, the plane, coloured by the probability that the discriminator gives to a point of being real, orange "
        "for low, blue for high, with a black line at one half; blue circles are real points, orange triangles what "
        "the generator makes. Right above, the mean of that probability for real and for generated points after each "
        "step; right below, a bar for each mode: its share of the generated points."
    )
    size = (9.2, 4.7)
    restarts = ("draw",)
    pause_between_frames = 0.01
    steps_per_frame = 4
    grid: ClassVar = np.linspace(-3, 3, 51)

    def __init__(self) -> None:
        super().__init__(
            who=Dropdown(options=list(PLAYERS), description="who learns"),
            loss=Dropdown(options=["non-saturating", "minimax"], description="generator's loss"),
            rate=SelectionSlider(options=[(f"{r:g}", r) for r in RATES], value=RATE, description="learning rate"),
            r1=SelectionSlider(options=[0.0, 0.01, 0.1, 1.0, 10.0], value=0.0, description="R1 penalty"),
            momentum=SelectionSlider(options=[0.0, 0.5, 0.9], value=0.5, description="Adam's momentum"),
            draw=IntSlider(1, min=1, max=20, description="draw (data, weights)"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The plane on the left; the discriminator's mind above the modes on the right."""
        panels = fig.subplot_mosaic([["plane", "mind"], ["plane", "modes"]], width_ratios=[1, 0.95])
        self.field = Field(ring_axes(panels["plane"]))
        self.border = empty_line(panels["plane"], COLORS["black"], lw=1.8)
        self.crowds = crowds(panels["plane"])
        self.title = panels["plane"].set_title("step 0")
        below = panels["plane"].transAxes  # an axis label would stay in the backdrop
        self.rules = panels["plane"].text(0.5, -0.08, "both learn", transform=below, ha="center", va="top")
        self.mind = panels["mind"]
        self.mind.set(ylim=(0, 1), xlim=(0, 500), ylabel="mean of $D$", yticks=(0, 0.5, 1))
        self.mind.axhline(0.5, color=COLORS["grey"], ls=":", lw=1.5)
        self.curves = [
            empty_line(self.mind, COLORS["blue"], label="real", marker="o", ms=6, markevery=[-1]),
            empty_line(self.mind, COLORS["orange"], label="generated", ls="--", marker="^", ms=7, markevery=[-1]),
        ]
        self.mind.legend(loc="upper right", ncols=2, borderaxespad=0, handlelength=1.6)
        panels["modes"].set(ylim=(0, 1), xlabel="mode", ylabel="share", xticks=range(8), yticks=(0, 0.5, 1))
        self.bars = list(panels["modes"].bar(range(8), 0.0, color=COLORS["orange"]))
        panels["modes"].axhline(1 / 8, color=COLORS["grey"], ls=":", lw=1.5)
        return [self.field, *self.crowds, self.border, self.title, self.rules, *self.curves, *self.bars]

    def begin(self, draw: int, **values: Any) -> None:
        """New data and new weights."""
        self.game = RingGame(ring_gan(generator=torch_generator(draw)), seed=draw)
        self.overflowed = False
        self.history: deque[tuple[float, ...]] = deque(maxlen=500)  # step, belief in the real, belief in the generated
        self.advance(**values)

    def advance(self, who: str, loss: str, rate: float, r1: float, momentum: float, **_: Any) -> bool:
        """A few steps of the game, by the rules that hold now."""
        self.game.gan.loss, self.game.gan.r1 = loss, r1
        for optimizer, plays in zip(self.game.optimizers, PLAYERS[who], strict=True):
            optimizer.param_groups[0].update(lr=rate * plays, betas=(momentum, BETAS[1]))
        try:
            self.game.play(self.steps_per_frame)
        except FloatingPointError:
            self.overflowed = True
            return False
        fake = torch.from_numpy(self.game.samples())
        told = [float(self.game.belief(x).mean()) for x in (self.game.real, fake)]
        self.history.append((self.game.taken, *told))
        return self.game.taken < MOST_STEPS

    def update(self, who: str, loss: str, rate: float, r1: float, momentum: float, **_: Any) -> str:
        """Ask the discriminator about the whole plane, and the generator for points."""
        if self.overflowed:
            return f"After step {self.game.taken:,} the weights overflowed. Lower the learning rate and start over."
        n = len(self.grid)
        belief = self.game.belief(PLANE).reshape(n, n)
        self.field.set_values(belief)
        self.border.set_data(*border(self.grid, belief))
        for crowd, points in zip(self.crowds, (self.game.real.numpy()[::2], self.game.samples()), strict=True):
            crowd.set_data(*points.T)
        self.title.set_text(f"step {self.game.taken:,}, rate {rate:g}, R1 {r1:g}, momentum {momentum:g}")
        self.rules.set_text(f"{who}, {loss} loss")
        coverage = self.game.coverage()
        for k, bar in enumerate(self.bars):
            bar.set_height(coverage.counts[k] / CROWD)
        self._draw_mind()
        real, fake = self.history[-1][1:]
        return (
            f"Step {self.game.taken:,}, {loss} loss, {who}: the discriminator gives {real:.0%} to real points and "
            f"{fake:.0%} to generated ones. The generator covers {coverage.modes} of 8 modes, and "
            f"{coverage.quality:.0%} of its points lie on one."
        )

    def _draw_mind(self) -> None:
        """The axis doubles when the curves reach its end; of long games the last part is shown."""
        steps, *told = np.array(self.history).T
        first = steps[0] if len(self.history) == self.history.maxlen else 0
        end = first + 500 * 2 ** max(0, int(np.ceil(np.log2((steps[-1] - first) / 500))))
        if self.mind.get_xlim() != (first, end):
            self.mind.set_xlim(first, end)
            self.stale()
        for curve, values in zip(self.curves, told, strict=True):
            curve.set_data(steps, values)


class ModeCollapse(Running):
    """Two generators from the same weights against the same data: one plain, one with a remedy."""

    alt = (
        "Left and in the middle, two planes with blue circles, real points of a ring of eight Gaussians, and orange "
        "triangles, what a generator makes: of a plain GAN on the left, of one with the chosen remedy in the middle. "
        "Right, how many of the eight modes each covers after each step."
    )
    size = (10.4, 3.9)
    restarts = ("remedy", "rate", "draw")
    pause_between_frames = 0.01
    steps_per_frame = 2

    def __init__(self) -> None:
        super().__init__(
            remedy=Dropdown(options=[name for name in REMEDIES if name != "none"], description="remedy"),
            rate=SelectionSlider(options=[(f"{r:g}", r) for r in RATES], value=0.0005, description="learning rate"),
            draw=IntSlider(1, min=1, max=20, description="draw (data, weights)"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Two planes, and the count of the modes."""
        left, middle, self.count = fig.subplots(1, 3, width_ratios=[1, 1, 1.1])
        self.crowds = [crowds(ring_axes(ax)) for ax in (left, middle)]
        self.titles = [left.set_title("plain"), middle.set_title("remedy")]
        self.count.set(ylim=(-0.3, 8.3), xlim=(0, 500), xlabel="step", title="modes covered", yticks=range(0, 9, 2))
        self.curves = [
            empty_line(self.count, COLORS["grey"], label="plain", ls="--", marker="s", ms=6, markevery=[-1]),
            empty_line(self.count, COLORS["blue"], label="remedy", marker="o", ms=6, markevery=[-1]),
        ]
        self.count.legend(loc="lower right", borderaxespad=0)
        return [*self.crowds[0], *self.crowds[1], *self.titles, *self.curves]

    def begin(self, remedy: str, rate: float, draw: int) -> None:
        """The same first weights, as far as the networks are the same, and the same data."""
        self.games = [
            RingGame(
                ring_gan(name, generator=torch_generator(draw)),
                rate=rate,
                critic_steps=CRITIC_STEPS.get(name, 1),
                seed=draw,
            )
            for name in ("none", remedy)
        ]
        self.overflowed = False
        self.history: list[tuple[int, ...]] = []
        self.advance()

    def advance(self, **_: Any) -> bool:
        """A few steps of both games."""
        try:
            for game in self.games:
                game.play(self.steps_per_frame)
        except FloatingPointError:
            self.overflowed = True
            return False
        self.history.append((self.games[0].taken, *(game.coverage().modes for game in self.games)))
        return self.games[0].taken < 3000

    def update(self, remedy: str, rate: float, **_: Any) -> str:
        """Show both crowds, and the count so far."""
        taken = self.games[0].taken
        if self.overflowed:
            return f"After step {taken:,} at rate {rate:g} the weights overflowed. Lower the learning rate."
        for game, (real, fake) in zip(self.games, self.crowds, strict=True):
            real.set_data(*game.real.numpy()[::2].T)
            fake.set_data(*game.samples().T)
        self.titles[1].set_text(remedy)
        end = 500 * 2 ** max(0, int(np.ceil(np.log2(taken / 500))))
        if self.count.get_xlim()[1] != end:
            self.count.set_xlim(0, end)
            self.stale()
        steps, *modes = np.array(self.history).T
        for curve, counts in zip(self.curves, modes, strict=True):
            curve.set_data(steps, counts)
        plain, other = (game.coverage() for game in self.games)
        return (
            f"After {taken:,} steps at rate {rate:g}: the plain GAN covers {plain.modes} of 8 modes, with "
            f"{plain.quality:.0%} of its points on one. With {remedy}: {other.modes} of 8, {other.quality:.0%}."
        )


CROWD, MOST_STEPS = 400, 20_000
RATES = (0.0002, 0.0005, 0.001, 0.002, 0.005, 0.02)
CRITIC_STEPS = {"Wasserstein, gradient penalty": 3}
"""Remedies that want more than one update of the discriminator in each step."""

PLAYERS = {
    "both": (1.0, 1.0),
    "the discriminator alone": (1.0, 0.0),
    "the generator alone": (0.0, 1.0),
}
"""Who learns: factors for the rates of the discriminator and of the generator."""

PLANE = torch.tensor(np.stack(np.meshgrid(GANPlayer.grid, GANPlayer.grid), axis=-1).reshape(-1, 2), dtype=torch.float32)
"""Where the player asks its discriminator, row by row."""


def ring_axes(ax: Axes) -> Axes:
    """A square that has room for the ring and for points astray."""
    ax.set(aspect="equal", xlim=(-3, 3), ylim=(-3, 3), xticks=(-2, 0, 2), yticks=(-2, 0, 2))
    ax.grid(False)
    return ax


def crowds(ax: Axes) -> list[Line2D]:
    """Markers for real points, circles, and for generated ones, triangles."""
    real, fake = class_markers(ax, 1, 5), class_markers(ax, 0, 5.5)
    real.set_marker("o")
    fake.set(marker="^", markeredgewidth=0.5)
    return [real, fake]


def border(grid: Matrix, belief: Matrix) -> Matrix:
    """Where the discriminator says one half, as points to plot, shape (2, n)."""
    return polyline(level_lines(grid, grid, belief, 0.5))
