"""Changes of images: mirrored, moved, turned, enlarged, cut, in other colours.

Every function takes a batch, shape (n, channels, height, width), and changes all of it by the same amount, or each
image by its own if the amount is an array of shape (n,). Pixels between the pixels are interpolated; what comes in from
outside of an image is 0. NumPy arrays and torch tensors will do; through tensors gradients flow.
"""

from __future__ import annotations

from numbers import Integral, Real
from types import ModuleType
from typing import Any

from array_api_compat import device

from course_lib.arrays import Array, Generator, beside, generator_for, namespace, standard_normal
from course_lib.linear_algebra import eigh
from course_lib.probability.functions import require

Amount = Array | float
"""A number for all images, or an array of shape (n,) with one for each."""


def flip(x: Array) -> Array:
    """Mirror images left to right.

    Args:
        x: Images, shape (n, channels, height, width), floating dtype.

    Raises:
        ValueError: ``x`` has another number of axes.
        TypeError: ``x`` is no array of a floating dtype.

    >>> import numpy as np
    >>> flip(np.array([[[[1.0, 2.0]]]]))
    array([[[[2., 1.]]]])
    """
    return images_namespace(x).flip(x, axis=3)


def shift(x: Array, dx: Amount, dy: Amount) -> Array:
    """Move images.

    Args:
        x: Images, shape (n, channels, height, width), floating dtype.
        dx: How many pixels to the right; fractions are interpolated.
        dy: How many pixels down.

    Raises:
        ValueError: ``x`` has another number of axes, or an amount is neither finite nor one nor one for each image.
        TypeError: ``x`` is no array of a floating dtype, or kinds are mixed.

    >>> import numpy as np
    >>> shift(np.array([[[[1.0, 2.0, 3.0]]]]), 1, 0)
    array([[[[0., 1., 2.]]]])
    """
    dx, dy = _amounts(x, dx=dx, dy=dy)
    rows, columns = _grid(x)
    return _interpolate(x, rows - dy, columns - dx)


def rotate(x: Array, degrees: Amount) -> Array:
    r"""Turn images about their centre, counter-clockwise.

    What is seen $\Delta r$ rows below and $\Delta c$ columns right of the centre was at
    $(\Delta r \cos\theta + \Delta c \sin\theta,\; \Delta c \cos\theta - \Delta r \sin\theta)$.

    Args:
        x: Images, shape (n, channels, height, width), floating dtype.
        degrees: The angle $\theta$.

    Errors are those of :func:`shift`.

    >>> import numpy as np
    >>> rotate(np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), 90.0).round(6)
    array([[[[2., 4.],
             [1., 3.]]]])
    """
    (degrees,) = _amounts(x, degrees=degrees)
    xp = namespace(x)
    cos, sin = xp.cos(degrees * (xp.pi / 180)), xp.sin(degrees * (xp.pi / 180))
    (rows, columns), (row, column) = _grid(x), _centre(x)
    down, right = rows - row, columns - column
    return _interpolate(x, row + down * cos + right * sin, column + right * cos - down * sin)


def zoom(x: Array, factor: Amount) -> Array:
    """Enlarge images about their centre, or shrink them; their size in pixels stays.

    Args:
        x: Images, shape (n, channels, height, width), floating dtype.
        factor: How many times as large, above 0.

    Errors are those of :func:`shift`; a factor that is not positive is a ValueError.

    >>> import numpy as np
    >>> zoom(np.array([[[[0.0, 1.0, 4.0, 1.0, 0.0]]]]), 2.0)
    array([[[[1. , 2.5, 4. , 2.5, 1. ]]]])
    """
    (factor,) = _amounts(x, factor=factor)
    require(factor > 0, "factor", factor, "to be above 0")
    (rows, columns), (row, column) = _grid(x), _centre(x)
    return _interpolate(x, row + (rows - row) / factor, column + (columns - column) / factor)


def crop(x: Array, top: Amount, left: Amount, size: int | tuple[int, int]) -> Array:
    """Cut a rectangle out of images.

    Args:
        x: Images, shape (n, channels, height, width), floating dtype.
        top: The first row, a whole number.
        left: The first column, a whole number.
        size: Height and width of the rectangle; one number for a square.

    Returns:
        Shape (n, channels, *size).

    Raises:
        ValueError: ``x`` has another number of axes, or the rectangle does not fit into the images.
        TypeError: ``x`` is no array of a floating dtype, or ``top``, ``left`` or ``size`` is not whole.

    >>> import numpy as np
    >>> crop(np.arange(9.0).reshape(1, 1, 3, 3), 0, 1, 2)
    array([[[[1., 2.],
             [4., 5.]]]])
    """
    xp = images_namespace(x)
    height, width = pair(size)
    if not (1 <= height <= x.shape[2] and 1 <= width <= x.shape[3]):
        raise ValueError(f"a rectangle of {height} by {width} does not fit into images of {x.shape[2]} by {x.shape[3]}")
    rows = _places(x, "top", top, x.shape[2] - height) + xp.arange(height, device=device(x))
    columns = _places(x, "left", left, x.shape[3] - width) + xp.arange(width, device=device(x))
    return _pixels(x, rows[:, :, None], columns[:, None, :])


