"""The demos of lecture 01, introduction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, NamedTuple

import numpy as np
from ipywidgets import Dropdown, FloatSlider, IntSlider, SelectionSlider
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib.data import make_blobs, make_moons, make_rings, make_spirals, to_polar
from course_lib.demos.base import Demo, Running, number
from course_lib.linear_algebra import angle
from course_lib.models import mistake_bound, mistakes_in_pass, with_constant
from course_lib.plotting import COLORS, plane

__all__ = ["FunctionChain", "LocalVersusDistributed", "PerceptronMistakes", "PolarSwitch"]

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


class PerceptronMistakes(Running):
    """The perceptron's learning rule, a mistake at a time: the point that was wrong, and how it turns the boundary."""

    alt = (
        "Left, points of two classes in the plane with the boundary of the perceptron; dashed, the one before the last "
        "mistake; a ring around the point that was wrong. Top right, the weight vector as the sum of the old one and "
        "the point, tip to tail. Bottom right, the number of mistakes, a staircase below the dashed line of the bound."
    )
    size = (9.8, 5.2)
    restarts = ("gap", "flipped", "draw")
    pause_between_frames = 0.4
    limit = 2.4
    most = 400

    def __init__(self) -> None:
        super().__init__(
            gap=SelectionSlider(options=(0.02, 0.05, 0.1, 0.2, 0.4, 0.7), value=0.2, description="gap beside the line"),
            flipped=IntSlider(0, min=0, max=3, description="wrong labels"),
            draw=IntSlider(1, min=1, max=20, description="draw of the points"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The plane of the points, the plane of the weights, and the count of mistakes."""
        grid = fig.add_gridspec(2, 2, width_ratios=[1.5, 1], height_ratios=[1.2, 1])
        return [
            *self._points(fig.add_subplot(grid[:, 0])),
            *self._weights(fig.add_subplot(grid[0, 1])),
            *self._mistakes(fig.add_subplot(grid[1, 1])),
        ]

    def _points(self, ax: Axes) -> list[Artist]:
        plane(ax, self.limit)
        self.sides = [ax.fill([0], [0], color=COLORS[name], alpha=0.12, lw=0)[0] for name in ("blue", "orange")]
        (self.old,) = ax.plot([], [], ls="--", lw=1.6, color=COLORS["grey"])
        (self.boundary,) = ax.plot([], [], color=COLORS["black"])
        (self.minus,) = ax.plot([], [], "o", ms=6, color=COLORS["blue"], label="−1")
        (self.plus,) = ax.plot([], [], "s", ms=6, color=COLORS["orange"], label="+1")
        (self.ring,) = ax.plot([], [], "o", ms=17, mfc="none", mec=COLORS["black"], mew=2, label="was wrong")
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, columnspacing=1, handletextpad=0.2)
        return [*self.sides, self.old, self.boundary, self.minus, self.plus, self.ring]

    def _weights(self, ax: Axes) -> list[Artist]:
        ax.set(xlim=(-1.6, 1.6), ylim=(-1.05, 1.05), aspect="equal", xticks=(), yticks=())
        for text, name, x in (("old", "grey", -1.6), ("+ y·point", "green", -1.2), ("= new weights", "black", -0.15)):
            ax.text(x, 1.15, text, color=COLORS[name], weight="bold")
        ax.spines[:].set_visible(False)
        ax.plot([0], [0], "o", ms=4, color=COLORS["grey"])
        look: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "scale": 1, "units": "inches", "zorder": 3}
        self.arrows = [
            ax.quiver([0], [0], [0], [0], color=COLORS[name], width=width, **look)
            for name, width in (("grey", 0.035), ("green", 0.035), ("black", 0.05))
        ]
        return [*self.arrows]

    def _mistakes(self, ax: Axes) -> list[Artist]:
        ax.set(yscale="log", xlim=(0, 1), ylim=(0.8, 3e5), xlabel="points looked at", ylabel="mistakes")
        ax.set_xticks(())
        ax.set_yticks((1, 100, 10_000), ("1", "100", "10,000"))
        ax.minorticks_off()
        (self.bound,) = ax.plot([], [], ls="--", color=COLORS["orange"], label="bound (R/γ)²")
        (self.count,) = ax.plot([], [], color=COLORS["blue"], drawstyle="steps-post", label="so far")
        ax.legend(loc="upper right", ncols=2, columnspacing=1, handlelength=1.4)
        return [self.bound, self.count]

    def begin(self, gap: float, flipped: int, draw: int) -> None:
        """New points, and the first mistake: with w = 0 the first point looked at is one."""
        self.X, self.y, teacher = separable_points(gap, flipped, np.random.default_rng(draw))
        Z = with_constant(self.X)
        self.most_possible = None if flipped else mistake_bound(Z, self.y, teacher)
        self.moments = learning(Z, self.y)
        self.now = next(self.moments)
        self.history = [self.now]

    def advance(self, **_: Any) -> bool:
        """Go on to the next mistake."""
        if not self._over:
            self.now = next(self.moments)
            self.history.append(self.now)
        return not self._over

    @property
    def _over(self) -> bool:
        return self.now.done or self.now.mistakes >= self.most

    def update(self, gap: float, flipped: int, draw: int) -> str:
        """Draw the last mistake and what it did."""
        now = self.now
        self.minus.set_data(*self.X[self.y < 0].T)
        self.plus.set_data(*self.X[self.y > 0].T)
        for side, sign in zip(self.sides, (-1, 1), strict=True):
            side.set_xy(half_plane(sign * now.w, self.limit))
        self.old.set_data(*boundary_points(now.before, self.limit))
        self.boundary.set_data(*boundary_points(now.w, self.limit))
        self.ring.set_data(*self.X[[now.row]].T if not now.done else ([], []))
        self._draw_weights()
        looked, mistakes = [m.looked for m in self.history], [m.mistakes for m in self.history]
        self.count.set_data(np.array([0, *looked]) / max(looked[-1], 1), [0.8, *mistakes])
        self.bound.set_data([0, 1], [self.most_possible] * 2 if self.most_possible else [np.nan] * 2)
        return self._caption()

    def _draw_weights(self) -> None:
        """The sum of the weights and the point, drawn so large that its longest arrow fits."""
        before, after = self.now.before[:2], self.now.w[:2]
        scale = 1 / max(np.hypot(*before), np.hypot(*after), 1e-9)
        for arrow, (start, vector) in zip(
            self.arrows, ((0 * before, before), (before, after - before), (0 * before, after)), strict=True
        ):
            arrow.set_offsets([scale * start])
            arrow.set_UVC(*scale * vector)

    def _caption(self) -> str:
        now, bound = self.now, self.most_possible
        promise = (
            f"The theorem allows at most {bound:,.0f} mistakes."
            if bound
            else "With wrong labels perhaps no line separates the classes, and then nothing bounds the mistakes."
        )
        if now.done:
            return (
                f"Done: a whole pass without a mistake. It took {plural(now.mistakes)} on {now.looked:,} looks at "
                f"{len(self.y)} points. {promise}"
            )
        if now.mistakes >= self.most:
            return f"{plural(now.mistakes)}, and no end. {promise}"
        x1, x2 = self.X[now.row]
        label = "+1" if self.y[now.row] > 0 else "−1"
        w1, w2, b = now.w
        before, after = now.before[:2], now.w[:2]
        turned = before.any() and after.any()
        turn = f" and turns the boundary by {np.degrees(angle(before, after)):.0f}°" if turned else ""
        return (
            f"Mistake {now.mistakes}: the point ({number(x1)}, {number(x2)}) of class {label} was on the wrong side. "
            f"Learning from it gives w = ({number(w1)}, {number(w2)}), b = {number(b, 0)}{turn}. {promise}"
        )


class Moment(NamedTuple):
    """The perceptron after a mistake, or at its end."""

    row: int
    """The point that was wrong."""
    before: Vector
    """The weights, with the bias last, before learning from it."""
    w: Vector
    """The weights after."""
    mistakes: int
    """How many mistakes there were so far."""
    looked: int
    """How many points were looked at so far, in all passes."""
    done: bool = False
    """Whether a whole pass went without a mistake."""


def learning(Z: Matrix, y: Vector) -> Iterator[Moment]:
    """The perceptron from w = 0, mistake by mistake, until a pass goes without one.

    Args:
        Z: Points with a constant, shape (n, 3).
        y: Their classes, −1 or +1, shape (n,).
    """
    w, mistakes, passes = np.zeros(Z.shape[1]), 0, 0
    while True:
        before_pass = mistakes
        for mistake in mistakes_in_pass(Z, y, w):
            mistakes += 1
            yield Moment(mistake.row, w, mistake.w, mistakes, passes * len(y) + mistake.row + 1)
            w = mistake.w
        passes += 1
        if mistakes == before_pass:
            yield Moment(0, w, w, mistakes, passes * len(y), done=True)
            return


def separable_points(gap: float, flipped: int, rng: np.random.Generator, n: int = 60) -> tuple[Matrix, Vector, Vector]:
    """Points on both sides of a random line, the more the nearer to its gap, and the labels of some made wrong.

    Args:
        gap: The least distance of a point from the line.
        flipped: How many labels to turn round: those of the points furthest from the line.
        rng: The generator.
        n: How many points.

    Returns:
        Points (n, 2), labels −1 or +1, shape (n,), and the line as weights (w1, w2, b).
    """
    angle, b = rng.uniform(0, 2 * np.pi), rng.uniform(-0.5, 0.5)
    w, along = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    y = rng.choice([-1.0, 1.0], size=n)
    distance = gap + (1.4 - gap) * rng.uniform(size=n) ** 2
    X = np.outer(y * distance - b, w) + np.outer(rng.uniform(-1.3, 1.3, size=n), along)
    y[np.argsort(-distance)[:flipped]] *= -1
    return X, y, np.append(w, b)


def boundary_points(w: Vector, limit: float) -> Matrix:
    """Two points far out on the line w1 x1 + w2 x2 + b = 0, as columns; none (NaN) if there is no such line."""
    normal, length = w[:2], np.hypot(w[0], w[1])
    if length == 0:
        return np.full((2, 2), np.nan)
    normal = normal / length
    foot, along = -w[2] / length * normal, np.array([-normal[1], normal[0]])
    return np.stack([foot - 4 * limit * along, foot + 4 * limit * along], axis=1)


def half_plane(w: Vector, limit: float) -> Matrix:
    """Corners, shape (4, 2), of a large rectangle on the side of the boundary where w1 x1 + w2 x2 + b > 0."""
    ends = boundary_points(w, limit).T
    outward = 8 * limit * w[:2] / max(np.hypot(w[0], w[1]), 1e-12)
    return np.concatenate([ends, ends[::-1] + outward])


def plural(mistakes: int) -> str:
    """A number of mistakes in words.

    >>> plural(1), plural(1200)
    ('1 mistake', '1,200 mistakes')
    """
    return f"{mistakes:,} mistake{'s' if mistakes != 1 else ''}"


class PolarSwitch(Demo):
    """The same points in Cartesian coordinates, in polar ones and between, and what a straight line makes of them."""

    alt = (
        "Left, points of two classes in coordinates that change from Cartesian to polar as the slider moves, with the "
        "best straight boundary. Right, the share of points on the right side of that boundary, as a curve from "
        "Cartesian to polar, with a dot at the present place."
    )
    size = (9.4, 4.6)
    steps: ClassVar = np.linspace(0, 1, 11)
    makers: ClassVar[dict[str, Callable[..., tuple[Matrix, NDArray[np.int64]]]]] = {
        "rings": make_rings,
        "spirals": lambda n, noise, rng: enlarged(*make_spirals(n, noise=noise / 2, rng=rng)),
        "moons": make_moons,
        "blobs": make_blobs,
    }

    def __init__(self) -> None:
        super().__init__(
            t=FloatSlider(0.0, min=0, max=1, step=0.1, description="Cartesian → polar"),
            points=Dropdown(options=list(self.makers), description="points"),
            noise=FloatSlider(0.1, min=0, max=0.5, step=0.05, description="noise"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The plane of the points, and the accuracy along the way."""
        left, right = fig.subplots(1, 2, width_ratios=[1.1, 1])
        left.set(xlim=(-4.5, 4.5), ylim=(-3.9, 3.9), aspect="equal")
        left.set(xlabel=" ", ylabel=" ")  # room for the names of the axes, which change
        middle: dict[str, Any] = {"transform": left.transAxes, "ha": "center", "va": "center"}
        self.horizontal = left.text(0.5, -0.13, "", **middle)
        self.vertical = left.text(-0.11, 0.5, "", rotation=90, **middle)
        (self.first,) = left.plot([], [], "o", ms=5, color=COLORS["blue"])
        (self.second,) = left.plot([], [], "s", ms=5, color=COLORS["orange"])
        (self.boundary,) = left.plot([], [], color=COLORS["black"])
        right.set(xlim=(-0.08, 1.08), ylim=(0.4, 1.02), ylabel="accuracy of the best line")
        right.set_xticks((0, 0.5, 1), ["Cartesian", "half-way", "polar"])
        right.yaxis.set_major_formatter("{x:.0%}")
        right.axhline(0.5, ls=":", color=COLORS["grey"])
        right.text(1.0, 0.505, "guessing", ha="right", va="bottom", color=COLORS["grey"])
        (self.curve,) = right.plot([], [], color=COLORS["green"])
        (self.dot,) = right.plot([], [], "o", ms=11, color=COLORS["green"], clip_on=False)
        self.shown: Any = None
        return [self.first, self.second, self.boundary, self.curve, self.dot, self.horizontal, self.vertical]

    def update(self, t: float, points: str, noise: float) -> str:
        """Move the points, and find the best line anew."""
        if self.shown != (points, noise):
            self.X, self.y = self.makers[points](240, noise=noise, rng=np.random.default_rng(5))
            self.accuracies = [best_line(unroll(self.X, s), self.y)[1] for s in self.steps]
            self.shown = (points, noise)
        X = unroll(self.X, t)
        w, accuracy = best_line(X, self.y)
        self.first.set_data(*X[self.y == 0].T)
        self.second.set_data(*X[self.y == 1].T)
        self.boundary.set_data(*boundary_points(w, 4.5))
        self.curve.set_data(self.steps, self.accuracies)
        self.dot.set_data([t], [accuracy])
        across, up = ("x₁", "x₂") if t == 0 else ("radius r", "angle φ") if t == 1 else ("x₁ → r", "x₂ → φ")
        self.horizontal.set_text(across)
        self.vertical.set_text(up)
        place = "In Cartesian coordinates" if t == 0 else "In polar coordinates" if t == 1 else f"{t:.0%} of the way"
        return (
            f"{place} the best straight line has {accuracy:.1%} of the {points} on the right side. "
            f"Cartesian: {self.accuracies[0]:.1%}, polar: {self.accuracies[-1]:.1%}."
        )


def unroll(X: Matrix, t: float) -> Matrix:
    r"""Points of the plane on the way from Cartesian (t = 0) to polar coordinates (t = 1).

    The plane is unrolled like a sheet: with $\kappa = 1 - t$ and $c = 1 - 1/\kappa$, the point of radius r and angle φ
    goes to $(c + (r - c) \cos \kappa\varphi,\; (r - c) \sin \kappa\varphi)$. On the circle r = 1 lengths stay.

    >>> unroll(np.array([[0.0, 2.0]]), 1.0).round(4)
    array([[2.    , 1.5708]])
    """
    polar = to_polar(X)
    bend = 1 - t
    if bend < 1e-6:
        return polar
    r, angle = polar.T
    center = 1 - 1 / bend
    return np.stack([center + (r - center) * np.cos(bend * angle), (r - center) * np.sin(bend * angle)], axis=1)


def best_line(X: Matrix, y: NDArray[np.int64]) -> tuple[Vector, float]:
    """The straight line with the most points on their side, and their share.

    Of 60 directions every cut between two neighbouring points is tried. Of equally good ones the widest gap wins.

    Args:
        X: Points, shape (n, 2).
        y: Their classes, 0 or 1, shape (n,).

    Returns:
        The line as weights (w1, w2, b), and the share of points on their side of it.
    """
    angles = np.pi * np.arange(60) / 60
    W = np.stack([np.cos(angles), np.sin(angles)])
    along = X @ W
    order = along.argsort(axis=0)
    place = np.take_along_axis(along, order, axis=0)
    right = y.sum() + np.cumsum(1 - 2 * y[order], axis=0)[:-1]  # zeros before the cut and ones after it
    right = np.maximum(right, len(y) - right)
    gaps = np.diff(place, axis=0)
    cut, direction = np.unravel_index(np.argmax(right + gaps / (1 + gaps.max())), right.shape)
    middle = (place[cut, direction] + place[cut + 1, direction]) / 2
    return np.append(W[:, direction], -middle), float(right[cut, direction] / len(y))


def enlarged(X: Matrix, y: NDArray[np.int64]) -> tuple[Matrix, NDArray[np.int64]]:
    """Points of the unit disc, spread to twice its size."""
    return 2 * X, y


class FunctionChain(Demo):
    """A chain of four simple functions: the curve after every stage, and one number on its way through."""

    alt = (
        "Four panels in a row, one for each stage of the chain: the function of x that the stages up to there make "
        "together. A dot marks the present x in each; grey bands mark where the chain has no value."
    )
    size = (10.2, 3.6)
    grid: ClassVar = np.linspace(-5, 5, 501)
    limit = 3.2

    def __init__(self) -> None:
        start = ("sin³", "exp", "cos", "log")
        stages = {
            f"f{k}": Dropdown(options=list(SIMPLE), value=name, description=f"stage {k}")
            for k, name in enumerate(start, 1)
        }
        super().__init__(x=FloatSlider(0.5, min=-5, max=5, step=0.05, description="x"), **stages)

    def setup(self, fig: Figure) -> list[Artist]:
        """A panel for each stage."""
        self.curves, self.dots, self.gaps, self.titles = [], [], [], []
        for ax in fig.subplots(1, 4, sharey=True):
            ax.set(xlim=(-5, 5), ylim=(-self.limit, self.limit), xticks=(-4, 0, 4), xlabel="x")
            ax.axhline(0, color=COLORS["grey"], lw=1)
            look: dict[str, Any] = {"baseline": -self.limit, "fill": True, "color": COLORS["light"], "zorder": 1.5}
            self.gaps.append(ax.stairs(np.zeros(len(self.grid) - 1), self.grid, **look))
            self.curves.append(ax.plot([], [], color=COLORS["blue"], zorder=2)[0])
            self.dots.append(ax.plot([], [], "o", ms=10, color=COLORS["orange"], zorder=3, clip_on=False)[0])
            self.titles.append(ax.set_title("stage"))
        return [*self.gaps, *self.curves, *self.dots, *self.titles]

    def update(self, x: float, **names: str) -> str:
        """Compute every stage on the whole axis, and at x."""
        chosen = list(names.values())
        for k, (values, here) in enumerate(zip(stages(chosen, self.grid), stages(chosen, np.array([x])), strict=True)):
            self.curves[k].set_data(self.grid, np.where(np.abs(values) <= 3 * self.limit, values, np.nan))
            self.gaps[k].set_data(np.where(np.isnan(values[:-1]), self.limit, -self.limit))
            self.dots[k].set_data([x], np.clip(here, -self.limit, self.limit))
            self.titles[k].set_text(formula(chosen[: k + 1]))
        return narrated(chosen, x)


SIMPLE: dict[str, Callable[[Vector], Vector]] = {
    "x": lambda u: u,
    "−x": lambda u: -u,
    "2x": lambda u: 2 * u,
    "x²": lambda u: u**2,
    "x³": lambda u: u**3,
    "|x|": np.abs,
    "√": np.sqrt,
    "sin": np.sin,
    "sin³": lambda u: np.sin(u) ** 3,
    "cos": np.cos,
    "exp": np.exp,
    "log": np.log,
    "1 − |x|": lambda u: 1 - np.abs(u),
}
"""A library of simple functions, by the names under which the chain offers them."""


def stages(names: list[str], x: Vector) -> list[Vector]:
    """What a chain of simple functions makes of x after each stage; NaN from where it has no real value."""
    values, u = [], x
    with np.errstate(all="ignore"):
        for name in names:
            u = SIMPLE[name](u)
            u = np.where(np.isfinite(u), u, np.nan)
            values.append(u)
    return values


def formula(names: list[str]) -> str:
    """The chain as a formula, the last function outermost.

    >>> formula(["sin³", "exp", "x²"]), formula(["x", "2x"])
    ('(exp(sin³ x))²', '2x')
    """
    text = "x"
    for name in names:
        simple = text == "x"
        inner = text if simple else f"({text})"
        if name == "x":
            continue
        if name in ("x²", "x³", "−x", "2x"):
            text = name.replace("x", inner)
        elif name in ("|x|", "1 − |x|"):
            text = name.replace("x", text)
        elif name == "√":
            text = f"√{inner}"
        else:
            text = f"{name} x" if simple else f"{name}({text})"
    return text


def narrated(names: list[str], x: float) -> str:
    """The way of one number through the chain in words, and where it ends if it does not get through."""
    way = number(x)
    for name, value in zip(names, stages(names, np.array([x])), strict=True):
        if np.isnan(value[0]):
            reason = "is too large to hold" if name in ("exp", "x²", "x³", "2x") else "is not a real number"
            return f"x = {way}: here the chain breaks, for {name} of the last number {reason}."
        way += f" → {name} → {large_or_small(value[0])}"
    return f"x = {way}. The whole is {formula(names)}."


def large_or_small(value: float) -> str:
    """A number with two decimals, or in powers of ten where that says nothing."""
    return number(value) if 0.005 <= abs(value) < 1e4 or value == 0 else f"{value:.1e}".replace("-", "−")


class LocalVersusDistributed(Demo):
    """Names for things in n units: one unit per thing, or any pattern of units."""

    alt = (
        "Left, the code as a table with a row for each thing and a column for each unit, dark where the unit is "
        "active; frames mark two things. Middle, how many active units any two things share, as a square of shades. "
        "Right, how many things n units can name: n in a local code, 2 to the n in a distributed one, on a log scale."
    )
    size = (9.8, 4.2)

    def __init__(self) -> None:
        super().__init__(
            n=IntSlider(4, min=2, max=8, description="units n"),
            code=Dropdown(options=list(CODES), value="distributed", description="code"),
            first=IntSlider(1, min=0, max=15, description="first thing"),
            second=IntSlider(3, min=0, max=15, description="second thing"),
        )

    def follow(self, name: str) -> None:
        """There are as many things as the code has names."""
        if name in ("n", "code"):
            things = len(CODES[self.values["code"]](self.values["n"]))
            self.controls["first"].max = self.controls["second"].max = things - 1

    def setup(self, fig: Figure) -> list[Artist]:
        """The table of names, the square of what they share, and the number of names."""
        table, shared, counts = fig.subplots(1, 3, width_ratios=[0.8, 1, 1.05])
        for ax, title in ((table, "who is active"), (shared, "active units in common")):
            ax.set(xlim=(0, 1), ylim=(1, 0), xticks=(), yticks=(), title=title)
            ax.grid(False)
            ax.spines[:].set_visible(False)
        table.set(xlabel="units", ylabel="things")
        shared.set(xlabel="things", ylabel="things", aspect="equal")
        whole: dict[str, Any] = {"extent": (0, 1, 1, 0), "interpolation": "nearest", "vmin": 0}
        two = ListedColormap([COLORS["light"], COLORS["blue"]])
        self.table = table.imshow([[0]], aspect="auto", cmap=two, vmax=1, **whole)
        self.shared = shared.imshow([[0]], cmap="Blues", vmax=8, **whole)
        self.frames = [
            table.plot([], [], ls=ls, color=COLORS[name], lw=2.5, clip_on=False)[0]
            for name, ls in (("orange", "-"), ("black", "--"))
        ]
        (self.pair,) = shared.plot([], [], "s", ms=12, mfc="none", mec=COLORS["orange"], mew=2.5)
        return [self.table, self.shared, *self.frames, self.pair, self._number_of_names(counts)]

    def _number_of_names(self, ax: Axes) -> Artist:
        units = np.arange(1, 9)
        ax.set(yscale="log", xlim=(0.7, 8.5), ylim=(0.8, 400), xticks=(2, 4, 6, 8))
        ax.set(xlabel="units n", title="things with a name")
        ax.plot(units, 2.0**units, "s-", ms=5, color=COLORS["orange"], label="distributed: 2ⁿ")
        ax.plot(units, units, "o-", ms=5, color=COLORS["blue"], label="local: n")
        ax.legend(loc="upper left")
        (self.dot,) = ax.plot([], [], "o", ms=14, mfc="none", mec=COLORS["black"], mew=2)
        return self.dot

    def update(self, n: int, code: str, first: int, second: int) -> str:
        """Write the table and compare the two things."""
        names = CODES[code](n)
        things = len(names)
        common = names @ names.T
        self.table.set_data(names)
        self.shared.set(data=common, clim=(0, n))
        for frame, thing in zip(self.frames, (first, second), strict=True):
            top, bottom = thing / things, (thing + 1) / things
            frame.set_data([0, 1, 1, 0, 0], [top, top, bottom, bottom, top])
        self.pair.set_data([(first + 0.5) / things], [(second + 0.5) / things])
        self.dot.set_data([n], [things])
        pattern = ["".join("●" if unit else "○" for unit in names[thing]) for thing in (first, second)]
        units = common[first, second]
        sharing = f"share {units} active {'unit' if units == 1 else 'units'}" if units else "share nothing"
        compared = "one thing compared with itself" if first == second else f"things {first} and {second} {sharing}"
        return f"{n} units, {code} code: {things} things have a name. {pattern[0]} and {pattern[1]}: {compared}."


def local_code(n: int) -> NDArray[np.int64]:
    """One unit for each thing: the n rows of the identity, shape (n, n)."""
    return np.eye(n, dtype=np.int64)


def distributed_code(n: int) -> NDArray[np.int64]:
    """Every pattern of n units is a thing: the numbers from 0 to 2ⁿ − 1 in binary, shape (2ⁿ, n).

    >>> distributed_code(2)
    array([[0, 0],
           [0, 1],
           [1, 0],
           [1, 1]])
    """
    return np.arange(2**n)[:, None] >> np.arange(n)[::-1] & 1


CODES = {"local": local_code, "distributed": distributed_code}
