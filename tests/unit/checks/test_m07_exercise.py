"""M7's exercise: its files, comments that tell tools to look away, docstrings, and what the code has to answer. What runs, its proof holds."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from tests.places import CHECKS, ROOT
from tests.suite_names import suite_names
from tests.view_sample import view

SUITE = CHECKS / "m07_good_coding_practice"
SOLUTION = (ROOT / "exercises/m07_good_coding_practice/solution/src/points/points.py").read_text()
NETWORK = "class Network:\n    pass\n\n\ndef validation():\n    pass\n\n\ndef train():\n    pass\n"


@pytest.mark.parametrize(
    ("files", "folders"),
    [
        ({"pyproject.toml": "", "src/points/points.py": SOLUTION}, ["."]),
        ({"s2/m7/plane.py": SOLUTION, "s2/other.py": "x = 1\n"}, ["s2/m7"]),
        ({"s2/typing_exercise.py": NETWORK}, ["s2"]),
        ({"s2/typing_exercise_solution.py": NETWORK}, []),
        ({"src/model.py": "class Network:\n    pass\n"}, []),
    ],
    ids=["the exercise", "another folder", "the course's", "the course's own answer", "a network alone"],
)
def test_where_the_exercise_lies(tmp_path: Path, files: dict[str, str], folders: list[str]) -> None:
    assert suite_names(SUITE)["find_work"](view(tmp_path, files, profile="exercises")) == folders


def test_the_files_of_the_exercise_are_those_that_it_imports(tmp_path: Path) -> None:
    files = {
        "a/points.py": SOLUTION + "import kinds\n",
        "a/kinds.py": "from more import x\n",
        "a/more.py": "x = 1\n",
        "a/mess.py": "l = 1 ;x=l\n",
    }
    found = suite_names(SUITE)["files_of"](view(tmp_path, files, profile="exercises"))
    assert sorted(file.path for file in found) == ["a/kinds.py", "a/more.py", "a/points.py"]


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("x = 1  # type: ignore", "x = 1"),
        ("x = 1  # type: ignore[assignment]  # why", "x = 1"),
        ("import os  # noqa", "import os"),
        ("# mypy: ignore-errors", ""),
        ("# mypy:disable-error-code=x", ""),
        ("x = 1  # a type of its own", "x = 1  # a type of its own"),
        ("x = '# type: ignore'", "x = '# type: ignore'"),
    ],
)
def test_comments_that_tell_tools_to_look_away(line: str, left: str) -> None:
    assert suite_names(SUITE)["watched_text"](f"a = 2\n{line}\n") == f"a = 2\n{left}\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x = 1\n# fmt: off\n", 2),
        ("x = 1  # fmt: skip\n", 1),
        ("x = '# fmt: off'\n", None),
        ("# format\n", None),
    ],
)
def test_a_formatter_that_is_switched_off(text: str, line: int | None) -> None:
    assert suite_names(SUITE)["formatter_off"](text) == line


@pytest.mark.parametrize(
    ("name", "text", "little"),
    [
        ("distance", ".", True),
        ("distance", "Distance.", True),
        ("distance", "The distance.", True),
        ("distance", "x y z a b", True),
        ("distance", "Return how far two points are apart.", False),
    ],
)
def test_docstrings_that_say_little(name: str, text: str, little: bool) -> None:
    assert suite_names(SUITE)["_says_little"](name, text) is little


def test_a_use_stands_where_it_is_said_to() -> None:
    text, places = suite_names(SUITE)["with_uses"]("x = 1\n", [("f", "f(1)"), ("g", "g(2)")])
    assert [text.split("\n")[line - 1].strip() for line in places] == ["f(1)", "g(2)"]


def solved(points: list[tuple[float, float]], default: float) -> dict[str, Any]:
    """What the solution answers to the snippet."""
    space: dict[str, Any] = {}
    exec(SOLUTION, space)
    snippet = suite_names(SUITE)["ASK_POINTS"]
    module = type(
        "Module", (), {name: staticmethod(value) for name, value in space.items() if callable(value)}
    )
    names: dict[str, Any] = {"load": lambda _: module, "path": "", "points": points, "default": default}
    exec(snippet, names)
    result: dict[str, Any] = names["result"]
    return result


def test_the_solution_answers_what_is_expected_and_a_change_is_noticed() -> None:
    suite = suite_names(SUITE)
    points = suite["hidden_points"](random.Random(2))
    found = solved(points, 4.5)
    assert suite["wrong_points"](found, points, 4.5) == ""
    for name in found:
        assert suite["wrong_points"]({**found, name: 77.7}, points, 4.5) == f"it is not right about: {name}"
    assert suite["wrong_points"](None, points, 4.5)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, ""),
        ({"told": [0.0, 0.5]}, "the loss"),
        ({"told": [2.302585, 0.5]}, "the accuracy"),
        ({"outputs": [[0.0] * 10] * 2}, "shares"),
        ({"layers": []}, "layers"),
        ({"told": "high"}, "cannot be read"),
    ],
)
def test_answers_of_the_course_s_network(change: dict[str, Any], why: str) -> None:
    outputs = [[-2.302585] * 10] * 2
    found = {"outputs": outputs, "told": [2.302585, 1.0], "layers": [[784, 24], [24, 16], [16, 10]], **change}
    told = suite_names(SUITE)["wrong_network"](found, [0, 0])
    assert (why in told) if why else not told


@pytest.mark.parametrize(
    ("code", "hidden"),
    [
        ("def f():\n    pass\n", 0),
        ("if x:\n    def f():\n        pass\n", 1),
        ("class A:\n    if x:\n        def f(self):\n            pass\n", 1),
        ("@typing.no_type_check\ndef f():\n    pass\n", 1),
        ("def f():\n    if x:\n        def g():\n            pass\n", 0),
    ],
)
def test_definitions_that_mypy_does_not_look_at(code: str, hidden: int) -> None:
    suite = suite_names(SUITE)
    assert len(list(suite["_hidden"](suite["ast"].parse(code)))) == hidden
