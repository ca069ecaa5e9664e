"""The proof of a suite: its solution passes, its starter does not, and every mutant is caught.

An exercise's `proof.toml` names the checks that hold before any work is done, and the mutants: the solution with one
thing broken. A mutant with `cheat = true` is the laziest way to look right; it has to be caught all the same.
`proof.lock` has the versions that all of them get: no release of a dependency changes what is proven.
Checks that only projects have are proven as well: on `project` where there is one, else on the solution.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.authoring.proof_plan import Mutant, ProofPlan, apply_edit, read_proof_lock, read_proof_plan
from grader.authoring.recipe import build_repository
from grader.course.module import Module, Profile
from grader.course.pack import Course
from grader.errors import CourseError
from grader.pipeline import Install, Options, Setup, grade, plan_submission
from grader.results import CheckResult, Verdict
from grader.sandbox.protocol import Sandbox
from grader.settings import SubmissionLimits
from grader.submission import fetch_working_tree


@dataclass(frozen=True, kw_only=True)
class ModuleProof:
    """What the proof of one suite found; `faults` is empty where it holds."""

    module: str
    title: str
    checks: int
    solution_passed: int
    starter_open: int
    starter_work: int
    mutants: int
    caught: int
    faults: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Proof:
    """The proof of several suites."""

    modules: tuple[ModuleProof, ...]

    @property
    def holds(self) -> bool:
        """Whether every suite is proven."""
        return all(not module.faults for module in self.modules)

    def print(self, console: Console) -> None:
        """The table, and what does not hold."""
        table = Table(box=None, pad_edge=False)
        for name in ("module", "suite", "solution passes", "starter fails", "mutants caught", "proof"):
            table.add_column(name)
        for module in self.modules:
            table.add_row(
                module.module,
                module.title,
                f"{module.solution_passed}/{module.checks}",
                f"{module.starter_open}/{module.starter_work}",
                f"{module.caught}/{module.mutants}",
                "[red]does not hold[/]" if module.faults else "[green]holds[/]",
            )
        console.print(table)
        for module in self.modules:
            for fault in module.faults:
                console.print(f"{module.module}: {escape(fault)}", highlight=False, soft_wrap=True)


def prove_course(
    course: Course, modules: Sequence[Module], sandbox: Sandbox, install: Install, *, jobs: int = 2
) -> Proof:
    """Prove the suites of `modules`, `jobs` repositories at a time.

    Raises:
        CourseError: a `proof.toml` is missing, does not read, or leaves a check without a mutant.
    """
    return Proof(modules=tuple(_Prover(course, module, sandbox, install, jobs).prove() for module in modules))


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
        self._course = course
        self._module = module
        self._sandbox = sandbox
        self._install = install
        self._exercise = course.exercises / module.folder.name
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
                (name, profile): pool.submit(self._whole, scratch / f"{name}-{profile}", name, profile)
                for name in ("solution", "starter")
                for profile in dict.fromkeys(self._profiles.values())
            }
            mutants = [
                pool.submit(self._mutant, scratch / f"mutant{number}", mutant)
                for number, mutant in enumerate(plan.mutant)
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

    def _whole(self, scratch: Path, name: str, profile: Profile) -> dict[str, CheckResult]:
        """The solution or the starter, and the checks that only this profile plans."""
        wanted = frozenset(check for check, own in self._profiles.items() if own == profile)
        folder = self._start(name, profile)
        found = self._run(scratch, self._exercise / folder, self._recipe(f"{folder}.toml"), wanted, profile)
        return {check: found[check] for check in wanted}

    def _start(self, name: str, profile: Profile) -> str:
        """The folder to start from: a suite whose project checks need another solution has one in `project`."""
        apart = profile == "project" and name == "solution"
        has_own = (self._exercise / "project").is_dir() or self._recipe("project.toml") is not None
        return "project" if apart and has_own else name

    def _recipe(self, name: str) -> Path | None:
        path = self._exercise / name
        return path if path.is_file() else None

    def _run(
        self, scratch: Path, folder: Path, recipe: Path | None, only: frozenset[str], profile: Profile
    ) -> dict[str, CheckResult]:
        scratch.mkdir()
        repository = build_repository(recipe, folder if folder.is_dir() else None, scratch / "repository")
        submission = fetch_working_tree(repository, into=scratch / "files", limits=SubmissionLimits())
        options = Options(modules=(self._module.id,), profile=profile, only=only)
        planned = replace(
            plan_submission(submission, self._course, options),
            locked=read_proof_lock(self._exercise),
        )
        setup = Setup(course=self._course, sandbox=self._sandbox, options=options, install=self._install)
        result = grade(planned, setup)
        return {check.id.partition(".")[2]: check for module in result.modules for check in module.checks}

    def _mutant(self, scratch: Path, mutant: Mutant) -> str | None:
        """None if every check that has to notice the mutant does, else what went wrong."""
        folder = scratch.with_name(f"{scratch.name}-files")
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
        found = self._run(scratch, folder, recipe, frozenset(mutant.caught_by), profile)
        caught = {Verdict.blocked} if mutant.not_started else _CAUGHT
        missed = [name for name in mutant.caught_by if found[name].verdict not in caught]
        if missed:
            kind = "cheat" if mutant.cheat else "mutant"
            verdicts = ", ".join(f"{name} says {found[name].verdict}" for name in missed)
            return f"{kind} «{mutant.name}» is not caught: {verdicts}"
        return None


_CAUGHT = {Verdict.failed, Verdict.partial, Verdict.timeout}
_OPEN = _CAUGHT | {Verdict.blocked}
