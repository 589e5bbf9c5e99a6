"""A demo of lecture 12: the gates of a long short-term memory, while it remembers and after they have been jammed."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import torch
from ipywidgets import Dropdown, IntSlider
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from numpy.typing import NDArray

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.demos.base import Demo, number
from course_lib.demos.fields import empty_line
from course_lib.nn.recurrent_naive import LSTMTrace, lstm_forward_naive
from course_lib.optim import Adam, clip_grad_norm_
from course_lib.plotting import COLORS

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

UNITS, STEPS = 2, 24
GATES = ("i", "f", "g", "o")
"""In the order of the weights; g is the new content, the others open and shut."""
JAMMED = 50.0
"""A bias that holds a gate open; its negative holds it shut."""


class LSTMGates(Demo):
    """An LSTM that has learned to say the last marked number: its gates step by step, as learned or jammed."""

    alt = (
        "Left, one unit of a long short-term memory as a machine: the old cell passes the forget gate, new content "
        "passes the input gate, their sum is the new cell, and the output gate shows it; each gate is a gauge, filled "
        "as far as it is open. Right, over 24 steps: the inputs with the marked ones as diamonds, the true answers "
        "dotted and those of the network as a line; the three gates; and the cell. An upright line marks the step."
    )
    size = (10.2, 5.6)

    def __init__(self) -> None:
        jams = ["as learned", "held open", "held shut"]
        super().__init__(
            step=IntSlider(9, min=1, max=STEPS, description="step"),
            unit=IntSlider(2, min=1, max=UNITS, description="unit"),
            forget=Dropdown(options=jams, description="forget gate"),
            write=Dropdown(options=jams, description="input gate"),
            sequence=IntSlider(1, min=1, max=10, description="sequence"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The machine on the left, three strips of time on the right."""
        halves: Any = fig.subfigures(1, 2, width_ratios=[1, 1.3])
        left, right = halves
        machine = self._draw_machine(left.subplots())
        inputs, gates, cell = right.subplots(3, 1, sharex=True)
        inputs.set(ylim=(-1.8, 1.8), ylabel="numbers")
        gates.set(ylim=(-0.08, 1.08), ylabel="gates")
        cell.set_yscale("symlog", linthresh=1, linscale=1.5)  # nearly level as learned, a gate held open piles up
        cell.set(ylim=(-20, 20), ylabel="cell", xlabel="step", xlim=(0.3, STEPS + 0.7))
        cell.set_yticks([-10, -1, 0, 1, 10], ["−10", "−1", "0", "1", "10"])
        cell.minorticks_off()
        self.unmarked = empty_line(inputs, COLORS["grey"], ls="", marker=".", ms=6)
        self.marked = empty_line(inputs, COLORS["black"], ls="", marker="D", ms=7, label="marked")
        self.truth = empty_line(inputs, COLORS["black"], lw=1.6, ls=":", drawstyle="steps-mid", label="true")
        self.answer = empty_line(inputs, COLORS["orange"], drawstyle="steps-mid", label="answer")
        self.opening = [
            empty_line(gates, COLORS[color], marker=marker, ms=5, label=label)
            for label, color, marker in (("$i$", "green", "^"), ("$f$", "blue", "o"), ("$o$", "purple", "s"))
        ]
        self.cell = empty_line(cell, COLORS["black"], marker="o", ms=5, label="$c$")
        self.shown = empty_line(cell, COLORS["purple"], ls="--", label="$h$")
        for ax in (inputs, gates, cell):
            ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), handlelength=1.2)
        self.now = [ax.axvline(1, color=COLORS["amber"], lw=5, alpha=0.5, zorder=1) for ax in (inputs, gates, cell)]
        strips = [self.unmarked, self.marked, self.truth, self.answer, *self.opening, self.cell, self.shown]
        return [*machine, *self.now, *strips]

    def _draw_machine(self, ax: Axes) -> list[Artist]:
        """Pipes, gauges and the places for the numbers; returns what moves."""
        ax.set(xlim=(-1.7, 10.4), ylim=(0, 10))
        ax.axis("off")
        pipe: dict[str, Any] = {"arrowstyle": "-|>", "lw": 2.2, "color": COLORS["grey"], "shrinkA": 0, "shrinkB": 0}
        for start, end in (
            ((-1.4, 7), (2, 7)), ((3, 7), (4.6, 7)), ((5.4, 7), (9.6, 7)), ((5, 1.6), (5, 2.9)), ((5, 4.9), (5, 6.6)),
            ((8.5, 7), (8.5, 4.9)), ((8.5, 2.9), (8.5, 1.4)),
        ):  # fmt: skip
            ax.annotate("", end, start, arrowprops=pipe)
        ax.text(5, 7, "+", ha="center", va="center", size=20, bbox={"boxstyle": "circle", "fc": "white"})
        ax.text(8.7, 6, "tanh", va="center", size=12)
        self.gauges: dict[str, Rectangle] = {}
        self.words: dict[str, Text] = {}
        places = {"f": (2.5, 7, "blue", "forget"), "i": (5, 3.9, "green", "input"), "o": (8.5, 3.9, "purple", "output")}
        for gate, (x, y, color, name) in places.items():
            ax.add_patch(Rectangle((x - 0.5, y - 1), 1, 2, fc="white", ec=COLORS[color], lw=2, zorder=2))
            self.gauges[gate] = Rectangle((x - 0.5, y - 1), 1, 2, fc=COLORS[color], alpha=0.55, zorder=3)
            ax.add_patch(self.gauges[gate])
            below = gate == "f"
            ax.text(x if below else x - 0.7, y + (1.35 if below else 0.4), name, ha="center" if below else "right")
            self.words[gate] = ax.text(
                x if below else x - 0.7, y - (1.4 if below else 0.3), "", ha="center" if below else "right", va="center"
            )
        for name, x, y in (("old", 0.2, 7.6), ("new", 8.6, 7.6), ("g", 5, 1.2), ("h", 8.5, 1.0)):
            self.words[name] = ax.text(x, y, "", ha="center", va="center")
        self.words["title"] = ax.text(5, 9.5, "", ha="center", size=14)
        return [*self.gauges.values(), *self.words.values()]

    def update(self, step: int, unit: int, forget: str, write: str, sequence: int) -> str:
        """Run the sequence through the network, jammed or not, and look into one unit at one step."""
        memory = trained_memory()
        x, y = (a[:, sequence - 1].double().numpy() for a in marked_numbers(10, torch_generator(5)))
        trace = memory.run(x, {"f": forget, "i": write})
        answer = trace.h @ memory.V + memory.c
        t, k = step - 1, unit - 1
        self._draw_strips(x, y, answer, trace, k, step)
        values = {name: float(getattr(trace, name)[t, k]) for name in LSTMTrace._fields}
        old = float(trace.c[t - 1, k]) if t else 0.0
        for gate, gauge in self.gauges.items():
            gauge.set_height(2 * values[gate])
            self.words[gate].set_text(f"${gate} = {values[gate]:.2f}$")
        for name, symbol, value in (("old", "c_{t-1}", old), ("new", "c_t", values["c"]), ("g", "g", values["g"])):
            self.words[name].set_text(f"${symbol} = {value:.2f}$")
        self.words["h"].set_text(f"$h_t = {values['h']:.2f}$")
        self.words["title"].set_text(f"unit {unit} at step {step}")
        kind = "marked" if x[t, 1] else "not marked"
        return (
            f"Step {step}, {number(x[t, 0])}, {kind}. Unit {unit} keeps {values['f']:.0%} of its cell and writes "
            f"{values['i']:.0%} of its new content: the cell goes from {number(old)} to {number(values['c'])}. The "
            f"network answers {number(answer[t])}, the last marked number is {number(y[t])}. Over all steps the "
            f"answers are off by {np.abs(answer - y).mean():.2f} on average."
        )

    def _draw_strips(self, x: Matrix, y: Vector, answer: Vector, trace: LSTMTrace, k: int, step: int) -> None:
        steps = np.arange(1, STEPS + 1)
        marked = x[:, 1] == 1
        self.unmarked.set_data(steps[~marked], x[~marked, 0])
        self.marked.set_data(steps[marked], x[marked, 0])
        self.truth.set_data(steps, y)
        self.answer.set_data(steps, np.clip(answer, -1.75, 1.75))
        for line, gate in zip(self.opening, (trace.i, trace.f, trace.o), strict=True):
            line.set_data(steps, gate[:, k])
        self.cell.set_data(steps, trace.c[:, k])
        self.shown.set_data(steps, trace.h[:, k])
        for line in self.now:
            line.set_xdata([step, step])


