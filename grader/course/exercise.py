"""What a student starts an exercise from."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

from grader.course.module import Module
from grader.course.pack import Course
from grader.errors import UsageError, path_error


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
    readme = exercise / "README.md"
    if readme.is_file():
        files[readme] = into / f"{module.id}.md"
    taken = [target for target in files.values() if target.exists()]
    if taken:
        raise UsageError(f"{taken[0]} is there already; nothing was written.", "Name an empty folder.")
    try:
        for source, target in files.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    except (OSError, ValueError) as problem:
        raise path_error(into, problem, doing="written") from problem
    return list(files.values())


def next_steps(module: Module, into: Path, course: Path | None) -> list[str]:
    """What to do with an exercise that was started in `into`; `course` is the pack that was named, if one was."""
    here = into.resolve()
    lines = []
    if not any((folder / ".git").exists() for folder in (here, *here.parents)):
        lines.append(
            f"`check` needs a git repository, and there is none yet: git init {shlex.quote(str(into))}"
        )
    command = ["grader", "check", str(into), "--modules", module.id]
    command += ["--course", str(course)] if course else []
    return [*lines, f"Check it with: {shlex.join(command)}"]


def _written(path: Path) -> bool:
    """Whether the author wrote this file: installers compile the modules of a wheel, also those of starters."""
    return path.is_file() and path.suffix not in (".pyc", ".pyo") and "__pycache__" not in path.parts
