"""The files that declare dependencies, by name, and the reader of each."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from grader.repository.dependencies.conda_files import conda, conda_by_content
from grader.repository.dependencies.declared import Reader
from grader.repository.dependencies.requirement_files import requirements, setup_cfg, setup_py
from grader.repository.dependencies.requirement_tables import hatch, pipfile, pixi, pyproject

#: Maximum number of folders above such a file, and above a YAML file of any name.
MAX_DEPTH = 3
_MAX_ANY_DEPTH = 1
_SAMPLES = {"test", "tests", "fixtures", "templates"}

#: If several files name a package, the first in this order decides what is installed.
_KINDS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(name, re.IGNORECASE), reader)
    for name, reader in (
        (r"pyproject\.toml", pyproject),
        (r"hatch\.toml", hatch),
        (r"requirements\.txt", requirements),
        (r".*requirement.*\.txt", requirements),
        (r".*requirement.*\.in", requirements),
        (r"setup\.cfg", setup_cfg),
        (r"setup\.py", setup_py),
        (r"(environment|conda(?!-lock)).*\.ya?ml", conda),
        (r"Pipfile", pipfile),
        (r"pixi\.toml", pixi),
        (r"(?!conda-lock).*\.ya?ml", conda_by_content),
    )
)


def reader_of(path: str) -> tuple[int, Reader] | None:
    """Return the reader of a file that may declare dependencies, with its rank among the readers; None for any other file.

    Files far below the root, in samples for tests and in templates of projects (`{{ cookiecutter.name }}`) are others.
    """
    parts = PurePosixPath(path).parts
    folders = parts[:-1]
    if len(folders) > MAX_DEPTH or any("{{" in folder for folder in folders):
        return None
    in_folder = folders[-1:] == ("requirements",) and path.endswith((".txt", ".in"))
    name = f"requirements-{parts[-1]}" if in_folder else parts[-1]
    for rank, (pattern, reader) in enumerate(_KINDS):
        if pattern.fullmatch(name):
            hidden = any(folder.startswith(".") for folder in folders)
            too_far = reader is conda_by_content and (hidden or len(folders) > _MAX_ANY_DEPTH)
            sample = reader is not requirements and not _SAMPLES.isdisjoint(folders)
            return None if too_far or sample else (rank, reader)
    return None
