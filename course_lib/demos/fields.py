"""What demos draw on a plane of two inputs: a field of colours, markers of two classes, lines, boundaries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from numpy.typing import NDArray
from PIL import Image

from course_lib.plotting import COLORS, SIGNED

Vector = NDArray[np.floating]
Matrix = NDArray[np.floating]


class Field(Artist):
    """A function on the rectangle of some axes, as bands of colour: orange for 0, white for 1/2, blue for 1.

    It is enlarged and coloured by hand and put into the picture pixel by pixel, in a fraction of the time that
    ``imshow`` would take; the rest of a frame's time is for training.

    Args:
        ax: Where it is drawn.
        bands: How many colours, an odd number: white is in the middle.
    """

    def __init__(self, ax: Axes, bands: int = 21) -> None:
        super().__init__()
        colors = SIGNED(np.linspace(0.16, 0.84, bands), bytes=True)
        colors[bands // 2] = 255
        self.palette = colors.view(np.uint32)[:, 0]  # the four bytes of a colour as one number
        self.values = np.full((2, 2), 0.5, np.float32)
        self.set_zorder(0)
        ax.add_artist(self)

    def set_values(self, values: Matrix) -> None:
        """Show values on a grid of points that reaches the edges; shape (rows from the bottom up, columns).

        Not-a-number is shown as 1/2.
        """
        self.values = np.nan_to_num(np.asarray(values, np.float32), nan=0.5)

    def draw(self, renderer: Any) -> None:
        """Enlarge the values to the pixels of the axes, and look each up in the palette."""
        if not self.get_visible() or self.axes is None:
            return
        left, bottom, right, top = np.round(self.axes.bbox.extents).astype(int)
        rows, columns = self.values.shape
        between_corners = (0.5, 0.5, columns - 0.5, rows - 0.5)
        image = Image.fromarray(self.values * (len(self.palette) - 1) + 0.5).resize(
            (right - left, top - bottom), Image.Resampling.BILINEAR, between_corners
        )
        colors = np.take(self.palette, np.asarray(image, np.intp), mode="clip")
        renderer.draw_image(renderer.new_gc(), left, bottom, colors.view(np.uint8).reshape(*colors.shape, 4))


def empty_line(ax: Axes, color: str, **look: Any) -> Line2D:
    """A line that has no points yet."""
    return ax.plot([], [], color=color, **look)[0]


def empty_segments(ax: Axes, **look: Any) -> LineCollection:
    """Many lines that have no points yet."""
    lines = LineCollection([], **look)
    ax.add_collection(lines)
    return lines


def class_markers(ax: Axes, label: int, size: float, hollow: bool = False) -> Line2D:
    """Markers for a class: circles for 0, triangles for 1."""
    color = COLORS["blue" if label else "orange"]
    look: dict[str, Any] = (
        {"mfc": "white", "mec": color, "mew": 1.6} if hollow else {"mfc": color, "mec": "white", "mew": 0.9}
    )
    return ax.plot([], [], ls="", marker="^" if label else "o", ms=size + label, zorder=5, **look)[0]


def line_through(w: Vector, b: float, low: float, high: float) -> Matrix:
    """The two ends, shape (2, points), of the line w·x + b = 0 across a square; empty if w is zero.

    >>> line_through(np.array([0.0, 2.0]), -1.0, 0.0, 1.0)
    array([[-1. ,  2. ],
           [ 0.5,  0.5]])
    """
    length = np.hypot(*w)
    if length < 1e-9:
        return np.empty((2, 0))
    middle = np.full(2, (low + high) / 2)
    nearest = middle - (w @ middle + b) / length**2 * w
    along = np.array([w[1], -w[0]]) / length * 1.5 * (high - low)
    return np.column_stack([nearest - along, nearest + along])


def polyline(lines: Sequence[Matrix]) -> Matrix:
    """Several lines as one, shape (2, points), with gaps between them."""
    gap = np.full((1, 2), np.nan)
    return np.concatenate([part for line in lines for part in (line, gap)] or [gap]).T
