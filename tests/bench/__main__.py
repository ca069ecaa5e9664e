"""What the grader costs beside the bare work: `make bench`, `python -m tests.bench [--only NAME] [--pairs N] [--no-write]`.

Figures are ratios of what is measured in turns, in one run: ratios travel, seconds do not. Exits with 1 if the whole interval of
one lies above its limit.
"""

from __future__ import annotations

import argparse
import sys

from tests.bench import page
from tests.bench.figures import FIGURES
from tests.bench.machine import machine
from tests.bench.rig import rig, say

PAIRS = 10


def main(arguments: list[str] | None = None) -> int:
    """Measure figures, print and write them; return 1 if one is above its limit."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    names = [figure.name for figure in FIGURES]
    parser.add_argument("--only", action="append", choices=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--no-write", action="store_true", help="leave the page and its data as they are")
    chosen = parser.parse_args(arguments)
    failed = False
    with rig() as ready:
        about = machine(ready)
        for figure in FIGURES:
            if chosen.only and figure.name not in chosen.only:
                continue
            say(figure.name)
            found = figure.measure(ready, chosen.pairs)
            entry = page.entry(figure, found)
            if not chosen.no_write:
                # After each: what was measured stays, whatever comes.
                page.write(page.merged(page.read(), about, {figure.name: entry}))
            limit = "" if figure.limit is None else f", limit {figure.limit:g}"
            print(
                f"{figure.name}: median {entry['median']:.3g} {figure.unit}, {entry['low']:.3g} to {entry['high']:.3g}{limit}",
                *(f"{name} {value}" for name, value in found.facts.items()),
                sep=", ",
                flush=True,
            )
            for problem in entry["problems"]:
                failed = True
                print(f"  above the limit: {problem}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
