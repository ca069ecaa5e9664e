"""Turn declared dependencies into requirements that the index can answer (PEP 508), or refuse them with a reason.

Files are parsed in `grader.repository.dependencies.dependencies`, for checks and for installation alike.
"""

from __future__ import annotations

import re

from grader.repository.dependencies.requirement import Dependency

#: Extras for working on a project; others (`gpu`) are choices that the grader does not make.
DEVELOPMENT = re.compile(r"(dev|test|lint|ci|doc)", re.IGNORECASE)


def index_requirement(one: Dependency) -> str:
    """Return a dependency as a PEP 508 requirement for the index (possibly malformed).

    Raises:
        ValueError: it does not come from the index; the message is the reason.
    """
    if one.editable:
        raise ValueError("an editable install: only packages of the index are installed")
    if one.url:
        raise ValueError(
            "not from the index, but from a repository, a URL or a path: only packages of the index are installed"
        )
    return _conda(one) if one.dialect == "conda" else one.requirement


def _conda(one: Dependency) -> str:
    exported = re.fullmatch(r"=([^=]+)=([^=]+)", one.specifier.strip())
    if exported and "py" not in exported[2]:
        raise ValueError("a conda package that the index does not have")
    if one.choices is None:
        raise ValueError("a conda specification that the index has no words for")
    return one.requirement
