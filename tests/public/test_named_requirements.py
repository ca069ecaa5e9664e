"""Requirements files under names that no tool looks for: a command names them, and so they declare.

Public repositories call them `DEPENDENCIES` (jgorset/facepy#29), `requiredlibraries.txt`
(salesforce-marketingcloud/FuelSDK-Python#4), or keep them beside what installs them; dependabot asks for a name or a folder
with `requirements` in it (dependabot/feedback#111).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.environment import read_requirements
from tests.cpu import ends_within
from tests.view_sample import view

Files = dict[str, str]
TORCH = "torch>=2\n"


def workflow(run: str, folder: str = "workflows") -> Files:
    step = f"      - run: {run}\n"
    return {
        f".github/{folder}/ci.yml": f"on: push\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n{step}"
    }


NAMED: dict[str, Files] = {
    "an image": {"Dockerfile": "FROM python:3.12\nCOPY DEPENDENCIES .\nRUN pip install -r DEPENDENCIES\n", "DEPENDENCIES": TORCH},
    "an image, elsewhere": {
        "docker/api.dockerfile": "FROM python:3.12\nCOPY docker/api-deps.txt /tmp/\nRUN pip install --no-cache-dir \\\n"
        "    --upgrade -r /tmp/api-deps.txt\n",
        "docker/api-deps.txt": TORCH,
    },
    "an image, as a list": {
        "Dockerfile": 'FROM python:3.12\nRUN ["pip", "install", "-r", "deps.txt"]\n',
        "deps.txt": TORCH,
    },
    "a workflow": {**workflow("uv pip install --system --requirement=ci/deps.txt"), "ci/deps.txt": TORCH},
    "a workflow, joined": {**workflow("python -m pip --quiet install -rrequiredlibraries.txt"), "requiredlibraries.txt": TORCH},
    "an action": {
        ".github/actions/setup/action.yml": "runs:\n  using: composite\n  steps:\n    - run: pip3 install -r 'reqs.txt' -e .\n",
        "reqs.txt": TORCH,
    },
    "a Makefile below": {"app/Makefile": "install:\n\t@pip install -r deps.pip\n", "app/deps.pip": TORCH},
    "a task": {"tasks.py": 'def a(ctx):\n    ctx.run("uv pip install -r deps.txt", echo=True)\n', "deps.txt": TORCH},
    "a session of nox": {"noxfile.py": "def a(session):\n    session.install('-r', 'deps.txt')\n", "deps.txt": TORCH},
    "an environment of tox": {"tox.ini": "[testenv]\ndeps =\n    -rdeps.txt\n    py311: -r other.txt\n", "deps.txt": TORCH},
    "included in turn": {"run.sh": "pip install -r all.pip\n", "all.pip": "-r base.pip\n", "base.pip": TORCH},
    "deep below": {**workflow("pip install -r a/b/c/d/requirements.txt"), "a/b/c/d/requirements.txt": TORCH},
}  # fmt: skip

#: Each looks like one above and names no file that declares.
NOT_NAMED: dict[str, Files] = {
    "a comment": {"Dockerfile": "FROM python:3.12\n# RUN pip install -r deps.txt\n", "deps.txt": TORCH},
    "prose": {"README.md": "`pip install -r deps.txt`\n", "deps.txt": TORCH},
    "bounds": {"Dockerfile": "FROM python:3.12\nRUN pip install -c deps.txt numpy\n", "deps.txt": TORCH},
    "another command": {"run.sh": "pip install numpy && rm -r deps.txt\n", "deps.txt": TORCH},
    "a file of nobody": {"run.sh": "pip install -r deps.txt\n", "a/deps.txt": TORCH, "b/deps.txt": TORCH},
    "outside": {"run.sh": "pip install -r ../../etc/deps\n", "deps.txt": TORCH},
    "a part of a name": {"run.sh": "pip install -r deps-$KIND.txt\n", "deps-": TORCH, "deps.txt": TORCH},
    "a download": {"run.sh": "pip download -r deps.txt\n", "deps.txt": TORCH},
}


def declared(root: Path, files: Files) -> tuple[set[str], tuple[str, ...]]:
    return set(view(root, files).dependencies), read_requirements(root, list(files)).entries


@pytest.mark.parametrize("case", NAMED)
def test_a_file_that_a_command_installs_from_declares(case: str, tmp_path: Path) -> None:
    assert declared(tmp_path, NAMED[case]) == ({"torch"}, ("torch>=2",))


@pytest.mark.parametrize("case", NOT_NAMED)
def test_a_file_that_is_only_mentioned_does_not(case: str, tmp_path: Path) -> None:
    assert declared(tmp_path, NOT_NAMED[case]) == (set(), ())


def test_hostile_commands_are_searched_in_linear_time(tmp_path: Path) -> None:
    long = {
        "a.sh": "pip install " + "-r" * 90_000,
        "b.sh": "pip " + "--x " * 40_000,
        "c.sh": "pip install -r x\n" * 10_000,
        "tox.ini": "deps = " + " " * 150_000 + "\n",
        "noxfile.py": "install" * 25_000,
    }

    def read() -> None:
        assert declared(tmp_path, long) == (set(), ())

    ends_within(10, read)
