"""The demos of lecture 05, regression."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any, ClassVar

import numpy as np
from ipywidgets import Checkbox, Dropdown, FloatSlider, IntSlider, SelectionSlider
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray
from sklearn.datasets import load_breast_cancer, load_diabetes

from course_lib.data import Advertising, advertising_head, simulate_advertising
from course_lib.demos.base import Demo, number
from course_lib.plotting import COLORS, SIGNED, level_lines
from course_lib.probability import sigmoid, softplus
from course_lib.regression import (
    CrossEntropy,
    LinearRegression,
    LogisticRegression,
    SelectionPath,
    backward_selection,
    best_subset,
    forward_selection,
    interaction,
    newton,
)

__all__ = ["FeatureBoundary", "FitALine", "LikelihoodClimb", "PlaneAndSurface", "StepwiseSelection"]

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


class FitALine(Demo):
    """A line through five markets, laid by hand, and the squares of what it misses."""

    alt = (
        "Left, sales against the TV budget of five markets, a line, and at each market a square as high as the "
        "error there. Right, one square as large as all five together; if the optimum is shown, a dashed line and a "
        "dashed square stand for the best line."
    )
    size = (8.4, 4.9)
    span = (-4, 38)

    def __init__(self) -> None:
        super().__init__(
            intercept=FloatSlider(4, min=0, max=14, step=0.1, description="intercept"),
            slope=FloatSlider(0.2, min=0, max=1, step=0.01, description="slope"),
            optimum=Checkbox(False, description="Show the optimum"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The five markets, in units that make squares square, and the room for their sum."""
        markets = advertising_head()
        self.x, self.y = markets.X[:, 0] / 10, markets.y
        model = LinearRegression().fit(self.x[:, None], self.y)
        self.best = float(model.intercept_), float(model.coef_[0])
        left, right = fig.subplots(1, 2, subplot_kw={"box_aspect": 1})
        left.set(xlim=self.span, ylim=self.span, xlabel="TV budget ($10,000)", ylabel="sales (1,000 units)")
        left.set_title("five of the Advertising markets")
        self.squares = left.add_collection(PolyCollection([], facecolor=COLORS["orange"], alpha=0.3, zorder=1))
        self.errors = left.add_collection(LineCollection([], colors=COLORS["orange"], linewidths=2, zorder=2))
        (self.best_line,) = left.plot([], [], ls="--", color=COLORS["green"], zorder=3)
        (self.line,) = left.plot([], [], color=COLORS["blue"], zorder=4)
        (markers,) = left.plot(self.x, self.y, "o", color=COLORS["black"], zorder=5)

        right.set(xlim=self.span, ylim=self.span, xticks=(), yticks=())
        self.total = right.set_title("all squares in one")
        right.spines[:].set_visible(False)
        right.grid(False)
        self.sum = right.add_collection(PolyCollection([], facecolor=COLORS["orange"], alpha=0.3))
        (self.best_sum,) = right.plot([], [], ls="--", color=COLORS["green"])
        return [self.squares, self.errors, self.best_line, self.line, markers, self.sum, self.best_sum, self.total]

    def update(self, intercept: float, slope: float, optimum: bool) -> str:
        """A square stands on each error, towards the middle of the picture, where there is room."""
        fitted, rss = intercept + slope * self.x, residual_squares(self.x, self.y, intercept, slope)
        best = residual_squares(self.x, self.y, *self.best)
        strokes = zip(self.x, self.y, fitted - self.y, self.x < np.mean(self.span), strict=True)
        self.squares.set_verts([square(*stroke) for stroke in strokes])
        self.errors.set_segments([[(x, y), (x, f)] for x, y, f in zip(self.x, self.y, fitted, strict=True)])
        ends = np.array(self.span)
        self.line.set_data(ends, intercept + slope * ends)
        self.best_line.set_data(ends, self.best[0] + self.best[1] * ends)
        self.sum.set_verts([square(0, 0, rss**0.5, to_the_right=True)])
        side = best**0.5
        self.best_sum.set_data([0, side, side, 0, 0], [0, 0, side, side, 0])
        self.best_line.set_visible(optimum)
        self.best_sum.set_visible(optimum)
        self.total.set_text(f"all squares in one: {rss:.1f}")
        told = f"sales = {number(intercept)} + {number(slope)} · TV leaves squares of {rss:.1f} in all."
        if not optimum:
            return told
        return (
            f"{told} The least possible is {best:.1f}, with {number(self.best[0])} + {number(self.best[1])} · TV: "
            f"yours is {rss / best:.2f} times as much."
        )


