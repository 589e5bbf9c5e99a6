"""A tape for derivatives: reverse mode, forward mode, any order, on NumPy arrays and torch tensors.

To read it, begin with ``tape`` (recording and the backward pass), then ``operations`` (the table of derivatives) and
``tensor`` (the arithmetic). The rest stands on these: ``dual`` (forward mode), ``functional`` (Jacobians, Hessians,
gradient checks), ``graph`` (drawings) and ``expression`` (a parser).
"""

from .dual import Dual, jvp
from .expression import Expression, parse
from .functional import (
    GradcheckError,
    GradientReport,
    gradcheck,
    gradient_report,
    hessian,
    hvp,
    jacobian,
    numerical_jacobian,
    vjp,
)
from .graph import Graph
from .operations import absolute as abs
from .operations import (
    broadcast_to,
    concat,
    cos,
    exp,
    log,
    logsumexp,
    matmul,
    maximum,
    mean,
    minimum,
    relu,
    reshape,
    sigmoid,
    sin,
    softplus,
    sqrt,
    stack,
    tanh,
    transpose,
    where,
)
from .operations import max_ as max
from .operations import min_ as min
from .operations import sum_ as sum
from .tape import grad, no_grad
from .tensor import Tensor

__all__ = [
    "Dual",
    "Expression",
    "GradcheckError",
    "GradientReport",
    "Graph",
    "Tensor",
    "abs",
    "broadcast_to",
    "concat",
    "cos",
    "exp",
    "grad",
    "gradcheck",
    "gradient_report",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "log",
    "logsumexp",
    "matmul",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "no_grad",
    "numerical_jacobian",
    "parse",
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
    "vjp",
    "where",
]
