"""M18's exercise: which configuration is the students', what becomes of its hooks, versions that stay, what CI runs. What runs, its proof holds."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from tests.places import CHECKS
from tests.suite_names import suite_names
from tests.view_sample import view

SUITE = CHECKS / "m18_pre_commit"
CONFIG = ".pre-commit-config.yaml"
HOOK = "repos:\n- repo: local\n  hooks: [{id: a, name: a, entry: 'true', language: system}]\n"
BASE = "https://github.com/pre-commit/pre-commit-hooks"


def names() -> dict[str, Any]:
    return suite_names(SUITE)


def runnable(config: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = names()["tried"].__globals__["runnable"](config)
    return found


@pytest.mark.parametrize(
    ("files", "folders"),
    [
        ({CONFIG: HOOK}, ["."]),
        ({CONFIG: HOOK, f"s5/m18/{CONFIG}": HOOK}, ["s5/m18", "."]),
        ({f"app/{CONFIG}": HOOK, "pyproject.toml": ""}, ["app"]),
        ({"lefthook.yml": "a: 1\n"}, ["."]),
        ({"README.md": "pre-commit\n"}, []),
    ],
    ids=["the root", "a folder of its own", "below a package", "another tool", "words"],
)
def test_where_the_work_lies(tmp_path: Path, files: dict[str, str], folders: list[str]) -> None:
    assert names()["find_work"](view(tmp_path, files, profile="exercises")) == folders


def test_a_project_has_hooks_or_none(tmp_path: Path) -> None:
    find = names()["find_work"]
    assert find(view(tmp_path / "a", {".githooks/pre-commit": "ruff\n"}, profile="project")) is True
    assert find(view(tmp_path / "b", {"a.py": ""}, profile="project")) is False


def hooks(*repos: dict[str, Any]) -> list[dict[str, Any]]:
    [repo] = runnable({"repos": list(repos)})["repos"]
    return list(repo["hooks"])


def test_hooks_of_known_repositories_are_those_of_their_manifests() -> None:
    [blanks, own] = hooks(
        {"repo": BASE, "rev": "v5.0.0", "hooks": [{"id": "trailing-whitespace", "args": ["--x"]}]},
        {
            "repo": f"{BASE}.git",
            "rev": "v5.0.0",
            "hooks": [{"id": "check-yaml", "entry": "true", "exclude": "a"}],
        },
    )
    assert blanks["entry"] == "trailing-whitespace-fixer"
    assert (blanks["args"], blanks["types"], blanks["language"]) == (["--x"], ["text"], "system")
    assert (own["entry"], own["exclude"]) == ("true", "a")


@pytest.mark.parametrize(
    ("repo", "entry", "language"),
    [
        (
            {"repo": "local", "hooks": [{"id": "a", "entry": "uv run ruff check", "language": "system"}]},
            "ruff check",
            "system",
        ),
        (
            {"repo": "local", "hooks": [{"id": "a", "entry": "python a.py", "language": "python"}]},
            "python a.py",
            "system",
        ),
        ({"repo": "local", "hooks": [{"id": "a", "entry": "x", "language": "pygrep"}]}, "x", "pygrep"),
        (
            {"repo": "local", "hooks": [{"id": "a", "entry": "x", "language": "docker"}]},
            "git version",
            "system",
        ),
        (
            {"repo": "https://example.org/none", "hooks": [{"id": "trailing-whitespace"}]},
            "git version",
            "system",
        ),
        ({"repo": BASE, "hooks": [{"id": "trailing-whitespaces"}]}, "git version", "system"),
        (
            {"repo": "https://github.com/psf/black", "hooks": [{"id": "black", "args": ["-q"]}]},
            "ruff format --no-cache",
            "system",
        ),
    ],
    ids=["wrapped", "python", "pattern", "another language", "unknown", "no such hook", "stood in for"],
)
def test_hooks_that_run_here(repo: dict[str, Any], entry: str, language: str) -> None:
    [hook] = hooks(repo)
    assert (hook["entry"], hook["language"]) == (entry, language)


def test_settings_that_need_a_network_are_left_out_and_others_kept() -> None:
    hook = {
        "id": "a",
        "entry": "b",
        "language": "python",
        "additional_dependencies": ["c"],
        "stages": ["manual"],
    }
    config = {"exclude": "^a", "default_language_version": {"python": "python3.12"}}
    found = runnable({**config, "repos": [{"repo": "local", "hooks": [hook]}]})
    assert found["exclude"] == "^a"
    assert "default_language_version" not in found
    [kept] = found["repos"][0]["hooks"]
    assert kept["stages"] == ["manual"]
    assert "additional_dependencies" not in kept


@pytest.mark.parametrize(
    ("address", "rev", "stays"),
    [
        (BASE, "v5.0.0", True),
        (BASE, "04b6e6e82a2f4a3642fa737276f0f8f8e80f40cd", True),
        (BASE, "5.0.0", False),
        (BASE, "main", False),
        (BASE, "v5", False),
        (BASE, "", False),
        ("https://github.com/psf/black", "24.10.0", True),
        ("https://github.com/psf/black", "stable", False),
        ("https://example.org/a", "v1.2", True),
        ("https://example.org/a", "HEAD", False),
        ("local", "", True),
    ],
)
def test_versions_that_stay(address: str, rev: str, stays: bool) -> None:
    config = {"repos": [{"repo": address, "rev": rev, "hooks": []}]}
    assert (names()["loose_versions"](config) == []) is stays


def test_a_hook_that_its_repository_does_not_have() -> None:
    config = {
        "repos": [
            {"repo": BASE, "hooks": [{"id": "check-json"}, {"id": "check-jsons"}]},
            {"repo": "https://example.org/none", "hooks": [{"id": "anything"}]},
        ]
    }
    assert [one.text for one in names()["unknown_hooks"](config)] == [
        "pre-commit/pre-commit-hooks has no hook `check-jsons`"
    ]


WORKFLOW = """on: {on}
jobs:
  hooks:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - {step}
