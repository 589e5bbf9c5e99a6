"""How a factorisation becomes differentiable: by its vector–Jacobian product, given once, in closed form."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch

from course_lib.arrays import Array, is_torch


def differentiable(vjp: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    r"""Teach torch's autograd the derivative of the function below.

    A factorisation is a loop that overwrites its arrays; recording that loop would be slow and is not needed. If the
    loss $\ell$ depends on the outputs $Y$ of a function of $X$, all that backpropagation asks for is the step from
    $\bar Y = \partial \ell / \partial Y$ to $\bar X = \partial \ell / \partial X$, and for every factorisation that
    step is a formula in $X$, $Y$ and $\bar Y$. Written in differentiable operations, it can be differentiated again.

    Args:
        vjp: Takes the inputs, the outputs and the cotangents of the outputs (``None`` for an output that the loss does
            not use), then the options; returns the cotangent of the input, or a tuple of them for several inputs. If
            an input was broadcast, torch sums its cotangent back to its own shape.

    Returns:
        A decorator. NumPy arrays run through the decorated function untouched; for torch tensors it runs unrecorded,
        as one node of the graph. Arrays are positional arguments, options are keywords.
    """

    def decorate(compute: Callable[..., Any]) -> Callable[..., Any]:
        class Node(torch.autograd.Function):
            @staticmethod
            def forward(options: dict[str, Any], *inputs: torch.Tensor) -> Any:
                return compute(*inputs, **options)

            @staticmethod
            def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
                ctx.options, *arrays = inputs
                outputs = output if isinstance(output, tuple) else (output,)
                ctx.save_for_backward(*arrays, *outputs)
                ctx.mark_non_differentiable(*(y for y in outputs if not y.is_floating_point()))
                ctx.set_materialize_grads(False)

            @staticmethod
            def backward(ctx: Any, *cotangents: torch.Tensor | None) -> Any:
                if all(c is None for c in cotangents):
                    return tuple(None for _ in ctx.needs_input_grad)
                grads = vjp(*ctx.saved_tensors, *cotangents, **ctx.options)
                return None, *(grads if isinstance(grads, tuple) else (grads,))

        @functools.wraps(compute)
        def call(*arrays: Array, **options: Any) -> Any:
            return Node.apply(options, *arrays) if is_torch(arrays[0]) else compute(*arrays, **options)

        return call

    return decorate
