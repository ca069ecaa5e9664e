"""nbgrader's batch over several submissions of one notebook, which it runs as the user that calls it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.bench.figure import Figure, Measured
from tests.bench.peers.equal_work import CASES, CELLS, cell, our_pack, our_repository, write_notebook
from tests.bench.peers.other_tools import environment_of, version_in
from tests.bench.rig import Rig, in_turns, timed

SUBMISSIONS = 8
_PLAIN = {"schema_version": 3, "task": False, "locked": False}
_GRADED = {**_PLAIN, "grade_id": "mean", "grade": True, "solution": False, "locked": True, "points": 1}


def _measure(rig: Rig, pairs: int) -> Measured:
    place = rig.folder("nbgrader")
    programs = environment_of(place / "venv", "nbgrader")
    class_folder = _course(place / "class")
    pack = our_pack(place / "pack", notebook=True)
    repositories = [
        str(our_repository(place / f"repository-{number}", notebook=True)) for number in range(SUBMISSIONS)
    ]
    out = place / "out"
    command = rig.grader("grade", *repositories, "--course", str(pack), "--no-cache", "--sandbox", "docker")

    def ours() -> float:
        shutil.rmtree(out, ignore_errors=True)
        return timed([*command, "--out", str(out)], fine=frozenset({0}))

    def theirs() -> float:
        shutil.rmtree(class_folder / "autograded", ignore_errors=True)
        (class_folder / "gradebook.db").unlink(missing_ok=True)
        _generate(class_folder, programs)
        took = timed([programs / "nbgrader", "autograde", "ps1"], where=class_folder, fine=frozenset({0}))
        done = len(list((class_folder / "autograded").glob("*/ps1/work.ipynb")))
        assert done == SUBMISSIONS, f"nbgrader graded {done} of {SUBMISSIONS}."
        return took

    return Measured(
        pairs=in_turns(pairs, ours, theirs),
        facts={"nbgrader": version_in(programs, "nbgrader"), "submissions": str(SUBMISSIONS)},
    )


def _course(place: Path) -> Path:
    """Lay out a course of nbgrader with one assignment, and what was handed in."""
    work = [cell("code", text) for text in CELLS]
    question = cell("code", "\n".join(f"assert {case}" for case in CASES), nbgrader=_GRADED)
    whole = write_notebook(place / "source" / "ps1" / "work.ipynb", [*work, question])
    (place / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'bench'\n")
    for number in range(SUBMISSIONS):
        handed_in = place / "submitted" / f"student-{number}" / "ps1"
        handed_in.mkdir(parents=True)
        shutil.copy(whole, handed_in / "work.ipynb")
    return place


def _generate(place: Path, programs: Path) -> None:
    """Let nbgrader know the assignment."""
    command = [str(programs / "nbgrader"), "generate_assignment", "ps1", "--force", "--create"]
    subprocess.run(command, cwd=place, check=True, stdout=sys.stderr, stderr=subprocess.DEVNULL)


NBGRADER = Figure(
    name="nbgrader-batch",
    ours=f"`grader grade` on {SUBMISSIONS} submissions of the notebook, in containers",
    beside="`nbgrader autograde` on the same, without isolation",
    limit=None,
    measure=_measure,
)
