"""The commands of tox's environments: tox.ini, setup.cfg, tox.toml and pyproject.toml."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterator
from typing import Any

from grader.parsing.plain_shapes import listed, table
from grader.repository.commands.shell_command import ShellCommand, parsed
from grader.repository.faults import tolerant
from grader.repository.formats.structured import ini_data
from grader.repository.parsed_view import ParsedView

MAX_NAMES = 200
_FACTORS = re.compile(r"([\w!{},.-]{1,100}):\s+(.*)", re.DOTALL)
_BRACES = re.compile(r"\{([\w.,-]{1,100})\}")
#: `{[base]commands}`
_ELSEWHERE = re.compile(r"\{\[([\w:.-]{1,100})\](\w{1,60})\}")
#: `{posargs:tests}`: nothing is given in CI, so the default counts.
_POSARGS = re.compile(r"\{posargs(?::([^{}]{0,1000}))?\}")
_BASE = "testenv"


def tox_commands(view: ParsedView, words: tuple[str, ...]) -> list[ShellCommand]:
    """Return what `tox` runs: the environments after `-e`, else those of its list."""
    for path in ("tox.ini", "setup.cfg", "pyproject.toml", "tox.toml"):
        if not view.exists(path):
            continue
        if path.endswith(".toml"):
            data = tolerant(view.toml, path)
            settings = table(data, "tool", "tox") if path == "pyproject.toml" else table(data)
            if isinstance(settings.get("legacy_tox_ini"), str):
                return _of_ini(settings["legacy_tox_ini"], path, words)
            if settings:
                return _of_table(settings, path, words)
        else:
            text = tolerant(view.text, path) or ""
            if "[tox" in text or f"[{_BASE}" in text:
                return _of_ini(text, path, words)
    return []


def _named(words: tuple[str, ...], known: Any) -> list[str]:
    """Return the environments that a command names, else those of the configuration's list."""
    chosen = [
        word.partition("=")[2] if "=" in word else after
        for word, after in zip(words, (*words[1:], ""), strict=True)
        if word == "-e" or word.startswith(("-e=", "--env="))
    ]
    if chosen and "ALL" not in chosen:
        return _expanded(",".join(chosen))
    if isinstance(known, list):
        return [str(one) for one in known[:MAX_NAMES]] or ["py"]
    return _expanded(str(known or "")) or ["py"]


def _expanded(text: str) -> list[str]:
    """Return the names of a list: `py{311,312}-unit, lint`."""
    found: list[str] = []
    for name in re.findall(r"(?:[^\s,{]|\{[^{}]{0,100}\})+", text[:5_000]):
        parts = _BRACES.split(name)
        choices = [part.split(",") if at % 2 else [part] for at, part in enumerate(parts)]
        found += ["".join(one) for one in itertools.islice(itertools.product(*choices), MAX_NAMES)]
    return found[:MAX_NAMES]


def _of_ini(text: str, path: str, words: tuple[str, ...]) -> list[ShellCommand]:
    parser = ini_data(text)
    if parser is None:
        return []
    own = {
        name: section
        for section in parser.sections()
        if section.startswith(f"{_BASE}:")
        for name in _expanded(section.partition(":")[2])
    }
    known = parser.get("tox", "envlist", fallback=None) or parser.get("tox", "env_list", fallback=None)
    found: list[ShellCommand] = []
    for name in _named(words, known):
        section = own.get(name, _BASE)
        if not parser.has_option(section, "commands"):
            section = _BASE
        lines = parser.get(section, "commands", fallback="") or ""
        lines = _ELSEWHERE.sub(
            lambda match: parser.get(match[1], match[2], fallback="") or "", lines[:20_000]
        )
        found += _lines(lines, path, set(re.split("-", name)))
    return list(dict.fromkeys(found))


def _lines(text: str, path: str, factors: set[str]) -> Iterator[ShellCommand]:
    for line in text.replace("\\\n", " ").split("\n"):
        line = line.strip()
        match = _FACTORS.match(line)
        if match and not any(
            all((one.lstrip("!") in factors) != one.startswith("!") for one in group.split("-"))
            for group in _expanded(match[1])
        ):
            continue
        plain = (
            (match[2] if match else line)
            .lstrip("-! ")
            .replace("{envpython}", "python")
            .replace("{env_python}", "python")
        )
        plain = _POSARGS.sub(lambda found: found[1] or "", plain)
        hidden = (match[2] if match else line).startswith("-")
        for one in parsed(plain, "pyproject", path, None):
            yield ShellCommand(
                one.words, one.source, path, None, one.folder, one.forgiven or hidden, one.given
            )


def _of_table(settings: dict[str, Any], path: str, words: tuple[str, ...]) -> list[ShellCommand]:
    found: list[ShellCommand] = []
    for name in _named(words, settings.get("env_list")):
        commands = table(settings, "env", name).get("commands")
        if commands is None:
            commands = table(settings, "env_run_base").get("commands")
        for command in listed(commands):
            argv = [str(one) for one in listed(command) if isinstance(one, str | int)]
            found += parsed(shlex.join(argv) if argv else str(command), "pyproject", path, None)
    return list(dict.fromkeys(found))
