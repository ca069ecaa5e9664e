"""The Python packages beside suites and student processes, in the versions that the grader itself has.

Same versions on a laptop and in a container, so that a suite sees the same pytest everywhere.
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
from grader.sandbox.host import cache_folder, exclusive, host_settings

#: What the suite's process imports.
SUITE_PACKAGES = ("pytest", "pyyaml", "dockerfile-parse", "nbformat", "packaging", "detect-secrets", "ruff")
#: What a student process may need beside its own environment: it comes last on its `sys.path`.
STUDENT_PACKAGES = ("pytest", "coverage", "ipykernel", "nbclient", "nbformat")

#: Seconds for one call of uv that installs the packages above.
INSTALL_S = 300.0

_ARCHITECTURES = {"amd64": "x86_64", "arm64": "aarch64"}


@functools.cache
def pins(roots: tuple[str, ...]) -> tuple[str, ...]:
    """`name==version` of `roots` and all they need, as the grader has them; what is absent is left out."""
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
    """The processor `arch` (Docker's name: amd64, arm64) as wheels call it: x86_64, aarch64."""
    return _ARCHITECTURES.get(arch.lower(), arch)


def wheel_platform(arch: str) -> str:
    """uv's name of a Linux with glibc on `arch`, which is Docker's name."""
    return f"{machine(arch)}-manylinux_2_28"


def install_wheels(roots: tuple[str, ...], target: Path, *, python: str, arch: str) -> bool:
    """Put wheels of `roots` for another interpreter into the folder `target`.

    Args:
        python: version of the interpreter, major.minor.
        arch: Docker's name of the processor.

    Returns:
        Whether the versions are those of this machine: an older Python may not have them.

    Raises:
        SandboxError: no index, or no wheel for that interpreter.
    """
    with tempfile.TemporaryDirectory(prefix="grader-uv-") as folder:
        constraints = Path(folder, "constraints.txt")
        constraints.write_text("\n".join(pins(roots)) + "\n", encoding="utf-8")
        for pinned in (["--constraints", str(constraints)], []):
            shutil.rmtree(target, ignore_errors=True)
            command = [
                *(uv.find_uv_bin(), "pip", "install", "--quiet", "--color", "never"),
                *("--python", sys.executable, "--target", str(target), "--link-mode", "copy"),
                *("--python-version", python, "--python-platform", wheel_platform(arch)),
                *("--only-binary", ":all:", *pinned, *roots),
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
            if done.returncode == 0:
                return bool(pinned)
    raise SandboxError(
        f"uv could not fetch {', '.join(roots)} for Python {python}: {done.stderr.strip()[-600:]}",
        "Check that a package index can be reached (pip's settings are used).",
    )


def linux_uv(arch: str) -> Path:
    """A uv that runs in a Linux container of `arch`: this machine's own, or one fetched into the cache.

    Raises:
        SandboxError: it could not be fetched.
    """
    if sys.platform == "linux" and machine(arch) == platform.machine():
        return Path(uv.find_uv_bin()).resolve()
    version = metadata.version("uv")
    folder = cache_folder("uv", f"{version}-{arch}")
    binary = folder / "package" / "bin" / "uv"
    with exclusive(folder / "lock"):
        if not binary.is_file():
            install_wheels(("uv",), folder / "part", python="3.11", arch=arch)
            shutil.rmtree(folder / "package", ignore_errors=True)
            (folder / "part").rename(folder / "package")
    return binary
