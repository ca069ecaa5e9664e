"""Nobody's name is in what is written: every output of `check`, `grade` and `report` is searched for each of them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.git_command import git
from tests.places import ROOT
from tests.small_class import SmallClass, small_class, write_pack

pytestmark = pytest.mark.process

#: Its messages, evidence and measurements quote the repository, as suites do.
SUITE = """
from grader.suite import check, evidence, measure

@check("The README greets nobody")
def test_greets(submission):
    evidence("README.md", 1, submission.text("README.md"))
    for path in submission.files():
        evidence(path, 1, path)
    measure("by", submission.text("AUTHORS").splitlines()[0])
    assert not submission.exists("README.md"), submission.text("AUTHORS")

@check("History is read")
def test_history(submission):
    said = "; ".join(f"{c.author.name} {c.author.email} {c.subject} {c.body}" for c in submission.history.commits)
    assert not said, said
"""
#: In any case, and wherever they stand.
NAMES = (
    *(
        "ada",
        "lovelace",
        "grace",
        "hopper",
        "søren",
        "soren",
        "kirkegaard",
        "s204070",
        "204070",
        "s214071",
        "214071",
    ),
    *("adalov", "ghopper", "uni.dk", "navy", "thora", "personn"),
)
FORMATS = "html,json,junit,markdown,github"


def make(folder: Path) -> Path:
    """Make a repository full of names."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    (folder / "README.md").write_text(
        "# Ada Lovelace's project\nBy Ada, adalov on GitHub, and Søren (s214071@uni.dk), see https://github.com/adalov/pix2pix\n"
        "Run in /home/lovelace/work. wandb: https://wandb.ai/ghopper/run\n"
    )
    (folder / "AUTHORS").write_text(
        "Grace Hopper <grace.hopper@navy.mil>\nThora Personn, s204070\n", encoding="utf-8"
    )
    (folder / "src" / "ada_lovelace_model").mkdir(parents=True)
    (folder / "src" / "ada_lovelace_model" / "hopperNet.py").write_text("# by SOREN KIRKEGAARD\nx = 1\n")
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "hopper"\nversion = "1"\nauthors = [{name = "Thora Personn", email = "thora@personn.org"}]\n'
    )
    git(folder, "add", ".")
    commit(folder, "Ada Lovelace", "adalov@uni.dk", "first, with Grace")
    commit(
        folder,
        "Grace Hopper",
        "1+ghopper@users.noreply.github.com",
        "x\n\nCo-authored-by: Søren Kirkegaard <s214071@uni.dk>",
    )
    git(folder, "branch", "ghopper-dev")
    return folder


def commit(folder: Path, name: str, email: str, message: str) -> None:
    git(
        folder,
        *("commit", "-q", "--allow-empty", "-m", message),
        GIT_AUTHOR_NAME=name,
        GIT_AUTHOR_EMAIL=email,
        GIT_COMMITTER_NAME=name,
        GIT_COMMITTER_EMAIL=email,
    )


