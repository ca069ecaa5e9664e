"""M17: linters, formatters and type checkers on every push."""

import re

from grader.suite import check, not_applicable

from ..common.workflows import is_off, readable_workflows
from ._common import COMMITS, commands

_LINT = re.compile(
    r"(?:^|\s)(?:ruff(?:@\S+)?(?=\s+(?:check|--?|\.|\S*/)|\s*$)|flake8|pylint|mypy|pyright|ty\s+check|pre-commit\s+run|prek\s+run"
    r"|bandit|pyflakes)(?=\s|$)"
)
_TASK = re.compile(
    r"(?:^|\s)(?:invoke|inv|make|just|task|poe|nox\s.*-s|tox\s.*-e)\s\S*(?:lint|check|ruff|style|quality|typ)"
)
_LINT_ACTIONS = (
    "ruff-action",
    "pre-commit/action",
    "super-linter",
    "reviewdog",
    "flake8",
    "pylint",
    "mypy",
    "pre-commit-ci",
)
_FORMAT = re.compile(r"(?:^|\s)(?:ruff(?:@\S+)?\s+format|black|isort|yapf|autopep8)(?=\s|$)")
_CANNOT_CHANGE = re.compile(r"--(?:check|check-only|diff)\b|\s-c\b")
_TYPES = re.compile(r"(?:^|\s)(?:mypy|pyright|pyre|ty\s+check)(?=\s|$)")
_OTHER = re.compile(r"--version|--help|^echo\s|(?<![\w-])(?:install|add|download|uninstall)\s")
_EVENTS = ("push", "pull_request", "pull_request_target", "merge_group", "workflow_call")


def _commands(step):
    """The single commands of a step, without those that only install a tool, or ask for its version."""
    return [command for command in commands(step) if not _OTHER.search(command)]


def _steps(submission):
    """Every job and step that is not switched off."""
    return [
        (workflow, job, step)
        for workflow in readable_workflows(submission)
        for job in workflow.jobs[:50]
        if not is_off(job)
        for step in job.steps[:100]
        if not is_off(step)
    ]


def _automatic(submission):
    """The steps that run without somebody pressing a button."""
    return [found for found in _steps(submission) if any(event in found[0].triggers for event in _EVENTS)]


@check(
    "A workflow lints the code",
    points=1,
    required="exercises",
    questions=[6, 11],
    boxes=["w2-06"],
    hint="Add a workflow that starts on push and runs `ruff check .` (or flake8, pylint, mypy, `pre-commit run --all-files`).",
)
def test_linter_runs_in_a_workflow(submission):
    found = [
        workflow.evidence(step)
        for workflow, _, step in _automatic(submission)
        if any(name in step.action for name in _LINT_ACTIONS)
        or any(
            _LINT.search(command)
            or _TASK.search(command)
            or (_FORMAT.search(command) and _CANNOT_CHANGE.search(command))
            for command in _commands(step)
        )
    ]
    assert found, "No workflow that starts on push or pull_request runs a linter."


@check(
    "A formatter in a workflow can fail",
    points=1,
    questions=[6, 11],
    required=False,
    hint="`ruff format --check .` (or `--diff`): without it the formatter changes files on a machine that is thrown away, and "
    "never fails.",
)
def test_formatter_can_fail(submission):
    checked, idle = [], []
    for workflow, job, step in _steps(submission):
        for command in [command for command in _commands(step) if _FORMAT.search(command)]:
            # Who commits the changes afterwards wants them made.
            kept = any(COMMITS.search(f"{one.uses} {one.run[:20_000]}") for one in job.steps[:100])
            (checked if kept or _CANNOT_CHANGE.search(command) else idle).append(
                workflow.evidence(step, command)
            )
    assert not idle, idle
    if not checked:
        not_applicable("No workflow runs a formatter by itself.")


@check(
    "A workflow checks types",
    points=1,
    questions=[6, 11],
    scope="exercises",
    required=False,
    hint="Add a step `run: mypy src/` beside the linter.",
)
def test_types_are_checked(submission):
    found = [
        workflow.evidence(step)
        for workflow, _, step in _automatic(submission)
        if any(map(_TYPES.search, _commands(step))) or "mypy" in step.action
    ]
    assert found, "No workflow that starts on push or pull_request runs a type checker."
