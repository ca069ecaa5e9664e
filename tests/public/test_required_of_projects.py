"""What public repositories do that breaks nothing, each beside the fault that it looks like.

setup-python takes the key of pip's cache from any `pyproject.toml` where the file named is not there (its issues 502 and 529),
and fails where there is none (807). A key of a cloud stands in a folder of the builder's, never in git. A workflow that lies
beside those that run is a copy, or switched off; where none runs, it is lost.
"""

from __future__ import annotations

import pytest

from grader.testing import run_check
from tests.places import CHECKS

PYPROJECT = {"pyproject.toml": "[project]\nname = 'app'\nversion = '1'\n"}
CI = "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n"
RUNS = {".github/workflows/ci.yml": CI + "      - run: pytest\n"}


def verdict(suite: str, check: str, files: dict[str, str], profile: str = "project") -> str:
    return run_check(CHECKS / suite, check, files, profile=profile).verdict


def cached(options: str) -> dict[str, str]:
    return {
        ".github/workflows/ci.yml": f"{CI}      - uses: actions/setup-python@v5\n        with: {{{options}}}\n"
    }


@pytest.mark.parametrize(
    ("options", "more", "expected"),
    [
        ("cache: pip, cache-dependency-path: setup.py", PYPROJECT, "passed"),
        (
            "cache: pip, cache-dependency-path: setup.py",
            {"app/pyproject.toml": PYPROJECT["pyproject.toml"]},
            "passed",
        ),
        ("cache: pip, cache-dependency-path: setup.py", {}, "failed"),
        ("cache: pip, cache-dependency-path: setup.py", {"requirements.txt": "numpy\n"}, "failed"),
        ("cache: poetry, cache-dependency-path: poetry.lock", PYPROJECT, "failed"),
        ("cache-dependency-path: setup.py", {}, "passed"),
        ("cache: pip, python-version-file: .python-version", PYPROJECT, "failed"),
    ],
)
def test_the_key_of_a_cache(options: str, more: dict[str, str], expected: str) -> None:
    assert verdict("m17_github_actions", "referenced_files_exist", {**cached(options), **more}) == expected


@pytest.mark.parametrize(
    ("path", "more", "expected"),
    [
        ("old/workflows/ci.yml", RUNS, "passed"),
        ("deploy_run.yaml", RUNS, "passed"),
        (".github/workflow/ci.yml", {}, "failed"),
        ("app/.github/workflows/ci.yml", {}, "failed"),
    ],
)
def test_a_workflow_elsewhere_is_lost_where_none_runs(path: str, more: dict[str, str], expected: str) -> None:
    files = {path: RUNS[".github/workflows/ci.yml"], **more}
    assert verdict("m17_github_actions", "workflows_are_valid", files) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("keys/app-prod-337911.json", "passed"),
        ("creds", "passed"),
        ("my-project-de71c25e08be.json", "passed"),
        ("settings.json", "failed"),
        ("my-project-settings.json", "failed"),
        ("keyboard/layout.json", "failed"),
    ],
)
def test_keys_that_the_builder_keeps_out_of_git(source: str, expected: str) -> None:
    files = {"Dockerfile": f"FROM python:3.12\nCOPY {source} /app/\n"}
    assert verdict("m10_docker", "copied_files_exist", files) == expected
