"""M17: workflows that GitHub runs, that run the tests, and that fail when the tests do."""

import re

from grader.suite import SubmissionFault, check, evidence, measure, not_applicable, work

from ..common.workflows import live_steps, readable_workflows
from ._common import COMMITS, PROVIDERS, lints, refused, runs_of, test_runs
from ._events import EVENTS, callers, default_branches, listens


@work("a workflow that is not the template's own: `.github/workflows/*.yml` or `*.yaml`", above=(".github",))
def find_work(submission):
    paths = submission.files(".github/workflows/*.yml", ".github/workflows/*.yaml") + _misplaced(submission)
    if submission.profile == "project":
        return bool(paths)
    return any(not submission.is_template(path) for path in paths) and not _all_are_of_hooks(submission)


def _all_are_of_hooks(submission):
    """Whether all that CI does is to run the hooks of pre-commit: that is the exercise of M18."""
    used = [step for workflow in submission.workflows() for job in workflow.jobs for step in job.steps]
    told = [step for step in used if step.run or "pre-commit" in step.uses]
    return bool(told) and all("pre-commit" in step.run + step.uses for step in told)


def _misplaced(submission):
    """Workflows where GitHub does not look for them."""
    found = []
    for path in submission.files(
        "*.y*ml", ".github/*.y*ml", ".github/workflow/*.y*ml", "**/workflows/*.y*ml"
    ):
        if not re.match(r"\.github/workflows/[^/]+\.ya?ml$", path):
            try:
                data = submission.yaml(path)
            except SubmissionFault:
                continue
            if isinstance(data, dict) and "on" in data and "jobs" in data:
                found.append(path)
    return found


def _test_steps(submission):
    readable_workflows(submission)
    return list(dict.fromkeys((run.workflow, run.job, run.step) for run in test_runs(submission)))


@check(
    "GitHub can run every workflow",
    points=1,
    questions=[11],
    hint="Workflows lie in `.github/workflows/`; each needs `on` and `jobs`, each job `runs-on` and `steps`; `matrix` and "
    "`fail-fast` stand under `strategy`. The tab *Actions* of the repository shows what GitHub makes of them.",
)
def test_workflows_are_valid(submission):
    measure("n_workflows", len(submission.workflows()))
    wrong = [item for fault in submission.broken_workflows for item in fault.evidence]
    said = [fault.message for fault in submission.broken_workflows]
    # Of a project whose workflows run, others may lie elsewhere on purpose: copies, or switched off.
    if submission.profile == "exercises" or not submission.workflows():
        wrong += [evidence(path, None, "is not in .github/workflows/") for path in _misplaced(submission)]
    wrong += [
        workflow.evidence(job, f"{job.uses} is no workflow here that can be called (`on: workflow_call`)")
        for workflow in submission.workflows()
        for job in workflow.jobs
        if job.local and not _is_callable(submission, job.local)
    ]
    assert not wrong, [*said, *wrong]


def _is_callable(submission, path):
    called = [one for one in submission.workflows() if one.path == path]
    # Of one that is broken itself that has been said.
    broken = any(item.path == path for fault in submission.broken_workflows for item in fault.evidence)
    return broken or any("workflow_call" in one.triggers for one in called)


def _leave_open(submission):
    """Fail with what GitHub refuses, if the tests would run there only."""
    if not submission.ci_test_runs():
        said = refused("w2-04", [one.run for one in submission.ci_test_runs(refused=True)])
        assert not said, said


@check(
    "A workflow runs the tests",
    points=1,
    scope="project",
    required=False,
    questions=[11],
    boxes=["w2-04"],
    hint="Add a step `run: pytest tests/` to a workflow that starts `on: push` and `on: pull_request`.",
)
def test_tests_run_in_a_workflow(submission):
    _leave_open(submission)
    steps = _test_steps(submission)
    assert steps, (
        "No step of any workflow runs tests: pytest or unittest, by itself or through a script, make, tox, a task or an action."
    )
    automatic = [
        workflow.evidence(step)
        for workflow, _, step in steps
        if any(event in caller.triggers for caller in callers(submission, workflow) for event in EVENTS)
    ]
    assert automatic, [
        "The tests start neither on push nor on pull_request.",
        *(workflow.evidence(step) for workflow, _, step in steps),
    ]


