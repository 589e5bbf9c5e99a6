"""One look for every figure of the course, and how a figure reaches the page.

A figure has an opaque white background, so that it reads in a light theme, in a dark one and on paper; its colours can
be told apart by colour-blind readers; its letters can be read from the last row. It is shown with a text that says what
is on it, for whoever cannot see it.
"""

from __future__ import annotations

import base64
import html
import io
import math
import struct
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from contourpy import contour_generator
from cycler import cycler
from IPython.display import DisplayHandle, display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.quiver import Quiver
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from course_lib.training import History, watched

COLORS = {
    "blue": "#0072B2",
    "orange": "#D55E00",
    "green": "#009E73",
    "purple": "#CC79A7",
    "amber": "#E69F00",
    "sky": "#56B4E9",
    "grey": "#6E6E6E",
    "light": "#DDDDDD",
    "black": "#222222",
}
"""The colours of Okabe and Ito, safe for colour-blind readers, and three greys.

Take them in this order: blue and orange are the furthest apart. Purple, amber and sky are for areas and thick lines. A
marker or a dash beside the colour helps when the page is printed in grey.
"""

STYLE: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": COLORS["grey"],
    "axes.formatter.use_mathtext": True,
    "axes.grid": True,
    "axes.labelcolor": COLORS["black"],
    "axes.prop_cycle": cycler(color=[COLORS[name] for name in ("blue", "orange", "green", "purple", "amber", "sky")]),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlepad": 8,
    "axes.titlesize": "medium",
    "figure.constrained_layout.use": True,
    "figure.dpi": 96,
    "figure.facecolor": "white",
    "figure.figsize": (7, 4.4),
    "font.size": 12.5,
    "grid.color": COLORS["light"],
    "grid.linewidth": 0.7,
    "legend.frameon": False,
    "lines.linewidth": 2.2,
    "lines.markersize": 7,
    "savefig.facecolor": "white",
    "text.color": COLORS["black"],
    "xtick.color": COLORS["grey"],
    "xtick.labelcolor": COLORS["black"],
    "ytick.color": COLORS["grey"],
    "ytick.labelcolor": COLORS["black"],
}
"""Matplotlib settings: large letters, thick lines, a light grid, no box."""


def style() -> AbstractContextManager[None]:
    """The course's look for the figures made inside a ``with`` block, whatever was set before.

    >>> with style():
    ...     Figure().get_dpi()
    96.0
    """
    return mpl.style.context(STYLE, after_reset=True)


def show(fig: Figure, alt: str) -> None:
    """Display a figure and close it.

    It is drawn at twice its size in pixels and shown at its size, so it is sharp on a fine screen, and it shrinks with
    a narrow page. Viewers without HTML get the picture, viewers without pictures get ``alt``.

    Args:
        fig: The figure.
        alt: A sentence or two for a reader who cannot see the figure: what is drawn, and what one should notice.

    Raises:
        ValueError: ``alt`` is empty.
    """
    if not alt.strip():
        raise ValueError(
            "expected a text for readers who cannot see the figure, got an empty alt; say what is drawn and what "
            'one should notice, for instance alt="Two curves: the training error falls, the test error rises again."'
        )
    display(_as_output(fig, alt), raw=True)


def _as_output(fig: Figure, alt: str) -> dict[str, str]:
    """A figure in the forms that a page, a printer and a text viewer take; the figure is closed."""
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=2 * fig.dpi, bbox_inches="tight", facecolor="white")
    plt.close(fig)
    png = buffer.getvalue()
    return {"text/html": image_tag(png, alt), "image/png": base64_text(png), "text/plain": alt}


def image_tag(png: bytes, alt: str) -> str:
    """An ``<img>`` that carries a PNG inside it, shown at half its size in pixels, or as wide as a narrow page."""
    width, height = struct.unpack(">II", png[16:24])  # where a PNG's header has them
    return (
        f'<img src="data:image/png;base64,{base64_text(png)}" alt="{html.escape(alt)}" '
        f'width="{width // 2}" height="{height // 2}" style="max-width:100%;height:auto">'
    )


def base64_text(data: bytes) -> str:
    """Bytes as the text that HTML and notebooks carry them in.

    >>> base64_text(b"PNG")
    'UE5H'
    """
    return base64.b64encode(data).decode()


