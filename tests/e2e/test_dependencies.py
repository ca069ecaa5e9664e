"""What could not be installed excuses a check; a name that somebody made up excuses nothing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.docker

MAIN = "import {module}\nimport typer\napp = typer.Typer()\n@app.command()\ndef train(): pass\napp()\n"


@pytest.mark.parametrize(
    ("package", "module", "verdicts"),
    [
        ("bitsandbytes", "bitsandbytes", {"not_applicable"}),
        ("no-such-package-of-ours", "no_such_package_of_ours", {"failed"}),
    ],
)
def test_only_what_the_grader_could_not_install_excuses(
    grader: Callable[..., Any], repository: Path, package: str, module: str, verdicts: set[str]
) -> None:
    (repository / "pyproject.toml").write_text(
        f'[project]\nname = "demo"\nversion = "1"\ndependencies = ["typer", "{package}"]\n'
        '[project.scripts]\ntrain = "demo.main:app"\n'
    )
    folder = repository / "src" / "demo"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "main.py").write_text(MAIN.format(module=module))
    done = grader("check", str(repository), "--modules", "M9", "--sandbox", "docker", "--out", "out")
    assert done.returncode in (0, 1), done.stderr
    result = json.loads((repository.parent / "out" / "result.json").read_text())
    found = {check["id"]: check for module in result["modules"] for check in module["checks"]}
    assert {found["M9.console_scripts_run"]["verdict"]} == verdicts, found
    assert any(package in note for note in result["notes"])
