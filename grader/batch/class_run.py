"""The run of a class: each source on its way, what became of it, and the overview of all."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from grader import render
from grader.errors import GraderError
from grader.pipeline import Setup, grade_source
from grader.results import Result
from grader.settings import SubmissionLimits
from grader.submission import Submission, fetch
from grader.submission.source import shown, slug


@dataclass(frozen=True, kw_only=True)
class Graded:
    """What became of a batch: 3 if any submission could not be graded, else 0, whatever the verdicts are."""

    index: Path
    results: tuple[Result, ...]
    failed: tuple[tuple[str, str], ...]

    @property
    def exit_code(self) -> int:
        """0, or 3 if the grader could not grade (part of) a submission."""
        return 3 if self.failed or any(result.exit_code == 3 for result in self.results) else 0


def grade_all(
    sources: Sequence[str],
    *,
    out: Path,
    setup: Setup,
    write: Callable[[Result, Path], object],
    say: Callable[[str], None],
) -> Graded:
    """Grade each source's committed state; a source that cannot be graded is named and the rest goes on.

    Args:
        sources: paths, git URLs, or owner/name.
        out: gets `index.html`, `grades.csv`, `summary.json` and `submissions/<id>/`.
        setup: how and where to grade.
        write: writes one result's reports into a folder.
        say: takes a line a submission.
    """
    results: list[Result] = []
    failed: list[tuple[str, str]] = []
    taken: set[str] = set()

    def finish(result: Result) -> Result:
        named = _with_free_id(result, taken)
        write(named, out / "submissions" / named.submission.id)
        return named

    for number, source in enumerate(sources, start=1):
        try:
            result = grade_source(partial(_fetch, source), setup, finish)
            results.append(result)
            points = f"{result.summary.points:g} of {result.summary.max_points:g} points"
            say(f"[{number}/{len(sources)}] {result.submission.id}: {points}")
        except (GraderError, OSError) as problem:
            # From here on nobody holds the source as it was typed: it may have a password in it.
            failed.append((shown(source), str(problem)))
            say(f"[{number}/{len(sources)}] {shown(source)}: could not be graded: {problem}")
    ungraded = [render.Ungraded(id=slug(source), source=source, reason=why) for source, why in failed]
    index, reports = out / "index.html", setup.course.reports
    render.write_text(index, render.render_index(results, reports=reports, ungraded=ungraded))
    render.write_text(out / "grades.csv", render.render_csv(results, reports=reports, ungraded=ungraded))
    render.write_text(out / "summary.json", _summary(results, failed))
    return Graded(index=index, results=tuple(results), failed=tuple(failed))


def _fetch(source: str, into: Path) -> Submission:
    return fetch(source, into=into, limits=SubmissionLimits())


def _summary(results: Sequence[Result], failed: Sequence[tuple[str, str]]) -> str:
    """Return the figures of every submission, and what could not be graded, as JSON."""
    graded = {result.submission.id: result.summary.model_dump(mode="json") for result in results}
    ungraded = [{"source": source, "reason": reason} for source, reason in failed]
    return json.dumps({"graded": graded, "not_graded": ungraded}, indent=2) + "\n"


def _with_free_id(result: Result, taken: set[str]) -> Result:
    """Return the result with an id that no other submission of the run has."""
    wanted, number = result.submission.id, 2
    chosen = wanted
    while chosen in taken:
        chosen, number = f"{wanted}-{number}", number + 1
    taken.add(chosen)
    return result.model_copy(update={"submission": result.submission.model_copy(update={"id": chosen})})
