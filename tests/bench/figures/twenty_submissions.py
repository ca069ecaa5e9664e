"""Twenty submissions: `grader grade` beside the same twenty bare runs, two at a time, and beside a loop over them."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path

import psutil

from grader.demo import build_demo
from tests.bench.bare import bare_run, job_of
from tests.bench.figure import Figure, Measured
from tests.bench.rig import Rig, in_turns, say, timed
from tests.small_class import commit

SUBMISSIONS = 20
#: Share of both cores' time that is work, at least, while the grader grades.
BUSY = 0.90


def class_of(place: Path, size: int) -> list[Path]:
    """Build repositories of the sample project, no two with one commit."""
    first = build_demo(place / "project-01")
    found = [first]
    for number in range(2, size + 1):
        copy = place / f"project-{number:02}"
        shutil.copytree(first, copy, symlinks=True)
        (copy / "NOTES.md").write_text(f"Copy {number}.\n", encoding="utf-8")
        commit(copy, f"Copy {number}")
        found.append(copy)
    return found


class _Busy:
    """Counts the cores' time from /proc/stat while blocks of work run."""

    def __init__(self) -> None:
        self.shares: list[float] = []

    def during(self, command: Sequence[str]) -> float:
        """Time a command, and note the share of all cores' time that was not idle."""
        before = psutil.cpu_times()
        took = timed(command)
        after = psutil.cpu_times()
        idle = (after.idle - before.idle) + (getattr(after, "iowait", 0.0) - getattr(before, "iowait", 0.0))
        # `guest` is part of `user`, and so not added.
        names = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
        whole = sum(getattr(after, name, 0.0) - getattr(before, name, 0.0) for name in names)
        self.shares.append(1 - idle / whole)
        return took


def _measure(rig: Rig, pairs: int, at_once: int) -> Measured:
    place = rig.folder("twenty")
    repositories = class_of(place, SUBMISSIONS)
    script = _script(rig, repositories, place, at_once)
    out = place / "out"
    command = rig.grader("grade", *map(str, repositories), "--no-cache", "--jobs", "2", "--out", str(out))
    busy = _Busy()

    def ours() -> float:
        shutil.rmtree(out, ignore_errors=True)
        return busy.during(command)

    found = in_turns(pairs, ours, lambda: timed(["sh", str(script)]))
    # The first one warmed up.
    share = sorted(busy.shares[1:])[len(busy.shares[1:]) // 2]
    say(f"  cores busy: {share:.0%}")
    low = at_once > 1 and share < BUSY
    return Measured(
        pairs=found,
        facts={"cores busy": f"{share:.0%}"},
        problems=[f"both cores are busy for {share:.0%} of the time, at least {BUSY:.0%} wanted"]
        if low
        else [],
    )


def _script(rig: Rig, repositories: Sequence[Path], place: Path, at_once: int) -> Path:
    """Write the shell script that runs the bare work of all repositories, so many at a time."""
    for number, repository in enumerate(repositories):
        run = bare_run(job_of(rig, repository, place / f"files-{number}"), rig.sandbox.image.tag, number)
        (place / f"{number}.json").write_bytes(run.document)
        line = f"{shlex.join(run.command)} < {shlex.quote(str(place / f'{number}.json'))} > /dev/null\n"
        # A check that fails ends the run with 1, which is no fault, and which xargs takes for one.
        (place / f"{number}.sh").write_text(line + "test $? -le 1\n", encoding="utf-8")
    scripts = [str(place / f"{number}.sh") for number in range(len(repositories))]
    (place / "scripts.txt").write_text("\n".join(scripts) + "\n", encoding="utf-8")
    whole = place / "all.sh"
    if at_once > 1:
        listed = shlex.quote(str(place / "scripts.txt"))
        whole.write_text(f"xargs -P {at_once} -n 1 sh < {listed}\n", encoding="utf-8")
    else:
        whole.write_text(
            "set -e\n" + "".join(f"sh {shlex.quote(one)}\n" for one in scripts), encoding="utf-8"
        )
    return whole


TWENTY = Figure(
    name="twenty",
    ours=f"`grader grade` on {SUBMISSIONS} submissions, two at a time",
    beside=f"the same {SUBMISSIONS} bare runs, `xargs -P 2`",
    limit=1.08,
    measure=lambda rig, pairs: _measure(rig, pairs, 2),
)
SHELL_LOOP = Figure(
    name="shell-loop",
    ours=f"`grader grade` on {SUBMISSIONS} submissions, two at a time",
    beside=f"a shell loop over the same {SUBMISSIONS} bare runs",
    limit=None,
    measure=lambda rig, pairs: _measure(rig, pairs, 1),
)
