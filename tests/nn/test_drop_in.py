"""Every layer and loss that torch has too: the same arguments, attributes, state, numbers, gradients and errors."""

from __future__ import annotations

import warnings

import pytest
import torch
from torch import nn as theirs

from course_lib import nn as ours
from course_lib.arrays import torch_generator
from tests.nn.oracle import assert_same, assert_same_face_and_state, public_attributes, signature

LAYERS = [
    ("Identity", {}),
    ("Linear", {"in_features": 4, "out_features": 3}),
    ("Linear", {"in_features": 4, "out_features": 3, "bias": False}),
    ("Linear", {"in_features": 4, "out_features": 1, "dtype": torch.float64}),
    ("ReLU", {}),
    ("ReLU", {"inplace": True}),
    ("LeakyReLU", {}),
    ("LeakyReLU", {"negative_slope": 0.3, "inplace": True}),
    ("LeakyReLU", {"negative_slope": -0.5}),
    ("PReLU", {}),
    ("PReLU", {"num_parameters": 4, "init": 0.1}),
    ("Sigmoid", {}),
    ("LogSigmoid", {}),
    ("Tanh", {}),
    ("Softplus", {}),
    ("Softplus", {"beta": 2.5, "threshold": 3.0}),
    ("Hardtanh", {}),
    ("Hardtanh", {"min_val": -0.5, "max_val": 2.0, "inplace": True}),
    ("Softmax", {"dim": 1}),
    ("Softmax", {"dim": 0}),
    ("Softmax", {"dim": -1}),
    ("LogSoftmax", {"dim": 1}),
    ("LogSoftmax", {"dim": 0}),
]
SHAPES = [(4,), (5, 4), (2, 4, 4), (2, 4, 3, 4), (0, 4)]

REDUCTIONS = [{}, {"reduction": "sum"}, {"reduction": "none"}]


def named(cases):
    return [pytest.param(*case, id=" ".join(map(str, case))) for case in cases]


def needs_no_dimension_1(name, options):
    return options.get("dim") != 1 and options.get("num_parameters", 1) == 1


def pair(name, options):
    """The same class from both libraries, in float64 and with the same weights."""
    mine, yours = getattr(ours, name)(**options).double(), getattr(theirs, name)(**options).double()
    mine.load_state_dict(yours.state_dict())
    return mine, yours


