"""The demos of lecture 06, feedforward networks."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import comb
from typing import ClassVar, NamedTuple

import numpy as np
import torch
from ipywidgets import Dropdown, FloatSlider, IntSlider, SelectionSlider
from matplotlib.artist import Artist
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MultipleLocator

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.demos.base import Demo, number
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
from course_lib.demos.playground import Playground, affine_layers, bias_of, count_parameters
from course_lib.linear_algebra import lstsq
from course_lib.models import MLP, linear_regions
from course_lib.optim import SGD
from course_lib.plotting import COLORS, level_lines
from course_lib.probability import sigmoid
from course_lib.training import fit

__all__ = ["ActivationExplorer", "BumpsToFunction", "FoldingRegions", "Playground", "XORHiddenSpace"]

Scalar = Callable[[Vector], Vector]
"""A function of one number, applied to every entry."""

HALO = [withStroke(linewidth=3, foreground="white")]


class XORHiddenSpace(Demo):
    """Two hidden units on the four points of XOR: where they move them, and the best a linear output makes of that."""

    alt = (
        "Left, the four points of XOR in the plane of the inputs, circles for 0 and triangles for 1, over the output "
        "of the network; dashed lines show where the hidden units bend. Right, the same points and the grid of the "
        "input plane where the two hidden units put them. A black line is where the output is one half."
    )
    size = (8.6, 4.6)
    grid: ClassVar = np.linspace(-0.5, 1.5, 61)

    def __init__(self) -> None:
        super().__init__(
            w11=_weight("unit 1: weight of x₁", 1.0),
            w12=_weight("unit 2: weight of x₁", 1.0),
            w21=_weight("unit 1: weight of x₂", 1.0),
            w22=_weight("unit 2: weight of x₂", 1.0),
            c1=_weight("unit 1: bias", 0.0),
            c2=_weight("unit 2: bias", -1.0),
            unit=Dropdown(options=list(HIDDEN), description="hidden units"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Two planes: of the inputs and of the hidden units."""
        self.inputs, self.hidden = fig.subplots(1, 2)
        self.inputs.set(xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), aspect="equal", xticks=(0, 1), yticks=(0, 1))
        self.inputs.set(xlabel="$x_1$", ylabel="$x_2$", title="input space")
        self.hidden.set(box_aspect=1, xlabel="$h_1$", ylabel="$h_2$", title="hidden space")
        self.hidden.yaxis.set_label_coords(-0.11, 0.5)  # where it stays when the numbers grow a minus sign
        for axis in (self.hidden.xaxis, self.hidden.yaxis):
            axis.set_major_locator(MultipleLocator(1))
        self.fields = [Field(ax) for ax in (self.inputs, self.hidden)]
        self.mesh = empty_segments(self.hidden, colors=COLORS["grey"], linewidths=0.8, alpha=0.7)
        self.folds = [empty_line(self.inputs, COLORS["grey"], ls=(0, (5, 4)), lw=1.6) for _ in range(2)]
        self.halves = [empty_line(ax, COLORS["black"], lw=2.5) for ax in (self.inputs, self.hidden)]
        self.points, self.words = [], []
        for ax in (self.inputs, self.hidden):
            for target in XOR_Y:
                self.points.append(class_markers(ax, int(target), 12))
                text = ax.annotate("", (0, 0), (11, 9), textcoords="offset points", path_effects=HALO, zorder=6)
                self.words.append(text)
        return [*self.fields, self.mesh, *self.folds, *self.halves, *self.points, *self.words]

    def update(self, unit: str, c1: float, c2: float, **weights: float) -> str:
        """Move the points through the hidden layer; fit the output to where they land."""
        W = np.array([[weights["w11"], weights["w12"]], [weights["w21"], weights["w22"]]])
        c, g = np.array([c1, c2]), HIDDEN[unit]
        H = g(XOR_X @ W + c)
        w, b = best_linear_output(H, XOR_Y)
        self._frame_hidden(H)

        plane = np.stack(np.meshgrid(self.grid, self.grid), axis=-1)
        output = g(plane @ W + c) @ w + b
        self.fields[0].set_values(output)
        for fold, weight, bias in zip(self.folds, W.T, c, strict=True):
            fold.set_data(*line_through(weight, bias, -0.5, 1.5))
        low, high = self.hidden.get_xlim()
        corners = np.stack(np.meshgrid([low, high], [low, high]), axis=-1)
        self.fields[1].set_values(corners @ w + b)
        self.halves[1].set_data(*line_through(w, b - 0.5, low, high))
        self.halves[0].set_data(*polyline(level_lines(self.grid, self.grid, output, 0.5)))
        self.mesh.set_segments(list(g(MESH @ W + c)))

        found = H @ w + b
        for i, place in enumerate([*XOR_X, *H]):
            self.points[i].set_data(*place[:, None])
            self.words[i].xy = place
            self.words[i].set_text(number(found[i]) if i < 4 else names_at(H, i - 4))
            if i >= 4:  # in the right half the words stand to the left
                right = place[0] > (low + high) / 2
                self.words[i].set(ha="right" if right else "left", x=-11 if right else 11)
        return describe_xor(found)

    def _frame_hidden(self, H: Matrix) -> None:
        """Axes just wide enough for the points, in a few fixed sizes, so that they seldom jump."""
        low = 0.5 if H.min() >= 0 else next(size for size in (1.5, 3.0, 5.0) if -H.min() <= size - 0.5)
        high = next(size for size in (1.5, 2.5, 5.0) if H.max() <= size - 0.4)
        if self.hidden.get_xlim() != (-low, high):
            self.hidden.set(xlim=(-low, high), ylim=(-low, high))
            self.stale()


