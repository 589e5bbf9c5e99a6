"""The demos of lecture 13, autoencoders and representation learning."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

import numpy as np
import torch
from ipywidgets import Dropdown, FloatSlider, IntSlider, SelectionSlider
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from torch import Tensor

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.data import load_digits
from course_lib.decomposition import PCA
from course_lib.demos.base import Demo, Running, number
from course_lib.demos.fields import Field, Vector, empty_line
from course_lib.demos.latent_explorer import LatentExplorer, trained_on_digits
from course_lib.demos.pixels import Matrix, Pixels, grey_colors, grid_axes
from course_lib.models import Autoencoder, ContractiveAutoencoder, DenoisingAutoencoder, corrupt
from course_lib.optim import Adam
from course_lib.plotting import COLORS, plane
from course_lib.training import fit_own_loss

__all__ = [
    "CodeSize",
    "DenoisingDigit",
    "LatentExplorer",
    "PCAAndAutoencoders",
    "VectorField",
]


class CodeSize(Demo):
    """What is left of a digit that goes through a code of k numbers: PCA beside a deep autoencoder.

    Args:
        models: Autoencoders of 64 pixels by the sizes of their codes; by default six are trained, in two seconds.
    """

    alt = (
        "Left, three small pictures: a digit, what PCA makes of it from the chosen number of components, and what an "
        "autoencoder makes of it from a code of that size. Right, the mean squared error on new digits against the "
        "size of the code, both axes logarithmic: both curves fall, that of PCA, dashed, lies above at small sizes."
    )
    size = (10.4, 4.2)

    def __init__(self, models: Mapping[int, Autoencoder] | None = None) -> None:
        models = autoencoders_by_size() if models is None else {k: copy.deepcopy(m).cpu() for k, m in models.items()}
        split = load_digits()
        self.X, self.labels = split.X_test, split.y_test
        pca = PCA(n_components=min(max(models), 64)).fit(split.X_train)
        self.reconstructions = {
            "PCA": {k: from_components(pca, self.X, k) for k in models},
            "autoencoder": {k: reconstructed(model, self.X) for k, model in models.items()},
        }
        super().__init__(
            k=SelectionSlider(options=sorted(models), value=sorted(models)[1], description="code size k"),
            digit=IntSlider(0, min=0, max=len(self.X) - 1, description="test digit no."),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Three pictures, two curves, and a marker on each."""
        panels = fig.subplot_mosaic([["digit", "PCA", "autoencoder", "curves"]], width_ratios=[1, 1, 1, 2.4])
        self.pictures = {name: Pixels(grid_axes(panels[name], (8, 8), name)) for name in list(panels)[:3]}
        ax, self.marks, self.errors = panels["curves"], {}, {}
        for (name, results), look in zip(self.reconstructions.items(), LOOKS, strict=True):
            self.errors[name] = {k: mean_square(x, self.X) for k, x in sorted(results.items())}
            ax.plot(list(self.errors[name]), list(self.errors[name].values()), label=name, **look)
            self.marks[name] = empty_line(ax, look["color"], marker="o", ms=14, mfc="none", mew=3)
        sizes = sorted(self.errors["PCA"])
        ax.set(xscale="log", yscale="log", xlabel="code size $k$", title="error on new digits", xticks=sizes)
        ax.set_xticklabels([str(k) for k in sizes])
        ax.set(yticks=ERRORS, yticklabels=[f"{e:g}" for e in ERRORS])
        ax.minorticks_off()
        ax.legend()
        return [*self.pictures.values(), *self.marks.values()]

    def update(self, k: int, digit: int) -> str:
        """Show the digit and what came back."""
        x = self.X[digit]
        images = {"digit": x, **{name: results[k][digit] for name, results in self.reconstructions.items()}}
        for name, image in images.items():
            self.pictures[name].show(digit_colors(image), (0, 8, 8, 0))
        for name, mark in self.marks.items():
            mark.set_data([k], [self.errors[name][k]])
        here = {name: mean_square(images[name], x) for name in self.marks}
        return (
            f"A {int(self.labels[digit])} from {k} of 64 numbers: error {here['PCA']:.4f} with PCA, "
            f"{here['autoencoder']:.4f} with the autoencoder. On all new digits {self.errors['PCA'][k]:.4f} and "
            f"{self.errors['autoencoder'][k]:.4f}."
        )


ERRORS = (0.002, 0.005, 0.01, 0.02, 0.05)
LOOKS: list[dict[str, Any]] = [
    {"color": COLORS["orange"], "ls": "--", "marker": "s"},
    {"color": COLORS["blue"], "ls": "-", "marker": "o"},
]