def logits(shape):
    """Numbers of all sizes, among them the places where activations bend."""
    x = 4 * torch.randn(shape, generator=torch_generator(0), dtype=torch.float64)
    bends = torch.tensor([0.0, -1.0, 1.0, 2.0, -0.5, 1.3, 8.0], dtype=torch.float64)
    flat = x.flatten()
    n = min(len(flat) // 2, len(bends))
    flat[:n] = bends[:n]
    return flat.reshape(shape)


@pytest.mark.parametrize("name", sorted({name for name, _ in LAYERS}))
def test_layers_take_the_same_arguments(name):
    assert signature(getattr(ours, name)) == signature(getattr(theirs, name))


@pytest.mark.parametrize(("name", "options"), named(LAYERS))
def test_layers_have_the_same_attributes_repr_and_state(name, options):
    mine, yours = getattr(ours, name)(**options), getattr(theirs, name)(**options)
    assert_same_face_and_state(mine, yours)


@pytest.mark.parametrize(
    ("name", "options", "shape"),
    named([(*case, shape) for case in LAYERS for shape in SHAPES if len(shape) > 1 or needs_no_dimension_1(*case)]),
)
def test_layers_compute_the_same(name, options, shape, device):
    mine, yours = pair(name, options)
    x = logits(shape)
    if name == "PReLU":
        x[x == 0] = 0.1  # torch's second derivative at 0 contradicts its first there
    assert_same(mine.to(device), yours.to(device), x.to(device).requires_grad_())


@pytest.mark.parametrize(("name", "options"), named(LAYERS))
def test_layers_start_from_the_same_numbers(name, options):
    """The same draws in the same order, from the global generator and from one that is passed."""
    with torch.random.fork_rng():
        torch.manual_seed(3)
        yours = getattr(theirs, name)(**options)
        torch.manual_seed(3)
        mine = [getattr(ours, name)(**options)]
    if name == "Linear":
        mine.append(ours.Linear(**options, generator=torch_generator(3)))
    for layer in mine:
        torch.testing.assert_close(layer.state_dict(), yours.state_dict(), rtol=0, atol=0)


@pytest.mark.parametrize(
    ("name", "options"),
    named([(name, options) for name, options in LAYERS if "inplace" in options]),
)
def test_inplace_overwrites_the_input_and_nothing_else_does(name, options):
    x = torch.linspace(-3, 3, 7)
    before = x.clone()
    getattr(ours, name)(**(options | {"inplace": False}))(x)
    assert torch.equal(x, before)
    y = getattr(ours, name)(**options)(x)
    assert y.data_ptr() == x.data_ptr()
    assert not torch.equal(x, before)
    with pytest.raises(RuntimeError, match="leaf"):
        getattr(ours, name)(**options)(before.requires_grad_())


@pytest.mark.parametrize("ndim", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("name", ["Softmax", "LogSoftmax"])
def test_without_a_dim_softmax_warns_and_guesses_as_torch_does(name, ndim):
    x = torch.arange(2.0**ndim).reshape([2] * ndim)
    with pytest.warns(UserWarning, match="dim"):
        mine = getattr(ours, name)()(x)
    with pytest.warns(UserWarning, match="dim"):
        yours = getattr(theirs, name)()(x)
    torch.testing.assert_close(mine, yours)


# Losses ---------------------------------------------------------------------------------------------------------------


def draw(*shape, low=-3.0, high=3.0, grad=True, seed=1):
    x = torch.rand(shape, generator=torch_generator(seed), dtype=torch.float64) * (high - low) + low
    return x.requires_grad_(grad)


def classes(*shape, count=4, ignored=()):
    y = torch.randint(count, shape, generator=torch_generator(2))
    for i, value in ignored:
        y.view(-1)[i] = value
    return y


def distributions(*shape, dim=1, grad=False):
    return torch.softmax(draw(*shape, grad=False, seed=5), dim=dim).requires_grad_(grad)


CLASS_WEIGHT = torch.tensor([0.5, 2.0, 0.0, 1.5], dtype=torch.float64)
REGRESSION = [(draw(5, 3), draw(5, 3, seed=2)), (draw(4), draw(4, grad=False, seed=2)), (draw(), draw(seed=2))]
PROBABILITIES = [(draw(5, 3, low=0, high=1), draw(5, 3, low=0, high=1, seed=2))]
LOGITS = [
    (draw(5, 3), draw(5, 3, low=0, high=1, seed=2)),
    (torch.tensor([0.0, 50.0, -50.0, 1e4, -1e4, 1e4], dtype=torch.float64).requires_grad_(),
     torch.tensor([1.0, 0.0, 1.0, 0.0, 1.0, 1.0], dtype=torch.float64)),
]  # fmt: skip
CLASSES = [
    (draw(5, 4), classes(5)),
    (draw(5, 4), classes(5, ignored=[(0, -100), (3, -100)])),
    (draw(5, 4), classes(5, ignored=[(1, -1)])),
    (draw(2, 4, 3), classes(2, 3, ignored=[(1, 1)])),
    (draw(2, 4, 3, 2), classes(2, 3, 2, ignored=[(4, -100)])),
    (draw(4), classes()),
]
LOG_PROBABILITIES = [(torch.log_softmax(x, dim=-1 if x.ndim == 1 else 1), y) for x, y in CLASSES]
DISTRIBUTIONS = [
    (draw(5, 4), distributions(5, 4, grad=True)),
    (draw(2, 4, 3), distributions(2, 4, 3)),
    (draw(4), distributions(4, dim=0)),
]
KL = [
    (distributions(5, 4).log().requires_grad_(), draw(5, 4, low=0.1, high=1)),
    (draw(3, 2, 4), draw(3, 2, 4, low=0, high=1, grad=False)),
    (distributions(2, 3).log().requires_grad_(), torch.tensor([[0.0, 0.5, 0.5], [1.0, 0.0, 0.0]], dtype=torch.float64)),
]
GAUSSIANS = [
    (draw(5, 3), draw(5, 3, seed=2), draw(5, 3, low=0.1, high=2, seed=3)),
    (draw(5, 3), draw(5, 3, seed=2), draw(5, 1, low=0.1, high=2, seed=3)),
    (draw(5, 3), draw(5, 3, seed=2), draw(5, low=0.1, high=2, seed=3)),
    (draw(5, 3), draw(5, 3, seed=2), 0.7),
    (draw(2, 4, 3), draw(2, 4, 3, seed=2), draw(2, 1, 3, low=0.1, high=2, seed=3)),
    (draw(3), draw(3, seed=2), torch.tensor([0.0, 1e-9, 1.0], dtype=torch.float64).requires_grad_()),
]

WITH_CLASSES = [
    {},
    {"weight": CLASS_WEIGHT},
    {"ignore_index": 1},
    {"ignore_index": -1},
    {"weight": CLASS_WEIGHT, "ignore_index": 1},
]
LOSSES = [
    ("MSELoss", [{}], REGRESSION),
    ("L1Loss", [{}], REGRESSION),
    ("BCELoss", [{}, {"weight": draw(5, 3, low=0, grad=False)}, {"weight": draw(3, low=0, grad=False)}], PROBABILITIES),
    (
        "BCEWithLogitsLoss",
        [
            {},
            {"weight": draw(5, 3, low=0, grad=False)},
            {"pos_weight": draw(3, low=0, grad=False)},
            {"weight": draw(5, 1, low=0, grad=False), "pos_weight": draw(3, low=0, grad=False)},
        ],
        LOGITS,
    ),
    ("NLLLoss", WITH_CLASSES, LOG_PROBABILITIES),
    (
        "CrossEntropyLoss",
        [*WITH_CLASSES, {"label_smoothing": 0.1}, {"label_smoothing": 1.0}]
        + [{"label_smoothing": 0.3, **options} for options in WITH_CLASSES[1:]],
        CLASSES,
    ),
    (
        "CrossEntropyLoss",
        [{}, {"weight": CLASS_WEIGHT}, {"label_smoothing": 0.2}, {"weight": CLASS_WEIGHT, "label_smoothing": 0.2}],
        DISTRIBUTIONS,
    ),
    ("KLDivLoss", [{"log_target": False}, {"log_target": True}], KL),
    ("GaussianNLLLoss", [{}, {"full": True}, {"eps": 0.5}, {"full": True, "eps": 1e-3}], GAUSSIANS),
]


def fits(options, inputs):
    """Whether weights made for one shape can meet these inputs."""
    shape = inputs[0].shape
    try:
        return all(
            torch.broadcast_shapes(options[k].shape, shape) == shape for k in ("weight", "pos_weight") if k in options
        )
    except RuntimeError:
        return False


def valid(name, options, inputs):
    if name in ("NLLLoss", "CrossEntropyLoss"):
        target = inputs[1]
        strangers = not target.is_floating_point() and bool(
            ((target < 0) & (target != options.get("ignore_index", -100))).any()
        )
        return not strangers
    return fits(options, inputs)


CASES = [
    pytest.param(name, options | reduction, inputs, id=f"{name} {list(options)} {reduction} {i}")
    for name, every_options, every_inputs in LOSSES
    for options in every_options
    for reduction in ([*REDUCTIONS, {"reduction": "batchmean"}] if name == "KLDivLoss" else REDUCTIONS)
    for i, inputs in enumerate(every_inputs)
    if valid(name, options, inputs)
]


@pytest.mark.parametrize("name", sorted({name for name, *_ in LOSSES}))
def test_losses_take_the_same_arguments(name):
    assert signature(getattr(ours, name)) == signature(getattr(theirs, name))


@pytest.mark.parametrize(("name", "options", "inputs"), CASES)
def test_losses_compute_the_same(name, options, inputs, device):
    mine, yours = (getattr(library, name)(**options).to(device) for library in (ours, theirs))
    inputs = [x.detach().to(device).requires_grad_(x.requires_grad) if torch.is_tensor(x) else x for x in inputs]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # what they warn of has a test of its own
        assert_same(mine, yours, *inputs)


def test_certain_predictions_cost_no_more_than_a_hundred():
    """Torch's largest slope there is 1 over the float32 nearest to 1e-12, hence the tolerance."""
    x = torch.tensor([0.0, 1.0, 0.0, 1.0, 0.5, 1e-8], dtype=torch.float64).requires_grad_()
    y = torch.tensor([0.0, 1.0, 1.0, 0.0, 0.3, 1.0], dtype=torch.float64)
    losses = [library.BCELoss(reduction="none")(x, y) for library in (ours, theirs)]
    torch.testing.assert_close(*losses)
    assert losses[0].max() == 100
    torch.testing.assert_close(*[torch.autograd.grad(loss.sum(), x)[0] for loss in losses], rtol=1e-8, atol=0)


@pytest.mark.parametrize(
    ("name", "options"),
    [(name, options) for name, every_options, _ in LOSSES for options in every_options],
)
def test_losses_have_the_same_attributes_repr_and_state(name, options):
    mine, yours = getattr(ours, name)(**options), getattr(theirs, name)(**options)
    assert public_attributes(mine) == public_attributes(yours)
    assert repr(mine) == repr(yours)
    assert mine.state_dict().keys() == yours.state_dict().keys()
    mine.load_state_dict(yours.state_dict())
    yours.load_state_dict(mine.state_dict())


OLD_NAMES = [(None, False), (False, None), (True, True), (False, True), (True, False), (False, False)]


@pytest.mark.parametrize(("size_average", "reduce"), OLD_NAMES)
@pytest.mark.parametrize("name", sorted({name for name, *_ in LOSSES} - {"GaussianNLLLoss"}))
def test_the_old_names_of_reduction_work_and_warn(name, size_average, reduce):
    with pytest.warns(UserWarning, match="reduction"):
        mine = getattr(ours, name)(size_average=size_average, reduce=reduce)
    with pytest.warns(UserWarning, match="reduction"):
        yours = getattr(theirs, name)(size_average=size_average, reduce=reduce)
    assert mine.reduction == yours.reduction


def test_kl_divergence_warns_of_the_wrong_mean():
    x = torch.zeros(2, 2)
    with pytest.warns(UserWarning, match="batchmean"):
        ours.KLDivLoss()(x, x)
    assert ours.KLDivLoss(reduction="batchmean")(x, x) == 0


@pytest.mark.parametrize("name", ["MSELoss", "L1Loss"])
def test_shapes_that_broadcast_are_computed_with_a_warning(name):
    """The classic: predictions (n, 1) and targets (n,) silently make n² differences."""
    x, y = draw(5, 1), draw(5, seed=2)
    with pytest.warns(UserWarning, match="broadcast"):
        mine = getattr(ours, name)()(x, y)
    with pytest.warns(UserWarning, match="broadcast"):
        yours = getattr(theirs, name)()(x, y)
    torch.testing.assert_close(mine, yours)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("name", ["CrossEntropyLoss", "NLLLoss"])
def test_when_every_target_is_ignored_the_mean_is_nan(name, reduction):
    x, y = draw(3, 4), torch.full((3,), -100)
    assert_same(getattr(ours, name)(reduction=reduction), getattr(theirs, name)(reduction=reduction), x, y)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("MSELoss", (draw(0, 3), draw(0, 3))),
        ("BCEWithLogitsLoss", (draw(0, 3), draw(0, 3))),
        ("NLLLoss", (draw(0, 4), classes(0))),
        ("CrossEntropyLoss", (draw(0, 4), classes(0))),
        ("CrossEntropyLoss", (draw(0, 4), distributions(0, 4))),
        ("GaussianNLLLoss", (draw(0, 3), draw(0, 3), 1.0)),
    ],
)
def test_losses_of_nothing(name, inputs, reduction):
    assert_same(getattr(ours, name)(reduction=reduction), getattr(theirs, name)(reduction=reduction), *inputs)


