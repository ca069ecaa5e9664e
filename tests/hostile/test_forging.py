"""Verdict forging from the students' process: cases 1 to 4, 8 to 11, 15, 20 to 24, 26, 41, 48, 50 and 80."""

from typing import Any

import pytest

from tests.hostile.battery import attacks, judge

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("hostile-forging")]

ATTACKS = attacks("forging")


@pytest.fixture(scope="module")
def found(battery: Any) -> Any:
    return battery(ATTACKS)


@pytest.mark.parametrize("case", ATTACKS)
def test_a_forged_verdict(found: Any, case: str) -> None:
    judge(found[case], ATTACKS[case])
