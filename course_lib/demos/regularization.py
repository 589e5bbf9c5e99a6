"""The demos of lecture 10, regularization."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from ipywidgets import Dropdown, FloatSlider, IntSlider, SelectionSlider
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray
from sklearn.datasets import load_diabetes

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.data import Minibatches, load_digits
from course_lib.demos.base import Demo, Running, number
from course_lib.demos.changed_digits import AdversarialDigit, AugmentationGallery
from course_lib.demos.dropout_ensemble import DropoutEnsemble
from course_lib.demos.fields import empty_line, empty_segments
from course_lib.linear_algebra import eigh, norm, solve
from course_lib.models import MLP
from course_lib.optim import SGD
from course_lib.plotting import CIRCLE, COLORS, plane
from course_lib.regression import Lasso, Ridge
from course_lib.regularization import EarlyStopping, soft_threshold

__all__ = [
    "AdversarialDigit",
    "AugmentationGallery",
    "DropoutEnsemble",
    "PatientStopping",
    "PenaltyContours",
    "ShrinkagePaths",
]

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


class PenaltyContours(Demo):
    """A quadratic cost and a price on the weights: where the two come to rest, and the ball that touches there."""

    alt = (
        "Left, the plane of two weights: grey ellipses of equal cost around a star, a filled norm ball around the "
        "origin, a circle or a diamond, and the ellipse that touches it in a dot, the penalised optimum; a thin path "
        "leads from the star over the dot to the origin. Right, both weights against the price."
    )
    size = (9.2, 4.5)
    most = 4.0

    def __init__(self) -> None:
        super().__init__(
            penalty=Dropdown(options=[("L¹", 1), ("L²", 2)], description="penalty"),
            alpha=FloatSlider(0.5, min=0, max=self.most, step=0.1, description="price α"),
            correlation=FloatSlider(0, min=-0.9, max=0.9, step=0.1, description="correlation of features"),
            angle=IntSlider(20, min=0, max=90, step=5, description="optimum at angle (°)"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The plane of the weights, and beside it the weights over the price."""
        left, right = fig.subplots(1, 2)
        plane(left, 2.6)
        left.set(xlabel="$w_1$", ylabel="$w_2$")
        self.contours = empty_segments(left, linewidths=1, colors=COLORS["grey"], alpha=0.6)
        (self.ball,) = left.fill([], [], color=COLORS["amber"], alpha=0.35, zorder=2)
        self.touching = empty_line(left, COLORS["blue"], lw=2.5)
        self.path = empty_line(left, COLORS["black"], lw=1.2)
        self.best = empty_line(left, COLORS["green"], marker="*", ms=18, mec="white")
        self.here = empty_line(left, COLORS["orange"], marker="o", ms=11, mec="white", zorder=5)

        right.set(xlim=(0, self.most), ylim=(-1.3, 2.6), xlabel="price $\\alpha$", title="weights")
        right.axhline(0, color=COLORS["grey"], lw=1)
        self.alphas = np.linspace(0, self.most, 81)
        self.first = empty_line(right, COLORS["blue"], label="$w_1$")
        self.second = empty_line(right, COLORS["orange"], ls="--", label="$w_2$")
        self.price = empty_line(right, COLORS["black"], lw=1.2)
        right.legend(loc="upper right")
        return [
            self.contours,
            self.ball,
            self.touching,
            self.path,
            self.best,
            self.here,
            self.price,
            self.first,
            self.second,
        ]

    def update(self, penalty: int, alpha: float, correlation: float, angle: int) -> str:
        """Both weights for every price; the ball and the ellipse through the chosen one."""
        H = np.array([[1, correlation], [correlation, 1]])
        best = 2 * np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))])
        weights = penalised_optima(H, best, self.alphas, penalty)
        here = penalised_optima(H, best, np.array([alpha]), penalty)[0]
        cost, radius = (here - best) @ H @ (here - best) / 2, float(norm(here, penalty))
        self.contours.set_segments([ellipse(H, best, level) for level in (0.05, 0.2, 0.5, 1, 1.7, 2.6)])
        self.touching.set_data(*ellipse(H, best, cost).T)
        corners = np.array([(1, 0), (0, 1), (-1, 0), (0, -1)]) if penalty == 1 else CIRCLE.T
        self.ball.set_xy(radius * corners)
        self.path.set_data(*weights.T)
        self.best.set_data(*best[:, None])
        self.here.set_data(*here[:, None])
        self.first.set_data(self.alphas, weights[:, 0])
        self.second.set_data(self.alphas, weights[:, 1])
        self.price.set_data([alpha, alpha], [-1.3, 2.6])
        name = "‖w‖₁" if penalty == 1 else "‖w‖₂"
        zeros = ("", ", one of them exactly zero", ", both exactly zero")[int(np.sum(here == 0))]
        return (
            f"At price {alpha:.1f} the weights are {number(here[0])} and {number(here[1])}{zeros}. The cost is "
            f"{number(cost)} above its minimum; no weights with {name} ≤ {radius:.2f} cost less."
        )


