"""Demos of lecture 10 that change pictures: harmlessly, to learn from them, and harmfully, to fool a network."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

import numpy as np
import torch
from ipywidgets import Checkbox, Dropdown, FloatSlider, IntSlider
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.data import Minibatches, load_digits, load_photograph
from course_lib.demos.base import Demo
from course_lib.demos.fields import empty_line, empty_segments
from course_lib.demos.pixels import Pixels, grey_colors, grid_axes, signed_colors
from course_lib.models import MLP
from course_lib.optim import SGD
from course_lib.plotting import COLORS
from course_lib.probability import softmax
from course_lib.regularization import fgsm
from course_lib.regularization.augment import (
    ColorPCA,
    Compose,
    RandomCrop,
    RandomHorizontalFlip,
    RandomRotation,
    RandomShift,
    RandomZoom,
)

Vector = NDArray[np.float64]


class AugmentationGallery(Demo):
    """A picture and eleven randomly changed copies, with what a network reads in them if it is a digit."""

    alt = (
        "Twelve small pictures in two rows: the original first, framed in blue, then eleven copies, each shifted, "
        "turned, enlarged, cropped, mirrored or recoloured at random. Above a digit stands what a network that was "
        "trained on unchanged digits reads in it."
    )
    size = (9.6, 4.1)
    columns, rows = 6, 2

    def __init__(self) -> None:
        super().__init__(
            picture=Dropdown(options=list(PICTURES), description="picture"),
            rotation=IntSlider(15, min=0, max=180, step=5, description="turn up to (°)"),
            shift=IntSlider(1, min=0, max=3, description="shift up to (eighths)"),
            zoom=FloatSlider(0.1, min=0, max=0.5, step=0.05, description="zoom up to (±)"),
            crop=IntSlider(8, min=5, max=8, description="crop to (eighths)"),
            color=FloatSlider(0.3, min=0, max=1, step=0.1, description="colour-PCA strength"),
            flip=Checkbox(False, description="mirror every other one"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Places for the pictures, and for a word above each."""
        ax = grid_axes(fig.add_subplot(), (self.rows * 1.3, self.columns))
        ax.spines[:].set_visible(False)
        corners = [(column, 0.3 + 1.3 * row) for row in range(self.rows) for column in range(self.columns)]
        self.pictures = [Pixels(ax) for _ in corners]
        for pixels, (x, y) in zip(self.pictures, corners, strict=True):
            pixels.extent = (x + 0.04, x + 0.96, y + 0.96, y + 0.04)
        self.words = [ax.text(x + 0.5, y - 0.02, "", ha="center", va="bottom") for x, y in corners]
        self.frame_ = empty_line(ax, COLORS["blue"], lw=3)
        self.frame_.set_data([0.03, 0.97, 0.97, 0.03, 0.03], [0.33, 0.33, 1.27, 1.27, 0.33])
        return [*self.pictures, *self.words, self.frame_]

    def update(self, picture: str, rotation: int, shift: int, zoom: float, crop: int, color: float, flip: bool) -> str:
        """Change eleven copies, each in a way of its own."""
        original = PICTURES[picture]()
        copies = changed_copies(original, len(self.pictures) - 1, rotation, shift, zoom, crop, color, flip)
        images = torch.cat([original, copies]).clamp(0, 1)
        for pixels, image in zip(self.pictures, images, strict=True):
            pixels.show(as_colors(image))
        if images.shape[1] == 3:
            for text in self.words:
                text.set_text("")
            return f"Eleven copies of one photograph, {picture}. Learn from those that you would still call that."
        readings = trained_reader(False)(images.flatten(1)).argmax(dim=1).tolist()
        truth = int(picture[-1])
        for text, reading in zip(self.words, readings, strict=True):
            text.set(text=f"read {reading}", color=COLORS["black" if reading == truth else "orange"])
        wrong = sorted({reading for reading in readings[1:] if reading != truth})
        told = f"the others as {', '.join(map(str, wrong))}" if wrong else "and no other digit"
        return (
            f"Eleven copies of one {truth}. The network reads {readings[1:].count(truth)} of them as {truth}, {told}."
        )


