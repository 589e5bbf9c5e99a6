"""Linear algebra, forward only, against LAPACK and SciPy's conjugate gradients."""

from __future__ import annotations

import numpy as np
import scipy.linalg
import scipy.sparse.linalg

from course_lib import linear_algebra as ours

from ._measure import Case, Family


def families() -> list[Family]:
    rng = np.random.default_rng(0)
    A, b = rng.normal(size=(500, 500)), rng.normal(size=500)
    spd = A @ A.T + 500 * np.eye(500)
    B = rng.normal(size=(100, 100))
    symmetric = B + B.T
    cases = [
        Case("LU, n = 500", lambda: ours.lu_factor(A), lambda: scipy.linalg.lu_factor(A), gate=6),
        Case("Cholesky, n = 500", lambda: ours.cholesky(spd), lambda: np.linalg.cholesky(spd), gate=3),
        Case("QR, n = 500", lambda: ours.qr(A), lambda: np.linalg.qr(A), gate=4),
        Case(
            "conjugate gradient, n = 500",
            lambda: ours.conjugate_gradient(spd, b),
            lambda: scipy.sparse.linalg.cg(spd, b),
            gate=2,
        ),
        Case("eigh, n = 100", lambda: ours.eigh(symmetric), lambda: np.linalg.eigh(symmetric), gate=80),
        Case("Jacobi SVD, n = 100", lambda: ours.svd(B), lambda: np.linalg.svd(B), gate=90),
    ]
    return [Family("linear algebra", cases)]
