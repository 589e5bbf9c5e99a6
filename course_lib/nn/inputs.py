"""What is asked of inputs to which gradients will flow back."""

from __future__ import annotations

import torch
from torch import Tensor


def require_inputs(x: object, name: str = "x") -> None:
    """Refuse inputs that no gradient can reach.

    Raises:
        TypeError: ``x`` is no torch tensor, or not of a floating dtype.
    """
    if not isinstance(x, torch.Tensor):
        raise TypeError(f"expected {name} as a torch tensor, got {type(x).__name__}; torch.as_tensor(x) makes one")
    if not x.is_floating_point():
        raise TypeError(f"expected {name} of a floating dtype, got {x.dtype}; convert it with x.float()")


def require_within(x: Tensor, bounds: tuple[float, float], name: str = "x") -> None:
    """Refuse inputs that are out of bounds already, or bounds in the wrong order.

    Raises:
        ValueError: So it is, or ``x`` holds NaN.
    """
    low, high = bounds
    if not low < high:
        raise ValueError(f"expected bounds=(smallest, largest), got {bounds}")
    if not bool(((x >= low) & (x <= high)).all()):
        raise ValueError(
            f"expected {name} from {low} to {high}, got {x.min().item():.4g} to {x.max().item():.4g}; "
            "pass bounds=(smallest, largest) of its values"
        )
