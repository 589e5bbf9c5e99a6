"""Splits, against scikit-learn's and against what a split must be."""

import inspect

import numpy as np
import pandas as pd
import pytest
import sklearn.model_selection
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import model_selection
from course_lib.model_selection import KFold, LeaveOneOut, StratifiedKFold, train_test_split

SIZES = [
    {},
    {"test_size": 0.3},
    {"test_size": 3},
    {"train_size": 0.55},
    {"train_size": 4},
    {"test_size": 2, "train_size": 0.3},
    {"test_size": 0.1, "train_size": 7},
]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("n", [10, 11, 37])
def test_sizes_are_those_of_scikit_learn(sizes, n):
    ours, theirs = (
        split(np.arange(n), **sizes, random_state=0)
        for split in (train_test_split, sklearn.model_selection.train_test_split)
    )
    assert [len(part) for part in ours] == [len(part) for part in theirs]
    assert len(set(ours[0]) | set(ours[1])) == len(ours[0]) + len(ours[1]), "no sample is in both"


@settings(deadline=None)
@given(st.integers(2, 50), st.floats(0.01, 0.99), st.integers(0, 5))
def test_every_sample_is_somewhere(n, test_size, seed):
    if int(np.ceil(test_size * n)) == n:
        return
    train, test = train_test_split(np.arange(n), test_size=test_size, random_state=seed)
    assert sorted([*train, *test]) == list(range(n))


def test_the_last_are_the_test_without_shuffling():
    assert [part.tolist() for part in train_test_split(np.arange(5), shuffle=False, test_size=2)] == [[0, 1, 2], [3, 4]]


def test_a_seed_repeats_the_split():
    splits = [train_test_split(np.arange(30), random_state=seed)[1].tolist() for seed in (1, 1, 2)]
    assert splits[0] == splits[1] != splits[2]


def test_all_arrays_are_split_alike(asarray):
    X, y = asarray(np.arange(20.0)[:, None]), asarray(np.arange(20.0))
    names = [f"sample {i}" for i in range(20)]
    frame = pd.DataFrame({"x": np.arange(20.0)})
    X_train, X_test, y_train, y_test, n_train, n_test, f_train, f_test = train_test_split(
        X, y, names, frame, random_state=0
    )
    assert type(X_train) is type(X)
    for part in ((X_train, y_train, n_train, f_train), (X_test, y_test, n_test, f_test)):
        index = [int(v) for v in part[1].tolist()]
        assert part[0][:, 0].tolist() == index
        assert part[2] == [names[i] for i in index]
        assert part[3]["x"].tolist() == index


@pytest.mark.parametrize("sizes", [{}, {"test_size": 0.31}, {"train_size": 7}, {"test_size": 5, "train_size": 0.3}])
def test_stratified(asarray, sizes):
    y = np.repeat([3, 1, 2], [50, 30, 20])
    X = np.arange(100)
    ours = train_test_split(X, asarray(y, "int64"), stratify=asarray(y, "int64"), random_state=0, **sizes)
    theirs = sklearn.model_selection.train_test_split(X, y, stratify=y, random_state=0, **sizes)
    for mine, right in zip(ours[2:], theirs[2:], strict=True):
        difference = np.bincount(np.asarray(mine.tolist()), minlength=4) - np.bincount(right, minlength=4)
        assert abs(difference).max() <= 1, "a tie may go to another class"
        assert difference.sum() == 0
    assert not set(ours[0]) & set(ours[1])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"test_size": 1.0}, "test_size to be a share between 0 and 1 or a number from 1 to 5, got 1.0"),
        ({"test_size": 6}, "from 1 to 5, got 6"),
        ({"train_size": 0}, "train_size to be .* got 0"),
        ({"test_size": "half"}, "got half"),
        ({"test_size": 4, "train_size": 3}, "need 7 samples, there are 6"),
        ({"train_size": 0.01}, "leave 0 of 6 samples to train on"),
        ({"stratify": [0, 0, 0, 1, 1, 2]}, "class 2 has only 1 member"),
        ({"stratify": [0, 0, 1, 1, 2, 2], "test_size": 2}, "the test part has 2 samples, too few for all 3"),
        ({"stratify": [0, 0, 0, 1, 1, 1], "shuffle": False}, "leave shuffle=True"),
        ({"stratify": [0, 1]}, r"one entry per sample, got lengths \[6, 2\]"),
    ],
)
def test_refused(options, words):
    with pytest.raises(ValueError, match=words):
        train_test_split(np.arange(6), **options)


