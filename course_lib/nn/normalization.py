r"""Normalisation: numbers are brought to mean 0 and variance 1 before the next layer sees them.

Batch normalisation takes mean and variance of each channel over the minibatch, layer normalisation those of each
example over its features. Then a learned scale $\gamma$ and shift $\beta$ give back the freedom to have any mean and
size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.nn import Module, Parameter

from . import init


class _BatchNormalize(Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor | None, bias: Tensor | None, dims: list[int], eps: float
    ) -> tuple[Tensor, Tensor, Tensor]:
        centred, mean, var, r = _moments(x, dims, eps)
        z = centred.mul_(r)
        ctx.save_for_backward(x, z, r, weight, bias)
        ctx.dims, ctx.eps = dims, eps
        ctx.mark_non_differentiable(mean, var)
        return _affine(z, weight, bias), mean, var

    @staticmethod
    def backward(ctx: Any, g: Tensor, *without_gradient: Tensor) -> tuple[Tensor | None, ...]:
        x, z, r, weight, bias = ctx.saved_tensors
        if torch.is_grad_enabled():  # this gradient will be differentiated, and z and r depend on x
            centred, _, _, r = _moments(x, ctx.dims, ctx.eps)
            z = centred * r
        n = g.numel() / r.numel()
        dbias = g.sum(ctx.dims, keepdim=True)
        dweight = (g * z).sum(ctx.dims, keepdim=True)
        dx = torch.addcmul(g, z, dweight / -n).sub_(dbias / n) * (r if weight is None else weight * r)
        return dx, None if weight is None else dweight, None if bias is None else dbias, None, None


def batch_normalize(
    x: Tensor, weight: Tensor | None, bias: Tensor | None, dims: list[int], eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    r"""Bring each channel to mean 0 and variance 1, then to a learned mean and size.

    $y = \gamma z + \beta$ with $z = r (x - \mu)$, $\mu = \mathrm{mean}(x)$, $\sigma^2 = \mathrm{mean}((x - \mu)^2)$ and
    $r = 1 / \sqrt{\sigma^2 + \varepsilon}$   (Ioffe and Szegedy, 2015; Deep Learning, eq. 8.35 to 8.37)

    $\partial L / \partial \beta = \sum g$, $\partial L / \partial \gamma = \sum g z$ and, with $n$ numbers a channel,
    $\partial L / \partial x = \gamma r \bigl(g - \frac1n \sum g - z\, \frac1n \sum g z\bigr)$.
    The gradient has lost its mean and its part along $z$: shifting or scaling $x$ does not change $z$.

    Args:
        x: Any shape.
        weight: $\gamma$, of size 1 in ``dims`` and as large as ``x`` elsewhere; or None.
        bias: $\beta$, likewise.
        dims: The dimensions over which means are taken.
        eps: $\varepsilon$, so that nothing is divided by 0.

    Returns:
        $y$; and $\mu$ and $\sigma^2$, of size 1 in ``dims``, which are not differentiated.

    >>> batch_normalize(torch.tensor([1.0, 3.0]), None, torch.tensor([5.0]), [0], 0.0)
    (tensor([4., 6.]), tensor([2.]), tensor([1.]))
    """
    return _BatchNormalize.apply(x, weight, bias, dims, eps)


class _LayerNormalize(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor | None, bias: Tensor | None, eps: float) -> Tensor:
        centred, _, _, r = _moments(x, [1], eps)
        z = centred.mul_(r)
        ctx.save_for_backward(x, z, r, weight, bias)
        ctx.eps = eps
        return _affine(z, weight, bias)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, z, r, weight, bias = ctx.saved_tensors
        if torch.is_grad_enabled():  # this gradient will be differentiated, and z and r depend on x
            centred, _, _, r = _moments(x, [1], ctx.eps)
            z = centred * r
        gz = g * z
        gamma = g.new_ones(g.shape[1]) if weight is None else weight
        mean_h, mean_hz = ((v @ (gamma / g.shape[1])).unsqueeze(1) for v in (g, gz))
        dx = torch.addcmul(g * gamma, z, mean_hz, value=-1).sub_(mean_h) * r
        return dx, None if weight is None else gz.sum(0), None if bias is None else g.sum(0), None


def layer_normalize(x: Tensor, weight: Tensor | None, bias: Tensor | None, eps: float) -> Tensor:
    r"""Bring each example to mean 0 and variance 1, then each feature to a learned mean and size.

    $y = \gamma z + \beta$ as for :func:`batch_normalize`, with means along the rows   (Ba et al., 2016)

    $\gamma$ differs within a mean. So it comes first: with $h = \gamma g$,
    $\partial L / \partial x = r \bigl(h - \mathrm{mean}(h) - z\, \mathrm{mean}(h z)\bigr)$.

    Args:
        x: Shape (examples, features).
        weight: $\gamma$, shape (features,), or None.
        bias: $\beta$, likewise.
        eps: $\varepsilon$, so that nothing is divided by 0.

    Returns:
        $y$, of the shape of ``x``.

    >>> layer_normalize(torch.tensor([[1.0, 3.0]]), torch.tensor([1.0, 5.0]), None, 0.0)
    tensor([[-1.,  5.]])
    """
    return _LayerNormalize.apply(x, weight, bias, eps)


def _moments(x: Tensor, dims: list[int], eps: float) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    r"""$x - \mu$, $\mu$, $\sigma^2$ and $r = 1 / \sqrt{\sigma^2 + \varepsilon}$."""
    mean = x.mean(dims, keepdim=True)
    centred = x - mean
    var = centred.square().mean(dims, keepdim=True)
    return centred, mean, var, (var + eps).rsqrt()


def _affine(z: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    r"""$\gamma z + \beta$, where there are a $\gamma$ and a $\beta$; always a new tensor."""
    if weight is not None and bias is not None:
        return torch.addcmul(bias, z, weight)
    if bias is not None:
        return z + bias
    return z.clone() if weight is None else z * weight


class _BatchNorm(Module):
    """Batch normalisation for inputs of some numbers of dimensions."""

    dimensions: tuple[int, ...]
    weight: Parameter | None
    bias: Parameter | None
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None
    _version = 2

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        place = {"device": device, "dtype": dtype}
        ones, zeros = torch.ones(num_features, **place), torch.zeros(num_features, **place)
        self.register_parameter("weight", Parameter(ones.clone()) if affine else None)
        self.register_parameter("bias", Parameter(zeros.clone()) if affine and bias else None)
        tracked = track_running_stats
        self.register_buffer("running_mean", zeros if tracked else None)
        self.register_buffer("running_var", ones if tracked else None)
        self.register_buffer("num_batches_tracked", torch.tensor(0, device=device) if tracked else None)

    def reset_running_stats(self) -> None:
        """Forget the batches that were seen."""
        if self.running_mean is not None and self.running_var is not None and self.num_batches_tracked is not None:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        r"""Begin again with $\gamma = 1$ and $\beta = 0$, and forget the batches that were seen."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        """Normalise each channel, dimension 1 of the input.

        With the moments of the batch in training mode, with the running ones in evaluation mode.

        Raises:
            ValueError: The input has another number of dimensions, or training has one number per channel.
            RuntimeError: The input has another number of channels.
        """
        self._check(input)
        shape = (-1, *[1] * (input.ndim - 2))
        weight, bias = (p if p is None else p.reshape(shape) for p in (self.weight, self.bias))
        if self.training or self.running_mean is None or self.running_var is None:
            dims = [0, *range(2, input.ndim)]
            y, mean, var = batch_normalize(input, weight, bias, dims, self.eps)
            if self.training and self.track_running_stats:
                self._track(mean.flatten(), var.flatten(), input.numel() // self.num_features)
            return y
        mean, r = self.running_mean.reshape(shape), (self.running_var + self.eps).rsqrt().reshape(shape)
        y = (input - mean) * (r if weight is None else r * weight)
        return y if bias is None else y + bias

    def _track(self, mean: Tensor, var: Tensor, n: int) -> None:
        r"""Move the running moments towards those of a batch of $n$ numbers: $m \leftarrow m + \alpha (\mu - m)$.

        The variance is the unbiased one, $\frac{n}{n - 1} \sigma^2$. Without a momentum $\alpha$, they become the mean
        over all batches: $\alpha = 1 / t$ in the $t$-th.
        """
        if self.running_mean is None or self.running_var is None or self.num_batches_tracked is None:
            return
        self.num_batches_tracked += 1
        if n == 0:
            return
        alpha = 1 / int(self.num_batches_tracked) if self.momentum is None else self.momentum
        dtype = self.running_mean.dtype
        self.running_mean.lerp_(mean.to(dtype), alpha)
        self.running_var.lerp_((var * (n / (n - 1))).to(dtype), alpha)

    def _check(self, input: Tensor) -> None:
        if input.ndim not in self.dimensions:
            wanted = " or ".join(f"{n}-D" for n in self.dimensions)
            raise ValueError(f"expected {wanted} input, batch and channels first, got shape {tuple(input.shape)}")
        if input.shape[1] != self.num_features:
            raise RuntimeError(f"expected {self.num_features} channels in dimension 1, got {tuple(input.shape)}")
        if self.training and input.numel() == self.num_features:
            raise ValueError(
                f"one number per channel has no variance to train with, got shape {tuple(input.shape)}; "
                "take more examples, or switch to model.eval()"
            )
        if self.eps < 0 or (self.training and self.eps == 0):
            raise ValueError(f"expected eps above 0, got {self.eps}")

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class BatchNorm1d(_BatchNorm):
    r"""Batch normalisation of features (N, C) or sequences (N, C, L).

    $y = \gamma \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta$ with mean $\mu$ and variance $\sigma^2$ of each
    channel   (Ioffe and Szegedy, 2015; Deep Learning, section 8.7.1)

    Training uses the moments of the minibatch and keeps running ones, which evaluation uses: there a single example
    must do. A bias before this layer would be taken away again with the mean: leave it out.

    Args:
        num_features: C.
        eps: $\varepsilon$.
        momentum: How far running moments move towards those of a batch; None: they become the mean over all batches.
        affine: Whether there are a $\gamma$ and a $\beta$.
        track_running_stats: Whether there are running moments; without, evaluation uses those of the batch too.
        device: Where parameters and buffers lie.
        dtype: Their dtype.
        bias: Whether there is a $\beta$.

    Attributes:
        weight: $\gamma$, shape (C,), first 1; or None.
        bias: $\beta$, shape (C,), first 0; or None.
        running_mean: Shape (C,), first 0; or None.
        running_var: Shape (C,), first 1; or None.
        num_batches_tracked: How many batches they have seen; or None.

    >>> BatchNorm1d(1)(torch.tensor([[1.0], [3.0]])).detach().round(decimals=3)
    tensor([[-1.],
            [ 1.]])
    """

    dimensions = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Batch normalisation of images (N, C, H, W): each channel over all examples and places.

    Formula, arguments and attributes are those of :class:`BatchNorm1d`.

    >>> BatchNorm2d(3)(torch.randn(8, 3, 5, 5)).shape
    torch.Size([8, 3, 5, 5])
    """

    dimensions = (4,)


