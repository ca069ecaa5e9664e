"""Result → text: a pure function a format, and one that writes files whole or not at all.

render_html, render_index     the report of a submission, the overview of a class
render_junit, render_markdown, render_github, render_json
render_csv, render_brightspace, render_summary                grades and figures of a class
print_result                  the terminal
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import GradingError, UsageError
from grader.late_names import late_names

if TYPE_CHECKING:
    from grader.render.annotations import render_github
    from grader.render.classwide.brightspace import render_brightspace
    from grader.render.classwide.class_page import render_index
    from grader.render.classwide.csv_table import render_csv
    from grader.render.html.report_page import render_html
    from grader.render.junit import render_junit
    from grader.render.markdown_summary import render_markdown
    from grader.render.terminal import print_result
    from grader.results import Result, Ungraded
else:
    __getattr__ = late_names(
        __name__,
        {
            "grader.render.annotations": ["render_github"],
            "grader.render.classwide.brightspace": ["render_brightspace"],
            "grader.render.classwide.class_page": ["render_index"],
            "grader.render.classwide.csv_table": ["render_csv"],
            "grader.render.html.report_page": ["render_html"],
            "grader.render.junit": ["render_junit"],
            "grader.render.markdown_summary": ["render_markdown"],
            "grader.render.terminal": ["print_result"],
            "grader.results": ["Ungraded"],
        },
    )

__all__ = [
    "FORMATS",
    "Ungraded",
    "load_formats",
    "print_result",
    "render_brightspace",
    "render_csv",
    "render_github",
    "render_html",
    "render_index",
    "render_json",
    "render_junit",
    "render_markdown",
    "render_summary",
    "write_reports",
    "write_text",
]


def render_json(result: Result, reports: Path | None = None) -> str:
    """Return `result` as `result.json` holds it."""
    return result.model_dump_json(indent=2) + "\n"


def render_summary(results: Sequence[Result], ungraded: Sequence[Ungraded] = ()) -> str:
    """Return the figures of a class as `summary.json` holds them."""
    from grader.render.classwide.class_figures import class_summary

    return class_summary(results, ungraded).model_dump_json(indent=2) + "\n"


def _renderer(name: str) -> Callable[[Result, Path], str]:
    """Return the function that renders a format; it is loaded with all that it needs when it is called."""

    def rendered(result: Result, reports: Path) -> str:
        text: str = getattr(sys.modules[__name__], name)(result, reports=reports)
        return text

    return rendered


#: Format → the file's name and the function that renders it.
FORMATS: dict[str, tuple[str, Callable[[Result, Path], str]]] = {
    "html": ("report.html", _renderer("render_html")),
    "json": ("result.json", render_json),
    "junit": ("junit.xml", _renderer("render_junit")),
    "markdown": ("summary.md", _renderer("render_markdown")),
    "github": ("annotations.txt", _renderer("render_github")),
}


def load_formats(formats: Iterable[str]) -> None:
    """Load what renders these formats, and the terminal: rendering is quicker then."""
    for name in ("print_result", *(f"render_{one}" for one in formats)):
        getattr(sys.modules[__name__], name)


def write_reports(result: Result, out: Path, formats: Iterable[str], reports: Path) -> list[Path]:
    """Write `result` to the folder `out` in each of `formats` (keys of FORMATS); return the files.

    `reports` is the course pack's folder with templates and stylesheet. Everything is rendered before
    anything is written, and a reader never sees half a file.

    Raises:
        UsageError: a format that does not exist.
        CourseError: a template or the stylesheet is missing or malformed.
        GradingError: a file cannot be written.
    """
    wanted = list(dict.fromkeys(formats))
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown:
        raise UsageError(f"There is no format {unknown[0]!r}.", f"Formats: {', '.join(FORMATS)}.")
    rendered = [(out / FORMATS[name][0], FORMATS[name][1](result, reports)) for name in wanted]
    for path, text in rendered:
        write_text(path, text)
    return [path for path, _ in rendered]


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` whole or not at all, and never through a link that lies there.

    Raises:
        GradingError: the file cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with part.open("x", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)
        part.replace(path)
    except OSError as problem:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise GradingError(
            f"{path} cannot be written: {problem.strerror}.", "Free space, or name another folder with --out."
        ) from problem
