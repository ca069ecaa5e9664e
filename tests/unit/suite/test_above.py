"""Checks that look for what lies in a repository's root, where only a folder of it is graded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli.main import app
from tests.git_command import git

pytestmark = pytest.mark.process

SUITE = """
from grader.suite import check, not_applicable, partial

@check("A file of CI is there", above=("ci.yml", "ci.yaml"))
def test_ci(submission):
    text = submission.text("ci.yml") if submission.exists("ci.yml") else ""
    if text == "half":
        partial(0.5, "Half of it.")
    assert text or submission.exists("other"), "There is no ci.yml."

@check("What builds on it", requires=["ci"])
def test_builds_on_it(submission):
    pass

@check("What needs no root")
def test_of_its_own(submission):
    assert submission.exists("main.py"), "There is no main.py."
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "pack" / "checks" / "m07_x"
    folder.mkdir(parents=True)
    (folder / "module.toml").write_text('id = "M7"\nslug = "x"\ntitle = "X"\nsession = "S2"\n')
    (folder / "test_x.py").write_text(SUITE)
    return tmp_path / "pack"


def verdicts(pack: Path, tmp_path: Path, files: dict[str, str], subfolder: str = "a b/m7") -> dict[str, str]:
    repo = tmp_path / "repo"
    for name, text in ({"a b/m7/README": "x"} | files).items():
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).write_text(text)
    for command in (("init", "-q"), ("add", "."), ("commit", "-qm", "Add it")):
        git(repo, *command)
    out = tmp_path / "out"
    arguments = ["--course", str(pack), "--sandbox", "local", "--format", "json", "--out", str(out)]
    done = CliRunner().invoke(app, ["check", str(repo / subfolder), *arguments])
    result = json.loads((out / "result.json").read_text())
    checks = {one["id"].partition(".")[2]: one for one in result["modules"][0]["checks"]}
    unseen = {name for name, one in checks.items() if one["unseen"]}
    assert unseen == {name for name, one in checks.items() if one["verdict"] == "not_applicable"}
    seen = {one["verdict"] for one in checks.values()}
    assert done.exit_code == (1 if seen & {"failed", "partial", "blocked"} else 0)
    assert all(
        "repo' --modules M7" in one["message"] for name, one in checks.items() if name in unseen & {"ci"}
    )
    return {name: one["verdict"] for name, one in checks.items()}


@pytest.mark.parametrize("above", ["ci.yml", "a b/ci.yaml", "ci.yml/x"])
def test_what_lies_above_leaves_a_check_and_what_builds_on_it_open(
    above: str, pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "with space").mkdir()
    found = verdicts(pack, tmp_path / "with space", {above: "x", "a b/m7/main.py": ""})
    assert found == {"ci": "not_applicable", "builds_on_it": "not_applicable", "of_its_own": "passed"}


@pytest.mark.parametrize(
    ("files", "ci"),
    [
        ({"a b/m7/ci.yml": "whole"}, "passed"),
        ({"ci.yml": "x", "a b/m7/ci.yml": "whole"}, "passed"),
        ({"ci.yml": "x", "a b/m7/ci.yml": "half"}, "partial"),
        ({"ci.yml": "x", "a b/m7/other": ""}, "passed"),
        ({"elsewhere/ci.yml": "x"}, "failed"),
        ({}, "failed"),
    ],
)
def test_what_the_folder_has_is_judged(files: dict[str, str], ci: str, pack: Path, tmp_path: Path) -> None:
    found = verdicts(pack, tmp_path, {**files, "a b/m7/main.py": "", "main.py": ""})
    assert found["ci"] == ci
    assert found["builds_on_it"] == ("passed" if ci == "passed" else "blocked")


def test_what_needs_no_root_is_judged(pack: Path, tmp_path: Path) -> None:
    assert verdicts(pack, tmp_path, {"main.py": ""})["of_its_own"] == "failed"


def test_of_a_whole_repository_nothing_lies_above(pack: Path, tmp_path: Path) -> None:
    (tmp_path / "ci.yml").write_text("above the repository")
    assert verdicts(pack, tmp_path, {"main.py": ""}, subfolder="")["ci"] == "failed"
