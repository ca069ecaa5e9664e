"""A class through the command line: in parallel, killed and resumed, stopped, two runs at once, one that breaks its grader."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import psutil
import pytest

from tests.small_class import SmallClass, commit, read_until, small_class

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
]
TWELVE = tuple(f"r{number:02}" for number in range(1, 13))


def ended(run: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for the end of a run; return its code and the rest of what it said."""
    said, _ = run.communicate(timeout=120)
    return run.returncode, said


def grades(group: SmallClass, out: str = "out") -> dict[str, dict[str, str]]:
    text = (group.root / out / "grades.csv").read_text()
    return {row["id"]: row for row in csv.DictReader(text.splitlines())}


def nothing_is_left(group: SmallClass, out: str = "out") -> None:
    assert not group.processes()
    assert not list(group.temporary.iterdir())
    assert not (group.root / out / ".parts").exists()
    assert not [row for row in group.rows(out).values() if row[2] is not None]


@pytest.mark.parametrize("everything", [False, True], ids=["the run", "the run and all of its processes"])
def test_a_killed_run_loses_what_was_in_flight_and_the_same_command_goes_on(
    tmp_path: Path, everything: bool
) -> None:
    group = small_class(tmp_path, TWELVE, r05="slow", r06="slow")
    # What it would keep of suites, the run that is killed would use.
    undisturbed = group.run("--jobs", "2", "--no-cache", out="undisturbed")
    assert undisturbed.returncode == 0, undisturbed.stdout
    (tmp_path / "graded.txt").write_text("")

    run = group.start("--jobs", "2")
    read_until(run, " points", times=4)
    doomed = psutil.Process(run.pid).children(recursive=True) if everything else []
    run.kill()
    for process in doomed:
        process.kill()
    ended(run)
    before = {name for name, row in group.rows().items() if row[0] == "graded"}
    assert 4 <= len(before) < 12
    bytes_before = {
        name: (tmp_path / "out/submissions" / name / "result.json").read_bytes() for name in before
    }

    again = group.run("--jobs", "2")
    assert again.returncode == 0, again.stdout
    assert again.stdout.count("as before") == len(before)
    for name, data in bytes_before.items():
        assert (tmp_path / "out/submissions" / name / "result.json").read_bytes() == data
    assert {name: group.result(name) for name in TWELVE} == {
        name: group.result(name, "undisturbed") for name in TWELVE
    }
    assert {name: row[0] for name, row in group.rows().items()} == dict.fromkeys(TWELVE, "graded")
    times = Counter(group.gradings)
    assert {name: times[name] for name in before} == dict.fromkeys(before, 1)
    assert set(times) == set(TWELVE)
    assert list(grades(group)) == list(grades(group, "undisturbed"))
    nothing_is_left(group)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_leaves_an_overview_and_nothing_else(tmp_path: Path, number: signal.Signals) -> None:
    group = small_class(tmp_path, TWELVE[:6], r05="stuck", r06="stuck")
    run = group.start("--jobs", "2")
    # Whatever comes first, the stuck ones are there in the end, and nothing but them.
    read_until(run, " points", times=4)
    while set(group.gradings) < set(TWELVE[:6]):
        pass
    # As a terminal does it: to the whole group.
    os.killpg(run.pid, number)
    code, said = ended(run)
    assert code == 128 + number, said
    assert "the same command goes on" in said
    assert "Traceback" not in said
    nothing_is_left(group)
    rows = grades(group)
    assert [name for name, row in rows.items() if row["status"] == "graded"] == list(TWELVE[:4])
    assert {rows[name]["status"] for name in TWELVE[4:6]} == {"not graded"}
    assert all("stopped" in rows[name]["reason"] for name in TWELVE[4:6])

    for name in TWELVE[4:6]:
        (tmp_path / name / "stuck").unlink()
        commit(tmp_path / name, "Mend")
    again = group.run()
    assert again.returncode == 0, again.stdout
    assert again.stdout.count("as before") == 4
    assert {row["status"] for row in grades(group).values()} == {"graded"}


def test_two_runs_into_one_folder_share_the_work(tmp_path: Path) -> None:
    group = small_class(tmp_path, TWELVE, r03="slow", r08="slow")
    one = group.start("--jobs", "2")
    two = group.start("--jobs", "2")
    said = [ended(run) for run in (one, two)]
    assert [code for code, _ in said] == [0, 0], said
    assert Counter(group.gradings) == dict.fromkeys(TWELVE, 1)
    assert {row["status"] for row in grades(group).values()} == {"graded"}
    assert len(grades(group)) == 12
    nothing_is_left(group)


