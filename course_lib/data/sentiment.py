"""Opinions from a small grammar, in which the order of the words decides."""

from __future__ import annotations

import torch
from torch import Tensor

SUBJECTS = ["film", "story", "acting", "music", "ending", "cast", "plot", "hotel", "food", "room", "service", "view"]
GOOD = ["good", "great", "charming", "lovely", "funny", "clever", "warm", "brilliant", "fine", "superb"]
BAD = ["bad", "poor", "boring", "awful", "dull", "stupid", "cold", "terrible", "weak", "dreadful"]
DEGREES = ["", "", "very ", "really ", "so ", "quite "]
SAYING = [
    "the {subject} was {degree}{said}",
    "i found the {subject} {degree}{said}",
    "we all thought the {subject} was {degree}{said}",
]
DENYING = [
    "the {subject} was not {degree}{denied}",
    "nobody would call the {subject} {denied}",
    "i did not find the {subject} {degree}{denied}",
]
TURNING = [
    "the {subject} was not {denied} but {degree}{said}",
    "the {subject} was {degree}{said} and not {denied}",
    "they said the {subject} was {denied} but it was {degree}{said}",
    "the {subject} looked {denied} at first but was {degree}{said}",
]
KINDS = {"saying": SAYING, "denying": DENYING, "turning": TURNING}


def sentiment_sentences(
    n: int, *, kinds: tuple[str, ...] = ("saying", "denying", "turning"), generator: torch.Generator
) -> tuple[list[str], Tensor]:
    """Sentences that praise or blame, and which of the two they do.

    There are three kinds, equally often. Saying: "the film was very good". Denying: "the film was not good". Turning:
    "the film was not good but bad". A sentence that turns has an adjective of each sort, so that exchanging the two
    exchanges the verdict: "the film was not bad but good" has the same words. Whoever only counts words must guess
    there, and cannot add up "not" and "good" to a blame.

    Args:
        n: How many sentences.
        kinds: Which kinds there are.
        generator: Where they come from.

    Returns:
        The sentences, lower case and without punctuation, and their classes, shape (n,), int64: 1 for praise and 0 for
        blame, equally often.

    Raises:
        ValueError: ``n`` is below 1, or there is no such kind.

    >>> sentences, y = sentiment_sentences(4, generator=torch.Generator().manual_seed(0))
    >>> sentences[0], int(y[0])
    ('we all thought the view was really awful', 0)
    """
    if n < 1:
        raise ValueError(f"expected at least one sentence, got n={n}")
    if not kinds or not set(kinds) <= set(KINDS):
        raise ValueError(f"expected kinds among {', '.join(map(repr, KINDS))}, got {kinds!r}")
    order = torch.randperm(n, generator=generator)
    y = order % 2
    draw = torch.randint(1 << 30, (n, 5), generator=generator)
    rows = zip(y.tolist(), (order // 2 % len(kinds)).tolist(), draw.tolist(), strict=True)
    return [_sentence(bool(praise), KINDS[kinds[kind]], *numbers) for praise, kind, numbers in rows], y


def _sentence(
    praise: bool, patterns: list[str], pattern: int, subject: int, degree: int, said: int, denied: int
) -> str:
    """One sentence; each number picks from its list."""
    like, unlike = (GOOD, BAD) if praise else (BAD, GOOD)
    return _picked(patterns, pattern).format(
        subject=_picked(SUBJECTS, subject),
        degree=_picked(DEGREES, degree),
        said=_picked(like, said),
        denied=_picked(unlike, denied),
    )


def _picked(words: list[str], number: int) -> str:
    return words[number % len(words)]