def test_nothing_to_split():
    with pytest.raises(ValueError, match="At least one array"):
        train_test_split()
    with pytest.raises(ValueError, match=r"lengths \[2, 3\]"):
        train_test_split(np.zeros(2), np.zeros(3))


def same_splits(ours, theirs, *data):
    for mine, right in zip(ours.split(*data), theirs.split(*data), strict=True):
        np.testing.assert_array_equal(mine[0], right[0])
        np.testing.assert_array_equal(mine[1], right[1])
    assert ours.get_n_splits(*data) == theirs.get_n_splits(*data)


@pytest.mark.parametrize("options", [{}, {"shuffle": True, "random_state": 3}])
@pytest.mark.parametrize("n_splits", [2, 3, 7])
@pytest.mark.parametrize("n", [7, 20])
def test_k_fold_is_that_of_scikit_learn(options, n_splits, n):
    same_splits(KFold(n_splits, **options), sklearn.model_selection.KFold(n_splits, **options), np.zeros((n, 2)))


@pytest.mark.parametrize("options", [{}, {"shuffle": True, "random_state": 3}])
@pytest.mark.parametrize("n_splits", [2, 3, 5])
def test_stratified_k_fold_is_that_of_scikit_learn(rng, options, n_splits):
    y = rng.permutation(np.repeat(["b", "c", "a"], [5, 13, 8]))
    ours, theirs = (split(n_splits, **options) for split in (StratifiedKFold, sklearn.model_selection.StratifiedKFold))
    same_splits(ours, theirs, np.zeros((26, 1)), y)


def test_stratified_k_fold_takes_tensors():
    y = torch.tensor([0, 0, 0, 0, 1, 1])
    for train, test in StratifiedKFold(2).split(torch.zeros(6, 1), y):
        assert y[test].tolist() == [0, 0, 1]
        assert y[train].tolist() == [0, 0, 1]


@settings(deadline=None)
@given(st.integers(2, 8), st.integers(8, 40), st.booleans())
def test_folds_are_a_partition(k, n, shuffle):
    folds = list(KFold(k, shuffle=shuffle).split(np.zeros(n)))
    assert sorted(np.concatenate([test for _, test in folds])) == list(range(n))
    sizes = [len(test) for _, test in folds]
    assert max(sizes) - min(sizes) <= 1
    for train, test in folds:
        assert sorted([*train, *test]) == list(range(n))


def test_leave_one_out():
    same_splits(LeaveOneOut(), sklearn.model_selection.LeaveOneOut(), np.zeros(4))
    with pytest.raises(ValueError, match="at least 2 samples"):
        list(LeaveOneOut().split(np.zeros(1)))


def test_folds_refused():
    for wrong in (1, 2.0, "3"):
        with pytest.raises(ValueError, match=f"n_splits to be a whole number of at least 2, got {wrong!r}"):
            KFold(wrong)
    with pytest.raises(ValueError, match="no effect without shuffle=True"):
        KFold(3, random_state=0)
    with pytest.raises(ValueError, match="n_splits=5 folds of 3 samples"):
        list(KFold(5).split(np.zeros(3)))
    with pytest.raises(ValueError, match="more than the members of any class, at most 3"):
        list(StratifiedKFold(4).split(np.zeros(6), [0, 0, 0, 1, 1, 1]))
    with pytest.raises(ValueError, match="KFold takes any target"):
        list(StratifiedKFold(2).split(np.zeros(3), [0.1, 0.2, 0.3]))
    with pytest.warns(UserWarning, match="class 1 has only 1 members for n_splits=2 folds"):
        list(StratifiedKFold(2).split(np.zeros(4), [0, 0, 0, 1]))


@pytest.mark.parametrize("name", sorted(set(model_selection.__all__) & set(sklearn.model_selection.__all__)))
def test_arguments_are_those_of_scikit_learn(name):
    """Names, defaults and what is keyword-only; in cross-validation we leave some out."""
    ours, theirs = (inspect.signature(getattr(m, name)).parameters for m in (model_selection, sklearn.model_selection))
    for argument in ours:
        assert (ours[argument].kind, ours[argument].default) == (theirs[argument].kind, theirs[argument].default)


def test_a_splitter_says_what_it_is():
    assert repr(KFold(3)) == "KFold(n_splits=3, shuffle=False, random_state=None)"
