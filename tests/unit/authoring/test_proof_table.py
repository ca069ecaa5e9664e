"""What the terminal shows of a proof beside its table."""

from __future__ import annotations

import io

from rich.console import Console

from grader.authoring.proof_table import ModuleProof, Proof


def printed(proof: Proof) -> str:
    console = Console(file=io.StringIO(), width=200)
    proof.print(console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert isinstance(text, str)
    return text


def test_the_seconds_a_run_and_calls_near_their_limit_are_said() -> None:
    module = ModuleProof(
        module="X1",
        title="Doubling",
        checks=2,
        solution_passed=2,
        starter_open=2,
        starter_work=2,
        mutants=2,
        caught=1,
        faults=("mutant «[it] triples» is not caught",),
        heavy={"X1.doubles": 12.34},
        runs=4,
        run_seconds=10.0,
    )
    text = printed(Proof(modules=(module,), seconds=6.0))
    assert "4 runs in 6 s: 1.5 s a run (2.5 s each, some at once)." in text
    assert "X1.doubles: a call used 12.3 s of CPU, more than half of its limit." in text
    assert "X1: mutant «[it] triples» is not caught" in text
    assert "does not hold" in text