@pytest.mark.parametrize("scale", [1.0, 100.0, 1e4, 1e30])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("Softmax", None),
        ("LogSoftmax", None),
        ("Sigmoid", None),
        ("LogSigmoid", None),
        ("Softplus", None),
        ("Tanh", None),
        ("CrossEntropyLoss", torch.tensor([0, 1, 2])),
        ("BCEWithLogitsLoss", torch.tensor([[0.0, 1.0, 1.0, 0.0]] * 3)),
    ],
)
def test_huge_inputs(name, target, dtype, scale):
    x = scale * torch.tensor([[1.0, -1.0, 0.5, 0.0], [-1.0, -0.9, -0.8, -1.1], [1.0, 1.0, 1.0, 1.0]], dtype=dtype)
    options = {"dim": 1} if name.endswith("Softmax") or name == "Softmax" else {}
    inputs = [] if target is None else [target.to(dtype) if target.is_floating_point() else target]
    results = []
    for library in (ours, theirs):
        z = x.clone().requires_grad_()
        y = getattr(library, name)(**options)(z, *inputs)
        results.append((y, *torch.autograd.grad((y * y.detach().cos()).sum(), z)))
    assert all(bool(torch.isfinite(r).all()) for r in results[0])
    assert results[0][0].dtype == dtype
    torch.testing.assert_close(*results)


