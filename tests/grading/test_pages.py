"""What people see of a graded class in a browser: formgrader and the feedback. No submission's code runs in either."""

import shutil

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import expect

from course_lib.grading import notebook as nbk
from course_lib.grading import report
from course_lib.grading.course import Course
from course_lib.grading.feedback import feedback
from course_lib.grading.standings import standings
from tests.browser import jupyter

pytestmark = pytest.mark.browser

ALARM = "window.alarm = 1"
RUBRIC = "For those who grade; students do not see this."
MARKUP = f"""<script>{ALARM}</script><img src="nowhere" onerror="{ALARM}"><svg onload="{ALARM}"></svg>"""
SHOWS = f'''
from IPython.display import HTML, SVG, Javascript, Markdown, display
markup = """{MARKUP}"""
picture = '<svg xmlns="http://www.w3.org/2000/svg" onload="{ALARM}"></svg>'
display(HTML(markup), Javascript("{ALARM}"), Markdown(markup), SVG(picture))
display({{"text/html": markup, "application/javascript": "{ALARM}"}}, raw=True)
display({{"text/latex": "$\\\\href{{javascript:{ALARM}}}{{x}}$"}}, raw=True)
print(markup)
def double(x):
    """{MARKUP}"""
    raise ValueError(markup)
'''
WRITES = f"""{MARKUP}

[a link](javascript:{ALARM}) and <javascript:{ALARM}> and ![a picture](nowhere" onerror="{ALARM})

<iframe srcdoc="<script>parent.alarm = 1</script>"></iframe>

$\\href{{javascript:{ALARM}}}{{x}}$
"""


@pytest.fixture(scope="module")
def graded(built_once, tmp_path_factory, tiny_session, engine):
    """A course with an honest submission and one full of markup, graded, with feedback."""
    course = Course.find(shutil.copytree(built_once.root, tmp_path_factory.mktemp("pages") / "course"))
    released, tiny = nbk.read(built_once.release("hw") / "hw.ipynb"), tiny_session
    answers = {
        "honest": {**tiny.right, "why": "Because it is so."},
        "vandal": {**tiny.right, "double": SHOWS, "why": WRITES},
    }
    for student, sources in answers.items():
        tiny.write(tiny.answers(released, **sources), course.path("submitted", student, "hw") / "hw.ipynb")
    results = tiny.run_session(course, engine, sorted(answers))
    assert [each.score for each in results] == [6, 4]
    assert list(feedback(course, "hw")) == [("honest", ""), ("vandal", "")]
    return course


@pytest.fixture
def page(browser):
    """A page that asks nobody outside this machine."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.route("**/*", lambda route: route.continue_() if _is_here(route.request.url) else route.abort())
    yield context.new_page()
    context.close()


def _is_here(url):
    return url.startswith(("http://127.0.0.1:", "file:", "data:", "blob:"))


def _is_quiet(page):
    page.wait_for_load_state("load")
    page.wait_for_timeout(500)  # what would run has run by now
    return page.evaluate("window.alarm") is None


@pytest.fixture(scope="module")
def formgrader(graded, tmp_path_factory):
    """Where formgrader answers."""
    with jupyter.server(graded.root, tmp_path_factory.mktemp("home")) as url:
        yield f"{url}/formgrader"


def _submission(course, student):
    with Gradebook(course.gradebook_url, "tiny") as gradebook:
        return gradebook.find_submission_notebook("hw", "hw", student).id


def test_the_alarm_would_ring(page, tmp_path):
    """What the other tests listen for is heard where nothing is done about it."""
    (tmp_path / "page.html").write_text(MARKUP)
    page.goto((tmp_path / "page.html").as_uri())
    assert not _is_quiet(page)


@pytest.mark.parametrize("student", ["honest", "vandal"])
def test_nothing_runs_in_the_feedback(page, graded, student):
    page.goto((graded.path("feedback", student, "hw") / "hw.html").as_uri())
    expect(page.get_by_text("Exercise 2: root").first).to_be_visible()
    assert _is_quiet(page)
    for link in page.get_by_role("link").all():
        assert not (link.get_attribute("href") or "").startswith("javascript")


def test_nothing_runs_in_formgrader(page, graded, formgrader):
    page.goto(f"{formgrader}?token={jupyter.TOKEN}")
    page.goto(f"{formgrader}/submissions/{_submission(graded, 'vandal')}")
    expect(page.get_by_text("Exercise 2: root").first).to_be_visible()
    assert _is_quiet(page)


def test_an_instructor_grades_the_written_answer_there(page, graded, formgrader, tmp_path):
    """Beside the rubric; score and comment then stand in the gradebook, the report and the student's feedback."""
    page.goto(f"{formgrader}?token={jupyter.TOKEN}")
    page.goto(f"{formgrader}/gradebook/hw/hw")
    expect(page.get_by_role("link", name="Submission #1")).to_be_visible()
    page.goto(f"{formgrader}/submissions/{_submission(graded, 'honest')}")
    expect(page.get_by_text("Because it is so.")).to_be_visible()
    expect(page.get_by_text(RUBRIC)).to_be_visible()
    for kind, box, text in (("grade", "input.score", "3.5"), ("comment", "textarea.comment", "Well said.")):
        with page.expect_response(lambda each, kind=kind: each.request.method == "PUT" and f"/api/{kind}/" in each.url):
            page.locator(box).last.fill(text)
            page.locator(box).last.press("Tab")
    with Gradebook(graded.gradebook_url, "tiny") as gradebook:
        assert gradebook.find_submission("hw", "honest").score == 9.5

    (tmp_path / "report.html").write_text(report.page(graded, standings(graded, "hw")))
    page.goto((tmp_path / "report.html").as_uri())
    expect(page.get_by_text("9.5").first).to_be_visible()
    assert list(feedback(graded, "hw")) == [("honest", ""), ("vandal", "")]
    page.goto((graded.path("feedback", "honest", "hw") / "hw.html").as_uri())
    expect(page.get_by_text("Well said.")).to_be_visible()
    expect(page.get_by_text("(Score: 3.5 / 4.0)").first).to_be_visible()
    expect(page.get_by_text(RUBRIC)).to_have_count(0)
