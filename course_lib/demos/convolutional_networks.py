"""The demos of lecture 09, convolutional networks."""

from __future__ import annotations

import functools
import math
from collections import OrderedDict
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from ipywidgets import Dropdown, IntSlider, SelectionSlider
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.data import Minibatches, load_digits
from course_lib.demos.base import Demo, number
from course_lib.demos.convolution_stepper import ConvolutionStepper
from course_lib.demos.pixels import (
    Colors,
    Matrix,
    Pixels,
    cell_frame,
    grey_colors,
    grid_axes,
    signed_colors,
)
from course_lib.models import feature_extractor
from course_lib.nn import conv_output_size, filters
from course_lib.optim import Adam
from course_lib.plotting import COLORS
from course_lib.probability import softmax
from course_lib.training import fit

__all__ = [
    "ConvolutionStepper",
    "FeatureMaps",
    "MovedDigit",
    "ReceptiveField",
    "ToeplitzView",
    "WindowPlaces",
]


class WindowPlaces(Demo):
    """Where a window can stand: size, padding, stride and dilation, and the output that they make."""

    alt = (
        "Left, an input as a grid of blue cells, with grey cells of padding around it; the cells under the chosen "
        "window are orange, and input cells that no window ever touches are dark. Right, the output as a grid with "
        "the pixel of that window in orange. Above both, the sizes; below, the formula with its numbers."
    )
    size = (9.6, 5.4)
    room: ClassVar = 16
    """Cells along each side of the drawing: the largest input with the most padding."""

    def __init__(self) -> None:
        super().__init__(
            size=IntSlider(8, min=3, max=10, description="input size n"),
            kernel=IntSlider(3, min=1, max=5, description="kernel size k"),
            padding=IntSlider(0, min=0, max=3, description="padding p"),
            stride=IntSlider(1, min=1, max=4, description="stride s"),
            dilation=IntSlider(1, min=1, max=3, description="dilation d"),
            place=IntSlider(0, min=0, max=35, description="output pixel no."),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Two grids, always in the same scale."""
        left, right = fig.subplots(1, 2)
        self.cells, self.lines, self.titles = [], [], []
        for ax in (left, right):
            grid_axes(ax, (self.room, self.room))
            ax.spines[:].set_visible(False)
            self.cells.append(Pixels(ax))
            self.lines.append(ax.add_collection(LineCollection([], colors=COLORS["grey"], linewidths=1)))
            self.titles.append(ax.text(self.room / 2, -0.6, "", ha="center", va="bottom"))
        self.formula = fig.text(0.5, 0.02, "", ha="center", va="bottom", fontsize=15)
        fig.get_layout_engine().set(rect=(0, 0.09, 1, 0.9))  # type: ignore[union-attr, call-arg]
        return [*self.cells, *self.lines, *self.titles, self.formula]

    def follow(self, name: str) -> None:
        """There are as many output pixels to choose from as there are."""
        if name != "place":
            self.controls["place"].max = max(self._output_size() ** 2 - 1, 0)

    def _output_size(self) -> int:
        v = self.values
        try:
            return conv_output_size(v["size"], v["kernel"], v["stride"], v["padding"], v["dilation"])
        except ValueError:
            return 0

    def update(self, size: int, kernel: int, padding: int, stride: int, dilation: int, place: int) -> str:
        """Colour the cells of the window, and those that no window touches."""
        o, around, reach = self._output_size(), size + 2 * padding, dilation * (kernel - 1) + 1
        row, column = divmod(place, max(o, 1))
        paper = np.full((around, around, 3), LIGHT, np.uint8)
        paper[padding : padding + size, padding : padding + size] = BLUE
        touched = touched_cells(o, kernel, stride, dilation, around)
        inside = np.arange(around)[padding : padding + size]
        missed = [i for i in inside if not touched[i]]
        if o:
            paper[np.ix_(missed, inside)] = paper[np.ix_(inside, missed)] = DARK
            rows, columns = (at * stride + dilation * np.arange(kernel) for at in (row, column))
            paper[np.ix_(rows, columns)] = ORANGE
        output = np.full((o, o, 3), BLUE, np.uint8)
        if o:
            output[row, column] = ORANGE
        for cells, lines, colors in zip(self.cells, self.lines, (paper, output), strict=True):
            side = len(colors)
            start = (self.room - side) / 2
            cells.show(colors, (start, start + side, start + side, start))
            lines.set_segments(grid_lines(start, side))
        self.titles[0].set_text(f"input {size} × {size}" + (f", padded {around} × {around}" if padding else ""))
        self.titles[1].set_text(f"output {o} × {o}" if o else "no output")
        fraction = f"⌊({size} + 2·{padding} − {dilation}·({kernel} − 1) − 1) / {stride}⌋ + 1"
        self.formula.set_text(f"o = {fraction} = {o}" if o else "the window does not fit")
        if not o:
            return f"The window reaches over {reach} cells, and there are {around}: it fits nowhere."
        return (
            f"Output pixel {row}, {column} sees {kernel}² = {kernel**2} cells of a square of {reach} by {reach}. "
            f"There are {o} places along each side: {fraction}. "
            + (
                f"No window touches {len(missed)} of the {size} rows and columns of the input."
                if missed
                else "Every input pixel is touched."
            )
        )


BLUE, ORANGE, LIGHT, DARK, WHITE = (190, 217, 235), (213, 94, 0), (232, 232, 232), (110, 110, 110), (255, 255, 255)


def touched_cells(places: int, kernel: int, stride: int, dilation: int, cells: int) -> NDArray[np.bool_]:
    """Along one dimension, which cells lie under at least one window.

    >>> touched_cells(2, kernel=2, stride=3, dilation=1, cells=6)
    array([ True,  True, False,  True,  True, False])
    """
    touched = np.zeros(cells, bool)
    touched[(stride * np.arange(places)[:, None] + dilation * np.arange(kernel)).ravel()] = True
    return touched


def grid_lines(start: float, cells: int) -> list[list[tuple[float, float]]]:
    """The lines of a square grid as pairs of points."""
    end, at = start + cells, [start + i for i in range(cells + 1)] if cells else []
    return [[(start, y), (end, y)] for y in at] + [[(x, start), (x, end)] for x in at]


class MovedDigit(Demo):
    """What a shift, a turn or a change of size of the picture does to its feature map, and to the pooled map."""

    alt = (
        "Two rows of pictures. Above: a digit on a larger canvas, its feature map, that map moved as the digit is "
        "moved below, and the pooled map. Below: the moved digit, its feature map, the difference between the map of "
        "the moved digit and the moved map, white where there is none, and the pooled map."
    )
    size = (9.8, 5.3)

    def __init__(self) -> None:
        super().__init__(
            digit=IntSlider(4, min=0, max=9, description="digit"),
            change=Dropdown(options=list(CHANGES), description="change"),
            right=IntSlider(1, min=-4, max=4, description="shift to the right"),
            down=IntSlider(0, min=-4, max=4, description="shift down"),
            pool=SelectionSlider(options=[1, 2, 4, 8, 24], value=4, description="pooling window"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Eight pictures."""
        titles = (
            ("picture $x$", "its map $f(x)$", "map, then moved", "pooled map"),
            ("moved picture", "its map", "difference", "its pooled map"),
        )
        self.views = [
            [Pixels(grid_axes(ax, (CANVAS, CANVAS), title)) for ax, title in zip(row, names, strict=True)]
            for row, names in zip(fig.subplots(2, 4), titles, strict=True)
        ]
        split = load_digits(images=True)
        chosen = [int(torch.nonzero(split.y_train == k)[0, 0]) for k in range(10)]
        self.digits = np.pad(split.X_train[chosen, 0].double().numpy(), [(0, 0), (8, 8), (8, 8)])
        return [view for row in self.views for view in row]

    def update(self, digit: int, change: str, right: int, down: int, pool: int) -> str:
        """Map, move and pool, in both orders."""
        x = self.digits[digit]
        moved = moved_picture(x, change, right, down)
        f, f_moved = feature_map(x), feature_map(moved)
        map_moved = moved_picture(f, change, right, down)
        pooled, pooled_moved = max_pool(f, pool), max_pool(f_moved, pool)
        largest, gap = float(f.max()), f_moved - map_moved
        everywhere = (0.0, CANVAS, CANVAS, 0.0)
        above = (grey_colors(x), *(signed_colors(a, largest) for a in (f, map_moved, pooled)))
        below = (grey_colors(moved), *(signed_colors(a, largest) for a in (f_moved, gap, pooled_moved)))
        for views, pictures in zip(self.views, (above, below), strict=True):
            for view, colors in zip(views, pictures, strict=True):
                view.show(colors, everywhere)
        error = float(abs(gap).max()) / largest
        changes = [relative_change(a, b) for a, b in ((x, moved), (f, f_moved), (pooled, pooled_moved))]
        verdict = "is the moved map, pixel by pixel" if error < 1e-9 else f"is off the moved map by up to {error:.0%}"
        return (
            f"The map of the moved picture {verdict}. By the move the picture changed by {changes[0]:.0%}, its map by "
            f"{changes[1]:.0%}, and the map pooled over {pool} by {pool} by {changes[2]:.0%}."
        )


CANVAS = 24


def _twice_as_large(x: Matrix) -> Matrix:
    middle = x[CANVAS // 4 : -CANVAS // 4, CANVAS // 4 : -CANVAS // 4]
    return middle.repeat(2, axis=0).repeat(2, axis=1)


CHANGES: dict[str, Any] = {
    "shift only": lambda x: x,
    "quarter turn, then shift": np.rot90,
    "twice as large, then shift": _twice_as_large,
}


def moved_picture(x: Matrix, change: str, right: int, down: int) -> Matrix:
    """A picture turned or enlarged, and then shifted; what leaves at one side comes back at the other."""
    return np.roll(CHANGES[change](x), (down, right), axis=(0, 1))


def feature_map(x: Matrix) -> Matrix:
    """Convolution and rectifier: how much brighter it gets to the right, and 0 where it gets darker."""
    return np.maximum(filters.apply(x, filters.sobel("x"), padding_mode="circular"), 0)


def max_pool(x: Matrix, size: int) -> Matrix:
    """The largest value in each square of cells, the squares side by side."""
    return np.asarray(nn.MaxPool2d(size)(torch.from_numpy(x)[None])[0].numpy())


def relative_change(a: Matrix, b: Matrix) -> float:
    """How far b is from a, compared with how far a is from nothing: ‖b − a‖ / ‖a‖."""
    return float(np.sqrt(np.sum((b - a) ** 2) / np.sum(a**2)))


class ToeplitzView(Demo):
    """Convolution as a matrix: which weight connects which input with which output."""

    alt = (
        "Left, the matrix of a convolution: mostly white, with the weights of the kernel as colours along diagonals, "
        "in two dimensions along diagonals of blocks; an orange frame marks a row. Right, the kernel; the input, with "
        "the cells that this row reads in the colours of their weights; and the output, its cell of this row in orange."
    )
    size = (9.8, 5.2)

    def __init__(self) -> None:
        super().__init__(
            dimensions=Dropdown(options=[("1: a signal", 1), ("2: a picture", 2)], description="dimensions"),
            mode=Dropdown(options=list(MODES), value="valid", description="border"),
            size=IntSlider(8, min=4, max=10, description="input size n"),
            kernel=IntSlider(3, min=1, max=4, description="kernel size k"),
            row=IntSlider(2, min=0, max=5, description="row of the matrix"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The matrix on the left; kernel, input and output on the right."""
        panels = fig.subplot_mosaic(
            [["matrix", "kernel"], ["matrix", "input"], ["matrix", "output"]],
            width_ratios=[1.8, 1],
            height_ratios=[0.8, 1, 1],
        )
        for ax in panels.values():
            grid_axes(ax, (1, 1))
            ax.set_anchor("W")
            ax.spines[:].set_visible(False)
        self.cells = {name: Pixels(ax) for name, ax in panels.items()}
        self.frame_of_row = cell_frame(panels["matrix"])
        self.outlines = [cell_frame(ax, COLORS["grey"], lw=1) for ax in panels.values()]
        self.titles = [ax.text(0, -0.03, "", va="bottom") for ax in panels.values()]
        return [*self.cells.values(), *self.outlines, self.frame_of_row, *self.titles]

    def follow(self, name: str) -> None:
        """There are as many rows to choose from as there are outputs."""
        if name != "row":
            self.controls["row"].max = len(self._matrix()) - 1

    def _matrix(self) -> NDArray[np.int64]:
        v = self.values
        return numbered_matrix(v["size"], v["kernel"], v["mode"], v["dimensions"])

    def update(self, dimensions: int, mode: str, size: int, kernel: int, row: int) -> str:
        """Colour the weights, and put them where they act."""
        T = self._matrix()
        outputs = round(len(T) ** (1 / dimensions))
        weights = kernel**dimensions
        row_of_output = np.arange(len(T)) == row
        grids = {"matrix": T, "kernel": in_place(np.arange(1, weights + 1), dimensions)}
        grids |= {"input": in_place(T[row], dimensions), "output": in_place(row_of_output, dimensions)}
        palette = weight_colors(weights)
        for (name, grid), outline in zip(grids.items(), self.outlines, strict=True):
            side = min(1 / max(grid.shape), LARGEST_CELL)
            height, width = (side * n for n in grid.shape)
            colors = np.array([WHITE, ORANGE], np.uint8)[1 * grid] if name == "output" else palette[grid]
            self.cells[name].show(colors, (0, width, height, 0))
            outline.set_bounds(0, 0, width, height)
            if name == "matrix":
                self.frame_of_row.set_bounds(0, side * row, width, side)
        sizes = [f"{n}" if dimensions == 1 else f"{n} × {n}" for n in (size, outputs)]
        names = (f"matrix, {len(T)} × {T.shape[1]}", "kernel", f"input, {sizes[0]}", f"output, {sizes[1]}")
        for title, text in zip(self.titles, names, strict=True):
            title.set_text(text)
        return (
            f"Row {row} reads {np.count_nonzero(T[row])} of {T.shape[1]} inputs. Of the matrix's {T.size:,} entries "
            f"{np.count_nonzero(T):,} are not zero; different weights: {len(np.unique(T[T > 0]))}. {MODES[mode]}"
        )


MODES = {
    "valid": "The kernel never leaves the input, so the output is smaller.",
    "same": "Zeros around the input: rows at the border hold fewer weights.",
    "full": "Every overlap counts, so the output is larger.",
    "circular": "The input goes on at its other end: the weights that leave on one side return on the other.",
}
"""The treatments of the border, and what to say about each."""

LARGEST_CELL = 0.125
"""How large the cell of a small matrix is drawn, as a share of the axes."""


def in_place(cells: NDArray[Any], dimensions: int) -> NDArray[Any]:
    """Cells in a line, or as a square."""
    side = 1 if dimensions == 1 else math.isqrt(len(cells))
    return cells.reshape(side, -1)


def numbered_matrix(size: int, kernel: int, mode: str, dimensions: int) -> NDArray[np.int64]:
    """The matrix of a cross-correlation with weights 1, 2, 3, …: shape (outputs, inputs), 0 where nothing connects.

    >>> numbered_matrix(4, 2, "valid", 1)
    array([[1, 2, 0, 0],
           [0, 1, 2, 0],
           [0, 0, 1, 2]])
    """
    weights = np.arange(1.0, kernel**dimensions + 1).reshape((kernel,) * dimensions)
    T = nn.toeplitz(np.flip(weights).copy(), (size,) * dimensions, mode)
    return np.asarray(T.round(), dtype=np.int64)


def weight_colors(count: int) -> Colors:
    """A palette: white for 0, then a colour for each weight, from dark blue to light orange."""
    stops = np.array([[0, 68, 120], [86, 180, 233], [0, 158, 115], [230, 159, 0], [240, 200, 120]], float)
    at = np.linspace(0, len(stops) - 1, count) if count > 1 else np.zeros(1)
    colors = np.stack([np.interp(at, np.arange(len(stops)), stops[:, c]) for c in range(3)], axis=1)
    return np.concatenate([[[255, 255, 255]], colors]).astype(np.uint8)


class FeatureMaps(Demo):
    """What every layer of a trained network makes of a digit.

    Args:
        model: A network of named or numbered layers that reads images of shape (n, 1, 8, 8); by default one is trained.
    """

    alt = (
        "From left to right: a handwritten digit; a mosaic with one small picture for each channel of the chosen "
        "layer, blue for positive and orange for negative values, the chosen channel in an orange frame; this channel "
        "enlarged; and bars for the probabilities of the ten classes, the right class in blue."
    )
    size = (10.6, 3.9)

    def __init__(self, model: nn.Sequential | None = None) -> None:
        self.model = trained_reader() if model is None else model
        split = load_digits(images=True, device=next(self.model.parameters()).device)
        self.images, self.labels = split.X_test, split.y_test
        names = spatial_layers(self.model, self.images[:1])
        super().__init__(
            digit=IntSlider(0, min=0, max=len(self.labels) - 1, description="digit no."),
            layer=Dropdown(options=names, description="after layer"),
            channel=IntSlider(0, min=0, max=7, description="channel"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The digit, the mosaic, the enlarged channel, the bars."""
        picture, mosaic, large, bars = fig.subplots(1, 4, width_ratios=[1, 1.35, 1, 1])
        self.picture = Pixels(grid_axes(picture, (1, 1), "picture"))
        self.mosaic = Pixels(grid_axes(mosaic, (1, 1), "all channels"))
        mosaic.spines[:].set_visible(False)
        self.chosen = cell_frame(mosaic)
        self.large = Pixels(grid_axes(large, (1, 1), "chosen channel"))
        bars.set(xlim=(0, 1), ylim=(9.6, -0.6), yticks=range(10), xticks=(0, 0.5, 1), title="probability")
        self.bars = bars.barh(range(10), np.zeros(10), color=COLORS["grey"])
        return [self.picture, self.mosaic, self.chosen, self.large, *self.bars]

    def follow(self, name: str) -> None:
        """A layer has its own number of channels."""
        if name == "layer":
            self.controls["channel"].max = len(self._maps(0, self.values["layer"])) - 1

    def _maps(self, digit: int, layer: str) -> Matrix:
        return layer_output(self.model, self.images[digit : digit + 1], layer)[0]

    def update(self, digit: int, layer: str, channel: int) -> str:
        """Read the digit, and stop at the chosen layer."""
        maps = self._maps(digit, layer)
        n, height, width = maps.shape
        self.controls["channel"].max = n - 1
        colors = signed_colors(maps, float(abs(maps).max()))
        columns = math.isqrt(n - 1) + 1
        side = 1 / columns
        self.picture.show(grey_colors(1 - self.images[digit, 0].cpu().numpy()), (0, 1, 1, 0))
        self.mosaic.show(tiled(colors, columns), (0, 1, side * -(-n // columns), 0))
        row, column = divmod(channel, columns)
        self.chosen.set_bounds(side * column, side * row, side, side)
        self.large.show(colors[channel], (0, 1, 1, 0))
        with torch.no_grad():
            p = softmax(self.model(self.images[digit : digit + 1])[0]).cpu().numpy()
        truth = int(self.labels[digit])
        for k, bar in enumerate(self.bars):
            bar.set(width=p[k], color=COLORS["blue" if k == truth else "grey"])
        active = float((maps[channel] > 1e-6).mean())
        return (
            f"A {truth}, read as {p.argmax()} with probability {p.max():.2f}. After {layer}: {n} channels of "
            f"{height} by {width}. Channel {channel} is positive in {active:.0%} of its pixels, "
            f"from {number(maps[channel].min())} to {number(maps[channel].max())}."
        )


@functools.cache
def trained_reader() -> nn.Sequential:
    """A small convolutional network that was trained on digits of 8 by 8 pixels, for a second."""
    generator, split = torch_generator(0), load_digits(images=True)
    layers = {
        "conv1": nn.Conv2d(1, 8, 3, padding=1, generator=generator),
        "relu1": nn.ReLU(),
        "pool1": nn.MaxPool2d(2),
        "conv2": nn.Conv2d(8, 16, 3, padding=1, generator=generator),
        "relu2": nn.ReLU(),
        "flatten": nn.Flatten(),
        "output": nn.Linear(16 * 4 * 4, 10, generator=generator),
    }
    model = nn.Sequential(OrderedDict(layers))
    batches = Minibatches(split.X_train, split.y_train, batch_size=32, generator=generator)
    fit(model, batches, nn.CrossEntropyLoss(), Adam(model.parameters(), lr=1e-2), epochs=8, progress=False)
    return model


@torch.no_grad()
def layer_output(model: nn.Sequential, x: torch.Tensor, layer: str) -> Matrix:
    """What stands after the layer with a name, or ``"0"``, ``"1"`` and so on where layers have none."""
    return np.asarray(feature_extractor(model, layer)(x).double().cpu().numpy())


def spatial_layers(model: nn.Sequential, x: torch.Tensor) -> list[str]:
    """The names of the layers whose output still has rows and columns."""
    return [name for name, _ in model.named_children() if layer_output(model, x, name).ndim == 4]


def tiled(colors: Colors, columns: int) -> Colors:
    """Pictures of shape (n, height, width, 3) side by side, with white lines between them."""
    n, height, width, _ = colors.shape
    rows = -(-n // columns)
    enlarge = max(1, 24 // height)  # so that the line is thin beside the pixels
    big = colors.repeat(enlarge, axis=1).repeat(enlarge, axis=2)
    h, w = enlarge * height + 2, enlarge * width + 2
    sheet = np.full((rows * h, columns * w, 3), 255, np.uint8)
    for k, picture in enumerate(big):
        i, j = divmod(k, columns)
        sheet[i * h + 1 : (i + 1) * h - 1, j * w + 1 : (j + 1) * w - 1] = picture
    return sheet


class ReceptiveField(Demo):
    """How many inputs one unit sees, layer by layer, and how much it listens to each."""

    alt = (
        "Above, layers of units as rows of dots, the input at the bottom; orange are the unit in the top layer and all "
        "units below that it depends on, with lines between them. Below, for each input, how many paths lead from it "
        "to that unit, as bars: nearly equal for one layer, a bell for many."
    )
    size = (9.6, 5.6)
    most: ClassVar = 7

    def __init__(self) -> None:
        super().__init__(
            layers=IntSlider(3, min=1, max=6, description="layers"),
            kernel=IntSlider(3, min=2, max=5, description="kernel size k"),
            spread=Dropdown(options=list(SPREADS), description="stride, dilation"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The layers above, the bars below, over the same inputs."""
        above, below = fig.subplots(2, 1, height_ratios=[2, 1])
        above.set(xlim=(-0.02, 1.02), ylim=(-0.4, 6.4), xticks=[], yticks=range(7), ylabel="layer")
        above.grid(False)
        below.set(xlim=(-0.02, 1.02), ylim=(0, 1.08), xticks=[], yticks=[], xlabel="input")
        below.set_title("paths from each input to that unit", fontsize=12)
        self.paths = above.add_collection(LineCollection([], colors=COLORS["orange"], linewidths=0.7, alpha=0.6))
        (self.others,) = above.plot([], [], "o", color=COLORS["light"], mec=COLORS["grey"], mew=0.6)
        (self.seen,) = above.plot([], [], "o", color=COLORS["orange"])
        self.bars = below.add_collection(LineCollection([], colors=COLORS["orange"]))
        return [self.paths, self.others, self.seen, self.bars]

    def update(self, layers: int, kernel: int, spread: str) -> str:
        """Walk up from the inputs that the unit in the middle of the top layer sees."""
        plan = [SPREADS[spread](kernel, i) for i in range(layers)]
        field = receptive_field(plan)
        levels = path_counts(plan)
        cone, paths = [counts > 0 for counts in levels], levels[0]
        margin = max(4, field // 6)
        inputs = field + 2 * margin
        size = float(np.clip(400 / inputs, 1.5, 9))
        step, offset = 1.0, float(margin)
        points, others, segments = [], [], []
        places: list[NDArray[np.floating]] = [margin + np.arange(field, dtype=float)]
        for level in range(layers + 1):
            if level:
                below, layer = places[-1], plan[level - 1]
                offset += step * layer.dilation * (layer.kernel - 1) / 2
                step *= layer.stride
                here = offset + step * np.arange(len(cone[level]))
                segments += [
                    ((below[layer.stride * i + layer.dilation * u], level - 1), (here[i], level))
                    for i in np.flatnonzero(cone[level])
                    for u in range(layer.kernel)
                ]
                places.append(here)
            first = offset - step * np.floor(offset / step)
            everywhere = np.arange(first, inputs - 0.5, step)
            others.append(np.stack([everywhere, np.full_like(everywhere, level)]))
            seen = places[-1][cone[level]]
            points.append(np.stack([seen, np.full_like(seen, level)]))
        scale = np.array([[1 / (inputs - 1)], [1.0]])
        self.others.set_data(*(np.concatenate(others, axis=1) * scale))
        self.seen.set_data(*(np.concatenate(points, axis=1) * scale))
        self.others.set_markersize(size)
        self.seen.set_markersize(size)
        self.paths.set_segments(np.array(segments) * scale.T)
        x = (margin + np.arange(field)) / (inputs - 1)
        self.bars.set_segments([[(at, 0), (at, height)] for at, height in zip(x, paths / paths.max(), strict=True)])
        self.bars.set_linewidth(min(500 / inputs, 14))
        middle = float(np.sort(paths)[::-1].cumsum().searchsorted(0.9 * paths.sum()) + 1)
        return (
            f"After {layers} layer{'s' if layers > 1 else ''} one unit sees {field} inputs in a row. In a picture the "
            f"kernels have {layers} · {kernel}² = {layers * kernel**2} weights, one kernel of that size {field**2:,}. "
            f"Nine tenths of the {paths.sum():,.0f} paths begin in {middle:.0f} of the {field} inputs."
        )


class Layer(NamedTuple):
    """What of a layer decides how far it sees."""

    kernel: int
    stride: int = 1
    dilation: int = 1


SPREADS: dict[str, Any] = {
    "neither": lambda kernel, i: Layer(kernel),
    "stride 2": lambda kernel, i: Layer(kernel, stride=2),
    "dilation 1, 2, 4, …": lambda kernel, i: Layer(kernel, dilation=2**i),
}
"""What makes layer number i see more, as a function of its kernel size and i."""


def receptive_field(layers: list[Layer]) -> int:
    r"""How many inputs in a row one unit of the last layer sees.

    $r = 1 + \sum_l d_l (k_l - 1) \prod_{m < l} s_m$

    >>> receptive_field([Layer(3), Layer(3)]), receptive_field([Layer(3, stride=2), Layer(3, stride=2)])
    (5, 7)
    """
    field, step = 1, 1
    for layer in layers:
        field += layer.dilation * (layer.kernel - 1) * step
        step *= layer.stride
    return field


def path_counts(layers: list[Layer]) -> list[NDArray[np.float64]]:
    """How many paths lead from each unit to one unit of the last layer: its slopes if all weights were 1.

    There is an array for every level, from the input up, as wide as what that unit sees of it.

    >>> path_counts([Layer(3), Layer(3)])
    [array([1., 2., 3., 2., 1.]), array([1., 1., 1.]), array([1.])]
    """
    levels = [np.ones(1)]
    for layer in reversed(layers):
        above = levels[0]
        last = layer.stride * (len(above) - 1)
        below = np.zeros(last + layer.dilation * (layer.kernel - 1) + 1)
        for u in range(layer.kernel):
            below[layer.dilation * u :][: last + 1 : layer.stride] += above
        levels.insert(0, below)
    return levels
