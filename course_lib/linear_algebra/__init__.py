"""Linear algebra from its loops up, for NumPy arrays and torch tensors alike.

Names, arguments and results are those of ``numpy.linalg`` and ``scipy.linalg``. Leading axes are stacks of matrices. On
torch everything is differentiable. Whatever is wrong with an argument is said before any work is done:

- ``TypeError``: something is not a NumPy array or a torch tensor in float32 or float64, or kinds are mixed;
- ``ValueError``: a shape does not fit, an array is empty, there is a NaN or an infinity in it, or a matrix that has to
  be symmetric is not;
- ``numpy.linalg.LinAlgError``: a matrix is singular or not positive definite, or an iteration does not converge.

To read it, begin with ``elimination``, then ``triangular``, ``lu``, ``positive_definite``, ``orthogonal``, ``jacobi``,
``eigen``, ``singular_values``, ``norms``, ``subspaces``, ``iterative``.
"""

from .eigen import characteristic_polynomial, eigh, power_iteration
from .elimination import Step, elimination_steps, gaussian_elimination
from .iterative import conjugate_gradient
from .lu import det, det_by_cofactors, inv, lu_factor, lu_solve, solve
from .norms import angle, cond, norm
from .orthogonal import qr
from .positive_definite import cholesky, is_positive_definite
from .singular_values import lstsq, pinv, svd
from .subspaces import subspace_angles
from .triangular import solve_triangular

__all__ = [
    "Step",
    "angle",
    "characteristic_polynomial",
    "cholesky",
    "cond",
    "conjugate_gradient",
    "det",
    "det_by_cofactors",
    "eigh",
    "elimination_steps",
    "gaussian_elimination",
    "inv",
    "is_positive_definite",
    "lstsq",
    "lu_factor",
    "lu_solve",
    "norm",
    "pinv",
    "power_iteration",
    "qr",
    "solve",
    "solve_triangular",
    "subspace_angles",
    "svd",
]
