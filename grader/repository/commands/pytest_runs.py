"""The test files that the test commands of continuous integration collect."""

# A table of names reads best as words.
# ruff: noqa: SIM905

from __future__ import annotations

import configparser
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from grader.repository.commands.ci_commands import workflow_step
from grader.repository.commands.commands import ShellCommand
from grader.repository.faults import SubmissionFault
from grader.repository.parsed_view import ParsedView

_PROGRAMS = ("pytest", "py.test")
_NOT_RUNNING = {"--collect-only", "--co", "--version", "--help"}
_INSTALLING = {"install", "add", "download", "sync"}
#: Options of pytest and of common plugins whose value is the next word.
_VALUED = frozenset(
    "-k -m -n -c -p -o -W -r --rootdir --deselect --cov --cov-report --cov-config --cov-fail-under --durations --maxfail "
    "--tb --junitxml --timeout --dist --basetemp --import-mode --log-cli-level --log-level --html".split()
)


@dataclass(frozen=True)
class PytestRun:
    """A command that runs tests, the paths that it names and ignores, and its working folder (`""`: the root)."""

    command: ShellCommand
    named: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    folder: str = ""

    def collects(self, path: str) -> bool:
        """Return whether it collects the tests of a file; every file, if it names none."""
        if any(_is_under(path, one) for one in self.ignored) or not _is_under(path, self.folder):
            return False
        return not self.named or any(_is_under(path, one) for one in self.named)


def pytest_runs(view: ParsedView, commands: list[ShellCommand]) -> list[PytestRun]:
    """Return the runs of pytest, unittest, tox and nox in continuous integration, also through make, tasks and scripts."""
    found = []
    for command in commands:
        rest = _arguments(command)
        if rest is not None:
            named, ignored = _selection(rest)
            step = workflow_step(view, command)
            folder = step.working_directory if step and "$" not in step.working_directory else ""
            paths = tuple(named or _configured(view))
            found.append(PytestRun(command, paths, tuple(ignored), folder.removeprefix("./").rstrip("/.")))
    return found


def _arguments(command: ShellCommand) -> tuple[str, ...] | None:
    """Return the arguments after `pytest` anywhere in a command; None if it does not run pytest, or only installs or lists."""
    words = command.words
    at = next((at for at, word in enumerate(words) if word.rpartition("/")[2] in _PROGRAMS), None)
    if at is None:
        everything = command.runs("tox", "hatch test") or "unittest" in command.plain[:2]
        return () if everything else None
    rest = words[at + 1 :]
    return None if _NOT_RUNNING & set(rest) or _INSTALLING & set(words[:at]) else rest


def _selection(rest: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Return the paths that a command names, and those that it ignores."""
    named: list[str] = []
    ignored: list[str] = []
    words = list(rest)
    while words:
        word = words.pop(0)
        option, _, value = word.partition("=")
        if option in ("--ignore", "--ignore-glob"):
            ignored.append(value or (words.pop(0) if words else ""))
        elif option in _VALUED and not value and words:
            words.pop(0)
        elif not word.startswith("-") and "$" not in word and "{" not in word:
            named.append(word.partition("::")[0].replace("\\", "/"))
    return named, [one for one in ignored if one]


def _configured(view: ParsedView) -> list[str]:
    """Return the folders that pytest's own configuration names."""
    value: Any = None
    try:
        tool = view.pyproject.get("tool")
        table = tool.get("pytest") if isinstance(tool, dict) else None
        options = table.get("ini_options") if isinstance(table, dict) else None
        value = options.get("testpaths") if isinstance(options, dict) else None
    except SubmissionFault:
        value = None
    for path, section in (("pytest.ini", "pytest"), ("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")):
        if value is None and view.exists(path):
            parser = configparser.ConfigParser(interpolation=None, strict=False)
            try:
                parser.read_string(view.text(path))
            except (configparser.Error, SubmissionFault):
                continue
            value = parser.get(section, "testpaths", fallback=None)
    if isinstance(value, str):
        return value.split()
    return [str(path) for path in value] if isinstance(value, list) else []


def _is_under(path: str, pattern: str) -> bool:
    """Return whether a file is a named path or lies in it; paths below a subfolder match, because commands may run there."""
    plain = pattern.removeprefix("./").rstrip("/")
    if plain in ("", "."):
        return True
    return f"/{plain}/" in f"/{path}/" or fnmatchcase(path, plain) or fnmatchcase(path, f"{plain}/*")
