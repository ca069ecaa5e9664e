"""The environment step of a submission: read its dependencies and install them, before grading and apart from it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from grader.environment import (
    Environment,
    Overrides,
    Requirements,
    load_overrides,
    prepare_docker,
    prepare_local,
    read_requirements,
)
from grader.environment.resolution.uv_messages import NOT_ON_INDEX
from grader.errors import CourseError, EnvironmentFault
from grader.sandbox.container.container_sandbox import DockerSandbox
from grader.sandbox.lock import Locked, for_target, target
from grader.sandbox.protocol import Sandbox, StudentPython
from grader.sandbox.student_tools import student_tools_local
from grader.submission.model import Submission

#: A commit of an earlier day is one of a clock that was wrong.
_FIRST_DAY = date(2018, 1, 1)

_log = logging.getLogger(__name__)


def prepare_student_python(
    submission: Submission,
    sandbox: Sandbox,
    *,
    course: Path,
    packages: Iterable[str],
    locked: Sequence[Locked] = (),
    progress: Callable[[str], None],
) -> StudentPython:
    """Install the dependencies of a submission and the packages of the modules to be graded.

    A fault of the grader (no index, no disk space) raises nothing: it is stored in `StudentPython.fault`, and only the
    checks that need an environment become errors.

    Args:
        submission: declares what its code needs.
        sandbox: where its code will run.
        course: the course pack, which may override versions.
        packages: what the modules to be graded need, declared by the submission or not (PEP 508).
        locked: the pinned versions of a proof; if given, nothing else may be installed.
        progress: called with a line of text while packages are installed.

    Raises:
        CourseError: what was installed differs from `locked`.
    """
    requirements = read_requirements(submission.root, submission.files())
    requirements = _with_packages(requirements, packages)
    requirements = _with_lock(requirements, locked, sandbox)
    if not requirements.constraints and submission.committed_at and not submission.dirty:
        requirements = replace(requirements, day=_day(submission.committed_at))
    # A file that cannot be read, or a broken place of one, has no text of its own: the file is named.
    refused = {item.text or item.path: item.reason for item in requirements.refused}
    overrides = load_overrides(course)
    docker = sandbox if isinstance(sandbox, DockerSandbox) else None
    tools = () if docker is not None else (str(student_tools_local()),)
    if not requirements.entries:
        return StudentPython(tools=tools, missing=refused)
    try:
        if docker is not None:
            environment = prepare_docker(
                requirements, docker.image, client=docker.client, overrides=overrides, progress=progress
            )
        else:
            environment = prepare_local(requirements, overrides=overrides, progress=progress)
    except EnvironmentFault as problem:
        return StudentPython(tools=tools, fault=str(problem))
    packages_there = " ".join(f"{name}=={version}" for name, version in sorted(environment.installed.items()))
    _log.info("environment resolved: %s", packages_there or "no package")
    if locked:
        _check_lock(requirements, environment, overrides)
    return _student(environment, tools, refused, overrides)


def _student(
    environment: Environment, tools: tuple[str, ...], refused: dict[str, str], overrides: Overrides
) -> StudentPython:
    unknown = {name: why for name, why in environment.missing.items() if why == NOT_ON_INDEX}
    others = {name: why for name, why in environment.missing.items() if name not in unknown}
    return StudentPython(
        folder=environment.path,
        mount=environment.mount,
        interpreter=environment.python,
        tools=tools,
        missing={**refused, **others},
        alone=tuple(name for name in others if overrides.excludes(name)),
        unknown=unknown,
        notes=environment.notes,
        changed=environment.changed,
        day=environment.day,
        digest=environment.digest,
    )


def _with_packages(requirements: Requirements, packages: Iterable[str]) -> Requirements:
    """Return the requirements, with those of `packages` added that they do not name."""
    named = {_name(entry) for entry in requirements.entries}
    more = sorted({package for package in packages if _name(package) not in named})
    return replace(requirements, entries=tuple(sorted([*requirements.entries, *more])))


def _with_lock(requirements: Requirements, locked: Sequence[Locked], sandbox: Sandbox) -> Requirements:
    """Return the requirements, constrained to the lock's entries for the sandbox's Python."""
    python = ".".join(sandbox.python.split(".")[:2])
    chosen = for_target(locked, target(python, linux=isinstance(sandbox, DockerSandbox)))
    constraints = (*requirements.constraints, *(entry.pin for entry in chosen.values()))
    return replace(requirements, constraints=constraints, locked=tuple(chosen.values()))


def _day(committed_at: datetime) -> str:
    """Return the day after a commit, since a date stands for its beginning; empty where that is not over."""
    day = (committed_at.astimezone(UTC) + timedelta(days=1)).date()
    return day.isoformat() if _FIRST_DAY <= day < datetime.now(UTC).date() else ""


def _check_lock(requirements: Requirements, environment: Environment, overrides: Overrides) -> None:
    """Check that each installed version comes from the lock or from the course: the resolver treats a lock as preferences.

    Raises:
        CourseError: a package is installed in another version than locked, or is not in the lock.
    """
    locked = {entry.name: entry.version for entry in requirements.locked}
    decided = {*overrides.override, *overrides.cpu, *overrides.substitutes.values()}
    decided |= {source["name"] for source in overrides.sources}
    for name, version in environment.installed.items():
        if name not in decided and locked.get(name) != version:
            raise CourseError(
                f"{name} {version} was installed; the lock has {locked.get(name, 'none of it')}.",
                "It does not go with what is asked for: write it anew (`make lock`).",
            )


def _name(entry: str) -> str:
    try:
        return canonicalize_name(Requirement(entry).name)
    except InvalidRequirement:
        return entry
