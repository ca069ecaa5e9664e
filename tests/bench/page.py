"""The figures on disk: `docs/benchmarks.json`, and the tables between the marks of `docs/benchmarks.md` that are made of it.

A run replaces the figures that it measured. Those of another machine go, since seconds of two machines do not compare.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.bench.figure import Figure, Measured
from tests.bench.figures import FIGURES
from tests.places import DOCS

PAGE, DATA = DOCS / "benchmarks.md", DOCS / "benchmarks.json"
#: Around each part of the page that is made.
BEGIN, END = "<!-- {}: python -m {} -->", "<!-- end of {} -->"
_HEAD = ("figure", "the grader", "beside", "seconds", "median ratio", "interval", "limit", "")


def entry(figure: Figure, found: Measured) -> dict[str, Any]:
    """Return what is kept of a figure."""
    interval = found.interval
    return {
        "ours": figure.ours,
        "beside": figure.beside,
        "unit": figure.unit,
        "limit": figure.limit,
        **{name: round(value, 4) for name, value in asdict(interval).items()},
        "pairs": [[round(pair.ours, 4), round(pair.other, 4)] for pair in found.pairs],
        "facts": dict(found.facts),
        "problems": figure.problems(found),
    }


def read(path: Path = DATA) -> dict[str, Any]:
    """Return what was measured before: nothing at first."""
    if not path.is_file():
        return {}
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def merged(
    before: Mapping[str, Any], machine: Mapping[str, str], figures: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the data with figures of a run in it; those of another machine are dropped, but for what counts CPU time alone."""
    same = before.get("machine") == dict(machine)
    kept = before.get("figures", {}) if same else {}
    return {**before, "machine": dict(machine), "figures": {**kept, **figures}}


def write(data: Mapping[str, Any], page: Path = PAGE, path: Path = DATA) -> None:
    """Write the data, and the page with the tables made of it."""
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    text = page.read_text(encoding="utf-8")
    page.write_text(renewed(text, data), encoding="utf-8")


def renewed(text: str, data: Mapping[str, Any]) -> str:
    """Return the page with its tables made anew."""
    text = _between(text, "figures", "tests.bench", _figures(data))
    return _between(text, "scale", "tests.bench.scale", _scale(data.get("scale", {})))


def _between(text: str, name: str, module: str, lines: Sequence[str]) -> str:
    begin, end = BEGIN.format(name, module), END.format(name)
    before, found, rest = text.partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        raise SystemExit(f"The page has no place for the {name}: it lies between `{begin}` and `{end}`.")
    return "\n".join([before + begin, "", *lines, "", end + after])


def _figures(data: Mapping[str, Any]) -> list[str]:
    figures = data.get("figures", {})
    names = [figure.name for figure in FIGURES if figure.name in figures]
    machine = [f"- {name}: {value}" for name, value in data.get("machine", {}).items()]
    facts = [
        f"- {name}: {', '.join(f'{key} {value}' for key, value in figures[name]['facts'].items())}"
        for name in names
        if figures[name]["facts"]
    ]
    rows = [_row(name, figures[name]) for name in names]
    missing = [figure.name for figure in FIGURES if figure.name not in figures]
    left_out = [f"Not measured here: {', '.join(missing)}.", ""] if missing else []
    table = [_cells(_HEAD), _cells(["---"] * len(_HEAD)), *rows, ""] if rows else []
    return [
        *table,
        *left_out,
        *([*facts, ""] if facts else []),
        *(["Measured on:", "", *machine] if machine else []),
    ]


def _row(name: str, found: Mapping[str, Any]) -> str:
    unit = "" if found["unit"] == "x" else f" {found['unit']}"
    ours, others = (sorted(pair[at] for pair in found["pairs"]) for at in (0, 1))
    middle = len(ours) // 2
    seconds = f"{ours[middle]:.2f} / {others[middle]:.2f}" if not unit else ""
    limit = "" if found["limit"] is None else f"{found['limit']:g}{unit}"
    held = "" if found["limit"] is None else "above" if found["problems"] else "holds"
    return _cells(
        [
            name,
            found["ours"],
            found["beside"],
            seconds,
            f"{found['median']:.3g}{unit}",
            f"{found['low']:.3g} to {found['high']:.3g} ({len(found['pairs'])} pairs, {found['level']:.0%})",
            limit,
            held,
        ]
    )


def _scale(found: Mapping[str, Any]) -> list[str]:
    if not found:
        return ["Not measured here."]
    rows = [_cells(row) for row in found["rows"]]
    return [
        _cells(found["head"]),
        _cells(["---"] * len(found["head"])),
        *rows,
        "",
        *(f"- {line}" for line in found["lines"]),
    ]


def _cells(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
