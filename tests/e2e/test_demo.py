"""`grader demo`: a sample project that is the same everywhere, and what the grader says of it."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from grader.demo import build_demo
from grader.errors import CourseError


def git(folder: Path, *arguments: str) -> Any:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
    )
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The sample project, built once; nothing in here changes it."""
    return build_demo(tmp_path_factory.mktemp("demo") / "project")


def demo(folder: Path, sandbox: Any) -> Any:
    """Run `grader demo` in a sandbox; returns the finished process and the result."""
    done = subprocess.run(
        [sys.executable, "-m", "grader.cli", "demo", "--sandbox", sandbox, "--out", "out"],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1"},
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / "out" / "report.html").stat().st_size > 10_000
    return done, json.loads((folder / "out" / "result.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def without_docker(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What `grader demo --sandbox local` did, once for all tests."""
    return demo(tmp_path_factory.mktemp("without-docker"), "local")


def verdicts(result: Any) -> Any:
    return {check["id"]: check["verdict"] for module in result["modules"] for check in module["checks"]}


def test_two_builds_are_the_same_commit(project: Any, tmp_path: Path) -> None:
    again = build_demo(tmp_path / "again")
    assert git(again, "for-each-ref", "--format=%(refname) %(objectname)") == git(
        project, "for-each-ref", "--format=%(refname) %(objectname)"
    )


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CourseError, match="not empty"):
        build_demo(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_repository_is_healthy_and_was_made_by_several_people(project: Any) -> None:
    git(project, "fsck", "--strict")
    assert git(project, "status", "--porcelain") == []
    assert len(set(git(project, "log", "--all", "--format=%ae"))) >= 3
    assert len(git(project, "log", "--merges", "--format=%s")) >= 5
    assert len(git(project, "branch", "--format=%(refname:short)")) >= 2
    days = git(project, "log", "--all", "--format=%as")
    assert all(day.startswith("2026-01-") for day in days)
    assert len(set(days)) >= 8


def test_everybody_in_it_is_invented(project: Any) -> None:
    assert all(address.endswith("@example.org") for address in git(project, "log", "--all", "--format=%ae"))
    report = (project / "reports" / "README.md").read_text(encoding="utf-8")
    numbers = re.findall(r"\bs\d{6}\b", report)
    assert numbers
    assert all(number.startswith("s00000") for number in numbers)


def test_without_docker_it_is_graded_and_says_that_nothing_was_isolated(without_docker: Any) -> None:
    done, result = without_docker
    assert "without isolation" in done.stderr
    assert "mistakes on purpose" in done.stdout
    assert result["grader"]["isolated"] is False
    found = verdicts(result)
    assert "error" not in found.values()
    assert found["M10.base_images_are_pinned"] == "failed"
    assert found["M10.images_have_a_start_command"] == "passed"
    counted = Counter(found.values())
    assert counted["passed"] > 3 * counted["failed"] > 0


def test_the_report_has_something_of_everything(without_docker: Any) -> None:
    _, result = without_docker
    exam = result["exam"]
    assert (exam["edition"], exam["report_path"]) == ("E7-2026b", "reports/README.md")
    assert exam["problems"] == []
    answers = {question["number"]: question for question in exam["questions"]}
    assert sorted(answers) == list(range(1, 32))
    assert [number for number, one in answers.items() if not one["answered"]] == [27]
    outside = [number for number, one in answers.items() if one["within_limits"] is False and one["answered"]]
    assert outside == [13, 20, 21], "one answer is too short, two lack a figure"
    boxes = {box["id"]: box["claimed"] for box in result["checklist"]}
    assert None not in boxes.values(), "every line of the checklist is recognised"
    assert boxes["w2-11"] is True, "ticked, and no workflow builds an image"


def test_the_report_names_the_claims_and_ticks_that_fall(without_docker: Any) -> None:
    """Two false claims, a false tick, a forgotten tick, and something that nobody can tell."""
    _, result = without_docker
    claims = [
        (question["number"], claim["kind"], claim["verdict"])
        for question in result["exam"]["questions"]
        for claim in question["claims"]
    ]
    assert {"supported", "contradicted", "undetermined"} <= {verdict for _, _, verdict in claims}
    fallen = [(number, kind) for number, kind, verdict in claims if verdict == "contradicted"]
    assert fallen == [(8, "coverage_percent"), (12, "command")]
    boxes = {box["id"]: (box["claimed"], box["verdict"]) for box in result["checklist"]}
    assert [name for name, stands in boxes.items() if stands == (True, "unsupported")] == ["w2-18"]
    assert [name for name, stands in boxes.items() if stands == (False, "supported")] == ["w1-17"]
    assert boxes["w2-11"] == (True, "undetermined"), "a trigger of the cloud's own would leave no trace"


@pytest.mark.docker
def test_in_docker_no_check_breaks_and_the_verdicts_are_those_without(
    without_docker: Any, tmp_path: Path
) -> None:
    done, result = demo(tmp_path, "docker")
    assert "without isolation" not in done.stderr
    assert result["grader"]["isolated"] is True
    found = verdicts(result)
    assert "error" not in found.values()
    assert found == verdicts(without_docker[1])
