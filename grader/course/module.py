"""A module of a course: what it is, and its checks."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from grader.suite.checks import CheckSpec
from grader.suite.module_ids import ID_PATTERN
from grader.suite.running.run_budget import MODULE_S

Profile = Literal["exercises", "project"]


class Check(BaseModel):
    """One check of a suite as the plan knows it."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    id: str
    name: str
    module: str
    spec: CheckSpec
    path: Path
    line: int
    #: Why more than a third of the projects fail it, if they do.
    often_fails: str = ""


class CheckNotes(BaseModel):
    """What `module.toml` says of a check, in its table `[checks.<name>]`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: Why more than a third of the projects fail it, as a sentence for them: `python -m tests.failing_checks` asks for it.
    often_fails: str = Field(min_length=20, max_length=400)


class SuiteTool(BaseModel):
    """A tool that the checks of a module start: a distribution, run as `python -m name`.

    `beside_students` tells whether it imports the students' code, and so runs in their Python; otherwise it has its own.
    `needs` are further distributions that are installed with it: plugins, or the build backends for pip.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    beside_students: bool = False
    needs: tuple[str, ...] = ()

    @property
    def distributions(self) -> tuple[str, ...]:
        """Everything that its environment is made for."""
        return (self.name, *self.needs)


class ModuleInfo(BaseModel):
    """What `module.toml` says of a module."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=ID_PATTERN)
    slug: str = Field(pattern=r"^[a-z0-9_]+$")
    title: str
    session: str = Field(pattern=ID_PATTERN)
    core: bool = False
    summary: str = ""
    page: str = ""
    #: What the exercise's code needs, whether a student declares it or not (PEP 508).
    packages: tuple[str, ...] = ()
    tools: tuple[SuiteTool, ...] = ()
    #: Seconds that student processes of this module may take together; a run has the sum over its started modules, and a minute.
    budget_s: float = Field(default=MODULE_S, gt=0)
    #: By the name of the check, without `test_`.
    checks: dict[str, CheckNotes] = Field(default_factory=dict)


class Module(BaseModel):
    """A module: what it is, where its suite lies, and its checks in the order of the files."""

    model_config = ConfigDict(frozen=True)

    info: ModuleInfo
    folder: Path
    checks: tuple[Check, ...]
    finds_work: bool

    @property
    def id(self) -> str:
        """The id: `X1`."""
        return self.info.id

    def planned(self, profile: Profile) -> tuple[Check, ...]:
        """Return the checks that a run with this profile has to report."""
        return tuple(check for check in self.checks if check.spec.scope in ("both", profile))
