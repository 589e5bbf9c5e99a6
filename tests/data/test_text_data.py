"""Python's documentation and the opinions: nothing leaks into the test part, and words alone decide nothing."""

from __future__ import annotations

from collections import Counter

import pytest
import torch

from course_lib.arrays import torch_generator
from course_lib.data import load_documentation, load_passages, sentiment_sentences
from course_lib.data.sentiment import BAD, GOOD


class TestDocumentation:
    def test_the_parts_share_no_paragraph_and_are_all(self):
        parts = {split: load_documentation(split=split).splitlines() for split in ("all", "train", "test")}
        assert Counter(parts["all"]) == Counter(parts["train"]) + Counter(parts["test"])
        assert max(Counter(parts["all"]).values()) == 1
        assert 0.1 < len("".join(parts["test"])) / len("".join(parts["all"])) < 0.3

    def test_it_is_prose_in_few_characters(self):
        text = load_documentation()
        assert len(text) > 200_000
        assert len(set(text)) < 120
        assert not set("‘’“”–—…") & set(text)
        assert "::=" not in text

    def test_refused(self):
        with pytest.raises(ValueError, match="split to be one of 'all', 'train', 'test', got 'dev'"):
            load_documentation(split="dev")


class TestPassages:
    def test_chapters_are_balanced(self):
        passages = load_passages()
        for X, y in ((passages.X_train, passages.y_train), (passages.X_test, passages.y_test)):
            assert len(X) == len(y)
            assert y.dtype == torch.int64
            assert len(set(y.bincount().tolist())) == 1
            assert y.max() == len(passages.chapters) - 1
        assert len(passages.X_train) > 3 * len(passages.X_test) > 100

    @pytest.mark.parametrize("words", [10, 30])
    def test_passages_are_runs_of_words_of_their_part(self, words):
        passages = load_passages(words=words)
        for X, split in ((passages.X_train, "train"), (passages.X_test, "test")):
            text = " ".join(load_documentation(split=split).split())
            assert all(len(passage.split()) >= words for passage in X)
            # A paragraph that topics share stands where the first of them has it, so a passage may straddle two places.
            whole = sum(passage in text for passage in X)
            assert whole > 0.8 * len(X)

    def test_no_passage_is_in_both_parts(self):
        passages = load_passages()
        assert not set(passages.X_train) & set(passages.X_test)

    def test_refused(self):
        with pytest.raises(ValueError, match="at least 1 word, got 0"):
            load_passages(words=0)
        with pytest.raises(ValueError, match="so short that every chapter has some"):
            load_passages(words=100_000)


class TestSentiment:
    def test_the_verdict_is_that_of_a_reader(self):
        """Read as a person would: the last adjective counts, but what is denied or was only said turns around."""
        sentences, y = sentiment_sentences(600, generator=torch_generator(0))
        for sentence, praise in zip(sentences, y.tolist(), strict=True):
            words = sentence.split()
            adjectives = [i for i, word in enumerate(words) if word in GOOD + BAD]
            denials = [i for i, word in enumerate(words) if word in ("not", "nobody")]
            i = adjectives[-1] if "but" in words else adjectives[0]
            good = words[i] in GOOD
            if "but" not in words and denials and denials[0] < i:
                good = not good
            assert good == bool(praise), sentence

    def test_a_sentence_that_turns_has_a_twin_with_the_same_words(self):
        sentences, y = sentiment_sentences(400, kinds=("turning",), generator=torch_generator(0))
        for sentence in sentences:
            words = sentence.split()
            assert sum(w in GOOD for w in words) == sum(w in BAD for w in words) == 1
        by_words: dict[tuple[str, ...], set[int]] = {}
        many, labels = sentiment_sentences(40_000, kinds=("turning",), generator=torch_generator(1))
        for sentence, label in zip(many, labels.tolist(), strict=True):
            by_words.setdefault(tuple(sorted(sentence.split())), set()).add(label)
        repeated = sum(len(labels) == 2 for labels in by_words.values())
        assert repeated > 1000
        assert y.float().mean() == 0.5

    def test_kinds_and_classes_are_equally_often(self):
        sentences, y = sentiment_sentences(600, generator=torch_generator(0))
        assert y.sum() == 300
        turning = sum(" but " in s or " and not " in s for s in sentences)
        assert turning == 200

    def test_the_generator_decides(self):
        a, b, c = (sentiment_sentences(20, generator=torch_generator(s))[0] for s in (0, 0, 1))
        assert a == b != c

    def test_refused(self):
        with pytest.raises(ValueError, match="at least one sentence"):
            sentiment_sentences(0, generator=torch_generator(0))
        for kinds in ((), ("irony",)):
            with pytest.raises(ValueError, match="kinds among 'saying', 'denying', 'turning'"):
                sentiment_sentences(3, kinds=kinds, generator=torch_generator(0))
