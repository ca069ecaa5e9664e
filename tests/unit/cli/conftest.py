"""Where the command line is run: in an empty folder of a machine without Docker."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder of the test's own, with plain output, and without a daemon, whether the machine has one or not."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "COLUMNS": "200",
        "NO_COLOR": "1",
        "DOCKER_HOST": "unix:///nonexistent/docker.sock",
        "DOCKER_CONTEXT": "default",
    }.items():
        monkeypatch.setenv(name, value)
