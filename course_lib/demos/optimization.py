"""The demos of lecture 11, optimization for training deep models."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from ipywidgets import Dropdown, FloatSlider, IntSlider, SelectionSlider
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from torch import Tensor

from course_lib import nn, optim
from course_lib.arrays import standard_normal, torch_generator
from course_lib.data import Minibatches, Split, load_digits
from course_lib.data.batches import over_and_over
from course_lib.demos.base import Demo, Running
from course_lib.demos.fields import Field, Matrix, Vector, empty_line
from course_lib.demos.optimizer_race import OptimizerRace
from course_lib.plotting import COLORS
from course_lib.training import evaluate, find_learning_rate

__all__ = ["Cliff", "OptimizerRace", "RateFinder", "SignalByDepth", "WithBatchNorm"]


class Cliff(Demo):
    """Gradient descent in front of a cliff, and the same with its gradients clipped."""

    alt = (
        "Left, the cost of a recurrent network of one unit over its two parameters, darker blue where it is high: "
        "two plains with a sharp wall between them, and a star at a minimum. An orange path with crosses leaps off the "
        "wall; a black path of clipped steps creeps along its foot. Right, the cost after each step of both."
    )
    size = (9.2, 4.6)
    w: ClassVar = np.linspace(3, 7, 161)
    b: ClassVar = np.linspace(-4, 0, 161)
    most = 150

    def __init__(self) -> None:
        rates = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
        thresholds = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, math.inf)
        super().__init__(
            w=FloatSlider(5.5, min=3, max=7, step=0.1, description="start w"),
            b=FloatSlider(-3.2, min=-4, max=0, step=0.1, description="start b"),
            rate=SelectionSlider(options=[(f"{r:g}", r) for r in rates], value=1.0, description="learning rate"),
            threshold=SelectionSlider(
                options=[(f"{v:g}" if v < math.inf else "none", v) for v in thresholds],
                value=0.1,
                description="clip at",
            ),
            steps=IntSlider(self.most, min=1, max=self.most, description="steps"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The map is drawn once; the paths move on it."""
        left, right = fig.subplots(1, 2, width_ratios=[1, 1.1])
        left.set(xlim=(3, 7), ylim=(-4, 0), aspect="equal", xlabel="$w$", ylabel="$b$")
        left.grid(False)
        cost, _, _ = unrolled(*np.meshgrid(self.w, self.b))
        Field(left, bands=41).set_values(0.5 + 0.9 * cost)
        left.plot(*LOWEST, "*", ms=17, color=COLORS["green"], mec="white", zorder=3)
        right.set(xlim=(0, self.most), ylim=(-0.02, 0.5), xlabel="step", title="cost")
        looks: list[tuple[str, str, str]] = [("as they are", "orange", "x"), ("clipped", "black", "o")]
        self.paths = [left.plot([], [], "-" + m, color=COLORS[c], lw=1, ms=3, zorder=5)[0] for _, c, m in looks]
        self.heads = [left.plot([], [], m, color=COLORS[c], ms=11, mew=3, zorder=6)[0] for _, c, m in looks]
        self.costs = [right.plot([], [], "-", color=COLORS[c], lw=1.2, label=f"gradients {n}")[0] for n, c, _ in looks]
        self.ends = [right.plot([], [], m, color=COLORS[c], ms=11, mew=3, clip_on=False)[0] for _, c, m in looks]
        right.legend(loc="upper right")
        return [*self.paths, *self.heads, *self.costs, *self.ends]

    def update(self, w: float, b: float, rate: float, threshold: float, steps: int) -> str:
        """Walk from the start, both ways."""
        walks = [clipped_descent(w, b, rate, limit, steps) for limit in (math.inf, threshold)]
        for k, walk in enumerate(walks):
            self.paths[k].set_data(*np.clip(walk.path, -20, 20).T)
            self.heads[k].set_data(*walk.path[-1:].T)
            self.costs[k].set_data(np.arange(steps + 1), walk.cost)
            self.ends[k].set_data([steps], walk.cost[-1:])
        free, clipped = walks
        worst = free.size.argmax()
        told = (
            "the same without a limit" if threshold == math.inf else f"{clipped.cost[-1]:.3f} clipped at {threshold:g}"
        )
        return (
            f"After {steps} steps at rate {rate:g}: cost {free.cost[-1]:.3f} with gradients as they are, {told}. The "
            f"longest gradient, {free.size[worst]:.3g}, was met in step {worst + 1}; half of them were shorter than "
            f"{np.median(free.size):.2g}."
        )


