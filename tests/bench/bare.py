"""The bare work: `docker run` of the grader's image as anybody would harden it, that runs suites with pytest and nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grader import pipeline
from grader.pipeline import Options
from grader.sandbox.container.container_sandbox import BOOT, CAPABILITIES, STUDENT_TOOLS, SYSTEM_PATH
from grader.sandbox.protocol import Job, job_document
from grader.settings import SubmissionLimits
from grader.submission import fetch
from tests.bench.rig import Rig, timed
from tests.memory_sandbox import MemorySandbox

#: Beyond those that the grader chooses from.
_UID = 61_000


@dataclass(frozen=True)
class BareRun:
    """A `docker run`, and what its suites read on stdin."""

    command: Sequence[str]
    document: bytes

    def __call__(self) -> float:
        """Run it, and return its seconds."""
        return timed(self.command, stdin=self.document)


def job_of(rig: Rig, repository: Path, into: Path, options: Options | None = None) -> Job:
    """Return what the grader would run on a repository's last commit: the same files, suites, limits and environment."""
    submission = fetch(str(repository), into=into, limits=SubmissionLimits())
    planned = pipeline.plan_submission(submission, rig.course, options or Options())
    student = pipeline.install(planned, rig.sandbox)
    capture = MemorySandbox()
    pipeline.grade(
        planned,
        pipeline.Setup(course=rig.course, sandbox=capture, install=lambda one, place: student),
    )
    return capture.jobs[0]


def by_module(job: Job) -> list[Job]:
    """Return a job a module."""
    names = dict.fromkeys(check.partition(".")[0] for check in job.checks)
    return [
        replace(job, checks=tuple(check for check in job.checks if check.partition(".")[0] == name))
        for name in names
    ]


def bare_run(job: Job, tag: str, number: int = 0) -> BareRun:
    """Return the bare work of a job; jobs that run at once have different numbers."""
    limits = job.limits
    mounts = ["-v", f"{job.submission}:/submission:ro"]
    python, path = ["python3"], SYSTEM_PATH
    if job.student.folder is not None:
        mounts += ["-v", f"{job.student.folder}:{job.student.mount}:ro"]
        python, path = [job.student.interpreter], f"{job.student.mount}/bin:{SYSTEM_PATH}"
    common = "rw,nosuid,nodev,mode=1777,exec"
    command = [
        "docker",
        "run",
        "--rm",
        "-i",
        "--init",
        "--network",
        "none",
        "--read-only",
        "--cap-drop",
        "ALL",
    ]
    for capability in CAPABILITIES:
        command += ["--cap-add", capability]
    command += ["--security-opt", "no-new-privileges", "--log-driver", "none"]
    command += ["--memory", str(limits.memory_bytes), "--memory-swap", str(limits.memory_bytes)]
    command += ["--cpus", str(limits.cpus), "--pids-limit", str(limits.pids), "--ipc", "private"]
    command += ["--shm-size", str(limits.tmp_bytes), "-e", "PYTEST_DISABLE_PLUGIN_AUTOLOAD=1"]
    for place, size in {
        "/tmp": limits.tmp_bytes,
        "/var/tmp": limits.small_tmp_bytes,
        "/home/student": limits.small_tmp_bytes,
        "/work": limits.work_bytes,
    }.items():
        command += ["--tmpfs", f"{place}:{common},size={size}"]
    command += [*mounts, "--entrypoint", "python3", tag, "-I", "-X", "utf8", "-c", BOOT]
    student: dict[str, Any] = {"isolated": True, "uid": _UID + number, "python": python, "path": path}
    document = job_document(
        job,
        paths={"submission": "/submission", "suites": "/suites"},
        student={**student, "tools": [STUDENT_TOOLS]},
    )
    return BareRun(tuple(command), json.dumps(document).encode())
