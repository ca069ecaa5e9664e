"""The input of claim finders: the answers as written, and the facts of the repository."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.exam.report_data import ReportData, Subject
from grader.inventory import Inventory
from grader.results import CheckResult, Claim, HistoryFigures, Measurement


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answered question.

    number: in the report's own numbering. current_number: the same question in the current edition.
    text: the answer in Markdown, as written. asks: what the course says that the question asks.
    """

    number: int
    current_number: int
    topic: str
    text: str
    asks: frozenset[Subject] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Repository:
    """The facts that claims are compared with.

    inventory: None if it could not be made; then nearly every claim is undetermined.
    checks: by id. measurements: by name; several checks may have measured the same name. history: of git.
    source: the address or folder that was graded. report_path: path of the report, for links relative to it.
    tools: the course's dictionary of tools, `reports/tools.toml`, as parsed TOML.
    about: what it says of its report, `reports/report.toml`.
    """

    inventory: Inventory | None
    checks: Mapping[str, CheckResult] = field(default_factory=dict)
    measurements: Mapping[str, tuple[Measurement, ...]] = field(default_factory=dict)
    history: HistoryFigures = field(default_factory=HistoryFigures)
    source: str = ""
    report_path: str = "reports/README.md"
    tools: Mapping[str, Any] = field(default_factory=dict)
    about: ReportData = field(default_factory=ReportData)


#: Find the claims of one kind in one answer, each with its verdict. Must not raise, whatever the text.
Finder = Callable[[Answer, Repository], Iterable[Claim]]
