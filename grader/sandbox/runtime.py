"""The Python packages of suites and student processes, in the versions of the image's lock.

The lock ships with the grader and takes precedence over installed versions, so all images of one grader hold the same
packages. Without Docker, suites use this installation, and results name the versions that differ.
"""

from __future__ import annotations

import functools
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

import uv
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from grader.errors import SandboxError
from grader.sandbox.lock import LOCKED_PYTHONS, for_target, image_lock, target
from grader.sandbox.package_index import host_settings
from grader.user_cache import cache_folder, exclusive

#: Packages that the suite's process imports.
SUITE_PACKAGES = ("pytest", "pyyaml", "dockerfile-parse", "nbformat", "packaging", "ruff", "httpx")
#: Packages that a student process may need besides its own environment; they come last on its `sys.path`.
STUDENT_PACKAGES = ("pytest", "coverage", "ipykernel", "nbclient", "nbformat")

#: Timeout in seconds for one call of uv that installs the packages above.
INSTALL_S = 300.0

_ARCHITECTURES = {"amd64": "x86_64", "arm64": "aarch64"}


@functools.cache
def pins(roots: tuple[str, ...]) -> tuple[str, ...]:
    """Return `name==version` of `roots` and all their dependencies, as installed with the grader; absent ones are left out."""
    found: dict[str, str] = {}
    todo = list(roots)
    while todo:
        name = canonicalize_name(todo.pop())
        if name in found:
            continue
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        found[name] = distribution.version
        for line in distribution.requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                todo.append(requirement.name)
    return tuple(sorted(f"{name}=={version}" for name, version in found.items()))


def machine(arch: str) -> str:
    """Return the processor `arch` (Docker's name: amd64, arm64) as wheels name it: x86_64, aarch64."""
    return _ARCHITECTURES.get(arch.lower(), arch)


def wheel_platform(arch: str) -> str:
    """Return uv's name of a Linux platform with glibc on `arch`, which is Docker's name."""
    return f"{machine(arch)}-manylinux_2_28"


def departures() -> dict[str, tuple[str, str]]:
    """Return the packages of suites and student processes that are installed here in another version than locked.

    Returns:
        by name, the version here and the locked one.
    """
    here = dict(pin.split("==", 1) for pin in pins((*SUITE_PACKAGES, *STUDENT_PACKAGES)))
    locked = for_target(image_lock(), target())
    return {
        name: (version, locked[name].version)
        for name, version in here.items()
        if name in locked and locked[name].version != version
    }


def install_wheels(roots: tuple[str, ...], folder: Path, *, python: str, arch: str) -> bool:
    """Install wheels of `roots` for another interpreter into `folder`; check hashes if the lock has them.

    Args:
        python: version of the interpreter, major.minor.
        arch: Docker's name of the processor.

    Returns:
        True if the versions are the lock's, which does not cover every Python version.

    Raises:
        SandboxError: no index, no wheel for that interpreter, or a wheel with another hash.
    """
    locked = python in LOCKED_PYTHONS
    with tempfile.TemporaryDirectory(prefix="grader-uv-") as scratch:
        shutil.rmtree(folder, ignore_errors=True)
        command = [
            *(uv.find_uv_bin(), "pip", "install", "--quiet", "--color", "never"),
            *("--python", sys.executable, "--target", str(folder), "--link-mode", "copy"),
            *("--python-version", python, "--python-platform", wheel_platform(arch)),
            *("--only-binary", ":all:", *(_locked(roots, Path(scratch), python, arch) if locked else roots)),
        ]
        environment = os.environ | host_settings().uv_environment()
        try:
            done = subprocess.run(
                command,
                cwd=cache_folder(),
                env=environment,
                capture_output=True,
                text=True,
                timeout=INSTALL_S,
                check=False,
            )
        except subprocess.TimeoutExpired as problem:
            raise SandboxError(
                f"Fetching {', '.join(roots)} took longer than {INSTALL_S:.0f} s.", "Check the network."
            ) from problem
    if done.returncode != 0:
        raise SandboxError(
            f"uv could not fetch {', '.join(roots)} for Python {python}: {done.stderr.strip()[-600:]}",
            "Check that a package index can be reached (pip's settings are used).",
        )
    return locked


def _locked(roots: tuple[str, ...], scratch: Path, python: str, arch: str) -> list[str]:
    """Return uv options that install `roots` as locked; the hashes of dependencies come from a constraints file."""
    entries = for_target(image_lock(), target(python, linux=True, machine=machine(arch)))
    files = {"wanted": roots, "constraints": tuple(entries)}
    for name, members in files.items():
        lines = [entries[member].line for member in members]
        (scratch / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [
        *("--require-hashes", "--requirements", str(scratch / "wanted.txt")),
        *("--constraints", str(scratch / "constraints.txt")),
    ]


def linux_uv(arch: str) -> Path:
    """Return a uv that runs in a Linux container of `arch`: this machine's own, or one downloaded into the cache.

    Raises:
        SandboxError: it could not be downloaded.
    """
    if sys.platform == "linux" and machine(arch) == platform.machine():
        return Path(uv.find_uv_bin()).resolve()
    version = for_target(image_lock(), target("3.11", linux=True))["uv"].version
    folder = cache_folder("uv", f"{version}-{arch}")
    binary = folder / "package" / "bin" / "uv"
    with exclusive(folder / "lock"):
        if not binary.is_file():
            install_wheels(("uv",), folder / "part", python="3.11", arch=arch)
            shutil.rmtree(folder / "package", ignore_errors=True)
            (folder / "part").rename(folder / "package")
    return binary
