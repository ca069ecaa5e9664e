"""M6's traps of packages: what describes one, what only configures tools, and what a build cannot find."""

from __future__ import annotations

import pytest

from grader.testing import run_check

CODE = {"src/digits/__init__.py": "", "src/digits/model.py": "class Model:\n    pass\n"}
PYPROJECT = '[project]\nname = "digits"\nversion = "1"\ndependencies = ["torch"]\n'
SETUPTOOLS = '[build-system]\nbuild-backend = "setuptools.build_meta"\n'
LISTED = SETUPTOOLS + "[tool.setuptools]\npackages = ['digits']\npackage-dir = {'' = 'src'}\n"


def verdict(check: str, files: dict[str, str]) -> str:
    return run_check("checks/m06_code_structure", check, files, profile="project").verdict


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"pyproject.toml": PYPROJECT}, "passed"),
        ({"pyproject.toml": PYPROJECT.replace("version", "dynamic").replace('"1"', '["version"]')}, "passed"),
        ({"pyproject.toml": '[tool.poetry]\nname = "digits"\nversion = "1"\n'}, "passed"),
        ({"setup.py": "from setuptools import setup\nsetup(name='digits')\n"}, "passed"),
        ({"setup.cfg": "[metadata]\nname = digits\n"}, "passed"),
        ({"pyproject.toml": PYPROJECT + '[build-system]\nbuild-backend = "uv_build"\n'}, "passed"),
        ({"pyproject.toml": PYPROJECT + "[tool.uv]\npackage = false\n"}, "not_applicable"),
        ({"pyproject.toml": PYPROJECT.replace("digits", "cats")}, "passed"),
        ({"pyproject.toml": PYPROJECT.replace("digits", "cats") + SETUPTOOLS}, "passed"),
        ({"pyproject.toml": PYPROJECT.replace("digits", "cats") + LISTED}, "passed"),
        ({"pyproject.toml": PYPROJECT + LISTED.replace("'digits'", "'digits', 'cats'")}, "failed"),
        ({"pyproject.toml": PYPROJECT + LISTED.replace("src", ".")}, "failed"),
        (
            {
                "pyproject.toml": PYPROJECT.replace("digits", "cats")
                + '[build-system]\nbuild-backend = "hatchling.build"\n'
            },
            "failed",
        ),
        ({"pyproject.toml": PYPROJECT.replace("digits", "my digits")}, "failed"),
        ({"pyproject.toml": "[project\n"}, "failed"),
        ({"pyproject.toml": "project = 3\n"}, "failed"),
        ({}, "not_applicable"),
    ],
)
def test_installing(files: dict[str, str], expected: str) -> None:
    assert verdict("package_can_be_installed", CODE | files) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"pyproject.toml": PYPROJECT}, "passed"),
        ({"setup.cfg": "[metadata]\nname = digits\n"}, "passed"),
        ({"pyproject.toml": PYPROJECT + "[tool.uv]\npackage = false\n"}, "partial"),
        ({"pyproject.toml": "[tool.ruff]\nline-length = 120\n"}, "failed"),
        ({"setup.py": "print('not yet')\n"}, "failed"),
        ({}, "failed"),
    ],
)
def test_describing(files: dict[str, str], expected: str) -> None:
    assert verdict("package_is_described", CODE | files) == expected


def test_a_package_below_the_root_is_looked_for_beside_its_pyproject() -> None:
    built = PYPROJECT + '[build-system]\nbuild-backend = "hatchling.build"\n'
    files = {f"app/{path}": text for path, text in {**CODE, "pyproject.toml": built}.items()}
    assert verdict("package_can_be_installed", files) == "passed"
