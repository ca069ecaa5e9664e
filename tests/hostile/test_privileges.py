"""From the students' user to the suite's, and from a student's fault to ours: attacks on the line between them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.sandbox.protocol import StudentPython
from tests.hostile.battery import HONEST, LIMITS, SECRET, Attack, judge

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("hostile-privileges")]

TREBLES = "import sys\nn = 3 * int(input())\nopen(sys.argv[1], 'w').write(str(n)) if len(sys.argv) > 1 else print(n)\n"
BOMB = """
import os, time
made = 0
try:
    while made < 100:
        if os.fork() == 0:
            os.setsid()
            time.sleep(20 * (made % 2))
            os._exit(0)
        made += 1
except OSError:
    pass
"""
TOOLS = ("choom", "prlimit", "setpriv", "env", "sh", "cp", "chmod", "find", "ipcrm", "rm", "cat")


def environment(folder: Path, scripts: dict[str, str]) -> StudentPython:
    """An environment as a package's wheel may make it: its `bin` holds whatever console scripts it likes."""
    (folder / "bin").mkdir(parents=True)
    for name, text in {"python": '#!/bin/sh\nexec /usr/bin/env python3 "$@"\n', **scripts}.items():
        (folder / "bin" / name).write_text(text)
        (folder / "bin" / name).chmod(0o755)
    return StudentPython(folder=folder, mount="/environments/x", interpreter="/environments/x/bin/python")


def test_a_package_whose_scripts_are_called_like_our_tools(grade: Callable[..., Any], tmp_path: Path) -> None:
    """The suite's process starts programs as root: none of them may come from the students' environment."""
    leak = "#!/bin/sh\nid -u\ncat /suites/m91_doors/test_doors.py\nexit 1\n"
    files = {"main.py": TREBLES, "README.md": "x\n"}
    twin = grade(files, checks={"command", "file"}, student=environment(tmp_path / "twin", {}))
    assert {twin.verdict("command"), twin.verdict("file")} == {"passed"}
    evil = grade(
        files,
        checks={"command", "file"},
        student=environment(tmp_path / "evil", dict.fromkeys(TOOLS, leak)),
    )
    assert {evil.verdict("command"), evil.verdict("file")} == {"passed"}
    assert SECRET not in evil.log


def test_modules_that_are_called_like_those_we_read_files_with(grade: Callable[..., Any]) -> None:
    """`student.files` and `student.read` tell what there is, not what a module of the repository says there is."""
    forged = {
        "glob.py": "def glob(*a, **k): return ['answer.txt']\n",
        "pathlib.py": "class Path:\n    def __init__(s, *a): pass\n    def read_text(s, **k): return open('/tmp/n').read()\n",
        "main.py": "open('/tmp/n', 'w').write('0')\n",
    }
    assert grade(forged, checks={"file"}).checks["file"].message == "There is no `answer.txt`."
    honest = {"main.py": TREBLES, "glob.py": "NAMES = []\n", "pathlib.py": "ROOT = '.'\n", "notes.txt": "x\n"}
    assert grade(honest, checks={"file"}).verdict("file") == "passed"


def test_what_cannot_be_wiped_ends_the_container_and_not_the_run(grade: Callable[..., Any]) -> None:
    """A check that leaves more than can be removed in time fails; the next one starts in a new container.

    No machine starts a program and removes twenty thousand folders within a millisecond; the checks that read files only
    have nothing to remove.
    """
    deep = "import os\nhere = os.getcwd()\nos.chdir('/tmp')\nfor n in range(20_000):\n    os.mkdir('d'); os.chdir('d')\n"
    files = {
        "main.py": f"{deep}os.chdir('..'); os.chmod('d', 0); os.chdir(here)\n{TREBLES}",
        "README.md": "x\n",
    }
    patient = LIMITS.model_copy(update={"tmp_files": 40_000})
    checks = ("command", "file", "views", "last")
    twin = grade(files, checks=set(checks), limits=patient)
    assert {name: twin.verdict(name) for name in checks} == dict.fromkeys(checks, "passed")
    graded = grade(files, checks=set(checks), limits=patient.model_copy(update={"wipe_s": 0.001}))
    assert [graded.verdict(name) for name in checks] == ["failed", "failed", "passed", "passed"]
    for name in checks[:2]:
        assert "more files behind than could be removed" in graded.checks[name].message


def test_bombs_in_a_row_do_not_fail_the_next_check(battery: Any) -> None:
    """Dead processes count until they are reaped: the next check waits for that."""
    bomb = f"{BOMB}\n\n{HONEST}"
    attacks = {str(number): Attack(bomb, ("passed",)) for number in range(4)}
    for name, pair in battery(attacks).items():
        judge(pair, attacks[name])
