"""Files of a suite share `_common.py`, all suites `checks/common/`, in whatever way a suite is loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.course.pack import load_course
from grader.errors import CourseError
from grader.testing import run_check
from tests.git_command import git
from tests.sharing_pack import write_pack

README = {"README.md": "Yes, please.\n"}


def plain_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`pytest …` as an author types it, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "COV_"))},
    )


@pytest.fixture
def submission(tmp_path: Path) -> Path:
    root = tmp_path / "submission"
    root.mkdir()
    for name, text in README.items():
        (root / name).write_text(text)
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "One"]):
        git(root, *arguments)
    return root


def test_run_check_loads_what_a_suite_shares(tmp_path: Path) -> None:
    checks = write_pack(tmp_path) / "checks"
    assert run_check(checks / "m01_first", "word", README).verdict == "passed"
    assert run_check(checks / "m02_second", "length", README).verdict == "passed"
    failed = run_check(checks / "m01_first", "word", {"README.md": "Now!\n"})
    assert (failed.verdict, failed.message) == ("failed", "The README does not say please.")


def test_two_packs_in_one_process_share_no_module(tmp_path: Path) -> None:
    polite = write_pack(tmp_path / "a", word="please") / "checks"
    rude = write_pack(tmp_path / "b", word="now", length=100) / "checks"
    for _ in range(2):
        assert run_check(polite / "m01_first", "word", README).verdict == "passed"
        assert run_check(rude / "m01_first", "word", README).message == "The README does not say now."
        assert run_check(polite / "m02_second", "length", README).verdict == "passed"
        assert run_check(rude / "m02_second", "length", README).message == "now is too short."


def test_run_check_reads_what_is_shared_as_it_is_now(tmp_path: Path) -> None:
    checks = write_pack(tmp_path) / "checks"
    assert run_check(checks / "m01_first", "word", README).verdict == "passed"
    (checks / "common" / "words.py").write_text("WORD = 'farewell'\n")
    assert run_check(checks / "m01_first", "word", README).message == "The README does not say farewell."


def test_a_pack_leaves_the_import_path_alone(tmp_path: Path) -> None:
    checks = write_pack(tmp_path) / "checks"
    before = list(sys.path)
    run_check(checks / "m01_first", "word", README)
    assert sys.path == before
    assert not {"common", "common.words", "_common", "m01_first", "test_shared"} & set(sys.modules)


@pytest.mark.process
@pytest.mark.parametrize("target", ["checks/m01_first", "checks/m01_first/test_shared.py"])
def test_plain_pytest_loads_what_a_suite_shares(tmp_path: Path, submission: Path, target: str) -> None:
    write_pack(tmp_path)
    done = plain_pytest(tmp_path, target, "--submission", str(submission))
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


@pytest.mark.process
def test_plain_pytest_runs_files_of_one_name_in_all_suites(tmp_path: Path, submission: Path) -> None:
    write_pack(tmp_path, length=100)
    done = plain_pytest(tmp_path, "checks", "--submission", str(submission))
    assert "1 failed, 1 passed" in done.stdout, done.stdout
    assert "please is too short." in done.stdout


@pytest.mark.process
def test_plain_pytest_honours_markers_of_a_suite_s_file(tmp_path: Path, submission: Path) -> None:
    file = write_pack(tmp_path) / "checks" / "m01_first" / "test_shared.py"
    file.write_text("import pytest\npytestmark = pytest.mark.skip('not today')\n" + file.read_text())
    done = plain_pytest(tmp_path, "checks/m01_first", "--submission", str(submission))
    assert "1 skipped" in done.stdout, done.stdout


@pytest.mark.process
def test_plain_pytest_names_the_file_that_does_not_load(tmp_path: Path, submission: Path) -> None:
    write_pack(tmp_path)
    (tmp_path / "checks" / "m02_second" / "_common.py").write_text("LENGHT = 3\n")
    done = plain_pytest(tmp_path, "checks", "--submission", str(submission))
    assert "ERROR checks/m02_second/test_shared.py" in done.stdout, done.stdout
    assert "cannot import name 'LENGTH'" in done.stdout


@pytest.mark.process
def test_tests_that_are_no_suite_are_loaded_by_pytest_itself(tmp_path: Path) -> None:
    """The plugin is active in every pytest of the environment, a student's own included."""
    folder = tmp_path / "m05_mine"
    folder.mkdir()
    (folder / "test_mine.py").write_text("def test_name():\n    assert __name__ == 'test_mine'\n")
    done = plain_pytest(tmp_path, "m05_mine")
    assert "1 passed" in done.stdout, done.stdout


@pytest.mark.parametrize("shared", ["common/words.py", "m01_first/_common.py"])
def test_what_is_shared_is_part_of_the_course_s_digest(tmp_path: Path, shared: str) -> None:
    root = write_pack(tmp_path)
    before = load_course(root).digest
    path = root / "checks" / shared
    path.write_text(path.read_text() + "MORE = 1\n")
    assert load_course(root).digest != before


@pytest.mark.parametrize("shared", ["common/words.py", "m01_first/_common.py"])
def test_a_check_outside_of_a_test_file_is_no_silent_loss(tmp_path: Path, shared: str) -> None:
    """The plan reads `test_*.py` alone: a check elsewhere would never be asked for."""
    root = write_pack(tmp_path)
    path = root / "checks" / shared
    path.write_text("from grader.suite import check\n@check('Lost')\ndef test_lost(submission): pass\n")
    with pytest.raises(CourseError, match=rf"{path.name}:2: .*test_lost"):
        load_course(root)


def test_no_plan_runs_what_is_shared(tmp_path: Path) -> None:
    root = write_pack(tmp_path)
    (root / "checks" / "common" / "words.py").write_text("raise RuntimeError('never run for a plan')\n")
    assert [check.id for module in load_course(root).modules for check in module.checks] == [
        "M1.word",
        "M2.length",
    ]
