"""The oracles of a suite: submissions of which it is known beforehand what they are worth.

*words* has every name that the checks look for, in code that never runs; *broken* looks finished and fails when it is
used; *excuses* raises errors that sound like a missing network or package; *course* is the course's exercise done
honestly, with other names in other places. Two more are made of the solution: see `grader.authoring.derived_oracles`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from grader.authoring.derived_oracles import DERIVED, change_programs
from grader.authoring.edits import make_variant
from grader.authoring.proof_plan import Oracle, ProofPlan
from grader.authoring.suite_run import SuiteRunner
from grader.results import CheckResult, Verdict

#: The share of an exercise's points that an oracle may have at most; the course's own exercise has to have all.
MOST = {"words": 0.10, "broken": 0.25, "excuses": 0.10, "fault": 0.25, "unreached": 0.25, "raising": 0.25}
COURSE = "course"


@dataclass(frozen=True, kw_only=True)
class OracleScore:
    """What the suite gave an oracle, and the checks that ran its code and found something wrong."""

    kind: str
    name: str
    points: float
    max_points: float
    ran_and_caught: frozenset[str] = frozenset()
    checks: dict[str, CheckResult] = field(default_factory=dict)
    fault: str = ""


def oracles_of(plan: ProofPlan) -> tuple[Oracle, ...]:
    """Return every oracle of a proof: those that it names, its faults that files tell, and those made of the solution."""
    faults = [Oracle.model_validate({**fault.model_dump(), "kind": "fault"}) for fault in plan.faults]
    kinds = DERIVED if plan.derived else {}
    derived = [Oracle.model_validate({"kind": kind, "name": f"the solution, {kind}"}) for kind in kinds]
    return (*plan.oracle, *faults, *derived)


def score(oracle: Oracle, runner: SuiteRunner, scratch: Path) -> OracleScore:
    """Make an oracle in the folder `scratch`, run all checks of the exercise on it, and hold its points to the limit.

    Raises:
        GradingError: the sandbox, or the environment, could not be had.
    """
    base = runner.exercise / (oracle.folder or "solution")
    if oracle.folder and not base.is_dir():
        return _faulty(oracle, f"cannot be made: there is no folder {oracle.folder}")
    try:
        make_variant(oracle, base, scratch)
    except (OSError, ValueError) as problem:
        return _faulty(oracle, f"cannot be made: {problem}")
    if oracle.kind in DERIVED:
        change, tests = DERIVED[oracle.kind]
        if not change_programs(scratch, change, tests=tests):
            return _faulty(oracle, "cannot be made: the solution has no Python to change")
    ran = runner.run(scratch, recipe=_recipe(oracle, runner.exercise))
    return OracleScore(
        kind=oracle.kind,
        name=oracle.name,
        points=ran.points,
        max_points=ran.max_points,
        ran_and_caught=ran.ran_and_caught,
        checks=ran.checks,
        fault=_fault(oracle, ran.points, ran.max_points, ran.checks),
    )


def _recipe(oracle: Oracle, exercise: Path) -> Path | None:
    if oracle.recipe:
        return exercise / oracle.recipe
    usual = exercise / "solution.toml"
    return usual if usual.is_file() and not oracle.folder else None


def _faulty(oracle: Oracle, why: str) -> OracleScore:
    fault = f"oracle «{oracle.name}» {why}"
    return OracleScore(kind=oracle.kind, name=oracle.name, points=0.0, max_points=0.0, fault=fault)


def _fault(oracle: Oracle, points: float, most: float, checks: dict[str, CheckResult]) -> str:
    broken = sorted(name for name, check in checks.items() if check.verdict is Verdict.error)
    if broken:
        return f"oracle «{oracle.name}» ({oracle.kind}): {broken[0]} says error: {checks[broken[0]].message}"
    if oracle.kind == COURSE:
        lost = [f"{name} says {one.verdict}: {one.message}" for name, one in checks.items() if _lost(one)]
        return f"oracle «{oracle.name}» (course) loses points: {'; '.join(lost)}" if lost else ""
    limit = MOST[oracle.kind]
    if points <= limit * most + 1e-9:
        return ""
    earned = ", ".join(name for name, check in checks.items() if check.points)
    return (
        f"oracle «{oracle.name}» ({oracle.kind}) has {points:g} of {most:g} points, "
        f"more than {limit:.0%}: from {earned}"
    )


def _lost(check: CheckResult) -> bool:
    return check.points < check.max_points or check.verdict is not Verdict.passed
