"""The protocol between the engine and a sandbox: one job in, events out, and the outcome of the run.

A `Sandbox` runs one job. It does not know verdicts: `grader.grading` makes the plan and merges the events into it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from grader.inventory import Inventory
from grader.results import BoxSaid, EvidenceRecord, Finding, Measurement, Verdict
from grader.settings import Limits


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ReadyEvent(_Event):
    """The suite's process is ready; `python` is its version."""

    event: Literal["ready"]
    python: str = ""


class ModuleEvent(_Event):
    """Whether work on a module was found, where it lies, and what was looked for.

    `folder` is the one that is graded (`.` is the whole submission); `other_folders` have work of the module, too.
    """

    event: Literal["module"]
    module: str
    started: bool
    looked_for: str = ""
    folder: str = Field(default="", max_length=1000)
    other_folders: tuple[str, ...] = Field(default=(), max_length=20)


class StartEvent(_Event):
    """A check starts."""

    event: Literal["start"]
    check: str


class CallEvent(_Event):
    """A student process of a check started (`call`) or ended (`return`, after `cpu_s` seconds of CPU; 0 on Windows)."""

    event: Literal["call", "return"]
    check: str
    cpu_s: float = Field(0.0, ge=0)


class SharedEvent(_Event):
    """A result that several checks of a module need, for the next process of this run, should this one die."""

    event: Literal["shared"]
    name: str = Field(max_length=200)
    entry: dict[str, Any]


