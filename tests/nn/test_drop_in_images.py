"""Convolution, pooling, normalisation and noise beside torch's: arguments, state, numbers, two derivatives, errors."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn as theirs

from course_lib import nn as ours
from course_lib.arrays import torch_generator
from tests.nn.oracle import assert_same, assert_same_face_and_state, outputs_and_gradients, signature

C1 = {"in_channels": 4, "out_channels": 6, "kernel_size": 3}
C2 = {"in_channels": 4, "out_channels": 6, "kernel_size": (3, 2)}
SEQUENCE, IMAGE = [(2, 4, 9), (4, 9), (0, 4, 9)], [(2, 4, 7, 8), (4, 7, 8), (0, 4, 7, 8)]
FEATURES = [(5, 4), (3, 4, 6)]

CONVOLUTIONS = [
    *[
        ("Conv1d", C1 | options, shape)
        for shape in SEQUENCE
        for options in [
            {},
            {"kernel_size": 1, "bias": False},
            {"kernel_size": (9,)},
            {"stride": 2, "padding": 1},
            {"padding": (2,), "dilation": (2,)},
            {"padding": "valid"},
            {"padding": "same", "kernel_size": 4, "dilation": 2},
            {"padding": "same", "padding_mode": "reflect", "kernel_size": 4},
            {"padding": 5, "stride": 3, "padding_mode": "reflect"},
            {"padding": 9, "padding_mode": "circular"},
            {"padding": 12, "padding_mode": "replicate"},
            {"groups": 2, "stride": 2},
        ]
    ],
    *[
        ("Conv2d", C2 | options, shape)
        for shape in IMAGE
        for options in [
            {},
            {"kernel_size": 1},
            {"kernel_size": (7, 8), "bias": False},
            {"stride": (2, 3), "padding": (1, 2)},
            {"stride": 4},
            {"padding": 2, "dilation": (2, 3)},
            {"padding": "same"},
            {"padding": "same", "dilation": (1, 3), "padding_mode": "circular"},
            {"padding": (2, 3), "padding_mode": "reflect", "stride": 2},
            {"padding": (0, 1), "padding_mode": "replicate"},
            {"padding": (7, 1), "padding_mode": "circular"},
            {"padding": "valid", "padding_mode": "reflect"},
            {"groups": 2, "padding": 1},
            {"groups": 4, "out_channels": 8},
            {"dtype": torch.float64},
        ]
    ],
]
TRANSPOSED = [
    *[
        ("ConvTranspose1d", C1 | options, shape)
        for shape in SEQUENCE
        for options in [{}, {"stride": 3, "padding": 2, "output_padding": 2, "dilation": 2}, {"groups": 2}]
    ],
    *[
        ("ConvTranspose2d", C2 | options, shape)
        for shape in IMAGE
        for options in [
            {},
            {"bias": False, "stride": 2},
            {"stride": (2, 3), "padding": (1, 4), "output_padding": (1, 2)},
            {"dilation": (3, 2), "output_padding": (2, 1)},
            {"groups": 2, "stride": 2, "dilation": 2, "padding": 3},
            {"kernel_size": 1, "stride": 2, "output_padding": 1},
        ]
    ],
]
POOLING = [
    (name, options, shape)
    for shape in IMAGE
    for name, every in [
        (
            "MaxPool2d",
            [
                {"kernel_size": 2},
                {"kernel_size": (3, 2), "stride": (2, 1), "padding": (1, 0)},
                {"kernel_size": 3, "stride": 1, "padding": 1, "dilation": 2},
                {"kernel_size": 3, "stride": 2, "ceil_mode": True},
                {"kernel_size": 2, "stride": 3, "padding": 1, "ceil_mode": True},
                {"kernel_size": 2, "stride": 4, "padding": 1, "ceil_mode": True},
            ],
        ),
        (
            "AvgPool2d",
            [
                {"kernel_size": 2},
                {"kernel_size": (3, 2), "stride": (2, 1), "padding": (1, 1)},
                {"kernel_size": 3, "stride": 2, "padding": 1, "count_include_pad": False},
                {"kernel_size": 3, "stride": 2, "ceil_mode": True},
                {"kernel_size": 2, "stride": 3, "padding": 1, "ceil_mode": True},
                {"kernel_size": 3, "stride": 3, "padding": 1, "ceil_mode": True, "count_include_pad": False},
                {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True, "divisor_override": 5},
                {"kernel_size": 2, "divisor_override": -3},
            ],
        ),
        (
            "LPPool2d",
            [
                {"norm_type": 2, "kernel_size": 2},
                {"norm_type": 1, "kernel_size": (3, 2), "stride": (1, 2)},
                {"norm_type": 4, "kernel_size": 3, "stride": 2, "ceil_mode": True},
                {"norm_type": 3, "kernel_size": 2, "stride": 1},
                {"norm_type": math.inf, "kernel_size": 2},
                {"norm_type": -math.inf, "kernel_size": 3, "stride": 2},
            ],
        ),
        (
            "AdaptiveAvgPool2d",
            [{"output_size": n} for n in (1, 3, 8, 20, (2, 5), (None, 3), (3, None))],
        ),
    ]
    for options in every
]
NORMALIZATION = [
    *[
        (name, {"num_features": 4} | options, shape)
        for name, shapes in [("BatchNorm1d", FEATURES), ("BatchNorm2d", [(3, 4, 5, 2), (2, 4, 1, 1)])]
        for shape in shapes
        for options in [
            {},
            {"eps": 0.1, "momentum": 0.7},
            {"momentum": None},
            {"momentum": 0.0},
            {"affine": False},
            {"bias": False},
            {"track_running_stats": False},
            {"affine": False, "track_running_stats": False},
        ]
    ],
    *[
        ("LayerNorm", options, (5, 3, 4))
        for options in [
            {"normalized_shape": 4},
            {"normalized_shape": (3, 4)},
            {"normalized_shape": [5, 3, 4], "eps": 0.1},
            {"normalized_shape": 4, "bias": False},
            {"normalized_shape": 4, "elementwise_affine": False},
        ]
    ],
    ("LayerNorm", {"normalized_shape": 4}, (4,)),
    ("LayerNorm", {"normalized_shape": 4}, (0, 4)),
    ("LayerNorm", {"normalized_shape": 1}, (3, 1)),
]
OTHERS = [
    ("Flatten", {}, (2, 3, 4)),
    ("Flatten", {"start_dim": 0}, (2, 3, 4)),
    ("Flatten", {"start_dim": -3, "end_dim": 1}, (2, 3, 4)),
    ("Flatten", {"start_dim": 0}, ()),
    ("Dropout", {"p": 0.0}, (3, 4)),
    ("Dropout", {"p": 1.0}, (3, 4)),
]
CASES = CONVOLUTIONS + TRANSPOSED + POOLING + NORMALIZATION + OTHERS
BUILT = list({repr(case[:2]): case[:2] for case in [*CASES, ("Dropout", {"p": 0.3, "inplace": True}, ())]}.values())


def named(cases):
    return [pytest.param(*case, id=" ".join(map(str, case))) for case in cases]


def numbers(shape, seed=0):
    return torch.randn(shape, generator=torch_generator(seed), dtype=torch.float64)


def pair(name, options):
    """The same class from both libraries, in float64 and with the same weights, none of them a special number."""
    mine, yours = getattr(ours, name)(**options).double(), getattr(theirs, name)(**options).double()
    for i, parameter in enumerate(yours.parameters()):
        parameter.data = numbers(parameter.shape, seed=i + 1)
    mine.load_state_dict(yours.state_dict())
    return mine, yours


@pytest.mark.parametrize("name", sorted({name for name, *_ in CASES}))
def test_the_same_arguments(name):
    assert signature(getattr(ours, name)) == signature(getattr(theirs, name))


@pytest.mark.parametrize(("name", "options"), named(BUILT))
def test_the_same_attributes_repr_and_state(name, options):
    mine, yours = getattr(ours, name)(**options), getattr(theirs, name)(**options)
    assert_same_face_and_state(mine, yours)


@pytest.mark.parametrize(("name", "options"), named(BUILT))
def test_the_same_first_numbers(name, options):
    with torch.random.fork_rng():
        torch.manual_seed(3)
        yours = getattr(theirs, name)(**options)
        torch.manual_seed(3)
        mine = [getattr(ours, name)(**options)]
    if "Conv" in name:
        mine.append(getattr(ours, name)(**options, generator=torch_generator(3)))
    for layer in mine:
        torch.testing.assert_close(layer.state_dict(), yours.state_dict(), rtol=0, atol=0)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize(("name", "options", "shape"), named(CASES))
def test_the_same_numbers_and_two_derivatives(name, options, shape, device):
    mine, yours = pair(name, options)
    x = numbers(shape)
    if name == "LPPool2d" and options["norm_type"] == 3:
        x = x.abs()  # an odd power of a negative sum has no root
    assert_same(mine.to(device), yours.to(device), x.to(device).requires_grad_())


@pytest.mark.parametrize(("name", "options", "shape"), named(POOLING))
def test_the_same_places_of_maxima(name, options, shape):
    if name != "MaxPool2d":
        return
    mine, yours = (library.MaxPool2d(**options, return_indices=True) for library in (ours, theirs))
    for x in (numbers(shape), numbers(shape).round(), torch.zeros(shape), torch.full(shape, -math.inf)):
        torch.testing.assert_close(mine(x), yours(x))
    x = numbers(shape)
    x[..., 1::3, ::2] = math.nan
    torch.testing.assert_close(mine(x), yours(x), equal_nan=True)


def test_pooling_whole_numbers():
    x = torch.randint(-9, 9, (2, 3, 5, 5), generator=torch_generator(0))
    assert torch.equal(ours.MaxPool2d(3, 2, 1)(x), theirs.MaxPool2d(3, 2, 1)(x))


def test_a_window_of_zeros_has_no_gradient_instead_of_none_that_is_a_number():
    """Torch gives NaN there, and behind a ReLU such windows are common."""
    x = torch.zeros(1, 1, 2, 4, dtype=torch.float64)
    x[..., 2:] = 3.0
    (g,) = torch.autograd.grad(ours.LPPool2d(2, 2)(x.requires_grad_()).sum(), x)
    assert torch.equal(g[..., :2], torch.zeros(1, 1, 2, 2, dtype=torch.float64))
    torch.testing.assert_close(g[..., 2:], torch.full((1, 1, 2, 2), 0.5, dtype=torch.float64))


@pytest.mark.parametrize(("name", "options", "shape"), named(NORMALIZATION))
def test_running_moments_and_evaluation(name, options, shape):
    mine, yours = pair(name, options)
    for seed in range(3):
        x = 3 * numbers(shape, seed) + 1
        torch.testing.assert_close(mine(x), yours(x), equal_nan=True, rtol=1e-10, atol=1e-10)
        torch.testing.assert_close(mine.state_dict(), yours.state_dict())
    assert_same(mine.eval(), yours.eval(), numbers(shape, 9).requires_grad_())
    torch.testing.assert_close(mine.state_dict(), yours.state_dict())
    if name != "LayerNorm":
        mine.reset_parameters()
        yours.reset_parameters()
        torch.testing.assert_close(mine.state_dict(), yours.state_dict())


@pytest.mark.parametrize("name", ["ConvTranspose1d", "ConvTranspose2d"])
def test_transposed_convolution_can_be_told_its_output_size(name):
    options = C1 | {"stride": 3, "padding": 1}
    mine, yours = pair(name, options)
    spatial = (9,) if name.endswith("1d") else (5, 6)
    x = numbers((2, 4, *spatial))
    least = [(n - 1) * 3 + 1 for n in spatial]
    for extra in range(3):
        size = [n + extra for n in least]
        for wanted in (size, [2, 6, *size]):
            torch.testing.assert_close(mine(x, output_size=wanted), yours(x, output_size=wanted))
    for bad in ([n + 3 for n in least], [n - 1 for n in least], [7], [1, 2, 3]):
        for layer in (mine, yours):
            with pytest.raises(ValueError):
                layer(x, output_size=bad)


@pytest.mark.parametrize("name", ["Conv2d", "MaxPool2d", "AvgPool2d", "BatchNorm2d"])
def test_inputs_of_any_memory_layout_stay_as_they_were(name):
    options = {"Conv2d": C2, "BatchNorm2d": {"num_features": 4}}.get(name, {"kernel_size": 2})
    mine, yours = pair(name, options)
    for x in (
        numbers((2, 7, 8, 4)).movedim(-1, 1),
        numbers((2, 8, 14, 8))[:, ::2, ::2],
        numbers((4, 7, 8)).expand(2, 4, 7, 8),
    ):
        before = x.clone()
        torch.testing.assert_close(outputs_and_gradients(mine, [x]), outputs_and_gradients(yours, [x]))
        assert torch.equal(x, before)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("offset", [0.0, 1e3])
def test_normalisation_is_exact_far_from_zero(offset, dtype):
    x = (numbers((64, 4)) + offset).to(dtype)
    y = ours.BatchNorm1d(4, affine=False, eps=1e-12)(x).double()
    torch.testing.assert_close(y.mean(0), torch.zeros(4, dtype=torch.float64), rtol=0, atol=1e-3)
    torch.testing.assert_close(y.square().mean(0), torch.ones(4, dtype=torch.float64), rtol=1e-3, atol=0)


ERRORS = [
    ("Conv2d", C2 | {"groups": 0}, None, "groups"),
    ("Conv2d", C2 | {"groups": 3}, None, "in_channels"),
    ("Conv2d", C2 | {"in_channels": 8, "groups": 4}, None, "out_channels"),
    ("Conv2d", C2 | {"padding": "full"}, None, "'full'"),
    ("Conv2d", C2 | {"padding": "same", "stride": 2}, None, "stride 1"),
    ("Conv2d", C2 | {"padding_mode": "mirror"}, None, "'mirror'"),
    ("Conv2d", C2, (2, 3, 7, 8), "4 channels"),
    ("Conv2d", C2, (7, 8), "(batch, channels, height, width)"),
    ("Conv1d", C1, (1, 2, 4, 9), "(batch, channels, length)"),
    ("Conv2d", C2 | {"kernel_size": 9}, (2, 4, 7, 8), "larger than the padded input"),
    ("Conv2d", C2 | {"stride": 0}, (2, 4, 7, 8), "stride"),
    ("Conv2d", C2 | {"dilation": 0}, (2, 4, 7, 8), "dilation"),
    ("Conv2d", C2 | {"padding": -1}, (2, 4, 7, 8), "padding"),
    ("Conv2d", C2 | {"stride": (1, 2, 3)}, (2, 4, 7, 8), "stride"),
    ("Conv2d", C2 | {"kernel_size": (3, 3, 3)}, (2, 4, 7, 8), "kernel_size"),
    ("Conv2d", C2 | {"padding": 7, "padding_mode": "reflect"}, (2, 4, 7, 8), "at most 6"),
    ("Conv2d", C2 | {"padding": 8, "padding_mode": "circular"}, (2, 4, 7, 8), "at most 7"),
    ("Conv2d", C2 | {"dtype": torch.float64}, (2, 4, 7, 8), ""),
    ("ConvTranspose2d", C2 | {"padding_mode": "reflect"}, None, "'reflect'"),
    ("ConvTranspose2d", C2 | {"output_padding": 1}, (2, 4, 7, 8), "output_padding"),
    ("ConvTranspose2d", C2 | {"stride": 2, "output_padding": -1}, (2, 4, 7, 8), "output_padding"),
    ("ConvTranspose2d", C2 | {"padding": 6}, (2, 4, 7, 8), "size"),
    ("ConvTranspose2d", C2, (2, 3, 7, 8), "4 channels"),
    ("MaxPool2d", {"kernel_size": 9}, (2, 4, 7, 8), "larger than the padded input"),
    ("MaxPool2d", {"kernel_size": 2, "padding": 2}, (2, 4, 7, 8), "half"),
    ("MaxPool2d", {"kernel_size": 2, "stride": 0}, (2, 4, 7, 8), "stride"),
    ("MaxPool2d", {"kernel_size": 0}, (2, 4, 7, 8), "kernel_size"),
    ("MaxPool2d", {"kernel_size": 2}, (7, 8), "(batch, channels, height, width)"),
    ("MaxPool2d", {"kernel_size": 2}, (2, 0, 7, 8), "channels"),
    ("AvgPool2d", {"kernel_size": 2, "divisor_override": 0}, (2, 4, 7, 8), "divisor_override"),
    ("AvgPool2d", {"kernel_size": 3, "padding": 2}, (2, 4, 7, 8), "half"),
    ("AvgPool2d", {"kernel_size": (2, 2, 2)}, (2, 4, 7, 8), "kernel_size"),
    ("LPPool2d", {"norm_type": 2, "kernel_size": 9}, (2, 4, 7, 8), "larger than the padded input"),
    ("AdaptiveAvgPool2d", {"output_size": -1}, (2, 4, 7, 8), "output_size"),
    ("BatchNorm1d", {"num_features": 4}, (2, 4, 3, 3), "2-D or 3-D"),
    ("BatchNorm2d", {"num_features": 4}, (2, 4, 3), "4-D"),
    ("BatchNorm2d", {"num_features": 4}, (2, 3, 3, 3), "4 channels"),
    ("BatchNorm1d", {"num_features": 4}, (1, 4), "model.eval()"),
    ("BatchNorm1d", {"num_features": 4, "eps": 0.0}, (3, 4), "eps"),
    ("LayerNorm", {"normalized_shape": (3, 4)}, (3, 5), "(..., 3, 4)"),
    ("LayerNorm", {"normalized_shape": (3, 4)}, (4,), "(..., 3, 4)"),
    ("LayerNorm", {"normalized_shape": ()}, (4,), ""),
    ("Dropout", {"p": 1.5}, None, "1.5"),
    ("LayerNorm", {"normalized_shape": 4}, (), "(..., 4)"),
    ("Flatten", {"start_dim": 3}, (2, 3), "start_dim from -2 to 1"),
    ("Flatten", {"start_dim": 1, "end_dim": 0}, (2, 3), "before end_dim"),
]


@pytest.mark.parametrize(("name", "options", "shape", "words"), ERRORS)
def test_errors_have_torchs_type_and_better_words(name, options, shape, words):
    def use(library):
        layer = getattr(library, name)(**options)
        return layer if shape is None else layer(torch.zeros(shape))

    with pytest.raises(Exception) as theirs_raised:
        use(theirs)
    with pytest.raises(theirs_raised.type) as raised:
        use(ours)
    assert words in str(raised.value)
