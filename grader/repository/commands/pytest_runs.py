"""The test files that the test commands of continuous integration collect."""

# A table of names reads best as words.
# ruff: noqa: SIM905

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from fnmatch import fnmatchcase

from grader.parsing.plain_shapes import listed, table
from grader.repository.commands.ci_commands import CiRun
from grader.repository.commands.shell_command import ShellCommand
from grader.repository.faults import tolerant
from grader.repository.formats.structured import ini_data
from grader.repository.parsed_view import ParsedView

_PROGRAMS = ("pytest", "py.test", "pytest-3")
#: Other programs that run tests, and how `hatch` and Django do.
_OTHERS = (
    ("unittest",),
    ("nose2",),
    ("ward",),
    ("trial",),
    ("hatch", "test"),
    ("python", "manage.py", "test"),
)
_NOT_RUNNING = {
    *("--collect-only", "--co", "--collectonly", "--version", "-V", "--help", "-h", "--fixtures"),
    *("--markers", "--setup-plan", "--fixtures-per-test"),
}
#: Options of pytest and of common plugins whose value is the next word.
_VALUED = frozenset(
    "-k -m -n -c -p -o -W -r --rootdir --deselect --cov --cov-report --cov-config --cov-fail-under --durations --maxfail "
    "--tb --junitxml --timeout --dist --basetemp --import-mode --log-cli-level --log-level --html".split()
)


@dataclass(frozen=True)
class PytestRun:
    """A command that runs tests, the paths that it names and ignores, and its working folder (`""`: the root).

    `run` is the command with the workflow, the job and the step in which it begins.
    """

    command: ShellCommand
    named: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    folder: str = ""
    run: CiRun | None = None

    def collects(self, path: str) -> bool:
        """Return whether it collects the tests of a file; every file, if it names none."""
        if any(_is_under(path, one) for one in self.ignored) or not _is_under(path, self.folder):
            return False
        return not self.named or any(_is_under(path, one) for one in self.named)


def pytest_runs(view: ParsedView, runs: list[CiRun]) -> list[PytestRun]:
    """Return the runs of pytest, unittest and their like in continuous integration, also through make, tasks and scripts."""
    found = []
    for run in runs:
        rest = arguments_of_tests(run.command)
        if rest is not None:
            named, ignored = _selection(rest)
            paths = tuple(named or _configured(view))
            found.append(PytestRun(run.command, paths, tuple(ignored), _folder(run.command), run))
    return found


def _folder(command: ShellCommand) -> str:
    """Return where the tests run: `uv run --directory app pytest` goes there first."""
    folder = command.folder
    for word, after in zip(command.words[:20], command.words[1:21], strict=False):
        if word.rpartition("/")[2] in _PROGRAMS:
            break
        if word in ("--directory", "-C", "--cwd") and not after.startswith(("-", "/", "$", "{")):
            folder = posixpath.normpath(posixpath.join(folder, after))
        elif word.startswith(("--directory=", "--cwd=")):
            folder = posixpath.normpath(posixpath.join(folder, word.partition("=")[2]))
    return "" if folder == "." or folder.startswith(("..", "/")) else folder


def arguments_of_tests(command: ShellCommand) -> tuple[str, ...] | None:
    """Return the arguments of a command that runs tests; None if it does not, or only lists them."""
    for plain in command.inner():
        if plain and plain[0].rpartition("/")[2] in _PROGRAMS:
            return None if _NOT_RUNNING & set(_options(plain[1:])) else plain[1:]
        if any(plain[: len(other)] == other for other in _OTHERS):
            return None if {"--help", "-h"} & set(plain) else ()
    return None


def _options(rest: tuple[str, ...]) -> list[str]:
    """Return the words that are no values of options."""
    values = [word in _VALUED for word in ("", *rest)]
    return [word for word, is_value in zip(rest, values, strict=False) if not is_value]


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
    data = tolerant(lambda _: view.pyproject, "")
    value = table(data, "tool", "pytest", "ini_options").get("testpaths")
    for path, section in (("pytest.ini", "pytest"), ("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")):
        if value is None and (parser := ini_data(tolerant(view.text, path) or "")):
            value = parser.get(section, "testpaths", fallback=None)
    return value.split() if isinstance(value, str) else [str(path) for path in listed(value)]


def _is_under(path: str, pattern: str) -> bool:
    """Return whether a file is a named path or lies in it; paths below a subfolder match, because commands may run there."""
    plain = pattern.removeprefix("./").rstrip("/")
    if plain in ("", "."):
        return True
    return f"/{plain}/" in f"/{path}/" or fnmatchcase(path, plain) or fnmatchcase(path, f"{plain}/*")
