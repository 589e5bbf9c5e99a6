"""Keeping data back, so that there is something left to test on.

Splits are pairs of NumPy index arrays, whatever the kind of the data: ``X[train]`` works for arrays and for tensors.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import type_of_target

from course_lib.arrays import Array, is_torch

Split = tuple[np.ndarray, np.ndarray]
"""Indices of the samples to train on, and of those to test on."""


def train_test_split(
    *arrays: Any,
    test_size: float | int | None = None,
    train_size: float | int | None = None,
    random_state: int | np.random.RandomState | None = None,
    shuffle: bool = True,
    stratify: Array | None = None,
) -> list[Any]:
    """Split arrays of one length into a part to train on and a part to test on, all of them alike.

    Args:
        arrays: Arrays, tensors, data frames or lists with one entry per sample.
        test_size: The share to test on (rounded up to whole samples), or their number. By default what ``train_size``
            leaves, or a quarter.
        train_size: The share to train on (rounded down), or their number. By default what ``test_size`` leaves.
        random_state: A seed, for the same split every time.
        shuffle: Whether to shuffle first. Without it the last samples are the test.
        stratify: Classes, shape (n,), whose shares should be the same in both parts.

    Returns:
        ``[train, test]`` of the first array, then of the second, and so on.

    Raises:
        ValueError: The lengths differ, a size does not fit, or a class is too small to be in both parts.

    >>> train, test = train_test_split(np.arange(8), test_size=2, shuffle=False)
    >>> train, test
    (array([0, 1, 2, 3, 4, 5]), array([6, 7]))
    """
    if not arrays:
        raise ValueError("At least one array required as input")
    n = _common_length(*arrays, *([] if stratify is None else [stratify]))
    n_train, n_test = _sizes(n, test_size, train_size)
    if stratify is not None and not shuffle:
        raise ValueError("stratify shuffles within each class; leave shuffle=True")
    rng = check_random_state(random_state)
    if stratify is not None:
        train, test = _stratified(on_cpu(stratify), n_train, n_test, rng)
    elif shuffle:
        order = rng.permutation(n)
        test, train = order[:n_test], order[n_test : n_test + n_train]
    else:
        train, test = np.arange(n_train), np.arange(n_train, n_train + n_test)
    return [take(array, part) for array in arrays for part in (train, test)]


@dataclass
class KFold:
    """Cut the data into k folds; each is the test once, while the others train.

    Args:
        n_splits: $k$, at least 2.
        shuffle: Whether to shuffle the samples first.
        random_state: A seed for that.

    Raises:
        ValueError: ``n_splits`` is below 2, or ``random_state`` is given without ``shuffle``.

    >>> for train, test in KFold(n_splits=2).split(np.zeros(5)):
    ...     print(train, test)
    [3 4] [0 1 2]
    [0 1 2] [3 4]
    """

    n_splits: int = 5
    _: KW_ONLY
    shuffle: bool = False
    random_state: int | np.random.RandomState | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.n_splits, Integral) or self.n_splits < 2:
            raise ValueError(f"expected n_splits to be a whole number of at least 2, got {self.n_splits!r}")
        if self.random_state is not None and not self.shuffle:
            raise ValueError("random_state has no effect without shuffle=True; leave it out or shuffle")

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """How many splits there are."""
        return int(self.n_splits)

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[Split]:
        """Yield the indices to train on and to test on, fold by fold.

        Args:
            X: Anything with one entry per sample.
            y: Ignored here.
            groups: Ignored.
        """
        n = len(X)
        if self.n_splits > n:
            raise ValueError(f"cannot make n_splits={self.n_splits} folds of {n} samples")
        fold = self._folds(n, y)
        for k in range(self.n_splits):
            yield np.flatnonzero(fold != k), np.flatnonzero(fold == k)

    def _folds(self, n: int, y: Any) -> np.ndarray:
        """The number of the fold that each sample is in: equal runs, the first n mod k of them one longer."""
        order = np.arange(n)
        if self.shuffle:
            check_random_state(self.random_state).shuffle(order)
        fold = np.empty(n, dtype=int)
        fold[order] = np.sort(np.arange(n) % self.n_splits)
        return fold


@dataclass
class StratifiedKFold(KFold):
    """Cut the data into k folds in which every class has its share.

    The arguments are those of :class:`KFold`; ``split`` needs the classes ``y``.

    >>> for train, test in StratifiedKFold(n_splits=2).split(np.zeros(6), np.array([0, 0, 0, 0, 1, 1])):
    ...     print(train, test)
    [2 3 5] [0 1 4]
    [0 1 4] [2 3 5]
    """

    def _folds(self, n: int, y: Any) -> np.ndarray:
        y = on_cpu(y)
        if type_of_target(y) not in ("binary", "multiclass"):
            raise ValueError("expected classes in y to stratify by; KFold takes any target")
        classes, first, counts = np.unique(y, return_index=True, return_counts=True)
        if self.n_splits > counts.max():
            raise ValueError(f"n_splits={self.n_splits} is more than the members of any class, at most {counts.max()}")
        if self.n_splits > counts.min():
            small = classes[counts.argmin()]
            warnings.warn(
                f"class {small} has only {counts.min()} members for n_splits={self.n_splits} folds; some lack it",
                UserWarning,
                stacklevel=3,
            )
        rng = check_random_state(self.random_state)
        fold = np.empty(n, dtype=int)
        dealt = 0
        for i in np.argsort(first):  # classes in the order in which they turn up
            folds = np.sort(np.arange(dealt, dealt + counts[i]) % self.n_splits)
            if self.shuffle:
                rng.shuffle(folds)
            fold[y == classes[i]] = folds
            dealt += counts[i]
        return fold


@dataclass
class LeaveOneOut:
    """Test on each sample once and train on all others: k-fold with as many folds as samples.

    >>> for train, test in LeaveOneOut().split(np.zeros(3)):
    ...     print(train, test)
    [1 2] [0]
    [0 2] [1]
    [0 1] [2]
    """

    def get_n_splits(self, X: Any, y: Any = None, groups: Any = None) -> int:
        """How many splits there are: as many as samples."""
        return len(X)

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[Split]:
        """Yield the indices to train on and to test on, sample by sample."""
        n = len(X)
        if n < 2:
            raise ValueError(f"expected at least 2 samples, one to train on and one to test on, got {n}")
        for i in range(n):
            yield np.delete(np.arange(n), i), np.array([i])


def take(data: Any, index: np.ndarray) -> Any:
    """The chosen samples of an array, a tensor, a data frame or a list."""
    if hasattr(data, "iloc"):
        return data.iloc[index]
    if hasattr(data, "shape"):
        return data[index]
    return [data[i] for i in index]


def _common_length(*arrays: Any) -> int:
    lengths = [len(array) for array in arrays]
    if len(set(lengths)) > 1:
        raise ValueError(f"expected arrays with one entry per sample, got lengths {lengths}")
    return lengths[0]


def _sizes(n: int, test_size: float | int | None, train_size: float | int | None) -> tuple[int, int]:
    """How many samples to train on and to test on."""
    if test_size is None:
        n_train = _size(n, "train_size", 0.75 if train_size is None else train_size, math.floor)
        n_test = n - n_train
    else:
        n_test = _size(n, "test_size", test_size, math.ceil)
        n_train = n - n_test if train_size is None else _size(n, "train_size", train_size, math.floor)
    if n_train + n_test > n:
        raise ValueError(f"{train_size=} and {test_size=} need {n_train + n_test} samples, there are {n}")
    if n_train == 0 or n_test == 0:
        raise ValueError(f"{test_size=} and {train_size=} leave {n_train} of {n} samples to train on, {n_test} to test")
    return n_train, n_test


def _size(n: int, name: str, size: float | int, to_whole: Callable[[float], int]) -> int:
    if isinstance(size, Integral):
        if 0 < size < n:
            return int(size)
    elif isinstance(size, Real) and 0 < size < 1:
        return to_whole(float(size) * n)
    raise ValueError(f"expected {name} to be a share between 0 and 1 or a number from 1 to {n - 1}, got {size}")


def _stratified(y: np.ndarray, n_train: int, n_test: int, rng: np.random.RandomState) -> Split:
    """Deal out each class in its share, then shuffle."""
    classes, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
    if counts.min() < 2:
        raise ValueError(f"class {classes[counts.argmin()]} has only 1 member, too few to be in both parts")
    for name, size in (("train", n_train), ("test", n_test)):
        if size < len(classes):
            raise ValueError(f"the {name} part has {size} samples, too few for all {len(classes)} classes")
    to_train = _shares(counts, n_train)
    to_test = _shares(counts - to_train, n_test)
    train, test = [], []
    for c in range(len(classes)):
        members = rng.permutation(np.flatnonzero(codes == c))
        train.append(members[: to_train[c]])
        test.append(members[to_train[c] : to_train[c] + to_test[c]])
    return rng.permutation(np.concatenate(train)), rng.permutation(np.concatenate(test))


def _shares(counts: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers in proportion to the counts, of a given sum: the largest remainders are rounded up."""
    exact = counts * total / counts.sum()
    whole = np.floor(exact).astype(int)
    largest = np.argsort(whole - exact, kind="stable")[: total - whole.sum()]
    whole[largest] += 1
    return whole


def on_cpu(y: Any) -> np.ndarray:
    """Targets as a NumPy array, to reckon with classes."""
    return y.detach().cpu().numpy() if is_torch(y) else np.asarray(y)
