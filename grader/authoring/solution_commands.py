"""The commands of a solution, each run in a fresh copy: `[solution] runs` of a `proof.toml`."""

from __future__ import annotations

import shlex
from pathlib import Path

import grader.suite
from grader import grading
from grader.authoring.suite_run import SuiteRunner
from grader.course.pack import load_course
from grader.grading.facts import facts
from grader.pipeline import Options
from grader.results import Verdict

#: The engine's own suite: it runs a command in the sandbox as any suite would.
BUILT_IN = Path(grader.suite.__file__).parent / "built_in"


def command_fault(runner: SuiteRunner, command: str, folder: Path, recipe: Path | None = None) -> str | None:
    """Run a command of a solution with the exercise's own environment; return why it fails, or None.

    Raises:
        GradingError: the sandbox, or the environment, could not be had.
    """
    suite = load_course(BUILT_IN)
    check = suite.modules[0].checks[0]
    options = Options(modules=(runner.module.id,), profile="exercises")
    with runner.planned(folder, recipe, options) as planned:
        ran = grading.run(
            grading.plan(suite.modules, "exercises"),
            submission=planned.submission,
            course=suite,
            sandbox=runner.sandbox,
            facts={**facts(planned), "command": shlex.split(command)},
            student=runner.install(planned, runner.sandbox),
            limits=options.limits,
        )
    event = ran.events.get(check.id)
    verdict, message = ran.faults[check.id] if event is None else (event.verdict, event.message)
    return None if verdict is Verdict.passed else f"`{command}` of the solution fails: {verdict}: {message}"
