"""The figures of a class: shares of modules, checks that most fail, commits a week, and what `summary.json` says of it."""

from __future__ import annotations

import pytest

from grader.render import Ungraded, render_summary
from grader.results import (
    ClassSummary,
    GroupInfo,
    HistoryFigures,
    ModuleVerdict,
    Result,
    Share,
    Verdict,
)
from tests.graded_class import PINNED, judged_result, official, with_check
from tests.render_sample import clean_result, module


def summary(*results: Result, ungraded: tuple[Ungraded, ...] = ()) -> ClassSummary:
    return ClassSummary.model_validate_json(render_summary(results, ungraded))


def passes(name: str) -> Result:
    return with_check(official(name), PINNED, verdict=Verdict.passed, points=2)


def with_history(name: str, start: str, *commits: int) -> Result:
    rows = tuple((count, *(0,) * 23) for count in commits)
    history = HistoryFigures(activity_start=start, activity=rows)
    return official(name).model_copy(update={"history": history})


def test_each_submission_has_its_share_of_each_module() -> None:
    found = summary(official("a"), clean_result())
    assert found.shares["a"]["M10"].percent == 25
    assert found.shares["a"]["M11"].percent is None
    assert found.shares["a"]["M2"].percent == 100
    assert list(found.shares["group-01"]) == ["M2"]
    counts = {one.id: one for one in found.modules}
    assert list(counts) == ["M1", "M2", "M6", "M7", "M10", "M11", "M16", "M22"]
    assert (counts["M2"].graded, counts["M2"].passed, counts["M1"].graded) == (2, 2, 0)


@pytest.mark.parametrize(
    ("points", "most", "percent"),
    [(199.9, 200, 99), (0.1, 200, 1), (200, 200, 100), (0, 200, 0), (-1, 2, 0), (3, 2, 100), (0, 0, None)],
)
def test_all_and_none_are_exact(points: float, most: float, percent: int | None) -> None:
    assert Share(verdict=ModuleVerdict.partial, points=points, max_points=most).percent == percent


def test_what_most_fail_is_to_be_taught_again_the_largest_share_first() -> None:
    found = summary(official("a"), passes("b"), official("c"), clean_result())
    shares = {one.id: (one.failing, one.tried) for one in found.teach_again}
    assert shares[PINNED] == (2, 3)
    assert shares["M6.train_runs"] == (3, 3)
    assert [one.id for one in found.teach_again][-1] == PINNED
    pinned = found.teach_again[-1]
    assert (pinned.module, pinned.examples, pinned.judged) == ("M10", ("a", "c"), 0)
    assert "FROM python:3.12-slim" in pinned.hint
    # What passes, waits for another check, could not be graded, or has no work in its module is no lesson.
    assert not {"M2.lock_file", "M10.image_builds_in_ci", "M22.app_answers", "M11.seed"} & shares.keys()


def test_half_of_a_class_and_two_groups_are_not_most() -> None:
    half = summary(official("a"), official("b"), passes("c"), passes("d"))
    assert PINNED not in {one.id for one in half.teach_again}
    assert summary(official("a"), official("b")).teach_again == ()


def test_a_module_without_work_teaches_nothing() -> None:
    failed = official("a").modules[4].checks
    none = module("M10", "Docker", "S3", ModuleVerdict.not_started, failed)
    results = [official(name).model_copy(update={"modules": (none,)}) for name in "abc"]
    assert summary(*results).teach_again == ()


def test_a_persons_verdict_is_counted_beside_the_machines() -> None:
    found = summary(judged_result(), official("b"), official("c"))
    pinned = next(one for one in found.teach_again if one.id == PINNED)
    assert (pinned.failing, pinned.judged) == (3, 1)
    assert found.shares["group-07"]["M10"].judged
    assert not found.shares["b"]["M10"].judged
    assert list(found.judgement) == ["group-07"]


def test_commits_are_counted_by_week_over_the_class() -> None:
    # 2026-01-05 is a Monday.
    found = summary(
        with_history("a", "2026-01-05", 1, 0, 0, 0, 0, 0, 2, 4), with_history("b", "2026-01-22", 7)
    )
    assert [(one.begins, one.commits, one.active) for one in found.weeks] == [
        ("2026-01-05", 3, 1),
        ("2026-01-12", 4, 1),
        ("2026-01-19", 7, 1),
    ]


@pytest.mark.parametrize("start", ["1970-01-01", "2099-01-01", "nonsense", "", "9999-12-31"])
def test_a_clock_that_was_wrong_makes_no_weeks(start: str) -> None:
    class_at_work = [with_history(name, "2026-01-20", 7) for name in "bc"]
    found = summary(with_history("a", start, 5, 5, 5), *class_at_work)
    assert [(one.begins, one.commits) for one in found.weeks] == [("2026-01-19", 14)]


def test_weeks_of_a_long_history_are_those_in_which_most_were_at_work() -> None:
    years = with_history("a", "2020-01-06", *(1 for _ in range(7 * 300)))
    found = summary(years, with_history("b", "2022-06-07", 3)).weeks
    assert len(found) == 26
    assert max(found, key=lambda week: week.active).begins == "2022-06-06"


def test_a_class_without_history_has_no_weeks() -> None:
    assert summary(clean_result()).weeks == ()
    assert summary().weeks == ()


def test_what_could_not_be_graded_is_told_with_its_reason_and_nobody_by_name() -> None:
    gone = Ungraded(id="group-99", source="owner/gone", reason="The repository is private.")
    listed = official("a").submission.model_copy(
        update={"group": GroupInfo(number=1, members=("s123456", "Ada"))}
    )
    found = summary(official("a").model_copy(update={"submission": listed}), ungraded=(gone,))
    assert found.not_graded == (gone,)
    assert found.in_part == {"a": ("M22.app_answers",)}
    assert "s123456" not in found.model_dump_json()
    assert "Ada" not in found.model_dump_json()
