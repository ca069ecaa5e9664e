"""The environment step, for real: uv in a container or on this machine, an index, wheels, and what they leave behind."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from grader.errors import EnvironmentFault
from grader.sandbox.environment import (
    Environment,
    Overrides,
    Requirements,
    load_overrides,
    prepare_docker,
    prepare_local,
    student_tools_local,
)
from grader.sandbox.environment_docker import LABEL
from grader.sandbox.image import Image, connect, ensure_image

NOWHERE = "no-package-has-this-name-02476"
STUDENT = 23456


def quiet(line: str) -> None:
    """Progress is for people."""


@pytest.fixture(scope="module")
def client() -> docker.DockerClient:
    return connect()


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory, client: docker.DockerClient) -> Iterator[Image]:
    course = tmp_path_factory.mktemp("course")
    (course / "checks/m98_y").mkdir(parents=True)
    (course / "checks/m98_y/module.toml").write_text('id = "M98"\n')
    built = ensure_image(course, client=client, progress=quiet)
    yield built
    client.images.remove(built.tag, force=True)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def as_student(client: docker.DockerClient, image: Image, environment: Environment, code: str) -> str:
    """Run `code` as grading does: no network, read-only, another user, the environment mounted."""
    output = client.containers.run(
        image.tag,
        [environment.python, "-c", code],
        volumes={str(environment.path): {"bind": environment.mount, "mode": "ro"}},
        user=f"{STUDENT}:{STUDENT}",
        read_only=True,
        network_mode="none",
        cap_drop=["ALL"],
        remove=True,
    )
    return output.decode()


@pytest.mark.docker
def test_what_can_be_had_is_installed_and_the_rest_is_named(
    client: docker.DockerClient, image: Image, cache: Path
) -> None:
    wanted = Requirements(
        entries=("numpy==1.19.0", NOWHERE, f"{NOWHERE}-2>=3", "nvidia-cublas-cu12", "packaging", "six<2")
    )
    overrides = Overrides(exclude={"nvidia-*": "there is no GPU"})
    said: list[str] = []
    made = prepare_docker(wanted, image, client=client, overrides=overrides, progress=said.append)
    assert set(made.installed) == {"numpy", "packaging", "six"}
    assert set(made.missing) == {NOWHERE, f"{NOWHERE}-2", "nvidia-cublas-cu12"}
    assert made.missing[NOWHERE] == "the index has no package of this name"
    assert made.missing["nvidia-cublas-cu12"] == "there is no GPU"
    assert "asked for ==1.19.0" in made.changed["numpy"]
    assert not made.complete
    assert said
    code = "import six, numpy, os; print(six.__file__, os.path.exists(six.__cached__), os.path.exists(numpy.__cached__))"
    path, *bytecode = as_student(client, image, made, code).split()
    assert path.startswith(made.mount)
    assert bytecode == ["True", "True"]
    assert client.containers.list(all=True, filters={"label": LABEL}) == []
    said.clear()
    started = time.perf_counter()
    assert prepare_docker(wanted, image, client=client, overrides=overrides, progress=said.append) == made
    assert time.perf_counter() - started < 0.2
    assert said == []


@pytest.mark.docker
def test_an_interrupted_environment_is_made_again(
    client: docker.DockerClient, image: Image, cache: Path
) -> None:
    wanted = Requirements(entries=("six",))
    made = prepare_docker(wanted, image, client=client, overrides=Overrides(), progress=quiet)
    next(cache.rglob(".manifests/*.json")).unlink()
    (made.path / "lib" / "python3").mkdir()
    again = prepare_docker(wanted, image, client=client, overrides=Overrides(), progress=quiet)
    assert again == made
    assert not (made.path / "lib" / "python3").exists()


@pytest.mark.docker
def test_no_index_is_our_fault_not_a_missing_package(
    client: docker.DockerClient, image: Image, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_INDEX", "")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with pytest.raises(EnvironmentFault, match="could not be looked up"):
        prepare_docker(
            Requirements(entries=("six",)), image, client=client, overrides=Overrides(), progress=quiet
        )


@pytest.mark.docker
def test_no_daemon_is_our_fault(image: Image, cache: Path) -> None:
    gone = docker.DockerClient(base_url=f"unix://{cache}/none.sock", version="1.41")
    with pytest.raises(EnvironmentFault, match="Docker"):
        prepare_docker(
            Requirements(entries=("six",)), image, client=gone, overrides=Overrides(), progress=quiet
        )


@pytest.mark.docker
@pytest.mark.slow
def test_torch_is_a_cpu_build_and_nothing_of_cuda_comes_along(
    client: docker.DockerClient, image: Image
) -> None:
    wanted = Requirements(entries=("torch==2.4.0", "torchvision", "numpy"))
    overrides = load_overrides(Path(__file__).parents[2])
    made = prepare_docker(wanted, image, client=client, overrides=overrides, progress=quiet)
    if "torch" in made.missing:
        pytest.fail(f"no CPU build of torch is to be had here: {made.missing['torch']}")
    assert "asked for ==2.4.0" in made.changed["torch"]
    assert not [name for name in made.installed if name.startswith(("nvidia", "cuda", "triton"))]
    assert as_student(client, image, made, "import torch; print(torch.version.cuda, torch.ones(2).sum())").split() == [
        "None", "tensor(2.)",
    ]  # fmt: skip


def test_a_locked_version_is_a_wish_and_conflicts_are_named(cache: Path) -> None:
    wanted = Requirements(
        entries=("fastapi==0.115.6", "packaging", "starlette==0.20.0"),
        constraints=("packaging==24.0", "anyio==4.4.0", "idna==99"),
    )
    made = prepare_local(wanted, overrides=Overrides(), progress=quiet)
    assert {"fastapi", "starlette", "packaging"} <= set(made.installed)
    assert made.complete
    assert made.changed
    assert made.installed["packaging"] == "24.0"
    versions = subprocess.run(
        [
            made.python,
            "-c",
            "import fastapi, starlette, packaging; print(fastapi.__version__, starlette.__version__)",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert versions == [made.installed["fastapi"], made.installed["starlette"]]


def test_the_course_decides_on_versions(cache: Path) -> None:
    overrides = Overrides(override={"six": "==1.16.0"})
    made = prepare_local(
        Requirements(entries=("python-dateutil", "six==1.15.0")), overrides=overrides, progress=quiet
    )
    assert made.installed["six"] == "1.16.0"
    assert made.changed["six"] == "asked for ==1.15.0, has 1.16.0"


def test_nothing_asked_for_is_an_empty_environment(cache: Path) -> None:
    made = prepare_local(Requirements(), overrides=Overrides(), progress=quiet)
    assert (made.installed, made.missing) == ({}, {})
    assert subprocess.run([made.python, "-c", ""], check=False).returncode == 0


def test_student_tools_are_those_of_the_grader_and_no_more(cache: Path) -> None:
    folder = student_tools_local()
    names = {path.name for path in folder.iterdir()}
    assert {"pytest", "coverage", "ipykernel", "nbclient", "nbformat"} <= names
    assert not {"docker", "pydantic", "grader", "uv"} & names
    made = prepare_local(Requirements(), overrides=Overrides(), progress=quiet)
    code = f"import sys; sys.path.append({str(folder)!r}); import pytest, ipykernel, nbclient; print(pytest.__version__)"
    ran = subprocess.run([made.python, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == pytest.__version__
    assert student_tools_local() == folder
