"""M10's exercise: which image does what, what is mounted, what keeps a build from ending, what is installed. Its proof runs it."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from tests.places import CHECKS
from tests.suite_names import suite_names
from tests.view_sample import view

SUITE = CHECKS / "m10_docker"
CHECKED = suite_names(SUITE)
#: What its private files define, which the checks need not import.
PARTS = ("role_of", "build_problems")
NAMES = {name: value for part in PARTS for name, value in CHECKED[part].__globals__.items()}
NAMES |= CHECKED["told"].__wrapped__.__globals__
START = 'ENTRYPOINT ["python", "src/{}.py"]\n'
FILES = {
    "requirements.txt": "numpy==2.1\n",
    "requirements_dev.txt": "-r requirements.txt\nruff\n",
    "pyproject.toml": '[project]\nname = "a"\nversion = "1"\nreadme = "README.md"\ndependencies = ["typer"]\n'
    '[dependency-groups]\ndev = ["pytest"]\n',
    "README.md": "# a\n",
    "src/train.py": "x = 1\n",
    "src/evaluate.py": "x = 1\n",
}


def built(tmp_path: Path, body: str, base: str = "python:3.12-slim") -> tuple[dict[str, Any], Any, Any]:
    """The suite, a submission with one image, and its Dockerfile."""
    submission = view(
        tmp_path, {**FILES, "Dockerfile": f"FROM {base}\nWORKDIR /app\n{body}\n"}, profile="exercises"
    )
    return NAMES, submission, submission.dockerfiles()[0]


@pytest.mark.parametrize(
    ("base", "there"),
    [
        ("python:3.12-slim", True),
        ("python:3.12.8-slim-bookworm", True),
        ("docker.io/library/python:3.13", True),
        ("ghcr.io/astral-sh/uv:python3.12-bookworm-slim", True),
        ("nvcr.io/nvidia/pytorch:25.03-py3", True),
        ("python@sha256:" + "a" * 64, True),
        ("scratch", True),
        ("python:99.99-nonsense", False),
        ("python:3.12-slimmer", False),
        ("pyhton:3.12", False),
        ("registry.example.org/python:3.12", False),
    ],
)
def test_bases(tmp_path: Path, base: str, there: bool) -> None:
    suite, submission, dockerfile = built(tmp_path, "RUN true", base)
    assert (suite["build_problems"](submission, dockerfile) == []) is there


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("COPY requirements.txt .\nRUN pip install -r requirements.txt", ""),
        (
            "RUN --mount=type=bind,source=requirements.txt,target=requirements.txt pip install -r requirements.txt",
            "",
        ),
        ("RUN apt-get update && apt-get install -y --no-install-recommends git && git --version", ""),
        ("RUN apt-get update && apt-get install -y libgl1 python3-dev", ""),
        ("RUN pip install uv && uv --version", ""),
        ("COPY --from=ghcr.io/astral-sh/uv:0.9.1 /uv /bin/uv\nRUN uv --version", ""),
        ("RUN test -d data || exit 1", ""),
        ("RUN exit 0", ""),
        ("COPY pyproject.toml README.md ./\nRUN pip install --no-deps .", ""),
        ("RUN pip install -r requirements.txt", "requirements.txt is not in the image"),
        ("COPY pyproject.toml ./\nRUN pip install .", "README.md is not in the image"),
        ("COPY LICENSE .", "LICENSE is not in the repository"),
        ("RUN git clone https://example.org/a", "`git` is not installed"),
        ("RUN echo git && git clone https://example.org/a", "`git` is not installed"),
        ("RUN uv sync", "`uv` is not installed"),
        ("RUN true && exit 1", "ends the build"),
        ("RUN apt-get install -y frobnicator", "no system package `frobnicator`"),
        ('ENTRYPOINT ["tini", "--", "python"]', "`tini` is not installed"),
    ],
)
def test_what_keeps_a_build_from_ending(tmp_path: Path, body: str, why: str) -> None:
    suite, submission, dockerfile = built(tmp_path, body)
    told = " ".join(one.text for one in suite["build_problems"](submission, dockerfile))
    assert (why in told) if why else not told


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("RUN pip install -r requirements.txt", {"numpy"}),
        ("RUN pip install -r requirements_dev.txt", {"numpy", "ruff"}),
        ("RUN pip install .", {"typer"}),
        ("RUN pip install --no-deps .", set()),
        ("RUN pip install 'rich[jupyter]>=13' --no-cache-dir", {"rich"}),
        ("RUN uv sync --no-dev", {"typer"}),
        ("RUN uv sync --no-install-project", {"typer", "pytest"}),
        ("RUN echo pip install numpy", set()),
    ],
)
def test_what_an_image_has_installed(tmp_path: Path, body: str, names: set[str]) -> None:
    suite, submission, dockerfile = built(tmp_path, f"COPY . .\n{body}")
    assert {name for name, _ in suite["installed"](submission, dockerfile)[0]} == names


def test_a_base_brings_packages(tmp_path: Path) -> None:
    suite, submission, dockerfile = built(tmp_path, "", "pytorch/pytorch:2.6.0-cuda12.4-cudnn9-runtime")
    assert ["torch", []] in suite["installed"](submission, dockerfile)[0]


@pytest.mark.parametrize(
    ("text", "mounts"),
    [
        ('docker run -v "$(pwd)/data:/app/data" train\n', [("data", "/app/data")]),
        ("docker run --rm \\\n  -v ${PWD}/models/:/models/:rw x\n", [("models", "/models")]),
        ("docker run -v %cd%/models:/models x\n", [("models", "/models")]),
        ("docker run --mount type=bind,source=./out,target=/out x\n", [("out", "/out")]),
        ("docker run -v /home/ada/leaves/models:/models x\n", [("models", "/models")]),
        ("docker run x -v\n", []),
        ("docker run -v ../../etc:/etc x\n", []),
        ("Use -v $(pwd)/data:/data for volumes.\n", []),
    ],
)
def test_what_is_mounted(tmp_path: Path, text: str, mounts: list[tuple[str, str]]) -> None:
    submission = view(tmp_path, {"README.md": text}, profile="exercises")
    assert NAMES["mounts_of"](submission) == mounts


def test_which_image_does_what(tmp_path: Path) -> None:
    head = "FROM python:3.12\n"
    files = {
        "a/Dockerfile": head + START.format("train"),
        "b/Dockerfile": head + START.format("evaluate"),
        "c/train.dockerfile": head + 'CMD ["uvicorn", "api:app"]\n',
    }
    suite, submission = NAMES, view(tmp_path, {**FILES, **files}, profile="exercises")
    assert suite["role_of"](submission, "train").path == "a/Dockerfile"
    assert suite["role_of"](submission, "evaluate").path == "b/Dockerfile"


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("accuracy: 0.733", True),
        ("Test accuracy: 73.3 %", True),
        ("right 44 of 60: 0.7333", True),
        ("accuracy: 0.74", False),
        ("accuracy: 1.0", False),
        (" ".join(str(share / 100) for share in range(101)), False),
    ],
)
def test_a_share_is_said(printed: str, said: bool) -> None:
    assert NAMES["says"](printed, 44 / 60) is said


def test_hidden_leaves_tell_two_models_apart() -> None:
    for seed in range(50):
        seen = NAMES["leaves"](random.Random(seed))
        names = {row[2] for row in seen["train"]}
        assert names == {row[2] for row in seen["renamed"]} >= {row[2] for row in seen["test"]}
        assert all(one[2] != other[2] for one, other in zip(seen["train"], seen["renamed"], strict=True))
        assert abs(seen["right"] - seen["right_renamed"]) > 0.1
