"""What the landmark networks share: a chain of named layers, the stem, and how weights start."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import partial
from numbers import Integral
from typing import Any, TypeVar

import torch
from torch import Tensor

from course_lib import nn

Choice = TypeVar("Choice")


class Chain(nn.Sequential):
    """Layers one after another, each under a name.

    Args:
        layers: Names and layers, in order.

    A slice such as ``net[:-1]``, all layers but the last, is a plain ``nn.Sequential`` of the same layers.

    >>> net = Chain(hidden=nn.Linear(2, 3), relu=nn.ReLU(), output=nn.Linear(3, 1))
    >>> list(net.state_dict())
    ['hidden.weight', 'hidden.bias', 'output.weight', 'output.bias']
    >>> len(net[:-1])
    2
    """

    def __init__(self, **layers: nn.Module) -> None:
        super().__init__(OrderedDict(layers))

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return nn.Sequential(OrderedDict(list(self._modules.items())[index]))
        return super().__getitem__(index)


def stem(
    in_channels: int, channels: int, *, large_images: bool, generator: torch.Generator | None = None
) -> list[nn.Module]:
    """What comes before the first block of a ResNet or DenseNet: convolution, batch normalisation, ReLU, pooling.

    Args:
        in_channels: Channels of the image.
        channels: Channels behind the stem.
        large_images: Whether the image is large enough to be halved twice, as both papers do for ImageNet. Small
            images keep their size: a kernel of 3 by 3, and no pooling.
        generator: Where the initial weights come from.

    >>> stem(1, 16, large_images=False)[-1]
    Identity()
    """
    size, stride = (7, 2) if large_images else (3, 1)
    return [
        nn.Conv2d(in_channels, channels, size, stride, padding=size // 2, bias=False, generator=generator),
        nn.BatchNorm2d(channels),
        nn.ReLU(),
        nn.MaxPool2d(3, 2, padding=1) if large_images else nn.Identity(),
    ]


def initialise(net: nn.Module, kind: type[nn.Module], weight: Callable[[Tensor], Any]) -> None:
    """Give every layer of one kind new weights, and biases of 0.

    Args:
        net: Changed in place.
        kind: The class of the layers.
        weight: Fills a weight in place.

    >>> net = nn.Sequential(nn.Linear(1, 2), nn.ReLU())
    >>> initialise(net, nn.Linear, nn.init.ones_)
    >>> net[0].weight.tolist(), net[0].bias.tolist()
    ([[1.0], [1.0]], [0.0, 0.0])
    """
    for layer in net.modules():
        if isinstance(layer, kind):
            weight(layer.weight)  # type: ignore[arg-type]
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)  # type: ignore[arg-type]


def he(generator: torch.Generator | None, mode: str = "fan_in") -> Callable[[Tensor], Tensor]:
    """The initialiser of He et al. (2015) for layers that a ReLU follows.

    Args:
        generator: Where the random numbers come from; by default torch's global generator.
        mode: "fan_in" keeps the size of the signals forward, "fan_out" that of the gradients back.
    """
    return partial(nn.init.kaiming_normal_, mode=mode, nonlinearity="relu", generator=generator)


def choose(depth: int | Choice, table: Mapping[int, Choice]) -> Choice:
    """The plan of a paper's network of some depth, or the plan that was given instead.

    Raises:
        ValueError: The table has no network of that depth, and it is no plan.

    >>> choose(18, {18: "two blocks a stage"})
    'two blocks a stage'
    """
    if isinstance(depth, type(next(iter(table.values())))):
        return depth
    if not isinstance(depth, Integral) or depth not in table:
        raise ValueError(f"expected a depth among {', '.join(map(str, table))}, or a plan, got {depth!r}")
    return table[int(depth)]
