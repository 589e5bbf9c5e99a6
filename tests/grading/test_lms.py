"""In from Moodle and Canvas and out again: who is who, what was handed in and when, and grades under the same ids."""

import csv
import io
import json
import re
import shutil
import stat
import zipfile
from datetime import datetime
from zoneinfo import ZoneInfo

import nbformat
import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from course_lib.cli import app
from course_lib.grading import downloads, exports, sheets, zip_collect
from course_lib.grading import notebook as nbk
from course_lib.grading.course import Course, CourseError
from course_lib.grading.standings import standings

BERLIN = ZoneInfo("Europe/Berlin")
DUE = datetime(2026, 3, 3, 23, 0)
GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (4711),Final Score
,,,,,Manual Posting,
    Points Possible,,,,,10.0,(read only)
"Lovelace, Ada",71,S1,ada@example.org,Section A,,
"Builder, Bob",72,S2,bob,Section A,,
"Müller-Lüdenscheidt, Cy",73,S3,cy@example.org,"Section A and Section B",,
"Student, Test",99,,6b86b273ff34fce19d6b804eff5a3f57,Section A,,
"""
WORKSHEET = """\
Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,Last modified (submission),\
Last modified (grade),Feedback comments
Participant 501,Ada Lovelace,ada@example.org,Submitted for grading,,10.00,Yes,"Tuesday, 3 March 2026, 11:05 PM",-,
Participant 502,Bob Builder,bob@example.org,Submitted for grading - 1 hour late,2.00,10.00,Yes,\
"Wednesday, 4 March 2026, 1:05 AM","Monday, 2 March 2026, 9:00 AM","Seen, ""twice"", done"
Participant 503,Cy Müller-Lüdenscheidt,cy@example.org,No submission,,10.00,Yes,-,-,
"""


MOODLE_FILES = [f"{name}_assignsubmission_file/hw.ipynb" for name in ("Ada Lovelace_501", "Bob Builder_502")]
TIMES = "Identifier,Last modified (submission)\nParticipant 5,"


def run(course, *arguments):
    done = CliRunner().invoke(app, [*map(str, arguments), "--course", str(course.root)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, re.sub(r"\s+", " ", done.output)


def write(path, text):
    path.write_text(text, encoding="utf-8", newline="")
    return path


def zipped(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def enrolled(course):
    with Gradebook(course.gradebook_url) as book:
        return {
            each.id: (each.first_name, each.last_name, each.email, each.lms_user_id)
            for each in sorted(book.students, key=lambda each: each.id)
        }


def submitted(course):
    root = course.root / "submitted"
    return {path.relative_to(root).as_posix(): path.read_text() for path in sorted(root.rglob("*")) if path.is_file()}


def people(text, tmp_path, platform=None):
    export = exports.read(write(tmp_path / "list.csv", text))
    return exports.people(export, platform or exports.platform_of(export))


@pytest.fixture
def canvas(course, tmp_path):
    assert run(course, "roster", write(tmp_path / "gradebook.csv", GRADEBOOK))[0] == 0
    return course


@pytest.fixture
def moodle(course, tmp_path):
    assert run(course, "roster", write(tmp_path / "worksheet.csv", WORKSHEET))[0] == 0
    return course


# --------------------------------------------------------------------------------------------------------- the roster


def test_a_roster_from_canvas(canvas):
    assert enrolled(canvas) == {
        "ada": ("Ada", "Lovelace", "ada@example.org", "71"),
        "bob": ("Bob", "Builder", None, "72"),
        "cy": ("Cy", "Müller-Lüdenscheidt", "cy@example.org", "73"),
    }


def test_a_roster_from_moodle_does_not_hold_the_participant(moodle):
    assert enrolled(moodle) == {
        "ada": ("Ada", "Lovelace", "ada@example.org", None),
        "bob": ("Bob", "Builder", "bob@example.org", None),
        "cy": ("Cy", "Müller-Lüdenscheidt", "cy@example.org", None),
    }


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("First name,Surname,ID number,Email address,Groups", "Ada,King Lovelace,S1,Ada@example.org,"),
        ("First name;Last name;ID number;Email address", "Ada;King Lovelace;S1;Ada@example.org"),
        ("LastName,FirstName,ID,SIS Login ID,Section", "King Lovelace,Ada,S1,Ada@example.org,A"),
        ("id\tfirst_name\tlast_name\temail\tlms_user_id", "ada\tAda\tKing Lovelace\tAda@example.org\tS1"),
    ],
)
def test_other_lists(tmp_path, head, row):
    (ada,) = people(f"\ufeff{head}\r\n{row}\r\n", tmp_path)
    assert (ada.student.lower(), ada.name, ada.email, ada.lms_id) == (
        "ada",
        "Ada King Lovelace",
        "Ada@example.org",
        "S1",
    )


@pytest.mark.parametrize("text", [GRADEBOOK, WORKSHEET])
def test_the_same_list_again_changes_nothing(course, tmp_path, text):
    path = write(tmp_path / "list.csv", text)
    assert json.loads(run(course, "roster", path, "--json")[1]) == {
        "new": ["ada", "bob", "cy"],
        "changed": [],
        "unchanged": [],
        "gone": [],
    }
    before = enrolled(course)
    assert "0 new, 0 changed, 3 as before" in run(course, "roster", path)[1]
    assert enrolled(course) == before


def test_who_left_is_said_and_stays(canvas, tmp_path):
    shorter = GRADEBOOK.replace('"Builder, Bob",72,S2,bob,Section A,,\n', "")
    status, output = run(canvas, "roster", write(tmp_path / "shorter.csv", shorter))
    assert (status, "not in the list: bob" in output) == (0, True)
    assert "bob" in enrolled(canvas)


def test_who_is_known_by_number_or_address_keeps_the_id(canvas, tmp_path):
    married = GRADEBOOK.replace('"Builder, Bob",72,S2,bob', '"Lovelace, Bob",72,S2,bob.lovelace')
    assert "1 changed" in run(canvas, "roster", write(tmp_path / "married.csv", married))[1]
    assert enrolled(canvas)["bob"] == ("Bob", "Lovelace", None, "72")
    users = "Username,First name,Last name,Email address\nu17,Ada,Lovelace,ADA@example.org\n"
    run(canvas, "roster", write(tmp_path / "users.csv", users))
    assert enrolled(canvas)["ada"] == ("Ada", "Lovelace", "ADA@example.org", "71")
    assert "u17" not in enrolled(canvas)


def test_two_people_with_one_id_are_not_made_one(canvas, tmp_path):
    before = enrolled(canvas)
    other = GRADEBOOK.replace('"Builder, Bob",72', '"Baker, Bob",88')
    status, output = run(canvas, "roster", write(tmp_path / "other.csv", other))
    assert (status, "bob has the number 72 in the gradebook; Bob Baker has 88" in output) == (2, True)
    assert enrolled(canvas) == before
    for number, login in ((88, "bob@example.org"), (71, "BOB@example.org")):
        run(canvas, "roster", write(tmp_path / "mail.csv", "id,email\nbob,bob@example.org\n"))
        other = f'Student,ID,SIS Login ID\n"Baker, Bo",{number},{login}\n'
        status, output = run(canvas, "roster", write(tmp_path / "other.csv", other))
        assert (status, "say so with --format plain" in output) == (2, True), "an address that was somebody else's"
        assert enrolled(canvas)["bob"] == ("Bob", "Builder", "bob@example.org", "72")
    plain = "id,first_name,last_name,lms_user_id\nbob,Bob,Baker,88\n"
    assert run(canvas, "roster", write(tmp_path / "plain.csv", plain), "--format", "plain")[0] == 0
    assert enrolled(canvas)["bob"] == ("Bob", "Baker", "bob@example.org", "88")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("Student,ID,SIS Login ID\n", "is empty"),
        ("Student,ID,SIS Login ID\n    Points Possible,,\n", "has no students"),
        ("Name,Matriculation\nAda,1\n", "expected of Moodle .*; of Canvas .*found Name, Matriculation"),
        ("Vollständiger Name,E-Mail-Adresse\nAda,a@b\n", "switch yours to English"),
        ("Student,ID,Section\n'Lovelace, Ada',7,A\n", "row 2: 4 cells, but only 3 columns"),
        ("Student,ID,Section\nAda,7,A\n", "expected the columns Student, ID and SIS Login ID"),
        ("Full name,Status\nAda,x\n", "expected the columns Email address or Username"),
        ("Full name,Email address\nAda L,ada@a.org\nAda M,ada@b.org\n", "Ada M and Ada L have the same id ada"),
        ("id\nada\nADA\n", "have the same id"),
        ("id\n../bob\n", "'../bob' cannot be the id"),
        ("Full name,Email address\nAda L,\n", "'' cannot be the id of Ada L"),
        ("PK\x03\x04", "no CSV file but a spreadsheet"),
    ],
)
def test_bad_lists(tmp_path, text, message):
    with pytest.raises(CourseError, match=message):
        people(text, tmp_path)


def test_files_that_are_none(tmp_path):
    with pytest.raises(CourseError, match="cannot be read"):
        exports.read(tmp_path)
    (tmp_path / "latin.csv").write_bytes("id,first_name\nx,Müller\n".encode("latin-1"))
    with pytest.raises(CourseError, match="not in UTF-8"):
        exports.read(tmp_path / "latin.csv")


# ---------------------------------------------------------------------------------------------------- the submissions


def collect(course, tmp_path, files, *worksheets, **options):
    archive = zipped(tmp_path / "download.zip", files)
    return taken(course, archive, *worksheets, **options)


def taken(course, archive, *worksheets, **options):
    platform = zip_collect.platform_of(archive)
    done = zip_collect.collect(course, "hw", archive, list(worksheets), platform=platform, **options)
    return {each.who: each for each in done}


@pytest.mark.parametrize("form", ["{}/{}", "{}_/{}", "{}_{}"])
def test_from_moodle_with_times(moodle, tmp_path, form):
    """As folders, as versions before 4 wrote them, and as single files."""
    files = {
        form.format("Ada Lovelace_501_assignsubmission_file", "hw.ipynb"): "ada's",
        form.format("Bob Builder_502_assignsubmission_file", "hw.ipynb"): "bob's",
        "Bob Builder_502_assignsubmission_onlinetext/onlinetext.html": "<p>",
    }
    done = collect(moodle, tmp_path, files, tmp_path / "worksheet.csv", zone=BERLIN)
    assert {who: each.status for who, each in done.items()} == {"ada": "new", "bob": "new"}
    assert submitted(moodle) == {
        "ada/hw/hw.ipynb": "ada's",
        "ada/hw/timestamp.txt": "2026-03-03 22:05:00",
        "bob/hw/hw.ipynb": "bob's",
        "bob/hw/timestamp.txt": "2026-03-04 00:05:00",
    }
    assert done["bob"].remark == "not taken: onlinetext.html"


def test_from_moodle_by_name(moodle, tmp_path):
    with Gradebook(moodle.gradebook_url) as book:
        book.add_student("bob2", first_name="Bob", last_name="Builder")
    names = {"ADA  lovelace": 11, "Bob Builder": 12, "Zoe": 13}
    files = {f"{name}_{number}_assignsubmission_file/hw.ipynb": name for name, number in names.items()}
    done = collect(moodle, tmp_path, files)
    assert {who: (each.status, each.remark) for who, each in done.items()} == {
        "ada": ("new", ""),
        "Bob Builder": ("left out", "several on the roster have this name"),
        "Zoe": ("left out", "nobody on the roster is this student"),
    }
    assert submitted(moodle) == {"ada/hw/hw.ipynb": "ADA  lovelace"}


def test_another_assignments_worksheet_is_noticed(moodle, tmp_path):
    files = {"Ada Lovelace_900_assignsubmission_file/hw.ipynb": "x"}
    done = collect(moodle, tmp_path, files, tmp_path / "worksheet.csv")
    assert "participant 900 is not in the worksheet" in done["Ada Lovelace"].remark


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("Tuesday, 3 March 2026, 11:05 PM", "2026-03-03 22:05"),
        ("Tuesday, March 3, 2026, 11:05\u202fPM", "2026-03-03 22:05"),
        ("Sunday, 5 July 2026, 23:05", "2026-07-05 21:05"),
    ],
)
def test_times_of_moodle(tmp_path, text, utc):
    sheet = exports.read(write(tmp_path / "w.csv", f'{TIMES}"{text}"\n'))
    assert exports.moodle_times(sheet, BERLIN) == {"5": datetime.fromisoformat(utc)}


def test_what_is_no_time(tmp_path):
    for text in ("3.3.2026 23:05", "03/04/26, 11:05", "Dienstag, 3. März 2026, 23:05"):
        sheet = exports.read(write(tmp_path / "w.csv", f'{TIMES}"{text}"\n'))
        with pytest.raises(CourseError, match="is no time as Moodle writes it"):
            exports.moodle_times(sheet, BERLIN)


CANVAS_FILES = {
    "lovelaceada_71_9001_hw.ipynb": "ada's first",
    "lovelaceada_71_9010_hw-1.ipynb": "ada's second",
    "lovelaceada_71_9002_notes.pdf": "%PDF",
    "builderbob_LATE_72_9003_hw-2.ipynb": "bob's",
    "müllerlüdenscheidtcy_73_9004_work.zip": "PK",
    "doejane_74_9005_hw.ipynb": "jane's",
}


def test_from_canvas(canvas, tmp_path):
    done = collect(canvas, tmp_path, CANVAS_FILES)
    assert {who: (each.status, each.remark, each.late) for who, each in done.items()} == {
        "ada": ("new", "not taken: notes.pdf", False),
        "bob": ("new", "", True),
        "cy": ("left out", "no notebook, but work.zip", False),
        "doejane_74_9005_hw.ipynb": ("left out", "nobody on the roster has the number 74", False),
    }
    assert submitted(canvas) == {"ada/hw/hw.ipynb": "ada's second", "bob/hw/hw.ipynb": "bob's"}


def canvas_times(tmp_path, **times):
    entries = [{"user_id": int(number[1:]), "submitted_at": time, "late": False} for number, time in times.items()]
    return write(tmp_path / "submissions.json", "while(1);" + json.dumps(entries))


def test_from_canvas_with_times(canvas, tmp_path):
    times = canvas_times(tmp_path, _71="2026-03-03T22:05:09Z", _72="2026-03-04T01:05:00+01:00", _73=None)
    done = collect(canvas, tmp_path, CANVAS_FILES, times)
    assert done["ada"].submitted == datetime(2026, 3, 3, 22, 5, 9)
    assert submitted(canvas)["bob/hw/timestamp.txt"] == "2026-03-04 00:05:00"


@pytest.mark.parametrize(
    "text",
    ["", "[1]", '{"errors": 1}', '[{"user_id": 1}]', '[{"user_id": 1, "submitted_at": "now"}]', "[" * 9999],
    ids=["empty", "numbers", "refused", "untimed", "no time", "deep"],
)
def test_no_times_of_canvas(tmp_path, text):
    with pytest.raises(CourseError, match="is not what Canvas shows"):
        exports.canvas_times(write(tmp_path / "x.json", text))


def test_nobody_hands_in_for_another_by_a_name_with_numbers(canvas, tmp_path):
    """Cy is called "Cy_71" now: the archive's name also reads as something of Ada's."""
    done = collect(canvas, tmp_path, {"cy_71_73_9004_hw.ipynb": "cy's"})
    assert [each.status for each in done.values()] == ["left out"]
    done = collect(canvas, tmp_path, {"müllerlüdenscheidtcy_73_9004_hw_72_5_x.ipynb": "cy's"})
    assert {who: each.status for who, each in done.items()} == {"cy": "new"}
    (stranger,) = collect(canvas, tmp_path, {"mallory_99_9999_x_71_9998_hw.ipynb": "not ada's"}).values()
    assert (stranger.status, "put the file there yourself" in stranger.remark) == ("left out", True)
    assert "ada/hw/hw.ipynb" not in submitted(canvas)


def test_notebooks_that_the_release_calls_so_keep_their_numbers(canvas, tmp_path):
    shutil.copy(canvas.source("hw") / "hw.ipynb", canvas.source("hw") / "part-2.ipynb")
    files = {"1_part-2.ipynb": "2", "2_part-2-1.ipynb": "2 again", "3_hw.ipynb": "1", "4_other-1.ipynb": "o"}
    collect(canvas, tmp_path, {f"a_71_{name}": text for name, text in files.items()})
    assert submitted(canvas) == {
        "ada/hw/hw.ipynb": "1",
        "ada/hw/part-2.ipynb": "2 again",
        "ada/hw/other-1.ipynb": "o",
    }


def test_two_files_of_one_name_are_not_guessed(moodle, tmp_path):
    folder = "Ada Lovelace_501_assignsubmission_file"
    done = collect(moodle, tmp_path, {f"{folder}/a/hw.ipynb": "1", f"{folder}/b/hw.ipynb": "2"})
    assert done["ada"].remark == "two files hw.ipynb: a/hw.ipynb and b/hw.ipynb"
    assert submitted(moodle) == {}


def test_one_person_twice_is_not_guessed(moodle, tmp_path):
    files = {f"Ada Lovelace_{number}_assignsubmission_file/hw.ipynb": number for number in ("501", "777")}
    done = collect(moodle, tmp_path, files)
    assert done["ada"].remark == "in the download more than once"
    assert submitted(moodle) == {}


def test_again_changes_nothing(canvas, tmp_path):
    times = canvas_times(tmp_path, _71="2026-03-03T22:05:09Z")
    collect(canvas, tmp_path, CANVAS_FILES, times)
    paths = sorted((canvas.root / "submitted").rglob("*"))
    before = [path.stat().st_mtime_ns for path in paths]
    for worksheets in ([times], []):
        done = collect(canvas, tmp_path, CANVAS_FILES, *worksheets)
        assert (done["ada"].status, done["bob"].status) == ("unchanged", "unchanged")
    assert [path.stat().st_mtime_ns for path in paths] == before


def test_newer_replaces_older_never_the_other_way(canvas, tmp_path):
    def hand_in(text, time=None, **options):
        worksheets = [canvas_times(tmp_path, _71=time)] if time else []
        return collect(canvas, tmp_path, {"a_71_1_hw.ipynb": text}, *worksheets, **options)["ada"].status

    def lies():
        return submitted(canvas)["ada/hw/hw.ipynb"], submitted(canvas).get("ada/hw/timestamp.txt")

    assert hand_in("first") == "new"
    assert hand_in("first", "2026-03-01T10:00:00Z") == "replaced"
    assert lies() == ("first", "2026-03-01 10:00:00")
    assert hand_in("second", "2026-03-02T10:00:00Z") == "replaced"
    assert hand_in("first", "2026-03-01T10:00:00Z") == "older"
    assert hand_in("first") == "left out"
    assert hand_in("other", "2026-03-02T10:00:00Z") == "left out"
    assert lies() == ("second", "2026-03-02 10:00:00")
    assert hand_in("third", force=True) == "replaced"
    assert lies() == ("third", None)


def test_a_directory_that_is_a_link_is_left(canvas, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (canvas.root / "submitted" / "ada").mkdir(parents=True)
    (canvas.root / "submitted" / "ada" / "hw").symlink_to(elsewhere)
    assert "is a link" in collect(canvas, tmp_path, CANVAS_FILES)["ada"].remark
    assert list(elsewhere.iterdir()) == []


# ------------------------------------------------------------------------------------------------- hostile downloads


@pytest.mark.parametrize(
    "name",
    [
        "../x_71_1_hw.ipynb",
        "x_71_1_/../../hw.ipynb",
        "/tmp/x_71_1_hw.ipynb",
        "..\\x_71_1_hw.ipynb",
        "C:/x_71_1_hw.ipynb",
        "x_71_1_h\nw.ipynb",
    ],
)
def test_no_file_goes_elsewhere(canvas, tmp_path, name):
    with pytest.raises(CourseError, match="would be written elsewhere"):
        collect(canvas, tmp_path, CANVAS_FILES | {name: "x"})
    assert submitted(canvas) == {}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO])
def test_no_link(canvas, tmp_path, kind):
    link = zipfile.ZipInfo("a_71_1_hw.ipynb")
    link.create_system, link.external_attr = 3, (kind | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(CourseError, match="is a link or no file at all"):
        taken(canvas, tmp_path / "x.zip")


def test_one_giant_costs_only_its_own_submission(canvas, tmp_path, monkeypatch):
    monkeypatch.setattr(downloads, "LARGEST_NOTEBOOK", 2**20)
    done = collect(canvas, tmp_path, CANVAS_FILES | {"lovelaceada_71_9999_hw.ipynb": b" " * (2**20 + 1)})
    assert done["ada"].remark == "hw.ipynb is too large: 1 MiB are the most"
    assert set(submitted(canvas)) == {"bob/hw/hw.ipynb"}


def test_a_bomb_is_refused_before_it_is_unpacked(canvas, tmp_path, monkeypatch):
    monkeypatch.setattr(downloads, "LARGEST_DOWNLOAD", 2**20)
    with pytest.raises(CourseError, match="it would unpack to 2 MiB"):
        collect(canvas, tmp_path, CANVAS_FILES | {"x_71_9_hw.ipynb": b" " * 2**21})
    monkeypatch.setattr(downloads, "MOST_ENTRIES", 2)
    with pytest.raises(CourseError, match="has 6 files: 2 are the most"):
        collect(canvas, tmp_path, CANVAS_FILES)


def test_a_size_that_lies_unpacks_no_more(canvas, tmp_path):
    """The archive says 5 bytes where there are 2 MiB: what is behind them is not read, and the sum does not fit."""
    archive = zipped(tmp_path / "x.zip", {"a_71_1_hw.ipynb": b" " * 2**21})
    data = archive.read_bytes()
    archive.write_bytes(data.replace((2**21).to_bytes(4, "little"), (5).to_bytes(4, "little")))
    ada = taken(canvas, archive)["ada"]
    assert (ada.status, "cannot be unpacked" in ada.remark) == ("left out", True)


def test_damage_costs_only_its_own_submission(canvas, tmp_path):
    archive = zipped(tmp_path / "x.zip", {"a_71_1_hw.ipynb": b"a" * 50, "b_72_2_hw.ipynb": "b"})
    data = bytearray(archive.read_bytes())
    data[data.index(b"hw.ipynb") + 8] ^= 0xFF
    archive.write_bytes(data)
    done = taken(canvas, archive)
    assert "cannot be unpacked" in done["ada"].remark
    assert done["bob"].status == "new"


def test_archives_in_the_archive_stay_packed(canvas, tmp_path):
    inner = zipped(tmp_path / "inner.zip", {"../../escaped.ipynb": "x"}).read_bytes()
    done = collect(canvas, tmp_path, {"a_71_1_hw.zip": inner, "a_71_2_hw.ipynb": "x"})
    assert done["ada"].remark == "not taken: hw.zip"
    assert set(submitted(canvas)) == {"ada/hw/hw.ipynb"}


def test_nobody_brings_a_time_or_another_name_along(moodle, tmp_path):
    """Where a course lets text files in, none of them is taken for the time, or for somebody else's."""
    with (moodle.root / "nbgrader_config.py").open("a") as file:
        file.write('c.FileNameCollectorPlugin.valid_ext = [".ipynb", ".txt"]\n')
    folder = "Ada Lovelace_501_assignsubmission_file"
    files = {"hw.ipynb": "x", "timestamp.txt": "1999-01-01", "staged/bob/undated/hw.txt": "y", "data/a.txt": "z"}
    done = collect(Course.find(moodle.root), tmp_path, {f"{folder}/{name}": text for name, text in files.items()})
    assert done["ada"].remark == "not taken: timestamp.txt"
    assert set(submitted(moodle)) == {f"ada/hw/{name}" for name in files.keys() - {"timestamp.txt"}}


