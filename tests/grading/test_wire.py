"""Values on a socket: what goes in comes out, and what is malformed is refused."""

from __future__ import annotations

import contextlib
import json
import math
import socket
import struct
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course_lib.grading import wire


def refuse(*_):
    raise wire.WireError("no references here")


def through(value, known=(), also=()):
    """A value after it was written, turned into JSON and read again."""
    encoder = wire.Encoder(refuse, list(known))
    node = json.loads(json.dumps(encoder.node(value)))
    buffers = memoryview(b"".join(encoder.buffers))
    decoder = wire.Decoder(buffers, [len(each) for each in encoder.buffers], refuse, list(also or known))
    return decoder.value(node)


def read(node, *buffers, known=()):
    return wire.Decoder(memoryview(b"".join(buffers)), [len(each) for each in buffers], refuse, list(known)).value(node)


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**200), 2**200)
    | st.floats()
    | st.complex_numbers(allow_nan=False)
    | st.text()
    | st.binary()
    | st.fractions()
    | st.builds(range, st.integers(-9, 9), st.integers(-9, 9))
    | st.builds(slice, st.integers() | st.none(), st.integers() | st.none())
)
hashable = st.none() | st.booleans() | st.integers() | st.text() | st.binary()
plain = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(hashable, inner)
        | st.sets(hashable)
        | st.frozensets(hashable)
    ),
    max_leaves=20,
)


def same(a, b):
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return a == b or (math.isnan(a) and math.isnan(b))
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return a == b


@given(plain)
def test_plain_data_comes_through(value):
    assert same(through(value), value)


dtypes = (
    hnp.boolean_dtypes()
    | hnp.integer_dtypes()
    | hnp.floating_dtypes()
    | hnp.complex_number_dtypes()
    | hnp.unicode_string_dtypes()
    | hnp.datetime64_dtypes()
)


@given(hnp.arrays(dtypes, hnp.array_shapes(min_dims=0, min_side=0)))
def test_arrays_come_through(x):
    out = through(x)
    assert out.dtype == x.dtype
    np.testing.assert_array_equal(out, x)
    assert out.flags.writeable


@pytest.mark.parametrize(
    "x",
    [
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(12)[::-2],
        np.array([1, "two", None], dtype=object),
        np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8", (1,))]),
        np.arange(3, dtype=">f8"),
    ],
    ids=["Fortran order", "negative stride", "objects", "records", "big-endian"],
)
def test_unusual_arrays_come_through(x):
    out = through(x)
    assert out.dtype == x.dtype
    assert out.flags.f_contiguous == x.flags.f_contiguous or not x.flags.c_contiguous
    np.testing.assert_array_equal(out, x)


def test_read_only_arrays_stay_so():
    x = np.arange(3)
    x.flags.writeable = False
    assert not through(x).flags.writeable


@pytest.mark.parametrize(
    "value",
    [
        ...,
        NotImplemented,
        np.float32(1.5),
        np.bool_(True),
        np.str_("a"),
        np.dtype("f4"),
        int,
        np.ndarray,
        np.float64,
        Fraction(1, 3),
        Decimal("0.1"),
        bytearray(b"ab"),
        -0.0,
        10**100,
    ],
    ids=repr,
)
def test_single_values_come_through(value):
    out = through(value)
    assert type(out) is type(value)
    assert out == value
    assert str(out) == str(value)


def test_one_object_in_two_places_is_one_again():
    row = [1]
    a, b = through([row, row])
    assert a is b
    x, y = through((v := np.arange(2), v))
    assert x is y


def test_a_list_in_itself():
    loop = []
    loop.append(loop)
    out = through(loop)
    assert out[0] is out


def test_what_the_other_side_knows_is_named_not_sent():
    here, there = np.arange(4), np.arange(4)
    assert through([here], known=[here], also=[there])[0] is there


def test_a_view_of_what_is_known_is_a_view_again():
    here, there = np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(2, 3)
    out = through(here[:, 1:], known=[here], also=[there])
    assert np.shares_memory(out, there)
    np.testing.assert_array_equal(out, there[:, 1:])


def test_too_deep_too_long_too_large():
    deep = []
    for _ in range(wire.DEEPEST + 1):
        deep = [deep]
    with pytest.raises(wire.WireError, match="nested"):
        through(deep)
    with pytest.raises(wire.WireError, match="bits"):
        through(2 ** (wire.LONGEST_INTEGER + 1))


