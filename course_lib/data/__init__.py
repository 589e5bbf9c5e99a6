"""Data sets: bundled, simulated, or downloaded once and checked."""

from course_lib.data.advertising import Advertising, advertising_head, load_advertising, simulate_advertising
from course_lib.data.bundled import Split, load_digits, load_iris, load_photograph, load_wine
from course_lib.data.download import DownloadError, cache_directory, fetch
from course_lib.data.generated import make_blobs, make_moons, make_rings, make_spirals, to_polar
from course_lib.data.minibatches import Minibatches
from course_lib.data.mnist import load_fashion_mnist, load_mnist

__all__ = [
    "Advertising",
    "DownloadError",
    "Minibatches",
    "Split",
    "advertising_head",
    "cache_directory",
    "fetch",
    "load_advertising",
    "load_digits",
    "load_fashion_mnist",
    "load_iris",
    "load_mnist",
    "load_photograph",
    "load_wine",
    "make_blobs",
    "make_moons",
    "make_rings",
    "make_spirals",
    "simulate_advertising",
    "to_polar",
]