XOR_X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR_Y = np.array([0.0, 1.0, 1.0, 0.0])

HIDDEN: dict[str, Scalar] = {
    "ReLU": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "absolute value": np.abs,
    "none (linear)": lambda z: z,
}
"""The hidden units that the XOR demo offers."""

_TICKS = np.linspace(-0.5, 1.5, 41)
MESH = np.stack(
    [
        *(np.column_stack([np.full(41, k), _TICKS]) for k in np.arange(-0.5, 1.6, 0.25)),
        *(np.column_stack([_TICKS, np.full(41, k)]) for k in np.arange(-0.5, 1.6, 0.25)),
    ]
)
"""The lines of a grid on the input plane, shape (lines, points, coordinates)."""


def _weight(label: str, value: float) -> FloatSlider:
    return FloatSlider(value, min=-1.5, max=1.5, step=0.5, description=label)


def best_linear_output(H: Matrix, y: Vector) -> tuple[Vector, float]:
    """Weights and bias of the linear unit on the features H, shape (n, k), with the least squared error.

    >>> w, b = best_linear_output(XOR_X, XOR_Y)
    >>> w.round(9) + 0.0, round(b, 9)
    (array([0., 0.]), 0.5)
    """
    coefficients = lstsq(np.column_stack([H, np.ones(len(H))]), y)[0]
    return coefficients[:-1], float(coefficients[-1])


def names_at(H: Matrix, i: int) -> str:
    """The inputs that land where input i lands, named once, at the first of them."""
    same = [j for j in range(4) if np.allclose(H[i], H[j])]
    return ", ".join(f"({x:.0f}, {y:.0f})" for x, y in XOR_X[same]) if same[0] == i else ""


def describe_xor(found: Vector) -> str:
    """What the best linear output makes of the four points, in words.

    >>> print(describe_xor(XOR_Y))
    The best linear output says 0.00, 1.00, 1.00, 0.00; its mean squared error is 0.000. XOR is solved exactly.
    """
    outputs = ", ".join(number(y) for y in found)
    error = float(np.mean((found - XOR_Y) ** 2))
    verdict = (
        "XOR is solved exactly."
        if error < 1e-12
        else "Rounded, it is XOR."
        if np.all((found > 0.5) == (XOR_Y > 0.5)) and np.abs(found - 0.5).min() > 1e-9
        else "It has learned nothing: one half everywhere."
        if error > 0.25 - 1e-9
        else "No line separates circles from triangles here."
    )
    return f"The best linear output says {outputs}; its mean squared error is {number(error, 3)}. {verdict}"


