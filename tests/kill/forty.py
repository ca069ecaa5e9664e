"""A class of forty in containers, and what must be left of a run that was cut off in the middle."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path

import docker
import psutil

from grader.sandbox.container.orphans import OWNER_LABEL
from grader.sandbox.owners import is_gone
from tests.small_class import SmallClass, make_repository, write_pack

NAMES = tuple(f"r{number:02}" for number in range(1, 41))
_SUITE = """
from grader.suite import check

@check("The README greets")
def test_greets(submission, student):
    done = student.run(["python", "-c", "print(open('README.md').read())"])
    assert "Hello" in done.stdout, "The README does not say Hello."

@check("The README is long")
def test_long(submission):
    assert len(submission.text("README.md")) > 5000, "The README is short."
"""


def forty(root: Path) -> SmallClass:
    """Make the class below a folder."""
    write_pack(root / "pack", _SUITE)
    (root / "t").mkdir()
    for name in NAMES:
        make_repository(root / name)
    return SmallClass(root, NAMES, sandbox=("--sandbox", "docker"))


def kill_all(run: subprocess.Popen[str]) -> None:
    """Kill a run and all of its processes."""
    for process in [*psutil.Process(run.pid).children(recursive=True), psutil.Process(run.pid)]:
        # One that has just done its part is gone by itself.
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    run.communicate(timeout=120)


def graded(group: SmallClass, out: str) -> dict[str, bytes]:
    """Return the result files of those that the journal has as graded."""
    names = [name for name, row in group.rows(out).items() if row[0] == "graded"]
    return {name: (group.root / out / "submissions" / name / "result.json").read_bytes() for name in names}


def all_as_undisturbed(group: SmallClass, out: str, before: dict[str, bytes]) -> None:
    """Assert that each was graded once and stands as it was, and that results are those of a run that nobody cut off."""
    assert group.statuses(out) == dict.fromkeys(NAMES, "graded")
    now = graded(group, out)
    assert {name: now[name] for name in before} == before
    assert {name: group.rows(out)[name][1] for name in before} == dict.fromkeys(before, 1)
    assert {name: group.result(name, out) for name in NAMES} == {
        name: group.result(name, "undisturbed") for name in NAMES
    }


def nothing_is_left(group: SmallClass, out: str, client: docker.DockerClient, before: set[str]) -> None:
    """Assert that no process, temporary file, claim, container or volume is left but what was there `before`."""
    _, alive = psutil.wait_procs(group.processes(), timeout=30)
    assert not [process.cmdline() for process in alive if process.is_running()]
    assert not list(group.temporary.iterdir())
    assert not (group.root / out / ".parts").exists()
    assert not [row for row in group.rows(out).values() if row[2] is not None]
    assert in_daemon(client) <= before


def in_daemon(client: docker.DockerClient) -> set[str]:
    """Return the containers of graders that have ended, and all volumes."""
    found = client.api.containers(all=True, filters={"label": OWNER_LABEL})
    left = [one["Id"] for one in found if is_gone(one["Labels"][OWNER_LABEL])]
    return {*left, *(one.name for one in client.volumes.list())}
