"""Values from student code: bounded JSON, or nothing."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.suite import Array, array
from grader.suite.student.wire import MAX_DEPTH, WireError, decode, encode, parse

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"))
    | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_what_goes_out_comes_back(value: Any) -> None:
    assert decode(parse(json.dumps(encode(value)).encode())) == value


def test_an_array_goes_out_and_comes_back() -> None:
    sent = array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], dtype="float32", kind="torch")
    assert sent.shape == (2, 3)
    assert sent.row(1) == (4.0, 5.0, 6.0)
    assert decode(parse(json.dumps(encode(sent)).encode())) == sent


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"NaN", "not a finite number"),
        (b"[Infinity]", "not a finite number"),
        (b"1e999", "not finite"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "deep"),
        (b'{"a": 1, "a": 2}', "key twice"),
        (b"9" * 10_000, "not one JSON value"),
        (b"\xff", "not UTF-8"),
        (b"1 2", "not one JSON value"),
        (b"", "not one JSON value"),
    ],
)
def test_a_hostile_reply_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(WireError, match=why):
        parse(data)


@pytest.mark.parametrize(
    "data",
    [
        b'{"$unknown": 1}',
        b'{"plain": 1}',
        b'{"$array": {"shape": [2], "dtype": "float32", "data": [1], "kind": "numpy"}}',
        b'{"$array": {"shape": [-1], "dtype": "float32", "data": [], "kind": "numpy"}}',
        b'{"$array": {"shape": [1], "dtype": "float32", "data": ["x"], "kind": "numpy"}}',
        b'{"$bytes": "!"}',
        b'{"$bytes": "YQ"}',
        b'{"$bytes": 1}',
        b'"\\ud800"',
    ],
)
def test_a_value_that_is_none_of_ours_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        decode(parse(data))


def test_brackets_in_a_text_are_no_depth() -> None:
    assert parse(json.dumps("[" * 500).encode()) == "[" * 500


def test_nothing_but_json_values_and_arrays_goes_out() -> None:
    with pytest.raises(TypeError, match="object"):
        encode(object())


def test_an_array_has_as_many_numbers_as_its_shape_says() -> None:
    with pytest.raises(ValueError, match="shape"):
        array([1, 2, 3], shape=(2, 2))
    with pytest.raises(ValueError, match="different lengths"):
        array([[1], [2, 3]])


def test_an_array_knows_its_size_and_whether_it_is_finite() -> None:
    assert Array((2, 2), "float32", (1.0, 2.0, 3.0, 4.0)).size == 4
    assert not Array((1,), "float32", (float("nan"),)).finite
