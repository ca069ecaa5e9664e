"""What one command starts in turn: targets, tasks, sessions, scripts, hooks, images."""

from __future__ import annotations

import ast
import itertools
import posixpath
from collections.abc import Iterator

from grader.parsing.plain_shapes import table
from grader.repository.commands.commands import hook_commands, image_commands
from grader.repository.commands.make_rules import JUSTFILES, MAKEFILES, MakeRule, rules, wanted
from grader.repository.commands.python_commands import commands_of, commands_of_text
from grader.repository.commands.shell_command import ShellCommand, either, parsed
from grader.repository.commands.task_tables import RUNNERS, named_commands
from grader.repository.commands.tox_environments import tox_commands
from grader.repository.faults import tolerant
from grader.repository.formats.command_words import in_container, peeled
from grader.repository.parsed_view import ParsedView
from grader.repository.python.python_file import PythonFile
from grader.repository.python.reach import Reach

_INVOKE = ("invoke", "inv", "fab")
_SHELLS = ("bash", "sh", "zsh", "dash", ".", "source")
_COMPOSE = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")


class Starters:
    """Follows commands into the files of a repository; `commands` are all of its commands."""

    def __init__(self, view: ParsedView, commands: list[ShellCommand], reach: Reach) -> None:
        self.view, self.commands, self.reach = view, commands, reach
        #: Images that were built, by their tag.
        self.built: dict[str, str] = {}
        self.known: dict[tuple[tuple[str, ...], str, str], list[ShellCommand]] = {}

    def started(self, command: ShellCommand) -> list[ShellCommand]:
        """Return the commands that a command starts, if it is a runner of any kind."""
        key = (command.words, command.folder, command.path)
        if key not in self.known:
            found = [one for words in peeled(command.words) for one in self._of(command, words) if words]
            self.known[key] = list(dict.fromkeys(found))
        return self.known[key]

    def _of(self, command: ShellCommand, words: tuple[str, ...]) -> Iterator[ShellCommand]:
        if not words:
            return
        program = words[0].rpartition("/")[2]
        plain = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
        if program in ("make", "gmake", "just"):
            yield from self._targets(command, words)
        elif program in _INVOKE:
            yield from self._tasks(plain)
        elif program == "nox":
            yield from self._sessions(words)
        elif program == "tox":
            yield from tox_commands(self.view, words)
        elif program in RUNNERS:
            yield from named_commands(self.view, (program, *words[1:]), command.folder)
        elif program in ("pre-commit", "prek") and "run" in words:
            yield from self.hooks(words)
        elif contained := in_container(words):
            yield from self._in_container(command, words, *contained)
        elif program in ("docker", "podman", "docker-compose") and "build" in words:
            yield from self._build(command, words)
        elif program in ("docker", "docker-compose") and "up" in words:
            yield from self._services([word for word in plain if word not in ("compose", "up")], words)
        elif program in _SHELLS or program.endswith((".sh", ".bash")):
            names = plain[:1] if program in _SHELLS else [words[0]]
            yield from (one for name in names for one in self._script(command, name))
        elif program.startswith("python") and len(words) > 1:
            yield from self._python(command, words)
        else:
            yield from self._program(words[0])

    def hooks(self, words: tuple[str, ...] = ()) -> Iterator[ShellCommand]:
        """Yield the commands of the hooks that `pre-commit run` runs: those of one id, of a stage."""
        pairs = dict(itertools.pairwise(words))
        stage = pairs.get("--hook-stage", "pre-commit")
        after = words[words.index("run") + 1 :] if "run" in words else ()
        named = after[0] if after and not after[0].startswith("-") else ""
        yield from hook_commands(self.view, stage, named)

    def _near(self, folder: str, *globs: str) -> list[str]:
        """Return the files of a folder; those of any folder where it has none, because not every `cd` is known."""
        found = [path for path in self.view.files(*globs) if posixpath.dirname(path) == folder]
        return found or self.view.files(*globs)

    def _targets(self, command: ShellCommand, words: tuple[str, ...]) -> Iterator[ShellCommand]:
        folder, names, files = command.folder, [], []
        given: dict[str, str] = {}
        rest = list(words[1:])
        while rest:
            word = rest.pop(0)
            if word in ("-C", "-f", "--file", "--directory", "-d", "--justfile", "--makefile") and rest:
                value = rest.pop(0)
                if word in ("-C", "--directory", "-d"):
                    folder = posixpath.normpath(posixpath.join(folder, value))
                else:
                    files.append(value)
            elif "=" in word:
                given[word.partition("=")[0]] = word.partition("=")[2]
            elif not word.startswith("-"):
                names.append(word.rpartition("::")[2])
            elif word in ("-n", "--dry-run", "--list", "-l", "--version", "--help", "--summary"):
                return
        folder = "" if folder == "." else folder
        if files:
            paths = [posixpath.normpath(posixpath.join(folder, name)) for name in files]
            paths = [path for path in paths if self.view.exists(path)]
        else:
            globs = JUSTFILES if words[0].endswith("just") else MAKEFILES
            own = [glob for glob in globs if not glob.endswith((".mk", ".just"))]
            included = [glob for glob in globs if glob.endswith((".mk", ".just"))]
            paths = [*self._near(folder, *own), *self.view.files(*included)]
        found: list[MakeRule] = [rule for path in paths for rule in rules(self.view, path, given)]
        for one in wanted(found, names):
            where = posixpath.normpath(posixpath.join(folder, one.folder)) if folder or one.folder else ""
            yield ShellCommand(one.words, one.source, one.path, one.line, where, one.forgiven, one.given)

    def _functions(
        self, file: PythonFile, names: set[str], *, loosely: bool = False
    ) -> Iterator[ShellCommand]:
        """Yield the commands of the tasks or sessions with these names, and of what they call."""
        inside = list(commands_of(file, mains=True))
        for function in file.functions:
            marks = [mark.call for mark in function.decorators if mark.call]
            own = {function.name}
            for call in marks:
                aliases = call.argument("aliases", default=())
                own |= {str(call.argument("name")), *(aliases if isinstance(aliases, list | tuple) else ())}
            own = {str(name).replace("-", "_") for name in own}
            # `nox -s unit-3.12`
            named = {name for name in own if loosely and any(one.startswith(f"{name}_") for one in names)}
            if not (own & names or named):
                continue
            spans = [
                (getattr(piece.node, "lineno", 0), getattr(piece.node, "end_lineno", 0))
                for piece in self.reach.run(file, function.node, *(call.node for call in marks))
                if piece.file is file
            ]
            for command in inside:
                if any(first <= (command.line or 0) <= last for first, last in spans):
                    yield command

    def _tasks(self, names: list[str]) -> Iterator[ShellCommand]:
        wanted_names = {name.rpartition(".")[2].replace("-", "_") for name in names}
        for file in self.view.python_files():
            if file.imports_module("invoke", "fabric"):
                yield from self._functions(file, wanted_names)

    def _sessions(self, words: tuple[str, ...]) -> Iterator[ShellCommand]:
        if {"-l", "--list", "--list-sessions", "--version", "--help"} & set(words):
            return
        names: list[str] = []
        chosen = False
        for word in words[1:]:
            if word.startswith("-"):
                chosen = word.partition("=")[0] in ("-s", "-e", "--session", "--sessions")
                names += [word.partition("=")[2]] if chosen and "=" in word else []
            elif chosen:
                names.append(word)
        for file in self.view.python_files("**/noxfile.py"):
            sessions = [
                one.name for one in file.functions if any("session" in mark.name for mark in one.decorators)
            ]
            every = names or _default_sessions(file) or sessions
            every = [*every, *_notified(file, every)]
            yield from self._functions(file, {name.replace("-", "_") for name in every}, loosely=True)

    def _script(self, command: ShellCommand, name: str) -> Iterator[ShellCommand]:
        plain = posixpath.normpath(posixpath.join(command.folder, name)).lstrip("/")
        paths = [plain] if self.view.exists(plain) else []
        paths = paths or [path for path in self.view.files() if f"/{path}".endswith("/" + name.lstrip("./"))]
        for path in paths[:3] if name.lstrip("./") else ():
            text = tolerant(self.view.text, path) or ""
            yield from parsed(text, "script", path, 1, folder=command.folder)

    def _python(self, command: ShellCommand, words: tuple[str, ...]) -> Iterator[ShellCommand]:
        if words[1] == "-c" and len(words) > 2:
            for one in commands_of_text(words[2], command.path, 1):
                yield ShellCommand(one.words, "python", command.path, command.line, command.folder)
        elif words[1].endswith(".py"):
            path = posixpath.normpath(posixpath.join(command.folder, words[1]))
            yield from self._file(path if self.view.exists(path) else words[1].removeprefix("./"))

    def _file(self, path: str) -> Iterator[ShellCommand]:
        file = tolerant(self.view.python, path)
        if file:
            yield from commands_of(file, mains=True)

    def _program(self, name: str) -> Iterator[ShellCommand]:
        """Yield what `python -m package.module` starts, or a program that the project declares."""
        path = name.replace(".", "/") + ".py"
        if "." in name and not name.endswith(".py"):
            for one in (path, f"src/{path}"):
                yield from self._file(one)
        target = table(tolerant(lambda _: self.view.pyproject, ""), "project", "scripts").get(name)
        if isinstance(target, str):
            module, _, function = target.partition(":")
            for file in self.view.python_files(f"**/{module.replace('.', '/')}.py"):
                yield from self._functions(file, {function.strip()})

    def _in_container(
        self, command: ShellCommand, words: tuple[str, ...], name: str, inner: tuple[str, ...]
    ) -> Iterator[ShellCommand]:
        compose = "compose" in words[0] or "compose" in words[:3]
        if "run" in words and not compose and name in self.built:
            for dockerfile in self.view.dockerfiles():
                if dockerfile.path == self.built[name]:
                    entry = dockerfile.entrypoint
                    if inner and entry and entry.form == "exec":
                        yield ShellCommand((*entry.words, *inner), "dockerfile", dockerfile.path, None)
                    elif not inner:
                        yield from image_commands(dockerfile, "CMD", "ENTRYPOINT")
        if inner:
            yield from either(list(inner), command.source, command.path, command.line)
        elif "run" in words and compose:
            yield from self._services([name], words)

    def _build(self, command: ShellCommand, words: tuple[str, ...]) -> Iterator[ShellCommand]:
        pairs = list(zip(words, (*words[1:], ""), strict=True))
        files = [after for word, after in pairs if word in ("-f", "--file")]
        files += [word.partition("=")[2] for word in words if word.startswith("--file=")]
        last = words[-1] if len(words) > 2 and not words[-1].startswith("-") else "."
        name = files[0] if files else posixpath.normpath(posixpath.join(command.folder, last, "Dockerfile"))
        tags = [after for word, after in pairs if word in ("-t", "--tag")]
        tags += [word.partition("=")[2] for word in words if word.startswith("--tag=")]
        targets = [after for word, after in pairs if word == "--target"]
        targets += [word.partition("=")[2] for word in words if word.startswith("--target=")]
        yield from self.image(name, tags, targets[0] if targets else "")

    def image(self, name: str, tags: list[str], target: str = "") -> Iterator[ShellCommand]:
        """Yield what building an image, or a stage of it, runs, and remember its tags."""
        plain = posixpath.normpath(name)
        for dockerfile in self.view.dockerfiles():
            if f"/{dockerfile.path}".endswith(f"/{plain}"):
                self.built.update(dict.fromkeys(tags, dockerfile.path))
                yield from image_commands(dockerfile, "RUN", stages=dockerfile.built_stages(target))

    def _services(self, names: list[str], words: tuple[str, ...]) -> Iterator[ShellCommand]:
        """Yield what the named services of Compose run, or all."""
        pairs = zip(words, (*words[1:], ""), strict=True)
        files = [after.removeprefix("./") for word, after in pairs if word in ("-f", "--file")]
        for path in files or [one for one in _COMPOSE if self.view.exists(one)][:1]:
            services = table(tolerant(self.view.yaml, path), "services")
            chosen = set(names) & set(services) or set(services)
            for name, service in services.items():
                if isinstance(service, dict) and name in chosen:
                    for key in ("entrypoint", "command"):
                        yield from either(service.get(key), "compose", path, getattr(service, "line", None))
                    if "command" not in service:
                        yield from self._of_build(service.get("build"))

    def _of_build(self, build: object) -> Iterator[ShellCommand]:
        context = build.get("context", ".") if isinstance(build, dict) else build
        name = build.get("dockerfile", "Dockerfile") if isinstance(build, dict) else "Dockerfile"
        if isinstance(context, str) and isinstance(name, str):
            path = posixpath.normpath(posixpath.join(context, name))
            for dockerfile in self.view.dockerfiles():
                if dockerfile.path == path:
                    yield from image_commands(dockerfile, "CMD", "ENTRYPOINT")


def _notified(file: PythonFile, names: list[str]) -> Iterator[str]:
    """Yield the sessions that others start: `session.notify("tests")`."""
    for function in file.functions:
        if function.name in names:
            for call in file.calls(within=function.node):
                given = call.argument("target", 0) if call.name.endswith(".notify") else None
                yield from [given] if isinstance(given, str) else []


def _default_sessions(file: PythonFile) -> list[str]:
    """Return the sessions of `nox.options.sessions = […]`."""
    for node in file.tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.List | ast.Tuple)
            and any(ast.unparse(target) == "nox.options.sessions" for target in node.targets)
        ):
            return [str(one.value) for one in node.value.elts if isinstance(one, ast.Constant)]
    return []
