"""What finders of claims work with: the answers as written, and what is known of the repository."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.inventory import Inventory
from grader.results import CheckResult, Claim, HistoryFigures, Measurement


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answered question.

    number: as the report counts. current_number: the same question in the current edition, which every rule goes by.
    text: the answer in Markdown, as written.
    """

    number: int
    current_number: int
    topic: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Repository:
    """What claims are held against.

    inventory: None where it could not be made; then nearly everything is undetermined.
    checks: by id. measurements: by name; several checks may have found one of that name. history: of git.
    source: the address or folder that was graded. report_path: where the report lies, for links relative to it.
    tools: the course's dictionary of tools, `reports/tools.toml`, as parsed TOML.
    """

    inventory: Inventory | None
    checks: Mapping[str, CheckResult] = field(default_factory=dict)
    measurements: Mapping[str, tuple[Measurement, ...]] = field(default_factory=dict)
    history: HistoryFigures = field(default_factory=HistoryFigures)
    source: str = ""
    report_path: str = "reports/README.md"
    tools: Mapping[str, Any] = field(default_factory=dict)


#: Finds the claims of one kind in one answer, each with its verdict. Never raises for any text.
Finder = Callable[[Answer, Repository], Iterable[Claim]]
