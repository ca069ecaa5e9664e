"""The rules for a suite whose proof has `derived = true`: it grades by running, and its proof shows that."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from grader.authoring.oracles import OracleScore
from grader.authoring.proof_plan import ProofPlan

#: The oracles that a proof names itself.
KINDS = ("words", "broken", "excuses", "course")
#: The share of an exercise's points that have to count as run.
LEAST_RUN = 0.6


def lacking(plan: ProofPlan) -> list[str]:
    """Return what the plan of a converted suite lacks, whatever its runs find; nothing for one that is not converted."""
    if not plan.derived:
        return []
    there = {oracle.kind for oracle in plan.oracle}
    faults = [f"there is no oracle of the kind {kind}" for kind in KINDS if kind not in there]
    wrong = sum(mutant.wrong for mutant in plan.mutant)
    if 3 * wrong < len(plan.mutant):
        faults.append(f"{wrong} of {len(plan.mutant)} mutants run and answer wrongly, less than a third")
    return faults


def run_points(
    points: Mapping[str, float], oracles: Sequence[OracleScore], caught_running: Collection[frozenset[str]]
) -> float:
    """Return the points of the checks that ran the students' code and caught something that answers wrongly.

    Args:
        points: of each check of the exercise.
        oracles: those of the kind `broken` count.
        caught_running: for each mutant that answers wrongly, the checks that ran it and caught it.
    """
    broken = [oracle.ran_and_caught for oracle in oracles if oracle.kind == "broken"]
    run = frozenset[str]().union(*broken, *caught_running)
    return sum(worth for name, worth in points.items() if name in run)


def share_fault(run: float, most: float) -> list[str]:
    """Return the fault of a converted suite too few points of which count as run, or nothing."""
    if run >= LEAST_RUN * most - 1e-9:
        return []
    return [
        f"{run:g} of {most:g} points count as run, less than {LEAST_RUN:.0%}: a check has to start the students' "
        "code and to catch a broken oracle or a mutant with `wrong = true`"
    ]
