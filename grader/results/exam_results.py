"""The exam report and the checklist: what is claimed, and what the repository shows."""

from __future__ import annotations

from typing import Literal

from grader.results.graded import EvidenceRecord
from grader.results.verdicts import BoxVerdict, ClaimVerdict, Model

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
    evidence: tuple[EvidenceRecord, ...] = ()


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
