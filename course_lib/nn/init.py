r"""How parameters start: the initialisers of ``torch.nn.init``, under their names.

A unit that sums $n$ inputs of variance 1, each times a weight of variance $v$, has variance $n v$. With $v = 1 / n$
signals keep their size from layer to layer; what the nonlinearity takes away, the *gain* gives back. The count
$n$ is the *fan*: inputs per unit on the way forward, outputs per unit on the way back.
"""

from __future__ import annotations

import math
import warnings

import torch
from torch import Tensor

from course_lib.linear_algebra import qr

GAINS = {
    **dict.fromkeys(("linear", "conv1d", "conv2d", "conv3d"), 1.0),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), 1.0),
    "sigmoid": 1.0,
    "tanh": 5 / 3,
    "relu": math.sqrt(2),
    "selu": 3 / 4,
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    r"""The factor by which weights are enlarged for what the nonlinearity takes away.

    ReLU drops half of the variance, so its gain is $\sqrt 2$; leaky ReLU with slope $a$ has $\sqrt{2 / (1 + a^2)}$.

    Args:
        nonlinearity: "linear", "sigmoid", "tanh", "relu", "leaky_relu", "selu" or the name of a convolution.
        param: For "leaky_relu" its negative slope, 0.01 by default.

    Raises:
        ValueError: The name is unknown, or the slope is no number.

    >>> calculate_gain("leaky_relu", 1.0)
    1.0
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, int | float):
            raise ValueError(f"expected the slope of a leaky ReLU, a number, got {slope!r}")
        return math.sqrt(2 / (1 + slope**2))
    if nonlinearity not in GAINS:
        raise ValueError(f"expected a nonlinearity among {', '.join([*GAINS, 'leaky_relu'])}, got {nonlinearity!r}")
    return GAINS[nonlinearity]


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: torch.Generator | None = None) -> Tensor:
    """Fill with draws from U[a, b).

    >>> uniform_(torch.empty(2), 3.0, 3.0)
    tensor([3., 3.])
    """
    with torch.no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: torch.Generator | None = None) -> Tensor:
    """Fill with draws from a normal distribution.

    >>> normal_(torch.empty(2), mean=3.0, std=0.0)
    tensor([3., 3.])
    """
    with torch.no_grad():
        return tensor.normal_(mean, std, generator=generator)


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill with one value.

    >>> constant_(torch.empty(2), 0.5)
    tensor([0.5000, 0.5000])
    """
    with torch.no_grad():
        return tensor.fill_(val)


def zeros_(tensor: Tensor) -> Tensor:
    """Fill with zeros."""
    return constant_(tensor, 0.0)


def ones_(tensor: Tensor) -> Tensor:
    """Fill with ones."""
    return constant_(tensor, 1.0)


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: torch.Generator | None = None) -> Tensor:
    r"""Uniform draws with the compromise between both fans as variance.

    $U[-b, b]$ with $b = \text{gain} \sqrt{6 / (\text{fan}_\text{in} + \text{fan}_\text{out})}$
    (Glorot and Bengio, 2010; Deep Learning, eq. 8.23)

    Args:
        tensor: Shape (outputs, inputs, ...); filled in place.
        gain: What :func:`calculate_gain` says.
        generator: Where the random numbers come from; by default torch's global generator.

    Returns:
        The tensor.

    Raises:
        ValueError: The tensor has fewer than two dimensions.
    """
    std = gain * math.sqrt(2 / sum(_fans(tensor)))
    return uniform_(tensor, -math.sqrt(3) * std, math.sqrt(3) * std, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: torch.Generator | None = None) -> Tensor:
    r"""Normal draws with the compromise between both fans as variance.

    $N(0, \sigma^2)$ with $\sigma = \text{gain} \sqrt{2 / (\text{fan}_\text{in} + \text{fan}_\text{out})}$
    (Glorot and Bengio, 2010). The arguments are those of :func:`xavier_uniform_`.
    """
    return normal_(tensor, 0.0, gain * math.sqrt(2 / sum(_fans(tensor))), generator)


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: torch.Generator | None = None,
) -> Tensor:
    r"""Uniform draws that keep the variance of signals through layers of rectifiers.

    $U[-b, b]$ with $b = \text{gain} \sqrt{3 / \text{fan}}$   (He et al., 2015)

    Args:
        tensor: Shape (outputs, inputs, ...); filled in place.
        a: Negative slope of the leaky ReLU that follows.
        mode: "fan_in" keeps the size of the signals forward, "fan_out" that of the gradients back.
        nonlinearity: What follows, a name that :func:`calculate_gain` knows.
        generator: Where the random numbers come from; by default torch's global generator.

    Returns:
        The tensor.

    Raises:
        ValueError: The tensor has fewer than two dimensions, or a name is unknown.
    """
    if _has_no_entries(tensor):
        return tensor
    bound = math.sqrt(3) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: torch.Generator | None = None,
) -> Tensor:
    r"""Normal draws that keep the variance of signals through layers of rectifiers.

    $N(0, \sigma^2)$ with $\sigma = \text{gain} / \sqrt{\text{fan}}$   (He et al., 2015).
    The arguments are those of :func:`kaiming_uniform_`.
    """
    if _has_no_entries(tensor):
        return tensor
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator)


