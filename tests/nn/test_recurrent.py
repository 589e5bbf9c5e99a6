"""What torch's recurrent layers have not: the loops, peepholes, coupled gates, leaky units, delays, both directions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn as theirs
from torch.autograd import gradcheck, gradgradcheck

from course_lib import nn as ours
from course_lib.arrays import torch_generator
from course_lib.nn import bptt, cells
from tests.nn.oracle import TOLERANCE

T, N, F, H = 5, 3, 4, 6


def numbers(*shape, seed=0):
    return torch.randn(shape, generator=torch_generator(seed), dtype=torch.float64)


def close(a, b):
    torch.testing.assert_close(a, b, **TOLERANCE)


def weights(layer):
    return [W.detach() for W in layer.all_weights[0]]


# The loops as they are written ----------------------------------------------------------------------------------------


def test_the_loop_over_numbers_is_a_recurrent_network(asarray):
    layer = theirs.RNN(F, H).double()
    x, h = numbers(T, N, F), numbers(N, H, seed=1)
    W_ih, W_hh, b_ih, b_hh = weights(layer)
    y = ours.rnn_forward_naive(*[asarray(v.numpy()) for v in (x, h, W_ih, W_hh, b_ih + b_hh)])
    np.testing.assert_allclose(np.asarray(y), layer(x, h[None])[0].detach().numpy(), rtol=1e-10, atol=1e-12)
    alone = ours.rnn_forward_naive(*[asarray(v.numpy()) for v in (x[:, 0], h[0], W_ih, W_hh, b_ih + b_hh)])
    np.testing.assert_allclose(np.asarray(alone), np.asarray(y)[:, 0], rtol=1e-12)


def test_the_loop_over_gates_is_a_long_short_term_memory(asarray):
    layer = theirs.LSTM(F, H).double()
    x, h, c = numbers(T, N, F), numbers(N, H, seed=1), numbers(N, H, seed=2)
    W_ih, W_hh, b_ih, b_hh = weights(layer)
    trace = ours.lstm_forward_naive(*[asarray(v.numpy()) for v in (x, h, c, W_ih, W_hh, b_ih + b_hh)])
    y, (_, last) = layer(x, (h[None], c[None]))
    np.testing.assert_allclose(np.asarray(trace.h), y.detach().numpy(), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(np.asarray(trace.c[-1]), last[0].detach().numpy(), rtol=1e-10, atol=1e-12)
    before = np.concatenate([c.numpy()[None], np.asarray(trace.c)[:-1]])
    i, f, g, o = (np.asarray(gate) for gate in (trace.i, trace.f, trace.g, trace.o))
    np.testing.assert_allclose(f * before + i * g, np.asarray(trace.c))
    np.testing.assert_allclose(o * np.tanh(np.asarray(trace.c)), np.asarray(trace.h))


def test_the_loop_over_gates_is_a_gated_recurrent_unit(asarray):
    layer = theirs.GRU(F, H).double()
    x, h = numbers(T, N, F), numbers(N, H, seed=1)
    trace = ours.gru_forward_naive(*[asarray(v.numpy()) for v in (x, h, *weights(layer))])
    np.testing.assert_allclose(np.asarray(trace.h), layer(x, h[None])[0].detach().numpy(), rtol=1e-10, atol=1e-12)
    before = np.concatenate([h.numpy()[None], np.asarray(trace.h)[:-1]])
    z = np.asarray(trace.z)
    np.testing.assert_allclose((1 - z) * np.asarray(trace.n) + z * before, np.asarray(trace.h))
    assert np.asarray(trace.r).shape == (T, N, H)


# Back-propagation through time ----------------------------------------------------------------------------------------


SCANS = [
    ("rnn", lambda *v: bptt.scan_rnn(*v[:3]), lambda *v: bptt.unroll_rnn(*v[:3]), 1),
    ("rectified", lambda *v: bptt.scan_rnn(*v[:3], "relu"), lambda *v: bptt.unroll_rnn(*v[:3], "relu"), 1),
    ("gru", bptt.scan_gru, bptt.unroll_gru, 3),
    ("gru without bias", lambda *v: bptt.scan_gru(*v[:3]), lambda *v: bptt.unroll_gru(*v[:3]), 3),
    ("lstm", lambda a, h, W, c: bptt.scan_lstm(a, h, c, W), lambda a, h, W, c: bptt.unroll_lstm(a, h, c, W), 4),
]


def scanned(name, gates, steps=4, batch=3, hidden=2):
    rows = gates * hidden
    last = numbers(batch, hidden, seed=4) if name == "lstm" else numbers(rows, seed=4)
    inputs = (numbers(steps, batch, rows), numbers(batch, hidden), numbers(rows, hidden, seed=3), last)
    return [v.requires_grad_() for v in inputs]


@pytest.mark.parametrize(("name", "scan", "unroll", "gates"), SCANS, ids=[case[0] for case in SCANS])
def test_written_out_it_is_the_plain_loop(name, scan, unroll, gates):
    inputs = scanned(name, gates)
    results = []
    for function in (scan, unroll):
        found = function(*inputs)
        found = found if isinstance(found, tuple) else (found,)
        g = [numbers(*y.shape, seed=7) for y in found]
        gradients = torch.autograd.grad(found, inputs, g, allow_unused=True)
        results.append((*found, *[v for v in gradients if v is not None]))
    close(*results)


@pytest.mark.parametrize(("name", "scan", "unroll", "gates"), SCANS, ids=[case[0] for case in SCANS])
def test_both_derivatives_are_those_of_small_differences(name, scan, unroll, gates):
    inputs = scanned(name, gates, steps=3, batch=1)
    used = inputs if name in ("gru", "lstm") else inputs[:3]
    rest = inputs[len(used) :]
    assert gradcheck(lambda *v: scan(*v, *rest), used)
    assert gradgradcheck(lambda *v: scan(*v, *rest), used)


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_gradients_can_be_asked_for_twice(name):
    """The way back changes nothing that a second one needs."""
    layer = getattr(ours, name)(F, H).double()
    x = numbers(T, N, F).requires_grad_()
    y = layer(x)[0]
    g = numbers(*y.shape, seed=1)
    before = g.clone()
    variables = [x, *layer.parameters()]
    first, second = (torch.autograd.grad(y, variables, g, retain_graph=True) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    assert torch.equal(g, before)


# Long short-term memories beyond torch's ------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"num_layers": 2, "bidirectional": True}, {"proj_size": 2}], ids=str)
def test_coupled_gates_are_an_input_gate_with_the_forget_gates_weights_negated(options):
    """1 − sigmoid(x) = sigmoid(−x)."""
    mine, yours = ours.LSTM(F, H, **options, coupled=True).double(), theirs.LSTM(F, H, **options).double()
    state = mine.state_dict()
    yours.load_state_dict({k: v if "_hr_" in k else torch.cat([-v[:H], v]) for k, v in state.items()})
    x = numbers(T, N, F)
    close(mine(x), yours(x))


@pytest.mark.parametrize("coupled", [False, True])
def test_peepholes_look_at_the_cell_before_and_the_output_gates_at_the_cell_now(coupled):
    layer = ours.LSTM(F, H, peephole=True, coupled=coupled).double()
    x = numbers(T, N, F)
    W, U, b, d, p = (v.numpy() for v in weights(layer))
    parts = 3 if coupled else 4
    h = c = np.zeros((N, H))
    for x_t in x.numpy():
        *a_i, a_f, a_g, a_o = np.split(x_t @ W.T + b + h @ U.T + d, parts, axis=1)
        *p_i, p_f, p_o = np.split(p, parts - 1)
        f = 1 / (1 + np.exp(-a_f - p_f * c))
        i = 1 - f if coupled else 1 / (1 + np.exp(-a_i[0] - p_i[0] * c))
        c = f * c + i * np.tanh(a_g)
        h = np.tanh(c) / (1 + np.exp(-a_o - p_o * c))
    y, (_, last) = layer(x)
    np.testing.assert_allclose(y[-1].detach().numpy(), h, rtol=1e-10)
    np.testing.assert_allclose(last[0].detach().numpy(), c, rtol=1e-10)


@pytest.mark.parametrize(
    "options", [{"peephole": True}, {"coupled": True}, {"peephole": True, "coupled": True}], ids=str
)
def test_the_cell_takes_the_steps_of_the_layer(options):
    layer, cell = ours.LSTM(F, H, **options).double(), ours.LSTMCell(F, H, **options).double()
    cell.load_state_dict({name.removesuffix("_l0"): W for name, W in layer.state_dict().items()})
    x, state = numbers(T, N, F), None
    for x_t in x:
        state = cell(x_t, state)
    last = layer(x)[1]
    close(state, (last[0][0], last[1][0]))
    assert gradgradcheck(lambda x: layer(x)[0], x[:2, :1].requires_grad_())
    for module in (layer, cell):
        assert ", ".join(f"{name}=True" for name in options) in repr(module)


def test_peepholes_that_are_shut_change_nothing():
    layer, yours = ours.LSTM(F, H, peephole=True).double(), theirs.LSTM(F, H).double()
    torch.nn.init.zeros_(layer.weight_peephole_l0)
    layer.load_state_dict(yours.state_dict(), strict=False)
    x = numbers(T, N, F)
    close(layer(x), yours(x))


@pytest.mark.parametrize(
    ("options", "shape"),
    [({"peephole": True}, (3 * H,)), ({"peephole": True, "coupled": True}, (2 * H,)), ({"coupled": True}, None)],
)
def test_parameters_beyond_torch(options, shape):
    for module, end in ((ours.LSTM(F, H, 2, **options), "_l1"), (ours.LSTMCell(F, H, **options), "")):
        state = module.state_dict()
        assert (state[f"weight_peephole{end}"].shape if shape else None) == shape
        assert state[f"weight_hh{end}"].shape == ((3 if "coupled" in options else 4) * H, H)
        assert all(0 < W.abs().max() <= 1 / np.sqrt(H) for W in state.values())


def test_the_gates_of_a_step_can_be_taken_one_by_one():
    """The functions under the cells, without a bias."""
    a, h, c, W = numbers(N, 4 * H), numbers(N, H, seed=1), numbers(N, H, seed=2), numbers(4 * H, H, seed=3)
    cell = theirs.LSTMCell(4 * H, H, bias=False).double()
    with torch.no_grad():
        cell.weight_ih.copy_(torch.eye(4 * H))
        cell.weight_hh.copy_(W)
    close(cells.lstm_step(a, (h, c), W), cell(a, (h, c)))


def test_how_many_parameters():
    """The lecture's figures; torch, and so we, count a second bias of 32."""
    layers = {
        "embedding": ours.Embedding(10_000, 32),
        "recurrent": ours.RNN(32, 32),
        "no bias": ours.RNN(32, 32, bias=False),
    }
    count = {name: sum(p.numel() for p in layer.parameters()) for name, layer in layers.items()}
    assert count == {"embedding": 320_000, "recurrent": 2_080 + 32, "no bias": 2_080 - 32}


