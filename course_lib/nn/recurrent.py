r"""Recurrent networks: one step, again and again along a sequence.

Unfolded in time a recurrent network is a deep feedforward network whose layers share their weights. The gradient goes
back through all of them (back-propagation through time), and so time and memory grow with the length.

Two thoughts make the loop quick. What the input has to say, $W_{ih} x_t + b_{ih}$, waits for no state: one matrix
product computes it for all times. And a sequence is cut into its steps once, by ``unbind``; cutting out ``a[t]`` in
each step would send back, for every step, a gradient as long as the sequence.
"""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import Module, Parameter
from torch.nn.utils.rnn import PackedSequence

from .bptt import scan_gru, scan_lstm, scan_rnn, unroll_lstm
from .cells import NONLINEARITIES, affine, lstm_options, rnn_step, start_uniformly
from .dropout import Dropout


class Weights(NamedTuple):
    """The parameters of one layer in one direction; what it has not is None."""

    ih: Tensor
    hh: Tensor
    b_ih: Tensor | None
    b_hh: Tensor | None
    hr: Tensor | None
    peephole: Tensor | None

    @property
    def b(self) -> Tensor | None:
        """Both biases in one, where nothing stands between them."""
        return None if self.b_ih is None or self.b_hh is None else self.b_ih + self.b_hh


NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr", "weight_peephole")


