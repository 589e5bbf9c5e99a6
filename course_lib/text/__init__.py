"""Text for networks: tokens, vocabularies, n-grams, vectors, and how well a language model predicts."""

from course_lib.text.language_model import bits_per_character, perplexity, sample_with_temperature
from course_lib.text.sequences import pad_sequences, padding_mask
from course_lib.text.tokens import Tokenizer, Vocabulary, ngrams
from course_lib.text.vectors import bag_of_words, hash_tokens, one_hot

__all__ = [
    "Tokenizer",
    "Vocabulary",
    "bag_of_words",
    "bits_per_character",
    "hash_tokens",
    "ngrams",
    "one_hot",
    "pad_sequences",
    "padding_mask",
    "perplexity",
    "sample_with_temperature",
]
