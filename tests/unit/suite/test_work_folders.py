"""Where the work of a module lies: the best folder is graded, and nothing else is seen."""

from __future__ import annotations

import pytest

from grader.results import ModuleVerdict, Verdict
from tests.unit.suite.conftest import RunSuite

pytestmark = pytest.mark.process

SUITE = """
from grader.suite import check, evidence, work, work_folders

@work("a file main.py")
def find_work(submission):
    return work_folders(submission, submission.files("**/main.py"))

@check("Its neighbour is imported, and its files are these")
def test_runs(submission, student):
    evidence("main.py", 1, "graded")
    assert submission.files() == ["main.py", "other.py"], str(submission.files())
    assert student.load("main.py").total.value(int) == 3, "another main.py ran"
    assert student.run(["python", "main.py"]).succeeded().stdout.strip() == "3", "run from elsewhere"
    assert student.files("*.py") == ["main.py", "other.py"], str(student.files())
"""
WORK = {"main.py": "from other import total\nprint(total)\n", "other.py": "total = 3\n"}


def below(folder: str) -> dict[str, str]:
    return {f"{folder}/{path}": text for path, text in WORK.items()}


def test_views_and_processes_are_those_of_the_best_folder(run_suite: RunSuite) -> None:
    files = {**below("a/b"), "z/main.py": "raise SystemExit(1)\n", "README.md": ""}
    module = run_suite(SUITE, files)
    assert module.checks[0].verdict is Verdict.passed, module.checks[0].message
    assert (module.folder, module.other_folders) == ("a/b", ("z",))
    assert [item.path for item in module.checks[0].evidence] == ["a/b/main.py"]


def test_the_whole_submission_is_no_folder(run_suite: RunSuite) -> None:
    module = run_suite(SUITE, WORK)
    assert (module.verdict, module.folder, module.other_folders) == (ModuleVerdict.passed, "", ())


def test_a_project_is_one_whole(run_suite: RunSuite) -> None:
    module = run_suite(SUITE, below("a"), profile="project")
    assert module.checks[0].verdict is Verdict.failed
    assert "a/main.py" in module.checks[0].message
    assert module.folder == ""


def test_no_folder_is_no_work(run_suite: RunSuite) -> None:
    assert run_suite(SUITE, {"README.md": ""}).verdict is ModuleVerdict.not_started


def test_where_work_lies_is_asked_in_a_file_of_which_no_check_is_planned(run_suite: RunSuite) -> None:
    of_projects = SUITE.replace('these")', 'these", scope="project")').replace("test_runs", "test_project")
    of_exercises = SUITE[: SUITE.index("@work")] + SUITE[SUITE.index("@check") :]
    module = run_suite(of_projects, below("a/b"), second=of_exercises)
    assert [check.verdict for check in module.checks] == [Verdict.passed]
    assert module.folder == "a/b"


def test_no_work_is_seen_by_a_file_of_which_no_check_is_planned(run_suite: RunSuite) -> None:
    of_projects = SUITE.replace('these")', 'these", scope="project")').replace("test_runs", "test_project")
    of_exercises = SUITE[: SUITE.index("@work")] + SUITE[SUITE.index("@check") :]
    assert run_suite(of_projects, {"README.md": ""}, second=of_exercises).verdict is ModuleVerdict.not_started


@pytest.mark.parametrize(
    ("files", "folder"),
    [
        ({"src/app/__init__.py": "", "src/app/main.py": ""}, ""),
        ({"x/src/app/__init__.py": "", "x/src/app/main.py": ""}, "x"),
        ({"x/app/__init__.py": "", "x/app/main.py": "", "pyproject.toml": ""}, ""),
        ({"x/app/main.py": "", "x/requirements.txt": ""}, "x"),
        ({"x/tests/main.py": ""}, "x"),
        ({"x/y/main.py": ""}, "x/y"),
    ],
)
def test_a_file_belongs_to_what_declares_its_packages(
    run_suite: RunSuite, files: dict[str, str], folder: str
) -> None:
    assert run_suite(SUITE, files).folder == folder
