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


@pytest.mark.parametrize(
    ("right", "description", "wrong"),
    [
        ("y = a - b", "Sub became Add", "y = a + b"),
        ("y = a - b", "dropped a term", "y = a"),
        ("y = a - b", "dropped a term", "y = b"),
        ("y = a / b", "dropped a term", "y = a"),
        ("y += 3", "Add became Sub", "y -= 3"),
        ("y = a @ b", "MatMult became Mult", "y = a * b"),
        ("y = a < b", "Lt became LtE", "y = a <= b"),
        ("y = a < b < c", "Lt became Gt", "y = a > b < c"),
        ("y = a is None", "Is became IsNot", "y = a is not None"),
        ("y = a and b", "And became Or", "y = a or b"),
        ("y = -a", "lost a minus", "y = a"),
        ("y = not a", "lost a not", "y = a"),
        ("def f():\n    return a(b)", "flipped the sign of the result", "def f():\n    return -a(b)"),
        ("y = a[1]", "off by one", "y = a[2]"),
        ("y = a[1]", "off by one", "y = a[0]"),
        ("y = 0.5", "another constant", "y = 1.0"),
        ("y = 0.0", "another constant", "y = 1.0"),
        ("y = f(a, True)", "another constant", "y = f(a, False)"),
        ("y = a.sum(axis=0)", "another axis", "y = a.sum(axis=1)"),
        ("y = a.sum(dim=-1)", "another axis", "y = a.sum(dim=0)"),
        ("y = a.T @ b", "lost a transposition", "y = a @ b"),
        ("y = a.sum(axis=0)", "sum became mean", "y = a.mean(axis=0)"),
        ("y = max(a, b)", "max became min", "y = min(a, b)"),
        ("y = a.astype(np.float64)", "float64 became float32", "y = a.astype(np.float32)"),
        ("y = np.sqrt(a)", "lost sqrt", "y = a"),
        ("y = abs(a)", "lost abs", "y = a"),
        ("y = a.copy()", "lost copy", "y = a"),
        ("y = np.zeros(3, dtype=int)", "lost dtype", "y = np.zeros(3)"),
        ("y = a.sum(0, keepdims=True)", "lost keepdims", "y = a.sum(0)"),
        ("y = y + a", "in place", "y += a"),
        ("y = 1\nz = 2", "dropped a statement", "pass\nz = 2"),
        ("def f(x, y):\n    return x * 2", "another variable", "def f(x, y):\n    return y * 2"),
        (
            "def f():\n    u = 1\n    v = 2\n    return v",
            "another variable",
            "def f():\n    u = 1\n    v = 2\n    return u",
        ),
    ],
)
def test_mistakes_that_people_make(right, description, wrong):
    assert (description, wrong) in {(mutant.description, mutant.source) for mutant in mutants(right)}


def test_loops_that_might_not_end_are_left_alone_unless_asked_for():
    loop = "    while n > 0:\n        result = result * x\n        n = n - 1\n"
    assert all(loop in mutant.source for mutant in mutants(SOURCE))
    assert not all(loop in mutant.source for mutant in mutants(SOURCE, endless=True))


def test_texts_and_other_lines_are_left_alone():
    assert all('"""x to the n."""' in mutant.source for mutant in mutants(SOURCE))
    assert {mutant.line for mutant in mutants(SOURCE, lines={4, 5})} == {4, 5}
    explained = 'def f(x: 1, n) -> 2:\n    raise ValueError(f"{n - 1} of {x}")'
    assert [mutant.description for mutant in mutants(explained)] == ["dropped a statement"]


def test_mistakes_matter():
    scope: dict = {}
    made = list(mutants("def f(x, y):\n    return x - 2 * y\n"))
    for mutant in made:
        exec(mutant.source, scope)
        assert scope["f"](7.0, 3.0) != 1.0, mutant


def test_what_is_not_python():
    with pytest.raises(SyntaxError):
        list(mutants("%matplotlib inline"))
