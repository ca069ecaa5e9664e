"""What student code can find out: cases 16, 17, 19, 29 to 35. Whatever it finds, it shouts; nobody may hear a secret."""

import pytest

from grader.sandbox.docker import CAPABILITIES
from tests.hostile.battery import HONEST, SECRET, Attack, judge

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("hostile-secrets")]

#: Raises what was found, so that it would stand in the message; `loot` is what one look brings.
SHOUT = """
import os
found, refused = [], []
def look(path):
    try:
        if os.path.isdir(path):
            for name in os.listdir(path):
                found.append(path + "/" + name)
        else:
            with open(path, "rb") as file:
                found.append(path + ": " + repr(file.read(4000)))
    except OSError as problem:
        refused.append(f"{path} {problem.strerror}")
"""

NOTHING = "assert not found, found\nassert refused\n" + HONEST

ATTACKS = {
    "case_29_the_suites_by_name": Attack(
        SHOUT + "for path in ('/suites', '/suites/m90_target', '/suites/m90_target/test_target.py',\n"
        "             '/suites/m90_target/__pycache__', '/root', '/proc/1/cwd/suites'):\n    look(path)\n" + NOTHING,
        verdict="passed",
    ),
    "case_29_the_suites_process": Attack(
        SHOUT + "others = [p for p in os.listdir('/proc') if p.isdigit() and int(p) != os.getpid()]\n"
        "assert len(others) >= 2, others\n"
        "for pid in others:\n"
        "    if os.stat('/proc/' + pid).st_uid == os.getuid(): continue\n"
        "    for name in ('environ', 'fd', 'fdinfo', 'mem', 'maps', 'cwd', 'root', 'exe', 'map_files', 'stack', 'syscall', 'io', 'auxv',\n"
        "                 'task/' + pid + '/environ', 'task/' + pid + '/fd', 'task/' + pid + '/mem'):\n"
        "        look(f'/proc/{pid}/{name}')\n        if name in ('cwd', 'root'):\n            look(f'/proc/{pid}/{name}/suites')\n"
        "found = [f for f in found if 'suites' in f or '/fd/' in f or 'mem: ' in f or 'environ: ' in f]\n" + NOTHING,
        verdict="passed",
    ),
    "case_29_command_lines_hold_no_secret": Attack(
        "import glob\ntext = b' '.join(open(p, 'rb').read() for p in glob.glob('/proc/[0-9]*/cmdline'))\n"
        "assert b'grader.suite.run' in text\n"
        "for word in (b'm90', b'slot', b'M90', b'seed', b'hidden', b'treble'):\n    assert word not in text, word\n" + HONEST,
        verdict="passed",
    ),
    "case_29_linecache_of_a_suite": Attack(
        "import linecache\nlines = linecache.getlines('/suites/m90_target/test_target.py')\nassert not lines, lines\n" + HONEST,
        verdict="passed",
    ),
    "case_29_a_link_to_a_suite": Attack(
        "import os\nos.symlink('/suites/m90_target/test_target.py', 'leak.py')\nimport leak\n" + HONEST,
        says="",
    ),
    "case_29_memory_by_ptrace": Attack(
        "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "for pid in [int(p) for p in os.listdir('/proc') if p.isdigit() and os.stat('/proc/' + p).st_uid == 0]:\n"
        "    for request in (16, 0x4206):\n        assert libc.ptrace(request, pid, 0, 0) == -1, f'traced {pid}'\n"
        "    local = ctypes.create_string_buffer(64)\n    io = (ctypes.c_size_t * 2)(ctypes.addressof(local), 64)\n"
        "    for call in (310, 311):\n"
        "        assert libc.syscall(call, pid, io, 1, (ctypes.c_size_t * 2)(0x400000, 64), 1, 0) == -1, f'read {pid}'\n"
        "    if pid != os.getpid():\n"
        "        pidfd = libc.syscall(434, pid, 0)\n        assert pidfd < 0 or libc.syscall(438, pidfd, 1, 0) == -1, f'took a descriptor of {pid}'\n"
        + HONEST,
        verdict="passed",
    ),
    "case_30_other_submissions_and_the_cache": Attack(
        SHOUT + "for path in ('/submission/..', '/environments', '/var/lib/docker', '/root/.cache', '/home', '/mnt', '/media', '/srv'):\n    look(path)\n"
        "known = {'submission', 'work', 'home', 'suites', 'environments', 'opt', 'home/student'}\n"
        "assert not [f for f in found if f.startswith(('/environments/', '/var/lib/docker', '/root', '/mnt', '/media', '/srv'))], found\n"
        "assert [f for f in found if f.startswith('/home/')] == ['/home/student'], found\n" + HONEST,
        verdict="passed",
    ),
    "case_31_no_network_and_no_socket": Attack(
        "import os, socket\nfor path in ('/var/run/docker.sock', '/run/docker.sock', '/run/containerd/containerd.sock'):\n    assert not os.path.exists(path), path\n"
        "assert os.listdir('/sys/class/net') == ['lo'], os.listdir('/sys/class/net')\n"
        "for address in (('169.254.169.254', 80), ('172.17.0.1', 2375), ('1.1.1.1', 53)):\n"
        "    s = socket.socket(); s.settimeout(1)\n"
        "    try:\n        s.connect(address)\n    except OSError:\n        continue\n    raise RuntimeError(f'connected to {address}')\n" + HONEST,
        verdict="passed",
    ),
    "case_33_no_names_are_resolved": Attack(
        "import socket\ntry:\n    socket.getaddrinfo('example.org', 80)\nexcept OSError:\n    pass\nelse:\n    raise RuntimeError('resolved')\n" + HONEST,
        verdict="passed",
    ),
    "case_32_environment_variables": Attack(
        "import os\nnames = [n for n in os.environ if any(w in n for w in ('TOKEN', 'SECRET', 'INDEX', 'GITHUB', 'DOCKER', 'GRADER', 'AWS', 'PASS', 'PYTEST', 'LD_', 'BASH', 'STARTUP'))]\n"
        "assert not names, names\n" + HONEST,
        verdict="passed",
    ),
    "case_17_forged_results": Attack(
        "import os\nwritten = []\n"
        "for root, folders, names in os.walk('/'):\n"
        "    if root.startswith(('/proc', '/sys')):\n        folders[:] = []\n        continue\n"
        "    if os.access(root, os.W_OK) and not root.startswith(('/work', '/tmp', '/var/tmp', '/dev/shm', '/dev/mqueue', '/home/student')):\n"
        "        written.append(root)\n"
        "for path in ('/result.json', '/out/result.json', '/suites/result.json', '/submission/result.json', '/opt/grader/lib/x.py'):\n"
        "    try:\n        open(path, 'w')\n    except OSError:\n        continue\n    written.append(path)\n"
        "assert not written, written\n" + HONEST,
        verdict="passed",
    ),
    "extra_privileges_are_gone": Attack(
        "import os\nstatus = dict(l.split(':\\t', 1) for l in open('/proc/self/status').read().splitlines() if ':\\t' in l)\n"
        "assert int(status['CapEff'], 16) == int(status['CapPrm'], 16) == int(status['CapAmb'], 16) == 0, status\n"
        "assert status['NoNewPrivs'] == '1' and status['Seccomp'] == '2', status\n"
        "assert os.getgroups() == [] or os.getgroups() == [os.getgid()], os.getgroups()\n"
        "assert set(os.getresuid() + os.getresgid()) == {os.getuid()} and os.getuid() >= 20000\n"
        "assert 'SigIgn' in status\n"
        + HONEST,
        verdict="passed",
    ),
    "extra_privileged_calls": Attack(
        "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "for name, call, arguments in (('add_key', 248, (b'user', b'leak', b'x', 1, -3)), ('keyctl', 250, (0, -3, 1)), ('mount', 165, (b'x', b'/tmp', b'tmpfs', 0, 0)),\n"
        "                              ('unshare', 272, (0x10000000,)), ('setns', 308, (0, 0)), ('bpf', 321, (0, 0, 0)), ('setuid', 105, (0,)), ('chroot', 161, (b'/tmp',)),\n"
        "                              ('perf_event_open', 298, (0, 0, -1, -1, 0)), ('setdomainname', 171, (b'x', 1)), ('settimeofday', 164, (0, 0))):\n"
        "    assert libc.syscall(call, *arguments) == -1, name\n"
        "for path in ('/proc/sys/kernel/core_pattern', '/proc/sys/kernel/shmmax', '/sys/fs/cgroup/memory/memory.limit_in_bytes', '/sys/fs/cgroup/cgroup.procs', '/sys/fs/cgroup/pids/cgroup.procs', '/proc/sysrq-trigger', '/proc/1/oom_score_adj'):\n"
        "    try:\n        open(path, 'w').write('1')\n    except OSError:\n        continue\n    raise RuntimeError('wrote ' + path)\n" + HONEST,
        verdict="passed",
    ),
    "case_49_kill_the_parent": Attack(
        "import os, signal\nfor pid in [1, os.getppid(), *map(int, filter(str.isdigit, os.listdir('/proc')))]:\n"
        "    if pid == os.getpid() or os.stat(f'/proc/{pid}').st_uid == os.getuid(): continue\n"
        "    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP, signal.SIGALRM, signal.SIGCONT):\n"
        "        try:\n            os.kill(pid, number)\n        except PermissionError:\n            continue\n"
        "        raise RuntimeError(f'signalled {pid}')\n" + HONEST,
        verdict="passed",
    ),
}


@pytest.fixture(scope="module")
def found(battery, monkeypatch_module):
    monkeypatch_module.setenv("GITHUB_TOKEN", SECRET)
    monkeypatch_module.setenv("UV_INDEX_URL", f"https://user:{SECRET}@example.org/simple")
    return battery(ATTACKS)


@pytest.fixture(scope="module")
def monkeypatch_module():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.mark.parametrize("case", ATTACKS)
def test_what_can_be_found_out(found, case):
    judge(found[case], ATTACKS[case])


def test_the_container_is_closed(sandbox, docker_client):
    """The image that students' processes see: suites for root alone, bytecode beside them, nothing to gain."""
    script = (
        "import os, stat, sys\n"
        "for root, folders, names in os.walk('/suites'):\n"
        "    for path in [root] + [os.path.join(root, n) for n in names]:\n"
        "        s = os.lstat(path)\n"
        "        assert s.st_uid == 0 and not s.st_mode & 0o077, (path, oct(s.st_mode))\n"
        "        print(path)\n"
    )
    said = docker_client.containers.run(
        sandbox.image.tag, ["python3", "-I", "-c", script], network_mode="none", remove=True, read_only=True
    ).decode()
    assert "/suites/m90_target/test_target.py" in said
    assert "/suites/m90_target/__pycache__/test_target" in said
    assert set(CAPABILITIES) == {"SETUID", "SETGID", "KILL"}


def test_case_19_and_35_messages_hold_no_source_and_no_value(grade):
    files = {
        "main.py": "print(1)\n",
        "secret.py": "import traceback, sys\ndef guess():\n    def deep(n):\n        if n == 0: raise ValueError(''.join(traceback.format_stack()))\n        deep(n - 1)\n    deep(3)\n",
        "README.md": "x\n",
    }
    graded = grade(files, checks={"secret", "bare", "broken_suite"})
    assert graded.verdict("secret") == graded.verdict("bare") == "failed"
    assert {item.path for item in graded.checks["secret"].evidence} == {"secret.py"}
    assert "/suites" not in graded.text
    assert "SECRET" not in graded.text
    wrong = grade({**files, "secret.py": "def guess():\n    return 'x'\n"}, checks={"secret", "bare"})
    assert wrong.checks["secret"].message == "That is not it."
    assert wrong.checks["bare"].message == ""


def test_case_16_variables_of_a_repositorys_own_files(grade):
    """What `.env`, `setup.cfg` and friends ask for reaches neither process."""
    main = "import os, sys\nassert 'EVIL' not in os.environ and 'LD_PRELOAD' not in os.environ\nprint(3 * int(input()))\n"
    files = {
        "main.py": main,
        ".env": "EVIL=1\nLD_PRELOAD=/work/evil.so\nPYTHONSTARTUP=/work/evil.py\nBASH_ENV=/work/evil.sh\n",
        ".envrc": "export EVIL=1\n",
        "evil.py": "raise SystemExit(3)\n",
        "sitecustomize.py": "import sys\nsys.exit = None\n",
    }
    assert grade(files, checks={"command"}).verdict("command") == "passed"