class PlaneAndSurface(Demo):
    """The additive model of sales is a plane; with an interaction it is a twisted surface."""

    alt = (
        "Sales over the budgets for TV and radio in three dimensions: the markets as points, full above and hollow "
        "below the fitted surface, a stem from each to the surface, and an orange line across it at one radio budget."
    )
    size = (7.6, 5.4)
    steps = 13

    def __init__(self, advertising: Advertising | None = None) -> None:
        self.markets = simulate_advertising(np.random.default_rng(112)) if advertising is None else advertising
        super().__init__(
            azimuth=IntSlider(-60, min=-180, max=180, step=5, description="azimuth (°)"),
            elevation=IntSlider(20, min=10, max=80, step=5, description="elevation (°)"),
            radio=IntSlider(10, min=0, max=50, description="line at radio"),
            product=Checkbox(False, description="TV × radio"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """An empty plane to project on; both models are fitted here, once."""
        ax = fig.add_subplot(aspect="equal", xlim=(-1, 1), ylim=(-0.88, 0.8))
        ax.axis("off")
        ax.set_title(self.markets.source, fontsize=11)
        X, y = self.markets.X[:, :2], self.markets.y
        self.models = {with_product: fit_surface(X, y, with_product) for with_product in (False, True)}
        (self.box,) = ax.plot([], [], color=COLORS["grey"], lw=1)
        self.faces = PolyCollection([], edgecolors="white", linewidths=0.6, alpha=0.65, cmap="Blues")
        ax.add_collection(self.faces)
        self.faces.set_clim(-5, 35)
        self.stems = LineCollection([], colors=COLORS["grey"], linewidths=1)
        ax.add_collection(self.stems)
        (self.below,) = ax.plot([], [], "o", ms=5, mfc="white", mec=COLORS["black"])
        (self.above,) = ax.plot([], [], "o", ms=5, color=COLORS["black"])
        (self.line,) = ax.plot([], [], color=COLORS["orange"], lw=3.5)
        look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 11, "zorder": 10}
        box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5}
        self.labels = [ax.text(0, 0, name, bbox=box, **look) for name, _ in LABELS]
        return [self.box, self.faces, self.stems, self.below, self.above, self.line, *self.labels]

    def update(self, azimuth: int, elevation: int, radio: int, product: bool) -> str:
        """Everything is projected anew; faces that lie behind are drawn first."""
        model, X, y = self.models[product], self.markets.X[:, :2], self.markets.y
        fitted = predict_surface(model, X)

        def project(budgets: Matrix, sales: Vector) -> Matrix:
            return projection(in_box(budgets, sales), azimuth, elevation)

        tv, radios = np.meshgrid(np.linspace(0, 300, self.steps), np.linspace(0, 50, self.steps))
        grid = np.stack([tv, radios], axis=-1)
        heights = predict_surface(model, grid)
        faces = quadrilaterals(project(grid, heights))
        order = np.argsort(faces[:, :, 2].mean(axis=1))
        self.faces.set_verts(list(faces[order, :, :2]))
        self.faces.set_array(quadrilaterals(heights[..., None]).mean(axis=(1, 2))[order])

        points, feet = project(X, y)[:, :2], project(X, fitted)[:, :2]
        self.stems.set_segments(list(np.stack([feet, points], axis=1)))
        self.above.set_data(*points[y >= fitted].T)
        self.below.set_data(*points[y < fitted].T)
        ends = np.array([[0.0, radio], [300.0, radio]])
        self.line.set_data(*project(ends, predict_surface(model, ends))[:, :2].T)
        self.box.set_data(*project(BOX[:, :2], BOX[:, 2])[:, :2].T)
        places = np.array([place for _, place in LABELS], dtype=float)
        for text, (across, up, _) in zip(self.labels, project(places[:, :2], places[:, 2]), strict=True):
            text.set_position((across, up))

        slope, r2 = model.coef_[0] + (model.coef_[2] * radio if product else 0), r_squared(y, fitted)
        together = (X - X.mean(axis=0)).prod(axis=1) > 0
        high_or_low, mixed = (above_or_below(1000 * (y - fitted)[side].mean()) for side in (together, ~together))
        return (
            f"{'Twisted surface' if product else 'Plane'}: R² {r2:.1%}. Where radio gets {radio} thousand dollars, a "
            f"thousand more for TV sell {number(1000 * slope, 0)} units. On average, markets with both budgets high or "
            f"both low lie {high_or_low} the fit, the others {mixed}."
        )


