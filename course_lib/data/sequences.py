"""Sequences made for a purpose: to remember over a long time, to go on with, and to learn the rules of."""

from __future__ import annotations

import math
from datetime import date, timedelta

import torch
from torch import Tensor


def adding_problem(n: int, length: int, *, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    r"""Add two numbers of a long sequence, the two that are marked.

    At every step there is a number $u_t \sim U[0, 1)$ and a mark $m_t$, which is 1 at one step of the first half and at
    one of the second, else 0. The target is $y = \sum_t m_t u_t$. Always to answer 1 has a mean squared error of 1/6.

    Args:
        n: How many sequences.
        length: Steps of each, at least 2.
        generator: Where they come from.

    Returns:
        Inputs of shape (n, length, 2), number and mark, and targets of shape (n,); float32.

    Raises:
        ValueError: A sequence has no room for two marks, or ``n`` is below 1.

    Source: Hochreiter and Schmidhuber (1997), Long short-term memory, section 5.4; with the halves of Arjovsky, Shah
    and Bengio (2016).

    >>> x, y = adding_problem(100, 50, generator=torch.Generator().manual_seed(0))
    >>> x.shape, bool((x.prod(2).sum(1) - y).abs().max() < 1e-6)
    (torch.Size([100, 50, 2]), True)
    """
    _check(n, 2, length=length)
    numbers, marks = torch.rand(n, length, generator=generator), torch.zeros(n, length)
    half = length // 2
    first = torch.randint(half, (n, 1), generator=generator)
    second = torch.randint(half, length, (n, 1), generator=generator)
    marks.scatter_(1, torch.cat([first, second], 1), 1.0)
    return torch.stack([numbers, marks], 2), (numbers * marks).sum(1)


def copy_task(
    n: int, *, symbols: int = 8, length: int = 5, delay: int = 20, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    r"""Read some symbols, wait, and write them down when told to.

    The input is ``length`` symbols from 1 to ``symbols``, then ``delay`` − 1 blanks (0), the signal to begin
    (``symbols`` + 1), and ``length`` blanks. The target is blank up to the signal; then come the symbols in order.
    Who remembers nothing can do no better than guess: a cross-entropy of $\frac{\ell}{2\ell + d} \log s$ a step.

    Args:
        n: How many sequences.
        symbols: How many different symbols, $s$.
        length: How many are to be remembered, $\ell$.
        delay: Steps from the last symbol to the signal, $d$, at least 1.
        generator: Where the symbols come from.

    Returns:
        Inputs and targets, int64, both of shape (n, 2 · length + delay). Inputs have ``symbols`` + 2 classes, targets
        ``symbols`` + 1.

    Raises:
        ValueError: A number is below 1.

    Source: Hochreiter and Schmidhuber (1997); in this form Arjovsky, Shah and Bengio (2016), section 4.1.

    >>> x, y = copy_task(1, symbols=3, length=2, delay=3, generator=torch.Generator().manual_seed(0))
    >>> x.tolist(), y.tolist()
    ([[3, 1, 0, 0, 4, 0, 0]], [[0, 0, 0, 0, 0, 3, 1]])
    """
    _check(n, 1, symbols=symbols, length=length, delay=delay)
    word = torch.randint(1, symbols + 1, (n, length), generator=generator)
    x, y = torch.zeros(2, n, 2 * length + delay, dtype=torch.int64)
    x[:, :length], y[:, -length:] = word, word
    x[:, length + delay - 1] = symbols + 1
    return x, y


def sine_waves(
    n: int,
    length: int,
    *,
    periods: tuple[float, float] = (10.0, 40.0),
    noise: float = 0.0,
    generator: torch.Generator,
) -> Tensor:
    r"""Waves to go on with, each with its own period and phase: $x_t = \sin(2 \pi t / P + \varphi) + \varepsilon_t$.

    Args:
        n: How many waves.
        length: Steps of each.
        periods: The shortest and the longest period $P$ in steps; it is drawn uniformly between.
        noise: The standard deviation of $\varepsilon_t$.
        generator: Where period, phase and noise come from.

    Returns:
        Shape (n, length), float32. To learn to go on, predict ``x[:, 1:]`` from ``x[:, :-1]``.

    Raises:
        ValueError: The periods are not positive and in order, the noise is negative, or ``n`` or ``length`` below 1.

    >>> sine_waves(3, 50, generator=torch.Generator().manual_seed(0)).shape
    torch.Size([3, 50])
    """
    _check(n, 1, length=length)
    shortest, longest = periods
    if not 0 < shortest <= longest < math.inf or not noise >= 0:
        raise ValueError(f"expected positive periods in order and noise of at least 0, got {periods} and {noise}")
    period = shortest + (longest - shortest) * torch.rand(n, 1, generator=generator)
    phase = 2 * math.pi * torch.rand(n, 1, generator=generator)
    wave = torch.sin(2 * math.pi * torch.arange(length) / period + phase)
    return wave + noise * torch.randn(n, length, generator=generator)


FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2049, 12, 31)
# Python's own names are in the language of the machine.
MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
]  # fmt: skip


def date_pairs(n: int, *, generator: torch.Generator) -> tuple[list[str], list[str]]:
    """Dates as people write them and as computers sort them, for a model that translates the one into the other.

    Five ways to write a day between 1950 and 2049: "3 March 2021", "March 3, 2021", "3 Mar 2021", "Mar 3, 2021" and
    "3.3.2021".

    Args:
        n: How many pairs.
        generator: Where days and ways come from.

    Returns:
        What people write, and what computers do, always of 10 characters: "2021-03-03".

    Raises:
        ValueError: ``n`` is below 1.

    >>> date_pairs(3, generator=torch.Generator().manual_seed(0))
    (['10 October 2036', 'Sep 30, 1997', '24.2.2047'], ['2036-10-10', '1997-09-30', '2047-02-24'])
    """
    _check(n, 1)
    days = torch.randint((LAST_DAY - FIRST_DAY).days + 1, (n,), generator=generator).tolist()
    ways = torch.randint(5, (n,), generator=generator).tolist()
    dates = [FIRST_DAY + timedelta(days=day) for day in days]
    return [_written(day, way) for day, way in zip(dates, ways, strict=True)], [day.isoformat() for day in dates]


def _written(day: date, way: int) -> str:
    d, y = day.day, day.year
    name = MONTHS[day.month - 1]
    short = name[:3]
    return (f"{d} {name} {y}", f"{name} {d}, {y}", f"{d} {short} {y}", f"{short} {d}, {y}", f"{d}.{day.month}.{y}")[way]


def _check(n: int, least: int, **numbers: int) -> None:
    if n < 1:
        raise ValueError(f"expected at least one sequence, got n={n}")
    for name, number in numbers.items():
        if number < least:
            raise ValueError(f"expected {name} of at least {least}, got {number}")
