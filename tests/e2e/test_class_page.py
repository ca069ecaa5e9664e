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

from tests.git_command import git
from tests.places import ROOT
from tests.small_class import make_repository
from tests.unit.submission.test_clone import Forge, serving

pytestmark = [pytest.mark.docker, pytest.mark.process]
PAGE = (ROOT / "docs" / "class.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"^```bash\n(.*?)^```", PAGE, re.M | re.S)
    for line in block.splitlines()
    if line.strip()
]


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


def test_the_commands_of_the_page_work(evening: Path) -> None:
    tmp_path = evening
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    said = {}
    for command in COMMANDS:
        # What is old on this machine is not a test's to remove.
        apart = {"XDG_CACHE_HOME": str(tmp_path / "cache")} if command.startswith("grader cache") else {}
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env={**os.environ, "PATH": path, "CI": "", **apart},
            capture_output=True,
            text=True,
            timeout=900,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        said[command] = done.stdout
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
