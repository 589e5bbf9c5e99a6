"""Hand-made kernels and their application, against SciPy's image filters."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.data import load_photograph
from course_lib.nn import filters

SCIPY_MODES = {"replicate": "nearest", "zeros": "constant", "reflect": "mirror", "circular": "wrap"}
SIZES = [(1, 1), (3, 3), (5, 3), (1, 7)]


@pytest.fixture(scope="module")
def photograph():
    """A piece of a photograph, grey."""
    return load_photograph()[100:140, 200:230].mean(axis=-1)


# Kernels --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "theirs"), [(filters.sobel, scipy.ndimage.sobel), (filters.prewitt, scipy.ndimage.prewitt)]
)
@pytest.mark.parametrize(("direction", "axis"), [("x", 1), ("y", 0)])
def test_derivatives(photograph, ours, theirs, direction, axis):
    expected = theirs(photograph, axis=axis, mode="nearest")
    np.testing.assert_allclose(filters.apply(photograph, ours(direction)), expected, atol=1e-14)


@pytest.mark.parametrize("size", [1, 3, 7])
def test_box_blur(photograph, size):
    expected = scipy.ndimage.uniform_filter(photograph, size, mode="nearest")
    np.testing.assert_allclose(filters.apply(photograph, filters.box_blur(size)), expected, atol=1e-14)


@pytest.mark.parametrize("sigma", [0.5, 2.0])
def test_gaussian_blur(photograph, sigma):
    expected = scipy.ndimage.gaussian_filter(photograph, sigma, radius=4, mode="nearest")
    np.testing.assert_allclose(filters.apply(photograph, filters.gaussian_blur(9, sigma)), expected, atol=1e-14)


def test_blurs_of_even_size_are_symmetric_and_sum_to_one():
    for k in (filters.box_blur(4), filters.gaussian_blur(4, 1.0), filters.gaussian_blur(4, 1e-3)):
        np.testing.assert_allclose(k, k[::-1, ::-1])
        np.testing.assert_allclose(k, k.T)
        assert k.sum() == pytest.approx(1)


def test_the_simple_edge_is_a_difference(photograph):
    edge = filters.apply(photograph, filters.simple_edge(), padding="valid")
    np.testing.assert_allclose(edge, np.diff(photograph, axis=1), atol=1e-15)


def test_sharpening_takes_the_laplacian_away(photograph):
    for amount in (0.0, 1.0, 2.5):
        expected = photograph - amount * scipy.ndimage.laplace(photograph, mode="nearest")
        np.testing.assert_allclose(filters.apply(photograph, filters.sharpen(amount)), expected, atol=1e-13)
    assert not np.signbit(filters.sharpen(0.0)).any()


TOWARDS = {
    "N": (-1, 0),
    "NE": (-1, 1),
    "E": (0, 1),
    "SE": (1, 1),
    "S": (1, 0),
    "SW": (1, -1),
    "W": (0, -1),
    "NW": (-1, -1),
}


def test_every_compass_direction_answers_most_to_its_own_side():
    assert set(filters.COMPASS) == set(TOWARDS)
    rows, columns = np.mgrid[-1:2, -1:2]
    for direction, (i, j) in TOWARDS.items():
        brighter = (rows * i + columns * j) / np.hypot(i, j)
        answers = {d: float((filters.kirsch(d) * brighter).sum()) for d in TOWARDS}
        assert max(answers, key=answers.get) == direction


def test_kirsch_has_three_fives_and_five_threes_around_nothing():
    np.testing.assert_array_equal(filters.kirsch("N"), [[5, 5, 5], [-3, 0, -3], [-3, -3, -3]])
    np.testing.assert_array_equal(filters.kirsch("SW"), [[-3, -3, -3], [5, 0, -3], [5, 5, -3]])
    for a, b in zip(filters.COMPASS[::2], [*filters.COMPASS[2::2], "N"], strict=True):
        np.testing.assert_array_equal(filters.kirsch(b), np.rot90(filters.kirsch(a), -1))


def test_kernels_are_not_shared():
    """Whoever changes a kernel changes nobody else's."""
    for make in (filters.simple_edge, lambda: filters.sobel("y"), lambda: filters.kirsch("E"), filters.sharpen):
        make()[:] = 7
        assert not (make() == 7).any()


