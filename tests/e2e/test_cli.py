"""Commands, exit codes and messages, without Docker."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from grader.results import SCHEMA_VERSION
from tests.places import CHECKS

NO_DAEMON = {"DOCKER_HOST": "unix:///nonexistent/docker.sock", "DOCKER_CONTEXT": "default"}


def one_line(process: Any) -> Any:
    """The one clear line of an error: no traceback, no box."""
    lines = [line for line in process.stderr.splitlines() if line.strip()]
    assert "Traceback" not in process.stderr
    assert len(lines) == 1, process.stderr
    return lines[0]


def test_check_writes_a_report_and_says_where(grader: Callable[..., Any], repository: Path) -> None:
    done = grader("check", str(repository), "--modules", "M10", "--sandbox", "local", "--out", "out")
    assert done.returncode in (0, 1), done.stderr
    assert "without isolation" in done.stderr
    assert "report.html: out/report.html" in done.stdout
    result = json.loads((repository.parent / "out" / "result.json").read_text())
    assert result["schema_version"] == SCHEMA_VERSION
    assert [module["id"] for module in result["modules"]] == ["M10"]
    assert result["grader"]["isolated"] is False
    assert result["submission"]["provenance"] == "self"


def test_a_failing_required_check_exits_with_1(grader: Callable[..., Any], repository: Path) -> None:
    (repository / "dockerfiles" / "train.dockerfile").write_text(
        "FROM python:3.12-slim\nCOPY nowhere.txt .\n"
    )
    words = ["--modules", "M10", "--profile", "project", "--sandbox", "local"]
    done = grader("check", str(repository), *words)
    assert done.returncode == 1
    assert "train.dockerfile:2" in done.stdout
    result = json.loads((repository.parent / ".grader" / "result.json").read_text())
    assert result["submission"]["dirty"] is True


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "nowhere"], "nowhere"),
        (["check", "."], "not a git repository"),
        (["check", "REPO", "--modules", "M99"], "Unknown module M99"),
        (["check", "REPO", "--session", "S99"], "no session 'S99'"),
        (["check", "REPO", "--format", "docx"], "'docx'"),
        (["check", "REPO", "--course", "REPO"], "no course pack"),
        (["report", "nowhere.json"], "No result file"),
        (["grade", "REPO", "--sandbox", "local"], "--trust-submissions"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_code_2(
    grader: Callable[..., Any], repository: Path, arguments: list[str], said: str
) -> None:
    done = grader(*[str(repository) if argument == "REPO" else argument for argument in arguments])
    assert done.returncode == 2, done.stderr
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_docker_asked_for_and_not_there_exits_with_3(grader: Callable[..., Any], repository: Path) -> None:
    done = grader("check", str(repository), "--sandbox", "docker", env=NO_DAEMON)
    assert done.returncode == 3
    assert "No Docker daemon" in one_line(done)


def test_without_a_daemon_check_runs_locally_and_says_so(
    grader: Callable[..., Any], repository: Path
) -> None:
    done = grader("check", str(repository), "--modules", "M10", env=NO_DAEMON)
    assert done.returncode in (0, 1), done.stderr
    assert "without isolation" in done.stderr
    assert "grader doctor" in done.stderr


def test_grade_refuses_strangers_code_without_isolation(grader: Callable[..., Any], repository: Path) -> None:
    done = grader("grade", str(repository), env=NO_DAEMON)
    assert done.returncode == 2
    assert "--trust-submissions" in done.stderr


def test_a_result_of_another_schema_is_refused_by_name(grader: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text('{"schema_version": 99}')
    done = grader("report", "result.json")
    assert done.returncode == 2
    assert "schema version 99" in one_line(done)


def test_report_renders_again_without_running_anything(grader: Callable[..., Any], repository: Path) -> None:
    grader("check", str(repository), "--modules", "M10", "--sandbox", "local", "--out", "out")
    report = repository.parent / "out" / "report.html"
    first = report.read_text()
    report.unlink()
    done = grader("report", "out", "--format", "html,junit,markdown,github", env=NO_DAEMON)
    assert done.returncode == 0, done.stderr
    assert report.read_text() == first
    assert (report.parent / "junit.xml").is_file()


def test_grade_goes_on_after_a_source_that_cannot_be_graded(
    grader: Callable[..., Any], repository: Path
) -> None:
    done = grader(
        "grade",
        str(repository),
        "nowhere",
        str(repository),
        "--trust-submissions",
        "--sandbox",
        "local",
        "--modules",
        "M10",
        "--out",
        "all",
    )
    assert done.returncode == 3, done.stderr
    out = repository.parent / "all"
    assert {path.name for path in (out / "submissions").iterdir()} == {"repository", "repository-2"}
    assert (out / "index.html").is_file()
    assert "nowhere" in (out / "summary.json").read_text()
    assert len((out / "grades.csv").read_text().splitlines()) == 4
    official = json.loads((out / "submissions" / "repository" / "result.json").read_text())
    assert official["submission"]["provenance"] == "official"


def test_modules_lists_the_course(grader: Callable[..., Any]) -> None:
    done = grader("modules")
    assert done.returncode == 0
    assert "M10" in done.stdout


def test_schema_is_the_schema_of_a_result(grader: Callable[..., Any]) -> None:
    schema = json.loads(grader("schema").stdout)
    assert {"schema_version", "grader", "submission", "modules", "exam", "checklist"} <= set(
        schema["properties"]
    )


def test_doctor_names_what_is_missing_and_how_to_mend_it(grader: Callable[..., Any]) -> None:
    done = grader("doctor", env=NO_DAEMON)
    assert done.returncode == 3
    assert "no Docker daemon" in done.stdout
    assert "docker.io" in done.stdout


def test_the_version_is_printed(grader: Callable[..., Any]) -> None:
    assert grader("--version").stdout.startswith("grader ")


def test_a_suite_is_plain_pytest(repository: Path, tmp_path: Path) -> None:
    junit = tmp_path / "junit.xml"
    suite = CHECKS / "m10_docker"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", str(suite), "--submission", str(repository), f"--junitxml={junit}"],
        capture_output=True,
        text=True,
        cwd=suite.parents[1],
        timeout=120,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    counts = next(ElementTree.parse(junit).iter("testsuite")).attrib
    assert int(counts["tests"]) > int(counts["failures"]) + int(counts["skipped"])
    assert counts["errors"] == "0"


def test_start_hands_out_the_starter_and_never_the_solution(
    grader: Callable[..., Any], tmp_path: Path
) -> None:
    assert grader("start", "M10", "mine").returncode == 0
    written = {path.name for path in (tmp_path / "mine").rglob("*")}
    assert "M10.md" in written
    assert not any("solution" in name or name == "proof.toml" for name in written)
    again = grader("start", "M10", "mine")
    assert again.returncode == 2
    assert "is there already" in again.stderr


ASCII_PATHS = {"PYTHONUTF8": "0", "LC_ALL": "C"}


@pytest.mark.parametrize("env", [ASCII_PATHS, {"PYTHONIOENCODING": "ascii:strict"}])
def test_no_locale_breaks_a_run(grader: Callable[..., Any], repository: Path, env: Any) -> None:
    done = grader("check", str(repository), "--modules", "M10", "--sandbox", "local", env=env)
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr


def test_a_locale_that_cannot_name_a_file_is_named(grader: Callable[..., Any], repository: Path) -> None:
    (repository / "src" / "\u00e9.py").touch()
    done = grader("check", str(repository), "--modules", "M10", "--sandbox", "local", env=ASCII_PATHS)
    assert done.returncode == 2
    assert "PYTHONUTF8=1" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.docker
@pytest.mark.parametrize(
    "command", [["check", "REPO"], ["grade", "REPO", "--trust-submissions"], ["image", "build"]]
)
def test_a_base_that_cannot_be_had_ends_the_run(
    grader: Callable[..., Any], repository: Path, command: list[str]
) -> None:
    # No registry takes such a name, so nothing is waited for.
    arguments = [str(repository) if one == "REPO" else one for one in command]
    done = grader(*arguments, "--base", "No/Such:Image:1")
    assert done.returncode == 3, done.stderr
    assert "No/Such:Image:1" in done.stderr.splitlines()[-1]
    assert "without isolation" not in done.stderr
