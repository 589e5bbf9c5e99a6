"""What demos draw of pictures and grids: coloured cells, fast, and small tables of numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from course_lib.demos.base import number
from course_lib.plotting import COLORS, ink_on

Matrix = NDArray[np.float64]
Colors = NDArray[np.uint8]

ORANGE, BLUE = (255 * np.array(to_rgb(COLORS[name])) for name in ("orange", "blue"))


class Pixels(Artist):
    """Coloured cells with sharp edges, on the axes of a plot.

    They are enlarged by hand and put into the picture pixel by pixel, in a fraction of the time that ``imshow`` takes.

    Args:
        ax: Where they are drawn.
        zorder: What is drawn above what.
    """

    def __init__(self, ax: Axes, zorder: float = 1) -> None:
        super().__init__()
        self.set_zorder(zorder)
        self.extent = (0.0, 1.0, 0.0, 1.0)
        self.show(np.full((1, 1, 3), 255, np.uint8))
        ax.add_artist(self)

    def show(self, colors: Colors, extent: tuple[float, float, float, float] | None = None) -> None:
        """Show colours of shape (rows from the top down, columns, 3).

        Args:
            colors: Red, green and blue from 0 to 255.
            extent: Where they lie: left, right, bottom, top; by default where they lay before.
        """
        rgba = np.full((*colors.shape[:2], 4), 255, np.uint8)
        rgba[..., :3] = colors
        self.cells = rgba.view(np.uint32)[..., 0]  # the four bytes of a colour as one number
        self.extent = self.extent if extent is None else extent

    def draw(self, renderer: Any) -> None:
        """Find for every pixel of the picture the cell that it lies in."""
        if not self.get_visible() or self.axes is None or 0 in self.cells.shape:
            return
        left, right, bottom, top = self.extent
        corners = self.axes.transData.transform([(left, bottom), (right, top)])
        (x0, x1), (y0, y1) = (np.sort(np.round(ends).astype(int)) for ends in corners.T)
        rows, columns = (
            np.arange(n) * count // max(n, 1) for n, count in zip((y1 - y0, x1 - x0), self.cells.shape, strict=True)
        )
        if len(rows) and len(columns):
            image = self.cells[rows[::-1]][:, columns]
            renderer.draw_image(
                renderer.new_gc(), x0, y0, np.ascontiguousarray(image).view(np.uint8).reshape(*image.shape, 4)
            )


class NumberTable:
    """A small table of numbers on shaded cells, with a name above.

    Args:
        ax: Axes with equal units.
        x: Where the middle of the table is.
        y: The same, for its height.
        name: What stands above it.
        side: How large it is at most.
        cell: How large a cell is at most.
        most: How many numbers it has at most.
    """

    def __init__(
        self, ax: Axes, x: float, y: float, name: str, *, side: float = 1.7, cell: float = 0.8, most: int = 25
    ) -> None:
        self.x, self.y, self.side, self.cell = x, y, side, cell
        ax.text(x, y + side / 2 + 0.12, name, ha="center", va="bottom")
        self.cells = Pixels(ax)
        self.texts = [ax.text(0, 0, "", ha="center", va="center", zorder=4) for _ in range(most)]
        self.artists: list[Artist] = [self.cells, *self.texts]

    def show(self, numbers: Matrix, colors: Colors) -> None:
        """Write numbers of shape (rows, columns) on cells of colours of shape (rows, columns, 3)."""
        rows, columns = numbers.shape
        size = min(self.side / max(rows, columns), self.cell)
        left, top = self.x - size * columns / 2, self.y + size * rows / 2
        self.cells.show(colors, (left, left + size * columns, top - size * rows, top))
        letters = {1: 15, 2: 14, 3: 12, 4: 10}.get(max(rows, columns), 9)
        for k, text in enumerate(self.texts):
            text.set_visible(k < numbers.size)
            if k < numbers.size:
                i, j = divmod(k, columns)
                text.set(x=left + size * (j + 0.5), y=top - size * (i + 0.5), text=short(numbers[i, j]))
                text.set(fontsize=letters, color=ink_on(colors[i, j] / 255))


def grid_axes(ax: Axes, shape: tuple[float, float], title: str = "") -> Axes:
    """Axes for rows and columns of cells: row 0 above, cell (i, j) from j to j + 1 and from i to i + 1; no ticks."""
    rows, columns = shape
    ax.set(xlim=(0, columns), ylim=(rows, 0), aspect="equal", xticks=[], yticks=[], title=title)
    ax.grid(False)
    ax.spines[:].set_visible(True)
    return ax


def cell_frame(ax: Axes, color: str = COLORS["orange"], **look: Any) -> Rectangle:
    """A frame around cells, to be moved by ``set_bounds(column, row, columns, rows)``."""
    frame = Rectangle((0, 0), 1, 1, **{"fill": False, "ec": color, "lw": 2.5, "zorder": 3, **look})
    ax.add_patch(frame)
    return frame


def signed_colors(values: Matrix, largest: float | None = None, strength: float = 1.0) -> Colors:
    """Numbers as colours: white for 0, orange below, blue above.

    Args:
        values: Any shape.
        largest: The size that has the full colour; by default the largest there is.
        strength: How full, at most 1: a pale colour leaves numbers on it readable.

    Returns:
        The shape of the values, with red, green and blue as last axis.

    >>> signed_colors(np.array([0.0, 1.0])).tolist()
    [[255, 255, 255], [0, 114, 178]]
    """
    largest = float(abs(values).max(initial=0.0)) if largest is None else largest
    share = strength * np.clip(values / (largest or 1.0), -1, 1)[..., None]
    ink = np.where(share < 0, ORANGE, BLUE)
    return np.round(255 - abs(share) * (255 - ink)).astype(np.uint8)


def grey_colors(values: Matrix, low: float = 0.0, high: float = 1.0) -> Colors:
    """Numbers as greys: black for the lowest, white for the highest.

    >>> grey_colors(np.array([0.0, 1.0])).tolist()
    [[0, 0, 0], [255, 255, 255]]
    """
    share = np.clip((values - low) / (high - low or 1.0), 0, 1)
    return np.repeat((255 * share).astype(np.uint8)[..., None], 3, axis=-1)


def short(x: float) -> str:
    """A number for a table: at most two decimals.

    >>> short(3.0), short(-0.25), short(1 / 9)
    ('3', '−0.25', '0.11')
    """
    return number(x, 0 if abs(x - round(x)) < 1e-9 else 2)
