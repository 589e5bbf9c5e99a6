"""Derivatives: against finite differences, twice, and against torch.linalg's own."""

import numpy as np
import pytest
import torch
from torch.autograd import gradcheck, gradgradcheck

from course_lib import linear_algebra as la


def sym(A):
    return (A + A.mT) / 2


def spd(A):
    return A @ A.mT + A.shape[-1] * torch.eye(A.shape[-1], dtype=A.dtype)


def low_rank(A):
    """Of rank 2 however A moves, so that a derivative exists."""
    return A[..., :2] @ A[..., :2].mT @ A


def svd_parts(svd):
    """What does not depend on the signs, which are arbitrary."""

    def parts(A):
        U, s, Vh = svd(A, full_matrices=False)
        return s, U**2, Vh**2, (U * torch.cos(s)[..., None, :]) @ Vh

    return parts


def eigh_parts(eigh):
    """What does not depend on the signs, which are arbitrary."""

    def parts(A):
        w, Q = eigh(sym(A))
        return w, Q**2, (Q * torch.exp(w / 3)[..., None, :]) @ Q.mT

    return parts


linalg = torch.linalg
CASES = {  # name: ours, torch's, shapes of the arguments
    "solve, vector": (la.solve, linalg.solve, (3, 3), (3,)),
    "solve, columns": (la.solve, linalg.solve, (3, 3), (3, 2)),
    "solve, broadcast A": (la.solve, linalg.solve, (3, 3), (2, 3, 1)),
    "solve, broadcast b": (la.solve, lambda A, b: linalg.solve(A, b.expand(2, 3)), (2, 3, 3), (3,)),
    "lu_factor": (lambda A: la.lu_factor(A)[0], lambda A: linalg.lu_factor(A)[0], (4, 4)),
    "lu_factor, stack": (lambda A: la.lu_factor(A)[0], lambda A: linalg.lu_factor(A)[0], (2, 3, 3)),
    "lu_solve": (lambda A, b: la.lu_solve(la.lu_factor(A), b), linalg.solve, (3, 3), (3, 2)),
    "solve_triangular, lower": (
        lambda A, b: la.solve_triangular(A, b, lower=True),
        lambda A, b: linalg.solve_triangular(A, b, upper=False),
        (3, 3),
        (3, 2),
    ),
    "solve_triangular, upper": (
        la.solve_triangular,
        lambda A, b: linalg.solve_triangular(A, b, upper=True),
        (3, 3),
        (3, 2),
    ),
    "inv": (la.inv, linalg.inv, (2, 3, 3)),
    "det": (la.det, linalg.det, (2, 3, 3)),
    "det_by_cofactors": (la.det_by_cofactors, linalg.det, (3, 3)),
    "cholesky": (lambda A: la.cholesky(spd(A)), lambda A: linalg.cholesky(spd(A)), (2, 3, 3)),
    "qr, tall": (lambda A: la.qr(A), lambda A: tuple(linalg.qr(A)), (2, 4, 3)),
    "qr, square": (lambda A: la.qr(A), lambda A: tuple(linalg.qr(A)), (3, 3)),
    "qr, wide": (lambda A: la.qr(A), lambda A: tuple(linalg.qr(A)), (2, 4)),
    "qr, only R": (lambda A: la.qr(A)[1], lambda A: linalg.qr(A)[1], (4, 3)),
    "qr, only Q": (lambda A: la.qr(A)[0], lambda A: linalg.qr(A)[0], (4, 3)),
    "eigh": (eigh_parts(la.eigh), eigh_parts(linalg.eigh), (2, 3, 3)),
    "eigh, only w": (lambda A: la.eigh(sym(A))[0], lambda A: linalg.eigh(sym(A))[0], (3, 3)),
    "svd, tall": (svd_parts(la.svd), svd_parts(linalg.svd), (2, 4, 3)),
    "svd, square": (svd_parts(la.svd), svd_parts(linalg.svd), (3, 3)),
    "svd, wide": (svd_parts(la.svd), svd_parts(linalg.svd), (2, 4)),
    "svd, only s": (lambda A: la.svd(A)[1], lambda A: linalg.svdvals(A), (4, 2)),
    "svd, only U": (lambda A: la.svd(A, False)[0] ** 2, lambda A: linalg.svd(A, False)[0] ** 2, (4, 2)),
    "svd, only Vh": (lambda A: la.svd(A, False)[2] ** 2, lambda A: linalg.svd(A, False)[2] ** 2, (2, 4)),
    "pinv, tall": (la.pinv, linalg.pinv, (2, 4, 3)),
    "pinv, wide": (la.pinv, linalg.pinv, (2, 3)),
    "pinv, low rank": (lambda A: la.pinv(low_rank(A)), lambda A: linalg.pinv(low_rank(A)), (3, 3)),
    "lstsq, tall": (lambda A, b: la.lstsq(A, b)[0], lambda A, b: linalg.lstsq(A, b)[0], (4, 2), (4, 2)),
    "lstsq, vector": (lambda A, b: la.lstsq(A, b)[0], lambda A, b: linalg.pinv(A) @ b, (4, 2), (4,)),
    "lstsq, wide": (lambda A, b: la.lstsq(A, b)[0], lambda A, b: linalg.pinv(A) @ b, (2, 4), (2,)),
    "lstsq, low rank": (
        lambda A, b: la.lstsq(low_rank(A), b)[0],
        lambda A, b: linalg.pinv(low_rank(A)) @ b,
        (3, 3),
        (3,),
    ),
    "lstsq, the rest": (
        lambda A, b: (la.lstsq(A, b)[1], la.lstsq(A, b)[3]),
        lambda A, b: (((A @ linalg.pinv(A) @ b - b) ** 2).sum(0), linalg.svdvals(A)),
        (4, 2),
        (4, 2),
    ),
    "norm": (la.norm, linalg.norm, (2, 3)),
    **{
        f"norm, vectors, {p}": (
            lambda x, p=p: la.norm(x, p, axis=-1),
            lambda x, p=p: linalg.vector_norm(x, p, dim=-1),
            (2, 3),
        )
        for p in (1, 1.5, 2, 3, -1, np.inf, -np.inf)
    },
    **{
        f"norm, matrices, {p}": (lambda A, p=p: la.norm(A, p), lambda A, p=p: linalg.matrix_norm(A, p), (3, 2))
        for p in ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)
    },
    **{
        f"cond, {p}": (  # torch 2.13 cannot differentiate its own in these norms
            lambda A, p=p: la.cond(A, p),
            lambda A, p=p: linalg.matrix_norm(A, p) * linalg.matrix_norm(linalg.inv(A), p),
            (3, 3),
        )
        for p in (1, np.inf, "fro")
    },
    "cond": (la.cond, linalg.cond, (3, 3)),
    "cond, -2": (lambda A: la.cond(A, -2), lambda A: linalg.cond(A, -2), (3, 3)),
    "angle": (
        la.angle,
        lambda x, y: torch.acos((x * y).sum(-1) / linalg.norm(x, dim=-1) / linalg.norm(y, dim=-1)),
        (2, 3),
        (2, 3),
    ),
    "characteristic_polynomial": (
        la.characteristic_polynomial,
        lambda A: torch.stack([torch.ones(()).double(), -A.trace(), linalg.det(A)]),
        (2, 2),
    ),
}
NAMES = pytest.mark.parametrize("name", CASES)


