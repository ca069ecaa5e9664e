"""Which configuration files Hydra loads: those that code names, those that their defaults name, and the alternatives to these."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterable, Iterator
from itertools import islice

from grader.repository.commands.shell_command import ShellCommand
from grader.repository.configs.configs import Config
from grader.repository.faults import Evidence
from grader.repository.programs.frameworks import config_folder, hydra_configs
from grader.repository.python.module_index import Modules
from grader.repository.python.python_file import PythonFile

MAX_FOLDERS = 20
#: Maximum number of words of command lines that are tried as a choice of a group.
MAX_CHOICES = 20_000
_SUFFIXES = (".yaml", ".yml")
_INITIALIZE = (
    "hydra.initialize",
    "hydra.initialize_config_dir",
    "hydra.experimental.initialize",
    "hydra.experimental.initialize_config_dir",
)
_COMPOSE = ("hydra.compose", "hydra.experimental.compose")


class HydraReads:
    """The files that Hydra loads in a repository: `found` has the place for each path."""

    def __init__(
        self,
        configs: Iterable[Config],
        *,
        code: list[PythonFile],
        modules: Modules,
        commands: list[ShellCommand],
    ) -> None:
        self._modules, self._commands = modules, commands
        self._configs = {config.path: config for config in configs}
        self._in_folder: dict[str, list[str]] = {}
        for path in self._configs:
            self._in_folder.setdefault(posixpath.dirname(path), []).append(path)
        self.found: dict[str, Evidence] = {}
        self._folders: dict[str, Evidence] = {}
        for file in code:
            self._start(file)
        if self._folders:
            for file in code:
                self._composed(file)
            self._chosen_by_commands()

    def _start(self, file: PythonFile) -> None:
        """Follow the files that `@hydra.main` loads, and record the folders that Hydra is given."""
        for call in file.calls():
            if call.name != "hydra.main" and call.name not in _INITIALIZE:
                continue
            folder = config_folder(file, self._modules, call)
            place = file.evidence(call.line)
            if folder is not None and len(self._folders) < MAX_FOLDERS:
                self._folders.setdefault(folder, place)
            if call.name == "hydra.main":
                for path in hydra_configs(file, self._modules, call):
                    self._follow(path, place)

    def _composed(self, file: PythonFile) -> None:
        """Follow the files that `compose("name", overrides=["model=cnn"])` loads."""
        for call in file.calls():
            if call.name not in _COMPOSE:
                continue
            node = call.keywords.get("config_name") or (call.args[0] if call.args else None)
            name = self._modules.text(file, node)
            given = call.keywords.get("overrides")
            inner = ast.walk(given) if given is not None else ()
            words = [str(item.value) for item in inner if isinstance(item, ast.Constant)]
            place = file.evidence(call.line)
            for folder in self._folders:
                paths = _with_suffix(posixpath.join(folder, name)) if name else []
                for path in [*paths, *islice(_choices(folder, words), MAX_CHOICES)]:
                    self._follow(path, place)

    def _chosen_by_commands(self) -> None:
        tried = 0
        for command in self._commands:
            words = list(command.plain[1:])
            if not any("=" in word or word in ("--config-name", "-cn") for word in words):
                continue
            for folder in self._folders:
                for path in _choices(folder, words):
                    tried += 1
                    if tried > MAX_CHOICES:
                        return
                    self._follow(path, command.evidence)

    def _follow(self, start: str, place: Evidence) -> None:
        """Record a file and every file that its defaults reach."""
        waiting = [start]
        while waiting:
            path = waiting.pop()
            config = self._configs.get(path)
            if config is None or path in self.found:
                continue
            self.found[path] = place
            own = posixpath.dirname(path)
            root = next((folder for folder in self._folders if f"{path}/".startswith(f"{folder}/")), own)
            for default in config.defaults:
                for base in dict.fromkeys((own, root)):
                    target = posixpath.normpath(posixpath.join(base, default.lstrip("/")))
                    waiting += _with_suffix(target)
                    # The other choices of a group can be selected on the command line.
                    group = target if default.endswith("/") else posixpath.dirname(target)
                    if "/" in default.lstrip("/"):
                        waiting += self._in_folder.get(group, ())


def _with_suffix(path: str) -> list[str]:
    stem = posixpath.normpath(path).removesuffix(".yaml").removesuffix(".yml")
    return [stem + suffix for suffix in _SUFFIXES]


def _choices(folder: str, words: list[str]) -> Iterator[str]:
    """Yield the files that words of Hydra's command line select: `--config-name small`, `+experiment=a`, `model=cnn,vit`."""
    for at, word in enumerate(words):
        name, equals, value = word.lstrip("+").partition("=")
        if name in ("--config-name", "-cn"):
            value = value if equals else next(iter(words[at + 1 :]), "")
            yield from _with_suffix(posixpath.join(folder, value)) if value else ()
        elif value and not name.startswith("-"):
            group = name.partition("@")[0]
            for option in value.split(",")[:50]:
                yield from _with_suffix(posixpath.join(folder, group, option))
