"""The traps of M17: what a workflow may look like, and what only looks like a check."""

import textwrap
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from grader.results import CheckResult
from grader.testing import run_check
from tests.cpu import ends_within
from tests.places import CHECKS

SUITE = CHECKS / "m17_github_actions"
PATH = ".github/workflows/ci.yml"


def workflow(steps: Any, on: str = "[push, pull_request]", job: Any = "runs-on: ubuntu-latest") -> Any:
    head = f"on: {on}\njobs:\n  test:\n{textwrap.indent(textwrap.dedent(job), '    ')}\n    steps:\n"
    return head + textwrap.indent(textwrap.dedent(steps).strip(), "      ") + "\n"


def judge(
    check: str, text: str, files: Mapping[str, str | bytes] = MappingProxyType({}), **facts: Any
) -> CheckResult:
    return run_check(SUITE, check, {PATH: text, **dict(files)}, **facts)


def value(outcome: Any, name: str) -> Any:
    return {one.name: one.value for one in outcome.measurements}[name]


def test_an_empty_workflow_fails_and_is_not_passed_by_default() -> None:
    other = {".github/workflows/lint.yml": "name: nothing\n"}
    assert judge("workflows_are_valid", "", other).verdict == "failed"
    assert judge("failures_are_not_hidden", "", other).verdict == "failed"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (workflow("- run: pytest"), "passed"),
        (workflow("- run: pytest\n  uses: actions/checkout@v4"), "failed"),
        (workflow("- name: nothing"), "failed"),
        (workflow("- run: pytest", job="needs: build\nruns-on: ubuntu-latest"), "failed"),
        (workflow("- run: pytest", job="runs-on: ubuntu-latest\nmatrix: {os: [a]}"), "failed"),
        ("on: push\njobs:\n  call:\n    uses: a/b/.github/workflows/other.yml@v1\n", "passed"),
        ("on: push\njobs: [\n", "failed"),
    ],
)
def test_validity(text: str, verdict: str) -> None:
    assert judge("workflows_are_valid", text).verdict == verdict


def test_a_workflow_where_github_does_not_look_is_work_that_fails() -> None:
    outcome = run_check(SUITE, "workflows_are_valid", {".github/ci.yml": workflow("- run: pytest")})
    assert outcome.verdict == "failed"
    assert ".github/ci.yml" in outcome.message


@pytest.mark.parametrize(
    ("run", "verdict"),
    [
        ("pytest tests/", "passed"),
        ("uv run coverage run -m pytest", "passed"),
        ("uv run --no-sync coverage run -m pytest tests/", "passed"),
        ("uv sync pytest", "failed"),
        ("python -m unittest discover", "passed"),
        ("uv run invoke test", "failed"),
        ("make test", "failed"),
        ("tox", "failed"),
        ("pip install pytest", "failed"),
        ("echo pytest tests/", "failed"),
        ("'# pytest tests/'", "failed"),
        ("pytest --collect-only", "failed"),
        ("uv sync --group pytest", "failed"),
        ("pip install pytest && pytest", "passed"),
    ],
)
def test_what_counts_as_running_tests(run: str, verdict: str) -> None:
    assert judge("tests_run_in_a_workflow", workflow(f"- run: {run}")).verdict == verdict


def test_a_called_workflow_runs_when_its_caller_does() -> None:
    called = workflow("- run: pytest", on="workflow_call")
    caller = {".github/workflows/all.yml": f"on: push\njobs:\n  tests:\n    uses: ./{PATH}\n"}
    assert judge("tests_run_in_a_workflow", called).verdict == "failed"
    assert judge("tests_run_in_a_workflow", called, caller).verdict == "passed"


@pytest.mark.parametrize(
    ("on", "verdict"),
    [
        ("push", "passed"),
        ("{push: {branches: [main]}}", "passed"),
        ("{push: {branches: main}}", "passed"),
        ("{push: {branches: ['**']}}", "passed"),
        ("{push: {branches: [master]}}", "failed"),
        ("{push: {branches-ignore: [main]}}", "failed"),
        ("{push: {branches: ['**', '!main']}}", "failed"),
        ("{push: {tags: ['v*']}}", "failed"),
        ("{push: {branches: [dev]}, pull_request: null}", "passed"),
    ],
)
def test_triggers(on: str, verdict: str) -> None:
    text = workflow("- run: pytest", on=on)
    facts: dict[str, Any] = {"branches": [{"name": "main", "sha": "0" * 40}]}
    assert judge("tests_run_in_a_workflow", text).verdict == "passed"
    assert judge("triggers_reach_the_default_branch", text, **facts).verdict == verdict


