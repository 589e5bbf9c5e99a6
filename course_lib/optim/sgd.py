"""Stochastic gradient descent, with momentum if wanted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch

from course_lib.optim.optimizer import Group, Optimizer, check_options, decayed


class SGD(Optimizer):
    r"""Step against the gradient $g$, or against a running sum $v$ of gradients, the momentum.

    $$g \leftarrow \nabla J(\theta) + \lambda\theta, \qquad v \leftarrow \mu v + (1 - d)\,g,
      \qquad \theta \leftarrow \theta - \epsilon v$$

    The first $v$ is $g$. Without momentum, $\theta \leftarrow \theta - \epsilon g$. Nesterov's step looks ahead:
    $\theta \leftarrow \theta - \epsilon\,(g + \mu v)$. (Deep Learning, algorithms 8.1 to 8.3, where $v$ has the
    learning rate inside and the other sign. With a constant rate it is the same path.)

    Args:
        params: Tensors, or dictionaries with ``"params"`` and options of their own.
        lr: Learning rate $\epsilon$.
        momentum: $\mu$, from 0 (none) to below 1.
        dampening: $d$; not together with ``nesterov``.
        weight_decay: $\lambda$, the weight of the penalty $\tfrac{\lambda}{2} \lVert \theta \rVert^2$.
        nesterov: Whether to look ahead; needs momentum.
        maximize: Climb instead.

    Raises:
        ValueError: An option is negative, or ``nesterov`` without momentum or with dampening.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> optimizer = SGD([w], lr=0.5)
    >>> (3 * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([-0.5000], requires_grad=True)
    """

    takes_sparse = True

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | torch.Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float | torch.Tensor = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        check_options(lr=lr, momentum=momentum, weight_decay=weight_decay)
        if nesterov and (momentum == 0 or dampening != 0):
            raise ValueError(
                f"nesterov needs momentum above 0 and dampening 0, got momentum={momentum} and dampening={dampening}"
            )
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def update(self, param: torch.Tensor, gradient: torch.Tensor, group: Group) -> None:
        """The rule above."""
        g = decayed(gradient, param, group)
        if group["momentum"]:
            v = self._momentum(param, g, group)
            g = g.add(v, alpha=group["momentum"]) if group["nesterov"] else v
        param.add_(g, alpha=-float(group["lr"]))

    def _momentum(self, param: torch.Tensor, g: torch.Tensor, group: Group) -> torch.Tensor:
        """The running sum, with g in it."""
        state = self.state[param]
        if state.get("momentum_buffer") is None:
            state["momentum_buffer"] = g.clone()
        else:
            state["momentum_buffer"].mul_(group["momentum"]).add_(g, alpha=1 - group["dampening"])
        return state["momentum_buffer"]
