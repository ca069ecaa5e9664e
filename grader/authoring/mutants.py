"""Whether the checks that have to notice a mutant do, and whether they ran its code to find out."""

from __future__ import annotations

from dataclasses import dataclass

from grader.authoring.proof_plan import Mutant
from grader.authoring.suite_run import CAUGHT, SuiteRun
from grader.results import Verdict


@dataclass(frozen=True, kw_only=True)
class MutantRun:
    """What became of a mutant: why it does not prove what it should, or an empty string, and who ran and caught it."""

    fault: str = ""
    wrong: bool = False
    ran_and_caught: frozenset[str] = frozenset()


def judge(mutant: Mutant, ran: SuiteRun) -> MutantRun:
    """Hold a run of the checks that have to notice a mutant against what `proof.toml` says of it."""
    caught = {Verdict.blocked} if mutant.not_started else CAUGHT
    running = ran.ran_and_caught.intersection(mutant.caught_by)
    missed = [name for name in mutant.caught_by if ran.checks[name].verdict not in caught]
    fault = ""
    if missed:
        kind = "cheat" if mutant.cheat else "mutant"
        verdicts = ", ".join(f"{name} says {ran.checks[name].verdict}" for name in missed)
        fault = f"{kind} «{mutant.name}» is not caught: {verdicts}"
    elif mutant.wrong and not running:
        fault = f"mutant «{mutant.name}» is marked `wrong`, and no check that catches it runs it"
    return MutantRun(fault=fault, wrong=mutant.wrong, ran_and_caught=running)
