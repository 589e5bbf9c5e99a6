"""After early stopping: how to use the validation data for training too."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from numbers import Integral
from typing import Any

import torch
from sklearn.exceptions import ConvergenceWarning

from course_lib.data.batches import Batches, over_and_over, require_again
from course_lib.nn.modes import mode

Loss = Callable[[Any, Any], torch.Tensor]


def retrain_for_steps(model: torch.nn.Module, data: Batches, loss: Loss, optimizer: Any, *, steps: int) -> None:
    r"""Train a fresh model on all the data for as many steps as early stopping found best.

    (Deep Learning, algorithm 7.2)

    Early stopping sees that $i^*$ steps are enough, but it costs a validation set. Here a model that starts anew gets
    training and validation data together, and takes $i^*$ steps.

    Args:
        model: Freshly initialised.
        data: Batches (x, y) of training and validation data together, again from the start with every loop.
        loss: ``loss(model(x), y)``, one number.
        optimizer: For the model's parameters.
        steps: $i^*$, how many updates; the epochs of early stopping times the batches of an epoch.

    Raises:
        ValueError: ``steps`` is no whole number of at least 1, or there are no batches.
        TypeError: ``data`` can be gone through only once.
        FloatingPointError: A loss is NaN or infinite.
    """
    if not isinstance(steps, Integral) or steps < 1:
        raise ValueError(f"expected steps to be a whole number of at least 1, got {steps!r}")
    _train(model, islice(over_and_over(data), int(steps)), loss, optimizer)


def retrain_to_loss(
    model: torch.nn.Module,
    data: Batches,
    validation: Batches,
    loss: Loss,
    optimizer: Any,
    *,
    target: float,
    max_epochs: int,
) -> int:
    r"""Train the model further, on all the data, until the validation loss is down at what the training loss was.

    (Deep Learning, algorithm 7.3)

    Early stopping ended with the training loss $\epsilon$. The model keeps its weights and now also sees the
    validation data, until the mean loss on these is no longer above $\epsilon$. That may never happen, so there is a
    last epoch.

    Args:
        model: As early stopping left it.
        data: Batches (x, y) of training and validation data together, again from the start with every loop.
        validation: Batches (x, y) of the validation data.
        loss: ``loss(model(x), y)``, a mean over the samples of a batch.
        optimizer: For the model's parameters.
        target: $\epsilon$, the training loss where early stopping ended.
        max_epochs: The most epochs.

    Returns:
        How many epochs it took, 0 if the loss was low enough at once.

    Raises:
        ValueError: ``max_epochs`` is below 0, ``target`` is NaN, or there are no batches.
        TypeError: ``data`` or ``validation`` can be gone through only once.
        FloatingPointError: A loss is NaN or infinite.

    Warns:
        ConvergenceWarning: The loss is still above the target after ``max_epochs``.
    """
    if not max_epochs >= 0:
        raise ValueError(f"expected max_epochs to be at least 0, got {max_epochs}")
    if math.isnan(target):
        raise ValueError("expected a training loss as target, got NaN")
    require_again(data=data, validation=validation)
    for epoch in range(max_epochs + 1):
        reached = _mean_loss(model, validation, loss)
        if reached <= target:
            return epoch
        if epoch < max_epochs:
            _train(model, data, loss, optimizer)
    warnings.warn(
        f"after {max_epochs} epochs the validation loss is {reached:.4g}, still above {target:.4g}",
        ConvergenceWarning,
        stacklevel=2,
    )
    return max_epochs


def _train(model: torch.nn.Module, batches: Iterable[Sequence[Any]], loss: Loss, optimizer: Any) -> None:
    """A step of the optimizer for each batch."""
    empty = True
    with mode(model, training=True):
        for x, y in batches:
            empty = False
            value = _finite(loss(model(x), y), "training")
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
    if empty:
        raise ValueError("expected at least one batch to train on, got none")


def _mean_loss(model: torch.nn.Module, data: Batches, loss: Loss) -> float:
    """The mean over all samples; a short last batch counts by its size."""
    total, n = 0.0, 0
    with mode(model, training=False), torch.no_grad():
        for x, y in data:
            total += len(y) * _finite(loss(model(x), y), "validation").item()
            n += len(y)
    if n == 0:
        raise ValueError("expected at least one batch to validate on, got none")
    return total / n


def _finite(value: torch.Tensor, kind: str) -> torch.Tensor:
    if not math.isfinite(value.item()):
        raise FloatingPointError(f"the {kind} loss is {value.item()}: it has diverged; try a smaller learning rate")
    return value
