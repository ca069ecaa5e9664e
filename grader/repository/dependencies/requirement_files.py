"""Dependencies in the formats of pip and setuptools. Nothing is imported or run."""

from __future__ import annotations

import ast
import configparser
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from packaging.utils import canonicalize_name

from grader.repository.dependencies.declared import MAX_ENTRIES, Lines, Note, broken, several
from grader.repository.dependencies.requirement import Dependency, address, is_address, is_valid, parse, shown
from grader.repository.python.python_file import PythonFile

MAX_LINE = 10_000
#: Maximum number of requirements of one file.
MAX_LINES = 5_000
_INCLUDE = re.compile(r"(-r|-c|--requirement|--constraint)[ =]?\s*(\S+)")
_EDITABLE = re.compile(r"(?:-e|--editable)[ =]?\s*(\S.*)")
#: `conda list --export` and `conda create --file`: name, version, build.
_CONDA_LINE = re.compile(r"[\w.-]+(?:=[\w.*+!-]+){1,2}")


def requirements(text: str, path: str) -> Iterator[Dependency | Note]:
    """Yield the requirements in pip's format. Malformed lines are broken only if most lines are requirements.

    Otherwise the file is another kind of text with such a name.
    """
    name = path.rpartition("/")[2]
    group = "" if name.lower() in ("requirements.txt", "requirements.in") else name.rpartition(".")[0]
    found: list[Dependency | Note] = []
    wrong: list[Note] = []
    for number, line in islice(_logical(text), MAX_LINES):
        include, editable = _INCLUDE.match(line), _EDITABLE.match(line)
        if include:
            bound = include[1] in ("-c", "--constraint")
            yield Note("constraint" if bound else "include", include[2], path, number)
        elif editable:
            found.append(address(editable[1], path, number, group, editable=True))
        elif line.startswith("-"):
            found.append(
                Note("unread", line, path, number, "an option of pip: the grader's own index is used")
            )
        elif is_address(line):
            found.append(address(line, path, number, group))
        else:
            wanted = re.split(r"\s--", line)[0].strip()
            one = parse(wanted, path, number, group)
            found.append(one or Note("unread", wanted, path, number, "not a requirement by PEP 508"))
            if not is_valid(wanted) and not _CONDA_LINE.fullmatch(wanted) and not (one and one.url):
                wrong.append(broken(path, number, f"`{shown(wanted)}` is not a valid requirement"))
    yield from found
    if len(wrong) * 2 <= sum(isinstance(one, Dependency) for one in found):
        yield from wrong[:20]


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines without comments, continued lines joined, each with the number of its last line."""
    whole = ""
    for number, raw in enumerate(text.split("\n"), start=1):
        line = re.sub(r"(?:^|\s)#.*$", "", raw[:MAX_LINE]).strip()
        whole = f"{whole} {line}".strip()
        if whole.endswith("\\") and len(whole) < MAX_LINE:
            whole = whole[:-1].strip()
            continue
        if whole:
            yield number, whole
        whole = ""


def setup_cfg(text: str, path: str) -> Iterator[Dependency | Note]:
    """Yield the requirements of setuptools' declarative format."""
    config = configparser.RawConfigParser(strict=False)
    try:
        config.read_string(text)
    except configparser.ParsingError as problem:
        errors = getattr(problem, "errors", None)
        yield broken(
            path, errors[0][0] if errors else getattr(problem, "lineno", None), "not a valid INI file"
        )
        return
    except (configparser.Error, ValueError, AttributeError):
        yield broken(path, None, "not a valid INI file")
        return
    lines = Lines(text)
    name = config.get("metadata", "name", fallback="")
    if name:
        yield Note("own", str(canonicalize_name(name)), path)
    wanted = [("", False, config.get("options", "install_requires", fallback=""))]
    if config.has_section("options.extras_require"):
        wanted += [(group, True, listed) for group, listed in config.items("options.extras_require")]
    for group, extra, listed in wanted:
        listed = listed or ""
        if listed.strip().startswith("file:"):
            for file in listed.strip()[5:].split(","):
                yield Note("include", file.strip(), path, lines.of(listed.strip()))
        else:
            yield from several(listed.split("\n"), path, lines, group, extra=extra)


def setup_py(text: str, path: str) -> Iterator[Dependency | Note]:
    """Yield the requirements of `setup(…)` as written: lists of literals, inline or by a name of the module.

    What it computes is not known but for the requirements files that the computation names.
    """
    file = PythonFile(path, text)
    named = {
        target.id: node.value
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    functions = {node.name: node for node in ast.walk(file.tree) if isinstance(node, ast.FunctionDef)}
    for call in file.calls("setup"):
        name = call.keywords.get("name")
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            yield Note("own", str(canonicalize_name(name.value)), path)
        for key in ("install_requires", "extras_require", "tests_require"):
            node = call.keywords.get(key)
            node = named.get(node.id, node) if isinstance(node, ast.Name) else node
            files = list(_files(node, {**functions, **named}, path))
            yield from files
            for group, items in _groups(key, node):
                for one in _literals(items, path, group):
                    if isinstance(one, Dependency):
                        yield replace(one, extra=key == "extras_require")
                    elif not files:
                        yield one


def _files(node: ast.expr | None, named: dict[str, ast.AST], path: str) -> Iterator[Note]:
    """Yield the requirements files that an expression names, through the names and the functions of the module."""
    waiting: list[ast.AST] = [node] if node else []
    seen: set[str] = set()
    while waiting:
        for part in ast.walk(waiting.pop()):
            if isinstance(part, ast.Name) and part.id in named and part.id not in seen:
                seen.add(part.id)
                waiting.append(named[part.id])
            elif isinstance(part, ast.Constant) and str(part.value).endswith((".txt", ".in")):
                yield Note("include", str(part.value).lstrip("/"), path, getattr(part, "lineno", None))


def _groups(key: str, node: ast.expr | None) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield the lists of an argument of `setup`, each with the name of its group."""
    always = "" if key == "install_requires" else key
    if not isinstance(node, ast.Dict):
        yield always, node
        return
    for name, items in zip(node.keys, node.values, strict=True):
        yield (str(name.value) if isinstance(name, ast.Constant) else always), items


def _literals(node: ast.expr | None, path: str, group: str) -> Iterator[Dependency | Note]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        items: list[ast.expr] = [node]
    elif isinstance(node, ast.List | ast.Tuple):
        items = node.elts
    else:
        items = []
        if node is not None:
            yield Note(
                "unread", "install_requires", path, node.lineno, "computed when it runs, and so not read"
            )
    for item in items[:MAX_ENTRIES]:
        for line in str(item.value).split("\n") if isinstance(item, ast.Constant) else []:
            found = parse(line, path, item.lineno, group)
            if found:
                yield found
