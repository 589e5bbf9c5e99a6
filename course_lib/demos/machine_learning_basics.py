"""The demos of lecture 04, machine learning basics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import numpy as np
from ipywidgets import Checkbox, Dropdown, FloatSlider, IntSlider, SelectionSlider
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from course_lib.demos.base import Demo, number
from course_lib.linear_algebra import qr, solve_triangular
from course_lib.metrics import (
    accuracy_score,
    auc,
    confusion_matrix,
    f1_score,
    mean_squared_error,
    precision_score,
    recall_score,
    roc_curve,
    specificity_score,
)
from course_lib.model_selection import KFold, KNeighborsRegressor, neighbourhood_edge
from course_lib.plotting import COLORS, ink_on
from course_lib.regression import LinearRegression

__all__ = ["CurseOfDimensionality", "KFoldViewer", "ThresholdViews", "UnderOverfit"]

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

TRUTHS: dict[str, Callable[[Vector], Vector]] = {
    "smooth": lambda x: np.sin(2.8 * x),
    "wiggly": lambda x: np.sin(9.5 * x + 0.5),
    "near-linear": lambda x: 0.9 * x + 0.08 * x**2,
}
"""Regression functions on [−1, 1] to be found again from noisy samples."""


class UnderOverfit(Demo):
    """Polynomials of growing degree: the fit to one training set, and the errors that every degree must expect."""

    alt = (
        "Left, noisy training points, the true curve dashed, and the fitted polynomial. Right, against the degree and "
        "on a logarithmic scale: the expected training error, which only falls, and the expected test error, which "
        "falls, then rises again above the dotted noise floor. A dot and a square mark the errors of this training "
        "set; an arrow at the edge points to one that lies beyond."
    )
    size = (9.6, 4.6)
    highest = 15
    span = (1e-3, 10.0)
    grid: ClassVar = np.linspace(-1, 1, 201)

    def __init__(self) -> None:
        super().__init__(
            truth=Dropdown(options=list(TRUTHS), description="truth"),
            degree=IntSlider(1, min=0, max=self.highest, description="degree"),
            noise=FloatSlider(0.3, min=0, max=1, step=0.05, description="noise σ"),
            n=SelectionSlider(options=(20, 30, 50, 100, 200), value=30, description="training samples"),
            draw=IntSlider(1, min=1, max=20, description="draw of the noise"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The plane of the data, and beside it the plane of the errors."""
        left, right = fig.subplots(1, 2)
        left.set(xlim=(-1.02, 1.02), ylim=(-2.2, 2.2), xlabel="x", ylabel="y")
        (self.points,) = left.plot([], [], "o", ms=5, color=COLORS["black"], alpha=0.6, label="training set")
        (self.true,) = left.plot([], [], ls="--", color=COLORS["grey"], label="truth")
        (self.fitted,) = left.plot([], [], color=COLORS["blue"], label="fit")
        left.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, columnspacing=1, handlelength=1.4)

        right.set(yscale="log", xlim=(-0.4, self.highest + 0.4), ylim=self.span, xlabel="degree", ylabel="error")
        right.set_xticks(range(0, self.highest + 1, 3))
        right.minorticks_off()
        (self.training,) = right.plot([], [], color=COLORS["blue"], label="training")
        (self.own_training,) = right.plot([], [], "o", ms=9, color=COLORS["blue"], clip_on=False, label="this draw")
        (self.test,) = right.plot([], [], color=COLORS["orange"], label="test")
        (self.own_test,) = right.plot([], [], "s", ms=9, color=COLORS["orange"], clip_on=False, label="this draw")
        (self.floor,) = right.plot([], [], ls=":", color=COLORS["grey"], label="noise σ²")
        right.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, columnspacing=1, handlelength=1.4)
        return [
            self.points,
            self.true,
            self.fitted,
            self.floor,
            self.training,
            self.test,
            self.own_training,
            self.own_test,
        ]

    def update(self, truth: str, degree: int, noise: float, n: int, draw: int) -> str:
        """Fit the draw; take the curves over all draws from the formula."""
        f = TRUTHS[truth]
        x = spread_inputs(n)
        y = f(x) + noise * np.random.default_rng(draw).standard_normal(n)
        fits, fits_on_grid = polynomial_fits(x, y, self.grid, self.highest)
        training, test = expected_errors(f, x, noise, self.grid, self.highest)
        own_training = mean_squared_error(y, fits[degree])
        own_test = mean_squared_error(f(self.grid), fits_on_grid[degree]) + noise**2

        self.points.set_data(x, y)
        self.true.set_data(self.grid, f(self.grid))
        self.fitted.set_data(self.grid, fits_on_grid[degree])
        degrees = np.arange(self.highest + 1)
        self.floor.set_data(degrees, np.full(len(degrees), noise**2))
        self.training.set_data(degrees, training)
        self.test.set_data(degrees, test)
        for mark, error, shape in ((self.own_training, own_training, "o"), (self.own_test, own_test, "s")):
            mark.set_data([degree], [np.clip(error, *self.span)])
            mark.set_marker(arrow_beyond(error, *self.span) or shape)
        best = int(np.argmin(test))
        return (
            f"Degree {degree}: training error {own_training:.3g}, test error {own_test:.3g}. "
            f"On average over all draws the test error is least at degree {best}, {test[best]:.3g}; "
            f"the noise alone is {noise**2:.3g}. {verdict(degree, best, test)}"
        )


