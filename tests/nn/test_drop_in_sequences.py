"""Recurrent layers, their cells and the embedding beside torch's: arguments, attributes, state, numbers, errors."""

from __future__ import annotations

import inspect
import typing

import pytest
import torch
from torch import Tensor
from torch import nn as theirs

from course_lib import nn as ours
from course_lib.arrays import torch_generator
from tests.nn.oracle import assert_same, assert_same_face_and_state

T, N, F, H = 5, 3, 4, 6
SIZES = {"input_size": F, "hidden_size": H}
STACKED = {"num_layers": 2, "bidirectional": True}
LAYERS = [
    (name, SIZES | options)
    for name, every in [
        ("RNN", [{"nonlinearity": "relu"}, {"nonlinearity": "relu", "num_layers": 2, "bias": False}]),
        ("GRU", []),
        ("LSTM", [{"proj_size": 2}, {"proj_size": 2, "bias": False, **STACKED}, {"proj_size": 1, "num_layers": 3}]),
    ]
    for options in [
        {},
        {"bias": False},
        {"batch_first": True},
        {"num_layers": 3, "dropout": 1.0},
        {"bidirectional": True},
        {**STACKED, "batch_first": True, "bias": False},
        {"hidden_size": 1, "input_size": 1},
        {"dtype": torch.float64},
        *every,
    ]
]
CELLS = [
    *[(name, SIZES | options) for name in ("RNNCell", "LSTMCell", "GRUCell") for options in ({}, {"bias": False})],
    ("RNNCell", SIZES | {"nonlinearity": "relu"}),
]
TOKENS = {"num_embeddings": 7, "embedding_dim": 3}
EMBEDDINGS = [
    ("Embedding", TOKENS | options)
    for options in [
        {},
        {"padding_idx": 2},
        {"padding_idx": -1, "scale_grad_by_freq": True},
        {"max_norm": 1.0},
        {"max_norm": 1.0, "norm_type": 1.0, "padding_idx": 0},
        {"max_norm": 0.5, "norm_type": float("inf")},
        {"scale_grad_by_freq": True},
        {"sparse": True},
        {"dtype": torch.float64},
    ]
]
EVERYTHING = [*LAYERS, *CELLS, *EMBEDDINGS]


def named(cases):
    return [pytest.param(*case, id=" ".join(map(str, case))) for case in cases]


def numbers(*shape, seed=0):
    return torch.randn(shape, generator=torch_generator(seed), dtype=torch.float64)


class AllInOne(theirs.Module):
    """A layer whose outputs and states, whatever they are, lie in one vector."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x, *state):
        found = self.layer(x) if not state else self.layer(x, state[0] if len(state) == 1 else state)
        return torch.cat([y.flatten() for y in leaves(found)])


def leaves(found):
    return [found] if isinstance(found, Tensor) else [y for part in found for y in leaves(part)]


def pair(name, options):
    mine, yours = getattr(ours, name)(**options).double(), getattr(theirs, name)(**options).double()
    mine.load_state_dict(yours.state_dict())
    return mine, yours


def inputs(name, options, batched=True):
    """A sequence, or for a cell a step, and a first state."""
    hidden = options["hidden_size"]
    sizes = [options.get("proj_size") or hidden, hidden] if name.startswith("LSTM") else [hidden]
    time, count = [T], [options.get("num_layers", 1) * (1 + options.get("bidirectional", False))]
    if name.endswith("Cell"):
        time, count = [], []
    batch = [N] if batched else []
    order = [*batch, *time] if options.get("batch_first") else [*time, *batch]
    states = [numbers(*count, *batch, size, seed=i + 1) for i, size in enumerate(sizes)]
    return [x.requires_grad_() for x in (numbers(*order, options["input_size"]), *states)]


@pytest.mark.parametrize("name", sorted({name for name, _ in EVERYTHING}))
def test_the_same_arguments(name):
    """Torch's recurrent layers take anything; what they mean stands in their overloads."""
    torchs = getattr(theirs, name)
    declared = [*typing.get_overloads(torchs.__init__), torchs.__init__][0]
    wanted, found = (list(inspect.signature(f).parameters.values()) for f in (declared, getattr(ours, name).__init__))
    face = [[(p.name, p.kind, p.default) for p in those] for those in (wanted, found)]
    assert face[1][: len(face[0])] == face[0]
    beyond = {p.name for p in found[len(wanted) :]}
    assert beyond == {"generator"} | ({"peephole", "coupled"} if name.startswith("LSTM") else set())
    assert all(p.kind is p.KEYWORD_ONLY for p in found[len(wanted) :])


