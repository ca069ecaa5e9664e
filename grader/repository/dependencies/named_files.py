"""Requirements files that only a command names: `pip install -r deps.txt` in an image, a workflow, a Makefile or a task."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterator

from grader.repository.dependencies.declaring_files import reader_of

#: Maximum number of files that are searched for commands, and of characters of one; then of files that are found.
MAX_SEARCHED = 100
MAX_TEXT = 200_000
MAX_NAMED = 20
_RUNS = re.compile(
    r"(?:.*/)?(?:Dockerfile[^/]*|[^/]+\.(?:dockerfile|docker|sh|bash|mk)|(?:GNU)?makefile|\.?justfile|tasks\.py|noxfile\.py"
    r"|tox\.ini|cloudbuild[^/]*\.ya?ml|\.gitlab-ci\.yml)|\.github/(?:workflows/[^/]+|actions/.+)\.ya?ml",
    re.IGNORECASE,
)
_INSTALL = re.compile(r"\bpip[\d.]{0,5}[ \t]+(?:-[\w=-]{1,60}[ \t]+){0,4}install[ \t]([^\n|&;]{1,2000})")
_OPTION = re.compile(
    r"(?:^|[ \t])(?:-r|--requirements?)[ \t=]?[ \t]{0,8}[\"']?([\w./@+-]{1,200})(?=[\"'\s,)]|$)"
)
#: As items of a list: `session.install("-r", "deps.txt")`, `RUN ["pip", "install", "-r", "deps.txt"]`.
_LISTED = re.compile(
    r"install\b[^\n]{0,200}?[\"'](?:-r|--requirements?)[\"'],[ \t]{0,8}[\"']([\w./@+-]{1,200})[\"']"
)
_OF_TOX = re.compile(
    r"^[ \t]*(?:deps[ \t]*=[ \t]*)?(?:[\w,{}-]{1,60}:[ \t]*)?-r[ \t]*([\w./@+-]{1,200})", re.MULTILINE
)
_COMMENT = re.compile(r"^[ \t]*#.*$", re.MULTILINE)


def named_files(paths: Collection[str], text: Callable[[str], str]) -> list[str]:
    """Return the files of the repository that a command installs from, and that no reader knows by their name.

    Args:
        paths: every file of the repository.
        text: reads one of them; an empty string if it cannot be read.
    """
    known = paths if isinstance(paths, set | frozenset) else frozenset(paths)
    found: dict[str, None] = {}
    for path in sorted(one for one in known if _RUNS.fullmatch(one))[:MAX_SEARCHED]:
        for named in _named(path, text(path)[:MAX_TEXT]):
            target = _target(path, named, known)
            if target and reader_of(target) is None:
                found[target] = None
    return list(found)[:MAX_NAMED]


def _named(path: str, text: str) -> Iterator[str]:
    whole = _COMMENT.sub("", text.replace("\r\n", "\n")).replace("\\\n", " ")
    for command in _INSTALL.finditer(whole):
        yield from _OPTION.findall(command[1])
    yield from _LISTED.findall(whole)
    if path.endswith("tox.ini"):
        yield from _OF_TOX.findall(whole)


def _target(path: str, named: str, known: Collection[str]) -> str:
    """Return the file that a command of `path` means: beside it, below the root, else the only one of that name."""
    for base in (posixpath.dirname(path), ""):
        target = posixpath.normpath(posixpath.join(base, named))
        if target in known:
            return target
    # In an image a file lies where COPY put it.
    last = posixpath.basename(named)
    same = [one for one in known if posixpath.basename(one) == last]
    return same[0] if len(same) == 1 and last else ""
