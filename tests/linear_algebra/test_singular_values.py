"""The singular value decomposition and what it solves, against NumPy."""

import numpy as np
import pytest

from course_lib.linear_algebra import lstsq, pinv, svd
from course_lib.linear_algebra.jacobi import orthogonalise_rows


def low_rank(rng, m, n, rank):
    return rng.normal(size=(m, rank)) @ rng.normal(size=(rank, n))


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 4), (4, 1), (2, 2), (5, 5), (7, 4), (4, 7), (60, 20), (33, 33), (2, 3, 5, 4), (2, 4, 5)]
)
@pytest.mark.parametrize("full", [True, False])
def test_svd(asarray, rng, assert_agrees, shape, full):
    A = rng.normal(size=shape)
    U, s, Vh = svd(asarray(A), full_matrices=full)
    expected = np.linalg.svd(A, full_matrices=full)
    assert [tuple(x.shape) for x in (U, s, Vh)] == [x.shape for x in expected]
    assert_agrees(s, expected[1])
    check_factors(assert_agrees, A, U, s, Vh)


def check_factors(assert_agrees, A, U, s, Vh, rtol=1e-13):
    k = s.shape[-1]
    for columns in (U, Vh.mT):
        eye = np.eye(columns.shape[-1])
        assert_agrees(columns.mT @ columns, np.broadcast_to(eye, (*A.shape[:-2], *eye.shape)), rtol=rtol)
    assert_agrees((U[..., :k] * s[..., None, :]) @ Vh[..., :k, :], A, rtol=rtol)


SPECIAL = {
    "zero": np.zeros((4, 3)),
    "identity": np.eye(5),
    "permutation": np.eye(4)[[2, 0, 3, 1]],
    "repeated": np.linalg.qr(np.random.default_rng(1).normal(size=(40, 40)))[0],
    "ones": np.ones((6, 6)),
    "rank 2": low_rank(np.random.default_rng(2), 8, 6, 2),
    "rank 2, wide": low_rank(np.random.default_rng(3), 6, 9, 2),
    "a zero column": np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0]]),
    "hilbert": 1 / (1 + np.arange(14)[:, None] + np.arange(14)),
    "huge": np.array([[1e200, 2e200], [3e200, -1e200]]),
    "tiny": np.array([[1e-300, 2e-300], [3e-300, -1e-300]]),
    "wide range": np.diag([1.0, 1e-100, 1e-200]) + np.diag([1e-120, 1e-210], 1),
}


@pytest.mark.parametrize("A", SPECIAL.values(), ids=SPECIAL)
def test_svd_of_special_matrices(asarray, assert_agrees, A):
    U, s, Vh = svd(asarray(A))
    assert_agrees(s, np.linalg.svd(A)[1], rtol=1e-14)
    check_factors(assert_agrees, A, U, s, Vh)


def test_small_singular_values_keep_the_digits_that_squaring_would_lose(asarray, assert_agrees):
    A = asarray([[1, 1], [1e-9, 0], [0, 1e-9]])
    assert_agrees(svd(A)[1], [np.sqrt(2), 1e-9], rtol=1e-7, atol=0)
    assert np.linalg.matrix_rank(np.asarray((A.mT @ A).tolist())) == 1  # rounded, the square knows nothing of 1e-9


def test_float32_stays_float32(asarray, rng, assert_agrees):
    A = rng.normal(size=(6, 4))
    U, s, Vh = svd(asarray(A, "float32"), full_matrices=False)
    assert_agrees(s, np.linalg.svd(A)[1], rtol=1e-5, dtype="float32")
    assert_agrees((U * s) @ Vh, A, rtol=1e-5, dtype="float32")
    assert_agrees(pinv(asarray(A, "float32")), np.linalg.pinv(A), rtol=1e-5, dtype="float32")
    b = rng.normal(size=6)
    ours = lstsq(asarray(A, "float32"), asarray(b, "float32"))
    assert_agrees(ours[0], np.linalg.lstsq(A, b)[0], rtol=1e-5, dtype="float32")


@pytest.mark.parametrize("rows", [1, 2, 5, 8])
def test_jacobi_turns_every_pair_of_rows(asarray, rng, assert_agrees, rows):
    before = rng.normal(size=(rows, 9))
    G = orthogonalise_rows(asarray(np.concatenate([before, np.eye(rows)], axis=1)), 9)
    turned, rotation = G[:, :9], G[:, 9:]
    lengths = (turned**2).sum(-1).tolist()
    assert_agrees(turned @ turned.mT, np.diag(lengths), rtol=1e-13)
    assert_agrees(rotation @ rotation.mT, np.eye(rows), rtol=1e-13)
    assert_agrees(rotation @ asarray(before), turned.tolist(), rtol=1e-13)


