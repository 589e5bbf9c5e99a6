"""pandas between the two processes: by value both ways, refused where malformed, and said where it cannot be sent."""

from __future__ import annotations

import json
import struct
import sys

import numpy as np
import pandas as pd
import pytest

from course_lib.grading import frames, wire
from course_lib.grading.changes import contents, overwrite, portable, same_contents
from tests.grading.test_engine import outcomes, prepared


def refer(encoder, value):
    if (node := frames.node(encoder, value)) is None:
        raise wire.WireError("no references here")
    return node


def read(node, *buffers):
    decoder = wire.Decoder(
        memoryview(b"".join(buffers)),
        [len(each) for each in buffers],
        lambda decoder, node: frames.value(decoder, node, trusting=False),
    )
    return decoder.value(node)


def through(value):
    """A value after it was written, turned into JSON and read again."""
    encoder = wire.Encoder(refer)
    return read(json.loads(json.dumps(encoder.node(value))), *encoder.buffers)


DAYS = pd.date_range("2024-02-28", periods=3)
COLUMNS = {
    "integers": pd.Series([1, -2, 3], dtype="int8"),
    "numbers": pd.Series([0.5, np.nan, -np.inf], dtype="float32"),
    "complex": pd.Series([1j, 2, 3]),
    "booleans": pd.Series([True, False, True]),
    "text": pd.Series(["a", "ß", None]),
    "strings": pd.Series(["a", None], dtype="string"),
    "missing integers": pd.Series([1, None, 2**60], dtype="Int64"),
    "missing booleans": pd.Series([True, None], dtype="boolean"),
    "objects": pd.Series([1, "two", None, [3]], dtype=object),
    "text as objects": pd.Series(["a", "b"], dtype=object),
    "times": pd.Series(DAYS),
    "spans": pd.Series(DAYS - DAYS[0]),
    "categories": pd.Series(["low", "high", None], dtype=pd.CategoricalDtype(["low", "high"], ordered=True)),
    "nothing": pd.Series([], dtype="int64"),
    "a name and an index": pd.Series([1, 2], index=["x", "x"], name=("a", 1)),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_come_through(name):
    column = COLUMNS[name]
    pd.testing.assert_series_equal(through(column), column)
    pd.testing.assert_frame_equal(
        through(pd.DataFrame({"a": column, 2: column})), pd.DataFrame({"a": column, 2: column})
    )
    if name != "objects":  # labels must be hashable
        pd.testing.assert_index_equal(through(pd.Index(column)), pd.Index(column), exact=True)


FRAMES = {
    "labels that are the same": pd.DataFrame([[1, 2.5], [3, 4.5]], columns=["a", "a"]),
    "columns without rows": pd.DataFrame({"a": [], "b": []}),
    "rows without columns": pd.DataFrame(index=range(3)),
    "days": pd.DataFrame({"a": [1, 2, 3]}, index=DAYS.rename("day")),
    "groups": pd.DataFrame({"a": [1, 1, 2], "b": [3, 4, 5], "c": [6, 7, 8]}).groupby(["a", "b"]).agg(["min", "max"]),
    "columns with a name": pd.DataFrame({"a": [1]}).rename_axis(columns="letters"),
}


@pytest.mark.parametrize("name", FRAMES)
def test_frames_come_through(name):
    pd.testing.assert_frame_equal(through(FRAMES[name]), FRAMES[name])


@pytest.mark.parametrize(
    "index", [pd.RangeIndex(9, 1, -2, name="n"), DAYS, pd.CategoricalIndex(["a", "b", "a"]), FRAMES["groups"].index]
)
def test_indexes_come_through(index):
    pd.testing.assert_index_equal(through(index), index, exact=True)
    assert getattr(through(index), "freq", None) == getattr(index, "freq", None)


@pytest.mark.parametrize("value", [pd.Timestamp("2024-02-29 12:00"), pd.Timedelta("3h"), pd.NaT, pd.NA], ids=repr)
def test_single_values_come_through(value):
    (out,) = through([value])
    assert out is value or (type(out) is type(value) and out == value)


def test_a_frame_in_two_places_is_one_again():
    frame = pd.DataFrame({"a": [1]})
    first, items, second = through([frame, [1], frame])
    assert first is second
    assert items == [1]


class Subclass(pd.DataFrame):
    pass


@pytest.mark.parametrize(
    "value",
    [
        DAYS.tz_localize("UTC"),
        pd.Series(pd.interval_range(0, 2)),
        pd.DataFrame({"a": [1], "b": pd.arrays.SparseArray([0])}),
        Subclass({"a": [1]}),
        pd.RangeIndex(10**10),
        pd.DataFrame(np.zeros((1, frames.MOST_COLUMNS + 1))),
    ],
    ids=["a time zone", "intervals", "sparse", "a class of its own", "too many rows", "too many columns"],
)
def test_other_kinds_do_not_go_by_value(value):
    assert frames.node(wire.Encoder(refer), value) is None


def test_changes_in_place_are_seen_and_made():
    for change in (
        lambda x: x.__setitem__("b", [5, 6]),
        lambda x: x.pop("a"),
        lambda x: x.loc.__setitem__(7, 9),
        lambda x: setattr(x.index, "name", "rows"),
        lambda x: setattr(x, "columns", [1]),
    ):
        mine, theirs = (pd.DataFrame({"a": [1, 2]}) for _ in range(2))
        before = contents(theirs)
        assert same_contents(before, contents(theirs))
        change(theirs)
        assert not same_contents(before, contents(theirs))
        overwrite(mine, through(portable(theirs)))
        pd.testing.assert_frame_equal(mine, theirs)
    with pytest.raises(wire.WireError, match="does not pass"):
        overwrite(mine, 3)


# ------------------------------------------------------------------------------------------------ forged messages

INTEGERS = ["numbers", "<i8", 0]
TWO, ROWS = struct.pack("<qq", 1, 2), ["range index", 0, 2, 1, None]
NAMED = ["index", ["objects", ["a"]], None, None]
BAD = {
    "a column longer than its index": ["series", ["range index", 0, 1, 1, None], None, INTEGERS],
    "columns of two lengths": [
        "frame",
        ROWS,
        ["index", ["objects", ["a", "b"]], None, None],
        [INTEGERS, ["objects", []]],
    ],
    "more labels than columns": ["frame", ROWS, ["index", ["objects", ["a", "b"]], None, None], [INTEGERS]],
    "a buffer read twice": ["frame", ROWS, ["index", ["objects", ["a", "b"]], None, None], [INTEGERS, INTEGERS]],
    "bytes that are no numbers": ["series", ROWS, None, ["numbers", "<i4,<i4", 0]],
    "pointers": ["series", ROWS, None, ["numbers", "|O", 0]],
    "text as bytes": ["series", ROWS, None, ["numbers", "<U2", 0]],
    "bytes that are not there": ["series", ROWS, None, ["numbers", "<f8", 7]],
    "a unit that pandas does not have": ["series", ROWS, None, ["numbers", "<M8[Y]", 0]],
    "a column that is none": ["series", ROWS, None, ["eval", "1"]],
    "a column that is a number": ["series", ROWS, None, 5],
    "a dtype of its own": ["series", ROWS, None, ["values", "category", [1, 2]]],
    "values that are none": ["series", ROWS, None, ["values", "str", [["ref", 1], {}]]],
    "integers too large": ["series", ROWS, None, ["values", "Int8", [300, 1]]],
    "codes without categories": ["series", ROWS, None, ["categories", "<i8", 0, NAMED, False]],
    "codes that are no integers": ["series", ROWS, None, ["categories", "<f8", 0, NAMED, False]],
    "categories twice": [
        "index",
        ["categories", "<i8", 0, ["index", ["objects", [1, 1, 1]], None, None], False],
        None,
        0,
    ],
    "labels that cannot be hashed": ["index", ["objects", [["list", []]]], None, None],
    "a name that cannot be hashed": ["series", ROWS, ["list", []], INTEGERS],
    "an index that is none": ["series", ["list", []], None, INTEGERS],
    "an index of a frame": ["series", ["frame", ROWS, NAMED, [INTEGERS]], None, INTEGERS],
    "rows without end": ["range index", 0, 10**12, 1, None],
    "rows without end beside nothing": [
        "frame",
        ["range index", 0, 10**12, 1, None],
        ["index", ["objects", []], None, 0],
        [],
    ],
    "no step": ["range index", 0, 2, 0, None],
    "places that are not there": ["multi index", [NAMED], [["<i8", 0]], ["a"]],
    "levels without places": ["multi index", [NAMED, NAMED], [["<i8", 0]], ["a", "b"]],
    "a rhythm that is none": ["index", ["numbers", "<M8[ns]", 0], "every day", None],
    "a moment that is text": ["moment", "Timestamp", "now"],
    "a moment of another kind": ["moment", "Period", ["scalar", "<M8[D]", 0]],
    "another missing": ["missing", "DataFrame"],
    "columns without end": ["frame", ROWS, NAMED, [["objects", [1, 2]]] * (frames.MOST_COLUMNS + 1)],
    "frames without end": ["list", [["range index", 0, 0, 1, None]] * (wire.MOST_NODES // frames.WEIGHT + 1)],
}


@pytest.mark.parametrize("case", BAD)
def test_malformed_frames_are_refused(case):
    with pytest.raises(wire.WireError):
        read(BAD[case], TWO)


def test_well_formed_frames_are_not_refused():
    """What the forged messages above are changed from."""
    pd.testing.assert_series_equal(read(["series", ROWS, None, INTEGERS], TWO), pd.Series([1, 2]))


def test_who_does_not_know_pandas_does_not_import_it(monkeypatch):
    monkeypatch.delitem(sys.modules, "pandas")
    assert frames.node(wire.Encoder(refer), 3) is None
    with pytest.raises(wire.WireError, match="does not know pandas"):
        read(["series", ROWS, None, INTEGERS], TWO)
    assert "pandas" not in sys.modules


# -------------------------------------------------------------------------------------------------- in two processes

SUBMISSION = """
import sys
import pandas as pd
def frame(): return pd.DataFrame({"a": [1, 2], "b": [3.0, 4.0]})
def same(x): return x
def kind(x): return type(x) is pd.DataFrame and x.dtypes.astype(str).tolist()
def add_(x): x["total"] = x.sum(axis=1)
def spoil_(x): x["t"] = pd.Timestamp("2024", tz="UTC")
def zone(): return pd.Series(pd.date_range("2024", periods=2, tz="UTC"))
def apply(f): return f(frame())
class Liar(pd.DataFrame):
    def equals(self, other): return True
    def __eq__(self, other): return frame() == frame()
    __ne__ = __lt__ = __le__ = __sub__ = __eq__
    @property
    def _constructor(self): return Liar
def lie(): return Liar({"a": [7, 7], "b": [7.0, 7.0]})
def patch(): pd.DataFrame.equals = pd.Series.equals = lambda *_: True
"""
PASSED = {
    "compared": "pd.testing.assert_frame_equal(frame(), expected)\nassert frame().equals(expected)",
    "of its class": "assert isinstance(frame(), pd.DataFrame) and type(frame()) is pd.DataFrame",
    "by element": "assert (frame()['a'] == [1, 2]).all() and (frame() == expected).all().all()",
    "given": "assert kind(expected) == ['int64', 'float64']",
    "there and back": "assert same(expected) is expected\nassert same(expected['a']).name == 'a'",
    "changed": "x = expected.copy()\nadd_(x)\nassert x['total'].tolist() == [4, 6]",
    "in a callback": "assert apply(lambda x: x['a'].sum()) == 3\napply(lambda x: add_(x))",
    "functions of pandas": "assert same(pd.concat) is not None and same(pd.DataFrame) is not None",
    "used where it is": "z = zone()\nassert len(z) == 2 and z.dt.year.tolist() == [2024, 2024]",
}
FAILED = {
    "a liar": "assert frame_of(lie).equals(expected)",
    "a liar by element": "assert (lie() == expected).all().all()",
    "a liar compared": "pd.testing.assert_frame_equal(lie(), expected)",
    "a patched pandas": "patch()\nassert frame().equals(expected + 1)",
}
SAID = {
    "its class": "x = 1\nassert isinstance(\n    zone(),\n    pd.Series,\n)",
    "compared": "z = zone()\npd.testing.assert_series_equal(z, pd.Series([1, 2]))",
    "equals": "def check(x):\n    assert x.equals(pd.Series([1, 2]))\ncheck(zone())",
}
NOT_SAID = {
    "another statement": "isinstance(zone(), pd.Series)\nassert 1 == 2",
    "a wrong number": "assert zone().dt.year.sum() == 3",
    "a wrong frame": "assert frame().equals(expected + 1)",
}
BEFORE = "import pandas as pd\nexpected = pd.DataFrame({'a': [1, 2], 'b': [3.0, 4.0]})\ndef frame_of(f): return f()"


@pytest.fixture(scope="module")
def reports(engine):
    """One on each test; those that the submission could spoil for others come last."""
    without = [("test", "assert frame()['a'].sum() == 3\nimport sys\nassert 'pandas' not in sys.modules")]
    tests = PASSED | {f"said: {name}": source for name, source in (SAID | NOT_SAID).items()} | FAILED
    cells = [("solution", SUBMISSION), *without, ("plain", BEFORE), *(("test", source) for source in tests.values())]
    made = engine.examine(prepared(*cells), 60)
    return {"without": made[1], **dict(zip(tests, made[3:], strict=True))}


@pytest.mark.parametrize("name", ["without", *PASSED])
def test_tests_of_frames_run_by_proxy(reports, name):
    assert (reports[name]["outcome"], reports[name]["message"]) == ("passed", "")


@pytest.mark.parametrize("name", SAID)
def test_it_is_said_when_a_frame_could_not_be_sent(reports, name):
    report = reports[f"said: {name}"]
    assert report["outcome"] != "passed"
    assert "Series that did not come by value" in report["by_proxy"]


@pytest.mark.parametrize("name", NOT_SAID)
def test_it_is_not_said_of_a_test_that_fails_otherwise(reports, name):
    assert reports[f"said: {name}"]["outcome"] == "failed"
    assert "by_proxy" not in reports[f"said: {name}"]


@pytest.mark.parametrize("name", FAILED)
def test_a_frame_that_equals_everything_gains_nothing(reports, name):
    assert reports[name]["outcome"] in ("failed", "error")


def test_a_frame_into_which_comes_what_cannot_be_sent_fails_its_test_alone(engine):
    cells = [
        ("solution", SUBMISSION),
        ("plain", BEFORE),
        ("test", "spoil_(expected)\nassert 't' in expected"),
        ("test", "assert frame().equals(expected)"),
    ]
    *_, spoilt, after = engine.examine(prepared(*cells), 60)
    assert "what does not pass" in spoilt["message"]
    assert after["outcome"] == "passed"
    assert outcomes([spoilt, after]) == ["crashed", "passed"]
