"""The multivariate normal distribution, worked out with the Cholesky factor of its covariance."""

from __future__ import annotations

import math

import array_api_compat
import numpy as np

from course_lib.arrays import Array, Generator, namespace, standard_normal
from course_lib.linear_algebra import cholesky, solve_triangular
from course_lib.probability.distribution import Distribution, parameters
from course_lib.probability.functions import require


class MultivariateNormal(Distribution):
    r"""The normal distribution of a vector.

    $\mathcal{N}(x; \mu, \Sigma) = \frac{1}{\sqrt{(2\pi)^n \det \Sigma}}
    \exp\left(-\frac{1}{2} (x - \mu)^\top \Sigma^{-1} (x - \mu)\right)$   (Deep Learning, eq. 3.23)

    Neither the inverse nor the determinant is ever formed. With $\Sigma = L L^\top$ the exponent holds the squared
    length of $y = L^{-1} (x - \mu)$, which is found by solving $L y = x - \mu$, and $\det \Sigma = \prod_i L_{ii}^2$.

    Args:
        loc: Shape (..., n), the mean $\mu$.
        covariance_matrix: Shape (..., n, n), $\Sigma$, symmetric and positive definite. Give one of the three.
        precision_matrix: Shape (..., n, n), $\beta = \Sigma^{-1}$, symmetric and positive definite.
        scale_tril: Shape (..., n, n), the lower triangular $L$, with a positive diagonal.

    Raises:
        TypeError: The kinds are mixed.
        ValueError: The shapes do not fit, not exactly one matrix is given, or it is not symmetric, not triangular or
            not positive definite (``numpy.linalg.LinAlgError``, which is a ``ValueError``).

    >>> import numpy as np
    >>> p = MultivariateNormal(np.zeros(2), covariance_matrix=np.array([[4.0, 0.0], [0.0, 1.0]]))
    >>> p.log_prob(np.array([[0.0, 0.0], [2.0, 0.0]])).round(4)
    array([-2.531, -3.031])
    """

    arguments = ("loc", "covariance_matrix")

    def __init__(
        self,
        loc: Array,
        covariance_matrix: Array | None = None,
        precision_matrix: Array | None = None,
        scale_tril: Array | None = None,
    ):
        name, matrix = _the_one_given(
            covariance_matrix=covariance_matrix, precision_matrix=precision_matrix, scale_tril=scale_tril
        )
        (loc,), (matrix,) = parameters(loc=loc), parameters(**{name: matrix})
        xp = namespace(loc, matrix)
        n = loc.shape[-1] if loc.ndim else 0
        if n == 0 or tuple(matrix.shape[-2:]) != (n, n):
            raise ValueError(
                f"expected loc of shape (..., n) and {name} of shape (..., n, n), got {tuple(loc.shape)} "
                f"and {tuple(matrix.shape)}"
            )
        L = _FACTOR[name](matrix)
        self.batch_shape = np.broadcast_shapes(loc.shape[:-1], L.shape[:-2])
        self.event_shape = (n,)
        self.loc = self.like = xp.broadcast_to(loc, (*self.batch_shape, n))
        self.scale_tril = xp.broadcast_to(L, (*self.batch_shape, n, n))

    @property
    def covariance_matrix(self) -> Array:
        r"""$\Sigma = L L^\top$."""
        return self.scale_tril @ namespace(self.like).matrix_transpose(self.scale_tril)

    @property
    def precision_matrix(self) -> Array:
        r"""$\beta = \Sigma^{-1} = L^{-\top} L^{-1}$."""
        inverse = _inverse_lower(self.scale_tril)
        return namespace(inverse).matrix_transpose(inverse) @ inverse

    @property
    def mean(self) -> Array:
        r"""$\mu$."""
        return self.loc

    @property
    def variance(self) -> Array:
        r"""The diagonal of $\Sigma$: the variance of each component, shape (..., n)."""
        return namespace(self.like).sum(self.scale_tril**2, axis=-1)

    def rsample(self, sample_shape: tuple[int, ...] = (), *, generator: Generator) -> Array:
        r"""$\mu + L \epsilon$ with $\epsilon \sim \mathcal{N}(0, I)$."""
        e = standard_normal(self._shape(sample_shape, generator), generator, self.like.dtype)
        return self.loc + (self.scale_tril @ e[..., None])[..., 0]

    def log_prob(self, value: Array) -> Array:
        r"""$-\frac{1}{2} \lVert y \rVert^2 - \frac{1}{2} \log\left((2\pi)^n \det \Sigma\right)$."""
        y = solve_lower(self.scale_tril, self._value(value) - self.loc)
        return -0.5 * namespace(y).sum(y**2, axis=-1) - self.log_normaliser

    def entropy(self) -> Array:
        r"""$\frac{1}{2} \log\left((2 \pi e)^n \det \Sigma\right)$."""
        return self.log_normaliser + 0.5 * self.event_shape[0]

    @property
    def log_normaliser(self) -> Array:
        r"""$\frac{1}{2} \log\left((2\pi)^n \det \Sigma\right)$; the logarithm of the determinant is a sum."""
        return 0.5 * self.event_shape[0] * math.log(2 * math.pi) + log_det_lower(self.scale_tril)


def solve_lower(L: Array, b: Array) -> Array:
    r"""Solve $L y = b$ for vectors $b$, shape (..., n), and a batch of lower triangles, shape (..., n, n)."""
    xp = namespace(L, b)
    dtype = xp.result_type(L, b)
    L, b = (xp.astype(x, dtype, copy=False) for x in (L, b))
    return solve_triangular(L, b[..., None], lower=True)[..., 0]


def log_det_lower(L: Array) -> Array:
    r"""$\log \det L = \sum_i \log L_{ii}$ of triangular $L$ with a positive diagonal, shape (..., n, n)."""
    xp = namespace(L)
    return xp.sum(xp.log(_diagonal(L)), axis=-1)


def _diagonal(L: Array) -> Array:
    return L.diagonal(0, -2, -1)


def _inverse_lower(L: Array) -> Array:
    identity = namespace(L).eye(L.shape[-1], dtype=L.dtype, device=array_api_compat.device(L))
    return solve_triangular(L, identity, lower=True)


def _factor_precision(precision: Array) -> Array:
    r"""$L = U^{-\top}$ from $\beta = U U^\top$ with upper triangular $U$, which is Cholesky with both axes reversed."""
    xp = namespace(precision)
    U = xp.flip(cholesky(xp.flip(precision, axis=(-2, -1))), axis=(-2, -1))
    return _inverse_lower(xp.matrix_transpose(U))


def _check_scale_tril(L: Array) -> Array:
    xp = namespace(L)
    require(xp.tril(L) == L, "scale_tril", L, "to be 0 above the diagonal")
    require(_diagonal(L) > 0, "the diagonal of scale_tril", _diagonal(L), "to be positive")
    return L


_FACTOR = {
    "covariance_matrix": cholesky,
    "precision_matrix": _factor_precision,
    "scale_tril": _check_scale_tril,
}


def _the_one_given(**matrices: Array | None) -> tuple[str, Array]:
    given = [(name, matrix) for name, matrix in matrices.items() if matrix is not None]
    if len(given) != 1:
        raise ValueError(f"expected exactly one of {', '.join(matrices)}, got {len(given)}")
    return given[0]