class Memory(NamedTuple):
    """A trained LSTM with a linear readout, as arrays."""

    W_ih: Matrix
    W_hh: Matrix
    b: Vector
    V: Vector
    c: float

    def run(self, x: Matrix, jams: dict[str, str]) -> LSTMTrace:
        """All gates along inputs of shape (T, 2); a gate may be ``"held open"`` or ``"held shut"``."""
        weights = [self.W_ih.copy(), self.W_hh.copy(), self.b.copy()]
        for gate, jam in jams.items():
            if jam != "as learned":
                rows = slice(GATES.index(gate) * UNITS, (GATES.index(gate) + 1) * UNITS)
                for array, value in zip(weights, (0.0, 0.0, JAMMED if jam == "held open" else -JAMMED), strict=True):
                    array[rows] = value
        start = np.zeros(UNITS)
        return lstm_forward_naive(x, start, start, *weights)


def marked_numbers(n: int, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Sequences of numbers, some of them marked; at every step the last marked number is asked for.

    Args:
        n: How many sequences of 24 steps.
        generator: Where they come from.

    Returns:
        Numbers from −1 to 1 and marks, shape (24, n, 2), and the answers, shape (24, n). The first is always marked.

    >>> x, y = marked_numbers(1, torch_generator(0))
    >>> bool((y[0] == x[0, :, 0]).all())
    True
    """
    values = 2 * torch.rand(STEPS, n, generator=generator) - 1
    marks = torch.rand(STEPS, n, generator=generator) < 0.15
    marks[0] = True
    steps = torch.arange(STEPS)[:, None].expand(STEPS, n)
    last = torch.where(marks, steps, 0).cummax(0).values
    return torch.stack([values, marks.float()], 2), values.gather(0, last)


@lru_cache(maxsize=1)
def trained_memory(steps: int = 400) -> Memory:
    """Train the network of the demo, which takes a second or two."""
    g = torch_generator(0)
    layer, readout = nn.LSTM(2, UNITS, generator=g), nn.Linear(UNITS, 1, generator=g)
    parameters = [*layer.parameters(), *readout.parameters()]
    with torch.no_grad():
        layer.get_parameter("bias_ih_l0")[UNITS : 2 * UNITS] = 1  # begin by remembering
    optimizer = Adam(parameters, lr=3e-2)
    for _ in range(steps):
        x, y = marked_numbers(32, g)
        cost = (readout(layer(x)[0])[..., 0] - y).square().mean()
        optimizer.zero_grad()
        cost.backward()
        clip_grad_norm_(parameters, 1.0)
        optimizer.step()
    weights = {name: p.detach().double().numpy() for name, p in layer.named_parameters()}
    b = weights["bias_ih_l0"] + weights["bias_hh_l0"]
    V, (c,) = (p.detach().double().numpy() for p in readout.parameters())
    return Memory(weights["weight_ih_l0"], weights["weight_hh_l0"], b, V[0], float(c))
