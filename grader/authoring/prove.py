"""The proof of a suite: its solution passes, its starter does not, and every mutant is caught.

An exercise's `proof.toml` names the checks that hold before any work is done, and the mutants: the solution with one
thing broken. A mutant with `cheat = true` is the laziest way to look right; it has to be caught all the same.
`proof.lock` has the versions that all of them get: no release of a dependency changes what is proven.
Checks that only projects have are proven as well: on `project` where there is one, else on the solution.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from grader.authoring.converted import lacking, run_points, share_fault
from grader.authoring.edits import make_variant
from grader.authoring.mutants import MutantRun, judge
from grader.authoring.oracles import OracleScore, oracles_of, score
from grader.authoring.proof_plan import Mutant, ProofPlan, read_proof_plan
from grader.authoring.proof_table import ModuleProof, Proof
from grader.authoring.solution_commands import command_fault
from grader.authoring.suite_run import CAUGHT, SuiteRunner, flipped
from grader.course.module import Module, Profile
from grader.course.pack import Course
from grader.errors import CourseError
from grader.pipeline import Install
from grader.results import CheckResult, Verdict
from grader.sandbox.protocol import Sandbox


def prove_course(
    course: Course,
    modules: Sequence[Module],
    sandbox: Sandbox,
    install: Install,
    *,
    jobs: int = 2,
    repeat: int = 1,
) -> Proof:
    """Prove the suites of `modules`, `jobs` repositories at a time, solutions and broken oracles `repeat` times.

    Raises:
        CourseError: a `proof.toml` is missing, does not read, or leaves a check without a mutant.
    """
    began = time.monotonic()
    proven = tuple(_Prover(course, module, sandbox, install, jobs, repeat).prove() for module in modules)
    return Proof(modules=proven, seconds=time.monotonic() - began)


def exercise_trees(course: Course, module: Module, scratch: Path) -> Iterator[Path]:
    """Return the files of all that is proven of an exercise: its folders as they are, its mutants and oracles below `scratch`.

    Raises:
        CourseError: its `proof.toml` does not read.
    """
    exercise = course.exercises / module.folder.name
    folders = [folder for name in ("solution", "starter", "project") if (folder := exercise / name).is_dir()]
    yield from folders
    plan = read_proof_plan(exercise)
    yield from (exercise / oracle.folder for oracle in plan.oracle if oracle.folder)
    for number, mutant in enumerate((*plan.mutant, *plan.oracle, *plan.faults)):
        for folder in folders:
            changed = scratch / f"{number}-{folder.name}"
            # A mutant is of one of the folders; in the others its texts may not be.
            with suppress(OSError, ValueError):
                make_variant(mutant, folder, changed)
                yield changed


class _Prover:
    """Runs one suite on its solution, starter and mutants."""

    def __init__(
        self, course: Course, module: Module, sandbox: Sandbox, install: Install, jobs: int, repeat: int
    ) -> None:
        self._jobs = jobs
        self._repeat = repeat
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
        oracles = oracles_of(plan)
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
                pool.submit(self._mutant, mutant, scratch / f"mutant{number}")
                for number, mutant in enumerate(plan.mutant)
            ]
            scores = [
                pool.submit(score, oracle, self._runner, scratch / f"oracle{number}")
                for number, oracle in enumerate(oracles)
            ]
            again = [pool.submit(self._whole, "solution", "exercises") for _ in range(1, self._repeat)]
            broken_again = [
                (number, pool.submit(score, oracle, self._runner, scratch / f"oracle{number}-{turn}"))
                for number, oracle in enumerate(oracles)
                if oracle.kind == "broken"
                for turn in range(1, self._repeat)
            ]
            commands = [pool.submit(self._command, command) for command in plan.solution.runs]
            solution = _merged(run.result() for (name, _), run in running.items() if name == "solution")
            starter = _merged(run.result() for (name, _), run in running.items() if name == "starter")
            scored = [one.result() for one in scores]
            flips = [
                *(flip for run in again for flip in flipped("the solution", solution, run.result())),
                *(
                    flip
                    for number, run in broken_again
                    for flip in flipped(
                        f"oracle «{oracles[number].name}»", scored[number].checks, run.result().checks
                    )
                ),
            ]
            failed = [fault for fault in (command.result() for command in commands) if fault]
            return self._found(
                plan, solution, starter, [one.result() for one in mutants], scored, [*failed, *flips]
            )

    def _found(
        self,
        plan: ProofPlan,
        solution: dict[str, CheckResult],
        starter: dict[str, CheckResult],
        mutants: Sequence[MutantRun],
        oracles: Sequence[OracleScore],
        others: Sequence[str],
    ) -> ModuleProof:
        """Join what all runs found."""
        work = self._planned - set(plan.starter.passes)
        untouched = {name for name in work if starter[name].verdict in self._open(name)}
        missed = [mutant.fault for mutant in mutants if mutant.fault]
        points = {name: one.max_points for name, one in solution.items() if self._is_exercise(name)}
        run = run_points(points, oracles, [mutant.ran_and_caught for mutant in mutants if mutant.wrong])
        most = sum(points.values())
        return ModuleProof(
            module=self._module.id,
            title=self._module.info.title,
            checks=len(self._planned),
            solution_passed=sum(check.verdict is Verdict.passed for check in solution.values()),
            starter_open=len(untouched),
            starter_work=len(work),
            mutants=len(plan.mutant),
            caught=len(mutants) - len(missed),
            starter_points=sum(starter[name].points for name in points),
            solution_points=sum(solution[name].points for name in points),
            max_points=most,
            run_points=run,
            oracles=tuple(oracles),
            converted=plan.derived,
            heavy=dict(self._runner.heavy),
            runs=len(self._runner.seconds),
            run_seconds=sum(self._runner.seconds),
            faults=(
                *lacking(plan),
                *(
                    f"the solution does not pass {name}: {check.verdict}: {check.message}"
                    for name, check in solution.items()
                    if check.verdict is not Verdict.passed
                ),
                *others,
                *(
                    f"the starter should not pass {name}: {starter[name].verdict}"
                    for name in sorted(work - untouched)
                ),
                *(
                    f"the starter should pass {name}: {starter[name].verdict}: {starter[name].message}"
                    for name in plan.starter.passes
                    if starter[name].verdict is not Verdict.passed
                ),
                *missed,
                *(oracle.fault for oracle in oracles if oracle.fault),
                *(share_fault(run, most) if plan.derived else ()),
            ),
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
        """Return the solution or the starter, and the checks that only this profile plans."""
        wanted = frozenset(check for check, own in self._profiles.items() if own == profile)
        folder = self._start(name, profile)
        ran = self._runner.run(
            self._exercise / folder, recipe=self._recipe(f"{folder}.toml"), only=wanted, profile=profile
        )
        return {check: ran.checks[check] for check in wanted}

    def _start(self, name: str, profile: Profile) -> str:
        """Return the folder to start from: a suite whose project checks need another solution has one in `project`."""
        apart = profile == "project" and name == "solution"
        has_own = (self._exercise / "project").is_dir() or self._recipe("project.toml") is not None
        return "project" if apart and has_own else name

    def _recipe(self, name: str) -> Path | None:
        path = self._exercise / name
        return path if path.is_file() else None

    def _is_exercise(self, check: str) -> bool:
        return self._profiles[check] == "exercises"

    def _open(self, check: str) -> frozenset[Verdict]:
        """Return what a check may say of the starter: evidence of projects does not apply where there is none of its subject."""
        return _OPEN if self._is_exercise(check) else _OPEN | {Verdict.not_applicable}

    def _command(self, command: str) -> str | None:
        return command_fault(
            self._runner, command, self._exercise / "solution", self._recipe("solution.toml")
        )

    def _mutant(self, mutant: Mutant, folder: Path) -> MutantRun:
        """Run the checks that have to notice a mutant."""
        profile = self._profiles[mutant.caught_by[0]]
        start = self._start("solution", profile)
        try:
            make_variant(mutant, self._exercise / start, folder)
        except (OSError, ValueError) as problem:
            return MutantRun(fault=f"mutant «{mutant.name}» cannot be made: {problem}")
        recipe = self._exercise / mutant.recipe if mutant.recipe else self._recipe(f"{start}.toml")
        ran = self._runner.run(folder, recipe=recipe, only=frozenset(mutant.caught_by), profile=profile)
        return judge(mutant, ran)


def _merged(runs: Iterable[dict[str, CheckResult]]) -> dict[str, CheckResult]:
    return {name: check for run in runs for name, check in run.items()}


_OPEN = CAUGHT | {Verdict.blocked}
