"""What outlives a check: cases 18, 42 to 47. Each attack lies in a slot; the check behind it looks for leftovers."""

from typing import Any

import pytest

from tests.hostile.battery import attacks, judge

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("hostile-persistence")]

ATTACKS = attacks("persistence")


@pytest.fixture(scope="module")
def found(battery: Any) -> Any:
    return battery(ATTACKS)


@pytest.mark.parametrize("case", ATTACKS)
def test_nothing_outlives_its_check(found: Any, case: str) -> None:
    judge(found[case], ATTACKS[case])
