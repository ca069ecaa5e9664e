"""The figures of a repository's files."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.results import Statistics
from grader.settings import SubmissionLimits
from grader.submission import fetch, fetch_working_tree
from grader.submission.model import Submission
from grader.submission.statistics import read_statistics
from tests.cpu import ends_within

EMPTY = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"


def blob(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def statistics(
    tmp_path: Path, files: Mapping[str, str | bytes], template: tuple[str, ...] = (), **limits: int
) -> Statistics:
    return read_statistics(fetched(tmp_path, files, **limits), (EMPTY, *template))


def fetched(tmp_path: Path, files: Mapping[str, str | bytes], **limits: int) -> Submission:
    folder = tmp_path / "repo"
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
    subprocess.run(["git", "-C", folder, "add", "-Af"], check=True)
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.dk"]
    subprocess.run(["git", "-C", folder, *identity, "commit", "-qm", "x"], check=True)
    return fetch(str(folder), into=tmp_path / "files", limits=SubmissionLimits(**limits))


def test_files_are_counted_by_kind_wherever_they_lie(tmp_path: Path) -> None:
    found = statistics(
        tmp_path,
        {
            "Dockerfile": "FROM a:1",
            "docker/Train Model.Dockerfile": "FROM a:1",
            "dockerfiles/api.docker": "FROM a:1",
            ".dockerignore": "x",
            "src/pkg/model.py": "x = 1",
            "src/pkg/__init__.py": "",
            ".python-version": "3.12",
            "src/pkg/__pycache__/model.cpython-312.pyc": b"\0",
            "venv/lib/site.py": "x = 1",
            "notebooks/a.ipynb": "{}",
            ".github/workflows/tests.yml": "on: push",
            ".github/workflows/lint.yaml": "on: push",
            ".github/workflows/README.md": "x",
            ".github/dependabot.yaml": "x",
            "gcp/cloudbuild_train.yaml": "steps: []",
            "cloud-build.yml": "steps: []",
        },
    )
    assert (found.dockerfiles, found.python_files, found.notebooks, found.workflow_files) == (3, 1, 1, 2)
    assert found.cloudbuild == ("cloud-build.yml", "gcp/cloudbuild_train.yaml")
    assert found.template_files == 1
    assert found.files == 16


def test_untouched_template_files_are_not_counted(tmp_path: Path) -> None:
    workflow = "name: Tests\n"
    files = {".github/workflows/tests.yaml": workflow, ".github/workflows/own.yaml": "name: Own\n"}
    found = statistics(tmp_path, files, (blob(workflow.encode()),))
    assert (found.workflow_files, found.template_files) == (1, 1)


@pytest.mark.parametrize(
    ("name", "content", "declares"),
    [
        ("requirements.txt", "torch\n", True),
        ("requirements.txt", "# nothing yet\n\n", False),
        ("requirements/dev.txt", "torch\n", True),
        ("backend/requirements_dev.txt", "torch\n", True),
        ("pyproject.toml", "[project]\ndependencies = ['torch']\n", True),
        ("pyproject.toml", "[tool.ruff]\nline-length = 120\n", False),
        ("pyproject.toml", "[tool.poetry.dependencies]\npython = '^3.11'\n", True),
        ("pyproject.toml", "[dependency-groups]\ndev = ['pytest']\n", True),
        ("pyproject.toml", "[project\n", False),
        pytest.param("pyproject.toml", "a = " + "[" * 5000, False, id="deep"),
        ("environment.yml", "dependencies: [python]\n", True),
        # A short id: pytest hands the id of a test to every process by its environment.
        pytest.param("uv.lock", "version = 1\n" + "x" * 600_000, True, id="large lock"),
    ],
)
def test_dependencies_are_declared_whatever_the_tool(
    tmp_path: Path, name: str, content: str, declares: bool
) -> None:
    assert statistics(tmp_path, {name: content}).requirements == ((name,) if declares else ())


@pytest.mark.parametrize(
    ("files", "initialised", "used"),
    [
        ({"README.md": "dvc"}, False, False),
        ({".dvc/config": "[core]\n", ".dvcignore": "# x\n"}, True, False),
        ({".dvc/config": "[core]\n", "data.dvc": "outs:\n- md5: 0\n  path: data\n"}, True, True),
        ({".dvc/config": "[core]\n", "data.dvc": ""}, True, False),
        ({"sub/.dvc/config": "[core]\n", "sub/dvc.yaml": "stages:\n  a:\n    cmd: b\n"}, True, True),
    ],
)
def test_dvc_is_used_where_it_keeps_track_of_something(
    tmp_path: Path, files: dict[str, str], initialised: bool, used: bool
) -> None:
    found = statistics(tmp_path, files)
    assert (found.dvc_initialised, found.dvc_used) == (initialised, used)


def test_sizes_are_of_everything_at_the_commit(tmp_path: Path) -> None:
    files = {f"data/{number:02}.bin": b"x" * number for number in range(1, 31)}
    found = statistics(tmp_path, {**files, "model.pt": b"\1" * 5000}, file_bytes=4096)
    assert found.size_bytes == 5000 + sum(range(1, 31))
    assert len(found.largest) == 20
    assert [(one.path, one.size_bytes) for one in found.largest[:2]] == [
        ("model.pt", 5000),
        ("data/30.bin", 30),
    ]


def test_a_working_tree_has_the_same_figures(tmp_path: Path) -> None:
    committed = statistics(tmp_path, {"a.py": "x = 1\n", "big.bin": b"\0" * 9000})
    tree = fetch_working_tree(tmp_path / "repo", into=tmp_path / "tree")
    assert read_statistics(tree, (EMPTY,)) == committed


def test_readme_words_are_prose(tmp_path: Path) -> None:
    text = "# My project\n\n<img src='x.png'> ![a badge](https://a.b/c)\n\n```\ntree of folders\n```\n<!-- hidden -->\nDoes it.\n"
    assert statistics(tmp_path, {"README.md": text, "docs/README.md": "many more words"}).readme_words == 4


NESTED = "a." * (256 * 1024 - 1) + "a=1"


@pytest.mark.slow
def test_a_costly_pyproject_is_unreadable_and_costs_no_time(tmp_path: Path) -> None:
    files = {f"p{number}/pyproject.toml": NESTED + " " * (number % 5) for number in range(300)}
    submission = fetched(tmp_path, files | {"pyproject.toml": '[project]\ndependencies = ["six"]\n'})

    def is_read() -> None:
        found = read_statistics(submission, (EMPTY,))
        assert found.unreadable[:2] == ("p0/pyproject.toml", "p1/pyproject.toml")
        assert len(found.unreadable) == 20
        assert found.files == 301

    ends_within(20, is_read)


@pytest.mark.slow
def test_the_largest_pyprojects_share_one_budget(tmp_path: Path) -> None:
    largest = "[project]\ndependencies = ['six']\n" + "".join(f"a{number:05}=1\n" for number in range(58_000))
    submission = fetched(tmp_path, {f"p{number:03}/pyproject.toml": largest for number in range(200)})

    def is_read() -> None:
        found = read_statistics(submission, (EMPTY,))
        assert len(found.requirements) == 8
        assert found.unreadable[0] == "p008/pyproject.toml"

    ends_within(60, is_read)


def test_a_file_that_does_not_parse_is_named(tmp_path: Path) -> None:
    found = statistics(tmp_path, {"pyproject.toml": "[project\n", "a/pyproject.toml": "x = 1\n"})
    assert found.unreadable == ("pyproject.toml",)
    assert found.requirements == ()
