"""Training a network in parts: layer by layer, or by what a bigger network knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module, Sequential

from course_lib import nn
from course_lib.data.batches import Batches, require_again
from course_lib.models import feature_extractor
from course_lib.nn.modes import mode
from course_lib.training.history import History
from course_lib.training.loop import Loss, Metrics, fit, pairs

MakeOptimizer = Callable[[Any], Any]
"""Makes an optimizer for parameters: ``lambda parameters: SGD(parameters, lr=0.1)``."""


def greedy_pretrain(
    blocks: Sequence[Module],
    make_head: Callable[[int], Module],
    data: Batches,
    loss: Loss,
    make_optimizer: MakeOptimizer,
    *,
    epochs: int,
    validation: Batches | None = None,
    metrics: Metrics | None = None,
) -> list[History]:
    r"""Train a deep network one block at a time, with labels.

    Block $l$ learns under a head of its own, on top of the finished blocks below it, which no longer move:
    $\min_{f_l, g_l} L\left(g_l(f_l(h_{l-1})), y\right)$ with $h_{l-1} = f_{l-1}(\dots f_1(x))$. Then its head is
    thrown away. To go on, put a head on ``Sequential(*blocks)`` and train all of it.

    Args:
        blocks: The parts of the network from the bottom up, trained in place.
        make_head: ``make_head(width)`` returns a new head for a block with so many features or channels in its output
            (the size of axis 1).
        data: Pairs (x, y) of minibatches.
        loss: ``loss(head(block(h)), y)``, a mean over samples.
        make_optimizer: Called with the parameters of a block and its head.
        epochs: How many for each block.
        validation: Pairs (x, y) on which block and head are looked at after every epoch.
        metrics: As :func:`~course_lib.training.fit` takes them.

    Returns:
        A history for each block.

    Raises:
        ValueError: There is no block.
        TypeError: ``data`` or ``validation`` can be gone through only once, and what :func:`~course_lib.training.fit`
            raises.

    Source: Bengio et al. (2007), Greedy layer-wise training of deep networks; Deep Learning, section 8.7.4.
    """
    if len(blocks) == 0:
        raise ValueError("expected at least one block, got none")
    require_again(data=data, validation=validation)
    histories = []
    for i, block in enumerate(blocks):
        lift = partial(_lifted, Sequential(*blocks[:i]))
        lifted = _Mapped(data, lift)
        model = Sequential(block, make_head(_seen(block, _first(lifted)).shape[1]))
        history = fit(
            model,
            lifted,
            loss,
            make_optimizer(model.parameters()),
            epochs=epochs,
            validation=None if validation is None else _Mapped(validation, lift),
            metrics=metrics,
        )
        histories.append(history)
    return histories


def fitnet_hints(
    student: Module,
    teacher: Module,
    data: Batches,
    *,
    student_layer: str,
    teacher_layer: str,
    make_optimizer: MakeOptimizer,
    epochs: int,
    generator: torch.Generator | None = None,
) -> History:
    r"""Let the lower half of a student learn to say what a layer of its teacher says (FitNets, first stage).

    $\min_{W_s, W_r} \frac{1}{2} \left\lVert u(x) - r(v(x; W_s); W_r) \right\rVert^2$

    Here $u(x)$ is the teacher's layer, the hint, and $v(x)$ the student's. The regressor $r$ brings the student's width
    to the teacher's: a linear layer for features; for feature maps a convolution whose kernel is so large that the
    maps get the teacher's size. It is thrown away. Labels are not used. The square is a mean over entries, so that a
    learning rate serves layers of any width. Train the whole student afterwards.

    Args:
        student: Trained in place, up to ``student_layer``; what comes behind is not even computed.
        teacher: Only asked, in evaluation mode.
        data: Pairs (x, y) of minibatches.
        student_layer: The name of a layer as in ``student.named_modules()``, such as "2" or "blocks.1".
        teacher_layer: The name of a layer of the teacher.
        make_optimizer: Called with the parameters of student and regressor.
        epochs: How many.
        generator: Where the regressor's initial values come from; by default torch's global generator.

    Returns:
        The history of the hint loss.

    Raises:
        ValueError: A model has no layer of that name; the outputs are neither both features nor both feature maps; the
            teacher's maps are larger than the student's.
        RuntimeError: A model has a layer of that name but does not use it.
        TypeError: ``data`` can be gone through only once.

    Source: Romero et al. (2015), FitNets: hints for thin deep nets, eq. 3.
    """
    require_again(data=data)
    u, v = feature_extractor(teacher, teacher_layer), feature_extractor(student, student_layer)
    hints = _Mapped(data, partial(_with_hint, u))
    x = _first(data)
    r = _regressor(_seen(v, x), _seen(u, x), generator)
    model = Sequential(v, r)
    return fit(model, hints, _half_square, make_optimizer(model.parameters()), epochs=epochs)


def _half_square(prediction: Tensor, hint: Tensor) -> Tensor:
    return (prediction - hint).square().mean() / 2


def _regressor(v: Tensor, u: Tensor, generator: torch.Generator | None) -> Module:
    """From outputs such as the student's to outputs such as the teacher's."""
    widths = v.shape[1], u.shape[1]
    if v.ndim == u.ndim == 2:
        return nn.Linear(*widths, generator=generator).to(v)
    if v.ndim == u.ndim == 4 and v.shape[2] >= u.shape[2] and v.shape[3] >= u.shape[3]:
        size = (v.shape[2] - u.shape[2] + 1, v.shape[3] - u.shape[3] + 1)
        return nn.Conv2d(*widths, size, generator=generator).to(v)
    raise ValueError(
        "expected layers that both return (batch, features), or both (batch, channels, height, width) with maps of the "
        f"student at least as large as the teacher's; got {tuple(v.shape)} from the student and {tuple(u.shape)} from "
        "the teacher. Choose other layers"
    )


@dataclass
class _Mapped:
    """Data whose pairs are changed on the way, each time anew."""

    data: Batches
    change: Callable[[Any, Any], tuple[Any, Any]]

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        return (self.change(x, y) for _, x, y in pairs(self.data))


def _lifted(below: Module, x: Any, y: Any) -> tuple[Tensor, Any]:
    """A pair as the blocks below hand it on."""
    return _seen(below, x), y


def _with_hint(teacher: Module, x: Any, y: Any) -> tuple[Any, Tensor]:
    """The teacher's answer in place of the label."""
    return x, _seen(teacher, x)


def _seen(model: Module, x: Any) -> Tensor:
    """What a finished model makes of x: in evaluation mode, and without gradients."""
    with mode(model, training=False), torch.no_grad():
        return model(x)


def _first(data: Batches) -> Any:
    """The first x."""
    return next(iter(pairs(data)))[1]
