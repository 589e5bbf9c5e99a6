r"""Kernels that nobody trained: made by hand, to blur, to sharpen, to find edges.

A kernel is a small NumPy array, put over every place of an image by :func:`apply`, which computes what a convolutional
layer does: it multiplies and adds, without flipping the kernel. Directions are those of a picture on a screen: x goes
to the right along the columns, y goes down along the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import array_api_compat
import numpy as np

from course_lib.arrays import Array, namespace, pad
from course_lib.probability.functions import floating

from .conv import PADDING_MODES, pad_by_index

COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
"""The eight directions of Kirsch's kernels, clockwise from the top."""


def box_blur(size: int = 3) -> np.ndarray:
    r"""The mean of a square of pixels: $k_{uv} = 1 / n^2$.

    Args:
        size: $n$, rows and columns, at least 1.

    Raises:
        ValueError: The size is no whole number of at least 1.
    """
    _check_size(size)
    return np.full((size, size), 1 / size**2)


def gaussian_blur(size: int, sigma: float) -> np.ndarray:
    r"""A mean that counts near pixels more: $k_{uv} \propto \exp(-(u^2 + v^2) / 2\sigma^2)$, with the sum 1.

    Args:
        size: Rows and columns; $u$ and $v$ count from the middle. From $6\sigma$ on hardly anything is cut off.
        sigma: $\sigma$, how far the blur reaches, in pixels.

    Raises:
        ValueError: The size is no whole number of at least 1, or $\sigma$ is not positive.

    >>> gaussian_blur(3, sigma=0.5).round(3)
    array([[0.011, 0.084, 0.011],
           [0.084, 0.619, 0.084],
           [0.011, 0.084, 0.011]])
    """
    _check_size(size)
    if not 0 < sigma < np.inf:
        raise ValueError(f"expected sigma above 0, got {sigma}")
    squares = (np.arange(size) - (size - 1) / 2) ** 2
    g = np.exp((squares.min() - squares) / (2 * sigma**2))  # the largest is 1, however small sigma is
    return np.outer(g, g) / g.sum() ** 2


def simple_edge() -> np.ndarray:
    r"""A pixel minus its left neighbour: $k = (-1, 1)$   (Deep Learning, figure 9.6).

    >>> apply(np.array([[0.0, 0.0, 5.0, 5.0]]), simple_edge(), padding="valid")
    array([[0., 5., 0.]])
    """
    return np.array([[-1.0, 1.0]])


def sobel(direction: str) -> np.ndarray:
    r"""Sobel's derivative: a difference along one direction, blurred by $(1, 2, 1)$ along the other.

    Args:
        direction: "x": positive where the image gets brighter to the right; "y": where it gets brighter downwards.

    Raises:
        ValueError: The direction is another.

    Source: Sobel and Feldman (1968), A 3×3 isotropic gradient operator for image processing.

    >>> sobel("x")
    array([[-1.,  0.,  1.],
           [-2.,  0.,  2.],
           [-1.,  0.,  1.]])
    """
    return _derivative(np.array([1.0, 2.0, 1.0]), direction)


def prewitt(direction: str) -> np.ndarray:
    r"""Prewitt's derivative: a difference along one direction, blurred by $(1, 1, 1)$ along the other.

    Args and errors are those of :func:`sobel`.

    Source: Prewitt (1970), Object enhancement and extraction.

    >>> prewitt("y")
    array([[-1., -1., -1.],
           [ 0.,  0.,  0.],
           [ 1.,  1.,  1.]])
    """
    return _derivative(np.ones(3), direction)


def _derivative(blur: np.ndarray, direction: str) -> np.ndarray:
    if direction not in ("x", "y"):
        raise ValueError(f'expected direction to be "x" or "y", got {direction!r}')
    k = np.outer(blur, [-1.0, 0.0, 1.0])
    return k if direction == "x" else k.T.copy()


