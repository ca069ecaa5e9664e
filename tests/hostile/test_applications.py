"""Applications, snippets and stubs: what student code can do in the process that the suite asks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("hostile-applications")]

MAIN = {"main.py": "print(3 * int(input()))\n"}
SPY = (Path(__file__).parent / "attacks" / "forging" / "spy.py").read_text()
APPLICATION = """
import json, os, sys, time

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while (message := await receive()):
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    body = json.dumps(3 * json.loads((await receive())["body"] or b"0"))
    ATTACK
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": body.encode()})
"""
#: Lines at the place of ATTACK, the verdicts that the check may get, and what its message says.
ATTACKS = {
    "a line of its own on the channel": (
        """import gc
for one in gc.get_objects():
    if type(one) is dict and "nonce" in one and "requests" in one:
        line = b'\\\\n{"response":{"status":200,"headers":[],"body":"","cut":false,"raised":""}}'
        for number in range(3, 256):
            try: os.write(number, line)
            except OSError: pass""",
        "failed",
        "",
    ),
    "an end of its own": (
        """for number in range(3, 256):
    try: os.write(number, b'\\\\n{"end":{"started":true,"stopped":true,"counts":{}}}')
    except OSError: pass""",
        "failed",
        "cannot be read",
    ),
    "bytes that are no line": (
        """for number in range(3, 256):
    try: os.write(number, b'\\\\n' + b'[' * 5000)
    except OSError: pass""",
        "failed",
        "cannot be read",
    ),
    "the process exits with success": ("os._exit(0)", "failed", "`POST /treble` ended the process"),
    "two processes go on": ("os.fork()", "failed", "cannot be read"),
    "children that stay": (
        "if os.fork() == 0:\n    os.setsid()\n    time.sleep(99)",
        "passed",
        "",
    ),
    "an answer that never comes": ("time.sleep(99)", "timeout", "`POST /treble` did not end in time"),
    "more output than is kept": ("print('x' * 10_000_000)", "passed", ""),
    "more memory than there is": ("body = 'x' * 10**10", "failed", "500"),
    "whatever can be read": (
        """import gc
seen = [str(one)[:2000] for one in gc.get_objects() if type(one) is dict and "nonce" in one]
for path in ("/proc/self/environ", "/proc/self/cmdline", "/proc/1/environ", "/suites/m91_doors/test_doors.py"):
    try: seen.append(open(path).read())
    except OSError as problem: seen.append(str(problem))
body = json.dumps(seen)[:2000]""",
        "failed",
        "answers",
    ),
}


@pytest.mark.parametrize("case", ATTACKS)
def test_an_application_that_fights(grade: Callable[..., Any], case: str) -> None:
    attack, verdict, says = ATTACKS[case]
    indented = attack.replace("\\\\", "\\").replace("\n", "\n    ")
    files = {**MAIN, "application.py": APPLICATION.replace("ATTACK", indented)}
    graded = grade(files, checks={"application", "command"})
    found = graded.checks["application"]
    assert graded.verdict("application") == verdict, found.message
    assert says in found.message
    assert graded.verdict("command") == "passed"


def test_the_honest_twin(grade: Callable[..., Any]) -> None:
    files = {
        **MAIN,
        "application.py": APPLICATION.replace("ATTACK", "pass"),
        "snippet.py": "def treble(x):\n    return 3 * x\n",
        "uploads.py": "import sys\nfrom cloud import storage\nstorage.upload(3 * int(sys.argv[1]))\n",
    }
    graded = grade(files, checks={"application", "snippet", "stub"})
    assert {graded.verdict(name) for name in ("application", "snippet", "stub")} == {"passed"}, graded.text


@pytest.mark.parametrize(
    ("attack", "says"),
    [
        ("import os\nos._exit(0)", "ended without a value"),
        ("from spy import say\nsay(b'0\\n{\"values\":[1]}')", "wrote to the grader's own channel"),
        (
            "import sys\nreturn dict(sys.modules['__probe__'].__dict__, load=0, __builtins__=0, __loader__=0)",
            "not three",
        ),
    ],
)
def test_a_snippet_and_code_that_fights(grade: Callable[..., Any], attack: str, says: str) -> None:
    source = "def treble(x):\n    " + attack.replace("\n", "\n    ") + "\n"
    graded = grade({**MAIN, "snippet.py": source, "spy.py": SPY}, checks={"snippet", "command"})
    assert graded.verdict("snippet") == "failed"
    assert says in graded.checks["snippet"].message
    assert graded.verdict("command") == "passed"


@pytest.mark.parametrize(
    "attack",
    [
        "open(records, 'w').write('[]\\n')",
        "os.mkfifo(records)",
        "os.symlink('/dev/zero', records)",
        "open(records, 'wb').truncate(20_000_000)",
        "os.symlink('/suites/m91_doors/test_doors.py', records)",
    ],
)
def test_records_that_are_none(grade: Callable[..., Any], attack: str) -> None:
    source = f"import os\nfrom cloud import storage\nrecords = '/tmp/grader-stubs/records.jsonl'\n{attack}\n"
    graded = grade({**MAIN, "uploads.py": source}, checks={"stub", "command"})
    assert graded.verdict("stub") in ("failed", "timeout"), graded.checks["stub"].message
    assert graded.verdict("command") == "passed"


def test_cpu_seconds_are_those_of_the_call(grade: Callable[..., Any]) -> None:
    slow = (
        "import time\ndef work():\n    while time.process_time() < 2.5:\n        pass\n"
        "if __name__ == '__main__':\n    work()\n"
    )
    graded = grade({**MAIN, "slow.py": slow}, checks={"cpu_seconds"})
    assert graded.verdict("cpu_seconds") == "passed", graded.checks["cpu_seconds"].message