# Leaky units, delays, both directions ---------------------------------------------------------------------------------


@pytest.mark.parametrize("leak", [0.3, torch.tensor([0.0, 0.5, 0.9, 1.0, 0.99, 0.2])], ids=["one", "per unit"])
def test_leaky_units_are_running_averages(leak):
    layer = ours.LeakyRNN(F, H, leak=leak).double()
    x, h = numbers(T, N, F), numbers(1, N, H, seed=1)
    W, U, b, d = (v.numpy() for v in weights(layer))
    alpha, state, wanted = np.asarray(layer.leak), h[0].numpy(), []
    for x_t in x.numpy():
        state = alpha * state + (1 - alpha) * np.tanh(x_t @ W.T + b + state @ U.T + d)
        wanted.append(state)
    y, last = layer(x, h)
    np.testing.assert_allclose(y.detach().numpy(), np.stack(wanted), rtol=1e-10)
    close(last[0], y[-1])


def test_units_without_a_leak_are_simple_and_units_with_all_of_it_never_move():
    options = {"num_layers": 2, "bidirectional": True, "batch_first": True}
    layer, yours = ours.LeakyRNN(F, H, **options, leak=0.0).double(), theirs.RNN(F, H, **options).double()
    yours.load_state_dict({k: v for k, v in layer.state_dict().items() if k != "leak"})
    x, h = numbers(N, T, F), numbers(4, N, H, seed=1)
    close(layer(x, h), yours(x, h))
    torch.testing.assert_close(ours.LeakyRNN(F, H, **options, leak=1.0).double()(x, h)[1], h)


