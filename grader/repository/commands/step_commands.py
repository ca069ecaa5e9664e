"""The commands of the steps of workflows and of the repository's own actions, with the values of their variables."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from grader.parsing.plain_shapes import table
from grader.repository.commands.python_commands import commands_of_text
from grader.repository.commands.shell_command import ShellCommand, parsed
from grader.repository.faults import tolerant
from grader.repository.formats.yaml_data import YamlMap
from grader.repository.parsed_view import ParsedView
from grader.repository.workflows.workflow import Workflow, WorkflowJob, WorkflowStep, read_steps
from grader.repository.workflows.workflow_matrix import resolve

#: Maximum number of a matrix's texts that are read, and of their characters.
MAX_TEXTS = 16
MAX_CHARACTERS = 200_000
_KNOWN = re.compile(r"\$\{\{\s{0,9}(?:env|inputs|github\.event\.inputs)\.([\w-]{1,100})\s{0,9}\}\}")
#: Inputs of published actions that are commands: of those that repeat one, or run it elsewhere.
_COMMANDS = ("command", "run", "test-command", "runCmd")
#: What the runner sets; the root of the repository is where steps work.
_WORKSPACE = re.compile(r"\$\{\{\s{0,9}github\.workspace\s{0,9}\}\}")
_ACTION_PATH = re.compile(r"\$\{\{\s{0,9}github\.action_path\s{0,9}\}\}")
#: Variables that choose what a runner runs, and its option for the same.
_CHOOSING = {"tox": ("TOXENV", "-e"), "nox": ("NOXSESSION", "-s")}


def workflow_commands(view: ParsedView) -> Iterator[ShellCommand]:
    """Yield the commands of all steps as they are written, those of the repository's own actions included."""
    for workflow in view.workflows():
        for job in workflow.jobs:
            for step in job.steps:
                yield from step_commands(workflow, job, step)
    for path in view.files(".github/actions/**/action.yml", ".github/actions/**/action.yaml"):
        for step in action_steps(view, path):
            yield from commands_of_step(step, path, view.text(path), {}, "", "")


def step_commands(
    workflow: Workflow,
    job: WorkflowJob,
    step: WorkflowStep,
    inputs: Mapping[str, str] | None = None,
    *,
    matrix: bool = False,
) -> Iterator[ShellCommand]:
    """Yield the commands of a step; with `matrix`, for each combination that makes another text."""
    variables = {**workflow.env, **job.env, **step.env}
    variables = {key: resolve(value, list(job.combinations[:1]))[0] for key, value in variables.items()}
    small = len(step.run) * len(job.combinations) < MAX_CHARACTERS
    texts = job.resolve(step.run)[:MAX_TEXTS] if matrix and small else [step.run]
    for text in texts:
        yield from commands_of_step(
            step,
            workflow.path,
            workflow.text,
            {**(inputs or {}), **variables},
            step.shell or _default(workflow, job, "shell"),
            step.working_directory or _default(workflow, job, "working-directory"),
            text=text,
        )


def commands_of_step(
    step: WorkflowStep,
    path: str,
    source: str,
    values: Mapping[str, str],
    shell: str,
    folder: str,
    *,
    text: str | None = None,
) -> Iterator[ShellCommand]:
    """Yield the commands of one step whose variables and inputs have these values."""
    action = posixpath.dirname(path)
    values = {"GITHUB_WORKSPACE": ".", "GITHUB_ACTION_PATH": f"./{action}", **values}
    shell, folder = step.shell or shell, _filled(step.working_directory or folder, values)
    line = _line_of(source, step.run, step.line)
    run = _filled(step.run if text is None else text, values)
    if shell.startswith("python"):
        yield from commands_of_text(run, path, line)
        return
    folder = "" if "$" in folder else folder.removeprefix("./").rstrip("/.")
    # GitHub starts `bash` with pipefail where it is asked for by name.
    plain = {key: value for key, value in values.items() if "$" not in value}
    for one in parsed(run, "workflow", path, line, variables=plain, folder=folder, pipefail=shell == "bash"):
        variable, option = _CHOOSING.get(one.plain[0] if one.plain else "", ("", ""))
        chosen = values.get(variable, "") if option not in one.words else ""
        yield replace(one, words=(*one.words, option, chosen)) if chosen else one
    if step.uses and step.local is None:
        for key in _COMMANDS:
            command = _filled(step.with_.get(key, ""), values)
            for one in parsed(command, "workflow", path, None, variables=plain, folder=folder):
                yield ShellCommand(
                    one.words, "workflow", path, step.line, one.folder, one.forgiven, one.given
                )


def action_steps(view: ParsedView, path: str) -> tuple[WorkflowStep, ...]:
    """Return the steps of a composite action; none if the file cannot be read."""
    runs = table(tolerant(view.yaml, path)).get("runs")
    return tolerant(lambda one: read_steps(runs, one, 1), path) or () if isinstance(runs, YamlMap) else ()


def inputs_of(declared: dict[Any, Any], given: Mapping[str, str]) -> dict[str, str]:
    """Return the values of the inputs that an action or a called workflow declares: those given, else the defaults."""
    defaults = {
        str(name): str(one["default"])
        for name, one in declared.items()
        if table(one).get("default") is not None
    }
    return {**defaults, **given}


def _filled(text: str, values: Mapping[str, str]) -> str:
    if "${{" not in text:
        return text
    text = _WORKSPACE.sub(".", text)
    text = _ACTION_PATH.sub(lambda match: values.get("GITHUB_ACTION_PATH", match.group()), text)
    return _KNOWN.sub(lambda match: values.get(match[1], match.group()), text)


def _default(workflow: Workflow, job: WorkflowJob, key: str) -> str:
    for data in (table(workflow.data, "jobs", job.name), workflow.data):
        value = table(data, "defaults", "run").get(key)
        if isinstance(value, str):
            return value
    return ""


def _line_of(text: str, run: str, start: int) -> int:
    """Return the line of a step's command: the first line from the step on that contains the command's first line."""
    first = next((line.strip() for line in run.split("\n") if line.strip()), "")
    lines = text.split("\n")
    for number in range(start, min(start + 40, len(lines) + 1)):
        if first and first in lines[number - 1]:
            offset = next(index for index, line in enumerate(run.split("\n")) if line.strip())
            return number - offset
    return start
