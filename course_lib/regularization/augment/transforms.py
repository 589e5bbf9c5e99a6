"""Random changes of images, for training: every image of a batch is changed in its own way, anew in every epoch.

Where torchvision has a transform of this kind, it has the same name and arguments here. Every transform takes a
``generator`` of the images' kind; by default NumPy draws from a fresh one, and torch from its global one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from numbers import Integral
from typing import Any

from course_lib.arrays import Array, Generator, beside, generator_for, namespace, pad, uniform
from course_lib.data.batches import require_again

from .images import color_pca, crop, flip, images_namespace, pair, rotate, shift, zoom

Transform = Callable[[Array], Array]


@dataclass
class Compose:
    """Several transforms, one after the other.

    Args:
        transforms: Functions of images.

    >>> import numpy as np
    >>> Compose([flip, flip])(np.array([[[[1.0, 2.0]]]]))
    array([[[[1., 2.]]]])
    """

    transforms: Sequence[Transform]

    def __call__(self, x: Array) -> Array:
        """Apply them in turn."""
        for transform in self.transforms:
            x = transform(x)
        return x


@dataclass
class RandomHorizontalFlip:
    """Mirror each image with probability p. Wrong where left and right matter, as for b and d.

    Args:
        p: The probability.
        generator: See above.

    Raises:
        ValueError: ``p`` is no probability.
    """

    p: float = 0.5
    _: KW_ONLY
    generator: Generator | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.p <= 1:
            raise ValueError(f"expected a probability p from 0 to 1, got {self.p}")

    def __call__(self, x: Array) -> Array:
        """Mirror some of the images."""
        return namespace(x).where((_between(x, 0, 1, self.generator) < self.p)[:, None, None, None], flip(x), x)


@dataclass
class RandomCrop:
    """Cut a rectangle out of each image, at a place of its own.

    Args:
        size: Height and width of the rectangle; one number for a square.
        padding: How many rows and columns of zeros are put around an image first. With these, and the image's own
            size, it is moved by up to so many pixels.
        generator: See above.

    Raises:
        TypeError: ``size`` is neither a whole number nor two of them.
        ValueError: ``padding`` is no whole number of at least 0.
    """

    size: int | tuple[int, int]
    padding: int = 0
    _: KW_ONLY
    generator: Generator | None = None

    def __post_init__(self) -> None:
        pair(self.size)
        _require_count("padding", self.padding)

    def __call__(self, x: Array) -> Array:
        """Cut the images; ValueError if the rectangle does not fit."""
        images_namespace(x)
        (height, width), p = pair(self.size), self.padding
        padded = pad(x, [(0, 0), (0, 0), (p, p), (p, p)])
        top = _whole(x, 0, padded.shape[2] - height, self.generator)
        left = _whole(x, 0, padded.shape[3] - width, self.generator)
        return crop(padded, top, left, self.size)


@dataclass
class RandomRotation:
    """Turn each image by an angle of its own. Wrong where up and down matter, as for 6 and 9 beyond small angles.

    Args:
        degrees: The largest angle to either side, or the two ends.
        generator: See above.

    Raises:
        ValueError: The ends are in the wrong order.
    """

    degrees: float | tuple[float, float]
    _: KW_ONLY
    generator: Generator | None = None

    def __post_init__(self) -> None:
        _require_order("degrees", *self.ends)

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and the largest angle."""
        return self.degrees if isinstance(self.degrees, tuple) else (-self.degrees, self.degrees)

    def __call__(self, x: Array) -> Array:
        """Turn the images."""
        return rotate(x, _between(x, *self.ends, self.generator))


@dataclass
class RandomShift:
    """Move each image by whole numbers of pixels of its own, sideways and up or down.

    Args:
        max_shift: The most pixels, at least 0.
        generator: See above.

    Raises:
        ValueError: ``max_shift`` is no whole number of at least 0.
    """

    max_shift: int
    _: KW_ONLY
    generator: Generator | None = None

    def __post_init__(self) -> None:
        _require_count("max_shift", self.max_shift)

    def __call__(self, x: Array) -> Array:
        """Move the images."""
        dx, dy = (_whole(x, -self.max_shift, self.max_shift, self.generator) for _ in range(2))
        return shift(x, dx, dy)


@dataclass
class RandomZoom:
    """Enlarge or shrink each image by a factor of its own.

    Args:
        scale: The smallest and the largest factor, above 0.
        generator: See above.

    Raises:
        ValueError: The ends are not positive or in the wrong order.
    """

    scale: tuple[float, float] = (0.9, 1.1)
    _: KW_ONLY
    generator: Generator | None = None

    def __post_init__(self) -> None:
        _require_order("scale", *self.scale)
        if not self.scale[0] > 0:
            raise ValueError(f"expected factors above 0 as scale, got {self.scale}")

    def __call__(self, x: Array) -> Array:
        """Enlarge or shrink the images."""
        return zoom(x, _between(x, *self.scale, self.generator))


@dataclass
class ColorPCA:
    """Shift the colours of each image by :func:`color_pca`, with the covariance of the colours in its batch.

    Args:
        strength: Standard deviation of the shifts, in eigenvalues.
        generator: See above.
    """

    strength: float = 0.1
    _: KW_ONLY
    generator: Generator | None = None

    def __call__(self, x: Array) -> Array:
        """Shift the images' colours."""
        return color_pca(x, self.strength, self.generator)


@dataclass
class Augmented:
    """Batches whose images are changed anew with every loop; hand it to ``training.fit`` in place of the batches.

    Args:
        batches: Tuples (x, ...) of images and what belongs to them, again from the start with every loop.
        transform: A function of images.

    >>> import numpy as np
    >>> for x, y in Augmented([(np.array([[[[1.0, 2.0]]]]), "a")], flip):
    ...     print(x, y)
    [[[[2. 1.]]]] a
    """

    batches: Any
    transform: Transform

    def __post_init__(self) -> None:
        require_again(batches=self.batches)

    def __len__(self) -> int:
        """The number of batches."""
        return len(self.batches)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        for x, *others in self.batches:
            yield self.transform(x), *others


def _between(x: Array, low: float, high: float, generator: Generator | None) -> Array:
    """A number from the interval for each image."""
    images_namespace(x)
    return low + (high - low) * beside(x, uniform((x.shape[0],), generator_for(x, generator), x.dtype))


def _whole(x: Array, low: int, high: int, generator: Generator | None) -> Array:
    """A whole number for each image; both ends may be drawn."""
    xp = namespace(x)
    return xp.astype(xp.floor(_between(x, low, high + 1, generator)), xp.int64)


def _require_count(name: str, value: int) -> None:
    if not isinstance(value, Integral) or value < 0:
        raise ValueError(f"expected {name} as a whole number of at least 0, got {value}")


def _require_order(name: str, low: float, high: float) -> None:
    if not low <= high:
        raise ValueError(f"expected {name} from the smaller to the larger, got {low} and {high}")
