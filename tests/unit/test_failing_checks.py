"""The table of checks that the graded projects fail most."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.module import Check
from grader.course.pack import load_course
from grader.results import Result, Verdict
from tests import failing_checks
from tests.failing_checks import Row, rows, table
from tests.render_sample import clean_result

CHECKS = {check.id: check for module in load_course().modules for check in module.checks}
#: One that needs a reason and has one, and one that has none.
EXCUSED, PLAIN = CHECKS["M6.readme_says_how_to_run"], CHECKS["M10.dockerfiles_are_readable"]


def project(verdicts: dict[str, Verdict], profile: str = "project") -> Result:
    """A result of these checks; the rest is a sample."""
    result = clean_result()
    checks = tuple(
        result.modules[0].checks[0].model_copy(update={"id": name, "verdict": verdict})
        for name, verdict in verdicts.items()
    )
    submission = result.submission.model_copy(update={"profile": profile})
    module = result.modules[0].model_copy(update={"checks": checks})
    return result.model_copy(update={"submission": submission, "modules": (module,)})


def row(check: Check, *verdicts: Verdict) -> Row:
    [found] = rows([project({check.id: verdict}) for verdict in verdicts], [check])
    return found


def test_the_share_is_of_the_projects_that_decide() -> None:
    found = row(PLAIN, Verdict.failed, Verdict.timeout, Verdict.partial, Verdict.passed)
    assert (found.decided, found.share) == (4, 0.5)
    found = row(PLAIN, Verdict.failed, Verdict.not_applicable, Verdict.blocked, Verdict.error)
    assert (found.decided, found.share) == (1, 1.0)


@pytest.mark.parametrize(
    ("check", "failed", "passed", "lacks"),
    [
        (PLAIN, 4, 6, True),
        (PLAIN, 5, 10, False),
        (PLAIN, 9, 0, False),
        (EXCUSED, 10, 0, False),
    ],
)
def test_a_check_that_many_fail_needs_a_reason(check: Check, failed: int, passed: int, lacks: bool) -> None:
    found = row(check, *[Verdict.failed] * failed, *[Verdict.passed] * passed)
    assert found.lacks_a_reason is lacks
    assert ("MISSING" in table([found])) is lacks


def test_what_most_fail_comes_first_with_its_reason() -> None:
    graded = [project({PLAIN.id: Verdict.passed, EXCUSED.id: Verdict.failed})]
    head, first, second = table(rows(graded, [PLAIN, EXCUSED])).split("\n")
    assert head.split() == [
        "check",
        "required",
        "passed",
        "partial",
        "failed",
        "n/a",
        "blocked",
        "error",
        "share",
        "reason",
    ]
    assert first.split()[:9] == [EXCUSED.id, "no", "0", "0", "1", "0", "0", "0", "100%"]
    assert first.endswith(EXCUSED.often_fails)
    assert second.split() == [PLAIN.id, "yes", "1", "0", "0", "0", "0", "0", "0%"]


def written(folder: Path, number: int, result: Result) -> None:
    path = folder / f"run{number}" / "submissions" / "one" / "result.json"
    path.parent.mkdir(parents=True)
    path.write_text(result.model_dump_json())


@pytest.mark.parametrize(("check", "code"), [(PLAIN, 1), (EXCUSED, 0)])
def test_folders_of_graded_projects_are_read_and_exercises_left_out(
    check: Check, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(10):
        written(tmp_path, number, project({check.id: Verdict.failed}))
    written(tmp_path, 10, project({check.id: Verdict.passed}, "exercises"))
    assert failing_checks.main([str(tmp_path)]) == code
    said = capsys.readouterr().out
    assert "10 projects; " in said
    assert (f"lack a reason: {check.id}" in said) is bool(code)


def test_a_folder_without_results_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert failing_checks.main([str(tmp_path)]) == 2
    written(tmp_path, 1, project({}))
    (tmp_path / "run1/submissions/one/result.json").write_text("{")
    assert failing_checks.main([str(tmp_path)]) == 2
    assert "result.json" in capsys.readouterr().err
