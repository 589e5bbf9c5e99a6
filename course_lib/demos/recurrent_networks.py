"""The demos of lecture 12, recurrent networks."""

from __future__ import annotations

import textwrap
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from ipywidgets import Dropdown, FloatSlider, IntSlider, SelectionSlider
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from numpy.typing import NDArray
from torch import Tensor

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.data import load_documentation, sine_waves
from course_lib.demos.base import Demo, Running
from course_lib.demos.fields import empty_line
from course_lib.demos.lstm_gates import LSTMGates
from course_lib.linear_algebra import inv, qr
from course_lib.models import CharLM
from course_lib.nn.cells import affine, gru_step
from course_lib.optim import Adam, clip_grad_norm_
from course_lib.plotting import CIRCLE, COLORS, SIGNED, plane
from course_lib.probability import softmax
from course_lib.text import Tokenizer, one_hot, sample_with_temperature
from course_lib.training import truncated_bptt

__all__ = ["CharacterModel", "GradientThroughTime", "LSTMGates", "TeacherForcing", "UnrolledNetwork"]

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


class UnrolledNetwork(Demo):
    """A small recurrent network unrolled along a word: forward step by step, and the gradient's way back."""

    alt = (
        "A recurrent network unrolled in time, one column per letter of the word unrolled: the letter below, three "
        "hidden units as coloured squares in the middle, the probability of the next letter above. Blue arrows carry "
        "the state to the right up to the present step; orange arrows carry the gradient back to the left."
    )
    size = (9.6, 4.6)
    word: ClassVar = "unrolled"

    def __init__(self) -> None:
        n = len(self.word) - 1
        super().__init__(
            moment=IntSlider(4, min=1, max=2 * n, description="moment"),
            trained=SelectionSlider(options=[("none", 0), ("50", 50), ("500", 500)], description="training steps"),
            cost=Dropdown(options=["at every step", "at the last step"], description="cost"),
            scale=FloatSlider(1.0, min=0.1, max=3, step=0.1, description="factor on W"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Letters, squares and arrows in their places."""
        n = len(self.word) - 1
        fig.set_layout_engine("none")
        ax = fig.add_axes((0.01, 0.01, 0.98, 0.98), xlim=(-1.1, n - 0.3), ylim=(-0.55, 3.75))
        ax.axis("off")
        for y, name in ((0, "input"), (1.35, "state"), (2.7, "output")):
            ax.text(-1.05, y, name, va="center", color=COLORS["grey"])
        middle: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 5}
        frame = {"boxstyle": "round,pad=0.35", "fc": "white", "ec": COLORS["grey"]}
        for t, letter in enumerate(self.word[:-1]):
            ax.text(t, 0, letter, size=16, bbox=frame, **middle)
            ax.text(t, 3.45, f"cost of “{self.word[t + 1]}”", size=10.5, color=COLORS["grey"], **middle)
        self.squares = ax.scatter([], [], s=360, marker="s", edgecolors=COLORS["grey"], zorder=4)
        self.places = np.array([(t, 1.35 + 0.36 * (k - 1)) for t in range(n) for k in range(HIDDEN)])
        self.outputs = [ax.text(t, 2.7, "", bbox=frame, **middle) for t in range(n)]
        self.costs = [ax.text(t, 3.17, "", **middle) for t in range(n)]
        self.gradients = [ax.text(t + 0.27, 0.62, "", size=11, color=COLORS["orange"], **middle) for t in range(n)]
        ahead: dict[str, Any] = {"arrowstyle": "-|>", "lw": 2, "color": COLORS["blue"], "shrinkA": 0, "shrinkB": 0}
        back = ahead | {"color": COLORS["orange"]}
        self.ahead = [
            [arrow(ax, (t, 0.25), (t, 0.75), ahead), arrow(ax, (t, 1.95), (t, 2.45), ahead)]
            + ([arrow(ax, (t - 0.8, 1.5), (t - 0.2, 1.5), ahead)] if t else [])
            for t in range(n)
        ]
        self.back = [
            [arrow(ax, (t + 0.12, 2.45), (t + 0.12, 1.95), back)]
            + ([arrow(ax, (t + 0.8, 1.2), (t + 0.2, 1.2), back)] if t < n - 1 else [])
            for t in range(n)
        ]
        arrows = [a for group in self.ahead + self.back for a in group]
        return [*arrows, self.squares, *self.outputs, *self.costs, *self.gradients]

    def update(self, moment: int, trained: int, cost: str, scale: float) -> str:
        """Show what is known at this moment: the way forward, then the way back."""
        n = len(self.word) - 1
        weights = trained_weights(self.word, trained)
        weights = weights._replace(W=scale * weights.W)
        every = cost == "at every step"
        run = unroll(*letters(self.word), weights, every)
        forward, backward = min(moment, n), max(moment - n, 0)
        self.squares.set_offsets(self.places[: HIDDEN * forward])
        self.squares.set(facecolors=SIGNED((run.h[:forward].ravel() + 1) / 2))
        for t in range(n):
            seen, returned = t < forward, t >= n - backward
            chance, counts = run.p[t, letters(self.word)[1][t]], every or t == n - 1
            self.outputs[t].set_text(f"{chance:.0%}" if seen else "")
            self.outputs[t].set_visible(seen)
            self.costs[t].set_text(f"{run.cost[t]:.2f}" if seen and counts else "")
            self.gradients[t].set_text(f"{run.size[t]:.1g}" if returned else "")
            for a in self.ahead[t]:
                a.set_visible(seen)
            for number_of_arrow, a in enumerate(self.back[t]):
                a.set_visible(returned and (counts or number_of_arrow > 0))
        if not backward:
            step = f"Step {forward} of {n}: after “{self.word[:forward]}” the network gives “{self.word[forward]}”"
            return f"{step} a probability of {run.p[forward - 1, letters(self.word)[1][forward - 1]]:.0%}."
        t = n - backward
        return (
            f"The gradient has come back to step {t + 1}. With respect to the state there its length is "
            f"{run.size[t]:.2g}; at the last step it is {run.size[-1]:.2g}. Step {t + 1} adds a matrix of length "
            f"{run.share[t]:.2g} to the gradient of the one W that all steps share."
        )


HIDDEN = 3


def arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], look: dict[str, Any]) -> Annotation:
    """An arrow on the axes, as an artist that can be hidden."""
    return ax.annotate("", end, start, arrowprops=look)


class Weights(NamedTuple):
    """Of a recurrent network that reads and writes one-hot letters."""

    U: Matrix
    """From the input, shape (H, letters)."""
    W: Matrix
    """From the state before, shape (H, H)."""
    V: Matrix
    """To the output, shape (letters, H)."""


class Unrolled(NamedTuple):
    """A network along a sequence, and the gradient's way back."""

    h: Matrix
    """States, shape (T, H)."""
    p: Matrix
    """Probabilities of the next letter, shape (T, letters)."""
    cost: Vector
    """$-\\log p$ of the right one, shape (T,)."""
    size: Vector
    """The length of the gradient with respect to each state, shape (T,)."""
    share: Vector
    """The length of what each step adds to the gradient of W, shape (T,)."""
    gradient: Weights
    """Of the costs' sum."""


def unroll(x: NDArray[np.int64], y: NDArray[np.int64], weights: Weights, every: bool = True) -> Unrolled:
    r"""Run $h_t = \tanh(W h_{t-1} + U x_t)$, $p_t = \mathrm{softmax}(V h_t)$ forward and back through time.

    Args:
        x: The letters read, as numbers, shape (T,).
        y: The letters that should follow, shape (T,).
        weights: U, W and V.
        every: Whether every step has a cost, or the last alone.

    Source: Deep Learning, section 10.2.2.
    """
    U, W, V = weights
    h, states = np.zeros(len(W)), []
    for letter in x:
        h = np.tanh(W @ h + U[:, letter])
        states.append(h)
    h = np.array(states)
    p = softmax(h @ V.T)
    wrong = p - one_hot(y, len(V))
    if not every:
        wrong[:-1] = 0
    dh, sizes, shares = np.zeros(len(W)), [], []
    dU, dW = np.zeros_like(U), np.zeros_like(W)
    for t in reversed(range(len(x))):
        dh = dh + V.T @ wrong[t]
        delta = dh * (1 - h[t] ** 2)
        before = h[t - 1] if t else np.zeros(len(W))
        dW += np.outer(delta, before)
        dU[:, x[t]] += delta
        sizes.append(np.sqrt(dh @ dh))
        shares.append(np.sqrt(delta @ delta * (before @ before)))
        dh = W.T @ delta
    cost = -np.log(p[np.arange(len(x)), y])
    return Unrolled(h, p, cost, np.array(sizes[::-1]), np.array(shares[::-1]), Weights(dU, dW, wrong.T @ h))


@lru_cache(maxsize=4)
def letters(word: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The letters of a word as numbers: what is read, and what follows."""
    numbers = np.array([sorted(set(word)).index(letter) for letter in word])
    return numbers[:-1], numbers[1:]


@lru_cache(maxsize=8)
def trained_weights(word: str, steps: int) -> Weights:
    """Small random weights after some steps of gradient descent."""
    rng, n = np.random.default_rng(1), len(set(word))
    weights = Weights(*(rng.normal(0, 0.7, shape) for shape in ((HIDDEN, n), (HIDDEN, HIDDEN), (n, HIDDEN))))
    for _ in range(steps):
        gradient = unroll(*letters(word), weights).gradient
        weights = Weights(*(w - 0.2 * g for w, g in zip(weights, gradient, strict=True)))
    return weights


class GradientThroughTime(Demo):
    """The eigenvalues of W, and what becomes of a gradient that passes W again and again."""

    alt = (
        "Left, the eigenvalues of the recurrent matrix as dots in the complex plane, beside the unit circle. Right, on "
        "a logarithmic scale, the size of the gradient against how many steps it has gone back: a black line for a "
        "linear network, an orange one for tanh units, and dotted the power of the largest eigenvalue."
    )
    size = (9.4, 4.4)
    lags = 60

    def __init__(self) -> None:
        super().__init__(
            radius=FloatSlider(0.9, min=0.5, max=1.5, step=0.01, description="largest |λ|"),
            shear=FloatSlider(0.0, min=0, max=1.5, step=0.1, description="shear of V"),
            drive=FloatSlider(0.3, min=0, max=2, step=0.1, description="size of inputs"),
            seed=IntSlider(1, min=1, max=10, description="draw"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The complex plane and the gradients' axes."""
        left, right = fig.subplots(1, 2, width_ratios=[1, 1.35])
        plane(left, 1.6).set(xlabel="real part of λ", ylabel="imaginary part")
        left.plot(*CIRCLE, color=COLORS["black"], lw=1.5)
        self.dots = empty_line(left, COLORS["blue"], ls="", marker="o", ms=7, mec="white")
        right.set(yscale="log", xlim=(0, self.lags), ylim=(1e-12, 1e12), xlabel="steps back", ylabel="gradient's size")
        right.minorticks_off()
        self.power = empty_line(right, COLORS["grey"], lw=2, ls=":", label="$|\\lambda|^k$")
        self.linear = empty_line(right, COLORS["black"], label="linear")
        self.tanh = empty_line(right, COLORS["orange"], marker="s", ms=5, markevery=10, label="tanh")
        right.legend(loc="upper left")
        return [self.dots, self.power, self.linear, self.tanh]

    def update(self, radius: float, shear: float, drive: float, seed: int) -> str:
        """Make the matrix, send a gradient back with tanh and without."""
        values, W = recurrent_matrix(radius, shear, seed)
        self.dots.set_data(values.real, values.imag)
        found = gradients_back(W, drive, self.lags, seed)
        lags = np.arange(self.lags + 1)
        powers = radius ** lags.astype(float)
        for line, sizes in zip((self.power, self.linear, self.tanh), (powers, *found), strict=True):
            line.set_data(lags, np.clip(sizes, 1e-13, 1e13))
        return (
            f"Largest |λ| {radius:.2f}, and |λ|^{self.lags} = {powers[-1]:.1e}. After {self.lags} steps back the "
            f"gradient has {found[0][-1]:.1e} times its first size in the linear network and {found[1][-1]:.1e} times "
            f"with tanh. Its largest size on the way was {found[0].max():.2g} and {found[1].max():.2g}."
        )


@lru_cache(maxsize=64)
def recurrent_matrix(radius: float, shear: float, seed: int, units: int = 20) -> tuple[NDArray[np.complex128], Matrix]:
    r"""A matrix with known eigenvalues, $W = V D V^{-1}$.

    The eigenvalues are pairs spread over a disc; D holds each pair as a turned 2×2 block. V is orthogonal, or sheared:
    then W stretches some directions although its eigenvalues are the same.

    Args:
        radius: The largest modulus.
        shear: 0 for an orthogonal V.
        seed: Of the draw.
        units: The size of W, even.

    Returns:
        The eigenvalues, shape (units,), and W.
    """
    rng = np.random.default_rng(seed)
    modulus, angle = np.sqrt(rng.random(units // 2)), np.pi * rng.random(units // 2)
    modulus *= radius / modulus.max()
    D = np.zeros((units, units))
    for k, (r, a) in enumerate(zip(modulus, angle, strict=True)):
        D[2 * k : 2 * k + 2, 2 * k : 2 * k + 2] = r * np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    Q, _ = qr(rng.normal(size=(units, units)))
    V = Q @ (np.eye(units) + shear * np.triu(rng.normal(size=(units, units)) / np.sqrt(units), 1))
    values = modulus * np.exp(1j * angle)
    return np.concatenate([values, values.conj()]), V @ D @ inv(V)


def gradients_back(W: Matrix, drive: float, lags: int, seed: int) -> tuple[Vector, Vector]:
    r"""The size of a gradient that goes back through $h_t = W h_{t-1} + x_t$, and through $\tanh$ of the same.

    Args:
        W: Shape (H, H).
        drive: The standard deviation of the inputs.
        lags: So many steps back.
        seed: For the inputs and for 10 random gradients at the end.

    Returns:
        Root mean squares relative to the first, for lags from 0, shape (lags + 1,) each: linear and tanh.
    """
    rng = np.random.default_rng(seed)
    h, slopes = np.zeros(len(W)), []
    for x in rng.normal(0, drive, (lags + 20, len(W))):
        h = np.tanh(W @ h + x)
        slopes.append(1 - h * h)
    first = rng.normal(size=(10, len(W)))
    sizes = []
    for chain in (np.ones((lags + 20, len(W))), np.array(slopes)):
        g, found = first * chain[-1], []
        for slope in chain[::-1][1 : lags + 2]:
            found.append(np.sqrt(np.sum(g * g)))
            g = g @ W * slope
        sizes.append(np.maximum(np.array(found) / found[0], 1e-300))
    return sizes[0], sizes[1]


class CharacterModel(Running):
    """A character model at work: it writes, letter by letter, at a temperature you may turn while it does.

    Args:
        model: A trained model; by default a small one learns for a few seconds.
        tokenizer: Its characters.
    """

    alt = (
        "Left, text that a character model has written so far, the beginning it was given in front. Right, bars for "
        "the eight likeliest next characters, at temperature 1 as outlines and at the chosen temperature filled."
    )
    size = (10.0, 4.2)
    restarts = ("start", "draw")
    pause_between_frames = 0.1
    per_frame = 6
    most = 360
    starts: ClassVar = ("The ", "If the list ", "A function ", "import ")

    def __init__(self, model: CharLM | None = None, tokenizer: Tokenizer | None = None) -> None:
        self.model, self.tokenizer = small_model() if model is None or tokenizer is None else (model, tokenizer)
        super().__init__(
            temperature=FloatSlider(0.7, min=0, max=2, step=0.1, description="temperature"),
            start=Dropdown(options=list(self.starts), description="begin with"),
            draw=IntSlider(1, min=1, max=20, description="draw"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The page and the bars."""
        page, bars = fig.subplots(1, 2, width_ratios=[2.1, 1])
        page.axis("off")
        page.set_title("written so far")
        self.page = page.text(0, 0.98, "", va="top", family="monospace", size=12.5, linespacing=1.35)
        bars.set(xlim=(0, 1), ylim=(7.6, -0.6), yticks=range(8), title="what comes next")
        bars.grid(visible=False, axis="y")
        bars.tick_params(labelleft=False, length=0)
        self.plain = bars.barh(range(8), [0] * 8, height=0.8, fc="none", ec=COLORS["black"], lw=1.5)
        self.warm = bars.barh(range(8), [0] * 8, height=0.55, color=COLORS["blue"])
        self.names = [bars.text(-0.03, k, "", ha="right", va="center", family="monospace", size=14) for k in range(8)]
        return [self.page, *self.warm, *self.plain, *self.names]

    @torch.no_grad()
    def begin(self, start: str, draw: int, **_: Any) -> None:
        """Read the beginning."""
        self.text, self.generator = start, torch_generator(draw)
        device = self.model.output.weight.device
        tokens = torch.tensor([self.tokenizer.encode(start)], device=device)
        self.model.eval()
        logits, self.state = self.model(tokens)
        self.logits = logits[0, -1].cpu()
        self.advance(temperature=self.controls["temperature"].value)

    @torch.no_grad()
    def advance(self, temperature: float, **_: Any) -> bool:
        """Write a few characters."""
        for _step in range(self.per_frame):
            token = sample_with_temperature(self.logits, temperature, generator=self.generator)
            self.text += self.tokenizer.vocabulary.tokens[int(token)].replace("\n", " ")
            device = self.model.output.weight.device
            logits, self.state = self.model(token.reshape(1, 1).to(device), self.state)
            self.logits = logits[0, -1].cpu()
        return len(self.text) < self.most

    def update(self, temperature: float, start: str, draw: int) -> str:
        """Show the text and the next character's probabilities."""
        self.page.set_text("\n".join(textwrap.wrap(self.text.replace("$", "\\$"), 50)))
        plain = softmax(self.logits.double().numpy())
        warm = tempered(self.logits.double().numpy(), temperature)
        order = np.argsort(-plain, kind="stable")[:8]
        for k, token in enumerate(order):
            self.plain[k].set_width(plain[token])
            self.warm[k].set_width(warm[token])
            character = self.tokenizer.vocabulary.tokens[token]
            self.names[k].set_text({" ": "space", "\n": "line", "$": r"\$"}.get(character, character))
        best = self.names[0].get_text()
        share = -(warm[warm > 0] * np.log2(warm[warm > 0])).sum()
        return (
            f"{len(self.text) - len(start)} characters written in draw {draw} at temperature {temperature:.1f}. The "
            f"likeliest next one is “{best}”: {plain[order[0]]:.0%}, tempered {warm[order[0]]:.0%}. The choice holds "
            f"{abs(share):.1f} bits."
        )


def tempered(logits: Vector, temperature: float) -> Vector:
    r"""$\mathrm{softmax}(z / T)$; at $T = 0$ the likeliest alone.

    >>> tempered(np.log([0.5, 0.25, 0.25]), 0.0)
    array([1., 0., 0.])
    """
    if temperature == 0:
        return one_hot(np.argmax(logits), len(logits))
    return softmax((logits - logits.max()) / temperature)


@lru_cache(maxsize=1)
def small_model() -> tuple[CharLM, Tokenizer]:
    """A character model that has read a fifth of the documentation twice."""
    text, g = load_documentation(split="train")[:50_000], torch_generator(0)
    tokenizer = Tokenizer("char", lowercase=False).fit([text], specials=("<unk>",))
    model = CharLM(len(tokenizer.vocabulary), 16, 64, cell="gru", generator=g)
    tokens = torch.tensor(tokenizer.encode(text))
    optimizer = Adam(model.parameters(), lr=1e-2)
    truncated_bptt(
        model, tokens, nn.CrossEntropyLoss(), optimizer, steps=25, batch_size=16, epochs=2, clip=1.0, progress=False
    )
    return model, tokenizer


class TeacherForcing(Demo):
    """A network that goes on with a wave: each step from the true past, or from what it has said itself."""

    alt = (
        "A wave over 120 steps: the truth as a grey line; dots for what a network predicts one step ahead of the "
        "truth; and from an upright line on, an orange curve with squares where the network reads its own predictions. "
        "Below, the errors of both."
    )
    size = (9.4, 4.8)
    steps = 120

    def __init__(self) -> None:
        super().__init__(
            read=IntSlider(40, min=1, max=100, description="steps it may read"),
            period=FloatSlider(14.0, min=6, max=40, step=1, description="period"),
            nudge=FloatSlider(0.0, min=0, max=0.5, step=0.05, description="one wrong step"),
            training=Dropdown(options=list(TRAININGS), description="trained on"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """The wave above, the errors below."""
        wave, error = fig.subplots(2, 1, sharex=True, height_ratios=[2, 1])
        wave.set(ylim=(-1.7, 1.7), xlim=(0, self.steps), ylabel="wave")
        error.set(yscale="log", ylim=(1e-4, 4), xlabel="step", ylabel="error")
        error.minorticks_off()
        self.truth = empty_line(wave, COLORS["grey"], lw=4, alpha=0.5, label="truth")
        self.forced = empty_line(wave, COLORS["blue"], ls="", marker="o", ms=4, label="one step ahead of the truth")
        self.free = empty_line(wave, COLORS["orange"], marker="s", ms=4, markevery=4, label="reads itself")
        wave.legend(loc="upper center", bbox_to_anchor=(0.5, 1.25), ncols=3)
        self.errors = [
            empty_line(error, COLORS["blue"], lw=1.5),
            empty_line(error, COLORS["orange"], marker="s", ms=4, markevery=4),
        ]
        self.starts = [ax.axvline(0, color=COLORS["black"], lw=1.5, ls="--") for ax in (wave, error)]
        return [self.truth, self.forced, self.free, *self.errors, *self.starts]

    def update(self, read: int, period: float, nudge: float, training: str) -> str:
        """Predict along the truth, and go on alone from the last step that was read."""
        t = np.arange(self.steps)
        wave = np.sin(2 * np.pi * t / period)
        x = torch.from_numpy(wave).float()[:, None]
        network = trained_forecaster(training)
        forced, free = network.ahead(x)[:-1, 0].numpy(), network.alone(x[:read], self.steps - read, nudge)[:, 0].numpy()
        self.truth.set_data(t, wave)
        self.forced.set_data(t[1:], np.clip(forced, -1.7, 1.7))
        self.free.set_data(t[read:], np.clip(free, -1.7, 1.7))
        misses = np.abs(forced - wave[1:]), np.abs(free - wave[read:])
        for line, steps, miss in zip(self.errors, (t[1:], t[read:]), misses, strict=True):
            line.set_data(steps, np.maximum(miss, 1e-4))
        for line in self.starts:
            line.set_xdata([read, read])
        soon, last = min(10, self.steps - read), min(20, self.steps - read)
        return (
            f"Period {period:.0f}, trained on {training}. From step {read} on, one step ahead of the truth it is off "
            f"by {misses[0][read - 1 :].mean():.3f} on average. Reading itself, by {misses[1][:soon].mean():.3f} in "
            f"the first {soon} steps and by {misses[1][-last:].mean():.3f} in the last {last}."
        )


TRAININGS = {"the truth": 0.0, "the truth with noise": 0.1}
"""How a forecaster is trained, and the standard deviation of the noise on its inputs."""


class Forecaster(NamedTuple):
    """A recurrent layer and a readout, in time-major order."""

    layer: nn.Module
    readout: nn.Module

    def __call__(self, x: Tensor) -> Tensor:
        """A prediction of the next value after each: (T, ..., 1) to the same."""
        return self.readout(self.layer(x)[0])

    @torch.no_grad()
    def ahead(self, x: Tensor) -> Tensor:
        """The same, without gradients."""
        return self(x)

    @torch.no_grad()
    def alone(self, x: Tensor, steps: int, nudge: float = 0.0) -> Tensor:
        """Read x, then go on for some steps with its own predictions; the first of them may be nudged."""
        W_ih, W_hh, b_ih, b_hh = self.layer.parameters()
        h = self.layer(x)[1][0]
        said = [self.readout(h)]
        for k in range(steps - 1):
            h = gru_step(affine(said[-1] + (nudge if k == 0 else 0.0), W_ih, b_ih), h, W_hh, b_hh)
            said.append(self.readout(h))
        return torch.stack(said)


@lru_cache(maxsize=2)
def trained_forecaster(training: str, steps: int = 300) -> Forecaster:
    """Train on waves with periods from 10 to 30 steps, which takes a second or two.

    With noise on its inputs it learns to go on from a past that is not quite true, which is what it meets when it
    reads its own predictions.
    """
    g, noise = torch_generator(0), TRAININGS[training]
    network = Forecaster(nn.GRU(1, 24, generator=g), nn.Linear(24, 1, generator=g))
    parameters = [*network.layer.parameters(), *network.readout.parameters()]
    optimizer = Adam(parameters, lr=1e-2)
    for _ in range(steps):
        wave = sine_waves(32, 60, periods=(10.0, 30.0), generator=g).T[..., None]
        x = wave[:-1] + noise * torch.randn(wave[:-1].shape, generator=g)
        cost = (network(x) - wave[1:]).square().mean()
        optimizer.zero_grad()
        cost.backward()
        clip_grad_norm_(parameters, 1.0)
        optimizer.step()
    return network
