"""Every limit in one place, a comment a number. Defaults are for the reference image on two cores."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

MIB = 1024 * 1024


class Limits(BaseModel):
    """Limits of one sandbox run. Seconds, bytes and counts; deadlines nest, each strictly larger than the one inside."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # Deadlines: call < check < suite < container.
    call_cpu_s: int = Field(
        default=20, description="CPU seconds of one student process: the same on a busy host"
    )
    server_cpu_s: int = Field(
        default=60, description="CPU seconds of a server of the students: one start, many answers"
    )
    server_ready_s: float = Field(
        default=60.0, description="wall seconds in which a server of the students has to become ready"
    )
    call_s: float = Field(default=100.0, description="wall seconds of one call into student code")
    check_s: float = Field(default=200.0, description="wall seconds of one check, all its calls together")
    suite_s: float = Field(default=540.0, description="wall seconds of all checks of one sandbox run")
    base_budget_s: float = Field(
        default=60.0,
        description="wall seconds of all student processes of a submission; each started module adds its own",
    )
    wipe_s: float = Field(
        default=20.0, description="wall seconds to remove what a check left; then its sandbox is given up"
    )
    container_s: float = Field(
        default=600.0, description="wall seconds of the container, enforced from outside"
    )

    # The container as a whole (Docker only).
    memory_bytes: int = Field(
        default=3072 * MIB, description="memory of the container, tmpfs included; no swap"
    )
    cpus: float = Field(default=1.0, description="cores: the same share on every host keeps verdicts alike")
    pids: int = Field(default=256, description="processes and threads of the container")

    # One student process.
    student_memory_bytes: int = Field(
        default=2048 * MIB, description="data segment; a Python with torch needs about 1 GiB"
    )
    student_processes: int = Field(default=128, description="processes and threads of the student's user")
    student_file_bytes: int = Field(
        default=128 * MIB, description="largest file that a student process may write"
    )
    student_open_files: int = Field(default=512, description="open files of one student process")

    # Writable places (tmpfs; their sum stays below the memory limit, or a full one would starve the suite).
    tmp_bytes: int = Field(default=192 * MIB, description="/tmp and /dev/shm, each")
    small_tmp_bytes: int = Field(default=32 * MIB, description="/var/tmp and the home folder, each")
    work_bytes: int = Field(default=384 * MIB, description="the working copy of the submission")
    tmp_files: int = Field(
        default=32_768,
        description="files and folders in /tmp, /var/tmp, /dev/shm and home, each: what is made is wiped",
    )
    work_files: int = Field(default=131_072, description="files and folders in the working copy")

    # What may come back.
    reply_bytes: int = Field(default=1_000_000, description="one reply of a student process")
    output_bytes: int = Field(
        default=64 * 1024, description="stdout and stderr kept of a student process, each"
    )
    message_bytes: int = Field(default=4 * 1024, description="message of a check")
    evidence_bytes: int = Field(default=2 * 1024, description="one excerpt")
    evidence_count: int = Field(default=20, description="excerpts of a check")
    event_bytes: int = Field(default=256 * 1024, description="one event of a suite")
    inventory_bytes: int = Field(
        default=4 * MIB, description="the inventory of a repository, for claims of its report"
    )
    inventory_s: float = Field(default=60.0, description="seconds for making the inventory")
    events: int = Field(default=10_000, description="events of a run")
    log_bytes: int = Field(default=256 * 1024, description="the suite's own log, kept for `error` verdicts")


class SubmissionLimits(BaseModel):
    """Limits of what is taken from a repository."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    files: int = Field(
        default=20_000, description="files of a snapshot; what is beyond is left out and named"
    )
    file_bytes: int = Field(default=32 * MIB, description="one file; larger ones are left out and named")
    total_bytes: int = Field(default=256 * MIB, description="all files together")
    path_bytes: int = Field(default=1024, description="one path")
    depth: int = Field(default=64, description="folders above a file")
    commits: int = Field(default=20_000, description="commits read from the history, newest first")
    clone_s: float = Field(default=300.0, description="seconds for a clone")
    clone_bytes: int = Field(default=2048 * MIB, description="size of a clone on disk")


class BatchLimits(BaseModel):
    """Limits of a run over a class. `submission_s` goes around a clone, environments, and all runs of a container."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    submission_s: float = Field(
        default=7200.0,
        description="wall seconds of one submission, fetched and graded; then its process is ended",
    )
    stop_s: float = Field(
        default=8.0, description="wall seconds in which a process that is to stop removes what it made"
    )
    lost: int = Field(
        default=2, description="how often a submission may take its process down before it is given up"
    )
    wait_s: float = Field(
        default=0.5, description="seconds between two looks at what another run has claimed"
    )
    beat_s: float = Field(
        default=10.0, description="seconds between two signs of life of a run in its journal"
    )
    silent_s: float = Field(
        default=60.0, description="seconds without one after which a run of another host counts as dead"
    )
    spare_bytes: int = Field(
        default=1024 * MIB, description="memory that is left to the system when jobs are counted"
    )
    job_bytes: int = Field(
        default=512 * MIB, description="memory of the process that fetches and renders, beside its sandbox"
    )
    patience_s: float = Field(
        default=300.0, description="seconds that a forge that limits requests is waited for, a submission"
    )


class SimilarityLimits(BaseModel):
    """Limits and thresholds of a comparison of groups. A token is a word or a sign of Python; a line of code has about eight."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # What is read of a repository.
    files: int = Field(default=1_000, description="Python files and notebooks of a group")
    file_bytes: int = Field(
        default=512 * 1024, description="one Python file; code that people write is smaller"
    )
    notebook_bytes: int = Field(default=32 * MIB, description="one notebook, most of which are pictures")
    line_chars: int = Field(default=5_000, description="one line: the tokenizer's time grows with its square")
    tokens: int = Field(
        default=200_000, description="tokens of a group: forty times those of a usual project"
    )
    cpu_s: float = Field(
        default=30.0, description="CPU seconds for the code of a group, looked at after each file"
    )

    # What counts.
    common_share: float = Field(
        default=0.2, description="code that more than this share of all groups have is common knowledge"
    )
    common_groups: int = Field(default=4, description="and that at least so many have")
    passage_tokens: int = Field(default=50, description="tokens that two groups share in one place, at least")
    gap_tokens: int = Field(default=20, description="tokens that may differ within a passage, at one place")
    least_tokens: int = Field(
        default=1_000,
        description="a group with less code counts as having so much: else a line is half of it",
    )

    # What is looked at and shown.
    anchors: int = Field(default=8, description="places of one fingerprint in a group that are looked at")
    candidates: int = Field(
        default=2_000, description="pairs, by fingerprints shared, that are looked at closely"
    )
    pairs: int = Field(default=200, description="pairs that are shown")
    passages: int = Field(default=40, description="passages of a pair that are shown")
    passage_lines: int = Field(default=80, description="lines of a passage that are shown")
    page_lines: int = Field(
        default=40_000, description="lines of code on the page; pairs behind show places alone"
    )
