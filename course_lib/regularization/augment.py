"""Data augmentation: new images from old ones, by changes that leave the class as it is.

Functions change a whole batch of shape (n, channels, height, width), each image by an amount of its own if the amounts
are an array of shape (n,). Transforms draw the amounts. Both work on NumPy arrays and torch tensors; what comes in from
outside of an image is 0. (Deep Learning, section 7.4)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from array_api_compat import device

from course_lib.arrays import Array, Generator, namespace, pad, standard_normal, uniform
from course_lib.linear_algebra import eigh
from course_lib.regularization._random import beside, source

Amount = Array | float
Transform = Callable[[Array], Array]


def flip(x: Array) -> Array:
    """Mirror images left to right.

    >>> import numpy as np
    >>> flip(np.array([[[[1.0, 2.0]]]]))
    array([[[[2., 1.]]]])
    """
    return _images(x).flip(x, axis=3)


def shift(x: Array, dx: Amount, dy: Amount) -> Array:
    """Move images by so many pixels, fractions included: dx to the right, dy downwards.

    >>> import numpy as np
    >>> shift(np.array([[[[1.0, 2.0, 3.0]]]]), 1, 0)
    array([[[[0., 1., 2.]]]])
    """
    dx, dy = _amounts(x, dx=dx, dy=dy)
    rows, columns = _grid(x)
    return _sample(x, rows - dy, columns - dx)


def rotate(x: Array, degrees: Amount) -> Array:
    """Turn images about their centre, counter-clockwise.

    >>> import numpy as np
    >>> rotate(np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), 90.0).round(6)
    array([[[[2., 4.],
             [1., 3.]]]])
    """
    (degrees,) = _amounts(x, degrees=degrees)
    xp = namespace(x)
    cos, sin = xp.cos(degrees * (xp.pi / 180)), xp.sin(degrees * (xp.pi / 180))
    rows, columns, centre_row, centre_column = *_grid(x), (x.shape[2] - 1) / 2, (x.shape[3] - 1) / 2
    down, right = rows - centre_row, columns - centre_column
    return _sample(x, centre_row + cos * down + sin * right, centre_column - sin * down + cos * right)


def zoom(x: Array, factor: Amount) -> Array:
    """Enlarge images about their centre, or make them smaller where the factor is below 1; the size stays.

    >>> import numpy as np
    >>> zoom(np.array([[[[0.0, 1.0, 4.0, 1.0, 0.0]]]]), 2.0)
    array([[[[1. , 2.5, 4. , 2.5, 1. ]]]])
    """
    (factor,) = _amounts(x, factor=factor)
    if not bool(namespace(x).all(factor > 0)):
        raise ValueError(f"expected a factor above 0, got {factor}")
    rows, columns, centre_row, centre_column = *_grid(x), (x.shape[2] - 1) / 2, (x.shape[3] - 1) / 2
    return _sample(x, centre_row + (rows - centre_row) / factor, centre_column + (columns - centre_column) / factor)


def crop(x: Array, top: Amount, left: Amount, size: int | tuple[int, int]) -> Array:
    """Cut a rectangle out of images.

    Args:
        x: Images, shape (n, channels, height, width).
        top: The first row, a whole number, or one for each image.
        left: The first column, likewise.
        size: Height and width of the rectangle; one number for a square.

    Raises:
        ValueError: The rectangle does not fit into the images.

    >>> import numpy as np
    >>> crop(np.arange(9.0).reshape(1, 1, 3, 3), 0, 1, 2)
    array([[[[1., 2.],
             [4., 5.]]]])
    """
    xp = _images(x)
    height, width = (size, size) if isinstance(size, int) else size
    rows = _whole(x, "top", top, x.shape[2] - height) + xp.arange(height, device=device(x))
    columns = _whole(x, "left", left, x.shape[3] - width) + xp.arange(width, device=device(x))
    return _take(x, rows[:, :, None], columns[:, None, :])


def color_pca(x: Array, strength: float, generator: Generator | None = None) -> Array:
    r"""Shift the colours of each image along the directions in which colours vary most.

    $\tilde x = x + \sum_i \alpha_i \lambda_i p_i$ with $\alpha_i \sim N(0, \sigma^2)$, drawn once for an image
    (Krizhevsky, Sutskever and Hinton, ImageNet classification with deep convolutional neural networks, 2012)

    $p_i$ and $\lambda_i$ are the eigenvectors and eigenvalues of the covariance matrix of all pixels' colours.

    Args:
        x: Images, shape (n, channels, height, width).
        strength: $\sigma$, at least 0; the paper has 0.1.
        generator: Where the $\alpha_i$ come from, of the images' kind; by default fresh for NumPy, and torch's
            global one for torch.
    """
    xp = _images(x)
    if not strength >= 0:
        raise ValueError(f"expected a strength of at least 0, got {strength}")
    colours = xp.reshape(xp.moveaxis(x, 1, 0), (x.shape[1], -1))
    centred = colours - xp.mean(colours, axis=1, keepdims=True)
    eigenvalues, directions = eigh(centred @ centred.T / colours.shape[1])
    alpha = strength * _draw(standard_normal, x, (x.shape[0], x.shape[1]), generator)
    return x + ((alpha * eigenvalues) @ directions.T)[:, :, None, None]


class Compose:
    """Several transforms, one after the other.

    Args:
        transforms: Functions of images.

    >>> import numpy as np
    >>> Compose([flip, flip])(np.array([[[[1.0, 2.0]]]]))
    array([[[[1., 2.]]]])
    """

    def __init__(self, transforms: Sequence[Transform]) -> None:
        self.transforms = transforms

    def __call__(self, x: Array) -> Array:
        """Apply them in turn."""
        for transform in self.transforms:
            x = transform(x)
        return x


class RandomHorizontalFlip:
    """Mirror each image with probability p. Wrong for b and d.

    Args:
        p: The probability.
        generator: Of the images' kind; by default fresh for NumPy, and torch's global one for torch.
    """

    def __init__(self, p: float = 0.5, *, generator: Generator | None = None) -> None:
        if not 0 <= p <= 1:
            raise ValueError(f"expected a probability p from 0 to 1, got {p}")
        self.p, self.generator = p, generator

    def __call__(self, x: Array) -> Array:
        """Mirror some of the images."""
        chosen = _draw(uniform, x, (x.shape[0], 1, 1, 1), self.generator) < self.p
        return namespace(x).where(chosen, flip(x), x)


class RandomCrop:
    """Cut a rectangle out of each image, at a place of its own.

    Args:
        size: Height and width of the rectangle; one number for a square.
        padding: How many rows and columns of zeros to put around an image first.
        generator: As for :class:`RandomHorizontalFlip`.
    """

    def __init__(self, size: int | tuple[int, int], padding: int = 0, *, generator: Generator | None = None) -> None:
        self.size, self.padding, self.generator = size, padding, generator

    def __call__(self, x: Array) -> Array:
        """Cut the images."""
        height, width = (self.size, self.size) if isinstance(self.size, int) else self.size
        xp, p = _images(x), self.padding
        x = pad(x, [(0, 0), (0, 0), (p, p), (p, p)])
        top, left = (
            xp.astype(xp.floor(_draw(uniform, x, (x.shape[0],), self.generator) * (whole - part + 1)), xp.int64)
            for whole, part in ((x.shape[2], height), (x.shape[3], width))
        )
        return crop(x, top, left, (height, width))


class _RandomAmount:
    """A change by an amount that is drawn evenly between two ends, for each image."""

    def __init__(self, low: float, high: float, generator: Generator | None) -> None:
        self.low, self.high, self.generator = low, high, generator

    def amount(self, x: Array) -> Array:
        _images(x)
        return self.low + (self.high - self.low) * _draw(uniform, x, (x.shape[0],), self.generator)


class RandomRotation(_RandomAmount):
    """Turn each image by an angle of its own. Wrong for 6 and 9.

    Args:
        degrees: The largest angle to either side, or the two ends.
        generator: As for :class:`RandomHorizontalFlip`.
    """

    def __init__(self, degrees: float | tuple[float, float], *, generator: Generator | None = None) -> None:
        ends = (-degrees, degrees) if isinstance(degrees, float | int) else degrees
        super().__init__(*ends, generator)

    def __call__(self, x: Array) -> Array:
        """Turn the images."""
        return rotate(x, self.amount(x))


class RandomShift(_RandomAmount):
    """Move each image by whole pixels of its own, sideways and up or down.

    Args:
        max_shift: The most pixels.
        generator: As for :class:`RandomHorizontalFlip`.
    """

    def __init__(self, max_shift: int, *, generator: Generator | None = None) -> None:
        super().__init__(-max_shift, max_shift + 1, generator)

    def __call__(self, x: Array) -> Array:
        """Move the images."""
        xp = namespace(x)
        return shift(x, xp.floor(self.amount(x)), xp.floor(self.amount(x)))


class RandomZoom(_RandomAmount):
    """Enlarge or shrink each image by a factor of its own.

    Args:
        scale: The smallest and the largest factor.
        generator: As for :class:`RandomHorizontalFlip`.
    """

    def __init__(self, scale: tuple[float, float] = (0.9, 1.1), *, generator: Generator | None = None) -> None:
        super().__init__(*scale, generator)

    def __call__(self, x: Array) -> Array:
        """Enlarge or shrink the images."""
        return zoom(x, self.amount(x))


class ColorPCA:
    """:func:`color_pca` as a transform, with the covariance of each batch.

    Args:
        strength: Standard deviation of the shifts, in eigenvalues.
        generator: As for :class:`RandomHorizontalFlip`.
    """

    def __init__(self, strength: float = 0.1, *, generator: Generator | None = None) -> None:
        self.strength, self.generator = strength, generator

    def __call__(self, x: Array) -> Array:
        """Shift the images' colours."""
        return color_pca(x, self.strength, self.generator)