@pytest.mark.parametrize(
    ("steps", "verdict"),
    [
        ("- uses: actions/checkout@v4\n- run: pip install .\n- run: pytest", "passed"),
        ("- uses: actions/checkout@v4\n- run: uv run pytest", "passed"),
        ("- uses: actions/checkout@v4\n- uses: ./.github/actions/setup\n- run: pytest", "passed"),
        ("- uses: actions/checkout@v4\n- run: pytest", "failed"),
        ("- run: pip install . && pytest\n- uses: actions/checkout@v4", "failed"),
    ],
)
def test_completeness_of_the_test_job(steps: str, verdict: str) -> None:
    assert judge("test_job_is_complete", workflow(steps)).verdict == verdict


@pytest.mark.parametrize(
    ("steps", "verdict"),
    [
        ("- run: pytest || true", "failed"),
        ("- run: pytest\n  continue-on-error: true", "failed"),
        ("- run: flake8 --exit-zero src", "failed"),
        ("- run: |\n    apt-get install x || true\n    pytest", "passed"),
        ("- run: pytest\n- run: dvc pull || true\n- run: pytest\n  if: always()", "passed"),
        (
            "- uses: pre-commit/action@v3\n  continue-on-error: true\n- uses: someone/git-auto-commit-action@v5",
            "passed",
        ),
        ("- run: echo hello", "not_applicable"),
    ],
)
def test_hidden_failures(steps: str, verdict: str) -> None:
    assert judge("failures_are_not_hidden", workflow(steps), profile="project").verdict == verdict


def test_a_workflow_that_runs_hooks_alone_is_another_exercise_s() -> None:
    hooks = workflow("- uses: actions/checkout@v4\n- run: pip install pre-commit\n- run: pre-commit run -a")
    assert judge("workflows_are_valid", hooks).verdict == "blocked"
    assert judge("workflows_are_valid", hooks, profile="project").verdict == "passed"
    both = workflow("- run: pre-commit run -a\n- run: pytest")
    assert judge("workflows_are_valid", both).verdict == "passed"


@pytest.mark.parametrize(
    ("steps", "files", "verdict"),
    [
        ("- run: pip install -r requirements.txt", {"requirements.txt": "x\n"}, "passed"),
        ("- run: pip install -r requirements.txt", {}, "failed"),
        ("- run: |\n    uv export > requirements.txt\n    pip install -r requirements.txt", {}, "passed"),
        (
            "- run: pip install -r requirements.txt\n  working-directory: app",
            {"app/requirements.txt": "x\n"},
            "passed",
        ),
        ("- run: uv sync --locked", {}, "failed"),
        ("- run: uv sync --locked", {"uv.lock": "version = 1\n"}, "passed"),
        (
            "- uses: actions/setup-python@v5\n  with: {cache: pip, cache-dependency-path: setup.py}",
            {},
            "failed",
        ),
        (
            "- uses: actions/setup-python@v5\n  with: {cache: pip, cache-dependency-path: '**/req*.txt'}",
            {},
            "passed",
        ),
        ("- run: python scripts/check.py", {}, "failed"),
        ("- run: grep -r foo || python -c 'print(1)'", {}, "passed"),
    ],
)
def test_referenced_files(steps: str, files: dict[str, Any], verdict: str) -> None:
    assert judge("referenced_files_exist", workflow(steps), files).verdict == verdict


SETUP = (
    "- uses: actions/setup-python@v5\n  with: {python-version: '${{ matrix.python-version }}'}\n- run: pytest"
)


def test_a_matrix_and_its_measurements() -> None:
    job = "runs-on: ${{ matrix.os }}\nstrategy: {matrix: {os: [ubuntu-latest, macos-14], python-version: ['3.9', '3.11']}}"
    outcome = judge("tests_run_in_a_matrix", workflow(SETUP, job=job))
    assert outcome.verdict == "passed"
    assert value(outcome, "os_matrix") == "macos-14, ubuntu-latest"
    assert value(outcome, "python_versions") == "3.9, 3.11"


