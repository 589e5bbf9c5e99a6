"""Real data that comes with scikit-learn, so that it is there without a network."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import sklearn.datasets
import torch
from sklearn.model_selection import train_test_split

PHOTOGRAPHS = {"china": "china.jpg", "flower": "flower.jpg"}


class Split(NamedTuple):
    """A part to train on and a part to test on, always the same two.

    Attributes:
        X_train: Inputs to train on, one sample per row.
        y_train: Their classes, 0, 1, 2 and so on, as int64.
        X_test: Inputs to test on.
        y_test: Their classes.
    """

    X_train: torch.Tensor
    y_train: torch.Tensor
    X_test: torch.Tensor
    y_test: torch.Tensor


def load_digits(
    *, images: bool = False, dtype: torch.dtype = torch.float32, device: torch.device | str | None = None
) -> Split:
    """Handwritten digits, 8 by 8 pixels: 1,347 to train on and 450 to test on.

    Each class has the same share in both parts.

    Args:
        images: Whether ``X`` has shape (n, 1, 8, 8), as convolutions take it, or (n, 64).
        dtype: A floating dtype for the pixels, which are from 0 (paper) to 1 (ink).
        device: Where to put the tensors; by default the CPU.

    Raises:
        TypeError: ``dtype`` is no floating dtype of torch.

    Source: the test part of "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository.

    >>> load_digits().X_train.shape
    torch.Size([1347, 64])
    """
    pixels, classes = sklearn.datasets.load_digits(return_X_y=True)
    X = (pixels / 16).reshape(-1, 1, 8, 8) if images else pixels / 16
    return _split(X, classes, 450, dtype, device)


def load_iris(*, dtype: torch.dtype = torch.float32, device: torch.device | str | None = None) -> Split:
    """Four measurements of 150 irises of three species: 112 to train on and 38 to test on.

    Every column is standardised with the mean and standard deviation of the training part, so nothing about the test
    part leaks into it.

    Args:
        dtype: A floating dtype for the measurements.
        device: Where to put the tensors; by default the CPU.

    Raises:
        TypeError: ``dtype`` is no floating dtype of torch.

    Source: Fisher (1936), The use of multiple measurements in taxonomic problems.

    >>> load_iris().X_test.shape
    torch.Size([38, 4])
    """
    X, y = sklearn.datasets.load_iris(return_X_y=True)
    return _split(X, y, 38, dtype, device, standardise=True)


def load_wine(*, dtype: torch.dtype = torch.float32, device: torch.device | str | None = None) -> Split:
    """Thirteen chemical measurements of 178 wines of three cultivars: 133 to train on and 45 to test on.

    Standardised as :func:`load_iris` is; arguments and errors are the same.

    Source: "Wine", UCI Machine Learning Repository.

    >>> load_wine().X_train.shape
    torch.Size([133, 13])
    """
    X, y = sklearn.datasets.load_wine(return_X_y=True)
    return _split(X, y, 45, dtype, device, standardise=True)


def load_photograph(name: str = "flower") -> np.ndarray:
    """A colour photograph as a NumPy array of shape (427, 640, 3): red, green and blue, from 0 to 1.

    Args:
        name: ``"flower"`` or ``"china"``.

    Raises:
        ValueError: There is no such photograph.

    >>> load_photograph("china").shape
    (427, 640, 3)
    """
    if name not in PHOTOGRAPHS:
        raise ValueError(f"no photograph is called {name!r}; there are {', '.join(map(repr, sorted(PHOTOGRAPHS)))}")
    return sklearn.datasets.load_sample_image(PHOTOGRAPHS[name]) / 255


def _split(
    X: np.ndarray,
    y: np.ndarray,
    test_size: int,
    dtype: torch.dtype,
    device: torch.device | str | None,
    standardise: bool = False,
) -> Split:
    check_dtype(dtype)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=test_size, stratify=y, random_state=0)
    if standardise:
        mean, sd = X_train.mean(axis=0), X_train.std(axis=0)
        X_train, X_test = (X_train - mean) / sd, (X_test - mean) / sd
    return Split(
        torch.from_numpy(X_train).to(device, dtype),
        torch.from_numpy(y_train).to(device, torch.int64),
        torch.from_numpy(X_test).to(device, dtype),
        torch.from_numpy(y_test).to(device, torch.int64),
    )


def check_dtype(dtype: torch.dtype) -> None:
    """Refuse dtypes that would cut pixels and measurements off to whole numbers."""
    if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:
        raise TypeError(f"expected a floating dtype of torch, such as torch.float32, got {dtype}")
