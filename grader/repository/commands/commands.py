"""Every shell command that a repository itself runs: in workflows, images, builds, scripts, tasks, Makefiles and hooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader.parsing.plain_shapes import listed, records, table
from grader.repository.commands.make_rules import JUSTFILES, MAKEFILES, rules
from grader.repository.commands.python_commands import python_commands
from grader.repository.commands.shell_command import ShellCommand, either, parsed
from grader.repository.commands.step_commands import workflow_commands
from grader.repository.commands.task_tables import PYTHON_RUNNERS, tasks
from grader.repository.faults import tolerant
from grader.repository.formats.dockerfile import Dockerfile
from grader.repository.parsed_view import ParsedView

MAX_COMMANDS = 5_000
_SCRIPTS = (
    "**/*.sh",
    "**/*.bash",
    "**/*.zsh",
    "**/*.ps1",
    "**/*.lsf",
    "**/*.slurm",
    "**/*.sbatch",
    "**/*.bsub",
    "**/Procfile",
)


def commands(view: ParsedView) -> list[ShellCommand]:
    """Return all commands, by source and path; a file that cannot be read contributes none."""
    found: list[ShellCommand] = []
    for read in (workflow_commands, _dockerfiles, _scripts, _recipes, python_commands, _yaml_files, _tables):
        for command in read(view):
            found.append(command)
            if len(found) >= MAX_COMMANDS:
                return found
    return found


def _dockerfiles(view: ParsedView) -> Iterator[ShellCommand]:
    for dockerfile in view.dockerfiles():
        yield from image_commands(dockerfile, "RUN", "CMD", "ENTRYPOINT")


def image_commands(
    dockerfile: Dockerfile, *names: str, stages: set[int] | None = None
) -> Iterator[ShellCommand]:
    """Yield the commands of the instructions with these names, of some stages or of all."""
    for item in dockerfile.instructions:
        if item.name in names and (stages is None or item.stage in stages):
            command = item.command
            value = command.words if command.form == "exec" else command.text
            yield from either(value, "dockerfile", dockerfile.path, item.line)


def _scripts(view: ParsedView) -> Iterator[ShellCommand]:
    for path in view.files(*_SCRIPTS):
        yield from parsed(tolerant(view.text, path) or "", "script", path, 1)


def _recipes(view: ParsedView) -> Iterator[ShellCommand]:
    for path in view.files(*MAKEFILES, *JUSTFILES):
        yield from (command for rule in rules(view, path) for command in rule.commands)


def _yaml_files(view: ParsedView) -> Iterator[ShellCommand]:
    """Yield the commands of Cloud Build, Compose, Vertex AI jobs and pre-commit: YAML files recognised by their content."""
    for path in view.files("**/*.yaml", "**/*.yml"):
        if path.startswith(".github/"):
            continue
        for data in tolerant(view.yaml_documents, path) or ():
            yield from _cloudbuild(records(data, "steps"), path)
            yield from _compose(table(data, "services"), path)
            if "pre-commit" in path:
                yield from _hooks(records(data, "repos"), path)
            pools = table(data).get("workerPoolSpecs") or table(data).get("worker_pool_specs")
            yield from _job(pools, path)


def _cloudbuild(steps: list[dict[Any, Any]], path: str) -> Iterator[ShellCommand]:
    for step in steps:
        if not isinstance(step.get("name"), str):
            continue
        line = getattr(step, "line", None)
        image = step["name"].partition("@")[0].rpartition("/")[2].partition(":")[0]
        program = str(step.get("entrypoint") or {"cloud-sdk": "gcloud"}.get(image, image))
        args = step.get("args")
        words = [str(item) for item in args] if isinstance(args, list) else str(args or "").split()
        if isinstance(step.get("script"), str):
            yield from parsed(step["script"], "cloudbuild", path, line or 1)
        if program in ("bash", "sh", "/bin/bash", "/bin/sh") and len(words) > 1 and words[0].startswith("-"):
            yield from parsed(words[1], "cloudbuild", path, line or 1)
        elif words:
            yield ShellCommand((program, *words[:100]), "cloudbuild", path, line)


def _compose(services: dict[Any, Any], path: str) -> Iterator[ShellCommand]:
    for service in services.values():
        for key in ("command", "entrypoint"):
            value = table(service).get(key)
            line = getattr(service, "lines", {}).get(key) if value else None
            yield from either(value, "compose", path, line)


def _job(pools: Any, path: str) -> Iterator[ShellCommand]:
    for pool in records(pools) or [table(pools)]:
        spec = table(pool.get("containerSpec") or pool.get("container_spec"))
        words = [str(item) for key in ("command", "args") for item in listed(spec, key)]
        yield from either(words, "job", path, getattr(spec, "line", None))


def hook_commands(view: ParsedView, stage: str, named: str = "") -> Iterator[ShellCommand]:
    """Yield the commands of pre-commit's own hooks that run in a stage, or of the one that is named."""
    for path in view.files(".pre-commit-config.yaml"):
        data = table(tolerant(view.yaml, path))
        yield from _hooks(records(data, "repos"), path, _Chosen(stage, named, data.get("default_stages")))


@dataclass(frozen=True)
class _Chosen:
    stage: str
    named: str
    default: Any

    def takes(self, hook: dict[Any, Any]) -> bool:
        """Return whether a hook runs; before version 3.2 stages had no `pre-`."""
        stages = hook.get("stages") or self.default
        named = [str(one) for one in stages] if isinstance(stages, list) else [self.stage]
        fits = self.stage in named or self.stage.removeprefix("pre-") in named
        return fits and self.named in ("", hook.get("id"), hook.get("alias"))


def _hooks(repos: list[dict[Any, Any]], path: str, chosen: _Chosen | None = None) -> Iterator[ShellCommand]:
    for repo in repos:
        for hook in records(repo, "hooks"):
            if chosen and not chosen.takes(hook):
                continue
            if isinstance(hook.get("entry"), str):
                yield from parsed(hook["entry"], "hook", path, getattr(hook, "line", 1))


def _tables(view: ParsedView) -> Iterator[ShellCommand]:
    for program in PYTHON_RUNNERS:
        yield from (command for found in tasks(view, program).values() for command in found)
