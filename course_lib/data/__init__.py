"""Data sets: bundled, simulated, or downloaded once and checked."""

from course_lib.data.advertising import Advertising, advertising_head, load_advertising, simulate_advertising
from course_lib.data.download import DownloadError, cache_directory, fetch
from course_lib.data.generated import make_blobs, make_moons, make_rings, make_spirals, to_polar

__all__ = [
    "Advertising",
    "DownloadError",
    "advertising_head",
    "cache_directory",
    "fetch",
    "load_advertising",
    "make_blobs",
    "make_moons",
    "make_rings",
    "make_spirals",
    "simulate_advertising",
    "to_polar",
]
