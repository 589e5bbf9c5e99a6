"""Angles between subspaces, against SciPy."""

import numpy as np
import pytest
import scipy.linalg
import torch
from torch.autograd import gradcheck

from course_lib.linear_algebra import angle, subspace_angles


@pytest.mark.parametrize(("m", "k", "n"), [(1, 1, 1), (5, 2, 2), (5, 3, 1), (5, 1, 3), (6, 4, 5), (4, 4, 2), (3, 5, 2)])
def test_as_in_scipy(asarray, rng, assert_agrees, m, k, n):
    A, B = rng.normal(size=(m, k)), rng.normal(size=(m, n))
    assert_agrees(subspace_angles(asarray(A), asarray(B)), scipy.linalg.subspace_angles(A, B), atol=1e-12)


@pytest.mark.parametrize("theta", [0.0, 1e-200, 1e-12, 1e-8, 1e-3, 0.7, np.pi / 2 - 1e-9, np.pi / 2])
def test_every_angle_is_right_to_rounding(asarray, assert_agrees, theta):
    """Arccosines are wrong by up to 1e-8 for small angles, arcsines for angles near a right one."""
    line, turned = np.array([[1.0], [0.0], [0.0]]), np.array([[np.cos(theta)], [np.sin(theta)], [0.0]])
    assert_agrees(subspace_angles(asarray(line), asarray(turned)), [theta], rtol=0, atol=4e-16)


def test_between_lines_it_is_the_angle_between_vectors_without_their_direction(asarray, rng, assert_agrees):
    x, y = rng.normal(size=(2, 4))
    expected = angle(x, y)
    result = subspace_angles(asarray(x[:, None]), asarray(y[:, None]))
    assert_agrees(result, [min(expected, np.pi - expected)])


def test_the_basis_does_not_matter(asarray, rng, assert_agrees):
    A, B, mix = rng.normal(size=(6, 3)), rng.normal(size=(6, 2)), rng.normal(size=(3, 3))
    expected = scipy.linalg.subspace_angles(A, B)
    assert_agrees(subspace_angles(asarray(A @ mix), asarray(1e100 * B)), expected)
    assert_agrees(subspace_angles(asarray(B), asarray(A)), expected)


def test_dependent_columns_add_nothing(asarray, rng, assert_agrees):
    A, B = rng.normal(size=(6, 2)), rng.normal(size=(6, 3))
    dependent = np.c_[A, A.sum(1), 0 * A[:, 0]]
    expected = scipy.linalg.subspace_angles(A, B)
    assert_agrees(subspace_angles(asarray(dependent), asarray(B)), expected)


def test_one_inside_the_other(asarray, rng):
    A = rng.normal(size=(6, 4))
    assert float(max(subspace_angles(asarray(A), asarray(A[:, :2])))) < 1e-14


def test_float32_stays_float32(asarray, rng, assert_agrees):
    A, B = rng.normal(size=(2, 5, 2))
    result = subspace_angles(asarray(A, "float32"), asarray(B, "float32"))
    assert_agrees(result, scipy.linalg.subspace_angles(A, B), rtol=1e-5, dtype="float32")


@pytest.mark.parametrize("orthonormal", [False, True])
def test_gradients_of_their_sum(rng, orthonormal):
    """Also where all singular values are equal, as those of orthonormal columns are."""
    A = torch.from_numpy(np.linalg.qr(rng.normal(size=(5, 2)))[0] if orthonormal else rng.normal(size=(5, 2)))
    B = torch.from_numpy(rng.normal(size=(5, 2)))
    assert gradcheck(subspace_angles, (A.requires_grad_(), B.requires_grad_()))


def test_what_has_no_angles_is_refused(asarray):
    with pytest.raises(ValueError, match=r"equally many rows, got shapes \(3, 1\) and \(2, 1\)"):
        subspace_angles(asarray(np.ones((3, 1))), asarray(np.ones((2, 1))))
    with pytest.raises(ValueError, match="zeros spans no subspace"):
        subspace_angles(asarray(np.ones((3, 1))), asarray(np.zeros((3, 2))))
    with pytest.raises(ValueError, match="one matrix"):
        subspace_angles(asarray(np.ones((2, 3, 1))), asarray(np.ones((3, 1))))
