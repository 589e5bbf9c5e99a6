r"""One step of a recurrent network: from the state and the next input to the next state.

The network's memory is its state $h$. A step looks at the input and the state, and what it computes is the state of the
next step. The same weights serve at every time; that is what a recurrent network shares, as a convolution shares its
kernel over places.

A *gate* is a layer of sigmoids that multiplies: 0 lets nothing through, 1 everything. Gates decide from the input and
the state what is forgotten, written and shown. Each step below begins with $a = W_{ih} x + b_{ih}$, what the input has
to say to all gates at once. It does not depend on the state, so that :mod:`course_lib.nn.recurrent` can compute it for
all times together.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module, Parameter

from . import init
from .functional import relu, sigmoid

NONLINEARITIES: dict[str, Callable[[Tensor], Tensor]] = {"tanh": torch.tanh, "relu": relu}


def affine(x: Tensor, W: Tensor, b: Tensor | None) -> Tensor:
    r"""$x W^\top + b$; without a bias, $x W^\top$."""
    return x @ W.T if b is None else torch.addmm(b, x.reshape(-1, x.shape[-1]), W.T).reshape(*x.shape[:-1], len(W))


def rnn_step(a: Tensor, h: Tensor, W: Tensor, b: Tensor | None = None, nonlinearity: str = "tanh") -> Tensor:
    r"""One step of a simple recurrent network.

    $h_t = \tanh(a_t + W h_{t-1} + b)$   (Elman, 1990; Deep Learning, eq. 10.8 and 10.9)

    Args:
        a: What the input says, $W_{ih} x_t + b_{ih}$, shape (N, H).
        h: The state before, shape (N, H).
        W: $W_{hh}$, shape (H, H).
        b: $b_{hh}$, shape (H,), or None.
        nonlinearity: "tanh" or "relu".

    Returns:
        The state afterwards, shape (N, H).
    """
    return NONLINEARITIES[nonlinearity](a + affine(h, W, b))


def lstm_step(
    a: Tensor,
    state: tuple[Tensor, Tensor],
    W: Tensor,
    b: Tensor | None = None,
    *,
    projection: Tensor | None = None,
    peephole: Tensor | None = None,
    coupled: bool = False,
) -> tuple[Tensor, Tensor]:
    r"""One step of a long short-term memory.

    $i, f, o = \sigma(\cdot)$ and $g = \tanh(\cdot)$ of $a_t + W h_{t-1} + b$, and then

    $$c_t = f \odot c_{t-1} + i \odot g \qquad h_t = o \odot \tanh(c_t)$$

    (Hochreiter and Schmidhuber, 1997; Gers et al., 2000; Deep Learning, eq. 10.40 to 10.44)

    Along the sum over the cell's past, $\partial c_t / \partial c_{t-1} = f$: where the forget gate is open, the
    gradient comes back whole.

    Args:
        a: What the input says to input gate, forget gate, new content and output gate, shape (N, 4H). Coupled gates
            have no input gate, so shape (N, 3H).
        state: $h_{t-1}$ and $c_{t-1}$, each of shape (N, H); with a projection to P numbers $h$ is (N, P).
        W: $W_{hh}$, shape (4H, H) or (4H, P).
        b: $b_{hh}$, shape (4H,), or None.
        projection: $W_{hr}$, shape (P, H): $h_t$ becomes $W_{hr} h_t$ (Sak et al., 2014).
        peephole: Weights with which gates see the cell, shape (3H,) for input, forget and output gate, or (2H,) without
            the input gate: $p_i \odot c_{t-1}$, $p_f \odot c_{t-1}$ and $p_o \odot c_t$ are added inside
            the gates' sigmoids (Gers and Schmidhuber, 2000).
        coupled: Whether what is forgotten makes the room for what is written, $i = 1 - f$ (Greff et al., 2017).

    Returns:
        $h_t$ and $c_t$.
    """
    h, c = state
    *a_i, a_f, a_g, a_o = (a + affine(h, W, b)).chunk(3 if coupled else 4, -1)
    *p_i, p_f, p_o = (0, 0, 0) if peephole is None else peephole.chunk(2 if coupled else 3)
    f = sigmoid(a_f + p_f * c)
    i = 1 - f if coupled else sigmoid(a_i[0] + p_i[0] * c)
    c = f * c + i * torch.tanh(a_g)
    o = sigmoid(a_o + p_o * c)
    h = o * torch.tanh(c)
    return (h if projection is None else h @ projection.T), c


def gru_step(a: Tensor, h: Tensor, W: Tensor, b: Tensor | None = None) -> Tensor:
    r"""One step of a gated recurrent unit.

    With $m = W h_{t-1} + b$, each of $a$ and $m$ in three parts,

    $$r = \sigma(a_r + m_r) \qquad z = \sigma(a_z + m_z) \qquad n = \tanh(a_n + r \odot m_n) \qquad
    h_t = (1 - z) \odot n + z \odot h_{t-1}$$

    (Cho et al., 2014; Deep Learning, eq. 10.45 to 10.47). The reset gate $r$ multiplies after the matrix, as in torch;
    in the book it multiplies $h$ before it.

    Args:
        a: What the input says to reset gate, update gate and new content, shape (N, 3H).
        h: The state before, shape (N, H).
        W: $W_{hh}$, shape (3H, H).
        b: $b_{hh}$, shape (3H,), or None.

    Returns:
        The state afterwards, shape (N, H).
    """
    a_r, a_z, a_n = a.chunk(3, -1)
    m_r, m_z, m_n = affine(h, W, b).chunk(3, -1)
    r = sigmoid(a_r + m_r)
    z = sigmoid(a_z + m_z)
    n = torch.tanh(a_n + r * m_n)
    return n + z * (h - n)


class _Cell(Module):
    """What cells of all kinds share: sizes, parameters and their first values."""

    bias_ih: Parameter | None
    bias_hh: Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool,
        gates: int,
        device: Any,
        dtype: Any,
        generator: torch.Generator | None,
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        shapes = {"weight_ih": (gates * hidden_size, input_size), "weight_hh": (gates * hidden_size, hidden_size)}
        for name, shape in shapes.items():
            self.register_parameter(name, Parameter(torch.empty(shape, device=device, dtype=dtype)))
        for name in ("bias_ih", "bias_hh"):
            vector = Parameter(torch.empty(gates * hidden_size, device=device, dtype=dtype)) if bias else None
            self.register_parameter(name, vector)
        self.reset_parameters(generator)

    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        r"""Draw the initial values anew, from $U[-1/\sqrt H, 1/\sqrt H]$."""
        start_uniformly(self, self.hidden_size, generator)

    def _batch(self, x: Tensor, name: str, size: int) -> Tensor:
        if x.ndim not in (1, 2):
            raise ValueError(f"expected {name} of shape (batch, {size}) or ({size},), got {tuple(x.shape)}")
        if x.shape[-1] != size:
            raise RuntimeError(f"expected {name} of shape (..., {size}), got {tuple(x.shape)}")
        return x if x.ndim == 2 else x.unsqueeze(0)

    def _start(self, x: Tensor, h: Tensor | None, name: str = "the state") -> Tensor:
        """The state with a batch dimension; zeros if there is none."""
        if h is None:
            return x.new_zeros(x.shape[0], self.hidden_size)
        h = self._batch(h, name, self.hidden_size)
        if h.shape[0] != x.shape[0]:
            raise RuntimeError(f"expected {name} for a batch of {x.shape[0]}, as the input has, got {h.shape[0]}")
        return h

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else f", bias={self.bias}")


def start_uniformly(module: Module, hidden_size: int, generator: torch.Generator | None) -> None:
    r"""Draw every parameter from $U[-1/\sqrt H, 1/\sqrt H]$."""
    bound = 1 / math.sqrt(hidden_size) if hidden_size > 0 else 0.0
    for parameter in module.parameters():
        init.uniform_(parameter, -bound, bound, generator)


class RNNCell(_Cell):
    r"""One step of a simple recurrent network, as a layer.

    $h' = \tanh(W_{ih} x + b_{ih} + W_{hh} h + b_{hh})$   (Deep Learning, eq. 10.8 and 10.9)

    One bias would do. Torch has two, because its GPU kernels want them, and so has this layer.

    Args:
        input_size: Features of the input.
        hidden_size: $H$, numbers in the state.
        bias: Whether there are biases.
        nonlinearity: "tanh" or "relu".
        device: Where the parameters lie.
        dtype: Their dtype.
        generator: Where the initial values come from; by default torch's global generator.

    Attributes:
        weight_ih: $W_{ih}$, shape (H, input_size).
        weight_hh: $W_{hh}$, shape (H, H).
        bias_ih: $b_{ih}$, shape (H,), or None.
        bias_hh: $b_{hh}$, shape (H,), or None.

    >>> cell = RNNCell(3, 2)
    >>> h = cell(torch.ones(5, 3))
    >>> cell(torch.ones(5, 3), h).shape
    torch.Size([5, 2])
    """

    weight_ih: Parameter
    weight_hh: Parameter

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype, generator)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """Map (N, input_size) and a state (N, H), by default zeros, to the next state; N may be missing.

        Raises:
            ValueError: The input or the state has another number of dimensions.
            RuntimeError: Sizes do not fit, or the nonlinearity is unknown.
        """
        if self.nonlinearity not in NONLINEARITIES:
            raise RuntimeError(f"expected nonlinearity to be 'tanh' or 'relu', got {self.nonlinearity!r}")
        x = self._batch(input, "an input", self.input_size)
        a = affine(x, self.weight_ih, self.bias_ih)
        h = rnn_step(a, self._start(x, hx), self.weight_hh, self.bias_hh, self.nonlinearity)
        return h if input.ndim == 2 else h.squeeze(0)

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        unusual = self.nonlinearity != "tanh"
        return super().extra_repr() + (f", nonlinearity={self.nonlinearity}" if unusual else "")


class LSTMCell(_Cell):
    r"""One step of a long short-term memory, as a layer.

    $i, f, o = \sigma(\cdot)$ and $g = \tanh(\cdot)$ of $W_{ih} x + b_{ih} + W_{hh} h + b_{hh}$, and then
    $c' = f \odot c + i \odot g$ and $h' = o \odot \tanh(c')$   (Deep Learning, section 10.10.1)

    Args:
        input_size: Features of the input.
        hidden_size: $H$, numbers in $h$ and in $c$.
        bias: Whether there are biases.
        device: Where the parameters lie.
        dtype: Their dtype.
        peephole: Whether gates also see the cell $c$ (Gers and Schmidhuber, 2000).
        coupled: Whether $i = 1 - f$ instead of an input gate of its own (Greff et al., 2017).
        generator: Where the initial values come from; by default torch's global generator.

    Attributes:
        weight_ih: $W_{ih}$, shape (4H, input_size): input gate, forget gate, new content, output gate. Coupled
            gates have no input gate: (3H, input_size).
        weight_hh: $W_{hh}$, shape (4H, H) or (3H, H).
        bias_ih: $b_{ih}$, shape (4H,) or (3H,), or None.
        bias_hh: $b_{hh}$, shape (4H,) or (3H,), or None.
        weight_peephole: $p$ of the input, forget and output gate, shape (3H,), or (2H,) for coupled gates; or None.

    >>> cell = LSTMCell(3, 2)
    >>> h, c = cell(torch.ones(5, 3))
    >>> h, c = cell(torch.ones(5, 3), (h, c))
    >>> h.shape, c.shape
    (torch.Size([5, 2]), torch.Size([5, 2]))
    """

    weight_ih: Parameter
    weight_hh: Parameter
    weight_peephole: Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        peephole: bool = False,
        coupled: bool = False,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3 if coupled else 4, device, dtype, generator)
        self._coupled = coupled
        self.register_parameter("weight_peephole", None)
        if peephole:
            gates = 2 if coupled else 3
            self.weight_peephole = Parameter(torch.empty(gates * hidden_size, device=device, dtype=dtype))
            self.reset_parameters(generator)

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, Tensor]:
        """Map (N, input_size) and a state (h, c), each (N, H), by default zeros, to the next h and c; N may be missing.

        Raises:
            ValueError: The input or the state has another number of dimensions.
            RuntimeError: Sizes do not fit.
        """
        x = self._batch(input, "an input", self.input_size)
        h, c = (None, None) if hx is None else hx
        state = self._start(x, h, "h"), self._start(x, c, "c")
        a = affine(x, self.weight_ih, self.bias_ih)
        h, c = lstm_step(a, state, self.weight_hh, self.bias_hh, peephole=self.weight_peephole, coupled=self._coupled)
        return (h, c) if input.ndim == 2 else (h.squeeze(0), c.squeeze(0))

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return super().extra_repr() + lstm_options(self.weight_peephole is not None, self._coupled)


def lstm_options(peephole: bool, coupled: bool) -> str:
    """How a repr says what torch's LSTM has not."""
    return (", peephole=True" if peephole else "") + (", coupled=True" if coupled else "")


class GRUCell(_Cell):
    r"""One step of a gated recurrent unit, as a layer.

    $r, z = \sigma(W_{ih} x + b_{ih} + W_{hh} h + b_{hh})$, $n = \tanh(W_{in} x + b_{in} + r \odot (W_{hn} h + b_{hn}))$
    and $h' = (1 - z) \odot n + z \odot h$   (Cho et al., 2014; Deep Learning, section 10.10.2)

    Args:
        input_size: Features of the input.
        hidden_size: $H$, numbers in the state.
        bias: Whether there are biases.
        device: Where the parameters lie.
        dtype: Their dtype.
        generator: Where the initial values come from; by default torch's global generator.

    Attributes:
        weight_ih: $W_{ih}$, shape (3H, input_size): reset gate, update gate, new content.
        weight_hh: $W_{hh}$, shape (3H, H).
        bias_ih: $b_{ih}$, shape (3H,), or None.
        bias_hh: $b_{hh}$, shape (3H,), or None.

    >>> GRUCell(3, 2)(torch.ones(5, 3)).shape
    torch.Size([5, 2])
    """

    weight_ih: Parameter
    weight_hh: Parameter

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype, generator)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """Map (N, input_size) and a state (N, H), by default zeros, to the next state; N may be missing.

        Raises:
            ValueError: The input or the state has another number of dimensions.
            RuntimeError: Sizes do not fit.
        """
        x = self._batch(input, "an input", self.input_size)
        h = gru_step(affine(x, self.weight_ih, self.bias_ih), self._start(x, hx), self.weight_hh, self.bias_hh)
        return h if input.ndim == 2 else h.squeeze(0)
