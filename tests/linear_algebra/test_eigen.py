"""Eigenvalues and eigenvectors, against NumPy."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course_lib.linear_algebra import characteristic_polynomial, eigh, power_iteration


def symmetric(rng, *shape):
    X = rng.normal(size=shape)
    return X + X.mT


def projection(rng, n, rank):
    Q = np.linalg.qr(rng.normal(size=(n, rank)))[0]
    return Q @ Q.T


RNG = np.random.default_rng(0)
SPECIAL = {
    "zero": np.zeros((3, 3)),
    "identity": np.eye(4),
    "one by one": np.array([[-3.0]]),
    "diagonal": np.diag([3.0, -1.0, 2.0]),
    "plus and minus": np.array([[0.0, 1.0], [1.0, 0.0]]),
    "repeated": projection(RNG, 30, 12),
    "repeated, both signs": 2 * projection(RNG, 15, 5) - np.eye(15),
    "nearly equal": np.diag(1 + 1e-14 * np.arange(5)) + 1e-14,
    "ones": np.ones((7, 7)),
    "huge": np.array([[1e300, 1e300], [1e300, -1e300]]),
    "tiny": np.array([[1e-300, 2e-300], [2e-300, 3e-300]]),
    "path": np.diag(np.ones(24), 1) + np.diag(np.ones(24), -1),
}


def check(assert_agrees, asarray, A):
    w, Q = eigh(asarray(A))
    n, scale = A.shape[-1], np.abs(A).max() or 1.0
    assert_agrees(w, np.linalg.eigvalsh(A / scale) * scale, rtol=1e-13)
    assert_agrees(Q.mT @ Q, np.broadcast_to(np.eye(n), A.shape), rtol=1e-13)
    assert_agrees((Q * w[..., None, :]) @ Q.mT, A, rtol=1e-13)


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (3, 3), (33, 33), (2, 3, 4, 4)])
def test_eigh(asarray, rng, assert_agrees, shape):
    check(assert_agrees, asarray, symmetric(rng, *shape))


@pytest.mark.parametrize("A", SPECIAL.values(), ids=SPECIAL)
def test_eigh_of_special_matrices(asarray, assert_agrees, A):
    check(assert_agrees, asarray, A)


def test_repeated_eigenvalues_converge_quickly(asarray, monkeypatch):
    """Rows that are orthogonal to rounding must stay, or their noise turns and turns: 24 sweeps instead of 12."""
    monkeypatch.setattr("course_lib.linear_algebra.jacobi.MAX_SWEEPS", 16)
    eigh(asarray(projection(np.random.default_rng(0), 60, 30)))


def test_eigh_of_the_lecture_s_matrix(asarray, assert_agrees):
    w, Q = eigh(asarray([[2, 1], [1, 2]]))
    assert_agrees(w, [1, 3])
    assert_agrees(abs(Q), np.full((2, 2), np.sqrt(0.5)))
    assert Q[0, 0] * Q[1, 0] < 0 < Q[0, 1] * Q[1, 1]  # (1, -1) and (1, 1)


def test_float32_stays_float32(asarray, rng, assert_agrees):
    A = symmetric(rng, 6, 6)
    w, Q = eigh(asarray(A, "float32"))
    assert_agrees(w, np.linalg.eigvalsh(A), rtol=1e-5, dtype="float32")
    assert_agrees((Q * w) @ Q.mT, A, rtol=1e-5, dtype="float32")
    assert_agrees(characteristic_polynomial(asarray(A, "float32")), np.poly(A), rtol=1e-4, dtype="float32")
    value, _ = power_iteration(asarray(np.diag([3.0, -5.0]), "float32"))
    assert_agrees(value, -5, rtol=1e-5, dtype="float32")


def generator(sample, seed):
    return torch.Generator(sample.device).manual_seed(seed) if torch.is_tensor(sample) else np.random.default_rng(seed)


DOMINANT = {
    "symmetric": ([[2, 1], [1, 2]], 3, [1, 1]),
    "negative": ([[0, 1], [1, -1.5]], -2, [1, -2]),
    "not symmetric": ([[2, 0], [3, -4]], -4, [0, 1]),
    "orthogonal to ones": ([[2, -1], [-1, 2]], 3, [1, -1]),
    "one by one": ([[-3]], -3, [1]),
    "repeated": (5 * np.eye(3), 5, None),
    "zero": (np.zeros((3, 3)), 0, None),
    "nilpotent": ([[0, 1], [0, 0]], 0, [1, 0]),
    "huge": ([[2e200, 0], [0, 1e200]], 2e200, [1, 0]),
}


@pytest.mark.parametrize(("A", "value", "direction"), DOMINANT.values(), ids=DOMINANT)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_power_iteration(asarray, assert_agrees, A, value, direction, seed):
    A = asarray(A)
    found, vector = power_iteration(A, generator=generator(A, seed))
    assert_agrees(found, value)
    assert_agrees(vector @ vector, 1.0)
    assert_agrees(A @ vector, (found * vector).tolist(), atol=1e-10 * max(abs(value), 1))
    assert vector[abs(vector).argmax()] > 0
    if direction is not None:
        direction = np.array(direction, dtype=float)
        assert_agrees(abs(vector), np.abs(direction) / np.linalg.norm(direction))


def test_power_iteration_needs_no_generator(asarray, rng, assert_agrees):
    A = symmetric(rng, 5, 5) + 9 * np.eye(5)
    assert_agrees(power_iteration(asarray(A))[0], np.linalg.eigvalsh(A)[-1])


def test_same_seed_same_vector(asarray):
    A = asarray(np.eye(4))
    first, again, other = (power_iteration(A, generator=generator(A, seed))[1].tolist() for seed in (3, 3, 4))
    assert first == again != other


@pytest.mark.parametrize("A", [[[0, 1], [1, 0]], [[0, -1], [1, 0]]], ids=["1 and -1", "rotation"])
def test_power_iteration_says_that_it_does_not_converge(asarray, A):
    with pytest.raises(np.linalg.LinAlgError, match="did not converge in 50 steps: the two largest"):
        power_iteration(asarray(A), max_iter=50)


def test_power_iteration_stops_early_if_told_to(asarray):
    A = asarray(np.diag([1.0, 0.99]))
    value, _ = power_iteration(A, generator=generator(A, 0), tol=0.1)
    assert 0.9 < value < 0.9999999


def test_power_iteration_refuses_a_stack(asarray):
    with pytest.raises(ValueError, match="not a stack"):
        power_iteration(asarray(np.ones((2, 3, 3))))


def test_power_iteration_wants_a_generator_of_the_same_kind(asarray):
    A = asarray(np.eye(2))
    other = np.random.default_rng(0) if torch.is_tensor(A) else torch.Generator()
    with pytest.raises(TypeError, match="one kind on one device"):
        power_iteration(A, generator=other)


@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_characteristic_polynomial(asarray, rng, assert_agrees, n):
    A = rng.normal(size=(n, n))
    assert_agrees(characteristic_polynomial(asarray(A)), np.poly(A))
    assert_agrees(characteristic_polynomial(asarray([A, 2 * A])), [np.poly(A), np.poly(2 * A)])


def test_characteristic_polynomial_of_the_lecture_s_matrix(asarray):
    assert characteristic_polynomial(asarray([[2, 1], [1, 2]])).tolist() == [1, -4, 3]


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_a_matrix_is_a_root_of_its_own_polynomial(seed, n):
    A = np.random.default_rng(seed).normal(size=(n, n))
    value = np.zeros((n, n))
    for c in characteristic_polynomial(A):
        value = value @ A + c * np.eye(n)
    assert abs(value).max() < 1e-12 * np.linalg.norm(A) ** n + 1e-12