NAN = torch.tensor([[1.0, float("nan"), -1.0]])


@pytest.mark.parametrize("name", ["ReLU", "LeakyReLU", "PReLU", "Sigmoid", "Tanh", "Softplus", "Hardtanh"])
def test_nan_stays_nan(name):
    """A network that has lost its numbers must not look healthy."""
    y = getattr(ours, name)()(NAN)
    torch.testing.assert_close(y, getattr(theirs, name)()(NAN), equal_nan=True)
    assert y.isnan().any()


@pytest.mark.parametrize("value", [float("inf"), -float("inf")])
@pytest.mark.parametrize("name", ["ReLU", "LeakyReLU", "Sigmoid", "Tanh", "Softplus", "LogSigmoid", "Hardtanh"])
def test_infinite_inputs(name, value):
    assert_same(getattr(ours, name)(), getattr(theirs, name)(), torch.tensor([value]).requires_grad_())


def test_an_impossible_class_is_allowed():
    """Masked logits of minus infinity, as decoders use them."""
    x = torch.tensor([[0.0, -float("inf"), 1.0]], dtype=torch.float64).requires_grad_()
    for name in ("Softmax", "LogSoftmax"):
        mine, yours = (getattr(library, name)(dim=1) for library in (ours, theirs))
        torch.testing.assert_close(mine(x), yours(x))
    torch.testing.assert_close(
        torch.autograd.grad(ours.CrossEntropyLoss()(x, torch.tensor([2])), x),
        torch.autograd.grad(theirs.CrossEntropyLoss()(x, torch.tensor([2])), x),
    )


