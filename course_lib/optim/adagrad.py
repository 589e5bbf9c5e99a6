"""AdaGrad: the more a weight was moved, the smaller its steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch

from course_lib.optim.optimizer import Group, Optimizer, as_real, check_options, count_step, decayed, remembered, scalar


class Adagrad(Optimizer):
    r"""Divide each weight's step by the root of the sum $r$ of its squared gradients so far.

    $$g \leftarrow \nabla J(\theta) + \lambda\theta, \qquad r \leftarrow r + g^2, \qquad
      \theta \leftarrow \theta - \frac{\epsilon}{1 + (t - 1)\,\eta} \, \frac{g}{\sqrt{r} + \delta}$$

    Flat directions get long steps. But $r$ only grows, so on a long way the steps become too short. (Deep Learning,
    algorithm 8.4; Duchi, Hazan and Singer, 2011.)

    Args:
        params: Tensors, or dictionaries with ``"params"`` and options of their own.
        lr: Learning rate $\epsilon$.
        lr_decay: $\eta$, by which the rate falls with the number $t$ of the step.
        weight_decay: $\lambda$, the weight of the penalty $\tfrac{\lambda}{2} \lVert \theta \rVert^2$.
        initial_accumulator_value: The first $r$, for all groups alike.
        eps: $\delta$, which keeps the first steps finite.
        maximize: Climb instead.

    Raises:
        ValueError: An option is negative.

    >>> w = torch.tensor([1.0, 1.0], requires_grad=True)
    >>> optimizer = Adagrad([w], lr=0.5)
    >>> (w * torch.tensor([3.0, 0.01])).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.5000, 0.5000], requires_grad=True)
    """

    takes_sparse = True

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | torch.Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
        }
        check_options(**defaults)
        super().__init__(params, {**defaults, "maximize": maximize})
        for group in self.param_groups:
            for param in group["params"]:
                self.state[param]["step"] = scalar(0.0)
                self._sum(param)

    def update(self, param: torch.Tensor, gradient: torch.Tensor, group: Group) -> None:
        """The rule above."""
        t = count_step(self.state[param])
        g = decayed(gradient, param, group)
        lr = float(group["lr"]) / (1 + (t - 1) * group["lr_decay"])
        if g.is_sparse:
            self._update_sparse(param, g.coalesce(), lr, group["eps"])
            return
        g, r = as_real(g), self._sum(param)
        r.addcmul_(g, g)
        as_real(param).addcdiv_(g, r.sqrt().add_(group["eps"]), value=-lr)

    def _update_sparse(self, param: torch.Tensor, g: torch.Tensor, lr: float, eps: float) -> None:
        """The rule for the rows of weights that have a gradient; all others stay."""
        r, rows = self._sum(param), tuple(g.indices())
        r[rows] += g.values().square()
        param[rows] -= lr * (g.values() / r[rows].sqrt_().add_(eps))

    def _sum(self, param: torch.Tensor) -> torch.Tensor:
        return remembered(self.state[param], "sum", param, self.defaults["initial_accumulator_value"])
