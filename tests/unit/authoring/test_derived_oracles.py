"""The two oracles that are made of a solution: code that is never reached, programs that fail at their start."""

from __future__ import annotations

import inspect
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from grader.authoring.derived_oracles import change_programs, raising, unreached

PROGRAM = '''"""Say what it does."""
from __future__ import annotations
import functools

STATE = []

def plain(a: int = 1, *rest: int, key: str = "x") -> int:
    """Add."""
    STATE.append(a)
    return a + len(rest)

def generator():
    yield from (1, 2)

async def waits():
    return 1

class Model:
    size = 3

    @functools.cached_property
    def weight(self):
        """Weigh."""
        return 7

    @staticmethod
    def make():
        global STATE
        STATE = [1]
        def inner():
            return 1
        return inner

def told():
    """Only a docstring."""
'''


@pytest.fixture
def changed() -> dict[str, Any]:
    module = types.ModuleType("changed")
    exec(unreached(PROGRAM), module.__dict__)
    return module.__dict__


def test_no_body_runs_and_every_signature_stays(changed: dict[str, Any]) -> None:
    assert changed["plain"](3) is None
    assert changed["STATE"] == []
    assert (
        str(inspect.signature(changed["plain"])) == "(a: 'int' = 1, *rest: 'int', key: 'str' = 'x') -> 'int'"
    )
    assert changed["Model"]().weight is None
    assert changed["Model"].make() is None


def test_docstrings_decorators_and_kinds_of_function_stay(changed: dict[str, Any]) -> None:
    assert (changed["plain"].__doc__, changed["told"].__doc__) == ("Add.", "Only a docstring.")
    assert list(changed["generator"]()) == []
    assert inspect.isgeneratorfunction(changed["generator"])
    assert inspect.iscoroutinefunction(changed["waits"])
    assert type(vars(changed["Model"])["weight"]).__name__ == "cached_property"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('"""Doc."""\n\nfrom __future__ import annotations\n\nimport os\nprint(os)\n', 6),
        ("import os\nx = 1\nfrom os import (\n    path,\n)\nprint(x)\n", 6),
        ('"""Doc."""\nprint(1)\n', 2),
        ("print(1)\n", 1),
        ("import os", 2),
        ("def f():\n    import os\n", 1),
        ("", 1),
    ],
)
def test_a_program_raises_behind_its_last_import(text: str, line: int, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(raising(text))
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert f"line {line}, in <module>" in done.stderr
    assert "RuntimeError" in done.stderr


def test_tests_packages_and_what_does_not_parse_do_not_raise(tmp_path: Path) -> None:
    names = ("app.py", "pkg/__init__.py", "tests/helper.py", "test_app.py", "app_test.py", "conftest.py")
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x = 1\n")
    (tmp_path / "half.py").write_text("def (\n")
    assert change_programs(tmp_path, raising, tests=False) == 1
    assert {name for name in names if "raise" in (tmp_path / name).read_text()} == {"app.py"}
    assert change_programs(tmp_path, unreached, tests=True) == 0
