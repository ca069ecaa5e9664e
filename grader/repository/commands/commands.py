"""Every shell command that a repository itself runs: in workflows, images, builds, scripts, tasks, Makefiles and hooks."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from grader.repository.faults import Evidence, SubmissionFault, evidence
from grader.repository.formats.command_words import plain_words
from grader.repository.formats.shell import shell_commands
from grader.repository.parsed_view import ParsedView
from grader.repository.python.python_file import PythonFile
from grader.repository.python.roles import is_test

T = TypeVar("T")

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
_TASK_RUNNERS = ("run", "sudo")
_SUBPROCESS = (
    "subprocess.run",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
    "subprocess.Popen",
    "os.system",
    "os.popen",
)
_TASK_TABLES = (("poe", "tasks"), ("taskipy", "tasks"), ("pdm", "scripts"))


@dataclass(frozen=True)
class ShellCommand:
    """A command: `words` as written, `plain` without `sudo`, `uv run`, `python -m` and their like.

    `source` is what runs it: workflow, dockerfile, cloudbuild, compose, job (Vertex AI), script, makefile, justfile, task
    (invoke), python (subprocess), hook (pre-commit) or pyproject.
    """

    words: tuple[str, ...]
    source: str
    path: str
    line: int | None

    @property
    def plain(self) -> tuple[str, ...]:
        """The words of the command without its wrappers."""
        return plain_words(self.words)

    @property
    def text(self) -> str:
        """The command on one line."""
        return " ".join(self.words)[:500]

    @property
    def evidence(self) -> Evidence:
        """The place of the command."""
        return evidence(self.path, self.line, self.text)

    def runs(self, *programs: str) -> bool:
        """Return whether it runs one of the programs: `"pytest"`, or with leading words, `"dvc pull"`.

        Options between the words are skipped, but not the values of options: `gcloud run --quiet deploy` is
        `gcloud run deploy`; `gcloud --project x run deploy` is not.

        Example:
            tests = [command for command in submission.commands if command.runs("pytest", "tox")]
        """
        for plain in self._inner():
            bare = [word for word in plain[:12] if not word.startswith("-")]
            for program in programs:
                wanted = program.split()
                if list(plain[: len(wanted)]) == wanted or (
                    len(wanted) > 1 and bare[: len(wanted)] == wanted
                ):
                    return True
        return False

    def _inner(self) -> list[tuple[str, ...]]:
        """Return the command and the commands that it starts: `coverage run -m pytest` also runs pytest."""
        plain = self.plain
        if plain[:2] == ("coverage", "run") and "-m" in plain:
            return [plain, plain[plain.index("-m") + 1 :]]
        return [plain]


def commands(view: ParsedView) -> list[ShellCommand]:
    """Return all commands, by source and path; a file that cannot be read contributes none."""
    found: list[ShellCommand] = []
    for read in (_workflows, _dockerfiles, _scripts, _makefiles, _python, _yaml_files, _pyproject):
        for command in read(view):
            found.append(command)
            if len(found) >= MAX_COMMANDS:
                return found
    return found


def _parsed(text: str, source: str, path: str, first: int) -> Iterator[ShellCommand]:
    """Yield the commands of a text whose first line is line `first` of the file."""
    for line, words in shell_commands(text):
        yield ShellCommand(words, source, path, first + line - 1)


def _workflows(view: ParsedView) -> Iterator[ShellCommand]:
    for workflow in view.workflows():
        for step in workflow.steps:
            yield from _parsed(
                step.run, "workflow", workflow.path, _line_of(workflow.text, step.run, step.line)
            )
    for path in view.files(".github/actions/**/action.yml", ".github/actions/**/action.yaml"):
        for run, line in _runs(_tolerant(view.yaml, path)):
            yield from _parsed(run, "workflow", path, line)


def _line_of(text: str, run: str, start: int) -> int:
    """Return the line of a step's command: the first line from the step on that contains the command's first line."""
    first = next((line.strip() for line in run.split("\n") if line.strip()), "")
    lines = text.split("\n")
    for number in range(start, min(start + 40, len(lines) + 1)):
        if first and first in lines[number - 1]:
            offset = next(index for index, line in enumerate(run.split("\n")) if line.strip())
            return number - offset
    return start


def _runs(data: Any) -> Iterator[tuple[str, int]]:
    steps = (
        data.get("runs", {}).get("steps")
        if isinstance(data, dict) and isinstance(data.get("runs"), dict)
        else None
    )
    for step in steps if isinstance(steps, list) else ():
        if isinstance(step, dict) and isinstance(step.get("run"), str):
            yield step["run"], getattr(step, "line", 1)


def _dockerfiles(view: ParsedView) -> Iterator[ShellCommand]:
    for dockerfile in view.dockerfiles():
        for item in dockerfile.instructions:
            if item.name not in ("RUN", "CMD", "ENTRYPOINT"):
                continue
            command = item.command
            if command.form == "exec":
                words = tuple(command.words)
                if len(words) > 2 and words[1] in ("-c", "-lc", "-ec"):
                    yield from _parsed(words[2], "dockerfile", dockerfile.path, item.line)
                elif words:
                    yield ShellCommand(words, "dockerfile", dockerfile.path, item.line)
            else:
                for _, found in shell_commands(command.text):
                    yield ShellCommand(found, "dockerfile", dockerfile.path, item.line)


def _scripts(view: ParsedView) -> Iterator[ShellCommand]:
    for path in view.files(*_SCRIPTS):
        yield from _parsed(_tolerant(view.text, path) or "", "script", path, 1)


def _makefiles(view: ParsedView) -> Iterator[ShellCommand]:
    for path in view.files(
        "**/Makefile",
        "**/makefile",
        "**/GNUmakefile",
        "**/*.mk",
        "**/justfile",
        "**/Justfile",
        "**/.justfile",
    ):
        source = "justfile" if "justfile" in path.lower() else "makefile"
        text = _tolerant(view.text, path) or ""
        variables = dict(re.findall(r"(?m)^([A-Za-z_]\w{0,60})\s{0,10}[:?]?=[ \t]{0,10}(.{0,300})$", text))
        recipe = []
        for line in text.split("\n"):
            inside = line.startswith(("\t", "    ")) if source == "justfile" else line.startswith("\t")
            recipe.append(_expanded(line.strip().lstrip("@-"), variables) if inside else "")
        yield from _parsed("\n".join(recipe), source, path, 1)


def _expanded(line: str, variables: dict[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        return variables.get(match.group(1), match.group())[:300]

    return re.sub(r"\$[({]([A-Za-z_]\w{0,60})[)}]", value, line)


def _python(view: ParsedView) -> Iterator[ShellCommand]:
    for file in view.python_files():
        if is_test(file.path):
            continue
        invoke = file.imports_module("invoke", "nox", "fabric")
        for call in file.calls():
            last = call.name.rpartition(".")[2]
            is_task = invoke and last in _TASK_RUNNERS and "." in call.name and bool(call.args)
            if is_task or call.name in _SUBPROCESS:
                source = "task" if is_task else "python"
                yield from _called(file, call.args, call.line, source)


def _called(file: PythonFile, args: list[ast.expr], line: int, source: str) -> Iterator[ShellCommand]:
    if not args:
        return
    if isinstance(args[0], ast.List | ast.Tuple):
        words = [_string(item) for item in args[0].elts]
        if words and words[0]:
            yield ShellCommand(tuple(word or "{}" for word in words), source, file.path, line)
        return
    text = _string(args[0])
    if text and len(args) > 1 and all(isinstance(item, ast.Constant | ast.JoinedStr) for item in args):
        # nox: session.run("pytest", "-q")
        yield ShellCommand(tuple(_string(item) or "{}" for item in args), source, file.path, line)
    elif text:
        for _, parsed in shell_commands(text):
            yield ShellCommand(parsed, source, file.path, line)
    elif isinstance(args[0], ast.Name):
        # The command is a variable of the same file: use its constant values, if any.
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Assign) and any(
                isinstance(target, ast.Name) and target.id == args[0].id for target in node.targets
            ):
                for _, parsed in shell_commands(_string(node.value)):
                    yield ShellCommand(parsed, source, file.path, node.lineno)


def _string(node: ast.expr) -> str:
    """Return the text of a constant, of an f-string (`{}` for unknown parts) or of a concatenation."""
    if isinstance(node, ast.Constant):
        return str(node.value) if isinstance(node.value, str | int) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts: list[str] = []
        while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and len(parts) < 100:
            parts.append(_string(node.right) or "{}")
            node = node.left
        return "".join(reversed([*parts, _string(node) or "{}"]))
    return ""


def _yaml_files(view: ParsedView) -> Iterator[ShellCommand]:
    """Yield the commands of Cloud Build, Compose, Vertex AI jobs and pre-commit: YAML files recognised by their content."""
    for path in view.files("**/*.yaml", "**/*.yml"):
        if path.startswith(".github/"):
            continue
        for data in _tolerant(view.yaml_documents, path) or ():
            if not isinstance(data, dict):
                continue
            if isinstance(data.get("steps"), list):
                yield from _cloudbuild(data["steps"], path)
            if isinstance(data.get("services"), dict):
                yield from _compose(data["services"], path)
            if isinstance(data.get("repos"), list) and "pre-commit" in path:
                yield from _hooks(data["repos"], path)
            pools = data.get("workerPoolSpecs") or data.get("worker_pool_specs")
            yield from _job(pools, path)


def _cloudbuild(steps: list[Any], path: str) -> Iterator[ShellCommand]:
    for step in steps:
        if not isinstance(step, dict) or not isinstance(step.get("name"), str):
            continue
        line = getattr(step, "line", None)
        image = step["name"].partition("@")[0].rpartition("/")[2].partition(":")[0]
        program = str(step.get("entrypoint") or {"cloud-sdk": "gcloud"}.get(image, image))
        args = step.get("args")
        words = [str(item) for item in args] if isinstance(args, list) else str(args or "").split()
        if isinstance(step.get("script"), str):
            yield from _parsed(step["script"], "cloudbuild", path, line or 1)
        if program in ("bash", "sh", "/bin/bash", "/bin/sh") and len(words) > 1 and words[0].startswith("-"):
            yield from _parsed(words[1], "cloudbuild", path, line or 1)
        elif words:
            yield ShellCommand((program, *words[:100]), "cloudbuild", path, line)


def _compose(services: dict[Any, Any], path: str) -> Iterator[ShellCommand]:
    for service in services.values():
        for key in ("command", "entrypoint"):
            value = service.get(key) if isinstance(service, dict) else None
            line = getattr(service, "lines", {}).get(key) if value else None
            yield from _either(value, "compose", path, line)


def _job(pools: Any, path: str) -> Iterator[ShellCommand]:
    for pool in pools if isinstance(pools, list) else [pools] if isinstance(pools, dict) else ():
        spec = pool.get("containerSpec") or pool.get("container_spec") if isinstance(pool, dict) else None
        if isinstance(spec, dict):
            words = [
                str(item)
                for key in ("command", "args")
                for item in (spec.get(key) or ())
                if isinstance(spec.get(key), list)
            ]
            yield from _either(words, "job", path, getattr(spec, "line", None))


def _hooks(repos: list[Any], path: str) -> Iterator[ShellCommand]:
    for repo in repos:
        for hook in (repo.get("hooks") or ()) if isinstance(repo, dict) else ():
            if isinstance(hook, dict) and isinstance(hook.get("entry"), str):
                yield from _parsed(hook["entry"], "hook", path, getattr(hook, "line", 1))


def _pyproject(view: ParsedView) -> Iterator[ShellCommand]:
    try:
        data = view.pyproject
    except SubmissionFault:
        return
    tool = data.get("tool")
    for section, name in _TASK_TABLES:
        table = tool.get(section) if isinstance(tool, dict) else None
        tasks = table.get(name) if isinstance(table, dict) else None
        for task in tasks.values() if isinstance(tasks, dict) else ():
            value = task.get("cmd") or task.get("shell") if isinstance(task, dict) else task
            yield from _either(value, "pyproject", "pyproject.toml", None)


def _either(value: Any, source: str, path: str, line: int | None) -> Iterator[ShellCommand]:
    """Yield a command that is given as a text or as a list of words."""
    if isinstance(value, str):
        for _, words in shell_commands(value):
            yield ShellCommand(words, source, path, line)
    elif isinstance(value, list) and value:
        words = tuple(str(item) for item in value[:100] if isinstance(item, str | int | float))
        if len(words) > 2 and words[1] in ("-c", "-lc", "-ec"):
            yield from _parsed(words[2], source, path, line or 1)
        elif words:
            yield ShellCommand(words, source, path, line)


def _tolerant(read: Callable[[str], T], path: str) -> T | None:
    """Return the result of `read` for a file, or None if the file cannot be read, which other checks report."""
    try:
        return read(path)
    except SubmissionFault:
        return None