@pytest.mark.parametrize(
    ("files", "message"),
    [({}, "it is empty"), ({"hw.ipynb": "x"}, "'hw.ipynb' names no student"), (None, "is no ZIP archive")],
)
def test_what_is_no_download(canvas, tmp_path, files, message):
    archive = zipped(tmp_path / "x.zip", files) if files is not None else write(tmp_path / "x.zip", "<html>")
    status, output = run(canvas, "collect", "hw", archive)
    assert (status, message in output) == (2, True), output


def test_what_is_missing_is_said(course, tmp_path):
    archive = zipped(tmp_path / "x.zip", CANVAS_FILES)
    status, output = run(course, "collect", "hw", archive)
    assert (status, "course roster FILE.csv" in output) == (2, True)
    assert run(course, "collect", "hv", archive)[0] == 2
    assert run(course, "collect", "hw", tmp_path / "none.zip")[0] == 2
    assert "no time zone 'Berlin'" in run(course, "collect", "hw", archive, "--timezone", "Berlin")[1]


def test_what_the_command_says(canvas, tmp_path):
    archive = zipped(tmp_path / "x.zip", CANVAS_FILES)
    status, output = run(canvas, "collect", "hw", archive)
    assert status == 1
    assert "2 left out, 2 new" in output
    assert "nobody says when, so no penalty: bob" in output
    assert zip_collect.zone_of(canvas, None) is None
    canvas.config.Exchange.timezone = "Europe/Berlin"
    assert zip_collect.zone_of(canvas, None) == BERLIN


