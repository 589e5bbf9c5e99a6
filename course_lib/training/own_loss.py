"""Training models that know their own loss, such as autoencoders, one or a stack of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module

from course_lib.data.batches import Batches, parts_of, require_again
from course_lib.models.autoencoder import EncoderDecoder
from course_lib.nn.modes import mode
from course_lib.regularization import EarlyStopping
from course_lib.training.history import History
from course_lib.training.loop import fit


def fit_own_loss(
    model: Module,
    data: Batches,
    optimizer: Any,
    *,
    epochs: int,
    validation: Batches | None = None,
    callbacks: Sequence[Callable[[int, Any, History], object]] = (),
    early_stopping: EarlyStopping | None = None,
    scheduler: Any = None,
    progress: bool = True,
) -> History:
    """Train a model that has no targets but a loss of its own, ``model.loss(*batch)``.

    Args:
        model: ``loss`` takes what a batch consists of and returns one number, a mean over samples. Trained in training
            mode and validated in evaluation mode; afterwards in the mode it was in.
        data: Minibatches: tuples such as (x,), as ``Minibatches(X, batch_size=...)`` yields them.
        optimizer: For the model's parameters.
        epochs: How many.
        validation: Minibatches on which the loss is taken after every epoch.
        callbacks: Called after each epoch as ``callback(epoch, model, history)``.
        early_stopping: As :func:`~course_lib.training.fit` takes it.
        scheduler: As :func:`~course_lib.training.fit` takes it.
        progress: Whether to show a bar.

    Returns:
        The losses of each epoch.

    Raises:
        TypeError: The model has no loss, the batches are no tuples, or what :func:`~course_lib.training.fit` raises.
        FloatingPointError: The loss is NaN or infinite.
        ValueError: What :func:`~course_lib.training.fit` raises.
    """
    if not hasattr(model, "loss"):
        raise TypeError(f"expected a model with a method loss(*batch), got a {type(model).__name__}; use fit instead")
    require_again(data=data, validation=validation)
    return fit(
        _OwnLoss(model),
        _Whole(data),
        lambda value, _: value,
        optimizer,
        epochs=epochs,
        validation=None if validation is None else _Whole(validation),
        callbacks=[_Unwrapped(callback) for callback in callbacks],
        early_stopping=early_stopping,
        scheduler=scheduler,
        progress=progress,
    )


def stack_pretrain(
    autoencoders: Sequence[EncoderDecoder],
    data: Batches,
    make_optimizer: Callable[[Iterable[Any]], Any],
    *,
    epochs: int,
    progress: bool = True,
) -> list[History]:
    r"""Pretrain a deep network without labels, one layer at a time.

    Autoencoder $l$ learns to reconstruct the codes $h_{l-1} = f_{l-1}(\dots f_1(x))$ of the finished ones below it.
    Their encoders in a row, ``nn.Sequential(*(a.encoder for a in autoencoders))``, are the lower part of a network: put
    a head on them and train all of it with the labels there are. Denoising autoencoders damage the codes, not the
    inputs.

    Args:
        autoencoders: From the bottom up, trained in place. The code of each is the input of the next.
        data: Minibatches, of which only the first part, x, is used: with labels or without.
        make_optimizer: Called with the parameters of each autoencoder.
        epochs: How many for each.
        progress: Whether to show a bar.

    Returns:
        A history for each autoencoder.

    Raises:
        ValueError: There is no autoencoder.
        TypeError: ``data`` can be gone through only once, or its batches are no tuples.

    Source: Bengio et al. (2007), Greedy layer-wise training of deep networks; Vincent et al. (2010), Stacked denoising
    autoencoders; Deep Learning, section 15.1.
    """
    if len(autoencoders) == 0:
        raise ValueError("expected at least one autoencoder, got none")
    require_again(data=data)
    return [
        fit_own_loss(
            autoencoder,
            _Encoded(data, autoencoders[:i]),
            make_optimizer(autoencoder.parameters()),
            epochs=epochs,
            progress=progress,
        )
        for i, autoencoder in enumerate(autoencoders)
    ]


class _OwnLoss(Module):
    """A network whose output is the loss of the model inside."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, batch: Sequence[Any]) -> Tensor:
        return self.model.loss(*batch)


@dataclass
class _Unwrapped:
    """A callback that is shown the model inside."""

    callback: Any

    def __call__(self, epoch: int, wrapper: Any, history: History) -> None:
        self.callback(epoch, wrapper.model, history)

    def finish(self, wrapper: Any, history: History) -> None:
        if hasattr(self.callback, "finish"):
            self.callback.finish(wrapper.model, history)


@dataclass
class _Whole:
    """Batches as pairs: all of the batch, and its first part to count the samples by."""

    batches: Batches

    def __len__(self) -> int:
        return len(self.batches)  # type: ignore[arg-type]  # what has no length raises TypeError, as it should

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        for batch in self.batches:
            yield batch, parts_of(batch)[0]


@dataclass
class _Encoded:
    """Batches of codes, as the encoders below make them, in evaluation mode and without gradients."""

    batches: Batches
    below: Sequence[EncoderDecoder]

    def __len__(self) -> int:
        return len(self.batches)  # type: ignore[arg-type]  # as above

    def __iter__(self) -> Iterator[tuple[Tensor]]:
        for batch in self.batches:
            x = parts_of(batch)[0]
            for autoencoder in self.below:
                with mode(autoencoder, training=False), torch.no_grad():
                    x = autoencoder.encode(x)
            yield (x,)
