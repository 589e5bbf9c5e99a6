"""A step of each optimizer against the default of ``torch.optim``, on the course's networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from course_lib import optim
from course_lib.arrays import torch_generator

from ._measure import Case, Family

NETWORKS = {
    "digits MLP": [(128, 64), (128,), (10, 128), (10,)],
    "digits CNN": [(16, 1, 3, 3), (16,), (16,), (16,), (32, 16, 3, 3), (32,), (32,), (32,), (10, 512), (10,)],
    "MNIST MLP": [(512, 784), (512,), (10, 512), (10,)],
}
RULES: dict[str, tuple[str, dict[str, Any]]] = {
    "SGD": ("SGD", {"lr": 1e-3}),
    "SGD, momentum": ("SGD", {"lr": 1e-3, "momentum": 0.9}),
    "SGD, Nesterov and decay": ("SGD", {"lr": 1e-3, "momentum": 0.9, "nesterov": True, "weight_decay": 1e-4}),
    "Adagrad": ("Adagrad", {}),
    "RMSprop": ("RMSprop", {}),
    "RMSprop, centred, momentum": ("RMSprop", {"centered": True, "momentum": 0.9}),
    "Adadelta": ("Adadelta", {}),
    "Adam": ("Adam", {}),
    "Adam, AMSGrad": ("Adam", {"amsgrad": True}),
    "AdamW": ("AdamW", {}),
    "Rprop": ("Rprop", {}),
    "ASGD": ("ASGD", {}),
}


def families() -> list[Family]:
    cases = [
        Case(
            f"{rule}, {network}",
            stepper(getattr(optim, name), shapes, options),
            stepper(getattr(torch.optim, name), shapes, options),
            1.3,
        )
        for rule, (name, options) in RULES.items()
        for network, shapes in NETWORKS.items()
    ]
    return [Family("optimizers", cases, mean_gate=0.8)]


def stepper(optimizer: Callable[..., Any], shapes: list[tuple[int, ...]], options: dict[str, Any]) -> Callable[[], Any]:
    """A function that makes one step and returns the parameters."""
    generator = torch_generator(0)
    params = [torch.randn(shape, generator=generator).requires_grad_() for shape in shapes]
    for param in params:
        param.grad = torch.randn(param.shape, generator=generator)
    step = optimizer(params, **options).step

    def one_step() -> list[torch.Tensor]:
        step()
        return params

    return one_step