def test_a_leak_is_kept_with_the_weights_and_belongs_to_the_layer():
    given = torch.full((H,), 0.5)
    layer = ours.LeakyRNN(F, H, leak=given)
    other = ours.LeakyRNN(F, H, leak=torch.zeros(H))
    other.load_state_dict(layer.state_dict())
    assert torch.equal(other.leak, given)
    given[:] = 0
    assert layer.leak.min() == 0.5
    assert "leak" not in dict(layer.named_parameters())
    assert repr(layer) == f"LeakyRNN({F}, {H}, leak=per unit)"
    assert repr(ours.LeakyRNN(F, H, leak=0.9)) == f"LeakyRNN({F}, {H}, leak=0.9)"


@pytest.mark.parametrize(
    ("leak", "words"),
    [(1.5, "from 0 to 1"), (-0.1, "from 0 to 1"), (float("nan"), "from 0 to 1"), (torch.zeros(H + 1), f"({H},)")],
)
def test_leaks_that_are_none(leak, words):
    with pytest.raises(ValueError) as raised:
        ours.LeakyRNN(F, H, leak=leak)
    assert words in str(raised.value)


@pytest.mark.parametrize("delays", [0, 1, 3, 9])
@pytest.mark.parametrize("bias", [True, False])
def test_delays_are_a_convolution_that_never_looks_ahead(delays, bias):
    layer = ours.TDNN(F, H, delays, bias).double()
    conv = theirs.Conv1d(F, H, delays + 1, bias=bias).double()
    conv.load_state_dict(layer.state_dict() | {"weight": layer.weight.detach().flip(-1)})
    x = numbers(T, N, F).requires_grad_()
    y = layer(x)
    wanted = conv(torch.nn.functional.pad(x.permute(1, 2, 0), (delays, 0))).permute(2, 0, 1)
    close(y, wanted)
    close(*[torch.autograd.grad(v.square().sum(), x, create_graph=True)[0] for v in (y, wanted)])
    (seen,) = torch.autograd.grad(y[2].sum(), x)
    assert [bool(g.any()) for g in seen] == [2 - delays <= t <= 2 for t in range(T)]


