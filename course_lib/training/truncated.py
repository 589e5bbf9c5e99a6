"""Back-propagation through time along a text far too long for it: a piece at a time, and the state goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from tqdm.auto import tqdm

from course_lib.models.recurrence import detached
from course_lib.nn.modes import mode
from course_lib.optim import clip_grad_norm_
from course_lib.training.history import History
from course_lib.training.loop import Loss, Means, require_finite
from course_lib.training.progress import progress_bar

Piece = tuple[Tensor, Tensor]
"""Inputs and targets of shape (batch, steps): the targets are the tokens after the inputs."""


def truncated_bptt(
    model: torch.nn.Module,
    tokens: Tensor,
    loss: Loss,
    optimizer: Any,
    *,
    steps: int,
    batch_size: int,
    epochs: int,
    clip: float | None = None,
    validation: Tensor | None = None,
    callbacks: Sequence[Callable[[int, torch.nn.Module, History], object]] = (),
    progress: bool = True,
) -> History:
    r"""Train a language model on one long text.

    The text is cut into ``batch_size`` strips that are read side by side, each a piece of ``steps`` tokens at a time.
    After each piece comes a step of the optimizer. The state after a piece is the state before the next one, but no
    gradient goes back through it: time and memory of a step depend on ``steps``, not on the text. What is forgotten:
    that the tokens of one piece should be remembered for the sake of the next.   (Williams and Peng, 1990; Deep
    Learning, section 10.2.2 on the cost of the whole gradient)

    Args:
        model: ``model(inputs, state)`` returns logits, shape (batch, steps, classes), and the new state: a tensor, or
            the pair of an LSTM. The first state is None.
        tokens: The text as numbers, int64, shape (length,). What does not fill the last strip is left out.
        loss: ``loss(logits, targets)`` for logits of shape (n, classes) and targets of shape (n,): their mean.
        optimizer: Ours or torch's, for the model's parameters.
        steps: Through how many steps gradients go back.
        batch_size: How many strips.
        epochs: How many times to read the text.
        clip: The largest norm of the gradient; a longer one is shortened. By default it may be of any length.
        validation: Another text, read after every epoch.
        callbacks: Called after each epoch as ``callback(epoch, model, history)``. If one has a method
            ``finish(model, history)``, that is called once at the end, however training ends.
        progress: Whether to show a bar; not shown where a program executes the notebook.

    Returns:
        The mean loss of each epoch, on the validation text too. Interrupting the kernel ends training; the history up
        to there is returned.

    Raises:
        ValueError: The text is no row of tokens, or too short for the strips; a number is below 1.
        FloatingPointError: A loss is NaN or infinite; the message says in which epoch and batch.
    """
    if min(steps, batch_size, epochs) < 1:
        raise ValueError(f"expected steps, batch_size and epochs of at least 1, got {steps}, {batch_size}, {epochs}")
    pieces = _pieces(tokens, steps, batch_size)
    held_out = [] if validation is None else _pieces(validation, steps, batch_size)
    history = History()
    try:
        with progress_bar(pieces, 0, epochs, progress) as bar:
            for epoch in range(1, epochs + 1):
                bar.set_description(f"epoch {epoch} of {epochs}", refresh=False)
                train = _read_and_learn(model, pieces, loss, optimizer, clip, epoch, bar)
                history.append(train, _read(model, held_out, loss, epoch) if held_out else {})
                for callback in callbacks:
                    callback(epoch, model, history)
    except KeyboardInterrupt:
        print(f"Training was interrupted. Finished epochs, all in the history: {len(history.epochs)}.")
    finally:
        for callback in callbacks:
            if hasattr(callback, "finish"):
                callback.finish(model, history)
    return history


def _pieces(tokens: Tensor, steps: int, batch_size: int) -> list[Piece]:
    """The text in strips side by side, cut into pieces of so many steps; the last piece may be shorter."""
    length = (len(tokens) - 1) // batch_size if tokens.ndim == 1 else 0
    if length < 1:
        raise ValueError(
            f"expected tokens of shape (length,) with at least {batch_size + 1} tokens, one for each of {batch_size} "
            f"strips and one to follow, got shape {tuple(tokens.shape)}"
        )
    inputs = tokens[: batch_size * length].reshape(batch_size, length)
    targets = tokens[1 : batch_size * length + 1].reshape(batch_size, length)
    return list(zip(inputs.split(steps, 1), targets.split(steps, 1), strict=True))


def _losses(model: torch.nn.Module, pieces: list[Piece], loss: Loss) -> Iterator[tuple[Tensor, int]]:
    """The loss of each piece and its number of targets; the state goes from piece to piece."""
    state = None
    for inputs, targets in pieces:
        logits, state = model(inputs, state)
        state = detached(state)
        yield loss(logits.flatten(0, 1), targets.flatten()), targets.numel()


def _read_and_learn(
    model: torch.nn.Module,
    pieces: list[Piece],
    loss: Loss,
    optimizer: Any,
    clip: float | None,
    epoch: int,
    bar: tqdm,
) -> dict[str, float]:
    """Read the text once, with a step after each piece. Returns the mean loss, each taken before its step."""
    means = Means()
    with mode(model, training=True):
        for number, (value, targets) in enumerate(_losses(model, pieces, loss), start=1):
            require_finite(value.item(), f"in epoch {epoch}, batch {number}")
            optimizer.zero_grad()
            value.backward()
            if clip is not None:
                clip_grad_norm_(model.parameters(), clip)
            optimizer.step()
            means.add(targets, {"loss": value.item()})
            bar.update()
    return means.values()


@torch.no_grad()
def _read(model: torch.nn.Module, pieces: list[Piece], loss: Loss, epoch: int) -> dict[str, float]:
    """The mean loss over the validation text, in evaluation mode."""
    means = Means()
    with mode(model, training=False):
        for value, targets in _losses(model, pieces, loss):
            means.add(targets, {"loss": value.item()})
    require_finite(means.values()["loss"], f"on the validation text after epoch {epoch}")
    return means.values()
