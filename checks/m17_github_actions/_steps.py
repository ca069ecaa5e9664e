"""M17: the steps that a push or a pull request starts, and what each of them is: its script, its machines, its settings."""

import re
import shlex
from dataclasses import dataclass

from grader.suite import SubmissionFault

from ._common import can_fail, checks_types, formats, lints, test_runs
from ._conditions import context_of, filled, holds
from ._events import callers, default_branches, starts

_MOST_STEPS, _MOST_PLACES, _MOST_COMMANDS = 3, 30, 40
_BOTH = ("push", "pull_request")
#: What runs the commands of a file that is not the workflow: of these the commands are known, the programs are not here.
_AS_WRITTEN = ("workflow", "script", "python", "dockerfile", "compose")
_RUFF_ACTION = re.compile(r"(?:^|/)ruff-action$")


@dataclass(frozen=True)
class Place:
    """One machine on which a step runs, for one event."""

    event: str
    system: str
    chosen: dict


@dataclass(frozen=True, eq=False)
class CiStep:
    """A step that runs by itself on new code: where, and the commands that are known of it."""

    workflow: object
    job: object
    step: object
    places: tuple
    commands: tuple

    @property
    def events(self):
        return {place.event for place in self.places}

    @property
    def evidence(self):
        return self.workflow.evidence(self.step)

    @property
    def words(self):
        """What to call it."""
        return self.step.name or " ".join(self.step.run.split())[:60] or self.step.uses

    def raw(self, *keys):
        """What the job says of itself in the file, before anything is made of it."""
        found = self.workflow.data["jobs"].get(self.job.name, {})
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        return found

    def place(self):
        """The machine that is most like this one."""
        return min(self.places, key=lambda place: ("ubuntu" not in place.system, place.event != "push"))

    @property
    def is_forgiven(self):
        """Whether a failure of it, or of its job, fails nothing."""
        place = self.place()
        context = context_of(place.event, "main", place.chosen, place.system)
        steps = self.raw("steps")
        at = self.job.steps.index(self.step)
        own = steps[at].get("continue-on-error") if isinstance(steps, list) and at < len(steps) else None
        said = [value for value in (own, self.raw("continue-on-error")) if value is not None]
        return any(
            holds(value, context) is not False if isinstance(value, str) else bool(value) for value in said
        )


def code_files(submission):
    """The files that are linted and tested: the package, else the code of one's own beside it."""
    package = submission.package
    found = list(package.modules) if package else submission.code()
    return [file for file in found if not submission.is_template(file.path)][:40]


def test_steps(submission):
    """The steps that run tests on new code."""
    return _steps(submission, {(run.workflow, run.job, run.step) for run in test_runs(submission)})


def kind_steps(submission, kind):
    """The steps that lint (`lint`), compare the format (`format`) or check types (`types`) of new code."""
    # A type checker is a linter to a project, and finds other things.
    is_one = {
        "lint": lambda one: lints(one) and not checks_types(one) and not (formats(one) and can_fail(one)),
        "format": formats,
        "types": checks_types,
    }[kind]
    found = {
        (run.workflow, run.job, run.step)
        for run in submission.ci_runs()
        if run.workflow and is_one(run.command)
    }
    if kind in ("lint", "format"):
        found |= {
            (workflow, job, step)
            for workflow in submission.workflows()
            for job in workflow.jobs
            for step in job.steps
            if _RUFF_ACTION.search(step.action)
            and ("format" in step.with_.get("args", "")) == (kind == "format")
        }
    return _steps(submission, found)


def _steps(submission, found):
    """The steps of workflows that new code starts, of each the places where it runs."""
    paths = [file.path for file in code_files(submission)]
    branch = (default_branches(submission) or ["main"])[0]
    made = []
    for workflow, job, step in sorted(found, key=lambda one: (one[0].path, one[2].line)):
        places = [
            place
            for caller in callers(submission, workflow)
            for event in _BOTH
            if event in caller.triggers and starts(caller.triggers[event], branch, paths)
            if caller is workflow or _is_called(caller, workflow, event, branch)
            for place in _places(workflow, job, step, event, branch)
        ]
        if places:
            commands = tuple(run.command for run in submission.ci_runs() if run.step is step)
            made.append(CiStep(workflow, job, step, tuple(places), commands[:_MOST_COMMANDS]))
    return made


