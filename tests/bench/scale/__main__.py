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

from tests.bench.scale.class_at_scale import Bill

#: Milliseconds of scheduling a submission, and by how much memory a submission may grow with ten times as many.
MOST_MS, MOST_GROWTH = 1.0, 1.1
_RUNS = ("fresh", "again")


def main(arguments: list[str] | None = None) -> int:
    """Print the bills; return 1 if one of them is above a limit."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scale", description=__doc__)
    parser.add_argument("--submissions", type=int, default=100_000)
    size = parser.parse_args(arguments).submissions
    print(f"Python {platform.python_version()}, {size} submissions\n")
    small, large = (_bills(submissions) for submissions in (max(size // 10, 1), size))
    print("A submission costs, on a simulated clock:")
    print("run     submissions  planning ms  scheduling ms  overview ms  planned B  scheduled B  overview B")
    problems = []
    for run, few, many in zip(_RUNS, small, large, strict=True):
        for bill in (few, many):
            print(_line(run, bill))
            if (ms := scheduling_ms(bill)) > MOST_MS:
                problems.append(f"{run}: {bill.submissions} submissions take {ms:.2f} ms each")
    growth = bytes_each(large[0]) / bytes_each(small[0])
    print(f"\nMemory a submission, of {size} over {size // 10}: {growth:.2f} (limit {MOST_GROWTH})")
    if growth > MOST_GROWTH:
        problems.append("memory a submission grows with their number")
    through_pipes = max(size // 20, 1)
    took = float(_child("real_crew", through_pipes)) * 1000 / through_pipes
    print(
        f"With two real processes, {through_pipes} submissions that end at once: {took:.2f} ms (limit {MOST_MS})"
    )
    if took > MOST_MS:
        problems.append(f"with real processes one takes {took:.2f} ms")
    for problem in problems:
        print(f"Above the limit: {problem}.")
    return 1 if problems else 0


def scheduling_ms(bill: Bill) -> float:
    """Return the milliseconds of planning and scheduling a submission, without the double."""
    return (bill.planning_s + bill.scheduling_s - bill.double_s) * 1000 / bill.submissions


def bytes_each(bill: Bill) -> float:
    """Return the bytes of memory that planning and scheduling took a submission."""
    return (bill.planned_bytes + bill.scheduled_bytes) / bill.submissions


def _line(run: str, bill: Bill) -> str:
    each = bill.submissions
    times = (bill.planning_s, bill.scheduling_s - bill.double_s, bill.overview_s)
    sizes = (bill.planned_bytes, bill.scheduled_bytes, bill.overview_bytes)
    planning, scheduling, overview = (f"{seconds * 1000 / each:.2f}" for seconds in times)
    planned, scheduled, over = (f"{size / each:.0f}" for size in sizes)
    return f"{run:6} {each:>12} {planning:>12} {scheduling:>14} {overview:>12} {planned:>10} {scheduled:>12} {over:>11}"


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
