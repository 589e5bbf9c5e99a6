"""AdaDelta: steps in the units of the weights, without a learning rate to choose."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch

from course_lib.optim.optimizer import Group, Optimizer, as_real, check_options, count_step, decayed, remembered


class Adadelta(Optimizer):
    r"""Take steps of the usual size of the last steps, by the size of the gradient against its usual size.

    $$g \leftarrow \nabla J(\theta) + \lambda\theta, \qquad r \leftarrow \rho r + (1 - \rho)\,g^2, \qquad
      \Delta \leftarrow \frac{\sqrt{u + \delta}}{\sqrt{r + \delta}} \, g$$

    $$u \leftarrow \rho u + (1 - \rho)\,\Delta^2, \qquad \theta \leftarrow \theta - \epsilon\Delta$$

    Both $r$ and $u$ begin at 0, so the first steps are of the size $\sqrt{\delta}$. (Zeiler, 2012, algorithm 1; there
    $\epsilon = 1$.)

    Args:
        params: Tensors, or dictionaries with ``"params"`` and options of their own.
        lr: $\epsilon$, a factor for every step.
        rho: $\rho$, from 0 to 1: how much of the running means is kept in each step.
        eps: $\delta$.
        weight_decay: $\lambda$, the weight of the penalty $\tfrac{\lambda}{2} \lVert \theta \rVert^2$.
        maximize: Climb instead.

    Raises:
        ValueError: An option is negative, or ``rho`` above 1.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> optimizer = Adadelta([w], rho=0.75, eps=0.01)
    >>> (3 * w).sum().backward()
    >>> optimizer.step()  # 3 * sqrt(0.01) / sqrt(0.25 * 9 + 0.01) = 0.1996
    >>> w
    tensor([0.8004], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | torch.Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay}
        check_options(**defaults)
        if rho > 1:
            raise ValueError(f"expected rho between 0 and 1, got {rho}")
        super().__init__(params, {**defaults, "maximize": maximize})

    def update(self, param: torch.Tensor, gradient: torch.Tensor, group: Group) -> None:
        """The rule above."""
        state, rho, eps = self.state[param], group["rho"], group["eps"]
        count_step(state)
        g = as_real(decayed(gradient, param, group))
        r = remembered(state, "square_avg", param)
        u = remembered(state, "acc_delta", param)
        r.mul_(rho).addcmul_(g, g, value=1 - rho)
        delta = u.add(eps).sqrt_().div_(r.add(eps).sqrt_()).mul_(g)
        u.mul_(rho).addcmul_(delta, delta, value=1 - rho)
        as_real(param).add_(delta, alpha=-float(group["lr"]))
