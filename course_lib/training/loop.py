"""The training loop, and the loop that only looks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm.auto import tqdm

from course_lib.data.batches import Batches, require_again
from course_lib.nn.modes import mode
from course_lib.regularization import EarlyStopping
from course_lib.training.checkpoint import Run
from course_lib.training.generators import find_generators
from course_lib.training.history import History
from course_lib.training.progress import progress_bar

Loss = Callable[[Any, Any], torch.Tensor]
Metrics = Mapping[str, Callable[[Any, Any], Any]]


def fit(
    model: torch.nn.Module,
    data: Batches,
    loss: Loss,
    optimizer: Any,
    *,
    epochs: int,
    validation: Batches | None = None,
    metrics: Metrics | None = None,
    callbacks: Sequence[Callable[[int, torch.nn.Module, History], object]] = (),
    early_stopping: EarlyStopping | None = None,
    scheduler: Any = None,
    checkpoint: str | PathLike[str] | None = None,
    progress: bool = True,
) -> History:
    r"""Train a model: in every epoch, for every minibatch, one step of the optimizer (Deep Learning, algorithm 8.1).

    Args:
        model: Returns one tensor. Trained in training mode and validated in evaluation mode; afterwards in the mode it
            was in.
        data: Pairs (x, y) of minibatches, samples along the first axis of y, the same anew in every epoch.
        loss: ``loss(model(x), y)`` is the mean over the samples of a batch.
        optimizer: Ours or torch's, for the model's parameters.
        epochs: How many in all, with those of the checkpoint.
        validation: Pairs (x, y) on which the model is looked at after every epoch.
        metrics: Names and functions ``metric(prediction, y)``, each a mean over samples, as the loss is.
        callbacks: Called after each epoch as ``callback(epoch, model, history)``. If one has a method
            ``finish(model, history)``, that is called once at the end, however training ends.
        early_stopping: Stops when the validation loss no longer improves. The model ends with its best weights.
        scheduler: Its ``step()`` is called after each epoch: one of ours or torch's, made for this optimizer.
        checkpoint: A file written after every epoch. If it is there, training goes on from it, to the same bits as
            if it had never stopped. Delete it to begin anew. What data and callbacks return as ``state_dict()``, if
            they have that and ``load_state_dict(state)``, is kept in it too: tensors, numbers, text, lists of those.
        progress: Whether to show a bar; not shown where a program executes the notebook.

    Returns:
        The losses and metrics of each epoch. Interrupting the kernel ends training; the history up to there is
        returned.

    Raises:
        FloatingPointError: A loss is NaN or infinite; the message says in which epoch and batch.
        ValueError: Nothing to train on, early stopping without validation data, a scheduler of another optimizer, or a
            checkpoint of another run.
        TypeError: The data are not pairs, or can be gone through only once; the callbacks are no list; the scheduler
            cannot step; the model returns something else than one tensor, or the loss something else than one number.
            Other errors of model and loss carry a note that says what they were given.
    """
    _check(data, validation, metrics, callbacks, epochs, early_stopping)
    _check_scheduler(scheduler, optimizer)
    path = None if checkpoint is None else Path(checkpoint)
    metrics = metrics or {}
    columns = {"train loss", *metrics, *([] if validation is None else ["validation loss"])}
    generators, parts = find_generators(data, validation, model), _parts_with_state(scheduler, data, callbacks)
    run = Run(model, optimizer, early_stopping, generators, columns, parts)
    run.begin(path, epochs)
    try:
        with progress_bar(data, run.epoch, epochs, progress) as bar:
            while not run.finished(epochs):
                epoch = run.epoch + 1
                bar.set_description(f"epoch {epoch} of {epochs}", refresh=False)
                train = _train(model, data, loss, optimizer, metrics if validation is None else {}, epoch, bar)
                seen = {} if validation is None else _validate(model, validation, loss, metrics, epoch)
                run.end_epoch(train, seen)
                if scheduler is not None:
                    scheduler.step()
                bar.set_postfix(_summary(train, seen), refresh=False)
                for callback in callbacks:
                    callback(epoch, model, run.history)
                if path is not None:
                    run.save(path)
    except KeyboardInterrupt:
        print(f"Training was interrupted. Finished epochs, all in the history: {run.epoch}.")
    finally:
        run.restore_best()
        for callback in callbacks:
            if hasattr(callback, "finish"):
                callback.finish(model, run.history)
    return run.history


def evaluate(model: torch.nn.Module, data: Batches, loss: Loss, metrics: Metrics | None = None) -> dict[str, float]:
    """The mean loss and metrics of a model over all samples, in evaluation mode and without gradients.

    Args:
        model: Returns one tensor. Left in the mode it was in.
        data: Pairs (x, y), samples along the first axis of y.
        loss: ``loss(model(x), y)``, a mean over the samples of a batch.
        metrics: Names and functions ``metric(prediction, y)``, means over samples too.

    Returns:
        ``{"loss": ..., name: ...}``. A short last batch counts by its size.

    Raises:
        TypeError: As :func:`fit` does.

    >>> three_wrong, one_right = (torch.zeros(3), torch.ones(3)), (torch.zeros(1), torch.zeros(1))
    >>> evaluate(torch.nn.Sequential(), [three_wrong, one_right], lambda prediction, y: (prediction - y).abs().mean())
    {'loss': 0.75}
    """
    means = Means()
    with mode(model, training=False), torch.no_grad():
        for number, x, y in pairs(data):
            prediction, value = forward_and_loss(model, loss, x, y, number)
            means.add(len(y), _measure(value, prediction, y, metrics or {}))
    return means.values()


def _train(
    model: torch.nn.Module, data: Batches, loss: Loss, optimizer: Any, metrics: Metrics, epoch: int, bar: tqdm
) -> dict[str, float]:
    """One epoch of steps. Returns the mean loss and metrics of its batches, each taken before its step."""
    means = Means()
    with mode(model, training=True):
        for number, x, y in pairs(data):
            prediction, value = forward_and_loss(model, loss, x, y, number)
            require_finite(value.item(), f"in epoch {epoch}, batch {number}")
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            means.add(len(y), _measure(value, prediction.detach(), y, metrics))
            bar.update()
    return means.values()


def forward_and_loss(
    model: torch.nn.Module, loss: Loss, x: Any, y: Any, number: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """The prediction for a batch and its loss.

    Raises:
        TypeError: The prediction is not one tensor, or the loss not one number.
    """
    try:
        prediction = model(x)
        if not isinstance(prediction, torch.Tensor):
            raise TypeError(f"expected the model to return one tensor, got {_described(prediction)}")
        value = loss(prediction, y)
        if not isinstance(value, torch.Tensor):
            raise TypeError(
                f"expected the loss to return a tensor, got {_described(value)}; "
                "pass a function of tensors, or an instance such as MSELoss(), with its brackets"
            )
        if value.numel() != 1:
            raise TypeError(
                f"expected the loss to return one number, got {_described(value)}; "
                'losses with reduction="none" return one for each sample: take their mean'
            )
    except Exception as error:
        weight = next(model.parameters(), None)
        error.add_note(
            f"In batch {number}, x is {_described(x)} and y is {_described(y)}"
            + ("." if weight is None else f"; the model's parameters are {weight.dtype} on {weight.device}.")
        )
        raise
    return prediction, value


def _described(x: Any) -> str:
    if isinstance(x, torch.Tensor):
        return f"a tensor of shape {tuple(x.shape)}, {x.dtype} on {x.device}"
    if isinstance(x, np.ndarray):
        return f"a NumPy array of shape {x.shape} (torch.as_tensor makes a tensor of it)"
    return f"a {type(x).__name__}"


def _validate(model: torch.nn.Module, data: Batches, loss: Loss, metrics: Metrics, epoch: int) -> dict[str, float]:
    seen = evaluate(model, data, loss, metrics)
    require_finite(seen["loss"], f"on the validation data after epoch {epoch}")
    return seen


def _measure(value: torch.Tensor, prediction: Any, y: Any, metrics: Metrics) -> dict[str, float]:
    return {"loss": value.item(), **{name: float(metric(prediction, y)) for name, metric in metrics.items()}}


class Means:
    """Means over samples, from means over batches of different sizes."""

    def __init__(self) -> None:
        self.totals: dict[str, float] = {}
        self.n = 0

    def add(self, n: int, means: Mapping[str, float]) -> None:
        """Take in the means of a batch of n samples."""
        self.n += n
        for name, mean in means.items():
            self.totals[name] = self.totals.get(name, 0.0) + n * mean

    def values(self) -> dict[str, float]:
        """The means over all samples so far."""
        return {name: total / self.n for name, total in self.totals.items()}


def pairs(data: Batches) -> Iterator[tuple[int, Any, Any]]:
    """The number, x and y of each batch."""
    number = 0
    for number, batch in enumerate(data, start=1):
        if not isinstance(batch, tuple | list) or len(batch) != 2:
            what = (
                f"{type(batch).__name__} of {len(batch)}" if isinstance(batch, tuple | list) else type(batch).__name__
            )
            raise TypeError(
                f"expected pairs (x, y), but batch {number} is a {what}; "
                "pass Minibatches(X, y, batch_size=...), or [(X, y)] for one batch"
            )
        if getattr(batch[1], "ndim", 1) == 0:
            raise ValueError(f"expected samples along the first axis of y, but in batch {number} y is a single number")
        yield number, *batch
    if number == 0:
        raise ValueError("expected at least one batch, got none")


def require_finite(value: float, where: str) -> None:
    """Refuse to go on with a loss that is no number, and say where it happened."""
    if not math.isfinite(value):
        raise FloatingPointError(
            f"the loss is {value} {where}. Usual causes: a learning rate that is too large, NaN in the data, "
            "the logarithm of 0 (pass logits to the loss instead of probabilities)"
        )


def _summary(train: dict[str, float], seen: dict[str, float]) -> dict[str, float]:
    return {**train, **{f"validation {name}": value for name, value in seen.items()}}


def with_state(data: Any) -> Any:
    """The data, or, if these only change other ones on the way, the first of those that have a state of their own."""
    while not hasattr(data, "state_dict") and hasattr(data, "batches"):
        data = data.batches
    return data


def _parts_with_state(scheduler: Any, data: Batches, callbacks: Sequence[Any]) -> dict[str, Any]:
    """What a checkpoint must keep beside model and optimizer, by the name that an error calls it."""
    numbered = {f"callback {i}": callback for i, callback in enumerate(callbacks, start=1)}
    parts = {"the scheduler": scheduler, "the data": with_state(data), **numbered}
    return {name: part for name, part in parts.items() if hasattr(part, "state_dict")}


def _check(
    data: Batches,
    validation: Batches | None,
    metrics: Metrics | None,
    callbacks: object,
    epochs: int,
    early_stopping: EarlyStopping | None,
) -> None:
    require_again(data=data, validation=validation)
    if not isinstance(callbacks, Sequence):
        raise TypeError(f"expected callbacks in a list, got one {type(callbacks).__name__}; write callbacks=[...]")
    if not isinstance(epochs, int) or epochs < 1:
        raise ValueError(f"expected epochs to be a whole number of at least 1, got {epochs!r}")
    if early_stopping is not None and validation is None:
        raise ValueError("early stopping watches the validation loss; pass validation=Minibatches(...) too")
    if "loss" in (metrics or {}):
        raise ValueError('a metric cannot be called "loss", which is the name of the loss; choose another name')


def _check_scheduler(scheduler: Any, optimizer: Any) -> None:
    if scheduler is None:
        return
    if isinstance(scheduler, type) or not hasattr(scheduler, "step"):
        raise TypeError(
            "expected scheduler to be made for the optimizer, such as StepLR(optimizer, step_size=10), "
            f"got {scheduler!r}"
        )
    if getattr(scheduler, "optimizer", optimizer) is not optimizer:
        raise ValueError("expected a scheduler of the optimizer that trains; this one was made for another")