BAD = {
    "no word": ([[1]], []),
    "unknown word": ([["eval", "1"]], []),
    "array too short": ([["array", "<f8", [3], 0, "C", True]], [b"12345678"]),
    "array of objects": ([["array", "|O", [1], 0, "C", True]], [b"12345678"]),
    "records with objects": ([["array", ["fields", [["a", "|O"]]], [1], 0, "C", True]], [b"12345678"]),
    "negative shape": ([["array", "<f8", [-1], 0, "C", True]], [b"12345678"]),
    "shape that overflows": ([["array", "<f8", [2**62, 2**62], 0, "C", True]], [b""]),
    "buffer that is not there": ([["bytes", 7]], []),
    "buffer with a negative number": ([["bytes", -1]], [b"x"]),
    "characters that do not exist": ([["array", "<U1", [1], 0, "C", True]], [struct.pack("<I", 0x110000)]),
    "a place that is not there": ([["again", 5]], []),
    "known nothing": ([["known", 0]], []),
    "a view of a number": ([["view", 1, "<f8", [1], 0, [8]]], []),
    "unhashable key": ([["dict", [[["list", []], 1]]]], []),
    "a list that is none": ([["list", 5]], []),
    "an integer that is too long": ([["int", "f" * 100_000]], []),
    "a type that is not data": ([["type", "eval"]], []),
    "Decimal of nonsense": ([["decimal", "x"]], []),
    "division by zero": ([["fraction", [1, 0]]], []),
    "a buffer read twice": ([["list", [["bytes", 0], ["bytes", 0]]]], [b"x"]),
    "a fraction of a text": ([["fraction", ["1e999999999", 1]]], []),
    "booleans in a dtype of its own": ([["array", "(2,)?", [1], 0, "C", True]], [b"\x02\x03"]),
    "an empty dtype": ([["array", "|V0", [1], 0, "C", True]], [b""]),
}


@pytest.mark.parametrize("case", BAD)
def test_malformed_values_are_refused(case):
    (node,), buffers = BAD[case]
    with pytest.raises(wire.WireError):
        read(node, *buffers)


def test_a_view_stays_inside_the_array():
    base = np.zeros(4)
    for offset, strides in [(-8, [8]), (0, [-8]), (24, [8]), (0, [800])]:
        with pytest.raises(wire.WireError):
            read(["view", ["known", 0], "<f8", [2], offset, strides], known=[base])


def test_a_view_is_no_larger_than_a_message_and_takes_no_byte_for_something_else():
    for dtype, shape, strides in [
        ("<f8", [2**40], [0]),
        ("|b1", [8], [1]),
        ("<U1", [2], [4]),
        (["fields", [["a", "|b1"]]], [8], [1]),
    ]:
        with pytest.raises(wire.WireError):
            read(["view", ["known", 0], dtype, shape, 0, strides], known=[np.zeros(4)])
    mask, words = np.array([True, False]), np.array(["a", "b"])
    assert through(mask[1:], known=[mask]).base is mask
    assert through(words[1:], known=[words])[0] == "b"


def test_booleans_are_booleans_whatever_the_bytes():
    out = read(["array", "|b1", [3], 0, "C", True], b"\x00\x02\xff")
    np.testing.assert_array_equal(out, [False, True, True])
    assert (out.view(np.uint8) <= 1).all()


def test_too_many_parts_are_refused():
    with pytest.raises(wire.WireError, match="too many"):
        read(["list", [["tuple", []]] * (wire.MOST_NODES + 1)])


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5) | st.sampled_from(sorted(wire.READERS)),
        lambda inner: st.lists(inner, max_size=4),
    ),
    st.binary(max_size=30),
)
def test_whatever_arrives_is_a_value_or_an_error(node, data):
    with contextlib.suppress(wire.WireError):
        read(node, data)


# ---------------------------------------------------------------------------------------------------------- frames


@pytest.fixture
def ends():
    a, b = socket.socketpair()
    yield a, b
    a.close()
    b.close()


def test_frames_keep_their_bounds(ends):
    a, b = ends
    wire.send(a, {"n": 1}, [b"ab", b"c"])
    wire.send(a, [2], [])
    header, buffers = wire.receive(b)
    assert header == {"n": 1}
    assert bytes(buffers) == b"abc"
    assert wire.receive(b)[0] == [2]


def test_the_other_side_gone(ends):
    a, b = ends
    a.sendall(b"\0\0")
    a.close()
    with pytest.raises(wire.ClosedError):
        wire.receive(b)


def test_no_answer_in_time(ends):
    with pytest.raises(wire.LateError):
        wire.receive(ends[1], deadline=0.0)


def test_a_message_larger_than_allowed_is_not_even_read(ends):
    a, b = ends
    a.sendall(wire.PREFIX.pack(10, wire.LARGEST_MESSAGE))
    with pytest.raises(wire.WireError, match="MiB"):
        wire.receive(b)


def test_a_header_larger_than_allowed_is_not_even_read(ends):
    a, b = ends
    a.sendall(wire.PREFIX.pack(wire.LARGEST_HEADER + 1, 0))
    with pytest.raises(wire.WireError, match="MiB"):
        wire.receive(b)


@pytest.mark.parametrize("text", [b"{", b"\xff", b"[" * 100_000])
def test_a_header_that_is_not_json(ends, text):
    a, b = ends
    a.sendall(wire.PREFIX.pack(len(text), 0) + text)
    with pytest.raises(wire.WireError, match="JSON"):
        wire.receive(b)
