"""What became of checks and modules, and what the owners should know of."""

from __future__ import annotations

from grader.results.verdicts import Model, ModuleVerdict, Verdict


class EvidenceRecord(Model):
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
    history, or what lies above the folder that was graded). `excused` marks one that failed for what is missing where grading
    runs (a network, a package): it decides nothing. `often_fails` says why more than a third of the projects fail it, if they do.
    """

    id: str
    title: str
    verdict: Verdict
    points: float
    max_points: float
    required: bool = True
    message: str = ""
    unseen: bool = False
    excused: bool = False
    hint: str = ""
    often_fails: str = ""
    duration_s: float = 0.0
    evidence: tuple[EvidenceRecord, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    questions: tuple[int, ...] = ()
    boxes: tuple[str, ...] = ()
    said: tuple[BoxSaid, ...] = ()


class ModuleResult(Model):
    """A module: the verdicts of its checks and their sum. `message` says where work was looked for, if none was found.

    `folder` is the folder that was graded, if it is not the whole submission; `other_folders` hold work of the module, too.
    `reused`: its suite did not run, because nothing changed that it sees since an earlier run.
    """

    id: str
    title: str
    session: str
    core: bool
    verdict: ModuleVerdict
    points: float
    max_points: float
    message: str = ""
    folder: str = ""
    other_folders: tuple[str, ...] = ()
    reused: bool = False
    checks: tuple[CheckResult, ...] = ()


class Finding(Model):
    """Something in the repository that its owners should know of, whatever a check says: a committed secret.

    `rule` names what was found (`Private Key`), never the thing itself; `digest` tells two of a kind apart.
    """

    rule: str
    path: str
    line: int | None = None
    message: str = ""
    digest: str = ""