# Errors ---------------------------------------------------------------------------------------------------------------

ERRORS = [
    ("Linear", {"in_features": 3, "out_features": 2}, (torch.zeros(2, 4),), "shape (..., 3)"),
    ("Linear", {"in_features": 3, "out_features": 2}, (torch.tensor(1.0),), "shape (..., 3)"),
    ("PReLU", {"num_parameters": 3}, (torch.zeros(2, 4),), "3 channels"),
    ("PReLU", {"num_parameters": 3}, (torch.zeros(3),), "3 channels"),
    ("Hardtanh", {"min_val": 1.0, "max_val": 1.0}, (torch.zeros(1),), "max_val"),
    ("Softmax", {"dim": 2}, (torch.zeros(2, 2),), "[-2, 1]"),
    ("LogSoftmax", {"dim": 2}, (torch.zeros(2, 2),), "[-2, 1]"),
    ("MSELoss", {}, (torch.zeros(2), torch.zeros(3)), ""),
    ("MSELoss", {"reduction": "average"}, (torch.zeros(2), torch.zeros(2)), "'average'"),
    ("L1Loss", {"reduction": "average"}, (torch.zeros(2), torch.zeros(2)), "'average'"),
    ("BCELoss", {"reduction": "average"}, (torch.zeros(2), torch.zeros(2)), "'average'"),
    ("BCEWithLogitsLoss", {"reduction": "average"}, (torch.zeros(2), torch.zeros(2)), "'average'"),
    ("NLLLoss", {"reduction": "average"}, (torch.zeros(2, 2), torch.zeros(2).long()), "'average'"),
    ("CrossEntropyLoss", {"reduction": "average"}, (torch.zeros(2, 2), torch.zeros(2).long()), "'average'"),
    ("CrossEntropyLoss", {"reduction": "average"}, (torch.zeros(2, 2), torch.zeros(2, 2)), "'average'"),
    ("KLDivLoss", {"reduction": "average"}, (torch.zeros(2), torch.zeros(2)), "'average'"),
    ("GaussianNLLLoss", {"reduction": "average"}, (torch.zeros(2), torch.zeros(2), torch.ones(2)), "'average'"),
    ("BCELoss", {}, (torch.zeros(2), torch.zeros(2, 1)), "shape of the input"),
    ("BCELoss", {}, (torch.tensor([1.5]), torch.zeros(1)), "input between 0 and 1"),
    ("BCELoss", {}, (torch.tensor([float("nan")]), torch.zeros(1)), "input between 0 and 1"),
    ("BCELoss", {}, (torch.zeros(1), torch.tensor([2.0])), "target between 0 and 1"),
    ("BCEWithLogitsLoss", {}, (torch.zeros(2), torch.zeros(2, 1)), "shape of the input"),
    ("NLLLoss", {}, (torch.zeros(2, 3), torch.tensor([0, 3])), "from 0 to 2, got 3"),
    ("NLLLoss", {}, (torch.zeros(2, 3), torch.tensor([0, -1])), "from 0 to 2, got -1"),
    ("NLLLoss", {}, (torch.zeros(2, 3), torch.tensor([0, 1, 2])), "shape (2,)"),
    ("NLLLoss", {}, (torch.zeros(2, 3, 4), torch.zeros(2, 5).long()), "shape (2, 4)"),
    ("NLLLoss", {}, (torch.zeros(2, 3), torch.zeros(2)), "int64"),
    ("NLLLoss", {}, (torch.zeros(2, 3), torch.zeros(2).int()), "int64"),
    ("NLLLoss", {}, (torch.tensor(0.0), torch.tensor(0)), "class"),
    ("NLLLoss", {"weight": torch.ones(2)}, (torch.zeros(2, 3), torch.tensor([0, 1])), "3 weights"),
    ("CrossEntropyLoss", {}, (torch.zeros(2, 3), torch.tensor([0, 3])), "from 0 to 2, got 3"),
    ("CrossEntropyLoss", {}, (torch.zeros(2, 3), torch.tensor([0, 1, 2])), "shape (2,)"),
    ("CrossEntropyLoss", {}, (torch.zeros(2, 3), torch.zeros(2, 1).long()), "shape (2,)"),
    ("CrossEntropyLoss", {}, (torch.zeros(2, 3), torch.zeros(2)), "int64"),
    ("CrossEntropyLoss", {}, (torch.zeros(2, 3), torch.zeros(2, 3).long()), "floating"),
    ("CrossEntropyLoss", {"weight": torch.ones(2)}, (torch.zeros(2, 3), torch.tensor([0, 1])), "3 weights"),
    ("CrossEntropyLoss", {"weight": torch.ones(2)}, (torch.zeros(2, 3), torch.zeros(2, 3)), "3 weights"),
    ("CrossEntropyLoss", {"label_smoothing": 1.5}, (torch.zeros(2, 3), torch.tensor([0, 1])), "from 0 to 1, got 1.5"),
    ("CrossEntropyLoss", {"ignore_index": 1}, (torch.zeros(2, 3), torch.zeros(2, 3)), "ignore_index"),
    ("GaussianNLLLoss", {}, (torch.zeros(2), torch.zeros(2), torch.tensor([1.0, -1.0])), "at least 0"),
    ("GaussianNLLLoss", {}, (torch.zeros(2), torch.zeros(2), -1.0), "at least 0"),
    ("GaussianNLLLoss", {}, (torch.zeros(2, 3), torch.zeros(2, 3), torch.ones(3)), "shape (2, 3)"),
    ("GaussianNLLLoss", {}, (torch.zeros(2, 3, 4), torch.zeros(2, 3, 4), torch.ones(2, 1, 1)), "shape (2, 3, 4)"),
]


@pytest.mark.parametrize(("name", "options", "inputs", "words"), ERRORS)
def test_errors_have_torchs_type_and_better_words(name, options, inputs, words):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        with pytest.raises(Exception) as theirs_raised:
            getattr(theirs, name)(**options)(*inputs)
        with pytest.raises(theirs_raised.type) as raised:
            getattr(ours, name)(**options)(*inputs)
    assert words in str(raised.value)
