"""Checking the data of estimators: tensors are held to what scikit-learn holds arrays to."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import BaseEstimator, RegressorMixin

from course_lib._estimators import validate


class Model(RegressorMixin, BaseEstimator):
    """Requires a target, as regressors do."""


def test_arrays_and_tensors_come_back_in_kind(asarray):
    X, y = asarray([[1.0, 2.0], [3.0, 4.0]]), asarray([1.0, 2.0])
    model = Model()
    checked_X, checked_y = validate(model, X, y)
    assert type(checked_X) is type(checked_y) is type(X)
    assert checked_X.tolist() == X.tolist()
    assert model.n_features_in_ == 2
    assert validate(model, X, reset=False).tolist() == X.tolist()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_precision_is_kept(asarray, dtype):
    X = asarray([[1.0]], dtype)
    assert validate(Model(), X).dtype == X.dtype


def test_whole_numbers_become_floats(asarray):
    X = validate(Model(), asarray([[1, 2]], "int64"))
    assert X.dtype in (np.float64, torch.get_default_dtype())


@pytest.mark.parametrize(
    ("X", "words"),
    [
        ([1.0, 2.0], "reshape"),
        (np.zeros((0, 2)), "minimum of 1 is required|at least 1 samples"),
        (np.zeros((2, 0)), "minimum of 1 is required|at least 1 features"),
        ([[1.0, np.nan]], "NaN"),
        ([[1.0, np.inf]], "infinity"),
    ],
)
def test_refused(asarray, X, words):
    with pytest.raises(ValueError, match=words):
        validate(Model(), asarray(X))


@pytest.mark.parametrize("y", [[1.0], [[1.0], [2.0], [3.0]], [1.0, np.nan, 2.0]])
def test_targets_refused(asarray, y):
    with pytest.raises(ValueError, match=r"inconsistent numbers of samples|one y for each of|NaN|y of shape"):
        validate(Model(), asarray(np.zeros((3, 2))), asarray(y if np.ndim(y) == 1 else np.hstack([y, y])))


def test_several_outputs_only_where_allowed(asarray):
    X, y = asarray(np.zeros((3, 2))), asarray(np.zeros((3, 2)))
    assert validate(Model(), X, y, multi_output=True)[1].shape == (3, 2)


def test_a_target_is_required(asarray):
    with pytest.raises(ValueError, match="requires y to be passed, but the target y is None"):
        validate(Model(), asarray([[1.0]]), None)


def test_as_many_features_as_fit_had(asarray):
    model = Model()
    validate(model, asarray([[1.0, 2.0]]))
    with pytest.raises(ValueError, match="X has 3 features, but Model is expecting 2 features as input"):
        validate(model, asarray([[1.0, 2.0, 3.0]]), reset=False)


def test_enough_samples(asarray):
    with pytest.raises(ValueError, match="minimum of 2 is required|at least 2 samples"):
        validate(Model(), asarray([[1.0]]), ensure_min_samples=2)


def test_kinds_are_not_mixed():
    for X, y in ((np.zeros((2, 1)), torch.zeros(2)), (torch.zeros(2, 1), np.zeros(2))):
        with pytest.raises(TypeError, match="arrays of one kind"):
            validate(Model(), X, y)


def test_complex_tensors_are_refused():
    with pytest.raises(ValueError, match="expected real numbers in X, got torch.complex64"):
        validate(Model(), torch.zeros(1, 1, dtype=torch.complex64))


def test_names_of_an_earlier_fit_are_forgotten():
    model = Model()
    validate(model, pd.DataFrame({"a": [1.0]}))
    assert list(model.feature_names_in_) == ["a"]
    validate(model, torch.zeros(1, 1))
    assert not hasattr(model, "feature_names_in_")
