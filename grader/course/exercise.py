"""What a student starts an exercise from."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

from grader.course.module import Module
from grader.course.pack import Course
from grader.errors import UsageError, path_error
from grader.parsing.plain_data import parse_toml

#: Names the module of a folder, for `grader check`.
SETTINGS_FILE = "grader.toml"
_MOST_BYTES = 16 * 1024
_IGNORED = "__pycache__/\n.grader/\n.venv/\n"


def start_exercise(course: Course, module: Module, into: Path) -> list[Path]:
    """Copy a module's instructions and starter files into a folder. Solutions are never copied.

    Returns:
        the files that were written.

    Raises:
        UsageError: the module has no exercise, a file is there already, or the folder cannot be written.
    """
    exercise = course.exercises / module.folder.name
    starter = exercise / "starter"
    files = {path: into / path.relative_to(starter) for path in sorted(starter.rglob("*")) if _written(path)}
    if not files:
        raise UsageError(
            f"{module.id} has no exercise to start from.", "See `grader modules` for those that have."
        )
    texts = {
        into
        / SETTINGS_FILE: f'# The module that `grader check` grades below this folder.\nmodule = "{module.id}"\n'
    }
    if not (into / ".gitignore").exists() and into / ".gitignore" not in files.values():
        texts[into / ".gitignore"] = _IGNORED
    readme = exercise / "README.md"
    if readme.is_file():
        files[readme] = into / f"{module.id}.md"
    taken = [target for target in (*files.values(), into / SETTINGS_FILE) if target.exists()]
    if taken:
        raise UsageError(f"{taken[0]} is there already; nothing was written.", "Name an empty folder.")
    try:
        for source, target in files.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        for target, text in texts.items():
            target.write_text(text, encoding="utf-8")
    except (OSError, ValueError) as problem:
        raise path_error(into, problem, doing="written") from problem
    return [*files.values(), *texts]


def module_in_settings(path: Path) -> str:
    """Return the module that the nearest `grader.toml` names, or an empty string if there is none.

    It lies at `path` or above, up to the root of the repository.

    Raises:
        UsageError: that file is broken, or names no module.
    """
    here = path.expanduser().resolve()
    for folder in (here, *here.parents):
        file = folder / SETTINGS_FILE
        if file.is_file():
            return _module_named_in(file)
        if (folder / ".git").exists():
            break
    return ""


def _module_named_in(file: Path) -> str:
    advice = 'It is one line: module = "…", with an id that `grader modules` lists. Or name what to grade with --modules.'
    try:
        with file.open("rb") as stream:
            found = parse_toml(stream.read(_MOST_BYTES).decode("utf-8"))
    except (OSError, ValueError) as problem:
        raise UsageError(f"{file} cannot be read: {problem}.", advice) from problem
    module = found.get("module")
    if not isinstance(module, str) or not module.strip():
        raise UsageError(f"{file} names no module.", advice)
    return module.strip()


def next_steps(module: Module, into: Path, course: Path | None) -> list[str]:
    """Return what to do with an exercise that was started in `into`; `course` is the pack that was named, if one was."""
    here = into.resolve()
    repository = any((folder / ".git").exists() for folder in (here, *here.parents))
    # `check` reads a repository: where there is none, the same line makes one.
    first = "" if repository else f"{shlex.join(['git', 'init', '--quiet', str(into)])} && "
    command = ["grader", "check", str(into)]
    command += ["--course", str(course)] if course else []
    return [f"Read {into / module.id}.md, then check it with: {first}{shlex.join(command)}"]


def _written(path: Path) -> bool:
    """Return whether the author wrote this file: installers compile the modules of a wheel, also those of starters."""
    return path.is_file() and path.suffix not in (".pyc", ".pyo") and "__pycache__" not in path.parts
