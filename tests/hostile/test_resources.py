"""What a student process may use: cases 36 to 40, 45 and 47, and the traps of a limit that hurts the wrong one."""

import threading
import time

import pytest

from grader.sandbox.docker import UID_LABEL
from tests.hostile.battery import HONEST, LIMITS, MIB, attacks, judge

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("hostile-resources")]

ATTACKS = attacks("resources")


@pytest.fixture(scope="module")
def found(battery):
    return battery(ATTACKS)


@pytest.mark.parametrize("case", ATTACKS)
def test_a_limit_is_the_students_own(found, case):
    judge(found[case], ATTACKS[case])


def test_case_39_what_was_cut_says_so(grade):
    loud = "import sys\nfor n in range(200):\n    sys.stdout.write('x' * 1_000_000)\n"
    patient = LIMITS.model_copy(update={"call_s": 20.0, "check_s": 30.0})
    graded = grade({"main.py": loud}, checks={"command"}, limits=patient)
    assert graded.verdict("command") == "failed"
    assert len(graded.text) < 64 * 1024


def test_trap_a_user_for_each_container(sandbox):
    """Process limits count a user's processes over all containers, so no two have the same."""
    assert len({sandbox._free_uid() for _ in range(20)}) > 10


def test_trap_the_container_that_is_run(grade, docker_client):
    """The options that no result shows: an init, no log, a memory limit above all tmpfs together, no swap."""
    seen = {}

    def look():
        end = time.monotonic() + 30
        while not seen and time.monotonic() < end:
            for container in docker_client.containers.list(filters={"label": UID_LABEL}):
                found = container.attrs["HostConfig"]
                if found["Memory"] == LIMITS.memory_bytes:
                    seen.update(found, Config=container.attrs["Config"])
            time.sleep(0.05)

    watcher = threading.Thread(target=look)
    watcher.start()
    grade({"slot_00.py": "import time\ntime.sleep(1)\n" + HONEST}, checks={"slot_00"})
    watcher.join()
    assert seen["Init"] is True
    assert seen["LogConfig"]["Type"] == "none"
    assert seen["ReadonlyRootfs"] is True
    assert seen["NetworkMode"] == "none"
    assert seen["CapDrop"] == ["ALL"]
    assert sorted(seen["CapAdd"]) == ["KILL", "SETGID", "SETUID"]
    assert "no-new-privileges" in seen["SecurityOpt"]
    assert seen["MemorySwap"] == seen["Memory"]
    assert seen["PidsLimit"] == LIMITS.pids
    sizes = LIMITS.tmp_bytes * 2 + LIMITS.small_tmp_bytes * 2 + LIMITS.work_bytes
    assert sizes + 256 * MIB <= seen["Memory"]
    assert not seen["Binds"]
    assert [mount["Target"] for mount in seen["Mounts"]] == ["/submission"]
    assert not [line for line in seen["Config"]["Env"] if "TOKEN" in line or "INDEX" in line]


def test_trap_what_a_student_keeps_to_itself_is_still_read(grade):
    """A file with mode 0600 of the students' user: the suite's process cannot open it, so the student does."""
    main = (
        "import os, sys\nn = 3 * int(input())\n"
        "if len(sys.argv) > 1:\n    os.umask(0o077)\n    open(sys.argv[1], 'w').write(str(n))\nelse:\n    print(n)\n"
    )
    graded = grade({"main.py": main}, checks={"command", "file"})
    assert {graded.verdict("command"), graded.verdict("file")} == {"passed"}
