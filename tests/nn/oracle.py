"""Our classes beside torch's: built alike, fed alike, and compared to ten digits, up to the second derivative."""

from __future__ import annotations

import inspect
from collections.abc import Sequence

import torch
from torch import Tensor, nn

TOLERANCE = {"rtol": 1e-10, "atol": 1e-10}


def signature(cls: type) -> list[tuple[str, object, object]]:
    """What a constructor takes: names in order, kinds and defaults; the generator is ours alone."""
    parameters = inspect.signature(cls).parameters.values()
    return [(p.name, p.kind, p.default) for p in parameters if p.name != "generator"]


def public_attributes(module: nn.Module) -> dict[str, object]:
    return {name: value for name, value in vars(module).items() if not name.startswith("_")}


def assert_same_face_and_state(mine: nn.Module, yours: nn.Module) -> None:
    """The same attributes and repr, and each takes the other's state."""
    assert public_attributes(mine) == public_attributes(yours)
    assert repr(mine) == repr(yours)
    assert {k: (v.shape, v.dtype) for k, v in mine.state_dict().items()} == {
        k: (v.shape, v.dtype) for k, v in yours.state_dict().items()
    }
    mine.load_state_dict(yours.state_dict())
    yours.load_state_dict(mine.state_dict())


def outputs_and_gradients(module: nn.Module, inputs: Sequence[object]) -> list[Tensor]:
    """The output, the gradients of a scalar made of it, and the gradients of a scalar made of those.

    Gradients are with respect to every floating input that asks for one and every parameter.
    """
    inputs = [x.detach().clone().requires_grad_(x.requires_grad) if isinstance(x, Tensor) else x for x in inputs]
    variables = [x for x in inputs if isinstance(x, Tensor) and x.requires_grad] + list(module.parameters())
    fed = [x * 1 if isinstance(x, Tensor) and x.requires_grad else x for x in inputs]  # in-place layers need no leaf
    out = module(*fed)
    if not variables:
        return [out]
    first = torch.autograd.grad((out * waves(out)).sum(), variables, create_graph=True)
    bent = sum((g * waves(g)).sum() for g in first)
    if not bent.requires_grad:  # the gradient is constant
        return [out, *first, *(torch.zeros_like(v) for v in variables)]
    return [out, *first, *torch.autograd.grad(bent, variables, allow_unused=True, materialize_grads=True)]


def waves(x: Tensor) -> Tensor:
    """Fixed numbers in x's shape, no two alike, so that no wrong sum or swapped axis cancels out."""
    return torch.cos(torch.arange(x.numel(), dtype=x.dtype, device=x.device)).reshape(x.shape)


def assert_same(ours: nn.Module, theirs: nn.Module, *inputs: object) -> None:
    mine, yours = outputs_and_gradients(ours, inputs), outputs_and_gradients(theirs, inputs)
    assert len(mine) == len(yours)
    for a, b in zip(mine, yours, strict=True):
        torch.testing.assert_close(a, b, equal_nan=True, **TOLERANCE)
