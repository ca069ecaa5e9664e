"""What the files of a suite define: for tests of its parts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader.suite.suite_loader import load_suite


def suite_names(suite: Path) -> dict[str, Any]:
    """Return all that a suite's files define or import, by name."""
    return {name: value for file in load_suite(suite) for name, value in vars(file).items()}
