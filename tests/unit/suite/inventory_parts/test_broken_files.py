"""What the inventory says of dependencies and workflows when a file of them is broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.suite.inventory_parts import inventory
from tests.view_sample import view


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ('[project]\nname = "x"\ndependencies = ["numpy"]\n', False),
        ('[project]\nname = "x"\ndependencies = ["numpy"\n', True),
        ('[project]\nname = "x"\ndependencies = "numpy"\n', True),
    ],
)
def test_nothing_can_be_said_to_be_undeclared_beside_a_broken_file(
    tmp_path: Path, text: str, cut: bool
) -> None:
    found = inventory(view(tmp_path, {"pyproject.toml": text, "requirements.txt": "torch\n"}), 1_000_000)
    assert "torch" in found["dependencies"]
    assert ("dependencies" in found["cut"]) is cut


@pytest.mark.parametrize(
    "text",
    [
        "on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: pytest}]}, strategy: }\n",
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    strategy:\n    matrix: {os: [a]}\n    steps: [{run: pytest}]\n",
        "on: push\njobs: [\n",
        "",
    ],
)
def test_a_workflow_that_never_runs_is_named(tmp_path: Path, text: str) -> None:
    fine = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{run: ruff check}]\n"
    files = {".github/workflows/fine.yml": fine, ".github/workflows/tests.yml": text}
    found = inventory(view(tmp_path, files), 1_000_000)
    assert [flow["path"] for flow in found["workflows"]] == [".github/workflows/fine.yml"]
    assert found["unread"]["workflows"]["path"] == ".github/workflows/tests.yml"
    assert "workflows" not in found["cut"]
