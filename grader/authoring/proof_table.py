"""What a proof found out, and how the terminal shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.authoring.oracles import OracleScore


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
    #: Points of starter and solution in the exercise, and of all its checks.
    starter_points: float = 0.0
    solution_points: float = 0.0
    max_points: float = 0.0
    #: Points of checks that ran the students' code and caught a broken oracle or a mutant that answers wrongly.
    run_points: float = 0.0
    oracles: tuple[OracleScore, ...] = ()
    #: Whether the suite is held to all rules for oracles, mutants that answer wrongly, and points that count as run.
    converted: bool = False
    #: By check, the CPU seconds of a call that used more than half of what it may have: a slower machine may stop it.
    heavy: Mapping[str, float] = field(default_factory=dict)
    runs: int = 0
    run_seconds: float = 0.0

    @property
    def share_run(self) -> float:
        """The share of the exercise's points that count as run."""
        return self.run_points / self.max_points if self.max_points else 0.0


@dataclass(frozen=True, kw_only=True)
class Proof:
    """The proof of several suites."""

    modules: tuple[ModuleProof, ...]
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether every suite is proven."""
        return all(not module.faults for module in self.modules)

    def print(self, console: Console) -> None:
        """Print the table, the time that it took, and what does not hold."""
        table = Table(box=None, pad_edge=False)
        for name in (
            *("module", "suite", "solution passes", "starter fails", "oracles", "mutants caught"),
            *("points run", "proof"),
        ):
            table.add_column(name)
        for module in self.modules:
            table.add_row(
                module.module,
                module.title,
                f"{module.solution_passed}/{module.checks}",
                f"{module.starter_open}/{module.starter_work}",
                f"{sum(not oracle.fault for oracle in module.oracles)}/{len(module.oracles)}",
                f"{module.caught}/{module.mutants}",
                f"{module.share_run:.0%}",
                "[red]does not hold[/]" if module.faults else "[green]holds[/]",
            )
        console.print(table)
        runs = sum(module.runs for module in self.modules)
        if runs:
            each = sum(module.run_seconds for module in self.modules) / runs
            console.print(
                f"{runs} runs in {self.seconds:.0f} s: {self.seconds / runs:.1f} s a run ({each:.1f} s each, some at once).",
                highlight=False,
                soft_wrap=True,
            )
        for module in self.modules:
            for check, cpu_s in sorted(module.heavy.items()):
                console.print(
                    f"{check}: a call used {cpu_s:.1f} s of CPU, more than half of its limit.",
                    highlight=False,
                    soft_wrap=True,
                )
            for fault in module.faults:
                console.print(f"{module.module}: {escape(fault)}", highlight=False, soft_wrap=True)
