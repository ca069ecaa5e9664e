"""A history that is not all there is never judged as if it were."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from grader.cli.main import app
from grader.settings import SubmissionLimits
from grader.submission import Submission, fetch, fetch_working_tree
from grader.testing import run_check
from tests.git_command import git

CHECKLIST = """# Project checklist

* [x] Create a git repository (M5)
* [ ] Make sure that all team members have write access to the GitHub repository (M5)
"""
Fetch = Callable[[Path, Path], Submission]


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository with twelve commits of two people, one a merge, on twelve days."""
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / ".gitignore").write_text("__pycache__/\n")
    for number in range(11):
        if number == 5:
            git(folder, "switch", "-qc", "side")
        (folder / f"step{number}.py").write_text(f"print({number})\n")
        git(folder, "add", ".")
        day = f"2026-01-{number + 1:02}T10:00:00"
        who: dict[str, Any] = {} if number % 2 else {"GIT_AUTHOR_NAME": "Bo", "GIT_AUTHOR_EMAIL": "bo@uni.dk"}
        dates: dict[str, Any] = {"GIT_AUTHOR_DATE": day, "GIT_COMMITTER_DATE": day}
        git(folder, "commit", "-qm", f"Describe the step number {number}", **who, **dates)
    git(folder, "switch", "-q", "main")
    git(folder, "merge", "-q", "--no-ff", "-m", "Merge branch 'side'", "side")
    return folder


@pytest.fixture
def shallow(repo: Path, tmp_path: Path) -> Path:
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repo}", "shallow")
    return tmp_path / "shallow"


def committed(path: Path, into: Path) -> Submission:
    return fetch(str(path), into=into)


def named(path: Path, into: Path) -> Submission:
    return fetch(str(path), into=into, commit="HEAD")


def tree(path: Path, into: Path) -> Submission:
    return fetch_working_tree(path, into=into)


@pytest.mark.parametrize("read", [committed, named, tree])
def test_a_shallow_clone_has_a_gap_until_it_is_filled(read: Fetch, shallow: Path, tmp_path: Path) -> None:
    before = read(shallow, tmp_path / "a")
    assert not before.history.complete
    assert "git fetch --unshallow" in before.history.gaps[0]
    assert "fetch-depth: 0" in before.history.gaps[0]
    assert set(before.history.gaps) <= set(before.notes)
    git(shallow, "fetch", "-q", "--unshallow")
    after = read(shallow, tmp_path / "b")
    assert (after.history.complete, after.history.gaps, after.history.commits) == (True, (), 12)


