"""GitHub workflows of a submission: triggers, matrices, steps, and files that GitHub would not run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.view_sample import view


def workflow(root: Path, text: str) -> Any:
    submission = view(root, {".github/workflows/a.yml": text})
    assert submission.broken_workflows == []
    return submission.workflows()[0]


TESTS = """name: Tests
on:
  push:
    branches: [main, "release/**"]
  pull_request:
  schedule:
    - cron: "0 0 * * *"
env: {CI: true}
jobs:
  test:
    strategy:
      fail-fast: false
      matrix:
        os: [ubuntu-latest, windows-latest]
        python-version: ["3.11", 3.12]
        exclude:
          - {os: windows-latest, python-version: "3.11"}
        include:
          - {os: macos-latest, python-version: "3.13"}
          - {os: ubuntu-latest, extra: yes}
    runs-on: ${{ matrix.os }}
    steps:
      - uses: actions/checkout@v4
      - name: Python
        uses: actions/setup-python@v5
        with: {python-version: "${{ matrix.python-version }}", cache: pip}
      - run: |
          pip install .
          pytest
        if: always()
        continue-on-error: true
  lint:
    needs: test
    runs-on: [self-hosted, linux]
    outputs: {os: not a matrix}
    steps: [{run: x}]
"""


def test_a_workflow_as_github_reads_it(tmp_path: Path) -> None:
    flow = workflow(tmp_path, TESTS)
    assert flow.name == "Tests"
    assert set(flow.triggers) == {"push", "pull_request", "schedule"}
    assert flow.triggers["pull_request"] == {}
    assert flow.branches("push") == ["main", "release/**"]
    assert flow.branches("pull_request") is None
    assert flow.env == {"CI": "true"}
    job = flow.jobs["test"]
    assert set(job.runs_on) == {"ubuntu-latest", "windows-latest", "macos-latest"}
    assert job.matrix == {"os": ["ubuntu-latest", "windows-latest"], "python-version": ["3.11", 3.12]}
    assert job.resolve("${{matrix.python-version}}") == ["3.11", "3.12", "3.13"]
    assert job.fail_fast is False
    assert len(job.combinations) == 4
    assert [item for item in job.combinations if item.get("extra")] == [
        {"os": "ubuntu-latest", "python-version": "3.11", "extra": "yes"},
        {"os": "ubuntu-latest", "python-version": 3.12, "extra": "yes"},
    ]


def test_steps_and_their_lines(tmp_path: Path) -> None:
    flow = workflow(tmp_path, TESTS)
    checkout, python, run = flow.jobs["test"].steps
    assert (checkout.action, checkout.version) == ("actions/checkout", "v4")
    assert python.with_ == {"python-version": "${{ matrix.python-version }}", "cache": "pip"}
    assert (run.run, run.condition, run.continue_on_error) == ("pip install .\npytest\n", "always()", True)
    assert str(flow.evidence(python)) == ".github/workflows/a.yml:24: - name: Python"
    lint = flow.jobs["lint"]
    assert (lint.needs, lint.runs_on, lint.matrix, lint.fail_fast) == (
        ("test",),
        ("self-hosted", "linux"),
        {},
        True,
    )
    assert len(flow.steps) == 4


@pytest.mark.parametrize(
    ("on", "triggers"),
    [
        ("on: push", {"push": {}}),
        ("on: [push, pull_request]", {"push": {}, "pull_request": {}}),
        ('"on": {workflow_dispatch: }', {"workflow_dispatch": {}}),
    ],
)
def test_triggers_come_in_three_forms(tmp_path: Path, on: str, triggers: dict[str, object]) -> None:
    text = on + "\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: x}]}}\n"
    assert workflow(tmp_path, text).triggers == triggers


def test_an_include_only_matrix_and_one_that_is_computed(tmp_path: Path) -> None:
    flow = workflow(
        tmp_path,
        "on: push\njobs:\n  a:\n    strategy: {matrix: {include: [{os: x}, {os: y}]}}\n"
        "    runs-on: ${{ matrix.os }}\n    steps: &s [{run: x}]\n"
        '  b:\n    strategy: {matrix: {os: "${{ fromJSON(inputs.os) }}"}}\n    runs-on: ${{ matrix.os }}\n    steps: *s\n'
        "  c:\n    strategy:\n      matrix: {a: &n [1,2,3,4,5,6,7,8,9], b: *n, c: *n}\n"
        "    runs-on: x\n    steps: *s\n",
    )
    assert flow.jobs["a"].runs_on == ("x", "y")
    assert flow.jobs["b"].runs_on == ("${{ fromJSON(inputs.os) }}",)
    assert len(flow.jobs["c"].combinations) == 256


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("# only a comment\n", "is empty"),
        ("on: push\njobs:\n", "line 2: no jobs"),
        ("jobs: {a: {runs-on: x}}\n", "no trigger"),
        ("- on: push\n", "is no workflow"),
        ("on: push\njobs:\n  a: text\n", "line 3: the job .a. is no mapping"),
        ("on: push\njobs:\n  a:\n    steps:\n      - x\n", "line 5: a step"),
        ("on: push\njobs:\n  a:\n    steps: {}\n", "line 4: .steps. is no list"),
        ("on: push\n\tjobs: {}\n", "line 2: not valid YAML"),
        (b"\xff\xfeo\0n\0", "is no workflow"),
    ],
)
def test_a_broken_workflow_is_named_and_the_rest_is_given(
    tmp_path: Path, text: str | bytes, message: str
) -> None:
    good = "on: push\njobs: {a: {runs-on: x, steps: [{run: y}]}}\n"
    submission = view(tmp_path, {".github/workflows/bad.yaml": text, ".github/workflows/good.yml": good})
    assert [flow.path for flow in submission.workflows()] == [".github/workflows/good.yml"]
    (fault,) = submission.broken_workflows
    assert re.search(message, fault.message)
    assert fault.evidence[0].path == ".github/workflows/bad.yaml"
