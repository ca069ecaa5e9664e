"""The table in `docs/suites.md`: what the suites give starters, solutions, oracles and mutants. It holds no figure that varies.

`grader prove --write docs/suites.md` renews the rows of what it proved; `make prove` fails where that changes anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from grader.authoring.oracles import COURSE
from grader.authoring.proof_table import ModuleProof
from grader.errors import UsageError

BEGIN, END = "<!-- suites: grader prove --write -->", "<!-- end of suites -->"
_KINDS = ("words", "broken", "excuses", "unreached", "raising", "course")
_HEAD = ("module", "suite", "starter", "solution", *_KINDS, "mutants", "points run")
_ROW = re.compile(r"^\| ([A-Z]+)(\d+) \|.*$", re.M)


def read_page(path: Path) -> str:
    """Read the page. Raise UsageError if it cannot be read, or has no place for the table."""
    try:
        page = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as problem:
        raise UsageError(
            f"{path} cannot be read: {problem}.", "--write renews a page that is there."
        ) from problem
    renew(page, ())
    return page


def renew(page: str, proven: Sequence[ModuleProof]) -> str:
    """Return the page with the rows of the suites that were proven by all rules, and the others as they were.

    Raises:
        UsageError: the page has no place for the table.
    """
    before, begin, rest = page.partition(BEGIN)
    table, end, after = rest.partition(END)
    if not begin or not end:
        raise UsageError("The page has no place for the table.", f"It lies between `{BEGIN}` and `{END}`.")
    rows = {(match[1], int(match[2])): match[0] for match in _ROW.finditer(table)}
    for proof in proven:
        match = _ROW.fullmatch(_row(proof))
        assert match is not None
        key = (match[1], int(match[2]))
        rows.pop(key, None)
        if proof.converted:
            rows[key] = match[0]
    head = [_cells(_HEAD), _cells(["---"] * len(_HEAD))]
    return "\n".join([before + BEGIN, "", *head, *(rows[key] for key in sorted(rows)), "", END + after])


def _row(proof: ModuleProof) -> str:
    return _cells(
        [
            proof.module,
            proof.title.replace("|", "\\|"),
            _points(proof.starter_points, proof.max_points),
            _points(proof.solution_points, proof.max_points),
            *(_worst(proof, kind) for kind in _KINDS),
            f"{proof.caught}/{proof.mutants}",
            f"{proof.share_run:.0%}",
        ]
    )


def _worst(proof: ModuleProof, kind: str) -> str:
    """Return the points of the oracle of a kind that says most against the suite; the faults that files tell are broken, too."""
    kinds = ("broken", "fault") if kind == "broken" else (kind,)
    scores = [(one.points, one.max_points) for one in proof.oracles if one.kind in kinds]
    if not scores:
        return "-"
    return _points(*(min(scores) if kind == COURSE else max(scores)))


def _points(points: float, most: float) -> str:
    return f"{points:g}/{most:g}"


def _cells(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
