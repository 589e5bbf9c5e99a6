"""Averaged SGD: the mean of the path is better than its end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch

from course_lib.optim.optimizer import Group, Optimizer, as_real, check_options, count_step, decayed, remembered, scalar


class ASGD(Optimizer):
    r"""Stochastic gradient descent with a falling rate, and from step $t_0$ on a mean $\bar\theta$ of its path.

    $$\theta \leftarrow (1 - \lambda\eta_t)\,\theta - \eta_t g, \qquad
      \eta_{t+1} = \frac{\epsilon}{(1 + \lambda\epsilon t)^\alpha}, \qquad
      \bar\theta \leftarrow \bar\theta + \frac{\theta - \bar\theta}{\max(1, t - 1 - t_0)}$$

    The path jumps around the minimum with the noise of the gradients; its mean lies closer. The mean does not influence
    the path. It stands in ``optimizer.state[param]["ax"]``. (Deep Learning, section 8.7.3; Polyak and Juditsky, 1992;
    this schedule: Bottou, 2010, and Xu, 2011.)

    Args:
        params: Tensors, or dictionaries with ``"params"`` and options of their own.
        lr: The first learning rate $\epsilon$.
        lambd: $\lambda$, by which the weights shrink and the rate falls.
        alpha: $\alpha$, the power with which it falls.
        t0: The step after which the mean begins; until then it is the newest point.
        weight_decay: The weight of a penalty $\tfrac12 \lVert \theta \rVert^2$ in the gradient $g$.
        maximize: Climb instead.

    Raises:
        ValueError: The learning rate or the weight decay is negative.

    >>> w = torch.tensor([0.0], requires_grad=True)
    >>> optimizer = ASGD([w], lr=1.0, lambd=0.0, t0=0)
    >>> for gradient in (-1.0, -1.0, 1.0, -1.0):  # to 1, 2, 1, 2
    ...     w.grad = torch.tensor([gradient])
    ...     optimizer.step()
    >>> optimizer.state[w]["ax"]
    tensor([1.6667])
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | torch.Tensor = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        *,
        maximize: bool = False,
    ) -> None:
        check_options(lr=lr, weight_decay=weight_decay)
        defaults = {"lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay}
        super().__init__(params, {**defaults, "maximize": maximize})

    def update(self, param: torch.Tensor, gradient: torch.Tensor, group: Group) -> None:
        """The rule above."""
        state, lr, lambd = self.state[param], float(group["lr"]), group["lambd"]
        t = count_step(state)
        if "eta" not in state:
            state.update(eta=scalar(lr).to(param.device), mu=scalar(1.0).to(param.device))
        eta, mu = state["eta"].item(), state["mu"].item()
        g, x = as_real(decayed(gradient, param, group)), as_real(param)
        x.mul_(1 - lambd * eta).add_(g, alpha=-eta)
        mean = remembered(state, "ax", param)
        if mu == 1:
            mean.copy_(x)
        else:
            mean.add_(x.sub(mean).mul_(mu))
        state["eta"].fill_(lr / (1 + lambd * lr * t) ** group["alpha"])
        state["mu"].fill_(1 / max(1, t - group["t0"]))
