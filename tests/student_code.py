"""Students' code as a check runs it: the `student` fixture over some files, with real processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from grader.suite.student.student import Student

Files = Mapping[str, "str | bytes"]
#: Returns the `student` fixture of a check on a submission of these files.
Code = Callable[[Files], Student]
