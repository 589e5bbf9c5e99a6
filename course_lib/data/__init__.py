"""Data sets: bundled, simulated, or downloaded once and checked."""

from course_lib.data.advertising import Advertising, advertising_head, load_advertising, simulate_advertising
from course_lib.data.bundled import Split, load_digits, load_iris, load_photograph, load_wine
from course_lib.data.documentation import Passages, load_documentation, load_passages
from course_lib.data.download import DownloadError, cache_directory, fetch
from course_lib.data.generated import make_blobs, make_moons, make_rings, make_spirals, to_polar
from course_lib.data.minibatches import Minibatches
from course_lib.data.mnist import load_fashion_mnist, load_mnist
from course_lib.data.ring import gaussian_ring, ring_centers
from course_lib.data.sentiment import sentiment_sentences
from course_lib.data.sequences import adding_problem, copy_task, date_pairs, sine_waves

__all__ = [
    "Advertising",
    "DownloadError",
    "Minibatches",
    "Passages",
    "Split",
    "adding_problem",
    "advertising_head",
    "cache_directory",
    "copy_task",
    "date_pairs",
    "fetch",
    "gaussian_ring",
    "load_advertising",
    "load_digits",
    "load_documentation",
    "load_fashion_mnist",
    "load_iris",
    "load_mnist",
    "load_passages",
    "load_photograph",
    "load_wine",
    "make_blobs",
    "make_moons",
    "make_rings",
    "make_spirals",
    "ring_centers",
    "sentiment_sentences",
    "simulate_advertising",
    "sine_waves",
    "to_polar",
]