def test_a_bare_shallow_clone_has_a_gap(repo: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", "--depth=3", f"file://{repo}", "bare")
    assert not fetch(str(tmp_path / "bare"), into=tmp_path / "out").history.complete


def test_a_damaged_history_has_a_gap(repo: Path, tmp_path: Path) -> None:
    old = git(repo, "rev-list", "--max-parents=0", "HEAD")
    (repo / ".git" / "objects" / old[:2] / old[2:]).unlink()
    submission = fetch(str(repo), into=tmp_path / "out")
    assert submission.history.gaps
    assert "damaged" in submission.history.gaps[0]


@pytest.mark.parametrize(("limit", "complete"), [(11, False), (12, True), (13, True)])
def test_commits_beyond_the_limit_are_a_gap(limit: int, complete: bool, repo: Path, tmp_path: Path) -> None:
    submission = fetch(str(repo), into=tmp_path / "out", limits=SubmissionLimits(commits=limit))
    assert submission.history.commits == min(limit, 12)
    assert submission.history.complete is complete


def test_grafts_and_replaced_commits_hide_nothing(repo: Path, tmp_path: Path) -> None:
    tip = git(repo, "rev-parse", "HEAD")
    git(repo, "replace", "--graft", f"{tip}~2")
    (repo / ".git" / "info" / "grafts").write_text(f"{tip}\n")
    submission = fetch(str(repo), into=tmp_path / "out")
    assert (submission.history.complete, submission.history.commits) == (True, 12)


def test_a_commit_that_was_asked_for_leaves_no_gap(repo: Path, tmp_path: Path) -> None:
    before = git(repo, "rev-parse", "HEAD~1")
    assert fetch(str(repo), into=tmp_path / "out", commit=before).history.complete


def check(path: Path, out: Path, *more: str) -> tuple[int, str, dict[str, Any]]:
    arguments = ["check", str(path), "--sandbox", "local", "--out", str(out), "--modules", "M5", *more]
    done = CliRunner().invoke(app, arguments)
    return done.exit_code, done.output, json.loads((out / "result.json").read_text())


def verdicts(result: dict[str, Any]) -> dict[str, str]:
    return {one["id"]: one["verdict"] for module in result["modules"] for one in module["checks"]}


#: M5's checks that read files only.
OF_FILES = {
    "M5.no_conflict_markers",
    "M5.gitignore_covers_caches",
    "M5.generated_files_stay_out",
    "M5.exercise_files_are_tracked",
    "M5.the_default_branch_holds_the_code",
    "M5.no_secrets_are_committed",
}


@pytest.mark.process
@pytest.mark.parametrize("profile", ["exercises", "project"])
def test_no_check_of_history_judges_a_shallow_clone(profile: str, shallow: Path, tmp_path: Path) -> None:
    code, said, result = check(shallow, tmp_path / "out", "--profile", profile)
    found = verdicts(result)
    of_history = {name: verdict for name, verdict in found.items() if name not in OF_FILES}
    assert of_history
    assert set(of_history.values()) == {"not_applicable"}
    assert "not_applicable" not in {found[name] for name in OF_FILES & found.keys()}
    assert code == 0, found
    assert "git fetch --unshallow" in said.replace("\n", " ")
    why = [one["message"] for one in result["modules"][0]["checks"] if one["id"] in of_history]
    assert all("fetch-depth: 0" in text for text in why)
    assert result["history"]["gaps"]


@pytest.mark.process
def test_boxes_of_history_stay_open(shallow: Path, tmp_path: Path) -> None:
    (shallow / "CHECKLIST.md").write_text(CHECKLIST)
    _, _, result = check(shallow, tmp_path / "out", "--profile", "project")
    boxes = {one["id"]: one["verdict"] for one in result["checklist"]}
    assert (boxes["w1-01"], boxes["w1-02"]) == ("undetermined", "undetermined")


@pytest.mark.process
def test_a_whole_history_is_judged_without_a_word(repo: Path, tmp_path: Path) -> None:
    _, said, result = check(repo, tmp_path / "out", "--profile", "project")
    assert verdicts(result)["M5.work_grew_in_steps"] == "passed"
    assert "unshallow" not in said
    assert result["history"]["gaps"] == []


def test_a_documentation_branch_may_be_among_what_is_not_there() -> None:
    found = run_check(
        "checks/m32_documentation",
        "documentation_is_published",
        {"mkdocs.yml": "site_name: x\n", "docs/index.md": "# Digits\n\nWhat it is.\n"},
        profile="project",
        history_gaps=("The clone is shallow.",),
    )
    assert (found.verdict, found.unseen) == ("not_applicable", True)


@pytest.mark.process
def test_figures_of_a_gappy_history_are_not_known(shallow: Path, tmp_path: Path) -> None:
    from grader.render.repository_figures import figures
    from grader.results import Result

    check(shallow, tmp_path / "out")
    found = figures(Result.model_validate_json((tmp_path / "out" / "result.json").read_text()))
    assert found["commits"] is None
    assert found["people"] is None
    assert found["latest_commit"] is not None


@pytest.mark.process
def test_a_class_with_a_part_of_a_history_has_its_overview(repo: Path, shallow: Path, tmp_path: Path) -> None:
    out = tmp_path / "class"
    options = ("--sandbox", "local", "--trust-submissions", "--modules", "M5", "--out", str(out))
    done = CliRunner().invoke(app, ["grade", str(repo), str(shallow), *options])
    assert done.exit_code == 0, done.output
    people, commits, on_main = "People", "Commits", "On main"
    whole, part = _repositories((out / "index.html").read_text())
    assert (whole[people], whole[commits], whole[on_main]) == ("2", "12", "12")
    unknown = {name for name, text in part.items() if text == "not known"}
    assert {people, commits, on_main, "Pull requests", "Message length", "Days"} <= unknown
    assert part["Python"] == whole["Python"] == "11"
    rows = list(csv.DictReader((out / "grades.csv").read_text().splitlines()))
    assert [row["total_commits"] for row in rows] == ["12", ""]


def _repositories(page: str) -> list[dict[str, str]]:
    """Return the rows of the overview's table of repositories: the text of each cell by its label."""
    start = page.index('id="repositories"')
    table = page[start : page.index("</section>", start)]
    cell = re.compile(r'<td[^>]*data-label="([^"]*)"[^>]*>(.*?)</td>')
    return [
        {label: re.sub(r"<[^>]*>", "", text).strip() for label, text in cell.findall(row)}
        for row in table.split("<tr>")[2:]
    ]