# ------------------------------------------------------------------------------------------------------ a round trip


def moodle_imports(text, participants, most, modified):
    """What Moodle would set: participants by number, and skipping as importgradeslib.php and locallib.php do."""
    head, *rows = csv.reader(io.StringIO(text))
    number, grade, changed = (head.index(name) for name in ("Identifier", "Grade", "Last modified (grade)"))
    found = {}
    for row in rows:
        who = row[number][len("Participant ") :]
        known = row[changed] != "-"
        if who not in participants or row[grade] == "" or (who in modified and not known):
            continue
        if 0 <= float(row[grade]) <= most:
            found[participants[who]] = float(row[grade])
    return found


def canvas_imports(text, students, titles):
    """What Canvas would set, as gradebook_importer.rb reads it."""
    head, *rows = csv.reader(io.StringIO(text))
    assert len(head) > 3
    assert ("Student" in head[0], "ID" in head[1], "Section" in head[2]) == (True, True, True)
    found = {}
    for row in rows:
        if "Points Possible" not in row[0] and any(row):
            grades = {title: float(cell) for title, cell in zip(head[3:], row[3:], strict=True) if cell.strip()}
            assert set(grades) <= titles
            found[students[int(row[1])]] = grades
    return found


@pytest.fixture
def graded(built, engine, tmp_path, tiny_session):
    """Ada has everything right, Bob one thing wrong and an hour late, so that he gets nothing; Cy hands in nothing."""

    def grade(text, names, worksheet):
        with (built.root / "nbgrader_config.py").open("a") as file:
            file.write('c.LateSubmissionPlugin.penalty_method = "zero"\nc.Exchange.timezone = "Europe/Berlin"\n')
        course = Course.find(built.root)
        with Gradebook(course.gradebook_url) as book:
            book.update_or_create_assignment("hw", duedate=DUE)
        assert run(course, "roster", write(tmp_path / "list.csv", text))[0] == 0
        released = nbk.read(course.release("hw") / "hw.ipynb")
        wrong = {"double": "def double(x):\n    return x\n"}
        notebooks = [tiny_session.answers(released, **(tiny_session.right | each)) for each in ({}, wrong)]
        texts = [nbformat.writes(each) for each in notebooks]
        archive = zipped(tmp_path / "download.zip", dict(zip(names, texts, strict=True)))
        status, output = run(course, "collect", "hw", archive, "--worksheet", worksheet)
        assert (status, "time zone Europe/Berlin" in output) == (0, "501" in names[0])
        tiny_session.run_session(course, engine, ["ada", "bob", "cy"])
        return course

    return grade


