"""M19: a workflow run step by step as GitHub runs it for an event: jobs by `needs`, with conditions, variables, outputs."""

import json
import os
import re
import shlex
from dataclasses import dataclass, field

from grader.suite import StudentFault, SubmissionFault, not_applicable

from ._expressions import filled, holds
from ._step_program import NAMES, STAND_IN, STEP

WALL_S, CPU_S = 60.0, 40
_MOST_JOBS, _MOST_STEPS = 12, 30
#: What brings the program `cml`.
_BRINGS_CML = re.compile(r"iterative/setup-cml|npm\s+(?:i|install)\b.{0,80}cml|iterativeai/cml")
_SECRET = re.compile(r"\b(?:secrets|vars)\.([A-Za-z_]\w{0,60})")
_SHELLS = {
    "": ["bash", "-e", "{0}"],
    "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail", "{0}"],
    "sh": ["sh", "-e", "{0}"],
    "python": ["python", "{0}"],
}
_GOOD, _BAD, _SKIPPED = "success", "failure", "skipped"


@dataclass
class Ran:
    """What came of a run: of each job its result, what was posted, and what went wrong in words."""

    jobs: dict[str, str] = field(default_factory=dict)
    comments: list = field(default_factory=list)
    #: What the jobs lack before they start Python.
    lacking: list = field(default_factory=list)
    failures: list = field(default_factory=list)

    @property
    def said(self):
        """The first failure, for a message."""
        return self.failures[0] if self.failures else "no step of it failed"


def secrets_of(workflow, account, token):
    """A value for each secret or variable that a workflow names, whatever it calls it: of the account, or the run's token."""
    found = {"GITHUB_TOKEN": token}
    for name in _SECRET.findall(workflow.text[:100_000]):
        kinds = ("ENTITY", "PROJECT") if "WANDB" in name.upper() else ("ENTITY", "PROJECT", "TOKEN")
        kind = next((kind for kind in kinds if kind in name.upper()), "API_KEY")
        own = account.get(f"WANDB_{kind}", "")
        found.setdefault(name, own or f"{token}-{name}")
    return found


def run_workflow(student, workflow, github, secrets):
    """Run the jobs of a workflow for an event, one after the other; `github` and `secrets` are what its expressions know.

    Of jobs that do not need each other, that with the fewest needs comes first; none of them can count on it.
    """
    if os.name == "nt":
        not_applicable("The steps run in a shell of Linux: check with Docker, or push.")
    known = {"github": github, "secrets": secrets, "vars": secrets, "runner": {"os": "Linux"}}
    ran, outputs = Ran(), {}
    left = list(workflow.jobs)[:_MOST_JOBS]
    while left:
        ready = [job for job in left if all(name in ran.jobs for name in job.needs)]
        if not ready:
            break
        job = ready[0]
        left.remove(job)
        needs = {name: {"result": ran.jobs[name], "outputs": outputs.get(name, {})} for name in job.needs}
        context = {**known, "needs": needs, "matrix": (job.combinations or ({},))[0]}
        failed = any(ran.jobs[name] != _GOOD for name in job.needs)
        if not holds(job.condition, context, failed=failed):
            ran.jobs[job.name] = _SKIPPED
            continue
        ran.jobs[job.name], outputs[job.name] = _run_job(student, workflow, job, context, ran)
    return ran


