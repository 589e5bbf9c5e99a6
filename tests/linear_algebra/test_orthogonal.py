"""QR, against NumPy: Householder's choice of signs is the same, so the factors are too."""

import numpy as np
import pytest

from course_lib.linear_algebra import qr


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 3), (3, 1), (4, 4), (6, 4), (4, 6), (32, 32), (70, 33), (33, 70), (2, 3, 5, 4), (2, 4, 5)]
)
def test_qr(asarray, rng, assert_agrees, shape):
    A = rng.normal(size=shape)
    Q, R = qr(asarray(A))
    expected_Q, expected_R = np.linalg.qr(A)
    assert_agrees(Q, expected_Q)
    assert_agrees(R, expected_R)


@pytest.mark.parametrize(
    "A",
    [
        np.zeros((4, 3)),
        np.ones((5, 5)),
        np.eye(4)[:, ::-1],
        np.diag([1.0, 0.0, 2.0]),
        np.vander(np.linspace(0, 1, 12)),  # nearly dependent columns
        np.array([[1e200, 1e200], [1e200, -1e200]]),  # squares overflow
        np.array([[1e-200, 2e-200], [3e-200, 5e-200]]),  # squares vanish
    ],
    ids=["zero", "ones", "mirror", "diagonal", "vandermonde", "huge", "tiny"],
)
def test_the_factors_are_orthogonal_and_triangular_whatever_the_matrix(asarray, assert_agrees, A):
    Q, R = qr(asarray(A))
    assert_agrees(Q.mT @ Q, np.eye(A.shape[1]), rtol=1e-14 * len(A))
    assert_agrees(Q @ R, A, rtol=1e-14)
    np.testing.assert_array_equal(R.tolist(), np.triu(R.tolist()))


def test_units_of_columns_do_not_matter(asarray, rng, assert_agrees):
    """Columns whose squares vanish beside the others, and ones that would vanish themselves."""
    A, units = rng.normal(size=(6, 5)), np.array([1e-300, 1.0, 1e-160, 1e250, 1e-300])
    Q, R = qr(asarray(A * units))
    expected_Q, expected_R = np.linalg.qr(A)
    assert_agrees(Q, expected_Q)
    assert_agrees(R / asarray(units), expected_R)


def test_float32_stays_float32(asarray, rng, assert_agrees):
    A = rng.normal(size=(5, 3))
    for ours, theirs in zip(qr(asarray(A, "float32")), np.linalg.qr(A), strict=True):
        assert_agrees(ours, theirs, rtol=1e-5, dtype="float32")
