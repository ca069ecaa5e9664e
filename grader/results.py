"""The contract: everything that leaves a sandbox or goes to disk.

`Result` is what `result.json` holds; its keys are stable, more may be added, and `schema_version` says which. The
models are frozen: a stage returns a new result, it never edits one. All times are UTC in ISO 8601; durations are
seconds, and the only values that differ between two runs on the same commit, course pack and image.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.errors import ResultError
from grader.inventory import Inventory

SCHEMA_VERSION = 1

#: A result larger than this is none of ours.
MAX_RESULT_BYTES = 16 * 1024 * 1024


class Model(BaseModel):
    """Frozen data; unknown keys of a newer minor version are ignored when reading."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Verdict(StrEnum):
    """What became of one check."""

    passed = "passed"
    failed = "failed"
    partial = "partial"
    not_applicable = "not_applicable"
    blocked = "blocked"
    timeout = "timeout"
    error = "error"


class ModuleVerdict(StrEnum):
    """What became of a module: derived from its checks, or `not_started` where no work was found."""

    passed = "passed"
    failed = "failed"
    partial = "partial"
    not_started = "not_started"
    not_applicable = "not_applicable"
    error = "error"


class ClaimVerdict(StrEnum):
    """Whether the repository bears out a sentence of the report."""

    supported = "supported"
    contradicted = "contradicted"
    undetermined = "undetermined"


class BoxVerdict(StrEnum):
    """Whether the repository bears out a checklist item."""

    supported = "supported"
    unsupported = "unsupported"
    undetermined = "undetermined"


class Evidence(Model):
    """What a check saw: a path in the repository (POSIX, relative), a 1-based line or None, an excerpt."""

    path: str = ""
    line: int | None = None
    text: str = ""


class Measurement(Model):
    """A named value that a check found out, e.g. `coverage_percent = 62.3 %`."""

    name: str
    value: float | int | bool | str | None
    unit: str = ""
    #: True where the value comes from a process that runs the students' code, and so is what they say it is.
    self_reported: bool = False


class BoxSaid(Model):
    """What a check says of a box of the checklist beside its own verdict: borne out or not, or (None) left open."""

    id: str
    shown: bool | None
    why: str = ""


class CheckResult(Model):
    """One planned check and what became of it.

    `unseen` marks a verdict `not_applicable` that says nothing of the work: what would decide was not read (a part of the
    history, or what lies above the folder that was graded).
    """

    id: str
    title: str
    verdict: Verdict
    points: float
    max_points: float
    required: bool = True
    message: str = ""
    unseen: bool = False
    hint: str = ""
    duration_s: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    questions: tuple[int, ...] = ()
    boxes: tuple[str, ...] = ()
    said: tuple[BoxSaid, ...] = ()


class ModuleResult(Model):
    """A module: the verdicts of its checks and their sum. `message` says where work was looked for, if none was found."""

    id: str
    title: str
    session: str
    core: bool
    verdict: ModuleVerdict
    points: float
    max_points: float
    message: str = ""
    checks: tuple[CheckResult, ...] = ()


#: What a statement of the report is about: `reports/claims` and the page `docs/claims.md` say how each is decided.
ClaimKind = Literal[
    "coverage_percent",
    "n_tests",
    "link",
    "file",
    "tool_used",
    "tool_not_used",
    "python_versions",
    "os_matrix",
    "command",
    "study_numbers",
    "other",
]


class Claim(Model):
    """A statement of the report that a measurement or a check can bear out.

    `text` is the sentence; `claimed` what it says, `found` what the repository shows, `evidence` where. `why` says in words
    how the verdict came about; for `undetermined`, why nobody can tell from the repository.
    """

    text: str
    kind: ClaimKind
    claimed: str | float | int | bool | list[str] | None = None
    found: str | float | int | bool | list[str] | None = None
    verdict: ClaimVerdict = ClaimVerdict.undetermined
    why: str = ""
    evidence: tuple[Evidence, ...] = ()


class Question(Model):
    """One question of the exam report.

    `number` is as the report counts, `current_number` the same question in the current edition. Ranges are inclusive
    pairs (lowest, highest) or None where there is no rule. `within_limits` is None where there is no rule.
    """

    number: int
    current_number: int
    section: str
    topic: str
    answered: bool
    answer: str = ""
    words: int = 0
    words_rendered: int = 0
    word_range: tuple[int, int] | None = None
    images: int = 0
    image_range: tuple[int, int] | None = None
    within_limits: bool | None = None
    notes: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()


class Exam(Model):
    """The exam report as read. `problems` names what could not be read, and why."""

    edition: str
    report_path: str
    questions: tuple[Question, ...] = ()
    problems: tuple[str, ...] = ()


