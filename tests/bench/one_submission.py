"""What the grader costs beside the bare work: `make bench`.

The bare work is one `docker run` of the same image with the same hardening, that runs the same suites on the same files
with pytest and nothing else. Both are measured in one run, in interleaved pairs, as whole processes: the ratio travels,
seconds do not.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import docker

from grader import pipeline
from grader.course.pack import load_course
from grader.demo import build_demo
from grader.pipeline import Options
from grader.sandbox.container.container_sandbox import (
    BOOT,
    CAPABILITIES,
    STUDENT_TOOLS,
    SYSTEM_PATH,
    DockerSandbox,
)
from grader.sandbox.container.image import connect, ensure_image
from grader.sandbox.protocol import Job, job_document
from grader.settings import SubmissionLimits
from grader.submission import fetch_working_tree
from tests.memory_sandbox import MemorySandbox

PAIRS = 5
MOST = 1.3
STUDENT_UID = 65_000


def main() -> int:
    """Print five pairs, the median ratio and its spread; exit with 1 above the limit."""
    with closing(connect()) as client:
        return _compare(client)


def _compare(client: docker.DockerClient) -> int:
    course = load_course()
    image = ensure_image(course.root, client=client, progress=lambda line: print(line, file=sys.stderr))
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as temporary:
        scratch = Path(temporary)
        repository = build_demo(scratch / "project")
        submission = fetch_working_tree(repository, into=scratch / "files", limits=SubmissionLimits())
        planned = pipeline.plan_submission(submission, course, Options())
        student = pipeline.install(planned, DockerSandbox(client, image))
        capture = MemorySandbox()
        pipeline.grade(
            planned, pipeline.Setup(course=course, sandbox=capture, install=lambda one, place: student)
        )
        bare_command, document = _bare(capture.jobs[0], image.tag)
        graded = [
            sys.executable,
            "-m",
            "grader.cli",
            "check",
            str(repository),
            "--sandbox",
            "docker",
        ]
        graded += ["--out", str(scratch / "out")]
        _timed(graded, b"", {0, 1})
        _timed(bare_command, document, {0, 1})
        print(f"{len(planned.plan.modules)} suites, {len(planned.plan.checks)} checks, one submission")
        print("pair   bare s   grader s   ratio")
        ratios = []
        for pair in range(1, PAIRS + 1):
            bare, whole = _timed(bare_command, document, {0, 1}), _timed(graded, b"", {0, 1})
            ratios.append(whole / bare)
            print(f"{pair:>4} {bare:>8.2f} {whole:>10.2f} {whole / bare:>7.2f}")
    median = statistics.median(ratios)
    print(f"median ratio {median:.2f}, from {min(ratios):.2f} to {max(ratios):.2f} (limit {MOST})")
    return 0 if median <= MOST else 1


def _bare(job: Job, tag: str) -> tuple[list[str], bytes]:
    """`docker run` as anybody would harden it, and what its suites read on stdin."""
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
    student: dict[str, Any] = {"isolated": True, "uid": STUDENT_UID, "python": python, "path": path}
    document = job_document(
        job,
        paths={"submission": "/submission", "suites": "/suites"},
        student={**student, "tools": [STUDENT_TOOLS]},
    )
    return command, json.dumps(document).encode()


def _timed(command: list[str], stdin: bytes, fine: set[int]) -> float:
    began = time.perf_counter()
    done = subprocess.run(command, input=stdin, capture_output=True)
    if done.returncode not in fine:
        raise SystemExit(f"{command[0]} ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
