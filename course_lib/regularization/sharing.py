"""Parameter sharing: two models that do related things should not be far apart."""

from __future__ import annotations

from course_lib.arrays import Array, namespace
from course_lib.regularization.penalties import Parameters, as_list


def soft_parameter_sharing(a: Parameters, b: Parameters) -> Array:
    r"""A price on the distance between the parameters of two models.

    $\Omega(A, B) = \frac12 \sum_i \lVert a_i - b_i \rVert^2$   (Deep Learning, section 7.9)

    Hard sharing uses the same parameters in both models and has no distance to charge for.

    Args:
        a: One array, several, or a network, which stands for all its parameters, biases too.
        b: Likewise, with the same shapes in the same order.

    Returns:
        A scalar array, through which gradients flow to both.

    Raises:
        TypeError: Something is no array, or the kinds are mixed.
        ValueError: There is nothing to compare, or the shapes differ.

    >>> import numpy as np
    >>> float(soft_parameter_sharing(np.array([1.0, 2.0]), np.array([1.0, 4.0])))
    2.0
    """
    first, second = (as_list(model, lambda network: list(network.parameters())) for model in (a, b))
    if not first or not second:
        raise ValueError("expected two models with parameters, got none; model.parameters() is used up after one loop")
    namespace(*first, *second)
    shapes = [[tuple(w.shape) for w in listed] for listed in (first, second)]
    if shapes[0] != shapes[1]:
        raise ValueError(f"expected two models with parameters of the same shapes, got {shapes[0]} and {shapes[1]}")
    return sum(namespace(w).sum((w - v) ** 2) for w, v in zip(first, second, strict=True)) / 2
