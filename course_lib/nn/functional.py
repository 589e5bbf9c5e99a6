r"""The functions that layers and losses share, each with its derivative beside it.

Autograd could differentiate every one of these formulas step by step. Written out, the whole derivative is shorter than
the sum of its steps. So each class below states two equations: ``forward`` computes $y = f(x)$, and ``backward`` turns
the gradient $g = \partial L / \partial y$ of some loss into $\partial L / \partial x = J^\top g$, the vector--Jacobian
product. ``backward`` is itself made of differentiable operations, so gradients of gradients come out right.

:mod:`course_lib.probability.functions` has sigmoid, softplus and softmax too, for NumPy arrays as well, and as the
formulas alone. Here they are for torch, in the two or three operations fewer that training a network feels.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function


class _ReLU(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, inplace: bool) -> Tensor:
        y = x.clamp_(min=0) if inplace else x.clamp(min=0)
        if inplace:
            ctx.mark_dirty(x)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None]:
        (y,) = ctx.saved_tensors
        return g * y.sign(), None


def relu(x: Tensor, inplace: bool = False) -> Tensor:
    r"""Rectified linear unit, elementwise.

    $y = \max(0, x)$ and $\partial L / \partial x = g \cdot [x > 0]$   (Deep Learning, section 6.3)

    At $x = 0$ the left derivative is 0 and the right one is 1; the left one is used.

    Args:
        x: Any shape.
        inplace: Whether to overwrite ``x``.

    Returns:
        Same shape, dtype and device as ``x``.

    >>> relu(torch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    return _ReLU.apply(x, inplace)


class _Sigmoid(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        y = 1 / (1 + torch.exp(-x))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        (y,) = ctx.saved_tensors
        return g * y * (1 - y)


def sigmoid(x: Tensor) -> Tensor:
    r"""Logistic sigmoid, elementwise.

    $y = \sigma(x) = \frac{1}{1 + e^{-x}}$ and $\partial L / \partial x = g \cdot y (1 - y)$   (Deep Learning, eq. 3.30)

    Where $e^{-x}$ overflows to $\infty$, $1 / \infty = 0$ is right. Only step-by-step differentiation would meet
    $0 \cdot \infty$ there.

    Args:
        x: Any shape.

    Returns:
        Numbers from 0 to 1, same shape, dtype and device as ``x``.

    >>> sigmoid(torch.tensor([-1000.0, 0.0, 1000.0]))
    tensor([0.0000, 0.5000, 1.0000])
    """
    return _Sigmoid.apply(x)


class _Softplus(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, beta: float, threshold: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.beta, ctx.threshold = beta, threshold
        z = beta * x
        y = (z.clamp(min=0) + torch.log1p(torch.exp(-z.abs()))) / beta
        return torch.where(z > threshold, x, y)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None, None]:
        (x,) = ctx.saved_tensors
        z = ctx.beta * x
        return torch.where(z > ctx.threshold, g, g * sigmoid(z)), None, None


def softplus(x: Tensor, beta: float = 1.0, threshold: float = math.inf) -> Tensor:
    r"""Softplus, elementwise: a smooth version of $\max(0, x)$.

    $y = \frac{1}{\beta} \zeta(\beta x)$ with $\zeta(z) = \log(1 + e^z) = \max(z, 0) + \log(1 + e^{-|z|})$,
    and $\partial L / \partial x = g \cdot \sigma(\beta x)$   (Deep Learning, eq. 3.31)

    Args:
        x: Any shape.
        beta: How sharp the bend is.
        threshold: Where $\beta x$ is larger, $y = x$.

    Returns:
        Same shape, dtype and device as ``x``.

    >>> softplus(torch.tensor([-1000.0, 0.0, 1000.0]))
    tensor([0.0000e+00, 6.9315e-01, 1.0000e+03])
    """
    return _Softplus.apply(x, beta, threshold)


class _Softmax(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, dim: int) -> Tensor:
        y = _shifted(x, dim).exp_()
        y.div_(y.sum(dim, keepdim=True))
        ctx.save_for_backward(y)
        ctx.dim = dim
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None]:
        (y,) = ctx.saved_tensors
        return _softmax_vjp(y, g, ctx.dim), None


def _shifted(x: Tensor, dim: int) -> Tensor:
    """x - max x: no exponential of it overflows. (Among no numbers there is no largest.)"""
    return x - x.amax(dim, keepdim=True) if x.numel() > 0 else x.clone()


def _softmax_vjp(y: Tensor, g: Tensor, dim: int) -> Tensor:
    gy = g * y
    return gy - y * gy.sum(dim, keepdim=True)


def softmax(x: Tensor, dim: int) -> Tensor:
    r"""Softmax along a dimension, computed without overflow.

    $y_i = e^{x_i} / \sum_j e^{x_j}$ and $\partial L / \partial x_i = g_i y_i - y_i \sum_j g_j y_j$
    (Deep Learning, eq. 6.29)

    Adding a constant to every $x_j$ changes nothing, so the largest is subtracted first.

    Args:
        x: Logits, any shape.
        dim: The dimension that sums to one.

    Returns:
        Probabilities, same shape, dtype and device as ``x``.

    >>> softmax(torch.tensor([0.0, math.log(3.0)]), dim=0)
    tensor([0.2500, 0.7500])
    """
    return _Softmax.apply(x, dim)


class _LogSoftmax(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, dim: int) -> Tensor:
        y = _shifted(x, dim)
        p = y.exp()
        total = p.sum(dim, keepdim=True)
        p.div_(total)
        y.sub_(total.log_())
        ctx.save_for_backward(y, p)
        ctx.dim = dim
        return y

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None]:
        y, p = ctx.saved_tensors
        if torch.is_grad_enabled():  # this gradient will be differentiated, and p depends on x
            p = y.exp()
        return g - p * g.sum(ctx.dim, keepdim=True), None


