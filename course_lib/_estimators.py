"""What every estimator of the course does first: check its data.

On NumPy that is scikit-learn's own ``validate_data``. It would turn a torch tensor into a NumPy array, though, so
tensors are checked here for the same things and stay what they are, where they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from sklearn.utils import get_tags
from sklearn.utils.validation import validate_data

from course_lib.arrays import Array, is_torch, namespace

NOT_GIVEN = "no_validation"  # scikit-learn's word for an X or y that is not checked


def validate(estimator: Any, X: Array, y: Array | str | None = NOT_GIVEN, *, reset: bool = True, **checks: Any) -> Any:
    """Check the data of ``fit`` (``reset=True``) or of ``predict`` and ``transform`` (``reset=False``).

    ``fit`` records the number of columns as ``estimator.n_features_in_``; later calls must have as many.

    Args:
        estimator: A scikit-learn estimator.
        X: Shape (n, features). Real numbers; those that are not floats become floats.
        y: Shape (n,), or (n, outputs) with ``multi_output=True``. Without it only ``X`` is checked.
        reset: Whether this is ``fit``.
        checks: Arguments of scikit-learn's ``check_array`` and ``check_X_y``. Of these, tensors heed
            ``ensure_min_samples``, ``ensure_min_features`` and ``multi_output``.

    Returns:
        ``X``, or ``(X, y)`` if ``y`` was given: NumPy arrays, or tensors on the device they came on.

    Raises:
        ValueError: A shape does not fit, something is NaN or infinite, or there is too little data.
        TypeError: ``X`` and ``y`` are of two kinds or on two devices.
    """
    if not is_torch(X):
        if is_torch(y):
            namespace(np.asarray(X), y)  # says what to do about two kinds
        return validate_data(estimator, X, y, reset=reset, **{"dtype": (np.float64, np.float32), **checks})
    X = _check_X(estimator, X, checks.get("ensure_min_samples", 1), checks.get("ensure_min_features", 1))
    _check_features(estimator, X, reset)
    if isinstance(y, str) and y == NOT_GIVEN:
        return X
    if y is None:
        if get_tags(estimator).target_tags.required:
            raise ValueError(f"{type(estimator).__name__} requires y to be passed, but the target y is None")
        return X
    return X, _check_y(X, y, checks.get("multi_output", False))


def _check_X(estimator: Any, X: torch.Tensor, min_samples: int, min_features: int) -> torch.Tensor:
    if X.ndim != 2:
        raise ValueError(
            f"expected X of shape (samples, features), got shape {tuple(X.shape)}; "
            "X.reshape(-1, 1) makes one feature of a vector, X.reshape(1, -1) one sample"
        )
    if X.is_complex():
        raise ValueError(f"expected real numbers in X, got {X.dtype}")
    for count, least, what in ((X.shape[0], min_samples, "samples"), (X.shape[1], min_features, "features")):
        if count < least:
            name = type(estimator).__name__
            raise ValueError(f"{name} needs at least {least} {what}, got X of shape {tuple(X.shape)}")
    return _check_finite("X", X if X.is_floating_point() else X.to(torch.get_default_dtype()))


def _check_features(estimator: Any, X: torch.Tensor, reset: bool) -> None:
    if reset:
        estimator.n_features_in_ = X.shape[1]
        vars(estimator).pop("feature_names_in_", None)  # from an earlier fit on a DataFrame
    elif X.shape[1] != estimator.n_features_in_:
        raise ValueError(
            f"X has {X.shape[1]} features, but {type(estimator).__name__} is expecting "
            f"{estimator.n_features_in_} features as input, as many as fit had"
        )


def _check_y(X: torch.Tensor, y: Array, multi_output: bool) -> torch.Tensor:
    namespace(X, y)
    if y.ndim != 1 and not (multi_output and y.ndim == 2):
        expected = "(samples,) or (samples, outputs)" if multi_output else "(samples,)"
        raise ValueError(f"expected y of shape {expected}, got shape {tuple(y.shape)}")
    if y.shape[0] != X.shape[0]:
        raise ValueError(f"expected one y for each of the {X.shape[0]} rows of X, got {y.shape[0]}")
    return _check_finite("y", y)


def _check_finite(name: str, values: torch.Tensor) -> torch.Tensor:
    if not torch.isfinite(values).all():
        raise ValueError(f"{name} holds NaN or infinity; drop those rows or fill them in first")
    return values
