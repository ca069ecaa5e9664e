"""The commands that continuous integration runs: those of its workflows, and those that they start in turn."""

from __future__ import annotations

import posixpath
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from grader.parsing.plain_shapes import table
from grader.repository.commands.shell_command import ShellCommand, parsed
from grader.repository.commands.starters import Starters
from grader.repository.commands.step_commands import action_steps, commands_of_step, inputs_of, step_commands
from grader.repository.faults import tolerant
from grader.repository.parsed_view import ParsedView
from grader.repository.python.reach import Reach
from grader.repository.workflows.workflow import Workflow, WorkflowJob, WorkflowStep

MAX_RUNS = 5_000
MAX_FOLLOWED = 2_000
MAX_NESTED = 8
#: Published actions that do what a command does.
_BUILDS = "docker/build-push-action"
_HOOKS = ("pre-commit/action", "j178/prek-action", "tox-dev/action-pre-commit-uv")
_TESTS = ("pavelzw/pytest-action",)


@dataclass(frozen=True)
class CiRun:
    """A command that CI runs, and the step of a workflow in which it begins; none for a build in the cloud."""

    command: ShellCommand
    workflow: Workflow | None = None
    job: WorkflowJob | None = None
    step: WorkflowStep | None = None


def ci_runs(
    view: ParsedView, commands: list[ShellCommand], reach: Reach, workflows: list[Workflow]
) -> list[CiRun]:
    """Return what the workflows run (steps that are not switched off) and what Cloud Build runs.

    Followed are make and just, invoke, nox and tox, tasks in pyproject.toml and files like it, scripts, hooks of pre-commit, RUN
    of images that are built, commands of containers, and the repository's own actions and workflows.
    """
    runs = _Runs(view, commands, reach, workflows)
    found: dict[CiRun, None] = {}
    for run in runs.all():
        found.setdefault(run)
        if len(found) >= MAX_RUNS:
            break
    return list(found)


class _Runs:
    def __init__(
        self, view: ParsedView, commands: list[ShellCommand], reach: Reach, workflows: list[Workflow]
    ) -> None:
        self.view, self.workflows, self.commands = view, workflows, commands
        self.starters = Starters(view, commands, reach)
        self.callers = list(_callers(workflows))
        self.known: dict[str, list[dict[str, str]]] = {}
        self.followed: dict[ShellCommand, list[ShellCommand]] = {}

    def all(self) -> Iterator[CiRun]:
        for workflow in self.workflows:
            for inputs in self.starts(workflow):
                for job in live_jobs(workflow):
                    for step in job.steps:
                        if not step.is_off:
                            yield from self.of_step(workflow, job, step, inputs)
        for command in self.commands:
            if command.source == "cloudbuild":
                yield from (CiRun(one) for one in self.follow(command))

    def starts(self, workflow: Workflow) -> list[dict[str, str]]:
        """Return the inputs with which a workflow starts, once for each start; none if nothing starts it."""
        if workflow.path in self.known:
            return self.known[workflow.path]
        # Workflows that call each other in a circle start nothing.
        found = self.known[workflow.path] = []
        called, by_hand = (
            table(workflow.triggers, name, "inputs") for name in ("workflow_call", "workflow_dispatch")
        )
        if set(workflow.triggers) - {"workflow_call"}:
            found.append(inputs_of(by_hand, {}))
        for caller, job in self.callers:
            if job.local == workflow.path and len(found) < MAX_NESTED and self.starts(caller):
                found.append(inputs_of(called, job.with_))
        return found

    def of_step(
        self, workflow: Workflow, job: WorkflowJob, step: WorkflowStep, inputs: Mapping[str, str]
    ) -> Iterator[CiRun]:
        direct = list(step_commands(workflow, job, step, inputs, matrix=True))
        values = {**inputs, **workflow.env, **job.env, **step.env}
        for one in self.of_action(step, values, job, 0):
            direct.append(one if one.path else replace(one, path=workflow.path, line=step.line))
        for command in direct:
            yield from (CiRun(one, workflow, job, step) for one in self.follow(command))

    def of_action(
        self, step: WorkflowStep, values: Mapping[str, str], job: WorkflowJob, depth: int
    ) -> Iterator[ShellCommand]:
        """Yield what a step's action runs, as far as it is known: the repository's own, hooks, images."""
        if step.action in _HOOKS:
            yield from self.starters.hooks()
        if step.action in _TESTS:
            yield ShellCommand(("pytest",), "workflow", "", None)
        if step.uses.startswith("docker://"):
            # An action that is an image: its arguments are the command.
            text = f"{step.with_.get('entrypoint', '')} {step.with_.get('args', '')}"
            yield from parsed(text, "workflow", "", None)
        if step.action == _BUILDS:
            context = step.with_.get("context", ".")
            default = "Dockerfile" if "${{" in context else posixpath.join(context, "Dockerfile")
            tags = re.split(r"[\s,]+", step.with_.get("tags", ""))
            yield from self.starters.image(
                step.with_.get("file") or default, tags, step.with_.get("target", "")
            )
        if step.local is None or not step.uses or depth > MAX_NESTED:
            return
        for name in ("action.yml", "action.yaml"):
            path = posixpath.join(step.local, name)
            if not self.view.exists(path):
                continue
            data = tolerant(self.view.yaml, path)
            given = {key: job.resolve(value)[0] for key, value in step.with_.items()}
            inputs = inputs_of(table(data, "inputs"), given)
            inner = {**values, **inputs}
            for one in action_steps(self.view, path):
                if not one.is_off:
                    own = {**inner, **one.env}
                    yield from commands_of_step(one, path, self.view.text(path), own, "", "")
                    yield from self.of_action(one, own, job, depth + 1)
            yield from self.of_container(data, path)
            return

    def of_container(self, data: object, path: str) -> Iterator[ShellCommand]:
        """Yield what an action runs that is an image: `using: docker`."""
        runs = table(data, "runs")
        image = runs.get("image") if runs.get("using") == "docker" else None
        if isinstance(image, str):
            name = posixpath.normpath(posixpath.join(posixpath.dirname(path), image))
            tag = f"{path} {image}"
            yield from self.starters.image(name, [tag])
            yield ShellCommand(("docker", "run", tag), "workflow", path, None)

    def follow(self, first: ShellCommand) -> list[ShellCommand]:
        """Return a command and all that it starts in turn, each once."""
        if first not in self.followed:
            found: dict[ShellCommand, None] = {}
            todo = deque([first])
            while todo and len(found) < MAX_FOLLOWED:
                command = todo.popleft()
                if command not in found:
                    found[command] = None
                    todo.extend(self.starters.started(command))
            self.followed[first] = list(found)
        return self.followed[first]


def _callers(workflows: list[Workflow]) -> Iterator[tuple[Workflow, WorkflowJob]]:
    for workflow in workflows:
        for job in live_jobs(workflow):
            if job.uses:
                yield workflow, job


def live_jobs(workflow: Workflow) -> list[WorkflowJob]:
    """Return the jobs that are not switched off, themselves or through a job that they need."""
    off: set[str] = set()
    for _ in range(MAX_NESTED):
        before = len(off)
        for job in workflow.jobs:
            needs = {need.lower() for need in job.needs} & off
            if job.is_off or (needs and not re.search(r"always\(|cancelled\(|failure\(", job.condition)):
                off.add(job.name.lower())
        if len(off) == before:
            break
    return [job for job in workflow.jobs if job.name.lower() not in off]
