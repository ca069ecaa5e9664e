"""An expression crosses to student code and its value comes back: remote, harness and wire in one process."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.suite import Array, StudentFault, values
from grader.suite.student.inside import harness
from grader.suite.student.remote import Remote, array, random_array
from grader.suite.student.wire import decode, parse

SOURCE = """
class Model:
    def __init__(self, start, *, step=1):
        self.total, self.step, self._hidden = start, step, {"a": [1, (2, 3)]}
    def add(self, numbers):
        self.total += sum(numbers) * self.step
        return self.total
    def odd(self):
        return object()
    def nan(self):
        return float("nan")
class Number(float):
    pass
table = {"rows": [[1, 2], [3, 4]], "none": None}
number = Number(1)
def fail(text):
    raise ValueError(text)
def rows(grid):
    return [len(grid), len(grid[0])]
"""


@pytest.fixture
def code(tmp_path: Path) -> Any:
    """The students' module, as an expression that is evaluated here."""
    (tmp_path / "model.py").write_text(SOURCE)

    def evaluate(plan: Any, timeout: Any, cpu_s: Any) -> Any:
        request = {"cwd": str(tmp_path), "paths": [str(tmp_path)], **json.loads(json.dumps(plan))}
        reply = parse(harness._reply_to({"do": "evaluate", **request}))
        if "values" in reply:
            return [decode(value) for value in reply["values"]]
        frames = [(frame["path"], frame["line"]) for frame in reply.get("frames", [])]
        fault = StudentFault(reply["fault"], reply["message"], raised=reply.get("raised", ""))
        vars(fault)["frames"] = frames
        raise fault

    return Remote(evaluate, "load", None, ["model.py"], label="model.py")


def test_a_step_that_is_used_twice_runs_once(code: Any) -> None:
    model = code.Model(10, step=2)
    assert values([model.add([1, 2]), model.add([1]), model.total]) == [16, 18, 18]


def test_containers_items_and_hidden_names_come_back(code: Any) -> None:
    assert code.table["rows"][1].value(list) == [3, 4]
    assert code.table.value(dict) == {"rows": [[1, 2], [3, 4]], "none": None}
    assert code.Model(0).get("_hidden").value() == {"a": [1, [2, 3]]}


def test_an_array_can_be_a_list(code: Any) -> None:
    assert code.rows(array([[1, 2, 3], [4, 5, 6]], kind="list")).value() == [2, 3]


def test_what_the_code_raises_is_named_with_its_own_frames(code: Any) -> None:
    assert code.fail("because").raises() == "ValueError"
    assert code.table.raises() is None
    with pytest.raises(StudentFault, match="ValueError: because") as fault:
        code.fail("because").value()
    assert vars(fault.value)["frames"] == [
        ("model.py", SOURCE.splitlines().index("    raise ValueError(text)") + 1)
    ]


@pytest.mark.parametrize(("name", "said"), [("odd", "builtins.object"), ("nan", "not finite")])
def test_what_is_no_plain_value_is_refused_by_its_type(code: Any, name: str, said: str) -> None:
    with pytest.raises(StudentFault, match=said) as fault:
        code.Model(0).get(name)().value()
    assert fault.value.kind == "value"


def test_a_number_with_operators_of_its_own_does_not_cross(code: Any) -> None:
    with pytest.raises(StudentFault, match="Number"):
        code.number.value(float)


@pytest.mark.parametrize(("wanted", "named"), [(str, "text"), (Array, "an array"), (bool, "a bool")])
def test_a_value_of_another_type_is_said_in_the_students_words(code: Any, wanted: Any, named: str) -> None:
    with pytest.raises(StudentFault, match=named):
        code.table["rows"].value(wanted)


def test_a_truth_value_is_no_number(code: Any) -> None:
    with pytest.raises(StudentFault, match="a whole number"):
        code.table.get("__contains__")("rows").value(int)


def test_an_expression_is_not_its_value(code: Any) -> None:
    with pytest.raises(TypeError, match="no truth"):
        bool(code.table)
    with pytest.raises(TypeError, match="iterated"):
        list(code.table)
    assert "model.py.table" in repr(code.table)


def test_a_module_that_is_not_there_is_the_codes_fault(code: Any) -> None:
    missing = Remote(code._evaluate, "module", None, ["no_such_module_here"], label="x")
    assert missing.raises() == "ModuleNotFoundError"


def test_relative_imports_make_a_package_of_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    folder = tmp_path / "unmarked"
    folder.mkdir()
    (folder / "entry.py").write_text("from .beside import value\n")
    (folder / "beyond.py").write_text("from ..above import value\n")
    (folder / "beside.py").write_text("value = 3\n")
    request = {"cwd": str(tmp_path), "paths": [str(tmp_path)]}
    assert harness.load("unmarked/entry.py", request).value == 3
    with pytest.raises(ImportError, match="beyond top-level package"):
        harness.load("unmarked/beyond.py", request)
    assert str(folder) not in sys.path


def test_random_arrays_come_from_the_seed() -> None:
    import random

    one, two = (random_array(random.Random(3), (4, 5)) for _ in range(2))
    assert one == two
    assert one.shape == (4, 5)
    assert set(random_array(random.Random(1), (50,), dtype="int64").data) <= set(range(10))