def test_there_and_back_with_moodle(graded, tmp_path):
    worksheet = write(tmp_path / "worksheet.csv", WORKSHEET)
    course = graded(WORKSHEET, MOODLE_FILES, worksheet)
    found = {each.student: each for each in standings(course, "hw").students}
    assert (found["ada"].score, found["bob"].score, found["bob"].late_penalty) == (6, 0, 4)
    out = tmp_path / "grades.csv"
    assert run(course, "report", "hw", "--csv", out, "--format", "moodle", "--worksheet", worksheet)[0] == 0
    text = out.read_text(encoding="utf-8")
    participants = {"501": "ada", "502": "bob", "503": "cy"}
    assert moodle_imports(text, participants, 10, modified={"502"}) == {"ada": 6, "bob": 0}
    before, after = (list(csv.reader(io.StringIO(each))) for each in (WORKSHEET, text))
    assert [row[:4] + row[5:] for row in after] == [row[:4] + row[5:] for row in before]
    assert after[3] == before[3]


def test_there_and_back_with_canvas(graded, tmp_path):
    times = canvas_times(tmp_path, _71="2026-03-03T22:05:00Z", _72="2026-03-04T00:05:00Z")
    course = graded(GRADEBOOK, ["lovelaceada_71_1_hw.ipynb", "builderbob_LATE_72_2_hw-1.ipynb"], times)
    with Gradebook(course.gradebook_url) as book:
        book.add_student("auditor")
    out = tmp_path / "grades.csv"
    assert run(course, "report", "hw", "--csv", out, "--format", "canvas")[0] == 0
    students = {71: "ada", 72: "bob", 73: "cy"}
    text = out.read_text(encoding="utf-8")
    assert canvas_imports(text, students, {"hw"}) == {"ada": {"hw": 6}, "bob": {"hw": 0}, "cy": {}}


