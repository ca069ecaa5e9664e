"""What the inventory says of dependencies when a file that declares them is broken."""

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
