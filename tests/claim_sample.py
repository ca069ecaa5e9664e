"""Answers and small repositories for tests of claims."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.exam.claims import find_claims
from grader.exam.claims.finder import Answer, Finder, Repository
from grader.exam.report_data import load_report_data
from grader.inventory import Inventory
from grader.results import CheckResult, Claim, HistoryFigures, Measurement, Verdict
from grader.suite.inventory_parts import inventory
from tests.places import REPORTS, ROOT
from tests.view_sample import view

#: What the course says of its report.
ABOUT = load_report_data(REPORTS)

FILES = (
    ".dvc/config",
    ".github/workflows/tests.yaml",
    ".gitignore",
    ".pre-commit-config.yaml",
    "Dockerfile",
    "Makefile",
    "README.md",
    "configs/config.yaml",
    "configs/model/big.yaml",
    "configs/model/small.yaml",
    "data.dvc",
    "dockerfiles/api.dockerfile",
    "dockerfiles/train.dockerfile",
    "docs/figures/elsewhere.png",
    "pyproject.toml",
    "reports/README.md",
    "reports/figures/bucket.png",
    "reports/figures/my chart.png",
    "reports/figures/sample.png",
    "requirements_dev.txt",
    "src/plants/__init__.py",
    "src/plants/api.py",
    "src/plants/data/loader.py",
    "src/plants/train.py",
    "tasks.py",
    "tests/test_model.py",
    "uv.lock",
)


def answer(number: int, text: str) -> Answer:
    """An answer to a question as the current edition counts."""
    return Answer(number=number, current_number=number, topic="", text=text, asks=ABOUT.subjects(number))


def repository(
    source: str = "https://github.com/plants-group/plants",
    branches: tuple[str, ...] = ("main", "feature/api"),
    measured: Mapping[str, float] | None = None,
    **inventory: Any,
) -> Repository:
    """A repository with `FILES`, or what `inventory` says instead, and measurements by name."""
    found = tuple(Measurement(name=name, value=value) for name, value in (measured or {}).items())
    check = CheckResult(
        id="M16.code_is_covered", title="", verdict=Verdict.passed, points=1, max_points=1, measurements=found
    )
    facts = {
        "files": FILES,
        "package": "src/plants",
        "samples": ("reports/figures/sample.png",),
        "ignored": ("*.ckpt", "outputs/", "/secret"),
        "commits": ("0fb85a502f2b", "aaaaaaa11111"),
    }
    return Repository(
        inventory=Inventory(**{**facts, **inventory}),
        checks={check.id: check},
        measurements={each.name: (each,) for each in found},
        history=HistoryFigures(branches=branches),
        source=source,
        about=ABOUT,
    )


def claims(find: Finder, number: int, text: str, known: Repository) -> list[Claim]:
    """What a finder says of an answer."""
    return list(find(answer(number, text), known))


def verdicts(find: Finder, number: int, text: str, known: Repository) -> dict[str, str]:
    """What is claimed and what became of it."""
    return {str(claim.claimed): claim.verdict.value for claim in claims(find, number, text, known)}


def read_repository(root: Path, files: Mapping[str, str]) -> Repository:
    """A repository made of files, read as a run reads it, with the course's dictionary of tools."""
    facts = inventory(view(root, files), 4_000_000)
    tools = tomllib.loads((ROOT / "reports" / "tools.toml").read_text(encoding="utf-8"))
    return Repository(inventory=Inventory.model_validate(facts), tools=tools, about=ABOUT)


def judged(known: Repository, number: int, text: str, kind: str) -> dict[str, str]:
    """What all finders say of an answer: what is claimed of one kind, and what became of it."""
    found = find_claims([answer(number, text)], known)[number]
    return {str(claim.claimed): claim.verdict.value for claim in found if claim.kind == kind}
