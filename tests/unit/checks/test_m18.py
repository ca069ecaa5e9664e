"""M18: hooks that run before each commit."""

from collections.abc import Mapping
from typing import Any

import pytest

from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m18_pre_commit"
CONFIG = ".pre-commit-config.yaml"
SAMPLE = """repos:
- repo: https://github.com/pre-commit/pre-commit-hooks
  rev: v3.2.0
  hooks:
  - id: trailing-whitespace
  - id: end-of-file-fixer
  - id: check-yaml
  - id: check-added-large-files
"""
RUFF = "- repo: https://github.com/astral-sh/ruff-pre-commit\n  rev: v0.9.2\n  hooks: [{id: ruff}]\n"
LOCAL = "repos:\n- repo: local\n  hooks: [{id: ruff, entry: ruff check, language: system}]\n"
CI = ".github/workflows/hooks.yaml"
RUNS = "on: push\njobs:\n  hooks:\n    runs-on: ubuntu-latest\n    steps:\n      - {}\n"


def judge(files: Mapping[str, str | bytes], check: str = "hooks_check_each_commit") -> str:
    return run_check(SUITE, check, files, profile="project").verdict


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({CONFIG: SAMPLE + RUFF}, "passed"),
        ({CONFIG: LOCAL}, "passed"),
        ({CONFIG: SAMPLE}, "partial"),
        ({CONFIG: "# See https://pre-commit.com\n" + SAMPLE + "# the end\n"}, "partial"),
        ({CONFIG: SAMPLE.replace("v3.2.0", "v5.0.0")}, "passed"),
        ({CONFIG: SAMPLE + "  - id: check-json\n"}, "passed"),
        ({CONFIG: SAMPLE, CI: RUNS.format("uses: pre-commit/action@v3.0.1")}, "passed"),
        ({CONFIG: SAMPLE, CI: RUNS.format("run: uv run pre-commit run --all-files")}, "passed"),
        ({"backend/" + CONFIG: LOCAL}, "passed"),
        ({".pre-commit-config.yml": LOCAL}, "passed"),
        ({".githooks/pre-commit": "ruff check\n"}, "passed"),
        ({CONFIG: "repos: []\n"}, "failed"),
        ({CONFIG: "# repos:\n"}, "failed"),
        ({CONFIG: "repos:\n- repo: local\n  hooks:\n"}, "failed"),
        ({CONFIG: "repos:\n- repo: a\n hooks: [\n"}, "failed"),
    ],
)
def test_hooks(files: dict[str, Any], verdict: str) -> None:
    assert judge(files) == verdict


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({CONFIG: SAMPLE + RUFF}, "passed"),
        ({CONFIG: LOCAL}, "passed"),
        ({CONFIG: SAMPLE + RUFF.replace("v0.9.2", "main")}, "partial"),
        ({CONFIG: "repos:\n" + RUFF.replace("v0.9.2", "main")}, "failed"),
        ({CONFIG: "repos:\n" + RUFF.replace("  rev: v0.9.2\n", "")}, "failed"),
    ],
)
def test_versions_of_hooks(files: dict[str, Any], verdict: str) -> None:
    assert judge(files, "hooks_are_pinned") == verdict


def test_hooks_that_look_at_no_code() -> None:
    assert judge({CONFIG: SAMPLE}, "hooks_look_at_the_code") == "failed"
    assert judge({CONFIG: SAMPLE + RUFF}, "hooks_look_at_the_code") == "passed"
