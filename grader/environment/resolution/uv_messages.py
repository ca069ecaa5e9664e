"""Parse uv's error messages, as far as the grader knows them.

They are those of the minor version that `pyproject.toml` pins; `tests/unit/environment/resolution/uv_messages` keeps
them as uv printed them. Other messages are not guessed at: `blame` returns `unknown`, and exit codes decide (`culprits`).
"""

from __future__ import annotations

import re
from typing import Literal

from packaging.utils import canonicalize_name

from grader.errors import EnvironmentFault

#: A reason for a missing package that is the students' own mistake: a check is not excused by a name that does not exist.
NOT_ON_INDEX = "the index has no package of this name"

_OURS = re.compile(
    r"error sending request|dns error|client error \(Connect\)|network was disabled|timed out|server error"
    r"|returned a 40[137]|\(40[137] |lack of valid authentication|No space left on device"
)
_THEIRS = re.compile(r"No solution found|Couldn't parse requirement|`[A-Za-z0-9][\w.-]*==")


def blame(output: str) -> Literal["ours", "theirs", "unknown"]:
    """Return whether the network, the index or the disk failed (`ours`), or the requirements (`theirs`), or `unknown`."""
    if _OURS.search(output):
        return "ours"
    return "theirs" if _THEIRS.search(output) else "unknown"


def fault(output: str) -> EnvironmentFault:
    """Return the exception to raise for a failure that the requirements did not cause."""
    if "No space left on device" in output:
        return EnvironmentFault("The disk is full.", "Free some space and grade again.")
    return EnvironmentFault(
        f"The students' dependencies could not be looked up: {short(output)}",
        "Check the network and the settings of pip and uv.",
    )


def names(output: str) -> set[str]:
    """Return every word that may be the name of a package."""
    return {canonicalize_name(name) for name in re.findall(r"[A-Za-z0-9][\w.-]*", output)}


def required(output: str) -> set[str]:
    """Return the names after "you require", uv's phrase for its input."""
    clauses = re.findall(r"you require ([^,]+?)(?:, we can|\.?$|,? and because)", output.replace("\n", " "))
    return {name for clause in clauses for name in names(re.sub(r"\S+ depends on .*", "", clause))}


def is_absent(output: str, name: str) -> bool:
    """Return whether uv says that the index does not know `name`."""
    return f"{name} was not found in the package registry" in output


def reason(output: str, name: str) -> str:
    """Return in the grader's words why `name` cannot be installed."""
    if is_absent(output, name):
        return NOT_ON_INDEX
    if re.search(rf"\b{re.escape(name)}\S* ha(s|ve) no (usable )?wheels", output):
        return "no wheel for this Python, and nothing is built from source"
    return f"does not go with the other dependencies: {short(output)}"


def short(output: str) -> str:
    """Return the cause that uv names, in one line."""
    return " ".join(output.split("cause:", 1)[-1].split())[:300]
