"""What an exercise's `proof.toml` and `proof.lock` say: what holds from the start, the mutants, the versions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.authoring.edits import Variant
from grader.errors import CourseError
from grader.parsing.plain_data import parse_toml
from grader.sandbox.lock import Locked, read_lock


class Mutant(Variant):
    """The solution with one thing broken, and the checks that have to notice."""

    caught_by: tuple[str, ...] = Field(min_length=1)
    cheat: bool = False
    #: What is left is no work at all: the module is not started, and its checks are blocked.
    not_started: bool = False
    #: It runs, and answers wrongly: what catches it has to run it.
    wrong: bool = False


class Oracle(Variant):
    """The solution with changes, or a whole submission in `folder`, of which it is known what it is worth."""

    kind: Literal["words", "broken", "excuses", "course", "fault", "unreached", "raising"]
    folder: str = ""


class NamedOracle(Oracle):
    """An oracle as `proof.toml` names it."""

    kind: Literal["words", "broken", "excuses", "course"]


class StarterProof(BaseModel):
    """What holds before any work is done."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    passes: tuple[str, ...] = ()


class SolutionProof(BaseModel):
    """The commands that the solution has to get through, each in a fresh copy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    runs: tuple[Annotated[str, Field(pattern=r"\S")], ...] = ()


class ProofPlan(BaseModel):
    """A `proof.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    solution: SolutionProof = SolutionProof()
    starter: StarterProof = StarterProof()
    #: Whether the two oracles that are made of the solution are held to their limit, and all other rules hold, too.
    derived: bool = False
    mutant: tuple[Mutant, ...] = ()
    oracle: tuple[NamedOracle, ...] = ()
    #: Where work needs an account, a daemon or a runner: the faults that files tell, each held to the limit of `broken`.
    faults: tuple[Variant, ...] = ()


def read_proof_plan(exercise: Path) -> ProofPlan:
    """Read `proof.toml`. Raises CourseError where it is missing or does not read."""
    path = exercise / "proof.toml"
    try:
        return ProofPlan.model_validate(parse_toml(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as problem:
        raise CourseError(f"{path} does not read: {problem}.") from problem


def read_proof_lock(exercise: Path) -> tuple[Locked, ...]:
    """Return the versions that an exercise is proven with: its `proof.lock`; none where it has none.

    Raises:
        CourseError: it does not read.
    """
    path = exercise / "proof.lock"
    try:
        return read_lock(path.read_text(encoding="utf-8")) if path.is_file() else ()
    except (OSError, ValueError) as problem:
        raise CourseError(f"{path} does not read: {problem}.", "Write it anew: `make lock`.") from problem
