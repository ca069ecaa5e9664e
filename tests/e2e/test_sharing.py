"""A course pack of somebody else, whose suites share code, graded in both sandboxes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import pytest

from grader.course.pack import bundled_course
from grader.sandbox.container.image import ensure_image
from tests.sharing_pack import write_pack


@pytest.mark.parametrize("sandbox", ["local", pytest.param("docker", marks=pytest.mark.docker)])
def test_suites_share_code(
    grader: Callable[..., Any], repository: Path, tmp_path: Path, sandbox: str
) -> None:
    (repository / "README.md").write_text("Yes, please.\n")
    course = write_pack(tmp_path / "pack", length=100)
    shutil.copytree(bundled_course() / "reports", course / "reports")
    done = grader("check", str(repository), "--course", str(course), "--sandbox", sandbox, "--out", "out")
    assert done.returncode == 1, done.stderr
    data = json.loads((repository.parent / "out" / "result.json").read_text())
    said = {
        check["id"]: (check["verdict"], check["message"])
        for module in data["modules"]
        for check in module["checks"]
    }
    assert said == {"M1.word": ("passed", ""), "M2.length": ("failed", "please is too short.")}


@pytest.mark.docker
def test_what_is_shared_makes_another_image(tmp_path: Path, docker_client: docker.DockerClient) -> None:
    course = write_pack(tmp_path / "pack")
    first = ensure_image(course, client=docker_client, progress=lambda line: None)
    shared = course / "checks" / "common" / "words.py"
    shared.write_text("WORD = 'thanks'\n")
    second = ensure_image(course, client=docker_client, progress=lambda line: None)
    assert first.course != second.course
    assert first.tag != second.tag