def arguments(name):
    rng = np.random.default_rng(len(name))
    return [torch.from_numpy(rng.normal(size=shape)).requires_grad_() for shape in CASES[name][2:]]


def parts(result):
    return result if isinstance(result, tuple) else (result,)


@NAMES
def test_first_derivatives(name):
    assert gradcheck(CASES[name][0], arguments(name))


@NAMES
def test_second_derivatives(name):
    assert gradgradcheck(CASES[name][0], arguments(name))


@NAMES
def test_torch_finds_the_same_gradients(name):
    ours, theirs = CASES[name][:2]
    inputs = arguments(name)
    results = parts(ours(*inputs)), parts(theirs(*inputs))
    weights = [torch.from_numpy(np.random.default_rng(1).normal(size=tuple(x.shape))) for x in results[0]]
    losses = [sum((w * x).sum() for w, x in zip(weights, each, strict=True)) for each in results]
    torch.testing.assert_close(losses[0], losses[1], rtol=1e-10, atol=1e-10)
    for mine, other in zip(*(torch.autograd.grad(loss, inputs) for loss in losses), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-9, atol=1e-9)


def test_in_blocks_too(rng):
    """Above 32 columns the factorisations work in blocks, and so do the triangular systems of their derivatives."""
    A = torch.from_numpy(rng.normal(size=(70, 70))).requires_grad_()
    S = spd(A)
    for ours, theirs in [
        (la.solve(A, A.mT), linalg.solve(A, A.mT)),
        (la.lu_factor(A)[0], linalg.lu_factor(A)[0]),
        (la.cholesky(S), linalg.cholesky(S)),
        (la.qr(A)[1], linalg.qr(A)[1]),
    ]:
        (mine,) = torch.autograd.grad(ours.sin().sum(), A, retain_graph=True)
        (other,) = torch.autograd.grad(theirs.sin().sum(), A, retain_graph=True)
        torch.testing.assert_close(mine, other, rtol=1e-7, atol=1e-7 * float(other.abs().max()))


