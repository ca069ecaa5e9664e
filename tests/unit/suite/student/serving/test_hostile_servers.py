"""The hostile servers of `tests/hostile`, on this machine: the same verdicts as in a container."""

import sys

import pytest

from grader.testing import run_check
from tests.hostile.battery import HONEST_SERVER, attacks, companions
from tests.places import ROOT

SUITE = ROOT / "tests" / "hostile" / "course" / "checks" / "m92_servers"
ATTACKS = attacks("serving")

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(sys.platform == "win32", reason="they fork, and send each other signals"),
]


@pytest.mark.parametrize("case", ATTACKS)
def test_a_server_gets_what_it_deserves(case: str) -> None:
    attack = ATTACKS[case]
    found = run_check(SUITE, "server_00", {**attack.files, "server_00.py": attack.source})
    assert found.verdict.value in attack.verdicts, found.message
    assert attack.says in found.message


@pytest.mark.parametrize("check", ["two_servers", "beside", "files", "honest", "last_words", "backend"])
def test_servers_and_other_processes_live_and_end_together(check: str) -> None:
    found = run_check(SUITE, check, companions("serving") | {"first.py": HONEST_SERVER})
    assert found.verdict.value == "passed", found.message
