"""The result of a submission: what `result.json` holds."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from grader.errors import ResultError
from grader.inventory import Inventory
from grader.results.class_info import DeadlineInfo, GroupInfo
from grader.results.exam_results import Box, Exam
from grader.results.figures import Forge, HistoryFigures, Statistics
from grader.results.graded import Finding, ModuleResult
from grader.results.verdicts import Model, ModuleVerdict, Verdict

SCHEMA_VERSION = 1


#: A result larger than this is none of ours.
MAX_RESULT_BYTES = 16 * 1024 * 1024


class GraderInfo(Model):
    """What graded: enough to run the same again."""

    version: str
    course: str
    course_digest: str
    image_digest: str = ""
    sandbox: str
    isolated: bool = True
    python: str = ""
    seed: str = ""
    environment: str = ""
    limits: dict[str, float | int] = Field(default_factory=dict)


class SubmissionInfo(Model):
    """What was graded. `fetched_at` is our clock; `committed_at` is the students'.

    `subfolder` is the path in its repository of the one folder that was graded; files, history and paths are then of it alone.
    """

    id: str
    source: str
    commit: str
    subfolder: str = ""
    branch: str = ""
    committed_at: datetime | None = None
    fetched_at: datetime
    dirty: bool = False
    profile: Literal["exercises", "project"]
    provenance: Literal["official", "self"] = "self"
    files: int = 0
    size_bytes: int = 0
    notes: tuple[str, ...] = ()
    group: GroupInfo | None = None
    deadline: DeadlineInfo | None = None


class Summary(Model):
    """The figures of the overview. Counts are of checks unless the name says otherwise."""

    points: float = 0.0
    max_points: float = 0.0
    passed: int = 0
    failed: int = 0
    partial: int = 0
    not_applicable: int = 0
    blocked: int = 0
    timeout: int = 0
    error: int = 0
    modules_passed: int = 0
    modules_not_started: int = 0
    modules_reused: int = 0
    questions_answered: int = 0
    questions: int = 0
    boxes_claimed: int = 0
    boxes_supported: int = 0
    boxes_claimed_unsupported: int = 0
    claims_supported: int = 0
    claims_contradicted: int = 0
    claims_undetermined: int = 0
    findings: int = 0


class Result(Model):
    """What the grader has to say of one submission."""

    schema_version: int = SCHEMA_VERSION
    grader: GraderInfo
    submission: SubmissionInfo
    started_at: datetime
    duration_s: float
    modules: tuple[ModuleResult, ...] = ()
    exam: Exam | None = None
    checklist: tuple[Box, ...] = ()
    history: HistoryFigures = HistoryFigures()
    statistics: Statistics = Statistics()
    forge: Forge | None = None
    inventory: Inventory | None = None
    findings: tuple[Finding, ...] = ()
    summary: Summary = Summary()
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 nothing required failed, 1 something did, 3 the grader could not grade part of it (3 goes first)."""
        checks = [check for module in self.modules for check in module.checks]
        if any(check.verdict is Verdict.error for check in checks):
            return 3
        bad = {Verdict.failed, Verdict.partial, Verdict.timeout, Verdict.blocked}
        started = [module for module in self.modules if module.verdict is not ModuleVerdict.not_started]
        failed = any(check.required and check.verdict in bad for module in started for check in module.checks)
        return 1 if failed else 0


def read_result(path: Path) -> Result:
    """Read a `result.json`.

    Raises:
        ResultError: no such file, too large, not a result, or of another schema version.
    """
    if path.is_dir():
        path = path / "result.json"
    try:
        if not path.is_file():
            raise ResultError(f"No result file at {path}.", "Give a result.json that `grader check` wrote.")
        if path.stat().st_size > MAX_RESULT_BYTES:
            raise ResultError(
                f"{path} is larger than {MAX_RESULT_BYTES // 2**20} MiB, so it is no result of ours."
            )
        data = path.read_bytes()
    except OSError as problem:
        raise ResultError(f"{path} cannot be read: {problem.strerror}.") from problem
    try:
        result = Result.model_validate_json(data)
    except ValidationError as problem:
        # What another version of the grader wrote may well be no result of this one.
        _require_version(path, _version(path, data))
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ResultError(f"{path} is not a valid result: {where}: {first['msg']}.") from problem
    said = "schema_version" in result.model_fields_set
    _require_version(path, result.schema_version if said else _version(path, data))
    return result


def _version(path: Path, data: bytes) -> int:
    try:
        return _Version.model_validate_json(data).schema_version
    except ValidationError as problem:
        raise ResultError(
            f"{path} is not a grader result.", "Give a result.json that `grader check` wrote."
        ) from problem


def _require_version(path: Path, version: int) -> None:
    if version != SCHEMA_VERSION:
        raise ResultError(
            f"{path} has schema version {version}; this grader reads version {SCHEMA_VERSION}.",
            "Grade again, or render it with the grader that wrote it.",
        )


class _Version(Model):
    schema_version: int