@pytest.mark.parametrize(
    ("job", "verdict"),
    [
        ("runs-on: ubuntu-latest\nstrategy: {matrix: {os: [ubuntu-latest, macos-latest]}}", "failed"),
        ("runs-on: ubuntu-latest\nstrategy: {matrix: {python-version: ['3.11', '3.12']}}", "passed"),
        (
            "runs-on: ubuntu-latest\nstrategy: {matrix: {include: [{python-version: '3.11'}, {python-version: '3.12'}]}}",
            "passed",
        ),
        ("runs-on: ubuntu-latest\nstrategy: {matrix: {python-version: ['3.11']}}", "failed"),
        (
            "runs-on: ubuntu-latest\nstrategy: {matrix: '${{ fromJSON(needs.a.outputs.b) }}'}",
            "not_applicable",
        ),
    ],
)
def test_a_matrix_counts_where_it_is_used(job: str, verdict: str) -> None:
    assert judge("tests_run_in_a_matrix", workflow(SETUP, job=job)).verdict == verdict


def test_two_jobs_on_two_systems_are_no_less_than_a_matrix() -> None:
    text = workflow("- run: pytest") + "  mac:\n    runs-on: macos-latest\n    steps:\n      - run: pytest\n"
    assert judge("tests_run_in_a_matrix", text).verdict == "passed"


def test_an_unquoted_version_is_another_number() -> None:
    job = "runs-on: ubuntu-latest\nstrategy: {matrix: {python-version: [%s, 3.12]}}"
    assert judge("python_versions_exist", workflow(SETUP, job=job % "3.10")).verdict == "failed"
    assert judge("python_versions_exist", workflow(SETUP, job=job % '"3.10"')).verdict == "passed"


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        ("- uses: actions/setup-python@v5\n  with: {cache: pip}", "passed"),
        ("- uses: actions/setup-python@v5\n  with: {cache-dependency-path: x.txt}", "failed"),
        ("- uses: actions/cache@v4", "passed"),
        ("- uses: astral-sh/setup-uv@v3", "failed"),
        ("- uses: astral-sh/setup-uv@v7", "passed"),
        ("- uses: astral-sh/setup-uv@v7\n  with: {enable-cache: false}", "failed"),
        ("- uses: actions/cache@v4\n  if: false", "failed"),
    ],
)
def test_caching(step: str, verdict: str) -> None:
    assert judge("dependencies_are_cached", workflow(step)).verdict == verdict


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        ("- run: uv run ruff check .", "passed"),
        ("- run: ruff --output-format=github .", "passed"),
        ("- run: uvx ruff@0.9.2 check", "passed"),
        ("- run: pre-commit run --all-files", "passed"),
        ("- uses: pre-commit/action@v3.0.1", "passed"),
        ("- run: black --check .", "passed"),
        ("- run: ruff format .", "failed"),
        ("- run: pip install ruff mypy", "failed"),
        ("- run: ruff --version", "failed"),
    ],
)
def test_linting(step: str, verdict: str) -> None:
    assert judge("linter_runs_in_a_workflow", workflow(step), profile="project").verdict == verdict


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        ("- run: ruff format .", "failed"),
        ("- run: ruff format . --diff", "passed"),
        ("- run: ruff format . && git diff --exit-code", "passed"),
        ("- run: ruff check .", "not_applicable"),
    ],
)
def test_formatting(step: str, verdict: str) -> None:
    assert judge("formatter_can_fail", workflow(step)).verdict == verdict


UPDATES = "version: 2\nupdates:\n  - {package-ecosystem: %s, directory: /, schedule: {interval: %s}}\n"


@pytest.mark.parametrize(
    ("path", "content", "verdict"),
    [
        (".github/dependabot.yml", UPDATES % ("pip", "weekly"), "passed"),
        (".github/dependabot.yaml", UPDATES % ("uv", "monthly"), "passed"),
        (".github/dependabot.yml", UPDATES % ("github-actions", "weekly"), "failed"),
        (".github/dependabot.yml", UPDATES % ("pip", "sometimes"), "failed"),
        (".github/dependabot.yml", "- a\n", "failed"),
        (".github/dependabot.yml", "", "failed"),
        (".github/.dependabot.yaml", UPDATES % ("pip", "weekly"), "failed"),
        ("renovate.json", "{}", "passed"),
        ("README.md", "dependabot", "failed"),
    ],
)
def test_dependabot(path: str, content: str, verdict: str) -> None:
    assert judge("dependabot_is_set_up", workflow("- run: pytest"), {path: content}).verdict == verdict


@pytest.mark.slow
def test_a_hostile_workflow_is_bounded() -> None:
    run = "pytest " + "> " * 9_000 + "make " * 3_000 + "|| " * 3_000
    anchored = (
        f'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - &s\n        run: "{run}"\n'
        + "      - *s\n" * 2_000
    )
    for check in ("referenced_files_exist", "failures_are_not_hidden", "test_job_is_complete"):

        def is_judged(name: str = check) -> None:
            assert judge(name, anchored).verdict != "error"

        ends_within(20, is_judged)
