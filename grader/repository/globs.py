"""Glob patterns for paths: `**` as in pathlib's `full_match`, and folders that are vendored or generated."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import lru_cache

#: Vendored and generated folders, at any depth (names, or a path of two names).
GENERATED = (
    *(".git", ".venv", "venv", "env", "site-packages", "node_modules", "__pycache__", ".ipynb_checkpoints"),
    *(
        ".tox",
        ".nox",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        "htmlcov",
        "*.egg-info",
        "build",
        "dist",
    ),
    *("wandb", "outputs", "multirun", "lightning_logs", "mlruns", ".dvc/cache", ".grader"),
    *("*_copy", "old", "backup"),
)


@lru_cache(maxsize=1024)
def _pattern(glob: str) -> re.Pattern[str]:
    parts = []
    segments = glob.strip("/").split("/")
    for number, segment in enumerate(segments):
        last = number == len(segments) - 1
        if segment == "**":
            parts.append(".+" if last else "(?:[^/]+/)*")
        else:
            parts.append(_segment(segment) + ("" if last else "/"))
    return re.compile("".join(parts), re.DOTALL)


def _segment(segment: str) -> str:
    out, index = [], 0
    while index < len(segment):
        char = segment[index]
        end = segment.find("]", index + 2) if char == "[" else -1
        if char == "*":
            out.append("[^/]*")
        elif char == "?":
            out.append("[^/]")
        elif end > 0:
            inside = segment[index + 1 : end].replace("\\", "\\\\")
            out.append("[" + ("^/" + inside[1:] if inside[0] == "!" else inside) + "]")
            index = end
        else:
            out.append(re.escape(char))
        index += 1
    return "".join(out)


def matches(path: str, glob: str) -> bool:
    """Return whether `glob` matches the whole of `path` (relative, POSIX). Case matters."""
    return _pattern(glob).fullmatch(path) is not None


def is_generated(path: str, asked: str = "") -> bool:
    """Return whether `path` lies in a vendored or generated folder that the glob `asked` does not name."""
    named = asked.split("/")
    return any(folder not in named for folder in _generated_above(path.rpartition("/")[0]))


@lru_cache(maxsize=32_768)
def _generated_above(folder: str) -> tuple[str, ...]:
    """Return the parts of a folder's path that are vendored or generated."""
    parts = folder.split("/")
    found = []
    for pattern in GENERATED:
        first, _, second = pattern.partition("/")
        for index, part in enumerate(parts):
            if fnmatchcase(part, first) and (not second or parts[index + 1 : index + 2] == [second]):
                found.append(part)
    return tuple(found)
