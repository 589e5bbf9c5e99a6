"""Clipping gradients: one steep cliff must not throw the weights far away."""

from __future__ import annotations

import math
import types
import warnings
from collections.abc import Iterable

import torch

Parameters = torch.Tensor | Iterable[torch.Tensor]


@torch.no_grad()
def clip_grad_norm_(
    parameters: Parameters, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False
) -> torch.Tensor:
    r"""Shorten all gradients by one factor if together they are longer than allowed. Their direction stays.

    $$g \leftarrow g \, \min\Bigl(1, \frac{v}{\lVert g \rVert + 10^{-6}}\Bigr)$$

    where $g$ holds the gradients of all parameters. (Deep Learning, section 10.11.1; Pascanu, Mikolov and Bengio,
    2013.)

    Args:
        parameters: Tensors whose ``grad`` is changed in place; those without are skipped.
        max_norm: The largest norm $v$.
        norm_type: The p of the norm, ``inf`` included.
        error_if_nonfinite: Whether NaN or infinity in the gradients is an error. Otherwise it makes all gradients NaN,
            or 0 where they are finite.

    Returns:
        The norm before clipping: the p-norm of the p-norms of the gradients. 0 if there are none.

    Raises:
        RuntimeError: The norm is NaN or infinite, and that is to be an error. The gradients are as they were.

    >>> w = torch.zeros(2)
    >>> w.grad = torch.tensor([30.0, 40.0])
    >>> clip_grad_norm_([w], max_norm=5)
    tensor(50.)
    >>> w.grad
    tensor([3.0000, 4.0000])
    """
    gradients, p = _gradients(parameters), float(norm_type)
    if not gradients:
        return torch.tensor(0.0)
    device = gradients[0].device
    total = _norm(torch.stack([_norm(g, p).to(device) for g in gradients]), p)
    if error_if_nonfinite and not total.isfinite():
        raise RuntimeError(
            f"the norm of order {p} of the gradients is {total.item()}, non-finite, so it cannot be clipped. Look for "
            "an overflow or a logarithm of 0 in the loss; error_if_nonfinite=False goes on all the same"
        )
    factor = (float(max_norm) / (total + 1e-6)).clamp(max=1.0)
    for g in gradients:
        g.mul_(factor.to(g.device))
    return total


@torch.no_grad()
def clip_grad_value_(parameters: Parameters, clip_value: float) -> None:
    r"""Clip every entry of the gradients, $g_i \leftarrow \max(-v, \min(v, g_i))$. Their direction may change.

    (Deep Learning, section 10.11.1.)

    Args:
        parameters: Tensors whose ``grad`` is changed in place; those without are skipped.
        clip_value: The largest size $v$.

    >>> w = torch.zeros(2)
    >>> w.grad = torch.tensor([30.0, -0.5])
    >>> clip_grad_value_([w], 1.0)
    >>> w.grad
    tensor([ 1.0000, -0.5000])
    """
    for g in _gradients(parameters):
        g.clamp_(-float(clip_value), float(clip_value))


def _gradients(parameters: Parameters) -> list[torch.Tensor]:
    listed = [parameters] if isinstance(parameters, torch.Tensor) else list(parameters)
    if not listed and isinstance(parameters, types.GeneratorType):
        warnings.warn(
            "no gradient is clipped: the generator of parameters is empty. Was it used up before? "
            "Call model.parameters() anew",
            stacklevel=4,
        )
    return [p.grad for p in listed if p.grad is not None]


def _norm(x: torch.Tensor, p: float) -> torch.Tensor:
    """The p-norm of all entries; half precision is summed in single. Unlike a norm for users it lets NaN through."""
    sizes = x.abs()
    wide = sizes.to(torch.promote_types(sizes.dtype, torch.float32))
    if p == math.inf:
        norm = wide.max()
    elif p == -math.inf:
        norm = wide.min()
    elif p == 0:
        norm = (wide != 0).sum()
    elif p == 1:
        norm = wide.sum()
    elif p == 2:
        norm = wide.square().sum().sqrt()
    else:
        norm = wide.pow(p).sum().pow(1 / p)
    return norm.to(sizes.dtype)