def color_pca(x: Array, strength: float, generator: Generator | None = None) -> Array:
    r"""Shift the colours of each image along the directions in which colours vary most.

    $\tilde x = x + \sum_i \alpha_i \lambda_i p_i$ with $\alpha_i \sim N(0, \sigma^2)$, drawn once for an image
    (Krizhevsky, Sutskever and Hinton, ImageNet classification with deep convolutional neural networks, 2012)

    $p_i$ and $\lambda_i$ are the eigenvectors and eigenvalues of the covariance matrix of the colours of all pixels
    in ``x``.

    Args:
        x: Images, shape (n, channels, height, width), floating dtype.
        strength: $\sigma$, at least 0; the paper has 0.1.
        generator: Where the $\alpha_i$ come from, of the images' kind; by default fresh for NumPy, and torch's global
            one for torch.

    Raises:
        ValueError: ``x`` has another number of axes, or ``strength`` is negative.
        TypeError: ``x`` is no array of a floating dtype, or the generator of another kind.
    """
    xp = images_namespace(x)
    if not strength >= 0:
        raise ValueError(f"expected a strength of at least 0, got {strength}")
    colours = xp.reshape(xp.moveaxis(x, 1, 0), (x.shape[1], -1))
    centred = colours - xp.mean(colours, axis=1, keepdims=True)
    eigenvalues, directions = eigh(centred @ centred.T / colours.shape[1])
    alpha = strength * beside(x, standard_normal(x.shape[:2], generator_for(x, generator), x.dtype))
    return x + ((alpha * eigenvalues) @ directions.T)[:, :, None, None]


def images_namespace(x: Array) -> ModuleType:
    """The namespace of a batch of images, once it is sure to be one."""
    xp = namespace(x)
    if x.ndim != 4:
        raise ValueError(f"expected images of shape (n, channels, height, width), got shape {tuple(x.shape)}")
    if not xp.isdtype(x.dtype, "real floating"):
        raise TypeError(f"expected images of a floating dtype, got {x.dtype}; x / 255.0 makes floats of bytes")
    return xp


def pair(size: int | tuple[int, int]) -> tuple[int, int]:
    """Height and width.

    Raises:
        TypeError: ``size`` is neither a whole number nor two of them.
    """
    match size:
        case Integral():
            return size, size
        case (Integral() as height, Integral() as width):
            return height, width
    raise TypeError(f"expected size as a whole number or as (height, width), got {size!r}")


def _amounts(x: Array, **given: Amount) -> list[Array]:
    """Amounts beside the images, shape (n or 1, 1, 1)."""
    xp, ready = images_namespace(x), []
    for name, given_amount in given.items():
        amount: Any = given_amount
        if isinstance(amount, Real):
            amount = xp.asarray(float(amount), dtype=x.dtype, device=device(x))
        namespace(x, amount)
        if tuple(amount.shape) not in ((), (x.shape[0],)):
            raise ValueError(
                f"expected {name} as a number or of shape ({x.shape[0]},), one for each image, "
                f"got shape {tuple(amount.shape)}"
            )
        require(xp.isfinite(amount), name, amount, "to be finite")
        ready.append(xp.reshape(xp.astype(amount, x.dtype), (-1, 1, 1)))
    return ready


def _places(x: Array, name: str, first: Amount, largest: int) -> Array:
    """First rows or columns beside the images, shape (n or 1, 1)."""
    xp = namespace(x)
    places = xp.reshape(xp.asarray(first, device=device(x)), (-1, 1))
    if not xp.isdtype(places.dtype, "integral"):
        raise TypeError(f"expected {name} as a whole number, got {places.dtype}")
    if places.shape[0] not in (1, x.shape[0]):
        raise ValueError(f"expected {name} as a number or of shape ({x.shape[0]},), got {places.shape[0]} numbers")
    require((places >= 0) & (places <= largest), name, places, f"from 0 to {largest}, where the rectangle fits")
    return places


def _grid(x: Array) -> tuple[Array, Array]:
    """Row and column of every pixel, shapes (1, height, 1) and (1, 1, width)."""
    xp = namespace(x)
    rows, columns = (xp.arange(n, dtype=x.dtype, device=device(x)) for n in x.shape[2:])
    return rows[None, :, None], columns[None, None, :]


def _centre(x: Array) -> tuple[float, float]:
    return (x.shape[2] - 1) / 2, (x.shape[3] - 1) / 2


def _interpolate(x: Array, rows: Array, columns: Array) -> Array:
    r"""Images looked up between their pixels.

    Each of the four pixels around a place counts $(1 - |\Delta r|)(1 - |\Delta c|)$; those outside of the image are 0.
    """
    xp = namespace(x)
    rows, columns = xp.broadcast_arrays(rows, columns)
    total = xp.zeros_like(x)
    for r in (xp.floor(rows), xp.floor(rows) + 1):
        for c in (xp.floor(columns), xp.floor(columns) + 1):
            inside = (r >= 0) & (r < x.shape[2]) & (c >= 0) & (c < x.shape[3])
            weight = xp.where(inside, (1 - xp.abs(rows - r)) * (1 - xp.abs(columns - c)), xp.zeros_like(r))
            total = total + weight[:, None] * _pixels(x, _index(r, x.shape[2]), _index(c, x.shape[3]))
    return total


def _index(places: Array, length: int) -> Array:
    xp = namespace(places)
    return xp.astype(xp.clip(places, 0, length - 1), xp.int64)


def _pixels(x: Array, rows: Array, columns: Array) -> Array:
    """The pixels of all channels at rows and columns that broadcast to shape (n or 1, height, width)."""
    xp = namespace(x)
    image = xp.arange(x.shape[0], device=device(x))[:, None, None]
    return xp.moveaxis(x[image, :, rows, columns], 3, 1)
