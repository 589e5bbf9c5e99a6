"""What the layers inside of a network say about its input."""

from __future__ import annotations

from typing import Any

from course_lib import nn


def feature_extractor(model: nn.Module, layer: str) -> FeatureExtractor:
    r"""The part of a network up to one layer: $x \mapsto h^{(l)}(x)$   (Deep Learning, section 15.2).

    What a network has learned for one task often serves another: its last hidden layer turns images into features, on
    which a linear classifier may do well.

    Args:
        model: Any network. Nothing in it is copied or changed.
        layer: A dotted name from ``model.named_modules()``, such as ``"features.0"`` or ``"layer1.0.conv2"``.

    Returns:
        A module with the arguments of the model that returns what the layer returns. Gradients flow through it. Layers
        behind the one named are not run, so an input need only fit those before it. Of a layer that is used several
        times, it is the first time that counts.

    Raises:
        ValueError: There is no such layer; the message says which there are.

    >>> import torch
    >>> net = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    >>> hidden = feature_extractor(net, "1")
    >>> hidden(torch.zeros(5, 4)).shape
    torch.Size([5, 3])
    """
    return FeatureExtractor(model, layer)


class FeatureExtractor(nn.Module):
    """What :func:`feature_extractor` returns.

    Args:
        model: The network.
        layer: The dotted name of the layer.
    """

    def __init__(self, model: nn.Module, layer: str) -> None:
        super().__init__()
        _find(model, layer)
        self.model = model
        self.layer = layer

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """Run the model as far as the layer, and return what that returns.

        Raises:
            RuntimeError: The model never came to the layer.
        """
        with _find(self.model, self.layer).register_forward_hook(_stop):
            try:
                self.model(*inputs, **options)
            except _Reached as reached:
                return reached.output
        raise RuntimeError(f"the model has a layer {self.layer!r}, but does not use it for this input")

    def extra_repr(self) -> str:
        """What stands between the parentheses of the module's repr."""
        return f"layer={self.layer!r}"


class _Reached(Exception):  # noqa: N818
    """Not an error, but the way out of the model."""

    def __init__(self, output: Any) -> None:
        self.output = output


def _stop(layer: nn.Module, inputs: Any, output: Any) -> None:
    raise _Reached(output)


def _find(model: nn.Module, layer: str) -> nn.Module:
    """The layer of that name, found step by step, so that an error can say where the name goes wrong."""
    found, path = model, "the model"
    for part in layer.split("."):
        children = dict(found.named_children())
        if part not in children:
            there = ", ".join(map(repr, children)) or "no layers"
            raise ValueError(f"no layer is called {layer!r}: {path} has {there}")
        found, path = children[part], part if path == "the model" else f"{path}.{part}"
    return found
