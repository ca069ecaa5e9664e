"""Tools of suites: a missing one is the grader's fault, and one that runs sees what it should."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from grader.suite.outcomes import EnvironmentBroken
from grader.suite.student.suite_tool import suite_tool


def job_says(mount: Path, **fields: object) -> dict[str, dict[str, object]]:
    said = {"mount": str(mount), "python": sys.executable, "beside_students": False, "fault": ""}
    return {"mypy": {**said, **fields}}


def test_a_tool_of_its_own_sees_nothing_of_the_students(tmp_path: Path) -> None:
    tool = suite_tool(job_says(tmp_path), "mypy")
    found = tool.environment({"PYTHONPATH": "src", "HOME": "/h", "PATH": "/bin"})
    assert found == {"HOME": "/h", "PATH": f"{Path(sys.executable).parent}{os.pathsep}/bin"}


def test_one_beside_them_comes_first(tmp_path: Path) -> None:
    packages = tmp_path / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    tool = suite_tool(job_says(tmp_path, beside_students=True), "mypy")
    first, *rest = tool.environment({"PYTHONPATH": "src"})["PYTHONPATH"].split(os.pathsep)
    assert (Path(first), rest) == (packages, ["src"])


def test_one_that_could_not_be_installed_is_the_grader_s_fault(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentBroken, match="no index"):
        suite_tool(job_says(tmp_path, fault="no index"), "mypy")


def test_one_that_the_module_does_not_name_is_the_author_s(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="black"):
        suite_tool(job_says(tmp_path), "black")
