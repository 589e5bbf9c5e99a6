"""Finding the lowest point of a function: descent, Newton's method, and derivatives from function values."""

from course_lib.optimize.descent import OptimizeResult, gradient_descent, newton
from course_lib.optimize.differences import hessian_vector_product, numerical_gradient
from course_lib.optimize.step_length import LineSearchError, line_search

__all__ = [
    "LineSearchError",
    "OptimizeResult",
    "gradient_descent",
    "hessian_vector_product",
    "line_search",
    "newton",
    "numerical_gradient",
]
