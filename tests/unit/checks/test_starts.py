"""An exercise starts its own module: a word that belongs to another module's subject starts nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.authoring.proof_plan import read_proof_plan
from grader.course.pack import load_course
from grader.repository.submission_view import SubmissionView
from grader.suite.suite_loader import load_suite

COURSE = load_course()
CONVERTED = [
    module.id for module in COURSE.modules if read_proof_plan(COURSE.exercises / module.folder.name).derived
]


def works(module: str) -> list[Callable[[SubmissionView], Any]]:
    [found] = COURSE.select([module])
    names = [value for file in load_suite(found.folder) for value in vars(file).values()]
    return [value for value in names if hasattr(value, "__grader_work__")]


def starts(module: str, solution: str) -> bool:
    [found] = COURSE.select([solution])
    view = SubmissionView(COURSE.exercises / found.folder.name / "solution", {"profile": "exercises"})
    return all(bool(function(view)) for function in works(module))


#: Exercises that have work of another module, too: M6 and M17 have tests, M10 starts from a package, M22 has an image, M19 a test and workflows.
_ASKS_FOR = {"M6": {"M16"}, "M10": {"M6"}, "M17": {"M16"}, "M22": {"M10"}, "M19": {"M16", "M17"}}


@pytest.mark.parametrize("module", CONVERTED)
@pytest.mark.parametrize("solution", CONVERTED)
def test_a_solution_starts_its_own_module_alone(module: str, solution: str) -> None:
    assert starts(module, solution) is (module == solution or module in _ASKS_FOR.get(solution, ()))
