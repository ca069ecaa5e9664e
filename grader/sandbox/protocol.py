"""The line between the engine and a sandbox: one job in, events out, and how it ended.

A `Sandbox` runs one job. It knows nothing of verdicts: `grader.grading` makes the plan and joins events with it.
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
    """The suite's process is up; `python` is the version it runs."""

    event: Literal["ready"]
    python: str = ""


class ModuleEvent(_Event):
    """Whether work of a module was found, and what was looked for."""

    event: Literal["module"]
    module: str
    started: bool
    looked_for: str = ""


class StartEvent(_Event):
    """A check starts."""

    event: Literal["start"]
    check: str


class CallEvent(_Event):
    """A student process of a check starts (`call`) or has ended (`return`)."""

    event: Literal["call", "return"]
    check: str


class CheckEvent(_Event):
    """A check ended."""

    event: Literal["check"]
    check: str
    verdict: Verdict
    points: float = Field(0.0, ge=0)
    message: str = ""
    unseen: bool = False
    evidence: tuple[EvidenceRecord, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    findings: tuple[Finding, ...] = ()
    said: tuple[BoxSaid, ...] = ()
    duration_s: float = Field(0.0, ge=0)


class InventoryEvent(_Event):
    """What the repository holds, for claims to be held against."""

    event: Literal["inventory"]
    inventory: Inventory


class EndEvent(_Event):
    """Every planned check had its turn."""

    event: Literal["end"]


Event = Annotated[
    ReadyEvent | InventoryEvent | ModuleEvent | StartEvent | CallEvent | CheckEvent | EndEvent,
    Field(discriminator="event"),
]
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def read_event(line: bytes) -> Event | None:
    """The event in a line of a suite's output, or None for anything that is not one."""
    try:
        return _EVENT.validate_json(line)
    except ValidationError:
        return None


@dataclass(frozen=True, kw_only=True)
class StudentPython:
    """The environment of the students' code; without a folder it is the sandbox's own Python.

    Attributes:
        folder: of the environment on this machine.
        mount: where student processes find that folder (the same place, without Docker).
        interpreter: for student processes.
        tools: folders with the grader's own pytest, coverage and kernel, without Docker.
        missing: what was asked for and could not be installed, and why; a check that needs it does not apply.
        alone: those of `missing` that the course leaves out by name: without them nothing else is missing.
        unknown: what was asked for and no index has: the students' own mistake, which excuses nothing.
        notes: what else is to be said of what is installed, by name.
        fault: why there is no environment, where that is the grader's fault.
        digest: of what is installed.
    """

    folder: Path | None = None
    mount: str = ""
    interpreter: str = ""
    tools: tuple[str, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)
    alone: tuple[str, ...] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a sandbox is to run.

    Attributes:
        submission: the folder of the snapshot on this machine.
        facts: what suites see beside files (profile, commit, history, blob ids, what was skipped).
        checks_folder: the course's `checks/` on this machine (Docker has it in the image).
        folders: the suites to load, by folder name.
        checks: the ids to run, in order.
        done: verdicts of checks that an earlier run of the same submission has, for `requires`.
        seed: of hidden inputs.
        student: the environment of the students' code.
    """

    submission: Path
    facts: Mapping[str, Any]
    checks_folder: Path
    folders: tuple[str, ...]
    checks: tuple[str, ...]
    done: Mapping[str, str] = field(default_factory=dict)
    seed: str = "0"
    limits: Limits = field(default_factory=Limits)
    student: StudentPython = field(default_factory=StudentPython)


@dataclass(frozen=True, kw_only=True)
class RunOutcome:
    """How a run ended: by itself, at the deadline, for its memory; `log` is the end of what the suite printed."""

    exit_code: int
    timed_out: bool = False
    out_of_memory: bool = False
    log: str = ""


class Sandbox(Protocol):
    """Where untrusted code runs."""

    #: `docker`, `local` or `memory`.
    name: str
    #: Whether student code is kept away from this machine and from the suites.
    isolated: bool
    #: The image's digest, or nothing.
    image_digest: str
    #: Version of the Python that student code gets without an environment.
    python: str
    #: What results are to say of it.
    notes: tuple[str, ...]

    def run(self, job: Job, on_event: Callable[[Event], None]) -> RunOutcome:
        """Run a job; call `on_event` for each event as it happens. Raises SandboxError if it cannot be run at all."""
        ...


def job_document(job: Job, *, paths: Mapping[str, str], student: Mapping[str, Any]) -> dict[str, Any]:
    """The job as the suite's process reads it: JSON data, with the paths as they are inside the sandbox."""
    environment = {
        "missing": dict(job.student.missing),
        "alone": list(job.student.alone),
        "fault": job.student.fault,
    }
    return {
        "facts": dict(job.facts),
        "paths": dict(paths),
        "folders": list(job.folders),
        "checks": list(job.checks),
        "done": dict(job.done),
        "seed": job.seed,
        "limits": job.limits.model_dump(),
        "student": {**environment, **student},
    }
