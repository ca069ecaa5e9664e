"""What a result says around its verdicts: the grader, the submission, the forge, notes."""

from __future__ import annotations

import grader
from grader import exam
from grader.grading.facts import seed_of
from grader.grading.planned import Options, Planned
from grader.results import Forge, GraderInfo, SubmissionInfo
from grader.sandbox.protocol import Sandbox, StudentPython
from grader.submission.model import Submission


def grader_info(planned: Planned, sandbox: Sandbox, student: StudentPython, options: Options) -> GraderInfo:
    """Return what graded: versions, digests, the sandbox, the seed, the limits."""
    return GraderInfo(
        version=grader.__version__,
        course=planned.course.name,
        course_digest=planned.course.digest,
        image_digest=sandbox.image_digest,
        sandbox=sandbox.name,
        isolated=sandbox.isolated,
        python=sandbox.python,
        seed=seed_of(planned.submission, planned.course),
        environment=student.digest,
        limits=options.limits.model_dump(),
    )


def submission_info(planned: Planned, options: Options) -> SubmissionInfo:
    """Return what was graded, and what of it was left out."""
    submission = planned.submission
    left_out = [f"left out: {item.path} ({item.reason})" for item in submission.skipped[:100]]
    return SubmissionInfo(
        id=submission.id,
        source=submission.source,
        commit=submission.commit,
        subfolder=submission.subfolder,
        branch=submission.branch,
        committed_at=submission.committed_at,
        fetched_at=submission.fetched_at,
        dirty=submission.dirty,
        profile=planned.profile,
        provenance=options.provenance,
        files=len(submission.blobs),
        size_bytes=submission.size_bytes,
        notes=(*submission.notes, *left_out),
        group=submission.group,
        deadline=submission.deadline,
    )


def forge_info(submission: Submission, options: Options) -> Forge | None:
    """Return what the forge says, where it is to be asked."""
    if options.forge is None:
        return None
    from grader.forge import ask_forge

    return ask_forge(options.forge, submission.source, submission.commit, repository=options.forge_repository)


def report_notes(planned: Planned) -> tuple[str, ...]:
    """Return what there is to say of a project without a report."""
    if planned.report_path is not None or planned.profile != "project" or not planned.expected_report:
        return ()
    others = {branch.get("name") for branch in planned.submission.branches} - {planned.submission.branch}
    return (exam.without_report(planned.submission.branch, len(others), planned.expected_report),)


def environment_notes(student: StudentPython) -> tuple[str, ...]:
    """Return what there is to say of the students' environment: its day, what it lacks, and what is another version."""
    day = [f"no lock file: versions as of {student.day}, the day of the commit"] if student.day else []
    missing = [
        f"not installed: {name}: {reason}"
        for name, reason in sorted({**student.missing, **student.unknown}.items())
    ]
    missing += [f"{name}: {text}" for name, text in sorted(student.notes.items())]
    missing = [*day, *missing, *(f"{name}: {text}" for name, text in sorted(student.changed.items()))]
    return (*missing, student.fault) if student.fault else tuple(missing)
