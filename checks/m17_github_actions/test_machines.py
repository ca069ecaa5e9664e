"""M17: the machines of the test jobs: when they start, on which systems, with which Python, and what they begin with."""

import re

from grader.suite import check, evidence

from ..common.workflows import live_steps, readable_workflows
from ._common import PROVIDERS, commands
from ._conditions import context_of, filled
from ._steps import kind_steps, test_steps

_SYSTEMS = ("ubuntu", "windows", "macos")
_VERSION = re.compile(r"(?<![\w.])(?:python:?|cpython-?|py)?(3\.\d+)(?!\.?\w*\*)")
_IN_COMMAND = re.compile(r"(?:--python|-p|python install|python pin|python=)[\s=]*(3\.\d+)|python=(3\.\d+)")

#: The major versions of well-known actions, as they were in January 2026.
_NEWEST = {
    "actions/cache": 5,
    "actions/cache/restore": 5,
    "actions/cache/save": 5,
    "actions/checkout": 6,
    "actions/download-artifact": 7,
    "actions/github-script": 8,
    "actions/setup-go": 6,
    "actions/setup-java": 5,
    "actions/setup-node": 6,
    "actions/setup-python": 6,
    "actions/upload-artifact": 6,
    "astral-sh/ruff-action": 3,
    "astral-sh/setup-uv": 7,
    "codecov/codecov-action": 5,
    "conda-incubator/setup-miniconda": 3,
    "docker/build-push-action": 6,
    "docker/login-action": 3,
    "docker/metadata-action": 5,
    "docker/setup-buildx-action": 3,
    "google-github-actions/auth": 3,
    "google-github-actions/setup-gcloud": 3,
    "mamba-org/setup-micromamba": 2,
    "pre-commit/action": 3,
    "snok/install-poetry": 1,
}
#: Who reads this table later may use what came since: at most so many majors more, at a major a year.
_SINCE = 2


def _why_unknown(step):
    """Why a step's action cannot be there, empty where it may be."""
    newest = _NEWEST.get(step.action.lower())
    major = re.fullmatch(r"v?(\d{1,9})(?:\.\d+){0,2}", step.version)
    if newest is None or major is None:
        return ""
    if 1 <= int(major[1]) <= newest + _SINCE:
        return ""
    return f"{step.uses}: there is no such version; v{newest} was the newest in January 2026"


def _tests(submission):
    steps = test_steps(submission)
    assert steps, "No step that runs tests starts by itself on a push or a pull request, on any machine."
    return steps


@check(
    "The tests start on a push and on a pull request",
    points=1,
    scope="exercises",
    requires=["broken_code_is_noticed"],
    questions=[9, 11],
    hint="Both events, on the branch that the repository really has. A list of `paths` leaves out all changes of other files.",
)
def test_both_events_start_the_tests(submission):
    steps = _tests(submission)
    missing = {"push", "pull_request"} - {event for one in steps for event in one.events}
    assert not missing, [
        f"New code on the default branch starts no tests on {' or '.join(sorted(missing))}.",
        *(one.evidence for one in steps[:3]),
    ]


@check(
    "Each job has the code, installs what it needs, and uses actions that there are",
    points=1,
    scope="exercises",
    requires=["broken_code_is_noticed"],
    questions=[11],
    hint="A job starts on an empty machine: the first step fetches the code, the next ones Python and what the tests import.",
)
def test_jobs_have_what_they_need(submission):
    wrong = [
        workflow.evidence(step, why)
        for workflow in readable_workflows(submission)
        for _, step in live_steps(workflow)
        if (why := _why_unknown(step))
    ]
    found = [
        *_tests(submission),
        *(one for kind in ("lint", "format", "types") for one in kind_steps(submission, kind)),
    ]
    first = {}
    for one in found:
        position = one.job.steps.index
        first[one.job] = min(first.get(one.job, one), one, key=lambda each: position(each.step))
    for job, one in first.items():
        before = job.steps[: job.steps.index(one.step) + 1]
        words = {word for step in before for command in commands(step) for word in command.split()[:4]}
        if not any("checkout" in step.action or "git clone" in step.run for step in before):
            wrong.append(
                one.workflow.evidence(job, f"the job {job.name} has no checkout before its first check")
            )
        elif (
            one.raw("container") is None and not words & PROVIDERS and not any(step.local for step in before)
        ):
            actions = any(
                re.search(r"(?:ruff-action|pre-commit/action|prek-action)", step.action) for step in before
            )
            if not actions:
                wrong.append(
                    one.workflow.evidence(job, f"the job {job.name} installs nothing before its first check")
                )
    assert not wrong, wrong


