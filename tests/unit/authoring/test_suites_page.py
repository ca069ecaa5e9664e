"""The table of `docs/suites.md`: renewed row by row, with no figure that varies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader.authoring.oracles import OracleScore
from grader.authoring.proof_table import ModuleProof
from grader.authoring.suites_page import BEGIN, END, read_page, renew
from grader.errors import UsageError
from tests.places import DOCS

PAGE = f"# Suites\n\n{BEGIN}\n\n{END}\n\nMore.\n"


def oracle(kind: str, points: float) -> OracleScore:
    return OracleScore(kind=kind, name=kind, points=points, max_points=10)


def proof(module: str, **fields: Any) -> ModuleProof:
    usual: dict[str, Any] = {
        "title": "Tea | coffee",
        "checks": 4,
        "solution_passed": 4,
        "starter_open": 4,
        "starter_work": 4,
        "mutants": 6,
        "caught": 5,
        "faults": (),
        "starter_points": 0.0,
        "solution_points": 10.0,
        "max_points": 10.0,
        "run_points": 7.5,
        "oracles": (oracle("words", 1), oracle("broken", 0), oracle("broken", 2.5), oracle("fault", 1)),
        "converted": True,
    }
    return ModuleProof(module=module, **{**usual, **fields})


def rows(page: str) -> list[str]:
    return [line for line in page.splitlines() if line.startswith("| X")]


def test_a_row_has_the_points_of_the_worst_oracle_of_each_kind() -> None:
    courses = (oracle("course", 10), oracle("course", 9))
    (row,) = rows(renew(PAGE, [proof("X1", oracles=(*proof("X1").oracles, *courses))]))
    assert row == "| X1 | Tea \\| coffee | 0/10 | 10/10 | 1/10 | 2.5/10 | - | - | - | 9/10 | 5/6 | 75% |"


def test_seconds_change_nothing_and_writing_again_changes_nothing() -> None:
    once = renew(PAGE, [proof("X1", run_seconds=1.0)])
    assert renew(once, [proof("X1", run_seconds=9.0)]) == once
    assert once.endswith(f"{END}\n\nMore.\n")


def test_rows_of_suites_that_were_not_proven_stay_in_the_order_of_the_course() -> None:
    page = renew(renew(PAGE, [proof("X10"), proof("X2")]), [proof("X9"), proof("X2", caught=6)])
    assert [row.split(" | ")[0] for row in rows(page)] == ["| X2", "| X9", "| X10"]
    assert "6/6" in rows(page)[0]


def test_a_suite_that_is_not_converted_has_no_row() -> None:
    assert rows(renew(renew(PAGE, [proof("X1")]), [proof("X1", converted=False)])) == []


def test_a_page_without_a_place_is_refused_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("# Suites\n")
    with pytest.raises(UsageError, match="no place for the table"):
        read_page(tmp_path / "page.md")
    with pytest.raises(UsageError, match="cannot be read"):
        read_page(tmp_path / "none.md")


def test_our_own_page_has_a_place() -> None:
    assert BEGIN in read_page(DOCS / "suites.md")
