"""What tests of several folders share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from hypothesis import is_hypothesis_test, settings

from grader.sandbox.container.image import connect
from tests.git_command import git

FILES = {
    "dockerfiles/train.dockerfile": (
        "FROM python:3.12-slim\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt --no-cache-dir\n"
        'COPY src/ src/\nENTRYPOINT ["python", "-u", "src/train.py"]\n'
    ),
    "requirements.txt": "six\n",
    "src/train.py": "print('loss 0.1')\n",
}
# Chosen by `--hypothesis-profile`. A busy machine fails no example: time is a limit of `tests.cpu`. CI tries the same
# examples each time, and prints what runs one again.
settings.register_profile("local", deadline=None)
settings.register_profile("fast", settings.get_profile("local"), max_examples=10)
settings.register_profile(
    "ci", settings.get_profile("local"), max_examples=100, derandomize=True, print_blob=True
)
settings.load_profile("local")

# A service that sets `CI` runs these tests, too, and names are hidden there by default: tests of that set it themselves.
os.environ.pop("CI", None)

DAY = "2026-01-05T10:00:00+0100"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Trace no random examples for coverage: a hundred of them reach the same lines, and take more than twice the time."""
    for item in items:
        if is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker("no_cover")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a small repository with a Dockerfile, committed."""
    root = tmp_path / "repository"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "Train in a container", GIT_AUTHOR_DATE=DAY, GIT_COMMITTER_DATE=DAY)
    return root


@pytest.fixture(scope="session")
def docker_client() -> Iterator[docker.DockerClient]:
    """Return a client of the daemon: without one these tests fail, as nothing skips them."""
    client = connect()
    yield client
    client.close()
