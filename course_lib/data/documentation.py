"""English to read offline: the documentation that Python itself carries along, whole and in passages by chapter."""

from __future__ import annotations

import re
from functools import cache
from pydoc_data.topics import topics
from typing import NamedTuple

import torch

CHAPTERS = {
    "debugger": "debugger",
    "expressions": "binary bitwise booleans calls comparisons dict operator-summary power slicings subscriptions unary",
    "sequences and mappings": "typesmapping typesseq",
    "special methods": "specialnames",
    "statements": "assert assignment compound del global import nonlocal raise return yield",
    "strings": "formatstrings string-methods strings",
}
"""For each chapter its topics; a topic that is part of another is not listed."""

PARTS = ("all", "train", "test")
NO_PROSE = re.compile(r"::=|>>>|[+|]--|\*\*\*|===|^\|")
"""What gives away grammar rules, sessions, tables and underlined headings."""
PLAIN = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})


class Passages(NamedTuple):
    """Passages of text with the chapter each is from, to train on and to test on.

    Attributes:
        X_train: Passages to train on.
        y_train: Their chapters, numbers as in ``chapters``, int64.
        X_test: Passages to test on.
        y_test: Their chapters.
        chapters: The chapters' names.
    """

    X_train: list[str]
    y_train: torch.Tensor
    X_test: list[str]
    y_test: torch.Tensor
    chapters: list[str]


def load_documentation(*, split: str = "all") -> str:
    """The prose of Python's documentation of its language, about 280,000 characters, one paragraph a line.

    It comes with Python, as the text behind ``help("topics")``, and differs a little from version to version. Tables,
    grammar rules and headings are left out, a paragraph that several topics share is there once, and typographic
    quotes and dashes are plain ones.

    Args:
        split: ``"all"``; or ``"test"``, about a sixth: the last fifth of every topic of :func:`load_passages`; or
            ``"train"``, the rest.

    Raises:
        ValueError: There is no such part.

    >>> len(load_documentation()) > 200_000
    True
    """
    if split not in PARTS:
        raise ValueError(f"expected split to be one of {', '.join(map(repr, PARTS))}, got {split!r}")
    wanted = {"all": (True, False), "test": (True,), "train": (False,)}[split]
    return "\n".join(paragraph for paragraph, held_out in _paragraphs().items() if held_out in wanted) + "\n"


def load_passages(*, words: int = 30) -> Passages:
    """Passages of the documentation: from which of six chapters are they?

    A passage is a run of sentences of one topic, as many as it takes to have so many words. Each chapter has the same
    number of passages; from longer chapters they are picked at even distances. The last fifth of every topic is for
    testing, so that test passages are not interleaved with those to train on.

    Args:
        words: How many words a passage has at least.

    Raises:
        ValueError: ``words`` is below 1, or so large that a chapter has no passage left.

    >>> load_passages().chapters
    ['debugger', 'expressions', 'sequences and mappings', 'special methods', 'statements', 'strings']
    """
    if words < 1:
        raise ValueError(f"expected passages of at least 1 word, got {words}")
    train, test = (
        [_passages(names, words, held_out=held_out) for names in CHAPTERS.values()] for held_out in (False, True)
    )
    if not all(map(len, train + test)):
        raise ValueError(f"expected passages so short that every chapter has some, got at least {words} words")
    return Passages(*_balanced(train), *_balanced(test), list(CHAPTERS))


@cache
def _paragraphs() -> dict[str, bool]:
    """Every paragraph once, in the order of the topics, and whether it is held out."""
    held_out = set()
    for name in " ".join(CHAPTERS.values()).split():
        paragraphs = _prose(name)
        held_out |= set(paragraphs[len(paragraphs) * 4 // 5 :])
    return {paragraph: paragraph in held_out for paragraph in _prose(" ".join(sorted(topics)))}


def _prose(names: str) -> list[str]:
    """The paragraphs of some topics that are sentences."""
    paragraphs = (
        " ".join(block.translate(PLAIN).split())
        for name in names.split()
        for block in re.split(r"\n\s*\n", topics[name])
    )
    return [text for text in paragraphs if text.count(" ") >= 3 and not NO_PROSE.search(text)]


def _passages(names: str, words: int, *, held_out: bool) -> list[str]:
    passages = []
    for name in names.split():
        passage: list[str] = []
        for paragraph in _prose(name):
            if _paragraphs()[paragraph] != held_out:
                continue
            for sentence in re.split(r"(?<=[.:!?]) ", paragraph):
                passage += sentence.split()
                if len(passage) >= words:
                    passages.append(" ".join(passage))
                    passage = []
    return passages


def _balanced(chapters: list[list[str]]) -> tuple[list[str], torch.Tensor]:
    """As many passages of every chapter as the shortest one has, and the chapters' numbers."""
    n = min(map(len, chapters))
    picked = [passages[i * len(passages) // n] for passages in chapters for i in range(n)]
    return picked, torch.arange(len(chapters)).repeat_interleave(n)
