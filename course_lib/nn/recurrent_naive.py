r"""Recurrent networks as they are written: the equations in a loop over time, for NumPy and torch.

They compute what :class:`~course_lib.nn.RNN`, :class:`~course_lib.nn.LSTM` and :class:`~course_lib.nn.GRU` compute in
one layer and one direction, with every gate by its name; and they return the gates, so that one can look at them.
"""

from __future__ import annotations

from typing import NamedTuple

from course_lib.arrays import Array, namespace
from course_lib.probability.functions import sigmoid


def rnn_forward_naive(x: Array, h: Array, W_ih: Array, W_hh: Array, b: Array) -> Array:
    r"""A simple recurrent network, number by number.

    $h_{t, i} = \tanh\bigl(b_i + \sum_j W_{hh, i j}\, h_{t-1, j} + \sum_k W_{ih, i k}\, x_{t, k}\bigr)$
    (Deep Learning, eq. 10.8 and 10.9)

    Args:
        x: Inputs, shape (T, ..., features), a NumPy array or a torch tensor.
        h: The first state, shape (..., H).
        W_ih: From the input, shape (H, features).
        W_hh: From the state before, shape (H, H).
        b: Bias, shape (H,); of torch's two the sum.

    Returns:
        The states, shape (T, ..., H).

    >>> import numpy as np
    >>> one = np.ones((1, 1))
    >>> rnn_forward_naive(np.array([[1.0], [0.0]]), np.zeros(1), one, one, np.zeros(1)).round(2)
    array([[0.76],
           [0.64]])
    """
    xp = namespace(x, h, W_ih, W_hh, b)
    states = []
    for t in range(x.shape[0]):
        units = []
        for i in range(W_hh.shape[0]):
            a = b[i]
            for j in range(W_hh.shape[1]):
                a = a + W_hh[i, j] * h[..., j]
            for k in range(W_ih.shape[1]):
                a = a + W_ih[i, k] * x[t, ..., k]
            units.append(xp.tanh(a))
        h = xp.stack(units, axis=-1)
        states.append(h)
    return xp.stack(states)


class LSTMTrace(NamedTuple):
    """What happened in a long short-term memory at all times; each of shape (T, ..., H)."""

    h: Array
    """What is shown."""
    c: Array
    """The cell."""
    i: Array
    """Input gate."""
    f: Array
    """Forget gate."""
    g: Array
    """New content."""
    o: Array
    """Output gate."""


def lstm_forward_naive(x: Array, h: Array, c: Array, W_ih: Array, W_hh: Array, b: Array) -> LSTMTrace:
    r"""A long short-term memory, gate by gate.

    $$i = \sigma(W_i x_t + U_i h_{t-1} + b_i) \quad f = \sigma(W_f x_t + U_f h_{t-1} + b_f) \quad
    g = \tanh(W_g x_t + U_g h_{t-1} + b_g) \quad o = \sigma(W_o x_t + U_o h_{t-1} + b_o)$$

    $$c_t = f \odot c_{t-1} + i \odot g \qquad h_t = o \odot \tanh(c_t)$$

    (Deep Learning, eq. 10.40 to 10.44)

    Args:
        x: Inputs, shape (T, ..., features), a NumPy array or a torch tensor.
        h: The first $h$, shape (..., H).
        c: The first cell, shape (..., H).
        W_ih: $W_i, W_f, W_g, W_o$ below each other, shape (4H, features).
        W_hh: $U_i, U_f, U_g, U_o$ below each other, shape (4H, H).
        b: Biases in the same order, shape (4H,); of torch's two the sum.

    Returns:
        Outputs, cells and gates at all times.
    """
    xp = namespace(x, h, c, W_ih, W_hh, b)
    (W_i, W_f, W_g, W_o), (U_i, U_f, U_g, U_o), (b_i, b_f, b_g, b_o) = (_parts(m, 4) for m in (W_ih, W_hh, b))
    steps = []
    for t in range(x.shape[0]):
        i = sigmoid(x[t] @ W_i.T + h @ U_i.T + b_i)
        f = sigmoid(x[t] @ W_f.T + h @ U_f.T + b_f)
        g = xp.tanh(x[t] @ W_g.T + h @ U_g.T + b_g)
        o = sigmoid(x[t] @ W_o.T + h @ U_o.T + b_o)
        c = f * c + i * g
        h = o * xp.tanh(c)
        steps.append((h, c, i, f, g, o))
    return LSTMTrace(*[xp.stack(values) for values in zip(*steps, strict=True)])


class GRUTrace(NamedTuple):
    """What happened in a layer of gated recurrent units at all times; each of shape (T, ..., H)."""

    h: Array
    """The state."""
    r: Array
    """Reset gate."""
    z: Array
    """Update gate: how much of the old state stays."""
    n: Array
    """New content."""


def gru_forward_naive(x: Array, h: Array, W_ih: Array, W_hh: Array, b_ih: Array, b_hh: Array) -> GRUTrace:
    r"""A layer of gated recurrent units, gate by gate.

    $$r = \sigma(W_r x_t + b_r + U_r h_{t-1} + d_r) \quad z = \sigma(W_z x_t + b_z + U_z h_{t-1} + d_z) \quad
    n = \tanh(W_n x_t + b_n + r \odot (U_n h_{t-1} + d_n))$$

    $$h_t = (1 - z) \odot n + z \odot h_{t-1}$$

    (Cho et al., 2014; Deep Learning, section 10.10.2)

    Args:
        x: Inputs, shape (T, ..., features), a NumPy array or a torch tensor.
        h: The first state, shape (..., H).
        W_ih: $W_r, W_z, W_n$ below each other, shape (3H, features).
        W_hh: $U_r, U_z, U_n$ below each other, shape (3H, H).
        b_ih: $b_r, b_z, b_n$, shape (3H,).
        b_hh: $d_r, d_z, d_n$, shape (3H,).

    Returns:
        States and gates at all times.
    """
    xp = namespace(x, h, W_ih, W_hh, b_ih, b_hh)
    (W_r, W_z, W_n), (U_r, U_z, U_n), (b_r, b_z, b_n), (d_r, d_z, d_n) = (
        _parts(m, 3) for m in (W_ih, W_hh, b_ih, b_hh)
    )
    steps = []
    for t in range(x.shape[0]):
        r = sigmoid(x[t] @ W_r.T + b_r + h @ U_r.T + d_r)
        z = sigmoid(x[t] @ W_z.T + b_z + h @ U_z.T + d_z)
        n = xp.tanh(x[t] @ W_n.T + b_n + r * (h @ U_n.T + d_n))
        h = (1 - z) * n + z * h
        steps.append((h, r, z, n))
    return GRUTrace(*[xp.stack(values) for values in zip(*steps, strict=True)])


def _parts(m: Array, gates: int) -> list[Array]:
    """The rows of each gate."""
    H = m.shape[0] // gates
    return [m[k * H : (k + 1) * H] for k in range(gates)]