class ActivationExplorer(Demo):
    """Every hidden unit of the lecture: its value, its derivative, and where it is saturated."""

    alt = (
        "The activation function of a hidden unit as a thick line and its derivative dashed, for inputs from −4 to 4. "
        "Where the derivative is nearly zero the background is shaded: there the unit does not learn. A dot marks one "
        "input, with the tangent through it. For maxout the straight pieces are drawn as thin lines."
    )
    size = (8.4, 4.6)
    z: ClassVar = np.linspace(-4, 4, 801)

    def __init__(self) -> None:
        super().__init__(
            unit=Dropdown(
                options=[*FAMILY.values(), *(u for u in UNITS if u not in FAMILY.values())], description="unit"
            ),
            input=FloatSlider(1.0, min=-4, max=4, step=0.1, description="input z"),
            slope=SelectionSlider(
                options=[(f"{a:g}".replace("-", "−"), a) for a in (-1.0, -0.5, 0.0, 0.01, 0.1, 0.25, 0.5, 1.0)],
                value=0.0,
                description="slope α (rectifiers)",
            ),
            pieces=IntSlider(3, min=1, max=8, description="pieces (maxout)"),
        )

    def follow(self, name: str) -> None:
        """Rectifiers are one family: choosing one moves α, and moving α names the one it reaches."""
        unit, slope = self.values["unit"], self.values["slope"]
        if unit in FAMILY.values():
            if name == "unit":
                self.controls["slope"].value = next(a for a, named in FAMILY.items() if named == unit)
            elif name == "slope":
                self.controls["unit"].value = FAMILY.get(slope, "PReLU")

    def setup(self, fig: Figure) -> list[Artist]:
        """One plane for value and derivative, with a key."""
        ax = fig.add_subplot(xlim=(-4, 4), ylim=(-2.2, 4.2), xlabel="z", aspect="equal")
        ax.axhline(0, color=COLORS["grey"], lw=1, zorder=1)
        ax.axvline(0, color=COLORS["grey"], lw=1, zorder=1)
        self.shade = ax.fill_between(
            self.z, -2.2, 4.2, fc=COLORS["light"], alpha=0.7, lw=0, label="saturated, |g′| < 0.05"
        )
        self.pieces = empty_segments(ax, linewidths=1.0, colors=COLORS["grey"])
        (self.parabola,) = ax.plot(self.z, self.z**2 / 2, color=COLORS["green"], ls=":", lw=2)
        (self.value,) = ax.plot([], [], color=COLORS["blue"], lw=3, label="value g(z)")
        (self.derivative,) = ax.plot([], [], color=COLORS["orange"], ls="--", label="derivative g′(z)")
        (self.tangent,) = ax.plot([], [], color=COLORS["black"], lw=1.2, label="tangent")
        (self.dot,) = ax.plot([], [], "o", ms=10, color=COLORS["black"], zorder=5, clip_on=False)
        ax.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))
        self.title = ax.set_title("unit")
        return [self.shade, self.pieces, self.parabola, self.derivative, self.value, self.tangent, self.dot, self.title]

    def update(self, unit: str, input: float, slope: float, pieces: int) -> str:
        """Draw the unit; its derivative comes from automatic differentiation."""
        layer = UNITS[unit](slope, pieces)
        value, derivative = value_and_derivative(layer, self.z)
        self.value.set_data(self.z, value)
        self.derivative.set_data(self.z, broken_at_jumps(derivative))
        saturated = np.abs(derivative) < SATURATED
        self.shade.set_data(self.z, np.where(saturated, -2.2, np.nan), np.where(saturated, 4.2, np.nan))
        tangents = parabola_tangents(pieces) if unit == "maxout" else np.empty((0, 2))
        self.parabola.set_visible(unit == "maxout")
        self.pieces.set_segments([np.column_stack([self.z[[0, -1]], a * self.z[[0, -1]] + c]) for a, c in tangents])

        (g,), (dg,) = value_and_derivative(layer, np.array([input]))
        self.dot.set_data([input], [g])
        reach = np.array([-1.0, 1.0]) / np.hypot(1, dg)
        self.tangent.set_data(input + reach, g + dg * reach)
        self.title.set_text(f"{unit}:  {FORMULAS[unit]}")
        state = "Saturated: it passes almost no gradient back." if abs(dg) < SATURATED else "It passes gradient back."
        return (
            f"At z = {number(input, 1)} the value is {number(g)} and the derivative {number(dg)}. {state} "
            f"{saturated.mean():.0%} of the range shown is saturated. {REMARKS.get(unit, '')}".strip()
        )


SATURATED = 0.05
"""A unit counts as saturated where its derivative is smaller than this."""

