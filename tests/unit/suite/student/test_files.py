"""Bytes into the working copy and out of it, and the files that a command made or changed."""

from __future__ import annotations

import pytest

from grader.suite import StudentFault
from tests.student_code import Code

DATA = bytes(range(256)) * 40


def test_bytes_and_text_go_in_and_come_out(code: Code) -> None:
    student = code({"pathlib.py": "raise OSError('not the one of the standard library')"})
    student.write("deep/in/a.bin", DATA)
    student.write("deep/a.txt", "æ")
    assert student.read_bytes("deep/in/a.bin") == DATA
    assert student.read("deep/a.txt") == "æ"


def test_what_cannot_be_read_is_said(code: Code) -> None:
    student = code({"large.bin": b"\x00" * 1_000_000})
    with pytest.raises(StudentFault, match=r"`none\.png` cannot be read") as missing:
        student.read_bytes("none.png")
    assert missing.value.kind == "missing"
    with pytest.raises(StudentFault, match="too large"):
        student.read_bytes("large.bin")


WORK = """
import os, pathlib, shutil
pathlib.Path("models/a").mkdir(parents=True)
pathlib.Path("models/a/new æ.pt").write_bytes(b"1")
pathlib.Path("changed.txt").write_text("other")
pathlib.Path("set back.txt").write_text("other")
os.utime("set back.txt", (0, 0))
os.utime("future.txt", (4e9, 4e9))
os.replace("moved.txt", "there.txt")
os.remove("gone.txt")
"""


def test_files_that_a_command_makes_or_changes_are_named(code: Code) -> None:
    names = ("changed.txt", "set back.txt", "future.txt", "moved.txt", "gone.txt", "same.txt")
    student = code({"work.py": WORK, **dict.fromkeys(names, "text")})
    student.write("earlier.txt", "text")
    done = student.run(["python", "work.py"], changes=True).succeeded()
    assert done.changed == (
        "changed.txt",
        "future.txt",
        "models/a/new æ.pt",
        "set back.txt",
        "there.txt",
    )
    assert student.run(["python", "-c", ""], changes=True).changed == ()
    assert student.run(["python", "-c", "open('x', 'w')"]).changed == ()


def test_the_names_of_changed_files_are_bounded(code: Code) -> None:
    student = code({"work.py": "for n in range(5000):\n    open(f'{n}' + 'x' * 100, 'w').close()\n"})
    assert len(student.run(["python", "work.py"], changes=True).changed) == 2000
