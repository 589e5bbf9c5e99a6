"""Inceptionism: images in which a network sees more of what it sees in them already."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from course_lib import nn
from course_lib.models.features import feature_extractor
from course_lib.nn.inputs import require_inputs, require_within
from course_lib.nn.modes import mode


def deep_dream(
    model: nn.Module,
    image: Tensor,
    *,
    layer: str,
    channel: int | None = None,
    steps: int = 20,
    learning_rate: float = 0.01,
    octaves: int = 1,
    octave_scale: float = 1.4,
    bounds: tuple[float, float] = (0.0, 1.0),
) -> Tensor:
    r"""Change an image, by gradient ascent, so that a layer responds more strongly to it.

    $x \leftarrow \mathrm{clip}\bigl(x + \varepsilon \, g / \mathrm{mean}|g|\bigr)$ with $g = \nabla_x J(x)$. For a
    whole layer $J = \frac12 \mathrm{mean}(h^2)$, so that whatever it sees is enhanced; for one channel
    $J = \mathrm{mean}(h_c)$.   (Mordvintsev et al., 2015: Inceptionism: Going deeper into neural networks)

    Layers near the input respond to edges and textures, later ones to parts and things. In *octaves* it is done on a
    small copy of the image first. What is found there is enlarged and refined, so the dream has large and small shapes.

    Args:
        model: Any network; it is used in evaluation mode, and comes back as it was.
        image: Shape (channels, height, width), or a batch of such images. It may be of another size than those that the
            network has learned from, as long as the layers up to the one named can take it.
        layer: The dotted name of a layer, as :func:`~course_lib.models.feature_extractor` takes it.
        channel: One channel of the layer, or one unit of a linear one. Where a ReLU holds all of it at 0 there is no
            gradient, and the image stays as it is.
        steps: How many, in each octave.
        learning_rate: $\varepsilon$, how far a pixel moves in one step, on average.
        octaves: How many sizes; 1 is that of the image.
        octave_scale: How many times larger each is than the one before.
        bounds: The smallest and the largest value of a pixel, in the image and in the dream.

    Returns:
        A new image, of the shape of ``image``.

    Raises:
        TypeError: The image is no torch tensor of a floating dtype.
        ValueError: It has another number of dimensions, there is no such layer, or a number is out of its range.
        IndexError: The layer has no such channel.

    >>> edges = nn.Conv2d(1, 1, (1, 2), bias=False)
    >>> _ = nn.init.zeros_(edges.weight), nn.init.ones_(edges.weight[..., 1])
    >>> deep_dream(nn.Sequential(edges), torch.zeros(1, 2, 3), layer="0", channel=0, steps=2, learning_rate=0.1)
    tensor([[[0.0000, 0.3000, 0.3000],
             [0.0000, 0.3000, 0.3000]]])
    """
    _check(image, steps, learning_rate, octaves, octave_scale, bounds)
    features = feature_extractor(model, layer)
    start = image.detach().reshape(-1, *image.shape[-3:])
    height, width = start.shape[-2:]
    dream = start
    with mode(model, training=False):
        detail = torch.zeros_like(start)
        for octave in reversed(range(octaves)):
            size = [max(1, round(n / octave_scale**octave)) for n in (height, width)]
            base = resize(start, size)
            dream = (base + resize(detail, size)).clamp(*bounds)
            for _ in range(steps):
                g = _gradient(features, dream, channel)
                dream = (dream + learning_rate * g / _mean_size(g)).clamp(*bounds)
            detail = dream - base
    return dream.reshape(image.shape)


def _gradient(features: nn.Module, x: Tensor, channel: int | None) -> Tensor:
    """The gradient of J, for each image of the batch."""
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        h = features(x)
        if channel is not None and not 0 <= channel < h.shape[1]:
            raise IndexError(f"expected a channel from 0 to {h.shape[1] - 1}, as the layer has, got {channel}")
        J = h.square().mean() / 2 if channel is None else h[:, channel].mean()
        return torch.autograd.grad(J, x)[0]


def _mean_size(g: Tensor) -> Tensor:
    """The mean of the absolute values for each image, but never 0."""
    return g.abs().mean((1, 2, 3), keepdim=True).clamp(min=torch.finfo(g.dtype).tiny)


def resize(x: Tensor, size: list[int]) -> Tensor:
    r"""Enlarge or shrink images, with straight lines between the middles of neighbouring pixels.

    $y = A x B^\top$, where a row of $A$ or $B$ holds the weights of the two pixels that it lies between

    Args:
        x: Shape (..., height, width).
        size: New height and width.

    >>> resize(torch.tensor([[0.0, 4.0]]), [1, 4])
    tensor([[0., 1., 3., 4.]])
    """
    A, B = (_between(m, n, x) for m, n in zip(size, x.shape[-2:], strict=True))
    return A @ x @ B.mT


def _between(m: int, n: int, x: Tensor) -> Tensor:
    """Shape (m, n): weights of n old pixels for each of m new ones; beyond the middle of the last, that one counts."""
    places = (torch.arange(m, dtype=x.dtype, device=x.device) + 0.5) * n / m - 0.5
    distances = places.clamp(0, n - 1)[:, None] - torch.arange(n, dtype=x.dtype, device=x.device)
    return (1 - distances.abs()).clamp(min=0)


def _check(
    image: Tensor, steps: int, learning_rate: float, octaves: int, octave_scale: float, bounds: tuple[float, float]
) -> None:
    require_inputs(image, "image")
    if image.ndim not in (3, 4):
        raise ValueError(f"expected an image (channels, height, width) or a batch, got shape {tuple(image.shape)}")
    require_within(image, bounds, "image")
    if not (steps >= 0 and 0 < learning_rate < math.inf and octaves >= 1 and octave_scale > 1):
        raise ValueError(
            "expected steps of at least 0, a learning_rate above 0, octaves of at least 1 and an octave_scale above 1, "
            f"got {steps}, {learning_rate}, {octaves} and {octave_scale}"
        )
