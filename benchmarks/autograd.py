"""The tape on NumPy arrays against torch's autograd: whole training steps, and steps that differentiate a gradient."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import torch
from torch.nn import functional

from course_lib import autograd as ours

from ._measure import Case, Family

SIZES = [  # sizes of the layers, samples in a batch
    ((64, 128, 10), 64),
    ((64, 32, 10), 16),
    ((64, 128, 10), 256),
    ((64, 128, 128, 10), 64),
    ((784, 128, 10), 64),
]
STEP = 1e-6
"""So small a rate that a thousand steps do not change what is measured."""


def families() -> list[Family]:
    first = [Case(_name(*size), *training_steps(*size), gate=2) for size in SIZES]
    second = [Case(_name(*size), *penalized_steps(*size), gate=2.2) for size in SIZES]
    return [
        Family("tape: training step", first, mean_gate=1.4),
        Family("tape: second-order step", second, mean_gate=1.6),
    ]


def training_steps(layers: tuple[int, ...], batch: int) -> tuple[Callable[[], list], Callable[[], list]]:
    """Cross-entropy of a batch, backward, and a step of gradient descent; each returns the gradients."""
    X, y, parameters = _problem(layers, batch)
    mine = [ours.Tensor(p.copy(), requires_grad=True) for p in parameters]
    theirs = [torch.tensor(p, requires_grad=True) for p in parameters]
    X_torch, y_torch = torch.from_numpy(X), torch.from_numpy(y)

    def our_step() -> list[np.ndarray]:
        loss = our_loss(mine, ours.Tensor(X), y)
        for p in mine:
            p.grad = None
        loss.backward()
        for p in mine:
            p.data -= STEP * p.grad.data
        return [p.grad.data for p in mine]

    def their_step() -> list[torch.Tensor | None]:
        loss = their_loss(theirs, X_torch, y_torch)
        for p in theirs:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in theirs:
                p -= STEP * p.grad
        return [p.grad for p in theirs]

    return our_step, their_step


def penalized_steps(layers: tuple[int, ...], batch: int) -> tuple[Callable[[], list], Callable[[], tuple]]:
    """The gradient of the squared length of the gradient, with respect to all parameters; each returns it."""
    X, y, parameters = _problem(layers, batch)
    mine = [ours.Tensor(p.copy(), requires_grad=True) for p in parameters]
    theirs = [torch.tensor(p, requires_grad=True) for p in parameters]
    X_torch, y_torch = torch.from_numpy(X), torch.from_numpy(y)

    def our_step() -> list[np.ndarray]:
        gradients = ours.grad(our_loss(mine, ours.Tensor(X), y), mine, create_graph=True)
        penalty = sum((g * g).sum() for g in gradients)
        return [g.data for g in ours.grad(penalty, mine)]

    def their_step() -> tuple[torch.Tensor, ...]:
        gradients = torch.autograd.grad(their_loss(theirs, X_torch, y_torch), theirs, create_graph=True)
        penalty = sum((g * g).sum() for g in gradients)
        return torch.autograd.grad(penalty, theirs)

    return our_step, their_step


def our_loss(parameters: list[ours.Tensor], X: ours.Tensor, y: np.ndarray) -> ours.Tensor:
    h = X
    for W, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
        h = ours.relu(h @ W + b)
    z = h @ parameters[-2] + parameters[-1]
    return (ours.logsumexp(z, axis=1) - z[np.arange(len(y)), y]).mean()


def their_loss(parameters: list[torch.Tensor], X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    h = X
    for W, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
        h = torch.relu(h @ W + b)
    return functional.cross_entropy(h @ parameters[-2] + parameters[-1], y)


def _problem(layers: tuple[int, ...], batch: int) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    rng = np.random.default_rng(0)
    parameters = []
    for n, m in pairwise(layers):
        parameters += [rng.normal(size=(n, m)) / np.sqrt(n), np.zeros(m)]
    return rng.normal(size=(batch, layers[0])), rng.integers(0, layers[-1], size=batch), parameters


def _name(layers: tuple[int, ...], batch: int) -> str:
    return f"{'-'.join(map(str, layers))}, batch {batch}"
