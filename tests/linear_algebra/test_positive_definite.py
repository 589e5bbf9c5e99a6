"""Cholesky, against NumPy."""

import numpy as np
import pytest

from course_lib.linear_algebra import cholesky, is_positive_definite


@pytest.mark.parametrize("shape", [(1,), (2,), (32,), (33,), (80,), (2, 3, 5)])
def test_cholesky(asarray, make_spd, assert_agrees, shape):
    A = make_spd(*shape)
    assert_agrees(cholesky(asarray(A)), np.linalg.cholesky(A))


def test_float32_stays_float32(asarray, make_spd, assert_agrees):
    A = make_spd(5)
    assert_agrees(cholesky(asarray(A, "float32")), np.linalg.cholesky(A), rtol=1e-5, dtype="float32")


def test_rounding_may_break_the_symmetry(asarray, make_spd, assert_agrees):
    A = make_spd(4)
    A[0, 1] *= 1 + 1e-12
    assert_agrees(cholesky(asarray(A)), np.linalg.cholesky(A))


@pytest.mark.parametrize(
    ("A", "k"),
    [
        ([[0.0]], 1),
        ([[-1.0]], 1),
        ([[1, 2], [2, 1]], 2),  # eigenvalues 3 and -1
        ([[1, 1, 0], [1, 1, 0], [0, 0, 1]], 2),  # singular
        ([[2, 0, 0], [0, 1, 2], [0, 2, 4]], 3),
    ],
)
def test_what_is_not_positive_definite_is_refused(asarray, A, k):
    with pytest.raises(np.linalg.LinAlgError, match=f"not positive definite: its leading {k} by {k} part"):
        cholesky(asarray(A))
    assert is_positive_definite(asarray(A)) is False


def test_one_bad_matrix_in_a_stack_is_found(asarray):
    with pytest.raises(np.linalg.LinAlgError, match="not positive definite"):
        cholesky(asarray([np.eye(2), -np.eye(2)]))
    assert is_positive_definite(asarray([np.eye(2), -np.eye(2)])).tolist() == [True, False]


def test_positive_definite_means_positive_eigenvalues(asarray, rng):
    for _ in range(20):
        X = rng.normal(size=(4, 4))
        A = X + X.T + 4 * rng.uniform() * np.eye(4)
        assert is_positive_definite(asarray(A)) is bool(np.all(np.linalg.eigvalsh(A) > 0))
