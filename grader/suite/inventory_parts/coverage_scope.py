"""Whether the coverage settings of a repository exclude code of the group, so that their figure does not cover all of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from grader.parsing.plain_shapes import listed, table
from grader.repository.faults import tolerant
from grader.repository.formats.structured import ini_data
from grader.repository.python.roles import is_test
from grader.repository.submission_view import SubmissionView

_MOST = 100


def left_out(view: SubmissionView) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield `coverage.omit` with the first `omit` pattern that matches a file of code other than tests, and its place."""
    code = [path for path in view.files("**/*.py") if not is_test(path) and not path.endswith("__init__.py")]
    for path, pattern in _patterns(view):
        if any(fnmatchcase(each, pattern) or fnmatchcase(f"/{each}", pattern) for each in code[:2_000]):
            yield "coverage.omit", {"path": path, "line": None, "text": f"omit: {pattern}"[:200]}
            return


def _patterns(view: SubmissionView) -> Iterator[tuple[str, str]]:
    settings = table(tolerant(view.toml, "pyproject.toml"), "tool", "coverage")
    for part in ("run", "report"):
        for pattern in listed(settings, part, "omit")[:_MOST]:
            if isinstance(pattern, str):
                yield "pyproject.toml", pattern[:200]
    for path, prefix in ((".coveragerc", ""), ("setup.cfg", "coverage:"), ("tox.ini", "coverage:")):
        for part in ("run", "report"):
            for pattern in re.split(r"[\n,]", _option(view, path, f"{prefix}{part}"))[:_MOST]:
                if pattern.strip():
                    yield path, pattern.strip()[:200]


def _option(view: SubmissionView, path: str, section: str) -> str:
    parser = ini_data(tolerant(view.text, path) or "")
    return (parser.get(section, "omit", fallback="") if parser else "") or ""
