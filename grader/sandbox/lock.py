"""Lock files: exact versions with the hashes of their files, written by `make lock`.

They contain no index URL: a file is accepted by its hash, from whichever index it comes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

#: The packages that the grader's image adds to its base; the file ships in the wheel.
IMAGE_LOCK = Path(__file__).parents[1] / "locks" / "image.txt"
#: The Python versions that it was resolved for. For other versions the index decides.
LOCKED_PYTHONS = ("3.11", "3.12", "3.13", "3.14")

_HASH = re.compile(r"\s--hash=(\S+)")


@dataclass(frozen=True, kw_only=True)
class Locked:
    """One entry of a lock: `name==version`, its `marker` (which interpreters need it), and the hashes of its files."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]

    @property
    def pin(self) -> str:
        """The name and the version."""
        return f"{self.name}=={self.version}"

    @property
    def line(self) -> str:
        """The entry in the syntax of uv and pip, in one line."""
        return " ".join([self.constraint, *self.options])

    @property
    def options(self) -> tuple[str, ...]:
        """The hashes, as options of a requirement."""
        return tuple(f"--hash={digest}" for digest in self.hashes)

    @property
    def constraint(self) -> str:
        """The entry without hashes."""
        return f"{self.pin} ; {self.marker}" if self.marker else self.pin

    def applies(self, environment: Mapping[str, str]) -> bool:
        """Return whether an interpreter with this PEP 508 `environment` needs this entry."""
        marker = Requirement(self.constraint).marker
        return marker is None or marker.evaluate(dict(environment))


def read_lock(text: str) -> tuple[Locked, ...]:
    """Parse the entries of a lock file, in order.

    Raises:
        ValueError: a line is not a `name==version` with hashes.
    """
    joined = re.sub(r"\\\n", " ", text)
    lines = (line.strip() for line in joined.splitlines())
    return tuple(_entry(line) for line in lines if line and not line.startswith("#"))


def _entry(line: str) -> Locked:
    bare = _HASH.sub("", line).strip()
    try:
        requirement = Requirement(bare)
    except InvalidRequirement as problem:
        raise ValueError(f"{bare[:80]!r} is no entry of a lock") from problem
    pin = re.fullmatch(r"==([^*,\s]+)", str(requirement.specifier))
    hashes = tuple(_HASH.findall(line))
    if pin is None or not hashes or requirement.url or requirement.extras:
        raise ValueError(f"{bare[:80]!r} has no exact version, or no digest")
    return Locked(
        name=canonicalize_name(requirement.name),
        version=pin[1],
        marker=str(requirement.marker or ""),
        hashes=hashes,
    )


@cache
def image_lock() -> tuple[Locked, ...]:
    """Return the entries of `IMAGE_LOCK`."""
    return read_lock(IMAGE_LOCK.read_text(encoding="utf-8"))


def target(python: str = "", *, linux: bool = False, machine: str = "") -> dict[str, str]:
    """Return the PEP 508 environment of an interpreter; arguments that are not given default to this machine.

    Args:
        python: its version, major.minor.
        linux: whether it runs on Linux, independent of the system of the grader.
        machine: the processor as wheels name it.
    """
    found = {name: str(value) for name, value in default_environment().items()}
    if python:
        found |= {"python_version": python, "python_full_version": f"{python}.0"}
        found |= {"implementation_version": f"{python}.0"}
    if linux:
        found |= {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
    return found | ({"platform_machine": machine} if machine else {})


def for_target(entries: Iterable[Locked], environment: Mapping[str, str]) -> dict[str, Locked]:
    """Return the entries that an interpreter needs, by name."""
    return {entry.name: entry for entry in entries if entry.applies(environment)}
