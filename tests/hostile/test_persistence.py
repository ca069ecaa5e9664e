"""What outlives a check: cases 18, 36, 38, 40 to 47. Each attack lies in a slot; the check behind it looks for leftovers."""

import pytest

from tests.hostile.battery import HONEST, Attack, judge

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("hostile-persistence")]

SLEEPER = "import os, signal, sys, time\nfor n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError): pass\n"

ATTACKS = {
    "case_18_double_fork_that_rewrites_later": Attack(
        SLEEPER + "if os.fork() == 0:\n    os.setsid()\n    if os.fork():\n        os._exit(0)\n"
        "    end = time.monotonic() + 20\n    while time.monotonic() < end:\n"
        "        for d in range(3, 64):\n            try: os.write(d, b'x')\n            except OSError: pass\n"
        "        open('/tmp/late', 'w').close(); open('/work/slot_01.py', 'w').write('def treble(x): return 0')\n"
        "    os._exit(0)\n" + HONEST,
    ),
    "case_42_daemon_with_open_pipes": Attack(
        SLEEPER + "if os.fork() == 0:\n    os.setsid()\n    time.sleep(30)\n    os._exit(0)\n" + HONEST, verdict="passed"
    ),
    "case_42_nohup_server": Attack(
        "import subprocess, sys\nsubprocess.Popen(['nohup', sys.executable, '-m', 'http.server', '8123'], start_new_session=True,\n"
        "    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n" + HONEST,
        verdict="passed",
    ),
    "case_43_files_in_every_place": Attack(
        "import os\nfor place in ('/tmp', '/var/tmp', '/dev/shm', '/home/student', '/work', '.'):\n"
        "    os.makedirs(place + '/a/.b', exist_ok=True)\n    open(place + '/a/.b/c', 'w').write('left')\n    open(place + '/.left', 'w').write('left')\n"
        "    os.symlink('/suites', place + '/link'); os.mkfifo(place + '/fifo')\n"
        "    open(place + '/-rf', 'w').close(); open(place + '/new\\nline', 'w').close(); open(place.encode() + b'/\\xff\\xfe', 'w').close()\n" + HONEST,
        verdict="failed",
    ),
    "case_43_bytecode_of_the_next_slot": Attack(
        "import importlib.util, marshal, os, py_compile\nopen('/tmp/evil.py', 'w').write('def treble(x): return 0')\n"
        "os.makedirs('__pycache__', exist_ok=True)\n"
        "for name in ('slot_09', 'slot_08', 'json'):\n    py_compile.compile('/tmp/evil.py', importlib.util.cache_from_source('/work/' + name + '.py'),\n"
        "        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)\n"
        "open('sitecustomize.py', 'w').write('raise SystemExit'); os.makedirs('/home/student/.local/lib/python3.11/site-packages')\n"
        "open('/home/student/.local/lib/python3.11/site-packages/evil.pth', 'w').write('import os; os._exit(0)')\n"
        "open('/home/student/.pythonrc', 'w').write('x'); os.remove('README.md')\n" + HONEST,
        verdict="passed",
    ),
    "case_43_rewritten_working_copy": Attack(
        "import glob\nfor path in glob.glob('/work/slot_*.py'):\n    open(path, 'w').write('def treble(x): return 0')\n" + HONEST,
        verdict="passed",
    ),
    "case_43_system_v_and_posix_ipc": Attack(
        "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nids = [libc.shmget(0x1234 + n, 65536, 0o1777) for n in range(3)]\n"
        "assert min(ids) >= 0 and libc.msgget(0x77, 0o1666) >= 0 and libc.semget(0x78, 3, 0o1666) >= 0\n"
        "rt = ctypes.CDLL('librt.so.1')\nassert rt.mq_open(b'/left', os.O_CREAT | os.O_RDWR, 0o600, None) >= 0\n"
        "buffer = (ctypes.c_char * 256)()\nassert libc.shmctl(ids[0], 2, buffer) == 0\n"
        "ctypes.c_uint.from_buffer(buffer, 4).value = 12345\nassert libc.shmctl(ids[0], 1, buffer) == 0\n"
        "from multiprocessing import shared_memory\nshared_memory.SharedMemory('left', create=True, size=4096)\n" + HONEST,
        verdict="passed",
    ),
    "case_43_abstract_socket": Attack(
        "import os, socket, time\nif os.fork() == 0:\n    os.setsid()\n    s = socket.socket(socket.AF_UNIX); s.bind('\\0left'); s.listen(1)\n    time.sleep(30)\n"
        "s = socket.socket(socket.AF_UNIX); s.bind('\\0mine'); s.listen(1)\n" + HONEST,
        verdict="passed",
    ),
    "case_44_folders_without_permissions": Attack(
        "import os\nfor place in ('/tmp', '/dev/shm', '/home/student', '/work'):\n    at = place\n    for n in range(5):\n        at += '/x'\n        os.mkdir(at)\n"
        "        open(at + '/f', 'w').close(); os.chmod(at + '/f', 0)\n"
        "    while len(at) > len(place):\n        os.chmod(at, 0); at = at[:-2]\n" + HONEST,
        verdict="passed",
    ),
    "case_45_a_port_left_bound": Attack(
        "import os, socket, time\ns = socket.socket(); s.bind(('127.0.0.1', 8000)); s.listen()\nif os.fork() == 0:\n    os.setsid(); time.sleep(30)\n" + HONEST,
        verdict="passed",
    ),
    "case_46_a_path_4096_deep": Attack(
        "import os\nfor n in range(4096):\n    os.mkdir('d'); os.chdir('d')\nopen('bottom', 'w').close()\nos.chdir('/tmp')\n"
        "for n in range(3000):\n    os.mkdir('e' * 200); os.chdir('e' * 200)\nos.chdir('/work')\n" + HONEST,
        verdict="passed",
    ),
    "case_46_as_deep_as_it_gets": Attack(
        "import os, time\nfor place in ('/tmp', '/work'):\n    os.chdir(place)\n    try:\n        while True:\n            os.mkdir('d', 0o700); os.chdir('d')\n"
        "    except OSError:\n        os.chdir('..'); os.chmod('d', 0)\nos.chdir('/work')\n" + HONEST,
        verdict="passed",
    ),
    "case_46_special_files": Attack(
        "import os, socket\nos.mkfifo('/tmp/fifo'); socket.socket(socket.AF_UNIX).bind('/tmp/socket')\n"
        "f = open('/tmp/sparse', 'wb'); f.truncate(20_000_000); os.link('/tmp/sparse', '/tmp/hard')\n"
        "try:\n    os.mknod('/tmp/null', 0o20666, os.makedev(1, 3))\nexcept PermissionError:\n    pass\nelse:\n    raise RuntimeError('device')\n"
        "os.mkfifo('/work/answer'); os.mkfifo('/work/plan')\n" + HONEST,
        verdict="passed",
    ),
    "case_47_segfault": Attack("import ctypes\nctypes.string_at(0)\n", says="SIGSEGV"),
    "case_47_kills_itself": Attack("import os\nos.kill(os.getpid(), 9)\n", says="SIGKILL"),
    "case_47_kills_its_group_and_all": Attack("import os\nos.killpg(0, 15) if 0 else os.kill(-1, 9)\nimport time; time.sleep(9)\n", verdict="timeout"),
    "case_47_traces_its_children": Attack(
        "import ctypes, os, time\nlibc = ctypes.CDLL(None)\nchild = os.fork()\nif child == 0:\n    time.sleep(30)\n    os._exit(0)\n"
        "libc.ptrace(0x4206, child, 0, 0); libc.ptrace(0x4207, child, 0, 0)\nif os.fork() == 0:\n    libc.ptrace(0, 0, 0, 0); os.kill(os.getpid(), 19); time.sleep(30)\n" + HONEST,
        verdict="passed",
    ),
}


@pytest.fixture(scope="module")
def found(battery):
    return battery(ATTACKS)


@pytest.mark.parametrize("case", ATTACKS)
def test_nothing_outlives_its_check(found, case):
    judge(found[case], ATTACKS[case])
