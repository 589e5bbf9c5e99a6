"""RMSProp: AdaGrad that forgets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch

from course_lib.optim.optimizer import Group, Optimizer, as_real, check_options, count_step, decayed, remembered


class RMSprop(Optimizer):
    r"""Divide each weight's step by the root of a running mean $r$ of its squared gradients.

    $$g \leftarrow \nabla J(\theta) + \lambda\theta, \qquad r \leftarrow \rho r + (1 - \rho)\,g^2, \qquad
      \theta \leftarrow \theta - \epsilon \, \frac{g}{\sqrt{r} + \delta}$$

    What lies far back is forgotten, so the steps do not die out as AdaGrad's do. With momentum the last step becomes
    $v \leftarrow \mu v + g / (\sqrt{r} + \delta)$ and $\theta \leftarrow \theta - \epsilon v$. Centred,
    $\sqrt{r - m^2}$ stands for $\sqrt{r}$: with the running mean $m$ of the gradient, its standard deviation.
    (Deep Learning, algorithms 8.5 and 8.6, where $\delta$ is under the root and the momentum is Nesterov's; Hinton,
    2012; centred: Graves, 2013.)

    Args:
        params: Tensors, or dictionaries with ``"params"`` and options of their own.
        lr: Learning rate $\epsilon$.
        alpha: $\rho$, from 0 to below 1: how much of the mean is kept in each step.
        eps: $\delta$, which keeps steps finite where there was no gradient yet.
        weight_decay: $\lambda$, the weight of the penalty $\tfrac{\lambda}{2} \lVert \theta \rVert^2$.
        momentum: $\mu$, from 0 (none) to below 1.
        centered: Whether to subtract the mean.
        maximize: Climb instead.

    Raises:
        ValueError: An option is negative.

    >>> w = torch.tensor([1.0, 1.0], requires_grad=True)
    >>> optimizer = RMSprop([w], lr=0.05, alpha=0.99)
    >>> (w * torch.tensor([3.0, 0.01])).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.5000, 0.5000], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | torch.Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        defaults = {"lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "weight_decay": weight_decay}
        check_options(**defaults)
        super().__init__(params, {**defaults, "centered": centered, "maximize": maximize})

    def update(self, param: torch.Tensor, gradient: torch.Tensor, group: Group) -> None:
        """The rule above."""
        state, lr, rho = self.state[param], float(group["lr"]), group["alpha"]
        count_step(state)
        g = as_real(decayed(gradient, param, group))
        r = remembered(state, "square_avg", param)
        r.mul_(rho).addcmul_(g, g, value=1 - rho)
        if group["centered"]:
            m = remembered(state, "grad_avg", param).lerp_(g, 1 - rho)
            root = r.addcmul(m, m, value=-1).sqrt_().add_(group["eps"])
        else:
            root = r.sqrt().add_(group["eps"])
        if group["momentum"]:
            v = remembered(state, "momentum_buffer", param)
            v.mul_(group["momentum"]).addcdiv_(g, root)
            as_real(param).add_(v, alpha=-lr)
        else:
            as_real(param).addcdiv_(g, root, value=-lr)