class LayerNorm(Module):
    r"""Normalises each example over its features, the last dimensions. It is the same in training and evaluation.

    $y = \gamma \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta$ with mean $\mu$ and variance $\sigma^2$ of each
    example   (Ba et al., 2016)

    Args:
        normalized_shape: The shape of the last dimensions, or the length of the last one.
        eps: $\varepsilon$.
        elementwise_affine: Whether there are a $\gamma$ and a $\beta$.
        bias: Whether there is a $\beta$.
        device: Where the parameters lie.
        dtype: Their dtype.

    Attributes:
        weight: $\gamma$, of the normalized shape, first 1; or None.
        bias: $\beta$, of the normalized shape, first 0; or None.

    >>> LayerNorm(2)(torch.tensor([[1.0, 3.0], [0.0, 20.0]])).detach().round(decimals=3)
    tensor([[-1.,  1.],
            [-1.,  1.]])
    """

    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        shape, place = self.normalized_shape, {"device": device, "dtype": dtype}
        self.register_parameter("weight", Parameter(torch.ones(shape, **place)) if elementwise_affine else None)
        self.register_parameter("bias", Parameter(torch.zeros(shape, **place)) if elementwise_affine and bias else None)

    def reset_parameters(self) -> None:
        r"""Begin again with $\gamma = 1$ and $\beta = 0$."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        """Normalise the last dimensions.

        Raises:
            RuntimeError: They are not of the normalized shape.
        """
        shape = self.normalized_shape
        if not shape or tuple(input.shape[-len(shape) :]) != shape:
            raise RuntimeError(
                f"expected an input of shape (..., {', '.join(map(str, shape))}), got {tuple(input.shape)}"
            )
        rows = input.reshape(math.prod(input.shape[: -len(shape)]), math.prod(shape))
        weight, bias = (p if p is None else p.flatten() for p in (self.weight, self.bias))
        return layer_normalize(rows, weight, bias, self.eps).reshape(input.shape)

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )
