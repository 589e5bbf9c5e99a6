"""A class to rehearse with."""

import hashlib

import pytest

from course_lib.grading import notebook as nbk
from course_lib.grading.course import CourseError
from course_lib.grading.simulate import is_simulated, rehearsal_settings, simulate


def contents(directory):
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in directory.rglob("*")
        if path.is_file()
    }


def read(out, student):
    return nbk.by_grade_id(nbk.read(out / student / "hw" / "hw.ipynb"))


@pytest.fixture
def out(tmp_path):
    return tmp_path / "class"


def test_a_class(course, out, tiny):
    class_ = simulate(course, "hw", 12, seed=1, out=out)
    assert len({each.student for each in class_}) == 12
    assert all((out / each.student / "hw" / "timestamp.txt").is_file() for each in class_)
    perfect, lazy, *_, deleted, cut, nothing = class_
    assert read(out, perfect.student)["double"].source == tiny.right["double"]
    assert "NotImplementedError" in read(out, lazy.student)["root"].source
    assert "double-test" not in read(out, deleted.student)
    with pytest.raises(nbk.UnreadableNotebookError, match="not JSON"):
        read(out, cut.student)
    assert not list((out / nothing.student).rglob("*.ipynb"))
    assert is_simulated(out, "hw")
    assert not is_simulated(out, "other")


def test_answers_of_every_kind_occur(course, out):
    class_ = simulate(course, "hw", 40, seed=2, out=out)
    said = " ".join(each.submission for each in class_)
    assert all(way in said for way in ("right", "blank", "wrong", "crashing", "warning", "written"))
    sources = {read(out, each.student)["double"].source for each in class_[:-3]}
    assert any("warnings.warn" in source for source in sources)
    assert any("reslut" in source for source in sources)
    assert any("x - x" in source for source in sources)


def test_no_hidden_test_and_no_mark_of_the_solution_gets_out(course, out):
    simulate(course, "hw", 12, seed=3, out=out)
    text = "".join(path.read_text() for path in out.rglob("*.ipynb"))
    assert not any(secret in text for secret in ("HIDDEN", "98765", "SOLUTION"))


def test_the_seed_decides(course, tmp_path):
    made = {}
    for name, seed in [("a", 5), ("b", 5), ("c", 6)]:
        simulate(course, "hw", 8, seed=seed, out=tmp_path / name)
        made[name] = contents(tmp_path / name)
    assert made["a"] == made["b"] != made["c"]


def test_a_small_class_has_no_odd_ones(course, out):
    class_ = simulate(course, "hw", 3, seed=0, out=out)
    assert len(list(out.rglob("hw.ipynb"))) == len(class_) == 3


def test_its_own_class_is_replaced_whole(course, out):
    simulate(course, "hw", 8, seed=1, out=out)
    class_ = simulate(course, "hw", 4, seed=2, out=out)
    students = {path.name for path in out.iterdir()} - {".simulated"}
    assert students == {each.student for each in class_}


def test_a_new_class_starts_with_a_new_gradebook(course, out):
    simulate(course, "hw", 3, seed=0, out=out)
    (graded,) = {(out / place).parent for place in rehearsal_settings(out).values() if not place.startswith("sqlite")}
    (graded / "gradebook.db").write_text("of other tests")
    simulate(course, "hw", 3, seed=0, out=out)
    assert not graded.exists()


def test_results_that_are_not_of_a_rehearsal_stay(course, out):
    real = out.with_name("class-graded") / "gradebook.db"
    real.parent.mkdir()
    real.write_text("of a year")
    simulate(course, "hw", 3, seed=0, out=out)
    assert real.read_text() == "of a year"


def test_what_jupyterlab_leaves_behind_is_in_nobodys_way(course, out):
    first, *_ = simulate(course, "hw", 3, seed=0, out=out)
    checkpoint = out / first.student / "hw" / ".ipynb_checkpoints" / "hw-checkpoint.ipynb"
    checkpoint.parent.mkdir()
    checkpoint.write_text("seen")
    simulate(course, "hw", 3, seed=1, out=out)
    assert not checkpoint.exists()


def test_real_submissions_are_never_touched(course, out, tiny):
    real = tiny.write(tiny.tiny_notebook(), out / "ada" / "hw" / "hw.ipynb")
    before = real.read_bytes()
    with pytest.raises(CourseError, match=r"hw\.ipynb was not made by simulate-class.*--out"):
        simulate(course, "hw", 3, seed=0, out=out)
    assert contents(out) == {"ada/hw/hw.ipynb": hashlib.sha256(before).hexdigest()}


def test_a_file_added_or_changed_since_is_never_touched(course, out):
    first, *_ = simulate(course, "hw", 3, seed=0, out=out)
    notebook = out / first.student / "hw" / "hw.ipynb"
    notebook.write_text(notebook.read_text().replace("Homework", "My homework"))
    with pytest.raises(CourseError, match="changed since"):
        simulate(course, "hw", 3, seed=1, out=out)
    assert "My homework" in notebook.read_text()


def test_results_of_a_rehearsal_lie_beside_the_class(out):
    settings = rehearsal_settings(out)
    assert all(str(out) + "-graded" in place for place in settings.values())