@check(
    "The tests start on changes to the default branch",
    points=1,
    scope="project",
    required=False,
    questions=[9, 11],
    boxes=["w2-04"],
    hint="Name the branch that the repository really has: `branches: [main]`, or leave `branches` out.",
)
def test_triggers_reach_the_default_branch(submission):
    _leave_open(submission)
    branches = default_branches(submission)
    seen = []
    for workflow, _, _ in _test_steps(submission):
        for caller in callers(submission, workflow):
            for event in [event for event in EVENTS if event in caller.triggers]:
                line = caller.data.lines["on"]
                if any(listens(caller.triggers[event], branch) for branch in branches):
                    caller.evidence(
                        line, f"{event} on {', '.join(caller.branches(event) or ['every branch'])}"
                    )
                    return
                listed = ", ".join(caller.branches(event) or ["no branch"])
                seen.append(
                    caller.evidence(line, f"{event} listens to {listed}, not to {' or '.join(branches)}")
                )
    raise AssertionError(seen or "No workflow runs the tests on push or pull_request.")


@check(
    "The test job has the code and what the tests need",
    points=1,
    scope="project",
    required=False,
    questions=[11],
    hint="A job starts on an empty machine: `uses: actions/checkout@v4` first, then Python or uv, then an install step.",
)
def test_test_job_is_complete(submission):
    wrong, judged = [], []
    cloning, providing = set(), set()
    for run in submission.ci_runs():
        if run.command.runs("git clone"):
            cloning.add(run.step)
        if {*run.command.words[:1], *run.command.plain[:1]} & PROVIDERS:
            providing.add(run.step)
    for workflow, job, step in _test_steps(submission):
        if job in judged:
            continue
        judged.append(job)
        before = job.steps[: job.steps.index(step) + 1][:300]
        raw = workflow.data["jobs"].get(job.name, {})
        if not any("checkout" in one.action or one in cloning for one in before):
            wrong.append(workflow.evidence(job, f"the job {job.name} has no checkout before the tests"))
        elif "container" not in raw and not any(one in providing or one.local is not None for one in before):
            wrong.append(workflow.evidence(job, f"the job {job.name} installs nothing before the tests"))
    assert judged, "No workflow runs tests."
    assert not wrong, wrong


def _checking(submission):
    """What CI runs of tests and linters."""
    return [*test_runs(submission), *runs_of(submission, lints)]


@check(
    "A failure fails the workflow",
    points=1,
    scope="project",
    required=False,
    questions=[11],
    hint="Take away `continue-on-error: true`, `|| true` and `--exit-zero`: a check that cannot fail checks nothing.",
)
def test_failures_are_not_hidden(submission):
    hidden, mending = [], set()
    for workflow in readable_workflows(submission):
        # Jobs that mend the code and commit it go on after a failed check on purpose.
        mending |= {
            job
            for job in workflow.jobs
            if any(COMMITS.search(f"{one.uses} {one.run[:20_000]}") for one in job.steps[:300])
        }
    steps = {(run.workflow, run.job, run.step): None for run in _checking(submission)}
    for workflow in submission.workflows():
        for job, step in live_steps(workflow):
            if "pre-commit" in step.action or "ruff" in step.action:
                steps.setdefault((workflow, job, step))
    for workflow, job, step in steps:
        if job not in mending and (step.continue_on_error or job.continue_on_error):
            hidden.append(workflow.evidence(step, "continue-on-error hides failures"))
    for run in _checking(submission):
        if run.job not in mending and (run.command.forgiven or "--exit-zero" in run.command.words):
            place = run.command
            hidden.append(evidence(place.path, place.line, f"the failure of {place.text} is hidden"))
    assert not hidden, list(dict.fromkeys(hidden))
    if not steps:
        not_applicable("No workflow runs tests or a linter.")
