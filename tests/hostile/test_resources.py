"""What a student process may use: cases 36 to 40, 45 and 47, and the traps of a limit that hurts the wrong one."""

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

import docker
import pytest

from grader.sandbox.container.container_sandbox import UID_LABEL
from grader.settings import Limits
from tests.hostile.battery import HONEST, LIMITS, MIB, attacks, judge

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("hostile-resources")]

ATTACKS = attacks("resources")


@pytest.fixture(scope="module")
def found(battery: Any) -> Any:
    return battery(ATTACKS)


@pytest.mark.parametrize("case", ATTACKS)
def test_a_limit_is_the_students_own(found: Any, case: str) -> None:
    judge(found[case], ATTACKS[case])


def test_case_40_who_ignores_the_signal_of_the_cpu_limit_ran_out_of_time(grade: Callable[..., Any]) -> None:
    """The kernel kills it a second later, as it does for other reasons, and long before this deadline."""
    patient = LIMITS.model_copy(update={"call_s": 60.0, "check_s": 90.0})
    graded = grade({"slot_00.py": ATTACKS["case_40_endless_loop"].source}, checks={"slot_00"}, limits=patient)
    assert graded.verdict("slot_00") == "timeout"


def test_case_39_what_was_cut_says_so(grade: Callable[..., Any]) -> None:
    loud = "import sys\nfor n in range(200):\n    sys.stdout.write('x' * 1_000_000)\n"
    patient = LIMITS.model_copy(update={"call_s": 20.0, "check_s": 30.0})
    graded = grade({"main.py": loud}, checks={"command"}, limits=patient)
    assert graded.verdict("command") == "failed"
    assert len(graded.text) < 64 * 1024


@pytest.fixture(scope="module")
def seen(grade: Callable[..., Any], docker_client: Any) -> Any:
    """What Docker says of two containers that grade at the same time, by the user of their student processes."""
    found = {}
    slow = {"slot_00.py": "import time\ntime.sleep(2)\n" + HONEST}
    runs = [threading.Thread(target=grade, args=(slow,), kwargs={"checks": {"slot_00"}}) for _ in range(2)]
    for run in runs:
        run.start()
    while any(run.is_alive() for run in runs):
        for entry in docker_client.api.containers(filters={"label": UID_LABEL}):
            with contextlib.suppress(docker.errors.NotFound):
                container = docker_client.api.inspect_container(entry["Id"])
                if container["HostConfig"]["Memory"] == LIMITS.memory_bytes:
                    found[container["Config"]["Labels"][UID_LABEL]] = container
        time.sleep(0.05)
    return found


def test_trap_a_user_for_each_container(seen: Any) -> None:
    """Process limits count a user's processes over all containers, so no two have the same."""
    assert len(seen) >= 2


def test_trap_the_container_that_is_run(seen: Any) -> None:
    """The options that no result shows: an init, no log, a memory limit above all tmpfs together, no swap."""
    for container in seen.values():
        host = container["HostConfig"]
        assert host["Init"] is True
        assert host["LogConfig"]["Type"] == "none"
        assert host["ReadonlyRootfs"] is True
        assert host["NetworkMode"] == "none"
        assert host["CapDrop"] == ["ALL"]
        assert sorted(host["CapAdd"]) == ["KILL", "SETGID", "SETUID"]
        assert "no-new-privileges" in host["SecurityOpt"]
        assert host["MemorySwap"] == host["Memory"]
        assert host["PidsLimit"] == LIMITS.pids
        assert not host["Binds"]
        assert [mount["Target"] for mount in host["Mounts"]] == ["/submission"]
        assert host["Mounts"][0]["ReadOnly"] is True
        assert not [line for line in container["Config"]["Env"] if "TOKEN" in line or "INDEX" in line]


@pytest.mark.parametrize("limits", [LIMITS, Limits()], ids=["small", "default"])
def test_trap_all_writable_places_leave_room_in_memory(limits: Any) -> None:
    places = 2 * limits.tmp_bytes + 2 * limits.small_tmp_bytes + limits.work_bytes
    inodes = 1100 * (4 * limits.tmp_files + limits.work_files)
    assert places + inodes + limits.tmp_bytes + 256 * MIB <= limits.memory_bytes


def test_trap_what_a_student_keeps_to_itself_is_still_read(grade: Callable[..., Any]) -> None:
    """A file with mode 0600 of the students' user: the suite's process cannot open it, so the student does."""
    main = (
        "import os, sys\nn = 3 * int(input())\n"
        "if len(sys.argv) > 1:\n    os.umask(0o077)\n    open(sys.argv[1], 'w').write(str(n))\nelse:\n    print(n)\n"
    )
    graded = grade({"main.py": main}, checks={"command", "file"})
    assert {graded.verdict("command"), graded.verdict("file")} == {"passed"}
