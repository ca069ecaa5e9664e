"""Which checks the graded projects fail most: `python -m tests.failing_checks OUT…`.

Each OUT is a folder that `grader grade --out` wrote, or one above several. A check that more than a third of the projects fail
is either wrong or asks for what few do: `module.toml` says why, under `[checks.<name>]`, or the exit code is 1.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.course.module import Check
from grader.course.pack import load_course
from grader.errors import GraderError
from grader.results import Result, Verdict, read_result

#: The share of failures above which a check needs a reason, and the projects that have to decide it before it does.
MOST = 1 / 3
FEWEST = 10
_COLUMNS = ("passed", "partial", "failed", "not_applicable", "blocked", "error")
_HEAD = ("check", "required", "passed", "partial", "failed", "n/a", "blocked", "error", "share", "reason")


@dataclass(frozen=True)
class Row:
    """A check, and how many projects came out how; a time-out counts as failed."""

    check: Check
    counts: Mapping[str, int]

    @property
    def decided(self) -> int:
        """The projects in which the check told something of the work."""
        return sum(self.counts.get(name, 0) for name in ("passed", "partial", "failed"))

    @property
    def share(self) -> float:
        """The share of failures among the projects that decided it."""
        return self.counts.get("failed", 0) / self.decided if self.decided else 0.0

    @property
    def lacks_a_reason(self) -> bool:
        """Whether more than a third fail it and its module does not say why."""
        return self.decided >= FEWEST and self.share > MOST and not self.check.often_fails

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        why = self.check.often_fails or ("MISSING" if self.lacks_a_reason else "")
        return (
            self.check.id,
            "yes" if self.check.spec.is_required("project") else "no",
            *(str(self.counts.get(name, 0)) for name in _COLUMNS),
            f"{self.share:.0%}" if self.decided else "-",
            why,
        )


def results(folders: Iterable[Path]) -> Iterator[Result]:
    """Yield the results of projects below the folders; those of exercises are left out."""
    for folder in folders:
        for path in sorted(folder.rglob("submissions/*/result.json")):
            result = read_result(path)
            if result.submission.profile == "project":
                yield result


def rows(graded: Iterable[Result], checks: Iterable[Check]) -> list[Row]:
    """Return the checks by their share of failures, the highest first."""
    counts: dict[str, Counter[str]] = {}
    for result in graded:
        for module in result.modules:
            for one in module.checks:
                verdict = Verdict.failed if one.verdict is Verdict.timeout else one.verdict
                counts.setdefault(one.id, Counter())[verdict.value] += 1
    found = [Row(check, counts[check.id]) for check in checks if check.id in counts]
    return sorted(found, key=lambda row: (-row.share, -row.decided, row.check.id))


def table(found: Sequence[Row]) -> str:
    """Return the rows in columns."""
    lines = [_HEAD, *(row.cells for row in found)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(_HEAD) - 1)]
    return "\n".join(
        "  ".join(
            [*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]]
        ).rstrip()
        for line in lines
    )


def main(arguments: Sequence[str]) -> int:
    """Print the table; 1 where a reason is missing, 2 where there is nothing to read."""
    course = load_course()
    checks = [check for module in course.modules for check in module.planned("project")]
    try:
        graded = list(results(map(Path, arguments)))
    except GraderError as problem:
        print(problem, file=sys.stderr)
        return problem.exit_code
    if not graded:
        print("No results of projects there: give folders that `grader grade --out` wrote.", file=sys.stderr)
        return 2
    found = rows(graded, checks)
    print(table(found))
    lacking = [row.check.id for row in found if row.lacks_a_reason]
    print(
        f"\n{len(graded)} projects; {len(lacking)} checks lack a reason{': ' if lacking else '.'}{', '.join(lacking)}"
    )
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
