"""What all optimizers share: which parameters they move, with which options, and what they remember of each."""

from __future__ import annotations

import copy
import itertools
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import torch

Group = dict[str, Any]
"""Parameters under ``"params"``, and the options with which they are stepped."""

SCALARS = ("step", "eta", "mu")
"""What is remembered of a whole parameter, in a precision of its own."""


class Optimizer:
    """The base of every optimizer. A subclass writes one rule, :meth:`update`, for one parameter.

    The functions below this class are what rules share.

    Args:
        params: Tensors, or pairs (name, tensor), or dictionaries with such an iterable under ``"params"`` and options
            of their own beside it.
        defaults: The options of every group that does not set its own, ``maximize`` among them.

    Attributes:
        param_groups: A list of dictionaries, each with its ``"params"`` and their options. To change the learning
            rate, write into them.
        state: For each parameter a dictionary of what the rule remembers, such as its momentum.
        defaults: The options a group gets that does not set its own.
        stepped: Whether it has made a step.

    Raises:
        TypeError: Something to be optimized is no tensor, or the parameters come in no fixed order.
        ValueError: There is no parameter, one is in two groups, or one is computed from others.
    """

    takes_sparse = False
    """Whether the rule is right for a sparse gradient, such as an embedding can have."""

    def __init__(self, params: Iterable[Any], defaults: Group) -> None:
        if isinstance(params, torch.Tensor) or not isinstance(params, Iterable):
            raise TypeError(f"expected tensors in a list, or model.parameters(), got one {type(params).__name__}")
        self.defaults = defaults
        self.state: defaultdict[torch.Tensor, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[Group] = []
        self.stepped = False
        groups = list(params)
        if not groups:
            raise ValueError("expected at least one parameter, got an empty list; has the model any weights?")
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def update(self, param: torch.Tensor, gradient: torch.Tensor, group: Group) -> None:
        """Move one parameter in place.

        Args:
            param: The parameter.
            gradient: Where uphill is, the same shape: with the sign turned by ``maximize``.
            group: The options.
        """
        raise NotImplementedError(f"{type(self).__name__} has no rule: write its update(param, gradient, group)")

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move every parameter that has a gradient.

        Args:
            closure: Computes the loss again, with its gradients, before the step.

        Returns:
            The closure's loss, or None.

        Raises:
            RuntimeError: A gradient is sparse and the rule is not for such.
        """
        self.stepped = True
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        with torch.no_grad():
            for group in self.param_groups:
                for param in group["params"]:
                    if param.grad is not None:
                        gradient = -param.grad if group["maximize"] else param.grad
                        if gradient.is_sparse and not self.takes_sparse:
                            raise RuntimeError(
                                f"{type(self).__name__} does not support sparse gradients: it would have to move the "
                                "weights without a gradient too. Take SGD or Adagrad, or a layer with sparse=False"
                            )
                        self.update(param, gradient, group)
        return loss

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients; otherwise ``backward`` adds to them.

        Args:
            set_to_none: Remove them (a parameter without a gradient is not moved), or fill them with zeros.
        """
        for param in itertools.chain.from_iterable(group["params"] for group in self.param_groups):
            if set_to_none:
                param.grad = None
            elif param.grad is not None:
                param.grad = param.grad.detach().zero_()

    def add_param_group(self, param_group: Group) -> None:
        """Optimize more parameters, such as those of a layer that was frozen so far.

        Args:
            param_group: ``{"params": ...}``, and options that differ from the defaults.
        """
        if not isinstance(param_group, dict):
            raise TypeError(f'expected a dictionary {{"params": ...}}, got {type(param_group).__name__}')
        group = {**self.defaults, **param_group, **_params_and_names(param_group["params"])}
        _check_params(group["params"])
        if self.param_groups and ("param_names" in group) != ("param_names" in self.param_groups[0]):
            raise ValueError("expected every parameter group to have names, or none; this one differs from the others")
        if {id(p) for p in group["params"]} & {id(p) for other in self.param_groups for p in other["params"]}:
            raise ValueError("a parameter appears in more than one parameter group; each must be stepped once")
        self.param_groups.append(group)

    def state_dict(self) -> dict[str, Any]:
        """All there is to know but the parameters themselves, which it numbers in their order.

        Returns:
            ``{"state": {number: ...}, "param_groups": [...]}``; its tensors are the optimizer's own.
        """
        params = dict.fromkeys(p for group in self.param_groups for p in group["params"])
        numbers = {id(p): number for number, p in enumerate(params)}
        return {
            "state": {numbers[id(p)]: dict(state) for p, state in self.state.items()},
            "param_groups": [
                {**group, "params": [numbers[id(p)] for p in group["params"]]} for group in self.param_groups
            ],
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on where another optimizer was, ours or torch's; what it gives is copied.

        Args:
            state_dict: From an optimizer of the same kind with as many parameters in as many groups.

        Raises:
            ValueError: The groups or the numbers of their parameters differ.
        """
        saved = state_dict["param_groups"]
        sizes, saved_sizes = ([len(group["params"]) for group in groups] for groups in (self.param_groups, saved))
        if sizes != saved_sizes:
            raise ValueError(
                f"expected parameter groups of the sizes {sizes}, got {saved_sizes}; "
                "load the state of an optimizer that was made for the same parameters"
            )
        params = [p for group in self.param_groups for p in group["params"]]
        owner = dict(zip([number for group in saved for number in group["params"]], params, strict=True))
        self.state = defaultdict(dict)
        for number, state in state_dict["state"].items():
            self.state[owner[number]] = {key: _adopt(key, value, owner[number]) for key, value in state.items()}
        self.param_groups = [
            {**self.defaults, **copy.deepcopy(loaded), "params": group["params"]}
            for group, loaded in zip(self.param_groups, saved, strict=True)
        ]

    def __repr__(self) -> str:
        options = [
            {k: v for k, v in group.items() if k not in ("params", "param_names")} for group in self.param_groups
        ]
        return f"{type(self).__name__}({', '.join(map(str, options))})"


def check_options(**options: Any) -> None:
    """Refuse an option that is negative, no number, or a tensor of several.

    Raises:
        ValueError: It says which.
    """
    for name, value in options.items():
        if isinstance(value, torch.Tensor) and value.numel() != 1:
            raise ValueError(f"expected one number as {name}, got a tensor of shape {tuple(value.shape)}")
        if not value >= 0:
            raise ValueError(f"expected {name} to be at least 0, got {value}")


def decayed(gradient: torch.Tensor, param: torch.Tensor, group: Group) -> torch.Tensor:
    r"""The gradient with that of the penalty $\tfrac{\lambda}{2} \lVert \theta \rVert^2$: $g + \lambda\theta$.

    Raises:
        RuntimeError: The gradient is sparse; the penalty's is not.
    """
    if not group["weight_decay"]:
        return gradient
    if gradient.is_sparse:
        raise RuntimeError("weight_decay is not compatible with sparse gradients: it moves every weight; set it to 0")
    return gradient.add(param, alpha=float(group["weight_decay"]))


def count_step(state: dict[str, Any]) -> float:
    """The number of this step for this parameter, from 1; remembered as torch does, in a tensor."""
    if "step" not in state:
        state["step"] = scalar(0.0)
    state["step"] += 1
    return state["step"].item()


def scalar(value: float) -> torch.Tensor:
    """A number to remember: in double precision where that is torch's default, otherwise in single."""
    return torch.tensor(value, dtype=torch.promote_types(torch.get_default_dtype(), torch.float32))


def remembered(state: dict[str, Any], name: str, param: torch.Tensor, initial: float = 0.0) -> torch.Tensor:
    """What the rule remembers under a name, a number for each of the parameter's; :func:`as_real`."""
    if name not in state:
        state[name] = torch.zeros_like(param)
        as_real(state[name]).fill_(initial)
    return as_real(state[name])


def as_real(x: torch.Tensor) -> torch.Tensor:
    """The same memory with a complex number seen as two real ones, which are stepped each for itself."""
    return torch.view_as_real(x) if x.is_complex() else x


def _params_and_names(params: Any) -> Group:
    """The tensors as a list, and their names if they came as pairs (name, tensor)."""
    if isinstance(params, set):
        raise TypeError("expected the parameters in a fixed order, got a set; pass a list")
    listed = [params] if isinstance(params, torch.Tensor) else list(params)
    named = [isinstance(p, tuple) for p in listed]
    if not any(named):
        return {"params": listed}
    if not all(named):
        raise ValueError("expected a name for every parameter of a group, or for none")
    return {"params": [p for _, p in listed], "param_names": [name for name, _ in listed]}


def _check_params(params: list[Any]) -> None:
    for p in params:
        if not isinstance(p, torch.Tensor):
            raise TypeError(f"expected tensors to optimize, got {type(p).__name__}; pass model.parameters()")
        if not (p.is_leaf or p.retains_grad):
            raise ValueError(
                f"cannot optimize a tensor that is computed from others (shape {tuple(p.shape)}), a non-leaf tensor: "
                "pass those it is computed from, or tensor.detach().requires_grad_()"
            )
    if len({id(p) for p in params}) < len(params):
        warnings.warn("a parameter appears twice in one group: it will be stepped twice", stacklevel=4)


def _adopt(key: str, value: Any, param: torch.Tensor) -> Any:
    """A copy of what another optimizer remembers of a parameter, in that parameter's precision and on its device."""
    if not isinstance(value, torch.Tensor):
        return copy.deepcopy(value)
    if key in SCALARS:  # half precision would round them
        return value.clone()
    return value.to(param.device, param.dtype if param.is_floating_point() else value.dtype, copy=True)
