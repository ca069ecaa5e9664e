"""M2: an environment of the project's own."""

from collections.abc import Mapping
from typing import Any

import pytest

from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m02_package_manager"
CODE = {"fit.py": "import numpy\n"}
LOCK = "version = 1\n"
PIP = {"requirements.txt": "numpy==2.1\n"}
CONDA = "name: fit\nchannels: [defaults]\ndependencies:\n  - python=3.11\n"


def judge(files: Mapping[str, str | bytes], check: str = "the_project_has_its_own_environment") -> Any:
    result = run_check(SUITE, check, {**CODE, **files}, profile="project")
    return (result.verdict, result.points)


@pytest.mark.parametrize(
    "files",
    [
        PIP,
        {"uv.lock": LOCK},
        {"backend/requirements.txt": "fastapi\n"},
        {"pyproject.toml": '[project]\nname = "fit"\ndependencies = ["numpy"]\n'},
        {"pyproject.toml": '[tool.poetry]\nname = "fit"\n[tool.poetry.dependencies]\nnumpy = "^2"\n'},
        {"environment.yml": CONDA},
        {"mlops_env.yaml": CONDA},
        {"Pipfile": '[packages]\nnumpy = "*"\n'},
        {"pixi.toml": '[dependencies]\nnumpy = "*"\n'},
        {"setup.py": "from setuptools import setup\nsetup(install_requires=['numpy'])\n"},
        {
            "tasks.py": "from invoke import task\n@task\ndef env(ctx):\n    ctx.run('conda create --name fit -y')\n"
        },
    ],
)
def test_an_environment_is_declared(files: Mapping[str, str | bytes]) -> None:
    assert judge(files) == ("passed", 1)


@pytest.mark.parametrize(
    "files",
    [
        {"requirements.txt": "# numpy\n"},
        {"uv.lock": ""},
        {"pyproject.toml": '[project]\nname = "fit"\nversion = "1"\n'},
        {"uv.lock": "", "config.yaml": "name: fit\ndependencies: none\n"},
        {"Pipfile": "", "venv/pyvenv.cfg": "home = /usr/bin\n"},
    ],
)
def test_nothing_is_declared(files: dict[str, str]) -> None:
    assert judge(files) == ("partial", 0)


def test_a_command_in_prose_is_no_work() -> None:
    assert judge({"README.md": "conda create --name fit\n"})[0] == "blocked"


def test_an_environment_that_is_committed_is_one() -> None:
    assert judge({**PIP, ".venv/pyvenv.cfg": "home = /usr/bin\n"}) == ("partial", 0.5)


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({**PIP, "uv.lock": LOCK}, "passed"),
        (PIP, "passed"),
        ({"requirements.txt": "numpy>=2,<3\ntyper~=0.15\n"}, "passed"),
        ({"requirements.txt": "numpy\ntyper==0.15\n"}, "partial"),
        ({"requirements.txt": "numpy\ntyper>=0.15\n"}, "failed"),
        ({"requirements.txt": "a @ git+https://github.com/a/a\n"}, "not_applicable"),
    ],
)
def test_versions(files: Mapping[str, str | bytes], verdict: str) -> None:
    assert judge(files, "versions_are_fixed")[0] == verdict