def test_delays_in_other_orders():
    layer, batch_first = ours.TDNN(F, H, 2).double(), ours.TDNN(F, H, 2, batch_first=True).double()
    batch_first.load_state_dict(layer.state_dict())
    x = numbers(T, N, F)
    close(batch_first(x.transpose(0, 1)), layer(x).transpose(0, 1))
    close(layer(x[:, 0]), layer(x)[:, 0])
    close(batch_first(x[:, 0]), layer(x)[:, 0])
    assert repr(batch_first) == f"TDNN({F}, {H}, delays=2, batch_first=True)"
    drawn = [ours.TDNN(F, H, 2, generator=torch_generator(0)).weight for _ in range(2)]
    assert torch.equal(*drawn)


def test_delays_that_do_not_fit():
    with pytest.raises(ValueError, match="at least 0, got -1"):
        ours.TDNN(F, H, -1)
    with pytest.raises(ValueError, match="2 or 3 dimensions"):
        ours.TDNN(F, H, 1)(torch.zeros(F))
    with pytest.raises(RuntimeError, match=f"{F}"):
        ours.TDNN(F, H, 1)(torch.zeros(T, F + 1))
    with pytest.raises(RuntimeError, match="at least 1 step"):
        ours.TDNN(F, H, 1, batch_first=True)(torch.zeros(N, 0, F))


