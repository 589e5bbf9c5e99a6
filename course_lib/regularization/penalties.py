"""Norm penalties: a price on the size of the weights, added to the loss."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from numbers import Real
from typing import Any

import torch
from array_api_compat import device

from course_lib.arrays import Array, namespace
from course_lib.probability.functions import floating

Parameters = Array | Iterable[Array] | torch.nn.Module
"""What is charged: one array, several, or a network."""


def l2_penalty(parameters: Parameters) -> Array:
    r"""Half the sum of squares. Added to the loss with a factor $\alpha$ it is called weight decay.

    $\Omega(w) = \frac12 \sum_i w_i^2$ with the gradient $w$   (Deep Learning, section 7.1.1)

    Args:
        parameters: One array or several, of one kind and on one device. A network stands for its weights: its biases,
            and the gains of normalisation layers, are not charged.

    Returns:
        A scalar array, through which gradients flow.

    Raises:
        TypeError: Something is no array, or the kinds are mixed.
        ValueError: There is nothing to charge.

    >>> import numpy as np
    >>> float(l2_penalty([np.array([3.0, 4.0]), np.array([[1.0]])]))
    13.0
    """
    return sum(namespace(w).sum(w * w) for w in _charged(parameters)) / 2


def l1_penalty(parameters: Parameters) -> Array:
    r"""The sum of sizes. Its slope does not fade near zero, so it makes many weights exactly zero.

    $\Omega(w) = \sum_i |w_i|$ with the gradient $\mathrm{sign}(w)$, 0 at zero   (Deep Learning, section 7.1.2)

    Arguments and errors are those of :func:`l2_penalty`.

    >>> import numpy as np
    >>> float(l1_penalty(np.array([3.0, -4.0])))
    7.0
    """
    return sum(namespace(w).sum(namespace(w).abs(w)) for w in _charged(parameters))


def soft_threshold(x: Array, threshold: Array | float) -> Array:
    r"""Pull every number towards zero by the same amount, and stop there.

    $S_t(x) = \mathrm{sign}(x) \max(|x| - t, 0)$   (Deep Learning, eq. 7.23)

    It minimises $\frac12 (w - x)^2 + t |w|$ over $w$: what an L¹ penalty of price $t$ makes of a weight that would be
    $x$ without. Where the loss is curved with second derivative $H_i$, the weight is charged $t = \alpha / H_i$.

    Args:
        x: Any shape, floating dtype.
        threshold: $t \geq 0$, a number or an array that broadcasts with ``x``.

    Returns:
        The shape, dtype and device of ``x``.

    Raises:
        TypeError: ``x`` is no array of a floating dtype, or the kinds are mixed.
        ValueError: A threshold is negative or NaN.

    >>> import numpy as np
    >>> soft_threshold(np.array([-3.0, 0.5, 2.0]), 1.0)
    array([-2.,  0.,  1.])
    """
    xp = floating(x)
    t = xp.asarray(threshold, dtype=x.dtype, device=device(x)) if isinstance(threshold, Real) else threshold
    namespace(x, t)
    if not bool(xp.all(t >= 0)):
        raise ValueError(f"expected a threshold of at least 0, got {threshold}")
    return xp.sign(x) * xp.maximum(xp.abs(x) - t, xp.zeros_like(x))


def weights(model: torch.nn.Module) -> list[torch.Tensor]:
    """The parameters of a network that norm penalties charge: all but biases and the gains of normalisation layers.

    Those have one number for each unit, weights have at least one for each pair of units they connect.

    >>> [tuple(w.shape) for w in weights(torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2)))]
    [(2, 3)]
    """
    return [
        parameter
        for name, parameter in model.named_parameters()
        if parameter.ndim >= 2 and not name.rpartition(".")[2].startswith("bias")
    ]


def as_list(parameters: Any, of_network: Callable[[torch.nn.Module], list[torch.Tensor]]) -> list[Array]:
    """Arrays as a list: one, several, or those of a network."""
    if isinstance(parameters, torch.nn.Module):
        return of_network(parameters)
    return [parameters] if hasattr(parameters, "shape") else list(parameters)


def _charged(parameters: Any) -> list[Array]:
    charged = as_list(parameters, weights)
    if not charged:
        raise ValueError(
            "expected at least one array to charge, got none; model.parameters() is used up after one loop: "
            "pass the model, or list(model.parameters())"
        )
    namespace(*charged)
    return charged