# Application ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", SCIPY_MODES)
@pytest.mark.parametrize("size", SIZES)
def test_the_same_size_as_scipy(asarray, rng, mode, size):
    image, kernel = rng.normal(size=(9, 8)), rng.normal(size=size)
    y = filters.apply(asarray(image), kernel, padding_mode=mode)
    expected = scipy.ndimage.correlate(image, kernel, mode=SCIPY_MODES[mode])
    np.testing.assert_allclose(y.tolist(), expected, atol=1e-13)


@pytest.mark.parametrize("size", [*SIZES, (2, 4), (9, 8)])
def test_valid_as_scipy(asarray, rng, size):
    image, kernel = rng.normal(size=(9, 8)), rng.normal(size=size)
    y = filters.apply(asarray(image), asarray(kernel), padding="valid")
    np.testing.assert_allclose(y.tolist(), scipy.signal.correlate2d(image, kernel, mode="valid"), atol=1e-13)


@settings(deadline=None, max_examples=40)
@given(height=st.integers(1, 5), width=st.integers(1, 5), mode=st.sampled_from(["zeros", "replicate"]))
def test_it_is_what_a_layer_does(height, width, mode):
    layer = nn.Conv2d(1, 1, (height, width), padding="same", padding_mode=mode, bias=False, dtype=torch.float64)
    x = torch.randn(2, 1, 6, 5, generator=torch_generator(0), dtype=torch.float64)
    y = filters.apply(x, layer.weight[0, 0], padding_mode=mode)
    torch.testing.assert_close(y, layer(x))
    with torch.no_grad():
        torch.testing.assert_close(filters.apply(x, layer.weight[0, 0].numpy(), padding_mode=mode), y)


def test_every_channel_for_itself(asarray, rng):
    images = rng.random((2, 3, 6, 7))
    y = np.asarray(filters.apply(asarray(images), filters.sobel("x")).tolist())
    assert y.shape == images.shape
    for n, c in np.ndindex(2, 3):
        np.testing.assert_allclose(y[n, c], filters.apply(images[n, c], filters.sobel("x")))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_image_decides_the_precision_and_stays_as_it_was(asarray, rng, dtype):
    image = asarray(rng.random((5, 6)), dtype=dtype)
    before = image.tolist()
    y = filters.edge_magnitude(image)
    assert type(y) is type(image)
    assert y.dtype == image.dtype
    assert image.tolist() == before


def test_gradients_flow_to_image_and_kernel():
    image, kernel = (
        torch.randn(shape, generator=torch_generator(1), dtype=torch.float64, requires_grad=True)
        for shape in [(4, 5), (3, 2)]
    )
    assert torch.autograd.gradcheck(filters.apply, (image, kernel))


@pytest.mark.parametrize("derivative", [filters.sobel, filters.prewitt])
def test_edge_magnitude(asarray, photograph, derivative):
    theirs = getattr(scipy.ndimage, derivative.__name__)
    expected = np.hypot(theirs(photograph, axis=0, mode="mirror"), theirs(photograph, axis=1, mode="mirror"))
    y = filters.edge_magnitude(asarray(photograph), derivative, padding_mode="reflect")
    np.testing.assert_allclose(y.tolist(), expected, atol=1e-13)


def test_a_flat_image_has_no_edges(asarray):
    image = asarray(np.full((4, 5), 0.3))
    assert float(filters.edge_magnitude(image).max()) < 1e-15
    for direction in filters.COMPASS:
        assert abs(float(filters.apply(image, filters.kirsch(direction)).max())) < 1e-14


# Rank 1 ---------------------------------------------------------------------------------------------------------------

SEPARABLE = {
    "box": filters.box_blur(5),
    "gauss": filters.gaussian_blur(7, 1.5),
    "sobel": filters.sobel("y"),
    "prewitt": filters.prewitt("x"),
    "edge": filters.simple_edge(),
    "one": np.array([[3.0]]),
}


