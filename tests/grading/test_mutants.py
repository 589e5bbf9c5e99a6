"""Small mistakes in correct answers."""

import ast

import pytest

from course_lib.grading.mutants import mutants

SOURCE = '''
def power(x, n):
    """x to the n."""
    if n < 0:
        raise ValueError("no")
    result = 1
    while n > 0:
        result = result * x
        n = n - 1
    return result
'''


def test_each_is_python_and_differs_in_one_place():
    original = ast.dump(ast.parse(SOURCE))
    made = list(mutants(SOURCE))
    assert len({mutant.source for mutant in made}) == len(made) >= 6
    assert all(ast.dump(ast.parse(mutant.source)) != original for mutant in made)


def test_mistakes_are_of_every_kind():
    kinds = {mutant.description for mutant in mutants("y = -a\nif a == b:\n    y += 3\ndef f():\n    return a * b\n")}
    assert kinds == {
        "lost a minus",
        "Eq became NotEq",
        "Add became Sub",
        "off by one",
        "Mult became Div",
        "flipped the sign of the result",
        "dropped a statement",
    }


def test_loops_that_might_not_end_are_left_alone():
    loop = "    while n > 0:\n        result = result * x\n        n = n - 1\n"
    assert all(loop in mutant.source for mutant in mutants(SOURCE))


def test_docstrings_and_other_lines_are_left_alone():
    assert all('"""x to the n."""' in mutant.source for mutant in mutants(SOURCE))
    assert {mutant.line for mutant in mutants(SOURCE, lines={4, 5})} == {4, 5}


def test_mistakes_matter():
    scope: dict = {}
    wrong = 0
    for mutant in mutants("def f(x, y):\n    return x - 2 * y\n"):
        exec(mutant.source, scope)
        wrong += scope["f"](7.0, 3.0) != 1.0
    assert wrong == 4


def test_what_is_not_python():
    with pytest.raises(SyntaxError):
        list(mutants("%matplotlib inline"))
