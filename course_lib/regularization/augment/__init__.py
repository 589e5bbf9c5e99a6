"""Data augmentation: new images from old ones, by changes that leave the class as it is.

(Deep Learning, section 7.4.) ``images`` has the changes, ``transforms`` the drawing of lots.
"""

from .images import color_pca, crop, flip, rotate, shift, zoom
from .transforms import (
    Augmented,
    ColorPCA,
    Compose,
    RandomCrop,
    RandomHorizontalFlip,
    RandomRotation,
    RandomShift,
    RandomZoom,
)

__all__ = [
    "Augmented",
    "ColorPCA",
    "Compose",
    "RandomCrop",
    "RandomHorizontalFlip",
    "RandomRotation",
    "RandomShift",
    "RandomZoom",
    "color_pca",
    "crop",
    "flip",
    "rotate",
    "shift",
    "zoom",
]