class CheckEvent(_Event):
    """A check ended; `called` tells whether it used student code, or a result that student code gave;
    `spent_s` are the seconds that student processes of the whole run have taken so far.
    """

    event: Literal["check"]
    check: str
    verdict: Verdict
    points: float = Field(0.0, ge=0)
    message: str = ""
    unseen: bool = False
    excused: bool = False
    called: bool = False
    evidence: tuple[EvidenceRecord, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    findings: tuple[Finding, ...] = ()
    said: tuple[BoxSaid, ...] = ()
    spent_s: float = Field(0.0, ge=0)
    duration_s: float = Field(0.0, ge=0)


class AskedEvent(_Event):
    """What the suite of a module has asked of the submission since its last event of this kind (`grader.repository.reads`).

    `whole`: it sees everything, as a suite does that runs the students' code. `lasting`: it would come out the same another
    time, as far as can be told: no time-out, no limit, no network.
    """

    event: Literal["asked"]
    module: str = Field(max_length=200)
    questions: tuple[tuple[str, ...], ...] = Field(default=(), max_length=2_000)
    whole: bool = False
    lasting: bool = False


class StandsEvent(_Event):
    """What a suite said of an earlier commit may stand: it has no secret of this one."""

    event: Literal["stands"]
    module: str


class InventoryEvent(_Event):
    """The contents of the repository, against which claims are compared."""

    event: Literal["inventory"]
    inventory: Inventory


class EndEvent(_Event):
    """All planned checks were handled."""

    event: Literal["end"]


Event = Annotated[
    ReadyEvent
    | InventoryEvent
    | ModuleEvent
    | StartEvent
    | CallEvent
    | SharedEvent
    | AskedEvent
    | StandsEvent
    | CheckEvent
    | EndEvent,
    Field(discriminator="event"),
]
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def read_event(line: bytes) -> Event | None:
    """Parse a line of a suite's output as an event; return None if it is not one."""
    try:
        return _EVENT.validate_json(line)
    except ValidationError:
        return None


@dataclass(frozen=True, kw_only=True)
class InstalledTool:
    """A tool of a suite, in an environment of its own; `fault` says why there is none.

    Attributes:
        name: of the distribution and of the module that is run.
        folder, mount, interpreter: as in `StudentPython`.
        beside_students: whether it runs in the students' Python, with its own packages first.
    """

    name: str
    folder: Path | None = None
    mount: str = ""
    interpreter: str = ""
    beside_students: bool = False
    fault: str = ""

    def as_data(self) -> dict[str, Any]:
        """Return what the suite's process needs to know of it."""
        return {
            "mount": self.mount,
            "python": self.interpreter,
            "beside_students": self.beside_students,
            "fault": self.fault,
        }


@dataclass(frozen=True, kw_only=True)
class StudentPython:
    """The Python environment for the students' code; without a folder it is the sandbox's own Python.

    Attributes:
        folder: of the environment on this machine.
        mount: path of that folder for student processes (the same path without Docker).
        interpreter: for student processes.
        tools: folders with the grader's own pytest, coverage and kernel, without Docker.
        missing: packages that could not be installed, and why; a check that needs one does not apply.
        alone: those of `missing` that the course excludes by name: they do not explain that another package is missing.
        unknown: packages that were asked for and that no index has: the students' own mistake, which excuses nothing.
        notes: other remarks on what is installed, by name.
        changed: packages in another version than asked for, and why.
        day: the day as of which versions were chosen, as `2025-01-20`; empty if they are those of today or of a lock.
        fault: why there is no environment, if that is the grader's fault.
        digest: of what is installed.
        suite_tools: what suites start beside the students' code.
    """

    folder: Path | None = None
    mount: str = ""
    interpreter: str = ""
    tools: tuple[str, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)
    alone: tuple[str, ...] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    changed: Mapping[str, str] = field(default_factory=dict)
    day: str = ""
    fault: str = ""
    digest: str = ""
    suite_tools: tuple[InstalledTool, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job for a sandbox.

    Attributes:
        submission: the folder of the snapshot on this machine.
        facts: what suites see besides files (profile, commit, history, blob ids, what was skipped).
        checks_folder: the course's `checks/` on this machine (Docker has it in the image).
        folders: the suites to load, by folder name.
        checks: the ids to run, in order.
        done: verdicts of an earlier run of the same submission by check, for `requires`.
        shared: results of student code that an earlier run kept, by name.
        budgets: seconds that each module adds to the budget of the run, if it is started.
        started: modules that earlier runs have found work of.
        spent_s: seconds that student processes of earlier runs have taken.
        seeds: of hidden inputs, by module.
        kept: texts that suites said of an earlier commit, by module: may they stand?
        student: the environment of the students' code.
        explain: whether the log says where each check that did not pass ended, for the author of the suite.
    """

    submission: Path
    facts: Mapping[str, Any]
    checks_folder: Path
    folders: tuple[str, ...]
    checks: tuple[str, ...]
    done: Mapping[str, str] = field(default_factory=dict)
    shared: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    budgets: Mapping[str, float] = field(default_factory=dict)
    started: tuple[str, ...] = ()
    spent_s: float = 0.0
    seeds: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    student: StudentPython = field(default_factory=StudentPython)
    explain: bool = False


@dataclass(frozen=True, kw_only=True)
class RunOutcome:
    """How a run ended: normally, at the deadline, or out of memory; `log` is the end of the suite's output."""

    exit_code: int
    timed_out: bool = False
    out_of_memory: bool = False
    log: str = ""


@dataclass(frozen=True, kw_only=True)
class Room:
    """What the machine of a sandbox has for runs: cores, and bytes of memory."""

    cpus: float
    memory_bytes: int


class Sandbox(Protocol):
    """A place where untrusted code runs."""

    #: `docker`, `local` or `memory`.
    name: str
    #: True if student code is isolated from this machine and from the suites.
    isolated: bool
    #: The image's digest, or empty.
    image_digest: str
    #: Identifies what runs suites and student code, beside the suites and the grader themselves.
    runtime: str
    #: Version of the Python that runs student code without an environment.
    python: str
    #: Notes for the result, about this sandbox.
    notes: tuple[str, ...]

    def run(self, job: Job, on_event: Callable[[Event], None]) -> RunOutcome:
        """Run a job; call `on_event` for each event as it happens. Raise SandboxError if the job cannot be run at all."""
        ...

    def room(self) -> Room:
        """Return what its machine has. Raise SandboxError if it does not say."""
        ...

    def verify(self) -> None:
        """Raise SandboxError if no job could run: its daemon does not answer, its image is not there or is another one."""
        ...

    def clear(self, owner: str) -> None:
        """Remove what the runs of a process that was ended have left; `owner` is as `grader.sandbox.owners` names it."""
        ...

    def close(self) -> None:
        """Release what it holds of this machine; no job runs afterwards."""
        ...


def job_document(job: Job, *, paths: Mapping[str, str], student: Mapping[str, Any]) -> dict[str, Any]:
    """Return the job as JSON data for the suite's process, with the paths inside the sandbox."""
    environment = {
        "missing": dict(job.student.missing),
        "alone": list(job.student.alone),
        "changed": dict(job.student.changed),
        "fault": job.student.fault,
        "environment": job.student.mount,
        "suite_tools": {tool.name: tool.as_data() for tool in job.student.suite_tools},
    }
    return {
        "facts": dict(job.facts),
        "paths": dict(paths),
        "folders": list(job.folders),
        "checks": list(job.checks),
        "done": dict(job.done),
        "shared": {name: dict(entry) for name, entry in job.shared.items()},
        "budgets": dict(job.budgets),
        "started": list(job.started),
        "spent_s": job.spent_s,
        "seeds": dict(job.seeds),
        "kept": {module: list(texts) for module, texts in job.kept.items()},
        "explain": job.explain,
        "limits": job.limits.model_dump(),
        "student": {**environment, **student},
    }
