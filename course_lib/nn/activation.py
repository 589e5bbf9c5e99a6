"""Hidden units and output units: the nonlinearities between affine layers."""

from __future__ import annotations

import math
import warnings
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module, Parameter

from . import init
from .functional import log_softmax, relu, sigmoid, softmax, softplus
from .linear import check_features


class ReLU(Module):
    r"""Rectified linear unit.

    $y = \max(0, x)$   (Deep Learning, section 6.3.1)

    Args:
        inplace: Whether to overwrite the input.

    >>> ReLU()(torch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Apply it elementwise."""
        return relu(input, self.inplace)

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return "inplace=True" if self.inplace else ""


class LeakyReLU(Module):
    r"""Rectifier that lets a little of the negative side through, so that its gradient is never 0.

    $y = \max(0, x) + \alpha \min(0, x)$   (Maas et al., 2013; Deep Learning, section 6.3.1)

    Args:
        negative_slope: $\alpha$.
        inplace: Whether to overwrite the input.

    >>> LeakyReLU(0.1)(torch.tensor([-1.0, 2.0]))
    tensor([-0.1000,  2.0000])
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope = negative_slope
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Apply it elementwise."""
        y = torch.where(input > 0, input, self.negative_slope * input)
        return input.copy_(y) if self.inplace else y

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return f"negative_slope={self.negative_slope}" + (", inplace=True" if self.inplace else "")


class PReLU(Module):
    r"""Rectifier that learns the slope of its negative side.

    $y = \max(0, x) + \alpha \min(0, x)$ with $\alpha$ a parameter   (He et al., 2015)

    Args:
        num_parameters: 1 slope for all, or one per channel (dimension 1 of the input).
        init: The slope to begin with.
        device: Where the parameter lies.
        dtype: Its dtype.

    Attributes:
        weight: $\alpha$, shape (num_parameters,).

    >>> PReLU()(torch.tensor([-1.0, 2.0])).detach()
    tensor([-0.2500,  2.0000])
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = Parameter(torch.empty(num_parameters, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set every slope to its first value."""
        init.constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        """Apply it elementwise.

        Raises:
            RuntimeError: There are several slopes, but not one for each channel.
        """
        alpha: Tensor = self.weight
        if self.weight.numel() > 1:
            channels = input.shape[1] if input.ndim > 1 else 1
            if self.weight.numel() != channels:
                raise RuntimeError(
                    f"expected {self.weight.numel()} channels in dimension 1, one per slope, "
                    f"got an input of shape {tuple(input.shape)}"
                )
            alpha = alpha.reshape(channels, *[1] * (input.ndim - 2))
        return torch.where(input > 0, input, alpha * input)

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return f"num_parameters={self.num_parameters}"


class AbsoluteValue(Module):
    r"""Absolute value rectifier: a leaky ReLU with slope $-1$, for features whose polarity does not matter.

    $y = |x|$   (Jarrett et al., 2009; Deep Learning, section 6.3.1)

    >>> AbsoluteValue()(torch.tensor([-1.0, 2.0]))
    tensor([1., 2.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply it elementwise."""
        return torch.abs(input)


