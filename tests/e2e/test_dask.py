"""A class on workers of Dask: of this machine, and of a cluster that runs already; killed, late, and of another grader."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from pathlib import Path

import psutil
import pytest

from tests.dask_cluster import cluster, graders
from tests.small_class import SmallClass, small_class

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
]
SIX = tuple(f"r{number:02}" for number in range(1, 7))
DASK = ("--engine", "dask")


def nothing_is_left(group: SmallClass) -> None:
    assert not [process.cmdline() for process in group.processes()]
    assert not list(group.temporary.iterdir())
    assert not [row for row in group.rows().values() if row[2] is not None]


def test_workers_of_this_machine_come_to_the_same_results(tmp_path: Path) -> None:
    group = small_class(tmp_path, SIX)
    assert group.run(out="plain").returncode == 0
    done = group.run(*DASK, "--jobs", "2", "--no-cache")
    assert done.returncode == 0, done.stdout
    assert {name: group.result(name) for name in SIX} == {name: group.result(name, "plain") for name in SIX}
    assert group.statuses() == dict.fromkeys(SIX, "graded")
    again = group.run(*DASK, "--jobs", "2", "--format", "html,json,junit")
    assert again.stdout.count("as before") == 6, again.stdout
    assert all((tmp_path / "out/submissions" / name / "junit.xml").is_file() for name in SIX)
    nothing_is_left(group)


def test_a_worker_of_a_cluster_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    group = small_class(tmp_path, SIX, r01="slow", r02="slow")
    assert group.run(out="plain").returncode == 0
    (tmp_path / "graded.txt").write_text("")
    with cluster(group) as (address, nannies):
        run = group.start(*DASK, "--scheduler", address, "--no-cache")
        while not group.gradings:
            assert run.poll() is None, run.communicate()[0]
        for victim in graders(nannies)[:1]:
            victim.kill()
        said, _ = run.communicate(timeout=180)
        assert run.returncode == 0, said
    assert {name: group.result(name) for name in SIX} == {name: group.result(name, "plain") for name in SIX}
    assert group.statuses() == dict.fromkeys(SIX, "graded")
    assert all(times <= 2 for times in Counter(group.gradings).values())
    # Dask's own processes end by themselves when the worker that they belong to has ended.
    _, left = psutil.wait_procs(group.processes(), timeout=10)
    assert not left


def test_one_that_takes_its_worker_down_stops_no_other(tmp_path: Path) -> None:
    group = small_class(tmp_path, SIX[:3], r02="deadly")
    done = group.run(*DASK, "--jobs", "2")
    assert done.returncode == 3, done.stdout
    assert group.statuses() == {"r01": "graded", "r02": "not graded", "r03": "graded"}
    nothing_is_left(group)


def test_a_stopped_run_ends_with_all_its_workers_and_goes_on(tmp_path: Path) -> None:
    group = small_class(tmp_path, SIX[:3], r03="stuck")
    run = group.start(*DASK, "--jobs", "2")
    while set(group.gradings) < set(SIX[:3]):
        assert run.poll() is None, run.communicate()[0]
    os.killpg(run.pid, signal.SIGINT)
    said, _ = run.communicate(timeout=120)
    assert run.returncode == 130, said
    assert "Traceback" not in said
    assert group.statuses()["r03"] == "not graded"
    nothing_is_left(group)


def test_a_worker_of_another_grader_is_left_out_by_name(tmp_path: Path) -> None:
    group = small_class(tmp_path, SIX[:1])
    other = tmp_path / "other" / "grader"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("")
    with cluster(group, workers=1, PYTHONPATH=str(other.parent)) as (address, _):
        done = group.run(*DASK, "--scheduler", address)
    assert done.returncode == 3, done.stdout
    assert "No worker of the cluster can grade" in done.stdout
    assert "no such grader" in done.stdout


def test_a_scheduler_that_is_not_there_and_one_that_is_not_asked_for(tmp_path: Path) -> None:
    group = small_class(tmp_path, SIX[:1])
    done = group.run("--scheduler", "tcp://127.0.0.1:1")
    assert (done.returncode, "--engine dask" in done.stdout) == (2, True), done.stdout
