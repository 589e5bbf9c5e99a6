"""The self-check: its file, its clicks, its words."""

from __future__ import annotations

import pytest

from course_lib.demos.quiz import Option, Question, quiz, read_questions

GOOD = """
- question: What is $1 < 2$?
  options:
    - text: true
      correct: true
      why: Count.
    - {text: "false & wrong", why: Count again.}
- question: How many?
  options:
    - {text: 3, why: One less.}
    - {text: 2, correct: true, why: Yes.}
""".replace("text: true", "text: 'true'")


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "x.quiz.yml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def good(write):
    return quiz(write(GOOD))


def test_options_come_in_alphabetical_order(write):
    assert read_questions(write(GOOD)) == [
        Question(
            "What is $1 < 2$?",
            [Option("false & wrong", "Count again.", False), Option("true", "Count.", True)],
        ),
        Question("How many?", [Option("2", "Yes.", True), Option("3", "One less.", False)]),
    ]


def test_a_click_gives_a_verdict_and_the_reason(good):
    first = good.cards[0]
    first.buttons[1].click()
    assert first.verdict is True
    assert "B: ✓ Right.</b> Count." in first._feedback.value
    assert [button.button_style for button in first.buttons] == ["", "success"]


def test_an_answer_can_be_changed(good):
    first = good.cards[0]
    first.buttons[1].click()
    first.buttons[0].click()
    assert first.verdict is False
    assert "A: ✗ Not this one.</b> Count again." in first._feedback.value
    assert [button.button_style for button in first.buttons] == ["danger", ""]


def test_score(good):
    assert good.score == "0 of 2 right, 2 still to answer."
    good.cards[0].answer(1)
    good.cards[1].answer(1)
    assert good.score == "1 of 2 right, 0 still to answer."
    assert good.score in good._score.value
    good.cards[1].answer(0)
    assert good.score == "2 of 2 right, 0 still to answer."


def test_words_are_escaped_and_mathematics_is_left(good):
    title, *rows = good.cards[0].children
    assert "$1 &lt; 2$" in title.value
    assert "false &amp; wrong" in rows[0].children[1].value


def test_every_button_says_what_it_answers(good):
    assert [button.tooltip for button in good.cards[1].buttons] == ["Question 2, answer A", "Question 2, answer B"]


def test_viewers_without_a_kernel_get_the_questions(good):
    bundle = good._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "<li>false &amp; wrong</li>" in bundle["text/html"]
    assert "<details><summary>Answers</summary>" in bundle["text/html"]
    assert bundle["text/plain"].startswith("1. What is $1 < 2$?\n   A: false & wrong\n   B: true")
    assert "Count" not in bundle["text/plain"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "x.quiz.yml: expected a list of questions"),
        ("question: one", "x.quiz.yml: expected a list of questions"),
        ("- question: [", "x.quiz.yml is not valid YAML"),
        ("- one", "question 1: expected the keys options, question; found 'one'"),
        (GOOD + "- question: three", "question 3: expected the keys options, question; found question"),
        (GOOD.replace("question: How", "qestion: How"), "question 2: expected the keys .*; found options, qestion"),
        (GOOD.replace("why: One", "wy: One"), "question 2, option 1: expected the keys .*; found text, wy"),
        (GOOD.replace("why: One", "hint: x, why: One"), "option 1: expected the keys .*found hint, text, why"),
        (GOOD.replace("correct: true, ", ""), "question 2: expected exactly one option with 'correct: true', found 0"),
        (GOOD.replace("3, why", "3, correct: true, why"), "question 2: .*found 2"),
        (GOOD.replace("correct: true, ", "correct: maybe, "), "option 2: expected 'correct' to be true or false, got"),
        (GOOD.replace("text: 3", "text: yes"), "option 1: expected a text under 'text', got True; put it in quotes"),
        (GOOD.replace("One less.", "''"), "option 1: expected a text under 'why', got ''"),
        ("- {question: one, options: [{text: a, why: b}]}", "question 1: expected 2 to 8 options"),
        ("- {question: one, options: 3}", "question 1: expected 2 to 8 options"),
    ],
)
def test_a_malformed_file_names_the_question(write, text, message):
    with pytest.raises(ValueError, match=message):
        read_questions(write(text))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere.quiz.yml"):
        quiz(tmp_path / "nowhere.quiz.yml")