def kirsch(direction: str) -> np.ndarray:
    r"""Kirsch's compass kernel: 5 on the three pixels of one side, -3 on the other five around the middle.

    Args:
        direction: The bright side, one of :data:`COMPASS`; "N" is the top.

    Raises:
        ValueError: The direction is another.

    Source: Kirsch (1971), Computer determination of the constituent structure of biological images.

    >>> kirsch("NE")
    array([[-3.,  5.,  5.],
           [-3.,  0.,  5.],
           [-3., -3., -3.]])
    """
    if direction not in COMPASS:
        raise ValueError(f"expected direction to be one of {', '.join(COMPASS)}, got {direction!r}")
    around = np.roll([5.0, 5.0, -3.0, -3.0, -3.0, -3.0, -3.0, 5.0], COMPASS.index(direction))
    n, ne, e, se, s, sw, w, nw = around
    return np.array([[nw, n, ne], [w, 0.0, e], [sw, s, se]])


def sharpen(amount: float = 1.0) -> np.ndarray:
    r"""A pixel plus $a$ times what sets it apart from its four neighbours: $y = x + a \sum_n (x - x_n)$.

    Args:
        amount: $a$; 0 leaves the image as it is, a negative one blurs it.

    >>> sharpen()
    array([[ 0., -1.,  0.],
           [-1.,  5., -1.],
           [ 0., -1.,  0.]])
    """
    k = -float(amount) * np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    k[1, 1] = 1 - k.sum()
    return k + 0.0  # no -0.


def apply(image: Array, kernel: Array, *, padding: str = "same", padding_mode: str = "replicate") -> Array:
    r"""Put a kernel over every place of an image.

    $y_{ij} = \sum_{u, v} k_{uv}\, x_{i + u,\, j + v}$   (Deep Learning, eq. 9.6)

    Args:
        image: Shape (..., height, width), a floating NumPy array or torch tensor. Colours come before the rows, as the
            layers want it: ``photograph.transpose(2, 0, 1)``.
        kernel: Shape (kernel height, kernel width). A NumPy array serves images of every kind.
        padding: "same": the result is as large as the image, with the kernel's middle over each pixel; "valid": only
            places where the kernel lies wholly inside.
        padding_mode: With what "same" goes on outside of the image: "replicate", the pixels at the border, makes no
            edge there; "zeros", "reflect" and "circular" are those of :class:`~course_lib.nn.Conv2d`.

    Returns:
        Shape (..., height, width) for "same", with "valid" less by the kernel's size minus 1. Of the image's kind,
        dtype and device; gradients flow through image and kernel.

    Raises:
        TypeError: The image is of whole numbers, or image and kernel are of different kinds.
        ValueError: The kernel is no matrix or does not fit, or an option is unknown.
        RuntimeError: There are too few pixels to mirror, or to go round once.

    >>> apply(np.eye(4), box_blur(), padding="valid").round(2)
    array([[0.33, 0.22],
           [0.22, 0.33]])
    """
    k = _for_image(image, kernel)
    x = image if padding == "valid" else _continued(image, k.shape, padding, padding_mode)
    height, width = (n - size + 1 for n, size in zip(x.shape[-2:], k.shape, strict=True))
    if min(height, width) < 1:
        raise ValueError(f"a kernel of {tuple(k.shape)} does not fit into an image of {tuple(image.shape[-2:])}")
    y = namespace(x).zeros_like(x[..., :height, :width])
    for u in range(k.shape[0]):
        for v in range(k.shape[1]):
            y += k[u, v] * x[..., u : u + height, v : v + width]
    return y


def _for_image(image: Array, kernel: Array) -> Array:
    """The kernel in the image's kind, dtype and device."""
    xp = namespace(image)
    namespace(kernel)
    if not xp.isdtype(image.dtype, "real floating"):
        raise TypeError(f"expected an image of real numbers, got {image.dtype}; divide pixels from 0 to 255 by 255.0")
    if image.ndim < 2 or kernel.ndim != 2 or 0 in (*image.shape[-2:], *kernel.shape):
        raise ValueError(
            "expected an image of shape (..., height, width) and a kernel of shape (height, width), none of them 0, "
            f"got {tuple(image.shape)} and {tuple(kernel.shape)}"
        )
    if isinstance(kernel, np.ndarray):
        return xp.asarray(kernel, dtype=image.dtype, device=array_api_compat.device(image))
    namespace(image, kernel)
    return xp.astype(kernel, image.dtype)


