"""The demos of lecture 02, linear algebra."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import zip_longest
from typing import ClassVar, NamedTuple

import numpy as np
from ipywidgets import Checkbox, Dropdown, FloatSlider, IntSlider, SelectionSlider
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_sample_image

from course_lib.decomposition import PCA
from course_lib.demos.base import Demo, number
from course_lib.linear_algebra import (
    Step,
    characteristic_polynomial,
    det,
    elimination_steps,
    gaussian_elimination,
    norm,
    svd,
)
from course_lib.linear_algebra.elimination import fraction_text
from course_lib.plotting import CIRCLE, COLORS, arrow, plane

__all__ = ["EliminationStepper", "LowRankPhotograph", "MatrixMap", "PCACloud", "PivotSize", "UnitBalls"]

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


class MatrixMap(Demo):
    """A 2×2 matrix acting on grid, unit circle and unit square; its eigenvectors; its determinant as an area."""

    alt = (
        "The plane with the unit circle and the unit square in grey, and their images under a 2 by 2 matrix in colour: "
        "an ellipse, a parallelogram, and the slanted grid. Arrows show where the two basis vectors land; dashed lines "
        "run along the eigenvectors."
    )
    size = (8.4, 5.0)
    presets: ClassVar = {
        "stretch along the diagonal": ((2.0, 1.0), (1.0, 2.0)),
        "identity": ((1.0, 0.0), (0.0, 1.0)),
        "rotation by 90°": ((0.0, -1.0), (1.0, 0.0)),
        "rotation by 53°": ((0.6, -0.8), (0.8, 0.6)),
        "scaling of the axes": ((2.0, 0.0), (0.0, 0.5)),
        "shear": ((1.0, 1.0), (0.0, 1.0)),
        "mirror": ((0.6, 0.8), (0.8, -0.6)),
        "projection onto a line": ((0.8, 0.4), (0.4, 0.2)),
        "zero": ((0.0, 0.0), (0.0, 0.0)),
    }
    own = "your own"

    def __init__(self) -> None:
        names = [*self.presets, self.own]
        super().__init__(
            matrix=Dropdown(options=names, description="Matrix"),
            a=_entry("a (row 1, column 1)", 2.0),
            b=_entry("b (row 1, column 2)", 1.0),
            c=_entry("c (row 2, column 1)", 1.0),
            d=_entry("d (row 2, column 2)", 2.0),
        )

    def follow(self, name: str) -> None:
        """A preset moves the sliders; a moved slider names the preset it reaches."""
        values = self.values
        if name != "matrix":
            entries = ((values["a"], values["b"]), (values["c"], values["d"]))
            self.controls["matrix"].value = next(
                (k for k, v in self.presets.items() if np.allclose(v, entries)), self.own
            )
        elif values["matrix"] != self.own:
            for entry, value in zip("abcd", np.ravel(self.presets[values["matrix"]]), strict=True):
                self.controls[entry].value = value

    def setup(self, fig: Figure) -> list[Artist]:
        """The plane, and beside it the matrix and the key."""
        left, right = fig.subplots(1, 2, width_ratios=[1.5, 1])
        plane(left, limit=4)
        (before,) = left.plot(*CIRCLE, color=COLORS["grey"], lw=1.2)
        left.plot(*SQUARE, color=COLORS["grey"], lw=1.2)
        self.grid = left.add_collection(LineCollection([], colors=COLORS["sky"], linewidths=0.9, alpha=0.6))
        (self.area,) = left.fill(*SQUARE, facecolor=(COLORS["amber"], 0.45), edgecolor=COLORS["grey"], lw=0)
        (self.ellipse,) = left.plot(*CIRCLE, color=COLORS["blue"])
        self.columns = [arrow(left, (1, 0), color) for color in COLUMN_COLORS]
        self.eigen = [left.plot([], [], color=COLORS["black"], ls=(0, (5, 4)), lw=1.5)[0] for _ in range(2)]

        right.axis("off")
        right.text(0.0, 0.86, "A  =", fontsize=18, va="center")
        self.entries = [
            right.text(
                0.42 + 0.3 * j, 0.92 - 0.12 * i, "", fontsize=18, ha="center", va="center", color=COLUMN_COLORS[j]
            )
            for i in range(2)
            for j in range(2)
        ]
        for x, inward in ((0.24, 0.03), (0.88, -0.03)):
            right.plot([x + inward, x, x, x + inward], [0.99, 0.99, 0.73, 0.73], color=COLORS["black"], lw=1.5)
        right.set(xlim=(0, 1), ylim=(0, 1))
        self.determinant = right.text(0.0, 0.6, "", fontsize=15)
        self.eigenvalues = right.text(0.0, 0.5, "", fontsize=15)
        key = {
            "circle and square before": before,
            "image of the circle": self.ellipse,
            "image of the square": self.area,
            "image of $e_1$, column 1": Line2D([], [], color=COLUMN_COLORS[0], marker=">"),
            "image of $e_2$, column 2": Line2D([], [], color=COLUMN_COLORS[1], marker=">"),
            "eigenvectors": self.eigen[0],
        }
        right.legend(key.values(), key.keys(), loc="lower left", borderaxespad=0, borderpad=0)
        return [
            self.grid,
            self.area,
            self.ellipse,
            *self.columns,
            *self.eigen,
            *self.entries,
            self.determinant,
            self.eigenvalues,
        ]

    def update(self, matrix: str, a: float, b: float, c: float, d: float) -> str:
        """Everything goes where the matrix sends it."""
        A = np.array([[a, b], [c, d]])
        self.grid.set_segments(GRID @ A.T)
        self.area.set_xy((A @ SQUARE).T)
        self.area.set_hatch("//" if det(A) < 0 else "")
        self.ellipse.set_data(*(A @ CIRCLE))
        for artist, column in zip(self.columns, A.T, strict=True):
            artist.set_UVC(*column)
        for text, entry in zip(self.entries, A.flat, strict=True):
            text.set_text(number(entry, 1))
        pairs = real_eigenpairs(A)
        for line, pair in zip_longest(self.eigen, pairs):
            line.set_data(*([[], []] if pair is None else np.outer(pair[1], [-9, 9])))
        self.determinant.set_text(f"det A = {number(det(A))}")
        self.eigenvalues.set_text("λ = " + ", ".join(number(value) for value, _ in pairs) if pairs else "no real λ")
        return f"{describe_area(det(A))} {describe_eigenpairs(pairs)}"


COLUMN_COLORS = COLORS["orange"], COLORS["green"]

SQUARE = np.array([[0.0, 1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0, 0.0]])

GRID = np.array([[[k, -8], [k, 8]] for k in range(-8, 9)] + [[[-8, k], [8, k]] for k in range(-8, 9)], dtype=float)
"""Line segments, shape (lines, ends, coordinates)."""


def _entry(label: str, value: float) -> FloatSlider:
    return FloatSlider(value, min=-2, max=2, step=0.1, description=label)


def real_eigenpairs(A: Matrix) -> list[tuple[float, Vector]]:
    r"""The real eigenvalues of a 2×2 matrix with unit eigenvectors, the largest value first.

    The eigenvalues are the roots of the characteristic polynomial $\lambda^2 - \mathrm{tr}(A)\,\lambda + \det A$. Where
    $A - \lambda I$ is zero every vector is an eigenvector; then the basis vectors stand for all.

    Returns:
        Two pairs; one if both eigenvalues agree and there is one direction; none if every direction turns.

    >>> [(float(value), vector.round(3).tolist()) for value, vector in real_eigenpairs(np.array([[2.0, 1], [1, 2]]))]
    [(3.0, [0.707, 0.707]), (1.0, [0.707, -0.707])]
    """
    _, linear, constant = (float(c) for c in characteristic_polynomial(A))
    discriminant = linear**2 - 4 * constant
    scale = float(np.abs(A).max()) or 1.0
    if abs(discriminant) < 1e-12 * scale**2:
        value = -linear / 2
        if np.allclose(A, value * np.eye(2), atol=1e-9 * scale):
            return [(value, np.array([1.0, 0.0])), (value, np.array([0.0, 1.0]))]
        return [(value, null_vector(A - value * np.eye(2)))]
    if discriminant < 0:
        return []
    values = (-linear + np.sqrt(discriminant)) / 2, (-linear - np.sqrt(discriminant)) / 2
    return [(float(value), null_vector(A - value * np.eye(2))) for value in values]


def null_vector(B: Matrix) -> Vector:
    """A unit vector that a singular 2×2 matrix other than zero sends to zero: at right angles to its larger row."""
    row = max(B, key=lambda r: abs(r).sum())
    x, y = row[1], -row[0]
    sign = 1.0 if (x, y) > (0.0, 0.0) else -1.0
    return sign * np.array([x, y]) / np.hypot(x, y)


def describe_area(determinant: float) -> str:
    """What a determinant says about areas, in words."""
    if abs(determinant) < 1e-9:
        return "det A = 0: the plane is squashed flat, areas vanish."
    mirrored = ", and the plane is mirrored" if determinant < 0 else ""
    return f"det A = {number(determinant)}: areas are scaled by {abs(determinant):.2f}{mirrored}."


def describe_eigenpairs(pairs: list[tuple[float, Vector]]) -> str:
    """What the real eigenvectors of a 2×2 matrix say about directions, in words."""
    if not pairs:
        return "No real eigenvector: every direction turns."
    if len(pairs) == 1:
        return f"One eigenvector direction only, with eigenvalue {number(pairs[0][0])}."
    if pairs[0][0] == pairs[1][0]:
        return f"Every direction is an eigenvector, with eigenvalue {number(pairs[0][0])}."
    return f"Eigenvalues {number(pairs[0][0])} and {number(pairs[1][0])}, along the dashed lines."


class EliminationStepper(Demo):
    """Gaussian elimination on three equations, one row operation at a time."""

    alt = (
        "The augmented matrix of three equations before a row operation, with the pivot framed, and after it, with the "
        "changed row shaded."
    )
    size = (8.4, 3.6)
    systems: ClassVar = {
        "from the text": ([[1, 3, -2], [3, 5, 6], [2, 4, 3]], [5, 7, 8]),
        "zero in the first place": ([[0, 2, 1], [1, 1, 1], [2, 1, 3]], [7, 6, 13]),
        "is it solvable?": ([[2, 4, 2], [1, 3, 2], [1, 1, 0]], [6, 5, 2]),
        "is it, with one number changed?": ([[2, 4, 2], [1, 3, 2], [1, 1, 0]], [6, 5, 1]),
    }

    def __init__(self) -> None:
        super().__init__(
            system=Dropdown(options=list(self.systems), description="System"),
            swap=Checkbox(False, description="swap up the largest pivot"),
            step=IntSlider(0, min=0, max=len(self.moves("from the text", False)) - 1, description="Step"),
        )

    def moves(self, system: str, swap: bool) -> list[Move]:
        """The elimination of one of the systems."""
        A, b = (np.array(numbers, dtype=float) for numbers in self.systems[system])
        return row_operations(A, b, swap)

    def follow(self, name: str) -> None:
        """Another system, or another way to solve it, begins at its first step and has its own number of them."""
        step = self.controls["step"]
        if name != "step":
            step.value = 0
            step.max = len(self.moves(self.values["system"], self.values["swap"])) - 1

    def setup(self, fig: Figure) -> list[Artist]:
        """Two bracketed tables, three rows by four columns, and a line of words above them."""
        ax = fig.add_subplot(xlim=(0, 10.6), ylim=(0.4, 4.5))
        ax.axis("off")
        self.words = ax.text(5.3, 4.1, "", fontsize=18, ha="center", va="center")
        self.equations = [ax.text(0.3, y, "", fontsize=17, va="center") for y in (3, 2, 1)]
        self.before = Table(ax, left=0.7)
        self.after = Table(ax, left=6.2)
        ax.annotate("", (5.7, 2), (5.1, 2), arrowprops={"arrowstyle": "-|>", "lw": 2, "color": COLORS["grey"]})
        return [*self.before.artists, *self.after.artists, self.words, *self.equations]

    def update(self, system: str, swap: bool, step: int) -> str:
        """The matrix before and after the step; before the first, the equations in full."""
        moves = self.moves(system, swap)
        done, reason = moves[step]
        self.words.set_text(done.description)
        for text, row in zip(self.equations, done.matrix, strict=True):
            text.set_text("" if step else equation_text(row))
        self.before.show(moves[step - 1].step.matrix if step else None, framed=done.pivot)
        self.after.show(done.matrix, shaded=done.rows)
        return f"Step {step} of {len(moves) - 1}. {reason}"


class Table:
    """A 3×4 matrix drawn as text in brackets, with a bar before its last column."""

    def __init__(self, ax: Axes, left: float) -> None:
        self.left = left
        self.bands = [ax.fill([left, left + 4, left + 4, left], [y - 0.45] * 2 + [y + 0.45] * 2)[0] for y in (3, 2, 1)]
        for band in self.bands:
            band.set(facecolor=(COLORS["sky"], 0.4), lw=0)
        ends = [left + 0.12, left, left, left + 0.12], [left + 3.88, left + 4, left + 4, left + 3.88]
        self.lines: list[Artist] = [ax.plot(x, [3.5, 3.5, 0.5, 0.5], color=COLORS["black"], lw=1.5)[0] for x in ends]
        self.lines += ax.plot([left + 3] * 2, [3.5, 0.5], color=COLORS["grey"], lw=1)
        self.lines += [
            ax.text(left - 0.15, 3 - i, f"R{i + 1}", color=COLORS["grey"], ha="right", va="center") for i in range(3)
        ]
        self.cells = [
            ax.text(left + j + 0.5, 3 - i, "", fontsize=17, ha="center", va="center") for i, j in np.ndindex(3, 4)
        ]
        (self.frame,) = ax.plot([], [], color=COLORS["orange"], lw=2.5)
        self.artists = [*self.bands, *self.lines, *self.cells, self.frame]

    def show(self, matrix: Matrix | None, shaded: Sequence[int] = (), framed: tuple[int, int] | None = None) -> None:
        """Write the numbers, shade rows, frame one entry; ``None`` leaves nothing to be seen."""
        for artist in self.artists:
            artist.set_visible(matrix is not None)
        if matrix is None:
            return
        for cell, entry in zip(self.cells, matrix.flat, strict=True):
            cell.set(text=fraction_text(entry), color=COLORS["grey"] if entry == 0 else COLORS["black"])
        for i, band in enumerate(self.bands):
            band.set_visible(i in shaded)
        self.frame.set_visible(framed is not None)
        if framed:
            y, x = 3 - framed[0], self.left + framed[1] + 0.5
            self.frame.set_data(x + 0.43 * SQUARE_AROUND[0], y + 0.4 * SQUARE_AROUND[1])


SQUARE_AROUND = np.array([[-1, 1, 1, -1, -1], [-1, -1, 1, 1, -1]])


class Move(NamedTuple):
    """A step of an elimination, and why it is made."""

    step: Step
    reason: str


def row_operations(A: Matrix, b: Vector, swap: bool) -> list[Move]:
    """Every step of :func:`course_lib.linear_algebra.elimination_steps`, explained, as far as elimination gets."""
    moves = []
    try:
        for step in elimination_steps(A, b, pivot=swap):
            moves.append(Move(step, _reason(step)))
    except np.linalg.LinAlgError:
        M = moves[-1].step.matrix
        k = next(k for k in range(len(M)) if M[k, k] != 1)
        what = f"the pivot in row {k + 1} is 0" if M[k:, k].any() else f"no pivot in column {k + 1}"
        stuck = Step(what, M, pivot=(k, k))
        return [*moves, Move(stuck, _why_stuck(M, k))]
    solution = ", ".join(fraction_text(x) for x in moves[-1].step.matrix[:, -1])
    return [
        *moves[:-1],
        Move(moves[-1].step, f"The identity is reached: the last column is the solution, ({solution})."),
    ]


def _reason(step: Step) -> str:
    if step.pivot is None:
        return "Three equations, and their numbers in a table."
    row, column = step.pivot
    if len(step.rows) == 2:
        return f"The largest entry of column {column + 1}, from row {column + 1} down, becomes the pivot."
    if step.rows == (row,):
        return "The pivot becomes 1."
    side = "below" if step.rows > (row,) else "above"
    return f"The entry {side} the pivot, in row {step.rows[0] + 1}, becomes 0."


def _why_stuck(M: Matrix, k: int) -> str:
    """What it means that the entry (k, k) cannot be a pivot."""
    if M[k:, k].any():
        return f"The pivot in row {k + 1} is 0. A row from below would have to be swapped up."
    empty = next(row for row in M[k:] if not row[:-1].any())
    if empty[-1] == 0:
        return f"Column {k + 1} has no pivot left, and a row says 0 = 0: infinitely many solutions."
    return f"Column {k + 1} has no pivot left, and a row says 0 = {fraction_text(empty[-1])}: no solution."


def equation_text(row: Vector) -> str:
    """A row of an augmented matrix as an equation.

    >>> equation_text(np.array([1.0, -3.0, 0.0, 5.0]))
    'x − 3y = 5'
    """
    terms = [(value, name) for value, name in zip(row[:-1], "xyz", strict=True) if value != 0]
    text = " ".join(
        f"{'−' if value < 0 else '+'} {'' if abs(value) == 1 else fraction_text(abs(value))}{name}"
        for value, name in terms
    )
    return f"{text.removeprefix('+ ')} = {fraction_text(row[-1])}"


class PivotSize(Demo):
    """What a small pivot does to elimination, with and without a row swap."""

    alt = (
        "The relative error of the solution against the size of the pivot, on logarithmic axes. Without a row swap it "
        "rises in a straight line as the pivot shrinks, like machine epsilon divided by the pivot, up to an error of "
        "1. With a row swap it stays at machine epsilon."
    )
    pivots: ClassVar = (0.5, *(10.0 ** (-k / 2) for k in range(1, 41)))

    def __init__(self) -> None:
        options = [(f"{pivot:.1e}" if pivot < 0.01 else f"{pivot:.2f}", k) for k, pivot in enumerate(self.pivots)]
        super().__init__(stop=SelectionSlider(options=options, value=6, description="pivot"))

    def setup(self, fig: Figure) -> list[Artist]:
        """The axes, machine epsilon in both directions, and the law that the error follows."""
        ax = fig.add_subplot(xscale="log", yscale="log", xlim=(1, 1e-20), ylim=(ZERO, 1e2))
        ax.set(xlabel="size of the pivot", ylabel="relative error of the solution")
        ax.set(xticks=10.0 ** np.arange(0, -21, -4))
        ax.set_yticks([ZERO, 1e-16, 1e-12, 1e-8, 1e-4, 1], ["0", *(f"$10^{{{k}}}$" for k in (-16, -12, -8, -4, 0))])
        ax.minorticks_off()
        ax.plot([1, EPSILON], [EPSILON, 1], color=COLORS["grey"], ls=":", label="ε / pivot")
        ax.axvline(EPSILON, color=COLORS["grey"], lw=1)
        ax.text(EPSILON, 10, "  pivot = ε", va="center", color=COLORS["grey"])
        self.errors = np.maximum([pivot_errors(pivot) for pivot in self.pivots], ZERO)
        (self.plain,) = ax.plot([], [], "o-", ms=9, color=COLORS["orange"], label="as it stands", clip_on=False)
        (self.swapped,) = ax.plot([], [], "s", ms=5, color=COLORS["blue"], label="rows swapped", clip_on=False)
        ax.legend(loc="upper left")
        return [self.plain, self.swapped]

    def update(self, stop: int) -> str:
        """The curves grow up to the pivot chosen."""
        for line, errors in zip((self.plain, self.swapped), self.errors.T, strict=True):
            line.set_data(self.pivots[: stop + 1], errors[: stop + 1])
        plain, swapped = (", ".join(number(x, 8) for x in found) for found in pivot_solutions(self.pivots[stop]))
        return (
            f"Pivot {self.pivots[stop]:.1e}: as it stands, elimination finds x = ({plain}); "
            f"with the rows swapped, x = ({swapped})."
        )


EPSILON = 2.0**-52
"""Machine epsilon of float64."""

ZERO = 1e-17
"""Where an error of zero is drawn on a logarithmic axis."""


def pivot_solutions(pivot: float) -> tuple[Vector, Vector]:
    r"""What elimination makes of $\begin{pmatrix}\delta & 1\\ 1 & 1\end{pmatrix} x = (1, 2)$, as it stands and swapped.

    >>> [x.tolist() for x in pivot_solutions(1e-20)]
    [[0.0, 1.0], [1.0, 1.0]]
    """
    A, b = np.array([[pivot, 1.0], [1.0, 1.0]]), np.array([1.0, 2.0])
    return gaussian_elimination(A, b, pivot=False), gaussian_elimination(A, b)


def pivot_errors(pivot: float) -> list[float]:
    """The relative errors of both solutions in the maximum norm."""
    true = np.array([1.0, 1.0 - 2.0 * pivot]) / (1.0 - pivot)
    return [float(norm(x - true, np.inf) / norm(true, np.inf)) for x in pivot_solutions(pivot)]


class UnitBalls(Demo):
    """The vectors of Lᵖ norm at most 1, and the norm of one vector as the ball that reaches it."""

    alt = (
        "The unit ball of an Lp norm in the plane: a diamond for p = 1, a disc for p = 2, a square for infinite p, a "
        "star with hollow sides below 1. A vector, and the unit ball blown up until it touches the tip of the vector. "
        "The line between the two basis vectors, its midpoint marked as inside or outside the ball."
    )
    size = (8.4, 5.0)
    powers: ClassVar = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.5, 2.0, 3.0, 4.0, 6.0, 10.0, 20.0, np.inf)

    def __init__(self) -> None:
        labels = ["∞" if p == np.inf else f"{p:g}" for p in self.powers]
        options = list(zip(labels, self.powers, strict=True))
        super().__init__(
            p=SelectionSlider(options=options, value=2.0, description="p"),
            x1=_entry("v₁, first coordinate", 1.2),
            x2=_entry("v₂, second coordinate", 0.9),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The plane, and beside it the numbers and the key."""
        left, right = fig.subplots(1, 2, width_ratios=[1.5, 1])
        plane(left, limit=2.2)
        (self.ball,) = left.fill([], [], facecolor=(COLORS["sky"], 0.35), edgecolor=COLORS["blue"], lw=2.2)
        (self.reach,) = left.plot([], [], color=COLORS["orange"], ls="--", lw=1.6)
        (chord,) = left.plot([1, 0], [0, 1], color=COLORS["grey"], lw=1.2)
        (self.midpoint,) = left.plot([0.5], [0.5], ls="", color=COLORS["black"], ms=9, mew=2)
        self.vector = arrow(left, (0, 0), COLORS["orange"])

        right.axis("off")
        self.norms = right.text(0.0, 1.0, "", fontsize=15, va="top", linespacing=1.7, transform=right.transAxes)
        key = {
            "unit ball": self.ball,
            "vector v": Line2D([], [], color=COLORS["orange"], marker=">"),
            "ball that reaches v": self.reach,
            "from $e_1$ to $e_2$": chord,
            "midpoint, inside": Line2D([], [], color=COLORS["black"], marker="o", ls=""),
            "midpoint, outside": Line2D([], [], color=COLORS["black"], marker="x", ls="", mew=2),
        }
        right.legend(key.values(), key.keys(), loc="lower left", borderaxespad=0, borderpad=0)
        return [self.ball, self.reach, self.vector, self.midpoint, self.norms]

    def update(self, p: float, x1: float, x2: float) -> str:
        """The ball follows p, the dashed one also follows v."""
        v = np.array([x1, x2])
        length = norm(v, p)
        ball = unit_ball(p)
        self.ball.set_xy(ball.T)
        self.reach.set_data(*(length * ball))
        self.vector.set_UVC(*v)
        self.midpoint.set_marker("o" if norm(np.array([0.5, 0.5]), p) <= 1 else "x")
        name = "∞" if p == np.inf else f"{p:g}"
        lines = [f"p = {name}" + (", no norm" if p < 1 else ""), f"size of v:  {number(length)}", ""]
        lines += [f"$L^{{{q}}}$:  {number(norm(v, order))}" for q, order in (("1", 1), ("2", 2), (r"\infty", np.inf))]
        self.norms.set_text("\n".join(lines))
        if p < 1:
            return (
                f"p = {name} gives v the size {number(length)}, but it is no norm: the ball is not convex. The "
                "midpoint of two of its points lies outside, and the triangle inequality fails."
            )
        v_text = f"v = ({number(x1, 1)}, {number(x2, 1)})"
        return f"For p = {name} the norm of {v_text} is {number(length)}. The ball is convex."


