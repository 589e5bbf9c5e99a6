"""Two readers of one sequence: one from the beginning, one from the end."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import Module


class Bidirectional(Module):
    r"""Two recurrent layers side by side, the second of which reads time backwards.

    $y_t = [\overrightarrow h_t, \overleftarrow h_t]$   (Schuster and Paliwal, 1997; Deep Learning, section 10.3)

    At every time the first has seen the past and the second the future, and both the present. That takes the whole
    sequence, so it serves for recognising and translating, not for predicting what comes next.

    Args:
        forward: A recurrent layer: called with a sequence and a state or None, it returns outputs and the last state.
        backward: Another one, of any kind and size, with inputs in the same order.

    Attributes:
        ahead: The first layer.
        back: The second layer.

    Raises:
        ValueError: The layers do not read the same inputs.

    >>> from course_lib.nn import GRU, LSTM
    >>> outputs, (h, (h_back, c_back)) = Bidirectional(GRU(3, 4), LSTM(3, 2))(torch.ones(10, 5, 3))
    >>> outputs.shape
    torch.Size([10, 5, 6])
    """

    def __init__(self, forward: Module, backward: Module) -> None:
        super().__init__()
        for name in ("input_size", "batch_first"):
            pair = [getattr(layer, name, None) for layer in (forward, backward)]
            if pair[0] != pair[1]:
                raise ValueError(f"expected two layers with the same {name}, got {pair[0]} and {pair[1]}")
        self.ahead = forward
        self.back = backward

    def forward(self, input: Tensor, hx: tuple[Any, Any] | None = None) -> tuple[Tensor, tuple[Any, Any]]:
        """Map a sequence, and a first state for each layer or None, to outputs and the last state of each layer.

        The last state of the second layer is the one at the beginning of the sequence.
        """
        time = 1 if getattr(self.ahead, "batch_first", False) and input.ndim == 3 else 0
        first, first_back = (None, None) if hx is None else hx
        y, last = self.ahead(input, first)
        y_back, last_back = self.back(input.flip(time), first_back)
        return torch.cat([y, y_back.flip(time)], -1), (last, last_back)
