"""M2's exercise: where it lies, who gets which dependency, and what a report has to say. What runs, its proof holds."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.places import CHECKS
from tests.suite_names import suite_names
from tests.view_sample import view

SUITE = CHECKS / "m02_package_manager"
TABLE = {"readings.csv": "sensor,hour,value\nroof,1,2.5\n"}
PROJECT = """\
[project]
name = "a"
version = "1"
requires-python = ">=3.11"
dependencies = ["jinja2==3.0.3", "numpy>=2"]

[project.optional-dependencies]
colour = ["rich"]

[dependency-groups]
dev = ["pytest", "ruff"]
"""
SKLEARN = '[project]\nname = "a"\nversion = "1"\ndependencies = ["scikit-learn==1.2.2"]\n'


@pytest.mark.parametrize(
    ("files", "folders"),
    [
        ({**TABLE, "report.py": "x = 1\n"}, ["."]),
        ({f"s1/a/{path}": text for path, text in TABLE.items()}, ["s1/a"]),
        ({"s1/pyproject.toml": SKLEARN, "s1/main.py": "import sklearn\n"}, ["s1"]),
        ({"s1/m2/main.py": "import numpy\n", "s2/main.py": "import numpy\n"}, ["s1/m2"]),
        ({"pyproject.toml": PROJECT, "uv.lock": "version = 1\n", "main.py": "import numpy\n"}, []),
        ({"requirements.txt": "scikit-learn>=1.2.2\n", "main.py": "import sklearn\n"}, []),
    ],
    ids=["the table", "a folder", "the course's pin", "by name", "any project", "a bound"],
)
def test_where_the_exercise_lies(tmp_path: Path, files: dict[str, str], folders: list[str]) -> None:
    assert suite_names(SUITE)["find_work"](view(tmp_path, files, profile="exercises")) == folders


def test_who_gets_what(tmp_path: Path) -> None:
    suite = suite_names(SUITE)
    files = {"pyproject.toml": PROJECT, "requirements.txt": "numpy==2.1\npytest==9\n"}
    submission = view(tmp_path, files, profile="exercises")
    assert {one.name for one in suite["always"](submission)} == {"jinja2", "numpy"}
    assert [one.name for one in suite["extras"](submission)] == ["rich"]
    assert {one.name for one in suite["development"](submission)} == {"pytest", "ruff"}


def test_without_a_project_everybody_gets_the_requirements(tmp_path: Path) -> None:
    suite = suite_names(SUITE)
    files = {"requirements.txt": "numpy==2.1\n", "requirements_dev.txt": "ruff\n"}
    submission = view(tmp_path, files, profile="exercises")
    assert [one.name for one in suite["always"](submission)] == ["numpy"]
    assert [one.name for one in suite["development"](submission)] == ["ruff"]
    assert suite["_frozen"](submission) == {"numpy": "2.1"}


@pytest.mark.parametrize(
    ("wanted", "exact"),
    [
        ("jinja2==3.0.3", True),
        ("jinja2==3.0.*", False),
        ("jinja2>=3.0.3", False),
        ("jinja2==3.0.3,<4", False),
    ],
)
def test_a_pin(tmp_path: Path, wanted: str, exact: bool) -> None:
    suite = suite_names(SUITE)
    submission = view(tmp_path, {**TABLE, "requirements.txt": wanted + "\n"}, profile="exercises")
    one, version = suite["pinned"](submission)
    assert (version, suite["is_exact"](one)) == ("3.0.3", exact)


def test_the_numbers_of_a_table_are_those_of_its_rows() -> None:
    text, wanted = suite_names(SUITE)["readings"](random.Random(3))
    rows = [line.split(",") for line in text.splitlines()[1:]]
    for name, (count, median, slope) in wanted.items():
        hours = [float(hour) for one, hour, _ in rows if one == name]
        values = [float(value) for one, _, value in rows if one == name]
        assert (count, median) == (len(values), pytest.approx(statistics.median(values)))
        assert slope == pytest.approx(statistics.linear_regression(hours, values).slope)


def report(wanted: dict[str, tuple[int, float, float]], line: str = "{}: {} of {:.2f}, {:.2f}") -> str:
    return "\n".join(line.format(name, *numbers) for name, numbers in wanted.items())


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text, _: text, ""),
        (lambda text, _: f"Report of 2026\n{text}", ""),
        (lambda text, name: text.replace(name, "x"), "a sensor has no line"),
        (lambda text, name: text.replace(f"{name}:", f"{name}: 1 2 3 4 5"), "much else is printed"),
        (lambda text, _: text.replace(" of ", " of 1"), "median"),
        (lambda text, _: f"{text}\n{text}", "much else is printed"),
    ],
    ids=["right", "a title", "a sensor less", "more numbers", "another median", "twice"],
)
def test_what_a_report_lacks(change: Callable[[str, str], str], why: str) -> None:
    suite = suite_names(SUITE)
    _, wanted = suite["readings"](random.Random(5))
    told = suite["missing_of"](change(report(wanted), next(iter(wanted))), wanted)
    assert (why in told) if why else not told
