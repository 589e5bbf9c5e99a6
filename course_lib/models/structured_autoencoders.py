"""Autoencoders for images and for sequences: the encoder suits the input, the decoder is its mirror image."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor

from course_lib import nn
from course_lib.models.autoencoder import EncoderDecoder
from course_lib.models.recurrence import recurrent


class ConvAutoencoder(EncoderDecoder):
    r"""An autoencoder of convolutions.

    Each convolution of the encoder halves the image (kernel 3, stride 2); a linear layer makes the code. The decoder
    goes back: a linear layer, then transposed convolutions that double the image (kernel 4, stride 2: the kernel is a
    multiple of the stride, so all pixels are written equally often).   (Deep Learning, sections 9.5 and 14.3)

    Args:
        code_size: Length of the code.
        channels: Of the image, and behind each convolution.
        image_size: Rows and columns; they must be divisible by two once for each convolution.
        generator: Where the initial weights come from; by default torch's global generator.

    Raises:
        ValueError: The image cannot be halved so often, or there is no convolution.

    >>> net = ConvAutoencoder(10)
    >>> net.encode(torch.zeros(5, 1, 8, 8)).shape, net(torch.zeros(5, 1, 8, 8)).shape
    (torch.Size([5, 10]), torch.Size([5, 1, 8, 8]))
    """

    def __init__(
        self,
        code_size: int,
        *,
        channels: Sequence[int] = (1, 8, 16),
        image_size: int = 8,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        steps = len(channels) - 1
        if steps < 1 or image_size % 2**steps:
            raise ValueError(
                f"expected channels of the image and of at least one convolution, and an image that can be halved for "
                f"each; got channels {list(channels)} for {image_size} by {image_size} pixels"
            )
        grid = image_size // 2**steps
        self._smallest = (channels[-1], grid, grid)
        features = channels[-1] * grid**2
        down: list[nn.Module] = []
        up: list[nn.Module] = []
        for i, (wide, deep) in enumerate(pairwise(channels)):
            down += [nn.Conv2d(wide, deep, 3, stride=2, padding=1, generator=generator), nn.ReLU()]
            back = nn.ConvTranspose2d(deep, wide, 4, stride=2, padding=1, generator=generator)
            up = [back, *([nn.ReLU()] if i else []), *up]
        self.encoder = nn.Sequential(*down, nn.Flatten(), nn.Linear(features, code_size, generator=generator))
        self.expand = nn.Linear(code_size, features, generator=generator)
        self.decoder = nn.Sequential(nn.ReLU(), *up)

    def decode(self, code: Tensor) -> Tensor:
        """The images that codes stand for."""
        return self.decoder(self.expand(code).reshape(-1, *self._smallest))


class SequenceAutoencoder(EncoderDecoder):
    r"""A recurrent autoencoder: one network reads a sequence into a code, another writes it out again.

    $h_t = f(h_{t-1}, x_t), \quad c = W h_\tau, \quad s_t = g(s_{t-1}, c), \quad \hat x_t = V s_t$

    The encoder's last state is all that the decoder gets, the same at every step, so the code must hold the whole
    sequence. The decoder does not see its own outputs.   (Cho et al., 2014, Learning phrase representations; Srivastava
    et al., 2015, Unsupervised learning of video representations using LSTMs, unconditional decoder)

    Args:
        input_size: Numbers per step.
        hidden_size: Units of encoder and decoder each.
        code_size: Length of the code.
        cell: "gru", "lstm" or "rnn".
        generator: Where the initial weights come from; by default torch's global generator.

    Raises:
        ValueError: The cell is unknown.

    >>> net = SequenceAutoencoder(input_size=1, hidden_size=16, code_size=4)
    >>> net.encode(torch.zeros(5, 20, 1)).shape, net(torch.zeros(5, 20, 1)).shape
    (torch.Size([5, 4]), torch.Size([5, 20, 1]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        code_size: int,
        *,
        cell: str = "gru",
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        self.encoder = recurrent(cell, input_size, hidden_size, generator=generator)
        self.decoder = recurrent(cell, code_size, hidden_size, generator=generator)
        self.to_code = nn.Linear(hidden_size, code_size, generator=generator)
        self.to_output = nn.Linear(hidden_size, input_size, generator=generator)

    def encode(self, x: Tensor) -> Tensor:
        """The codes of sequences: (n, steps, input size) to (n, code size)."""
        states, _ = self.encoder(x)
        return self.to_code(states[:, -1])

    def decode(self, code: Tensor, steps: int) -> Tensor:  # type: ignore[override]  # a code does not say how long
        """The sequences of so many steps that codes stand for: (n, code size) to (n, steps, input size)."""
        states, _ = self.decoder(code.unsqueeze(1).expand(-1, steps, -1))
        return self.to_output(states)

    def forward(self, x: Tensor) -> Tensor:
        """The reconstructions of sequences, of their shape."""
        return self.decode(self.encode(x), x.shape[1])
