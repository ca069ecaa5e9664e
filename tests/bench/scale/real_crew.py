"""The processes of a real crew, of which each submission ends at once: what giving out and listening cost through real pipes.

`python -m tests.bench.scale.real_crew 1000` prints the CPU seconds of the process that schedules, as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.batch import ClassPlan, Fetching, grade_all
from grader.course.pack import load_course
from grader.errors import SourceError
from grader.forge import Access
from grader.pipeline import Setup
from grader.submission import Submission
from tests.bench.scale.stopwatch import Stopwatch, memory_folder
from tests.memory_sandbox import MemorySandbox
from tests.small_class import WITH_ENVIRONMENT, write_pack


@dataclass(frozen=True, kw_only=True)
class NothingThere(Fetching):
    """Finds no repository, whatever the source."""

    def __call__(
        self,
        source: str,
        into: Path,
        *,
        commit: str | None = None,
        forge: Access | None = None,
        say: Callable[[str], None] = lambda line: None,
    ) -> Submission:
        """Say one thing, as every submission does, and raise."""
        say("It is looked for.")
        raise SourceError(f"{source} is not there.")


def crew_cpu_s(submissions: int, out: Path, jobs: int = 2) -> float:
    """Return the CPU seconds that a run of so many took its own process; those of its workers are not in it."""
    write_pack(out / "pack", WITH_ENVIRONMENT)
    watch = Stopwatch()
    graded = grade_all(
        [f"owner-{number}/project" for number in range(submissions)],
        out=out / "results",
        setup=Setup(course=load_course(out / "pack"), sandbox=MemorySandbox()),
        plan=ClassPlan(jobs=jobs, fetching=NothingThere()),
        board=watch,
    )
    watch.done()
    assert len(graded.failed) == submissions
    return watch.over.cpu_s - watch.begun.cpu_s


if __name__ == "__main__":
    with memory_folder() as folder:
        print(json.dumps(crew_cpu_s(int(sys.argv[1]), folder)))