@pytest.mark.parametrize("rank", [2, 1, 0])
def test_the_determinant_is_differentiable_where_it_is_zero(rng, rank):
    A = torch.from_numpy(rng.integers(-3, 4, size=(3, rank)) @ rng.integers(-3, 4, size=(rank, 3))).double()
    A[2] = A[0]  # exactly singular
    A.requires_grad_()
    (grad,) = torch.autograd.grad(la.det(A), A)
    (expected,) = torch.autograd.grad(la.det_by_cofactors(A), A)
    torch.testing.assert_close(grad, expected, rtol=1e-10, atol=1e-10)


def test_one_singular_matrix_in_a_stack_does_not_disturb_the_others():
    A = torch.tensor([[[1.0, 2], [2, 4]], [[1, 2], [3, 4]]], dtype=torch.float64, requires_grad=True)
    (grad,) = torch.autograd.grad(la.det(A).sum(), A)
    torch.testing.assert_close(grad, torch.tensor([[[4.0, -2], [-2, 1]], [[4, -3], [-2, 1]]]).double())


def test_repeated_values_do_not_hurt_where_they_do_not_matter():
    eye = torch.eye(3, dtype=torch.float64, requires_grad=True)
    for loss in (la.eigh(eye)[0].sum(), la.svd(eye)[1].sum(), la.norm(eye, "nuc"), la.pinv(-eye).trace()):
        (grad,) = torch.autograd.grad(loss, eye)
        torch.testing.assert_close(grad, torch.eye(3, dtype=torch.float64))


def test_a_repeated_eigenvalue_makes_the_eigenvectors_gradient_infinite_not_wrong():
    eye = torch.eye(3, dtype=torch.float64, requires_grad=True)
    (grad,) = torch.autograd.grad((la.eigh(eye)[1] ** 3).sum(), eye)
    assert not torch.isfinite(grad).all()


def test_the_gradient_of_a_norm_at_zero_is_zero():
    x = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    (grad,) = torch.autograd.grad(la.norm(x), x)
    assert grad.tolist() == [0, 0, 0]


def test_the_columns_that_complete_a_basis_have_no_derivative():
    A = torch.tensor([[1.0], [2.0], [2.0]], dtype=torch.float64, requires_grad=True)
    U, s, _ = la.svd(A)
    (grad,) = torch.autograd.grad(s.sum() + (U[:, :1] ** 2).sum(), A, retain_graph=True)
    torch.testing.assert_close(grad, A.detach() / 3)
    with pytest.raises(ValueError, match="arbitrary choice without a derivative.*full_matrices=False"):
        torch.autograd.grad(U.sum(), A)


def test_without_a_gradient_nothing_is_recorded(rng):
    A = torch.from_numpy(rng.normal(size=(3, 3))).requires_grad_()
    with torch.no_grad():
        assert not la.inv(A).requires_grad
    assert not la.lu_factor(A)[1].requires_grad
    assert not la.svd(A.detach())[0].requires_grad


def test_float32_gradients_stay_float32(rng):
    A = torch.from_numpy(rng.normal(size=(3, 3))).float().requires_grad_()
    total = la.det(A) + la.inv(A).sum() + la.svd(A)[1].sum() + la.cholesky(spd(A.double()).float()).sum() + la.norm(A)
    total.backward()
    assert total.dtype == A.grad.dtype == torch.float32


def test_torch_func_sees_the_derivatives(rng):
    A = torch.from_numpy(rng.normal(size=(3, 3)))
    torch.testing.assert_close(torch.func.grad(la.det)(A), la.det(A) * la.inv(A).mT)