FAMILY = {0.0: "ReLU", 0.01: "leaky ReLU", 0.25: "PReLU", -1.0: "absolute value"}
"""Rectifiers max(0, z) + α min(0, z) by their slope α; PReLU learns its own, from 0.25 on."""

UNITS: dict[str, Callable[[float, int], nn.Module]] = {
    "ReLU": lambda slope, pieces: nn.ReLU(),
    "leaky ReLU": lambda slope, pieces: nn.LeakyReLU(slope),
    "PReLU": lambda slope, pieces: nn.PReLU(init=slope, dtype=torch.float64),
    "absolute value": lambda slope, pieces: nn.AbsoluteValue(),
    "sigmoid": lambda slope, pieces: nn.Sigmoid(),
    "tanh": lambda slope, pieces: nn.Tanh(),
    "hard tanh": lambda slope, pieces: nn.Hardtanh(),
    "softplus": lambda slope, pieces: nn.Softplus(),
    "radial basis": lambda slope, pieces: template_at_zero(),
    "cosine": lambda slope, pieces: nn.Cosine(),
    "maxout": lambda slope, pieces: parabola_maxout(pieces),
}
"""A layer for each unit, made from the values of the two sliders."""

FORMULAS = {
    "ReLU": "max(0, z)",
    "leaky ReLU": "max(0, z) + 0.01 min(0, z)",
    "PReLU": "max(0, z) + α min(0, z), α learned",
    "absolute value": "|z|",
    "sigmoid": r"$\sigma(z) = 1/(1 + e^{-z})$",
    "tanh": r"$\tanh z = 2\sigma(2z) - 1$",
    "hard tanh": "max(−1, min(1, z))",
    "softplus": r"$\zeta(z) = \log(1 + e^z)$",
    "radial basis": r"$\exp(-z^2)$",
    "cosine": "cos z",
    "maxout": "largest of several lines",
}

REMARKS = {
    "ReLU": "Left of 0 it is silent, right of 0 it is the identity.",
    "absolute value": "Two inputs share every output: the line is folded at 0.",
    "maxout": "These lines touch z²/2, dotted; learned ones may imitate any convex function.",
    "radial basis": "It answers only near its template.",
    "cosine": "It never saturates for good: slopes come and go.",
}


def value_and_derivative(layer: nn.Module, z: Vector) -> tuple[Vector, Vector]:
    """A unit of one input at many inputs, shape (n,), and its derivative there.

    >>> value_and_derivative(nn.AbsoluteValue(), np.array([-2.0, 3.0]))
    (array([2., 3.]), array([-1.,  1.]))
    """
    x = torch.tensor(z[:, None], requires_grad=True)
    y = layer(x)
    (gradient,) = torch.autograd.grad(y.sum(), x)
    return y.detach().numpy()[:, 0], gradient.numpy()[:, 0]


def broken_at_jumps(values: Vector) -> Vector:
    """The same with a gap wherever neighbours differ by more than 0.1, so that a jump is not drawn as a slope."""
    return np.where(np.abs(np.diff(values, append=values[-1])) > 0.1, np.nan, values)


def parabola_tangents(pieces: int) -> Matrix:
    """Tangents of z²/2 that touch it at evenly spread places, as rows (slope, intercept).

    >>> parabola_tangents(3)
    array([[-2.,  -2.],
           [ 0.,  -0.],
           [ 2.,  -2.]])
    """
    touches = np.linspace(-3, 3, 2 * pieces + 1)[1::2]
    return np.column_stack([touches, -(touches**2) / 2])


def parabola_maxout(pieces: int) -> nn.Maxout:
    """A maxout unit whose pieces are the tangents of z²/2."""
    unit = nn.Maxout(1, 1, pieces, dtype=torch.float64)
    slopes, intercepts = torch.from_numpy(parabola_tangents(pieces)).T
    unit.load_state_dict({"weight": slopes.reshape(1, pieces, 1), "bias": intercepts.reshape(1, pieces)})
    return unit


def template_at_zero() -> nn.RBF:
    """A radial basis unit of width 1 that waits for z = 0."""
    unit = nn.RBF(1, 1, dtype=torch.float64)
    nn.init.zeros_(unit.weight)
    return unit


