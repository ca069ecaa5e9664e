"""Files of the working copy as they are now, seen and written as the students' user: each look is a student process."""

from __future__ import annotations

import fnmatch
from typing import Any, TypeVar

from grader.suite.outcomes import StudentFault
from grader.suite.student.calls import Calls
from grader.suite.student.remote import Remote, values

T = TypeVar("T", str, bytes)


class WorkingFiles:
    """The part of `student` that reads and writes files; what code left behind is evidence only once it has ended."""

    def __init__(self, calls: Calls) -> None:
        self.calls = calls

    def files(self, *globs: str) -> list[str]:
        """Return the current files and folders of the working copy, sorted; all of them without a pattern.

        Example: `assert student.files("models/*.pt"), "Training saves no model."`
        """
        glob = self._standard("glob").glob
        listed = glob("**/*", recursive=True, include_hidden=True).value(list)
        names = sorted(str(name).replace("\\", "/") for name in listed)
        return [name for name in names if not globs or any(fnmatch.fnmatch(name, wanted) for wanted in globs)]

    def exists(self, path: str) -> bool:
        """Return whether `path` exists in the working copy now. Example: `student.exists("models/model.pt")`."""
        return path in self.files()

    def read(self, path: str) -> str:
        """Return the text of a file in the working copy, read as the students' user. Raise StudentFault if it does not exist.

        Example: `log = student.read("train.log")`
        """
        found = self._standard("pathlib").Path(path).read_text(encoding="utf-8", errors="replace")
        return self._content(path, found, str)

    def read_bytes(self, path: str) -> bytes:
        """Return a file of the working copy as bytes, at most 700 kB. Raise StudentFault if it does not exist or is larger.

        Example: `assert student.read_bytes("figure.png").startswith(b"\\x89PNG"), "`figure.png` is no PNG."`
        """
        return self._content(path, self._standard("pathlib").Path(path).read_bytes(), bytes)

    def write(self, path: str, content: str | bytes) -> None:
        """Create or replace a file in the working copy, as the students' user. Example: `student.write("a.txt", "text")`."""
        target = self._standard("pathlib").Path(path)
        written = (
            target.write_bytes(content)
            if isinstance(content, bytes)
            else target.write_text(content, encoding="utf-8")
        )
        values([target.parent.mkdir(parents=True, exist_ok=True), written])

    def _content(self, path: str, found: Remote, kind: type[T]) -> T:
        try:
            return found.value(kind)
        except StudentFault as fault:
            if fault.kind == "exception":
                raise StudentFault("missing", f"`{path}` cannot be read: {fault.message}") from fault
            raise

    def _standard(self, module: str) -> Remote:
        """Return a module of the standard library, even if the repository has a module of the same name."""

        def evaluate(plan: dict[str, Any], timeout: float | None, cpu_s: int | None) -> list[Any]:
            return self.calls.evaluate({**plan, "paths": []}, timeout, cpu_s)

        return Remote(evaluate, "module", None, [module], label=module)
