"""A tape for derivatives: reverse mode, forward mode, any order, on NumPy arrays and torch tensors.

To read it, begin with ``tape`` (recording and the backward pass), then ``operations`` (the table of derivatives) and
``tensor`` (the arithmetic). The rest stands on these: ``dual`` (forward mode), ``functional`` (Jacobians, Hessians,
gradient checks), ``graph`` (drawings) and ``expression`` (a parser).
"""

from .operations import absolute as abs
from .operations import (
    broadcast_to,
    concat,
    cos,
    exp,
    log,
    logsumexp,
    matmul,
    max,
    maximum,
    mean,
    min,
    minimum,
    relu,
    reshape,
    sigmoid,
    sin,
    softplus,
    sqrt,
    stack,
    sum,
    tanh,
    transpose,
    where,
)
from .tape import grad, no_grad
from .tensor import Tensor

__all__ = [
    "Tensor",
    "abs",
    "broadcast_to",
    "concat",
    "cos",
    "exp",
    "grad",
    "log",
    "logsumexp",
    "matmul",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "no_grad",
    "relu",
    "reshape",
    "sigmoid",
    "sin",
    "softplus",
    "sqrt",
    "stack",
    "sum",
    "tanh",
    "transpose",
    "where",
]