@pytest.mark.parametrize(("name", "options"), named(EVERYTHING))
def test_the_same_attributes_repr_and_state(name, options):
    assert_same_face_and_state(getattr(ours, name)(**options), getattr(theirs, name)(**options))


@pytest.mark.parametrize(("name", "options"), named(EVERYTHING))
def test_the_same_first_numbers(name, options):
    with torch.random.fork_rng():
        torch.manual_seed(3)
        yours = getattr(theirs, name)(**options)
        torch.manual_seed(3)
        mine = getattr(ours, name)(**options)
    for layer in (mine, getattr(ours, name)(**options, generator=torch_generator(3))):
        torch.testing.assert_close(layer.state_dict(), yours.state_dict(), rtol=0, atol=0)


@pytest.mark.parametrize(("name", "options"), named([*LAYERS, *CELLS]))
def test_the_same_numbers_and_two_derivatives(name, options, device):
    mine, yours = (AllInOne(layer).to(device) for layer in pair(name, options))
    x, *state = (v.detach().to(device).requires_grad_() for v in inputs(name, options))
    with torch.backends.cudnn.flags(enabled=False):  # its kernels have no second derivative
        assert_same(mine, yours, x)
        assert_same(mine, yours, x, *state)


@pytest.mark.parametrize(("name", "options"), named([*LAYERS[::3], *CELLS]))
def test_a_single_sequence_needs_no_batch(name, options):
    mine, yours = (AllInOne(layer) for layer in pair(name, options))
    x, *state = inputs(name, options, batched=False)
    assert_same(mine, yours, x)
    assert_same(mine, yours, x, *state)


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_shapes_at_the_edges(name):
    """No sequence at all, one step, and views of any layout."""
    mine, yours = (AllInOne(layer) for layer in pair(name, SIZES))
    for x in (numbers(T, 0, F), numbers(1, N, F), numbers(N, T, F).transpose(0, 1), numbers(1, N, F).expand(T, N, F)):
        before = x.clone()
        torch.testing.assert_close(mine(x), yours(x), rtol=1e-10, atol=1e-10)
        assert torch.equal(x, before)


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
@pytest.mark.parametrize("frozen", ["weight_hh_l0", "weight_ih_l0", "bias_hh_l0"])
def test_frozen_parameters_get_no_gradient_and_the_others_theirs(name, frozen):
    for layer in (layers := pair(name, SIZES)):
        getattr(layer, frozen).requires_grad_(False)
        layer(numbers(T, N, F))[0].square().sum().backward()
    for mine, yours in zip(layers[0].parameters(), layers[1].parameters(), strict=True):
        assert (mine.grad is None) == (yours.grad is None)
        if yours.grad is not None:
            torch.testing.assert_close(mine.grad, yours.grad, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_only_the_last_state_asks_for_a_gradient(name):
    gradients = []
    for layer in pair(name, SIZES):
        x = numbers(T, N, F).requires_grad_()
        sum(s.square().sum() for s in leaves(layer(x)[1])).backward()
        gradients.append(x.grad)
    torch.testing.assert_close(*gradients, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM", "GRUCell", "LSTMCell"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_huge_inputs_saturate(name, dtype):
    mine, yours = (layer.to(dtype) for layer in pair(name, SIZES))
    shape = (N, F) if name.endswith("Cell") else (T, N, F)
    results = []
    for layer in (mine, yours):
        x = (1e6 * numbers(*shape)).to(dtype).requires_grad_()
        y = torch.cat([v.flatten() for v in leaves(layer(x))])
        results.append((y, *torch.autograd.grad(y.sum(), [x, *layer.parameters()])))
    assert all(bool(torch.isfinite(v).all()) for v in results[0])
    torch.testing.assert_close(*results)


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_dropout_acts_between_layers_while_training(name):
    options = SIZES | {"num_layers": 3, "dropout": 0.4}
    mine, yours = pair(name, options)
    x = numbers(T, N, F)
    torch.testing.assert_close(mine.eval()(x), yours.eval()(x), rtol=1e-10, atol=1e-10)
    drawn = [getattr(ours, name)(**options, generator=torch_generator(1)).double()(x)[0] for _ in range(2)]
    assert torch.equal(*drawn)
    mine.train()
    assert not torch.equal(mine(x)[0], mine(x)[0])


def test_dropout_leaves_the_mean_and_the_last_layer_as_they_are():
    """Layers that pass their inputs on: what comes out is what dropout did to ones, twice."""
    layer = ours.RNN(1, 1, 3, "relu", bias=False, dropout=0.5, generator=torch_generator(0))
    for end in range(3):
        torch.nn.init.ones_(getattr(layer, f"weight_ih_l{end}"))
        torch.nn.init.zeros_(getattr(layer, f"weight_hh_l{end}"))
    y, _ = layer(torch.ones(100, 100, 1))
    assert set(y.flatten().tolist()) == {0.0, 4.0}
    assert abs(y.mean().item() - 1) < 0.1


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_all_weights_are_listed_and_memory_is_left_alone(name):
    mine, yours = pair(name, SIZES | STACKED)
    mine.flatten_parameters()
    torch.testing.assert_close(mine.all_weights, yours.all_weights)


INDICES = [torch.tensor(3), torch.tensor([0, 2, 2, 6]), torch.tensor([[1, 5, 5], [6, 5, 0]], dtype=torch.int32)]


@pytest.mark.parametrize("indices", INDICES, ids=lambda i: str(i.tolist()))
@pytest.mark.parametrize(("name", "options"), named([case for case in EMBEDDINGS if "sparse" not in case[1]]))
def test_embeddings_compute_the_same(name, options, indices, device):
    mine, yours = pair(name, options)
    with torch.no_grad():
        for table in (mine, yours):
            table.weight += 0.1  # padding too
    assert_same(mine.to(device), yours.to(device), indices.to(device))
    torch.testing.assert_close(mine.weight, yours.weight, rtol=1e-10, atol=1e-10)  # shortened alike


@pytest.mark.parametrize("options", [{}, {"max_norm": 1.0}], ids=str)
def test_no_tokens_have_no_vectors(options):
    table = ours.Embedding(**TOKENS, **options)
    vectors = table(torch.zeros((0, 2), dtype=torch.int64))
    assert vectors.shape == (0, 2, 3)
    vectors.sum().backward()
    assert not table.weight.grad.any()


@pytest.mark.parametrize("options", [{}, {"padding_idx": 2}, {"scale_grad_by_freq": True}], ids=str)
def test_sparse_gradients_hold_the_rows_that_were_used(options):
    """Torch cannot scale sparse gradients, so its dense ones are asked."""
    mine, yours = ours.Embedding(**TOKENS, **options, sparse=True), theirs.Embedding(**TOKENS, **options)
    mine.load_state_dict(yours.state_dict())
    for table in (mine, yours):
        table(torch.tensor([[1, 5, 5], [2, 5, 0]])).square().sum().backward()
    assert mine.weight.grad.is_sparse
    torch.testing.assert_close(mine.weight.grad.to_dense(), yours.weight.grad)


@pytest.mark.parametrize("options", [{}, {"freeze": False}, {"padding_idx": -2}, {"max_norm": 0.5, "norm_type": 1}])
def test_embeddings_learnt_elsewhere(options):
    W = numbers(7, 3)
    mine, yours = (library.Embedding.from_pretrained(W.clone(), **options) for library in (ours, theirs))
    assert_same_face_and_state(mine, yours)
    assert mine.weight.requires_grad == yours.weight.requires_grad
    i = torch.tensor([1, 5, 5])
    torch.testing.assert_close(mine(i), yours(i))
    assert ours.Embedding.from_pretrained(W).weight.data_ptr() == W.data_ptr()


PACKED = theirs.utils.rnn.pack_padded_sequence(torch.zeros(T, N, F), [5, 4, 2])
ERRORS = [
    *[
        case
        for name in ("RNN", "GRU", "LSTM")
        for case in [
            (name, {"input_size": 0, "hidden_size": 2}, None, "input_size"),
            (name, {"input_size": 2, "hidden_size": 0}, None, "hidden_size"),
            (name, {"input_size": 2.0, "hidden_size": 2}, None, "input_size as int"),
            (name, {"input_size": 2, "hidden_size": "2"}, None, "hidden_size as int"),
            (name, SIZES | {"num_layers": 0}, None, "num_layers"),
            (name, SIZES | {"bias": 1}, None, "bias as bool"),
            (name, SIZES | {"batch_first": None}, None, "batch_first as bool"),
            (name, SIZES | {"dropout": 1.5, "num_layers": 2}, None, "1.5"),
            (name, SIZES | {"dropout": True, "num_layers": 2}, None, "True"),
            (name, SIZES, [(F,)], f"(time, batch, {F})"),
            (name, SIZES | {"batch_first": True}, [(1, T, N, F)], f"(batch, time, {F})"),
            (name, SIZES, [(T, N, F + 1)], f"(time, batch, {F})"),
            (name, SIZES, [(0, N, F)], "at least 1 step"),
            (name, SIZES | {"dtype": torch.float64}, [(T, N, F)], "float64"),
        ]
    ],
    *[
        case
        for name in ("RNN", "GRU")
        for case in [
            (name, SIZES, [(T, N, F), (1, N + 1, H)], f"(1, {N}, {H})"),
            (name, SIZES | STACKED, [(T, N, F), (1, N, H)], f"(4, {N}, {H})"),
            (name, SIZES, [(T, N, F), (N, H)], f"(1, {N}, {H})"),
            (name, SIZES, [(T, F), (1, 1, H)], f"(1, {H})"),
        ]
    ],
    ("RNN", SIZES | {"nonlinearity": "sine"}, None, "'sine'"),
    ("LSTM", SIZES | {"proj_size": H}, None, "proj_size"),
    ("LSTM", SIZES | {"proj_size": -1}, None, "proj_size"),
    ("LSTM", SIZES, [(T, N, F), (1, N, H), (1, N, H + 1)], f"(1, {N}, {H})"),
    ("LSTM", SIZES | {"proj_size": 2}, [(T, N, F), (1, N, H), (1, N, H)], f"(1, {N}, 2)"),
    ("LSTM", SIZES, [(T, N, F), (N, H), (N, H)], f"(1, {N}, {H})"),
    ("LSTM", SIZES, [(T, F), (1, 1, H), (1, 1, H)], f"(1, {H})"),
    *[
        case
        for name in ("RNNCell", "GRUCell", "LSTMCell")
        for case in [
            (name, SIZES, [(T, N, F)], f"(batch, {F})"),
            (name, SIZES, [(N, F + 1)], f"(..., {F})"),
            (name, SIZES, [(N, F), *[(N + 1, H)] * (1 + (name == "LSTMCell"))], f"batch of {N}"),
            (name, SIZES, [(N, F), *[(N, H + 1)] * (1 + (name == "LSTMCell"))], f"(..., {H})"),
            (name, SIZES, [(N, F), *[(1, N, H)] * (1 + (name == "LSTMCell"))], f"(batch, {H})"),
        ]
    ],
    ("RNNCell", SIZES | {"nonlinearity": "sine"}, [(N, F)], "'sine'"),
    ("Embedding", TOKENS | {"padding_idx": 7}, None, "7 tokens, got 7"),
    ("Embedding", TOKENS | {"padding_idx": -8}, None, "got -8"),
    ("Embedding", TOKENS | {"_weight": torch.zeros(3, 7)}, None, "(7, 3)"),
    ("Embedding", TOKENS, [torch.tensor([0, 7])], "0 to 6, got 7"),
    ("Embedding", TOKENS, [torch.tensor([-1])], "got -1"),
    ("Embedding", TOKENS, [torch.tensor([1.0])], "x.long()"),
]


@pytest.mark.parametrize(("name", "options", "shapes", "words"), ERRORS, ids=range(len(ERRORS)))
def test_errors_have_torchs_type_and_better_words(name, options, shapes, words):
    def use(library):
        layer = getattr(library, name)(**options)
        if shapes is not None:
            x, *state = [shape if isinstance(shape, Tensor) else torch.zeros(shape) for shape in shapes]
            layer(x, *([state[0] if len(state) == 1 else tuple(state)] if state else []))

    with pytest.raises(Exception) as theirs_raised:
        use(theirs)
    with pytest.raises(theirs_raised.type) as raised:
        use(ours)
    assert words in str(raised.value)


def test_a_table_is_a_matrix():
    for library in (ours, theirs):
        with pytest.raises(AssertionError):
            library.Embedding.from_pretrained(torch.zeros(3))


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_dropout_in_one_layer_has_nowhere_to_act(name):
    for library in (ours, theirs):
        with pytest.warns(UserWarning, match="dropout"):
            getattr(library, name)(**SIZES, dropout=0.3)


ONE, TWO = torch.zeros(1, N, H), torch.zeros(2, N, H)


@pytest.mark.parametrize(
    ("name", "hx", "words"),
    [
        ("GRU", (ONE, ONE), "one tensor; got tuple"),
        ("RNN", [ONE], "one tensor; got list"),
        ("LSTM", TWO, r"a pair of tensors \(h, c\); got Tensor"),
        ("LSTM", (ONE,), r"a pair of tensors \(h, c\); got Tensor"),
        ("LSTM", (ONE, None), r"a pair of tensors \(h, c\); got Tensor, NoneType"),
    ],
    ids=["pair", "list", "stacked", "one", "half"],
)
def test_first_states_are_as_many_as_the_layer_has(name, hx, words):
    with pytest.raises(TypeError, match=words):
        getattr(ours, name)(**SIZES)(torch.zeros(T, N, F), hx)


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_packed_sequences_are_refused_with_the_way_out(name):
    with pytest.raises(TypeError, match="pad the sequences.*mask"):
        getattr(ours, name)(**SIZES)(PACKED)
