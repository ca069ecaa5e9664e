"""The inventory of a repository: the facts that claims of an exam report are judged by. See `grader.inventory` for its shape.

Runs inside the sandbox, once per run, with the views that the checks use. A part that a student's file breaks is skipped and
named in `cut`; nothing here raises for any repository.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from typing import Any

from grader.repository.commands.invoke_tasks import invoke_tasks
from grader.repository.commands.make_rules import make_targets
from grader.repository.submission_view import SubmissionView
from grader.suite.inventory_parts import code_inventory as code
from grader.suite.inventory_parts import file_inventory as files
from grader.suite.inventory_parts import tool_inventory as tools
from grader.suite.outcomes import CheckDeadline

_PARTS: tuple[tuple[str, Callable[[SubmissionView], Any]], ...] = (
    ("files", files.every_file),
    ("template", files.template_files),
    ("samples", files.sample_figures),
    ("ignored", files.ignored),
    ("tracked", files.tracked),
    ("commits", files.commits),
    ("package", lambda view: view.package.folder if view.package else ""),
    ("dependencies", tools.dependencies),
    ("settings", tools.settings),
    ("hooks", tools.hooks),
    ("actions", tools.actions),
    ("workflows", tools.workflows),
    ("images", tools.images),
    ("remotes", tools.remotes),
    ("scripts", tools.scripts),
    ("tasks", tools.tasks),
    ("targets", tools.targets),
    ("unread", lambda view: _unread(view)),
    ("tests", code.tests),
    ("routes", code.routes),
    ("programs", code.programs),
    ("configs", code.configs),
    ("metrics", code.metrics),
    ("commands", tools.commands),
    ("imports", code.imports),
    ("names", code.names),
)


def inventory(view: SubmissionView, most_bytes: int) -> dict[str, Any]:
    """Return the inventory as JSON data of at most `most_bytes`; parts that do not fit are skipped and named in `cut`."""
    found: dict[str, Any] = {}
    cut: list[str] = []
    left = most_bytes - 2_000
    for name, read in _PARTS:
        try:
            part, whole = _bounded(view.redacted(read(view)), left)
        except CheckDeadline:
            raise
        except Exception:  # noqa: BLE001
            # Whatever fault a student's file caused in a reader: claims about this part stay undetermined, and checks still run.
            traceback.print_exc(limit=-6)
            part, whole = None, False
        if part is not None:
            found[name] = part
            left -= len(json.dumps(part))
        # It is unknown what a broken file declares, and a report may speak of what lies above a folder: in neither case may
        # the inventory be used to conclude that something is missing.
        if not whole or view.subfolder or (name == "dependencies" and view.declarations.broken):
            cut.append(name)
    return {**found, "cut": cut}


def _unread(view: SubmissionView) -> dict[str, Any]:
    """Return the parts that may hold more than could be read, each with the first place that says so."""
    places = {
        "workflows": next((place for fault in view.broken_workflows for place in fault.evidence), None),
        "tasks": invoke_tasks(view, view.modules)[1],
        "targets": make_targets(view)[1],
        "routes": code.unread_routes(view),
    }
    return {
        part: {"path": place.path, "line": place.line, "text": place.text}
        for part, place in places.items()
        if place is not None
    }


def _bounded(part: Any, left: int) -> tuple[Any, bool]:
    """Return as much of a part as fits, and whether that is all of it."""
    if len(json.dumps(part)) <= left:
        return part, True
    if isinstance(part, str):
        return None, False
    items = list(part.items()) if isinstance(part, dict) else list(part)
    kept, size = 0, 2
    for item in items:
        size += len(json.dumps(item)) + 4
        if size > left:
            break
        kept += 1
    return (dict(items[:kept]) if isinstance(part, dict) else items[:kept]), False