class AdversarialDigit(Demo):
    """A digit, pushed up the gradient of the loss: the fast gradient sign method, and what the network makes of it."""

    alt = (
        "Three small pictures: a digit, the change that is added to it, blue for more ink and orange for less, and "
        "their sum. Right, the ten logits of the network against the size of the change, nearly straight lines: that "
        "of the true class, thick and blue, falls, and the dashed orange one of another class overtakes it; a vertical "
        "line marks the size."
    )
    size = (10.4, 3.5)
    sizes: ClassVar = np.linspace(0, 0.3, 31)

    def __init__(self) -> None:
        super().__init__(
            digit=Dropdown(options=[str(k) for k in range(10)], value="9", description="digit"),
            epsilon=FloatSlider(0.1, min=0, max=0.3, step=0.01, description="size of change ε"),
            direction=Dropdown(options=["gradient sign", "random signs"], description="direction"),
            network=Dropdown(options=[("plain", False), ("adversarially trained", True)], description="network"),
        )

    def setup(self, fig: Figure) -> list[Artist]:
        """Three pictures, and the logits over the size of the change."""
        panels = fig.subplot_mosaic([["digit", "change", "sum", "logits"]], width_ratios=[1, 1, 1, 2])
        titles = {"digit": "digit", "change": "change", "sum": "sum"}
        axes = [grid_axes(panels[name], (8, 8), title) for name, title in titles.items()]
        self.pictures = [Pixels(ax) for ax in axes]
        for pixels in self.pictures:
            pixels.extent = (0, 8, 8, 0)
        self.reading = axes[2].text(4, 8.4, "", ha="center", va="top")
        ax = panels["logits"]
        ax.set(xlim=(0, 0.3), ylim=(-22, 22), xlabel="size of change $\\epsilon$", title="logits")
        self.others = empty_segments(ax, linewidths=1.1, colors=COLORS["grey"])
        self.truth = empty_line(ax, COLORS["blue"], lw=3, label="true class")
        self.rival = empty_line(ax, COLORS["orange"], ls="--", lw=3, label="best other class")
        self.here = empty_line(ax, COLORS["black"], lw=1.2)
        ax.legend(loc="lower left", ncols=2, handlelength=1.6)
        return [*self.pictures, self.reading, self.others, self.truth, self.rival, self.here]

    def update(self, digit: str, epsilon: float, direction: str, network: bool) -> str:
        """Go along the direction to every size; show the picture at the chosen one."""
        net, truth = trained_reader(network), int(digit)
        x = typical_digit(truth)
        steps = torch.as_tensor([epsilon, *self.sizes], dtype=x.dtype)[:, None]
        changed = (x + steps * signs_of_change(net, x, truth, direction)).clamp(0, 1)
        with torch.no_grad():
            here, *path = net(changed).double().numpy()
        logits = np.array(path)
        rival = int(np.argmax(np.where(np.arange(10) == truth, -np.inf, here)))
        lines = [np.column_stack([self.sizes, column]) for column in logits.T]
        self.others.set_segments([line for k, line in enumerate(lines) if k not in (truth, rival)])
        self.truth.set_data(*lines[truth].T)
        self.rival.set_data(*lines[rival].T)
        self.here.set_data([epsilon, epsilon], [-22, 22])
        before, after = x.view(8, 8).double().numpy(), changed[0].view(8, 8).double().numpy()
        self.pictures[0].show(grey_colors(1 - before))
        self.pictures[1].show(signed_colors(after - before, largest=0.3))
        self.pictures[2].show(grey_colors(1 - after))
        chances, read = softmax(here), int(np.argmax(here))
        self.reading.set(text=f"read {read}", color=COLORS["black" if read == truth else "orange"])
        return (
            f"No pixel changes by more than {epsilon:.2f} of the way from paper to ink. The network calls this "
            f"{truth} {'an' if read == 8 else 'a'} {read} with probability {chances[read]:.1%}; {truth} has "
            f"{chances[truth]:.1%}."
        )


