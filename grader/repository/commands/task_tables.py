"""Tasks that tables of a configuration name: poe, taskipy, go-task, PDM, Hatch, pixi, Rye, Pipenv, npm."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Iterator
from typing import Any

from grader.repository.commands.shell_command import ShellCommand, parsed
from grader.repository.faults import tolerant
from grader.repository.parsed_view import ParsedView

#: The tables of each program; `*` is any key.
_TABLES = {
    "poe": ("pyproject.toml tool poe tasks", "poe_tasks.toml tool poe tasks", "poe_tasks.toml tasks"),
    "task": (
        "pyproject.toml tool taskipy tasks",
        "Taskfile.yml tasks",
        "Taskfile.yaml tasks",
        "taskfile.yml tasks",
    ),
    "pdm": ("pyproject.toml tool pdm scripts",),
    "hatch": ("pyproject.toml tool hatch envs * scripts", "hatch.toml envs * scripts"),
    "pixi": (
        "pyproject.toml tool pixi tasks",
        "pyproject.toml tool pixi feature * tasks",
        "pixi.toml tasks",
        "pixi.toml feature * tasks",
        "pixi.toml target * tasks",
    ),
    "rye": ("pyproject.toml tool rye scripts",),
    "pipenv": ("Pipfile scripts",),
    "npm": ("package.json scripts",),
}
#: Those whose tasks are the repository's own commands wherever they are read.
PYTHON_RUNNERS = tuple(name for name in _TABLES if name != "npm")
RUNNERS = {**{name: name for name in _TABLES}, "yarn": "npm", "pnpm": "npm", "bun": "npm", "go-task": "task"}
#: Keys of a task whose values are commands, or names of tasks.
_PARTS = (
    "cmd",
    "command",
    "shell",
    "chain",
    "composite",
    "sequence",
    "cmds",
    "ref",
    "depends-on",
    "depends_on",
    "deps",
    "task",
)
#: Options of these programs that take a value.
_VALUED = {
    "-e",
    "--env",
    "--environment",
    "-C",
    "-c",
    "-p",
    "--project",
    "--manifest-path",
    "-t",
    "--taskfile",
    "-d",
    "--prefix",
    "-w",
}
MAX_TASKS = 500


def tasks(view: ParsedView, program: str, folder: str = "") -> dict[str, list[ShellCommand]]:
    """Return the commands of each task of a program; a name of another task is a command here."""
    found: dict[str, list[ShellCommand]] = {}
    for table in _TABLES[program]:
        name, *keys = table.split(" ")
        path = posixpath.join(folder, name) if view.exists(posixpath.join(folder, name)) else name
        for task, value in _entries(_data(view, path), keys):
            if len(found) < MAX_TASKS:
                found.setdefault(str(task), []).extend(
                    command for text in _texts(value) for command in parsed(text, "pyproject", path, None)
                )
    return found


def named_commands(view: ParsedView, words: tuple[str, ...], folder: str = "") -> Iterator[ShellCommand]:
    """Yield the commands of the task that `poe x`, `hatch run x`, `npm run x` names, and of those that it names in turn."""
    table = tasks(view, RUNNERS[words[0]], folder)
    rest = list(words[1:])
    plain: list[str] = []
    while rest:
        word = rest.pop(0)
        if word in _VALUED and rest:
            rest.pop(0)
        elif not word.startswith(("-", "+")) and word not in ("run", "run-script"):
            plain.append(word)
    todo = plain[: None if words[0] == "task" else 1]
    seen: set[str] = set()
    while todo:
        name = todo.pop(0)
        # `hatch run environment:script`
        name = name if name in table else name.rpartition(":")[2]
        if name in seen or name not in table:
            continue
        seen.add(name)
        for command in table[name]:
            todo.append(command.words[0])
            yield command


def _data(view: ParsedView, path: str) -> Any:
    if not view.exists(path):
        return None
    if path.endswith((".yml", ".yaml")):
        return tolerant(view.yaml, path)
    return tolerant(view.json if path.endswith(".json") else view.toml, path)


def _entries(data: Any, keys: list[str]) -> Iterator[tuple[Any, Any]]:
    if not isinstance(data, dict):
        return
    if not keys:
        yield from data.items()
        return
    for key in data if keys[0] == "*" else [keys[0]]:
        yield from _entries(data.get(key), keys[1:])


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and depth < 6:
        for item in value[:100]:
            yield from _texts(item, depth + 1)
    elif isinstance(value, dict) and depth < 6:
        for key in _PARTS:
            part = value.get(key)
            if key in ("cmd", "command") and isinstance(part, list):
                yield shlex.join(str(item) for item in part[:100])
            elif part is not None:
                yield from _texts(part, depth + 1)
