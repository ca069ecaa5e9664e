"""Style findings of ruff in the students' Python, by the grader's rules: the students' own settings have no effect."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ruff.__main__ import find_ruff_bin  # type: ignore[import-untyped]

from grader.parsing.plain_data import parse_json
from grader.repository.faults import Evidence, SubmissionFault, evidence

MAX_FILES = 500
MAX_OUTPUT = 16 * 1024 * 1024
SECONDS = 30.0


@dataclass(frozen=True)
class LintFinding:
    """A finding: ruff's rule (`F401`), its place, and ruff's message."""

    rule: str
    path: str
    line: int
    message: str

    @property
    def evidence(self) -> Evidence:
        """Where it is."""
        return evidence(self.path, self.line, f"{self.rule} {self.message}")


def lint(root: Path, paths: Sequence[str], rules: Sequence[str], line_length: int) -> list[LintFinding]:
    """Return what ruff finds in at most 500 files; the repository's configuration and `noqa` comments are ignored.

    Raises:
        SubmissionFault: there are more findings than can be read.
        OSError, subprocess.TimeoutExpired: ruff does not run: the grader's fault.
    """
    chosen = [path for path in paths[:MAX_FILES] if not path.startswith("-")]
    if not chosen:
        return []
    command = [
        *(
            os.fspath(find_ruff_bin()),
            "check",
            "--isolated",
            "--no-cache",
            "--quiet",
            "--exit-zero",
            "--ignore-noqa",
        ),
        *("--output-format", "json", "--line-length", str(line_length), "--select", ",".join(rules)),
        *("--target-version", "py312", "--no-respect-gitignore", "--", *chosen),
    ]
    done = subprocess.run(
        command, cwd=root, capture_output=True, timeout=SECONDS, check=False, stdin=subprocess.DEVNULL
    )
    if len(done.stdout) > MAX_OUTPUT:
        raise SubmissionFault("ruff finds more in the code than can be read.")
    return [
        LintFinding(
            str(item.get("code") or "E999"),
            Path(item["filename"]).relative_to(root.resolve()).as_posix(),
            int(item["location"]["row"]),
            str(item["message"])[:300],
        )
        for item in parse_json(done.stdout or b"[]")
    ]