def test_a_second_run_adds_to_what_is_there(tmp_path: Path) -> None:
    group = small_class(tmp_path, TWELVE[:4])
    assert SmallClass(tmp_path, TWELVE[:2]).run().returncode == 0
    other = SmallClass(tmp_path, (*TWELVE[2:4], "nowhere")).run()
    assert other.returncode == 3
    assert list(grades(group)) == [*TWELVE[:4], "nowhere"]
    assert grades(group)["nowhere"]["reason"].startswith("There is nothing at 'nowhere'")
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    assert list(summary["graded"]) == list(TWELVE[:4])
    assert group.run("--jobs", "1").stdout.count("as before") == 4


def test_what_changed_is_graded_again_and_the_rest_stands(tmp_path: Path) -> None:
    group = small_class(tmp_path, TWELVE[:3])
    group.run()
    (tmp_path / "r02/README.md").write_text("Good bye from r02\n")
    commit(tmp_path / "r02", "Say good bye")
    (tmp_path / "out/submissions/r03/report.html").unlink()
    assert group.run().stdout.count("as before") == 2
    assert Counter(group.gradings) == {"r01": 1, "r02": 2, "r03": 1}
    assert (tmp_path / "out/submissions/r03/report.html").is_file()
    assert grades(group)["r02"]["points"] == "0"

    # A result that somebody changed is none of ours; a suite that changed makes all of them anew.
    result = tmp_path / "out/submissions/r01/result.json"
    result.write_text(result.read_text().replace('"points": 1.0', '"points": 2.0'))
    assert group.run().stdout.count("as before") == 2
    suite = tmp_path / "pack/checks/x01_first/test_first.py"
    suite.write_text(suite.read_text().replace("5000", "3"))
    assert "as before" not in group.run().stdout
    assert grades(group)["r01"]["points"] == "2"
    assert "as before" not in group.run("--no-cache").stdout


def test_a_submission_that_takes_its_grader_down_stops_no_other(tmp_path: Path) -> None:
    group = small_class(tmp_path, TWELVE[:5], r02="deadly")
    done = group.run("--jobs", "2")
    assert done.returncode == 3, done.stdout
    rows = grades(group)
    assert rows["r02"]["status"] == "not graded"
    assert "SIGKILL" in rows["r02"]["reason"]
    assert [name for name, row in rows.items() if row["status"] == "graded"] == ["r01", "r03", "r04", "r05"]
    assert Counter(group.gradings)["r02"] == 2
    nothing_is_left(group)


def test_a_process_that_somebody_kills_costs_its_submission_nothing(tmp_path: Path) -> None:
    group = small_class(tmp_path, TWELVE[:3], r02="stuck")
    run = group.start("--jobs", "1")
    while "r02" not in group.gradings:
        assert run.poll() is None
    (tmp_path / "r02/stuck").unlink()
    commit(tmp_path / "r02", "Mend")
    suites = [process for process in group.processes() if "grader.suite.run" in " ".join(process.cmdline())]
    worker = suites[0].parent()
    assert worker is not None
    worker.kill()
    code, said = ended(run)
    assert code == 0, said
    assert "graded once more" in said
    assert {row["status"] for row in grades(group).values()} == {"graded"}
    nothing_is_left(group)


def test_a_terminal_shows_what_runs_and_its_ctrl_c_stops_all(tmp_path: Path) -> None:
    import fcntl
    import pty
    import termios

    group = small_class(tmp_path, TWELVE[:2], r02="stuck")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        group.command("--jobs", "2"),
        cwd=tmp_path,
        env={**group.environment, "TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        # What is typed into a terminal goes to the group that has it.
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    ) as run:
        os.close(theirs)
        screen = b""
        while b"1 of 2 done" not in screen or b"X1" not in screen.rpartition(b"1 of 2 done")[2]:
            screen += os.read(ours, 4096)
        os.write(ours, b"\x03")
        while True:
            try:
                screen += os.read(ours, 4096)
            except OSError:
                break
        assert run.wait() == 130, screen
    os.close(ours)
    assert b"the same command goes on" in screen
    assert b"r02" in screen.rpartition(b"1 of 2 done")[2]
    nothing_is_left(group)
    assert grades(group)["r01"]["status"] == "graded"


def test_in_another_folder_only_suites_run_that_see_a_change(tmp_path: Path) -> None:
    group = small_class(tmp_path, ("r01", "r02"))
    assert group.run(out="first").returncode == 0
    (tmp_path / "r02" / "README.md").write_text("Hello again from r02\n")
    commit(tmp_path / "r02", "Say it again")
    for name in ("r01", "r02"):
        (tmp_path / name / "other.txt").write_text("nothing that the suite looks at\n")
        commit(tmp_path / name, "Add another file")
    again = group.run(out="second")
    assert again.returncode == 0, again.stdout
    assert again.stdout.count(", 1 suite reused") == 1
    assert Counter(group.gradings) == {"r01": 1, "r02": 2}
    fresh = group.run("--no-cache", out="third")
    assert "reused" not in fresh.stdout
    assert Counter(group.gradings) == {"r01": 2, "r02": 3}
    for name in ("r01", "r02"):
        assert group.result(name, "second") == group.result(name, "third")
