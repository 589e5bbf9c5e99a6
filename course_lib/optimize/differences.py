"""Derivatives from differences, and one that needs none."""

from __future__ import annotations

import torch

from course_lib.arrays import Array, is_torch
from course_lib.linear_algebra._checks import check_arrays
from course_lib.optimize._evaluate import Field, Function, plain, slope, value


def numerical_gradient(f: Function, x: Array, *, eps: float | None = None) -> Array:
    r"""The gradient of a function by central differences.

    $$\frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2h},
      \qquad h = \varepsilon \max(1, |x_i|)$$

    Two errors pull at $\varepsilon$. The formula's own is about $h^2 |f'''| / 6$. The values of $f$ are rounded, to a
    relative $u$ (the machine epsilon), which the division makes $u |f| / h$. Their sum is smallest near
    $\varepsilon = \sqrt[3]{u}$: about 6e-6 in float64, where it leaves some ten correct digits, and 5e-3 in float32,
    where it leaves four. Two calls of $f$ for every entry of $x$: good for checking gradients, too slow for training.

    Args:
        f: From an array of x's shape to one number.
        x: Where, any shape, float32 or float64.
        eps: $\varepsilon$; by default the cube root of the machine epsilon.

    Returns:
        The gradient, same shape, dtype and device as ``x``.

    Raises:
        TypeError: ``x`` is no array of floats.
        ValueError: ``x`` is empty or not finite, ``f`` returns more than a number or one that is not finite, or
            ``eps`` is not above 0.

    Source: Deep Learning, section 11.5, equation 11.6; Nocedal and Wright, Numerical Optimization, section 8.1.

    >>> import numpy as np
    >>> numerical_gradient(lambda x: x[0] ** 2 + 3 * x[1], np.array([2.0, 1.0])).round(6)
    array([4., 3.])
    """
    xp = check_arrays(x=x)
    if eps is not None and not eps > 0:
        raise ValueError(f"expected eps to be above 0, got {eps}")
    eps = float(xp.finfo(x.dtype).eps) ** (1 / 3) if eps is None else eps
    flat = xp.reshape(plain(x), (-1,))
    gradient = xp.zeros_like(flat)
    for i in range(flat.shape[0]):
        h = eps * max(1.0, abs(float(flat[i])))
        above, below = (_moved(flat, i, step) for step in (h, -h))
        run = float(above[i] - below[i])  # 2h, but for the rounding of x + h and x - h
        rise = value(f, xp.reshape(above, x.shape)) - value(f, xp.reshape(below, x.shape))
        gradient[i] = rise / run
    if not xp.all(xp.isfinite(gradient)):
        raise ValueError("f is NaN or infinite near x; its gradient there cannot be told from its values")
    return xp.reshape(gradient, x.shape)


def _moved(flat: Array, i: int, step: float) -> Array:
    out = flat.clone() if is_torch(flat) else flat.copy()
    out[i] += step
    return out


def hessian_vector_product(
    x: Array, v: Array, *, f: Function | None = None, gradient: Field | None = None, eps: float | None = None
) -> Array:
    r"""The Hessian at a point times a vector, without the Hessian.

    From a gradient, by a central difference of it along $v$, with an error of $O(h^2)$:

    $$H v \approx \frac{\nabla f(x + h v) - \nabla f(x - h v)}{2h}$$

    From a function of torch tensors, exactly: $H v = \nabla_x \bigl( \nabla f(x)^\top v \bigr)$, two backward passes.
    Either way the cost is that of a few gradients, where the Hessian of n parameters would have n² entries.

    Args:
        x: Where, any shape, float32 or float64.
        v: The vector, of x's shape.
        f: From a torch tensor to one number, in differentiable operations. Pass it or ``gradient``.
        gradient: From x to the gradient there.
        eps: How far to go along $v$; h is this over the length of $v$. By default the cube root of the machine
            epsilon, times the length of $x$ if that is more than 1.

    Returns:
        $H v$, shape, dtype and device of ``x``.

    Raises:
        TypeError: Not arrays of floats of one kind, both or neither of ``f`` and ``gradient``, or ``f`` for NumPy.
        ValueError: The shapes differ, something is not finite, or ``eps`` is not above 0.

    Source: Deep Learning, section 6.5.10; Pearlmutter (1994), Fast exact multiplication by the Hessian.

    >>> import numpy as np
    >>> H = np.array([[2.0, 1.0], [1.0, 4.0]])
    >>> hessian_vector_product(np.zeros(2), np.array([1.0, -1.0]), gradient=lambda x: H @ x).round(6)
    array([ 1., -3.])
    """
    xp = check_arrays(x=x, v=v)
    if x.shape != v.shape:
        raise ValueError(f"expected v of x's shape {tuple(x.shape)}, got shape {tuple(v.shape)}")
    if eps is not None and not eps > 0:
        raise ValueError(f"expected eps to be above 0, got {eps}")
    if (f is None) == (gradient is None):
        raise TypeError("pass either f (on torch tensors, exact) or gradient (by differences)")
    if f is not None:
        return _twice_backward(f, x, v)
    assert gradient is not None
    x, v = plain(x), plain(v)
    length = float(xp.sum(v * v)) ** 0.5
    if length == 0:
        return xp.zeros_like(v)
    if eps is None:
        eps = float(xp.finfo(x.dtype).eps) ** (1 / 3) * max(1.0, float(xp.sum(x * x)) ** 0.5)
    h = eps / length
    return (slope(gradient, x + h * v) - slope(gradient, x - h * v)) / (2 * h)


def _twice_backward(f: Function, x: Array, v: Array) -> torch.Tensor:
    if not is_torch(x):
        raise TypeError("an exact product needs torch tensors; for NumPy arrays pass gradient=... instead of f")
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        y = f(x)
        if tuple(y.shape) != ():
            raise ValueError(f"expected f to return one number, got an array of shape {tuple(y.shape)}; sum it")
        (gradient,) = torch.autograd.grad(y, x, create_graph=True)
        if not gradient.requires_grad:  # f is linear
            return torch.zeros_like(v)
        (product,) = torch.autograd.grad(gradient, x, v.detach(), materialize_grads=True)
    return product
