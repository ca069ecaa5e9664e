"""M17: on which systems and Python versions the tests run, and what is kept between runs."""

import re

from grader.suite import check, measure, not_applicable

from ..common.workflows import readable_workflows, workflows_that_run
from ._common import commands, test_runs

_PYTHON = re.compile(
    r"\buv\s+(?:python\s+(?:install|pin)|venv|sync|run)\s.*?(?<![\w.])(3\.\d+)|python=(3\.\d+)"
)
_SYSTEMS = ("ubuntu", "windows", "macos")


def _test_jobs(submission):
    readable_workflows(submission)
    found = list(dict.fromkeys((run.workflow, run.job) for run in test_runs(submission)))
    assert found, "No job of any workflow that GitHub accepts runs tests."
    return found


def _strategy(workflow, job):
    strategy = workflow.data["jobs"].get(job.name, {}).get("strategy")
    return strategy if isinstance(strategy, dict) else {}


def _is_computed(workflow, job):
    """Whether the matrix is made when the workflow runs: nothing can be said of it here."""
    return "${{" in str(_strategy(workflow, job).get("matrix", ""))[:20_000]


def _axes(workflow, job):
    """The axes of a matrix: the values of each that the job uses."""
    used = " ".join(_texts({**workflow.data["jobs"].get(job.name, {}), "strategy": None, "name": None}))
    names = dict.fromkeys(
        [*job.matrix, *(key for extra in job.include if isinstance(extra, dict) for key in extra)]
    )
    values = {
        name: list(dict.fromkeys(str(one[name]) for one in job.combinations if name in one)) for name in names
    }
    is_used = {name: re.search(rf"matrix\.{re.escape(str(name))}(?![\w-])", used) for name in names}
    return {name: found for name, found in values.items() if is_used[name]}


def _texts(data):
    """Every text of a job, at most 200 000 characters of them."""
    waiting, left = [data], 200_000
    while waiting and left > 0:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, str):
            left -= len(item) + 1
            yield item


def _python_versions(submission, job):
    found = []
    for step in job.steps[:100]:
        for key in ("python-version", "python_version", "python-versions"):
            for text in job.resolve(step.with_.get(key, "")):
                found += re.split(r"[\s,]+", text.strip())
        path = step.with_.get("python-version-file", "")
        if path.endswith(".python-version") and submission.exists(path):
            found += submission.text(path).split()[:10]
        for command in commands(step):
            found += [a or b for text in job.resolve(command) for a, b in _PYTHON.findall(text)]
    return sorted({text for text in found if re.fullmatch(r"(?:pypy-?)?\d[\w.*-]*", text)}, key=_by_number)


def _by_number(version):
    return [int(number) for number in re.findall(r"\d{1,9}", version)], version


def _systems(jobs):
    return sorted({system for _, job in jobs for system in job.runs_on if system.startswith(_SYSTEMS)})


@check(
    "The tests run on several systems or versions",
    points=1,
    scope="project",
    required=False,
    questions=[11],
    boxes=["w2-05"],
    hint="Under the job: `strategy:`, under it `matrix:` with `os: [ubuntu-latest, windows-latest, macos-latest]`, and use it: "
    "`runs-on: ${{ matrix.os }}`.",
)
def test_tests_run_in_a_matrix(submission):
    jobs = _test_jobs(submission)
    versions = sorted({one for _, job in jobs for one in _python_versions(submission, job)}, key=_by_number)
    measure("os_matrix", ", ".join(_systems(jobs)))
    measure("python_versions", ", ".join(versions))
    if any(_is_computed(workflow, job) for workflow, job in jobs):
        not_applicable("The matrix is computed when the workflow runs.")
    wide = False
    for workflow, job in jobs:
        for name, values in _axes(workflow, job).items():
            if len(values) > 1:
                wide = True
                workflow.evidence(job, f"{name}: {', '.join(values)}")
    several = len(versions) > 1 or len(_systems(jobs)) > 1
    unused = [
        workflow.evidence(job, f"matrix.{name} is used nowhere in the job")
        for workflow, job in jobs
        for name in job.matrix
        if name not in _axes(workflow, job)
    ]
    assert wide or several, unused or "The tests run on one system with one version of everything."


@check(
    "Every Python version is one that exists",
    points=1,
    scope="project",
    questions=[11],
    hint='Write versions in quotes: YAML reads `3.10` as the number 3.1; `"3.10"` stays what it is.',
)
def test_python_versions_exist(submission):
    wrong, seen = [], False
    for workflow in workflows_that_run(submission):
        for job in workflow.jobs[:50]:
            versions = _python_versions(submission, job)
            seen = seen or bool(versions)
            wrong += [
                workflow.evidence(job, f"Python {version}: 3.10 without quotes?")
                for version in versions
                if re.fullmatch(r"3\.[12]", version)
            ]
    assert not wrong, wrong
    if not seen:
        not_applicable("No workflow names a version of Python.")


@check(
    "Dependencies are cached between runs",
    points=1,
    scope="project",
    required=False,
    questions=[11],
    boxes=["w2-05"],
    hint="`cache: pip` in the step of actions/setup-python, `enable-cache: true` in astral-sh/setup-uv, or actions/cache.",
)
def test_dependencies_are_cached(submission):
    cached = [
        workflow.evidence(step, step.uses)
        for workflow in readable_workflows(submission)
        for job in workflow.jobs[:50]
        if not job.is_off
        for step in job.steps[:100]
        if not step.is_off and step.caches
    ]
    assert cached, "No step of any workflow keeps downloads between runs."