class SignalByDepth(Demo):
    """What becomes of a signal on its way through many random layers, and of the gradient on its way back."""

    alt = (
        "Above, five histograms of the activations of a random network, from its first layer to its last. Below, on a "
        "logarithmic scale, the root mean square of the activations in each layer as blue dots, and that of the "
        "gradients as orange squares."
    )
    size = (9.2, 5.2)
    width, examples = 100, 100
    deepest = 40

    def __init__(self) -> None:
        factors = (0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)
        super().__init__(
            scheme=Dropdown(options=list(SCHEMES), value="Xavier", description="initialisation"),
            activation=Dropdown(options=list(ACTIVATIONS), description="hidden units"),
            factor=SelectionSlider(options=[(f"× {f:g}", f) for f in factors], value=1.0, description="scale"),
            depth=IntSlider(20, min=2, max=self.deepest, description="layers"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Five frames for histograms above one for the sizes; the examples are drawn here, once."""
        generator = torch_generator(0)
        self.x, self.g = standard_normal([2, self.examples, self.width], generator, torch.float64)
        self.drawn: dict[str, list[Tensor]] = {}
        grid = fig.add_gridspec(2, 5, height_ratios=[1, 1.35])
        self.edges = np.linspace(-2, 2, 42)
        self.bars, self.titles = [], []
        for ax in (fig.add_subplot(grid[0, k]) for k in range(5)):
            ax.set(xlim=(-2, 2), ylim=(0, 1), yticks=[], xticks=(-2, 0, 2))
            self.bars.append(ax.stairs(np.zeros(41), self.edges, fill=True, color=COLORS["blue"]))
            self.titles.append(ax.set_title("layer 00"))
        ax = fig.add_subplot(grid[1, :])
        ax.set(yscale="log", ylim=(1e-7, 1e7), xlim=(0.3, self.deepest + 0.7), xlabel="layer", ylabel="size (r.m.s.)")
        ax.minorticks_off()
        ax.axhline(1, color=COLORS["grey"], lw=1)
        self.forward = empty_line(ax, COLORS["blue"], ls="", marker="o", label="activations, going up")
        self.backward = empty_line(ax, COLORS["orange"], ls="", marker="s", ms=6, label="gradients, coming down")
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0)
        return [*self.bars, *self.titles, self.forward, self.backward]

    def update(self, scheme: str, activation: str, factor: float, depth: int) -> str:
        """Send the examples up, and a random gradient down."""
        weights = self._drawn(scheme)[:depth]
        h, g = propagate([factor * W for W in weights], ACTIVATIONS[activation], self.x, self.g)
        up, down = sizes_of(h), sizes_of(g)
        for bar, title, k in zip(self.bars, self.titles, np.linspace(0, depth - 1, 5).round().astype(int), strict=True):
            shown = h[k].clamp(-2, 2).numpy()  # what lies outside is heaped at the rim
            counts = np.histogram(shown, self.edges)[0]
            bar.set_data(counts / counts.max())
            title.set_text(f"layer {k + 1}")
        layers = np.arange(1, depth + 1)
        self.forward.set_data(layers, np.clip(up, 1.5e-7, 7e6))
        self.backward.set_data(layers, np.clip(down, 1.5e-7, 7e6))
        return (
            f"{scheme}, {activation}: the activations have size {up[0]:.2g} in layer 1 and {up[-1]:.2g} in layer "
            f"{depth}, a factor of {rate_of_change(up):.2f} from layer to layer. The gradients go from {down[-1]:.2g} "
            f"in layer {depth} to {down[0]:.2g} in layer 1, a factor of {rate_of_change(down[::-1]):.2f}."
        )

    def _drawn(self, scheme: str) -> list[Tensor]:
        """Weights for the deepest network, the same whenever a scheme is chosen."""
        if scheme not in self.drawn:
            generator, empty = torch_generator(1), torch.empty(self.width, self.width, dtype=torch.float64)
            self.drawn[scheme] = [SCHEMES[scheme](empty.clone(), generator) for _ in range(self.deepest)]
        return self.drawn[scheme]


class WithBatchNorm(Running):
    """Two networks learn the same digits from the same weights, one of them with batch normalization."""

    alt = (
        "Left, on a logarithmic scale, the cost on batches of digits against the steps, for a plain network in orange "
        "and one with batch normalization in blue. Right, for each hidden layer of both, how widely the inputs of its "
        "units are spread, on a logarithmic scale."
    )
    size = (9.2, 4.4)
    restarts = ("depth", "rate", "scale", "hidden")
    pause_between_frames = 0.01
    steps_per_frame = 3
    most = 600

    def __init__(self) -> None:
        rates = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
        super().__init__(
            depth=IntSlider(6, min=1, max=12, description="hidden layers"),
            hidden=Dropdown(options=["ReLU", "tanh", "sigmoid"], description="hidden units"),
            rate=SelectionSlider(options=[(f"{r:g}", r) for r in rates], value=0.1, description="learning rate"),
            scale=SelectionSlider(
                options=[(f"× {s:g}", s) for s in (0.25, 0.5, 1.0, 2.0, 4.0)], value=1.0, description="first weights"
            ),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The frames; the digits are read here, once."""
        self.digits = load_digits()
        left, right = fig.subplots(1, 2)
        left.set(yscale="log", xlim=(0, self.most), ylim=(5e-3, 10), xlabel="step")
        left.set_title("cost, a mean of three batches")
        right.set(yscale="log", ylim=(1e-4, 1e4), xlim=(0.5, 12.5), xlabel="hidden layer", xticks=range(1, 13))
        right.set_title("spread of its inputs (standard deviation)")
        for ax in (left, right):
            ax.minorticks_off()
        looks = {"plain": ("orange", "s"), "batch norm": ("blue", "o")}
        self.curves = [empty_line(left, COLORS[c], label=n, marker=m, markevery=[-1]) for n, (c, m) in looks.items()]
        self.spreads = [empty_line(right, COLORS[c], label=n, marker=m) for n, (c, m) in looks.items()]
        left.legend(loc="lower left")
        return [*self.curves, *self.spreads]

    def begin(self, depth: int, hidden: str, rate: float, scale: float) -> None:
        """Two networks with the same weights; the first steps are taken at once."""
        self.nets = [deep_net(depth, ACTIVATIONS[hidden], scale, batch_norm) for batch_norm in (False, True)]
        self.optimizers = [optim.SGD(net.parameters(), lr=rate) for net in self.nets]
        batches = Minibatches(
            self.digits.X_train[:WHOLE], self.digits.y_train[:WHOLE], batch_size=BATCH, generator=torch_generator(1)
        )
        self.stream = over_and_over(batches)
        self.costs: list[tuple[float, ...]] = []
        self.advance()

    def advance(self, **_: Any) -> bool:
        """The same minibatches for both."""
        batches = [next(self.stream) for _ in range(self.steps_per_frame)]
        means, self.spread = [], []
        for net, optimizer in zip(self.nets, self.optimizers, strict=True):
            costs = []
            for X, y in batches:
                logits, spread = forward_with_spreads(net, X)
                cost = LOSS(logits, y)
                optimizer.zero_grad()
                cost.backward()
                optimizer.step()
                costs.append(cost.item())
            means.append(float(np.mean(costs)))
            self.spread.append(spread)
        self.costs.append((self.steps_per_frame * (len(self.costs) + 1), *means))
        return self.costs[-1][0] < self.most

    def update(self, depth: int, rate: float, **_: Any) -> str:
        """Draw the costs so far, and how wide the inputs of the hidden units are."""
        steps, *costs = np.array(self.costs).T
        told = []
        for k, name in enumerate(("plain", "with batch norm")):
            self.curves[k].set_data(steps, np.clip(costs[k], 5e-3, 10))
            self.spreads[k].set_data(np.arange(1, depth + 1), np.clip(self.spread[k], 1e-4, 1e4))
            told.append(f"{name} {verdict(costs[k][-10:].mean(), self.nets[k], self.digits)}")
        return f"After {steps[-1]:.0f} steps at rate {rate:g}, {depth} hidden layers: {'; '.join(told)}."


class RateFinder(Running):
    """The learning-rate finder beside what a rate is worth: the sweep, and a training at the rate you choose."""

    alt = (
        "Left, the averaged cost while the learning rate grows from 0.0001 to 30: level at first, then it falls, "
        "then it explodes; a dashed line marks where it falls fastest, a full one the rate that is chosen. Right, the "
        "cost of a training at that rate against its steps."
    )
    size = (9.2, 4.3)
    restarts = ("network", "optimizer", "rate")
    pause_between_frames = 0.01
    steps_per_frame = 2
    most = 200

    def __init__(self) -> None:
        rates = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
        super().__init__(
            network=Dropdown(options=list(NETWORKS), description="network"),
            optimizer=Dropdown(options=list(STEPPERS), description="optimizer"),
            rate=SelectionSlider(options=[(f"{r:g}", r) for r in rates], value=0.01, description="learning rate"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The frames; the digits are read here, once."""
        digits = load_digits()
        self.data = digits.X_train[:WHOLE], digits.y_train[:WHOLE]
        self.sweeps: dict[tuple[str, str], tuple[Vector, Vector]] = {}
        left, right = fig.subplots(1, 2, sharey=True)
        left.set(xscale="log", xlim=(1e-4, 30), ylim=(0, 4), xlabel="learning rate", title="cost while the rate grows")
        right.set(xlim=(0, self.most), xlabel="step", title="cost at the rate you choose")
        left.minorticks_off()
        self.swept = empty_line(left, COLORS["blue"])
        self.fastest = left.axvline(1, color=COLORS["blue"], ls="--", lw=1.5)
        self.chosen = left.axvline(1, color=COLORS["orange"], lw=2.5)
        self.trained = empty_line(right, COLORS["orange"], marker="s", markevery=[-1])
        return [self.swept, self.fastest, self.chosen, self.trained]

    def begin(self, network: str, optimizer: str, rate: float) -> None:
        """Sweep, unless this network and optimizer were swept before; then the first steps at the chosen rate."""
        net = NETWORKS[network]()
        self.stepper = STEPPERS[optimizer](net.parameters())
        batches = Minibatches(*self.data, batch_size=BATCH, generator=torch_generator(1))
        if (network, optimizer) not in self.sweeps:
            self.sweeps[network, optimizer] = find_learning_rate(
                net, batches, LOSS, self.stepper, smallest=1e-4, largest=30.0, steps=160
            )
        self.stepper.param_groups[0]["lr"] = rate
        self.net, self.stream = net, over_and_over(batches)
        self.costs: list[float] = []
        self.advance()

    def advance(self, **_: Any) -> bool:
        """A few steps at the chosen rate."""
        for _step in range(self.steps_per_frame):
            X, y = next(self.stream)
            cost = LOSS(self.net(X), y)
            self.stepper.zero_grad()
            cost.backward()
            self.stepper.step()
            self.costs.append(cost.item())
        return len(self.costs) < self.most and math.isfinite(self.costs[-1])

    def update(self, network: str, optimizer: str, rate: float) -> str:
        """Draw the sweep, and the training so far."""
        rates, losses = self.sweeps[network, optimizer]
        best = steepest(rates, losses)
        steps, costs = np.arange(1, len(self.costs) + 1), np.minimum(self.costs, 5)
        self.swept.set_data(rates, np.minimum(losses, 5))
        self.fastest.set_xdata([best, best])
        self.chosen.set_xdata([rate, rate])
        self.trained.set_data(steps, costs)
        last = float(np.mean(self.costs[-10:]))
        told = f"the cost is now {last:.3f}" if math.isfinite(last) else "the cost has overflowed"
        return (
            f"{network}, {optimizer}: in the sweep the cost falls fastest at rate {best:.2g} and is lowest at "
            f"{rates[losses.argmin()]:.2g}. After {len(costs)} steps at rate {rate:g} {told}."
        )


LOSS = nn.CrossEntropyLoss()
BATCH, WHOLE = 64, 21 * 64
"""Digits in a batch, and in an epoch of whole batches: the 3 that are left over would be a poor batch."""

LOWEST = (3.605, -1.676)


def unrolled(w: Any, b: Any, tanh: Callable[[Any], Any] = np.tanh, steps: int = 50) -> tuple[Any, Any, Any]:
    r"""The cost of a recurrent network of one unit, and its two derivatives.

    $x_t = w\,\sigma(x_{t-1}) + b$ from $x_0 = 0$; the cost is $(\sigma(x_{50}) - 0.7)^2$. For $w > 4$ there is a line
    on both sides of which the network comes to rest at different places. (Pascanu, Mikolov and Bengio, 2013.)

    Args:
        w: The weight, a number or an array.
        b: The bias, likewise.
        tanh: For numbers take ``math.tanh``: a path of numbers is ten times as fast as one of small arrays.
        steps: How often the unit is applied.

    Returns:
        The cost and its derivatives with respect to w and b, each of the shape of ``w``.
    """
    x = dw = db = 0.0 * w
    for _ in range(steps):
        s = 0.5 + 0.5 * tanh(0.5 * x)
        slope = w * s * (1 - s)
        x, dw, db = w * s + b, s + slope * dw, 1 + slope * db
    s = 0.5 + 0.5 * tanh(0.5 * x)
    outer = 2 * (s - 0.7) * s * (1 - s)
    return (s - 0.7) ** 2, outer * dw, outer * db


class Walk(NamedTuple):
    """A descent: its points, shape (steps + 1, 2), their costs, and the length of each gradient as it was found."""

    path: Matrix
    cost: Vector
    size: Vector


def clipped_descent(w: float, b: float, rate: float, threshold: float, steps: int) -> Walk:
    r"""Gradient descent on :func:`unrolled` with $g \leftarrow g \min(1, v / \lVert g \rVert)$.

    Args:
        w: Where it starts.
        b: Likewise.
        rate: The learning rate.
        threshold: $v$.
        steps: How many.
    """
    path, costs, sizes = [(w, b)], [], []
    for _ in range(steps):
        cost, dw, db = unrolled(w, b, math.tanh)
        size = math.hypot(dw, db)
        step = rate * min(1.0, threshold / max(size, 1e-12))
        w, b = w - step * dw, b - step * db
        path.append((w, b))
        costs.append(cost)
        sizes.append(size)
    return Walk(np.array(path), np.array([*costs, unrolled(w, b, math.tanh)[0]]), np.array(sizes))


def root_n(W: Tensor, generator: torch.Generator) -> Tensor:
    r"""Fill with draws from $U[-1/\sqrt N, 1/\sqrt N]$, with $N$ inputs."""
    r = W.shape[1] ** -0.5
    return nn.init.uniform_(W, -r, r, generator)


SCHEMES: dict[str, Callable[[Tensor, torch.Generator], Tensor]] = {
    "N(0, 0.01²)": lambda W, generator: nn.init.normal_(W, 0, 0.01, generator),
    "1/√N": root_n,
    "Xavier": lambda W, generator: nn.init.xavier_uniform_(W, 1.0, generator),
    "He": lambda W, generator: nn.init.kaiming_normal_(W, nonlinearity="relu", generator=generator),
    "orthogonal": lambda W, generator: nn.init.orthogonal_(W, 1.0, generator),
}
"""Ways to draw the first weights of a layer."""

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "tanh": nn.Tanh,
    "ReLU": nn.ReLU,
    "sigmoid": nn.Sigmoid,
    "none (linear)": nn.Identity,
}
"""The hidden units."""


def propagate(
    weights: list[Tensor], activation: Callable[[], nn.Module], x: Tensor, g: Tensor
) -> tuple[list[Tensor], list[Tensor]]:
    """Send examples up through layers without biases, and a gradient down.

    Args:
        weights: Shape (outputs, inputs) each.
        activation: Makes what follows each layer.
        x: Examples, shape (n, inputs).
        g: The gradient on the last layer's activations, shape (n, outputs).

    Returns:
        The activations of each layer, and the gradients on them, each of shape (n, outputs).
    """
    layers: list[Tensor] = []
    h, squash = x, activation()
    for W in weights:
        h = squash(h @ W.T) if layers else squash(h @ W.T).requires_grad_()
        layers.append(h)
    gradients = torch.autograd.grad(h, layers, g)
    return [h.detach() for h in layers], list(gradients)


def sizes_of(layers: list[Tensor]) -> Vector:
    """The root mean square of the entries of each."""
    return np.array([float(h.square().mean().sqrt()) for h in layers])


def rate_of_change(sizes: Vector) -> float:
    """The factor from one to the next, over all of them.

    >>> rate_of_change(np.array([1.0, 3.0, 4.0]))
    2.0
    """
    return float((max(sizes[-1], 1e-300) / max(sizes[0], 1e-300)) ** (1 / (len(sizes) - 1)))


def deep_net(
    depth: int, activation: Callable[[], nn.Module], scale: float, batch_norm: bool, width: int = 32
) -> nn.Sequential:
    """A classifier of 8×8 digits with hidden layers of one width, the same first weights with batch norm or without.

    Args:
        depth: The number of hidden layers.
        activation: Makes what follows each of them.
        scale: A factor for their first weights, which have He's size.
        batch_norm: Whether what enters the hidden units is normalised; then the layers have no bias.
        width: The number of units of each.
    """
    weights, biases = torch_generator(0), torch_generator(1)
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise([64, *[width] * depth]):
        affine = nn.Linear(inputs, outputs, bias=not batch_norm, generator=biases)
        nn.init.kaiming_normal_(affine.weight, nonlinearity="relu", generator=weights)
        with torch.no_grad():
            affine.weight.mul_(scale)
        layers += [affine, nn.BatchNorm1d(outputs), activation()] if batch_norm else [affine, activation()]
    return nn.Sequential(*layers, nn.Linear(width, 10, generator=weights))


def forward_with_spreads(net: nn.Sequential, x: Tensor) -> tuple[Tensor, Vector]:
    """The logits, and for each hidden layer how widely what enters its units is spread over the examples."""
    spread, h = [], x
    for layer in net:
        if not isinstance(layer, nn.Linear | nn.BatchNorm1d):
            spread.append(float(h.detach().std(dim=0).mean()))
        h = layer(h)
    return h, np.array(spread)


def verdict(cost: float, net: nn.Sequential, digits: Split) -> str:
    """The cost of the last steps, and how many new digits a network reads."""
    if not math.isfinite(cost):
        return "has overflowed"
    metrics = {"right": lambda logits, y: (logits.argmax(dim=1) == y).double().mean()}
    right = evaluate(net, [(digits.X_test, digits.y_test)], LOSS, metrics)["right"]
    return f"costs {cost:.3f} and reads {right:.1%} of new digits"


NETWORKS: dict[str, Callable[[], nn.Sequential]] = {
    "2 hidden layers": lambda: deep_net(2, nn.ReLU, 1.0, batch_norm=False),
    "6 hidden layers": lambda: deep_net(6, nn.ReLU, 1.0, batch_norm=False),
    "6 with batch norm": lambda: deep_net(6, nn.ReLU, 1.0, batch_norm=True),
}
STEPPERS: dict[str, Callable[[Any], optim.Optimizer]] = {
    "SGD": lambda parameters: optim.SGD(parameters, lr=0.1),
    "momentum": lambda parameters: optim.SGD(parameters, lr=0.1, momentum=0.9),
    "Adam": lambda parameters: optim.Adam(parameters, lr=0.1),
}
"""What the finder is tried on."""


def steepest(rates: Vector, losses: Vector, span: int = 10) -> float:
    """The rate at which a loss falls fastest on the way to its minimum, while the rate grows by equal factors.

    Falls are taken over several steps, since the first averages still jump more than the loss then falls in one.

    >>> steepest(np.array([0.01, 0.1, 1.0, 10.0]), np.array([2.0, 1.9, 1.0, 3.0]), span=1)
    1.0
    """
    down = losses[: losses.argmin() + 1]
    falls = down[span:] - down[:-span]
    return float(rates[falls.argmin() + (span + 1) // 2] if len(falls) else rates[0])
