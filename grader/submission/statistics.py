"""The kinds and sizes of a repository's files: figures for the class overview.

Only a few small files of the snapshot are read. Untouched template files, and vendored or generated folders, are not the
group's own work and are not counted.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from fnmatch import fnmatchcase

from grader.parsing.plain_data import DataError, parse_toml
from grader.parsing.plain_shapes import table
from grader.repository.formats.dockerfile import is_dockerfile
from grader.repository.formats.prose import words_rendered
from grader.repository.globs import is_generated
from grader.results import LargeFile, Statistics
from grader.submission.model import Submission
from grader.submission.trees.safe_files import Below

_LARGEST = 20
_NAMED = 20
#: Maximum bytes read of one file, and of all together; maximum number of DVC files parsed.
_TEXT_BYTES = 512 * 1024
_ALL_BYTES = 4 * 1024 * 1024
_LOOKED_AT = 200

_REQUIREMENTS = (
    *("requirements*.txt", "*requirements.txt", "requirements*.in", "environment*.yml", "environment*.yaml"),
    *(
        "conda*.yml",
        "conda*.yaml",
        "pipfile",
        "setup.py",
        "setup.cfg",
        "uv.lock",
        "poetry.lock",
        "pdm.lock",
        "pixi.toml",
    ),
)
_OUTPUTS = re.compile(rb"^(?:outs|stages)[ \t]*:", re.MULTILINE)


class _Files:
    """A reader of the snapshot's files with one budget for all of them."""

    def __init__(self, below: Below) -> None:
        self._below = below
        self._left = _ALL_BYTES
        #: Files that are too large, beyond the budget, or not in the format of their name.
        self.unreadable: list[str] = []

    def read(self, path: str) -> bytes:
        """Return a file's bytes; if it is too large or the budget is used up, list it as unreadable and return nothing."""
        try:
            data = self._below.read(path, min(_TEXT_BYTES, self._left))
        except OSError:
            self.unreadable.append(path)
            return b""
        self._left -= len(data)
        return data


def read_statistics(submission: Submission, template: Collection[str]) -> Statistics:
    """Return the figures of a submission; `template` are the blob ids of untouched template files and of the empty file."""
    theirs = [path for path in submission.files() if not is_generated(path)]
    untouched = {path for path in theirs if submission.blobs[path] in template}
    own = [path for path in theirs if path not in untouched]
    names = {path: path.rpartition("/")[2].casefold() for path in own}
    sizes = submission.sizes
    largest = sorted(sizes, key=lambda path: (-sizes[path], path))[:_LARGEST]
    with Below(submission.root) as below:
        files = _Files(below)
        requirements = [path for path in own if _declares(path, names[path], files)]
        metafiles = [path for path in own if _is_metafile(path, names[path])]
        return Statistics(
            files=len(sizes),
            size_bytes=sum(sizes.values()),
            largest=tuple(LargeFile(path=path, size_bytes=sizes[path]) for path in largest),
            template_files=len(untouched),
            dockerfiles=sum(is_dockerfile(path) for path in own),
            python_files=sum(name.endswith(".py") for name in names.values()),
            notebooks=sum(name.endswith(".ipynb") for name in names.values()),
            workflow_files=sum(_is_workflow(path) for path in own),
            requirements=tuple(requirements[:_NAMED]),
            cloudbuild=tuple(path for path in own if _is_cloudbuild(names[path]))[:_NAMED],
            dvc_initialised=any(path.startswith(".dvc/") or "/.dvc/" in path for path in submission.files()),
            dvc_used=any(_OUTPUTS.search(files.read(path)) for path in metafiles[:_LOOKED_AT]),
            readme_words=_readme_words(own, names, files),
            unreadable=_few(files.unreadable),
        )


def _few(paths: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(paths))[:_NAMED]


def _is_workflow(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return folder == ".github/workflows" and name.endswith((".yml", ".yaml"))


def _is_cloudbuild(name: str) -> bool:
    return "cloudbuild" in name.replace("-", "").replace("_", "") and name.endswith(
        (".yml", ".yaml", ".json")
    )


def _is_metafile(path: str, name: str) -> bool:
    """Return whether DVC may track something here. A folder `.dvc` alone only shows that DVC was set up."""
    return name in {"dvc.yaml", "dvc.lock"} or (name.endswith(".dvc") and ".dvc/" not in path)


def _declares(path: str, name: str, files: _Files) -> bool:
    """Return whether a file declares dependencies, for any tool."""
    if name == "pyproject.toml":
        return _has_dependencies(files, path)
    folder = path.rpartition("/")[0].casefold()
    if folder == "requirements" and name.endswith((".txt", ".in")):
        return True
    if path.count("/") > 1 or not any(fnmatchcase(name, pattern) for pattern in _REQUIREMENTS):
        return False
    if name.endswith(".lock"):
        return True
    lines = (line.strip() for line in files.read(path).splitlines())
    return any(line and not line.startswith(b"#") for line in lines)


def _has_dependencies(files: _Files, path: str) -> bool:
    try:
        found = parse_toml(files.read(path).decode("utf-8", "replace"))
    except DataError:
        files.unreadable.append(path)
        return False
    tables = (("project",), ("tool", "poetry"), ("tool", "pdm"), ("tool", "pixi"))
    for names in tables:
        declared = table(found, *names)
        if declared.get("dependencies") or declared.get("optional-dependencies"):
            return True
    return bool(found.get("dependency-groups"))


def _readme_words(own: list[str], names: dict[str, str], files: _Files) -> int:
    at_root = sorted(path for path in own if "/" not in path and names[path].startswith("readme"))
    markdown = [path for path in at_root if names[path] in {"readme.md", "readme.markdown"}]
    chosen = [*markdown, *at_root][:1]
    return words_rendered(files.read(chosen[0]).decode("utf-8", "replace")) if chosen else 0
