"""The show piece of lecture 09: a kernel goes over a photograph, and every place becomes one number."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np
from ipywidgets import Checkbox, Dropdown, IntSlider, Text
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from course_lib.data import load_photograph
from course_lib.demos.base import Running, number
from course_lib.demos.pixels import (
    Matrix,
    NumberTable,
    Pixels,
    cell_frame,
    grey_colors,
    grid_axes,
    signed_colors,
)
from course_lib.nn import filters
from course_lib.plotting import COLORS


class ConvolutionStepper(Running):
    """A kernel goes over a photograph: the window, the products, their sum, and the output as it grows."""

    alt = (
        "Above, left, a grey photograph of 64 by 42 pixels with an orange frame around the window; right, the output "
        "as far as it is computed, with an orange frame around its newest pixel. Below, as small tables of numbers, "
        "the window, the kernel and their products, and the sum of the products."
    )
    size = (10.4, 6.4)
    pause_between_frames = 0.02
    own = "your own"
    presets: ClassVar[Mapping[str, Matrix]] = {
        "Sobel, across": filters.sobel("x"),
        "Sobel, down": filters.sobel("y"),
        "simple edge": filters.simple_edge(),
        "Prewitt, across": filters.prewitt("x"),
        "Kirsch, north": filters.kirsch("N"),
        "Kirsch, south-west": filters.kirsch("SW"),
        "box blur, 3 by 3": filters.box_blur(3),
        "box blur, 5 by 5": filters.box_blur(5),
        "sharpen, amount 2": filters.sharpen(2),
        "sharpen, amount 8": filters.sharpen(8),
        "the left neighbour": np.array([[0.0, 0, 0], [1, 0, 0], [0, 0, 0]]),
    }

    def __init__(self) -> None:
        preset, kernel = next(iter(self.presets.items()))
        rows, columns = (n - k for n, k in zip(PICTURE, kernel.shape, strict=True))
        super().__init__(
            picture=Dropdown(options=["flower", "china", "square and disc"], description="picture"),
            preset=Dropdown(options=[self.own, *self.presets], value=preset, description="kernel"),
            numbers=Text(as_text(kernel), description="or type your own"),
            flip=Checkbox(False, description="flip the kernel: convolution proper"),
            row=IntSlider(rows // 2, min=0, max=rows, description="row"),
            column=IntSlider(columns // 2, min=0, max=columns, description="column"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Two pictures above, four tables below. The photograph and the kernel stay until another is chosen."""
        above, below = fig.subfigures(2, 1, height_ratios=[1.7, 1.1], squeeze=False)[:, 0]
        left, right = above.subplots(1, 2)
        for ax, title in ((left, "picture"), (right, "output")):
            grid_axes(ax, PICTURE, title)
        self.photograph, self.grown = Pixels(left), Pixels(right)
        self.window, self.newest = cell_frame(left), cell_frame(right)
        bottom = below.add_subplot(xlim=(0, 10.4), ylim=(-0.4, 2.1), aspect="equal")
        bottom.axis("off")
        self.seen, self.weights, self.products = (
            NumberTable(bottom, x, 0.85, name, most=MOST_CELLS**2)
            for x, name in ((1.4, "window"), (3.9, "kernel"), (6.4, "products"))
        )
        self.sum = NumberTable(bottom, 9.0, 0.85, "output pixel", most=1)
        for x, sign in ((2.65, "×"), (5.15, "="), (7.7, "sum")):
            bottom.text(x, 0.85, sign, ha="center", va="center", fontsize=20 if len(sign) == 1 else 14)
        self.notice = bottom.text(3.9, -0.1, "", ha="center", va="top", color=COLORS["orange"])
        self.kernel, self.complaint = read_kernel(self.values["numbers"]), ""
        self._compute()
        tables = [artist for table in (self.seen, self.products, self.sum) for artist in table.artists]
        return [self.grown, self.window, self.newest, self.notice, *tables]

    def follow(self, name: str) -> None:
        """A preset writes the numbers; numbers are read; a kernel's size decides how far the window can go."""
        preset, text = self.values["preset"], self.values["numbers"]
        if name == "preset" and preset != self.own:
            self.controls["numbers"].value = text = as_text(self.presets[preset])
        if name in ("preset", "numbers"):
            known = (k for k, kernel in self.presets.items() if as_text(kernel) == text)
            self.controls["preset"].value = next(known, self.own)
            try:
                self.kernel, self.complaint = read_kernel(text), ""
            except ValueError as error:
                self.complaint = f"{error} The picture keeps the last kernel that could be read."
                return
            for control, n, k in zip(("row", "column"), PICTURE, self.kernel.shape, strict=True):
                self.controls[control].max = n - k
        if name in ("preset", "numbers", "picture", "flip"):
            self._compute()

    def _compute(self) -> None:
        """The picture and its whole output, as numbers and in colours."""
        self.image = picture(self.values["picture"])
        self.turned = np.flip(self.kernel) if self.values["flip"] else self.kernel
        self.output = filters.apply(self.image, self.turned, padding="valid")
        self.is_picture = self.turned.sum() > 1e-9  # its numbers are brightnesses, else they are changes of brightness
        self.colors = (
            grey_colors(self.output, high=self.turned.sum()) if self.is_picture else signed_colors(self.output)
        )
        self.photograph.show(grey_colors(self.image), (0, PICTURE[1], PICTURE[0], 0))
        self.weights.show(self.turned, signed_colors(self.turned, strength=PALE))
        self.stale()

    def begin(self, **values: Any) -> None:
        """Nothing to prepare: the sliders know how far it has come."""

    def start_over(self) -> None:
        """Back to the upper left corner."""
        self.set(row=0, column=0)

    def step(self) -> bool:
        """One place on; from the end, back to the start. A run takes the first row so, and then a row at a time.

        Returns:
            Whether any place is left.
        """
        with self._lock:
            row, column = self.values["row"], self.values["column"]
            last_row, last_column = (self.controls[name].max for name in ("row", "column"))
            if (row, column) == (last_row, last_column):
                row = column = 0
            elif column < last_column:
                column = last_column if self.running and row > 0 else column + 1
            else:
                row, column = row + 1, last_column if self.running else 0
            self.set(row=row, column=column)
            return (row, column) != (last_row, last_column)

    def update(self, row: int, column: int, **values: Any) -> str:
        """The window at its place, and the output up to there."""
        height, width = self.kernel.shape
        window = self.image[row : row + height, column : column + width]
        products, largest = window * self.turned, float(abs(self.turned).max())
        self.notice.set_text("not yours: see below" if self.complaint else "")
        self.seen.show(window, grey_colors(window))
        self.products.show(products, signed_colors(products, largest, PALE))
        self.sum.show(self.output[row, column][None, None], self.colors[row : row + 1, column : column + 1])
        grown = self.colors.copy()
        grown[row, column + 1 :] = grown[row + 1 :] = NOT_YET
        top, left = (height - 1) / 2, (width - 1) / 2  # the output is as much smaller; it stands in the middle
        rows, columns = self.output.shape
        self.grown.show(grown, (left, left + columns, top + rows, top))
        self.window.set_bounds(column, row, width, height)
        self.newest.set_bounds(column + left, row + top, 1, 1)
        low, high = self.output.min(), self.output.max()
        return self.complaint or (
            f"Row {row}, column {column}: the sum of {height * width} products is {number(self.output[row, column])}. "
            f"The output has {rows} × {columns} pixels, from {number(low)} to {number(high)}"
            + ("." if self.is_picture else "; blue is positive, orange negative, white 0.")
        )