@check(
    "The tests run on Linux, Windows and macOS, each to its end",
    points=1,
    scope="exercises",
    requires=["broken_code_is_noticed"],
    questions=[11],
    hint="A matrix under `strategy` makes a job of each combination; where one of them fails, the others are cancelled unless "
    "told otherwise.",
)
def test_tests_run_on_every_system(submission):
    steps = _tests(submission)
    systems = {place.system for one in steps for place in one.places}
    missing = [name for name in _SYSTEMS if not any(system.startswith(name) for system in systems)]
    assert not missing, (
        f"The tests run on {', '.join(sorted(systems)) or 'no known runner'}: {', '.join(missing)} is missing."
    )
    fast = [
        one.workflow.evidence(
            one.job, f"the job {one.job.name} cancels its other combinations where one fails"
        )
        for one in steps
        if len(one.job.combinations) > 1 and one.job.fail_fast
    ]
    assert not fast, fast


@check(
    "The tests run with at least two versions of Python that exist",
    points=1,
    scope="exercises",
    requires=["broken_code_is_noticed"],
    questions=[11],
    hint="The version of the matrix has to reach the step that sets Python up. YAML reads a version without quotes as a number.",
)
def test_tests_run_with_several_pythons(submission):
    steps = _tests(submission)
    versions = {
        version for one in steps for place in one.places for version in _pythons(submission, one, place)
    }
    wrong = sorted(one for one in versions if not 8 <= int(one.partition(".")[2]) <= 20)
    assert not wrong, [
        evidence(steps[0].workflow.path, steps[0].job.line, f"Python {one} is none that runs today")
        for one in wrong
    ]
    assert len(versions) > 1, (
        f"The tests run with {', '.join(sorted(versions)) or 'whatever Python the runner has'} only."
    )


def _pythons(submission, found, place):
    """The versions of Python that a job sets up for a step, on one machine."""
    env = {**found.workflow.env, **found.job.env}
    context = context_of(place.event, "main", place.chosen, place.system, env)
    container = found.raw("container")
    said = [
        container.get("image", "") if isinstance(container, dict) else container or "",
        env.get("UV_PYTHON", ""),
    ]
    in_commands = []
    for step in found.job.steps[: found.job.steps.index(found.step) + 1]:
        said += [step.with_.get(key, "") for key in ("python-version", "python_version", "python-versions")]
        said.append(step.env.get("UV_PYTHON", ""))
        path = step.with_.get("python-version-file", "")
        if path.endswith(".python-version") and submission.exists(path):
            said.append(submission.text(path)[:40])
        in_commands += [
            a or b for one in commands(step) for a, b in _IN_COMMAND.findall(filled(one, context))
        ]
    return {version for text in said for version in _VERSION.findall(filled(str(text), context))} | set(
        in_commands
    )


@check(
    "The test job keeps its downloads between runs",
    points=1,
    scope="exercises",
    requires=["broken_code_is_noticed"],
    questions=[11],
    hint="The actions that set up Python or uv can do it; they want to be told, or are of a version that does it by itself.",
)
def test_downloads_are_kept(submission):
    cached = [
        one.workflow.evidence(step, step.uses)
        for one in _tests(submission)
        for step in one.job.steps
        if not step.is_off and step.caches
    ]
    assert cached, "No step of a job that runs tests keeps downloads between runs."