class Augmented:
    """Batches whose images are changed anew every time round; hand it to ``training.fit``.

    Args:
        batches: Tuples (x, ...) of images and what belongs to them, again from the start with every loop.
        transform: A function of images.

    >>> import numpy as np
    >>> for x, y in Augmented([(np.array([[[[1.0, 2.0]]]]), "a")], flip):
    ...     print(x, y)
    [[[[2. 1.]]]] a
    """

    def __init__(self, batches: Any, transform: Transform) -> None:
        self.batches, self.transform = batches, transform

    def __len__(self) -> int:
        """The number of batches."""
        return len(self.batches)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        for x, *others in self.batches:
            yield self.transform(x), *others


def _images(x: Array) -> Any:
    """The namespace of a batch of images, once it is one."""
    xp = namespace(x)
    if x.ndim != 4:
        raise ValueError(f"expected images of shape (n, channels, height, width), got shape {tuple(x.shape)}")
    if not xp.isdtype(x.dtype, "real floating"):
        raise TypeError(f"expected images of a floating dtype, got {x.dtype}; x / 255.0 makes floats of bytes")
    return xp


def _amounts(x: Array, **given: Amount) -> list[Array]:
    """Amounts as arrays of shape (n or 1, 1, 1) beside the images."""
    xp, ready = _images(x), []
    for name, amount in given.items():
        amount = xp.asarray(amount, dtype=x.dtype, device=device(x)) if isinstance(amount, float | int) else amount
        namespace(x, amount)
        if amount.ndim > 1 or (amount.ndim == 1 and amount.shape[0] != x.shape[0]):
            raise ValueError(
                f"expected {name} to be a number or of shape ({x.shape[0]},), one for each image, "
                f"got shape {tuple(amount.shape)}"
            )
        ready.append(xp.reshape(xp.astype(amount, x.dtype), (-1, 1, 1)))
    return ready


