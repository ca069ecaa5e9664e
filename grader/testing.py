"""Functions for authors of suites: run one check on a few files, without Docker and without a repository.

Example:
    from grader.testing import run_check

    outcome = run_check("checks/x10_images", "base_images_are_pinned", {"Dockerfile": "FROM python\\n"})
    assert outcome.verdict == "failed"
"""

from __future__ import annotations

import hashlib
import inspect
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from grader.course.pack import course_info
from grader.repository.submission_view import SubmissionView
from grader.results import CheckResult
from grader.sandbox.local_sandbox import local_student
from grader.sandbox.protocol import StudentPython
from grader.settings import Limits, SubmissionLimits
from grader.submission import fetch_working_tree
from grader.suite.checks import CheckSpec, spec_of
from grader.suite.module_ids import module_of_folder
from grader.suite.session import Session
from grader.suite.student.launch_plain import PlainLauncher
from grader.suite.suite_loader import load_suite

__all__ = ["plain_session", "run_check"]


def run_check(
    suite: str | Path,
    check: str,
    files: Mapping[str, str | bytes],
    *,
    profile: str = "exercises",
    commits: Sequence[Mapping[str, Any]] = (),
    branches: Sequence[Mapping[str, str]] = (),
    history_gaps: Sequence[str] = (),
    report_path: str = "",
    missing: Mapping[str, str] = MappingProxyType({}),
    changed: Mapping[str, str] = MappingProxyType({}),
    skipped: Mapping[str, str] = MappingProxyType({}),
    above: Sequence[str] = (),
) -> CheckResult:
    """Run one check on a submission made of `files`, as if the checks that it requires had passed.

    Args:
        suite: the folder of the suite.
        check: the name of the check, without `test_`.
        files: file contents by path.
        profile: `exercises` or `project`.
        commits: the history, newest first, as in `Submission.commits`.
        branches: the branches, as in `Submission.branches`.
        history_gaps: the parts of the history that were not read.
        report_path: path of the exam report among `files`.
        missing: packages that could not be installed, and why.
        changed: packages that are installed in another version than asked for, and which.
        skipped: paths of the repository that the snapshot lacks, and why.
        above: names that lie above `files`, if they are a folder of a repository.

    Raises:
        LookupError: the suite has no such check.

    Example:
        files = {"Dockerfile": "FROM python:3.12-slim\\n"}
        outcome = run_check("checks/x10_images", "base_images_are_pinned", files, profile="project")
        assert outcome.verdict == "passed", outcome.message
    """
    folder = Path(suite).resolve()
    with tempfile.TemporaryDirectory(prefix="grader-") as temporary:
        root = Path(temporary) / "submission"
        blobs = {path: _write(root / path, content) for path, content in files.items()}
        root.mkdir(exist_ok=True)
        facts = {
            "profile": profile,
            "commit": "0" * 40,
            "branch": "main",
            "commits": [dict(commit) for commit in commits],
            "branches": [dict(branch) for branch in branches],
            "history_gaps": list(history_gaps),
            "blobs": blobs,
            "skipped": [{"path": path, "reason": reason} for path, reason in skipped.items()],
            "course_words": course_info(folder.parent).words,
            "report_path": report_path,
            "above": list(above),
            "subfolder": "folder" if above else "",
        }
        return _run(folder, check, root, facts, {"missing": dict(missing), "changed": dict(changed)})


def plain_session(path: Path, python: StudentPython | None = None) -> Session:
    """Return the session of plain `pytest checks/… --submission PATH`: the working tree at `path`, no isolation, no plan.

    Student processes run `python`, by default the one that runs the grader.

    Example:
        session = plain_session(Path("~/my_project").expanduser())
        assert session.view.exists("README.md")
    """
    into = Path(tempfile.mkdtemp(prefix="grader-submission-"))
    submission = fetch_working_tree(path, into=into, limits=SubmissionLimits())
    facts = {
        "profile": "exercises",
        "commit": submission.commit,
        "branch": submission.branch,
        "commits": submission.commits,
        "branches": submission.branches,
        "history_gaps": list(submission.history.gaps),
        "subfolder": submission.subfolder,
        "above": list(submission.above),
        "top": submission.top,
        "blobs": submission.blobs,
    }
    job = _job(submission.root, facts)
    if python is not None:
        job["student"].update(local_student(python))
    return Session(job, SubmissionView(submission.root, facts), PlainLauncher(job), lambda event: None)


def _run(
    folder: Path, check: str, root: Path, facts: dict[str, Any], environment: dict[str, Any]
) -> CheckResult:
    events: list[dict[str, Any]] = []
    job = _job(root, facts)
    job["student"] |= environment
    session = Session(job, SubmissionView(root, facts), PlainLauncher(job), events.append)
    modules = load_suite(folder)
    function, spec = _find(modules, check)
    works = [
        value for module in modules for value in vars(module).values() if hasattr(value, "__grader_work__")
    ]
    check_id = f"{module_of_folder(folder.name)}.{check}"
    session.verdicts.update({f"{check_id.partition('.')[0]}.{name}": "passed" for name in spec.requires})
    session.begin(check_id, spec)
    with _caught() as problem:
        session.admit(check_id, spec, works)
        function(**_fixtures(function, session, check_id))
    session.finish(check_id, spec, problem[0] if problem else None)
    event = next(event for event in events if event["event"] == "check")
    return CheckResult.model_validate(
        {
            **event,
            "id": check_id,
            "title": spec.title,
            "max_points": spec.points,
            "hint": spec.hint,
            "questions": spec.questions,
            "boxes": spec.boxes,
        }
    )


@contextmanager
def _caught() -> Iterator[list[BaseException]]:
    problem: list[BaseException] = []
    try:
        yield problem
    except BaseException as raised:
        if isinstance(raised, KeyboardInterrupt):
            raise
        problem.append(raised)


def _fixtures(function: Any, session: Session, check: str) -> dict[str, Any]:
    known: dict[str, Callable[[], Any]] = {
        "submission": session.submission,
        "student": session.student,
        "rng": lambda: session.rng(check),
    }
    return {name: known[name]() for name in inspect.signature(function).parameters}


def _find(modules: Sequence[ModuleType], check: str) -> tuple[Any, CheckSpec]:
    for module in modules:
        function = getattr(module, f"test_{check}", None)
        spec = spec_of(function)
        if spec is not None:
            return function, spec
    raise LookupError(f"There is no check {check!r} in this suite.")


def _job(root: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "facts": facts,
        "checks": None,
        "seeds": {},
        "limits": Limits().model_dump(),
        "paths": {"submission": str(root)},
        "student": {**local_student(StudentPython()), "missing": {}, "fault": ""},
    }


def _write(path: Path, content: str | bytes) -> str:
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
