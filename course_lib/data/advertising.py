"""The Advertising data: 200 markets, what was spent there on TV, radio and newspapers, and what was sold.

The file belongs to *An Introduction to Statistical Learning* (James, Witten, Hastie, Tibshirani) and is not ours to
ship. It is downloaded from the book's site on first use. Five of its rows come with the course, and a simulation
stands in where there is no network.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from course_lib.arrays import Array, Generator, namespace, standard_normal, uniform
from course_lib.data.download import fetch

URL = "https://www.statlearning.com/s/Advertising.csv"
SHA256 = "5d88819733db0d929716e9c8fa87f20fe1ec12a9ba2feb43ed7e69e585ace3ad"

MEDIA = ("TV", "radio", "newspaper")
FIRST_FIVE = (
    (230.1, 37.8, 69.2, 22.1),
    (44.5, 39.3, 45.1, 10.4),
    (17.2, 45.9, 69.3, 9.3),
    (151.5, 41.3, 58.5, 18.5),
    (180.8, 10.8, 58.4, 12.9),
)


@dataclass(frozen=True, eq=False)
class Advertising:
    """Advertising budgets and sales, a row for each market.

    Attributes:
        X: Shape (n, 3): thousands of dollars spent on TV, radio and newspaper.
        y: Shape (n,): thousands of units sold.
        source: Where the numbers are from, in words that a figure's caption can use.
        feature_names: What the columns of ``X`` are called.
        target_name: What ``y`` is called.
    """

    X: Array
    y: Array
    source: str
    feature_names: tuple[str, ...] = MEDIA
    target_name: str = "sales"


def load_advertising(path: str | PathLike[str] | None = None) -> Advertising:
    """The 200 markets of *An Introduction to Statistical Learning*, section 2.1.

    Args:
        path: A copy of ``Advertising.csv``. Without it the copy in :func:`course_lib.data.cache_directory` is read;
            if there is none, it is downloaded once and its SHA-256 is checked.

    Raises:
        DownloadError: There is no copy and none can be downloaded. The message says where to put one by hand.
        ValueError: The file at ``path`` has other columns.
    """
    file = Path(path) if path is not None else fetch(URL, SHA256, "Advertising.csv")
    with file.open(newline="", encoding="utf-8-sig") as lines:
        reader = csv.DictReader(lines)
        if missing := {*MEDIA, "sales"} - set(reader.fieldnames or ()):
            raise ValueError(f"{file} has no column {', '.join(sorted(missing))}; it has {reader.fieldnames}")
        rows = [[float(row[name]) for name in (*MEDIA, "sales")] for row in reader]
    return _table(rows, "the Advertising data")


def advertising_head() -> Advertising:
    """The first five of the 200 markets.

    >>> advertising_head().X[0]
    array([230.1,  37.8,  69.2])
    """
    return _table(FIRST_FIVE, "the first five markets of the Advertising data")


def _table(rows: Sequence[Sequence[float]], source: str) -> Advertising:
    values = np.array(rows)
    return Advertising(values[:, :3].copy(), values[:, 3].copy(), source)


def simulate_advertising(generator: Generator, n: int = 200) -> Advertising:
    r"""Markets made up from what was published about the real ones.

    Sales follow the published model with interaction (An Introduction to Statistical Learning, table 3.9):

    $$\text{sales} = 6.7502 + 0.0191\,\text{TV} + 0.0289\,\text{radio}
      + 0.0011\,\text{TV} \cdot \text{radio} + \epsilon$$

    The budgets are independent of each other, but for newspaper, whose correlation with radio is 0.3541. Their
    averages are those for which the model without interaction (table 3.4) has the published slopes:
    $0.0191 + 0.0011 \cdot 24.5 = 0.046$ for TV, $0.0289 + 0.0011 \cdot 145.5 = 0.189$ for radio, and none for
    newspaper. The noise makes $R^2 = 96.8\%$.

    Args:
        generator: A NumPy or torch generator; it decides the kind of the arrays.
        n: The number of markets.

    >>> simulate_advertising(np.random.default_rng(0)).X.shape
    (200, 3)
    """
    u = uniform((n, 3), generator)
    xp = namespace(u)
    tv, radio = 291 * u[:, 0], 49 * u[:, 1]
    newspaper = 0.482 * radio - 18 * xp.log1p(-u[:, 2])  # the long tail of an exponential distribution
    sales = 6.7502 + 0.0191 * tv + 0.0289 * radio + 0.0011 * tv * radio + 0.89 * standard_normal((n,), generator)
    X = xp.stack([tv, radio, newspaper], axis=1)
    return Advertising(X, sales, "markets simulated from the published coefficients, not the real data")
