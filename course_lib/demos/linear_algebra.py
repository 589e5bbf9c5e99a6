"""The demos of lecture 02, linear algebra."""

from __future__ import annotations

from itertools import zip_longest
from typing import ClassVar

import numpy as np
from ipywidgets import Dropdown, FloatSlider
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from course_lib.demos.base import Demo
from course_lib.linear_algebra import characteristic_polynomial, det
from course_lib.plotting import COLORS, arrow, plane

__all__ = ["MatrixMap"]

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


def _entry(label: str, value: float) -> FloatSlider:
    return FloatSlider(value, min=-2, max=2, step=0.1, description=label)


COLUMN_COLORS = COLORS["orange"], COLORS["green"]
CIRCLE = np.array([np.cos(np.linspace(0, 2 * np.pi, 181)), np.sin(np.linspace(0, 2 * np.pi, 181))])
SQUARE = np.array([[0.0, 1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0, 0.0]])
GRID = np.array([[[k, -8], [k, 8]] for k in range(-8, 9)] + [[[-8, k], [8, k]] for k in range(-8, 9)], dtype=float)
"""Line segments, shape (lines, ends, coordinates)."""


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


def number(x: float, decimals: int = 2) -> str:
    """A number with some decimals and a proper minus sign; never a negative zero.

    >>> number(-1.0), number(-0.001), number(0.25, 1)
    ('−1.00', '0.00', '0.2')
    """
    return f"{round(x, decimals) + 0.0:.{decimals}f}".replace("-", "−")
