"""Recurrent layers, forward and backward through time, against torch's own."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import Module

from course_lib import nn as ours

from ._measure import Case, Family
from .conv import forward_and_backward

SEQUENCES = {
    "50 steps, 32 → 128": ((50, 64, 32), {"hidden_size": 128}),
    "50 steps, 64 → 64": ((50, 32, 64), {"hidden_size": 64}),
    "20 steps, 128 → 256": ((20, 64, 128), {"hidden_size": 256}),
    "50 steps, 32 → 128, 2 layers": ((50, 64, 32), {"hidden_size": 128, "num_layers": 2}),
    "50 steps, 32 → 128, both directions": ((50, 64, 32), {"hidden_size": 128, "bidirectional": True}),
}


def families() -> list[Family]:
    return [
        Family("simple recurrent network", cases("RNN", gate=1.5), mean_gate=1.2),
        Family("gated recurrent units", cases("GRU", gate=2), mean_gate=1.6),
        Family("long short-term memory", cases("LSTM", gate=3), mean_gate=2.2),
    ]


def cases(cls: str, gate: float) -> list[Case]:
    return [case(name, shape, cls, gate, **options) for name, (shape, options) in SEQUENCES.items()]


def case(name: str, shape: tuple[int, ...], cls: str, gate: float, **options: Any) -> Case:
    mine, yours = (getattr(library, cls)(input_size=shape[-1], **options) for library in (ours, torch.nn))
    mine.load_state_dict(yours.state_dict())
    sides = [forward_and_backward(Outputs(layer), shape) for layer in (mine, yours)]
    return Case(name, *sides, gate)


class Outputs(Module):
    """A recurrent layer without the last state it returns besides its outputs."""

    def __init__(self, layer: Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x)[0]
