"""A snippet of a suite runs in the students' process, and its result comes back."""

from __future__ import annotations

from typing import Any

import pytest

from grader.suite import Array, StudentFault, array
from tests.student_code import Code

pytestmark = pytest.mark.process

MODEL = """
class Model:
    def __init__(self):
        self.weight = 0.0
    def step(self, rate):
        self.weight += rate
    def fail(self):
        raise ValueError("no data")
"""
PACKAGE = {"src/pkg/__init__.py": "", "src/pkg/model.py": MODEL}


def test_a_snippet_trains_a_model_of_the_students(code: Code) -> None:
    source = """
        from pkg.model import Model
        model = Model()
        for rate in rates:
            model.step(rate)
        result = {"weight": model.weight, "same": load("src/pkg/model.py").Model is Model}
    """
    found = code(PACKAGE).probe(source, rates=[0.5, 0.25])
    assert found == {"weight": 0.75, "same": True}


@pytest.mark.parametrize(
    "value",
    [b"\x00\xff\x89PNG", [b"", {"a": b"x"}], None, {"a": [1, "b", 2.5]}, array([[1, 2]], kind="list")],
)
def test_values_cross_both_ways(code: Code, value: Any) -> None:
    expected = [list(value.data)] if isinstance(value, Array) else value
    assert code({}).probe("result = given", given=value) == expected


def test_a_snippet_without_a_result_gives_nothing_and_leaves_its_files(code: Code) -> None:
    student = code({})
    assert student.probe("import pathlib; pathlib.Path('made.txt').write_text(text)", text="here") is None
    assert student.read("made.txt") == "here"


def test_what_the_students_code_raises_comes_with_its_frames_alone(code: Code) -> None:
    with pytest.raises(StudentFault, match="The code raised ValueError: no data") as fault:
        code(PACKAGE).probe("def call(model):\n    model.fail()\ncall(load('src/pkg/model.py').Model())")
    assert fault.value.kind == "exception"
    assert [(seen.path, seen.line) for seen in fault.value.evidence] == [
        ("src/pkg/model.py", MODEL.splitlines().index('        raise ValueError("no data")') + 1)
    ]


def test_what_a_snippet_raises_shows_no_frame(code: Code) -> None:
    with pytest.raises(StudentFault, match="ZeroDivisionError") as fault:
        code({}).probe("1 / 0")
    assert fault.value.evidence == ()


@pytest.mark.parametrize(
    ("source", "kind", "said"),
    [
        ("result = object()", "value", "The code gave a value of type builtins.object"),
        ("import os; os._exit(0)", "exited", "The code ended without a value"),
        ("raise SystemExit(3)", "exited", "exit code 3"),
        ("result = 'x' * 2_000_000", "reply", "too large"),
        ("import time; time.sleep(60)", "timeout", "The code did not end in time"),
    ],
)
def test_what_goes_wrong_is_the_students_fault(code: Code, source: str, kind: str, said: str) -> None:
    with pytest.raises(StudentFault, match=said) as fault:
        code({}).probe(source, timeout=2 if kind == "timeout" else None)
    assert fault.value.kind == kind


def test_a_mistake_of_the_suite_is_not(code: Code) -> None:
    student = code({})
    with pytest.raises(SyntaxError):
        student.probe("result =")
    with pytest.raises(ValueError, match="`load`"):
        student.probe("", load=1)
    with pytest.raises(TypeError, match="cannot be handed"):
        student.probe("", model=object())
