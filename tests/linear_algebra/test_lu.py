"""LU and what it gives, against NumPy and SciPy."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st

from course_lib.linear_algebra import det, det_by_cofactors, inv, lu_factor, lu_solve, solve, solve_triangular

SIZES = [1, 2, 3, 31, 32, 33, 70]


@pytest.mark.parametrize("n", SIZES)
def test_lu_factor(asarray, rng, assert_agrees, n):
    A = rng.normal(size=(n, n))
    lu, piv = lu_factor(asarray(A))
    expected, swaps = scipy.linalg.lu_factor(A)
    assert_agrees(lu, expected)
    np.testing.assert_array_equal(piv.tolist(), swaps)


def test_lu_factor_of_a_stack(asarray, rng, assert_agrees):
    A = rng.normal(size=(2, 3, 40, 40))
    lu, piv = lu_factor(asarray(A))
    assert tuple(piv.shape) == (2, 3, 40)
    for i in np.ndindex(2, 3):
        expected, swaps = scipy.linalg.lu_factor(A[i])
        assert_agrees(lu[i], expected)
        np.testing.assert_array_equal(piv[i].tolist(), swaps)


def test_a_singular_matrix_has_factors_but_no_solution(asarray):
    A = asarray([[1, 2, 3], [2, 4, 6], [1, 1, 1]])
    factors = lu_factor(A)
    assert factors[0][2, 2] == 0
    with pytest.raises(np.linalg.LinAlgError, match="A is singular.*lstsq"):
        lu_solve(factors, asarray([1, 2, 3]))


def test_factors_that_do_not_belong_together_are_refused(asarray):
    lu, piv = lu_factor(asarray(np.eye(3)))
    with pytest.raises(ValueError, match=r"piv of shape \(3,\) from lu_factor, got \(2,\)"):
        lu_solve((lu, piv[:2]), asarray(np.ones(3)))
    with pytest.raises(TypeError, match="got list"):
        lu_solve((lu, [0, 1, 2]), asarray(np.ones(3)))


@pytest.mark.parametrize("n", SIZES)
def test_lu_solve(asarray, rng, assert_agrees, n):
    A, b = rng.normal(size=(n, n)), rng.normal(size=(n, 3))
    factors = lu_factor(asarray(A))
    assert_agrees(lu_solve(factors, asarray(b)), np.linalg.solve(A, b))
    assert_agrees(lu_solve(factors, asarray(b[:, 0])), np.linalg.solve(A, b[:, 0]))


SHAPES = [  # of A and b; NumPy 2: only a one-dimensional b is a vector
    ((4, 4), (4,)),
    ((4, 4), (4, 1)),
    ((1, 1), (1,)),
    ((5, 4, 4), (4,)),
    ((4, 4, 4), (4, 4)),
    ((5, 4, 4), (5, 4, 2)),
    ((4, 4), (5, 4, 2)),
    ((2, 1, 4, 4), (3, 4, 2)),
]


@pytest.mark.parametrize(("shape_A", "shape_b"), SHAPES)
def test_solve_takes_the_shapes_that_numpy_takes(asarray, rng, assert_agrees, shape_A, shape_b):
    A, b = rng.normal(size=shape_A), rng.normal(size=shape_b)
    assert_agrees(solve(asarray(A), asarray(b)), np.linalg.solve(A, b))
    assert_agrees(lu_solve(lu_factor(asarray(A)), asarray(b)), np.linalg.solve(A, b))


def test_solve_solves_the_textbook_system(asarray, assert_agrees):
    A, b = [[1, 3, -2], [3, 5, 6], [2, 4, 3]], [5, 7, 8]
    assert_agrees(solve(asarray(A), asarray(b)), [-15, 8, 2])


def test_solve_leaves_a_residual_of_rounding_size_for_an_ill_conditioned_matrix(asarray):
    n = 12
    A = asarray(1 / (1 + np.arange(n)[:, None] + np.arange(n)))  # Hilbert's: condition number 1e16
    b = asarray(np.ones(n))
    x = solve(A, b)
    assert abs(A @ x - b).max() < 1e-15 * n * abs(x).max()


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (50, 50), (2, 3, 4, 4)])
def test_inv(asarray, rng, assert_agrees, shape):
    A = rng.normal(size=shape)
    assert_agrees(inv(asarray(A)), np.linalg.inv(A))


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (3, 3), (40, 40), (2, 3, 4, 4)])
def test_det(asarray, rng, assert_agrees, shape):
    A = rng.normal(size=shape)
    assert_agrees(det(asarray(A)), np.linalg.det(A))


def test_det_of_a_singular_matrix_is_zero(asarray):
    assert det(asarray([[1, 2], [2, 4]])) == 0
    assert det(asarray(np.zeros((3, 3)))) == 0


@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_the_definition_of_the_determinant_gives_the_same(asarray, rng, assert_agrees, n):
    A = rng.normal(size=(n, n))
    assert_agrees(det_by_cofactors(asarray(A)), np.linalg.det(A))


def test_the_definition_is_refused_where_it_would_take_forever(asarray):
    with pytest.raises(ValueError, match=r"at most 9 rows, got shape \(10, 10\).*n! multiplications; use det"):
        det_by_cofactors(asarray(np.eye(10)))


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_the_determinant_of_a_product_is_the_product_of_the_determinants(seed, n):
    A, B = np.random.default_rng(seed).normal(size=(2, n, n))
    np.testing.assert_allclose(det(A @ B), det(A) * det(B), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("function", [inv, lambda A: solve(A, A[..., 0, :])])
def test_singular_matrices_are_refused(asarray, function):
    with pytest.raises(np.linalg.LinAlgError, match="A is singular"):
        function(asarray([[1, 2], [2, 4]]))
    with pytest.raises(np.linalg.LinAlgError, match="A is singular"):
        inv(asarray([np.eye(2), np.zeros((2, 2))]))


@pytest.mark.parametrize("lower", [True, False])
@pytest.mark.parametrize(("shape_A", "shape_b"), [*SHAPES, ((70, 70), (70, 2))])
def test_solve_triangular(asarray, rng, assert_agrees, shape_A, shape_b, lower):
    A, b = rng.normal(size=shape_A) / 10 + 2 * np.eye(shape_A[-1]), rng.normal(size=shape_b)
    triangle = np.tril(A) if lower else np.triu(A)
    assert_agrees(solve_triangular(asarray(A), asarray(b), lower=lower), np.linalg.solve(triangle, b))


def test_solve_triangular_refuses_a_zero_on_the_diagonal(asarray):
    with pytest.raises(np.linalg.LinAlgError, match="zero on its diagonal"):
        solve_triangular(asarray([[1, 2], [3, 0]]), asarray([1, 1]))


def test_float32_stays_float32(asarray, rng, assert_agrees):
    A, b = rng.normal(size=(5, 5)), rng.normal(size=5)
    A32, b32 = asarray(A, "float32"), asarray(b, "float32")
    assert_agrees(solve(A32, b32), np.linalg.solve(A, b), rtol=1e-4, dtype="float32")
    assert_agrees(inv(A32), np.linalg.inv(A), rtol=1e-4, dtype="float32")
    assert_agrees(det(A32), np.linalg.det(A), rtol=1e-4, dtype="float32")
    assert_agrees(lu_factor(A32)[0], scipy.linalg.lu_factor(A)[0], rtol=1e-4, dtype="float32")
