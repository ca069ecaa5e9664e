"""Servers that shall double a number and do otherwise: each in a slot, an honest twin behind it, which looks for leftovers."""

from typing import Any

import pytest

from tests.hostile.battery import HONEST_SERVER, LIMITS, attacks, companions, judge

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("hostile-servers")]

ATTACKS = attacks("serving")
#: A server lives as long as a call may take: here longer than any of the timeouts of the checks.
LONGER = LIMITS.model_copy(update={"call_s": 15.0, "check_s": 30.0})
SINGLE = {
    "two_servers": "",
    "beside": "",
    "escape": "",
    "files": "",
    "honest": "",
    "last_words": "",
    "backend": "",
    "cpu": "`python spins.py` used up its time while it was asked for `GET /double?x=1`.",
}


@pytest.fixture(scope="module")
def found(battery: Any) -> Any:
    return battery(ATTACKS, LONGER, "server", HONEST_SERVER)


@pytest.fixture(scope="module")
def graded(grade: Any) -> Any:
    return grade(companions("serving") | {"first.py": HONEST_SERVER}, checks=set(SINGLE), limits=LONGER)


@pytest.mark.parametrize("case", ATTACKS)
def test_a_server_gets_what_it_deserves(found: Any, case: str) -> None:
    judge(found[case], ATTACKS[case])


@pytest.mark.parametrize("name", SINGLE)
def test_servers_and_other_processes_live_and_end_together(graded: Any, name: str) -> None:
    check = graded.checks[name]
    assert (check.verdict.value, check.message) == ("timeout" if SINGLE[name] else "passed", SINGLE[name])