def _run_job(student, workflow, job, context, ran):
    """The result of a job and its outputs."""
    raw = workflow.data["jobs"].get(job.name, {})
    env = _variables(workflow.env, context, {})
    env = _variables(job.env, context, env)
    context = {**context, "steps": {}, "env": env}
    has_code = installed = False
    has_cml = bool(_BRINGS_CML.search(str(raw.get("container", ""))[:300]))
    failed = False
    for number, step in enumerate(job.steps[:_MOST_STEPS]):
        own = raw["steps"][number]
        step_env = _variables(step.env, context, env)
        if not holds(step.condition, {**context, "env": step_env}, failed=failed):
            continue
        has_cml = has_cml or bool(_BRINGS_CML.search(f"{step.uses} {step.run[:5_000]}"))
        if not step.run:
            has_code = has_code or "actions/checkout" in step.action
            # An action of one's own, or one that sets up an environment, may bring the packages.
            installed = (
                installed or step.local is not None or "micromamba" in step.action or "pixi" in step.action
            )
            continue
        told = _run_step(
            student, workflow, raw, step, {**context, "env": step_env}, has_code=has_code, has_cml=has_cml
        )
        if "python" in told["calls"] and not (installed or "install" in told["calls"]):
            ran.lacking.append(
                f"The job {job.name} of {workflow.path} starts Python before it installs anything."
            )
        installed = installed or "install" in told["calls"]
        ran.comments += told["comments"]
        env.update(_pairs(told["env"]))
        result = _GOOD if told["code"] == 0 else _BAD
        context["steps"][str(own.get("id", number))] = {
            "outputs": _pairs(told["outputs"]),
            "outcome": result,
            "conclusion": result,
        }
        if result == _BAD:
            words = " ".join(told["said"].split())[-300:]
            ran.failures.append(
                f"the step in line {step.line} of {workflow.path} ends with exit code {told['code']}: {words}"
            )
            failed = failed or not step.continue_on_error
    asked = raw.get("outputs")
    given = (
        {str(name): filled(str(text), context) for name, text in asked.items()}
        if isinstance(asked, dict)
        else {}
    )
    return (_BAD if failed and not job.continue_on_error else _GOOD), given


def _variables(given, context, env):
    """Variables of the workflow, a job or a step, beside those that are known already."""
    return {
        **env,
        **{str(name): filled(str(value), {**context, "env": env}) for name, value in given.items()},
    }


def _run_step(student, workflow, raw, step, context, *, has_code, has_cml):
    shell = step.shell or _default(workflow, raw, "shell")
    folder = step.working_directory or _default(workflow, raw, "working-directory")
    github = {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": str(context["github"]["event_name"]),
    }
    plan = {
        "script": filled(step.run, context)[:50_000],
        "shell": _words(shell),
        "folder": filled(folder, context),
        "env": {
            **github,
            **{name: value for name, value in context["env"].items() if name not in ("PATH", "HOME")},
        },
        "names": [*NAMES, *(["cml"] if has_cml else [])],
        "stand_in": STAND_IN,
        "has_code": has_code,
    }
    done = student.run(["python", "-c", STEP], stdin=json.dumps(plan), timeout=WALL_S, cpu_s=CPU_S)
    return _read(done)


def _read(done):
    """What a step told, with every part of the kind that it should be."""
    try:
        told = json.loads(done.stdout)
        found = {
            "code": int(told["code"]),
            "said": str(told["said"]),
            "env": str(told["env"]),
            "outputs": str(told["outputs"]),
            "calls": [str(one) for one in told["calls"]],
            "comments": [
                {name: str(one[name]) for name in ("text", "token", "folder")} for one in told["comments"][:9]
            ],
        }
    except (ValueError, TypeError, KeyError, RecursionError) as problem:
        raise StudentFault("reply", "What became of a step of the workflow cannot be read.") from problem
    return found


def _default(workflow, raw, key):
    for data in (raw, workflow.data):
        defaults = data.get("defaults")
        run = defaults.get("run") if isinstance(defaults, dict) else None
        if isinstance(run, dict) and isinstance(run.get(key), str):
            return run[key]
    return ""


def _words(shell):
    """The words that start a shell, as GitHub does, with `{0}` for the script."""
    if shell in _SHELLS:
        return _SHELLS[shell]
    try:
        words = shlex.split(shell[:500])
    except ValueError as problem:
        raise SubmissionFault(f"The shell {shell[:80]} cannot be read.") from problem
    if "{0}" not in words:
        raise SubmissionFault(f"A step asks for the shell {shell[:80]}, which Linux has not.")
    return words


def _pairs(text):
    """The lines `name=value` of one of GitHub's files, and `name<<END` with the lines that follow."""
    found, lines = {}, text.splitlines()
    while lines:
        line = lines.pop(0)
        many = re.fullmatch(r"(\w[\w-]{0,80})<<(\S{1,80})", line)
        if many and many[2] in lines:
            end = lines.index(many[2])
            found[many[1]] = "\n".join(lines[:end])
            lines = lines[end + 1 :]
        elif "=" in line:
            name, _, value = line.partition("=")
            found[name.strip()] = value
    return found