def unit_ball(p: float) -> Matrix:
    """The boundary of the vectors with Lᵖ norm at most 1, as a closed curve of shape (2, points).

    >>> unit_ball(np.inf)[:, 60].round(9)
    array([1., 1.])
    """
    angles = np.linspace(0, 2 * np.pi, 481)
    directions = np.array([np.cos(angles), np.sin(angles)])
    return directions / norm(directions, p, axis=0)


class LowRankPhotograph(Demo):
    """A photograph cut down to its strongest layers: truncated singular value decomposition."""

    alt = (
        "Left, a photograph in shades of grey. Right, the sum of its first few singular layers: a blur of stripes at "
        "low rank, the photograph itself at full rank. Below, the singular values on a logarithmic scale, falling "
        "fast; the ones that are kept are blue dots, the others crosses."
    )
    size = (8.4, 5.6)

    def __init__(self) -> None:
        super().__init__(
            photograph=Dropdown(options={"temple": "china.jpg", "flower": "flower.jpg"}, description="Photograph"),
            rank=IntSlider(10, min=1, max=PHOTO_HEIGHT, description="rank k"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Two pictures above the spectrum."""
        panels = fig.subplot_mosaic([["original", "approximation"], ["spectrum", "spectrum"]], height_ratios=[1.7, 1])
        blank = np.zeros((PHOTO_HEIGHT, PHOTO_WIDTH))
        self.pictures = []
        for name in ("original", "approximation"):
            panels[name].axis("off")
            self.pictures.append(panels[name].imshow(blank, cmap="gray", vmin=0, vmax=1, interpolation="nearest"))
        self.titles = [panels[name].set_title("rank") for name in ("original", "approximation")]
        ax = panels["spectrum"]
        ax.set(yscale="log", xlim=(0, PHOTO_HEIGHT + 1), ylim=(5e-3, 2e2), xlabel="i", ylabel="singular value $σ_i$")
        ax.minorticks_off()
        (self.kept,) = ax.plot([], [], "o", ms=5, color=COLORS["blue"], label="kept")
        (self.cut,) = ax.plot([], [], "x", ms=5, color=COLORS["grey"], label="cut off")
        ax.legend(loc="upper right", ncols=2)
        return [*self.pictures, *self.titles, self.kept, self.cut]

    def update(self, photograph: str, rank: int) -> str:
        """The sum of the first layers, and where the spectrum is cut."""
        original, factors = decomposed_photograph(photograph)
        approximation = low_rank(factors, rank)
        for artist, picture in zip(self.pictures, (original, approximation), strict=True):
            artist.set_data(picture)
        singular_values = factors[1]
        places = np.arange(1, len(singular_values) + 1)
        self.kept.set_data(places[:rank], singular_values[:rank])
        self.cut.set_data(places[rank:], singular_values[rank:])
        error = norm(original - approximation) / norm(original)
        stored, full = rank * (PHOTO_HEIGHT + PHOTO_WIDTH + 1), original.size
        self.titles[0].set_text(f"original: {full:,} numbers")
        self.titles[1].set_text(f"rank {rank}: {stored:,} numbers, error {error:.1%}")
        more = " More than the photograph itself: cutting pays only at low rank." if stored > full else ""
        return (
            f"Rank {rank} of {PHOTO_HEIGHT}: {stored:,} numbers instead of {full:,}, that is {stored / full:.0%}. "
            f"The relative error is {error:.1%}.{more}"
        )


PHOTO_WIDTH, PHOTO_HEIGHT = 180, 120


@cache
def decomposed_photograph(name: str) -> tuple[Matrix, tuple[Matrix, Vector, Matrix]]:
    """A photograph of scikit-learn in grey from 0 to 1, made small, and its thin singular value decomposition."""
    grey = Image.fromarray(load_sample_image(name)).convert("L").resize((PHOTO_WIDTH, PHOTO_HEIGHT))
    pixels = np.asarray(grey) / 255
    return pixels, svd(pixels, full_matrices=False)


def low_rank(factors: tuple[Matrix, Vector, Matrix], rank: int) -> Matrix:
    r"""The best approximation of a rank, $\sum_{i \le k} \sigma_i u_i v_i^\top$, from the factors U, σ and Vᵀ."""
    U, s, Vh = factors
    return (U[:, :rank] * s[:rank]) @ Vh[:rank]


class PCACloud(Demo):
    """A cloud in space to be turned, its principal axes, and what is left of it after projection."""

    alt = (
        "Left, a cloud of points in space, seen from the side that was chosen, with its three principal axes through "
        "the middle, and the projections of the points if components were dropped. Right, bars: the share of the "
        "variance along each principal axis, and along the horizontal direction of the picture."
    )
    size = (8.4, 4.8)
    shapes: ClassVar = {
        "ellipsoid": (1.7, 1.0, 0.4),
        "cigar": (1.8, 0.3, 0.3),
        "pancake": (1.5, 1.3, 0.1),
        "round": (1.3, 1.3, 1.3),
    }

    def __init__(self) -> None:
        super().__init__(
            shape=Dropdown(options=list(self.shapes), description="Cloud"),
            kept=IntSlider(3, min=1, max=3, description="components kept"),
            turn=IntSlider(-30, min=-180, max=180, step=5, description="turn (degrees)"),
            tilt=IntSlider(-10, min=-90, max=90, step=5, description="tilt (degrees)"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The view of the cloud, and beside it a bar for each direction."""
        left, right = fig.subplots(1, 2, width_ratios=[1.25, 1])
        left.set(xlim=(-4.6, 4.6), ylim=(-4.6, 4.6), aspect="equal", xticks=[], yticks=[])
        left.set_xlabel("horizontal axis", color=COLORS["orange"])
        (self.far,) = left.plot([], [], "o", ms=4, color=COLORS["sky"], alpha=0.7)
        (self.near,) = left.plot([], [], "o", ms=5, color=COLORS["blue"])
        self.drops = left.add_collection(LineCollection([], colors=COLORS["grey"], linewidths=0.6, zorder=1))
        (self.projections,) = left.plot([], [], "s", ms=3.5, color=COLORS["orange"], zorder=4)
        self.axes = [left.plot([], [], color=COLORS["black"], lw=2)[0] for _ in range(3)]
        self.names = [
            left.text(0, 0, str(i + 1), fontsize=15, weight="bold", ha="center", va="center") for i in range(3)
        ]
        for name in self.names:
            name.set(zorder=5, path_effects=[withStroke(linewidth=3, foreground="white")])

        right.set(ylim=(0, 1), ylabel="share of the variance")
        right.yaxis.set_major_formatter(PercentFormatter(1))
        right.grid(axis="x", visible=False)
        colors = [COLORS["blue"]] * 3 + [COLORS["orange"]]
        self.bars = list(
            right.bar(["axis 1", "axis 2", "axis 3", "horizontal"], [1] * 4, color=colors, edgecolor="white")
        )
        return [self.drops, self.far, self.near, self.projections, *self.axes, *self.names, *self.bars]

    def update(self, shape: str, kept: int, turn: int, tilt: int) -> str:
        """The cloud, its axes and its projections turn together; the bars of the axes stay."""
        X = cloud(self.shapes[shape])
        pca = PCA().fit(X)
        view = view_from(turn, tilt)
        x, y, depth = view @ X.T
        self.near.set_data(x[depth >= 0], y[depth >= 0])
        self.far.set_data(x[depth < 0], y[depth < 0])
        shares = [*pca.explained_variance_ratio_, np.var(x) / np.var(X, axis=0).sum()]

        flat = PCA(kept).fit(X)
        dropped = kept < 3
        landed = flat.inverse_transform(flat.transform(X)) @ view[:2].T
        self.projections.set_data(*(landed.T if dropped else ([], [])))
        self.drops.set_segments(np.stack([np.column_stack([x, y]), landed], axis=1) if dropped else [])

        for i, (component, deviation) in enumerate(zip(pca.components_, np.sqrt(pca.explained_variance_), strict=True)):
            tip = view[:2] @ component * 2 * deviation
            self.axes[i].set_data(*np.outer(tip, [-1, 1]))
            self.axes[i].set_linestyle("-" if i < kept else ":")
            self.names[i].set_position(tip + 0.35 * tip / max(np.hypot(*tip), 0.1))
            self.bars[i].set(alpha=1 if i < kept else 0.3, hatch="" if i < kept else "//")
        for bar, share in zip(self.bars, shares, strict=True):
            bar.set_height(share)
        components = "component keeps" if kept == 1 else "components keep"
        return (
            f"The horizontal axis of the picture has {shares[3]:.0%} of the variance; the first principal axis has "
            f"{shares[0]:.0%}, and no direction has more. {kept} {components} {sum(shares[:kept]):.0%} of it."
        )


@cache
def cloud(deviations: tuple[float, float, float]) -> Matrix:
    """Two hundred points, shape (200, 3), centred, with these standard deviations along three slanted axes."""
    points = np.random.default_rng(15).standard_normal((200, 3)) * deviations @ view_from(20, 50)
    return points - points.mean(axis=0)


def view_from(turn: float, tilt: float) -> Matrix:
    """The rotation, shape (3, 3), that tilts space about the horizontal axis, then turns it about the vertical one.

    Its rows are the directions that the eye sees as horizontal, as vertical and as coming nearer.

    >>> view_from(90, 0).round() @ np.array([0.0, 0.0, 1.0])
    array([1., 0., 0.])
    """
    t, u = np.radians([turn, tilt])
    tilted = np.array([[1, 0, 0], [0, np.cos(u), -np.sin(u)], [0, np.sin(u), np.cos(u)]])
    turned = np.array([[np.cos(t), 0, np.sin(t)], [0, 1, 0], [-np.sin(t), 0, np.cos(t)]])
    return turned @ tilted
