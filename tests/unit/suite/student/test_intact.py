"""What ran is what was submitted: files that change while student code runs fail the check."""

from __future__ import annotations

import sys

import pytest

from grader.results import Verdict
from tests.unit.suite.conftest import RunSuite

pytestmark = pytest.mark.process

SUITE = """
from grader.suite import check, work

@work("a file")
def find_work(submission):
    return True

@check("Its code runs, and stays as it is")
def test_runs(submission, student):
    with student.intact(submission.files("**/*.py")):
        student.run(["python", "main.py"]).succeeded()
"""
FIXED = "open('code.py', 'w').write('x = 1\\n')\n"
RESTORED = """
import os
text, state = open('code.py').read(), os.stat('code.py')
open('code.py', 'w').write('x = 1\\n')
open('code.py', 'w').write(text)
os.utime('code.py', ns=(state.st_atime_ns, state.st_mtime_ns))
"""
REPLACED = "import os, shutil\nshutil.copy2('code.py', 'new.py')\nos.replace('new.py', 'code.py')\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no change time")
@pytest.mark.parametrize("main", [FIXED, RESTORED, REPLACED, "import os\nos.remove('code.py')\n"])
def test_a_changed_file_fails_the_check_by_name(run_suite: RunSuite, main: str) -> None:
    found = run_suite(SUITE, {"main.py": main, "code.py": "x = 0\n"}).checks[0]
    assert found.verdict is Verdict.failed
    assert "`code.py`" in found.message


@pytest.mark.parametrize(
    "main", ["import code\n", "open('data.csv', 'w').write('1')\nopen('new.txt', 'w')\n"]
)
def test_other_files_may_change(run_suite: RunSuite, main: str) -> None:
    assert run_suite(SUITE, {"main.py": main, "code.py": "x = 0\n"}).checks[0].verdict is Verdict.passed
