"""What the linear models stand on: weighted rows, centred columns, and least squares that names collinear columns."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from array_api_compat import device

from course_lib.arrays import Array, is_torch, namespace
from course_lib.linear_algebra import norm, qr, solve_triangular, svd


class CollinearityWarning(UserWarning):
    """Some columns are combinations of others, so that the data do not determine their coefficients."""


def weighted_rows(X: Array, y: Array, sample_weight: Array | None) -> tuple[Array, Array, Array]:
    """The rows that have a weight, and their weights, 1 by default. A row of weight 0 is a row that is not there."""
    xp, n = namespace(X), X.shape[0]
    if sample_weight is None:
        return X, y, xp.ones(n, dtype=X.dtype, device=device(X))
    if is_torch(X):
        namespace(X, sample_weight)
    s = xp.asarray(sample_weight, dtype=X.dtype)
    if tuple(s.shape) != (n,):
        raise ValueError(f"expected one weight for each of the {n} rows, shape ({n},), got shape {tuple(s.shape)}")
    if not xp.all(xp.isfinite(s)) or xp.any(s < 0):
        raise ValueError("expected weights that are finite and not negative; a row of weight 0 is left out")
    kept = s > 0
    if not xp.any(kept):
        raise ValueError("every sample weight is zero, so no row is left to fit")
    return X[kept], y[kept], s[kept]


class Centred(NamedTuple):
    """Columns minus their means; see :func:`centre`."""

    values: Array  # (n, p)
    mean: Array  # (p,)
    noise: float


def centre(X: Array, s: Array, fit_intercept: bool) -> Centred:
    """Take their weighted means out of columns, or nothing if there is no intercept to take care of them.

    A column that then is zero but for rounding becomes exactly zero. ``noise`` is how large rounding errors are in the
    others, in units of their lengths: large if a column varies little around a large mean.
    """
    xp = namespace(X)
    mean = (s / xp.sum(s) if fit_intercept else xp.zeros_like(s)) @ X
    values = X - mean
    before, after = norm(X, axis=0), norm(values, axis=0)
    rounding = 100 * float(xp.finfo(X.dtype).eps)
    varies = after > rounding * before
    noise = rounding * xp.max(xp.where(varies, before, 1) / xp.where(varies, after, 1))
    return Centred(xp.where(varies, values, 0), mean, float(noise))


@dataclass(frozen=True)
class Basis:
    """The columns of Z, made orthonormal: what least squares needs, and what says how certain its answer is."""

    Q: Array  # (n, rank): an orthonormal basis of Z's columns
    factor: Array  # (p, rank): Z @ factor = Q, and factor @ factor.T is the (pseudo-)inverse of Z.T @ Z
    rows: Array  # (p, rank): an orthonormal basis of Z's rows, its columns having unit length
    lengths: Array  # (p,): the lengths of Z's columns; 1 for a column of zeros
    triangle: Array | None  # the R of QR, unless columns are collinear

    @property
    def rank(self) -> int:
        """The number of columns that are no combination of others."""
        return self.Q.shape[1]

    def coefficients(self, c: Array) -> Array:
        r"""The x with $Z x = Q c$ for the columns of c, (rank, outputs); the smallest where there are several."""
        lengths = self.lengths[:, None]
        if self.triangle is not None:
            return solve_triangular(self.triangle, c) / lengths
        x = self.factor @ c
        if self.rank == 0:
            return x
        row_space, _ = qr(lengths * self.rows)
        return row_space @ (row_space.mT @ x)

    def spread(self, C: Array) -> Array:
        r"""The standard deviation of $c^\top x$ in units of $\sigma$, for the rows c of C, (m, p).

        $\sqrt{c^\top (Z^\top Z)^{-1} c}$; NaN where $c^\top x$ is not the same for all equally good x.
        """
        xp = namespace(C)
        scaled = C / self.lengths
        outside = scaled - scaled @ self.rows @ self.rows.mT
        determined = norm(outside, axis=1) <= 1e-4 * norm(scaled, axis=1)
        return xp.where(determined, norm(C @ self.factor, axis=1) if self.rank else 0.0, xp.nan)


def orthonormal_basis(Z: Array, noise: float) -> Basis:
    r"""Factor $Z = QR$, or $Z = Q \, \mathrm{diag}(s) \, V^\top$ where columns are collinear.

    The columns are brought to unit length first, so that their units do not matter. Then $|R_{jj}|$ is the sine of the
    angle between column $j$ and the columns before it: up to ``noise``, the column is a combination of them.

    Source: Golub and Van Loan, Matrix Computations, sections 5.3 to 5.5.
    """
    xp = namespace(Z)
    n, p = Z.shape
    lengths = norm(Z, axis=0)
    lengths = xp.where(lengths > 0, lengths, 1)
    S = Z / lengths
    if n >= p:
        Q, R = qr(S)
        if xp.min(xp.abs(xp.diagonal(R))) > noise:
            eye = xp.eye(p, dtype=Z.dtype, device=device(Z))
            return Basis(Q, solve_triangular(R, eye) / lengths[:, None], eye, lengths, R)
    U, s, Vh = svd(S, full_matrices=False)
    kept = s > noise * s[0]
    V = Vh[kept, :].mT
    return Basis(U[:, kept], V / s[kept] / lengths[:, None], V, lengths, None)


def column_names(estimator: Any) -> list[str]:
    """What the columns are called: as in the data frame of ``fit``, else x0, x1, … as scikit-learn does."""
    numbered = [f"x{j}" for j in range(estimator.n_features_in_)]
    return [str(name) for name in getattr(estimator, "feature_names_in_", numbered)]


def linear_predictor(X: Array, coef: Array, intercept: Array | float) -> Array:
    """X @ coef + intercept for coefficients (p,) or (outputs, p), in the higher of two precisions."""
    xp = namespace(X, coef)
    dtype = xp.result_type(X, coef)
    X, coef = xp.astype(X, dtype), xp.astype(coef, dtype)
    return X @ (coef if coef.ndim == 1 else coef.T) + intercept


def warn_if_collinear(Z: Array, basis: Basis, names: Sequence[str], stacklevel: int = 4) -> None:
    """Name the columns of Z whose coefficients are not determined, in a warning at whoever called ``fit``."""
    if basis.rank == Z.shape[1]:
        return
    xp = namespace(Z)
    shares = (1 - xp.sum(basis.rows**2, axis=1)).tolist()  # of a unit vector: what the rows of Z do not reach
    constant = (xp.max(xp.abs(Z), axis=0) == 0).tolist()
    told = []
    if any(constant):
        told.append(f"{_listed(names, constant)} did not vary")
    together = [share > 1e-8 and not same for share, same in zip(shares, constant, strict=True)]
    if any(together):
        told.append(f"{_listed(names, together)} cannot be told apart: some are combinations of the others")
    warnings.warn(
        f"collinear columns: {', and '.join(told)}. The coefficients given are those with the smallest norm of all "
        "that fit equally well. Drop columns until this warning goes, or put a penalty on coefficients",
        CollinearityWarning,
        stacklevel=stacklevel,
    )


def _listed(names: Sequence[str], chosen: Sequence[bool], most: int = 10) -> str:
    picked = [name for name, flag in zip(names, chosen, strict=True) if flag]
    more = f" and {len(picked) - most} more" if len(picked) > most else ""
    return ", ".join(picked[:most]) + more
