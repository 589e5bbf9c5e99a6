"""Delta-bar-delta: the first rule with a learning rate for every weight."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch

from course_lib.optim.optimizer import Group, Optimizer, as_real, check_options, count_step, decayed, remembered


class DeltaBarDelta(Optimizer):
    r"""Raise a weight's learning rate while its gradient keeps the sign it used to have, and cut it when that turns.

    $$\epsilon \leftarrow \begin{cases}
      \epsilon + \kappa & \bar\delta\,g > 0 \\ (1 - \phi)\,\epsilon & \bar\delta\,g < 0
      \\ \epsilon & \text{otherwise} \end{cases}$$

    $$\bar\delta \leftarrow (1 - \vartheta)\,g + \vartheta\bar\delta, \qquad \theta \leftarrow \theta - \epsilon g$$

    The running mean $\bar\delta$ stands for the sign that the gradient used to have. Rates rise slowly, by a constant,
    and fall fast, by a factor; so they stay positive. For gradients over all the data. (Jacobs, 1988; Deep Learning,
    section 8.5.)

    Args:
        params: Tensors, or dictionaries with ``"params"`` and options of their own.
        lr: The first learning rate $\epsilon$ of every weight.
        kappa: $\kappa$, by which a rate rises.
        phi: $\phi$, from 0 to below 1: the part of a rate that is cut off.
        theta: $\vartheta$, from 0 to below 1: how much of the mean is kept in each step.
        weight_decay: $\lambda$, the weight of the penalty $\tfrac{\lambda}{2} \lVert \theta \rVert^2$, whose gradient
            is part of $g$.
        maximize: Climb instead.

    Raises:
        ValueError: An option is negative, or ``phi`` or ``theta`` is not below 1.

    >>> w = torch.tensor([1.0, 1.0], requires_grad=True)
    >>> optimizer = DeltaBarDelta([w], lr=0.25, kappa=0.25, phi=0.5)
    >>> for gradient in ([1.0, 1.0], [1.0, -1.0]):  # the rates become 0.5 and 0.125
    ...     w.grad = torch.tensor(gradient)
    ...     optimizer.step()
    >>> w
    tensor([0.2500, 0.8750], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | torch.Tensor = 1e-2,
        kappa: float = 1e-3,
        phi: float = 0.1,
        theta: float = 0.7,
        weight_decay: float = 0,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = {"lr": lr, "kappa": kappa, "phi": phi, "theta": theta, "weight_decay": weight_decay}
        check_options(**defaults)
        for name, value in (("phi", phi), ("theta", theta)):
            if value >= 1:
                raise ValueError(f"expected {name} from 0 to below 1, got {value}")
        super().__init__(params, {**defaults, "maximize": maximize})

    def update(self, param: torch.Tensor, gradient: torch.Tensor, group: Group) -> None:
        """The rule above."""
        state, theta = self.state[param], group["theta"]
        count_step(state)
        g = as_real(decayed(gradient, param, group))
        rate = remembered(state, "step_size", param, float(group["lr"]))
        delta_bar = remembered(state, "delta_bar", param)
        agreement = (delta_bar * g).sign_()
        rate.mul_(1 + group["phi"] * agreement.clamp(max=0)).add_(agreement.clamp_(min=0), alpha=group["kappa"])
        delta_bar.mul_(theta).add_(g, alpha=1 - theta)
        as_real(param).addcmul_(rate, g, value=-1)
