"""Changes of images against scipy.ndimage and NumPy; random ones against the changes they draw."""

import numpy as np
import pytest
import scipy.ndimage
import torch

from course_lib.arrays import torch_generator
from course_lib.data import Minibatches
from course_lib.regularization import augment

SHAPES = [(2, 3, 7, 7), (3, 1, 6, 9), (2, 1, 1, 4)]


def each_plane(x, change):
    """The change made to every channel of every image by itself."""
    return np.stack([[change(plane) for plane in image] for image in x])


def affine(plane, matrix):
    """The plane with every place taken from matrix · (place − centre) + centre, by scipy."""
    centre = (np.array(plane.shape) - 1) / 2
    return scipy.ndimage.affine_transform(
        plane, matrix, offset=centre - matrix @ centre, order=1, mode="grid-constant", cval=0.0
    )


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("dx", "dy"), [(1, 0), (-2, 3), (0.5, -0.25), (100, 0), (0, 0)])
def test_shift(asarray, rng, shape, dx, dy):
    values = rng.normal(size=shape)
    x = asarray(values)
    found = augment.shift(x, dx, dy)
    assert type(found) is type(x)
    expected = each_plane(values, lambda p: scipy.ndimage.shift(p, (dy, dx), order=1, mode="grid-constant"))
    np.testing.assert_allclose(found.tolist(), expected, atol=1e-12)
    np.testing.assert_array_equal(x.tolist(), values)


