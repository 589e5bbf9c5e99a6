r"""Back-propagation through time, written out.

Autograd can differentiate the loop over a sequence step by step. Written out, it is quicker, for two reasons that hold
for every recurrent network. How strongly each step passes on small changes (the slopes) is known from the way forward,
so it is computed for all times at once, and only the chain from state to state is a loop. And the gradient of the
shared weights is a sum over times, $\sum_t \delta_t^\top h_{t-1}$, which is a single matrix product in the end.

Each class holds the pair: ``forward`` runs the sequence, ``backward`` sends gradients back through it. There the slopes
become, in place, $\delta_t$, the gradients of what enters the nonlinearities at time $t$. Who wants gradients of
gradients gets those of the plain loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from .cells import NONLINEARITIES, gru_step, lstm_step, rnn_step


def unroll_rnn(a: Tensor, h: Tensor, W: Tensor, nonlinearity: str = "tanh") -> Tensor:
    """:func:`~course_lib.nn.cells.rnn_step` along a sequence.

    Args:
        a: What the inputs say, both biases included, shape (T, N, H).
        h: The first state, shape (N, H).
        W: $W_{hh}$, shape (H, H).
        nonlinearity: "tanh" or "relu".

    Returns:
        The states, shape (T, N, H).
    """
    states = []
    for a_t in a.unbind():
        h = rnn_step(a_t, h, W, nonlinearity=nonlinearity)
        states.append(h)
    return torch.stack(states)


def unroll_lstm(a: Tensor, h: Tensor, c: Tensor, W: Tensor, **options: Any) -> tuple[Tensor, Tensor]:
    """:func:`~course_lib.nn.cells.lstm_step` along a sequence, with its options.

    Args:
        a: What the inputs say, both biases included, shape (T, N, 4H), or (T, N, 3H) for coupled gates.
        h: The first $h$, shape (N, H), or (N, P) with a projection.
        c: The first cell, shape (N, H).
        W: $W_{hh}$, as many rows as ``a`` has columns, as many columns as ``h``.
        options: Projection, peephole, coupled.

    Returns:
        Every $h$, shape (T, N, H) or (T, N, P), and the last cell.
    """
    outputs = []
    for a_t in a.unbind():
        h, c = lstm_step(a_t, (h, c), W, **options)
        outputs.append(h)
    return torch.stack(outputs), c


def unroll_gru(a: Tensor, h: Tensor, W: Tensor, b: Tensor | None = None) -> Tensor:
    """:func:`~course_lib.nn.cells.gru_step` along a sequence.

    Args:
        a: What the inputs say, shape (T, N, 3H).
        h: The first state, shape (N, H).
        W: $W_{hh}$, shape (3H, H).
        b: $b_{hh}$, shape (3H,), or None.

    Returns:
        The states, shape (T, N, H).
    """
    states = []
    for a_t in a.unbind():
        h = gru_step(a_t, h, W, b)
        states.append(h)
    return torch.stack(states)


def _recorded(unroll: Callable, inputs: Sequence[Tensor | None], *g: Tensor) -> list[Tensor | None]:
    """The gradients of the plain loop, which can be differentiated again."""
    wanted = {i: x for i, x in enumerate(inputs) if x is not None and x.requires_grad}
    found = torch.autograd.grad(unroll(*inputs), list(wanted.values()), g, create_graph=True)
    gradients = dict(zip(wanted, found, strict=True))
    return [gradients.get(i) for i in range(len(inputs))]


def _before(first: Tensor, states: Tensor) -> Tensor:
    """$h_{t-1}$ for every $t$."""
    return torch.cat([first.unsqueeze(0), states[:-1]])


def _weight_gradient(delta: Tensor, first: Tensor, states: Tensor) -> Tensor:
    r"""$\sum_t \delta_t^\top h_{t-1}$"""
    return delta.flatten(0, 1).T @ _before(first, states).flatten(0, 1)


def _from_the_end(*sequences: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """What belongs to the last time, to the one before, and so on."""
    return zip(*(reversed(x.unbind()) for x in sequences), strict=True)


def _sigmoid_of_minus_(x: Tensor) -> Tensor:
    r"""$1 / (1 + e^x)$, in place."""
    return x.exp_().add_(1).reciprocal_()


class _RNN(Function):
    """$h_t = f(a_t + W h_{t-1})$; the slope of tanh is $1 - h_t^2$, that of a rectifier 0 or 1."""

    @staticmethod
    def forward(ctx: Any, a: Tensor, h: Tensor, W: Tensor, nonlinearity: str) -> Tensor:
        f = NONLINEARITIES[nonlinearity]
        first, states = h, []
        for a_t in a.unbind():
            h = f(torch.addmm(a_t, h, W.T))
            states.append(h)
        y = torch.stack(states)
        ctx.save_for_backward(a, first, W, y)
        ctx.nonlinearity = nonlinearity
        return y

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor | None, ...]:
        a, first, W, y = ctx.saved_tensors
        if torch.is_grad_enabled():
            return *_recorded(lambda a, h, W: unroll_rnn(a, h, W, ctx.nonlinearity), (a, first, W), dy), None
        delta = 1 - y * y if ctx.nonlinearity == "tanh" else y.sign()
        dh_next = torch.zeros_like(first)
        for dy_t, delta_t in _from_the_end(dy, delta):
            delta_t *= dy_t + dh_next
            dh_next = delta_t @ W
        return delta, dh_next, _weight_gradient(delta, first, y), None


class _LSTM(Function):
    r"""$c_t = f \odot c_{t-1} + i \odot g$ and $h_t = o \odot \tanh(c_t)$"""

    @staticmethod
    def forward(ctx: Any, a: Tensor, h: Tensor, c: Tensor, W: Tensor) -> tuple[Tensor, Tensor]:
        inputs = (a, h, c, W)
        # tanh(x) = 2 sigmoid(2x) - 1: with the rows of the new content doubled, one sigmoid serves it and the gates
        minus = -a.new_tensor([1.0, 1.0, 2.0, 1.0]).repeat_interleave(h.shape[1])
        gates, U = a * minus, W.T * minus
        cells: list[Tensor] = [c]
        shown: list[Tensor] = []
        outputs: list[Tensor] = []
        for gate in gates.unbind():
            i, f, g, o = _sigmoid_of_minus_(gate.addmm_(h, U)).chunk(4, -1)
            g.mul_(2).sub_(1)
            c = torch.addcmul(i * g, f, c)
            cells.append(c)
            shown.append(torch.tanh(c))
            h = o * shown[-1]
            outputs.append(h)
        y = torch.stack(outputs)
        ctx.save_for_backward(*inputs, y, gates, torch.stack(cells), torch.stack(shown))
        return y, c

    @staticmethod
    def backward(ctx: Any, dy: Tensor, dc: Tensor) -> tuple[Tensor | None, ...]:
        *inputs, y, gates, cells, shown = ctx.saved_tensors
        if torch.is_grad_enabled():
            return tuple(_recorded(unroll_lstm, inputs, dy, dc))
        _, first, _, W = inputs
        i, f, g, o = gates.chunk(4, -1)
        h_to_c = o * (1 - shown * shown)
        slope = torch.stack([g * i * (1 - i), cells[:-1] * f * (1 - f), i * (1 - g * g), shown * o * (1 - o)], 2)
        delta = slope.flatten(2)
        dh_next = torch.zeros_like(first)
        parts = (dy, h_to_c, f, slope[:, :, :3], slope[:, :, 3], delta)
        for dy_t, h_to_c_t, f_t, below_c, below_h, delta_t in _from_the_end(*parts):
            dh = dy_t + dh_next
            dc = torch.addcmul(dc, dh, h_to_c_t)
            below_c *= dc.unsqueeze(1)
            below_h *= dh
            dh_next, dc = delta_t @ W, dc * f_t
        return delta, dh_next, dc, _weight_gradient(delta, first, y)


class _GRU(Function):
    r"""$h_t = (1 - z) \odot n + z \odot h_{t-1}$"""

    @staticmethod
    def forward(ctx: Any, a: Tensor, h: Tensor, W: Tensor, b: Tensor | None) -> Tensor:
        inputs, H = (a, h, W, b), h.shape[1]
        sign = a.new_tensor([-1.0, -1.0, 1.0]).repeat_interleave(H)
        gates, U, b = a * sign, W.T * sign, None if b is None else b * sign
        states, contents = [], []
        for gate in gates.unbind():
            m = h @ U if b is None else torch.addmm(b, h, U)
            (rz, n), (m_rz, m_n) = gate.split([2 * H, H], -1), m.split([2 * H, H], -1)
            r, z = _sigmoid_of_minus_(rz.add_(m_rz)).chunk(2, -1)
            n.addcmul_(r, m_n).tanh_()
            h = torch.lerp(n, h, z)
            states.append(h)
            contents.append(m_n)
        y = torch.stack(states)
        ctx.save_for_backward(*inputs, y, gates, torch.stack(contents))
        return y

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor | None, ...]:
        *inputs, y, gates, m_n = ctx.saved_tensors
        if torch.is_grad_enabled():
            return tuple(_recorded(unroll_gru, inputs, dy))
        _, first, W, b = inputs
        r, z, n = gates.chunk(3, -1)
        to_n = (1 - z) * (1 - n * n)
        slope = torch.stack([to_n * m_n * r * (1 - r), (_before(first, y) - n) * z * (1 - z), to_n * r], 2)
        delta = slope.flatten(2)
        dh_next = torch.zeros_like(first)
        for dy_t, z_t, slope_t, to_n_t, delta_t in _from_the_end(dy, z, slope, to_n, delta):
            dh = dy_t + dh_next
            slope_t *= dh.unsqueeze(1)
            to_n_t *= dh
            dh_next = torch.addmm(dh * z_t, delta_t, W)
        da = torch.cat([slope[:, :, :2].flatten(2), to_n], -1)
        return da, dh_next, _weight_gradient(delta, first, y), None if b is None else delta.sum((0, 1))


def scan_rnn(a: Tensor, h: Tensor, W: Tensor, nonlinearity: str = "tanh") -> Tensor:
    """What :func:`unroll_rnn` computes, quicker."""
    return _RNN.apply(a, h, W, nonlinearity)


def scan_lstm(a: Tensor, h: Tensor, c: Tensor, W: Tensor) -> tuple[Tensor, Tensor]:
    """What :func:`unroll_lstm` computes without options, quicker."""
    return _LSTM.apply(a, h, c, W)


def scan_gru(a: Tensor, h: Tensor, W: Tensor, b: Tensor | None = None) -> Tensor:
    """What :func:`unroll_gru` computes, quicker."""
    return _GRU.apply(a, h, W, b)