def test_an_endless_iteration_is_reported(asarray, monkeypatch):
    monkeypatch.setattr("course_lib.linear_algebra.jacobi.MAX_SWEEPS", 1)
    with pytest.raises(np.linalg.LinAlgError, match="did not converge in 1 sweeps"):
        svd(asarray(np.random.default_rng(0).normal(size=(9, 9))))


@pytest.mark.parametrize("shape", [(1, 1), (4, 4), (6, 3), (3, 6), (2, 3, 5, 4)])
def test_pinv(asarray, rng, assert_agrees, shape):
    A = rng.normal(size=shape)
    assert_agrees(pinv(asarray(A)), np.linalg.pinv(A))


@pytest.mark.parametrize("A", SPECIAL.values(), ids=SPECIAL)
def test_pinv_of_special_matrices_has_the_four_properties_of_penrose(asarray, assert_agrees, A):
    A = asarray(A)
    X = pinv(A, rtol=1e-3)
    assert_agrees(X @ A @ X, X.tolist())
    assert_agrees(A @ X @ A, A.tolist(), rtol=2e-3)  # what counted as zero is missing
    assert_agrees(A @ X, (A @ X).mT.tolist())
    assert_agrees(X @ A, (X @ A).mT.tolist())


def test_pinv_leaves_out_what_is_small_beside_the_largest(asarray, assert_agrees):
    A = asarray(np.diag([4.0, 1.0, 1e-9, 1e-17]))
    assert_agrees(pinv(A), np.diag([0.25, 1, 1e9, 0]))
    assert_agrees(pinv(A, rtol=1e-6), np.diag([0.25, 1, 0, 0]))
    assert_agrees(pinv(A, rtol=0.25), np.diag([0.25, 0, 0, 0]))
    assert_agrees(pinv(asarray(np.zeros((2, 3)))), np.zeros((3, 2)))


@pytest.mark.parametrize("function", [lambda A, tol: pinv(A, rtol=tol), lambda A, tol: lstsq(A, A[:, 0], tol)])
@pytest.mark.parametrize("tolerance", [-1.0, float("nan")])
def test_a_tolerance_is_not_negative(asarray, function, tolerance):
    with pytest.raises(ValueError, match=f"tolerance of at least 0, got {tolerance}"):
        function(asarray(np.eye(2)), tolerance)


SYSTEMS = {
    "square": (5, 5, 5),
    "overdetermined": (9, 4, 4),
    "underdetermined": (4, 9, 4),
    "dependent columns": (9, 4, 2),
    "dependent columns, square": (5, 5, 3),
    "dependent rows, wide": (4, 9, 2),
    "one unknown": (3, 1, 1),
    "one equation": (1, 3, 1),
}


@pytest.mark.parametrize(("m", "n", "rank"), SYSTEMS.values(), ids=SYSTEMS)
@pytest.mark.parametrize("columns", [(), (1,), (3,)])
def test_lstsq_returns_what_numpy_returns(asarray, rng, assert_agrees, m, n, rank, columns):
    A, b = low_rank(rng, m, n, rank), rng.normal(size=(m, *columns))
    ours, theirs = lstsq(asarray(A), asarray(b)), np.linalg.lstsq(A, b)
    for i in (0, 1, 3):
        assert tuple(ours[i].shape) == theirs[i].shape
        assert_agrees(ours[i], theirs[i], atol=1e-10)
    assert ours[2] == theirs[2] == rank


def test_lstsq_takes_a_tolerance(asarray, assert_agrees):
    x, _, rank, _ = lstsq(asarray(np.diag([1.0, 1e-3])), asarray([1, 1]), rcond=1e-2)
    assert_agrees(x, [1, 0])
    assert rank == 1


@pytest.mark.parametrize(("shape_A", "shape_b"), [((3, 2), (2,)), ((3,), (3,)), ((2, 3, 2), (3,)), ((3, 2), (3, 1, 1))])
def test_lstsq_says_which_shapes_it_takes(asarray, shape_A, shape_b):
    with pytest.raises(ValueError, match=r"A of shape \(m, n\) and b of shape \(m,\) or \(m, k\), got"):
        lstsq(asarray(np.ones(shape_A)), asarray(np.ones(shape_b)))
