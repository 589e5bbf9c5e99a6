"""Clustering against scikit-learn's, whitening against its definition, and what the kernels of patches are."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans

from course_lib import nn
from course_lib.arrays import torch_generator
from course_lib.data import load_digits
from course_lib.nn.kmeans import PATCHES, kmeans, moved, normalized, whitening


def numbers(*shape, seed=0):
    return torch.randn(shape, generator=torch_generator(seed), dtype=torch.float64)


def objective(x, centres):
    return float(torch.cdist(x, centres).square().min(1).values.sum())


@pytest.fixture(scope="module")
def digits():
    return load_digits(images=True).X_train[:200]


# Clusters -------------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), k=st.integers(1, 6))
def test_scikit_learn_finds_nothing_to_improve(seed, k):
    """Lloyd's algorithm ends where no point and no centre moves any more; scikit-learn's, begun there, stays there."""
    x = numbers(60, 3, seed=seed)
    centres, label = kmeans(x, k, generator=torch_generator(seed))
    theirs = KMeans(k, init=centres.numpy(), n_init=1, tol=0).fit(x.numpy())
    assert objective(x, centres) == pytest.approx(theirs.inertia_, rel=1e-9)
    np.testing.assert_array_equal(label, theirs.labels_)
    np.testing.assert_allclose(centres, theirs.cluster_centers_, atol=1e-12)


def test_it_is_about_as_good_as_the_best_of_ten():
    x = numbers(500, 5)
    theirs = KMeans(8, n_init=10, random_state=0).fit(x.numpy()).inertia_
    ours = [objective(x, kmeans(x, 8, generator=torch_generator(seed))[0]) for seed in range(5)]
    assert max(ours) < 1.1 * theirs


def test_clusters_that_lie_apart_are_found():
    where = 20 * torch.eye(6, dtype=torch.float64)
    x = where.repeat(50, 1) + 0.1 * numbers(300, 6)
    for seed in range(10):
        centres, label = kmeans(x, 6, generator=torch_generator(seed))
        order = centres.argmax(1).argsort()
        torch.testing.assert_close(centres[order], x.reshape(50, 6, 6).mean(0))
        assert torch.equal(label[:6], label[-6:])


def test_as_many_centres_as_points():
    x = numbers(5, 2)
    centres, label = kmeans(x, 5, generator=torch_generator(0))
    torch.testing.assert_close(centres[label], x)


def test_a_centre_that_lost_its_points_stays():
    x, c = numbers(4, 2), numbers(3, 2, seed=1)
    after = moved(c, x, torch.tensor([0, 2, 2, 0]))
    torch.testing.assert_close(after, torch.stack([(x[0] + x[3]) / 2, c[1], (x[1] + x[2]) / 2]))


def test_the_generator_decides():
    x = numbers(100, 2)
    first, again, other = (kmeans(x, 7, generator=torch_generator(seed))[0] for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize(
    ("x", "k", "message"),
    [
        (torch.zeros(4, 2), 2, "at least 2 different points, got 1"),
        (torch.zeros(0, 2), 1, "at least 1 different points, got 0"),
        (torch.zeros(4, 2), 0, "num_clusters to be a whole number of at least 1, got 0"),
        (torch.zeros(4, 2), 1.5, "whole number of at least 1, got 1.5"),
        (torch.zeros(4), 2, r"\(n, features\), got shape \(4,\)"),
        (torch.tensor([[0.0], [np.nan]]), 1, "finite numbers, got NaN"),
        (torch.tensor([[0.0], [np.inf]]), 1, "finite numbers, got NaN or infinity"),
    ],
)
def test_points_are_refused(x, k, message):
    with pytest.raises(ValueError, match=message):
        kmeans(x, k)


@pytest.mark.parametrize("x", [torch.zeros(4, 2, dtype=torch.int64), np.zeros((4, 2))])
def test_points_are_floating_tensors(x):
    with pytest.raises(TypeError, match="expected x (as a torch tensor|of a floating dtype)"):
        kmeans(x, 2)


# Patches --------------------------------------------------------------------------------------------------------------


def test_normalized_patches_have_one_brightness_and_contrast():
    x = 5 * numbers(50, 9) + numbers(50, 1, seed=1)
    y = normalized(x)
    torch.testing.assert_close(y.mean(1), torch.zeros(50, dtype=torch.float64))
    torch.testing.assert_close(y.var(1, correction=0), torch.ones(50, dtype=torch.float64), rtol=0.1, atol=0)


def test_flat_patches_are_left_out():
    x = torch.cat([numbers(4, 9), torch.full((3, 9), 0.7, dtype=torch.float64)])
    assert len(normalized(x)) == 4
    with pytest.raises(ValueError, match="some contrast"):
        normalized(x[4:])


def test_whitening_gives_all_directions_the_same_variance():
    x = numbers(400, 5) @ numbers(5, 5, seed=1) + 3
    P = whitening(x, epsilon=0.0)
    torch.testing.assert_close(P, P.mT)
    torch.testing.assert_close(torch.cov((x @ P).mT, correction=0), torch.eye(5, dtype=torch.float64))


def test_whitening_stretches_no_direction_without_limit():
    x = numbers(50, 1).expand(50, 3)  # of rank 1
    assert float(torch.linalg.eigvalsh(whitening(x, epsilon=0.01)).max()) == pytest.approx(10)


# Kernels --------------------------------------------------------------------------------------------------------------


def test_kernels_fit_a_layer_and_have_mean_zero_and_length_one(digits):
    K = nn.kmeans_kernels(digits, 12, 3, generator=torch_generator(0))
    assert K.dtype == digits.dtype
    layer = nn.Conv2d(1, 12, 3, bias=False)
    layer.load_state_dict({"weight": K})
    assert layer(digits).shape == (200, 12, 6, 6)
    torch.testing.assert_close(K.sum((1, 2, 3)), torch.zeros(12), rtol=0, atol=1e-3)
    torch.testing.assert_close(K.square().sum((1, 2, 3)), torch.ones(12))


def test_a_kernel_answers_to_its_own_cluster_most(digits):
    """Of whitened patches, those of a cluster are on average nearer to their own centre than to any other."""
    K = nn.kmeans_kernels(digits.double(), 6, 3, generator=torch_generator(0)).flatten(1)
    patches = normalized(digits.double().unfold(2, 3, 1).unfold(3, 3, 1).flatten(0, 3).flatten(1))
    P = whitening(patches)
    centres, label = kmeans(patches @ P, 6, generator=torch_generator(0))
    torch.testing.assert_close(K, torch.nn.functional.normalize(centres @ P))
    answers = patches @ K.mT
    for j in range(6):
        assert answers[label == j, j].mean() > answers[label != j, j].mean()


def test_brightness_and_contrast_of_the_images_do_not_matter(digits):
    kernels = [
        nn.kmeans_kernels(x, 5, 3, generator=torch_generator(4)) for x in (digits.double(), 200 * digits.double() + 9)
    ]
    torch.testing.assert_close(*kernels)


def test_images_of_edges_give_kernels_of_edges():
    """All that happens in these images are steps from left to right: so do the kernels."""
    steps = torch.stack([torch.arange(8.0) >= i for i in range(1, 8)]).double()
    images = (steps[:, None, None, :] + 0.01 * numbers(7, 1, 8, 8)).expand(7, 1, 8, 8)
    K = nn.kmeans_kernels(images, 2, 3, generator=torch_generator(0)).mean(1)
    along, across = K.diff(dim=1).abs().sum((1, 2)), K.diff(dim=2).abs().sum((1, 2))
    assert (across > 5 * along).all()


def test_of_many_places_some_are_drawn():
    images = numbers(3, 2, 80, 80)
    assert PATCHES < 3 * 78 * 78
    K = nn.kmeans_kernels(images, 4, 3, generator=torch_generator(0))
    assert K.shape == (4, 2, 3, 3)
    assert torch.equal(K, nn.kmeans_kernels(images, 4, 3, generator=torch_generator(0)))


def test_on_every_device(digits, device):
    K = nn.kmeans_kernels(digits.to(device), 4, 3, generator=torch_generator(0))
    assert K.device.type == device
    torch.testing.assert_close(
        K.cpu(), nn.kmeans_kernels(digits, 4, 3, generator=torch_generator(0)), rtol=0, atol=1e-4
    )


@pytest.mark.parametrize(
    ("images", "k", "size", "message"),
    [
        (torch.zeros(8, 8), 2, 3, r"\(N, C, height, width\), got shape \(8, 8\)"),
        (torch.full((2, 1, 8, 8), np.nan), 2, 3, "finite numbers, got NaN"),
        (torch.zeros(2, 1, 8, 8), 2, 3.0, "3.0 times 3.0 does not fit"),
        (torch.zeros(2, 1, 8, 8), 2, 9, "9 times 9 does not fit"),
        (torch.zeros(2, 1, 8, 8), 2, 0, "0 times 0 does not fit"),
        (torch.zeros(2, 1, 8, 8), 2, 3, "some contrast"),
    ],
)
def test_errors(images, k, size, message):
    with pytest.raises(ValueError, match=message):
        nn.kmeans_kernels(images, k, size)


@pytest.mark.parametrize("images", [torch.zeros(2, 1, 8, 8, dtype=torch.uint8), np.zeros((2, 1, 8, 8))])
def test_images_are_floating_tensors(images):
    with pytest.raises(TypeError, match="expected images (as a torch tensor|of a floating dtype)"):
        nn.kmeans_kernels(images, 2, 3)
