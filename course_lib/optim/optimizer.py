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


class Optimizer:
    """The base of every optimizer. A subclass writes one rule, :meth:`update`, for one parameter.

    Args:
        params: Tensors, or pairs (name, tensor), or dictionaries with such an iterable under ``"params"`` and options
            of their own beside it.
        defaults: The options of every group that does not set its own, ``maximize`` among them.

    Attributes:
        param_groups: A list of dictionaries, each with its ``"params"`` and their options. To change the learning
            rate, write into them.
        state: For each parameter a dictionary of what the rule remembers, such as its momentum.
        defaults: The options a group gets that does not set its own.

    Raises:
        TypeError: Something to be optimized is no tensor, or the parameters come in no fixed order.
        ValueError: There is no parameter, one is in two groups, or one is computed from others.
    """

    def __init__(self, params: Iterable[Any], defaults: Group) -> None:
        if isinstance(params, torch.Tensor) or not isinstance(params, Iterable):
            raise TypeError(f"expected tensors in a list, or model.parameters(), got one {type(params).__name__}")
        self.defaults = defaults
        self.state: defaultdict[torch.Tensor, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[Group] = []
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
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        with torch.no_grad():
            for group in self.param_groups:
                for param in group["params"]:
                    if param.grad is not None:
                        self.update(param, -param.grad if group["maximize"] else param.grad, group)
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
    if key == "step":  # a count: single precision would be rounded in half precision
        return value.clone()
    return value.to(param.device, param.dtype if param.is_floating_point() else value.dtype, copy=True)
