"""Style findings of ruff in the students' Python, by the grader's rules: the students' own settings have no effect."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ruff.__main__ import find_ruff_bin  # type: ignore[import-untyped]

from grader.parsing.plain_data import parse_json
from grader.repository.faults import Evidence, SubmissionFault, evidence

MAX_FILES = 500
#: The newest syntax that ruff is asked to read.
NEWEST = "py314"
#: Texts that it is asked about in one process: who has more broken files has no newer ones.
MAX_ASKED = 200
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


def is_valid_for_newest(text: str) -> bool:
    """Return whether the newest Python that ruff knows can read `text`; False as well where ruff gives no answer."""
    return not asked_too_often() and _valid(text)


def asked_too_often() -> bool:
    """Return whether ruff gives no more answers, so that what it says of a text depends on who asked before."""
    return _valid.cache_info().misses >= MAX_ASKED


@lru_cache(maxsize=MAX_ASKED)
def _valid(text: str) -> bool:
    command = [os.fspath(find_ruff_bin()), "check", "--isolated", "--no-cache", "--quiet", "--select", "F9"]
    command += ["--ignore-noqa", "--output-format", "json", "--target-version", NEWEST, "-"]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=SECONDS, check=False)
    except (OSError, UnicodeEncodeError, subprocess.TimeoutExpired):
        return False
    found = parse_json(done.stdout[:MAX_OUTPUT] or b"{}")
    return isinstance(found, list) and not any(item.get("code") == "invalid-syntax" for item in found)
