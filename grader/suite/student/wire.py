"""Values exchanged between a suite and student code: JSON with three tags, read by a bounded parser.

A JSON object is always a tag: `{"$dict": {...}}` for a mapping, `{"$array": {...}}` for an array, `{"$bytes": "…"}` for bytes in
base64. Nothing else is exchanged, and never a pickle, so that no object of the students with its own operators takes part in a
comparison.
"""

from __future__ import annotations

import base64
import binascii
import math
from dataclasses import dataclass
from typing import Any, NoReturn

from grader.parsing.plain_data import parse_json

MAX_DEPTH = 64


class WireError(ValueError):
    """A reply that is not one bounded JSON value."""


@dataclass(frozen=True)
class Array:
    """An array: shape, short dtype (`float32`, `int64`, …), flat row-major data, and its type in student code.

    `kind` is `numpy`, `torch` or `list`: as an argument, the type that the students' function gets; in a reply, the type it gave.

    Example:
        output = student.load("softmax.py").softmax(array([[1.0, 2.0]])).value(Array)
        assert output.finite and abs(sum(output.row(0)) - 1) < 1e-4, "A row of `softmax` does not sum to 1."
    """

    shape: tuple[int, ...]
    dtype: str
    data: tuple[float | int | bool, ...]
    kind: str = "numpy"

    @property
    def size(self) -> int:
        """Number of elements. Example: `assert output.size == 10, "There are not 10 outputs."`."""
        return math.prod(self.shape)

    def row(self, index: int) -> tuple[float | int | bool, ...]:
        """Return the flat data of element `index` of the first axis. Example: `first = output.row(0)`."""
        step = math.prod(self.shape[1:])
        return self.data[index * step : (index + 1) * step]

    @property
    def finite(self) -> bool:
        """Whether every element is a finite number. Example: `assert output.finite, "The loss is not finite."`."""
        return all(math.isfinite(value) for value in self.data)


def encode(value: Any) -> Any:
    """Return the JSON form of `value`. Raise TypeError for what is neither JSON, bytes nor an `Array`."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {"$dict": {str(key): encode(item) for key, item in value.items()}}
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode("ascii")}
    if isinstance(value, Array):
        return {
            "$array": {
                "shape": list(value.shape),
                "dtype": value.dtype,
                "data": list(value.data),
                "kind": value.kind,
            }
        }
    raise TypeError(
        f"{type(value).__name__} cannot be handed to student code: JSON values, bytes and arrays only"
    )


def parse(data: bytes) -> Any:
    """Read one JSON value that a student process wrote.

    Raises:
        WireError: malformed, too deep, a duplicate key, a number that is not finite or too long, a lone surrogate.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise WireError("it is not UTF-8") from problem
    if _depth(text) > MAX_DEPTH:
        raise WireError(f"it is nested more than {MAX_DEPTH} deep")
    try:
        value = parse_json(text, pairs=_object, constant=_not_finite, number=_finite_float)
    except WireError:
        raise
    except ValueError as problem:
        raise WireError("it is not one JSON value") from problem
    return value


def decode(value: Any) -> Any:
    """Turn a parsed reply into plain Python values, bytes and `Array`s. Raise WireError for an unknown tag."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if isinstance(value, dict):
        match value:
            case {"$dict": dict(items)} if len(value) == 1:
                return {key: decode(item) for key, item in items.items()}
            case {"$array": dict(items)} if len(value) == 1:
                return _array(items)
            case {"$bytes": str(text)} if len(value) == 1:
                return decode_bytes(text)
        raise WireError("it holds an unknown kind of object")
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as problem:
            raise WireError("it holds text that is not Unicode") from problem
    return value


def decode_bytes(text: object) -> bytes:
    """Return the bytes of a base64 text. Raise WireError if it is none."""
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise WireError("it holds bytes that are no base64") from problem


def _array(items: dict[str, Any]) -> Array:
    match items:
        case {"shape": list(shape), "dtype": str(dtype), "data": list(data), "kind": str(kind)}:
            plain = all(type(item) in (int, float, bool) for item in data)
            sized = all(type(item) is int and item >= 0 for item in shape)
            if plain and sized and math.prod(shape) == len(data):
                return Array(tuple(shape), dtype, tuple(data), kind)
    raise WireError("it holds an array whose shape and data do not fit")


def _depth(text: str) -> int:
    depth = deepest = 0
    in_string = escaped = False
    for char in text:
        if in_string:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                in_string = False
        elif char == '"':
            in_string = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > MAX_DEPTH:
                return deepest
        elif char in "]}":
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    items = dict(pairs)
    if len(items) != len(pairs):
        raise WireError("it has a key twice")
    return items


def _not_finite(name: str) -> NoReturn:
    raise WireError(f"it holds {name}, which is not a finite number")


def _finite_float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise WireError("it holds a number that is not finite")
    return value
