"""Hostile submissions, graded for real: one hardened container a run.

There is no skipping here: without a daemon these tests fail.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import docker
import pytest

from grader import pipeline
from grader.course.pack import Course, load_course
from grader.grading import CheckPlan
from grader.results import CheckResult
from grader.sandbox.container.container_sandbox import DockerSandbox
from grader.sandbox.container.image import ensure_image
from grader.sandbox.protocol import StudentPython
from grader.settings import Limits
from grader.submission import fetch
from tests.hostile.battery import HONEST, LIMITS, SECRET, Attack, Files, Graded, commit

Grade = Callable[..., Graded]

#: Suites are run in a container, not collected here.
collect_ignore = ["course"]

#: Checks of one kind in a module of the course.
SLOTS = 40


@pytest.fixture(scope="session")
def course() -> Course:
    return load_course(Path(__file__).parent / "course")


@pytest.fixture(scope="session")
def sandbox(docker_client: docker.DockerClient, course: Course) -> DockerSandbox:
    image = ensure_image(course.root, base="auto", client=docker_client, progress=lambda line: None)
    return DockerSandbox(docker_client, image)


@pytest.fixture(scope="session")
def grade(
    sandbox: DockerSandbox, course: Course, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Graded]:
    """Commit files to a repository, fetch it, and grade it in a container of its own."""

    def run(
        files: Files,
        *,
        checks: set[str] | None = None,
        limits: Limits = LIMITS,
        student: StudentPython | None = None,
        before_commit: Callable[[Path], None] = lambda folder: None,
        after_commit: Callable[[Path], None] = lambda folder: None,
    ) -> Graded:
        folder = tmp_path_factory.mktemp("hostile")
        commit(folder / "repository", files, before_commit)
        after_commit(folder / "repository")
        submission = fetch(str(folder / "repository"), into=folder / "snapshot")
        planned = pipeline.plan_submission(
            submission, course, pipeline.Options(profile="exercises", limits=limits)
        )
        modules = tuple(
            (module, kept)
            for module, found in planned.plan.modules
            if (kept := tuple(c for c in found if checks is None or c.name in checks))
        )
        chosen = replace(planned, plan=CheckPlan(modules=modules))
        log: list[str] = []
        setup = pipeline.Setup(
            course=course,
            sandbox=sandbox,
            options=pipeline.Options(profile="exercises", limits=limits),
            install=lambda planned, sandbox: student or StudentPython(),
            on_log=log.append,
        )
        result = pipeline.grade(chosen, setup)
        graded = Graded(result, "\n".join(log))
        assert SECRET not in graded.text
        return graded

    return run


@pytest.fixture(scope="session")
def battery(grade: Grade) -> Callable[..., dict[str, tuple[CheckResult, CheckResult]]]:
    """Grade many attacks in one container: each in a slot, an honest twin in the slot behind it."""

    def run(
        attacks: Mapping[str, Attack], limits: Limits = LIMITS, slot: str = "slot", honest: str = HONEST
    ) -> dict[str, tuple[CheckResult, CheckResult]]:
        found: dict[str, tuple[CheckResult, CheckResult]] = {}
        cases = list(attacks)
        for some in (cases[start : start + SLOTS // 2] for start in range(0, len(cases), SLOTS // 2)):
            files: dict[str, str | bytes] = {"README.md": "# Slots\n"}
            for number, case in enumerate(some):
                files |= attacks[case].files
                files[f"{slot}_{2 * number:02d}.py"] = attacks[case].source
                files[f"{slot}_{2 * number + 1:02d}.py"] = honest
            checks = grade(files, checks={name.removesuffix(".py") for name in files}, limits=limits).checks
            for number, case in enumerate(some):
                found[case] = (
                    checks[f"{slot}_{2 * number:02d}"],
                    checks[f"{slot}_{2 * number + 1:02d}"],
                )
        return found

    return run
