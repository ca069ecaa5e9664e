"""What a history says of the checklist: no more than it shows."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli.main import app
from grader.submission import fetch, fetch_working_tree

pytestmark = pytest.mark.process

ENVIRONMENT = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
PEOPLE = ("Ada Lovelace <ada@uni.dk>", "Bo Berg <bo@uni.dk>")
CODE = "".join(f"def step{number}(x):\n    return x + {number}\n\n\n" for number in range(20))
CHECKLIST = """# Project checklist

* [x] Create a git repository (M5)
* [x] Make sure that all team members have write access to the GitHub repository (M5)
* [x] Uploaded all your code to GitHub
"""


def git(folder: Path, *args: str, **more: str) -> None:
    subprocess.run(["git", *args], cwd=folder, env=ENVIRONMENT | more, check=True)


def project(folder: Path, *, commits: int, days: int, people: int, bots: bool = False) -> Path:
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "CHECKLIST.md").write_text(CHECKLIST)
    for number in range(commits):
        (folder / f"code{number}.py").write_text(CODE)
        git(folder, "add", ".")
        who = "dependabot[bot] <support@github.com>" if bots else PEOPLE[number % people]
        name, _, address = who.removesuffix(">").partition(" <")
        when = f"2026-01-{number % days + 1:02}T10:{number:02}:00"
        names = {f"GIT_{role}_NAME": name for role in ("AUTHOR", "COMMITTER")}
        addresses = {f"GIT_{role}_EMAIL": address for role in ("AUTHOR", "COMMITTER")}
        dates = {f"GIT_{role}_DATE": when for role in ("AUTHOR", "COMMITTER")}
        git(folder, "commit", "-qm", f"Write the code number {number}", **names, **addresses, **dates)
    return folder


def boxes(path: Path, tmp_path: Path) -> dict[str, tuple[str, str]]:
    out = tmp_path / "out"
    arguments = ["--sandbox", "local", "--profile", "project", "--out", str(out), "--modules", "M5"]
    CliRunner().invoke(app, ["check", str(path), *arguments])
    result = json.loads((out / "result.json").read_text())
    return {one["id"]: (one["verdict"], one["why"]) for one in result["checklist"]}


@pytest.mark.parametrize(("commits", "days"), [(1, 1), (2, 2), (8, 1)])
def test_commits_make_a_repository_however_few_and_fast(commits: int, days: int, tmp_path: Path) -> None:
    found = boxes(project(tmp_path / "repo", commits=commits, days=days, people=2), tmp_path)
    assert found["w1-01"][0] == "supported"


def test_commits_of_bots_alone_are_nobodys_repository(tmp_path: Path) -> None:
    found = boxes(project(tmp_path / "repo", commits=4, days=4, people=1, bots=True), tmp_path)
    assert found["w1-01"][0] == "unsupported"


@pytest.mark.parametrize(("people", "verdict"), [(1, "undetermined"), (2, "supported")])
def test_who_committed_says_little_of_who_may(people: int, verdict: str, tmp_path: Path) -> None:
    found = boxes(project(tmp_path / "repo", commits=8, days=8, people=people), tmp_path)
    assert found["w1-02"][0] == verdict


@pytest.mark.parametrize("remote", [True, False])
def test_code_is_uploaded_only_where_there_is_a_remote(remote: bool, tmp_path: Path) -> None:
    path = project(tmp_path / "repo", commits=4, days=4, people=2)
    if remote:
        git(path, "remote", "add", "origin", "https://github.com/group/project")
    verdict, why = boxes(path, tmp_path)["x-06"]
    assert verdict == ("supported" if remote else "undetermined")
    assert ("no remote" in why) is not remote


def test_a_remote_is_known_of_every_kind_of_source(tmp_path: Path) -> None:
    path = project(tmp_path / "repo", commits=1, days=1, people=1)
    assert not fetch(str(path), into=tmp_path / "a").has_remote
    git(tmp_path, "clone", "-q", str(path), "clone")
    assert fetch(str(tmp_path / "clone"), into=tmp_path / "b").has_remote
    git(path, "worktree", "add", "-q", str(tmp_path / "tree"))
    assert not fetch_working_tree(tmp_path / "tree", into=tmp_path / "c").has_remote
    git(path, "clone", "--quiet", "--bare", str(path), str(tmp_path / "bare"))
    git(tmp_path / "bare", "remote", "remove", "origin")
    assert fetch(str(tmp_path / "bare"), into=tmp_path / "e").has_remote
    git(path, "remote", "add", "upstream", "git@gitlab.com:group/project")
    assert fetch_working_tree(tmp_path / "tree", into=tmp_path / "d").has_remote
