"""The commands of a solution are run: what it says it can do, it does."""

from __future__ import annotations

import pytest

from grader.errors import CourseError
from tests.double_pack import DOUBLE, ProveX1

pytestmark = pytest.mark.process


def test_a_solution_whose_commands_end_well_is_proven(prove_x1: ProveX1) -> None:
    proof = prove_x1(
        """
        [solution]
        runs = ["python double.py", "python -c 'import double; assert double.double(4) == 8'"]
        """
    )
    assert proof.faults == ()
    assert proof.runs == 6  # the solution, the starter, two mutants, two commands


def test_a_command_that_fails_is_a_fault_with_its_last_words(prove_x1: ProveX1) -> None:
    proof = prove_x1(
        '[solution]\nruns = ["python double.py"]',
        files={"exercises/x01_double/solution/double.py": f'{DOUBLE}\nsys.exit("no data in data/raw")\n'},
    )
    assert any("`python double.py` of the solution fails" in fault for fault in proof.faults)
    assert any("no data in data/raw" in fault for fault in proof.faults)


def test_each_command_gets_a_fresh_copy(prove_x1: ProveX1) -> None:
    write = 'python -c \'open(\\"made\\", \\"x\\").close()\''
    assert prove_x1(f'[solution]\nruns = ["{write}", "{write}"]').faults == ()


def test_an_empty_command_is_refused(prove_x1: ProveX1) -> None:
    with pytest.raises(CourseError, match="does not read"):
        prove_x1('[solution]\nruns = [" "]')
