"""Packages that student processes need besides their environment, for runs without Docker."""

from __future__ import annotations

import hashlib
import shutil
import sys
from importlib import metadata
from pathlib import Path

from grader.errors import EnvironmentFault
from grader.sandbox.runtime import STUDENT_PACKAGES, pins
from grader.user_cache import cache_folder, exclusive


def student_tools_local() -> Path:
    """Return a folder with the packages that student processes need: pytest, coverage, ipykernel, nbclient.

    They are copied from the grader's own installation: the same versions, no network. Its whole `site-packages` cannot
    be used: a dependency that a student forgot to declare would be found there, because the grader has it too.

    Raises:
        EnvironmentFault: the installation of the grader does not list its files.
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
            # Besides packages, only the kernel's description is needed; scripts name an interpreter.
            if "share" not in parts:
                continue
            parts = parts[parts.index("share") :]
        source = Path(str(file.locate()))
        if source.is_file() and source.suffix != ".pyc":
            place = target.joinpath(*parts)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)
