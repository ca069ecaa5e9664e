"""`grader prove`: the table in the terminal and on a page, and the exit codes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.authoring.suites_page import BEGIN, END
from tests.double_pack import CONVERTED, COURSE_ORACLE, FILES, WRONG_MUTANTS


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    proof = {"exercises/x01_double/proof.toml": f"{CONVERTED}\n{WRONG_MUTANTS}"}
    for name, text in {**FILES, **COURSE_ORACLE, **proof, "page.md": f"{BEGIN}\n{END}\n"}.items():
        (tmp_path / "pack" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "pack" / name).write_text(text)
    return tmp_path / "pack"


def test_a_suite_that_is_proven_has_its_row_and_exit_code_0(grader: Callable[..., Any], pack: Path) -> None:
    page = pack / "page.md"
    command = ("prove", "--course", str(pack), "--sandbox", "local", "--write", str(page))
    done = grader(*command, "--repeat", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 runs in" in done.stdout + done.stderr
    row = "| X1 | Doubling | 0/10 | 10/10 | 1/10 | 1/10 | 1/10 | 1/10 | 1/10 | 10/10 | 2/2 | 90% |"
    assert row in page.read_text().splitlines()


def test_a_fault_is_said_and_ends_with_exit_code_1(grader: Callable[..., Any], pack: Path) -> None:
    proof = pack / "exercises" / "x01_double" / "proof.toml"
    proof.write_text(proof.read_text().replace("2 + number", "number + number"))
    done = grader("prove", "--course", str(pack), "--sandbox", "local")
    assert done.returncode == 1
    assert "X1: oracle «it adds» (broken) has 10 of 10 points, more than 25%: from named, doubles" in (
        done.stdout + done.stderr
    )


def test_a_page_that_cannot_take_the_table_ends_with_exit_code_2(
    grader: Callable[..., Any], pack: Path
) -> None:
    (pack / "page.md").write_text("# Suites\n")
    done = grader("prove", "--course", str(pack), "--sandbox", "local", "--write", str(pack / "page.md"))
    assert done.returncode == 2
    assert "no place for the table" in done.stderr