def test_moodle_gets_its_worksheet_or_nothing(graded, tmp_path):
    worksheet = write(tmp_path / "worksheet.csv", WORKSHEET)
    course = graded(WORKSHEET, MOODLE_FILES, worksheet)
    out = tmp_path / "grades.csv"

    def report(text=None, *more):
        given = ["--worksheet", write(tmp_path / "other.csv", text)] if text else []
        return run(course, "report", "hw", "--csv", out, "--format", "moodle", *given, *more)

    assert "Download grading worksheet" in report()[1]
    other = WORKSHEET.replace("10.00", "100.00")
    assert "out of 10, in Moodle out of 100. Set the maximum grade there to 10" in report(other)[1]
    assert "expected the columns Identifier, Grade" in report(GRADEBOOK)[1]
    assert "Moodle only" in report(WORKSHEET, "--format", "canvas")[1]
    with pytest.raises(CourseError, match="one assignment at a time"):
        sheets.moodle([standings(course, "hw")] * 2, exports.read(worksheet))
    assert not out.exists()
    shorter = WORKSHEET.replace("Participant 501,Ada Lovelace,ada@example.org", "Participant 501,Eve,eve@example.org")
    status, output = report(shorter)
    assert (status, "Graded, but not in the worksheet: ada" in output) == (0, True)
    assert "Eve" in out.read_text()


def test_a_grade_above_moodles_maximum_is_said(graded, tmp_path):
    worksheet = write(tmp_path / "worksheet.csv", WORKSHEET)
    course = graded(WORKSHEET, MOODLE_FILES, worksheet)
    with Gradebook(course.gradebook_url) as book:
        book.find_grade("why", "hw", "hw", "ada").extra_credit = 5
        book.db.commit()
    with pytest.raises(CourseError, match="Moodle drops grades above 10, such as of ada"):
        sheets.moodle([standings(course, "hw")], exports.read(worksheet))


def test_what_macos_puts_beside_the_files_is_not_taken(tmp_path):
    real = MOODLE_FILES[0]
    names = [real, f"__MACOSX/{real}", real.replace("hw.", "._hw."), "lovelaceada_71_9_._hw.ipynb"]
    with zipfile.ZipFile(zipped(tmp_path / "a.zip", dict.fromkeys(names, "{}"))) as archive:
        assert [entry.filename for entry in downloads.entries(archive)] == [real]
