"""Layers that keep a GAN from falling on one mode: minibatch discrimination and spectral normalisation."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.func import functional_call

from course_lib import nn
from course_lib.arrays import standard_normal_like


class MinibatchDiscrimination(nn.Module):
    r"""Shows a discriminator how near each sample of a batch is to the others, beside its own features.

    $o(x_i)_b = \sum_{j \neq i} \exp(-\lVert M_{ib} - M_{jb} \rVert_1)$ with $M_i = f(x_i)\, T$   (Salimans et al.,
    Improved techniques for training GANs, 2016, section 3.2)

    A generator that has only one answer gives itself away. (The paper counts $j = i$ too, which adds 1 everywhere.)

    Args:
        in_features: Length of $f(x)$.
        out_features: How many similarities $b$ are added to it.
        kernel_dim: The length of each row $M_{ib}$.
        generator: Where the initial $T$ comes from; by default torch's global generator.

    Attributes:
        weight: $T$, shape (in_features, out_features, kernel_dim).

    >>> layer = MinibatchDiscrimination(3, 2)
    >>> layer(torch.zeros(5, 3))
    tensor([[0., 0., 0., 4., 4.],
            [0., 0., 0., 4., 4.],
            [0., 0., 0., 4., 4.],
            [0., 0., 0., 4., 4.],
            [0., 0., 0., 4., 4.]], grad_fn=<CatBackward0>)
    """

    def __init__(
        self, in_features: int, out_features: int, kernel_dim: int = 5, *, generator: torch.Generator | None = None
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(in_features, out_features, kernel_dim))
        nn.init.normal_(self.weight, std=in_features**-0.5, generator=generator)

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, in_features) to (n, in_features + out_features)."""
        M = torch.einsum("nf,fbk->nbk", x, self.weight)
        distance = (M[:, None] - M[None, :]).abs().sum(3)
        return torch.cat([x, torch.exp(-distance).sum(1) - 1], dim=1)  # without exp(0) = 1, its own


class SpectralNorm(nn.Module):
    r"""A layer whose weight is divided by its largest singular value, so that no input is stretched.

    $W / \sigma_1(W)$ with $\sigma_1 \approx u^\top W v$. Every forward pass of training is one step of power iteration,
    $v \leftarrow W^\top u / \lVert W^\top u \rVert$, $u \leftarrow W v / \lVert W v \rVert$; weights change slowly, so
    it keeps up.   (Miyato et al., Spectral normalization for generative adversarial networks, 2018)

    Args:
        layer: Has a ``weight``, such as ``nn.Linear`` or ``nn.Conv2d``; of a kernel the axes behind the first count as
            one.
        generator: Where the first $u$ comes from; by default torch's global generator.

    >>> layer = SpectralNorm(nn.Linear(1, 1, bias=False))
    >>> layer(torch.ones(1, 1)).abs()
    tensor([[1.]], grad_fn=<AbsBackward0>)
    """

    u: Tensor

    def __init__(self, layer: nn.Module, *, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.layer = layer
        weight: Tensor = layer.weight  # type: ignore[assignment]
        self.register_buffer("u", _unit(standard_normal_like(weight.detach().flatten(1)[:, 0], generator)))

    def forward(self, x: Tensor) -> Tensor:
        """What the layer would return with the divided weight."""
        weight: Tensor = self.layer.weight  # type: ignore[assignment]
        W = weight.flatten(1)
        with torch.no_grad():
            v = _unit(W.T @ self.u)
            if self.training:
                self.u = _unit(W @ v)
        sigma = self.u @ W @ v
        return functional_call(self.layer, {"weight": weight / sigma}, x)


def _unit(v: Tensor) -> Tensor:
    return v / v.square().sum().sqrt()