@pytest.mark.parametrize("kernel", SEPARABLE.values(), ids=SEPARABLE)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_column_times_row(asarray, rng, kernel, dtype):
    column, row = filters.separate(asarray(kernel, dtype=dtype))
    assert tuple(column.shape) == (kernel.shape[0], 1)
    assert tuple(row.shape) == (1, kernel.shape[1])
    assert float(column.max()) == 1
    rtol = 1e-6 if dtype == "float32" else 1e-14
    np.testing.assert_allclose((column * row).tolist(), kernel, rtol=rtol, atol=rtol)
    image = asarray(rng.random((12, 11)), dtype=dtype)
    twice = filters.apply(filters.apply(image, column), row)
    np.testing.assert_allclose(twice.tolist(), filters.apply(image, kernel).tolist(), rtol=10 * rtol, atol=10 * rtol)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 1000), shape=st.tuples(st.integers(1, 6), st.integers(1, 6)))
def test_any_outer_product_separates(seed, shape):
    rng = np.random.default_rng(seed)
    kernel = np.outer(rng.normal(size=shape[0]), rng.normal(size=shape[1]))
    column, row = filters.separate(kernel)
    np.testing.assert_allclose(column @ row, kernel, atol=1e-14)


@pytest.mark.parametrize(
    "kernel",
    [filters.kirsch("N"), filters.sharpen(), np.eye(2), np.ones((3, 3)) + 1e-6 * np.eye(3)],
    ids=["kirsch", "sharpen", "identity", "nearly"],
)
def test_higher_ranks_are_refused(asarray, kernel):
    with pytest.raises(ValueError, match="expected a kernel of rank 1, whose rows"):
        filters.separate(asarray(kernel))


# Errors ---------------------------------------------------------------------------------------------------------------

IMAGE = np.zeros((4, 5))
WRONG = [
    (lambda: filters.box_blur(0), ValueError, "size.*got 0"),
    (lambda: filters.box_blur(2.5), ValueError, "size.*got 2.5"),
    (lambda: filters.gaussian_blur(3, 0.0), ValueError, "sigma above 0"),
    (lambda: filters.gaussian_blur(3, np.nan), ValueError, "sigma above 0, got nan"),
    (lambda: filters.sobel("horizontal"), ValueError, "got 'horizontal'"),
    (lambda: filters.prewitt(0), ValueError, "got 0"),
    (lambda: filters.kirsch("north"), ValueError, "N, NE, .*got 'north'"),
    (lambda: filters.apply(np.zeros((4, 5), dtype=np.uint8), np.ones((1, 1))), TypeError, "uint8; divide"),
    (lambda: filters.apply([[1.0]], np.ones((1, 1))), TypeError, "got list"),
    (lambda: filters.apply(IMAGE, torch.ones(1, 1)), TypeError, "one kind"),
    (lambda: filters.apply(IMAGE, np.ones(3)), ValueError, r"\(4, 5\) and \(3,\)"),
    (lambda: filters.apply(IMAGE, np.ones((0, 3))), ValueError, r"\(0, 3\)"),
    (lambda: filters.apply(IMAGE[0], np.ones((1, 1))), ValueError, r"\(5,\) and"),
    (lambda: filters.apply(IMAGE, np.ones((5, 5)), padding="valid"), ValueError, "does not fit"),
    (lambda: filters.apply(IMAGE, np.ones((1, 1)), padding="full"), ValueError, "got 'full'"),
    (lambda: filters.apply(IMAGE, np.ones((1, 1)), padding_mode="mirror"), ValueError, "got 'mirror'"),
    (lambda: filters.apply(IMAGE, np.ones((9, 9)), padding_mode="reflect"), RuntimeError, "at most 3"),
    (lambda: filters.separate(np.zeros((3, 3))), ValueError, "zeros only"),
    (lambda: filters.separate(np.full((3, 3), np.nan)), ValueError, "finite"),
    (lambda: filters.separate(np.zeros(3)), ValueError, "expected a kernel of shape"),
    (lambda: filters.separate(np.ones((3, 3), dtype=int)), TypeError, "floating dtype, got int64"),
    (lambda: filters.apply(IMAGE, [[1.0]]), TypeError, "got list"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=range(len(WRONG)))
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