def run(root: Path, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "grader.cli", *arguments, "--course", "pack"],
        cwd=root,
        env={**os.environ, "COLUMNS": "200", "CI": "", "XDG_CACHE_HOME": str(root / "cache"), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert done.returncode in {0, 1, 3}, done.stdout
    return done.stdout


def leaks(out: Path, said: str = "") -> list[str]:
    """Return where a name is found: in what was said, in names of files, in files of any kind."""
    texts = {"said": said}
    for path in out.rglob("*"):
        texts[f"name of {path}"] = path.relative_to(out).as_posix()
        if path.is_file():
            texts[str(path)] = path.read_bytes().decode("utf-8", "replace")
    found = []
    for place, text in texts.items():
        # The engine's own words, which are no names: in the page's styles and scripts.
        text = re.sub(r"<style.*?</style>|<script.*?</script>", "", text, flags=re.DOTALL)
        for name in NAMES:
            for match in re.finditer(rf"(?<![a-z]){re.escape(name)}(?![a-z])", text, re.IGNORECASE):
                found.append(f"{place}: …{text[max(0, match.start() - 40) : match.end() + 40]!r}")
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_pack(tmp_path / "pack", SUITE)
    (tmp_path / "pack" / "reports").mkdir()
    for name in ("groups.toml", "report.toml"):
        shutil.copy(ROOT / "reports" / name, tmp_path / "pack" / "reports")
    return tmp_path


def test_the_search_finds_what_is_there(root: Path) -> None:
    make(root / "adalov-project")
    run(root, "check", "adalov-project", "--sandbox", "local", "--format", FORMATS, "--out", "out")
    found = " ".join(leaks(root / "out"))
    assert all(name in found.casefold() for name in ("lovelace", "grace", "søren", "s204070", "ghopper"))


def test_check_in_ci_hides_everybody(root: Path) -> None:
    make(root / "adalov-project")
    said = run(
        root, "check", "adalov-project", "--sandbox", "local", "--format", FORMATS, "--out", "out", CI="true"
    )
    assert leaks(root / "out", said) == []
    text = (root / "out/result.json").read_text()
    assert all(f"student-{number}" in text for number in (1, 2, 3))
    shown = run(
        root,
        "check",
        "adalov-project",
        "--sandbox",
        "local",
        "--no-pseudonymous",
        "--out",
        "names",
        CI="true",
    )
    assert "adalov" in shown


def test_a_class_hides_everybody(root: Path) -> None:
    make(root / "hand-ins" / "adalov-project")
    make(root / "hand-ins" / "Grace Hopper")
    (root / "list.csv").write_text(
        "group_nb,student 1,student 2,student 3,student 4,student 5,github_repo\n"
        f"7,s204070,thora@personn.org,,,,{root}/hand-ins/adalov-project\n"
        f"8,s214071,,,,,{root}/hand-ins/Grace Hopper\n"
        "9,,,,,,adalov/lovelace/hopper\n"
        "10,s204070,,,,,No Link Found\n"
    )
    local = ("--sandbox", "local", "--trust-submissions", "--format", FORMATS, "--pseudonymous")
    for _ in range(2):
        said = run(root, "grade", "--groups", "list.csv", "--allow-local", *local, "--out", "out")
        assert leaks(root / "out", said) == []
    assert said.count("as before") == 2
    table = (root / "out/grades.csv").read_text()
    assert "\ngroup-7,group-7," in table
    assert ",7,student-1 student-2," in table
    assert "are one commit" not in table
    assert not (root / "out/brightspace.csv").exists(), "A pseudonym is no account."
    # Sources that no number stands for, in a folder, and by name.
    said = run(root, "grade", "--groups", "hand-ins", *local, "--out", "folder")
    said += run(root, "grade", "hand-ins/Grace Hopper", "hand-ins/nowhere/ghopper", *local, "--out", "folder")
    assert leaks(root / "folder", said) == []
    # The one that was named and the one in the folder are one repository, and one row.
    assert len(list((root / "folder" / "submissions").iterdir())) == 2


def test_a_result_with_names_is_rendered_without(root: Path) -> None:
    make(root / "adalov-project")
    run(root, "check", "adalov-project", "--sandbox", "local", "--out", "out")
    said = run(root, "report", "out/result.json", "--format", FORMATS, "--pseudonymous", "--out", "hidden")
    # What only the history knew is not in a result: addresses, accounts, authors of files.
    left = [
        leak
        for leak in leaks(root / "hidden", said)
        if not re.search("adalov|ghopper|thora|personn", leak, re.IGNORECASE)
    ]
    assert left == []


def test_small_classes_of_old_are_the_same(tmp_path: Path) -> None:
    group = small_class(tmp_path, ("one",))
    done = SmallClass(tmp_path, ("one",)).run("--no-pseudonymous")
    assert done.returncode == 0, done.stdout
    assert group.result("one")["submission"]["source"] == "one"
