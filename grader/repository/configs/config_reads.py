"""The code or command of a repository that plausibly loads a configuration file."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator, Sequence

from grader.repository.commands.shell_command import ShellCommand
from grader.repository.configs.configs import Config
from grader.repository.configs.hydra import HydraReads
from grader.repository.dvc import DvcStage
from grader.repository.faults import Evidence, evidence
from grader.repository.python.module_index import Modules
from grader.repository.python.python_file import PythonFile

#: Maximum number of texts with the same file name that are compared with a path.
MAX_SAME = 200
MAX_TEXT = 300
#: Calls that read a file, by the file's suffix; each is given by its last words.
_YAML = """
    yaml.safe_load yaml.load yaml.full_load yaml.unsafe_load yaml.load_all YAML OmegaConf.load from_yaml Dynaconf LightningCLI
    parse_config_file load_yaml read_yaml
"""
_JSON = "json.load json.loads from_json parse_file model_validate_json Dynaconf read_json OmegaConf.load load_json"
_TOML = (
    "tomllib.load tomllib.loads tomli.load tomli.loads toml.load toml.loads tomlkit.load Dynaconf load_toml"
)
_LOADERS = {
    ".yaml": tuple(_YAML.split()),
    ".yml": tuple(_YAML.split()),
    ".json": tuple(_JSON.split()),
    ".toml": tuple(_TOML.split()),
    ".ini": ("ConfigParser", "RawConfigParser", "SafeConfigParser"),
}
#: Programs that move, show or check a file, and so do not load it.
_MOVER_NAMES = (
    "cp mv rm git mkdir cat echo ls chmod dvc touch gsutil scp rsync yamllint sed tar zip test codespell"
)
_MOVERS = frozenset(_MOVER_NAMES.split())


class ConfigReads:
    """The files that the group's code and commands load; `of` answers for one file."""

    def __init__(
        self,
        configs: list[Config],
        *,
        code: list[PythonFile],
        modules: Modules,
        commands: list[ShellCommand],
        stages: Sequence[DvcStage],
    ) -> None:
        self._files = code
        self._stages = stages
        self._loading = {
            suffix: [file for file in self._files if any(file.calls(name) for name in names)]
            for suffix, names in _LOADERS.items()
        }
        self._texts: dict[str, list[tuple[str, int, PythonFile]]] = {}
        self._patterns: set[tuple[str, str]] = set()
        for file in self._files:
            self._index(file)
        self._words: dict[str, list[tuple[str, ShellCommand]]] = {}
        for command in commands:
            self._index_command(command)
        self._found = HydraReads(configs, code=code, modules=modules, commands=commands).found

    def of(self, config: Config) -> Evidence | None:
        """Return the code or command that loads the file, or None if there is none."""
        if config.path not in self._found:
            found = self._in_code(config) or self._in_commands(config) or self._in_dvc(config)
            if found is None:
                return None
            self._found[config.path] = found
        return self._found[config.path]

    def _index(self, file: PythonFile) -> None:
        for text, line in _path_texts(file):
            name = posixpath.basename(text.rstrip("/")).lower()
            same = self._texts.setdefault(name, [])
            if len(same) < MAX_SAME:
                same.append((text, line, file))
            stem, suffix = posixpath.splitext(name)
            # `f"{name}.yaml"`, `glob("*.yaml")`: names that are built at run time.
            if not stem.strip("*{}%s") or name in _LOADERS:
                self._patterns.add((file.path, suffix or name))

    def _index_command(self, command: ShellCommand) -> None:
        words = command.plain
        if not words or words[0] in _MOVERS or "cp" in words[:4]:
            return
        for word in words[1:]:
            value = word.rpartition("=")[2][:MAX_TEXT]
            same = self._words.setdefault(posixpath.basename(value).lower(), [])
            if len(same) < MAX_SAME:
                same.append((value, command))

    def _in_code(self, config: Config) -> Evidence | None:
        """Return a text that names the file, in a repository whose code loads files of this kind.

        Also a text that names its folder, in code that loads such files and builds the name at run time.
        """
        folder, name = posixpath.split(config.path.lower())
        suffix = posixpath.splitext(name)[1]
        if not self._loading.get(suffix):
            return None
        for text, line, file in self._texts.get(name, ()):
            if _means(text, config.path):
                return file.evidence(line)
        for text, line, file in self._texts.get(posixpath.basename(folder), ()) if folder else ():
            makes = file in self._loading[suffix] and (file.path, suffix) in self._patterns
            if makes and _means(text, folder):
                return file.evidence(line)
        return None

    def _in_commands(self, config: Config) -> Evidence | None:
        for text, command in self._words.get(posixpath.basename(config.path).lower(), ()):
            if _means(text, config.path):
                return command.evidence
        return None

    def _in_dvc(self, config: Config) -> Evidence | None:
        folder, name = posixpath.split(config.path)
        stages = [stage for stage in self._stages if posixpath.dirname(stage.path) == folder]
        if name != "params.yaml" or not stages:
            return None
        return evidence(stages[0].path, stages[0].line, stages[0].command)


def _path_texts(file: PythonFile) -> Iterator[tuple[str, int]]:
    """Yield the texts of a file that may be paths, with their lines; docstrings are skipped."""
    documentation = {
        id(node.value)
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            text = node.value.strip().replace("\\", "/")
            if 1 < len(text) < MAX_TEXT and not any(char.isspace() for char in text):
                yield text, node.lineno


def _means(text: str, path: str) -> bool:
    """Return whether a text is a path or the end of it, at least its name; or ends in the path (`/app/conf/a.yaml`)."""
    parts = [part.lower() for part in text.split("/") if part not in ("", ".", "..")]
    own = path.lower().split("/")
    return bool(parts) and (own[-len(parts) :] == parts or parts[-len(own) :] == own)
