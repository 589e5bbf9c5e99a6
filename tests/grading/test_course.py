"""Finding a course and its files."""

from pathlib import Path

import pytest

from course_lib.grading.converters import seconds_a_cell_may_run
from course_lib.grading.course import Course, CourseError


def test_found_from_below(course, monkeypatch):
    below = course.root / "work" / "deep"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert Course.find().root == course.root


def test_default_directories_do_without_a_config(tmp_path):
    (tmp_path / "source" / "hw").mkdir(parents=True)
    (tmp_path / "source" / "hw" / "hw.ipynb").touch()
    found = Course.find(tmp_path)
    assert found.assignments() == ["hw"]
    assert found.gradebook_url == f"sqlite:///{tmp_path}/gradebook.db"


def test_settings_are_nbgraders(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text(
        "c = get_config()\n"
        "c.CourseDirectory.source_directory = 'solutions'\n"
        "c.CourseDirectory.directory_structure = '{assignment_id}/{nbgrader_step}/{student_id}'\n"
        "c.CourseDirectory.db_url = 'sqlite:////elsewhere.db'\n"
    )
    found = Course.find(tmp_path)
    assert found.source("hw") == tmp_path / "hw" / "solutions"
    assert found.gradebook_url == "sqlite:////elsewhere.db"
    assert found.having(db_url="sqlite:///x.db").gradebook_url == f"sqlite:///{tmp_path}/x.db"
    (tmp_path / "hw" / "submitted" / "ada").mkdir(parents=True)
    (tmp_path / "hw" / "submitted" / ".ipynb_checkpoints").mkdir()
    assert found.by_student("submitted", "hw") == {"ada": tmp_path / "hw" / "submitted" / "ada"}


@pytest.mark.parametrize(
    "structure", ["{nbgrader_step}/{student_id}/{assignment_id}", "{assignment_id}/{nbgrader_step}/{student_id}"]
)
def test_paths_are_where_nbgrader_has_them(tmp_path, structure):
    from nbgrader.coursedir import CourseDirectory

    (tmp_path / "nbgrader_config.py").write_text(f"get_config().CourseDirectory.directory_structure = {structure!r}\n")
    found = Course.find(tmp_path).having(root=str(tmp_path), submitted_directory=str(tmp_path / "elsewhere"))
    theirs = CourseDirectory(config=found.config)
    for step, folder in [("source", "source"), ("submitted", str(tmp_path / "elsewhere")), ("feedback", "feedback")]:
        assert found.path(step, "ada", "hw") == Path(theirs.format_path(folder, "ada", "hw"))


def test_having_leaves_the_original_alone(course):
    assert course.having(db_url="sqlite:////x.db").gradebook_url == "sqlite:////x.db"
    assert course.gradebook_url.endswith("/course/gradebook.db")
    assert course.having(db_url="sqlite:////x.db").setting("course_id") == "tiny"


def test_no_course(tmp_path):
    with pytest.raises(CourseError, match="neither nbgrader_config.py nor source/ nor release/"):
        Course.find(tmp_path)
    with pytest.raises(CourseError, match="not a directory"):
        Course.find(tmp_path / "nowhere")


def test_a_config_with_a_mistake(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("c = get_config(\n")
    with pytest.raises(CourseError, match="nbgrader_config.py does not load: SyntaxError"):
        Course.find(tmp_path)


def test_unknown_assignments_get_near_matches(course):
    with pytest.raises(CourseError, match="no assignment 'hv'.*Did you mean hw?"):
        course.require_assignment("hv")


@pytest.mark.parametrize("limit", ["None", "-1"])
def test_a_course_without_a_time_limit(tmp_path, tiny, limit):
    root = tiny.make_course(tmp_path / "course").root
    assert seconds_a_cell_may_run(Course.find(root)) == 60
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(f"c.ExecutePreprocessor.timeout = {limit}\n")
    assert seconds_a_cell_may_run(Course.find(root)) == 24 * 60 * 60