class Box(Model):
    """A checklist item: what the group ticked (None: not in their list) and what the checks bear out.

    `why` says in words how the verdict came about. `claimed_in` is the file whose list has the box, where the
    list of the exam report lacks it.
    """

    id: str
    label: str
    section: str = ""
    claimed: bool | None = None
    claimed_in: str = ""
    verdict: BoxVerdict = BoxVerdict.undetermined
    checks: tuple[str, ...] = ()
    why: str = ""


class Finding(Model):
    """Something in the repository that its owners should know of, whatever a check says: a committed secret.

    `rule` names what was found (`Private Key`), never the thing itself; `digest` tells two of a kind apart.
    """

    rule: str
    path: str
    line: int | None = None
    message: str = ""
    digest: str = ""


class Contributor(Model):
    """One identity of the history; commits are counted over all branches, merges apart.

    `co_authored` counts other people's commits that name this one in a `Co-authored-by` line; `commits_default_branch`
    counts merges too. `bot` marks a program (dependabot, an assistant that signs its commits).
    """

    name: str
    commits: int
    merges: int = 0
    co_authored: int = 0
    commits_default_branch: int = 0
    bot: bool = False


class History(Model):
    """What git's history says. `activity` is one row of 24 counts (hours of the author's clock) a day.

    Contributors are people first, then bots; `people` counts the former where they have a name. `pull_requests` are those
    that messages name (merged ones, not those of bots): a rebase leaves no trace, so there may be more. Message lengths are
    characters of whole messages, bots apart. Dates are the committers' own clocks: nothing here proves when work was pushed.
    `gaps` say what of the history could not be read (a shallow clone), and how to mend it: the figures are then of the rest.
    """

    gaps: tuple[str, ...] = ()
    commits: int = 0
    commits_default_branch: int = 0
    commits_by_bots: int = 0
    merges: int = 0
    pull_requests: int = 0
    pull_requests_by_bots: int = 0
    branches: tuple[str, ...] = ()
    contributors: tuple[Contributor, ...] = ()
    people: int = 0
    first_commit_at: datetime | None = None
    last_commit_at: datetime | None = None
    active_days: int = 0
    average_message_length: float = 0.0
    average_message_length_default_branch: float = 0.0
    activity_start: str = ""
    activity: tuple[tuple[int, ...], ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every commit was read."""
        return not self.gaps


class LargeFile(Model):
    """A file of the commit and its size."""

    path: str
    size_bytes: int


class Statistics(Model):
    """What kinds of files the commit holds, and how large they are.

    `files` and `size_bytes` count everything at the commit, also what was too large to read; `largest` are the twenty largest
    files. All other figures are of the group's own work: untouched template files, and vendored or generated folders, are left
    out. `requirements` are the files that declare dependencies, whatever the tool; `dvc_used` is True where DVC keeps track
    of something, `dvc_initialised` where it was set up; `readme_words` are words of prose of the README in the root.
    `unreadable` are files that these figures would have been read from, but that are too large or not what their name says.
    """

    files: int = 0
    size_bytes: int = 0
    largest: tuple[LargeFile, ...] = ()
    template_files: int = 0
    dockerfiles: int = 0
    python_files: int = 0
    notebooks: int = 0
    workflow_files: int = 0
    requirements: tuple[str, ...] = ()
    cloudbuild: tuple[str, ...] = ()
    dvc_initialised: bool = False
    dvc_used: bool = False
    readme_words: int = 0
    unreadable: tuple[str, ...] = ()


class WorkflowRun(Model):
    """The newest run of a workflow at the commit; `conclusion` is the forge's word, empty while it is under way."""

    name: str
    event: str = ""
    conclusion: str = ""


class Forge(Model):
    """What the forge's API said, where it was asked: it may say something else tomorrow, for the same commit.

    None is not known. Pull requests are those of people, in any state; `reviewed` counts those that another person reviewed.
    `passing` is about the workflow runs of the commit: no run is no success. `notes` say what was not answered, and why.
    """

    url: str
    repository: str = ""
    asked_at: datetime
    pull_requests: int | None = None
    pull_requests_by_bots: int | None = None
    merged: int | None = None
    reviewed: int | None = None
    contributors: int | None = None
    runs: tuple[WorkflowRun, ...] = ()
    passing: bool | None = None
    notes: tuple[str, ...] = ()


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
    history: History = History()
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
        version = _Version.model_validate_json(data).schema_version
    except ValidationError as problem:
        raise ResultError(
            f"{path} is not a grader result.", "Give a result.json that `grader check` wrote."
        ) from problem
    if version != SCHEMA_VERSION:
        raise ResultError(
            f"{path} has schema version {version}; this grader reads version {SCHEMA_VERSION}.",
            "Grade again, or render it with the grader that wrote it.",
        )
    try:
        return Result.model_validate_json(data)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ResultError(f"{path} is not a valid result: {where}: {first['msg']}.") from problem


class _Version(Model):
    schema_version: int
