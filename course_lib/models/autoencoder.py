r"""The autoencoder: a network that learns to return its input, through a code that cannot hold all of it.

The encoder $f$ makes the code $h = f(x)$, the decoder $g$ makes the reconstruction $\hat x = g(h)$ of it. Copying is
not the aim. The code is: what the network keeps of an input when it must leave something out (Deep Learning, chapter
14).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from course_lib import nn
from course_lib.models.mlp import MLP
from course_lib.nn.modes import mode

MakeLayer = Callable[[], nn.Module]
"""Makes a layer: a class such as ``nn.ReLU``, or any function without arguments."""

OUTPUTS: dict[str, type[nn.Module]] = {"linear": nn.Identity, "sigmoid": nn.Sigmoid}


class EncoderDecoder(nn.Module):
    r"""What all autoencoders share: an encoder, a decoder, and the squared error of what comes out.

    Attributes:
        encoder: $f$, from inputs to codes.
        decoder: $g$, from codes to inputs.
    """

    encoder: nn.Module
    decoder: nn.Module

    def encode(self, x: Tensor) -> Tensor:
        """The codes of inputs, (n, code size)."""
        return self.encoder(x)

    def decode(self, code: Tensor) -> Tensor:
        """The inputs that codes stand for."""
        return self.decoder(code)

    def forward(self, x: Tensor) -> Tensor:
        """The reconstructions of inputs, of their shape."""
        return self.decode(self.encode(x))

    def loss(self, x: Tensor) -> Tensor:
        r"""The mean of $(\hat x_i - x_i)^2$ over all entries of all samples."""
        return squared_error(self(x), x)


class Autoencoder(EncoderDecoder):
    r"""An autoencoder of fully connected layers.

    $\hat x = g(f(x)), \quad L(x) = \frac1d \lVert \hat x - x \rVert^2$   (Deep Learning, eq. 14.1)

    The decoder has the encoder's layers in reverse. It is undercomplete if the code is smaller than the input. With two
    sizes and a linear code it is a linear autoencoder, whose best code spans the subspace of PCA.

    Args:
        sizes: Numbers of units of the encoder: inputs, hidden layers, code.
        activation: Makes one activation for each hidden layer.
        code: Makes what follows the last layer of the encoder, such as ``nn.Sigmoid``; by default nothing.
        output: What follows the last layer of the decoder: "linear" for any numbers, "sigmoid" for numbers from 0 to 1.
        tied: Whether the decoder uses the encoder's weights, transposed, with biases of its own.
        generator: Where the initial weights come from; by default torch's global generator.

    Attributes:
        encoder: An :class:`MLP` and the code's activation.
        decoder: An :class:`MLP` and the output's activation.

    Raises:
        ValueError: There are fewer than two sizes, one is not positive, or the output is unknown.
        TypeError: An activation is a layer instead of what makes one.

    >>> net = Autoencoder([64, 32, 2])
    >>> net.encode(torch.zeros(5, 64)).shape, net(torch.zeros(5, 64)).shape
    (torch.Size([5, 2]), torch.Size([5, 64]))
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        activation: MakeLayer = nn.ReLU,
        code: MakeLayer = nn.Identity,
        output: str = "linear",
        tied: bool = False,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        if output not in OUTPUTS:
            raise ValueError(f"expected output to be one of {', '.join(map(repr, OUTPUTS))}, got {output!r}")
        if isinstance(code, nn.Module):
            raise TypeError(f"expected what makes an activation, such as nn.Sigmoid without brackets, got {code}")
        down = MLP(sizes, activation, generator=generator)
        up = MLP(sizes[::-1], activation, generator=generator)
        if tied:
            up.layers = nn.ModuleList(TransposedLinear(layer) for layer in reversed(down.layers))  # type: ignore[arg-type]
        self.encoder = nn.Sequential(down, code())
        self.decoder = nn.Sequential(up, OUTPUTS[output]())


class TransposedLinear(nn.Module):
    r"""The way back through a linear layer: its weight transposed, and a bias of its own.

    $y = x W + c$ where the layer computes $x W^\top + b$

    Args:
        layer: Its weight is shared: both layers learn the same $W$.

    Attributes:
        weight: $W$, the layer's own parameter.
        bias: $c$, at first zero.

    >>> layer = nn.Linear(3, 2)
    >>> TransposedLinear(layer)(layer(torch.zeros(5, 3))).shape
    torch.Size([5, 3])
    """

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        self.weight = layer.weight
        self.bias = nn.Parameter(torch.zeros_like(layer.weight[0]))

    def forward(self, input: Tensor) -> Tensor:
        """Map (..., out_features of the layer) to (..., in_features of the layer)."""
        return input @ self.weight + self.bias


def squared_error(reconstruction: Tensor, x: Tensor) -> Tensor:
    r"""The mean of $(\hat x_i - x_i)^2$ over all entries.

    Raises:
        ValueError: The shapes differ.

    >>> squared_error(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]))
    tensor(2.)
    """
    return _squared_errors(reconstruction, x).mean()


def anomaly_scores(model: nn.Module, x: Tensor) -> Tensor:
    r"""How badly each sample is reconstructed, $\frac1d \lVert \hat x - x \rVert^2$: most of all what is new.

    An autoencoder has learned to copy inputs like those it was trained on. Where it fails, the input is of another
    kind (Deep Learning, section 14.9 leaves it at this; Chandola et al., 2009, Anomaly detection, survey others).

    Args:
        model: Returns a reconstruction of its input. Used in evaluation mode, then in the mode it was in.
        x: Inputs, shape (n, ...).

    Returns:
        The scores, shape (n,), without gradients.

    Raises:
        ValueError: The model returns another shape than it was given.

    >>> anomaly_scores(nn.Identity(), torch.ones(2, 3))
    tensor([0., 0.])
    """
    with mode(model, training=False), torch.no_grad():
        reconstruction = model(x)
    return _squared_errors(reconstruction, x).flatten(1).mean(1)


def _squared_errors(reconstruction: Tensor, x: Tensor) -> Tensor:
    if reconstruction.shape != x.shape:
        raise ValueError(
            f"expected a reconstruction of the input's shape {tuple(x.shape)}, got {tuple(reconstruction.shape)}"
        )
    return (reconstruction - x).square()
