"""The environment step, for real: uv in a container or on this machine, an index, wheels, and what they leave behind."""

from __future__ import annotations

import hashlib
import io
import subprocess
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import docker
import pytest

from grader.authoring.recipe import build_repository
from grader.course.pack import load_course
from grader.environment import (
    Environment,
    Overrides,
    Requirements,
    load_overrides,
    prepare_docker,
    prepare_local,
)
from grader.environment.overrides import StandIns
from grader.errors import CourseError, EnvironmentFault
from grader.pipeline import Options, Planned, install, plan_submission
from grader.sandbox.container.image import Image, ensure_image
from grader.sandbox.container.install_container import LABEL
from grader.sandbox.container.orphans import OWNER_LABEL
from grader.sandbox.local_sandbox import LocalSandbox
from grader.sandbox.lock import Locked, for_target, read_lock, target
from grader.sandbox.owners import owner
from grader.sandbox.student_tools import student_tools_local
from grader.settings import SubmissionLimits
from grader.submission import fetch_working_tree
from tests.places import ROOT

NOWHERE = "no-package-has-this-name-02476"
STUDENT = 23456


def quiet(line: str) -> None:
    """Progress is for people."""


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory, docker_client: docker.DockerClient) -> Iterator[Image]:
    course = tmp_path_factory.mktemp("course")
    (course / "checks/m98_y").mkdir(parents=True)
    (course / "checks/m98_y/module.toml").write_text('id = "M98"\n')
    built = ensure_image(course, client=docker_client, progress=quiet)
    yield built
    docker_client.images.remove(built.tag, force=True)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def as_student(docker_client: docker.DockerClient, image: Image, environment: Environment, code: str) -> str:
    """Run `code` as grading does: no network, read-only, another user, the environment mounted."""
    output = docker_client.containers.run(
        image.tag,
        [environment.python, "-c", code],
        volumes={str(environment.path): {"bind": environment.mount, "mode": "ro"}},
        user=f"{STUDENT}:{STUDENT}",
        read_only=True,
        tmpfs={"/tmp": ""},
        network_mode="none",
        cap_drop=["ALL"],
        remove=True,
    )
    return output.decode()


@pytest.mark.docker
def test_what_can_be_had_is_installed_and_the_rest_is_named(
    docker_client: docker.DockerClient, image: Image, cache: Path
) -> None:
    wanted = Requirements(
        entries=("numpy==1.19.0", NOWHERE, f"{NOWHERE}-2>=3", "nvidia-cublas-cu12", "packaging", "six<2")
    )
    overrides = Overrides(exclude={"nvidia-*": "there is no GPU"})
    said: list[str] = []
    made = prepare_docker(wanted, image, client=docker_client, overrides=overrides, progress=said.append)
    assert set(made.installed) == {"numpy", "packaging", "six"}
    assert set(made.missing) == {NOWHERE, f"{NOWHERE}-2", "nvidia-cublas-cu12"}
    assert made.missing[NOWHERE] == "the index has no package of this name"
    assert made.missing["nvidia-cublas-cu12"] == "there is no GPU"
    assert "asked for ==1.19.0" in made.changed["numpy"]
    assert not made.complete
    assert said
    code = "import six, numpy, os; print(six.__file__, os.path.exists(six.__cached__), os.path.exists(numpy.__cached__))"
    path, *bytecode = as_student(docker_client, image, made, code).split()
    assert path.startswith(made.mount)
    assert bytecode == ["True", "True"]
    assert (
        docker_client.containers.list(all=True, filters={"label": [LABEL, f"{OWNER_LABEL}={owner()}"]}) == []
    )
    said.clear()
    assert (
        prepare_docker(wanted, image, client=docker_client, overrides=overrides, progress=said.append) == made
    )
    assert said == []


