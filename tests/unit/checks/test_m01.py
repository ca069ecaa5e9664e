"""M1: which scripts are looked at, and ways to run one ten times that count or do not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from grader.repository.submission_view import SubmissionView
from grader.suite.suite_loader import load_suite
from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m01_command_line"
HELLO = "if __name__ == '__main__':\n    print('Hello')\n"
SHEBANG = "#!/usr/bin/env bash\n"

unix = pytest.mark.skipif(sys.platform == "win32", reason="shell scripts are started by their first line")


@unix
@pytest.mark.process
@pytest.mark.parametrize(
    ("script", "verdict"),
    [
        ("for i in 1 2 3 4 5 6 7 8 9 10; do python hello.py; done\n", "passed"),
        ("for ((i = 0; i < 10; i++)); do python3 ./hello.py; done\n", "passed"),
        ("n=0\nuntil [ $n -eq 10 ]; do uv run python hello.py; n=$((n + 1)); done\n", "passed"),
        ("chmod +x hello.py; seq 10 | while read x; do ./hello.py; done\n", "passed"),
        ("seq 10 | xargs -I{} python hello.py\n", "passed"),
        ("for i in {1..9}; do python hello.py; done\n", "failed"),
        ("for i in {1..10}; do python hello.py > /dev/null; done\n", "failed"),
        ("for i in {1..10}; do cat hello.py; done\n", "failed"),
        ("for i in {1..10}; do echo python hello.py; done\n", "failed"),
        ("for i in {1..10}; do python hello.py\n", "failed"),
    ],
)
def test_ten_times(script: str, verdict: str) -> None:
    outcome = run_check(SUITE, "loop", {"hello.py": HELLO, "many.sh": SHEBANG + script})
    assert outcome.verdict == verdict, outcome.message


@unix
@pytest.mark.process
@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({"run.sh": SHEBANG + "python hello.py\n"}, "passed"),
        ({"run": "#!/bin/sh\npython hello.py\n"}, "passed"),
        ({"run.sh": SHEBANG + "python hello.py\n", "data/labels-idx1-ubyte": "\0\0\x08\x01"}, "passed"),
        ({"bin/run.sh": SHEBANG + 'python "$(dirname "$0")/../hello.py"\n'}, "passed"),
        ({"run.sh": "python hello.py\n"}, "failed"),
        ({"run.sh": SHEBANG.replace("\n", "\r\n") + "python hello.py\r\n"}, "failed"),
        ({"run.sh": SHEBANG + "echo Hello  # hello.py\n"}, "failed"),
    ],
    ids=[
        "a shell script",
        "without a suffix",
        "beside data without a suffix",
        "from its folder",
        "no shebang",
        "Windows",
        "typed in",
    ],
)
def test_once(files: dict[str, str], verdict: str) -> None:
    outcome = run_check(SUITE, "shell_script", {"hello.py": HELLO, **files})
    assert outcome.verdict == verdict, outcome.message


@pytest.mark.process
@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("import os\nprint(os.environ['MY_VAR'])\n", "passed"),
        ("import os\nprint('it is', os.getenv('colour'))\n", "passed"),
        (
            "from os import environ\nfor name in ('FIRST', 'SECOND'):\n    print(environ.get(name))\n",
            "passed",
        ),
        ("import os\nprint(dict(os.environ))\n", "failed"),
        ("import os\nprint('MY_VAR' in os.environ)\n", "failed"),
        ("import os\nos.environ['MY_VAR'] = 'x'\nprint(os.environ['MY_VAR'])\n", "failed"),
    ],
)
def test_a_variable(code: str, verdict: str) -> None:
    outcome = run_check(SUITE, "variable", {"show.py": code, "run.sh": SHEBANG + "python show.py\n"})
    assert outcome.verdict == verdict, outcome.message


@pytest.mark.parametrize(
    ("files", "starts"),
    [
        ({"hello.py": HELLO, "run.sh": SHEBANG + "python hello.py\n"}, True),
        ({"hello.py": HELLO}, False),
        ({"run.sh": SHEBANG + "python hello.py\n"}, False),
        ({"hello.py": HELLO, "run.sh": SHEBANG + "make all\n"}, False),
    ],
)
def test_what_starts_the_module(tmp_path: Path, files: dict[str, str], starts: bool) -> None:
    for path, text in files.items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    found = {name: value for file in load_suite(SUITE) for name, value in vars(file).items()}
    assert bool(found["find_work"](SubmissionView(tmp_path, {"profile": "exercises"}))) is starts
