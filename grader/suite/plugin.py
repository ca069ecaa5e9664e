"""The pytest plugin of suites: fixtures, order, verdicts.

The caller of pytest puts the session into the stash: `grader.suite.run` for the engine, which receives the events, and
`grader.authoring.pytest_plugin` for plain `pytest checks/x10_images --submission PATH`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from grader.repository.submission_view import SubmissionView
from grader.suite.alarm import alarm
from grader.suite.checks import CheckSpec, spec_of
from grader.suite.module_ids import module_of_folder
from grader.suite.outcomes import PAUSED, SPENT
from grader.suite.session import Session
from grader.suite.student.student import Student
from grader.suite.suite_loader import is_suite_file, load_suite_file

SESSION: pytest.StashKey[Session] = pytest.StashKey()
PROBLEM: pytest.StashKey[BaseException] = pytest.StashKey()
CHECK: pytest.StashKey[tuple[str, CheckSpec]] = pytest.StashKey()
WORKS: pytest.StashKey[dict[Path, list[Callable[..., Any]]]] = pytest.StashKey()


class SuiteFile(pytest.Module):
    """A file of a suite, imported as part of its course pack, so that it can import the modules that suites share."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Import the file, then collect its checks as pytest does."""
        self.obj = load_suite_file(self.path)
        marks = getattr(self.obj, "pytestmark", [])
        for mark in marks if isinstance(marks, list) else [marks]:
            self.add_marker(mark)
        return super().collect()


@pytest.hookimpl
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Collect files of suites; leave all others to pytest."""
    return SuiteFile.from_parent(parent, path=module_path) if is_suite_file(module_path) else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the planned checks, in the order of the plan."""
    session = config.stash.get(SESSION, None)
    if session is None:
        return
    planned = session.job["checks"]
    order = {check: number for number, check in enumerate(planned)} if planned is not None else None
    kept = []
    # Before any is left out: `@work` may stand in a file whose checks are all of the other profile.
    config.stash[WORKS] = _found_works(items)
    for item in items:
        spec = spec_of(getattr(item, "function", None))
        if spec is None:
            continue
        check = _check_id(item)
        item.stash[CHECK] = (check, spec)
        if order is None or check in order:
            kept.append(item)
    if order is not None:
        kept.sort(key=lambda item: order[item.stash[CHECK][0]])
    items[:] = kept


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Begin a check, run it through pytest's own phases, and end it with an event."""
    session = item.config.stash.get(SESSION, None)
    if session is None or CHECK not in item.stash:
        return (yield)
    check, spec = item.stash[CHECK]
    if session.paused:
        pytest.exit("the container has lived long enough", returncode=PAUSED)
    session.begin(check, spec)
    with alarm(session.alarm_s):
        result = yield
    session.finish(check, spec, item.stash.get(PROBLEM, None))
    if session.spent:
        pytest.exit("the sandbox is spent", returncode=SPENT)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Store the exception of the first failing phase; plain pytest shows blocked and not applicable as skipped."""
    report = yield
    if call.excinfo is not None and PROBLEM not in item.stash:
        item.stash[PROBLEM] = call.excinfo.value
        if type(call.excinfo.value).__name__ in (
            "BlockedOutcome",
            "NotApplicableOutcome",
            "NotRead",
            "EnvironmentMissing",
        ):
            report.outcome = "skipped"
            report.longrepr = (str(item.path), 0, f"Skipped: {call.excinfo.value}")
    return report


@pytest.fixture(autouse=True)
def _admitted(request: pytest.FixtureRequest) -> None:
    session = request.config.stash.get(SESSION, None)
    if session is None or CHECK not in request.node.stash:
        return
    check, spec = request.node.stash[CHECK]
    session.admit(check, spec, _works(request))


@pytest.fixture
def submission(request: pytest.FixtureRequest) -> SubmissionView:
    """Return read-only views of the submission."""
    return _session(request).submission()


@pytest.fixture
def student(request: pytest.FixtureRequest) -> Student:
    """Return the `Student` of the check: the only way to run the students' code."""
    return _session(request).student()


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """Return a random generator for hidden inputs, seeded from the run's seed and the check's id."""
    return _session(request).rng(request.node.stash[CHECK][0])


def _session(request: pytest.FixtureRequest) -> Session:
    session = request.config.stash.get(SESSION, None)
    if session is None:
        raise pytest.UsageError("A check needs a submission: pytest checks/… --submission PATH")
    return session


def _check_id(item: pytest.Item) -> str:
    """Return `X10.name` for `test_name` in a folder `x10_…`."""
    name = item.originalname if isinstance(item, pytest.Function) else item.name
    return f"{module_of_folder(item.path.parent.name)}.{name.removeprefix('test_')}"


def _found_works(items: Sequence[pytest.Item]) -> dict[Path, list[Callable[..., Any]]]:
    """Return the `@work` functions of the suites, by folder, from all of their files."""
    found: dict[Path, dict[Callable[..., Any], None]] = {}
    files = {item.path: item.module for item in items if isinstance(item, pytest.Function)}
    for path, module in files.items():
        of_suite = found.setdefault(path.parent, {})
        of_suite.update((value, None) for value in vars(module).values() if hasattr(value, "__grader_work__"))
    return {
        folder: sorted(works, key=lambda function: str(function.__qualname__))
        for folder, works in found.items()
    }


def _works(request: pytest.FixtureRequest) -> list[Callable[..., Any]]:
    return request.config.stash[WORKS].get(request.node.path.parent, [])
