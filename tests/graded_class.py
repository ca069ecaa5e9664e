"""An output folder of `grade` without grading: two groups, and one that could not be graded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from grader import render
from grader.results import CheckResult, Override, OverrideTarget, Result
from grader.review import OverridesFile, judge, targets
from tests.places import REPORTS
from tests.render_sample import HOSTILE, clean_result, rich_result

#: A check that failed, of 2 points.
PINNED = "M10.base_images_are_pinned"


def official(name: str = "group-07") -> Result:
    """The sample with something of everything, as the course grades it."""
    return rich_result(id=name, provenance="official", isolated=True)


def write_class(out: Path, results: Sequence[Result] | None = None) -> Path:
    """Write results and their summary as `grade` does; `tests/unit/cli/test_judged_class.py` goes the real way."""
    graded = [official(), clean_result()] if results is None else results
    for result in graded:
        render.write_reports(result, out / "submissions" / result.submission.id, ["json"], REPORTS)
    gone = render.Ungraded(id="owner-gone", source="owner/gone", reason="It is private.")
    (out / "summary.json").write_text(render.render_summary(graded, [gone]))
    return out


def with_check(result: Result, name: str, **changes: object) -> Result:
    """Return the result with a check changed, and the sums of points that follow."""

    def changed(check: CheckResult) -> CheckResult:
        return check.model_copy(update=changes) if check.id == name else check

    modules = []
    for module in result.modules:
        checks = tuple(changed(check) for check in module.checks)
        points = sum(check.points for check in checks)
        modules.append(module.model_copy(update={"checks": checks, "points": points}))
    total = sum(module.points for module in modules)
    summary = result.summary.model_copy(update={"points": total})
    return result.model_copy(update={"modules": tuple(modules), "summary": summary})


def judged_result() -> Result:
    """The sample with a judgement of everything that can be judged, in hostile words, and one that does not hold."""
    result = official()
    verdicts = {"check": "passed", "question": "partial", "box": "supported", "statement": "supported"}
    entries = []
    for seen in targets(result):
        common = {
            "group": result.submission.id,
            "target": seen.target,
            "by": HOSTILE,
            "date": date(2026, 1, 24),
            "reason": HOSTILE,
            "comment": HOSTILE,
        }
        verdict = verdicts.get(seen.target.kind, "failed")
        entries.append(Override.model_validate({**common, "seen": seen.digest, "verdict": verdict}))
    gone = {**common, "target": OverrideTarget(kind="check", id=HOSTILE)}
    entries.append(Override.model_validate({**gone, "seen": "0", "points": 1}))
    return judge(result, OverridesFile(name="overrides.toml", entries=tuple(entries)))
