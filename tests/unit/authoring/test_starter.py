"""The starter: no check of work passes on it, and evidence of projects may not apply to it."""

from __future__ import annotations

import pytest

from tests.double_pack import MUTANTS, SUITE, ProveX1

pytestmark = pytest.mark.process

#: A check that finds nothing to judge in the starter.
SHY = """
@check("The function has an explanation", points=1{scope})
def test_explained(submission):
    if "def double" not in submission.text("double.py"):
        not_applicable("There is no function.")
    assert "Double." in submission.text("double.py"), "There is none."
"""
UNEXPLAINED = """
[[mutant]]
name = "no explanation"
path = "double.py"
find = "Double."
replace = "Twice."
caught_by = ["explained"]
"""


@pytest.mark.parametrize(
    ("scope", "faults"),
    [
        (', scope="project"', ()),
        (', scope="exercises"', ("the starter should not pass explained: not_applicable",)),
    ],
)
def test_only_evidence_of_projects_may_not_apply_to_a_starter(
    prove_x1: ProveX1, scope: str, faults: tuple[str, ...]
) -> None:
    suite = SUITE + SHY.format(scope=scope)
    proof = prove_x1(mutants=MUTANTS + UNEXPLAINED, files={"checks/x01_double/test_double.py": suite})
    assert proof.faults == faults
