"""What outlives a check: cases 18, 42 to 47. Each attack lies in a slot; the check behind it looks for leftovers."""

import pytest

from tests.hostile.battery import attacks, judge

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("hostile-persistence")]

ATTACKS = attacks("persistence")


@pytest.fixture(scope="module")
def found(battery):
    return battery(ATTACKS)


@pytest.mark.parametrize("case", ATTACKS)
def test_nothing_outlives_its_check(found, case):
    judge(found[case], ATTACKS[case])
