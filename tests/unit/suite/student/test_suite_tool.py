"""Tools of suites: a missing one is the grader's fault, and one that runs sees what it should."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from grader.suite.missing import Excuses
from grader.suite.outcomes import EnvironmentBroken
from grader.suite.student.student import Student
from grader.suite.student.suite_tool import suite_tool
from tests.student_code import Code


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


@pytest.mark.process
@pytest.mark.parametrize(
    "hides", ["warnings.py", "json.py", "json/__init__.py", "json/tool.py", "sitecustomize.py"]
)
def test_no_file_of_the_students_runs_in_the_place_of_a_tool(code: Code, hides: str) -> None:
    """`python -m` puts the folder in which it is started first on the import path."""
    student = code({hides: "print('all is well'); raise SystemExit(0)\n", "a.json": "{ broken"})
    tools = {"json.tool": job_says(Path(sys.prefix))["mypy"]}
    done = Student(student.calls, Excuses(), tools=tools).run_tool("json.tool", ["a.json"])
    assert done.returncode == 1
    assert "Expecting property name" in done.stderr
    assert "all is well" not in done.output


@pytest.mark.process
def test_a_program_runs_in_the_place_of_a_tool_s_own(code: Code) -> None:
    """Several commands of a tool that is slow to import can share a process, and nothing of it lies in the working copy."""
    student = code({"json.py": "raise SystemExit('theirs')\n", "a.json": "[1, 2]"})
    tools = {"json": job_says(Path(sys.prefix))["mypy"]}
    program = "import json, sys\nprint(sum(json.load(open(sys.argv[1]))), len(sys.argv), __name__)\n"
    done = Student(student.calls, Excuses(), tools=tools).run_tool("json", ["a.json", "-x"], program=program)
    assert done.stdout.split() == ["3", "3", "__main__"]
    assert student.files("*.py", "**/*.py") == ["json.py"]