class LiveCurve:
    """The loss, drawn while a model trains: ``fit(..., callbacks=[LiveCurve()])``.

    The picture is drawn at most ten times a second, takes at most a fifth of the time, and shows the whole training in
    the end. In a notebook that a program executes it is drawn once, at the end.

    Args:
        clock: Tells the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._due = -math.inf
        self._place: DisplayHandle | None = None

    def __call__(self, epoch: int, model: object, history: History) -> None:
        """Draw what there is so far, if it is time to."""
        begun = self._clock()
        if watched() and begun >= self._due:
            self._draw(history)
            done = self._clock()
            self._due = max(begun + 0.1, done + 4 * (done - begun))

    def finish(self, model: object, history: History) -> None:
        """Draw all of it. Another training after this one gets a picture of its own."""
        if history.train_loss:
            self._draw(history)
        self._place, self._due = None, -math.inf

    def _draw(self, history: History) -> None:
        with style():
            output = _as_output(_loss_figure(history), _loss_in_words(history))
        if self._place is None:
            self._place = display(output, raw=True, display_id=True)
        else:
            self._place.update(output, raw=True)


def _loss_figure(history: History) -> Figure:
    fig = Figure(figsize=(7, 3.6))
    ax = fig.subplots()
    ax.plot(history.epochs, history.train_loss, ".-", label="training")
    if history.validation_loss:
        ax.plot(history.epochs, history.validation_loss, ".--", label="validation")
    ax.set(xlabel="epoch", ylabel="loss")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend()
    return fig


def _loss_in_words(history: History) -> str:
    train, validation = history.train_loss, history.validation_loss
    words = f"The loss in epochs 1 to {len(train)}. Training: {train[0]:.3g} at first, {train[-1]:.3g} at last."
    if validation:
        best = min(validation)
        words += (
            f" Validation: {best:.3g} at best, in epoch {validation.index(best) + 1}; {validation[-1]:.3g} at last."
        )
    return words


def plane(ax: Axes, limit: float) -> Axes:
    """Make axes the plane from ``-limit`` to ``limit``: equal units, a light grid, the two axes through 0.

    Returns:
        The same axes.
    """
    ticks = MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(-limit, limit)
    ax.set(aspect="equal", xticks=ticks, yticks=ticks, xlim=(-limit, limit), ylim=(-limit, limit))
    ax.axhline(0, color=COLORS["grey"], lw=1, zorder=1)
    ax.axvline(0, color=COLORS["grey"], lw=1, zorder=1)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    return ax


def arrow(ax: Axes, vector: ArrayLike, color: str = COLORS["blue"]) -> Quiver:
    """Draw a vector of shape (2,) as an arrow from the origin; the zero vector is a dot.

    Returns:
        The artist; ``set_UVC(x, y)`` moves its tip.
    """
    x, y = np.asarray(vector)
    units: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "scale": 1, "units": "inches"}
    return ax.quiver(0, 0, x, y, color=color, width=0.04, zorder=3, **units)


def heatmap(ax: Axes, values: ArrayLike, **options: Any) -> AxesImage:
    """Draw a matrix as shaded cells with its numbers written in.

    White is 0. Numbers of both signs are shaded orange below and blue above.

    Args:
        ax: Axes to draw on. Their ticks are removed; set them again where rows and columns have names.
        values: Shape (m, n).
        options: Passed on to ``ax.imshow``.
    """
    values = np.asarray(values)
    largest = float(np.abs(values).max()) or 1.0
    shading = {"cmap": SIGNED, "vmin": -largest} if (values < 0).any() else {"cmap": "Blues", "vmin": 0}
    image = ax.imshow(values, **{**shading, "vmax": largest, **options})
    for (i, j), value in np.ndenumerate(values):
        ax.text(j, i, f"{value:.3g}".replace("-", "−"), ha="center", va="center", color=ink_on(image.to_rgba(value)))
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
    ax.spines[:].set_visible(False)
    return image


def level_lines(x: ArrayLike, y: ArrayLike, values: ArrayLike, level: float) -> list[NDArray[np.float64]]:
    """The lines along which values given on a grid equal a level, each as points of shape (n, 2).

    Args:
        x: Where the columns of ``values`` are.
        y: Where its rows are.
        values: Shape (rows, columns).
        level: The value that is looked for.
    """
    lines: Any = contour_generator(x, y, values).lines(level)
    return lines


SIGNED = mpl.colors.LinearSegmentedColormap.from_list("signed", [COLORS["orange"], "white", COLORS["blue"]])
"""A colour map for numbers of both signs: orange, white for 0, blue."""

CIRCLE = np.array([np.cos(np.linspace(0, 2 * np.pi, 181)), np.sin(np.linspace(0, 2 * np.pi, 181))])
"""The unit circle as points to plot: shape (2, 181), so that a 2×2 matrix times it is an ellipse."""


def ink_on(color: ArrayLike) -> str:
    """Black or white, whichever can be read on a colour given as red, green and blue from 0 to 1.

    >>> ink_on((1, 1, 0.8)), ink_on((0, 0, 0.4))
    ('black', 'white')
    """
    red, green, blue = np.asarray(color)[:3]
    return "black" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.45 else "white"
