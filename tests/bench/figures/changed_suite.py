"""A class after one suite changed: `grader grade` beside that suite alone over the same class."""

from __future__ import annotations

import shutil
from itertools import count

from tests.bench.figure import Figure, Measured
from tests.bench.figures.twenty_submissions import class_of
from tests.bench.rig import Rig, in_turns, timed

SUBMISSIONS = 6
#: The module whose suite changes: it runs the groups' own tests.
MODULE, FOLDER = "M16", "m16_unittesting"


def _measure(rig: Rig, pairs: int) -> Measured:
    place = rig.folder("changed-suite")
    repositories = [str(path) for path in class_of(place, SUBMISSIONS)]
    pack = place / "pack"
    for name in ("checks", "exercises", "reports"):
        shutil.copytree(rig.course.root / name, pack / name, ignore=shutil.ignore_patterns("__pycache__"))
    suite = next((pack / "checks" / FOLDER).glob("test_*.py"))
    text, numbers = suite.read_text(encoding="utf-8"), count(1)
    common = ["--course", str(pack), "--jobs", "2", "--sandbox", "docker"]
    whole = rig.grader("grade", *repositories, *common, "--out", str(place / "out"))
    alone = rig.grader(
        "grade", *repositories, *common, "--modules", MODULE, "--no-cache", "--out", str(place / "alone")
    )
    timed(whole)

    def change() -> None:
        suite.write_text(f"{text}\n# Changed: {next(numbers)}\n", encoding="utf-8")
        # The image has the suites: it is made anew, for both, and not timed.
        timed(rig.grader("image", "build", "--course", str(pack)))

    def changed() -> float:
        change()
        return timed(whole)

    return Measured(
        pairs=in_turns(pairs, changed, lambda: timed(alone)),
        facts={"work": f"{SUBMISSIONS} submissions, {MODULE}"},
    )


CHANGED_SUITE = Figure(
    name="changed-suite",
    ours=f"`grader grade` on {SUBMISSIONS} submissions that are graded, after one suite changed",
    beside="that suite alone on all of them",
    limit=1.2,
    measure=_measure,
)
