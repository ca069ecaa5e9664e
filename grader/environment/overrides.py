"""Overrides of the students' dependencies: the course's `checks/environment.toml`, and CPU builds for this machine.

The index's wheels of torch for Linux need CUDA: gigabytes that grading does not use. CPU builds come from a find-links
folder of pip's configuration if one holds a compatible wheel, otherwise from PyTorch's own index. For packages that go
with torch, the Python part of the index's wheel may be enough, with the course's stand-ins, if the course says so.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from grader.errors import CourseError
from grader.parsing.plain_data import parse_toml


@dataclass(frozen=True, kw_only=True)
class StandIns:
    """The course's module `source`; at the end of files below `site-packages`, a call to one of its functions is added.

    `left_out`: a line to remove from such a file, since the function replaces it.
    """

    source: str = ""
    calls: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Overrides:
    """The overrides of a course. Names are canonical; `exclude` may have patterns."""

    override: dict[str, str] = field(default_factory=dict)
    cpu: tuple[str, ...] = ()
    exclude: dict[str, str] = field(default_factory=dict)
    #: Packages to install in place of others, in the same version.
    substitutes: dict[str, str] = field(default_factory=dict)
    #: Notes on packages whose Python part is enough if no CPU build is available.
    python_part: dict[str, str] = field(default_factory=dict)
    #: Notes on packages, used whenever they are installed.
    note: dict[str, str] = field(default_factory=dict)
    stand_ins: StandIns = field(default_factory=StandIns)
    #: Source archives to make wheels from, see `source_builds`.
    sources: tuple[dict[str, Any], ...] = ()

    def excludes(self, name: str) -> str:
        """Return the reason why the course never installs `name`; empty if it does."""
        return _first_match(name, self.exclude)


@dataclass(frozen=True, kw_only=True)
class EnvironmentPlan:
    """`Overrides` as applied on this machine."""

    lines: tuple[str, ...] = ()
    exclude: dict[str, str] = field(default_factory=dict)
    cpu: tuple[str, ...] = ()
    #: True if CPU builds come from PyTorch's own index.
    cpu_index: bool = False
    substitutes: dict[str, str] = field(default_factory=dict)
    #: Notes on packages, used if they are installed.
    note: dict[str, str] = field(default_factory=dict)
    stand_ins: StandIns = field(default_factory=StandIns)
    sources: tuple[dict[str, Any], ...] = ()

    @property
    def digest(self) -> str:
        """Digest of everything that changes what is installed."""
        parts = [self.lines, sorted(self.exclude.items()), self.cpu, self.cpu_index]
        parts += [sorted(self.substitutes.items()), sorted(self.note.items())]
        parts += [asdict(self.stand_ins), self.sources]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def reason(self, name: str) -> str:
        """Return the reason why `name` is not installed; empty if it is."""
        return _first_match(name, self.exclude)

    def without_cpu_index(self) -> EnvironmentPlan:
        """Return the plan to use if PyTorch's index cannot be reached either."""
        why = "no CPU build of it is to be had on this machine"
        return replace(self, exclude=self.exclude | dict.fromkeys(self.cpu, why), cpu_index=False)


def load_overrides(course: Path) -> Overrides:
    """Read `checks/environment.toml` of a course, and `checks/environment/stand_ins.py` if it asks for stand-ins.

    Without these files nothing is overridden.

    Raises:
        CourseError: not TOML, a value other than names, versions and reasons, or stand-ins that do not exist.
    """
    path = course / "checks" / "environment.toml"
    if not path.is_file():
        return Overrides()
    try:
        data = parse_toml(path.read_text(encoding="utf-8"))
        override = {
            str(canonicalize_name(name)): str(SpecifierSet(wanted))
            for name, wanted in data.get("override", {}).items()
        }
        cpu = tuple(canonicalize_name(name) for name in data.get("cpu", {}).get("packages", ()))
        exclude = {str(pattern).lower(): str(why) for pattern, why in data.get("exclude", {}).items()}
        substitutes, python_part, note = (
            {str(canonicalize_name(name)): str(text) for name, text in data.get(table, {}).items()}
            for table in ("replace", "python_part", "note")
        )
        calls, left_out = (
            {str(file): str(text) for file, text in data.get(table, {}).items()}
            for table in ("stand_in", "left_out")
        )
        sources = tuple(_source(given) for given in data.get("source", ()))
        source = (path.parent / "environment" / "stand_ins.py").read_text(encoding="utf-8") if calls else ""
        if not all(function.isidentifier() and f"def {function}(" in source for function in calls.values()):
            raise TypeError("[stand_in] names a function that environment/stand_ins.py does not have")
    except (OSError, ValueError, AttributeError, TypeError) as problem:
        raise CourseError(
            f"{path} is not valid: {problem}",
            "It has [override] name = version, [replace] name = name, [cpu] packages, [exclude] name = reason, "
            "[python_part] and [note] name = text, [stand_in] file = function, [left_out] file = line, "
            "[[source]] name, version, folder, sha256, requires.",
        ) from problem
    return Overrides(
        override=override,
        cpu=cpu,
        exclude=exclude,
        substitutes={name: str(canonicalize_name(other)) for name, other in substitutes.items()},
        python_part=python_part,
        note=note,
        stand_ins=StandIns(source=source, calls=calls, left_out=left_out),
        sources=sources,
    )