class ShrinkagePaths(Demo):
    """Ridge or lasso at every price: the coefficients on their way to zero, and the error on new data."""

    alt = (
        "Left, the coefficients of all columns against the price on a logarithmic scale, thick blue lines for columns "
        "that matter and thin grey ones for noise, all running towards zero. Right, the error on the training data, "
        "which only rises, and on new data, which falls before it rises; a dot marks its least value. A vertical line "
        "in both marks the chosen price."
    )
    size = (9.4, 4.4)

    def __init__(self) -> None:
        prices = [(f"{alpha:.3g}", alpha) for alpha in PRICES]
        super().__init__(
            method=Dropdown(options=["ridge", "lasso"], description="method"),
            alpha=SelectionSlider(options=prices, value=prices[0][1], description="price α"),
            data=Dropdown(options=list(TABLES), description="data"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Coefficients on the left, errors on the right, over the same prices."""
        left, right = fig.subplots(1, 2)
        for ax in (left, right):
            ax.set(xscale="log", xlim=(PRICES[0], PRICES[-1]), xlabel="price $\\alpha$")
            ax.minorticks_off()
        left.set_title("coefficients")
        self.noise = empty_segments(left, linewidths=1.1, colors=COLORS["grey"], label="noise")
        self.signal = empty_segments(left, linewidths=2.4, colors=COLORS["blue"], label="matters")
        left.legend(loc="lower right")
        right.set(ylim=(0, 1.6), title="mean squared error")
        self.training = empty_line(right, COLORS["blue"], label="training")
        self.test = empty_line(right, COLORS["orange"], ls="--", label="new data")
        self.least = empty_line(right, COLORS["orange"], marker="o", ms=10, mec="white")
        right.legend(loc="upper right")
        self.lines = [ax.axvline(PRICES[0], color=COLORS["black"], lw=1.2) for ax in (left, right)]
        self.coefficients = left
        return [self.noise, self.signal, self.training, self.test, self.least, *self.lines]

    def update(self, method: str, alpha: float, data: str) -> str:
        """Look the path up; it was computed once for all prices."""
        path, matters = shrinkage_path(method, data), TABLES[data]().matters
        lines = [np.column_stack([PRICES, column]) for column in path.coefficients.T]
        self.noise.set_segments([line for line, real in zip(lines, matters, strict=True) if not real])
        self.signal.set_segments([line for line, real in zip(lines, matters, strict=True) if real])
        self.training.set_data(PRICES, path.training)
        self.test.set_data(PRICES, path.test)
        best = int(np.argmin(path.test))
        self.least.set_data([PRICES[best]], [path.test[best]])
        for line in self.lines:
            line.set_xdata([alpha, alpha])
        self._make_room(1.5 * np.abs(shrinkage_path("ridge", data).coefficients).max())
        k = int(np.argmin(np.abs(PRICES - alpha)))
        zero = path.coefficients[k] == 0
        told = (
            f", {np.sum(zero & ~matters)} of the {np.sum(~matters)} columns of noise among them" if zero.any() else ""
        )
        return (
            f"{method.capitalize()} at α = {alpha:.3g}: {np.sum(zero) or 'none'} of {len(zero)} coefficients are "
            f"exactly zero{told}. The error on new data is {path.test[k]:.2f}; at best it is {path.test[best]:.2f}, at "
            f"α = {PRICES[best]:.3g}."
        )

    def _make_room(self, largest: float) -> None:
        if self.coefficients.get_ylim() != (-largest, largest):
            self.coefficients.set_ylim(-largest, largest)
            self.stale()


class PatientStopping(Running):
    """A network learns digits some of which are mislabelled; early stopping waits, then takes the best weights back."""

    alt = (
        "Left, training loss and validation loss against epochs: the first falls, the second falls and rises again; a "
        "square marks its least value, and a shaded band how long patience lasts from there. Right, the share of new "
        "digits read after each epoch, with a square at the epoch whose weights are kept."
    )
    size = (9.4, 4.3)
    restarts = ("wrong", "units", "draw")
    most = 60

    def __init__(self) -> None:
        shares = [(f"{share:.0%}", share) for share in (0.0, 0.1, 0.2, 0.4)]
        super().__init__(
            patience=IntSlider(5, min=1, max=25, description="patience (epochs)"),
            wrong=SelectionSlider(options=shares, value=0.2, description="wrong labels"),
            units=SelectionSlider(options=(8, 64, 256), value=256, description="hidden units"),
            draw=IntSlider(1, min=1, max=10, description="draw of the digits"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Losses on the left, what they are for on the right."""
        self.digits = load_digits()
        left, right = fig.subplots(1, 2)
        left.set(xlim=(0, self.most), ylim=(0, 2.5), xlabel="epoch", ylabel="loss")
        self.band = left.axvspan(0, 0, color=COLORS["amber"], alpha=0.35, label="patience")
        self.training = empty_line(left, COLORS["blue"], label="training")
        self.validation = empty_line(left, COLORS["orange"], ls="--", label="validation")
        self.best = empty_line(left, COLORS["orange"], marker="s", ms=9, mec="white")
        left.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, columnspacing=1, handlelength=1.4)
        right.set(xlim=(0, self.most), ylim=(0, 1), xlabel="epoch", title="new digits read")
        right.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        self.right = empty_line(right, COLORS["green"])
        self.kept = empty_line(right, COLORS["orange"], marker="s", ms=9, mec="white")
        return [self.band, self.training, self.validation, self.best, self.right, self.kept]

    def begin(self, patience: int, wrong: float, units: int, draw: int) -> None:
        """New digits, new lies, new weights, and the first epoch."""
        generator = torch_generator(draw)
        order = torch.randperm(len(self.digits.y_train), generator=generator)[:300]
        X = self.digits.X_train[order]
        y = mislabelled(self.digits.y_train[order], wrong, generator)
        self.train, self.held_out = (X[:200], y[:200]), (X[200:], y[200:])
        self.batches = Minibatches(*self.train, batch_size=25, generator=generator)
        self.net = MLP([64, units, 10], generator=generator)
        self.optimizer = SGD(self.net.parameters(), lr=0.05, momentum=0.9)
        self.losses: list[tuple[float, float]] = []
        self.shares: list[float] = []
        self.advance(patience, wrong, units, draw)

    def advance(self, patience: int, wrong: float, units: int, draw: int) -> bool:
        """One epoch; there is more to do while patience lasts."""
        if len(self.losses) == self.most:
            return False
        for x, y in self.batches:
            self.optimizer.zero_grad()
            cross_entropy(self.net(x), y).backward()
            self.optimizer.step()
        with torch.no_grad():
            training, validation = (float(cross_entropy(self.net(x), y)) for x, y in (self.train, self.held_out))
            right = self.net(self.digits.X_test).argmax(dim=1) == self.digits.y_test
        self.losses.append((training, validation))
        self.shares.append(float(right.double().mean()))
        _, stopped = best_and_stop([loss for _, loss in self.losses], patience)
        return stopped is None and len(self.losses) < self.most

    def update(self, patience: int, wrong: float, units: int, draw: int) -> str:
        """The curves so far, and what patience says of them."""
        training, validation = np.array(self.losses).T
        epochs = np.arange(1, len(validation) + 1)
        best, stopped = best_and_stop(validation.tolist(), patience)
        self.training.set_data(epochs, training)
        self.validation.set_data(epochs, validation)
        self.right.set_data(epochs, self.shares)
        self.best.set_data([best], [validation[best - 1]])
        self.kept.set_data([best], [self.shares[best - 1]])
        self.band.set_bounds(best, 0, patience, 2.5)
        told = (
            f"Epoch {len(epochs)}. The validation loss was least after epoch {best}, {validation[best - 1]:.2f}; the "
            f"weights of that epoch read {self.shares[best - 1]:.1%} of new digits, those of now {self.shares[-1]:.1%}."
        )
        return told + (f" Patience ran out after epoch {stopped}." if stopped else "")


def penalised_optima(H: Matrix, best: Vector, alphas: Vector, penalty: int) -> Matrix:
    r"""The minima of $\frac12 (w - w^*)^\top H (w - w^*) + \alpha \Omega(w)$ for every price, shape (prices, 2).

    For L² they are $(H + \alpha I)^{-1} H w^*$. For L¹ one weight after the other is set to its best, soft-thresholded
    value, for all prices at once, until nothing moves.

    Args:
        H: Shape (2, 2), positive definite.
        best: $w^*$, shape (2,).
        alphas: Shape (prices,).
        penalty: 1 for $\lVert w \rVert_1$, 2 for $\frac12 \lVert w \rVert_2^2$.

    >>> penalised_optima(np.eye(2), np.array([2.0, 0.5]), np.array([1.0]), 1)
    array([[1., 0.]])
    """
    if penalty == 2:
        return np.stack([solve(H + alpha * np.eye(2), H @ best) for alpha in alphas])
    w = np.tile(best, (len(alphas), 1))
    for _ in range(200):
        before = w.copy()
        for i, other in ((0, 1), (1, 0)):
            rho = H[i, i] * best[i] + H[i, other] * (best[other] - w[:, other])
            w[:, i] = soft_threshold(rho, alphas) / H[i, i]
        if np.abs(w - before).max() < 1e-12:
            break
    return w


def ellipse(H: Matrix, center: Vector, level: float) -> Matrix:
    r"""Points, shape (181, 2), where $\frac12 (w - c)^\top H (w - c)$ equals a level."""
    values, Q = eigh(H)
    return center + np.sqrt(2 * max(level, 0)) * (Q @ (CIRCLE / np.sqrt(values)[:, None])).T


class Table(NamedTuple):
    """Standardised columns and a standardised response, to train on and to test on, and which columns matter."""

    X: Matrix
    y: Vector
    X_test: Matrix
    y_test: Vector
    matters: NDArray[np.bool_]


@lru_cache
def diabetes_with_noise(n: int = 80, noise: int = 20) -> Table:
    """442 patients: ten measurements and twenty columns of noise; 80 to train on."""
    rng = np.random.default_rng(5)
    patients = load_diabetes()
    X = np.column_stack([patients.data, rng.standard_normal((len(patients.data), noise))])
    order = rng.permutation(len(X))
    return standardised(X[order], patients.target[order], n, np.arange(10 + noise) < 10)


@lru_cache
def few_of_many(n: int = 60, p: int = 30) -> Table:
    """Thirty columns, of which five matter; 60 rows to train on."""
    rng = np.random.default_rng(2)
    X = rng.standard_normal((n + 1000, p))
    w = np.zeros(p)
    w[:5] = (1.5, -1.2, 1.0, -0.8, 0.6)
    return standardised(X, X @ w + 1.5 * rng.standard_normal(len(X)), n, w != 0)


def standardised(X: Matrix, y: Vector, n: int, matters: NDArray[np.bool_]) -> Table:
    """The first n rows to train on, the others to test on, in the training rows' units."""
    X = (X - X[:n].mean(axis=0)) / X[:n].std(axis=0)
    y = (y - y[:n].mean()) / y[:n].std()
    return Table(X[:n], y[:n], X[n:], y[n:], matters)


TABLES = {"5 of 30 columns matter": few_of_many, "diabetes, and 20 columns of noise": diabetes_with_noise}
"""Makers of tables in which most columns are noise."""

PRICES = np.geomspace(1e-3, 10, 41)
"""The prices of a path."""


class Path(NamedTuple):
    """Coefficients, shape (prices, columns), and errors, shape (prices,), at every price."""

    coefficients: Matrix
    training: Vector
    test: Vector


@lru_cache
def shrinkage_path(method: str, data: str) -> Path:
    r"""Minimise $\frac{1}{2n} \mathrm{RSS} + \alpha \Omega(w)$ with $\frac12 \lVert w \rVert_2^2$ or
    $\lVert w \rVert_1$."""
    table, rows = TABLES[data](), []
    for alpha in PRICES:
        model = Ridge(alpha=alpha * len(table.y)) if method == "ridge" else Lasso(alpha=alpha, max_iter=5000)
        model.fit(table.X, table.y)
        errors = (np.mean((model.predict(X) - y) ** 2) for X, y in ((table.X, table.y), (table.X_test, table.y_test)))
        rows.append((model.coef_, *errors))
    return Path(*(np.array(column) for column in zip(*rows, strict=True)))


def mislabelled(y: torch.Tensor, share: float, generator: torch.Generator) -> torch.Tensor:
    """The classes, of which some, spread evenly, are replaced by another of the ten.

    >>> mislabelled(torch.zeros(10, dtype=torch.int64), 0.2, torch_generator(0)).count_nonzero()
    tensor(2)
    """
    lies = torch.floor(torch.arange(len(y) + 1, dtype=torch.float64) * share + 1e-9).diff() > 0
    wrong = (y + torch.randint(1, 10, y.shape, generator=generator)) % 10
    return torch.where(lies, wrong, y)


def best_and_stop(losses: list[float], patience: int) -> tuple[int, int | None]:
    """The best epoch so far, and the one after which early stopping would have stopped, None if it goes on.

    >>> best_and_stop([0.9, 0.5, 0.6, 0.7, 0.4], patience=2)
    (2, 4)
    """
    stopping = EarlyStopping(patience)
    for loss in losses:
        if stopping.update(loss):
            return stopping.best_epoch, stopping.epoch
    return stopping.best_epoch, None


cross_entropy = nn.CrossEntropyLoss()
