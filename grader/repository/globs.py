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
    """Return a pattern that takes time linear in a path for each of its parts, whatever glob a hostile repository has.

    What stands between two `*` (of a name) or two `**` (of a path) is matched where it comes first, and never elsewhere: in an
    atomic group nothing is tried again. A later place leaves less for what follows, so that nothing is missed.
    """
    segments = glob.strip("/").split("/")
    runs: list[list[str]] = [[]]
    for segment in segments[:-1]:
        if segment == "**":
            runs.append([])
        else:
            runs[-1].append(f"{_segment(segment)}/")
    end = ".+" if segments[-1] == "**" else _segment(segments[-1])
    first, *between = ["".join(run) for run in runs]
    if not between:
        return re.compile(first + end, re.DOTALL)
    *middle, last = between
    any_folders = "".join(f"(?>(?:[^/]+/)*?{run})" for run in middle if run)
    # The last run may stand at several places: what follows it is one name, or whatever lies below.
    tail = f"(?:[^/]+/)*{last}{end}"
    return re.compile(f"{first}{any_folders}{tail}", re.DOTALL)


def _segment(segment: str) -> str:
    """Return the pattern of one name: all of it, as a slash or the end has to follow."""
    fixed: list[str] = [""]
    index = 0
    while index < len(segment):
        char = segment[index]
        end = segment.find("]", index + 2) if char == "[" else -1
        if char == "*":
            fixed.append("")
        elif char == "?":
            fixed[-1] += "[^/]"
        elif end > 0:
            inside = segment[index + 1 : end].replace("\\", "\\\\")
            fixed[-1] += "[" + ("^/" + inside[1:] if inside[0] == "!" else inside) + "]"
            index = end
        else:
            fixed[-1] += re.escape(char)
        index += 1
    first, *between = fixed
    if not between:
        return first
    *middle, last = between
    return first + "".join(f"(?>[^/]*?{part})" for part in middle if part) + f"[^/]*{last}"


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
