"""The grader's image, built for real: what is in it, who can read it, when it is built again."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import docker
import pytest

from grader.errors import CourseError, SandboxError
from grader.sandbox.container.image import (
    MOUNT_POINTS,
    Image,
    connect,
    ensure_image,
    list_images,
    prune_images,
)
from grader.sandbox.lock import for_target, image_lock, target
from grader.sandbox.runtime import STUDENT_PACKAGES, install_wheels

pytestmark = pytest.mark.docker

STUDENT = 23456


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("course")
    for name, text in {
        "checks/m99_x/module.toml": 'id = "M99"\n',
        "checks/m99_x/test_x.py": "SECRET = 42\n",
        "checks/environment.toml": "",
        "exercises/m99_x/solution/answer.py": "42\n",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.fixture(scope="module")
def image(course: Path, docker_client: docker.DockerClient) -> Iterator[Image]:
    built = ensure_image(course, client=docker_client, progress=lambda line: None)
    yield built
    docker_client.images.remove(built.tag, force=True)


def run(docker_client: docker.DockerClient, image: Image, script: str, user: int) -> str:
    output = docker_client.containers.run(
        image.tag, ["sh", "-c", script], user=f"{user}:{user}", network_mode="none", remove=True, stderr=True
    )
    return output.decode()


def test_students_read_their_tools_and_no_suite(docker_client: docker.DockerClient, image: Image) -> None:
    seen = run(
        docker_client,
        image,
        "ls /suites; cat /suites/m99_x/test_x.py; ls /opt/grader/lib /opt/grader/student",
        STUDENT,
    )
    assert seen.count("Permission denied") == 2
    assert "SECRET" not in seen
    assert {"pytest", "grader", "yaml", "ipykernel", "coverage", "nbclient"} <= set(seen.split())


def test_everything_of_a_suite_is_roots_alone(docker_client: docker.DockerClient, image: Image) -> None:
    modes = run(docker_client, image, "find /suites -printf '%y %m %U:%G %P\\n'", 0).splitlines()
    assert {line.split()[1] for line in modes if line[0] == "d"} == {"700"}
    assert {line.split()[1] for line in modes if line[0] == "f"} == {"600"}
    assert {line.split()[2] for line in modes} == {"0:0"}
    names = {line.split()[3] for line in modes if line[0] == "f"}
    assert {"m99_x/module.toml", "m99_x/test_x.py"} <= names
    assert {name.split("/")[0] for name in names} == {"m99_x"}


def test_no_exercise_and_nothing_else_of_the_engine_is_inside(
    docker_client: docker.DockerClient, image: Image
) -> None:
    found = run(
        docker_client, image, "find / -xdev -name answer.py; ls /opt/grader/lib/grader /opt/grader", 0
    )
    assert found.split() == [
        "/opt/grader:", "lib", "student",
        "/opt/grader/lib/grader:", "__init__.py", "__pycache__", "late_names.py", "parsing", "repository", "secrets", "suite",
    ]  # fmt: skip


def test_bytecode_is_there_for_all_that_is_imported(docker_client: docker.DockerClient, image: Image) -> None:
    script = """
import importlib.util, os, sys
bare = []
for top in ("/opt/grader/lib", "/opt/grader/student", "/suites", os.path.dirname(os.__file__)):
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            if name.endswith(".py") and not os.path.exists(importlib.util.cache_from_source(path)):
                bare.append(path)
print(len(bare), bare[:5])
"""
    count = run(docker_client, image, f"python3 -I -c '{script}'", 0)
    assert int(count.split()[0]) < 10, count


def test_the_packages_import_and_the_mount_points_are_empty(
    docker_client: docker.DockerClient, image: Image
) -> None:
    imports = "import sys; sys.path.append('/opt/grader/{}'); import {}; print(pytest.__version__)"
    lib = imports.format("lib", "pytest, yaml, dockerfile_parse, nbformat, packaging")
    student = imports.format("student", "pytest, coverage, ipykernel, nbclient, nbformat")
    mounts = "ls -A " + " ".join(f"/{place}" for place in MOUNT_POINTS)
    script = f'python3 -I -c "{lib}"; python3 -I -c "{student}"; {mounts}; git --version'
    lines = run(docker_client, image, script, STUDENT).split("\n")
    locked = {entry.name: entry.version for entry in image_lock()}
    assert lines[0] == lines[1] == locked["pytest"]
    assert image.locked
    assert [line for line in lines[2:-2] if line and not line.endswith(":")] == []
    assert lines[-2].startswith("git version")


@pytest.mark.parametrize("python", ["3.11", "3.13"])
def test_a_base_with_another_python_gets_the_locked_versions(tmp_path: Path, python: str) -> None:
    assert install_wheels(STUDENT_PACKAGES, tmp_path / "lib", python=python, arch="amd64")
    locked = for_target(image_lock(), target(python, linux=True, machine="x86_64"))
    found = {
        one.name.lower().replace("_", "-"): one.version for one in distributions(path=[str(tmp_path / "lib")])
    }
    assert set(STUDENT_PACKAGES) <= set(found)
    assert found == {name: locked[name].version for name in found}


def test_a_python_that_the_lock_is_not_for_is_said(tmp_path: Path) -> None:
    assert not install_wheels(("pytest",), tmp_path / "lib", python="3.10", arch="amd64")


def test_an_unchanged_course_is_not_built_again(
    course: Path, docker_client: docker.DockerClient, image: Image
) -> None:
    said: list[str] = []
    again = ensure_image(course, client=docker_client, progress=said.append)
    assert again == image
    assert said == []


def test_an_edited_suite_is_another_image_on_the_same_runtime(
    course: Path, docker_client: docker.DockerClient, image: Image
) -> None:
    suite = course / "checks/m99_x/test_x.py"
    before = suite.read_text()
    suite.write_text("SECRET = 43\n")
    try:
        edited = ensure_image(course, client=docker_client, progress=lambda line: None)
    finally:
        suite.write_text(before)
    assert edited.tag != image.tag
    assert (edited.runtime, edited.python) == (image.runtime, image.python)
    assert "43" in run(docker_client, edited, "cat /suites/m99_x/test_x.py", 0)
    assert {edited.tag, image.tag} <= {found.tag for found in list_images(docker_client)}
    assert edited.tag in prune_images(docker_client, [edited.tag])
    assert image.tag in {found.tag for found in list_images(docker_client)}
    assert edited.tag not in {found.tag for found in list_images(docker_client)}


def test_a_course_without_suites_is_the_courses_fault(
    tmp_path: Path, docker_client: docker.DockerClient
) -> None:
    with pytest.raises(CourseError, match="No suites"):
        ensure_image(tmp_path, client=docker_client, progress=lambda line: None)


def test_a_base_that_is_nowhere_is_named(course: Path, docker_client: docker.DockerClient) -> None:
    with pytest.raises(SandboxError, match="no-such-base"):
        ensure_image(
            course, base="no-such-base.invalid/x:1", client=docker_client, progress=lambda line: None
        )


def test_no_daemon_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    with pytest.raises(SandboxError, match="--sandbox local"):
        connect()
