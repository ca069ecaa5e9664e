"""Checks and the environment step read dependency files alike: a claim and an installation cannot disagree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.environment import Requirements, read_requirements
from grader.repository.submission_view import SubmissionView
from tests.view_sample import view

FILES: dict[str, dict[str, str]] = {
    "requirements": {
        "requirements.txt": "-r base.txt\n-c bounds.txt\nnumpy>=2\ntyper[all] ; python_version > '3'\n",
        "base.txt": "rich\n",
        "bounds.txt": "pandas<3\n",
    },
    "folder": {"requirements/base.txt": "numpy\n"},
    "requirements.in": {"requirements.in": "numpy>=2\n"},
    "pyproject": {
        "pyproject.toml": '[project]\nname = "fit"\ndependencies = ["numpy>=2"]\n'
        '[project.optional-dependencies]\ndev = ["ruff"]\n[dependency-groups]\ntest = ["pytest"]\n'
        '[tool.uv]\ndev-dependencies = ["mypy"]\n'
    },
    "dynamic": {
        "pyproject.toml": '[tool.setuptools.dynamic]\ndependencies = { file = ["reqs.txt"] }\n',
        "reqs.txt": "numpy\n",
    },
    "poetry": {
        "pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.11"\nnumpy = "^2.1"\n'
        'typer = { version = "0.15", extras = ["all"] }\n[tool.poetry.group.x.dependencies]\nrich = "*"\n'
    },
    "pdm": {"pyproject.toml": '[tool.pdm.dev-dependencies]\nlint = ["ruff>=0.9"]\n'},
    "pixi": {"pixi.toml": '[dependencies]\nnumpy = "2.1.*"\n[pypi-dependencies]\ntyper = ">=0.15"\n'},
    "pipfile": {"Pipfile": '[packages]\nnumpy = ">=2"\n[dev-packages]\nruff = "*"\n'},
    "conda": {
        "environment.yml": "name: a\ndependencies:\n  - python=3.11\n  - numpy=2.1\n  - pip:\n    - rich\n"
    },
    "setup.cfg": {
        "setup.cfg": "[options]\ninstall_requires =\n    numpy>=2\n[options.extras_require]\ndev = ruff\n"
    },
    "setup.py": {
        "setup.py": "from setuptools import setup\nA = ['numpy']\n"
        "setup(install_requires=A, extras_require={'dev': ['ruff']})\n"
    },
}


def both(root: Path, files: dict[str, str]) -> tuple[SubmissionView, Requirements]:
    return view(root, files), read_requirements(root, list(files))


def installed(found: Requirements) -> set[str]:
    return {re.split(r"[^a-z0-9-]", entry)[0] for entry in found.entries}


@pytest.mark.parametrize("case", FILES)
def test_what_checks_see_is_what_is_installed(tmp_path: Path, case: str) -> None:
    submission, found = both(tmp_path, FILES[case])
    assert submission.dependencies == installed(found)
    assert submission.dependencies != set()


ELSEWHERE: dict[str, dict[str, str]] = {
    "uv source": {
        "pyproject.toml": '[project]\ndependencies = ["clip", "numpy"]\n[tool.uv.sources]\n'
        'clip = { git = "https://code.example/clip" }\n'
    },
    "poetry git": {
        "pyproject.toml": '[tool.poetry.dependencies]\nclip = { git = "https://code.example/clip" }\nnumpy = "2"\n'
    },
    "Pipfile path": {"Pipfile": '[packages]\nclip = { path = "../clip" }\nnumpy = "*"\n'},
    "requirements": {"requirements.txt": "clip @ git+https://code.example/clip\nnumpy\n"},
    "egg": {"requirements.txt": "-e git+https://code.example/clip#egg=clip\nnumpy\n"},
}


@pytest.mark.parametrize("case", ELSEWHERE)
def test_what_comes_from_elsewhere_is_so_for_both(tmp_path: Path, case: str) -> None:
    submission, found = both(tmp_path, ELSEWHERE[case])
    assert [one.name for one in submission.requirements if one.url] == ["clip"]
    assert installed(found) == {"numpy"}
    assert any("clip" in refused.text for refused in found.refused)


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("pyproject.toml", '[project]\nname = "x\n', 2),
        ("pyproject.toml", '[project]\nname = "x"\ndependencies = "numpy"\n', 3),
        ("environment.yml", "name: a\ndependencies:\n - a\n  - b: [\n", 4),
        ("setup.cfg", "[options]\nx = 1\nnonsense\n", 3),
        ("setup.py", "x = 1\ndef\n", 2),
        ("Pipfile", "[packages]\nnumpy = \n", 2),
    ],
)
def test_what_is_broken_is_so_for_both_and_in_the_same_line(
    tmp_path: Path, path: str, text: str, line: int
) -> None:
    submission, found = both(tmp_path, {path: text})
    assert [place.line for fault in submission.declarations.broken for place in fault.evidence] == [line]
    assert [(refused.path, refused.line) for refused in found.refused] == [(path, line)]