"""


@pytest.mark.parametrize(
    ("on", "step", "words"),
    [
        ("push", "run: pre-commit run --all-files", ["run", "--all-files"]),
        ("pull_request", "run: uv run pre-commit run -a", ["run", "-a"]),
        ("push", "uses: pre-commit/action@v3.0.1", ["run", "--all-files"]),
        (
            "push",
            "{uses: pre-commit/action@v3.0.1, with: {extra_args: ruff --all-files}}",
            ["run", "ruff", "--all-files"],
        ),
        ("push", "run: pre-commit run --all-files || true", None),
        ("push", "{run: pre-commit run --all-files, continue-on-error: true}", None),
        ("push", "{run: pre-commit run --all-files, if: false}", None),
        ("push", "run: pre-commit install", None),
        ("workflow_dispatch", "run: pre-commit run --all-files", None),
        ("push", "run: echo pre-commit run --all-files", None),
    ],
)
def test_what_ci_runs(tmp_path: Path, on: str, step: str, words: list[str] | None) -> None:
    files = {CONFIG: HOOK, ".github/workflows/a.yaml": WORKFLOW.format(on=on, step=step)}
    found = names()["_ci_words"](view(tmp_path, files, profile="exercises"))
    assert [list(one) for one, *_ in found] == ([] if words is None else [words])


def test_a_range_of_commits_is_the_last_one() -> None:
    here = names()["_here"]
    assert here(("run", "--from-ref", "origin/main", "--to-ref", "HEAD")) == [
        *("run", "--from-ref", "HEAD~1", "--to-ref", "HEAD")
    ]
    assert here(("run", "--from-ref=origin/main", "--all-files")) == [
        "run",
        "--from-ref=HEAD~1",
        "--all-files",
    ]


def test_no_two_tries_are_of_the_same_files(tmp_path: Path) -> None:
    looked = view(tmp_path, {"src/app/a.py": "x = 1\n", "tests/test_a.py": "def test_a(): pass\n"})
    makers = (
        "text_commits",
        "yaml_commits",
        "large_commits",
        "finding_commits",
        "format_commits",
        "table_commits",
    )
    for maker in makers:
        first, second = (
            [sorted(one["files"]) for one in names()[maker](looked, random.Random(seed))] for seed in (1, 2)
        )
        assert first != second
        assert all(path.startswith("src/app/") for paths in first for path in paths)


@pytest.mark.parametrize(
    "name", ["check-json", "check-toml", "debug-statements", "no-commit-to-branch", "check-case-conflict"]
)
def test_hooks_that_can_be_tried_are_asked_alone(tmp_path: Path, name: str) -> None:
    clean, *dirty = names()["further_commits"](view(tmp_path, {"a.py": "x = 1\n"}), random.Random(1), name)
    assert dirty
    assert all(one["words"] == ["run", name] for one in [clean, *dirty])
    assert all(one != clean for one in dirty)


def test_hooks_that_cannot_be_tried(tmp_path: Path) -> None:
    assert names()["further_commits"](view(tmp_path, {"a.py": ""}), random.Random(1), "check-symlinks") == []
