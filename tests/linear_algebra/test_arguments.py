"""What every function says about wrong arguments, and that none changes a right one."""

import numpy as np
import pytest
import torch

from course_lib import linear_algebra as la

ONE_MATRIX = {  # one call of each function, as a function of one matrix
    "solve_triangular": lambda A: la.solve_triangular(A, A),
    "gaussian_elimination": lambda A: la.gaussian_elimination(A, A),
    "elimination_steps": lambda A: la.elimination_steps(A, A),
    "lu_factor": la.lu_factor,
    "lu_solve": lambda A: la.lu_solve((A, [0, 1]), A),
    "solve": lambda A: la.solve(A, A),
    "inv": la.inv,
    "det": la.det,
    "det_by_cofactors": la.det_by_cofactors,
    "cholesky": la.cholesky,
    "is_positive_definite": la.is_positive_definite,
    "qr": la.qr,
    "svd": la.svd,
    "pinv": la.pinv,
    "lstsq": lambda A: la.lstsq(A, A),
    "eigh": la.eigh,
    "power_iteration": la.power_iteration,
    "characteristic_polynomial": la.characteristic_polynomial,
    "norm": la.norm,
    "cond": la.cond,
    "angle": lambda A: la.angle(A, A),
    "subspace_angles": lambda A: la.subspace_angles(A, A),
    "conjugate_gradient": lambda A: la.conjugate_gradient(A, A),
}
VALID = ONE_MATRIX | {  # where the second argument matters
    "lu_solve": lambda A: la.lu_solve(la.lu_factor(A), A),
    "conjugate_gradient": lambda A: la.conjugate_gradient(A, A[0], A[1]),
}
RECTANGLES = {"qr", "svd", "pinv", "lstsq", "norm", "cond", "angle", "subspace_angles"}
VECTORS = {"norm", "angle"}
SYMMETRIC = {"cholesky", "is_positive_definite", "eigh", "conjugate_gradient"}
SYSTEMS = {
    "solve_triangular": la.solve_triangular,
    "gaussian_elimination": la.gaussian_elimination,
    "elimination_steps": la.elimination_steps,
    "lu_solve": lambda A, b: la.lu_solve((A, [0, 1]), b),
    "solve": la.solve,
    "lstsq": la.lstsq,
    "conjugate_gradient": la.conjugate_gradient,
}


def each(functions, names=None):
    chosen = {name: f for name, f in functions.items() if names is None or name in names}
    return pytest.mark.parametrize("function", chosen.values(), ids=chosen)


def test_the_tables_are_complete():
    assert set(ONE_MATRIX) == set(la.__all__) - {"Step"}


@each(ONE_MATRIX)
@pytest.mark.parametrize(("bad", "shown"), [(np.nan, "nan"), (np.inf, "inf"), (-np.inf, "-inf")])
def test_what_is_not_finite_is_refused(asarray, function, bad, shown):
    with pytest.raises(ValueError, match=rf"finite numbers, but \w+ holds {shown} at index \(0, 1\)"):
        function(asarray([[1, bad], [bad, 1]]))


@each(ONE_MATRIX)
@pytest.mark.parametrize("shape", [(0, 0), (2, 0), (0, 3, 3)])
def test_what_is_empty_is_refused(asarray, function, shape):
    with pytest.raises(ValueError, match=rf"is empty: its shape is \({shape[0]}, {shape[1]}"):
        function(asarray(np.zeros(shape)))


@each(ONE_MATRIX)
@pytest.mark.parametrize("dtype", ["int64", "bool", "float16", "complex128"])
def test_other_numbers_than_float32_and_float64_are_refused(asarray, function, dtype):
    with pytest.raises(TypeError, match=rf"in float32 or float64, got (torch\.)?{dtype}; convert it with \w+\."):
        function(asarray(np.eye(2), dtype))


@each(ONE_MATRIX)
def test_bfloat16_is_refused(function):
    with pytest.raises(TypeError, match=r"got torch.bfloat16; convert it with \w+\.double\(\)"):
        function(torch.eye(2, dtype=torch.bfloat16))


@each(ONE_MATRIX)
def test_lists_are_refused(function):
    with pytest.raises(TypeError, match=r"got list; wrap it in np.asarray\(...\) first"):
        function([[1.0, 0.0], [0.0, 1.0]])


@each(ONE_MATRIX, set(ONE_MATRIX) - VECTORS)
def test_vectors_are_refused_where_a_matrix_is_meant(asarray, function):
    with pytest.raises(ValueError, match=r"shape \(3,\)|one matrix|A of shape \(m, n\)"):
        function(asarray(np.ones(3)))


@each(ONE_MATRIX, set(ONE_MATRIX) - RECTANGLES)
def test_rectangles_are_refused_where_a_square_is_meant(asarray, function):
    with pytest.raises(ValueError, match=r"expected A to be square, \(..., n, n\), got shape \(2, 3\)"):
        function(asarray(np.ones((2, 3))))


@each(VALID, SYMMETRIC)
def test_asymmetry_is_measured(asarray, function):
    with pytest.raises(ValueError, match=r"but A and its transpose differ by up to 0.25; .*\(A \+ A.mT\) / 2"):
        function(asarray([[1, 0.25], [0, 1]]))


@each(VALID, SYMMETRIC)
def test_only_the_second_half_of_the_digits_may_be_asymmetric(asarray, make_spd, function):
    A = make_spd(3)
    A[0, 1] += 1e-9 * A.max()
    function(asarray(A))
    A[0, 1] += 1e-7 * A.max()
    with pytest.raises(ValueError, match="symmetric"):
        function(asarray(A))


@each(SYSTEMS)
def test_numpy_and_torch_do_not_mix(function):
    with pytest.raises(TypeError, match="one kind on one device, got argument 1: a NumPy array.*a torch tensor"):
        function(np.eye(2), torch.ones(2, dtype=torch.float64))


@each(SYSTEMS)
def test_precisions_do_not_mix(asarray, function):
    with pytest.raises(TypeError, match=r"one precision, got A in (torch\.)?float64, b in (torch\.)?float32"):
        function(asarray(np.eye(2)), asarray(np.ones(2), "float32"))


@each(SYSTEMS)
@pytest.mark.parametrize("shape", [(3,), (1, 2), (3, 1), ()])
def test_a_right_hand_side_that_does_not_fit_is_refused(asarray, function, shape):
    with pytest.raises(ValueError, match=r"expected .*b of shape"):
        function(asarray(np.eye(2)), asarray(np.ones(shape)))


def test_stacks_that_do_not_broadcast_are_refused(asarray):
    with pytest.raises(ValueError, match=r"A of shape \(2, 3, 3\) and b of shape \(4, 3, 1\) do not broadcast"):
        la.solve(asarray(np.ones((2, 3, 3))), asarray(np.ones((4, 3, 1))))


@each(VALID)
def test_arguments_are_left_alone(asarray, make_spd, function):
    values = make_spd(4)
    A = asarray(values)
    function(A)
    np.testing.assert_array_equal(A.tolist(), values)
