"""M7: style, type hints, documentation of code."""

from collections.abc import Mapping
from typing import Any

import pytest

from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m07_good_coding_practice"
GOOD = '''"""Sums."""


def add(a: int, b: int) -> int:
    """Their sum."""
    return a + b


def sub(a: int, b: int) -> int:
    """Their difference."""
    return a - b


def neg(a: int) -> int:
    """Its negative."""
    return -a
'''
BARE = "\n\n".join(f"def f{n}(a, b):\n    return a + {n}\n" for n in range(10))
LONG = "\n".join(f"x{n} = {n}" for n in range(200)) + "\n"
BAD = "import os, sys\nfrom math import *\nl = 1 ;x=l \nif x == None : x = 2\n" * 5


def judge(files: Mapping[str, str | bytes], check: str = "code_keeps_to_pep8") -> str:
    return run_check(SUITE, check, files, profile="project").verdict


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({"a.py": GOOD}, "passed"),
        ({"a.py": BAD}, "failed"),
        ({"a.py": GOOD, "b.py": LONG + "import os\n"}, "passed"),
        ({"a.py": BAD, "pyproject.toml": "[tool.ruff]\nignore = ['E', 'F', 'W']\n"}, "failed"),
        ({"a.py": BAD, "ruff.toml": "exclude = ['a.py']\n"}, "failed"),
        ({"a.py": "# ruff: noqa\n" + BAD}, "failed"),
        ({"a.py": BAD.replace("\n", "  # noqa\n")}, "failed"),
        ({"a.py": GOOD, "b.py": "def f(:\n"}, "failed"),
        ({"a.py": GOOD, "tests/test_a.py": BAD}, "failed"),
        ({"a.py": GOOD + f"x = '{'a' * 110}'\n"}, "passed"),
        ({"__init__.py": ""}, "blocked"),
    ],
)
def test_style(files: dict[str, Any], verdict: str) -> None:
    assert judge(files) == verdict


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({"a.py": GOOD}, "passed"),
        ({"a.py": BARE}, "failed"),
        ({"a.py": "def f(a):\n    return a\n"}, "not_applicable"),
        ({"a.py": BARE.replace("(a, b)", "(a: int, b)")}, "passed"),
        ({"a.py": BARE.replace(":\n    return", ":\n    '''Add.'''\n    return")}, "passed"),
        ({"a.py": BARE, "tests/test_a.py": GOOD}, "failed"),
        ({"a.py": BARE.replace("return", "'''''' ; return")}, "failed"),
        ({"a.py": "# typed: " + GOOD.replace("\n", "\n# ")}, "blocked"),
    ],
)
def test_hints_and_docstrings(files: dict[str, Any], verdict: str) -> None:
    assert judge(files, "code_is_typed_and_documented") == verdict


def test_nearly_everything() -> None:
    assert judge({"a.py": GOOD}, "nearly_everything_is_typed_and_documented") == "passed"
    half = GOOD + "\n\n".join(f"def g{n}(a):\n    return a\n" for n in range(3))
    assert judge({"a.py": half}, "nearly_everything_is_typed_and_documented") == "partial"
