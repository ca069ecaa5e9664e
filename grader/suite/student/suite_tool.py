"""A tool of a suite, as a student process: its own packages first, the students' own where it imports their code."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.suite.outcomes import EnvironmentBroken
from grader.suite.student.calls import Calls
from grader.suite.student.completed import Completed, completed
from grader.suite.student.launch import Start


@dataclass(frozen=True, kw_only=True)
class RunnableTool:
    """How a tool is started."""

    mount: str
    python: str
    beside_students: bool

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Return the environment variables of its process, made from those of a student process."""
        if not self.beside_students:
            # It may start programs that are installed with it: uv-build, for one.
            path = os.pathsep.join(filter(None, [str(Path(self.python).parent), variables.get("PATH", "")]))
            return {
                **{name: value for name, value in variables.items() if name != "PYTHONPATH"},
                "PATH": path,
            }
        folders = [str(folder) for folder in Path(self.mount).glob("[Ll]ib/**/site-packages")][:1]
        path = os.pathsep.join([*folders, *filter(None, [variables.get("PYTHONPATH", "")])])
        return {**variables, "PYTHONPATH": path}


def run_suite_tool(
    calls: Calls,
    tools: Mapping[str, Any],
    name: str,
    arguments: Sequence[str],
    program: str,
    timeout: float | None,
    cpu_s: int | None,
) -> Completed:
    """Run the tool `name` on the working copy; see `Student.run_tool`."""
    tool = suite_tool(tools, name)
    python = calls.launcher.interpreter() if tool.beside_students else [tool.python]
    started = ["-c", program] if program else ["-m", name]

    def start() -> Start:
        return Start(
            # Without `-P` the working copy would come first on the import path, and its `warnings.py` before the tool.
            argv=[*python, "-P", *started, *arguments],
            cwd=str(calls.work()),
            deadline_s=calls.seconds(timeout),
            cpu_s=cpu_s or int(calls.limits["call_cpu_s"]),
            environment=tool.environment(calls.environment()),
        )

    words = [name, *arguments]
    return completed(words, calls.run(start), f"`{' '.join(words)}`", str(calls.work()))


def suite_tool(tools: Mapping[str, Any], name: str) -> RunnableTool:
    """Return the tool `name` of a job.

    Raises:
        EnvironmentBroken: it could not be installed.
        LookupError: the module names no such tool.
    """
    if name not in tools:
        raise LookupError(f"{name} is not among the `tools` of the module")
    found = tools[name]
    if found["fault"]:
        raise EnvironmentBroken(f"A tool of this check could not be installed: {found['fault']}")
    return RunnableTool(
        mount=found["mount"], python=found["python"], beside_students=bool(found["beside_students"])
    )
