"""What an exercise's `proof.toml` and `proof.lock` say: what holds from the start, the mutants, the versions."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.errors import CourseError
from grader.parsing.plain_data import parse_toml
from grader.sandbox.lock import Locked, read_lock


class Edit(BaseModel):
    """One change to one file: replace a text that is there exactly once, or all of it, or remove the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    find: str | None = None
    replace: str | None = None
    content: str | None = None
    delete: bool = False


class Mutant(BaseModel):
    """The solution with one thing broken, and the checks that have to notice."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    caught_by: tuple[str, ...] = Field(min_length=1)
    cheat: bool = False
    #: What is left is no work at all: the module is not started, and its checks are blocked.
    not_started: bool = False
    path: str | None = None
    find: str | None = None
    replace: str | None = None
    content: str | None = None
    delete: bool = False
    edits: tuple[Edit, ...] = ()
    recipe: str | None = None

    def changes(self) -> tuple[Edit, ...]:
        """Every edit, the one in the mutant's own fields first."""
        if self.path is None:
            return self.edits
        own = Edit(
            path=self.path, find=self.find, replace=self.replace, content=self.content, delete=self.delete
        )
        return (own, *self.edits)


class StarterProof(BaseModel):
    """What holds before any work is done."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    passes: tuple[str, ...] = ()


class ProofPlan(BaseModel):
    """A `proof.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    starter: StarterProof = StarterProof()
    mutant: tuple[Mutant, ...] = ()


def read_proof_plan(exercise: Path) -> ProofPlan:
    """Read `proof.toml`. Raises CourseError where it is missing or does not read."""
    path = exercise / "proof.toml"
    try:
        return ProofPlan.model_validate(parse_toml(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as problem:
        raise CourseError(f"{path} does not read: {problem}.") from problem


def read_proof_lock(exercise: Path) -> tuple[Locked, ...]:
    """The versions that an exercise is proven with: its `proof.lock`; none where it has none.

    Raises:
        CourseError: it does not read.
    """
    path = exercise / "proof.lock"
    try:
        return read_lock(path.read_text(encoding="utf-8")) if path.is_file() else ()
    except (OSError, ValueError) as problem:
        raise CourseError(f"{path} does not read: {problem}.", "Write it anew: `make lock`.") from problem


def apply_edit(edit: Edit, folder: Path) -> None:
    """Make one change to the files of a folder. Raises ValueError or OSError where it does not fit."""
    path = folder / edit.path
    if edit.delete:
        path.unlink()
        return
    if edit.content is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(edit.content, encoding="utf-8")
        return
    if edit.find is None or edit.replace is None:
        raise ValueError("an edit has `find` and `replace`, or `content`, or `delete`")
    text = path.read_text(encoding="utf-8")
    if text.count(edit.find) != 1:
        raise ValueError(f"{edit.path} holds {edit.find!r} {text.count(edit.find)} times, not once")
    path.write_text(text.replace(edit.find, edit.replace), encoding="utf-8")
