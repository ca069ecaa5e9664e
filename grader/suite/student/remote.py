"""Expressions over the students' code: built in the suite, evaluated in a student process, one process per evaluation.

`student.load("model.py").MyModel()(x)` is a graph of steps (load, attribute, call, item). Nothing runs until `.value()`:
then the graph is sent as JSON, a student process evaluates it, and the last value comes back as JSON. A node that is used
twice in one evaluation is computed once, so a model can be built once and called often.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

from grader.suite.outcomes import StudentFault
from grader.suite.student.wire import Array, encode

T = TypeVar("T")

Evaluate = Callable[[dict[str, Any], "float | None", "int | None"], list[Any]]


class Remote:
    """One step of an expression over the students' code.

    Attributes, items and calls make further steps; for an attribute whose name starts with `_` use `get(name)`.

    Example:
        model = student.load("src/my_project/model.py").MyModel()
        output = model(array([[0.0] * 784])).value(Array)
        assert output.shape == (1, 10), f"The output has shape {output.shape}."
    """

    __slots__ = ("_arguments", "_evaluate", "_keywords", "_kind", "_label", "_of")

    def __init__(
        self,
        evaluate: Evaluate,
        kind: str,
        of: Remote | None = None,
        arguments: Sequence[Any] = (),
        keywords: dict[str, Any] | None = None,
        label: str = "",
    ) -> None:
        self._evaluate = evaluate
        self._kind = kind
        self._of = of
        self._arguments = tuple(arguments)
        self._keywords = dict(keywords or {})
        self._label = label

    def get(self, name: str) -> Remote:
        """Return the step for the attribute `name`, even if the name starts with `_`.

        Example:
            version = student.load(module="my_project").get("__version__").value(str)
        """
        return Remote(self._evaluate, "attribute", self, [name], label=f"{self._label}.{name}")

    def __getattr__(self, name: str) -> Remote:
        if name.startswith("_"):
            raise AttributeError(name)
        return self.get(name)

    def __getitem__(self, key: Any) -> Remote:
        return Remote(self._evaluate, "item", self, [key], label=f"{self._label}[{key!r}]")

    def __call__(self, *arguments: Any, **keywords: Any) -> Remote:
        """Return the step that calls this one; arguments may be values, arrays, or other steps.

        Example:
            total = student.load("calculator.py").add(2, 3).value(int)
        """
        return Remote(self._evaluate, "call", self, arguments, keywords, label=f"{self._label}(…)")

    def __iter__(self) -> Any:
        raise TypeError("an expression over student code cannot be iterated: ask for its .value() first")

    def __bool__(self) -> bool:
        raise TypeError("an expression over student code has no truth: ask for its .value() first")

    def __repr__(self) -> str:
        return f"<student code {self._label}>"

    @overload
    def value(
        self, returns: None = None, *, timeout: float | None = None, cpu_s: int | None = None
    ) -> Any: ...
    @overload
    def value(self, returns: type[T], *, timeout: float | None = None, cpu_s: int | None = None) -> T: ...
    def value(
        self, returns: type[Any] | None = None, *, timeout: float | None = None, cpu_s: int | None = None
    ) -> Any:
        """Evaluate the expression in a student process.

        Args:
            returns: the expected type: `int`, `float` (which includes `int`), `str`, `bool`, `bytes`, `list`, `dict` or `Array`.
            timeout: wall seconds, below the general limit of a call.
            cpu_s: CPU seconds, where the general limit is too little.

        Raises:
            StudentFault: the code raised, ended, hung, or returned another type.

        Example:
            accuracy = student.load("evaluate.py").accuracy([1, 0, 1], [1, 1, 1]).value(float, timeout=20)
            assert abs(accuracy - 2 / 3) < 1e-6, "`accuracy` is wrong for three labels."
        """
        found = values([self], timeout=timeout, cpu_s=cpu_s)[0]
        if returns is not None:
            expect(found, returns, self._label)
        return found

    def raises(self, *, timeout: float | None = None, cpu_s: int | None = None) -> str | None:
        """Evaluate and return the name of the exception class that the students' code raised, or None if it raised none.

        Example:
            raised = student.load("src/my_project/model.py").MyModel()(array([1.0])).raises()
            assert raised == "ValueError", "MyModel accepts input of the wrong shape."
        """
        try:
            values([self], timeout=timeout, cpu_s=cpu_s)
        except StudentFault as fault:
            if fault.kind == "exception":
                return fault.raised
            if fault.kind == "value":
                return None
            raise
        return None


def values(
    expressions: Sequence[Remote], *, timeout: float | None = None, cpu_s: int | None = None
) -> list[Any]:
    """Evaluate several expressions in one student process, in order; shared steps run once.

    Example:
        model = student.load("src/my_project/model.py").MyModel()
        first, second = values([model(array([[1.0]])), model(array([[2.0]]))], timeout=30)
    """
    nodes: list[dict[str, Any]] = []
    known: dict[int, int] = {}
    wanted = [_flatten(expression, nodes, known) for expression in expressions]
    labels = [expression._label for expression in expressions]
    plan = {"nodes": nodes, "wanted": wanted, "labels": labels}
    return expressions[0]._evaluate(plan, timeout, cpu_s)


def expect(found: Any, wanted: type[Any], label: str) -> None:
    """Fail the check, with a message for the student, if `found` is not of type `wanted`. Raise StudentFault."""
    right = (
        isinstance(found, wanted) and not (wanted in (int, float) and isinstance(found, bool))
        if wanted is not float
        else isinstance(found, int | float) and not isinstance(found, bool)
    )
    if not right:
        raise StudentFault("value", f"`{label}` gave {_kind_of(found)}, where {_named(wanted)} was expected.")


def array(
    data: Sequence[Any], *, shape: Sequence[int] | None = None, dtype: str = "float32", kind: str = "numpy"
) -> Array:
    """Build an array argument from flat or nested sequences.

    Args:
        data: numbers, nested like the array unless `shape` is given.
        shape: the shape of the array; by default the nesting of `data`.
        dtype: `float32`, `float64`, `int64`, `uint8`, `bool`.
        kind: the type that the students' code gets: `numpy`, `torch`, or `list`.

    Example:
        image = array([0.0] * 784, shape=(1, 1, 28, 28), kind="torch")
        output = student.load("src/my_project/model.py").MyModel()(image).value(Array)
    """
    flat, found = _flat(data)
    wanted = tuple(shape) if shape is not None else found
    if math.prod(wanted) != len(flat):
        raise ValueError(f"{len(flat)} numbers do not make an array of shape {wanted}")
    return Array(wanted, dtype, tuple(flat), kind)


def random_array(
    rng: random.Random, shape: Sequence[int], *, dtype: str = "float32", kind: str = "numpy"
) -> Array:
    """Draw an array of standard normal numbers (integers 0 to 9 for `int64`) from the run's seed.

    Example:
        def test_softmax(student, rng):
            logits = random_array(rng, (4, 10))
            output = student.load("softmax.py").softmax(logits).value(Array)
            assert output.shape == (4, 10), "`softmax` changes the shape."
    """
    count = math.prod(shape)
    draw = (lambda: rng.randrange(10)) if dtype == "int64" else (lambda: round(rng.gauss(0, 1), 5))
    return Array(tuple(shape), dtype, tuple(draw() for _ in range(count)), kind)


def _flat(data: Any) -> tuple[list[Any], tuple[int, ...]]:
    if not isinstance(data, list | tuple):
        return [data], ()
    parts = [_flat(item) for item in data]
    shapes = {shape for _, shape in parts}
    if len(shapes) > 1:
        raise ValueError("the rows of an array are of different lengths")
    inner = shapes.pop() if shapes else ()
    return [value for part, _ in parts for value in part], (len(data), *inner)


def _flatten(node: Remote, nodes: list[dict[str, Any]], known: dict[int, int]) -> int:
    if id(node) in known:
        return known[id(node)]
    of = None if node._of is None else _flatten(node._of, nodes, known)
    step = {
        "kind": node._kind,
        "of": of,
        "arguments": [_argument(item, nodes, known) for item in node._arguments],
        "keywords": {name: _argument(item, nodes, known) for name, item in node._keywords.items()},
    }
    nodes.append(step)
    known[id(node)] = len(nodes) - 1
    return known[id(node)]


def _argument(value: Any, nodes: list[dict[str, Any]], known: dict[int, int]) -> Any:
    if isinstance(value, Remote):
        return {"$step": _flatten(value, nodes, known)}
    if isinstance(value, list | tuple) and any(isinstance(item, Remote) for item in value):
        return [_argument(item, nodes, known) for item in value]
    return encode(value)


def _kind_of(value: Any) -> str:
    if value is None:
        return "nothing (None)"
    if isinstance(value, Array):
        return f"an array of shape {value.shape}"
    return f"a value of type {type(value).__name__}"


def _named(wanted: type[Any]) -> str:
    names = {float: "a number", int: "a whole number", str: "text", bytes: "bytes", Array: "an array"}
    return names.get(wanted, f"a {wanted.__name__}")
