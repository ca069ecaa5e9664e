"""The proof of a suite: its solution passes, its starter does not, and every mutant is caught.

An exercise's `proof.toml` names the checks that hold before any work is done, and the mutants: the solution with one
thing broken. A mutant with `cheat = true` is the laziest way to look right; it has to be caught all the same.
`proof.lock` has the versions that all of them get: no release of a dependency changes what is proven.
Checks that only projects have are proven as well: on `project` where there is one, else on the solution.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from grader.authoring.edits import apply_edit
from grader.authoring.proof_plan import Mutant, ProofPlan, read_proof_plan
from grader.authoring.proof_table import ModuleProof, Proof
from grader.authoring.solution_commands import command_fault
from grader.authoring.suite_run import CAUGHT, SuiteRunner
from grader.course.module import Module, Profile
from grader.course.pack import Course
from grader.errors import CourseError
from grader.pipeline import Install
from grader.results import CheckResult, Verdict
from grader.sandbox.protocol import Sandbox


def prove_course(
    course: Course, modules: Sequence[Module], sandbox: Sandbox, install: Install, *, jobs: int = 2
) -> Proof:
    """Prove the suites of `modules`, `jobs` repositories at a time.

    Raises:
        CourseError: a `proof.toml` is missing, does not read, or leaves a check without a mutant.
    """
    began = time.monotonic()
    proven = tuple(_Prover(course, module, sandbox, install, jobs).prove() for module in modules)
    return Proof(modules=proven, seconds=time.monotonic() - began)


def exercise_trees(course: Course, module: Module, scratch: Path) -> Iterator[Path]:
    """The files of all that is proven of an exercise: its folders as they are, and its mutants below `scratch`.

    Raises:
        CourseError: its `proof.toml` does not read.
    """
    exercise = course.exercises / module.folder.name
    folders = [folder for name in ("solution", "starter", "project") if (folder := exercise / name).is_dir()]
    yield from folders
    for number, mutant in enumerate(read_proof_plan(exercise).mutant):
        for folder in folders:
            changed = scratch / f"{number}-{folder.name}"
            shutil.copytree(folder, changed)
            # A mutant is of one of the folders; in the others its texts may not be.
            with suppress(OSError, ValueError):
                for edit in mutant.changes():
                    apply_edit(edit, changed)
                yield changed


class _Prover:
    """Runs one suite on its solution, starter and mutants."""

    def __init__(self, course: Course, module: Module, sandbox: Sandbox, install: Install, jobs: int) -> None:
        self._jobs = jobs
        self._module = module
        self._runner = SuiteRunner(course, module, sandbox, install)
        self._exercise = self._runner.exercise
        in_exercises = {check.name for check in module.planned("exercises")}
        self._profiles: dict[str, Profile] = {
            check.name: "exercises" if check.name in in_exercises else "project"
            for profile in ("exercises", "project")
            for check in module.planned(profile)
        }
        self._planned = set(self._profiles)

    def prove(self) -> ModuleProof:
        """All of it."""
        plan = self._plan()
        faults: list[str] = []
        with (
            tempfile.TemporaryDirectory(prefix="grader-prove-") as temporary,
            ThreadPoolExecutor(self._jobs) as pool,
        ):
            scratch = Path(temporary)
            running = {
                (name, profile): pool.submit(self._whole, name, profile)
                for name in ("solution", "starter")
                for profile in dict.fromkeys(self._profiles.values())
            }
            mutants = [
                pool.submit(self._mutant, scratch / f"mutant{number}", mutant)
                for number, mutant in enumerate(plan.mutant)
            ]
            commands = [
                pool.submit(
                    command_fault,
                    self._runner,
                    command,
                    self._exercise / "solution",
                    self._recipe("solution.toml"),
                )
                for command in plan.solution.runs
            ]
            solution, starter = (
                {
                    check: one
                    for key, run in running.items()
                    if key[0] == name
                    for check, one in run.result().items()
                }
                for name in ("solution", "starter")
            )
            passed = [name for name, check in solution.items() if check.verdict is Verdict.passed]
            faults += [
                f"the solution does not pass {name}: {check.verdict}: {check.message}"
                for name, check in solution.items()
                if name not in passed
            ]
            work = self._planned - set(plan.starter.passes)
            untouched = [name for name in work if starter[name].verdict in _OPEN]
            faults += [
                f"the starter should not pass {name}: {starter[name].verdict}"
                for name in sorted(work - set(untouched))
            ]
            faults += [
                f"the starter should pass {name}: {starter[name].verdict}: {starter[name].message}"
                for name in plan.starter.passes
                if starter[name].verdict is not Verdict.passed
            ]
            faults += [fault for fault in (command.result() for command in commands) if fault]
            missed = [fault for fault in (mutant.result() for mutant in mutants) if fault]
            faults += missed
        return ModuleProof(
            module=self._module.id,
            title=self._module.info.title,
            checks=len(self._planned),
            solution_passed=len(passed),
            starter_open=len(untouched),
            starter_work=len(work),
            mutants=len(plan.mutant),
            caught=len(mutants) - len(missed),
            faults=tuple(faults),
            runs=len(self._runner.seconds),
            run_seconds=sum(self._runner.seconds),
        )

    def _plan(self) -> ProofPlan:
        path, plan = self._exercise / "proof.toml", read_proof_plan(self._exercise)
        named = {*plan.starter.passes, *(name for mutant in plan.mutant for name in mutant.caught_by)}
        unknown = sorted(named - self._planned)
        if unknown:
            raise CourseError(f"{path} names {unknown[0]}, which is no check of {self._module.id}.")
        for mutant in plan.mutant:
            if len({self._profiles[name] for name in mutant.caught_by}) > 1:
                raise CourseError(
                    f"{path}: «{mutant.name}» names checks of exercises and of projects: make it two mutants."
                )
        uncaught = sorted(self._planned - {name for mutant in plan.mutant for name in mutant.caught_by})
        if uncaught:
            raise CourseError(
                f"{path} has no mutant that {uncaught[0]} catches: nothing shows that it can fail."
            )
        return plan

    def _whole(self, name: str, profile: Profile) -> dict[str, CheckResult]:
        """The solution or the starter, and the checks that only this profile plans."""
        wanted = frozenset(check for check, own in self._profiles.items() if own == profile)
        folder = self._start(name, profile)
        ran = self._runner.run(
            self._exercise / folder, recipe=self._recipe(f"{folder}.toml"), only=wanted, profile=profile
        )
        return {check: ran.checks[check] for check in wanted}

    def _start(self, name: str, profile: Profile) -> str:
        """The folder to start from: a suite whose project checks need another solution has one in `project`."""
        apart = profile == "project" and name == "solution"
        has_own = (self._exercise / "project").is_dir() or self._recipe("project.toml") is not None
        return "project" if apart and has_own else name

    def _recipe(self, name: str) -> Path | None:
        path = self._exercise / name
        return path if path.is_file() else None

    def _mutant(self, folder: Path, mutant: Mutant) -> str | None:
        """None if every check that has to notice the mutant does, else what went wrong."""
        profile = self._profiles[mutant.caught_by[0]]
        start = self._start("solution", profile)
        if (self._exercise / start).is_dir():
            shutil.copytree(self._exercise / start, folder)
        else:
            folder.mkdir()
        try:
            for edit in mutant.changes():
                apply_edit(edit, folder)
        except (OSError, ValueError) as problem:
            return f"mutant «{mutant.name}» cannot be made: {problem}"
        recipe = self._exercise / mutant.recipe if mutant.recipe else self._recipe(f"{start}.toml")
        found = self._runner.run(
            folder, recipe=recipe, only=frozenset(mutant.caught_by), profile=profile
        ).checks
        caught = {Verdict.blocked} if mutant.not_started else CAUGHT
        missed = [name for name in mutant.caught_by if found[name].verdict not in caught]
        if missed:
            kind = "cheat" if mutant.cheat else "mutant"
            verdicts = ", ".join(f"{name} says {found[name].verdict}" for name in missed)
            return f"{kind} «{mutant.name}» is not caught: {verdicts}"
        return None


_OPEN = CAUGHT | {Verdict.blocked}
