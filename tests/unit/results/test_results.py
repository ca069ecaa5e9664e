"""result.json: written whole, read with a clear error."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from grader.errors import ResultError
from grader.results import (
    SCHEMA_VERSION,
    CheckResult,
    GraderInfo,
    ModuleResult,
    ModuleVerdict,
    Result,
    SubmissionInfo,
    Verdict,
    read_result,
)


def result(
    *verdicts: Verdict, required: bool = True, module: ModuleVerdict = ModuleVerdict.partial
) -> Result:
    checks = tuple(
        CheckResult(id=f"M1.c{number}", title="T", verdict=verdict, points=0, max_points=1, required=required)
        for number, verdict in enumerate(verdicts)
    )
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Result(
        grader=GraderInfo(version="0", course="c", course_digest="d", sandbox="memory"),
        submission=SubmissionInfo(id="one", source="one", commit="0", fetched_at=now, profile="exercises"),
        started_at=now,
        duration_s=0,
        modules=(
            ModuleResult(
                id="M1",
                title="T",
                session="S1",
                core=True,
                verdict=module,
                points=0,
                max_points=1,
                checks=checks,
            ),
        ),
    )


@pytest.mark.parametrize(
    ("verdicts", "required", "code"),
    [
        ([Verdict.passed, Verdict.not_applicable], True, 0),
        ([Verdict.failed], True, 1),
        ([Verdict.partial], True, 1),
        ([Verdict.timeout], True, 1),
        ([Verdict.failed], False, 0),
        ([Verdict.error], True, 3),
        ([Verdict.failed, Verdict.error], True, 3),
        ([Verdict.error], False, 3),
    ],
)
def test_the_exit_code_follows_the_verdicts(verdicts: list[Any], required: bool, code: int) -> None:
    assert result(*verdicts, required=required).exit_code == code


def test_a_module_that_was_not_started_fails_nothing() -> None:
    assert result(Verdict.blocked, module=ModuleVerdict.not_started).exit_code == 0


def test_a_result_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(result(Verdict.passed).model_dump_json())
    assert read_result(path) == result(Verdict.passed)
    assert read_result(path.parent) == result(Verdict.passed)


def test_keys_of_a_newer_writer_are_ignored(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    data = json.loads(result(Verdict.passed).model_dump_json())
    path.write_text(json.dumps({**data, "more": 1}))
    assert read_result(path) == result(Verdict.passed)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "not a grader result"),
        ("{", "not a grader result"),
        ("[]", "not a grader result"),
        (json.dumps({"schema_version": SCHEMA_VERSION + 1}), "schema version 2"),
        (json.dumps({"schema_version": SCHEMA_VERSION}), "not a valid result: grader"),
    ],
)
def test_what_is_no_result_is_refused_by_name(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "result.json"
    path.write_text(content)
    with pytest.raises(ResultError) as problem:
        read_result(path)
    assert said in str(problem.value)
    assert str(path) in str(problem.value)


def test_a_result_that_says_no_version_is_none(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    data = json.loads(result(Verdict.passed).model_dump_json())
    del data["schema_version"]
    path.write_text(json.dumps(data))
    with pytest.raises(ResultError, match="not a grader result"):
        read_result(path)


def test_a_missing_result_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="No result file"):
        read_result(tmp_path / "nothing.json")
