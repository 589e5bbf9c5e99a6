"""Norms, condition numbers and angles, against NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_lib.linear_algebra import angle, cond, norm

VECTOR = [None, 1, 2, 3, 0.5, 1.5, 0, -1, -2, -0.5, np.inf, -np.inf]
MATRIX = [None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf]


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("order", VECTOR)
@pytest.mark.parametrize("shape", [(1,), (5,), (4, 5), (2, 3, 4)])
@pytest.mark.parametrize("axis", [0, -1])
def test_vector_norms(asarray, rng, assert_agrees, order, shape, axis, keepdims):
    x = rng.normal(size=shape)
    assert_agrees(norm(asarray(x), order, axis, keepdims), np.linalg.norm(x, order, axis, keepdims))


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("order", MATRIX)
@pytest.mark.parametrize(
    ("shape", "axis"),
    [
        ((1, 1), None),
        ((4, 5), None),
        ((5, 4), (1, 0)),
        ((2, 3, 4), (0, 2)),
        ((2, 3, 4), (-1, 0)),
        ((2, 3, 4), (-2, -1)),
    ],
)
def test_matrix_norms(asarray, rng, assert_agrees, order, shape, axis, keepdims):
    A = rng.normal(size=shape)
    result = norm(asarray(A), ord=order, axis=axis, keepdims=keepdims)
    assert_agrees(result, np.linalg.norm(A, ord=order, axis=axis, keepdims=keepdims))


@pytest.mark.parametrize("order", VECTOR)
def test_without_axis_a_vector_is_a_vector(asarray, rng, assert_agrees, order):
    x = rng.normal(size=6)
    assert_agrees(norm(asarray(x), order), np.linalg.norm(x, order))


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (2, 3, 4)])
def test_by_default_all_entries_count(asarray, rng, assert_agrees, shape, keepdims):
    x = rng.normal(size=shape)
    assert_agrees(norm(asarray(x), keepdims=keepdims), np.linalg.norm(x, keepdims=keepdims))


@pytest.mark.parametrize("order", [p for p in VECTOR if p is None or p >= 0 or p == -np.inf])
def test_norms_of_the_zero_vector(asarray, assert_agrees, order):
    assert_agrees(norm(asarray(np.zeros(3)), order), 0)


@pytest.mark.parametrize("order", [-1, -2])
def test_a_zero_entry_makes_a_negative_order_zero(asarray, assert_agrees, order):
    assert_agrees(norm(asarray([0, 2, 3]), order), 0)
    assert_agrees(norm(asarray([[0, 2], [1, 1]]), order, axis=1), [0, np.linalg.norm([1, 1], order)])


@pytest.mark.parametrize("order", [None, 1.5, 2, 3, 7])
@pytest.mark.parametrize("scale", [1e200, 1e-200])
def test_no_overflow_on_the_way(asarray, assert_agrees, order, scale):
    x = np.array([3.0, -4.0, 1.0])
    assert_agrees(norm(asarray(scale * x), order), scale * np.linalg.norm(x, order))
    assert_agrees(norm(asarray(scale * np.diag(x))), scale * np.linalg.norm(x))


def test_float32_stays_float32(asarray, rng, assert_agrees):
    A = rng.normal(size=(3, 3))
    for order in MATRIX:
        assert_agrees(norm(asarray(A, "float32"), order), np.linalg.norm(A, order), rtol=1e-5, dtype="float32")
    for order in VECTOR:
        result = norm(asarray(A, "float32"), order, axis=0)
        assert_agrees(result, np.linalg.norm(A, order, axis=0), rtol=1e-5, dtype="float32")
    assert_agrees(cond(asarray(A, "float32")), np.linalg.cond(A), rtol=1e-4, dtype="float32")
    x, y = asarray(A[0], "float32"), asarray(A[1], "float32")
    assert_agrees(angle(x, y), angle(A[0], A[1]), rtol=1e-5, dtype="float32")


vectors = arrays(np.float64, 4, elements=st.floats(-1e3, 1e3))


@given(vectors, vectors, st.floats(-100, 100), st.sampled_from([1, 1.5, 2, 3, np.inf]))
def test_the_three_axioms(x, y, scale, p):
    assert norm(x + y, p) <= (norm(x, p) + norm(y, p)) * (1 + 1e-12)
    assert norm(scale * x, p) == pytest.approx(abs(scale) * norm(x, p), rel=1e-9)
    assert (norm(x, p) == 0) == (not x.any())


@pytest.mark.parametrize(
    ("x", "order", "axis", "message"),
    [
        (np.ones(3), "fro", None, "order of a vector norm, got 'fro': that is for matrices"),
        (np.ones((3, 3)), 3, None, "as a matrix norm, got 3"),
        (np.ones((3, 3)), "abc", None, "as a matrix norm, got 'abc'"),
        (np.ones((2, 2, 2)), 2, None, "one axis .vectors. or two .matrices., got 3"),
        (np.ones(()), 2, None, "got 0; name them"),
        (np.ones((2, 2)), 2, 2, "axes from -2 to 1, got axis=2"),
        (np.ones((2, 2)), "fro", (0, -2), "different axes from -2 to 1, got axis=.0, -2."),
    ],
)
def test_what_is_no_norm_is_refused(asarray, x, order, axis, message):
    with pytest.raises(ValueError, match=message):
        norm(asarray(x), order, axis)


@pytest.mark.parametrize("p", MATRIX)
@pytest.mark.parametrize("shape", [(1, 1), (4, 4), (2, 3, 3, 3)])
def test_cond(asarray, rng, assert_agrees, p, shape):
    A = rng.normal(size=shape)
    assert_agrees(cond(asarray(A), p), np.linalg.cond(A, p))


@pytest.mark.parametrize("p", [None, 2, -2])
def test_cond_of_a_rectangle(asarray, rng, assert_agrees, p):
    A = rng.normal(size=(2, 5, 3))
    assert_agrees(cond(asarray(A), p), np.linalg.cond(A, p))


@pytest.mark.parametrize("p", [None, 1, np.inf, "fro", 2])
def test_a_singular_matrix_is_infinitely_ill_conditioned(asarray, p):
    stack = asarray([[[1, 0], [0, 0]], [[2, 0], [0, 2]]])
    first, second = cond(stack, p).tolist()
    assert first == np.inf
    assert second == pytest.approx(np.linalg.cond(np.eye(2), p))
    assert cond(stack[0], p) == np.inf


def test_cond_refuses(asarray):
    with pytest.raises(ValueError, match="square"):
        cond(asarray(np.ones((2, 3))), 1)
    with pytest.raises(ValueError, match="as a matrix norm, got 7"):
        cond(asarray(np.eye(2)), 7)


@pytest.mark.parametrize(
    ("x", "y", "degrees"),
    [
        ([1, 0], [0, 3], 90),
        ([1, 0], [5, 5], 45),
        ([1, 2, 3], [2, 4, 6], 0),
        ([1, 2, 3], [-1, -2, -3], 180),
        ([1e200, 0], [1e-200, 1e-200], 45),
        ([-2], [3], 180),
    ],
)
def test_angle(asarray, assert_agrees, x, y, degrees):
    assert_agrees(angle(asarray(x), asarray(y)), np.radians(degrees), atol=1e-15)


def test_angles_of_many_pairs(asarray, rng, assert_agrees):
    x, y = rng.normal(size=(2, 3, 4, 5))
    cosine = (x * y).sum(-1) / np.linalg.norm(x, axis=-1) / np.linalg.norm(y, axis=-1)
    assert_agrees(angle(asarray(x), asarray(y)), np.arccos(cosine))


def test_a_small_angle_keeps_its_digits(asarray, assert_agrees):
    assert_agrees(angle(asarray([1, 0]), asarray([1, 1e-10])), 1e-10)  # the arccosine gives 0


def test_angle_refuses(asarray):
    with pytest.raises(ValueError, match="zero vector has no direction"):
        angle(asarray([[1, 0], [0, 0]]), asarray([[1, 0], [1, 0]]))
    with pytest.raises(ValueError, match=r"two vectors of the same shape, got \(2,\) and \(3,\)"):
        angle(asarray([1, 0]), asarray([1, 0, 0]))