class _Recurrent(Module):
    """What recurrent layers of all kinds share: options, parameters, stacking, and both directions of time."""

    def __init__(
        self,
        mode: str,
        gates: int,
        input_size: int,
        hidden_size: int,
        num_layers: int,
        bias: bool,
        batch_first: bool,
        dropout: float,
        bidirectional: bool,
        proj_size: int,
        peepholes: int,
        device: Any,
        dtype: Any,
        generator: torch.Generator | None,
    ) -> None:
        super().__init__()
        _check_options(input_size, hidden_size, num_layers, bias, batch_first, dropout, proj_size)
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        self._generator = generator
        for layer, end in self._places():
            features = input_size if layer == 0 else self._output_size * self._num_directions
            shapes: dict[str, tuple[int, ...]] = {
                "weight_ih": (gates * hidden_size, features),
                "weight_hh": (gates * hidden_size, self._output_size),
            }
            if bias:
                shapes |= {"bias_ih": (gates * hidden_size,), "bias_hh": (gates * hidden_size,)}
            if proj_size > 0:
                shapes["weight_hr"] = (proj_size, hidden_size)
            if peepholes > 0:
                shapes["weight_peephole"] = (peepholes * hidden_size,)
            for name, shape in shapes.items():
                self.register_parameter(name + end, Parameter(torch.empty(shape, device=device, dtype=dtype)))
        self.reset_parameters(generator)

    @property
    def _num_directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def _output_size(self) -> int:
        return self.proj_size or self.hidden_size

    def _places(self) -> list[tuple[int, str]]:
        """Every layer and direction, and how its parameters' names end."""
        directions = ("", "_reverse")[: self._num_directions]
        return [(layer, f"_l{layer}{direction}") for layer in range(self.num_layers) for direction in directions]

    def _weights(self, end: str) -> Weights:
        return Weights(*[getattr(self, name + end, None) for name in NAMES])  # type: ignore[arg-type]

    @property
    def all_weights(self) -> list[list[Tensor]]:
        """The parameters, a list for each layer and direction."""
        return [[W for W in self._weights(end) if W is not None] for _, end in self._places()]

    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        r"""Draw the initial values anew, from $U[-1/\sqrt H, 1/\sqrt H]$."""
        start_uniformly(self, self.hidden_size, generator)

    def flatten_parameters(self) -> None:
        """Do nothing: torch moves weights together in memory here, for its GPU kernels."""

    def _scan(self, x: Tensor, state: list[Tensor], W: Weights) -> tuple[Tensor, tuple[Tensor, ...]]:
        """One layer in one direction: inputs (T, N, features) and the first state to outputs and the last state."""
        raise NotImplementedError

    def _run(self, input: Tensor, states: tuple[Tensor, ...] | None, *sizes: int) -> tuple[Tensor, tuple[Tensor, ...]]:
        """All layers, in all directions; there are as many states as sizes, one or for the LSTM two."""
        x = self._time_major(input)
        start = self._start(x, states, sizes, batched=input.ndim == 3)
        last = []
        outputs: list[Tensor] = []
        for k, (layer, end) in enumerate(self._places()):
            backward = end.endswith("_reverse")
            if layer > 0 and not backward:
                x = self._between_layers(outputs)
                outputs = []
            y, state = self._scan(x.flip(0) if backward else x, [s[k] for s in start], self._weights(end))
            outputs.append(y.flip(0) if backward else y)
            last.append(state)
        y = _side_by_side(outputs)
        ends = tuple(torch.stack(states) for states in zip(*last, strict=True))
        if input.ndim == 2:
            return y.squeeze(1), tuple(state.squeeze(1) for state in ends)
        return (y.transpose(0, 1) if self.batch_first else y), ends

    def _between_layers(self, outputs: list[Tensor]) -> Tensor:
        x = _side_by_side(outputs)
        return Dropout(self.dropout, generator=self._generator)(x) if self.training else x

    def _time_major(self, input: Tensor) -> Tensor:
        """The input as (T, N, input_size)."""
        if isinstance(input, PackedSequence):
            raise TypeError(
                "expected a tensor, got a PackedSequence; pad the sequences to one length, and leave the padding out "
                "of the loss with a mask"
            )
        order = "(batch, time, {})" if self.batch_first else "(time, batch, {})"
        expected = f"{order.format(self.input_size)} or (time, {self.input_size})"
        if input.ndim not in (2, 3):
            raise ValueError(f"expected an input of shape {expected}, got {tuple(input.shape)}")
        if input.shape[-1] != self.input_size:
            raise RuntimeError(f"expected an input of shape {expected}, got {tuple(input.shape)}")
        dtype = self.weight_ih_l0.dtype
        if input.dtype != dtype:
            raise ValueError(f"expected an input of dtype {dtype}, as the weights, got {input.dtype}")
        x = input.unsqueeze(1) if input.ndim == 2 else input.transpose(0, 1) if self.batch_first else input
        if len(x) == 0:
            raise RuntimeError(f"expected a sequence of at least 1 step, got an input of shape {tuple(input.shape)}")
        return x

    def _start(
        self, x: Tensor, states: tuple[Tensor, ...] | None, sizes: tuple[int, ...], batched: bool
    ) -> list[Tensor]:
        """The first states, each of shape (layers and directions, N, its size); zeros if none are given."""
        count = self.num_layers * self._num_directions
        shapes = [(count, x.shape[1], size) for size in sizes]
        if states is None:
            return [x.new_zeros(shape) for shape in shapes]
        _check_states(states, len(sizes))
        found = [state if batched else state.unsqueeze(1) for state in states]
        for state, shape, given in zip(found, shapes, states, strict=True):
            if state.shape != shape:
                expected = shape if batched else (count, shape[2])
                raise RuntimeError(f"expected a first state of shape {expected}, got {tuple(given.shape)}")
        return found

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        defaults = {
            "proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False, "dropout": 0, "bidirectional": False
        }  # fmt: skip
        parts = [f"{self.input_size}, {self.hidden_size}"]
        parts += [f"{k}={getattr(self, k)}" for k, default in defaults.items() if getattr(self, k) != default]
        return ", ".join(parts)


def _check_states(states: Any, count: int) -> None:
    """Refuse first states that are not as many tensors as the layer has states."""
    given = [type(s).__name__ for s in states] if isinstance(states, tuple | list) else [type(states).__name__]
    if len(given) != count or not all(isinstance(s, Tensor) for s in states):
        expected = "one tensor" if count == 1 else "a pair of tensors (h, c)"
        raise TypeError(f"expected hx, the first state, as {expected}; got {', '.join(given)}")


def _side_by_side(outputs: list[Tensor]) -> Tensor:
    return outputs[0] if len(outputs) == 1 else torch.cat(outputs, -1)


