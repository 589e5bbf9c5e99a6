"""Bundled data: nothing lost, nothing changed but its scale, always split alike."""

import hashlib

import numpy as np
import pytest
import sklearn.datasets
import torch

from course_lib.data import load_digits, load_iris, load_mnist, load_photograph, load_wine

LOADERS = {
    "digits": (load_digits, sklearn.datasets.load_digits, 1347, 450),
    "iris": (load_iris, sklearn.datasets.load_iris, 112, 38),
    "wine": (load_wine, sklearn.datasets.load_wine, 133, 45),
}


@pytest.mark.parametrize(("load", "oracle", "n_train", "n_test"), LOADERS.values(), ids=LOADERS)
def test_every_sample_is_in_one_part(load, oracle, n_train, n_test):
    """Undo the scaling, and the rows with their classes are scikit-learn's, each once."""
    X, y = oracle(return_X_y=True)
    split = load(dtype=torch.float64)
    assert (len(split.X_train), len(split.X_test)) == (n_train, n_test)
    scaled = torch.cat([split.X_train, split.X_test]).numpy()
    classes = torch.cat([split.y_train, split.y_test]).numpy()
    ranges = np.ptp(X, axis=0), np.ptp(scaled, axis=0)
    scale = np.divide(*ranges, out=np.ones(X.shape[1]), where=ranges[1] > 0)
    restored = (scaled - scaled.min(axis=0)) * scale + X.min(axis=0)
    rows = np.c_[restored, classes]
    expected = np.c_[X, y]
    order, wanted = (np.lexsort(table.round(6).T) for table in (rows, expected))
    np.testing.assert_allclose(rows[order], expected[wanted], atol=1e-9)


@pytest.mark.parametrize(("load", "oracle", "n_train", "n_test"), LOADERS.values(), ids=LOADERS)
def test_classes_have_the_same_shares_in_both_parts(load, oracle, n_train, n_test):
    shares = np.bincount(oracle().target) / (n_train + n_test)
    split = load()
    for y, n in ((split.y_train, n_train), (split.y_test, n_test)):
        np.testing.assert_allclose(np.bincount(y) / n, shares, atol=1 / n)


@pytest.mark.parametrize("load", [load_digits, load_iris, load_wine])
def test_dtypes(load):
    split, double = load(), load(dtype=torch.float64)
    assert split.X_train.dtype == split.X_test.dtype == torch.float32
    assert double.X_train.dtype == torch.float64
    assert split.y_train.dtype == split.y_test.dtype == torch.int64
    assert load(device="meta").y_test.device.type == "meta"
    torch.testing.assert_close(split.X_train.double(), double.X_train, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("dtype", [torch.int64, np.float32])
@pytest.mark.parametrize("load", [load_digits, load_iris, load_wine, load_mnist])
def test_whole_numbers_and_dtypes_of_numpy_are_refused(load, dtype):
    with pytest.raises(TypeError, match="floating dtype of torch, such as torch.float32, got .*(int|float32)"):
        load(dtype=dtype)


def test_digits_are_split_the_same_in_every_version():
    """What students reach on the test part can be compared between years only if it stays what it is."""
    tests = load_digits().y_test.numpy().astype(np.uint8)
    assert hashlib.sha256(tests.tobytes()).hexdigest().startswith("761b0c5b17762fe1")


def test_digits_as_images():
    rows, images = load_digits(), load_digits(images=True)
    assert images.X_train.shape == (1347, 1, 8, 8)
    assert images.X_test.shape == (450, 1, 8, 8)
    torch.testing.assert_close(images.X_test.reshape(450, 64), rows.X_test)
    assert (rows.X_train.min(), rows.X_train.max()) == (0, 1)


@pytest.mark.parametrize("load", [load_iris, load_wine])
def test_standardised_with_the_training_part_alone(load):
    split = load(dtype=torch.float64)
    torch.testing.assert_close(split.X_train.mean(0), torch.zeros(split.X_train.shape[1], dtype=torch.float64))
    torch.testing.assert_close(split.X_train.std(0, correction=0), torch.ones_like(split.X_train[0]))
    assert split.X_test.mean(0).abs().max() > 1e-3  # the test part was not looked at


def test_a_changed_copy_changes_nobody_elses():
    load_digits().X_train.zero_()
    assert load_digits().X_train.max() == 1


@pytest.mark.parametrize("name", ["flower", "china"])
def test_photographs(name):
    photo = load_photograph(name)
    assert photo.shape == (427, 640, 3)
    assert photo.dtype == np.float64
    np.testing.assert_allclose(photo * 255, sklearn.datasets.load_sample_image(f"{name}.jpg"), atol=1e-9)


def test_an_unknown_photograph():
    with pytest.raises(ValueError, match="no photograph is called 'cat'; there are 'china', 'flower'"):
        load_photograph("cat")
