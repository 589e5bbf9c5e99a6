"""Exceptions told in plain data and made again: the same kind, the same words, nothing that ends a process."""

import json

import numpy as np
import pytest

from course_lib.grading.raised import LONGEST_WORDS, StoppedError, described, nearest_known, own_kind, restored


class BadError(ValueError):
    pass


class MuteError(Exception):
    def __str__(self):
        raise RuntimeError("no words")


def again(error):
    return restored(json.loads(json.dumps(described(error))), {})


@pytest.mark.parametrize(
    "error",
    [
        ValueError("wrong"),
        KeyError("name"),
        FileNotFoundError("no such file"),
        UnicodeDecodeError("utf-8", b"a", 0, 1, "odd"),
        NotImplementedError(),
        np.linalg.LinAlgError("singular"),
        np.exceptions.AxisError("axis 3"),
    ],
)
def test_known_kinds_come_back(error):
    back = again(error)
    assert type(back) is type(error)
    assert str(error) in back.args[0]


def test_a_kind_of_the_submissions_own_derives_from_what_it_derives_from():
    back = again(BadError("no good"))
    assert type(back).__name__ == "BadError"
    assert isinstance(back, ValueError)
    assert str(back) == "no good"


def test_one_class_for_one_kind():
    kinds = {}
    first, second = (restored(described(BadError(words)), kinds) for words in "ab")
    assert type(first) is type(second) is own_kind("BadError", ValueError, kinds)
    assert type(first) is not own_kind("BadError", KeyError, kinds)


@pytest.mark.parametrize("error", [SystemExit(0), KeyboardInterrupt(), GeneratorExit(), BaseException("all")])
def test_what_would_end_a_process_is_said_to_have_tried(error):
    back = again(error)
    assert type(back) is StoppedError
    assert type(error).__name__ in str(back)


def test_words_are_cut_and_may_be_missing():
    assert len(again(ValueError("x" * 10_000)).args[0]) == LONGEST_WORDS
    assert again(MuteError()).args == ("",)


@pytest.mark.parametrize(
    "description",
    [
        {"name": "ValueError", "kinds": ["NoSuchKind"], "words": 3},
        {"name": "x", "kinds": [], "words": None},
        {"name": "AssertionError", "kinds": ["builtins.eval"], "words": ""},
    ],
)
def test_of_unknown_kinds_only_the_words_are_kept(description):
    back = restored(description, {})
    assert isinstance(back, Exception)
    assert not isinstance(back, AssertionError)


def test_the_nearest_known_kind():
    assert nearest_known(BadError) is ValueError
    assert nearest_known(MuteError) is Exception