PICTURE = (42, 64)
NOT_YET = 236
"""The grey of pixels that are not computed yet."""

PALE = 0.7
MOST_CELLS = 5


def picture(name: str) -> Matrix:
    """A grey picture of 42 rows and 64 columns, from 0, black, to 1.

    A photograph is averaged over squares of 10 by 10 pixels; the square and the disc have sharp edges.
    """
    if name in ("flower", "china"):
        grey = load_photograph(name).mean(axis=2)[:420]
        return np.asarray(grey.reshape(42, 10, 64, 10).mean(axis=(1, 3)))
    i, j = np.indices(PICTURE)
    square = (abs(i - 20.5) < 12) & (abs(j - 16.5) < 12)
    disc = (i - 20.5) ** 2 + (j - 46.5) ** 2 < 144
    return np.where(square | disc, 0.9, 0.1)


def read_kernel(text: str) -> Matrix:
    """The kernel that somebody typed: rows parted by semicolons, numbers by blanks; a number may be a fraction.

    Raises:
        ValueError: It is no kernel of at most 5 by 5 numbers; the message is one or two sentences.

    >>> read_kernel("1/2 0; 0 -0.5")
    array([[ 0.5,  0. ],
           [ 0. , -0.5]])
    """
    try:
        rows = [[float(Fraction(word)) for word in row.replace(",", " ").split()] for row in text.split(";")]
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError(f"“{text}” is no kernel: write numbers such as −1, 0.5 or 1/9 between blanks.") from error
    if len({len(row) for row in rows}) > 1 or not 1 <= len(rows[0]) <= MOST_CELLS or len(rows) > MOST_CELLS:
        raise ValueError(
            f"A kernel has 1 to {MOST_CELLS} rows, parted by semicolons, of 1 to {MOST_CELLS} numbers, equally many "
            f"in each; here they are {', '.join(str(len(row)) for row in rows)}."
        )
    return np.array(rows)


def as_text(kernel: Matrix) -> str:
    """A kernel as one types it.

    >>> as_text(np.array([[1 / 9, -2.0]]))
    '1/9 -2'
    """
    return "; ".join(" ".join(str(Fraction(k).limit_denominator(1000)) for k in row) for row in kernel)
