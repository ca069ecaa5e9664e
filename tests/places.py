"""Where things lie in this repository: tests name them from here, wherever they lie themselves."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
CHECKS = ROOT / "checks"
DOCS = ROOT / "docs"
ENGINE = ROOT / "grader"
REPORTS = ROOT / "reports"
