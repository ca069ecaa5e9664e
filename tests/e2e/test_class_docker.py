"""A class in containers: none is left behind by a run that was killed or stopped, and no two have one user id."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import docker
import psutil
import pytest

from grader.batch import ClassPlan, grade_all
from grader.course.pack import load_course
from grader.pipeline import Setup
from grader.sandbox.container.container_sandbox import UID_LABEL, DockerSandbox
from grader.sandbox.container.image import ensure_image
from grader.sandbox.container.orphans import OWNER_LABEL
from grader.sandbox.owners import process_of
from tests.small_class import commit, make_repository, read_until, write_pack

pytestmark = [pytest.mark.docker, pytest.mark.process]
SUITE = """
import time
from grader.suite import check

@check("The README greets")
def test_greets(submission, student):
    if submission.exists("stuck"):
        time.sleep(150)
    done = student.run(["python", "-c", "print(open('README.md').read())"])
    assert "Hello" in done.stdout, "The README does not say Hello."
"""
NAMES = ("r1", "r2", "r3", "r4", "r5", "r6")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    write_pack(tmp_path / "pack", SUITE)
    return tmp_path / "pack"


def command(pack: Path, *names: str) -> list[str]:
    program = [sys.executable, "-m", "grader.cli", "grade", *names]
    return [*program, "--sandbox", "docker", "--jobs", "2", "--course", str(pack), "--out", "out"]


def containers(client: docker.DockerClient, processes: set[int]) -> list[str]:
    """The containers that these processes have made."""
    found = client.api.containers(all=True, filters={"label": OWNER_LABEL})
    return [one["Id"] for one in found if process_of(one["Labels"][OWNER_LABEL]) in processes]


@pytest.mark.parametrize("ending", ["killed", "stopped"])
def test_no_container_outlives_a_run_for_long(
    ending: str, tmp_path: Path, pack: Path, docker_client: docker.DockerClient
) -> None:
    for name in NAMES[:4]:
        make_repository(tmp_path / name, "stuck" if name in NAMES[2:4] else "")
    with subprocess.Popen(
        command(pack, *NAMES[:4]),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as run:
        read_until(run, " points", times=2)
        tree = psutil.Process(run.pid).children(recursive=True)
        processes = {process.pid for process in tree}
        while len(containers(docker_client, processes)) < 2:
            assert run.poll() is None
        if ending == "killed":
            for process in [psutil.Process(run.pid), *tree]:
                # One that has just done its part is gone by itself.
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            run.wait()
            assert len(containers(docker_client, processes)) == 2
        else:
            run.send_signal(signal.SIGINT)
            assert run.wait() == 130
            assert not containers(docker_client, processes)
    for name in NAMES[2:4]:
        (tmp_path / name / "stuck").unlink()
        commit(tmp_path / name, "Mend")
    again = subprocess.run(command(pack, *NAMES[:4]), cwd=tmp_path, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert again.stdout.count("as before") == 2
    assert again.stdout.count("1 of 1 points") == 4
    assert not containers(docker_client, processes)


def test_containers_of_several_processes_never_have_one_user(
    tmp_path: Path,
    pack: Path,
    docker_client: docker.DockerClient,
    docker_events: Callable[[float], list[tuple[str, str, str]]],
) -> None:
    for name in NAMES:
        make_repository(tmp_path / name)
    course = load_course(pack)
    image = ensure_image(course.root, client=docker_client, progress=lambda line: None)
    began = time.time()
    # Four ids for three processes: each second choice would be one that is taken.
    graded = grade_all(
        [str(tmp_path / name) for name in NAMES],
        out=tmp_path / "out",
        setup=Setup(course=course, sandbox=DockerSandbox(docker_client, image, range(20_000, 20_004))),
        plan=ClassPlan(jobs=3),
    )
    assert not graded.failed
    running: dict[str, str] = {}
    started = 0
    for action, container, uid in docker_events(began):
        if action == "start":
            started += 1
            assert uid not in running.values(), "two containers run as one user"
            running[container] = uid
        else:
            running.pop(container, None)
    assert started >= len(NAMES)


@pytest.fixture
def docker_events(docker_client: docker.DockerClient) -> Callable[[float], list[tuple[str, str, str]]]:
    """Return what the daemon started and ended since a moment: (action, container, user id)."""

    def read(since: float) -> list[tuple[str, str, str]]:
        found = docker_client.api.events(
            since=int(since),
            until=int(time.time()) + 1,
            filters={"type": "container", "event": ["start", "die"], "label": UID_LABEL},
            decode=True,
        )
        # Of the other graders that use this daemon nothing is known.
        ids = {str(uid) for uid in range(20_000, 20_004)}
        actors = [(event["Action"], event["Actor"]) for event in found]
        return [
            (action, actor["ID"], actor["Attributes"][UID_LABEL])
            for action, actor in actors
            if actor["Attributes"][UID_LABEL] in ids
        ]

    return read
