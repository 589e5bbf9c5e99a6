"""What models of sequences share: a recurrent layer by its name, and a state that is handed on without its past."""

from __future__ import annotations

from typing import Any, TypeVar

import torch

from course_lib import nn

CELLS = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}

State = TypeVar("State", torch.Tensor, tuple[torch.Tensor, torch.Tensor])


def recurrent(cell: str, input_size: int, hidden_size: int, **options: Any) -> nn.Module:
    """A recurrent layer that takes batches of shape (batch, steps, input_size).

    Args:
        cell: ``"lstm"``, ``"gru"`` or ``"rnn"``.
        input_size: Entries of an input.
        hidden_size: Entries of the state.
        options: What else the layer takes.

    Raises:
        ValueError: There is no such cell.

    >>> recurrent("gru", 2, 3)(torch.zeros(1, 5, 2))[0].shape
    torch.Size([1, 5, 3])
    """
    if cell not in CELLS:
        raise ValueError(f"expected cell to be one of {', '.join(map(repr, CELLS))}, got {cell!r}")
    return CELLS[cell](input_size, hidden_size, batch_first=True, **options)


def detached(state: State) -> State:
    """The same state, but gradients end here: of an LSTM a pair of tensors, else one tensor.

    >>> detached(torch.ones(2, requires_grad=True)).requires_grad
    False
    """
    return state.detach() if isinstance(state, torch.Tensor) else (state[0].detach(), state[1].detach())