class Maxout(Module):
    r"""The largest of several affine maps: a unit that learns its own convex activation function.

    $h_i = \max_j \, (W_{ij}^\top x + b_{ij})$ with $j = 1, \dots, k$
    (Goodfellow et al., 2013; Deep Learning, section 6.3.1)

    Args:
        in_features: Length of the input's last dimension.
        out_features: Number of units, the length of the output's last dimension.
        num_pieces: $k$, affine maps per unit.
        bias: Whether there is a $b$.
        device: Where the parameters lie.
        dtype: Their dtype.
        generator: Where the initial values come from; by default torch's global generator.

    Attributes:
        weight: $W$, shape (out_features, num_pieces, in_features).
        bias: $b$, shape (out_features, num_pieces), or None.

    >>> absolute = Maxout(1, 1, num_pieces=2, bias=False)
    >>> absolute.weight.data = torch.tensor([[[1.0], [-1.0]]])
    >>> absolute(torch.tensor([[-3.0], [2.0]])).detach()
    tensor([[3.],
            [2.]])
    """

    bias: Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        num_pieces: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        if num_pieces < 1:
            raise ValueError(f"expected num_pieces of at least 1, got {num_pieces}")
        self.in_features = in_features
        self.out_features = out_features
        self.num_pieces = num_pieces
        self.weight = Parameter(torch.empty(out_features, num_pieces, in_features, device=device, dtype=dtype))
        self.register_parameter(
            "bias", Parameter(torch.empty(out_features, num_pieces, device=device, dtype=dtype)) if bias else None
        )
        self.reset_parameters(generator)

    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        """Draw the initial values anew, as :class:`Linear` does."""
        bound = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0.0
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound, generator=generator)

    def forward(self, input: Tensor) -> Tensor:
        """Map (..., in_features) to (..., out_features).

        Raises:
            RuntimeError: The last dimension of the input is not ``in_features`` long.
        """
        check_features(input, self.in_features)
        z = (input @ self.weight.flatten(0, 1).T).unflatten(-1, (self.out_features, self.num_pieces))
        if self.bias is not None:
            z = z + self.bias
        return z.max(dim=-1).values

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"num_pieces={self.num_pieces}, bias={self.bias is not None}"
        )


