"""Student environments for the local sandbox: the same by uv on this machine, whatever its system."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import uv

from grader.errors import EnvironmentFault
from grader.sandbox.environment_install import (
    Environment,
    Site,
    environments_folder,
    find_or_make,
    with_wheels,
    work_folder,
)
from grader.sandbox.environment_plan import Overrides, plan
from grader.sandbox.environment_requirements import Requirements
from grader.sandbox.environment_runner import Ran, Runner
from grader.sandbox.host import cache_folder, exclusive, host_settings
from grader.sandbox.runtime import STUDENT_PACKAGES, machine, pins

#: Seconds for one environment.
DEADLINE_S = 600.0
OUTPUT_BYTES = 256 * 1024

_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def prepare_local(
    requirements: Requirements, *, overrides: Overrides, progress: Callable[[str], None]
) -> Environment:
    """The environment of a submission for this machine and the interpreter that runs the grader.

    Raises:
        EnvironmentFault: no index, no disk or no time. What does not exist is in `Environment.missing`.
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


def student_tools_local() -> Path:
    """A folder with what student processes need beside their environment: pytest, coverage, ipykernel, nbclient.

    Copied from the grader's own installation: the same versions, no network. Its `site-packages` as a whole will
    not do: a dependency that a student forgot to name would be found there, because the grader has it too.

    Raises:
        EnvironmentFault: the grader was installed in a way that does not tell its files.
    """
    wanted = pins(STUDENT_PACKAGES)
    digest = hashlib.sha256("\n".join([*wanted, sys.version, sys.platform]).encode()).hexdigest()[:24]
    folder = cache_folder("tools") / digest
    if folder.is_dir():
        return folder
    with exclusive(cache_folder("tools") / f"{digest}.lock"):
        if not folder.is_dir():
            part = folder.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            for name in (pin.partition("==")[0] for pin in wanted):
                _copy(metadata.distribution(name), part)
            part.rename(folder)
    return folder


def _copy(distribution: metadata.Distribution, target: Path) -> None:
    if distribution.files is None:
        raise EnvironmentFault(
            f"The installation of {distribution.name} does not say which files it has.",
            "Install the grader with pipx, uv or pip, in an environment of its own.",
        )
    for file in distribution.files:
        parts = file.parts
        if ".." in parts:
            # Beside the packages only the kernel's description is of use; scripts name an interpreter.
            if "share" not in parts:
                continue
            parts = parts[parts.index("share") :]
        source = Path(str(file.locate()))
        if source.is_file() and source.suffix != ".pyc":
            place = target.joinpath(*parts)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)


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
        # Started in a folder of the grader's own: uv looks for settings there, and a submission may have some.
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
