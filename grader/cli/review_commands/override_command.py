"""`grader override`: an entry of overrides.toml, with the digest of what there is to see."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from grader import render
from grader.cli.named_paths import readable
from grader.cli.options import CourseOption, DebugOption, console, tell
from grader.course.pack import reports_folder
from grader.errors import UsageError
from grader.exam import assess_again, load_checklist, load_report_data, load_tools
from grader.render import labels as words
from grader.render.escaping import one_line, terminal
from grader.results import Result, read_result
from grader.results.judgement import OverrideTarget, TargetKind
from grader.review import Seen, find, parse_overrides, read_overrides, targets
from grader.review.overrides_file import VERDICTS


class _Kind(StrEnum):
    check = "check"
    question = "question"
    box = "box"
    statement = "statement"
    group = "group"


def override(
    result: Annotated[
        Path, typer.Argument(help="A result.json, or the folder that holds it.", callback=readable)
    ],
    kind: Annotated[
        _Kind | None,
        typer.Argument(help="What is judged; without it, all there is is listed.", show_default=False),
    ] = None,
    name: Annotated[str, typer.Argument(help="Its id, of a question its number; none for the group.")] = "",
    verdict: Annotated[
        str | None, typer.Option("--verdict", help="Your verdict.", show_default=False)
    ] = None,
    points: Annotated[
        float | None,
        typer.Option(
            "--points",
            help="Of a check: its points. Of the group: the total. Of others: on top, or off with a minus.",
            show_default=False,
        ),
    ] = None,
    comment: Annotated[
        str, typer.Option("--comment", help="For the group to read.", show_default=False)
    ] = "",
    by: Annotated[str, typer.Option("--by", help="Who decides.", show_default=False)] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why.", show_default=False)] = "",
    into: Annotated[
        Path | None,
        typer.Option(
            "--into",
            help="Add the entry to this file, if it is whole.",
            show_default=False,
            callback=readable,
        ),
    ] = None,
    course: CourseOption = None,
    debug: DebugOption = False,
) -> None:
    """Write down what a person decides: an entry of overrides.toml, with the digest of what there is to see."""
    reports = reports_folder(course)
    tools, boxes, about = load_tools(reports), load_checklist(reports), load_report_data(reports)
    graded = assess_again(read_result(result), boxes, tools, about)
    if kind is None:
        for seen in targets(graded):
            tell(_line(seen))
        return
    seen = _find(graded, kind.value, name)
    said = {"verdict": verdict, "points": points, "comment": comment or None, "by": by, "reason": reason}
    given = {key: value for key, value in said.items() if value is not None}
    entry = _entry(graded, seen, given)
    if into is None:
        console.print(entry, markup=False, highlight=False, soft_wrap=True, end="")
        return
    missing = [option for option, text in (("--by", by), ("--reason", reason)) if not text.strip()]
    missing += [] if {"verdict", "points", "comment"} & set(given) else ["--verdict, --points or --comment"]
    if missing:
        raise UsageError(
            f"Nothing was added: say {', '.join(missing)}.", "Without --into the entry is printed."
        )
    # What is added has to be whole by itself, so that the lines of a mistake are those of the entry.
    parse_overrides(entry, name="The entry")
    before = ""
    if into.exists():
        read_overrides(into)
        before = into.read_text(encoding="utf-8-sig")
    text = f"{before.rstrip()}\n\n{entry}" if before.strip() else entry
    parse_overrides(text, name=str(into))
    render.write_text(into, text)
    of = "" if seen.target.kind == "group" else f", {seen.target.name}"
    tell(terminal(f"{into}: added {graded.submission.id}{of}. Reports show it with --overrides {into}"))


def _find(graded: Result, kind: TargetKind, name: str) -> Seen:
    if (kind == "group") == bool(name):
        raise UsageError(
            f"{'The group needs no name' if name else f'Which {kind}?'}.", "Leave all out for a list."
        )
    seen = find(graded, OverrideTarget(kind=kind, id=name))
    if seen is None:
        raise UsageError(
            f"The result of {graded.submission.id} has no {kind} {name!r}.",
            "`grader override RESULT` lists all.",
        )
    return seen


def _line(seen: Seen) -> str:
    verdict = words.label(seen.verdict) if seen.verdict else ""
    return terminal(f"{seen.digest}  {seen.target.name}  {verdict}  {one_line(seen.title, 100)}")


def _entry(graded: Result, seen: Seen, said: dict[str, str | float]) -> str:
    """Return the entry as TOML. What it quotes of the submission stands in a comment of one line."""
    target = seen.target
    machine = ", ".join(
        part
        for part in (
            words.label(seen.verdict) if seen.verdict else "",
            words.points(seen.points or 0.0, seen.max_points) if seen.max_points is not None else "",
        )
        if part
    )
    title = terminal(one_line(seen.title, 120))
    lines = ["[[override]]", f"group = {_toml(graded.submission.id)}"]
    if target.kind == "question":
        lines.append(f"question = {target.id}")
    elif target.kind != "group":
        lines.append(f"{target.kind} = {_toml(target.id)}")
    lines[-1] += f"  # {title}{f'; the machine: {machine}' if machine else ''}"
    lines.append(f"seen = {_toml(seen.digest)}")
    if not {"verdict", "points", "comment"} & set(said):
        said = {"verdict": "", **said}
    for key in ("verdict", "points", "comment"):
        if key in said:
            choice = f"  # {', '.join(VERDICTS[target.kind])}" if key == "verdict" and not said[key] else ""
            lines.append(f"{key} = {_toml(said[key])}{choice}")
    lines.append(f"by = {_toml(said['by'])}")
    lines.append(f"date = {datetime.now(UTC).astimezone().date().isoformat()}")
    lines.append(f"reason = {_toml(said['reason'])}")
    return "\n".join(lines) + "\n"


def _toml(value: str | float) -> str:
    """Return a value as TOML writes it: strings as JSON does, but for what TOML wants escaped and JSON does not."""
    if isinstance(value, float):
        return f"{value:g}" if value != int(value) else str(int(value))
    text = value.encode("utf-8", "replace").decode()
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