def _continued(image: Array, size: tuple[int, ...], padding: str, mode: str) -> Array:
    """The image with a frame, so wide that the kernel's middle can be put on each of its pixels."""
    if padding != "same":
        raise ValueError(f'expected padding to be "same" or "valid", got {padding!r}')
    if mode not in PADDING_MODES:
        raise ValueError(f"expected padding_mode to be one of {PADDING_MODES}, got {mode!r}")
    widths = [((n - 1) // 2, n // 2) for n in size]
    if mode == "zeros":
        return pad(image, [(0, 0)] * (image.ndim - 2) + widths)
    return pad_by_index(image, widths, mode)


def edge_magnitude(image: Array, derivative: Callable[[str], Any] = sobel, **options: str) -> Array:
    r"""How strongly the brightness changes, whatever the direction: $\sqrt{g_x^2 + g_y^2}$.

    Args:
        image: Shape (..., height, width).
        derivative: :func:`sobel` or :func:`prewitt`, or a function that returns the kernels for "x" and "y".
        options: ``padding`` and ``padding_mode``, as :func:`apply` takes them.

    Returns:
        What :func:`apply` returns for one kernel, never negative.

    >>> step = np.array([[0.0, 0.0, 1.0, 1.0]] * 3)
    >>> edge_magnitude(step)
    array([[0., 4., 4., 0.],
           [0., 4., 4., 0.],
           [0., 4., 4., 0.]])
    """
    g_x, g_y = (apply(image, derivative(direction), **options) for direction in ("x", "y"))
    return namespace(g_x).hypot(g_x, g_y)


def separate(kernel: Array) -> tuple[Array, Array]:
    r"""A column and a row whose product is the kernel: $k = c\,r^\top$, so $k_{uv} = c_u r_v$.

    Applied one after the other they do what the kernel does, with $2n$ instead of $n^2$ products a pixel. That works
    when all rows are multiples of one, that is, when the kernel is a matrix of rank 1 (Deep Learning, section 9.8).

    Args:
        kernel: Shape (height, width), floating.

    Returns:
        The column, shape (height, 1), with 1 as its largest entry, and the row, shape (1, width).

    Raises:
        TypeError: The kernel is no array of a floating dtype.
        ValueError: The kernel is no matrix, has a rank other than 1, or holds NaN or infinity.

    >>> column, row = separate(sobel("x"))
    >>> column.ravel(), row.ravel()
    (array([0.5, 1. , 0.5]), array([-2.,  0.,  2.]))
    """
    xp = floating(kernel)
    if kernel.ndim != 2 or 0 in kernel.shape or not bool(xp.all(xp.isfinite(kernel))):
        raise ValueError(f"expected a kernel of shape (height, width) with finite numbers, got {kernel!r}")
    i, j = divmod(int(xp.argmax(xp.abs(kernel))), kernel.shape[1])
    largest = kernel[i, j]
    if largest == 0:
        raise ValueError("expected a kernel of rank 1, got zeros only")
    column, row = kernel[:, j : j + 1] / largest, kernel[i : i + 1, :]
    left_over = xp.max(xp.abs(kernel - column * row)) / xp.abs(largest)
    if left_over > 10 * max(kernel.shape) * xp.finfo(kernel.dtype).eps:
        raise ValueError(
            "expected a kernel of rank 1, whose rows are multiples of one row; the best column times row here leaves "
            f"{float(left_over):.2g} of the largest entry. Apply the kernel as it is"
        )
    return column, row


def _check_size(size: int) -> None:
    if not isinstance(size, int | np.integer) or size < 1:
        raise ValueError(f"expected size to be a whole number of at least 1, got {size!r}")
