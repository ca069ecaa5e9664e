"""What a suite may import: the test of the pack's only dependency on the engine."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import grader.suite
from tests.places import CHECKS

#: Packages of the suites' process, as they are imported.
INSTALLED = {"pytest", "yaml", "dockerfile_parse", "nbformat", "packaging"}

#: Runs among the students' own packages, not with the suites.
STUDENTS_SIDE = CHECKS / "environment"


def suite_files(checks: Path) -> list[Path]:
    return sorted(path for path in checks.rglob("*.py") if STUDENTS_SIDE not in path.parents)


def foreign_imports(path: Path, checks: Path) -> Iterator[str]:
    """What a file of a suite imports but may not, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if not _may_import(alias.name))
        elif isinstance(node, ast.ImportFrom):
            yield from _foreign_names(node, path, checks)


def _may_import(name: str) -> bool:
    top = name.partition(".")[0]
    return top in sys.stdlib_module_names or top in INSTALLED


def _foreign_names(node: ast.ImportFrom, path: Path, checks: Path) -> list[str]:
    """Names of one `from … import …` that are not open to the file at `path`."""
    module = "." * node.level + (node.module or "")
    names = [f"{module}:{alias.name}" for alias in node.names]
    in_common = (checks / "common") in path.parents
    if node.level == 0 and module == "grader.suite":
        return [f"{module}:{alias.name}" for alias in node.names if alias.name not in grader.suite.__all__]
    if node.level == 0:
        return [] if _may_import(module) else names
    if in_common:
        return names if node.level > 1 else []
    own_private = module.startswith("._") and "." not in module[1:]
    return [] if own_private or module == "..common" or module.startswith("..common.") else names


@pytest.mark.parametrize("path", suite_files(CHECKS), ids=lambda path: path.relative_to(CHECKS).as_posix())
def test_a_suite_imports_nothing_of_the_engine_but_its_public_names(path: Path) -> None:
    assert list(foreign_imports(path, CHECKS)) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import grader", ["grader"]),
        ("import grader.suite", ["grader.suite"]),
        ("from grader import suite", ["grader:suite"]),
        ("from grader.suite import check, Session", ["grader.suite:Session"]),
        ("from grader.suite.student.remote import expect", ["grader.suite.student.remote:expect"]),
        ("def f():\n    from grader.repository import globs", ["grader.repository:globs"]),
        ("import torch", ["torch"]),
        ("from .test_other import x", [".test_other:x"]),
        ("from . import _common", [".:_common"]),
        ("from ..m02_other._common import x", ["..m02_other._common:x"]),
        ("from ..commonplace import x", ["..commonplace:x"]),
        ("import re, os.path, yaml", []),
        ("from ._common import x", []),
        ("from ._tried import x", []),
        ("from ._common.other import x", ["._common.other:x"]),
        ("from ..common import words", []),
        ("from ..common.words import x", []),
        ("from packaging.version import Version", []),
    ],
)
def test_imports_that_a_suite_may_and_may_not_make(tmp_path: Path, line: str, found: list[str]) -> None:
    path = tmp_path / "m01_first" / "test_x.py"
    path.parent.mkdir()
    path.write_text(f"{line}\n")
    assert list(foreign_imports(path, tmp_path)) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("from ..m01_first._common import x", ["..m01_first._common:x"]),
        ("from .words import x", []),
        ("from grader.suite import evidence", []),
    ],
)
def test_what_suites_share_imports_no_suite(tmp_path: Path, line: str, found: list[str]) -> None:
    path = tmp_path / "common" / "other.py"
    path.parent.mkdir()
    path.write_text(f"{line}\n")
    assert list(foreign_imports(path, tmp_path)) == found
