"""Stubs: modules of a suite that stand in for what needs an account or a network, and record how they are used."""

from __future__ import annotations

import textwrap
from typing import Any

from grader.suite.outcomes import StudentFault
from grader.suite.student.calls import Calls
from grader.suite.student.remote import expect
from grader.suite.student.snippets.probe import probe
from grader.suite.student.wire import WireError, parse

#: Of the records of a check, what is read.
MOST_BYTES = 500_000
MOST_RECORDS = 5_000

_RECORDS = "records.jsonl"
#: What a stub imports. The file is opened for each record: a stub may be used in several processes at once.
_RECORDER = """
import json, os

def plain(value):
    try:
        return value.item()
    except Exception:
        return str(value)

def record(**values):
    try:
        line = json.dumps(values, default=plain, allow_nan=False) + "\\n"
    except ValueError:  # a number that is not finite
        line = json.dumps({name: str(value) for name, value in values.items()}) + "\\n"
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "RECORDS"), "ab") as file:
        file.write(line.encode("utf-8", "backslashreplace"))
""".replace("RECORDS", _RECORDS)
#: A package above a stub: what the students have installed below the same name stays importable.
_PARENT = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"
_WRITE = """
import os
for path, text in files.items():
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if text != parent or not os.path.exists(path):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
"""
_READ = """
import os
result = b""
if os.path.exists(path):
    with open(path, "rb") as file:
        result = file.read(most)
"""


class Stubs:
    """The stubs of one check, in a folder outside the working copy that comes first on every import path."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    @property
    def _folder(self) -> str:
        return f"{self._calls.launcher.temporary()}/grader-stubs"

    def add(self, name: str, source: str) -> None:
        """Write the stub `name`; see `Student.stub`. Raise ValueError if it is no dotted name."""
        parts = name.split(".")
        if not all(part.isidentifier() for part in parts):
            raise ValueError(f"{name!r} is no dotted name of a module")
        text = f"from _grader_recorder import record\n{textwrap.dedent(source)}"
        compile(text, name, "exec")  # a mistake of the suite is not the students' fault
        above = ["/".join(parts[:end]) for end in range(1, len(parts))]
        files = {f"{self._folder}/{parent}/__init__.py": _PARENT for parent in above}
        files[f"{self._folder}/{'/'.join(parts)}/__init__.py"] = text
        files[f"{self._folder}/_grader_recorder.py"] = _RECORDER
        probe(self._calls, _WRITE, {"files": files, "parent": _PARENT}, own=True)
        if self._folder not in self._calls.first:
            self._calls.first.append(self._folder)

    def records(self) -> list[dict[str, Any]]:
        """Return what the stubs recorded; see `Student.records`."""
        where = {"path": f"{self._folder}/{_RECORDS}", "most": MOST_BYTES}
        data = probe(self._calls, _READ, where, own=True)
        expect(data, bytes, "records")
        try:
            found = [parse(line) for line in data.split(b"\n")[:-1][:MOST_RECORDS]]
        except WireError as problem:
            raise StudentFault("reply", f"A record of a stub cannot be read: {problem}.") from problem
        if not all(isinstance(one, dict) for one in found):
            raise StudentFault("reply", "A record of a stub cannot be read: it is no object.")
        return found