class StepwiseSelection(Demo):
    """Three ways to choose predictors, size by size, and what the criteria say of each size."""

    alt = (
        "Left, a table with a row for each number of predictors and a column for each predictor; dark cells are in the "
        "model, and the row shown is framed. Right, the chosen criterion against the number of predictors, with a "
        "star at its best size and a square at the size shown."
    )
    size = (9.2, 4.2)
    searches: ClassVar = {
        "best subset": best_subset,
        "forward": forward_selection,
        "backward": backward_selection,
    }
    criteria: ClassVar = {"BIC": "bic", "AIC": "aic", "Cp": "cp", "adjusted R²": "adjusted_r2", "R²": "r2"}

    def __init__(self) -> None:
        self.tables = {"diabetes": diabetes_table(), "a hidden pair": hidden_pair()}
        super().__init__(
            data=Dropdown(options=list(self.tables), description="data"),
            search=Dropdown(options=list(self.searches), value="forward", description="search"),
            criterion=Dropdown(options=list(self.criteria), description="criterion"),
            predictors=IntSlider(0, min=0, max=10, description="predictors"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The table and the curve; all searches are made here, once."""
        self.paths = {
            (data, name): search(X, y)
            for data, (X, y, _) in self.tables.items()
            for name, search in self.searches.items()
        }
        left, right = fig.subplots(1, 2, width_ratios=[1.1, 1])
        left.set(xlim=(-0.5, 9.5), ylim=(10.5, -0.5), xticks=range(10), yticks=range(0, 11, 2), ylabel="predictors")
        left.set_xticklabels([""] * 10)
        left.grid(False)
        left.tick_params(length=0)
        look: dict[str, Any] = {"cmap": ListedColormap(["white", COLORS["sky"]]), "vmin": 0, "vmax": 1}
        places = np.arange(-0.5, 10), np.arange(-0.5, 11)
        self.cells = left.pcolormesh(*places, np.zeros((11, 10)), edgecolors=COLORS["light"], linewidth=1, **look)
        (self.row,) = left.plot([], [], color=COLORS["black"], lw=2.5, clip_on=False)
        self.names = [left.text(j, 10.7, "", ha="center", va="top", fontsize=10.5) for j in range(10)]
        self.title = left.set_title("search")

        right.set(xlim=(-0.4, 10.4), ylim=(-0.05, 1.05), yticks=(), xlabel="predictors", xticks=range(0, 11, 2))
        (self.curve,) = right.plot([], [], "-o", ms=5, color=COLORS["blue"])
        (self.best,) = right.plot([], [], "*", ms=18, color=COLORS["green"])
        (self.shown,) = right.plot([], [], "s", ms=12, mfc="none", mec=COLORS["black"], mew=2)
        self.heading = right.set_title("criterion")
        return [
            self.cells,
            self.row,
            *self.names,
            self.title,
            self.curve,
            self.best,
            self.shown,
            self.heading,
        ]

    def update(self, data: str, search: str, criterion: str, predictors: int) -> str:
        """Colour the path; scale the criterion into its frame."""
        path, names = self.paths[data, search], self.tables[data][2]
        values = getattr(path, self.criteria[criterion])
        higher = criterion.endswith("R²")
        best = int(np.argmax(values) if higher else np.argmin(values))
        self.cells.set_array(membership(path, 10))
        edges = predictors - 0.5, predictors + 0.5
        self.row.set_data([-0.5, 9.5, 9.5, -0.5, -0.5], [edges[0], edges[0], edges[1], edges[1], edges[0]])
        for text, name in zip(self.names, names, strict=True):
            text.set_text(name)
        self.title.set_text(f"{data}: {search}")
        heights = (values - values.min()) / np.ptp(values)
        self.curve.set_data(path.sizes, heights)
        self.best.set_data([best], [heights[best]])
        self.shown.set_data([predictors], [heights[predictors]])
        self.heading.set_text(f"{criterion}: {'higher' if higher else 'lower'} is better")
        chosen = ", ".join(names[j] for j in sorted(path.features[predictors])) or "none"
        return (
            f"With {predictors} predictors: {chosen}. R² {path.r2[predictors]:.1%}, "
            f"{criterion} {criterion_text(values[predictors], higher)}. {change(path, predictors, names)}"
            f"{criterion} prefers {best} predictors ({criterion_text(values[best], higher)})."
        )


class FeatureBoundary(Demo):
    """Logistic regression on powers and products of two features: still linear in the features, bent in the plane."""

    alt = (
        "Left, two classes in the plane, circles and triangles, over bands of the fitted probability; a black line is "
        "where it equals the threshold. Right, the same points by their fitted log-odds, class 1 on top and class 0 at "
        "the bottom, along the logistic curve; a vertical line marks the threshold."
    )
    size = (9.2, 4.3)
    highest = 6
    grid: ClassVar = np.linspace(-1, 1, 61)

    def __init__(self) -> None:
        super().__init__(
            shape=Dropdown(options=list(SHAPES), value="ring", description="true boundary"),
            degree=IntSlider(1, min=1, max=self.highest, description="feature degree"),
            threshold=FloatSlider(0.5, min=0.05, max=0.95, step=0.05, description="threshold"),
            C=SelectionSlider(
                options=[("0.01", 0.01), ("0.1", 0.1), ("1", 1.0), ("10", 10.0), ("100", 100.0), ("1,000", 1000.0)],
                value=10.0,
                description="C (1 / price)",
            ),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The plane of the features and the logistic curve; the points are drawn here, once."""
        self.samples = {name: (two_classes(name, 80, seed=1), two_classes(name, 1000, seed=2)) for name in SHAPES}
        self.plane = powers(np.stack(np.meshgrid(self.grid, self.grid), axis=-1).reshape(-1, 2), self.highest)
        left, right = fig.subplots(1, 2)
        self.left = left
        left.set(aspect="equal", xlim=(-1, 1), ylim=(-1, 1), xticks=(-1, 0, 1), yticks=(-1, 0, 1))
        left.set(xlabel="$x_1$", ylabel="$x_2$")
        self.colors = ListedColormap(SIGNED(np.linspace(0.15, 0.85, 10)))
        look: dict[str, Any] = {"origin": "lower", "interpolation": "nearest"}
        self.bands = left.imshow(np.zeros((61, 61, 3)), extent=(-1, 1, -1, 1), **look)
        self.boundary = left.add_collection(LineCollection([], colors=COLORS["black"], linewidths=2.5))
        (self.zeros,) = left.plot([], [], "o", ms=5.5, color=COLORS["orange"], mec="white", mew=0.7)
        (self.ones,) = left.plot([], [], "^", ms=6.5, color=COLORS["blue"], mec="white", mew=0.7)
        left.set_title("probability of class 1 (triangles)")

        right.set(xlim=(-8, 8), ylim=(-0.06, 1.06), xticks=range(-8, 9, 4), xlabel="fitted log-odds")
        right.set_title("the logistic fit")
        right.yaxis.set_major_formatter(PercentFormatter(1))
        z = np.linspace(-8, 8, 201)
        right.plot(z, sigmoid(z), color=COLORS["grey"])
        (self.cut,) = right.plot([], [], color=COLORS["black"])
        (self.zero_odds,) = right.plot([], [], "o", ms=5.5, color=COLORS["orange"], mec="white", mew=0.7)
        (self.one_odds,) = right.plot([], [], "^", ms=6.5, color=COLORS["blue"], mec="white", mew=0.7)
        return [
            self.bands,
            self.boundary,
            self.zeros,
            self.ones,
            self.cut,
            self.zero_odds,
            self.one_odds,
        ]

    def update(self, shape: str, degree: int, threshold: float, C: float) -> str:
        """Fit on the powers; colour the plane with what was fitted."""
        (X, y), (X_test, y_test) = self.samples[shape]
        features = powers(X, degree)
        model = LogisticRegression(C=C).fit(features, y)
        cut = float(np.log(threshold / (1 - threshold)))
        odds, odds_test = model.decision_function(features), model.decision_function(powers(X_test, degree))
        plane = model.decision_function(self.plane[:, : features.shape[1]]).reshape(61, 61)
        self.bands.set_data(self.colors(sigmoid(plane), bytes=True))
        boundary = level_lines(self.grid, self.grid, plane, cut)
        self.boundary.set_segments(boundary)
        self.zeros.set_data(*X[y == 0].T)
        self.ones.set_data(*X[y == 1].T)
        shown = np.clip(odds, -7.8, 7.8)
        self.zero_odds.set_data(shown[y == 0], np.zeros(np.sum(y == 0)))
        self.one_odds.set_data(shown[y == 1], np.ones(np.sum(y == 1)))
        self.cut.set_data([cut, cut], [0, 1])
        right, right_test = np.mean((odds > cut) == (y == 1)), np.mean((odds_test > cut) == (y_test == 1))
        return (
            f"Degree {degree} makes {features.shape[1]} features. Called class 1 from {threshold:.0%} on, "
            f"{right:.1%} of the 80 training points are right, and {right_test:.1%} of 1,000 new ones."
            + ("" if boundary else f" No boundary crosses the picture: every point is called {plane[0, 0] > cut:d}.")
        )


class LikelihoodClimb(Demo):
    """Two ways to the top of a logistic regression's likelihood: along the gradient, and in Newton's steps."""

    alt = (
        "Left, contours of the log-likelihood over intercept and slope, with the path of the chosen method from a "
        "square at the start to a dot, and a star at the top. Right, on a logarithmic scale, how far below the top "
        "each method is after each step: the line of Newton drops within a few steps, that of the gradient slowly."
    )
    size = (9.2, 4.3)
    most = 60

    def __init__(self) -> None:
        rates = [(f"{rate:g}", rate) for rate in (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)]
        super().__init__(
            method=Dropdown(options=["gradient", "Newton"], description="method"),
            step=IntSlider(10, min=0, max=self.most, description="steps"),
            rate=SelectionSlider(options=rates, value=1.0, description="learning rate"),
            centred=Checkbox(True, description="centred"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Both surfaces, one for the centred radius and one for the radius as it is."""
        self.left, right = fig.subplots(1, 2)
        self.hills = {centred: Hill(centred, self.left) for centred in (True, False)}
        self.left.set(xlabel="intercept $b$", ylabel="slope $w$", title="mean log-likelihood")
        self.contours = self.left.add_collection(LineCollection([], cmap="viridis", linewidths=1.6))
        (self.path,) = self.left.plot([], [], "-o", ms=3, lw=0.8, color=COLORS["black"])
        (self.start,) = self.left.plot([0], [0], "s", ms=9, color=COLORS["black"])
        (self.top,) = self.left.plot([], [], "*", ms=17, color=COLORS["orange"], mec="white")
        (self.here,) = self.left.plot([], [], "o", ms=10, color=COLORS["blue"], mec="white")

        right.set(yscale="log", xlim=(-1, self.most + 2), ylim=(1e-16, 100), xlabel="step", title="below the top")
        right.set_yticks(10.0 ** np.arange(-16, 3, 4))
        right.minorticks_off()
        (self.gradient,) = right.plot([], [], color=COLORS["blue"], label="gradient")
        (self.newton,) = right.plot([], [], "--", color=COLORS["green"], label="Newton")
        (self.mark,) = right.plot([], [], "o", ms=10, color=COLORS["blue"], mec="white")
        right.legend(loc="center right")
        return [
            self.contours,
            self.path,
            self.start,
            self.top,
            self.here,
            self.gradient,
            self.newton,
            self.mark,
        ]

    def update(self, method: str, step: int, rate: float, centred: bool) -> str:
        """Walk both ways; show the chosen one up to the step."""
        hill = self.hills[centred]
        if self.left.get_xlim() != hill.intercepts:
            self.left.set(xlim=hill.intercepts, ylim=hill.slopes)
            self.stale()
        walks = {"gradient": gradient_ascent(hill.J, rate, self.most), "Newton": hill.newton}
        below = {name: np.maximum(hill.height(W) - hill.lowest, 1e-17) for name, W in walks.items()}
        self.contours.set_segments(hill.segments)
        self.contours.set_array(hill.levels)
        walked = walks[method][: step + 1]
        self.path.set_data(*walked.T)
        self.here.set_data(*walked[-1:].T)
        self.top.set_data(*hill.top[:, None])
        for line, name in ((self.gradient, "gradient"), (self.newton, "Newton")):
            line.set_data(np.arange(len(below[name])), below[name])
        self.mark.set_data([step], [below[method][step]])
        needed = {name: np.flatnonzero(drops < 1e-6) for name, drops in below.items()}
        told = " and ".join(
            f"{name} {f'needs {steps[0]} steps' if len(steps) else f'needs more than {self.most}'}"
            for name, steps in needed.items()
        )
        (b, w), left = walked[-1], below[method][step]
        where = f"{left:.2g} nats per tumour below the top" if left > 1e-15 else "at the top, to the last digit"
        return (
            f"After {step} steps of {method}: b = {number(b)}, w = {number(w)}, {where}. "
            f"To come within a millionth of it, {told}."
        )


class Hill:
    """The mean log-likelihood of intercept and slope, and its contours: tumours by the radius of their nuclei."""

    def __init__(self, centred: bool, ax: Axes) -> None:
        self.J = tumour_likelihood(centred)
        start = np.zeros((1, 2))
        steps = [start, *(step.W for step in islice(newton(self.J, np.zeros(2), start), 60))]
        self.newton: Matrix = np.concatenate(steps)
        self.top: Vector = self.newton[-1]
        self.lowest = float(self.height(self.newton).min())
        self.intercepts, self.slopes = ((-4.0, 3.0), (-1.0, 6.0)) if centred else ((-22.0, 4.0), (-1.0, 6.0))
        b, w = np.linspace(*self.intercepts, 81), np.linspace(*self.slopes, 81)
        surface = self.height(np.stack(np.meshgrid(b, w), axis=-1).reshape(-1, 2)).reshape(81, 81)
        heights = self.lowest + np.geomspace(0.002, 4, 12)
        lines = [(line, height) for height in heights for line in level_lines(b, w, surface, height)]
        self.segments = [line for line, _ in lines]
        self.levels = -np.log([height - self.lowest for _, height in lines])

    def height(self, W: Matrix) -> Vector:
        """The mean negative log-likelihood for the rows (b, w) of W."""
        return mean_nll(W, self.J.X, self.J.Y[:, 0])


LABELS = (
    ("TV ($1,000)", (150, -9, 0)),
    ("0", (0, -4, 0)),
    ("300", (300, -4, 0)),
    ("radio ($1,000)", (345, 25, 0)),
    ("50", (318, 50, 0)),
    ("sales (1,000)\n30", (0, 0, 33)),
)
"""What is written on the axes, and where: TV, radio, sales."""

BOX = np.array(
    [(0, 0, 30), (0, 0, 0), (300, 0, 0), (300, 50, 0), (0, 50, 0), (0, 0, 0)],
    dtype=float,
)
"""The floor, and the axis of sales, in one stroke."""

SHAPES = ("line", "ring", "wave", "four corners")
"""Boundaries between two classes to be found again."""


def residual_squares(x: Vector, y: Vector, intercept: float, slope: float) -> float:
    r"""$\mathrm{RSS}(b, w) = \sum_i (y_i - b - w x_i)^2$.

    >>> residual_squares(np.array([0.0, 1.0]), np.array([1.0, 4.0]), 1.0, 1.0)
    4.0
    """
    return float(np.sum((y - intercept - slope * x) ** 2))


def square(x: float, y: float, height: float, to_the_right: bool) -> Matrix:
    """The corners, shape (4, 2), of a square on the stroke from (x, y) to (x, y + height), right or left of it.

    >>> square(5, 1, -2, to_the_right=False).tolist()
    [[5, 1], [3, 1], [3, -1], [5, -1]]
    """
    across = x + (abs(height) if to_the_right else -abs(height))
    return np.array([(x, y), (across, y), (across, y + height), (x, y + height)])


def above_or_below(units: float) -> str:
    """How far something lies on which side, in words.

    >>> above_or_below(-3.4)
    '3 units below'
    """
    return f"{abs(units):.0f} units {'above' if units > 0 else 'below'}"


def fit_surface(X: Matrix, y: Vector, product: bool) -> LinearRegression:
    """Sales by TV and radio, and by their product if asked for."""
    return LinearRegression().fit(interaction(X) if product else X, y)


def predict_surface(model: LinearRegression, X: Matrix) -> Matrix:
    """The heights of a fitted surface at budgets of shape (..., 2)."""
    rows = X.reshape(-1, 2)
    return model.predict(interaction(rows) if len(model.coef_) == 3 else rows).reshape(X.shape[:-1])


def r_squared(y: Vector, fitted: Vector) -> float:
    r"""$1 - \mathrm{RSS} / \mathrm{TSS}$."""
    return float(1 - np.sum((y - fitted) ** 2) / np.sum((y - y.mean()) ** 2))


def in_box(budgets: Matrix, sales: Vector) -> Matrix:
    """Budgets for TV and radio, shape (..., 2), and sales, as points of the cube from −½ to ½: shape (..., 3)."""
    return np.concatenate([budgets / (300, 50), sales[..., None] / 30], axis=-1) - 0.5


def projection(points: Matrix, azimuth: float, elevation: float) -> Matrix:
    """Points in space as seen from far away: across, up, and towards the viewer.

    Args:
        points: Shape (..., 3): the coordinates x, y and z; z is up.
        azimuth: Where the viewer stands, in degrees from the x-axis towards the y-axis.
        elevation: How high the viewer stands, in degrees; 90 looks straight down.

    >>> projection(np.array([0.0, 0.0, 1.0]), azimuth=30, elevation=0).round(6) + 0.0
    array([0., 1., 0.])
    """
    a, e = np.deg2rad(azimuth), np.deg2rad(elevation)
    across = [-np.sin(a), np.cos(a), 0]
    up = [-np.sin(e) * np.cos(a), -np.sin(e) * np.sin(a), np.cos(e)]
    towards = [np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)]
    return points @ np.array([across, up, towards]).T


def quadrilaterals(corners: Matrix) -> Matrix:
    """The cells of a grid of points (rows, columns, d), each by its four corners in turn: (cells, 4, d)."""
    cells = np.stack([corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], axis=2)
    return cells.reshape(-1, 4, corners.shape[-1])


def diabetes_table() -> tuple[Matrix, Vector, list[str]]:
    """442 patients: ten measurements, the progress of their diabetes after a year, and the measurements' names."""
    patients = load_diabetes()
    return patients.data, patients.target, list(patients.feature_names)


def hidden_pair() -> tuple[Matrix, Vector, list[str]]:
    """Ten predictors of which the first two, nearly alike, matter by their difference alone."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((120, 10))
    X[:, 1] = X[:, 0] + 0.3 * X[:, 1]
    y = 5 * (X[:, 0] - X[:, 1]) + X[:, 2] + 0.8 * X[:, 3] + rng.standard_normal(120)
    X[:, 4] = X[:, 0] - X[:, 1] + 0.25 * X[:, 4]
    return X, y, [f"x{j}" for j in range(10)]


def membership(path: SelectionPath, p: int) -> Matrix:
    """Which predictor is in which model: 1 or 0, shape (models, p)."""
    table = np.zeros((len(path.features), p))
    for row, chosen in enumerate(path.features):
        table[row, list(chosen)] = 1
    return table


def change(path: SelectionPath, size: int, names: Sequence[str]) -> str:
    """What the model of a size has and has not in comparison with the one before."""
    if size == 0:
        return ""
    now, before = set(path.features[size]), set(path.features[size - 1])
    gone = ", ".join(names[j] for j in sorted(before - now))
    come = ", ".join(names[j] for j in sorted(now - before))
    return f"Against {size - 1}: {come} came" + (f" and {gone} went. " if gone else ". ")


def criterion_text(value: float, share: bool) -> str:
    return f"{value:.1%}" if share else number(value, 1)


def two_classes(shape: str, n: int, seed: int) -> tuple[Matrix, NDArray[np.int64]]:
    """Points of the plane, uniform on a square, whose class is 1 with a probability that rises across a boundary."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1, 1, (n, 2))
    x1, x2 = X.T
    inside = {
        "line": 2 * x1 + 1.2 * x2,
        "ring": 1.6 - 4 * x1**2 - 4 * x2**2,
        "wave": 2 * x2 - np.sin(4.8 * x1),
        "four corners": 4 * x1 * x2,
    }[shape]
    return X, (rng.random(n) < sigmoid(4 * inside)).astype(np.int64)


def powers(X: Matrix, degree: int) -> Matrix:
    r"""All products $x_1^i x_2^j$ with $1 \le i + j \le$ degree, for X of shape (n, 2).

    >>> powers(np.array([[2.0, 3.0]]), 2)
    array([[2., 3., 4., 6., 9.]])
    """
    x1, x2 = X.T
    return np.stack([x1 ** (d - j) * x2**j for d in range(1, degree + 1) for j in range(d + 1)], axis=1)


def tumour_likelihood(centred: bool) -> CrossEntropy:
    """569 tumours, malignant or not, by the radius of their nuclei in standard deviations: the mean, not the sum."""
    tumours = load_breast_cancer()
    radius = tumours.data[:, 0]
    x = (radius - radius.mean() * centred) / radius.std()
    malignant = (tumours.target == 0).astype(float)
    X = np.stack([np.ones_like(x), x], axis=1)
    return CrossEntropy(X, malignant[:, None], np.full(len(x), 1 / len(x)), np.zeros(2), first_at_zero=True)


def mean_nll(W: Matrix, X: Matrix, y: Vector) -> Vector:
    r"""$-\frac1n \sum_i \log p(y_i \mid x_i)$ of logistic regressions whose weights are the rows of W.

    With the logit $z$, $-\log p$ is $\log(1 + e^z) - y z$.

    Args:
        W: Shape (m, d).
        X: Shape (n, d).
        y: 0 or 1, shape (n,).

    Returns:
        Shape (m,).
    """
    Z = W @ X.T
    return np.mean(softplus(Z) - y * Z, axis=1)


def gradient_ascent(J: CrossEntropy, rate: float, steps: int) -> Matrix:
    r"""The weights $W \leftarrow W - \eta \nabla J(W)$ from zero on: shape (steps + 1, d)."""
    W = np.zeros((1, J.X.shape[1]))
    path = [W]
    for _ in range(steps):
        W = W - rate * J.gradient(W)
        path.append(W)
    return np.concatenate(path)
