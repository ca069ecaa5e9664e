"""`grader check FOLDER` inside a repository: that folder is graded, and nothing above it is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from grader.cli.main import app
from grader.errors import SourceError
from grader.submission import fetch_working_tree
from tests.git_command import git

WORKFLOW = """name: Tests
on: {push: {branches: [main]}}
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pytest tests/
"""


def commit(repo: Path, subject: str, **files: str) -> str:
    for name, text in files.items():
        path = repo / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", subject)
    return git(repo, "rev-parse", "HEAD")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """Two exercises in one repository: `exercises/m05` and `other`, with one merge into each."""
    folder = tmp_path / "course"
    (folder / "exercises" / "m05").mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    (folder / ".gitignore").write_text("__pycache__/\n*.log\n")
    (folder / "exercises" / ".gitignore").write_text("data/\n")
    commit(folder, "Start the course", README="hello\n")
    commit(folder, "Add the data", exercises__m05__data="1\n")
    commit(folder, "Add another exercise", other__main="2\n")
    return folder


@pytest.fixture
def exercise(repo: Path) -> Path:
    return repo / "exercises" / "m05"


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "out"


def subjects(path: Path, into: Path) -> list[str]:
    return [one["subject"] for one in fetch_working_tree(path, into=into).commits]


def test_only_the_folder_is_read(exercise: Path, into: Path) -> None:
    (exercise / "new.py").write_text("print()\n")
    submission = fetch_working_tree(exercise, into=into)
    assert submission.files() == ["data", "new.py"]
    assert sorted(path.name for path in into.rglob("*")) == ["data", "new.py"]
    assert submission.subfolder == "exercises/m05"
    assert (submission.source, submission.id) == (str(exercise), "course-exercises-m05")
    assert submission.sizes.keys() == {"data", "new.py"}


def test_the_repository_itself_has_no_subfolder(repo: Path, into: Path) -> None:
    assert fetch_working_tree(repo, into=into / "a").subfolder == ""
    submission = fetch_working_tree(repo / ".git", into=into / "b")
    assert (submission.subfolder, submission.id) == ("", "course")
    assert "README" in submission.files()


def test_ignore_rules_above_still_hold(exercise: Path, into: Path) -> None:
    (exercise / "run.log").touch()
    (exercise / "data.d").mkdir()
    (exercise / "sub" / "data").mkdir(parents=True)
    (exercise / "sub" / "data" / "x.npz").touch()
    assert fetch_working_tree(exercise, into=into).files() == ["data"]


@pytest.mark.parametrize("change", ["other/main", "README", "exercises/new"])
def test_a_change_outside_leaves_it_clean(change: str, repo: Path, exercise: Path, into: Path) -> None:
    (repo / change).write_text("changed")
    assert not fetch_working_tree(exercise, into=into).dirty


@pytest.mark.parametrize("change", ["exercises/m05/data", "exercises/m05/new"])
def test_a_change_inside_makes_it_dirty(change: str, repo: Path, exercise: Path, into: Path) -> None:
    (repo / change).write_text("changed")
    assert fetch_working_tree(exercise, into=into).dirty


def test_the_history_is_that_of_the_folder(repo: Path, exercise: Path, into: Path) -> None:
    submission = fetch_working_tree(exercise, into=into)
    assert [one["subject"] for one in submission.commits] == ["Add the data"]
    assert (submission.history.commits, submission.history.complete) == (1, True)
    assert submission.commit == git(repo, "rev-parse", "HEAD")


def test_parents_are_commits_of_the_folder(repo: Path, exercise: Path, into: Path) -> None:
    second = commit(repo, "Change the data", exercises__m05__data="3\n")
    commits = fetch_working_tree(exercise, into=into).commits
    assert commits[0]["sha"] == second
    assert commits[0]["parents"] == [commits[1]["sha"]]


@pytest.mark.parametrize(("branch_file", "counts"), [("exercises__m05__side", True), ("other__side", False)])
def test_a_merge_counts_where_it_brought_something(
    branch_file: str, counts: bool, repo: Path, exercise: Path, into: Path
) -> None:
    git(repo, "switch", "-qc", "side")
    commit(repo, "Work aside", **{branch_file: "4\n"})
    git(repo, "switch", "-q", "main")
    commit(repo, "Go on with the data", exercises__m05__data="5\n")
    git(repo, "merge", "-q", "--no-ff", "-m", "Merge branch 'side'", "side")
    submission = fetch_working_tree(exercise, into=into)
    assert submission.history.merges == int(counts)
    assert ("Merge branch 'side'" in [one["subject"] for one in submission.commits]) is counts
    assert all(len(one["parents"]) < 2 for one in submission.commits if "Merge" not in one["subject"])


@pytest.mark.parametrize(("branch_file", "names"), [("exercises__m05__x", ["main", "side"]), ("x", ["main"])])
def test_branches_are_those_with_work_on_the_folder(
    branch_file: str, names: list[str], repo: Path, exercise: Path, into: Path
) -> None:
    git(repo, "switch", "-qc", "side")
    commit(repo, "Work aside", **{branch_file: "4\n"})
    git(repo, "switch", "-q", "main")
    submission = fetch_working_tree(exercise, into=into)
    assert [one["name"] for one in submission.branches] == names
    assert list(submission.history.branches) == names


def test_a_folder_that_was_removed_and_made_again(repo: Path, exercise: Path, into: Path) -> None:
    git(repo, "rm", "-qr", "exercises/m05")
    git(repo, "commit", "-qm", "Remove it")
    commit(repo, "Make it again", exercises__m05__data="9\n")
    assert subjects(exercise, into) == ["Make it again", "Remove it", "Add the data"]


def test_a_folder_before_its_first_commit(repo: Path, into: Path) -> None:
    (repo / "new").mkdir()
    (repo / "new" / "main.py").touch()
    submission = fetch_working_tree(repo / "new", into=into)
    assert (submission.files(), submission.commits, submission.dirty) == (["main.py"], [], True)


def test_a_repository_before_its_first_commit(tmp_path: Path, into: Path) -> None:
    (tmp_path / "fresh" / "sub").mkdir(parents=True)
    git(tmp_path / "fresh", "init", "-q", "-b", "main")
    (tmp_path / "fresh" / "sub" / "main.py").touch()
    submission = fetch_working_tree(tmp_path / "fresh" / "sub", into=into)
    assert (submission.files(), submission.commits) == (["main.py"], [])


@pytest.mark.parametrize("name", ["a b", "*", "[x]", ":(top)", "é", "-x", "#", "a:b"])
def test_any_name_of_a_folder_is_taken_literally(name: str, repo: Path, into: Path) -> None:
    (repo / name).mkdir()
    (repo / name / "main.py").touch()
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "Add it")
    submission = fetch_working_tree(repo / name, into=into)
    assert submission.files() == ["main.py"]
    assert [one["subject"] for one in submission.commits] == ["Add it"]
    assert submission.subfolder == name


def test_a_folder_with_nothing_to_grade(repo: Path, into: Path) -> None:
    (repo / "exercises" / "data").mkdir()
    (repo / "exercises" / "data" / "x").touch()
    with pytest.raises(SourceError, match="holds no file"):
        fetch_working_tree(repo / "exercises" / "data", into=into)


def test_a_folder_of_git_itself(repo: Path, into: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(repo), "bare.git")
    for inside in (repo / ".git" / "refs", tmp_path / "bare.git" / "objects"):
        with pytest.raises(SourceError, match="own folder of git"):
            fetch_working_tree(inside, into=into)


def test_another_repository_inside_is_its_own(repo: Path, into: Path) -> None:
    inner = repo / "inner"
    inner.mkdir()
    git(inner, "init", "-q", "-b", "main")
    commit(inner, "Inside", main="1\n")
    submission = fetch_working_tree(inner, into=into)
    assert (submission.subfolder, [one["subject"] for one in submission.commits]) == ("", ["Inside"])


def test_a_damaged_index_is_no_trouble(repo: Path, exercise: Path, into: Path) -> None:
    (repo / ".git" / "index").write_bytes(b"garbage")
    assert fetch_working_tree(exercise, into=into).files() == ["data"]


def test_a_partial_clone_without_trees_has_a_gap(repo: Path, tmp_path: Path) -> None:
    git(repo, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=tree:0", f"file://{repo}", "partial")
    submission = fetch_working_tree(tmp_path / "partial" / "exercises" / "m05", into=tmp_path / "out")
    assert not submission.history.complete
    assert "partial clone" in submission.history.gaps[0]


def test_a_name_with_a_line_break_is_refused(repo: Path, into: Path) -> None:
    (repo / "a\nb").mkdir()
    (repo / "a\nb" / "main.py").touch()
    with pytest.raises(SourceError, match="line break"):
        fetch_working_tree(repo / "a\nb", into=into)


@pytest.mark.process
def test_the_terminal_says_that_a_folder_was_graded(
    exercise: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(exercise.parent)
    arguments = ["m05", "--sandbox", "local", "--out", str(tmp_path / "out"), "--modules", "M10"]
    said = CliRunner().invoke(app, ["check", *arguments]).output
    assert "Only the folder `exercises/m05` was read" in said
    assert "`grader check ..` grades the repository" in said


def check(
    path: Path | str, out: Path, modules: str, *more: str
) -> tuple[int, dict[str, dict[str, Any]], dict[str, Any]]:
    arguments = ["check", str(path), "--sandbox", "local", "--out", str(out), "--modules", modules, *more]
    done = CliRunner().invoke(app, arguments)
    result = json.loads((out / "result.json").read_text())
    found = {one["id"]: one for module in result["modules"] for one in module["checks"]}
    return done.exit_code, found, result


@pytest.mark.process
def test_what_lies_in_the_root_is_not_applicable(
    repo: Path, exercise: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repo / ".github" / "workflows").mkdir(parents=True)
    (repo / ".github" / "workflows" / "tests.yaml").write_text(WORKFLOW)
    (repo / ".pre-commit-config.yaml").write_text("repos: []\n")
    commit(repo, "Set CI up", **{"exercises__m05__main.py": "print()\n"})
    monkeypatch.chdir(exercise)
    _, found, result = check(".", tmp_path / "out", "M5,M17,M18,M19")
    of_root = {name: one for name, one in found.items() if not name.startswith("M5.")}
    assert {one["verdict"] for one in of_root.values()} == {"not_applicable"}
    assert all("grader check ../.. --modules M1" in one["message"] for one in of_root.values())
    assert {one["verdict"] for one in result["modules"] if one["id"] != "M5"} == {"not_applicable"}
    assert found["M5.gitignore_covers_caches"]["verdict"] == "not_applicable"
    assert "grader check ../.. --modules M5" in found["M5.gitignore_covers_caches"]["message"]
    assert result["submission"]["subfolder"] == "exercises/m05"
    assert result["submission"]["source"] == "."


@pytest.mark.process
def test_a_folder_made_as_a_repository_is_read_as_one(repo: Path, exercise: Path, tmp_path: Path) -> None:
    for folder in (repo, exercise):
        (folder / ".github" / "workflows").mkdir(parents=True)
        (folder / ".github" / "workflows" / "tests.yaml").write_text(WORKFLOW)
        (folder / ".gitignore").write_text("nothing\n")
    commit(repo, "Set CI up", **{"exercises__m05__main.py": "print()\n"})
    _, found, _ = check(exercise, tmp_path / "out", "M5,M17")
    assert found["M17.workflows_are_valid"]["verdict"] == "passed"
    assert found["M5.gitignore_covers_caches"]["verdict"] == "failed"


@pytest.mark.process
def test_without_any_in_the_root_there_is_none(exercise: Path, tmp_path: Path) -> None:
    _, _, result = check(exercise, tmp_path / "out", "M17")
    assert [one["verdict"] for one in result["modules"]] == ["not_started"]


@pytest.mark.process
def test_the_same_folder_solved_elsewhere_helps_nobody(repo: Path, exercise: Path, tmp_path: Path) -> None:
    commit(repo, "Solve another", other__Dockerfile="FROM python:3.12-slim\nCMD ['python']\n")
    _, _, whole = check(repo, tmp_path / "a", "M10")
    _, _, part = check(exercise, tmp_path / "b", "M10")
    assert whole["modules"][0]["verdict"] != "not_started"
    assert part["modules"][0]["verdict"] == "not_started"


@pytest.mark.process
def test_a_claim_about_the_root_stays_open(repo: Path, tmp_path: Path) -> None:
    answer = "We run `tests.yaml` in `.github/workflows/tests.yaml`, and `configs/other.yaml` holds more."
    report = Path("grader/demo/project/reports/README.md").read_text()
    project = repo / "project"
    (project / "reports").mkdir(parents=True)
    (project / "reports" / "README.md").write_text(report.replace("> Answer:", f"> Answer:\n\n{answer}\n", 1))
    _, _, result = check(project, tmp_path / "out", "M5")
    claims = [one for question in result["exam"]["questions"] for one in question["claims"]]
    files = [one for one in claims if one["kind"] == "file"]
    assert files
    assert "contradicted" not in {one["verdict"] for one in files}
