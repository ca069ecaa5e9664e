"""Student environments for the local sandbox, made by uv on this machine, whatever its system."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uv

from grader.environment.install import (
    Environment,
    Site,
    environments_folder,
    find_or_make,
    with_wheels,
    work_folder,
)
from grader.environment.overrides import Overrides, plan
from grader.environment.requirements import Requirements
from grader.environment.resolution.runner import Ran, Runner
from grader.errors import EnvironmentFault
from grader.sandbox.package_index import host_settings
from grader.sandbox.runtime import machine

#: Timeout in seconds for one environment.
DEADLINE_S = 600.0
OUTPUT_BYTES = 256 * 1024

_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def prepare_local(
    requirements: Requirements, *, overrides: Overrides, progress: Callable[[str], None]
) -> Environment:
    """Return the environment of a submission for this machine and the interpreter that runs the grader.

    Raises:
        EnvironmentFault: no index, no disk space, or a timeout. Packages that do not exist are in `Environment.missing`.
    """
    settings = host_settings()
    folder = environments_folder("local")
    interpreter = Path(sys.executable).resolve()
    site = Site(
        folder=folder,
        inside=str(folder),
        python="Scripts/python.exe" if sys.platform == "win32" else "bin/python",
        kind=f"local {sys.platform} {platform.machine()} {platform.python_version()} {interpreter}",
    )
    decided = plan(
        overrides,
        link_folders=settings.link_folders,
        python=_PYTHON,
        machine=machine(platform.machine()),
        linux=sys.platform == "linux",
    )
    environment = os.environ | with_wheels(site, settings.uv_environment())
    environment |= {
        "UV_CACHE_DIR": str(folder / ".uv"),
        "UV_NO_WRAP": "1",
        "NO_COLOR": "1",
        "UV_PYTHON_DOWNLOADS": "never",
    }

    @contextmanager
    def start(digest: str) -> Iterator[Runner]:
        yield _LocalRunner(work_folder(site, digest), environment)

    return find_or_make(requirements, decided, site, start=start, progress=progress)


class _LocalRunner:
    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.inside, self.python = folder, str(folder), sys.executable
        self._environment = environment
        self._deadline = time.monotonic() + DEADLINE_S

    def uv(self, *arguments: str) -> Ran:
        return self._run([uv.find_uv_bin(), *arguments])

    def interpreter(self, *arguments: str) -> Ran:
        return self._run([sys.executable, *arguments])

    def _run(self, command: list[str]) -> Ran:
        # Run in a folder of the grader: uv reads settings from its working folder, and a submission may contain some.
        try:
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=max(self._deadline - time.monotonic(), 0.1),
                check=False,
            )
        except subprocess.TimeoutExpired as problem:
            raise EnvironmentFault(
                f"Installing the dependencies took longer than {DEADLINE_S:.0f} s.",
                "Try again: what was fetched is kept.",
            ) from problem
        return Ran(code=done.returncode, output=done.stdout[:OUTPUT_BYTES].decode("utf-8", "replace"))
