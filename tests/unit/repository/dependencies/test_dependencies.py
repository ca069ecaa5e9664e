"""What a submission declares to depend on, and its history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader.repository.submission_view import SubmissionView
from tests.view_sample import view


def found(submission: SubmissionView) -> set[tuple[str, str, int | None, str]]:
    return {(item.name, item.specifier, item.line, item.group) for item in submission.requirements}


def test_every_table_of_pyproject(tmp_path: Path) -> None:
    text = """[project]
name = "x"
dependencies = ["Typer_Slim>=0.15", "torch ; sys_platform == 'linux'", "pkg @ git+https://example.org/x.git"]
[project.optional-dependencies]
dev = ["ruff==0.1.3"]
[dependency-groups]
test = ["pytest>=8", {include-group = "dev"}]
[tool.uv]
dev-dependencies = ["mypy"]
[tool.poetry.dependencies]
python = "^3.11"
FastAPI = "^0.115"
uvicorn = {version = "0.34", extras = ["standard"]}
[tool.poetry.group.docs.dependencies]
mkdocs = "*"
"""
    submission = view(tmp_path, {"pyproject.toml": text})
    assert found(submission) == {
        ("typer-slim", ">=0.15", 3, ""),
        ("torch", "", 3, ""),
        ("pkg", "", 3, ""),
        ("ruff", "==0.1.3", 5, "dev"),
        ("pytest", ">=8", 7, "test"),
        ("mypy", "", 9, "dev"),
        ("fastapi", "^0.115", 12, ""),
        ("uvicorn", "0.34", 13, ""),
        ("mkdocs", "*", 15, "docs"),
    }
    assert next(item.url for item in submission.requirements if item.name == "pkg").startswith("git+")


def test_requirements_files_with_includes_options_and_a_cycle(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "--index-url https://example.org\n# comment\ntorch==2.6.0  # cpu\n"
        "-r extra/more.txt\n"
        "numpy>=1.20 \\\n    --hash=sha256:00\n"
        "-e git+https://example.org/r.git#egg=My.Pkg\n-e .\n./local\nfile:///x.whl\n",
        "extra/more.txt": "-r ../requirements.txt\n-r ../../outside.txt\n-r /etc/passwd\nPyYAML\nbad===\n",
        "requirements_dev.txt": "\ufeffruff [x] >=1, <2 ; python_version > '3'\n",
    }
    submission = view(tmp_path, files)
    assert found(submission) == {
        ("torch", "==2.6.0", 3, ""),
        ("numpy", ">=1.20", 6, ""),
        ("my-pkg", "", 7, ""),
        ("pyyaml", "", 4, "more"),
        ("bad", "===", 5, "more"),
        ("ruff", "<2,>=1", 1, "requirements_dev"),
    }
    assert "torch" in submission.dependencies


def test_conda_setup_cfg_and_setup_py(tmp_path: Path) -> None:
    submission = view(
        tmp_path,
        {
            "environment.yml": "dependencies:\n- python=3.11\n- pytorch::pytorch=2.1=cpu\n"
            "- pip:\n  - wandb>=0.16\n- pip\n",
            "setup.cfg": "[options]\ninstall_requires =\n    hydra-core\n    click>=8\n"
            "[options.extras_require]\ndev = black\n",
            "setup.py": "from setuptools import setup\nNEED = ['dvc']\nopen('/tmp/evil', 'w')\n"
            "setup(install_requires=NEED, extras_require={'t': ['tox', x]})\n",
        },
    )
    assert found(submission) == {
        ("torch", "=2.1=cpu", 3, ""),
        ("wandb", ">=0.16", 5, ""),
        ("hydra-core", "", 3, ""),
        ("click", ">=8", 4, ""),
        ("black", "", 6, "dev"),
        ("dvc", "", 2, ""),
        ("tox", "", 4, "t"),
    }


def test_what_conda_list_explicit_writes_is_read_whatever_its_name_ends_in(tmp_path: Path) -> None:
    place = "https://conda.example/conda-forge"
    explicit = (
        "# This file may be used to create an environment using:\n# platform: linux-64\n@EXPLICIT\n"
        f"{place}/linux-64/python-3.11.9-hb806964_0.conda\n"
        f"{place}/linux-64/numpy-1.26.4-py311h64a7726_0.conda#d8285bea2a350f63fab23bf460221f3f\n"
        f"{place}/noarch/pytest-8.2.0-pyhd8ed1ab_0.tar.bz2\n"
    )
    submission = view(tmp_path, {"environment.yaml": explicit})
    assert found(submission) == {
        ("numpy", "=1.26.4=py311h64a7726_0", 5, ""),
        ("pytest", "=8.2.0=pyhd8ed1ab_0", 6, ""),
    }
    assert submission.dependencies == {"numpy", "pytest"}


def test_broken_declarations_contribute_nothing_and_stop_nothing(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "pyproject.toml": "[project\n",
        "setup.cfg": "no section\n",
        "setup.py": "setup((",
        "environment.yml": "dependencies: 3\n",
        "requirements.txt": b"ok\n",
        "requirements_x.txt": b"a\0b",
        "sub/pyproject.toml": "project = 3\n[tool]\npoetry = []\n[dependency-groups]\ndev = 'x'\n",
    }
    assert view(tmp_path, files).dependencies == {"ok"}


def commit(sha: str, name: str, email: str, parents: list[str], **more: Any) -> dict[str, Any]:
    person = {"name": name, "email": email}
    times = {"authored_at": "2026-01-05T10:00:00+01:00", "committed_at": "2026-01-05T10:00:00+01:00"}
    text = {"subject": "Add model", "body": ""}
    facts = {"sha": sha, "parents": parents, "author": person, "committer": person, "co_authors": []}
    return {**facts, **times, **text, "on_default": True, **more}


def test_history_merges_identities_and_counts(tmp_path: Path) -> None:
    commits = [
        commit("d", "Ada L", "ada@example.org", ["b", "c"], subject="Merge branch 'x'"),
        commit("c", "ada l", "1+ada@users.example.org", ["a"], on_default=False),
        commit("b", "ada", "ADA@example.org", ["a"], body="Fixes a BUG"),
        commit("a", "bot[bot]", "", [], authored_at="nonsense"),
    ]
    history = SubmissionView(
        tmp_path, {"commits": commits, "branches": [{"name": "main", "sha": "d"}]}
    ).history
    assert [(author.name, author.commits, author.merges, author.is_bot) for author in history.authors] == [
        ("Ada L", 2, 1, False),
        ("bot[bot]", 1, 0, True),
    ]
    assert [item.sha for item in history.merges] == ["d"]
    assert [item.sha for item in history.with_message("fix|bug")] == ["b"]
    assert [item.sha for item in history.on_default] == ["d", "b", "a"]
    assert [branch.name for branch in history.branches] == ["main"]
    assert history.commits[1].committed_at.isoformat() == "2026-01-05T10:00:00+01:00"
    assert history.average_message_length == pytest.approx((9 + 22 + 9) / 3)


def test_no_history_is_an_empty_one(tmp_path: Path) -> None:
    history = SubmissionView(tmp_path, {}).history
    assert (history.commits, history.authors, history.average_message_length) == ((), (), 0.0)


def test_a_long_chain_of_identities_is_merged_quickly(tmp_path: Path) -> None:
    commits = [commit(str(n), f"name{(n + 1) // 2}", f"e{n // 2}@example.org", []) for n in range(20_000)]
    assert len(SubmissionView(tmp_path, {"commits": commits}).history.authors) == 1
