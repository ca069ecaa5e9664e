"""A class that was graded with names, rendered again without: its overview, its figures, and what could not be graded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.render import Ungraded, render_summary, write_reports
from grader.results import GroupInfo, Result, Verdict
from tests.command_line import run
from tests.graded_class import official, with_check
from tests.places import REPORTS

OUT = Path("out")
NAMES = ("s123456", "s234567", "adalov", "hopper")


def group(number: int, *members: str) -> Result:
    result = with_check(official(f"group-{number}"), "M22.app_answers", verdict=Verdict.blocked)
    about = result.submission.model_copy(
        update={
            "source": "https://github.com/adalov/project",
            "group": GroupInfo(number=number, members=members),
        }
    )
    return result.model_copy(update={"submission": about})


def write(*results: Result) -> None:
    for result in results:
        write_reports(result, OUT / "submissions" / result.submission.id, ["json"], REPORTS)
    gone = [
        Ungraded(id="group-9", source="https://github.com/hopper/gone", reason="hopper/gone is private."),
        Ungraded(id="hopper-lost", source="hopper/lost", reason="There is nothing at hopper/lost."),
    ]
    (OUT / "summary.json").write_text(render_summary(results, gone))


def texts() -> str:
    return "".join(path.read_text() for path in OUT.iterdir() if path.is_file())


@pytest.fixture(autouse=True)
def folder(here: None) -> None:
    write(group(7, "s123456"), group(8, "s234567"))


def test_names_are_in_every_file_where_they_are_wanted() -> None:
    assert run("report", "out").returncode == 0
    assert all(name in texts() for name in NAMES)
    assert (OUT / "brightspace.csv").is_file()


def test_names_are_in_no_file_where_they_are_hidden() -> None:
    run("report", "out")
    for _ in range(2):
        done = run("report", "out", "--pseudonymous")
        assert done.returncode == 0, done.stderr
        assert [name for name in NAMES if name in texts()] == []
    assert not (OUT / "brightspace.csv").exists()
    summary = json.loads((OUT / "summary.json").read_text())
    assert list(summary["graded"]) == ["group-7", "group-8"]
    assert [one["id"] for one in summary["not_graded"]] == ["group-9", "not-graded-2"]
    assert "is private" in summary["not_graded"][0]["reason"]


def test_a_folder_that_is_named_after_its_owner_is_refused_before_anything_is_written() -> None:
    write(group(7, "s123456"), official("adalov-project"))
    before = texts()
    done = run("report", "out", "--pseudonymous")
    assert done.returncode == 2
    assert "Grade with --pseudonymous into a new folder" in done.stderr
    assert texts() == before