@pytest.mark.docker
def test_an_interrupted_environment_is_made_again(
    docker_client: docker.DockerClient, image: Image, cache: Path
) -> None:
    wanted = Requirements(entries=("six",))
    made = prepare_docker(wanted, image, client=docker_client, overrides=Overrides(), progress=quiet)
    next(cache.rglob(".manifests/*.json")).unlink()
    (made.path / "lib" / "python3").mkdir()
    again = prepare_docker(wanted, image, client=docker_client, overrides=Overrides(), progress=quiet)
    assert again == made
    assert not (made.path / "lib" / "python3").exists()


@pytest.mark.docker
def test_no_index_is_our_fault_not_a_missing_package(
    docker_client: docker.DockerClient, image: Image, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_INDEX", "")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with pytest.raises(EnvironmentFault, match="could not be looked up"):
        prepare_docker(
            Requirements(entries=("six",)), image, client=docker_client, overrides=Overrides(), progress=quiet
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
    docker_client: docker.DockerClient, image: Image
) -> None:
    wanted = Requirements(entries=("torch==2.4.0", "torchvision", "numpy"))
    overrides = load_overrides(ROOT)
    made = prepare_docker(wanted, image, client=docker_client, overrides=overrides, progress=quiet)
    if "torch" in made.missing:
        pytest.fail(f"no CPU build of torch is to be had here: {made.missing['torch']}")
    assert "asked for ==2.4.0" in made.changed["torch"]
    assert made.missing == {}
    assert not [name for name in made.installed if name.startswith(("nvidia", "cuda", "triton"))]
    assert as_student(docker_client, image, made, "import torch; print(torch.version.cuda, torch.ones(2).sum())").split() == [
        "None", "tensor(2.)",
    ]  # fmt: skip


#: What students do with torchvision: pretrained weights without a network, images, boxes; an operator that is not there.
VISION = """
import pathlib, torch, torchvision
from torchvision import io, models, ops
import sys
print("compiler", "torch._dynamo" in sys.modules)
model = models.resnet18(weights="DEFAULT").eval()
torch.hub.set_dir("/tmp/hub")
class Own(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = models.resnet18(weights=models.ResNet18_Weights.IMAGENET1K_V1)
print("weights", model(torch.rand(1, 3, 32, 32)).shape[1], len(Own().state_dict()))
boxes = torch.tensor([[0.0, 0, 10, 10], [1, 1, 10, 10], [20, 20, 30, 30]])
print("kept", ops.nms(boxes, torch.tensor([0.9, 0.8, 0.95]), 0.5).tolist())
image = torch.arange(48, dtype=torch.uint8).reshape(3, 4, 4)
print("region", ops.roi_align(torch.ones(1, 3, 8, 8), [boxes / 5], 2).shape[0])
print("same", torch.equal(io.decode_image(io.encode_png(image)), image))
try:
    ops.roi_pool(torch.rand(1, 3, 8, 8), [boxes], 2)
except RuntimeError as problem:
    print("lacks", problem)
try:
    torch.hub.load_state_dict_from_url("https://weights.example/none.pth")
except OSError as problem:
    print("none", type(problem).__name__)
"""


@pytest.mark.docker
@pytest.mark.slow
def test_torchvision_works_without_its_operators_and_without_a_network(
    docker_client: docker.DockerClient, image: Image
) -> None:
    overrides = load_overrides(ROOT)
    made = prepare_docker(
        Requirements(entries=("torchvision",)),
        image,
        client=docker_client,
        overrides=overrides,
        progress=quiet,
    )
    assert "untrained" in made.notes["torch"]
    said = dict(
        line.split(" ", 1)
        for line in as_student(docker_client, image, made, VISION).splitlines()
        if " " in line
    )
    assert said["weights"] == "1000 122"
    assert (said["compiler"], said["region"]) == ("False", "3")
    assert said["kept"] == "[2, 0]"
    assert said["same"] == "True"
    if "torchvision" in made.notes:
        assert said["lacks"].startswith("The grader's environment has this package without")
    startup = as_student(
        docker_client, image, made, "import sys; print([name for name in sys.modules if 'stand' in name])"
    )
    assert startup.strip() == "[]"


def test_a_stand_in_is_called_by_the_package_and_leaves_the_cache_alone(cache: Path) -> None:
    source = (
        "def quieter(six):\n    six['PY3'] = f'stands in, {sorted({\"__version__\", \"PY2\"} & set(six))}'\n"
    )
    left_out = {"six.py": '__version__ = "1.16.0"'}
    said = []
    for calls in ({"six.py": "quieter", "not/there.py": "quieter"}, {}):
        stand_ins = StandIns(source=source, calls=calls, left_out=left_out)
        overrides = Overrides(note={"six": "quiet", "rich": "?"}, stand_ins=stand_ins)
        made = prepare_local(Requirements(entries=("six==1.16.0",)), overrides=overrides, progress=quiet)
        assert made.notes == {"six": "quiet"}
        ask = [made.python, "-c", "import six; print(six.PY3)"]
        said.append(subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip())
    assert said == ["stands in, ['PY2']", "True"]


def test_a_source_archive_becomes_a_wheel_as_it_is(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / f"{NOWHERE}-1.0.tar.gz"
    with tarfile.open(archive, "w:gz") as out:
        for name, text in {
            "src/nowhere/__init__.py": "import six\nWHERE = __file__\n",
            "src/nowhere/../../evil.py": "",
            "setup.py": "raise SystemExit('it ran')\n",
        }.items():
            member = tarfile.TarInfo(f"{NOWHERE}-1.0/{name}")
            member.size = len(text)
            out.addfile(member, io.BytesIO(text.encode()))
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    page = tmp_path / NOWHERE / "index.html"
    page.parent.mkdir()
    page.write_text(f'<a href="../{archive.name}#sha256={digest}">{archive.name}</a>')
    source = {
        "name": NOWHERE, "version": "1.0", "folder": "src/nowhere", "sha256": digest, "requires": ["six"],
    }  # fmt: skip
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("UV_INDEX", f"http://127.0.0.1:{server.server_port}/")
        monkeypatch.setenv("UV_INDEX_STRATEGY", "unsafe-best-match")
        wanted = Requirements(entries=(f"{NOWHERE}>=1",))
        refused = Overrides(sources=({**source, "sha256": "0" * 64},))
        assert NOWHERE in prepare_local(wanted, overrides=refused, progress=quiet).missing
        made = prepare_local(wanted, overrides=Overrides(sources=(source,)), progress=quiet)
        server.shutdown()
    assert made.installed[NOWHERE] == "1.0"
    assert "six" in made.installed
    ran = subprocess.run(
        [made.python, "-c", "import nowhere; print(nowhere.WHERE)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip().endswith("site-packages/nowhere/__init__.py")
    assert not list(cache.rglob("evil.py"))


def test_a_package_stands_in_the_place_of_another_in_the_same_version(cache: Path) -> None:
    overrides = Overrides(substitutes={"six": "packaging"}, exclude={})
    made = prepare_local(Requirements(entries=("six==1.16.0",)), overrides=overrides, progress=quiet)
    # No such version of that one: named, not hidden.
    assert made.installed == {}
    assert "packaging" in made.missing
    overrides = Overrides(substitutes={"opencv-python": "opencv-python-headless"})
    made = prepare_local(
        Requirements(entries=("opencv-python==4.10.0.84", "numpy<2.4")), overrides=overrides, progress=quiet
    )
    assert made.installed["opencv-python-headless"] == "4.10.0.84"
    assert "opencv-python" not in made.installed


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


def test_a_frozen_list_of_another_machine_costs_its_versions_and_no_package(cache: Path) -> None:
    names = (
        "six idna attrs toml zipp packaging pluggy iniconfig wheel certifi tqdm click tabulate pytz tomli toolz wrapt "
        "filelock platformdirs colorama pygments markupsafe jinja2 werkzeug itsdangerous blinker flask requests chardet "
        "docutils decorator cachetools pyasn1 rsa pycparser ply future tenacity natsort termcolor xmltodict mdurl rich "
        "sniffio h11 anyio httpcore isodate"
    )
    frozen = tuple(f"{name}==0.0.{number}" for number, name in enumerate(names.split()))
    said: list[str] = []
    wanted = Requirements(entries=(*frozen, NOWHERE), constraints=("typing-extensions==0.0.1",))
    made = prepare_local(wanted, overrides=Overrides(), progress=said.append)
    assert set(made.missing) == {NOWHERE}
    assert set(names.split()) <= set(made.installed)
    assert not any("one by one" in line for line in said)


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


def wheel(folder: Path, version: str) -> str:
    """A wheel of `NOWHERE` in `folder`; returns its digest."""
    stem = f"{NOWHERE.replace('-', '_')}-{version}"
    files = {
        "nowhere.py": f"VERSION = {version!r}\n",
        f"{stem}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {NOWHERE}\nVersion: {version}\n",
        f"{stem}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{stem}.dist-info/RECORD": "",
    }
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as out:
        for name, text in files.items():
            out.writestr(name, text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_proof_gets_the_locked_version_though_a_newer_one_is_out(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = wheel(tmp_path, "1.0")
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path))
    locked = read_lock(f"{NOWHERE}==1.0 \\\n    --hash=sha256:{digest}\n")
    planned = planned_for(tmp_path, f"{NOWHERE}\n", locked)
    wheel(tmp_path, "2.0")
    student = install(planned, LocalSandbox(), quiet)
    ask = [student.interpreter, "-c", "import nowhere; print(nowhere.VERSION)"]
    assert subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip() == "1.0"
    free = install(replace(planned, locked=()), LocalSandbox(), quiet)
    ask = [free.interpreter, "-c", "import nowhere; print(nowhere.VERSION)"]
    assert subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip() == "2.0"


def test_another_file_than_the_locked_one_is_not_installed(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel(tmp_path, "1.0")
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path))
    locked = read_lock(f"{NOWHERE}==1.0 --hash=sha256:{'0' * 64}\n")
    planned = planned_for(tmp_path, f"{NOWHERE}\n", locked)
    assert NOWHERE in install(planned, LocalSandbox(), quiet).missing


@pytest.mark.parametrize("asked", [f"{NOWHERE}>=2", f"{NOWHERE}\nsix"])
def test_a_lock_that_does_not_go_with_what_is_asked_for_is_an_error(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    digest = wheel(tmp_path, "1.0")
    wheel(tmp_path, "2.0")
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path))
    planned = planned_for(tmp_path, asked, read_lock(f"{NOWHERE}==1.0 --hash=sha256:{digest}\n"))
    with pytest.raises(CourseError, match="make lock"):
        install(planned, LocalSandbox(), quiet)


def planned_for(folder: Path, asked: str, locked: tuple[Locked, ...]) -> Planned:
    """A submission that asks for these packages, with a lock as a proof has one."""
    (folder / "files").mkdir()
    (folder / "files/requirements.txt").write_text(asked)
    repository = build_repository(None, folder / "files", folder / "repository")
    submission = fetch_working_tree(repository, into=folder / "tree", limits=SubmissionLimits())
    options = Options(modules=("M4",), profile="exercises")
    return replace(plan_submission(submission, load_course(), options), locked=locked)


TYPER = [
    path for path in sorted(load_course().exercises.glob("*/proof.lock")) if "\ntyper==" in path.read_text()
]


@pytest.mark.parametrize("path", TYPER, ids=lambda path: str(path.parent.name))
def test_a_command_line_of_an_exercise_shows_its_help_with_the_locked_versions(
    cache: Path, path: Path
) -> None:
    entries = for_target(read_lock(path.read_text()), target())
    pins = tuple(entry.pin for entry in entries.values())
    wanted = Requirements(entries=("typer",), constraints=pins, locked=tuple(entries.values()))
    made = prepare_local(wanted, overrides=Overrides(), progress=quiet)
    assert made.installed["typer"] == entries["typer"].version
    code = "import typer\n\ndef main(rate: float = 0.1) -> None: ...\n\ntyper.run(main)\n"
    ran = subprocess.run([made.python, "-c", code, "--help"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