def _is_called(caller, workflow, event, branch):
    """Whether a job that is not left out calls the workflow."""
    context = context_of(event, branch, {})
    jobs = [job for job in caller.jobs if job.local == workflow.path]
    return any(_job_runs(caller, job, context) for job in jobs)


def _places(workflow, job, step, event, branch):
    """The combinations of the matrix in which a step runs: neither it nor its job, nor a job needed, is left out."""
    found = []
    for chosen in (job.combinations or ({},))[:_MOST_PLACES]:
        plain = context_of(event, branch, chosen)
        raw = workflow.data["jobs"].get(job.name, {}).get("runs-on")
        raw = raw[0] if isinstance(raw, list) and raw else raw
        system = filled(str(raw), plain) if isinstance(raw, str) else "ubuntu"
        env = {**workflow.env, **job.env, **step.env}
        context = context_of(event, branch, chosen, system, env)
        if _job_runs(workflow, job, context) and holds(step.condition, context) is not False:
            found.append(Place(event, system, dict(chosen)))
    return found


def _job_runs(workflow, job, context, depth=0):
    """Whether a job may run; one that is left out takes those along that need it, unless they ask for `always()`."""
    if holds(job.condition, context) is False:
        return False
    if depth > 8 or re.search(r"always\(|cancelled\(|failure\(", job.condition):
        return True
    needed = [one for one in workflow.jobs if one.name.lower() in {name.lower() for name in job.needs}]
    return all(_job_runs(workflow, one, context, depth + 1) for one in needed)


def plan_of(found):
    """How a step runs, as the program of `_runner` takes it, with what make and tox would run."""
    place, step, job = found.place(), found.step, found.job
    workflow = found.workflow
    env = {}
    for one in (workflow.env, job.env, step.env):
        for name, value in one.items():
            env[str(name)] = filled(
                str(value), context_of(place.event, "main", place.chosen, place.system, env)
            )
    context = context_of(place.event, "main", place.chosen, place.system, env)
    shell = step.shell or _default(found, "shell")
    script = filled(step.run, context)
    if not step.run:
        script = _script(found.commands)
        if _RUFF_ACTION.search(step.action):
            script = f"ruff {step.with_.get('args') or 'check'} {step.with_.get('src') or '.'}"
    github = {
        "CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": place.event, "RUNNER_OS": "Linux",
        "GITHUB_REF": str(context["github.ref"]), "GITHUB_REF_NAME": str(context["github.ref_name"]),
    }  # fmt: skip
    return {
        "shell": _shell(shell),
        "script": script[:50_000],
        "folder": filled(step.working_directory or _default(found, "working-directory"), context),
        "env": {**github, **{name: value for name, value in env.items() if name != "PATH"}},
        "started": _script([one for one in found.commands if one.source not in _AS_WRITTEN]),
    }


def _default(found, key):
    for data in (found.raw("defaults", "run"), (found.workflow.data.get("defaults") or {}).get("run")):
        value = data.get(key) if isinstance(data, dict) else None
        if isinstance(value, str):
            return value
    return ""


def _shell(name):
    """The words that start a shell, as GitHub does, with `{0}` for the script."""
    known = {
        "": ["bash", "-e", "{0}"],
        "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail", "{0}"],
        "sh": ["sh", "-e", "{0}"],
        "python": ["python", "{0}"],
    }
    if name in known:
        return known[name]
    try:
        words = shlex.split(name[:500])
    except ValueError as problem:
        raise SubmissionFault(f"The shell {name[:80]} cannot be read.") from problem
    if "{0}" not in words:
        raise SubmissionFault(f"A step asks for the shell {name[:80]}, which Linux has not.")
    # A login shell would forget where the programs are.
    return [re.sub(r"^-(\w*)l(\w*)$", r"-\1\2", word) if word != "-l" else "-e" for word in words]


def _script(commands):
    """A script of commands that are known one by one."""
    lines = ["set -e"]
    for one in commands:
        words = [re.sub(r"\{posargs[^}]{0,80}\}", "", word) for word in one.words]
        said = " ".join(word if "$" in word else shlex.quote(word) for word in words if word)
        given = " ".join(f"{name}={shlex.quote(value)}" for name, value in one.given)
        start = f"cd {shlex.quote(one.folder)} && " if one.folder else ""
        lines.append(f"({start}{given} {said}){' || true' if one.forgiven else ''}")
    return "\n".join(lines) + "\n"
