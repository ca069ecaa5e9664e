"""The report: one self-contained HTML file, readable without scripts, without network, on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from grader.render import claim_summary as standing
from grader.render import labels as words
from grader.render.claim_summary import Standing
from grader.render.findings import grouped, lead
from grader.render.html.activity import chart
from grader.render.html.answer_html import render_answer
from grader.render.html.page import render_page
from grader.render.next_steps import agenda, cannot_tell, headline
from grader.render.overview_columns import load_overview
from grader.results import EvidenceRecord, Result

#: A report larger than this is written with shorter excerpts, and says so.
MAX_REPORT_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """How much of a submission's text a report shows: characters of one text, pieces of one list."""

    answer: int = 12_000
    message: int = 4_000
    excerpt: int = 2_000
    evidence: int = 20
    entries: int = 200
    reduced: bool = False


_BUDGETS = (
    Budget(),
    Budget(answer=2_000, message=500, excerpt=300, evidence=3, entries=50, reduced=True),
    Budget(answer=200, message=160, excerpt=0, evidence=0, entries=10, reduced=True),
)


def render_html(result: Result, *, reports: Path) -> str:
    """Return the report of one submission.

    `reports` is the course pack's folder with `templates/` and `static/`. The page has at most 16 MiB:
    where that is not enough for everything, excerpts and answers get shorter, and the page says so.

    Raises:
        CourseError: a template or the stylesheet is missing or malformed.
    """
    page = ""
    for budget in _BUDGETS:
        page = _render(result, reports, budget)
        if len(page.encode()) <= MAX_REPORT_BYTES:
            break
    return page


def _render(result: Result, reports: Path, budget: Budget) -> str:
    line, kind = headline(result)
    submission = result.submission
    questions = result.exam.questions if result.exam else ()

    def link(evidence: EvidenceRecord | None = None) -> str:
        return words.forge_link(submission, evidence)

    return render_page(
        reports,
        "report.html",
        result=result,
        budget=budget,
        agenda=agenda(result),
        untold=cannot_tell(result),
        headline=line,
        kind=kind,
        tally=_tally(result),
        checks={check.id: (module, check) for module in result.modules for check in module.checks},
        sessions=[
            (name, list(group)) for name, group in groupby(result.modules, key=lambda module: module.session)
        ],
        numbers={
            question.current_number: question.number for question in questions if question.current_number
        },
        box_ids={box.id for box in result.checklist},
        sections=[
            (name, list(group)) for name, group in groupby(questions, key=lambda question: question.section)
        ],
        box_groups=standing.box_groups(result),
        list_files=standing.list_files(result),
        claim_groups=standing.claim_groups,
        claims=standing.claims(result),
        ticks=standing.ticks(result),
        fallen_claims=standing.fallen_claims(result),
        fallen_ticks=standing.fallen_ticks(result),
        forgotten=standing.forgotten_ticks(result),
        balance=_balance,
        chart=chart(result.history),
        labels=load_overview(reports).labels,
        findings=grouped(result.findings),
        findings_lead=lead(result),
        answer=lambda source: render_answer(source, limit=budget.answer),
        link=link,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A stretch of a bar; `start` and `share` in percent of its length."""

    kind: str
    label: str
    count: int
    start: float
    share: float


_KINDS = ("passed", "partial", "failed", "timeout", "blocked", "error", "not_applicable")


def _tally(result: Result) -> list[Part]:
    verdicts = [str(check.verdict) for module in result.modules for check in module.checks]
    return _parts([(kind, words.label(kind), verdicts.count(kind)) for kind in _KINDS])


def _balance(stands: Standing, fallen: str) -> list[Part]:
    """Return what stands, falls and is open, as stretches of a bar; `fallen` is the verdict of what falls."""
    counts = (("supported", stands.supported), (fallen, stands.fallen), ("undetermined", stands.undetermined))
    return _parts([(kind, words.label(kind), count) for kind, count in counts])


def _parts(counts: Sequence[tuple[str, str, int]]) -> list[Part]:
    total = sum(count for _, _, count in counts)
    parts: list[Part] = []
    start = 0.0
    for kind, label, count in counts:
        if count:
            share = round(100 * count / total, 3)
            parts.append(Part(kind=kind, label=label, count=count, start=round(start, 3), share=share))
            start += share
    return parts
