"""Forty submissions in containers: killed, a worker killed, the daemon restarted, the disk full. `make kill`, last and alone."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import docker
import pytest

from grader.course.pack import load_course
from grader.sandbox.container.image import ensure_image
from tests.dask_cluster import cluster, graders
from tests.kill.forty import (
    all_as_undisturbed,
    forty,
    graded,
    in_daemon,
    kill_all,
    nothing_is_left,
)
from tests.kill.own_daemon import OwnDaemon
from tests.small_class import SmallClass, read_until

pytestmark = [pytest.mark.docker, pytest.mark.process, pytest.mark.kill]


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> SmallClass:
    """The class, graded once without any disturbance."""
    made = forty(tmp_path_factory.mktemp("forty"))
    done = made.run("--no-cache", out="undisturbed")
    assert done.returncode == 0, done.stdout
    return made


@pytest.fixture
def there_before(docker_client: docker.DockerClient) -> set[str]:
    return in_daemon(docker_client)


def test_a_killed_run_goes_on(
    group: SmallClass, docker_client: docker.DockerClient, there_before: set[str]
) -> None:
    run = group.start("--no-cache", out="killed")
    read_until(run, " points", times=12)
    kill_all(run)
    before = graded(group, "killed")
    assert 12 <= len(before) < 40
    again = group.run(out="killed")
    assert again.returncode == 0, again.stdout
    all_as_undisturbed(group, "killed", before)
    nothing_is_left(group, "killed", docker_client, there_before)


def test_a_worker_of_dask_that_is_killed_loses_nothing(
    group: SmallClass, docker_client: docker.DockerClient, there_before: set[str]
) -> None:
    with cluster(group) as (address, nannies):
        run = group.start("--no-cache", "--engine", "dask", "--scheduler", address, out="dask")
        read_until(run, " points", times=12)
        before = graded(group, "dask")
        (victim,) = graders(nannies)[:1]
        victim.kill()
        said, _ = run.communicate(timeout=600)
        assert run.returncode == 0, said
    all_as_undisturbed(group, "dask", before)
    nothing_is_left(group, "dask", docker_client, there_before)


def test_a_daemon_that_is_restarted_costs_what_was_in_flight(
    group: SmallClass, docker_client: docker.DockerClient, daemon: OwnDaemon
) -> None:
    image = ensure_image(
        load_course(group.root / "pack").root, client=docker_client, progress=lambda line: None
    )
    daemon.copy_image(image.tag)
    with closing(daemon.client()) as own:
        there = in_daemon(own)
    here = replace(group, variables={"DOCKER_HOST": daemon.address})
    run = here.start("--no-cache", out="restarted")
    read_until(run, " points", times=12)
    before = graded(group, "restarted")
    daemon.stop()
    daemon.start()
    said, _ = run.communicate(timeout=600)
    assert "Traceback" not in said
    assert "The grader broke" not in said
    lost = [name for name, status in group.statuses("restarted").items() if status != "graded"]
    assert run.returncode == (3 if lost else 0), said
    # What ran, and no more than what each of the processes was about to begin.
    assert len(lost) <= 2 * (os.cpu_count() or 1), said
    again = here.run(out="restarted")
    assert again.returncode == 0, again.stdout
    all_as_undisturbed(group, "restarted", before)
    with closing(daemon.client()) as own:
        nothing_is_left(group, "restarted", own, there)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk")
def test_a_full_disk_is_said_and_costs_nothing_that_was_graded(
    group: SmallClass, docker_client: docker.DockerClient, there_before: set[str]
) -> None:
    disk = group.root / "full"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], check=True)
    try:
        done = group.run("--no-cache", out="full")
        assert done.returncode == 3, done.stdout
        assert "No space left on device" in done.stdout
        assert "Traceback" not in done.stdout
        assert "The grader broke" not in done.stdout
        before = graded(group, "full")
        assert 0 < len(before) < 40
        subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
        again = group.run(out="full")
        assert again.returncode == 0, again.stdout
        all_as_undisturbed(group, "full", before)
        nothing_is_left(group, "full", docker_client, there_before)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[OwnDaemon]:
    own = OwnDaemon(tmp_path)
    own.start()
    yield own
    own.stop()
