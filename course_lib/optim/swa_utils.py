"""Polyak averaging: where a path jumps around a minimum, the mean of its points lies closer than its end."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterable
from typing import Any

import torch

Average = Callable[[torch.Tensor, torch.Tensor, torch.Tensor | int], torch.Tensor]


def get_swa_avg_fn() -> Average:
    r"""The linear average: all points count alike.

    $\bar\theta_n = \bar\theta_{n-1} + (\theta_n - \bar\theta_{n-1}) / n$, which is $\frac1n \sum_i \theta_i$

    (Deep Learning, section 8.7.3; Polyak and Juditsky, 1992.)

    Returns:
        A function of the average so far, the new point, and how many points are in the average.

    >>> get_swa_avg_fn()(torch.tensor(1.0), torch.tensor(4.0), 2)
    tensor(2.)
    """
    return lambda average, new, n: average + (new - average) / (n + 1)


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    r"""The running average: old points fade.

    $\bar\theta_n = \alpha\bar\theta_{n-1} + (1 - \alpha)\,\theta_n$   (Deep Learning, equation 8.39)

    Where the problem is not convex, the path may have come from far away; then this is the one to take.

    Args:
        decay: $\alpha$, from 0 to 1. The average reaches back about $1/(1 - \alpha)$ points.

    Returns:
        A function of the average so far, the new point, and how many points are in the average.

    Raises:
        ValueError: The decay is not between 0 and 1.

    >>> get_ema_avg_fn(0.5)(torch.tensor(1.0), torch.tensor(4.0), 2)
    tensor(2.5000)
    """
    if not 0 <= decay <= 1:
        raise ValueError(f"expected decay between 0 and 1, got {decay}")
    return lambda average, new, n: average * decay + new * (1 - decay)


class AveragedModel(torch.nn.Module):
    """A copy of a model whose weights are an average of those that the model had.

    Args:
        model: Copied.
        device: Where the copy lies, if elsewhere.
        avg_fn: What :func:`get_swa_avg_fn` (if None) or :func:`get_ema_avg_fn` returns.
        use_buffers: Whether to average buffers too, such as the running means of batch normalization. Otherwise they
            are the model's last.

    Attributes:
        module: The copy.
        n_averaged: How many points are in the average.

    >>> model = torch.nn.Linear(1, 1)
    >>> average = AveragedModel(model)
    >>> for weight in (1.0, 2.0, 6.0):
    ...     _ = torch.nn.init.constant_(model.weight, weight)
    ...     average.update_parameters(model)
    >>> average.module.weight.item()
    3.0
    """

    n_averaged: torch.Tensor

    def __init__(
        self,
        model: torch.nn.Module,
        device: int | str | torch.device | None = None,
        avg_fn: Average | None = None,
        *,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        self.module = copy.deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", torch.tensor(0, dtype=torch.long, device=device))
        self.avg_fn = avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the averaged model says."""
        return self.module(*args, **kwargs)

    @torch.no_grad()
    def update_parameters(self, model: torch.nn.Module) -> None:
        """Take the model's weights into the average. The first are copied.

        Args:
            model: With the same parameters in the same order.
        """
        average = self.avg_fn or get_swa_avg_fn()
        averaged = self._averaged(self.module)
        for mean, new in zip(averaged, self._averaged(model), strict=True):
            there = new.to(mean.device)
            mean.copy_(there if self.n_averaged == 0 else average(mean, there, self.n_averaged.to(mean.device)))
        if not self.use_buffers:
            for mean, new in zip(self.module.buffers(), model.buffers(), strict=True):
                mean.copy_(new)
        self.n_averaged += 1

    def _averaged(self, model: torch.nn.Module) -> Iterable[torch.Tensor]:
        return itertools.chain(model.parameters(), model.buffers() if self.use_buffers else ())
