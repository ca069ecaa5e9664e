"""What uv says where it fails, as far as the grader knows its words.

The words are those of the minor version that `pyproject.toml` asks for; `tests/unit/uv_messages` keeps them as uv printed
them. Other words are not guessed at: `blame` calls them unknown, and exit codes decide (`environment_culprits`).
"""

from __future__ import annotations

import re
from typing import Literal

from packaging.utils import canonicalize_name

from grader.errors import EnvironmentFault

#: A reason for a missing package that is the students' own: nothing is excused by a name that they made up.
NOT_ON_INDEX = "the index has no package of this name"

_OURS = re.compile(
    r"error sending request|dns error|client error \(Connect\)|network was disabled|timed out|server error"
    r"|returned a 40[137]|\(40[137] |lack of valid authentication|No space left on device"
)
_THEIRS = re.compile(r"No solution found|Couldn't parse requirement|`[A-Za-z0-9][\w.-]*==")


def blame(output: str) -> Literal["ours", "theirs", "unknown"]:
    """Tell whether the network, the index or the disk broke, or the requirements are at fault; or that it is not known."""
    if _OURS.search(output):
        return "ours"
    return "theirs" if _THEIRS.search(output) else "unknown"


def fault(output: str) -> EnvironmentFault:
    """Make what to raise where something else broke than the requirements."""
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
    """Return the names after "you require", which is how uv speaks of what it was given."""
    clauses = re.findall(r"you require ([^,]+?)(?:, we can|\.?$|,? and because)", output.replace("\n", " "))
    return {name for clause in clauses for name in names(re.sub(r"\S+ depends on .*", "", clause))}


def is_absent(output: str, name: str) -> bool:
    """Whether uv says that the index does not know `name`."""
    return f"{name} was not found in the package registry" in output


def reason(output: str, name: str) -> str:
    """Say in the grader's words why `name` cannot be had."""
    if is_absent(output, name):
        return NOT_ON_INDEX
    if re.search(rf"\b{re.escape(name)}\S* ha(s|ve) no (usable )?wheels", output):
        return "no wheel for this Python, and nothing is built from source"
    return f"does not go with the other dependencies: {short(output)}"


def short(output: str) -> str:
    """Return the cause that uv names, in one line."""
    return " ".join(output.split("cause:", 1)[-1].split())[:300]
