"""The same through a real daemon: one container a run, the same result twice."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import pytest

from grader.course.pack import load_course
from grader.sandbox.container.image import ensure_image
from grader.sandbox.container.orphans import OWNER_LABEL, remove_orphans
from grader.sandbox.owners import owner

pytestmark = pytest.mark.docker

TIMES = ("started_at", "duration_s", "fetched_at")


def without_times(value: Any) -> Any:
    """A result but for what a clock decides."""
    if isinstance(value, dict):
        return {key: without_times(item) for key, item in value.items() if key not in TIMES}
    if isinstance(value, list):
        return [without_times(item) for item in value]
    return value


def test_the_same_commit_and_image_give_the_same_result(grader: Callable[..., Any], repository: Path) -> None:
    texts = []
    for out in ("first", "second"):
        done = grader("grade", str(repository), "--sandbox", "docker", "--out", out, "--no-cache")
        assert done.returncode == 0, done.stderr
        data = json.loads(
            (repository.parent / out / "submissions" / "repository" / "result.json").read_text()
        )
        assert data["grader"]["sandbox"] == "docker"
        assert data["grader"]["image_digest"]
        texts.append(json.dumps(without_times(data), indent=1))
    assert texts[0] == texts[1]


def test_docker_and_local_come_to_the_same_verdicts(grader: Callable[..., Any], repository: Path) -> None:
    verdicts = []
    for sandbox in ("docker", "local"):
        grader("check", str(repository), "--sandbox", sandbox, "--out", sandbox)
        data = json.loads((repository.parent / sandbox / "result.json").read_text())
        verdicts.append({c["id"]: (c["verdict"], c["points"]) for m in data["modules"] for c in m["checks"]})
    assert verdicts[0] == verdicts[1]


NAMES = """import socket

from pkg.names import address


def test_this_machine():
    assert address("localhost") == address(socket.gethostname()) == "127.0.0.1"


def test_another_machine():
    try:
        address("example.org")
    except OSError:
        return
    raise AssertionError("there is a network")
"""


def m16_of(
    grader: Callable[..., Any], repository: Path, files: dict[str, str], *options: str
) -> dict[str, Any]:
    """What M16 says of the tests of a package `pkg`; files that are not committed yet are checked, too."""
    files = {
        "pyproject.toml": '[project]\nname = "pkg"\nversion = "0"\n',
        "src/pkg/__init__.py": "",
        **files,
    }
    for path, text in files.items():
        place = repository / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    grader("check", str(repository), "--modules", "M16", "--sandbox", "docker", "--out", "out", *options)
    data = json.loads((repository.parent / "out" / "result.json").read_text())
    checks = {check["id"]: check for module in data["modules"] for check in module["checks"]}
    found: dict[str, Any] = checks["M16.tests_pass"]
    return found


def test_code_finds_its_own_machine_by_name_and_no_other(
    grader: Callable[..., Any], repository: Path
) -> None:
    names = "import socket\n\n\ndef address(name):\n    return socket.gethostbyname(name)\n"
    found = m16_of(grader, repository, {"src/pkg/names.py": names, "tests/test_names.py": NAMES})
    assert found["verdict"] == "passed", found


KEEPING = r"""import subprocess

from pkg.keeping import keep


def test_what_is_kept_has_an_author():
    keep("a note\n")
    said = subprocess.run(["git", "log", "-1", "--format=%an"], capture_output=True, text=True, check=True)
    assert said.stdout == "Ada\n"
"""


def test_git_works_in_the_students_working_copy(grader: Callable[..., Any], repository: Path) -> None:
    keeping = """import subprocess
from pathlib import Path


def keep(text):
    Path("note.txt").write_text(text)
    for words in ("init -q", "config user.name Ada", "config user.email ada@example.org", "add note.txt", "commit -q -m x"):
        subprocess.run(["git", *words.split()], check=True)
"""
    found = m16_of(grader, repository, {"src/pkg/keeping.py": keeping, "tests/test_keeping.py": KEEPING})
    assert found["verdict"] == "passed", found


WORKFLOW = """on: push
jobs:
  tests:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pip install -e .
      - run: pytest tests/
"""


@pytest.mark.parametrize("asked", ["pytest==8.3.4", "pytest>=9"])
def test_each_pytest_runs_all_of_the_folder_that_ci_names(
    grader: Callable[..., Any], repository: Path, asked: str
) -> None:
    names = ("first", "second", "third")
    files = {
        "pyproject.toml": f'[project]\nname = "pkg"\nversion = "0"\ndependencies = ["{asked}"]\n',
        ".github/workflows/tests.yaml": WORKFLOW,
        **{f"src/pkg/{name}.py": f"def {name}():\n    return 1\n" for name in names},
        **{
            f"tests/test_{name}.py": f"from pkg.{name} import {name}\n\n\ndef test_{name}():\n    assert {name}() == 1\n"
            for name in names
        },
    }
    found = m16_of(grader, repository, files, "--profile", "project")
    assert found["verdict"] == "passed", found
    assert found["measurements"][0] == {
        "name": "n_tests_collected",
        "value": 3,
        "unit": "",
        "self_reported": True,
    }


def test_no_container_is_left_behind(
    grader: Callable[..., Any], repository: Path, docker_client: docker.DockerClient
) -> None:
    grader("check", str(repository), "--modules", "M10", "--sandbox", "docker")
    assert remove_orphans(docker_client) == 0


def test_the_container_of_a_dead_grader_is_removed_and_that_of_a_living_one_is_not(
    docker_client: docker.DockerClient,
) -> None:
    image = ensure_image(load_course().root, client=docker_client, progress=lambda line: None)
    gone = subprocess.run(
        [sys.executable, "-c", "from grader.sandbox.owners import owner; print(owner())"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    orphan, ours = (
        docker_client.api.create_container(image.tag, ["true"], labels={OWNER_LABEL: label})["Id"]
        for label in (gone, owner())
    )
    try:
        remove_orphans(docker_client)
        left = {
            found["Id"] for found in docker_client.api.containers(all=True, filters={"label": OWNER_LABEL})
        }
        assert orphan not in left
        assert ours in left
    finally:
        docker_client.api.remove_container(ours, force=True)


def test_doctor_finds_the_image_closed(grader: Callable[..., Any]) -> None:
    done = grader("doctor")
    assert "suites are closed" in done.stdout
