"""The commands that continuous integration runs: those of its workflows, and those that they start in turn."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.repository.commands.commands import ShellCommand
from grader.repository.faults import SubmissionFault
from grader.repository.parsed_view import ParsedView
from grader.repository.python.reach import Reach
from grader.repository.workflows.workflow import WorkflowStep

MAX_FOLLOWED = 2_000
_INVOKE = ("invoke", "inv", "fab")
_SHELLS = ("bash", "sh", "zsh", ".", "source")
_TARGET = re.compile(r"^([A-Za-z_][\w.-]{0,80}(?:[ \t][\w.-]{1,80}){0,5})[ \t]{0,4}:(?!=)([^=\n]{0,500})$")


def ci_commands(view: ParsedView, commands: list[ShellCommand], reach: Reach) -> list[ShellCommand]:
    """Return the commands of workflows (enabled steps only) and of Cloud Build, then the commands that these start in turn.

    These are targets of make and just, tasks of invoke, scripts, sessions of nox, tasks of pyproject.toml, hooks of pre-commit,
    and RUN of built images.
    """
    off = _switched_off(view)
    todo = [one for one in commands if one.source == "workflow" and not _is_off(one, off)]
    todo += [one for one in commands if one.source == "cloudbuild"]
    if any("pre-commit" in step.action for workflow in view.workflows() for step in workflow.steps):
        todo += [one for one in commands if one.source == "hook"]
    found: list[ShellCommand] = []
    seen: set[int] = set()
    while todo and len(found) < MAX_FOLLOWED:
        command = todo.pop(0)
        if id(command) in seen:
            continue
        seen.add(id(command))
        found.append(command)
        todo += _started(view, commands, reach, command)
    return found


def _switched_off(view: ParsedView) -> dict[str, list[tuple[int, bool]]]:
    """Return for each workflow the line of each step, and whether it never runs."""
    found: dict[str, list[tuple[int, bool]]] = {}
    for workflow in view.workflows():
        lines = [
            (step.line, _is_false(step.condition) or _is_false(job.condition))
            for job in workflow.jobs
            for step in job.steps
        ]
        found[workflow.path] = sorted(lines)
    return found


def _is_false(condition: str) -> bool:
    return re.sub(r"[${}\s]", "", condition).lower() == "false"


def _is_off(command: ShellCommand, steps: dict[str, list[tuple[int, bool]]]) -> bool:
    before = [off for line, off in steps.get(command.path, []) if line <= (command.line or 0)]
    return bool(before) and before[-1]


def workflow_step(view: ParsedView, command: ShellCommand) -> WorkflowStep | None:
    """Return the workflow step that contains a command; None for any other command."""
    for workflow in view.workflows():
        if workflow.path == command.path:
            before = [step for step in workflow.steps if step.line <= (command.line or 0)]
            return max(before, key=lambda step: step.line, default=None)
    return None


def _started(
    view: ParsedView, commands: list[ShellCommand], reach: Reach, command: ShellCommand
) -> Iterator[ShellCommand]:
    """Yield the commands that a command starts, if it is a runner of any kind."""
    plain = command.plain
    if not plain:
        return
    program, words = plain[0], [word for word in plain[1:] if not word.startswith("-") and "=" not in word]
    sources = {"make": "makefile", "just": "justfile"}
    if program in sources:
        yield from _targets(view, commands, sources[program], words)
    elif program in _INVOKE:
        yield from _tasks(view, commands, reach, words)
    elif program in ("nox", "tox"):
        yield from (one for one in commands if one.source == "task" and "noxfile" in one.path)
    elif program in ("poe", "task", "hatch", "pdm", "pixi", "rye"):
        yield from (one for one in commands if one.source == "pyproject")
    elif program == "pre-commit":
        yield from (one for one in commands if one.source == "hook")
    elif program == "docker" and "build" in plain:
        files = [plain[at + 1] for at, word in enumerate(plain[:-1]) if word in ("-f", "--file")]
        yield from (
            one for one in commands if one.source == "dockerfile" and _same_file(one, files or ["Dockerfile"])
        )
    elif program in _SHELLS or program.endswith((".sh", ".bash")):
        yield from (
            one for one in commands if one.source == "script" and _same_file(one, [program, *words[:1]])
        )


def _same_file(command: ShellCommand, names: list[str]) -> bool:
    return any(f"/{command.path}".endswith("/" + name.lstrip("./")) for name in names if name.lstrip("./"))


def _targets(
    view: ParsedView, commands: list[ShellCommand], source: str, names: list[str]
) -> Iterator[ShellCommand]:
    """Yield the recipes of targets and of their prerequisites; all recipes if no target is named."""
    inside = [one for one in commands if one.source == source]
    for path in sorted({one.path for one in inside}):
        try:
            lines = view.lines(path)
        except SubmissionFault:
            continue
        starts: list[tuple[int, list[str], list[str]]] = []
        for number, line in enumerate(lines, start=1):
            match = _TARGET.match(line[:600])
            if match:
                starts.append((number, match.group(1).split(), match.group(2).split()))
        wanted = set(names) or {name for _, targets, _ in starts for name in targets}
        for _ in range(4):
            wanted |= {need for _, targets, needs in starts if wanted & set(targets) for need in needs}
        for command in inside:
            above = [targets for number, targets, _ in starts if number < (command.line or 0)]
            if command.path == path and above and wanted & set(above[-1]):
                yield command


def _tasks(
    view: ParsedView, commands: list[ShellCommand], reach: Reach, names: list[str]
) -> Iterator[ShellCommand]:
    """Yield the commands of invoke tasks and of the functions that these call or name."""
    inside = [one for one in commands if one.source == "task"]
    wanted = {name.rpartition(".")[2].replace("-", "_") for name in names}
    for path in sorted({one.path for one in inside}):
        file = view.python(path)
        for function in file.functions:
            named = {str(mark.call.argument("name")) for mark in function.decorators if mark.call}
            if not ({function.name} | {name.replace("-", "_") for name in named}) & wanted:
                continue
            before = [mark.call.node for mark in function.decorators if mark.call]
            spans = [
                (getattr(piece.node, "lineno", 0), getattr(piece.node, "end_lineno", 0))
                for piece in reach.run(file, function.node, *before)
                if piece.file is file
            ]
            for command in inside:
                if command.path == path and any(
                    first <= (command.line or 0) <= last for first, last in spans
                ):
                    yield command
