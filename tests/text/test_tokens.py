"""Tokens, n-grams and vocabularies, against the slides' examples and counting by hand."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.text import Tokenizer, Vocabulary, ngrams

CAT = "The cat sat on the mat."


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (2, "The|The cat|cat|cat sat|sat|sat on|on|on the|the|the mat|mat"),
        (
            3,
            "The|The cat|cat|cat sat|The cat sat|sat|sat on|on|cat sat on|on the|the|sat on the|the mat|mat|on the mat",
        ),
    ],
)
def test_the_slides_sets_of_ngrams(n, expected):
    words = Tokenizer(lowercase=False).tokenize(CAT)
    groups = [" ".join(group) for group in ngrams(words, n, smallest=1)]
    assert sorted(groups) == sorted(expected.split("|"))


@given(st.lists(st.integers(), max_size=8), st.integers(1, 5))
def test_ngrams_are_the_slices(tokens, n):
    expected = [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]
    assert ngrams(tokens, n) == expected
    assert Counter(ngrams(tokens, n, smallest=1)) == sum(
        (Counter(ngrams(tokens, k)) for k in range(1, n + 1)), Counter()
    )


def test_ngrams_of_characters():
    assert ngrams("abc", 2) == [("a", "b"), ("b", "c")]


@pytest.mark.parametrize(("n", "smallest"), [(0, None), (2, 3), (2, 0)])
def test_sizes_of_ngrams_refused(n, smallest):
    with pytest.raises(ValueError, match="1 <= smallest <= n"):
        ngrams("abc", n, smallest=smallest)


class TestVocabulary:
    def test_frequent_first_and_then_by_the_alphabet(self):
        assert Vocabulary(["b", "a", "c", "b", "a", "b", "d"], specials=()).tokens == ["b", "a", "c", "d"]

    def test_counts(self):
        vocabulary = Vocabulary("abracadabra", specials=("<pad>",))
        assert dict(zip(vocabulary.tokens, vocabulary.counts, strict=True)) == {"<pad>": 0, **Counter("abracadabra")}

    def test_rare_tokens_have_no_number(self):
        vocabulary = Vocabulary(["a", "a", "b"], min_count=2)
        assert "b" not in vocabulary
        assert vocabulary["b"] == vocabulary["<unk>"] == 1

    def test_size_counts_the_special_tokens(self):
        assert Vocabulary("abc", max_size=3).tokens == ["<pad>", "<unk>", "a"]
        assert len(Vocabulary("abc", max_size=2)) == 2

    def test_a_special_token_in_the_text_keeps_its_place(self):
        assert Vocabulary(["<pad>", "a", "<pad>"]).tokens == ["<pad>", "<unk>", "a"]

    @given(st.text())
    def test_there_and_back(self, text):
        vocabulary = Vocabulary(text, specials=())
        assert "".join(vocabulary.decode(vocabulary.encode(text))) == text

    def test_entries_of_arrays_are_numbers(self, asarray):
        assert Vocabulary("ab").decode(asarray([3, 2], "int64")) == ["b", "a"]

    def test_unknown_without_a_token_for_it(self):
        with pytest.raises(KeyError, match="'b.* is not in the vocabulary"):
            Vocabulary("a", specials=())["b"]

    @pytest.mark.parametrize("number", [-1, 3])
    def test_no_such_number(self, number):
        with pytest.raises(IndexError, match=f"from 0 to 2, got {number}"):
            Vocabulary("a").decode([number])

    def test_refused(self):
        with pytest.raises(ValueError, match="min_count to be at least 1"):
            Vocabulary("a", min_count=0)
        with pytest.raises(ValueError, match="room for 2 special tokens"):
            Vocabulary("a", max_size=1)
        with pytest.raises(ValueError, match="special tokens that differ"):
            Vocabulary("a", specials=("<unk>", "<unk>"))

    def test_shown(self):
        assert repr(Vocabulary("a")) == "Vocabulary of 3 tokens: '<pad>', '<unk>', 'a'"
        assert repr(Vocabulary("abcdefghij")).endswith("'f', …")


class TestTokenizer:
    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ({}, ["don't", "stop", "it's", "5", "naïve"]),
            ({"lowercase": False}, ["Don't", "stop", "It's", "5", "naïve"]),
            ({"punctuation": True}, ["don't", "stop", "-", "it's", "5", "naïve", "!"]),
        ],
    )
    def test_words(self, options, expected):
        assert Tokenizer(**options).tokenize("Don't stop - It's 5 naïve!") == expected

    def test_characters(self):
        assert Tokenizer("char", lowercase=False).tokenize("A b.") == ["A", " ", "b", "."]

    @given(st.text("ab c.", max_size=20))
    def test_there_and_back(self, text):
        characters = Tokenizer("char").fit([text])
        assert characters.decode(characters.encode(text)) == text
        words = Tokenizer().fit([text])
        assert words.decode(words.encode(text)) == " ".join(re.findall("[abc]+", text))

    def test_padding_is_left_out(self):
        tokenizer = Tokenizer().fit(["the cat"])
        assert tokenizer.decode([0, 3, 2, 0]) == "the cat"

    def test_unknown_words(self):
        tokenizer = Tokenizer().fit(["the cat"])
        assert tokenizer.decode(tokenizer.encode("the dog")) == "the <unk>"

    def test_refused(self):
        with pytest.raises(ValueError, match='level "word" or "char", got \'byte\''):
            Tokenizer("byte")
        with pytest.raises(TypeError, match="into a list"):
            Tokenizer().fit("text")
        with pytest.raises(AttributeError, match="call fit"):
            Tokenizer().encode("text")