def orthogonal_(tensor: Tensor, gain: float = 1.0, generator: torch.Generator | None = None) -> Tensor:
    r"""A random rotation: it keeps the length of every signal, forward and back.

    $\text{gain} \cdot Q$ with $A = QR$, $A_{ij} \sim N(0, 1)$ and the diagonal of $R$ positive
    (Saxe et al., 2013; Mezzadri, 2006; Deep Learning, section 8.4)

    Behind the first dimension the tensor counts as flattened. Of rows and columns, the fewer are orthonormal.

    Args:
        tensor: Shape (outputs, inputs, ...); filled in place.
        gain: What :func:`calculate_gain` says.
        generator: Where the random numbers come from; by default torch's global generator.

    Returns:
        The tensor.

    Raises:
        ValueError: The tensor has fewer than two dimensions.
    """
    _fans(tensor)
    if tensor.numel() == 0 or tensor.is_meta:
        return tensor
    with torch.no_grad():
        A = normal_(tensor.new_empty(tensor.shape[0], tensor[0].numel()), generator=generator)
        wide = A.shape[0] < A.shape[1]
        Q, R = qr(A.mT if wide else A)
        Q = Q * R.diagonal().sign()
        return tensor.copy_(gain * (Q.mT if wide else Q).reshape(tensor.shape))


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: torch.Generator | None = None) -> Tensor:
    r"""Normal draws, of which each column keeps only some, so that units are few inputs' and large inputs stay useful.

    $N(0, \sigma^2)$, and $\lceil \text{sparsity} \cdot \text{rows} \rceil$ entries of every column set to 0
    (Martens, 2010; Deep Learning, section 8.4)

    Args:
        tensor: A matrix; filled in place.
        sparsity: The fraction of zeros in a column.
        std: $\sigma$.
        generator: Where the random numbers come from; by default torch's global generator.

    Returns:
        The tensor.

    Raises:
        ValueError: The tensor is no matrix.
    """
    if tensor.ndim != 2:
        raise ValueError(f"expected a tensor of 2 dimensions, got {tensor.ndim}")
    rows, columns = tensor.shape
    normal_(tensor, 0.0, std, generator)
    with torch.no_grad():
        for j in range(columns):
            dropped = torch.randperm(rows, generator=generator, device=tensor.device)[: math.ceil(sparsity * rows)]
            tensor[dropped, j] = 0
    return tensor


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    fan_in, fan_out = _fans(tensor)
    fans = {"fan_in": fan_in, "fan_out": fan_out}
    if mode.lower() not in fans:
        raise ValueError(f"expected mode to be 'fan_in' or 'fan_out', got {mode!r}")
    return calculate_gain(nonlinearity, a) / math.sqrt(fans[mode.lower()])


def _has_no_entries(tensor: Tensor) -> bool:
    if empty := 0 in tensor.shape:
        warnings.warn("nothing to initialise: the tensor has no entries", stacklevel=3)
    return empty


def _fans(tensor: Tensor) -> tuple[int, int]:
    """Inputs and outputs per unit; what is behind the first two dimensions (a kernel) multiplies both."""
    if tensor.ndim < 2:
        raise ValueError(f"expected a tensor of at least 2 dimensions (outputs, inputs, ...), got {tensor.ndim}")
    kernel = math.prod(tensor.shape[2:])
    return tensor.shape[1] * kernel, tensor.shape[0] * kernel