def _check_options(
    input_size: int, hidden_size: int, num_layers: int, bias: bool, batch_first: bool, dropout: float, proj_size: int
) -> None:
    if isinstance(dropout, bool) or not isinstance(dropout, int | float) or not 0 <= dropout <= 1:
        raise ValueError(f"expected dropout, the probability of being dropped, from 0 to 1, got {dropout!r}")
    if dropout > 0 and num_layers == 1:
        warnings.warn(
            f"dropout={dropout} has nowhere to act: it stands between layers, and there is only one", stacklevel=4
        )
    for name, kind, value in (
        ("bias", bool, bias),
        ("batch_first", bool, batch_first),
        ("input_size", int, input_size),
        ("hidden_size", int, hidden_size),
    ):
        if not isinstance(value, kind):
            raise TypeError(f"expected {name} as {kind.__name__}, got {value!r}")
    for name, size in (("input_size", input_size), ("hidden_size", hidden_size), ("num_layers", num_layers)):
        if size <= 0:
            raise ValueError(f"expected {name} of at least 1, got {size}")
    if not 0 <= proj_size < hidden_size:
        raise ValueError(f"expected proj_size from 0, for no projection, to {hidden_size - 1}, got {proj_size}")


class RNN(_Recurrent):
    r"""A simple recurrent network: layers of one step, again and again along a sequence.

    $h_t = \tanh(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})$   (Elman, 1990; Deep Learning, eq. 10.8 and 10.9)

    One bias would do. Torch has two, because its GPU kernels want them, and so has this layer.

    Args:
        input_size: Features of the input.
        hidden_size: $H$, numbers in the state.
        num_layers: Layers on top of each other; each reads the states of the one below as its inputs.
        nonlinearity: "tanh" or "relu".
        bias: Whether there are biases.
        batch_first: Whether inputs and outputs are (batch, time, features) instead of (time, batch, features).
            States are not concerned.
        dropout: Probability with which what goes from one layer to the next is dropped while training.
        bidirectional: Whether each layer has a second network that reads time backwards. Outputs are side by side.
        device: Where the parameters lie.
        dtype: Their dtype.
        generator: Where the initial values and dropout come from; by default torch's global generator.

    Attributes:
        weight_ih_l0: $W_{ih}$ of the first layer, shape (H, input_size); then (H, H), or (H, 2H) if bidirectional.
        weight_hh_l0: $W_{hh}$, shape (H, H).
        bias_ih_l0: $b_{ih}$, shape (H,).
        bias_hh_l0: $b_{hh}$, shape (H,).

    The names of layer 1 end in ``_l1``, and so on; those of the second direction end in ``_reverse``.

    Raises:
        TypeError: An option is of the wrong type.
        ValueError: An option is out of its range, or the nonlinearity is unknown.

    >>> layer = RNN(3, 4)
    >>> outputs, last = layer(torch.ones(10, 5, 3))
    >>> outputs.shape, last.shape
    (torch.Size([10, 5, 4]), torch.Size([1, 5, 4]))
    """

    weight_ih_l0: Parameter

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        if nonlinearity not in NONLINEARITIES:
            raise ValueError(f"expected nonlinearity to be 'tanh' or 'relu', got {nonlinearity!r}")
        super().__init__(
            f"RNN_{nonlinearity.upper()}", 1, input_size, hidden_size, num_layers, bias, batch_first, dropout,
            bidirectional, 0, 0, device, dtype, generator,
        )  # fmt: skip
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Map a sequence to the last layer's states at all times, and to every layer's state at the last time.

        Args:
            input: Shape (T, N, input_size), with ``batch_first`` (N, T, input_size); for a single sequence
                (T, input_size).
            hx: The first states, shape (layers · directions, N, H), or (layers · directions, H) for a single sequence;
                by default zeros.

        Returns:
            Outputs (T, N, directions · H), and the last states in the shape of ``hx``.

        Raises:
            TypeError: The input is a ``PackedSequence``, or the first state is not one tensor.
            ValueError: The input has another number of dimensions, or another dtype than the weights.
            RuntimeError: Sizes do not fit, or the sequence is empty.
        """
        y, (h,) = self._run(input, None if hx is None else (hx,), self.hidden_size)
        return y, h

    def _scan(self, x: Tensor, state: list[Tensor], W: Weights) -> tuple[Tensor, tuple[Tensor, ...]]:
        (h,) = state
        y = scan_rnn(affine(x, W.ih, W.b), h, W.hh, self.nonlinearity)
        return y, (y[-1],)


class LeakyRNN(RNN):
    r"""A recurrent network whose units are running averages, so that they remember longer.

    $h_t = \alpha h_{t-1} + (1 - \alpha) \tanh(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})$
    (Deep Learning, section 10.9.2)

    $\alpha$ is how much of the old state stays: near 1 a unit remembers for about $1 / (1 - \alpha)$ steps, with 0 it
    is a unit of :class:`RNN`. Papers on echo state networks call $1 - \alpha$ the leak.

    The arguments are those of :class:`RNN`, and this:

    Args:
        leak: $\alpha$, from 0 to 1: one number, or one for each unit, shape (H,). It is not learnt.

    Attributes:
        leak: $\alpha$, shape () or (H,), a buffer.

    Raises:
        ValueError: Besides what :class:`RNN` says, a leak is out of its range or has another shape.

    >>> layer = LeakyRNN(3, 4, leak=torch.tensor([0.0, 0.5, 0.9, 0.99]))
    >>> outputs, last = layer(torch.ones(10, 5, 3))
    >>> outputs.shape
    torch.Size([10, 5, 4])
    """

    leak: Tensor

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        leak: float | Tensor,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__(
            input_size, hidden_size, num_layers, nonlinearity, bias, batch_first, dropout, bidirectional,
            device, dtype, generator=generator,
        )  # fmt: skip
        alpha = torch.as_tensor(leak).detach().to(self.weight_ih_l0, copy=True)
        if alpha.shape not in ((), (hidden_size,)):
            raise ValueError(f"expected leak as one number or of shape ({hidden_size},), got {tuple(alpha.shape)}")
        if not bool(((alpha >= 0) & (alpha <= 1)).all()):
            raise ValueError(f"expected leak, how much of the old state stays, from 0 to 1, got {leak}")
        self.register_buffer("leak", alpha)

    def _scan(self, x: Tensor, state: list[Tensor], W: Weights) -> tuple[Tensor, tuple[Tensor, ...]]:
        (h,) = state
        y = []
        for a in affine(x, W.ih, W.b).unbind():
            h = torch.lerp(rnn_step(a, h, W.hh, nonlinearity=self.nonlinearity), h, self.leak)
            y.append(h)
        return torch.stack(y), (h,)

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return super().extra_repr() + ", leak=" + (f"{self.leak.item():.3g}" if self.leak.ndim == 0 else "per unit")


class LSTM(_Recurrent):
    r"""A long short-term memory: a cell whose content gates keep, write and show.

    $i, f, o = \sigma(\cdot)$ and $g = \tanh(\cdot)$ of $W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh}$, and then

    $$c_t = f \odot c_{t-1} + i \odot g \qquad h_t = o \odot \tanh(c_t)$$

    (Hochreiter and Schmidhuber, 1997; Gers et al., 2000; Deep Learning, section 10.10.1)

    The arguments are those of :class:`RNN` without the nonlinearity, and these:

    Args:
        input_size: As for :class:`RNN`.
        hidden_size: $H$, numbers in the cell $c$, and in $h$ if it is not projected.
        num_layers: See there.
        bias: See there.
        batch_first: See there.
        dropout: See there.
        bidirectional: See there.
        proj_size: If not 0, $P$: $h_t$ is projected to $P$ numbers, $W_{hr} h_t$ (Sak et al., 2014).
        device: See there.
        dtype: See there.
        peephole: Whether gates also see the cell: $p_i \odot c_{t-1}$, $p_f \odot c_{t-1}$ and $p_o \odot c_t$ are
            added inside their sigmoids (Gers and Schmidhuber, 2000).
        coupled: Whether $i = 1 - f$ instead of an input gate of its own (Greff et al., 2017).
        generator: See there.

    Attributes:
        weight_ih_l0: $W_{ih}$ of the first layer, shape (4H, input_size): input gate, forget gate, new content, output
            gate. Coupled gates have no input gate: (3H, input_size).
        weight_hh_l0: $W_{hh}$, shape (4H, H) or (4H, P); coupled, with 3H rows.
        bias_ih_l0: $b_{ih}$, shape (4H,); coupled, (3H,).
        bias_hh_l0: $b_{hh}$, of the same shape.
        weight_hr_l0: $W_{hr}$, shape (P, H), if there is a projection.
        weight_peephole_l0: $p$ of input, forget and output gate, shape (3H,), if there are peepholes; coupled, of
            forget and output gate, (2H,).

    Raises:
        TypeError: An option is of the wrong type.
        ValueError: An option is out of its range.

    >>> layer = LSTM(3, 4, num_layers=2)
    >>> outputs, (h, c) = layer(torch.ones(10, 5, 3))
    >>> outputs.shape, h.shape, c.shape
    (torch.Size([10, 5, 4]), torch.Size([2, 5, 4]), torch.Size([2, 5, 4]))
    """

    weight_ih_l0: Parameter

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
        *,
        peephole: bool = False,
        coupled: bool = False,
        generator: torch.Generator | None = None,
    ) -> None:
        gates = 3 if coupled else 4
        super().__init__(
            "LSTM", gates, input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size,
            gates - 1 if peephole else 0, device, dtype, generator,
        )  # fmt: skip
        self._peephole = peephole
        self._coupled = coupled

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Map a sequence to the last layer's $h$ at all times, and to every layer's $h$ and $c$ at the last time.

        Args:
            input: Shape (T, N, input_size), with ``batch_first`` (N, T, input_size); for a single sequence
                (T, input_size).
            hx: The first $h$ and $c$, shapes (layers · directions, N, H or P) and (layers · directions, N, H), without
                the N for a single sequence; by default zeros.

        Returns:
            Outputs (T, N, directions · H or P), and the last $h$ and $c$ in the shapes of ``hx``.

        Raises:
            TypeError: The input is a ``PackedSequence``, or the first states are not a pair of tensors.
            ValueError: The input has another number of dimensions, or another dtype than the weights.
            RuntimeError: Sizes do not fit, or the sequence is empty.
        """
        y, (h, c) = self._run(input, hx, self._output_size, self.hidden_size)
        return y, (h, c)

    def _scan(self, x: Tensor, state: list[Tensor], W: Weights) -> tuple[Tensor, tuple[Tensor, ...]]:
        h, c = state
        a = affine(x, W.ih, W.b)
        if self._coupled or self._peephole or self.proj_size > 0:
            y, c = unroll_lstm(a, h, c, W.hh, projection=W.hr, peephole=W.peephole, coupled=self._coupled)
        else:
            y, c = scan_lstm(a, h, c, W.hh)
        return y, (y[-1], c)

    def extra_repr(self) -> str:
        """What stands between the parentheses of the layer's repr."""
        return super().extra_repr() + lstm_options(self._peephole, self._coupled)


