"""The self-check at the end of a lecture: questions with instant feedback and a reason for every answer.

The questions lie in a YAML file beside the lecture:

.. code-block:: yaml

    - question: What is $\\det I$?
      options:
        - text: 1
          correct: true
          why: The identity moves nothing, so it keeps every area.
        - text: 0
          why: That would squash space flat.

Options are shown in alphabetical order, so the right one may well be written first.
"""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any, NamedTuple

import ipywidgets as widgets
import yaml


class Option(NamedTuple):
    """A possible answer."""

    text: str
    why: str
    """Why it is right or wrong."""
    correct: bool


class Question(NamedTuple):
    """A question with its possible answers, one of them correct."""

    text: str
    options: list[Option]


def quiz(path: str | Path) -> Quiz:
    """The quiz in a YAML file, to stand at the end of a cell.

    Raises:
        ValueError: The file is not a list of questions as described above; the message names the question.
    """
    return Quiz(read_questions(path))


class Quiz(widgets.VBox):
    """Questions to click through. Any answer can be changed; the last line counts."""

    def __init__(self, questions: list[Question]) -> None:
        self.cards = [Card(number, question, self._count) for number, question in enumerate(questions, start=1)]
        self._score = widgets.HTML()
        self._count()
        super().__init__([*self.cards, self._score], layout=widgets.Layout(max_width="50em"))

    @property
    def score(self) -> str:
        """How it stands, in words."""
        verdicts = [card.verdict for card in self.cards]
        return f"{verdicts.count(True)} of {len(verdicts)} right, {verdicts.count(None)} still to answer."

    def _count(self) -> None:
        self._score.value = f'<p aria-live="polite" style="{TEXT}"><b>{self.score}</b></p>'

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """The live quiz, and for viewers without a kernel the questions, with the answers folded away."""
        questions = [card.question for card in self.cards]
        return {
            **super()._repr_mimebundle_(**kwargs),
            "text/html": "".join(_static_html(number, q) for number, q in enumerate(questions, start=1)),
            "text/plain": "\n\n".join(_static_text(number, q) for number, q in enumerate(questions, start=1)),
        }


class Card(widgets.VBox):
    """One question: a lettered button before each answer, and below them what the last one clicked deserves.

    Buttons, because the labels of radio buttons do not typeset mathematics.
    """

    def __init__(self, number: int, question: Question, on_answer: Any) -> None:
        self.question = question
        self.verdict: bool | None = None
        self._on_answer = on_answer
        self._feedback = widgets.HTMLMath()
        self.buttons = [
            widgets.Button(description=letter, tooltip=f"Question {number}, answer {letter}", layout=_BUTTON)
            for letter, _ in zip(LETTERS, question.options, strict=False)
        ]
        for choice, button in enumerate(self.buttons):
            button.on_click(lambda _, choice=choice: self.answer(choice))
        rows = [
            widgets.HBox([button, _math(html.escape(option.text))])
            for button, option in zip(self.buttons, question.options, strict=True)
        ]
        title = _math(f"<b>{number}.</b> {html.escape(question.text)}")
        super().__init__([title, *rows, self._feedback], layout=widgets.Layout(margin="0 0 1.5em 0"))

    def answer(self, choice: int) -> None:
        """Take an answer by its place, and say what it deserves."""
        option = self.question.options[choice]
        self.verdict = option.correct
        for place, button in enumerate(self.buttons):
            button.button_style = "" if place != choice else "success" if option.correct else "danger"
        verdict = "✓ Right." if option.correct else "✗ Not this one."
        words = f"<b>{LETTERS[choice]}: {verdict}</b> {html.escape(option.why)}"
        self._feedback.value = f'<p aria-live="polite" style="{TEXT}">{words}</p>'
        self._on_answer()


LETTERS = "ABCDEFGH"
TEXT = "font-size:15px;line-height:1.5;margin:0.2em 0"
_BUTTON = {"width": "3em", "flex": "0 0 auto"}


def _math(text: str) -> widgets.HTMLMath:
    return widgets.HTMLMath(f'<div style="{TEXT}">{text}</div>', layout=widgets.Layout(flex="1 1 auto"))


def read_questions(path: str | Path) -> list[Question]:
    """Read and check a quiz file.

    Raises:
        ValueError: It is not a list of questions; the message names the question and what it lacks.
    """
    path = Path(path)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ValueError(f"{path.name} is not valid YAML: {error}") from error
    if not isinstance(content, list) or not content:
        raise ValueError(f"{path.name}: expected a list of questions, each beginning with '- question: …'")
    return [_question(item, f"{path.name}, question {number}") for number, item in enumerate(content, start=1)]


def _question(item: Any, place: str) -> Question:
    _check_keys(item, {"question", "options"}, set(), place)
    options = item["options"]
    if not isinstance(options, list) or not 2 <= len(options) <= len(LETTERS):
        raise ValueError(f"{place}: expected 2 to {len(LETTERS)} options, each beginning with '- text: …'")
    made = [_option(option, f"{place}, option {number}") for number, option in enumerate(options, start=1)]
    correct = sum(option.correct for option in made)
    if correct != 1:
        raise ValueError(f"{place}: expected exactly one option with 'correct: true', found {correct}")
    return Question(_text(item, "question", place), sorted(made, key=lambda option: option.text.casefold()))


def _option(item: Any, place: str) -> Option:
    _check_keys(item, {"text", "why"}, {"correct"}, place)
    correct = item.get("correct", False)
    if not isinstance(correct, bool):
        raise ValueError(f"{place}: expected 'correct' to be true or false, got {correct!r}")
    return Option(_text(item, "text", place), _text(item, "why", place), correct)


def _check_keys(item: Any, required: set[str], optional: set[str], place: str) -> None:
    keys = set(item) if isinstance(item, dict) else set()
    if not required <= keys <= required | optional:
        wanted = ", ".join([*sorted(required), *(f"{key} (optional)" for key in sorted(optional))])
        found = ", ".join(sorted(map(str, keys))) or repr(item)
        raise ValueError(f"{place}: expected the keys {wanted}; found {found}")


def _text(item: dict[str, Any], key: str, place: str) -> str:
    """The text under a key; a bare number is taken as its digits."""
    value = item[key]
    if isinstance(value, bool) or not isinstance(value, str | int | float) or not str(value).strip():
        raise ValueError(f"{place}: expected a text under '{key}', got {value!r}; put it in quotes")
    return str(value)


def _static_html(number: int, question: Question) -> str:
    options = "".join(f"<li>{html.escape(option.text)}</li>" for option in question.options)
    answers = "".join(
        f"<li>{'✓' if option.correct else '✗'} {html.escape(option.why)}</li>" for option in question.options
    )
    return (
        f'<p><b>{number}.</b> {html.escape(question.text)}</p><ol type="A">{options}</ol>'
        f'<details><summary>Answers</summary><ol type="A">{answers}</ol></details>'
    )


def _static_text(number: int, question: Question) -> str:
    options = [f"   {letter}: {option.text}" for letter, option in zip(LETTERS, question.options, strict=False)]
    return "\n".join([f"{number}. {question.text}", *options])
