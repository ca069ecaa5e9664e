"""otter-grader's container script in the grader's base image, on one question and on an equal notebook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.bench.figure import Figure, Measured
from tests.bench.peers.equal_work import our_pack, our_repository, short_notebook, whole_notebook
from tests.bench.peers.otter_image import otter
from tests.bench.rig import Rig, in_turns, timed


def _measure(rig: Rig, pairs: int, write: Callable[[Path], Path], *, notebook: bool) -> Measured:
    place = rig.folder("otter-question")
    repository = our_repository(place / "repository", notebook=notebook)
    pack = our_pack(place / "pack", notebook=notebook)
    theirs = write(place / "theirs" / "work.ipynb")
    command = rig.grader("check", str(repository), "--course", str(pack), "--sandbox", "docker")
    with otter(rig) as container:
        # Everything passed: 0, and nothing else.
        found = in_turns(
            pairs,
            lambda: timed([*command, "--out", str(place / "out")], fine=frozenset({0})),
            lambda: container.grade(theirs),
        )
        return Measured(pairs=found, facts={"otter-grader": container.version})


OTTER_QUESTION = Figure(
    name="otter-question",
    ours="one question about a file, `grader check` as a whole process",
    beside="otter-grader's container, the same question about a notebook of that one function",
    limit=0.2,
    measure=lambda rig, pairs: _measure(rig, pairs, short_notebook, notebook=False),
)
OTTER_NOTEBOOK = Figure(
    name="otter-notebook",
    ours="one question about a notebook of five cells, `grader check` as a whole process",
    beside="otter-grader's container, the same question about the same notebook",
    limit=0.5,
    measure=lambda rig, pairs: _measure(rig, pairs, whole_notebook, notebook=True),
)
