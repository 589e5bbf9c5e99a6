"""Rprop: only the sign of the gradient counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch

from course_lib.optim.optimizer import Group, Optimizer, as_real, check_options, count_step, remembered


class Rprop(Optimizer):
    r"""Give each weight a step size of its own: it grows while the gradient keeps its sign and shrinks when that turns.

    $$\Delta \leftarrow \operatorname{clip}(\eta\,\Delta), \qquad
      \eta = \begin{cases} \eta_+ & g_t\,g_{t-1} > 0 \\ \eta_- & g_t\,g_{t-1} < 0 \\ 1 & \text{otherwise} \end{cases}
      \qquad \theta \leftarrow \theta - \Delta \, \operatorname{sign}(g_t)$$

    After a turn $g_t$ is set to 0: the weight rests for this step, and its step size stays in the next. For gradients
    over all the data; the sign of a minibatch's gradient turns by chance. (Riedmiller and Braun, 1993; this variant is
    iRprop⁻ of Igel and Hüsken, 2000.)

    Args:
        params: Tensors, or dictionaries with ``"params"`` and options of their own.
        lr: The first step size of every weight.
        etas: $\eta_-$ below 1 and $\eta_+$ above.
        step_sizes: The smallest and the largest step size.
        maximize: Climb instead.

    Raises:
        ValueError: The learning rate is negative, or 1 does not lie between the etas.

    >>> w = torch.tensor([1.0, 1.0], requires_grad=True)
    >>> optimizer = Rprop([w], lr=0.25, etas=(0.5, 2.0))
    >>> for gradient in ([3.0, 3.0], [0.1, -0.1]):
    ...     w.grad = torch.tensor(gradient)
    ...     optimizer.step()
    >>> w
    tensor([0.2500, 0.7500], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | torch.Tensor = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        maximize: bool = False,
    ) -> None:
        check_options(lr=lr)
        if not 0 < etas[0] < 1 < etas[1]:
            raise ValueError(f"expected etas with 0 < etas[0] < 1 < etas[1], got {etas}")
        super().__init__(params, {"lr": lr, "etas": etas, "step_sizes": step_sizes, "maximize": maximize})

    def update(self, param: torch.Tensor, gradient: torch.Tensor, group: Group) -> None:
        """The rule above."""
        state, (shrink, grow) = self.state[param], group["etas"]
        count_step(state)
        g, previous = as_real(gradient), remembered(state, "prev", param)
        size = remembered(state, "step_size", param, float(group["lr"]))
        agreement = g * previous
        # 1 + grow, 1 or 1 - grow, clamped to grow, 1 or shrink: choosing by torch.where takes ten times as long
        eta = agreement.sign().mul_(grow).add_(1).clamp_(shrink, grow)
        size.mul_(eta).clamp_(*group["step_sizes"])
        previous.copy_(g).masked_fill_(agreement < 0, 0.0)
        as_real(param).addcmul_(previous.sign(), size, value=-1)
