"""One-hot vectors, bags, hashes, padding and sampling, against NumPy, scikit-learn and torch."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from course_lib.arrays import is_torch, torch_generator
from course_lib.text import (
    Tokenizer,
    bag_of_words,
    bits_per_character,
    hash_tokens,
    one_hot,
    pad_sequences,
    padding_mask,
    perplexity,
    sample_with_temperature,
)


def generator_for(x, seed=0):
    return torch_generator(seed, x.device) if is_torch(x) else np.random.default_rng(seed)


class TestOneHot:
    @pytest.mark.parametrize("dtype", ["int64", "int32", "uint8"])
    def test_rows_of_the_identity(self, asarray, dtype):
        indices = asarray([[2, 0], [1, 1]], dtype)
        result = one_hot(indices, 4)
        assert is_torch(result) == is_torch(indices)
        np.testing.assert_array_equal(result.tolist(), np.eye(4)[[[2, 0], [1, 1]]])

    def test_more_classes_than_the_indices_dtype_has_numbers(self, asarray):
        rows = one_hot(asarray([44, 255], "uint8"), 300)
        assert [[i for i, hit in enumerate(row) if hit] for row in rows.tolist()] == [[44], [255]]

    def test_no_indices(self, asarray):
        assert one_hot(asarray(np.zeros((0,)), "int64"), 3).shape == (0, 3)

    def test_refused(self, asarray):
        with pytest.raises(TypeError, match="whole numbers"):
            one_hot(asarray([1.0]), 2)
        for wrong in (-1, 2):
            with pytest.raises(ValueError, match="from 0 to 1"):
                one_hot(asarray([wrong], "int64"), 2)


class TestBags:
    def test_scikit_learns_counts(self):
        texts = ["the cat sat on the mat", "the dog ate my homework", "cat cat cat"]
        tokenizer = Tokenizer().fit(texts, specials=())
        oracle = CountVectorizer(vocabulary=tokenizer.vocabulary.tokens, token_pattern=r"\w+").fit_transform(texts)
        bags = bag_of_words([tokenizer.encode(text) for text in texts], len(tokenizer.vocabulary))
        np.testing.assert_array_equal(bags, oracle.toarray())

    def test_sum_of_one_hot_vectors_of_each_kind(self, asarray):
        sequences = [asarray([2, 0, 2], "int64"), asarray([1], "int64")]
        bags = bag_of_words(sequences, 3)
        assert is_torch(bags) == is_torch(sequences[0])
        assert bags.tolist() == [one_hot(s, 3).sum(0).tolist() for s in sequences]

    def test_an_empty_text(self):
        assert bag_of_words([[], [1]], 2).tolist() == [[0, 0], [0, 1]]

    def test_refused(self):
        with pytest.raises(ValueError, match="at least one sequence"):
            bag_of_words([], 3)
        with pytest.raises(ValueError, match="from 0 to 2, got 3 to 3"):
            bag_of_words([[3]], 3)
        with pytest.raises(TypeError, match="whole numbers"):
            bag_of_words([[0.5]], 3)


class TestHash:
    @given(st.lists(st.text()), st.integers(1, 50))
    def test_a_number_below_m_that_depends_on_the_word_alone(self, tokens, m):
        numbers = hash_tokens(tokens, m)
        assert numbers == [zlib.crc32(token.encode("utf-8")) % m for token in tokens]
        assert all(0 <= number < m for number in numbers)

    def test_words_spread_evenly(self):
        counts = np.bincount(hash_tokens([f"word{i}" for i in range(10_000)], 10))
        assert abs(counts - 1000).max() < 150

    def test_refused(self):
        with pytest.raises(ValueError, match="num_buckets to be at least 1"):
            hash_tokens(["a"], 0)


class TestPadding:
    @pytest.mark.parametrize("side", ["left", "right"])
    @pytest.mark.parametrize("truncate", ["left", "right"])
    @pytest.mark.parametrize("length", [None, 0, 2, 5])
    def test_against_a_loop(self, asarray, side, truncate, length):
        rows = [[1, 2, 3], [4], []]
        n = 3 if length is None else length
        result = pad_sequences(
            [asarray(row, "int64") for row in rows], length=length, value=-1, side=side, truncate=truncate
        )
        for row, padded in zip(rows, result.tolist(), strict=True):
            kept = row[:n] if truncate == "right" else row[len(row) - min(len(row), n) :]
            filling = [-1] * (n - len(kept))
            assert padded == (kept + filling if side == "right" else filling + kept)

    def test_lists_become_whole_numbers(self):
        assert pad_sequences([[], [1]]).dtype == np.int64

    def test_fractions_fill_rows_of_fractions(self):
        assert pad_sequences([[1.5], [2.0, 3.0]], value=0.5).tolist() == [[1.5, 0.5], [2, 3]]

    def test_torchs_own(self):
        rows = [torch.randn(n, 2, generator=torch_generator(n)) for n in (3, 1, 2)]
        oracle = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
        torch.testing.assert_close(pad_sequences(rows), oracle)

    def test_the_mask_says_what_is_real(self, asarray):
        lengths = asarray([2, 0, 3], "int64")
        assert padding_mask(lengths).tolist() == [[True, True, False], [False] * 3, [True] * 3]
        assert padding_mask(lengths, 4).shape == (3, 4)
        assert is_torch(padding_mask(lengths)) == is_torch(lengths)

    def test_refused(self):
        with pytest.raises(ValueError, match='sides "left" or "right"'):
            pad_sequences([[1]], side="pre")
        with pytest.raises(ValueError, match="at least one sequence"):
            pad_sequences([])
        with pytest.raises(ValueError, match="a whole number as value.*got 0.5"):
            pad_sequences([[1], [2, 3]], value=0.5)
        with pytest.raises(ValueError, match="length of at least 0"):
            pad_sequences([[1]], length=-1)
        with pytest.raises(ValueError, match="lengths from 0 to 2, got 1 to 3"):
            padding_mask([1, 3], 2)
        with pytest.raises(ValueError, match="one length for each row"):
            padding_mask([])


class TestLanguageModel:
    def test_a_uniform_model_chooses_between_all(self, asarray):
        for nll in (float(np.log(27)), asarray(np.log(27.0))):
            assert float(perplexity(nll)) == pytest.approx(27)
            assert float(bits_per_character(nll)) == pytest.approx(np.log2(27))

    @pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
    def test_frequencies_are_the_softmax_at_that_temperature(self, asarray, temperature):
        logits = asarray(np.tile([1.0, 0.0, -1.0, -np.inf], (20_000, 1)))
        drawn = sample_with_temperature(logits, temperature, generator=generator_for(logits))
        p = np.exp(np.array([1.0, 0.0, -1.0]) / temperature)
        counts = np.bincount(np.array(drawn.tolist()), minlength=4)
        np.testing.assert_allclose(counts[:3] / 20_000, p / p.sum(), atol=0.012)
        assert counts[3] == 0

    def test_cold_takes_the_likeliest(self, asarray):
        for dtype in ("float32", "float64"):
            logits = asarray([[0.0, 3.0, 2.9], [5.0, 4.9, 0.0]], dtype)
            for temperature in (0, 1e-300, 1e-40, 1e-3):
                assert sample_with_temperature(logits, temperature, generator=generator_for(logits)).tolist() == [1, 0]

    def test_shapes_and_kind(self, asarray):
        logits = asarray(np.zeros((2, 3, 5)), "float32")
        before = logits.tolist()
        drawn = sample_with_temperature(logits, generator=generator_for(logits))
        assert is_torch(drawn) == is_torch(logits)
        assert drawn.shape == (2, 3)
        assert logits.tolist() == before
        assert sample_with_temperature(asarray(np.zeros(5)), generator=generator_for(logits)).shape == ()

    def test_the_generator_decides(self, asarray):
        logits = asarray(np.zeros((50, 9)))
        a, b, c = (sample_with_temperature(logits, generator=generator_for(logits, s)).tolist() for s in (0, 0, 1))
        assert a == b != c

    def test_refused(self, asarray):
        logits = asarray([0.0, 1.0])
        for temperature in (-1, np.inf, np.nan):
            with pytest.raises(ValueError, match="temperature from 0 upward"):
                sample_with_temperature(logits, temperature, generator=generator_for(logits))
        with pytest.raises(ValueError, match="shape"):
            sample_with_temperature(asarray([]), generator=generator_for(logits))
        for wrong in ([0.0, np.nan], [-np.inf, -np.inf], [0.0, np.inf]):
            for temperature in (0, 1):
                with pytest.raises(ValueError, match="finite largest logit"):
                    sample_with_temperature(asarray([[0.0, 1.0], wrong]), temperature, generator=generator_for(logits))
        with pytest.raises(TypeError, match="floating dtype"):
            sample_with_temperature(asarray([0, 1], "int64"), generator=generator_for(logits))
        other = np.random.default_rng(0) if is_torch(logits) else torch_generator(0)
        with pytest.raises(TypeError, match="arrays of one kind"):
            sample_with_temperature(logits, generator=other)
