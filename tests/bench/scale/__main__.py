"""What scheduling costs a submission, for a class of 100,000 and a tenth of it: `make scale`, `python -m tests.bench.scale`.

CPU time and memory of the process that schedules, which a busy machine changes little. Exits with 1 above a limit.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from typing import Any

from tests.bench import page
from tests.bench.scale.class_at_scale import Bill

#: Milliseconds of scheduling a submission, and by how much memory a submission may grow with ten times as many.
MOST_MS, MOST_GROWTH = 1.0, 1.1
#: Of a whole simulation, which is written to the page.
SUBMISSIONS = 100_000
_RUNS = ("fresh", "again")
#: Of the table; all figures are of one submission.
HEAD = (
    "run",
    "submissions",
    "planning ms",
    "scheduling ms",
    "overview ms",
    "memory bytes",
    "more for the overview, bytes",
)


def main(arguments: list[str] | None = None) -> int:
    """Print the bills, and write them if they are of a whole class; return 1 if one of them is above a limit."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scale", description=__doc__)
    parser.add_argument("--submissions", type=int, default=SUBMISSIONS)
    size = parser.parse_args(arguments).submissions
    few, many = (_bills(submissions) for submissions in (max(size // 10, 1), size))
    rows = [
        _row(run, bill) for run, pair in zip(_RUNS, zip(few, many, strict=True), strict=True) for bill in pair
    ]
    print(*HEAD, sep="  ")
    for row in rows:
        print(*(f"{value:>{len(name)}}" for name, value in zip(HEAD, row, strict=True)), sep="  ", flush=True)
    growth = bytes_each(many[0]) / bytes_each(few[0])
    through_pipes = max(size // 20, 1)
    took = float(_child("real_crew", through_pipes)) * 1000 / through_pipes
    lines = [
        f"Memory a submission, of {size} over {max(size // 10, 1)}: {growth:.2f} (limit {MOST_GROWTH}).",
        f"Two real processes, {through_pipes} submissions that end at once: {took:.2f} ms each (limit {MOST_MS:g} ms).",
    ]
    print(*lines, sep="\n")
    problems = [
        f"a submission takes {ms:.2f} ms of {bill.submissions}"
        for bill in (*few, *many)
        if (ms := scheduling_ms(bill)) > MOST_MS
    ]
    if growth > MOST_GROWTH:
        problems.append("memory a submission grows with their number")
    if took > MOST_MS:
        problems.append(f"with real processes a submission takes {took:.2f} ms")
    print(*(f"Above the limit: {problem}." for problem in problems), sep="\n")
    if size >= SUBMISSIONS:
        lines.append(f"CPU time, Python {platform.python_version()}.")
        page.write(
            {**page.read(), "scale": {"head": HEAD, "rows": rows, "lines": lines, "problems": problems}}
        )
    return 1 if problems else 0


def scheduling_ms(bill: Bill) -> float:
    """Return the milliseconds of planning and scheduling a submission, without the double."""
    return (bill.planning_s + bill.scheduling_s - bill.double_s) * 1000 / bill.submissions


def bytes_each(bill: Bill) -> float:
    """Return the bytes of memory that planning and scheduling took a submission."""
    return (bill.planned_bytes + bill.scheduled_bytes) / bill.submissions


def _row(run: str, bill: Bill) -> list[str]:
    each = bill.submissions
    times = (bill.planning_s, bill.scheduling_s - bill.double_s, bill.overview_s)
    sizes = (bill.planned_bytes + bill.scheduled_bytes, bill.overview_bytes)
    return [
        run,
        str(each),
        *(f"{seconds * 1000 / each:.2f}" for seconds in times),
        *(f"{size / each:.0f}" for size in sizes),
    ]


def _bills(submissions: int) -> list[Bill]:
    found: list[dict[str, Any]] = _child("class_at_scale", submissions)
    return [Bill(**bill) for bill in found]


def _child(name: str, submissions: int) -> Any:
    """Run a measurement in a process of its own, whose memory nothing else has used."""
    command = [sys.executable, "-m", f"tests.bench.scale.{name}", str(submissions)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
