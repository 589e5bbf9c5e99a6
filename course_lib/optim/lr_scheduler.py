"""Schedules: how the learning rate changes while training goes on, with the interface of ``torch.optim.lr_scheduler``.

Most schedules compute the next rate from the present one, not from the first. So several can act on one optimizer, and
their factors multiply.
"""

from __future__ import annotations

import math
import types
import warnings
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

import torch

from course_lib.optim.optimizer import Group, Optimizer

Rate = float | torch.Tensor


class LRScheduler:
    """The base of every schedule. A subclass writes :meth:`get_lr`: the rates of this epoch, from those before.

    A new schedule sets the rates of epoch 0 at once. Call :meth:`step` after each epoch, or each minibatch.

    Args:
        optimizer: Its parameter groups get new learning rates.
        last_epoch: -1 to begin. Otherwise the number of the epoch to go on from, with an optimizer whose groups have
            their ``"initial_lr"``, such as one with a loaded state. :meth:`load_state_dict` is the simpler way.

    Attributes:
        base_lrs: The learning rate that each group began with.
        last_epoch: How many steps were made.

    Raises:
        TypeError: The optimizer is none of ours.
        KeyError: To go on, a group has no ``"initial_lr"``.
    """

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(
                f"expected an optimizer of course_lib.optim, got {type(optimizer).__name__}, which is not an Optimizer"
            )
        self.optimizer = optimizer
        for number, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", _copy(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"parameter group {number} has no 'initial_lr' to go on from after epoch {last_epoch}; load the "
                    "optimizer's state first, or begin with last_epoch=-1"
                )
        self.base_lrs: list[Rate] = [_copy(group["initial_lr"]) for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._begin()

    def get_lr(self) -> list[Rate]:
        """The rates of epoch ``last_epoch``, one for each group, from those that the groups have; :meth:`step` asks.

        To see what the rates are, use :meth:`get_last_lr`.
        """
        raise NotImplementedError(f"{type(self).__name__} has no rule: write its get_lr()")

    def get_last_lr(self) -> list[Rate]:
        """The rates that this schedule set last, one for each group."""
        return self._last_lr

    def step(self, epoch: int | None = None) -> None:
        """Go on to the next epoch.

        Args:
            epoch: Deprecated, as in torch: jump to this one.
        """
        if self._step_count == 1 and not self.optimizer.stepped:
            warnings.warn(
                "lr_scheduler.step() was called before optimizer.step(), so the first learning rate was never used; "
                "call it after each epoch, not before",
                stacklevel=2,
            )
        if epoch is not None:
            warnings.warn("step(epoch) is deprecated; call step() once for every epoch", stacklevel=2)
        self._step_count += 1
        self._go_to(epoch)

    def state_dict(self) -> dict[str, Any]:
        """All there is to know but the optimizer, which has a state of its own."""
        return {key: value for key, value in self.__dict__.items() if key != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on where another schedule of the same kind was, ours or torch's. Load the optimizer's state too."""
        self.__dict__.update(state_dict)

    def _begin(self) -> None:
        """Set the rates of the first epoch."""
        self._step_count = 0
        self._is_initial = True
        self.step()
        self._is_initial = False

    def _go_to(self, epoch: int | None) -> None:
        """Set the rates of the next epoch, or of any."""
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        rates = self.get_lr() if epoch is None else self._get_closed_form_lr()
        for group, lr in zip(self.optimizer.param_groups, rates, strict=True):
            _set_lr(group, lr)
        self._last_lr = self._present()

    def _get_closed_form_lr(self) -> list[Rate]:
        """The rates of epoch ``last_epoch`` from the first ones alone, if the schedule has such a form."""
        return self.get_lr()

    def _present(self) -> list[Rate]:
        return [_copy(group["lr"]) for group in self.optimizer.param_groups]


class LambdaLR(LRScheduler):
    r"""Multiply the first rate by a function of the epoch: $\epsilon_t = f(t)\,\epsilon_0$.

    Args:
        optimizer: Whose rates to set.
        lr_lambda: $f$, or a list of one for each parameter group. Functions are not saved in the state; objects that
            can be called are, with their attributes.
        last_epoch: -1 to begin.

    Raises:
        ValueError: There is not one function for each group.

    >>> from course_lib.optim import SGD
    >>> optimizer = SGD([torch.zeros(1)], lr=1.0)
    >>> schedule = LambdaLR(optimizer, lambda epoch: 0.5**epoch)
    >>> rates = []
    >>> for _ in range(4):
    ...     rates += schedule.get_last_lr()
    ...     optimizer.step()
    ...     schedule.step()
    >>> rates
    [1.0, 0.5, 0.25, 0.125]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        groups = len(getattr(optimizer, "param_groups", ()))
        self.lr_lambdas = [lr_lambda] * groups if callable(lr_lambda) else list(lr_lambda)
        if len(self.lr_lambdas) != groups:
            raise ValueError(
                f"expected one function, or {groups}, one for each parameter group; got {len(self.lr_lambdas)}"
            )
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """The rule above."""
        return [lr * f(self.last_epoch) for lr, f in zip(self.base_lrs, self.lr_lambdas, strict=True)]

    def state_dict(self) -> dict[str, Any]:
        """All but the optimizer and the functions; of other callables their attributes."""
        saved = [None if isinstance(f, types.FunctionType) else f.__dict__.copy() for f in self.lr_lambdas]
        return {**super().state_dict(), "lr_lambdas": saved}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on where another was; functions stay those that are here."""
        super().load_state_dict({key: value for key, value in state_dict.items() if key != "lr_lambdas"})
        for f, attributes in zip(self.lr_lambdas, state_dict["lr_lambdas"], strict=True):
            if attributes is not None:
                f.__dict__.update(attributes)


class StepLR(LRScheduler):
    r"""Multiply the rate by $\gamma$ once in $s$ epochs: $\epsilon_t = \gamma^{\lfloor t/s \rfloor}\,\epsilon_0$.

    Args:
        optimizer: Whose rates to set.
        step_size: $s$.
        gamma: $\gamma$.
        last_epoch: -1 to begin.

    >>> from course_lib.optim import SGD
    >>> optimizer = SGD([torch.zeros(1)], lr=1.0)
    >>> schedule = StepLR(optimizer, step_size=2, gamma=0.5)
    >>> rates = []
    >>> for _ in range(5):
    ...     rates += schedule.get_last_lr()
    ...     optimizer.step()
    ...     schedule.step()
    >>> rates
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """The rule above, from the rates before."""
        if self.last_epoch == 0 or self.last_epoch % self.step_size:
            return self._present()
        return [lr * self.gamma for lr in self._present()]

    def _get_closed_form_lr(self) -> list[Rate]:
        return [lr * self.gamma ** (self.last_epoch // self.step_size) for lr in self.base_lrs]


class LinearLR(LRScheduler):
    r"""Change the rate along a line, from $a\epsilon_0$ to $b\epsilon_0$ at epoch $\tau$; there it stays.

    $$\epsilon_t = \Bigl(a + (b - a)\,\frac{\min(t, \tau)}{\tau}\Bigr)\,\epsilon_0$$

    With $a = 1$ this is the linear decay of Deep Learning, equation 8.14; with $b = 1$ it is a warm-up.

    Args:
        optimizer: Whose rates to set.
        start_factor: $a$, above 0 and up to 1.
        end_factor: $b$, from 0 to 1.
        total_iters: $\tau$.
        last_epoch: -1 to begin.

    Raises:
        ValueError: A factor is out of its range.

    >>> from course_lib.optim import SGD
    >>> optimizer = SGD([torch.zeros(1)], lr=1.0)
    >>> schedule = LinearLR(optimizer, start_factor=1.0, end_factor=0.5, total_iters=2)
    >>> rates = []
    >>> for _ in range(4):
    ...     rates += schedule.get_last_lr()
    ...     optimizer.step()
    ...     schedule.step()
    >>> rates
    [1.0, 0.75, 0.5, 0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 < start_factor <= 1:
            raise ValueError(f"expected start_factor above 0 and up to 1, got {start_factor}")
        if not 0 <= end_factor <= 1:
            raise ValueError(f"expected end_factor from 0 to 1, got {end_factor}")
        self.start_factor, self.end_factor, self.total_iters = start_factor, end_factor, total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """The rule above, from the rates before: the ratio of two epochs' factors."""
        t, a, tau = self.last_epoch, self.start_factor, self.total_iters
        if t == 0:
            return [lr * a for lr in self._present()]
        if self._is_initial or t > tau:
            return self._present()
        rise = self.end_factor - a
        return [lr * (1.0 + rise / (tau * a + (t - 1) * rise)) for lr in self._present()]

    def _get_closed_form_lr(self) -> list[Rate]:
        t, a, tau = self.last_epoch, self.start_factor, self.total_iters
        return [lr * (a + (self.end_factor - a) * min(tau, t) / tau) for lr in self.base_lrs]


class CosineAnnealingLR(LRScheduler):
    r"""Let the rate fall along half a cosine to $\epsilon_{\min}$ at epoch $T$: slowly, fast, slowly.

    $$\epsilon_t = \epsilon_{\min} + \tfrac12 (\epsilon_0 - \epsilon_{\min}) \bigl(1 + \cos(\pi t / T)\bigr)$$

    After $T$ it rises again. (Loshchilov and Hutter, 2017, equation 5.)

    Args:
        optimizer: Whose rates to set.
        T_max: $T$.
        eta_min: $\epsilon_{\min}$.
        last_epoch: -1 to begin.

    >>> from course_lib.optim import SGD
    >>> optimizer = SGD([torch.zeros(1)], lr=1.0)
    >>> schedule = CosineAnnealingLR(optimizer, T_max=4)
    >>> rates = []
    >>> for _ in range(5):
    ...     rates += schedule.get_last_lr()
    ...     optimizer.step()
    ...     schedule.step()
    >>> [round(rate, 3) for rate in rates]
    [1.0, 0.854, 0.5, 0.146, 0.0]
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        """The rule above, from the rates before: above the smallest, the ratio of two epochs' factors."""
        t, T = self.last_epoch, self.T_max
        if self._is_initial:
            return self._present()
        if self._step_count == 1 and t > 0:
            return self._get_closed_form_lr()
        if (t - 1 - T) % (2 * T) == 0:  # the factor before is 0, at the bottom
            rise = (1 - math.cos(math.pi / T)) / 2
            return [lr + (base - self.eta_min) * rise for lr, base in zip(self._present(), self.base_lrs, strict=True)]
        factor = (1 + math.cos(math.pi * t / T)) / (1 + math.cos(math.pi * (t - 1) / T))
        return [factor * (lr - self.eta_min) + self.eta_min for lr in self._present()]

    def _get_closed_form_lr(self) -> list[Rate]:
        height = 1 + math.cos(math.pi * self.last_epoch / self.T_max)
        return [self.eta_min + (lr - self.eta_min) * height / 2 for lr in self.base_lrs]


class SequentialLR(LRScheduler):
    """One schedule after the other, such as a warm-up and then a decay. Each begins at its own epoch 0.

    Args:
        optimizer: Whose rates to set.
        schedulers: Schedules of this optimizer.
        milestones: The epoch in which each but the first takes over.
        last_epoch: -1 to begin.

    Raises:
        ValueError: There is no schedule, one is of another optimizer, a later one is a sequence itself, or there is not
            one milestone fewer.
        TypeError: Something is no schedule.

    >>> from course_lib.optim import SGD
    >>> optimizer = SGD([torch.zeros(1)], lr=1.0)
    >>> warm_up = LinearLR(optimizer, start_factor=0.25, total_iters=3)
    >>> decay = StepLR(optimizer, step_size=1, gamma=0.5)
    >>> schedule = SequentialLR(optimizer, [warm_up, decay], milestones=[3])
    >>> rates = []
    >>> for _ in range(6):
    ...     rates += schedule.get_last_lr()
    ...     optimizer.step()
    ...     schedule.step()
    >>> rates
    [0.25, 0.5, 0.75, 1.0, 0.5, 0.25]
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: list[LRScheduler], milestones: list[int], last_epoch: int = -1
    ) -> None:
        _check_sequence(optimizer, schedulers, milestones)
        self._schedulers = schedulers
        self._milestones = milestones
        self.last_epoch = last_epoch + 1
        self.optimizer = optimizer
        for group in optimizer.param_groups:
            _set_lr(group, group["initial_lr"])
        self._undo_begin()
        first = schedulers[bisect_right(milestones, 0)]
        first._begin()
        self._last_lr = first.get_last_lr()

    def step(self, epoch: int | None = None) -> None:
        """Go on to the next epoch.

        Raises:
            TypeError: An epoch was given; a sequence only goes on.
        """
        if epoch is not None:
            raise TypeError("expected step() without an epoch: a sequence of schedules only goes on")
        self.last_epoch += 1
        i = bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[i]
        if i > 0 and self._milestones[i - 1] == self.last_epoch:
            scheduler._go_to(0)
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()

    def state_dict(self) -> dict[str, Any]:
        """All but the optimizer, with the states of the schedules."""
        return {**super().state_dict(), "_schedulers": [scheduler.state_dict() for scheduler in self._schedulers]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on where another sequence of the same schedules was."""
        super().load_state_dict({key: value for key, value in state_dict.items() if key != "_schedulers"})
        for scheduler, state in zip(self._schedulers, state_dict["_schedulers"], strict=True):
            scheduler.load_state_dict(state)

    def _undo_begin(self) -> None:
        """Each schedule went to its epoch 0 when it was made, which only the first should."""
        for scheduler in self._schedulers:
            if isinstance(scheduler, SequentialLR):
                scheduler._undo_begin()
            else:
                scheduler.last_epoch -= 1


def _check_sequence(optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int]) -> None:
    if not schedulers:
        raise ValueError("expected at least one schedule, got none")
    for number, scheduler in enumerate(schedulers):
        if not isinstance(scheduler, LRScheduler):
            raise TypeError(f"expected schedules, got {type(scheduler).__name__} as number {number}")
        if scheduler.optimizer is not optimizer:
            raise ValueError(
                f"schedule number {number}, {type(scheduler).__name__}, is of another optimizer; "
                "make all schedules of a sequence for the same"
            )
        if number > 0 and isinstance(scheduler, SequentialLR):
            raise ValueError(
                f"schedule number {number} is a sequence itself, which cannot begin later; "
                "write its schedules and milestones into this one"
            )
    if len(milestones) != len(schedulers) - 1:
        raise ValueError(
            f"expected one milestone fewer than schedules, got {len(milestones)} for {len(schedulers)}; "
            "a milestone is the epoch in which the next schedule takes over"
        )


def _copy(lr: Rate) -> Rate:
    """A rate may be a tensor, which is written in place; what is kept must not change with it."""
    return lr.clone() if isinstance(lr, torch.Tensor) else lr


def _set_lr(group: Group, lr: Rate) -> None:
    if isinstance(group["lr"], torch.Tensor):
        group["lr"].fill_(float(lr))
    else:
        group["lr"] = lr