def _source(given: dict[str, Any]) -> dict[str, Any]:
    source = {name: str(given.get(name) or "") for name in ("name", "version", "folder", "sha256")}
    if not all(source.values()):
        raise TypeError("[[source]] lacks one of name, version, folder, sha256")
    requires = [str(Requirement(str(wanted))) for wanted in given.get("requires", ())]
    return {**source, "name": str(canonicalize_name(source["name"])), "requires": requires}


def plan(
    overrides: Overrides, *, link_folders: Iterable[Path], python: str, machine: str, linux: bool
) -> EnvironmentPlan:
    """Decide where CPU builds come from.

    Args:
        link_folders: folders of wheels that pip's configuration names.
        python: version of the interpreter, major.minor.
        machine: the processor as wheels name it: x86_64, aarch64.
        linux: False on systems where the index's wheels are CPU builds anyway.
    """
    lines = {name: f"{name}{wanted}" for name, wanted in overrides.override.items()}
    whole = EnvironmentPlan(
        lines=tuple(sorted(lines.values())),
        exclude=overrides.exclude,
        substitutes=overrides.substitutes,
        note=overrides.note,
        stand_ins=overrides.stand_ins,
        sources=overrides.sources,
    )
    if not linux:
        return whole
    folders = tuple(link_folders)
    found = {
        name: _newest(folders, name, overrides.override.get(name, ""), python, machine)
        for name in overrides.cpu
    }
    at_hand = {name: version for name, version in found.items() if version is not None}
    if not at_hand:
        return replace(whole, cpu=overrides.cpu, cpu_index=bool(overrides.cpu))
    lines |= {name: f"{name}=={version}" for name, version in at_hand.items()}
    why = f"this machine has CPU builds of {', '.join(at_hand)} only: the index has it for CUDA"
    parts = {name: text for name, text in overrides.python_part.items() if name not in at_hand}
    absent = {name: why for name in overrides.cpu if name not in at_hand and name not in parts}
    return replace(
        whole,
        lines=tuple(sorted(line for name, line in lines.items() if name not in absent)),
        exclude=overrides.exclude | absent,
        cpu=overrides.cpu,
        note=overrides.note | parts,
    )


def _first_match(name: str, patterns: Mapping[str, str]) -> str:
    return next((why for pattern, why in patterns.items() if fnmatch.fnmatchcase(name, pattern)), "")


def asked(entries: Iterable[str]) -> dict[str, list[Requirement]]:
    """Return the requirements of `entries` by name."""
    found: dict[str, list[Requirement]] = {}
    for entry in entries:
        requirement = Requirement(entry)
        found.setdefault(requirement.name, []).append(requirement)
    return found


def _newest(folders: Iterable[Path], name: str, wanted: str, python: str, machine: str) -> Version | None:
    versions = []
    for folder in folders:
        for path in folder.glob("*.whl"):
            try:
                project, version, _, tags = parse_wheel_filename(path.name)
            except InvalidWheelFilename:
                continue
            if (
                project == name
                and version in SpecifierSet(wanted)
                and any(_fits(tag, python, machine) for tag in tags)
            ):
                versions.append(version)
    return max(versions, default=None)


def _fits(tag: Tag, python: str, machine: str) -> bool:
    major, minor = (int(number) for number in python.split("."))
    own = tag.interpreter in (f"cp{major}{minor}", f"py{major}", f"py{major}{minor}")
    digits = tag.interpreter.removeprefix(f"cp{major}")
    stable = tag.abi == f"abi{major}" and digits.isdigit() and int(digits) <= minor
    return (own or stable) and (
        tag.platform == "any" or ("linux" in tag.platform and tag.platform.endswith(machine))
    )
