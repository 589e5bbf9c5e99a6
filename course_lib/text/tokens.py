"""From text to tokens, and from tokens to numbers and back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Self, TypeVar

WORD = re.compile(r"\w+(?:['’]\w+)*")
WORD_OR_MARK = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
PADDING, UNKNOWN = "<pad>", "<unk>"

Token = TypeVar("Token", bound=Hashable)


def ngrams(tokens: Sequence[Token], n: int, *, smallest: int | None = None) -> list[tuple[Token, ...]]:
    r"""All groups of $n$ neighbours, $(w_t, w_{t+1}, \dots, w_{t+n-1})$, in the order of the text.

    Args:
        tokens: Words or characters; a string counts as its characters.
        n: How many neighbours make a group, at least 1.
        smallest: Take the shorter groups too, down to this size; by default only those of size ``n``.

    Returns:
        The groups, by where they begin and then by size. None if the text is too short.

    Raises:
        ValueError: Not $1 \le$ ``smallest`` $\le n$.

    Source: Deep Learning, section 12.4.1.

    >>> [" ".join(group) for group in ngrams(["The", "cat", "sat"], 2)]
    ['The cat', 'cat sat']
    >>> [" ".join(group) for group in ngrams(["The", "cat", "sat"], 2, smallest=1)]
    ['The', 'The cat', 'cat', 'cat sat', 'sat']
    """
    smallest = n if smallest is None else smallest
    if not 1 <= smallest <= n:
        raise ValueError(f"expected 1 <= smallest <= n, got smallest={smallest} and n={n}")
    return [
        tuple(tokens[start : start + size])
        for start in range(len(tokens))
        for size in range(smallest, n + 1)
        if start + size <= len(tokens)
    ]


class Vocabulary:
    r"""Every token has a number: the special ones first, then the others from the most frequent to the rarest.

    Tokens that are equally frequent stand in alphabetical order, so the same text always makes the same vocabulary.

    Args:
        tokens: Words or characters, as often as they occur; a string counts as its characters.
        min_count: How often a token must occur to get a number.
        max_size: The most numbers there are, those of the special tokens included; by default no limit.
        specials: Tokens that are there in any case, numbered from 0. If ``"<unk>"`` is among them, its number stands
            for every token that has none.

    Attributes:
        tokens: All tokens, each at the place of its number.
        counts: How often each of them occurs, in the same order.

    Raises:
        ValueError: ``min_count`` is below 1, or there is no room for the special tokens, or one of them comes twice.

    >>> vocabulary = Vocabulary("the cat sat on the mat".split(), max_size=4)
    >>> vocabulary.tokens
    ['<pad>', '<unk>', 'the', 'cat']
    >>> vocabulary["cat"], vocabulary["dog"], len(vocabulary)
    (3, 1, 4)
    """

    def __init__(
        self,
        tokens: Iterable[str],
        *,
        min_count: int = 1,
        max_size: int | None = None,
        specials: Sequence[str] = (PADDING, UNKNOWN),
    ) -> None:
        if min_count < 1:
            raise ValueError(f"expected min_count to be at least 1, got {min_count}")
        if max_size is not None and max_size < len(specials):
            raise ValueError(f"expected max_size to leave room for {len(specials)} special tokens, got {max_size}")
        if len(set(specials)) < len(specials):
            raise ValueError(f"expected special tokens that differ, got {list(specials)}")
        found = Counter(tokens)
        frequent = sorted(
            (token for token, count in found.items() if count >= min_count and token not in specials),
            key=lambda token: (-found[token], token),
        )
        self.tokens = [*specials, *frequent][:max_size]
        self.counts = [found[token] for token in self.tokens]
        self._number = {token: i for i, token in enumerate(self.tokens)}

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: object) -> bool:
        return token in self._number

    def __getitem__(self, token: str) -> int:
        """The number of a token; that of ``"<unk>"`` if it has none.

        Raises:
            KeyError: It has none, and there is no ``"<unk>"``.
        """
        number = self._number.get(token, self._number.get(UNKNOWN))
        if number is None:
            raise KeyError(f'{token!r} is not in the vocabulary, and there is no "{UNKNOWN}" to stand for it')
        return number

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """The numbers of tokens.

        Raises:
            KeyError: One has none, and there is no ``"<unk>"``.
        """
        return [self[token] for token in tokens]

    def decode(self, numbers: Iterable[int]) -> list[str]:
        """The tokens of numbers, which may be the entries of an array.

        Raises:
            IndexError: There is no token of that number.
        """
        return [self.tokens[self._checked(int(number))] for number in numbers]

    def _checked(self, number: int) -> int:
        if not 0 <= number < len(self):
            raise IndexError(f"expected numbers from 0 to {len(self) - 1}, got {number}")
        return number

    def __repr__(self) -> str:
        return f"Vocabulary of {len(self)} tokens: {', '.join(map(repr, self.tokens[:8]))}{', …' * (len(self) > 8)}"


class Tokenizer:
    """Cuts text into tokens, learns which there are, and turns text into numbers and back.

    Args:
        level: ``"word"`` or ``"char"``.
        lowercase: Whether "The" and "the" are one token.
        punctuation: Whether each punctuation mark is a token of its own; otherwise words stand alone. Characters are
            all kept.

    Attributes:
        vocabulary: What :meth:`fit` learned.

    Raises:
        ValueError: There is no such level.

    >>> tokenizer = Tokenizer().fit(["The cat sat on the mat.", "The dog ate my homework."])
    >>> tokenizer.tokenize("The cat ate.")
    ['the', 'cat', 'ate']
    >>> tokenizer.encode("The cat ate.")
    [2, 4, 3]
    >>> tokenizer.decode([2, 4, 3])
    'the cat ate'
    """

    vocabulary: Vocabulary

    def __init__(self, level: str = "word", *, lowercase: bool = True, punctuation: bool = False) -> None:
        if level not in ("word", "char"):
            raise ValueError(f'expected level "word" or "char", got {level!r}')
        self.level = level
        self.lowercase = lowercase
        self.punctuation = punctuation

    def tokenize(self, text: str) -> list[str]:
        """The tokens of a text, in order."""
        text = text.lower() if self.lowercase else text
        if self.level == "char":
            return list(text)
        return (WORD_OR_MARK if self.punctuation else WORD).findall(text)

    def fit(
        self,
        texts: Iterable[str],
        *,
        min_count: int = 1,
        max_size: int | None = None,
        specials: Sequence[str] = (PADDING, UNKNOWN),
    ) -> Self:
        """Give the tokens of some texts their numbers, as :class:`Vocabulary` does.

        Raises:
            TypeError: One text was given instead of several.
        """
        if isinstance(texts, str):
            raise TypeError("expected several texts; put the one into a list: [text]")
        tokens = (token for text in texts for token in self.tokenize(text))
        self.vocabulary = Vocabulary(tokens, min_count=min_count, max_size=max_size, specials=specials)
        return self

    def encode(self, text: str) -> list[int]:
        """The numbers of a text's tokens.

        Raises:
            AttributeError: Nothing was learned yet.
            KeyError: A token has no number, and there is no ``"<unk>"``.
        """
        return self._learned().encode(self.tokenize(text))

    def decode(self, numbers: Iterable[int]) -> str:
        """The text of numbers: words with a space between, characters without. Padding is left out.

        Raises:
            AttributeError: Nothing was learned yet.
            IndexError: There is no token of that number.
        """
        tokens = [token for token in self._learned().decode(numbers) if token != PADDING]
        return (" " if self.level == "word" else "").join(tokens)

    def _learned(self) -> Vocabulary:
        if not hasattr(self, "vocabulary"):
            raise AttributeError("the tokenizer has no vocabulary yet; call fit(texts) first")
        return self.vocabulary
