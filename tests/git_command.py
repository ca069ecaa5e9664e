"""git as tests run it: one identity, and no configuration of the machine."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@uni.dk",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@uni.dk",
}


def git(folder: Path, *args: str, stdin: bytes | None = None, **environment: str) -> str:
    """Run `git …` in a folder, and return what it printed."""
    done = subprocess.run(
        ["git", *args],
        cwd=folder,
        env=ENVIRONMENT | environment,
        input=stdin,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()