def log_softmax(x: Tensor, dim: int) -> Tensor:
    r"""Logarithm of the softmax, exact even where the softmax itself underflows.

    $y_i = x_i - \log \sum_j e^{x_j}$ and $\partial L / \partial x_i = g_i - p_i \sum_j g_j$ with $p_i = e^{y_i}$
    (Deep Learning, eq. 6.30)

    Args:
        x: Logits, any shape.
        dim: The dimension whose exponentials sum to one.

    Returns:
        Log-probabilities, same shape, dtype and device as ``x``.

    >>> log_softmax(torch.tensor([0.0, 1000.0]), dim=0)
    tensor([-1000.,     0.])
    """
    return _LogSoftmax.apply(x, dim)


class _CrossEntropy(Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, y: Tensor, n: int, dim: int) -> Tensor:
        p = _shifted(x, dim)
        x_y = p.gather(dim, y)
        total = p.exp_().sum(dim, keepdim=True)
        p.div_(total)
        ctx.save_for_backward(x, p, y)
        ctx.n, ctx.dim = n, dim
        return total.log_().sub_(x_y).sum() / n

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None, None, None]:
        x, p, y = ctx.saved_tensors
        if torch.is_grad_enabled():  # this gradient will be differentiated, and p depends on x
            p = softmax(x, ctx.dim)
        step = g / ctx.n
        return (step * p).scatter_add_(ctx.dim, y, -step.expand(y.shape)), None, None, None


def cross_entropy(x: Tensor, y: Tensor, reduction: str = "mean", dim: int = 1) -> Tensor:
    r"""Mean of the negative log-probabilities that logits give to classes.

    $L = -\frac1n \sum_i \log p_{i, y_i}$ with $p = \mathrm{softmax}(x)$, and
    $\partial L / \partial x_{ic} = \frac gn (p_{ic} - [c = y_i])$   (Deep Learning, section 6.2.2.3)

    The gradient is what the network said minus what it should have said.

    Args:
        x: Logits, of any shape.
        y: Classes: the shape of ``x`` without ``dim``, int64.
        reduction: "mean" divides by $n$, "sum" does not.
        dim: The dimension of ``x`` that counts the classes.

    Returns:
        One number.

    >>> cross_entropy(torch.zeros(2, 4), torch.tensor([0, 3]))
    tensor(1.3863)
    """
    return _CrossEntropy.apply(x, y.unsqueeze(dim), y.numel() if reduction == "mean" else 1, dim)