class BumpsToFunction(Demo):
    """One hidden layer that imitates a function: its weights written down, not learned."""

    alt = (
        "Left, a function on the interval from 0 to 1, dashed, and the output of a network with one hidden layer, "
        "whose bumps are shaded one by one. Right, the largest error against the number of hidden units on logarithmic "
        "axes: a falling line for a continuous function, a level one for a function that jumps."
    )
    size = (9.6, 4.4)
    sizes: ClassVar = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)
    x: ClassVar = np.linspace(0, 1, 1025)

    def __init__(self) -> None:
        super().__init__(
            target=Dropdown(options=list(TARGETS), description="function"),
            unit=Dropdown(options=["sigmoid", "step", "ReLU"], description="hidden units are"),
            units=SelectionSlider(options=self.sizes, value=8, description="width (hidden units)"),
            sharpness=SelectionSlider(options=(20, 50, 100, 300, 1000), value=300, description="weight into a sigmoid"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The function and its imitation, and beside them the error at every width."""
        left, right = fig.subplots(1, 2, width_ratios=[1.25, 1])
        left.set(xlim=(0, 1), ylim=(-1.35, 1.35), xlabel="x")
        self.bumps = left.add_collection(
            PolyCollection([], facecolors=[(COLORS["sky"], 0.55), (COLORS["amber"], 0.45)])
        )
        (self.target,) = left.plot([], [], color=COLORS["black"], ls="--", lw=1.6, label="function")
        (self.output,) = left.plot([], [], color=COLORS["blue"], label="network")
        left.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
        right.set(
            xscale="log", yscale="log", xlim=(1.8, 142), ylim=(1e-4, 3), xlabel="hidden units", ylabel="largest error"
        )
        right.set_xticks([2, 4, 8, 16, 32, 64, 128], ["2", "4", "8", "16", "32", "64", "128"])
        right.minorticks_off()
        (self.errors,) = right.plot([], [], "o-", ms=5, color=COLORS["blue"])
        (self.here,) = right.plot([], [], "o", ms=11, mfc="none", mec=COLORS["orange"], mew=2.5)
        return [self.bumps, self.target, self.output, self.errors, self.here]

    def update(self, target: str, unit: str, units: int, sharpness: float) -> str:
        """Write the network down for this width, and for all others to compare."""
        f = TARGETS[target]
        networks = {n: bump_network(f, n, unit, sharpness) for n in self.sizes}
        errors = [np.abs(network(self.x) - f(self.x)).max() for network in networks.values()]
        network = networks[units]
        self.target.set_data(self.x, broken_at_jumps(f(self.x)))
        self.output.set_data(self.x, network(self.x))
        fine = self.x[::2]
        self.bumps.set_verts(
            [np.column_stack([np.r_[0, fine, 1], np.r_[0, bump, 0]]) for bump in network.bumps(fine)], closed=False
        )
        self.errors.set_data(self.sizes, np.maximum(errors, 1e-4))
        error = errors[self.sizes.index(units)]
        self.here.set_data([units], [max(error, 1e-4)])
        reason = JUMP if target == "jump" else REASONS[unit]
        return f"{units} hidden units, {3 * units + 1} parameters: the largest error is {error:.3f}. {reason}"


TARGETS: dict[str, Scalar] = {
    "wave": lambda x: np.sin(2 * np.pi * x),
    "chirp": lambda x: np.sin(2 * np.pi * (0.6 * x + 2.4 * x**2)),
    "corner": lambda x: 3 * np.abs(x - 0.4) - 0.9,
    "jump": lambda x: np.where(x < 0.37, -0.8, 0.8),
}
"""Functions on [0, 1] to be imitated."""

REASONS = {
    "step": "Two steps make a bump. Bumps half as wide make about half the error.",
    "sigmoid": "A sigmoid with a large weight is a step with round shoulders; bumps narrower than these blur.",
    "ReLU": "Three bends make a tent. On a smooth function, tents half as wide make a quarter of the error.",
}
JUMP = "At the jump the error stays: the promise of the theorem is for continuous functions."


class BumpNetwork(NamedTuple):
    r"""A network with one input and one hidden layer, $f(x) = \sum_i v_i\, g(k (x - t_i)) + b$."""

    places: Vector
    """Where each hidden unit switches on, $t_i$."""
    weights: Vector
    """What it adds to the output, $v_i$."""
    bias: float
    unit: Scalar
    r"""The hidden unit with the weight into it, $z \mapsto g(kz)$."""
    tents: Matrix
    """How the hidden units combine to bumps, shape (bumps, units)."""

    def __call__(self, x: Vector) -> Vector:
        """The output at every x."""
        return self.unit(x[:, None] - self.places) @ self.weights + self.bias

    def bumps(self, x: Vector) -> Matrix:
        """The bumps whose sum the output is, shape (bumps, points); the bias belongs to the first."""
        bumps = self.tents @ self.unit(x[:, None] - self.places).T
        bumps[0] += self.bias
        return bumps


def bump_network(f: Scalar, units: int, unit: str, sharpness: float) -> BumpNetwork:
    """Write down a network with one hidden layer that imitates f on [0, 1].

    Steps and sigmoids make a staircase: a step up at the beginning of each tread and a step down at its end; neighbours
    share them. ReLUs make the broken line through f at evenly spaced places.

    >>> network = bump_network(np.sin, 4, "step", 1.0)
    >>> [float(y) for y in network(np.array([0.5])) - np.sin(0.5)]
    [0.0]
    """
    if unit == "ReLU":
        nodes = np.linspace(0, 1, units + 1)
        slopes = np.diff(f(nodes)) * units
        return BumpNetwork(nodes[:-1], np.diff(slopes, prepend=0), float(f(nodes[0])), HIDDEN["ReLU"], hats(f(nodes)))
    edges = np.linspace(0, 1, units)
    heights = f((edges[1:] + edges[:-1]) / 2)
    edges[[0, -1]] = -0.1, 1.1  # the outermost steps lie outside, so that none is cut in half
    steps: Scalar = (lambda z: (z >= 0) * 1.0) if unit == "step" else (lambda z: sigmoid(sharpness * z))
    treads = heights[:, None] * (np.eye(units - 1, units) - np.eye(units - 1, units, 1))
    return BumpNetwork(edges, treads.sum(axis=0), 0.0, steps, treads)


def hats(values: Vector) -> Matrix:
    """Tents with these heights at evenly spaced places from 0 to 1, out of ReLUs at all the places but the last.

    Shape (places, places − 1). The first is half a tent: it begins at its height, with the bias, and only falls.
    """
    n = len(values) - 1
    bends = np.eye(n + 1, n, -1) - 2 * np.eye(n + 1, n) + np.eye(n + 1, n, 1)
    bends[0, 0] = -1
    return n * values[:, None] * bends


class FoldingRegions(Demo):
    """The pieces into which a network of rectifiers cuts its inputs, counted, against what depth could make of them."""

    alt = (
        "Left, the output of a network of rectifiers: over a line of inputs a broken line with a dot at every bend; "
        "over a plane of inputs bands of colour, and the lines along which it bends. Right, on a logarithmic scale "
        "against the depth, the number of its pieces, the most that its size allows, and the most that a single layer "
        "of as many units could make."
    )
    size = (9.2, 4.4)
    depths = range(1, 5)

    def __init__(self) -> None:
        super().__init__(
            network=Dropdown(options=list(NETWORKS), description="network"),
            depth=IntSlider(2, min=min(self.depths), max=max(self.depths), description="depth (hidden layers)"),
            width=IntSlider(3, min=2, max=5, description="width (units a layer)"),
            draw=IntSlider(1, min=1, max=20, description="draw (random weights)"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """A plane for the output and one for the counts."""
        left, right = fig.subplots(1, 2, subplot_kw={"box_aspect": 1})
        left.set(xlim=(0, 1), ylim=(0, 1), xlabel="input $x$ (or $x_1$)", xticks=(0, 0.5, 1))
        left.set(yticks=(0, 0.5, 1), ylabel="output (or input $x_2$)")
        self.field = Field(left)
        self.cells = left.add_collection(PolyCollection([], facecolors="none", edgecolors=COLORS["black"]))
        self.output = empty_line(left, COLORS["blue"])
        self.bends = empty_line(left, COLORS["orange"], ls="", marker="o", ms=5, zorder=4, clip_on=False)
        self.title = left.set_title("pieces")

        right.set(yscale="log", xlim=(0.8, 4.2), ylim=(1, 1e5), xticks=self.depths, xlabel="depth (hidden layers)")
        right.set_title("number of pieces")
        right.minorticks_off()
        self.most = empty_line(right, COLORS["grey"], ls=":", label="most for this depth and width")
        self.counts = empty_line(right, COLORS["blue"], marker="o", label="this network")
        self.shallow = empty_line(
            right, COLORS["orange"], ls="--", marker="s", ms=5, label="most for one layer,\nas many units"
        )
        self.here = empty_line(right, COLORS["black"], ls="", marker="o", ms=13, mfc="none", mew=2)
        right.legend(loc="upper left", borderaxespad=0, handlelength=1.6)
        return [
            self.field,
            self.cells,
            self.output,
            self.bends,
            self.title,
            self.most,
            self.shallow,
            self.counts,
            self.here,
        ]

    def update(self, network: str, depth: int, width: int, draw: int) -> str:
        """Count the pieces for every depth; draw those of this one."""
        inputs, make = NETWORKS[network]
        regions = {d: counted_regions(network, d, width, draw) for d in self.depths}
        counts = {d: len(found) for d, found in regions.items()}
        net = make(inputs, width, depth, draw)
        if inputs == 1:
            self._draw_line(net, regions[depth])
        else:
            self._draw_plane(net, regions[depth])
        most, shallow = most_regions(inputs, width, depth), most_regions(inputs, width * depth, 1)
        self.most.set_data(self.depths, [most_regions(inputs, width, d) for d in self.depths])
        self.shallow.set_data(self.depths, [most_regions(inputs, width * d, 1) for d in self.depths])
        self.counts.set_data(self.depths, list(counts.values()))
        self.here.set_data([depth], [counts[depth]])
        self.title.set_text(f"{counts[depth]:,} pieces")
        return (
            f"{depth * width} hidden units in {depth} layer{'s' * (depth > 1)} cut the inputs shown into "
            f"{counts[depth]:,} pieces. No network of this depth and width makes more than {most:,}; one layer of as "
            f"many units makes at most {shallow:,}."
        )

    def _draw_line(self, net: MLP, regions: tuple[Matrix, ...]) -> None:
        ends = np.unique(np.concatenate(regions).round(12))
        values = outputs(net, ends[:, None])
        crowded = len(regions) > 100
        self.output.set(data=(ends, values), linewidth=0.5 if crowded else 2.2)
        self.bends.set(data=(ends[1:-1], values[1:-1]), visible=not crowded)
        self.field.set_visible(False)
        self.cells.set_verts([])

    def _draw_plane(self, net: MLP, regions: tuple[Matrix, ...]) -> None:
        x = np.linspace(0, 1, 101)
        points = np.stack(np.meshgrid(x, x), axis=-1).reshape(-1, 2)
        self.field.set_values(outputs(net, points).reshape(101, 101))
        self.field.set_visible(True)
        self.cells.set(verts=regions, linewidth=0.4 if len(regions) > 300 else 0.9)
        for line in (self.output, self.bends):
            line.set_data([], [])


def folding_network(inputs: int, width: int, depth: int, draw: int = 0) -> MLP:
    """Every layer folds each input like a fan; so the next layer's folds are repeated in every fold of this one.

    The units are shared between the inputs: k of them fold the interval from 0 to 1 into a zigzag of k strokes, each
    from 0 to 1 or back. The output is the mean of what becomes of the inputs. ``draw`` changes nothing: none is drawn.

    >>> net = folding_network(1, width=2, depth=2)
    >>> outputs(net, np.array([[0.0], [0.25], [0.5], [0.75], [1.0]]))
    array([0., 1., 0., 1., 0.])
    """
    strokes = [width - width // 2, width // 2] if inputs == 2 else [width]
    owner = np.repeat(np.arange(inputs), strokes)  # the input that each unit folds
    place = np.concatenate([np.arange(k) for k in strokes])  # and the stroke with which it begins
    k = np.array(strokes)[owner]
    spread = np.eye(inputs)[owner]
    zigzag = spread.T * np.where(place == 0, k, 2 * k * (-1.0) ** place)
    net = MLP((inputs, *[width] * depth, 1)).double()
    for i, layer in enumerate(affine_layers(net)):
        inward = zigzag.mean(axis=0, keepdims=True) if i == depth else spread @ zigzag if i else spread
        bias = np.zeros(1) if i == depth else -place / k
        layer.load_state_dict({"weight": torch.from_numpy(inward), "bias": torch.from_numpy(bias)})
    return net


def random_network(inputs: int, width: int, depth: int, draw: int) -> MLP:
    """Normal weights; every unit bends at a random point of the unit square, so that none is idle there.

    The output is scaled to run from 0 to 1 on those points.
    """
    generator = torch_generator(draw)
    net = MLP((inputs, *[width] * depth, 1), generator=generator).double()
    h = torch.rand(500, inputs, generator=generator, dtype=torch.float64)
    *hidden, last = affine_layers(net)
    with torch.no_grad():
        for layer in hidden:
            nn.init.normal_(layer.weight, generator=generator)
            through = h[torch.randperm(len(h), generator=generator)[:width]]
            bias_of(layer).copy_(-(layer.weight * through).sum(dim=1))
            h = nn.ReLU()(layer(h))
        last.weight.div_(last(h).max() - last(h).min() + TINY)
        bias_of(last).sub_(last(h).min())
    return net


TINY = 1e-12
"""Added where a difference of zero would be divided by."""


@torch.no_grad()
def outputs(net: MLP, X: Matrix) -> Vector:
    """The one output of a network in double precision at the rows of X."""
    return net(torch.from_numpy(X))[:, 0].numpy()


NETWORKS: dict[str, tuple[int, Callable[[int, int, int, int], MLP]]] = {
    "folding, one input": (1, folding_network),
    "folding, two inputs": (2, folding_network),
    "random, one input": (1, random_network),
    "random, two inputs": (2, random_network),
}
"""The networks whose pieces are counted, with their number of inputs."""


@lru_cache(maxsize=64)
def counted_regions(network: str, depth: int, width: int, draw: int) -> tuple[Matrix, ...]:
    """The linear regions of one of the networks on the interval or the square from 0 to 1."""
    inputs, make = NETWORKS[network]
    corners = torch.tensor([[0.0], [1.0]] if inputs == 1 else [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    return tuple(linear_regions(make(inputs, width, depth, draw), corners))


def most_regions(inputs: int, width: int, depth: int) -> int:
    r"""An upper bound for the linear regions of a network of rectifiers with layers of one width.

    $\Bigl(\sum_{j=0}^{d} \binom{n}{j}\Bigr)^L$ for n units in each of L layers and d inputs, d at most n   (Montúfar,
    2017). For one layer it is exact: so many pieces do n lines in general position make of the plane.

    >>> most_regions(2, 3, 1), most_regions(1, 3, 2)
    (7, 16)
    """
    return sum(comb(width, j) for j in range(min(inputs, width) + 1)) ** depth


def loss_after_training(
    sizes: tuple[int, ...], activation: type[nn.Module], x: torch.Tensor, y: torch.Tensor, seed: int
) -> float:
    """The squared error of a fresh network on its training points after 500 steps of gradient descent with momentum."""
    generator = torch_generator(seed)
    net = MLP(sizes, activation, generator=generator)
    for layer in affine_layers(net):
        nn.init.kaiming_uniform_(layer.weight, generator=generator, nonlinearity=activation.__name__.lower())
    optimizer = SGD(net.parameters(), lr=0.01, momentum=0.95)
    return fit(net, [(x, y)], nn.MSELoss(), optimizer, epochs=500, progress=False).train_loss[-1]


def nudge_through(wiring: str, depth: int, width: int = 16) -> tuple[float, int]:
    """How much a nudge at the input of a fresh tanh network moves its output, and the number of hidden parameters.

    Args:
        wiring: "chain", "skip" (a layer adds to what comes in) or "dense" (it reads all that came before).
        depth: Hidden layers.
        width: Units in each, and inputs.

    Returns:
        The mean length of the gradient of the output with respect to the input over 50 inputs; the parameters.
    """
    generator = torch_generator(0)
    x = torch.randn(50, width, generator=generator, requires_grad=True)
    h, parameters = x, 0
    for _ in range(depth):
        layer = nn.Linear(h.shape[1], width, generator=generator)
        parameters += count_parameters(layer)
        new = torch.tanh(layer(h))
        h = new if wiring == "chain" else h + new if wiring == "skip" else torch.cat([h, new], dim=1)
    output = nn.Linear(h.shape[1], 1, generator=generator)(h)
    (gradient,) = torch.autograd.grad(output.sum(), x)
    return float(gradient.norm(dim=1).mean()), parameters