def signs_of_change(net: torch.nn.Module, x: torch.Tensor, truth: int, direction: str) -> torch.Tensor:
    """For each pixel of a digit, shape (1, 64): +1 for more ink, −1 for less, up the gradient of the loss or random."""
    if direction == "gradient sign":
        return fgsm(net, x, torch.tensor([truth]), 1.0, bounds=None) - x
    return 2.0 * torch.randint(0, 2, x.shape, generator=torch_generator(truth)) - 1


def changed_copies(
    original: torch.Tensor, n: int, rotation: float, shift: int, zoom: float, crop: int, color: float, flip: bool
) -> torch.Tensor:
    """Copies of an image of shape (1, c, s, s), each changed at random: (n, c, s, s). Shift and crop are in eighths."""
    generator, size = torch_generator(0), original.shape[-1]
    change = Compose(
        [
            ColorPCA(color, generator=generator) if original.shape[1] == 3 else lambda x: x,
            RandomHorizontalFlip(0.5 if flip else 0.0, generator=generator),
            RandomRotation(float(rotation), generator=generator),
            RandomZoom((1 - zoom, 1 + zoom), generator=generator),
            RandomShift(shift * size // 8, generator=generator),
            RandomCrop(crop * size // 8, generator=generator),
        ]
    )
    return enlarged(change(original.repeat(n, 1, 1, 1)), size)


def enlarged(x: torch.Tensor, size: int) -> torch.Tensor:
    """Square images at another size, each pixel the nearest one.

    >>> enlarged(torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]), 3)[0, 0].tolist()
    [[1.0, 1.0, 2.0], [1.0, 1.0, 2.0], [3.0, 3.0, 4.0]]
    """
    nearest = torch.arange(size) * x.shape[-1] // size
    return x[..., nearest[:, None], nearest]


def as_colors(image: torch.Tensor) -> NDArray[np.uint8]:
    """Ink on paper, shape (1, h, w), or a photograph, shape (3, h, w), as colours of shape (h, w, 3)."""
    if len(image) == 1:
        return grey_colors(1 - image[0].double().numpy())
    return (255 * image.permute(1, 2, 0).numpy()).astype(np.uint8)


@lru_cache
def typical_digit(label: int) -> torch.Tensor:
    """The new digit, shape (1, 64), that is nearest to the mean of its class."""
    digits = load_digits()
    own = digits.X_test[digits.y_test == label]
    nearest = ((own - own.mean(dim=0)) ** 2).sum(dim=1).argmin()
    return own[nearest : nearest + 1]


def digit_image(label: int) -> torch.Tensor:
    """The same as an image: shape (1, 1, 8, 8)."""
    return typical_digit(label).view(1, 1, 8, 8)


@lru_cache
def photograph(name: str) -> torch.Tensor:
    """The middle of a photograph, every sixth pixel: shape (1, 3, 64, 64)."""
    pixels = load_photograph(name)[21:405:6, 128:512:6]
    return torch.as_tensor(pixels, dtype=torch.float32).permute(2, 0, 1)[None]


PICTURES = {
    "the digit 6": lambda: digit_image(6),
    "the digit 2": lambda: digit_image(2),
    "the digit 8": lambda: digit_image(8),
    "a flower": lambda: photograph("flower"),
    "a palace": lambda: photograph("china"),
}
"""Pictures to be changed."""


@lru_cache
def trained_reader(adversarial: bool) -> torch.nn.Module:
    """A network that reads digits, trained on them as they are, or on them and on attacks of size 0.1."""
    digits, loss = load_digits(), nn.CrossEntropyLoss()
    net = MLP([64, 128, 10], generator=torch_generator(0))
    optimizer = SGD(net.parameters(), lr=0.1, momentum=0.9)
    batches = Minibatches(digits.X_train, digits.y_train, batch_size=50, generator=torch_generator(1))
    for _ in range(10):
        for x, y in batches:
            attacked = loss(net(fgsm(net, x, y, 0.1)), y) if adversarial else 0.0
            optimizer.zero_grad()
            (loss(net(x), y) + attacked).backward()
            optimizer.step()
    return net.eval()
