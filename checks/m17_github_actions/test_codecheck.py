"""M17: linters, formatters and type checkers on every push."""

from grader.suite import check, not_applicable

from ..common.workflows import live_steps, readable_workflows
from ._common import COMMITS, can_fail, formats, lints, refused, runs_of

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
_EVENTS = ("push", "pull_request", "pull_request_target", "merge_group", "workflow_call")


def _automatic(submission, is_one, *actions):
    """The steps that run without somebody pressing a button, and run such a command or action."""
    workflows = [
        one for one in readable_workflows(submission) if any(event in one.triggers for event in _EVENTS)
    ]
    found = [(run.workflow, run.step) for run in runs_of(submission, is_one) if run.workflow in workflows]
    found += [
        (workflow, step)
        for workflow in workflows
        for _, step in live_steps(workflow)
        if any(name in step.action for name in actions)
    ]
    return [workflow.evidence(step) for workflow, step in found]


@check(
    "A workflow lints the code",
    points=1,
    scope="project",
    required=False,
    questions=[6, 11],
    boxes=["w2-06"],
    hint="Add a workflow that starts on push and runs `ruff check .` (or flake8, pylint, mypy, `pre-commit run --all-files`).",
)
def test_linter_runs_in_a_workflow(submission):
    if not runs_of(submission, lints):
        refused("w2-06", [run for run in submission.ci_runs(refused=True) if lints(run.command)])
    found = _automatic(submission, lints, *_LINT_ACTIONS)
    assert found, "No workflow that starts on push or pull_request runs a linter."


@check(
    "A formatter in a workflow can fail",
    points=1,
    scope="project",
    questions=[6, 11],
    required=False,
    hint="`ruff format --check .` (or `--diff`): without it the formatter changes files on a machine that is thrown away, and "
    "never fails.",
)
def test_formatter_can_fail(submission):
    checked, idle = [], []
    readable_workflows(submission)
    for run in runs_of(submission, formats):
        # Who commits the changes afterwards wants them made.
        kept = any(COMMITS.search(f"{one.uses} {one.run[:20_000]}") for one in run.job.steps[:100])
        place = run.command.evidence
        (checked if kept or can_fail(run.command) else idle).append(place)
    assert not idle, idle
    if not checked:
        not_applicable("No workflow runs a formatter by itself.")
