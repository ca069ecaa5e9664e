"""A class that is graded for real: overrides in its reports, run after run, and a complaint that is answered."""

from __future__ import annotations

import csv
import json
import os
import shutil
from pathlib import Path

import pytest

from tests.command_line import Ended, run
from tests.double_pack import DOUBLE, FILES, SUITE
from tests.git_command import git
from tests.graded_class import write_class

pytestmark = pytest.mark.process

CHECK = "X1.doubles"
TRUST = ("--course", "pack", "--sandbox", "local", "--trust-submissions")
WHO = ("--by", "A. Teacher", "--reason", "It doubles where it matters.", "--into", "overrides.toml")
ONE = "out/submissions/one"


@pytest.fixture(autouse=True)
def course(here: None) -> None:
    for name, text in FILES.items():
        path = Path("pack", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    group("one", DOUBLE.replace("2 * number", "3 * number"))
    group("two", DOUBLE)


def group(name: str, text: str) -> None:
    Path(name).mkdir(exist_ok=True)
    Path(name, "double.py").write_text(text)
    if not Path(name, ".git").exists():
        git(Path(name), "init", "-q", "-b", "main")
    git(Path(name), "add", "-A")
    git(Path(name), "commit", "-q", "-m", "Double")


def grade(*options: str, code: int = 0) -> Ended:
    done = run("grade", "one", "two", "--out", "out", *TRUST, *options)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def regrade(*options: str, check: str = CHECK) -> Ended:
    return run("regrade", "one", "--check", check, "--out", "out", *TRUST, *options)


def points(name: str) -> tuple[str, str]:
    with Path("out/grades.csv").open(encoding="utf-8", newline="") as file:
        row = next(row for row in csv.DictReader(file) if row["id"] == name)
    return row["points"], row["points_after_judgement"]


def test_overrides_are_shown_as_the_class_is_graded_and_stay_the_machines_beside() -> None:
    grade()
    machine = Path(ONE, "result.json").read_bytes()
    assert (
        run("override", ONE, "check", CHECK, "--verdict", "passed", *WHO, "--course", "pack").returncode == 0
    )
    assert Path(ONE, "result.json").read_bytes() == machine
    done = grade("--overrides", "overrides.toml")
    assert "one: After judgement: 10 of 10 points; 1 override applied" in done.stdout
    assert points("one") == ("1", "10")
    assert points("two") == ("10", "10")
    assert "It doubles where it matters." in Path(ONE, "report.html").read_text()
    assert b"where it matters" not in Path(ONE, "result.json").read_bytes()
    plain = grade()
    assert "note: Reports showed what people decided (one)" in plain.stderr
    assert points("one") == ("1", "1")
    assert "It doubles where it matters." not in Path(ONE, "report.html").read_text()


def test_a_push_that_changes_the_evidence_takes_the_override_out_by_name() -> None:
    grade()
    run("override", ONE, "check", CHECK, "--verdict", "passed", *WHO, "--course", "pack")
    group("one", "def double(number):\n    return number / 0\n")
    done = grade("--overrides", "overrides.toml")
    assert "one: not applied: check X1.doubles" in done.stderr
    assert points("one") == ("1", "1")


def test_a_mistake_in_the_overrides_is_said_before_anything_is_graded() -> None:
    Path("overrides.toml").write_text("[[override]]\n")
    done = run("grade", "one", "--out", "out", *TRUST, "--overrides", "overrides.toml")
    assert done.returncode == 2
    assert "line 1: `group` is missing" in done.stderr
    assert not Path("out").exists()


def test_the_sample_of_an_output_folder_is_like_a_real_one() -> None:
    run("grade", "one", "nowhere", "--out", "out", *TRUST)
    write_class(Path("sample"))
    real, sample = (json.loads(Path(name, "summary.json").read_text()) for name in ("out", "sample"))
    assert real.keys() == sample.keys()
    assert real["not_graded"][0].keys() == sample["not_graded"][0].keys()
    assert next(iter(real["graded"].values())).keys() == next(iter(sample["graded"].values())).keys()
    assert run("report", "out", "--course", "pack").returncode == 0
    assert json.loads(Path("out/summary.json").read_text()) == real
    assert "nowhere" in Path("out/index.html").read_text()


def test_two_runs_of_a_class_are_compared() -> None:
    grade()
    shutil.copytree("out", "before")
    group("one", DOUBLE)
    grade()
    done = run("diff", "before", "out")
    assert done.returncode == 0, done.stderr
    assert f"check {CHECK}: failed → passed (+9)" in done.stdout
    assert "2 groups compared: 1 gained, 0 lost something, 1 unchanged" in done.stdout
    assert "commit (1 group)" in done.stdout
    assert run("diff", "out", "before").returncode == 1


def test_a_complaint_gets_the_same_verdict_and_the_log_for_the_suites_author() -> None:
    grade()
    report = Path(ONE, "report.html").read_bytes()
    done = regrade()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "then: failed, 0 of 9 points" in done.stdout
    assert "now:  failed, 0 of 9 points" in done.stdout
    assert "The verdict is the same." in done.stdout
    log = Path("out/regraded/one", CHECK, "suite.log").read_text()
    assert "X1.doubles: failed" in log
    assert "student.load" in log, "The log does not show where in the suite it failed."
    assert "student.load" not in done.stdout + done.stderr
    result = json.loads(Path("out/regraded/one", CHECK, "result.json").read_text())
    assert [check["id"] for module in result["modules"] for check in module["checks"]] == [CHECK]
    assert Path(ONE, "report.html").read_bytes() == report


def test_what_the_check_requires_runs_too() -> None:
    suite = SUITE.replace(
        '@check("It doubles", points=9)', '@check("It doubles", points=9, requires=["named"])'
    )
    Path("pack/checks/x01_double/test_double.py").write_text(suite)
    grade()
    assert "it requires X1.named: passed" in regrade().stdout


def test_the_commit_that_was_graded_is_graded_again_not_the_newest() -> None:
    grade()
    group("one", DOUBLE)
    done = regrade()
    assert done.returncode == 0
    assert "The verdict is the same." in done.stdout


def test_another_suite_may_say_otherwise_and_that_is_said() -> None:
    grade()
    path = Path("pack/checks/x01_double/test_double.py")
    path.write_text(path.read_text().replace("2 * number,", "3 * number,"))
    done = regrade()
    assert done.returncode == 1, done.stdout + done.stderr
    assert "differs: course:" in done.stdout
    assert "now:  passed, 9 of 9 points" in done.stdout
    assert "The verdict is another one." in done.stdout


def test_a_suite_that_breaks_is_no_answer() -> None:
    grade()
    path = Path("pack/checks/x01_double/test_double.py")
    path.write_text(path.read_text().replace("number = rng.randrange(10, 99)", "number = no_such_name"))
    done = regrade()
    assert done.returncode == 3
    assert "the grader's fault" in done.stdout
    assert "NameError" in Path("out/regraded/one", CHECK, "suite.log").read_text()


def test_a_log_cannot_speak_to_the_authors_terminal() -> None:
    group("one", 'def double(number):\n    raise ValueError("\\x1b[31m::error::forged")\n')
    grade()
    assert regrade().returncode == 0
    log = Path("out/regraded/one", CHECK, "suite.log").read_text()
    assert "\x1b" not in log
    assert "::error::" not in log


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["onee", "--check", CHECK], "Did you mean one?"),
        (["one", "--check", "X1.doublet"], "Did you mean X1.doubles?"),
        (["one", "--check", CHECK, "--source", "nowhere"], "nothing at 'nowhere'"),
        (["one", "--check", CHECK, "--out", "one"], "summary.json"),
    ],
)
def test_what_cannot_be_graded_again_is_refused(arguments: list[str], said: str) -> None:
    grade()
    done = run("regrade", "--out", "out", *TRUST, *arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr


def test_a_repository_that_moved_is_named_by_hand() -> None:
    grade()
    os.rename("one", "elsewhere")
    assert regrade().returncode == 2
    assert regrade("--source", "elsewhere").returncode == 0


def test_strangers_code_is_not_run_without_isolation() -> None:
    grade()
    done = run("regrade", "one", "--check", CHECK, "--out", "out", "--course", "pack", "--sandbox", "local")
    assert done.returncode == 2
    assert "--trust-submissions" in done.stderr