@pytest.mark.parametrize("shape", SHAPES[:2])
@pytest.mark.parametrize("degrees", [0, 17.5, 45, -30, 400])
def test_rotate(asarray, rng, shape, degrees):
    values = rng.normal(size=shape)
    found = augment.rotate(asarray(values), degrees)
    t = np.deg2rad(degrees)
    matrix = np.array([[np.cos(t), np.sin(t)], [-np.sin(t), np.cos(t)]])
    np.testing.assert_allclose(found.tolist(), each_plane(values, lambda p: affine(p, matrix)), atol=1e-10)
    if shape[2] == shape[3]:
        scipys = each_plane(
            values, lambda p: scipy.ndimage.rotate(p, degrees, reshape=False, order=1, mode="grid-constant")
        )
        np.testing.assert_allclose(found.tolist(), scipys, atol=1e-10)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_quarter_turns(asarray, rng, turns):
    values = rng.normal(size=(2, 3, 5, 5))
    found = augment.rotate(asarray(values), 90.0 * turns)
    np.testing.assert_allclose(found.tolist(), np.rot90(values, turns, axes=(2, 3)), atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("factor", [1, 2.0, 0.5, 1.3])
def test_zoom(asarray, rng, shape, factor):
    values = rng.normal(size=shape)
    found = augment.zoom(asarray(values), factor)
    expected = each_plane(values, lambda p: affine(p, np.eye(2) / factor))
    np.testing.assert_allclose(found.tolist(), expected, atol=1e-12)


def test_flip_and_crop(asarray, rng):
    values = rng.normal(size=(3, 2, 5, 6))
    x = asarray(values)
    np.testing.assert_array_equal(augment.flip(x).tolist(), values[:, :, :, ::-1])
    np.testing.assert_array_equal(augment.crop(x, 1, 2, 3).tolist(), values[:, :, 1:4, 2:5])
    for size in ((5, 2), [5, 2], (np.int64(5), 2)):
        np.testing.assert_array_equal(augment.crop(x, 0, 3, size).tolist(), values[:, :, :, 3:5])


def test_an_amount_for_each_image(asarray, rng):
    values = rng.normal(size=(3, 2, 5, 6))
    x, a, b = asarray(values), asarray([0.5, -1, 2.0]), asarray([1, 0.25, 3])
    places = asarray([0, 2, 1], "int64")
    for together, alone in (
        (augment.shift(x, a, b), [augment.shift(x[i : i + 1], float(a[i]), float(b[i])) for i in range(3)]),
        (augment.rotate(x, 20 * a), [augment.rotate(x[i : i + 1], 20 * float(a[i])) for i in range(3)]),
        (augment.zoom(x, b), [augment.zoom(x[i : i + 1], float(b[i])) for i in range(3)]),
        (augment.crop(x, places, 1, 3), [augment.crop(x[i : i + 1], int(places[i]), 1, 3) for i in range(3)]),
    ):
        np.testing.assert_allclose(together.tolist(), [one[0].tolist() for one in alone], atol=1e-14)


def test_gradients_flow_through():
    x = torch.rand(2, 1, 4, 4, dtype=torch.float64, generator=torch_generator(0), requires_grad=True)
    amount = torch.tensor([0.3, -0.2], dtype=torch.float64, requires_grad=True)
    for change in (
        lambda x, t: augment.rotate(x, 30 * t),
        lambda x, t: augment.shift(x, t, 2 * t),
        lambda x, t: augment.zoom(x, 1 + t),
    ):
        assert torch.autograd.gradcheck(change, (x, amount))


def test_precision_is_kept(asarray):
    x = asarray(np.ones((2, 3, 4, 4)), "float32")
    for changed in (
        augment.shift(x, 0.5, np.float64(1)),
        augment.rotate(x, asarray([10.0, 20.0])),
        augment.zoom(x, 1.5),
        augment.crop(x, 0, 0, 2),
        augment.flip(x),
        augment.color_pca(x, 0.1),
        augment.RandomRotation(10)(x),
    ):
        assert changed.dtype == x.dtype


def test_images_and_amounts_are_checked(asarray):
    x = asarray(np.ones((2, 1, 3, 3)))
    for change in (augment.flip, lambda x: augment.rotate(x, 1.0), augment.RandomCrop(2), augment.RandomZoom()):
        with pytest.raises(ValueError, match=r"\(n, channels, height, width\), got shape \(3, 3\)"):
            change(asarray(np.ones((3, 3))))
        with pytest.raises(TypeError, match=r"floating dtype, got .*uint8; x / 255"):
            change(asarray(np.ones((2, 1, 3, 3)), "uint8"))
    with pytest.raises(ValueError, match=r"dx as a number or of shape \(2,\), one for each image, got shape \(3,\)"):
        augment.shift(x, asarray([1.0, 2, 3]), 0)
    with pytest.raises(ValueError, match="degrees to be finite, got nan"):
        augment.rotate(x, float("nan"))
    with pytest.raises(ValueError, match="factor to be above 0, got 0"):
        augment.zoom(x, 0)
    with pytest.raises(ValueError, match="4 by 4 does not fit into images of 3 by 3"):
        augment.crop(x, 0, 0, 4)
    with pytest.raises(ValueError, match="left from 0 to 1, where the rectangle fits, got 2"):
        augment.crop(x, 0, 2, 2)
    with pytest.raises(TypeError, match="top as a whole number"):
        augment.crop(x, 0.5, 0, 2)
    with pytest.raises(ValueError, match=r"top as a number or of shape \(2,\), got 3 numbers"):
        augment.crop(x, asarray([0, 0, 0], "int64"), 0, 2)


def test_kinds_are_not_mixed():
    with pytest.raises(TypeError, match="arrays of one kind"):
        augment.rotate(torch.ones(2, 1, 3, 3), np.ones(2))


def test_colours_shift_along_their_covariance(asarray, rng):
    """The shift of each image is one for all its pixels, and over many images has the covariance P Λ³ Pᵀ/Λ · σ²:
    the covariance of P (α ∘ λ) is σ² P Λ² Pᵀ = σ² C²."""
    mixing = rng.normal(size=(3, 3))
    values = np.einsum("ij,njhw->nihw", mixing, rng.normal(size=(4000, 3, 2, 2)))
    x = asarray(values)
    generator = np.random.default_rng(0) if isinstance(x, np.ndarray) else torch_generator(0)
    shifts = np.asarray(augment.color_pca(x, 0.5, generator).tolist()) - values
    np.testing.assert_allclose(shifts, np.broadcast_to(shifts[:, :, :1, :1], shifts.shape), atol=1e-12)
    C = np.cov(np.moveaxis(values, 1, 0).reshape(3, -1), bias=True)
    np.testing.assert_allclose(np.cov(shifts[:, :, 0, 0].T), 0.25 * C @ C, atol=0.1 * np.abs(C @ C).max() * 0.25)


def test_colours_of_one_channel_and_of_no_strength(asarray, rng):
    x = asarray(rng.uniform(size=(2, 1, 3, 3)))
    assert augment.color_pca(x, 0.1).shape == x.shape
    assert augment.color_pca(x, 0).tolist() == x.tolist()
    with pytest.raises(ValueError, match="strength of at least 0"):
        augment.color_pca(x, -1)


@pytest.fixture(params=["numpy", "torch"])
def kind(request):
    """Makes arrays and generators of one kind."""
    if request.param == "numpy":
        return np.asarray, np.random.default_rng
    return lambda values: torch.from_numpy(np.array(values)), torch_generator


def dots(array, n=400):
    """Images with one bright pixel in the middle."""
    x = np.zeros((n, 1, 5, 5))
    x[:, 0, 2, 2] = 1
    return array(x)


def where(x):
    """Row and column of the bright pixel of each image."""
    return np.argwhere(np.asarray(x)[:, 0] > 0.5)[:, 1:]


def test_random_flip(kind, rng):
    array, generator = kind
    values = rng.normal(size=(400, 1, 2, 3))
    found = np.asarray(augment.RandomHorizontalFlip(0.3, generator=generator(0))(array(values)))
    flipped = (found == values[:, :, :, ::-1]).all(axis=(1, 2, 3))
    same = (found == values).all(axis=(1, 2, 3))
    assert (flipped ^ same).all()
    assert flipped.mean() == pytest.approx(0.3, abs=0.08)
    for p, expected in ((0.0, values), (1.0, values[:, :, :, ::-1])):
        np.testing.assert_array_equal(np.asarray(augment.RandomHorizontalFlip(p)(array(values))), expected)


def test_random_shift_reaches_every_place_evenly(kind):
    array, generator = kind
    places = where(augment.RandomShift(1, generator=generator(0))(dots(array)))
    found, counts = np.unique(places, axis=0, return_counts=True)
    assert found.tolist() == [[r, c] for r in (1, 2, 3) for c in (1, 2, 3)]
    assert counts.min() > 25
    x = dots(array)
    np.testing.assert_array_equal(np.asarray(augment.RandomShift(0)(x)), np.asarray(x))


def test_random_crop_reaches_every_place_evenly(kind):
    array, generator = kind
    cropped = augment.RandomCrop((3, 4), generator=generator(0))(dots(array))
    assert cropped.shape == (400, 1, 3, 4)
    found, counts = np.unique(where(cropped), axis=0, return_counts=True)
    assert found.tolist() == [[r, c] for r in (0, 1, 2) for c in (1, 2)]
    assert counts.min() > 45
    padded = augment.RandomCrop(5, padding=1, generator=generator(0))(dots(array))
    assert len(np.unique(where(padded), axis=0)) == 9
    with pytest.raises(ValueError, match="6 by 6 does not fit into images of 5 by 5"):
        augment.RandomCrop(6)(dots(array))


@pytest.mark.parametrize("degrees", [30, (-30, 30), (10, 20)])
def test_random_rotation_draws_evenly_from_the_angles(kind, degrees):
    """An image that is a ramp tells its angle where it crosses zero: the gradient at the centre turns with it."""
    array, generator = kind
    ramp = np.broadcast_to(np.arange(-3.0, 4.0), (400, 1, 7, 7))
    found = np.asarray(augment.RandomRotation(degrees, generator=generator(0))(array(ramp)))[:, 0]
    angles = np.rad2deg(np.arctan2(-(found[:, 4, 3] - found[:, 2, 3]), found[:, 3, 4] - found[:, 3, 2]))
    low, high = degrees if isinstance(degrees, tuple) else (-degrees, degrees)
    assert low <= angles.min() < low + 0.05 * (high - low)
    assert high - 0.05 * (high - low) < angles.max() <= high
    assert angles.mean() == pytest.approx((low + high) / 2, abs=0.1 * (high - low))


def test_random_zoom_draws_evenly_from_the_factors(kind):
    array, generator = kind
    ramp = np.broadcast_to(np.arange(-3.0, 4.0), (400, 1, 7, 7))
    found = np.asarray(augment.RandomZoom((0.8, 1.6), generator=generator(0))(array(ramp)))[:, 0]
    factors = 1 / (found[:, 3, 4] - found[:, 3, 3])
    assert 0.8 <= factors.min() < 0.85
    assert 1.55 < factors.max() <= 1.6
    assert factors.mean() == pytest.approx(1.2, abs=0.05)


def test_color_pca_is_the_function(kind, rng):
    array, generator = kind
    x = array(rng.uniform(size=(4, 3, 2, 2)))
    found = augment.ColorPCA(0.2, generator=generator(1))(x)
    np.testing.assert_array_equal(np.asarray(found), np.asarray(augment.color_pca(x, 0.2, generator(1))))


def every_transform(generator):
    return [
        augment.RandomHorizontalFlip(generator=generator),
        augment.RandomCrop(5, 1, generator=generator),
        augment.RandomRotation(20, generator=generator),
        augment.RandomShift(1, generator=generator),
        augment.RandomZoom(generator=generator),
        augment.ColorPCA(generator=generator),
    ]


def test_seeds_and_inputs(kind, rng):
    array, generator = kind
    values = rng.uniform(size=(6, 3, 5, 5))
    x = array(values)
    for number in range(6):
        first, again, other = (np.asarray(every_transform(generator(seed))[number](x)) for seed in (0, 0, 1))
        assert first.shape == values.shape
        np.testing.assert_array_equal(first, again)
        assert (first != other).any()
        assert np.isfinite(np.asarray(every_transform(None)[number](x))).all()
    np.testing.assert_array_equal(np.asarray(x), values)
    wrong = np.random.default_rng(0) if generator is torch_generator else torch_generator(0)
    for transform in every_transform(wrong):
        with pytest.raises(TypeError, match="expected generator="):
            transform(x)


def test_compose_is_one_after_the_other(kind, rng):
    array, generator = kind
    x = array(rng.uniform(size=(6, 3, 5, 5)))
    expected = x
    for transform in every_transform(generator(0)):
        expected = transform(expected)
    found = augment.Compose(every_transform(generator(0)))(x)
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected))


