"""What students read of an exception is their own line and the library's words, however their code ran."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from grader.suite import StudentFault, get
from grader.suite.session import Session
from grader.suite.student.processes.frames import raised_in
from grader.suite.student.student import Student
from tests.student_code import Code, Files

Installed = Callable[[Files, Files], Session]

FILES: dict[str, str | bytes] = {
    "main.py": "import json\n\n\ndef read(text):\n    return json.loads(text)\n\n\nread('{')\n",
    "app.py": "import json\nasync def app(scope, receive, send):\n    json.loads('{')\n",
    "wsgi.py": "import json\ndef app(environ, start):\n    return json.loads('{')\n",
    "nb.ipynb": json.dumps(
        {
            "cells": [
                {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Title"},
                {
                    "cell_type": "code",
                    "execution_count": None,
                    "id": "b",
                    "metadata": {},
                    "outputs": [],
                    "source": "import json\ndef read(text):\n    return json.loads(text)",
                },
                {
                    "cell_type": "code",
                    "execution_count": None,
                    "id": "c",
                    "metadata": {},
                    "outputs": [],
                    "source": "text = '{'\nread(text)",
                },
            ],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    ),
}
#: A library that calls back, and wraps what it is told; and one that says things in C.
LIBRARY = "def call(function):\n    try:\n        return function()\n    except ValueError as problem:\n        raise RuntimeError('it failed') from problem\n"


@pytest.mark.process
@pytest.mark.parametrize(
    "run",
    [
        lambda student: student.load("main.py").value(),
        lambda student: student.load(module="main").value(),
        lambda student: student.probe("import main"),
        lambda student: student.run(["python", "main.py"]).succeeded(),
        lambda student: student.run(["python", "-m", "main"]).succeeded(),
        lambda student: student.run_module("main", []).succeeded(),
        lambda student: student.serve(["python", "main.py"]).__enter__(),
    ],
    ids=["load", "module", "probe", "run", "python-m", "run_module", "serve"],
)
def test_the_innermost_line_of_theirs_comes_first(code: Code, run: Callable[[Student], Any]) -> None:
    with pytest.raises(StudentFault) as raised:
        run(code(FILES))
    fault = raised.value
    said = " ".join([fault.message, *(one.text for one in fault.evidence)])
    assert str(fault.evidence[0]) == "main.py:5: return json.loads(text)"
    assert str(fault.evidence[1]) == "main.py:8: read('{')"
    assert "Expecting property name" in said
    assert not any(word in said for word in ("frozen", "harness", "runpy", "Traceback", "decoder.py"))


@pytest.mark.process
def test_a_notebook_is_shown_by_cell_and_line(code: Code) -> None:
    with pytest.raises(StudentFault, match="cell 3 raised JSONDecodeError") as raised:
        code(FILES).notebook("nb.ipynb").text.value()
    assert [str(one) for one in raised.value.evidence] == [
        "nb.ipynb: cell 2, line 3: return json.loads(text)",
        "nb.ipynb: cell 3, line 2: read(text)",
    ]


@pytest.mark.process
@pytest.mark.parametrize(
    ("kind", "place"), [("asgi", "(app.py, line 3)"), ("wsgi", "(wsgi.py, line 3)")], ids=["asgi", "wsgi"]
)
def test_an_application_names_the_line_that_raised(code: Code, kind: str, place: str) -> None:
    path = "app.py" if kind == "asgi" else "wsgi.py"
    answer = getattr(code(FILES), kind)(path).ask(get("/"))[0]
    assert answer.raised.startswith("The code raised JSONDecodeError: Expecting property name")
    assert answer.raised.endswith(place)


@pytest.mark.process
@pytest.mark.parametrize(
    "run",
    [
        lambda student: student.run(["python", "main.py"]).succeeded(),
        lambda student: student.load("main.py").value(),
    ],
    ids=["run", "load"],
)
def test_what_a_library_wraps_is_shown_where_it_was_raised(
    installed: Installed, run: Callable[[Student], Any]
) -> None:
    main = "import library\n\ndef work():\n    raise ValueError('mine')\n\nlibrary.call(work)\n"
    student = installed({"main.py": main}, {"library.py": LIBRARY}).student()
    with pytest.raises(StudentFault, match="RuntimeError: it failed") as raised:
        run(student)
    assert str(raised.value.evidence[0]) == "main.py:4: raise ValueError('mine')"
    assert raised.value.inside == ""
    assert not any("library.py" in str(one) for one in raised.value.evidence)


@pytest.mark.process
@pytest.mark.parametrize(
    "run",
    [
        lambda student: student.run(["python", "main.py"]).succeeded(),
        lambda student: student.load("main.py").value(),
    ],
    ids=["run", "load"],
)
def test_what_a_library_raises_is_told_to_excuses_and_shown_by_the_call(
    installed: Installed, run: Callable[[Student], Any]
) -> None:
    student = installed({"main.py": "import library\nlibrary.call(0)\n"}, {"library.py": LIBRARY}).student()
    with pytest.raises(StudentFault, match="'int' object is not callable") as raised:
        run(student)
    assert [str(one) for one in raised.value.evidence] == ["main.py:2: library.call(0)"]
    assert raised.value.inside.endswith("site-packages/library.py:3")


HEAD = "Traceback (most recent call last):\n"
BOX = """\
╭───────────────────── Traceback (most recent call last) ──────────────────────╮
│ /w/src/train.py:7 in main                                                    │
│                                                                              │
│   6 def main():                                                              │
│ ❱ 7     fit(0)                                                               │
│   8                                                                          │
│                                                                              │
│ /e/site-packages/lib/core.py:3 in fit                                        │
│                                                                              │
│ ❱ 3     raise ValueError("no")                                               │
╰──────────────────────────────────────────────────────────────────────────────╯
ValueError: no
"""


@pytest.mark.parametrize(
    ("text", "frames", "said"),
    [
        (
            f'{HEAD}  File "/w/a.py", line 1, in <module>\n    import b\n'
            '  File "<frozen importlib._bootstrap>", line 1176, in _find_and_load\n'
            "ModuleNotFoundError: No module named 'b'\n",
            ["a.py:1: import b"],
            "ModuleNotFoundError: No module named 'b'",
        ),
        ('  File "/w/a.py", line 3\n    x = = 1\n        ^\nSyntaxError: invalid syntax\n', ["a.py:3: x = = 1"], "SyntaxError: invalid syntax"),
        (BOX, ["src/train.py:7: fit(0)"], "ValueError: no"),
        # A logger prints the exception, and the program ends by it.
        (
            f'{HEAD}  File "/w/old.py", line 1, in f\n    f()\nKeyError: 1\n\nlater\n{HEAD}'
            '  File "/w/a.py", line 2, in g\n    g()\n    ~^^\nValueError: first\nsecond\n',
            ["a.py:2: g()"],
            "ValueError: first\nsecond",
        ),
        # `raise … from …` of their own: what they raise is the point.
        (
            f'{HEAD}  File "/w/a.py", line 1, in f\n    f()\nKeyError: 1\n\n'
            f"The above exception was the direct cause of the following exception:\n\n{HEAD}"
            '  File "/w/a.py", line 9, in g\n    raise ValueError from e\nValueError: mine\n',
            ["a.py:9: raise ValueError from e"],
            "ValueError: mine",
        ),
        # Files that are not theirs, or lie in an environment below their folder.
        (
            f'{HEAD}  File "/w/.venv/lib/python3.11/site-packages/a.py", line 1, in f\n    f()\n'
            '  File "/w/../etc/b.py", line 1, in f\n    f()\nKeyError: 1\n',
            [],
            "KeyError: 1",
        ),
    ],
)  # fmt: skip
def test_a_traceback_is_read_from_output(text: str, frames: list[str], said: str) -> None:
    found = raised_in(text, "/w")
    assert found is not None
    assert ([str(one) for one in found.frames], found.said) == (frames, said)


@pytest.mark.parametrize("text", ["", "usage: main.py [-h]\nmain.py: error: no", "Error: File not found"])
def test_output_without_a_traceback_is_left_alone(text: str) -> None:
    assert raised_in(text, "/w") is None


@pytest.mark.process
def test_a_command_without_a_traceback_shows_its_last_lines(code: Code) -> None:
    with pytest.raises(StudentFault, match="It said: no such option") as raised:
        code({"main.py": "import sys\nsys.exit('no such option')\n"}).run(["python", "main.py"]).succeeded()
    assert raised.value.evidence == ()


@pytest.mark.parametrize(
    "text",
    [
        HEAD * 20_000,
        '  File "/w/a.py", line 1, in f\n' * 20_000,
        f"{HEAD}The above exception was the direct cause of the following exception:\n" * 5_000,
        "│" * 200_000,
        f'{HEAD}  File "{"a" * 200_000}',
    ],
)
def test_hostile_output_is_bounded(text: str) -> None:
    found = raised_in(text, "/w")
    assert found is None or (len(found.frames) <= 8 and len(found.said) <= 600)
