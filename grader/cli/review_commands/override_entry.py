"""An entry of overrides.toml as text, and the target that it names."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from grader.errors import UsageError
from grader.render import labels as words
from grader.render.escaping import one_line, terminal
from grader.results import Result
from grader.results.judgement import OverrideTarget, TargetKind
from grader.review import Seen, find
from grader.review.overrides_file import VERDICTS


def find_target(graded: Result, kind: TargetKind, name: str) -> Seen:
    """Return what is named on the command line, as the result has it. Raises UsageError."""
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


def target_line(seen: Seen) -> str:
    """Return a line of the list of all that can be judged."""
    verdict = words.label(seen.verdict) if seen.verdict else ""
    return terminal(f"{seen.digest}  {seen.target.name}  {verdict}  {one_line(seen.title, 100)}")


def entry_text(graded: Result, seen: Seen, said: dict[str, str | float]) -> str:
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
