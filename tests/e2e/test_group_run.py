"""A class from a group list, through the command line: rows that are wrong, a deadline, one commit in two rows."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.git_command import git
from tests.places import ROOT
from tests.small_class import SmallClass, commit, small_class

pytestmark = pytest.mark.process

HEADER = "group_nb,student 1,student 2,student 3,student 4,student 5,github_repo\n"
LATE = "2026-01-26T10:00:00+0100"
DEADLINE = ("--deadline", "2026-01-23T23:59+01:00")


def listed(folder: Path, text: str, *names: str) -> SmallClass:
    """Make repositories below a folder, and a list of groups that names them."""
    group = small_class(folder, names)
    (folder / "groups.csv").write_text(HEADER + text)
    (folder / "pack" / "reports").mkdir()
    shutil.copy(ROOT / "reports" / "groups.toml", folder / "pack" / "reports")
    return group


def grade(group: SmallClass, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = SmallClass(group.root, ()).command("--groups", "groups.csv", *arguments)
    environment = {**group.environment, "XDG_CACHE_HOME": str(group.root / "cache"), "CI": ""}
    return subprocess.run(
        command,
        cwd=group.root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )


def rows(group: SmallClass) -> dict[str, dict[str, str]]:
    with (group.root / "out" / "grades.csv").open(newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def test_a_group_list_from_end_to_end(tmp_path: Path) -> None:
    text = (
        "7,s111111,s222222,,,,one\n"
        "8,s333333,,,,,No Link Found\n"
        "9,s444444,,,,,/nowhere/at/all\n"
        "10,s555555,,,,,two\n"
    )
    group = listed(tmp_path, text, "one", "two")
    done = grade(group, "--allow-local")
    assert done.returncode == 3, done.stdout
    assert "group-9: could not be graded: line 4: There is nothing at" in done.stdout
    found = rows(group)
    assert {name: row["status"] for name, row in found.items()} == {
        "group-7": "graded",
        "group-10": "graded",
        "group-8": "not graded",
        "group-9": "not graded",
    }
    assert (found["group-7"]["group"], found["group-7"]["members"]) == ("7", "s111111 s222222")
    with (group.root / "out" / "brightspace.csv").open(newline="") as file:
        assert {row["Username"] for row in csv.DictReader(file)} == {"s111111", "s222222", "s555555"}
    assert found["group-8"]["reason"] == "line 3: no repository was handed in."
    result = group.result("group-7")
    assert result["submission"]["group"] == {
        "number": 7,
        "name": "",
        "members": ["s111111", "s222222"],
        "notes": [],
    }
    assert "s222222" in (tmp_path / "out/index.html").read_text()
    assert "s222222" in (tmp_path / "out/submissions/group-7/report.html").read_text()

    # A row that was mended keeps its id; a member who is new changes no grade, and is told all the same.
    (tmp_path / "groups.csv").write_text(
        HEADER + "7,s111111,s222222,s666666,,,one\n9,s444444,,,,,two\n10,s555555,,,,,two\n"
    )
    again = grade(group, "--allow-local")
    assert again.returncode == 0, again.stdout
    assert again.stdout.count("as before") == 2
    assert "group-10 and group-9 are one commit" in again.stdout or "group-9 and group-10 are" in again.stdout
    found = rows(group)
    assert found["group-9"]["status"] == "graded"
    assert found["group-7"]["members"] == "s111111 s222222 s666666"
    assert "are one commit" in (tmp_path / "out/index.html").read_text()
    notes = group.result("group-9")["submission"]["group"]["notes"]
    assert notes == ["the same repository is that of group 10 (line 4)"]


def test_only_missing_hand_ins_are_no_fault_of_the_grader(tmp_path: Path) -> None:
    group = listed(tmp_path, "1,,,,,,one\n2,,,,,,No Link Found\n", "one")
    done = grade(group, "--allow-local")
    assert done.returncode == 0, done.stdout
    assert rows(group)["group-2"]["status"] == "not graded"


def test_paths_of_a_list_need_a_word(tmp_path: Path) -> None:
    group = listed(tmp_path, "1,,,,,,one\n", "one")
    done = grade(group)
    assert done.returncode == 3
    assert "--allow-local" in rows(group)["group-1"]["reason"]


def test_a_folder_of_clones_needs_none(tmp_path: Path) -> None:
    group = small_class(tmp_path, ())
    (tmp_path / "groups.csv").mkdir()
    for name in ("group_1", "group_2"):
        other = tmp_path / "groups.csv" / name
        other.mkdir()
        (other / "README.md").write_text(f"Hello from {name}\n")
        git(other, "init", "-q", "-b", "main")
        commit(other, "Say hello")
    done = grade(group)
    assert done.returncode == 0, done.stdout
    assert set(rows(group)) == {"group-1", "group-2"}


def test_a_deadline_is_shown_and_late_commits_change_no_grade(tmp_path: Path) -> None:
    group = listed(tmp_path, "1,,,,,,one\n2,,,,,,two\n", "one", "two")
    git(tmp_path / "two", "commit", "-q", "--amend", "-m", "late", "--date", LATE, GIT_COMMITTER_DATE=LATE)
    done = grade(group, "--allow-local", *DEADLINE)
    assert done.returncode == 3, done.stdout
    found = rows(group)
    assert (found["group-1"]["late_commits"], found["group-1"]["decided_by"]) == ("0", "committer")
    assert "no commit on 'main' at or before the deadline" in found["group-2"]["reason"]
    assert "2026-01-26" in found["group-2"]["reason"]

    (tmp_path / "one" / "README.md").write_text("Good bye\n")
    git(tmp_path / "one", "commit", "-qam", "late", GIT_AUTHOR_DATE=LATE, GIT_COMMITTER_DATE=LATE)
    again = grade(group, "--allow-local", *DEADLINE)
    assert "as before" in again.stdout
    assert rows(group)["group-1"]["late_commits"] == "1"
    told = json.loads((tmp_path / "out/submissions/group-1/result.json").read_text())["submission"][
        "deadline"
    ]
    assert (told["later"], told["later_from"]) == (1, "2026-01-26T09:00:00Z")
    page = (tmp_path / "out/submissions/group-1/report.html").read_text()
    assert "1 commit of" in page
    assert "Nobody vouches" in page
    assert 'id="deadline"' in (tmp_path / "out/index.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "There is nothing to grade"),
        (("--groups", "nowhere.csv"), "no group list"),
        (("one", "--deadline", "2026-01-23T23:59"), "no time zone"),
        (("one", "--token-env", "ghp_abcdefghijklmnop"), "the name of an environment variable"),
        (("one", "--token-env", "NO_SUCH_VARIABLE_HERE"), "holds no token"),
        (("one", "--allow-local"), "about a group list"),
    ],
)
def test_a_command_line_that_is_wrong(tmp_path: Path, arguments: tuple[str, ...], why: str) -> None:
    group = small_class(tmp_path, ("one",))
    command = [*SmallClass(tmp_path, ()).command(), *arguments]
    done = subprocess.run(command, cwd=tmp_path, env=group.environment, capture_output=True, text=True)
    assert done.returncode == 2, done.stdout + done.stderr
    assert why in done.stderr
    assert "ghp_abcdefghijklmnop" not in done.stderr + done.stdout
