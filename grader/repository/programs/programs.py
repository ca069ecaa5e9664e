"""Python files that parse a command line, and its content: options as typed, positional names, sub-commands."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from grader.repository.faults import Evidence
from grader.repository.parsed_view import ParsedView
from grader.repository.programs.frameworks import absl, argparse, fire, hydra, lightning, unknown
from grader.repository.programs.program_parts import Parts
from grader.repository.programs.typed_options import click, typer
from grader.repository.python.module_index import Modules
from grader.repository.python.python_file import PythonFile

MAX_PROGRAMS = 500
_EXTENDS = ("command", "group", "callback", "add_command", "add_typer")
_READS_HERE = ("argparse.ArgumentParser", "typer.run", "fire.Fire", "absl.app.run", "tyro.cli", "app", "cli")

#: By framework: the function that reads its command line from a file; it returns None if the file does not use it.
_READERS: dict[str, Callable[[PythonFile, Modules], Parts | None]] = {
    "hydra": hydra,
    "typer": typer,
    "click": click,
    "argparse": argparse,
    "fire": fire,
    "absl": absl,
    "lightning": lightning,
}


@dataclass(frozen=True)
class Program:
    """The command line of a file by one framework (a file that uses two has two entries).

    framework: argparse, typer, click, fire, hydra, absl, lightning, another library by its name (tyro, jsonargparse, …), or
    `plain` if there is only a main guard. options: as typed (`--batch-size`, `-b`), including those that the framework always
    has (`--help`). positionals: names of arguments without dashes. commands: sub-commands. alone: the name of an only command,
    which Typer starts without it. config: the file that Hydra loads, or an empty string. open: the options are not completely
    known, so one that is missing here may exist.
    """

    path: str
    framework: str
    options: tuple[str, ...] = ()
    positionals: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    config: str = ""
    open: bool = False
    line: int | None = None
    file: PythonFile | None = field(default=None, repr=False, compare=False)
    alone: tuple[str, ...] = ()

    @property
    def evidence(self) -> Evidence:
        """Where it is declared."""
        return self.file.evidence(self.line) if self.file else Evidence(self.path, self.line)

    def accepts(self, option: str) -> bool | None:
        """Return whether an option as typed (`--lr`, `--lr=0.1`) exists; None if unknown.

        For argparse, an unambiguous prefix of a long option is enough.
        """
        name = option.partition("=")[0]
        if name in self.options:
            return True
        begun = [known for known in self.options if known.startswith(name)]
        if self.framework in ("argparse", "absl") and name.startswith("--") and begun:
            return True if len(begun) == 1 else None
        return None if self.open else False


def programs(view: ParsedView, code: Sequence[PythonFile], modules: Modules) -> list[Program]:
    """Return every Python file of the group that parses a command line, by path; without tests."""
    found: dict[str, list[Program]] = {}
    plain: list[PythonFile] = []
    for file in code:
        own = [
            _program(file, framework, parts, view)
            for framework, read in _READERS.items()
            if (parts := read(file, modules)) is not None
        ]
        other = unknown(file) if not own else None
        if other:
            own = [Program(file.path, other[0], open=True, line=other[1], file=file)]
        if own:
            found[file.path] = own
        elif file.has_main_guard or file.name == "__main__":
            plain.append(file)
    taken = {file.path: _borrowed(file, modules, found) for file in plain}
    extended = _extended(code, modules)
    every = [
        replace(program, open=True) if program.path in extended else program
        for programs in [*found.values(), *taken.values()]
        for program in programs
    ]
    return sorted(every, key=lambda program: (program.path, program.framework))[:MAX_PROGRAMS]


def _program(file: PythonFile, framework: str, parts: Parts, view: ParsedView) -> Program:
    config = next((path for path in parts.configs if view.exists(path)), "")
    unseen = framework == "hydra" and not config
    return Program(
        file.path,
        framework,
        tuple(dict.fromkeys(parts.options)),
        tuple(dict.fromkeys(parts.positionals)),
        tuple(dict.fromkeys(parts.commands)),
        config,
        parts.open or unseen,
        parts.line,
        file,
        tuple(parts.alone),
    )


def _extended(code: Sequence[PythonFile], modules: Modules) -> set[str]:
    """Return the files whose application or group gets commands in another file: `@app.command()` on an imported `app`."""
    found = set()
    for file in code:
        decorators = [node for function in file.functions for node in function.node.decorator_list]
        for node in [*decorators, *(call.node for call in file.calls())]:
            owner = node.func if isinstance(node, ast.Call) else node
            if isinstance(owner, ast.Attribute) and owner.attr in _EXTENDS:
                place = modules.home(owner.value, file)
                if place and place[0] is not file:
                    found.add(place[0].path)
    return found


def _borrowed(file: PythonFile, modules: Modules, known: dict[str, list[Program]]) -> list[Program]:
    """Return the command line of a file that only starts what another file defines; `plain` if it starts nothing like it."""
    tried: set[tuple[str, str]] = set()
    for call in file.calls():
        place = modules.home(call.node.func, file)
        if place is None or place[0] is file or (place[0].path, place[1]) in tried:
            continue
        other, name = place
        tried.add((other.path, name))
        taken = [program for program in known.get(other.path, ()) if _starts(other, name, program)]
        if taken:
            return [replace(one, path=file.path, open=True, line=call.line, file=file) for one in taken]
    return [Program(file.path, "plain", open=file.uses("sys.argv"), file=file)]


def _starts(file: PythonFile, name: str, program: Program) -> bool:
    """Return whether a call of a name of a file parses its command line.

    The name may be the application itself, a decorated command, or a function with the parser in it.
    """
    function = file.functions.get(name)
    if function is None:
        return program.framework in ("typer", "click") and "." not in name
    lines = range(function.node.lineno, (function.node.end_lineno or function.node.lineno) + 1)
    if program.framework in ("click", "hydra"):
        return any(
            item.name.rpartition(".")[2] in ("command", "group", "main") for item in function.decorators
        )
    made = any(call.name in _READS_HERE for call in file.calls(within=function.node))
    return made or program.line in lines
