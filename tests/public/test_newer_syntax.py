"""Syntax that the Python that reads a repository does not know yet, after python/cpython#134111 (f-strings of 3.12) and PEP 758."""

from __future__ import annotations

import sys

import pytest

from grader.testing import run_check

TASKS = '''
from invoke import task


@task
def train(ctx):
    """Train."""
    try:
        ctx.run("python src/p/train.py")
    {except_}:
        print("failed")
'''

FILES = {"src/p/train.py": "import typer\n\ntyper.run(print)\n"}
CASES = [
    pytest.param("m09_cli", "project_commands", id="M9"),
    pytest.param("m06_code_structure", "tasks_run_the_steps", id="M6"),
]


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python reads the newest syntax")
@pytest.mark.parametrize(("suite", "check"), CASES)
def test_a_file_for_a_newer_python_fails_nothing(suite: str, check: str) -> None:
    files = {
        "tasks.py": TASKS.replace("{except_}", "except ValueError, OSError"),
        **FILES,
    }
    outcome = run_check(f"checks/{suite}", check, files, profile="project")
    assert outcome.verdict == "not_applicable"
    assert "newer Python" in outcome.message


@pytest.mark.parametrize(("suite", "check"), CASES)
def test_a_file_that_no_python_reads_fails(suite: str, check: str) -> None:
    files = {
        "tasks.py": TASKS.replace("{except_}", "except (ValueError, OSError"),
        **FILES,
    }
    assert run_check(f"checks/{suite}", check, files, profile="project").verdict == "failed"
