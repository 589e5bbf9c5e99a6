"""What penalties and attacks on a network need: inputs that can be differentiated."""

from __future__ import annotations

import torch


def require_inputs(x: object) -> None:
    """Refuse inputs that no gradient can reach.

    Raises:
        TypeError: ``x`` is no torch tensor, or not of a floating dtype.
    """
    if not isinstance(x, torch.Tensor):
        raise TypeError(f"expected x as a torch tensor, got {type(x).__name__}; torch.as_tensor(x) makes one")
    if not x.is_floating_point():
        raise TypeError(f"expected x of a floating dtype, got {x.dtype}; convert it with x.float()")
