"""Results of student code that several checks of a module need: made once, kept as data.

The check that comes first makes the result and answers for it: where making it fails, that check fails, and those after it are
blocked. A kept result outlives the suite's process: it goes out as an event and comes back in the job of the next one.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, TypeVar

from grader.parsing.plain_data import parse_json
from grader.repository.faults import NotRead
from grader.suite.outcomes import BlockedOutcome, NotApplicableOutcome

Made = TypeVar("Made")

#: Bytes of one kept result, as JSON.
MOST_BYTES = 128 * 1024


class SharedResults:
    """What the checks of a run have made so far, by module and name.

    Args:
        kept: what an earlier process of the run made: `{"X16.outcome": {"owner": "X16.tests_pass", "value": …}}`.
        emit: called with the event of each result that is kept.
    """

    def __init__(
        self,
        kept: Mapping[str, Mapping[str, Any]] | None = None,
        emit: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        self._kept = {name: dict(entry) for name, entry in (kept or {}).items()}
        self._emit = emit or (lambda event: None)
        self._check = ""
        #: Whether the current check has used a result of student code.
        self.used = False

    def begin(self, check: str) -> None:
        """Start a check: it answers for what it makes."""
        self._check, self.used = check, False

    def get(self, name: str, make: Callable[[], Any]) -> Any:
        """Return the result `name`, made now if there is none.

        Raises:
            BlockedOutcome: making it failed in an earlier check.
        """
        self.used = True
        name = f"{self._check.partition('.')[0]}.{name}"
        if name not in self._kept:
            # A process that dies while it makes the result leaves this behind: nothing is run twice that took a sandbox down.
            self._keep(name, {"owner": self._check, "why": "did not end"})
            try:
                value = make()
            except (NotApplicableOutcome, NotRead) as problem:
                self._keep(name, {"owner": self._check, "not_applicable": str(problem)})
                raise
            except BaseException:
                self._keep(name, {"owner": self._check, "why": "did not pass"})
                raise
            text = json.dumps(value, allow_nan=False)
            if len(text) > MOST_BYTES:
                raise ValueError(f"a shared result has at most {MOST_BYTES} bytes of JSON")
            self._keep(name, {"owner": self._check, "value": parse_json(text)})
        return self._result(self._kept[name])

    def _result(self, entry: Mapping[str, Any]) -> Any:
        if "value" in entry:
            # A copy: no check may change what the next one sees.
            return deepcopy(entry["value"])
        if "not_applicable" in entry:
            raise NotApplicableOutcome(str(entry["not_applicable"]))
        owner = str(entry["owner"]).partition(".")[2]
        raise BlockedOutcome(f"It builds on a run of another check, `{owner}`, which {entry['why']}.")

    def _keep(self, name: str, entry: dict[str, Any]) -> None:
        self._kept[name] = entry
        self._emit({"event": "shared", "name": name, "entry": entry})


_current = SharedResults()


def use(results: SharedResults) -> None:
    """Let `shared` functions keep their results in `results` from now on."""
    global _current
    _current = results


def shared(function: Callable[..., Made]) -> Callable[..., Made]:
    """Make a function of a suite run once a module: its result is kept and returned to every check that calls it.

    The result is JSON data (a dict, a list, numbers, text). The check that calls it first pays for it with its own time, and
    answers for it: if the students' code fails or hangs there, the checks that call it later are blocked.

    Example:
        @shared
        def outcome(student):
            done = student.run_module("pytest", ["tests", "-q"], timeout=90)
            return {"returncode": done.returncode, "output": done.output}

        @check("The tests pass", environment="required")
        def test_tests_pass(student):
            assert outcome(student)["returncode"] == 0, outcome(student)["output"][-300:]
    """

    @functools.wraps(function)
    def once(*arguments: Any, **keywords: Any) -> Made:
        made: Made = _current.get(function.__name__, lambda: function(*arguments, **keywords))
        return made

    return once
