"""The playground of lecture 06: a network learns two classes in the plane while you watch and meddle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import torch
from ipywidgets import Dropdown, IntSlider, SelectionSlider
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.data import Minibatches, make_blobs, make_moons, make_rings, make_spirals
from course_lib.demos.base import Running
from course_lib.demos.fields import (
    Field,
    Matrix,
    Vector,
    class_markers,
    empty_line,
    empty_segments,
    line_through,
    polyline,
)
from course_lib.models import MLP
from course_lib.optim import SGD
from course_lib.plotting import COLORS, level_lines
from course_lib.probability import sigmoid
from course_lib.training import evaluate, fit


class Playground(Running):
    """A network learns two classes in the plane while you watch: change anything while it runs."""

    alt = (
        "Left, the plane of two inputs, coloured by the probability that a network gives to class 1, orange for low, "
        "blue for high; circles and triangles are the two classes, full for training and hollow for test; a thick line "
        "is the boundary; along the thin lines the units of the first layer bend. Right, the training and the test "
        "loss against the epochs, and below them a small picture of the plane for each hidden unit, a row per layer."
    )
    size = (9.2, 4.6)
    restarts = ("draw",)
    pause_between_frames = 0.01
    grid: ClassVar = np.linspace(-1, 1, 61)
    most_epochs = 10_000

    def __init__(self) -> None:
        rates = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
        super().__init__(
            data=Dropdown(options=list(CLASSES), description="data"),
            noise=SelectionSlider(options=[("little", 0), ("some", 1), ("much", 2)], description="noise"),
            depth=IntSlider(2, min=0, max=MAX_DEPTH, description="depth (hidden layers)"),
            width=IntSlider(6, min=1, max=MAX_WIDTH, description="width (units a layer)"),
            activation=Dropdown(options=list(ACTIVATIONS), description="hidden units"),
            rate=SelectionSlider(options=[(f"{r:g}", r) for r in rates], value=0.03, description="learning rate"),
            draw=IntSlider(1, min=1, max=20, description="draw (data, weights)"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The plane on the left; on the right the losses above the views of the hidden units."""
        panels = fig.subplot_mosaic(
            [["plane", "loss"], ["plane", "units"]], width_ratios=[1, 1], height_ratios=[1, 1.1]
        )
        plane, self.loss, units = panels["plane"], panels["loss"], panels["units"]
        plane.set(aspect="equal", xlim=(-1, 1), ylim=(-1, 1), xticks=(-1, 0, 1), yticks=(-1, 0, 1))
        plane.set(xlabel="$x_1$", ylabel="$x_2$")
        self.field = Field(plane)
        self.bends = empty_segments(plane, linewidths=1.1, colors=COLORS["black"], alpha=0.55)
        self.boundary = empty_line(plane, COLORS["black"], lw=2.8)
        self.points = [class_markers(plane, label, 4.5, hollow) for hollow in (True, False) for label in (0, 1)]
        self.title = plane.set_title("epoch 0")

        self.loss.set(ylim=(0, 1), ylabel="loss")
        self.curves = [
            empty_line(self.loss, COLORS["blue"], label="training", marker="o", ms=6, markevery=[-1]),
            empty_line(self.loss, COLORS["orange"], label="test", ls="--", marker="s", ms=6, markevery=[-1]),
        ]
        self.loss.legend(loc="upper right", ncols=2, borderaxespad=0, handlelength=1.6)
        self.loss.set_xlim(0, 100)
        self.loss.xaxis.set_major_formatter("{x:,.0f}")  # the default sets numbers as formulas, which takes a while

        units.set(xlim=(0, MAX_WIDTH), ylim=(MAX_DEPTH, 0), xticks=[], yticks=[])
        units.grid(False)
        units.spines[:].set_visible(False)
        self.views = Field(units, bands=11)
        self.frames = empty_segments(units, linewidths=1, colors=COLORS["grey"])
        self.names = [units.text(-0.1, i + 0.5, f"layer {i + 1}", ha="right", va="center") for i in range(MAX_DEPTH)]
        self.names.append(units.text(0, 0.5, "no hidden layer: logistic regression", va="center"))
        self.named = -1
        return [
            self.field,
            self.bends,
            *self.points,
            self.boundary,
            self.title,
            *self.curves,
            self.views,
            self.frames,
        ]

    def begin(self, **values: Any) -> None:
        """New data, new weights, an empty history."""
        self.generator = torch_generator(values["draw"])
        self.epoch = 0
        self.history: list[tuple[int, float, float]] = []
        self.comparable = 0  # since this place in the history neither data nor network have changed
        self.overflowed = False
        self._use(MLP(self._sizes(), ACTIVATIONS[values["activation"]], generator=self.generator))
        self._take_data()
        self._evaluate()
        self._note()

    def follow(self, name: str) -> None:
        """Other data keep the network; another network keeps the weights that fit into it."""
        super().follow(name)
        if not self._begun or name == "rate":
            return
        if name in ("data", "noise"):
            self._take_data()
        else:
            self._use(adapted_network(self.net, self._sizes(), ACTIVATIONS[self.values["activation"]], self.generator))
        self._evaluate()
        self.comparable = len(self.history)
        self._note()

    def _sizes(self) -> tuple[int, ...]:
        return (2, *[self.values["width"]] * self.values["depth"], 1)

    def _use(self, net: MLP) -> None:
        self.net = net
        self.optimizer = SGD(net.parameters(), lr=self.values["rate"], momentum=MOMENTUM)

    def _take_data(self) -> None:
        data, noise, draw = (self.values[name] for name in ("data", "noise", "draw"))
        self.train, self.test = (two_classes(data, noise, np.random.default_rng([draw, part])) for part in (0, 1))
        self.batches = Minibatches(*self.train, batch_size=BATCH, generator=self.generator)

    def _evaluate(self) -> None:
        self.training, self.testing = (
            evaluate(self.net, [part], LOSS, {"right": share_right}) for part in (self.train, self.test)
        )

    def _note(self) -> None:
        """Write the present losses down."""
        self.history.append((self.epoch, self.training["loss"], self.testing["loss"]))

    def advance(self, rate: float, **_: Any) -> bool:
        """A few passes over the training points in minibatches, until the weights overflow."""
        self.optimizer.param_groups[0]["lr"] = rate
        try:
            fit(self.net, self.batches, LOSS, self.optimizer, epochs=EPOCHS_A_FRAME, progress=False)
        except FloatingPointError:
            self.overflowed = True
            return False
        self.epoch += EPOCHS_A_FRAME
        self._evaluate()
        self._note()
        return self.epoch < self.most_epochs

    def update(self, rate: float, **_: Any) -> str:
        """Ask the network about the whole plane, and each hidden unit too."""
        logits, units = views_of_units(self.net, PLANE_POINTS)
        n = len(self.grid)
        self.field.set_values(sigmoid(logits).reshape(n, n))
        self.boundary.set_data(*polyline(level_lines(self.grid, self.grid, logits.reshape(n, n), 0.0)))
        bends = [line_through(w, c, -1, 1).T for w, c in first_bends(self.net)]
        self.bends.set_segments(bends)
        for artist, (X, y), label in zip(self.points, [self.test] * 2 + [self.train] * 2, (0, 1, 0, 1), strict=True):
            artist.set_data(*X[y[:, 0] == label].T.numpy())
        self.views.set_values(tiles(units))
        self.views.set_visible(bool(units))
        self.frames.set_segments(
            [TILE_FRAME + np.array([j, i]) for i, layer in enumerate(units) for j in range(len(layer))]
        )
        if self.named != len(units):
            self._name_layers(len(units))
        self.title.set_text(f"epoch {self.epoch:,},  rate {rate:g}")
        self._draw_losses()
        return self._describe()

    def _name_layers(self, depth: int) -> None:
        for i, name in enumerate(self.names):
            name.set_visible(i < depth or (i == MAX_DEPTH and depth == 0))
        self.named = depth
        self.stale()

    def _draw_losses(self) -> None:
        """At most a few hundred points of the curves; the axis doubles when they reach its end."""
        epochs, *losses = np.array(self.history[:: len(self.history) // 400 + 1]).T
        end = 100 * 2 ** max(0, int(np.ceil(np.log2(max(self.epoch, 1) / 100))))
        if self.loss.get_xlim()[1] != end:
            self.loss.set_xlim(0, end)
            self.stale()
        for curve, loss in zip(self.curves, losses, strict=True):
            curve.set_data(epochs, np.minimum(loss, 1.0))

    def _describe(self) -> str:
        if self.overflowed:
            return f"Epoch {self.epoch:,}: the weights have overflowed. Lower the learning rate and start over."
        training, test = self.training["loss"], self.testing["loss"]
        words = (
            f"Epoch {self.epoch:,}: training loss {training:.3f}, {self.training['right']:.0%} of {POINTS} points "
            f"right; test loss {test:.3f}, {self.testing['right']:.0%} right. {count_parameters(self.net)} parameters."
        )
        best, _, lowest = min(self.history[self.comparable :], key=lambda entry: entry[2], default=(0, training, test))
        if test > 1.3 * lowest and training < 0.7 * test:
            words += f" The test loss was lowest, {lowest:.3f}, at epoch {best:,}: since then it learns the noise."
        return words


MAX_DEPTH, MAX_WIDTH = 4, 8
POINTS = 200
"""Training points, and as many test points."""
BATCH, MOMENTUM, EPOCHS_A_FRAME = 25, 0.9, 2
LOSS = nn.BCEWithLogitsLoss()

PLANE_POINTS = torch.tensor(
    np.stack(np.meshgrid(Playground.grid, Playground.grid), axis=-1).reshape(-1, 2), dtype=torch.float32
)
"""The grid on which the playground asks its network, row by row."""

TILE_FRAME = np.array([[0.06, 0.06], [0.94, 0.06], [0.94, 0.94], [0.06, 0.94], [0.06, 0.06]])

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "ReLU": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "leaky ReLU": nn.LeakyReLU,
    "absolute value": nn.AbsoluteValue,
    "cosine": nn.Cosine,
    "none (linear)": nn.Identity,
}
"""The hidden units that the playground offers."""

CLASSES: dict[str, Callable[[int, np.random.Generator], tuple[Matrix, NDArray[np.int64]]]] = {
    "rings": lambda noise, rng: make_rings(POINTS, noise=(0.1, 0.25, 0.4)[noise], rng=rng),
    "moons": lambda noise, rng: make_moons(POINTS, noise=(0.08, 0.18, 0.3)[noise], rng=rng),
    "four corners": lambda noise, rng: four_corners(POINTS, noise=(0.15, 0.3, 0.45)[noise], rng=rng),
    "spirals": lambda noise, rng: make_spirals(POINTS, turns=1.25, noise=(0.02, 0.05, 0.08)[noise], rng=rng),
    "blobs": lambda noise, rng: make_blobs(POINTS, noise=(0.8, 1.5, 2.2)[noise], rng=rng),
}
"""The data sets of the playground, by noise 0, 1 or 2."""

WINDOWS = {
    "rings": (0, 0, 2.7),
    "moons": (0.5, 0.25, 1.9),
    "four corners": (0, 0, 2),
    "spirals": (0, 0, 1.15),
    "blobs": (0, 0, 7),
}
"""Centre and half width of the square that is shown as −1 to 1."""


def two_classes(name: str, noise: int, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """A data set of the playground, moved into the square from −1 to 1: X, shape (n, 2), and y, shape (n, 1)."""
    X, y = CLASSES[name](noise, rng)
    *centre, half = WINDOWS[name]
    return torch.tensor((X - centre) / half, dtype=torch.float32), torch.tensor(y[:, None], dtype=torch.float32)


def four_corners(n_samples: int, *, noise: float, rng: np.random.Generator) -> tuple[Matrix, NDArray[np.int64]]:
    """XOR with a cloud for each point: class 1 where the signs of the coordinates differ."""
    corners = np.array([[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]])
    X, corner = make_blobs(n_samples, centers=corners, noise=noise, rng=rng)
    return X, corner // 2


def adapted_network(old: MLP, sizes: tuple[int, ...], activation: type[nn.Module], generator: torch.Generator) -> MLP:
    """A network of these sizes that keeps what the old one has learned, as far as it fits.

    Units in the common part keep their weights. Old units ignore new ones in the layer before, and a new layer begins
    as the identity: so a wider network computes what it did before, and a deeper one of rectifiers too.
    """
    new = MLP(sizes, activation, generator=generator)
    *hidden, last = affine_layers(old)
    *new_hidden, new_last = affine_layers(new)
    for layer in new_hidden[len(hidden) :] if hidden else ():
        layer.load_state_dict({"weight": torch.eye(*layer.weight.shape), "bias": torch.zeros(layer.out_features)})
    with torch.no_grad():
        for before, after in [*zip(hidden, new_hidden, strict=False), (last, new_last)]:
            rows = min(before.out_features, after.out_features)
            columns = min(before.in_features, after.in_features)
            after.weight[:rows] = 0
            after.weight[:rows, :columns] = before.weight[:rows, :columns]
            bias_of(after)[:rows] = bias_of(before)[:rows]
    return new


def share_right(logits: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The share of points on the right side of the boundary."""
    return ((logits > 0) == (y > 0.5)).float().mean()


def bias_of(layer: nn.Linear) -> torch.Tensor:
    """The bias of an affine layer that has one."""
    assert layer.bias is not None
    return layer.bias


def affine_layers(net: MLP) -> list[nn.Linear]:
    """The affine layers of a network, the output last."""
    return [layer for layer in net.layers if isinstance(layer, nn.Linear)]


@torch.no_grad()
def views_of_units(net: MLP, X: torch.Tensor) -> tuple[Vector, list[Matrix]]:
    """The output of a network at many points, shape (points,), and every hidden layer there, shape (units, points)."""
    views, h = [], X
    *hidden, last = affine_layers(net)
    for layer, g in zip(hidden, net.activations, strict=True):
        h = g(layer(h))
        views.append(h.T.numpy())
    return last(h)[:, 0].numpy(), views


def first_bends(net: MLP) -> list[tuple[Vector, float]]:
    """Weights and bias of every unit of the first hidden layer: it bends where w·x + b = 0."""
    first, *more = affine_layers(net)
    return list(zip(first.weight.detach().numpy(), bias_of(first).tolist(), strict=True)) if more else []


def tiles(layers: list[Matrix]) -> Matrix:
    """A sheet of small pictures, a row from the top for each layer; each unit is scaled so that 1/2 stands for 0."""
    n = len(Playground.grid)
    side = len(range(0, n, 2)) + 2 * TILE_MARGIN
    sheet = np.full((MAX_DEPTH * side, MAX_WIDTH * side), 0.5, np.float32)
    for i, layer in enumerate(layers):
        largest = np.maximum(np.abs(layer).max(axis=1, keepdims=True), 1e-9)
        for j, view in enumerate((0.5 + layer / largest / 2).reshape(-1, n, n)):
            bottom, left = (MAX_DEPTH - 1 - i) * side + TILE_MARGIN, j * side + TILE_MARGIN
            sheet[bottom : bottom + side - 2 * TILE_MARGIN, left : left + side - 2 * TILE_MARGIN] = view[::2, ::2]
    return sheet


TILE_MARGIN = 2
"""Points left white around each small picture."""


def count_parameters(net: nn.Module) -> int:
    """How many numbers a network learns."""
    return sum(p.numel() for p in net.parameters())