def _whole(x: Array, name: str, place: Amount, largest: int) -> Array:
    """Places as whole numbers of shape (n or 1, 1) beside the images."""
    xp = namespace(x)
    place = xp.reshape(xp.asarray(place, device=device(x)), (-1, 1))
    if not xp.isdtype(place.dtype, "integral"):
        raise TypeError(f"expected {name} to be a whole number, got {place.dtype}")
    if not bool(xp.all((place >= 0) & (place <= largest))):
        raise ValueError(f"expected {name} from 0 to {largest}, so that the rectangle fits, got {place}")
    return place


def _grid(x: Array) -> tuple[Array, Array]:
    """The row and the column of every pixel, shapes (1, height, 1) and (1, 1, width)."""
    xp = namespace(x)
    rows, columns = (xp.arange(n, dtype=x.dtype, device=device(x)) for n in x.shape[2:])
    return rows[None, :, None], columns[None, None, :]


def _sample(x: Array, rows: Array, columns: Array) -> Array:
    r"""Look images up between the pixels: each of the four neighbours counts $(1 - |\Delta r|)(1 - |\Delta c|)$."""
    xp = namespace(x)
    rows, columns = xp.broadcast_arrays(rows, columns)
    top, left = xp.floor(rows), xp.floor(columns)
    total = 0.0
    for r in (top, top + 1):
        for c in (left, left + 1):
            inside = (r >= 0) & (r < x.shape[2]) & (c >= 0) & (c < x.shape[3])
            weight = xp.where(inside, (1 - xp.abs(rows - r)) * (1 - xp.abs(columns - c)), xp.zeros_like(r))
            total = total + weight[:, None] * _take(x, _index(r, x.shape[2]), _index(c, x.shape[3]))
    return total


def _index(places: Array, length: int) -> Array:
    xp = namespace(places)
    return xp.astype(xp.clip(places, 0, length - 1), xp.int64)


def _take(x: Array, rows: Array, columns: Array) -> Array:
    """Pixels of each image: rows and columns of shape (n or 1, height, width) together, for all channels."""
    xp = namespace(x)
    image = xp.arange(x.shape[0], device=device(x))[:, None, None]
    return xp.moveaxis(x[image, :, rows, columns], 3, 1)


def _draw(draw: Callable[..., Array], x: Array, shape: tuple[int, ...], generator: Generator | None) -> Array:
    return beside(x, draw(shape, source(x, generator), x.dtype))