class RBF(Module):
    r"""Radial basis functions: each unit answers to inputs near its own template.

    $h_i = \exp\left(-\lVert x - W_i \rVert^2 / \sigma_i^2\right)$   (Deep Learning, section 6.3.3)

    Far from every template the gradient is almost 0, which makes these units hard to train.

    Args:
        in_features: Length of the input's last dimension.
        out_features: Number of units, the length of the output's last dimension.
        device: Where the parameters lie.
        dtype: Their dtype.
        generator: Where the initial templates come from; by default torch's global generator.

    Attributes:
        weight: The templates $W$, shape (out_features, in_features), first drawn from N(0, 1).
        sigma: The widths $\sigma$, shape (out_features,), first $\sqrt{\text{in\_features}}$.

    >>> unit = RBF(2, 1)
    >>> unit(unit.weight.detach()).detach()
    tensor([[1.]])
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        device: Any = None,
        dtype: Any = None,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(torch.empty(out_features, in_features, device=device, dtype=dtype))
        self.sigma = Parameter(torch.empty(out_features, device=device, dtype=dtype))
        self.reset_parameters(generator)

    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        """Draw the templates anew and reset the widths."""
        init.normal_(self.weight, generator=generator)
        init.constant_(self.sigma, math.sqrt(self.in_features))

    def forward(self, input: Tensor) -> Tensor:
        """Map (..., in_features) to (..., out_features).

        Raises:
            RuntimeError: The last dimension of the input is not ``in_features`` long.
        """
        check_features(input, self.in_features)
        squared_distance = (input.unsqueeze(-2) - self.weight).square().sum(dim=-1)
        return torch.exp(-squared_distance / self.sigma**2)

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return f"in_features={self.in_features}, out_features={self.out_features}"


class Sigmoid(Module):
    r"""Logistic sigmoid: an output unit for the probability of a Bernoulli variable.

    $y = \sigma(x) = 1 / (1 + e^{-x})$   (Deep Learning, sections 6.2.2.2 and 6.3.2)

    >>> Sigmoid()(torch.tensor([0.0]))
    tensor([0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply it elementwise."""
        return sigmoid(input)


class LogSigmoid(Module):
    r"""Logarithm of the logistic sigmoid, exact even where the sigmoid underflows.

    $y = \log \sigma(x) = -\zeta(-x)$   (Deep Learning, eq. 3.39)

    >>> LogSigmoid()(torch.tensor([-1000.0]))
    tensor([-1000.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply it elementwise."""
        return -softplus(-input)


class Tanh(Module):
    r"""Hyperbolic tangent: a sigmoid stretched to be the identity near 0.

    $y = \tanh x = 2 \sigma(2x) - 1$   (Deep Learning, section 6.3.2)

    >>> Tanh()(torch.tensor([0.0, 1000.0]))
    tensor([0., 1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply it elementwise."""
        return torch.tanh(input)


class Softplus(Module):
    r"""Smooth version of the rectifier.

    $y = \frac{1}{\beta} \log(1 + e^{\beta x})$   (Dugas et al., 2001; Deep Learning, section 6.3.3)

    Args:
        beta: $\beta$; the larger, the sharper the bend.
        threshold: Where $\beta x$ is larger, $y = x$.

    >>> Softplus()(torch.tensor([0.0, 100.0]))
    tensor([  0.6931, 100.0000])
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def forward(self, input: Tensor) -> Tensor:
        """Apply it elementwise."""
        return softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return f"beta={self.beta}, threshold={self.threshold}"


class Hardtanh(Module):
    r"""Piecewise linear imitation of tanh.

    $y = \max(-1, \min(1, x))$   (Collobert, 2004; Deep Learning, section 6.3.3)

    At the two bends the derivative is 0.

    Args:
        min_val: The smallest output.
        max_val: The largest output.
        inplace: Whether to overwrite the input.
        min_value: The old name of ``min_val``.
        max_value: The old name of ``max_val``.

    >>> Hardtanh()(torch.tensor([-2.0, 0.5, 2.0]))
    tensor([-1.0000,  0.5000,  1.0000])
    """

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: float | None = None,
        max_value: float | None = None,
    ) -> None:
        super().__init__()
        for old, value in (("min_value", min_value), ("max_value", max_value)):
            if value is not None:
                warnings.warn(f"{old} is the old name of {old[:-2]}; use that", FutureWarning, stacklevel=2)
        self.min_val = min_val if min_value is None else min_value
        self.max_val = max_val if max_value is None else max_value
        self.inplace = inplace
        if self.max_val <= self.min_val:
            raise AssertionError(f"expected max_val above min_val, got {self.max_val} and {self.min_val}")

    def forward(self, input: Tensor) -> Tensor:
        """Apply it elementwise."""
        bent = (input <= self.min_val) | (input >= self.max_val)
        y = torch.where(bent, input.detach().clamp(self.min_val, self.max_val), input)
        return input.copy_(y) if self.inplace else y

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return f"min_val={self.min_val}, max_val={self.max_val}" + (", inplace=True" if self.inplace else "")


class Cosine(Module):
    r"""Cosine unit, as in random Fourier features.

    $y = \cos x$   (Deep Learning, section 6.3.3)

    >>> Cosine()(torch.tensor([0.0]))
    tensor([1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Apply it elementwise."""
        return torch.cos(input)


class Softmax(Module):
    r"""Softmax: an output unit for the probabilities of a multinoulli variable.

    $y_i = e^{x_i} / \sum_j e^{x_j}$   (Deep Learning, eq. 6.29)

    Args:
        dim: The dimension that sums to one.

    >>> Softmax(dim=0)(torch.zeros(4))
    tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """Turn logits into probabilities."""
        return softmax(input, _dimension(self, input))

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return f"dim={self.dim}"


class LogSoftmax(Module):
    r"""Logarithm of the softmax, exact even where the softmax underflows.

    $y_i = x_i - \log \sum_j e^{x_j}$   (Deep Learning, eq. 6.30)

    Args:
        dim: The dimension whose exponentials sum to one.

    >>> LogSoftmax(dim=0)(torch.tensor([0.0, 1000.0]))
    tensor([-1000.,     0.])
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """Turn logits into log-probabilities."""
        return log_softmax(input, _dimension(self, input))

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return f"dim={self.dim}"


def _dimension(layer: Softmax | LogSoftmax, input: Tensor) -> int:
    """The layer's dimension; without one a warning and torch's guess."""
    if layer.dim is not None:
        return layer.dim
    guess = 0 if input.ndim in (0, 1, 3) else 1
    warnings.warn(f"{type(layer).__name__} was not told which dim sums to one and takes {guess}", stacklevel=4)
    return guess
