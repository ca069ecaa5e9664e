"""Which Python a repository asks for, and whether its coverage settings leave code out."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.repository.submission_view import SubmissionView
from grader.suite.inventory_parts.tool_inventory import settings


def _settings(root: Path, files: dict[str, str]) -> dict[str, str]:
    for path, text in {"src/plants/model.py": "x = 1\n", "tests/test_model.py": "", **files}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return {name: place["text"] for name, place in settings(SubmissionView(root, {})).items()}


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("pyproject.toml", '[project]\nrequires-python = ">=3.11"\n', "project.requires-python"),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.11"\n', "project.requires-python"),
        (".python-version", "3.11\n", ".python-version"),
        ("tasks.py", 'PYTHON_VERSION = "3.11"\n', "tasks.python"),
        ("Makefile", "PYTHON_VERSION ?= 3.11\n", "make.python"),
    ],
)
def test_the_python_that_is_asked_for(tmp_path: Path, path: str, text: str, name: str) -> None:
    assert "3.11" in _settings(tmp_path, {path: text})[name]


@pytest.mark.parametrize(
    ("path", "text", "left_out"),
    [
        ("pyproject.toml", '[tool.coverage.run]\nomit = ["tests/*", "src/plants/*"]\n', True),
        ("pyproject.toml", '[tool.coverage.report]\nomit = ["*/model.py"]\n', True),
        ("pyproject.toml", '[tool.coverage.run]\nomit = ["tests/*", "*/venv/*", "*/__init__.py"]\n', False),
        ("pyproject.toml", "[tool.coverage.run]\nomit = 3\n", False),
        (".coveragerc", "[run]\nomit =\n    tests/*\n    src/plants/model.py\n", True),
        (".coveragerc", "[run\nomit = src/plants/model.py\n", False),
        ("setup.cfg", "[coverage:run]\nomit = src/*, tests/*\n", True),
    ],
)
def test_coverage_settings_that_leave_code_out(tmp_path: Path, path: str, text: str, left_out: bool) -> None:
    assert ("coverage.omit" in _settings(tmp_path, {path: text})) is left_out
