"""Adam and AdamW: momentum, divided by the usual size of the gradient."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch

from course_lib.optim.optimizer import Group, Optimizer, as_real, check_options, count_step, decayed, remembered

Betas = tuple[float | torch.Tensor, float | torch.Tensor]


class Adam(Optimizer):
    r"""Step along a running mean $m$ of the gradient, divided by the root of a running mean $v$ of its square.

    $$g \leftarrow \nabla J(\theta) + \lambda\theta, \qquad m \leftarrow \beta_1 m + (1 - \beta_1)\,g, \qquad
      v \leftarrow \beta_2 v + (1 - \beta_2)\,g^2$$

    $$\theta \leftarrow \theta - \epsilon \, \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \delta}$$

    Both means begin at 0, so they are too small at first; dividing by $1 - \beta^t$ in step $t$ corrects that. AMSGrad
    takes the largest $v$ so far for $v$, so that no step grows when gradients fade. (Deep Learning, algorithm 8.7;
    Kingma and Ba, 2015, algorithm 1; AMSGrad: Reddi, Kale and Kumar, 2018.)

    Args:
        params: Tensors, or dictionaries with ``"params"`` and options of their own.
        lr: Learning rate $\epsilon$: about the size of every step.
        betas: $\beta_1$ and $\beta_2$, from 0 to below 1: how much of the means is kept in each step.
        eps: $\delta$.
        weight_decay: $\lambda$, the weight of the penalty $\tfrac{\lambda}{2} \lVert \theta \rVert^2$.
        amsgrad: Whether to take the largest $v$.
        maximize: Climb instead.
        decoupled_weight_decay: Whether to shrink the weights as :class:`AdamW` does, instead of adding
            $\lambda\theta$ to the gradient.

    Raises:
        ValueError: An option is negative, or a beta is not below 1.

    >>> w = torch.tensor([1.0, 1.0], requires_grad=True)
    >>> optimizer = Adam([w], lr=0.5)
    >>> (w * torch.tensor([3.0, 0.01])).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.5000, 0.5000], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | torch.Tensor = 1e-3,
        betas: Betas = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
    ) -> None:
        check_options(lr=lr, beta1=betas[0], beta2=betas[1], eps=eps, weight_decay=weight_decay)
        if not max(betas) < 1:
            raise ValueError(f"expected both betas below 1, got {betas}; at 1 a mean would never see a gradient")
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)

    def update(self, param: torch.Tensor, gradient: torch.Tensor, group: Group) -> None:
        """The rule above."""
        state, lr, (beta1, beta2) = self.state[param], float(group["lr"]), map(float, group["betas"])
        t = count_step(state)
        g = as_real(self._decay(param, gradient, lr, group))
        m = remembered(state, "exp_avg", param)
        v = remembered(state, "exp_avg_sq", param)
        m.lerp_(g, 1 - beta1)
        v.mul_(beta2).addcmul_(g, g, value=1 - beta2)
        if group["amsgrad"]:
            largest = remembered(state, "max_exp_avg_sq", param)
            v = torch.maximum(largest, v, out=largest)
        root = v.sqrt().div_((1 - beta2**t) ** 0.5).add_(group["eps"])
        as_real(param).addcdiv_(m, root, value=-lr / (1 - beta1**t))

    def _decay(self, param: torch.Tensor, gradient: torch.Tensor, lr: float, group: Group) -> torch.Tensor:
        """The gradient to step with; the weights are shrunk here if they are to be."""
        if not group["decoupled_weight_decay"]:
            return decayed(gradient, param, group)
        if group["weight_decay"]:
            param.mul_(1 - lr * float(group["weight_decay"]))
        return gradient


class AdamW(Adam):
    r"""Adam that shrinks the weights before each step, $\theta \leftarrow (1 - \epsilon\lambda)\,\theta$.

    In :class:`Adam` the penalty's gradient is divided by $\sqrt{v}$ with the rest, so weights with large gradients are
    hardly decayed. Here all decay alike. (Loshchilov and Hutter, 2019, algorithm 2.)

    Args:
        params: Tensors, or dictionaries with ``"params"`` and options of their own.
        lr: Learning rate $\epsilon$.
        betas: $\beta_1$ and $\beta_2$, as in :class:`Adam`.
        eps: $\delta$, as there.
        weight_decay: $\lambda$.
        amsgrad: As there.
        maximize: Climb instead; the weights are still shrunk.

    Raises:
        ValueError: An option is negative, or a beta is not below 1.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> w.grad = torch.zeros(1)
    >>> AdamW([w], lr=0.5, weight_decay=0.5).step()
    >>> w
    tensor([0.7500], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | torch.Tensor = 1e-3,
        betas: Betas = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize, decoupled_weight_decay=True)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """As the base does; the weight decay stays decoupled, even after a state of Adam."""
        super().load_state_dict(state_dict)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True
