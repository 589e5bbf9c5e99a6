"""Tangent propagation: what a small rotation does to an image should not change the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from course_lib.arrays import Array
from course_lib.nn.inputs import require_inputs
from course_lib.nn.modes import Model, mode


def tangent(transform: Callable[[Array, float], Array], x: Array, step: float) -> Array:
    r"""The direction in which a transformation moves each input, by a central difference.

    $v(x) = \frac{T(x, h) - T(x, -h)}{2h} \approx \frac{\partial T(x, t)}{\partial t} \Big|_{t = 0}$, a tangent of the
    manifold that $T$ moves $x$ along   (Simard et al., Tangent prop, 1992)

    Args:
        transform: Takes inputs and an amount, 0 for none: ``augment.rotate``, or
            ``lambda x, t: augment.shift(x, t, 0)``.
        x: Inputs.
        step: $h > 0$, in the units of the amount: degrees, pixels.

    Returns:
        The shape of ``x``: change of the input per unit of the amount.

    Raises:
        ValueError: ``step`` is not positive.

    >>> tangent(lambda x, t: x * (1 + t), torch.tensor([3.0]), 0.5)
    tensor([3.])
    """
    if not step > 0:
        raise ValueError(f"expected a step above 0, got {step}")
    return (transform(x, step) - transform(x, -step)) / (2 * step)


def tangent_prop_penalty(model: Model, x: Tensor, tangents: Iterable[Tensor]) -> Tensor:
    r"""A price on how much the output changes along given directions.

    $\Omega = \frac1n \sum_i \sum_k \Bigl\lVert \frac{\partial f(x_i)}{\partial x}\, v_{ik} \Bigr\rVert^2$
    (Simard et al., 1992; Deep Learning, eq. 7.67)

    It is data augmentation with infinitesimal steps. The product $J v$ takes no Jacobian: $J^\top u$ is one backward
    pass and linear in $u$, and its gradient with respect to $u$, against $v$, is $J v$.

    Args:
        model: A network or a function from inputs to outputs, samples along the first axis. Used in evaluation mode,
            in which each output depends on its own input alone; then it is in the mode it was in.
        x: Inputs, shape (n, ...).
        tangents: Directions $v_k$, each of the shape of ``x``: a list, or a tensor of shape (k, n, ...).

    Returns:
        One number, through which gradients flow to the model's parameters: the mean over the samples.

    Raises:
        ValueError: A tangent has another shape than ``x``.
        TypeError: ``x`` is no tensor of a floating dtype.

    >>> A = torch.tensor([[1.0, 2.0], [0.0, 3.0]])
    >>> tangent_prop_penalty(lambda x: x @ A.T, torch.ones(1, 2), [torch.tensor([[0.0, 1.0]])])
    tensor(13.)
    """
    require_inputs(x)
    with mode(model, training=False), torch.enable_grad():
        inputs = x.detach().requires_grad_()
        output = model(inputs)
        u = torch.zeros_like(output, requires_grad=True)
        (pulled,) = torch.autograd.grad(output, inputs, u, create_graph=True)
        total = output.new_zeros(())
        for v in tangents:
            if v.shape != x.shape:
                raise ValueError(f"expected tangents of the inputs' shape {tuple(x.shape)}, got {tuple(v.shape)}")
            (change,) = torch.autograd.grad(pulled, u, v, create_graph=True)
            total = total + change.square().sum()
        return total / len(x)
