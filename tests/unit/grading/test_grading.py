"""Collect: the plan is the denominator, whatever comes back. The in-memory sandbox plays events."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from grader import grading
from grader.course.module import Profile
from grader.course.pack import load_course
from grader.results import HistoryFigures, ModuleResult, ModuleVerdict, Verdict
from grader.sandbox.protocol import RunOutcome
from grader.submission.model import Submission
from tests.memory_sandbox import MemorySandbox

SUITE = """
from grader.suite import check, work

@work("a file")
def find_work(submission):
    return True

@check("One", points=2)
def test_one(): pass

@check("Two")
def test_two(): pass

@check("Three", required=False)
def test_three(): pass
"""


@pytest.fixture
def course(tmp_path: Path) -> Any:
    folder = tmp_path / "checks" / "m07_x"
    folder.mkdir(parents=True)
    (folder / "module.toml").write_text('id = "M7"\nslug = "x"\ntitle = "X"\nsession = "S2"\n')
    (folder / "test_x.py").write_text(SUITE)
    return load_course(tmp_path)


def submission(root: Path) -> Submission:
    return Submission(
        id="one",
        source="one",
        root=root,
        commit="0" * 40,
        branch="main",
        committed_at=None,
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        dirty=False,
        history=HistoryFigures(),
    )


def check_event(name: str, **fields: object) -> str:
    return json.dumps({"event": "check", "check": f"M7.{name}", "verdict": "passed", "points": 1, **fields})


def run(course: Any, tmp_path: Path, sandbox: Any, profile: Profile = "exercises") -> Any:
    plan = grading.plan(course.modules, profile)
    ran = grading.run(plan, submission=submission(tmp_path), course=course, sandbox=sandbox, facts={})
    return grading.collect(plan, ran).modules[0]


def verdicts(module: ModuleResult) -> Any:
    return {check.id.partition(".")[2]: check.verdict for check in module.checks}


def test_all_passed(course: Any, tmp_path: Path) -> None:
    module = run(course, tmp_path, MemorySandbox())
    assert module.verdict is ModuleVerdict.passed
    assert (module.points, module.max_points) == (4, 4)


@pytest.mark.parametrize(
    ("profile", "wanted"), [("exercises", [True, True, False]), ("project", [True, False, False])]
)
def test_what_exercises_ask_for_is_not_required_of_a_project(
    tmp_path: Path, course: Any, profile: Profile, wanted: list[bool]
) -> None:
    suite = tmp_path / "checks" / "m07_x" / "test_x.py"
    suite.write_text(SUITE.replace('@check("Two")', '@check("Two", required="exercises")'))
    failed = MemorySandbox({"M7.two": [check_event("two", verdict="failed", points=0)]})
    module = run(load_course(tmp_path), tmp_path, failed, profile)
    assert [check.required for check in module.checks] == wanted
    assert module.verdict is ModuleVerdict.partial


@pytest.mark.parametrize(("profile", "said"), [("exercises", ""), ("project", "Few get as far as this one.")])
def test_why_many_projects_fail_a_check_is_told_to_projects(
    tmp_path: Path, course: Any, profile: Profile, said: str
) -> None:
    with (tmp_path / "checks" / "m07_x" / "module.toml").open("a") as file:
        file.write('[checks.two]\noften_fails = "Few get as far as this one."\n')
    module = run(load_course(tmp_path), tmp_path, MemorySandbox(), profile)
    assert [check.often_fails for check in module.checks] == ["", said, ""]


def test_an_excused_check_is_marked_and_counts_for_nothing(course: Any, tmp_path: Path) -> None:
    event = check_event(
        "two", verdict="not_applicable", points=0, excused=True, message="It needs a network."
    )
    module = run(course, tmp_path, MemorySandbox({"M7.two": [event]}), "project")
    assert [check.excused for check in module.checks] == [False, True, False]
    assert module.max_points == 3


def test_a_check_that_says_nothing_is_an_error_not_a_pass(course: Any, tmp_path: Path) -> None:
    module = run(course, tmp_path, MemorySandbox({"M7.two": []}))
    assert verdicts(module) == {"one": "passed", "two": "error", "three": "passed"}
    assert module.verdict is ModuleVerdict.error
    assert module.max_points == 4


def test_no_output_at_all_is_an_error(course: Any, tmp_path: Path) -> None:
    silent = MemorySandbox({"M7.one": [], "M7.two": [], "M7.three": []})
    assert set(verdicts(run(course, tmp_path, silent)).values()) == {Verdict.error}


def test_an_event_that_was_not_planned_is_dropped(course: Any, tmp_path: Path) -> None:
    forged = json.dumps({"event": "check", "check": "M7.forged", "verdict": "passed", "points": 99})
    module = run(course, tmp_path, MemorySandbox({"M7.one": [forged, check_event("one")]}))
    assert [check.id for check in module.checks] == ["M7.one", "M7.two", "M7.three"]


def test_a_second_event_for_a_check_changes_nothing(course: Any, tmp_path: Path) -> None:
    events = [check_event("one", verdict="failed", points=0), check_event("one")]
    assert verdicts(run(course, tmp_path, MemorySandbox({"M7.one": events})))["one"] == "failed"


@pytest.mark.parametrize(
    "line",
    [
        "passed",
        "{}",
        '{"event": "check"}',
        '{"event": "check", "check": "M7.one", "verdict": "splendid"}',
        '{"event": "check", "check": "M7.one", "verdict": "passed", "points": -1}',
        '{"event": "check", "check": "M7.one", "verdict": "passed", "points": NaN}',
        "[" * 10_000,
    ],
)
def test_a_line_that_is_no_event_counts_for_nothing(course: Any, tmp_path: Path, line: str) -> None:
    assert verdicts(run(course, tmp_path, MemorySandbox({"M7.one": [line]})))["one"] == "error"


def test_points_never_exceed_what_the_check_is_worth(course: Any, tmp_path: Path) -> None:
    lavish = MemorySandbox(
        {
            "M7.one": [check_event("one", points=1000)],
            "M7.two": [check_event("two", verdict="partial", points=50)],
        }
    )
    module = run(course, tmp_path, lavish)
    assert [check.points for check in module.checks] == [2, 1, 1]


def test_what_came_before_a_death_stays_and_the_rest_goes_on(course: Any, tmp_path: Path) -> None:
    start = json.dumps({"event": "start", "check": "M7.two"})
    sandbox = MemorySandbox(
        {"M7.two": [start], "M7.three": []}, [RunOutcome(exit_code=137, out_of_memory=True)]
    )
    first_run = sandbox._events
    original = sandbox.run

    def second_time_all_is_well(job: Any, on_event: Any) -> Any:
        outcome = original(job, on_event)
        first_run.pop("M7.three", None)
        return outcome

    vars(sandbox)["run"] = second_time_all_is_well
    module = run(course, tmp_path, sandbox)
    assert verdicts(module) == {"one": "passed", "two": "error", "three": "passed"}
    assert [job.checks for job in sandbox.jobs] == [("M7.one", "M7.two", "M7.three"), ("M7.three",)]
    assert dict(sandbox.jobs[1].done) == {"M7.one": "passed"}


def test_a_death_in_the_students_code_is_the_students(course: Any, tmp_path: Path) -> None:
    during = [
        json.dumps({"event": "start", "check": "M7.two"}),
        json.dumps({"event": "call", "check": "M7.two"}),
    ]
    sandbox = MemorySandbox(
        {"M7.two": during, "M7.three": []}, [RunOutcome(exit_code=137, out_of_memory=True)]
    )
    found = run(course, tmp_path, sandbox).checks[1]
    assert found.verdict is Verdict.failed
    assert "broke the sandbox's limits" in found.message


def test_a_run_that_never_gets_anywhere_ends(course: Any, tmp_path: Path) -> None:
    nothing = MemorySandbox({"M7.one": [], "M7.two": [], "M7.three": []}, [RunOutcome(exit_code=1)] * 50)
    run(course, tmp_path, nothing)
    assert len(nothing.jobs) <= grading.MOST_RUNS


def test_not_started_is_not_failed(course: Any, tmp_path: Path) -> None:
    blocked = {name: [check_event(name, verdict="blocked", points=0)] for name in ("one", "two", "three")}
    none = json.dumps({"event": "module", "module": "M7", "started": False, "looked_for": "a file"})
    events = {f"M7.{name}": lines for name, lines in blocked.items()}
    events["M7.one"].insert(0, none)
    module = run(course, tmp_path, MemorySandbox(events))
    assert module.verdict is ModuleVerdict.not_started
    assert "a file" in module.message


@pytest.mark.parametrize(("profile", "most"), [("project", 2), ("exercises", 4)])
def test_only_in_projects_not_applicable_leaves_the_denominator(
    course: Any, tmp_path: Path, profile: Profile, most: int
) -> None:
    excused = MemorySandbox({"M7.one": [check_event("one", verdict="not_applicable", points=0)]})
    module = run(course, tmp_path, excused, profile)
    assert module.verdict is ModuleVerdict.passed
    assert module.max_points == most


def test_a_part_of_a_plan_brings_what_it_requires(tmp_path: Path) -> None:
    folder = tmp_path / "checks" / "m07_x"
    folder.mkdir(parents=True)
    (folder / "module.toml").write_text('id = "M7"\nslug = "x"\ntitle = "X"\nsession = "S2"\n')
    (folder / "test_x.py").write_text(
        "@check('A', requires=['b'])\ndef test_a(): pass\n@check('B', requires=['c'])\ndef test_b(): pass\n"
        "@check('C')\ndef test_c(): pass\n@check('D')\ndef test_d(): pass\n"
    )
    plan = grading.plan(load_course(tmp_path).modules, "exercises", {"a"})
    assert [check.name for check in plan.checks] == ["c", "b", "a"]


def test_code_that_takes_every_sandbox_down_gets_no_endless_turns(tmp_path: Path) -> None:
    folder = tmp_path / "checks" / "m07_x"
    folder.mkdir(parents=True)
    (folder / "module.toml").write_text('id = "M7"\nslug = "x"\ntitle = "X"\nsession = "S2"\n')
    names = [f"c{number}" for number in range(grading.MOST_RUNS + 2)]
    (folder / "test_x.py").write_text("".join(f"@check('T')\ndef test_{name}(): pass\n" for name in names))
    dying = {
        f"M7.{name}": [json.dumps({"event": kind, "check": f"M7.{name}"}) for kind in ("start", "call")]
        for name in names
    }
    sandbox = MemorySandbox(dying, [RunOutcome(exit_code=137)] * 50)
    found = list(verdicts(run(load_course(tmp_path), tmp_path, sandbox)).values())
    assert len(sandbox.jobs) == grading.MOST_RUNS
    assert found.count(Verdict.failed) == grading.MOST_RUNS
    assert found.count(Verdict.blocked) == 2
