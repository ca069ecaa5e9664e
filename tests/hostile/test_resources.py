"""What a student process may use: cases 36 to 40, 45 and 47, and the traps of a limit that hurts the wrong one."""

import time

import pytest

from tests.hostile.battery import HONEST, LIMITS, MIB, Attack, judge

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("hostile-resources")]

#: At most 400 forks and two seconds, whatever the limits are.
BOMB = """
import os, time
end, made = time.monotonic() + 2, 0
while made < 400 and time.monotonic() < end:
    try:
        pid = os.fork()
    except OSError:
        time.sleep(0.01)
        continue
    if pid == 0:
        time.sleep(20)
        os._exit(0)
    made += 1
"""

FILL = """
import os
full = 0
for place in {places}:
    try:
        for n in range(40):
            with open(f"{{place}}/{{n}}", "wb") as file:
                file.write(b"x" * 4_000_000)
    except OSError:
        full += 1
assert full == len({places}), full
"""

ATTACKS = {
    "case_36_fork_bomb": Attack(BOMB + HONEST, verdict="passed"),
    "case_36_fork_bomb_that_hangs": Attack(BOMB + "time.sleep(20)\n" + HONEST, verdict="timeout"),
    "case_36_fork_bomb_that_blocks_fork": Attack(
        "import os, time\nend = time.monotonic() + 2\nfor n in range(6):\n    try: os.fork()\n    except OSError: pass\n"
        "while time.monotonic() < end:\n    try:\n        if os.fork(): os._exit(0)\n    except OSError:\n        pass\n" + HONEST,
    ),
    "case_36_threads": Attack(
        "import threading, time\nmade = 0\ntry:\n    for n in range(400):\n        threading.Thread(target=time.sleep, args=(20,), daemon=True).start(); made += 1\n"
        "except RuntimeError:\n    pass\nassert made < 64, made\n" + HONEST,
        verdict="passed",
    ),
    "case_37_memory_hog": Attack("hog = bytearray(600_000_000)\n" + HONEST, says="out of memory"),
    "case_37_memory_hog_in_pieces": Attack("hog = []\nfor n in range(80):\n    hog.append(b'x' * 10_000_000)\n" + HONEST, says="out of memory"),
    "case_37_recursion": Attack("def treble(x):\n    return treble(x)\n", says="RecursionError"),
    "case_38_disk_fill": Attack(
        FILL.format(places="('/tmp', '/var/tmp', '/dev/shm', '/home/student', '/work')") + HONEST, verdict="passed"
    ),
    "case_38_one_large_file": Attack("open('big', 'wb').write(b'x' * 30_000_000)\n" + HONEST, says="File too large"),
    "case_38_a_million_files": Attack(
        "import itertools, os, time\nend = time.monotonic() + 1.5\nmade = 0\n"
        "for place in ('/tmp', '/dev/shm', '/work'):\n    try:\n        for n in range(100_000):\n            os.mknod(f'{place}/{n}'); made += 1\n            if time.monotonic() > end: break\n"
        "    except OSError:\n        pass\nassert made <= 18_000, made\n" + HONEST,
        verdict="passed",
    ),
    "case_39_more_output_than_is_kept": Attack(
        "import sys\nfor n in range(10):\n    sys.stdout.write('x' * 1_000_000); sys.stderr.write('y' * 1_000_000)\n" + HONEST,
        verdict="passed",
    ),
    "case_40_endless_loop": Attack(
        "import signal\nfor n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError): pass\nwhile True: pass\n",
        verdict="timeout",
    ),
    "case_40_endless_sleep_without_signals": Attack(
        "import signal, time\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: time.sleep(60)\n", verdict="timeout"
    ),
    "case_47_stops_itself": Attack("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\n", verdict="timeout"),
    "case_45_server_that_never_answers": Attack(
        "import socket\ns = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()\nc = socket.create_connection(s.getsockname()); c.recv(1)\n",
        verdict="timeout",
    ),
    "trap_open_files": Attack("files = [open('/dev/null') for n in range(300)]\n", says="Too many open files"),
}

HEAVY = {
    "trap_shared_memory_that_stays": Attack(
        "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.shmat.restype = ctypes.c_void_p\n"
        "for n in range(400):\n    i = libc.shmget(0, 5_000_000, 0o1600)\n    if i < 0: break\n"
        "    at = libc.shmat(i, 0, 0)\n    ctypes.memset(at, 1, 5_000_000)\n" + HONEST,
        verdict="passed",
    ),
    "trap_message_queues_that_stay": Attack(
        "import ctypes\nlibc = ctypes.CDLL(None)\nqueues = 0\nfor n in range(5000):\n    q = libc.msgget(0, 0o600)\n    if q < 0: break\n    queues += 1\n"
        "    for k in range(2): libc.msgsnd(q, ctypes.create_string_buffer(b'\\1' + b'\\0' * 7 + b'x' * 8000), 8000, 0o4000)\n"
        "assert queues <= 32, queues\n" + HONEST,
        verdict="passed",
    ),
    "trap_many_that_ask_to_live": Attack(
        "import os, time\nfor n in range(40):\n    if os.fork() == 0:\n"
        "        try: open('/proc/self/oom_score_adj', 'w').write('0')\n        except OSError: pass\n"
        "        hog = [bytearray(1_000_000) for k in range(30)]\n        time.sleep(20)\n        os._exit(0)\n"
        "try: open('/proc/self/oom_score_adj', 'w').write('0')\nexcept OSError: pass\nhog = [bytearray(1_000_000) for k in range(30)]\ntime.sleep(2)\nos._exit(0)\n",
        verdict="failed|timeout",
    ),
}


@pytest.fixture(scope="module")
def found(battery):
    return battery(ATTACKS) | battery(HEAVY)


@pytest.mark.parametrize("case", [*ATTACKS, *HEAVY])
def test_a_limit_is_the_students_own(found, case):
    judge(found[case], (ATTACKS | HEAVY)[case])


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
    import threading

    seen = {}

    def look():
        end = time.monotonic() + 30
        while not seen and time.monotonic() < end:
            for container in docker_client.containers.list(filters={"label": "grader.run"}):
                found = container.attrs["HostConfig"]
                if found["Memory"] == LIMITS.memory_bytes:
                    seen.update(found, **{"Config": container.attrs["Config"]})
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
        "if len(sys.argv) > 1:\n    os.close(os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY, 0o600)); open(sys.argv[1], 'w').write(str(n))\n"
        "else:\n    print(n)\n"
    )
    graded = grade({"main.py": main}, checks={"command", "file"})
    assert {graded.verdict("command"), graded.verdict("file")} == {"passed"}