class CurseOfDimensionality(Demo):
    """Nearest neighbours as the dimension grows: how wide a neighbourhood must be, and what that does to the error."""

    alt = (
        "Left, uniform points seen along two axes; a square marks the shadow of the central cube that holds the "
        "chosen share of the data, and the points in the cube are orange. Middle, the edge of that cube against the "
        "dimension, rising towards 1. Right, the test error of nearest neighbours, rising with the dimension, and that "
        "of a straight line, almost level."
    )
    size = (9.8, 3.7)
    sizes: ClassVar = (100, 300, 1000)
    shares: ClassVar = (0.01, 0.02, 0.05, 0.1, 0.2)
    dimensions: ClassVar = range(1, 21)

    def __init__(self) -> None:
        shares = [(f"{share:.0%}", share) for share in self.shares]
        super().__init__(
            p=IntSlider(1, min=1, max=20, description="dimension p"),
            share=SelectionSlider(options=shares, value=0.1, description="neighbours, share"),
            n=SelectionSlider(options=self.sizes, value=100, description="training samples"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Three views; every error is measured here, once."""
        self.tables = {n: dimension_errors(n, self.shares, max(self.dimensions)) for n in self.sizes}
        left, middle, right = fig.subplots(1, 3, subplot_kw={"box_aspect": 1})
        left.set(xlim=(0, 1), ylim=(0, 1), xlabel="axis 1", ylabel="axis 2", xticks=(0, 1), yticks=(0, 1))
        left.set_title("points and the central cube")
        (self.outside,) = left.plot([], [], "o", ms=3, color=COLORS["sky"], clip_on=False)
        (self.inside,) = left.plot([], [], "s", ms=5, color=COLORS["orange"])
        (self.cube,) = left.plot([], [], color=COLORS["black"])

        middle.set(xlim=(0, 21), ylim=(0, 1), xlabel="dimension p", title="edge of the cube")
        middle.yaxis.set_major_formatter(PercentFormatter(1))
        (self.edges,) = middle.plot([], [], color=COLORS["blue"])
        (self.edge,) = middle.plot([], [], "o", ms=10, color=COLORS["orange"])

        right.set(xlim=(0, 21), ylim=(0, 1.3), yticks=(0, 0.5, 1), xlabel="dimension p", title="test error")
        right.axhline(NOISE**2, ls=":", color=COLORS["grey"], label="noise σ²")
        (self.errors,) = right.plot([], [], color=COLORS["blue"], label="neighbours")
        (self.linear,) = right.plot([], [], ls="--", color=COLORS["green"], label="straight line")
        (self.error,) = right.plot([], [], "o", ms=10, color=COLORS["orange"])
        right.legend(loc="upper left")
        return [
            self.outside,
            self.inside,
            self.cube,
            self.edges,
            self.edge,
            self.linear,
            self.errors,
            self.error,
        ]

    def update(self, p: int, share: float, n: int) -> str:
        """The cube grows with the dimension, and two dots climb their curves."""
        edge = neighbourhood_edge(share, p)
        points = uniform_points(n, max(self.dimensions))
        within = (np.abs(points[:, :p] - 0.5) <= edge / 2).all(axis=1)
        self.inside.set_data(points[within, 0], points[within, 1])
        self.outside.set_data(points[~within, 0], points[~within, 1])
        low, high = 0.5 - edge / 2, 0.5 + edge / 2
        bottom, top = (0.0, 1.0) if p == 1 else (low, high)
        self.cube.set_data([low, high, high, low, low], [bottom, bottom, top, top, bottom])

        table = self.tables[n]
        neighbours = table.neighbours[:, self.shares.index(share)]
        self.edges.set_data(self.dimensions, [neighbourhood_edge(share, q) for q in self.dimensions])
        self.edge.set_data([p], [edge])
        self.errors.set_data(self.dimensions, neighbours)
        self.linear.set_data(self.dimensions, table.linear)
        self.error.set_data([p], [neighbours[p - 1]])
        winner = "neighbours win" if neighbours[p - 1] < table.linear[p - 1] else "the straight line wins"
        return (
            f"In {p} dimension{'s' if p > 1 else ''} a cube of {share:.0%} of the volume spans {edge:.0%} of an axis. "
            f"Averaging {neighbour_count(share, n)} of {n} samples has a test error of {neighbours[p - 1]:.2f}, "
            f"a straight line {table.linear[p - 1]:.2f}: {winner}."
        )


class ThresholdViews(Demo):
    """One threshold in three views: the scores it cuts, the confusion matrix, the point on the ROC curve."""

    alt = (
        "Left, histograms of the scores of negatives and positives with the threshold as a line, and a tick for each "
        "positive. Middle, the confusion matrix as four shaded cells with counts. Right, the ROC curve with a "
        "point at the present threshold, and the diagonal of guessing."
    )
    size = (9.8, 4.0)
    shares: ClassVar = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
    edges: ClassVar = np.linspace(-4.5, 7.5, 49)

    def __init__(self) -> None:
        shares = [(f"{share:.0%}", share) for share in self.shares]
        super().__init__(
            threshold=FloatSlider(1.0, min=-4.5, max=7.5, step=0.1, description="threshold"),
            share=SelectionSlider(options=shares, value=0.5, description="share of positives"),
            separation=FloatSlider(2.0, min=0, max=4, step=0.1, description="separation of the classes"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Three empty views."""
        left, middle, right = fig.subplots(1, 3, width_ratios=[1.25, 0.9, 1])
        left.set(xlim=(-4.5, 7.5), ylim=(-16, 230), xlabel="score", ylabel="samples", yticks=(0, 100, 200))
        left.set_title("right of the line: called positive")
        self.histograms = [
            left.stairs(np.zeros(48), self.edges, fill=True, alpha=0.6, color=color, label=name)
            for name, color in (("negative", COLORS["blue"]), ("positive", COLORS["orange"]))
        ]
        (self.rug,) = left.plot([], [], "|", ms=9, color=COLORS["orange"])
        (self.line,) = left.plot([], [], color=COLORS["black"])
        left.legend(loc="upper right")

        middle.set(xticks=(0.5, 1.5), yticks=(0.5, 1.5), aspect="equal", ylim=(2, 0))
        middle.set(xlabel="predicted", ylabel="actual", title="confusion matrix")
        middle.set_xticklabels(["negative", "positive"])
        middle.set_yticklabels(["negative", "positive"], rotation=90, va="center")
        middle.tick_params(length=0)
        middle.grid(False)
        middle.spines[:].set_visible(False)
        look: dict[str, Any] = {"cmap": "Blues", "vmin": 0, "vmax": 1, "edgecolors": "white", "linewidth": 4}
        self.cells = middle.pcolormesh(np.zeros((2, 2)), **look)
        self.counts = [
            middle.text(j + 0.5, i + 0.5, "", ha="center", va="center", fontsize=15, linespacing=1.4)
            for i, j in np.ndindex(2, 2)
        ]

        right.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
        right.set(xlabel="false positive rate", ylabel="true positive rate", xticks=(0, 0.5, 1), yticks=(0, 0.5, 1))
        right.plot([0, 1], [0, 1], ls=":", color=COLORS["grey"])
        (self.roc,) = right.plot([], [], color=COLORS["blue"])
        (self.point,) = right.plot([], [], "o", ms=11, color=COLORS["orange"], clip_on=False)
        self.title = right.set_title("ROC")
        return [*self.histograms, self.rug, self.line, self.cells, *self.counts, self.roc, self.point, self.title]

    def update(self, threshold: float, share: float, separation: float) -> str:
        """The line cuts the scores; cells and point follow."""
        y, score = scored_samples(share, separation)
        report = judge(y, score >= threshold)
        for histogram, label in zip(self.histograms, (0, 1), strict=True):
            histogram.set_data(np.histogram(score[y == label], self.edges)[0])
        self.rug.set_data(score[y == 1], np.full(int(y.sum()), -8))
        self.line.set_data([threshold, threshold], [-16, 230])

        rates = report.matrix / report.matrix.sum(axis=1, keepdims=True)
        self.cells.set_array(rates)
        for text, name, count, rate in zip(self.counts, NAMES, report.matrix.flat, rates.flat, strict=True):
            text.set(text=f"{name}\n{count:,}", color=ink_on(self.cells.to_rgba(rate)))
        fpr, tpr, _ = roc_curve(y, score)
        self.roc.set_data(fpr, tpr)
        self.point.set_data([1 - report.specificity], [report.recall])
        self.title.set_text(f"ROC: AUC = {auc(fpr, tpr):.3f}")
        return (
            f"Threshold {number(threshold, 1)}: accuracy {percent(report.accuracy)}, precision "
            f"{percent(report.precision)}, recall {percent(report.recall)}, specificity {percent(report.specificity)}, "
            f"F1 {percent(report.f1)}. Saying negative every time would have an accuracy of {percent(1 - share)}."
        )


class KFoldViewer(Demo):
    """Which samples validate in which fold, the error of each fold, and one fold's fit."""

    alt = (
        "Left, a table with a row for each fold and a column for each of 20 samples; dark cells validate, light ones "
        "train. Middle, on a log scale, a bar for the validation error of each fold, and a dashed line at their "
        "mean. Right, the data with the fit of the fold shown: dots are training samples, squares validation samples."
    )
    size = (9.8, 4.4)
    samples = 20
    degree = 3
    span = (1e-4, 1e3)
    grid: ClassVar = np.linspace(-1, 1, 101)

    def __init__(self) -> None:
        super().__init__(
            k=IntSlider(5, min=2, max=self.samples, description="folds k"),
            fold=IntSlider(1, min=1, max=5, description="fold shown"),
            shuffle=Checkbox(False, description="shuffle first"),
        )

    def follow(self, name: str) -> None:
        """There are as many folds to be shown as there are."""
        if name == "k":
            self.controls["fold"].max = self.values["k"]

    def setup(self, fig: Figure) -> list[Artist]:
        """The table of folds, the bars beside its rows, and the data."""
        n = self.samples
        table, bars, data = fig.subplots(1, 3, width_ratios=[1.2, 0.55, 1.2])
        table.set(xlim=(0, n), ylim=(1, 0), xlabel="samples, sorted by x", yticks=(), xticks=())
        table.set(title="dark cells validate", ylabel="folds, the first on top")
        table.grid(False)
        colors = ListedColormap([COLORS["light"], COLORS["orange"]])
        self.table = table.imshow([[0]], extent=(0, n, 1, 0), aspect="auto", cmap=colors, vmin=0, vmax=1)
        self.rules = table.add_collection(LineCollection([], colors="white", linewidths=1.5, zorder=2))
        (self.frame_,) = table.plot([], [], color=COLORS["black"], lw=2.5, clip_on=False, zorder=3)

        bars.set(xscale="log", ylim=(1, 0), xlim=self.span, yticks=(), title="error", xlabel="MSE")
        bars.set_xticks((1e-3, 1, 1e3))
        bars.minorticks_off()
        look: dict[str, Any] = {"orientation": "horizontal", "fill": True, "color": COLORS["orange"]}
        self.bars = bars.stairs([1.0], [0.0, 1.0], baseline=self.span[0], **look)
        self.bar_rules = bars.add_collection(LineCollection([], colors="white", linewidths=1.5, zorder=2))
        (self.mean,) = bars.plot([], [], ls="--", color=COLORS["black"], zorder=3)

        data.set(xlim=(-1.05, 1.05), ylim=(-2, 2), xlabel="x")
        self.title = data.set_title("fold")
        (self.fitted,) = data.plot([], [], color=COLORS["blue"], label="cubic fit")
        (self.training,) = data.plot([], [], "o", ms=6, mfc="white", mec=COLORS["grey"], label="training")
        (self.held_back,) = data.plot([], [], "s", ms=8, color=COLORS["orange"], label="validation")
        data.legend(loc="lower right")
        return [
            self.table,
            self.rules,
            self.frame_,
            self.bars,
            self.bar_rules,
            self.mean,
            self.title,
            self.fitted,
            self.training,
            self.held_back,
        ]

    def update(self, k: int, fold: int, shuffle: bool) -> str:
        """Every row one split; the fold shown is framed."""
        n = self.samples
        x, y = fold_data(n)
        splits = list(KFold(k, shuffle=shuffle, random_state=0 if shuffle else None).split(x))
        curves, errors = fold_fits(x, y, splits, self.grid, self.degree)
        sizes = np.array([len(test) for _, test in splits])
        score = float(sizes @ errors / n)

        self.table.set_data([np.isin(np.arange(n), test) for _, test in splits])
        rows = np.arange(k + 1) / k
        self.rules.set_segments([[(0, row), (n, row)] for row in rows] + [[(i, 0), (i, 1)] for i in range(1, n)])
        top, bottom = rows[fold - 1], rows[fold]
        self.frame_.set_data([0, n, n, 0, 0], [top, top, bottom, bottom, top])
        self.bars.set_data(errors, rows)
        self.bar_rules.set_segments([[(self.span[0], row), (self.span[1], row)] for row in rows])
        self.mean.set_data([score, score], [0, 1])

        train, test = splits[fold - 1]
        self.title.set_text(f"fold {fold} of {k}")
        self.fitted.set_data(self.grid, curves[fold - 1])
        self.training.set_data(x[train], y[train])
        self.held_back.set_data(x[test], y[test])
        name = "Leave-one-out" if k == n else f"{k}-fold cross-validation"
        return (
            f"{name}: {k} fits, each on {n - sizes.max()}"
            + (f" or {n - sizes.min()}" if sizes.max() > sizes.min() else "")
            + f" of {n} samples. Fold {fold} validates {len(test)} with an error of {errors[fold - 1]:.3f}; "
            f"the estimate, the mean over all samples, is {score:.3f}."
        )


NOISE = 0.3
"""The standard deviation of the noise in :func:`dimension_errors`."""

NAMES = ("TN", "FP", "FN", "TP")


class DimensionErrors(NamedTuple):
    """Test errors by dimension: of nearest neighbours, shape (dimensions, shares), and of a line, (dimensions,)."""

    neighbours: Matrix
    linear: Vector


class Report(NamedTuple):
    """What can be said of yes-or-no predictions; a ratio is NaN where it is 0 / 0."""

    matrix: NDArray[np.int64]
    accuracy: float
    precision: float
    recall: float
    specificity: float
    f1: float


def spread_inputs(n: int) -> Vector:
    """One random input in each of n equal parts of [−1, 1], always the same ones.

    >>> spread_inputs(2).round(2)
    array([-0.36,  0.27])
    """
    return (np.arange(n) + np.random.default_rng(0).random(n)) * 2 / n - 1


def orthonormal_polynomials(x: Vector, at: Vector, highest: int) -> tuple[Matrix, Matrix]:
    r"""Polynomials of degree 0, 1, … that are orthonormal on the inputs: $\sum_i q_j(x_i)\, q_k(x_i) = [j = k]$.

    The powers of the inputs make the columns of $V = QR$. The columns of $Q$ are the polynomials on the inputs, and
    $R^{-\top}$ makes them from the powers anywhere else.

    Args:
        x: Shape (n,), distinct inputs, more of them than ``highest``.
        at: Shape (m,), other places.
        highest: The last degree.

    Returns:
        Their values on the inputs, shape (highest + 1, n), and at the other places, (highest + 1, m).
    """
    V, V_at = (places[:, None] ** np.arange(highest + 1) for places in (x, at))
    Q, R = qr(V)
    return Q.T, solve_triangular(R.T, V_at.T, lower=True)


def polynomial_fits(x: Vector, y: Vector, at: Vector, highest: int) -> tuple[Matrix, Matrix]:
    r"""Least-squares polynomials of every degree at once, $\hat f_d = \sum_{j \le d} (q_j^\top y)\, q_j$.

    In an orthonormal basis one more degree adds one more term and changes none of the others.

    Args:
        x: Shape (n,), inputs.
        y: Shape (n,), targets.
        at: Shape (m,), where to predict.
        highest: The last degree.

    Returns:
        The fits on the inputs, shape (highest + 1, n), and at the places asked for, (highest + 1, m).
    """
    basis, basis_at = orthonormal_polynomials(x, at, highest)
    c = (basis @ y)[:, None]
    return np.cumsum(c * basis, axis=0), np.cumsum(c * basis_at, axis=0)


def expected_errors(
    truth: Callable[[Vector], Vector], x: Vector, noise: float, at: Vector, highest: int
) -> tuple[Vector, Vector]:
    r"""The training and test error of polynomial fits, averaged over all draws of the noise, for every degree.

    The fit without noise is the mean fit, so its error is the bias. Noise adds variance: $\sigma^2$ in each coefficient
    $q_j^\top y$. On the training set the $d + 1$ terms follow the noise and take that much of it away:

    $$E_\text{test} = \overline{(f - \bar f_d)^2} + \sigma^2 \sum_{j \le d} \overline{q_j^2} + \sigma^2, \qquad
    E_\text{train} = \frac{1}{n} \sum_i (f - \bar f_d)^2(x_i) + \sigma^2 \frac{n - d - 1}{n}$$

    (Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, section 7.3)

    Args:
        truth: The regression function.
        x: Shape (n,), the inputs of the training set.
        noise: $\sigma$, its standard deviation.
        at: Shape (m,), the test inputs over which the bars take the mean.
        highest: The last degree.

    Returns:
        Training and test errors, each of shape (highest + 1,).
    """
    _, basis_at = orthonormal_polynomials(x, at, highest)
    mean_fits, mean_fits_at = polynomial_fits(x, truth(x), at, highest)
    terms = np.arange(1, highest + 2)
    training = ((truth(x) - mean_fits) ** 2).mean(axis=1) + noise**2 * (1 - terms / len(x))
    bias_squared = ((truth(at) - mean_fits_at) ** 2).mean(axis=1)
    variance = noise**2 * np.cumsum((basis_at**2).mean(axis=1))
    return training, bias_squared + variance + noise**2


def arrow_beyond(value: float, low: float, high: float) -> str:
    """The marker that points to a value outside of an axis; none for one inside.

    >>> arrow_beyond(20.0, 0, 10), arrow_beyond(5.0, 0, 10), arrow_beyond(-1.0, 0, 10)
    ('^', '', 'v')
    """
    return "^" if value > high else "v" if value < low else ""


def verdict(degree: int, best: int, test: Vector) -> str:
    """What to call a degree, in words."""
    if test[degree] < 1.1 * test[best] + 1e-3:
        return "That is about right."
    return "Too stiff: it underfits." if degree < best else "Too flexible: it overfits."


def uniform_points(n: int, dimensions: int) -> Matrix:
    """Points of the unit cube, shape (n, dimensions), always the same ones."""
    return np.random.default_rng(1).random((n, dimensions))


def neighbour_count(share: float, n: int) -> int:
    """How many neighbours are a share of n samples; one at least.

    >>> neighbour_count(0.1, 300), neighbour_count(0.001, 100)
    (30, 1)
    """
    return max(1, round(share * n))


def dimension_errors(n: int, shares: tuple[float, ...], highest: int, tests: int = 100) -> DimensionErrors:
    r"""The test errors of nearest neighbours and of a straight line, as inputs that mean nothing are added.

    $y = f(x_1) + \epsilon$, with the smooth truth stretched over [0, 1], depends on the first input only. All others
    are distraction.

    Args:
        n: How many training samples.
        shares: The neighbourhoods, as shares of them.
        highest: The last dimension.
        tests: Over how many test inputs to take the mean.
    """
    rng = np.random.default_rng(3)
    X, X_test = uniform_points(n, highest), rng.random((tests, highest))
    y, y_test = (TRUTHS["smooth"](2 * inputs[:, 0] - 1) for inputs in (X, X_test))
    y = y + NOISE * rng.standard_normal(n)
    counts = np.array([neighbour_count(share, n) for share in shares])
    neighbours, linear = [], []
    for p in range(1, highest + 1):
        nearest = KNeighborsRegressor(int(counts.max())).fit(X[:, :p], y).kneighbors(X_test[:, :p])[1]
        averages = (np.cumsum(y[nearest], axis=1) / np.arange(1, counts.max() + 1))[:, counts - 1]
        neighbours.append(((averages - y_test[:, None]) ** 2).mean(axis=0) + NOISE**2)
        line = LinearRegression().fit(X[:, :p], y).predict(X_test[:, :p])
        linear.append(mean_squared_error(y_test, line) + NOISE**2)
    return DimensionErrors(np.array(neighbours), np.array(linear))


def scored_samples(share: float, separation: float, n: int = 2000) -> tuple[NDArray[np.int64], Vector]:
    """Samples of two classes with scores from N(0, 1) for negatives and N(separation, 1) for positives.

    >>> y, score = scored_samples(share=0.01, separation=2.0)
    >>> int(y.sum()), len(score)
    (20, 2000)
    """
    y = (np.arange(n) < round(share * n)).astype(np.int64)
    return y, np.random.default_rng(4).standard_normal(n) + separation * y


def judge(y: NDArray[np.int64], called_positive: NDArray[np.bool_]) -> Report:
    """Everything there is to say about predictions for two classes, 0 and 1.

    >>> judge(np.array([0, 0, 1, 1]), np.array([False, True, False, True])).matrix
    array([[1, 1],
           [1, 1]])
    """
    predicted = called_positive.astype(np.int64)
    return Report(
        confusion_matrix(y, predicted, labels=[0, 1]),
        accuracy_score(y, predicted),
        precision_score(y, predicted, zero_division=np.nan),
        recall_score(y, predicted, zero_division=np.nan),
        specificity_score(y, predicted, zero_division=np.nan),
        f1_score(y, predicted, zero_division=np.nan),
    )


def occurrences(lines: list[str]) -> tuple[list[str], Matrix]:
    """The words of some lines, sorted, and for each word which of the lines it is in: shape (words, lines).

    >>> occurrences(["ein haus", "ein buch"])
    (['buch', 'ein', 'haus'], array([[0., 1.],
           [1., 1.],
           [1., 0.]]))
    """
    words = sorted({word for line in lines for word in line.split()})
    return words, np.array([[float(word in line.split()) for line in lines] for word in words])


def percent(share: float) -> str:
    """A share for a caption.

    >>> percent(0.125), percent(float("nan"))
    ('12.5%', 'undefined')
    """
    return "undefined" if np.isnan(share) else f"{share:.1%}"


def fold_data(n: int) -> tuple[Vector, Vector]:
    """Inputs in order, and noisy values of the smooth truth at them."""
    x = spread_inputs(n)
    return x, TRUTHS["smooth"](x) + 0.3 * np.random.default_rng(5).standard_normal(n)


def fold_fits(
    x: Vector, y: Vector, splits: list[tuple[NDArray[np.intp], NDArray[np.intp]]], at: Vector, degree: int
) -> tuple[list[Vector], Vector]:
    """For each split the polynomial fitted to its training part, at some places, and its validation error."""
    curves, errors = [], []
    for train, test in splits:
        _, fits = polynomial_fits(x[train], y[train], np.concatenate([at, x[test]]), degree)
        curves.append(fits[-1, : len(at)])
        errors.append(mean_squared_error(y[test], fits[-1, len(at) :]))
    return curves, np.array(errors)
