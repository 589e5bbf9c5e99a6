"""MNIST without a network: what is kept, what is refused, and what is said."""

import urllib.error

import numpy as np
import pytest
import torch

from course_lib.data import DownloadError, load_fashion_mnist, load_mnist, mnist

LOADERS = {"mnist_784": load_mnist, "Fashion-MNIST": load_fashion_mnist}
PUBLISHED = mnist.MNIST_COUNTS, mnist.FASHION_COUNTS
COUNTS = {"mnist_784": (5, 7, 6, 6, 6, 6, 6, 6, 6, 6), "Fashion-MNIST": (6,) * 10}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache, and a thousandth of the pictures."""
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "cache"))
    small = {"N_TRAIN": 60, "N_TEST": 10, "MNIST_MEAN": 100, "FASHION_MEAN": 100}
    small |= {"MNIST_COUNTS": COUNTS["mnist_784"], "FASHION_COUNTS": COUNTS["Fashion-MNIST"]}
    for name, value in small.items():
        monkeypatch.setattr(mnist, name, value)
    return tmp_path / "cache"


def made_up(name):
    """Pixels with a mean of 100 and classes with these counts, as OpenML delivers them: floats and strings."""
    half = np.random.default_rng(0).integers(0, 201, size=(30, 784))
    pixels = np.concatenate([half, 200 - half, half[:10]])
    classes = np.r_[np.repeat(np.arange(10), COUNTS[name]), np.arange(10)]
    return pixels.astype(float), classes.astype(str)


def test_the_published_counts_are_those_of_60000_pictures():
    assert [sum(counts) for counts in PUBLISHED] == [60_000, 60_000]


@pytest.mark.parametrize("name", LOADERS)
def test_downloads_once_and_keeps_it(name, monkeypatch, cache):
    pixels, classes = made_up(name)
    asked = []

    def fetch(name, **options):
        asked.append(name)
        return pixels, classes

    monkeypatch.setattr(mnist, "fetch_openml", fetch)
    first, again = LOADERS[name](), LOADERS[name](images=True, dtype=torch.float64)
    assert asked == [name]
    assert [file.name for file in cache.iterdir()] == [f"{name}.npz"]
    assert (first.X_train.shape, first.X_train.dtype) == ((60, 784), torch.float32)
    assert (again.X_test.shape, again.X_test.dtype) == ((10, 1, 28, 28), torch.float64)
    np.testing.assert_allclose(first.X_train.numpy() * 255, pixels[:60], atol=1e-4)
    np.testing.assert_allclose(again.X_test.numpy().reshape(10, 784) * 255, pixels[60:])
    np.testing.assert_array_equal(first.y_train.numpy(), classes[:60].astype(int))
    np.testing.assert_array_equal(again.y_test.numpy(), classes[60:].astype(int))


@pytest.mark.parametrize("load", LOADERS.values())
@pytest.mark.parametrize("error", [urllib.error.URLError("no route"), TimeoutError("slow"), ValueError("md5 checksum")])
def test_offline_says_what_to_use_instead(load, error, monkeypatch, cache):
    def fetch(name, **options):
        raise error

    monkeypatch.setattr(mnist, "fetch_openml", fetch)
    with pytest.raises(DownloadError, match="could not download .* from OpenML .*load_digits"):
        load()
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("wrong", ["other classes", "brighter", "too few"])
def test_what_is_not_mnist_is_not_kept(wrong, monkeypatch, cache):
    pixels, classes = made_up("Fashion-MNIST" if wrong == "other classes" else "mnist_784")
    if wrong == "brighter":
        pixels += 1
    if wrong == "too few":
        pixels, classes = pixels[:-1], classes[:-1]
    monkeypatch.setattr(mnist, "fetch_openml", lambda name, **options: (pixels, classes))
    with pytest.raises(DownloadError, match="what came from OpenML is not mnist_784"):
        load_mnist()
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("damage", ["other pixels", "no archive", "empty", "another archive"])
def test_a_damaged_copy_is_named_and_kept(damage, cache):
    cache.mkdir()
    path = cache / "mnist_784.npz"
    if damage == "no archive":
        path.write_bytes(b"PK\x03\x04 something")
    elif damage == "empty":
        path.touch()
    elif damage == "another archive":
        np.savez(path, other=np.zeros(3))
    else:
        np.savez(path, pixels=np.zeros((70, 784), dtype=np.uint8), classes=np.zeros(70, dtype=np.uint8))
    before = path.read_bytes()
    with pytest.raises(DownloadError, match="mnist_784.npz.*Delete it, and the next call downloads it again"):
        load_mnist()
    assert path.read_bytes() == before
