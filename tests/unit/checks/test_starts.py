"""An exercise starts its own module: a word that belongs to another module's subject starts nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.course.pack import load_course
from grader.repository.submission_view import SubmissionView
from grader.suite.suite_loader import load_suite

COURSE = load_course()


def works(module: str) -> list[Callable[[SubmissionView], Any]]:
    [found] = COURSE.select([module])
    names = [value for file in load_suite(found.folder) for value in vars(file).values()]
    return [value for value in names if hasattr(value, "__grader_work__")]


def starts(module: str, solution: str) -> bool:
    [found] = COURSE.select([solution])
    view = SubmissionView(COURSE.exercises / found.folder.name / "solution", {"profile": "exercises"})
    return all(bool(function(view)) for function in works(module))


#: Exercises that ask for work of another module, too: M6 has its package tested.
_ASKS_FOR = {"M6": {"M16"}}


@pytest.mark.parametrize(
    "module",
    ["M1", "M2", "M3", "M4", "M6", "M7", "M8", "M9", "M11", "M12", "M14", "M16", "M18", "M22", "M24", "M28"],
)
@pytest.mark.parametrize(
    "solution",
    ["M1", "M2", "M3", "M4", "M6", "M7", "M8", "M9", "M11", "M12", "M14", "M16", "M18", "M22", "M24", "M28"],
)
def test_a_solution_starts_its_own_module_alone(module: str, solution: str) -> None:
    assert starts(module, solution) is (module == solution or module in _ASKS_FOR.get(solution, ()))
