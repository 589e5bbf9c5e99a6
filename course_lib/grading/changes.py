"""What a call changed in its arguments: each side compares them with what they were, and sends what is new."""

from __future__ import annotations

import collections
import pickle
import sys
from typing import Any

import numpy as np

from course_lib.grading import frames, wire
from course_lib.grading.tensors import is_module


def contents(value: Any) -> Any:
    """A shallow copy of what lies in a mutable value, to compare with later."""
    match value:
        case list() | collections.deque():
            return list(value)
        case dict():
            return list(value.items())
        case set() | bytearray():
            return type(value)(value)
        case np.ndarray():
            return value.copy()
        case np.random.Generator():
            return pickle.dumps(value.bit_generator.state)
    torch = sys.modules.get("torch")
    if torch and isinstance(value, torch.Tensor):
        return value.detach().as_subclass(torch.Tensor).clone()
    if torch and isinstance(value, torch.Generator):
        return value.get_state()
    if frames.can_change(value):
        return frames.written(value)
    if is_module(value):
        return [tuple(pair) for part in portable(value) for pair in part]
    return list(vars(value).items()) if hasattr(value, "__dict__") else None


def same_contents(a: Any, b: Any) -> bool:
    """Whether nothing has changed between two such copies: arrays by their bytes, the rest by identity."""
    if isinstance(a, list):
        return len(a) == len(b) and all(map(_same_part, a, b))
    return _same_part(a, b)


def _same_part(a: Any, b: Any) -> bool:
    if isinstance(a, tuple) and type(a) is tuple and type(b) is tuple and len(a) == len(b) == 2:
        return _same_part(a[0], b[0]) and _same_part(a[1], b[1])
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a is b or (a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes())
    torch = sys.modules.get("torch")
    if torch and isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
        return a is b or (a.shape == b.shape and bool(((a == b) | ((a != a) & (b != b))).all()))
    if isinstance(a, set | bytes | bytearray | str):
        return type(a) is type(b) and a == b
    return a is b


def portable(value: Any) -> Any:
    """What is sent of a mutable value that has changed; see :func:`overwrite`."""
    torch = sys.modules.get("torch")
    match value:
        case list() | collections.deque():
            return list(value)
        case dict():
            return [list(pair) for pair in value.items()]
        case set() | bytearray():
            return type(value)(value)
        case np.ndarray():
            return value.copy()
        case np.random.Generator():
            return value.bit_generator.state
    if is_module(value):
        return [
            [[name, tensor.detach().clone()] for name, tensor in value.state_dict().items()],
            [[name, tensor.requires_grad] for name, tensor in value.named_parameters()],
            gradients_of(value),
            [[name, module.training] for name, module in value.named_modules()],
        ]
    if torch and isinstance(value, torch.Tensor | torch.Generator):
        return contents(value)
    if frames.can_change(value):
        return value.copy()
    return [list(pair) for pair in vars(value).items()]


def gradients_of(module: Any) -> list[list[Any]]:
    """The gradient that lies at each parameter, or None, after its name."""
    return [
        [name, None if parameter.grad is None else parameter.grad.clone()]
        for name, parameter in module.named_parameters()
    ]


def overwrite(target: Any, new: Any) -> None:
    """Let a mutable value be what the other side has made of its copy."""
    torch = sys.modules.get("torch")
    match target:
        case list():
            target[:] = new
        case collections.deque():
            target.clear()
            target.extend(new)
        case dict():
            target.clear()
            target.update(new)
        case set():
            target.clear()
            target.update(new)
        case bytearray():
            target[:] = new
        case np.ndarray():
            target[...] = new
        case np.random.Generator():
            target.bit_generator.state = new
        case _ if is_module(target):
            _overwrite_module(target, *map(dict, new))
        case _ if torch and isinstance(target, torch.Tensor):
            target.data = new
        case _ if torch and isinstance(target, torch.Generator):
            target.set_state(new)
        case _ if frames.can_change(target):
            if type(new) is not type(target):
                raise wire.WireError(f"a {type(target).__name__} of the test in which there is now what does not pass")
            vars(target).update(vars(new))
        case _:
            vars(target).clear()
            vars(target).update(new)


def _overwrite_module(target: Any, state: Any, requires_grad: Any, gradients: Any, training: Any) -> None:
    target.load_state_dict(state)
    for name, parameter in target.named_parameters():
        parameter.requires_grad_(requires_grad[name])
        parameter.grad = gradients[name]
    for name, module in target.named_modules():
        module.training = bool(training[name])
