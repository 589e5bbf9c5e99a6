"""MNIST and Fashion-MNIST: downloaded once from OpenML, checked, and kept in a form that loads in a second."""

from __future__ import annotations

import http.client
import tempfile
import warnings
import zipfile
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import fetch_openml

from course_lib.data.bundled import Split, check_dtype
from course_lib.data.download import DownloadError, cache_directory

N_TRAIN, N_TEST = 60_000, 10_000

# The number of training images of each class, and the mean of their pixels (0 to 255), as published for both sets.
MNIST_COUNTS = (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949)
MNIST_MEAN = 33.32
FASHION_COUNTS = (6000,) * 10
FASHION_MEAN = 72.94


def load_mnist(
    *, images: bool = False, dtype: torch.dtype = torch.float32, device: torch.device | str | None = None
) -> Split:
    """70,000 handwritten digits, 28 by 28 pixels: the customary 60,000 to train on and 10,000 to test on.

    The first call downloads 15 MB from OpenML and takes a minute or two; later ones read
    :func:`course_lib.data.cache_directory`.

    Args:
        images: Whether ``X`` has shape (n, 1, 28, 28), as convolutions take it, or (n, 784).
        dtype: A floating dtype for the pixels, which are from 0 (background) to 1 (ink).
        device: Where to put the tensors; by default the CPU.

    Raises:
        TypeError: ``dtype`` is no floating dtype of torch.
        DownloadError: It is not in the cache and cannot be downloaded, or what was found there is not MNIST.

    Source: LeCun, Bottou, Bengio and Haffner (1998), Gradient-based learning applied to document recognition.
    """
    return _load("mnist_784", MNIST_COUNTS, MNIST_MEAN, images, dtype, device)


def load_fashion_mnist(
    *, images: bool = False, dtype: torch.dtype = torch.float32, device: torch.device | str | None = None
) -> Split:
    """70,000 pictures of clothes of ten kinds, a harder stand-in for MNIST with the same sizes.

    Arguments and errors are those of :func:`load_mnist`; the first call downloads 30 MB.

    Source: Xiao, Rasul and Vollgraf (2017), Fashion-MNIST: a novel image dataset for benchmarking machine learning
    algorithms.
    """
    return _load("Fashion-MNIST", FASHION_COUNTS, FASHION_MEAN, images, dtype, device)


def _load(
    name: str,
    counts: tuple[int, ...],
    mean: float,
    images: bool,
    dtype: torch.dtype,
    device: torch.device | str | None,
) -> Split:
    check_dtype(dtype)
    path = cache_directory() / f"{name}.npz"
    if path.exists():
        pixels, classes = _read(path)
        _check(pixels, classes, counts, mean, f"{path} is not {name}. Delete it, and the next call downloads it again")
    else:
        pixels, classes = _download(name)
        _check(pixels, classes, counts, mean, f"what came from OpenML is not {name}. Try again later")
        _write(path, pixels, classes)
    X = torch.from_numpy(pixels).to(device, dtype) / 255
    y = torch.from_numpy(classes).to(device, torch.int64)
    if images:
        X = X.reshape(-1, 1, 28, 28)
    return Split(X[:N_TRAIN], y[:N_TRAIN], X[N_TRAIN:], y[N_TRAIN:])


def _download(name: str) -> tuple[np.ndarray, np.ndarray]:
    """The pixels and classes from OpenML; scikit-learn checks the file against the MD5 that OpenML gives."""
    cache_directory().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_directory()) as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about each retry; the last failure is raised
        try:
            pixels, classes = fetch_openml(
                name, version=1, return_X_y=True, as_frame=False, data_home=folder, parser="liac-arff"
            )
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DownloadError(
                f"could not download {name} from OpenML ({error}). Check the network and try again; "
                "without one, course_lib.data.load_digits() has 1,797 smaller digits that come with the course"
            ) from error
    return pixels.astype(np.uint8), classes.astype(np.uint8)


def _check(pixels: np.ndarray, classes: np.ndarray, counts: tuple[int, ...], mean: float, otherwise: str) -> None:
    fits = (
        pixels.shape == (N_TRAIN + N_TEST, 784)
        and classes.shape == (N_TRAIN + N_TEST,)
        and tuple(np.bincount(classes[:N_TRAIN])) == counts
        and abs(pixels[:N_TRAIN].mean() - mean) < 0.01
    )
    if not fits:
        raise DownloadError(f"{otherwise}. Its shape, classes or pixels are not the published ones")


def _read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    try:
        with path.open("rb") as opened, np.load(opened) as file:
            return file["pixels"], file["classes"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DownloadError(
            f"could not read {path} ({error}). Delete it, and the next call downloads it again"
        ) from error


def _write(path: Path, pixels: np.ndarray, classes: np.ndarray) -> None:
    """Under its name only once it is whole."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        part = Path(folder) / path.name
        np.savez_compressed(part, pixels=pixels, classes=classes)
        part.replace(path)
