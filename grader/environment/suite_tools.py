"""The tools of suites (locust, mkdocs, mypy): installed from the course's own lock, each in an environment of its own.

They are the course's, not the students': a submission decides neither their versions nor whether they are there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from pathlib import Path

from grader.course.module import SuiteTool
from grader.environment.in_container import prepare_docker
from grader.environment.on_host import prepare_local
from grader.environment.overrides import Overrides
from grader.environment.requirements import Requirements
from grader.errors import CourseError, EnvironmentFault
from grader.sandbox.container.container_sandbox import DockerSandbox
from grader.sandbox.lock import Locked, for_target, read_lock, target
from grader.sandbox.protocol import InstalledTool, Sandbox

#: The versions of all tools, beside the suites: written by `make lock`.
TOOLS_LOCK = "tools.lock"

_log = logging.getLogger(__name__)


def prepare_suite_tools(
    tools: Iterable[SuiteTool], sandbox: Sandbox, course: Path, progress: Callable[[str], None]
) -> tuple[InstalledTool, ...]:
    """Install the tools of the planned modules, from the cache if they are there.

    A tool that cannot be installed raises nothing: its `fault` says why, and only the checks that start it become errors.

    Raises:
        CourseError: `checks/tools.lock` does not read.
    """
    wanted = {tool.name: tool for tool in tools}
    locked = _read_tools_lock(course / "checks" / TOOLS_LOCK) if wanted else ()
    return tuple(_install_tool(tool, locked, sandbox, progress) for _, tool in sorted(wanted.items()))


def _install_tool(
    tool: SuiteTool, locked: tuple[Locked, ...], sandbox: Sandbox, progress: Callable[[str], None]
) -> InstalledTool:
    docker = sandbox if isinstance(sandbox, DockerSandbox) else None
    python = ".".join(sandbox.python.split(".")[:2])
    pins = tuple(for_target(locked, target(python, linux=docker is not None)).values())
    requirements = Requirements(
        entries=tool.distributions, constraints=tuple(entry.pin for entry in pins), locked=pins
    )
    try:
        if docker is not None:
            made = prepare_docker(
                requirements, docker.image, client=docker.client, overrides=Overrides(), progress=progress
            )
        else:
            made = prepare_local(requirements, overrides=Overrides(), progress=progress)
    except EnvironmentFault as problem:
        return InstalledTool(name=tool.name, fault=str(problem))
    for name in tool.distributions:
        if name in made.missing:
            return InstalledTool(name=tool.name, fault=f"{name}: {made.missing[name]}")
    _log.info("tool %s %s installed", tool.name, made.installed.get(tool.name, ""))
    return InstalledTool(
        name=tool.name,
        folder=made.path,
        mount=made.mount,
        interpreter=made.python,
        beside_students=tool.beside_students,
    )


def _read_tools_lock(path: Path) -> tuple[Locked, ...]:
    try:
        return read_lock(path.read_text(encoding="utf-8")) if path.is_file() else ()
    except (OSError, ValueError) as problem:
        raise CourseError(f"{path} does not read: {problem}.", "Write it anew: `make lock`.") from problem