def test_augmented_batches_are_new_in_every_epoch():
    x, y = torch.rand(7, 1, 6, 6, generator=torch_generator(0)), torch.arange(7)
    batches = Minibatches(x, y, batch_size=3, shuffle=False)
    augmented = augment.Augmented(batches, augment.RandomRotation(30, generator=torch_generator(1)))
    assert len(augmented) == 3
    first, second = (list(augmented) for _ in range(2))
    for epoch in (first, second):
        assert torch.equal(torch.cat([batch[1] for batch in epoch]), y)
        assert [batch[0].shape for batch in epoch] == [batch[0].shape for batch in batches]
    assert not torch.equal(first[0][0], second[0][0])
    assert torch.equal(torch.cat([batch[0] for batch in batches]), x)
    with pytest.raises(TypeError, match="again and again, got a list_iterator"):
        augment.Augmented(iter([]), augment.flip)


def test_transforms_refuse():
    with pytest.raises(ValueError, match="probability p from 0 to 1, got 2"):
        augment.RandomHorizontalFlip(2)
    with pytest.raises(ValueError, match="degrees from the smaller to the larger, got 20 and 10"):
        augment.RandomRotation((20, 10))
    with pytest.raises(ValueError, match="degrees from the smaller to the larger, got 5 and -5"):
        augment.RandomRotation(-5)
    for wrong in (-1, 0.5, float("nan")):
        with pytest.raises(ValueError, match=f"max_shift as a whole number of at least 0, got {wrong}"):
            augment.RandomShift(wrong)
    for wrong in (-1, 1.5):
        with pytest.raises(ValueError, match=f"padding as a whole number of at least 0, got {wrong}"):
            augment.RandomCrop(2, wrong)
    for wrong in (2.5, (2,), (2, 3, 4), "22"):
        with pytest.raises(TypeError, match=r"size as a whole number or as \(height, width\), got"):
            augment.RandomCrop(wrong)
    with pytest.raises(ValueError, match="scale from the smaller to the larger"):
        augment.RandomZoom((1.1, 0.9))
    with pytest.raises(ValueError, match="factors above 0"):
        augment.RandomZoom((0.0, 0.9))


def test_repr_says_what_it_does():
    assert (
        repr(augment.Compose([augment.RandomShift(2)]))
        == "Compose(transforms=[RandomShift(max_shift=2, generator=None)])"
    )
