"""The commands of the page for a first evening work as they stand, one after the other."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.testing import run_check
from tests.git_command import git
from tests.places import ROOT
from tests.small_class import make_repository
from tests.unit.submission.test_clone import Forge, serving

pytestmark = [pytest.mark.docker, pytest.mark.process]
PAGE = (ROOT / "docs" / "class.md").read_text(encoding="utf-8")
CLUSTER = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")


def commands(page: str) -> list[str]:
    """The commands that a page shows."""
    blocks = re.findall(r"^```bash\n(.*?)^```", page, re.M | re.S)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


@pytest.fixture
def evening(tmp_path: Path) -> Iterator[Path]:
    """A folder with clones, and a group list whose repositories a server of this machine has."""
    (tmp_path / "clones").mkdir()
    (tmp_path / "forge").mkdir()
    with serving(Forge(tmp_path / "forge")) as forge:
        rows = ["group_nb,student 1,student 2,student 3,student 4,student 5,github_repo"]
        for number in (1, 2):
            clone = tmp_path / "clones" / f"group-0{number}"
            make_repository(clone)
            git(tmp_path / "forge", "clone", "-q", "--bare", str(clone), f"{number}.git")
            git(tmp_path / "forge" / f"{number}.git", "update-server-info")
            rows.append(f"{number},s00000{number},,,,,{forge.url}{number}.git")
        (tmp_path / "group_info.csv").write_text("\n".join(rows))
        yield tmp_path


def run_all(page: str, folder: Path, **environment: str) -> dict[str, str]:
    """Run the commands that a page shows, one after the other; return what each said."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    said = {}
    for command in commands(page):
        # What is old on this machine is not a test's to remove.
        apart = {"XDG_CACHE_HOME": str(folder / "cache")} if command.startswith("grader cache") else {}
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env={**os.environ, "PATH": path, "CI": "", **environment, **apart},
            capture_output=True,
            text=True,
            timeout=900,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        said[command] = done.stdout
    return said


def test_the_commands_of_the_page_work(evening: Path) -> None:
    tmp_path = evening
    said = run_all(PAGE, tmp_path)
    again = {command: text.count("as before") for command, text in said.items() if " grade " in command}
    assert list(again.values()) == [0, 0, 0, 2, 0, 1]
    with (tmp_path / "results" / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["id"], row["status"], row["reason"]) for row in rows] == [
        ("group-01", "graded", ""),
        ("group-02", "graded", ""),
        ("group-1", "graded", ""),
        ("group-2", "graded", ""),
    ]
    for name in re.findall(r"^\| `(results/[^`]+)`", PAGE, re.M):
        assert (tmp_path / name.replace("<id>", "group-01")).is_file()


def test_the_commands_of_the_page_on_many_machines_work(evening: Path) -> None:
    (evening / "overrides.toml").write_text("")
    said = run_all(CLUSTER, evening, SLURM_ARRAY_TASK_ID="1")
    (merged,) = (text for command, text in said.items() if " merge " in command)
    assert "2 graded" in merged
    with (evening / "results" / "grades.csv").open(encoding="utf-8", newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == ["group-1", "group-2"]


def test_the_workflow_of_the_page_is_valid_and_its_commands_are_the_graders() -> None:
    (text,) = re.findall(r"^```yaml\n(on: .*?)^```", CLUSTER, re.M | re.S)
    files = {".github/workflows/grade.yaml": text}
    assert run_check(ROOT / "checks" / "m17_github_actions", "workflows_are_valid", files).verdict == "passed"
    for options in re.findall(r"bin/grader (.*)", text):
        command, *words = options.split()
        done = subprocess.run(
            [sys.executable, "-m", "grader.cli", command, "--help"],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0
        assert all(word in done.stdout for word in words if word.startswith("--"))


def test_each_reason_that_the_page_explains_is_one_that_is_given() -> None:
    engine = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("batch", "cli")
        for path in (ROOT / "grader" / folder).glob("*.py")
    )
    for reason in (
        "took longer than ",
        ", maybe for want of memory",
        "Another run into this folder is at ",
        "is gone, or was changed since",
    ):
        assert reason in PAGE
        assert reason in engine
