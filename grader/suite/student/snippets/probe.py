"""Runs a snippet of a suite in a student process."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from grader.suite.student.calls import Calls
from grader.suite.student.wire import encode

#: Names that a snippet has or gives, and that no input may take.
TAKEN = ("load", "result")


def probe(
    calls: Calls,
    source: str,
    inputs: Mapping[str, Any],
    timeout: float | None = None,
    cpu_s: int | None = None,
    *,
    own: bool = False,
) -> Any:
    """Return the `result` of a snippet; see `Student.probe`. Raise ValueError for an input that takes a name of the snippet's.

    A snippet of the grader's `own` imports nothing from the repository.
    """
    if taken := sorted(set(inputs) & set(TAKEN)):
        raise ValueError(f"a snippet has a `{taken[0]}` of its own: give the input another name")
    snippet = textwrap.dedent(source)
    compile(snippet, "<probe>", "exec")  # a mistake of the suite is not the students' fault
    values = {name: encode(value) for name, value in inputs.items()}
    request: dict[str, Any] = {"do": "probe", "source": snippet, "inputs": values}
    reply = calls.ask({**request, "paths": []} if own else request, "The code", timeout, cpu_s)
    return calls.values_in(reply, 1, "The code")[0]