class GRU(_Recurrent):
    r"""Gated recurrent units: a state that a gate mixes from the old one and new content.

    $r, z = \sigma(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})$ and
    $n = \tanh(W_{in} x_t + b_{in} + r \odot (W_{hn} h_{t-1} + b_{hn}))$, and then

    $$h_t = (1 - z) \odot n + z \odot h_{t-1}$$

    (Cho et al., 2014; Deep Learning, section 10.10.2)

    The arguments are those of :class:`RNN` without the nonlinearity.

    Attributes:
        weight_ih_l0: $W_{ih}$ of the first layer, shape (3H, input_size): reset gate, update gate, new content.
        weight_hh_l0: $W_{hh}$, shape (3H, H).
        bias_ih_l0: $b_{ih}$, shape (3H,).
        bias_hh_l0: $b_{hh}$, shape (3H,).

    Raises:
        TypeError: An option is of the wrong type.
        ValueError: An option is out of its range.

    >>> outputs, last = GRU(3, 4, bidirectional=True)(torch.ones(10, 5, 3))
    >>> outputs.shape, last.shape
    (torch.Size([10, 5, 8]), torch.Size([2, 5, 4]))
    """

    weight_ih_l0: Parameter

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__(
            "GRU", 3, input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, 0,
            device, dtype, generator,
        )  # fmt: skip

    def forward(self, input: Tensor, hx: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Map a sequence to the last layer's states at all times, and to every layer's state at the last time.

        Shapes and errors are those of :meth:`RNN.forward`.
        """
        y, (h,) = self._run(input, None if hx is None else (hx,), self.hidden_size)
        return y, h

    def _scan(self, x: Tensor, state: list[Tensor], W: Weights) -> tuple[Tensor, tuple[Tensor, ...]]:
        (h,) = state
        y = scan_gru(affine(x, W.ih, W.b_ih), h, W.hh, W.b_hh)
        return y, (y[-1],)