@cache
def autoencoders_by_size() -> dict[int, Autoencoder]:
    """Deep autoencoders of digits with codes of 1, 2, 4, 8, 16 and 32 numbers."""
    return {
        k: trained_on_digits(Autoencoder([64, 128, k], output="sigmoid", generator=torch_generator(0)), epochs=12)
        for k in (1, 2, 4, 8, 16, 32)
    }


@torch.no_grad()
def reconstructed(model: nn.Module, x: Tensor) -> Tensor:
    """What a model makes of inputs."""
    return model(x)


def from_components(pca: PCA, x: Tensor, k: int) -> Tensor:
    """What is left of inputs in the first k principal components; with more than there are, all of them."""
    W = pca.components_[:k]
    return pca.mean_ + (x - pca.mean_) @ W.mT @ W


def mean_square(a: Tensor, b: Tensor) -> float:
    """The mean squared difference."""
    return float((a - b).square().mean())


def digit_colors(x: Tensor) -> Any:
    """A digit of 64 pixels in dark ink on white paper."""
    return grey_colors(1 - x.reshape(8, 8).double().numpy())


class DenoisingDigit(Demo):
    """A damaged digit, and what two autoencoders of equal size make of it: one that learned to copy, one to repair.

    Args:
        plain: An autoencoder of 64 pixels; by default one is trained, in a second.
        denoising: One that was trained on damaged digits.
    """

    alt = (
        "Left, four small pictures: a digit, the damaged digit, what a plain autoencoder makes of it, mostly the "
        "damage again, and what a denoising one makes of it, mostly the digit. Right, the mean squared error to the "
        "whole digits against the amount of damage: for zeroed pixels, that of the denoising one lies lowest but at "
        "the very left."
    )
    size = (10.4, 4.4)
    amounts: ClassVar = np.linspace(0, 1, 21)

    def __init__(self, plain: Autoencoder | None = None, denoising: Autoencoder | None = None) -> None:
        trained = repairers() if plain is None or denoising is None else (plain, denoising)
        self.models = dict(zip(("plain", "denoising"), (copy.deepcopy(m).cpu() for m in trained), strict=True))
        split = load_digits()
        self.X, self.labels = split.X_test, split.y_test
        self.errors = {kind: errors_by_damage(self.models, self.X, kind, self.amounts) for kind in KINDS.values()}
        super().__init__(
            p=FloatSlider(0.4, min=0, max=1, step=0.05, description="corruption p"),
            kind=Dropdown(options=list(KINDS.items()), description="kind of damage"),
            digit=IntSlider(3, min=0, max=len(self.X) - 1, description="test digit no."),
            draw=IntSlider(0, min=0, max=9, description="another draw"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Four pictures, three curves, and a line at the amount of damage."""
        panels = fig.subplot_mosaic(
            [["digit", "damaged", "curves"], ["plain", "denoising", "curves"]], width_ratios=[1, 1, 2.6]
        )
        ax = panels.pop("curves")
        self.pictures = {name: Pixels(grid_axes(panel, (8, 8), name)) for name, panel in panels.items()}
        looks = {"damaged": ("grey", ":"), "plain": ("orange", "--"), "denoising": ("blue", "-")}
        self.curves = {name: empty_line(ax, COLORS[c], ls=ls, label=name) for name, (c, ls) in looks.items()}
        self.line = ax.axvline(0, color=COLORS["black"], lw=1)
        ax.set(xlim=(0, 1), ylim=(0, 0.25), xlabel="corruption $p$", title="error to the whole digit")
        ax.legend(loc="upper left")
        return [*self.pictures.values(), *self.curves.values(), self.line]

    def update(self, p: float, kind: str, digit: int, draw: int) -> str:
        """Damage the digit and have it repaired."""
        x = self.X[digit : digit + 1]
        damaged = corrupt(x, p, kind=kind, generator=torch_generator(draw))
        images = {"digit": x, "damaged": damaged, **{n: reconstructed(m, damaged) for n, m in self.models.items()}}
        for name, image in images.items():
            self.pictures[name].show(digit_colors(image), (0, 8, 8, 0))
        for name, curve in self.curves.items():
            curve.set_data(self.amounts, self.errors[kind][name])
        self.line.set_xdata([p, p])
        here = {name: mean_square(images[name], x) for name in self.curves}
        best = min(here, key=lambda name: here[name])
        verdict = "Best left as it is." if best == "damaged" else f"The {best} autoencoder comes nearest."
        return (
            f"This {int(self.labels[digit])}, damaged, is off by {here['damaged']:.3f}; after the plain autoencoder "
            f"by {here['plain']:.3f}, after the denoising one by {here['denoising']:.3f}. {verdict}"
        )


KINDS = {"pixels set to 0": "mask", "Gaussian noise": "gaussian", "salt and pepper": "salt_pepper"}


@cache
def repairers() -> tuple[Autoencoder, Autoencoder]:
    """A plain and a denoising autoencoder of one size, larger than the input."""
    plain = Autoencoder([64, 256], code=nn.ReLU, output="sigmoid", generator=torch_generator(0))
    denoising = DenoisingAutoencoder(
        [64, 256], corruption=0.4, code=nn.ReLU, output="sigmoid", generator=torch_generator(0)
    )
    return trained_on_digits(plain, epochs=12), trained_on_digits(denoising, epochs=12)


def errors_by_damage(models: Mapping[str, nn.Module], X: Tensor, kind: str, amounts: Vector) -> dict[str, list[float]]:
    """The error to whole inputs against the amount of damage: of the damaged themselves, and behind each model."""
    errors: dict[str, list[float]] = {"damaged": [], **{name: [] for name in models}}
    for p in amounts:
        damaged = corrupt(X, float(p), kind=kind, generator=torch_generator(1))
        errors["damaged"].append(mean_square(damaged, X))
        for name, model in models.items():
            errors[name].append(mean_square(reconstructed(model, damaged), X))
    return errors


class PCAAndAutoencoders(Running):
    """Points of a plane through a code of one number: PCA, and a linear and a deep autoencoder while they learn."""

    alt = (
        "Left, points along a curve in the plane; the straight orange line that PCA keeps, the dashed green one of a "
        "linear autoencoder, which turns towards it, and the blue curve of a deep autoencoder, which bends towards "
        "the points. Right, the three errors against training steps, on a logarithmic scale."
    )
    size = (9.8, 4.9)
    restarts = ("data", "noise", "units")
    steps_per_frame = 5
    most = 1000

    def __init__(self) -> None:
        super().__init__(
            data=Dropdown(options=list(CURVES), value="wave", description="points along"),
            noise=FloatSlider(0.05, min=0, max=0.3, step=0.05, description="noise"),
            units=SelectionSlider(options=[2, 4, 8, 16, 32], value=16, description="units per layer"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The plane on the left, the errors on the right."""
        left, right = fig.subplots(1, 2)
        plane(left, 2)
        self.points = empty_line(left, COLORS["grey"], ls="", marker=".", ms=6, alpha=0.6)
        right.set(yscale="log", xlim=(0, self.most), ylim=(1e-4, 2), xlabel="training step", title="mean squared error")
        looks = {"PCA": ("orange", "-", 4), "linear": ("green", "--", 3), "deep": ("blue", "-", 3)}
        self.lines = {n: empty_line(left, COLORS[c], ls=ls, lw=lw) for n, (c, ls, lw) in looks.items()}
        self.curves = {n: empty_line(right, COLORS[c], ls=ls, lw=lw, label=n) for n, (c, ls, lw) in looks.items()}
        right.legend(loc="lower left")
        return [self.points, *self.lines.values(), *self.curves.values()]

    def begin(self, data: str, noise: float, units: int) -> None:
        """New points and untrained networks."""
        self.contest = Contest(points_along(data, noise), units)

    def advance(self, **_: Any) -> bool:
        """A few steps for both autoencoders."""
        self.contest.run(self.steps_per_frame)
        return self.contest.taken < self.most

    def update(self, **_: Any) -> str:
        """Draw where every code would be decoded, and the errors so far."""
        contest = self.contest
        self.points.set_data(*contest.X.T)
        for name, line in self.lines.items():
            line.set_data(*contest.curve(name).T)
            errors = contest.errors[name]
            self.curves[name].set_data(np.arange(len(errors)), np.clip(errors, 1e-4, 2))
        last = {name: errors[-1] for name, errors in contest.errors.items()}
        return (
            f"After {contest.taken} steps: error {last['PCA']:.4f} with PCA, {last['linear']:.4f} with the linear "
            f"autoencoder, {last['deep']:.4f} with the deep one. The linear one's direction is "
            f"{number(contest.angle, 1)}° off the first principal component."
        )


class Contest:
    """A linear and a deep autoencoder with a code of one number learn the same points, beside PCA.

    Args:
        X: Points of the plane, shape (n, 2).
        units: Of each of the two hidden layers of the deep one.

    Attributes:
        errors: For each of the three, the mean squared error before the first step and after each.
        taken: How many steps.
    """

    def __init__(self, X: Tensor, units: int) -> None:
        self.X, self.taken = X, 0
        self.pca = PCA(n_components=1).fit(X.double())
        self.models = {
            "linear": Autoencoder([2, 1], generator=torch_generator(2)),
            "deep": Autoencoder([2, units, units, 1], activation=nn.Tanh, generator=torch_generator(2)),
        }
        self.optimizers = {name: Adam(model.parameters(), lr=0.01) for name, model in self.models.items()}
        lost = mean_square(from_components(self.pca, X.double(), 1), X.double())
        self.errors = {"PCA": [lost]} | {name: [self._error(name)] for name in self.models}

    def run(self, steps: int) -> None:
        """Some steps of gradient descent on all points."""
        for _ in range(steps):
            for name, model in self.models.items():
                self.optimizers[name].zero_grad()
                model.loss(self.X).backward()
                self.optimizers[name].step()
                self.errors[name].append(self._error(name))
            self.errors["PCA"].append(self.errors["PCA"][0])
        self.taken += steps

    def _error(self, name: str) -> float:
        return mean_square(reconstructed(self.models[name], self.X), self.X)

    @torch.no_grad()
    def curve(self, name: str) -> Matrix:
        """Where the codes between the lowest and the highest of the points' are decoded, shape (steps, 2)."""
        share = torch.linspace(0, 1, 200)[:, None]
        if name == "PCA":
            codes = self.pca.transform(self.X.double())
            codes = codes.min() + share.double() * (codes.max() - codes.min())
            return np.asarray(self.pca.inverse_transform(codes).numpy())
        model = self.models[name]
        codes = model.encode(self.X)
        return np.asarray(model.decode(codes.min() + share * (codes.max() - codes.min())).double().numpy())

    @property
    def angle(self) -> float:
        """Degrees between the direction of the linear autoencoder and the first principal component."""
        a, b = (self.curve(name)[-1] - self.curve(name)[0] for name in ("linear", "PCA"))
        sine, cosine = abs(a[0] * b[1] - a[1] * b[0]), abs(a @ b)
        return float(np.degrees(np.arctan2(sine, cosine)))


def _arc(t: Vector) -> Matrix:
    return np.stack([1.4 * np.cos(np.pi * t), 1.6 * np.sin(np.pi * t) - 0.8], axis=1)


def _wave(t: Vector) -> Matrix:
    return np.stack([3 * t - 1.5, 0.9 * np.sin(2 * np.pi * t)], axis=1)


def _spiral(t: Vector) -> Matrix:
    radius, angle = 0.3 + 1.2 * t, 3 * np.pi * t
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


CURVES: dict[str, Any] = {
    "line": lambda t: np.stack([3 * t - 1.5, 1.2 * t - 0.6], axis=1),
    "arc": _arc,
    "wave": _wave,
    "spiral": _spiral,
}
"""Curves in the plane, from t = 0 to t = 1."""


def points_along(curve: str, noise: float, n: int = 200) -> Tensor:
    """Points at random along a curve, with Gaussian noise: shape (n, 2)."""
    rng = np.random.default_rng(0)
    X = CURVES[curve](rng.uniform(size=n)) + noise * rng.standard_normal((n, 2))
    return torch.tensor(X, dtype=torch.float32)


class VectorField(Demo):
    """Where autoencoders move every point of the plane, and a point that is moved again and again."""

    alt = (
        "Points along a curve in the plane. From every place of a grid an arrow shows where the autoencoder moves it; "
        "the background is the bluer, the longer the arrow. An orange path follows one point that is put through the "
        "autoencoder again and again. With denoising, the arrows point to the curve, and the path ends on it."
    )
    size = (6.4, 5.2)
    limit = 2.0
    repeats = 20

    def __init__(self) -> None:
        super().__init__(
            kind=Dropdown(options=["denoising", "contractive", "plain"], value="denoising", description="autoencoder"),
            strength=SelectionSlider(options=list(STRENGTHS), value="medium", description="σ or √λ"),
            x=FloatSlider(-0.4, min=-2, max=2, step=0.1, description="start x"),
            y=FloatSlider(-1.5, min=-2, max=2, step=0.1, description="start y"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The points, an arrow for each place, and the path."""
        ax = plane(fig.add_subplot(), self.limit)
        ax.grid(False)
        self.field = Field(ax, bands=31)
        self.X = points_along("wave", FIELD_NOISE)
        (points,) = ax.plot(*self.X.T, ".", color=COLORS["grey"], ms=6, zorder=2)
        at = np.linspace(-self.limit, self.limit, 41)
        self.grid = np.stack(np.meshgrid(at, at), axis=-1)
        self.places = thinned(self.grid)
        units: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "scale": 1, "units": "inches", "width": 0.015}
        self.arrows = ax.quiver(*self.places.T, *np.zeros_like(self.places.T), color=COLORS["black"], zorder=3, **units)
        self.path = empty_line(ax, COLORS["orange"], marker="o", ms=6, mec="white", mew=0.6, lw=2, zorder=5)
        return [self.field, points, self.arrows, self.path]

    def update(self, kind: str, strength: str, x: float, y: float) -> str:
        """Move every place, and one point many times."""
        model = field_autoencoder(kind, 0 if kind == "plain" else STRENGTHS[strength])
        moves = displacement(model, self.grid)
        lengths = np.hypot(*np.moveaxis(moves, -1, 0))
        self.field.set_values(0.5 + np.minimum(lengths, 1) / 3)
        self.arrows.set_UVC(*thinned(LONGEST * moves / np.maximum(lengths[..., None], LONGEST)).T)
        path = trajectory(model, np.array([x, y]), self.repeats)
        self.path.set_data(*np.clip(path, -9, 9).T)
        away = [distance_to_curve(points, "wave")[0] for points in (path[:1], path[1:2], path[-1:])]
        return (
            f"The point starts {number(away[0])} away from the curve; after one pass it is {number(away[1])} away, "
            f"after {self.repeats} passes {number(away[2])}. Near the curve, the arrows point to it with a mean "
            f"cosine of {number(agreement(self.places, thinned(moves), 'wave'))}."
        )


STRENGTHS = {"small": 0.1, "medium": 0.2, "large": 0.4}
FIELD_NOISE = 0.03
LONGEST = 0.3
"""The length of the longest arrows that are drawn."""


@cache
def field_autoencoder(kind: str, amount: float) -> Autoencoder:
    """An autoencoder of points along a wave. It learns when it is first asked for, in half a second.

    Args:
        kind: "contractive", "denoising", or "plain", which is a denoising one without noise.
        amount: The square root of the first one's price, the noise of the others.
    """
    g = torch_generator(0)
    model: Autoencoder
    if kind == "contractive":
        model = ContractiveAutoencoder([2, 100], strength=amount**2, tied=True, generator=g)
    else:
        layers: dict[str, Any] = {"activation": nn.Tanh, "code": nn.Tanh}
        model = DenoisingAutoencoder([2, 64, 64], kind="gaussian", corruption=amount, generator=g, **layers)
    X = points_along("wave", FIELD_NOISE)
    fit_own_loss(model, [(X,)], Adam(model.parameters(), lr=0.01), epochs=300, progress=False)
    return model


def thinned(grid: Matrix) -> Matrix:
    """Every fourth row and column of a grid of vectors, as a list: shape (n, 2)."""
    return grid[2:-1:4, 2:-1:4].reshape(-1, 2)


@torch.no_grad()
def displacement(model: Autoencoder, points: Matrix) -> Matrix:
    """g(f(x)) − x: where an autoencoder moves points, shape (..., 2)."""
    x = torch.as_tensor(points, dtype=torch.float32)
    return np.asarray((model(x) - x).double().numpy())


def trajectory(model: Autoencoder, start: Vector, repeats: int) -> Matrix:
    """A point and where it goes when it is put through an autoencoder again and again: shape (repeats + 1, 2)."""
    points = [np.asarray(start, float)]
    for _ in range(repeats):
        points.append(points[-1] + displacement(model, points[-1]))
    return np.stack(points)


def distance_to_curve(points: Matrix, curve: str) -> Vector:
    """How far points are from a curve, shape (n,)."""
    return np.hypot(*(nearest_on_curve(points, curve) - points).T)


def nearest_on_curve(points: Matrix, curve: str) -> Matrix:
    """The nearest point of a curve for each of some points, to a few thousandths."""
    line = CURVES[curve](np.linspace(0, 1, 2001))
    return line[np.square(points[:, None] - line).sum(axis=-1).argmin(axis=1)]


def agreement(places: Matrix, moves: Matrix, curve: str, near: float = 0.6) -> float:
    """The mean cosine between moves and the way to the curve, over places near it but not on it."""
    ways = nearest_on_curve(places, curve) - places
    lengths = np.hypot(*ways.T)
    chosen = (lengths < near) & (lengths > 0.05)
    cosines = (ways * moves).sum(axis=1) / np.maximum(lengths * np.hypot(*moves.T), 1e-12)
    return float(cosines[chosen].mean())
