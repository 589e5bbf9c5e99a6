"""How far back a recurrent layer can learn from."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import Module

from course_lib.arrays import standard_normal_like


def gradient_norms_by_lag(layer: Module, x: Tensor, generator: torch.Generator) -> Tensor:
    r"""How strongly the last output depends on the input of $k$ steps before.

    $\sqrt{E\,\lVert \partial y_T / \partial x_{T-k} \rVert_F^2}$, the gradient's size on its way back through time
    (Deep Learning, section 10.7)

    Every sequence of the batch asks for the gradient along one random direction $u \sim N(0, I)$ of the output. As
    $E\,\lVert J^\top u \rVert^2 = \lVert J \rVert_F^2$, one way back serves for all.

    Args:
        layer: A recurrent layer, or another one over time such as :class:`~course_lib.nn.TDNN`; in time-major order.
        x: Inputs, shape (T, N, features); the more sequences, the surer.
        generator: Where the directions come from.

    Returns:
        One number for each lag, from 0 to T − 1, shape (T,).

    Raises:
        ValueError: The inputs are not of that shape, or the layer has ``batch_first``.

    >>> from course_lib.nn import RNN
    >>> g = torch.Generator().manual_seed(0)
    >>> norms = gradient_norms_by_lag(RNN(1, 8, generator=g), torch.randn(30, 16, 1, generator=g), g)
    >>> bool(norms[0] > 100 * norms[-1])
    True
    """
    if x.ndim != 3 or getattr(layer, "batch_first", False):
        raise ValueError(f"expected inputs and a layer in the order (time, batch, features), got {tuple(x.shape)}")
    x = x.detach().requires_grad_()
    found = layer(x)
    y = found if isinstance(found, Tensor) else found[0]
    u = standard_normal_like(y[-1], generator)
    (gradient,) = torch.autograd.grad(y[-1], x, u)
    return gradient.square().sum(-1).mean(1).sqrt().flip(0)
