"""Other graders, from PyPI in environments that are thrown away after the run; nothing of them is kept here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.bench.rig import say


def environment_of(place: Path, package: str) -> Path:
    """Make an environment with a package in it; return its folder of programs."""
    say(f"  {package} is installed")
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    programs = place / ("Scripts" if sys.platform == "win32" else "bin")
    install = [str(programs / "python"), "-m", "pip", "install", "--quiet", package]
    subprocess.run(install, check=True, stdout=sys.stderr)
    return programs


def version_in(programs: Path, package: str) -> str:
    """Return the version of a package in an environment."""
    code = f"from importlib.metadata import version; print(version({package!r}))"
    done = subprocess.run(
        [programs / "python", "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    )
    return done.stdout.decode().strip()
