"""Whether the coverage settings of a repository exclude code of the group, so that their figure does not cover all of it."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from grader.repository.faults import SubmissionFault
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
    if view.exists("pyproject.toml"):
        try:
            tool = view.toml("pyproject.toml").get("tool")
        except SubmissionFault:
            tool = None
        settings = tool.get("coverage") if isinstance(tool, dict) else None
        for part in ("run", "report"):
            table = settings.get(part) if isinstance(settings, dict) else None
            omit = table.get("omit") if isinstance(table, dict) else None
            for pattern in omit[:_MOST] if isinstance(omit, list) else ():
                if isinstance(pattern, str):
                    yield "pyproject.toml", pattern[:200]
    for path, prefix in ((".coveragerc", ""), ("setup.cfg", "coverage:"), ("tox.ini", "coverage:")):
        for part in ("run", "report"):
            for pattern in re.split(r"[\n,]", _option(view, path, f"{prefix}{part}"))[:_MOST]:
                if pattern.strip():
                    yield path, pattern.strip()[:200]


def _option(view: SubmissionView, path: str, section: str) -> str:
    if not view.exists(path):
        return ""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(view.text(path))
    except (SubmissionFault, configparser.Error):
        return ""
    return parser.get(section, "omit", fallback="") or ""
