"""English to read offline: the documentation that Python itself carries along, whole and in passages by chapter."""

from __future__ import annotations

import re
from functools import cache
from pydoc_data.topics import topics
from typing import NamedTuple

import torch

CHAPTERS = {
    "built-in types": (
        "bltin-code-objects string-methods truth typesfunctions typesmethods typesmodules typesseq",
        "typesmapping typesseq-mutable",
    ),
    "compound statements": ("compound", "try while with"),
    "data model": ("objects specialnames types", "attribute-access callable-types numeric-types"),
    "expressions": (
        "atom-identifiers attribute-references binary bitwise comparisons conversions dict exprlists lambda lists "
        "operator-summary power shifting subscriptions unary",
        "atom-literals booleans calls slicings",
    ),
    "simple statements": (
        "assert assignment break del global nonlocal raise yield",
        "augassign continue import pass return",
    ),
}
"""For each chapter the topics to train on and the topics to test on."""

PARTS = ("all", "train", "test")
NO_PROSE = re.compile(r"::=|>>>|[+|]--|\*\*\*|===|^\|")
"""What gives away grammar rules, sessions, tables and underlined headings."""
PLAIN = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})


class Passages(NamedTuple):
    """Passages of text with the chapter each is from, to train on and to test on.

    Attributes:
        X_train: Passages to train on.
        y_train: Their chapters, numbers as in ``chapters``, int64.
        X_test: Passages to test on, from other topics of the same chapters.
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
        split: ``"all"``; or ``"test"``, about a fifth: the topics that :func:`load_passages` tests on, or ``"train"``:
            the rest.

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
    """Passages of the documentation: from which of five chapters are they?

    A passage is a run of sentences of one topic, as many as it takes to have so many words. Each chapter has the same
    number of passages; from longer chapters they are picked at even distances. No topic is in both parts, so that a
    test passage has no neighbours to be recognised by.

    Args:
        words: How many words a passage has at least.

    Raises:
        ValueError: ``words`` is below 1, or so large that a chapter has no passage left.

    >>> passages = load_passages()
    >>> passages.chapters
    ['built-in types', 'compound statements', 'data model', 'expressions', 'simple statements']
    """
    if words < 1:
        raise ValueError(f"expected passages of at least 1 word, got {words}")
    train = [_passages(names, words, held_out=False) for names, _ in CHAPTERS.values()]
    test = [_passages(names, words, held_out=True) for _, names in CHAPTERS.values()]
    if not all(map(len, train + test)):
        raise ValueError(f"expected passages so short that every chapter has some, got at least {words} words")
    return Passages(*_balanced(train), *_balanced(test), list(CHAPTERS))


@cache
def _paragraphs() -> dict[str, bool]:
    """Every paragraph once, in the order of the topics, and whether it is held out."""
    held_out = {paragraph for _, names in CHAPTERS.values() for paragraph in _prose(names)}
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