@pytest.mark.parametrize("batch_first", [False, True])
def test_two_layers_in_two_directions_are_torchs_bidirectional_layer(batch_first):
    yours = theirs.LSTM(F, H, bidirectional=True, batch_first=batch_first).double()
    both = ours.Bidirectional(*[ours.LSTM(F, H, batch_first=batch_first).double() for _ in range(2)])
    state = yours.state_dict()
    both.ahead.load_state_dict({k: v for k, v in state.items() if not k.endswith("_reverse")})
    both.back.load_state_dict({k.removesuffix("_reverse"): v for k, v in state.items() if k.endswith("_reverse")})
    for x, h, c in [
        (numbers(N, T, F) if batch_first else numbers(T, N, F), numbers(2, N, H, seed=1), numbers(2, N, H, seed=2)),
        (numbers(T, F), numbers(2, H, seed=1), numbers(2, H, seed=2)),
    ]:
        y, last = both(x, ((h[:1], c[:1]), (h[1:], c[1:])))
        wanted, wanted_last = yours(x, (h, c))
        close(y, wanted)
        close(tuple(torch.cat(pair) for pair in zip(*last, strict=True)), wanted_last)
        close(both(x)[0], yours(x)[0])


def test_two_directions_may_be_of_two_kinds_but_read_the_same():
    both = ours.Bidirectional(ours.GRU(F, 2), ours.LeakyRNN(F, 3, leak=0.5))
    y, (h, h_back) = both(torch.zeros(T, N, F))
    assert (y.shape, h.shape, h_back.shape) == ((T, N, 5), (1, N, 2), (1, N, 3))
    with pytest.raises(ValueError, match="input_size, got 4 and 5"):
        ours.Bidirectional(ours.GRU(4, 2), ours.GRU(5, 2))
    with pytest.raises(ValueError, match="batch_first"):
        ours.Bidirectional(ours.GRU(4, 2), ours.GRU(4, 2, batch_first=True))


# How far back -----------------------------------------------------------------------------------------------------


def test_gradients_shrink_as_the_powers_of_the_matrix():
    """Where all states are positive, a network of rectifiers is linear, and its Jacobians are W^k U."""
    layer = ours.RNN(2, 3, nonlinearity="relu", bias=False).double()
    with torch.no_grad():
        for W in layer.parameters():
            W.copy_(W.abs())
    norms = ours.gradient_norms_by_lag(layer, numbers(8, 20_000, 2).abs(), torch_generator(0))
    U, W = weights(layer)
    wanted = torch.stack([(torch.matrix_power(W, k) @ U).norm() for k in range(8)])
    torch.testing.assert_close(norms, wanted, rtol=0.03, atol=0)


def test_delays_see_no_further_than_they_reach():
    norms = ours.gradient_norms_by_lag(ours.TDNN(F, H, 2), torch.zeros(T, N, F), torch_generator(0))
    assert (norms > 0).tolist() == [True, True, True, False, False]


def test_directions_follow_the_layer_to_another_device():
    layer, x = ours.GRU(F, H).to("meta"), torch.zeros(T, N, F, device="meta")
    assert ours.gradient_norms_by_lag(layer, x, torch_generator(0)).device == x.device


def test_how_far_back_asks_for_time_first():
    for layer, x in [(ours.GRU(F, H), torch.zeros(T, F)), (ours.GRU(F, H, batch_first=True), torch.zeros(N, T, F))]:
        with pytest.raises(ValueError, match="time, batch, features"):
            ours.gradient_norms_by_lag(layer, x, torch_generator(0))
