"""What a report says of caching, and what M17 finds of it, are one fact (kind Z of the public cases)."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from grader.testing import run_check
from tests.claim_sample import judged, read_repository
from tests.places import CHECKS

_FLOW = "on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n"


@pytest.mark.parametrize(
    ("step", "cached"),
    [
        # astral-sh/setup-uv#193: version 5 caches by default, version 3 and 4 where they are told to.
        pytest.param("uses: astral-sh/setup-uv@v3", False, id="P67"),
        ("uses: astral-sh/setup-uv@v4.2.0", False),
        ("uses: astral-sh/setup-uv@v3\n  with: {enable-cache: true}", True),
        ("uses: astral-sh/setup-uv@v5.1", True),
        ("uses: astral-sh/setup-uv@d0cc045d04ccac9d8b7881df0226f9e82c39688e", True),
        ("uses: astral-sh/setup-uv@v7\n  with: {enable-cache: false}", False),
        ("uses: astral-sh/setup-uv@v7\n  if: ${{ false }}", False),
        ("uses: actions/setup-python@v5\n  with: {cache: pip}", True),
        ("uses: actions/setup-python@v5\n  with: {cache-dependency-path: x.txt}", False),
        ("uses: actions/setup-node@v4\n  with: {cache: ''}", False),
        # mamba-org/setup-micromamba's README; prefix-dev/setup-pixi's; docker/build-push-action's.
        ("uses: mamba-org/setup-micromamba@v2\n  with: {cache-environment: true}", True),
        ("uses: mamba-org/setup-micromamba@v2\n  with: {cache-environment: false}", False),
        ("uses: prefix-dev/setup-pixi@v0.8.0\n  with: {cache: false}", False),
        ("uses: prefix-dev/setup-pixi@v0.8.1", True),
        ("uses: pre-commit/action@v3.0.1", True),
        ("uses: hynek/setup-cached-uv@v2", True),
        ("uses: docker/build-push-action@v6\n  with: {cache-from: type=gha}", True),
        ("uses: docker/build-push-action@v6\n  with: {no-cache: true}", False),
        ("uses: actions/cache@v4\n  with: {path: x, key: y}", True),
        ("uses: actions/cache/save@v4\n  with: {path: x, key: y}", False),
    ],
)
def test_a_claim_about_caching_says_what_the_check_says(step: str, cached: bool, tmp_path: Path) -> None:
    path = ".github/workflows/l.yml"
    files = {path: f"{_FLOW}{textwrap.indent(f'- {step}', '      ')}\n      - run: uv run ruff check .\n"}
    outcome = run_check(CHECKS / "m17_github_actions", "dependencies_are_cached", files)
    known = read_repository(tmp_path, files)
    denied = judged(known, 11, "We did not make use of caching.", "tool_not_used")
    said = judged(known, 11, "In our workflows we use caching.", "tool_used")
    assert outcome.verdict == ("passed" if cached else "failed")
    assert denied == {"caching in CI": "undetermined" if cached else "supported"}
    assert said["caching in CI"] == "supported" or not cached
