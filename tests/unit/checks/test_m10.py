"""The traps of M10: what a Dockerfile may do without being accused, and what it may not get away with."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from grader.results import CheckResult
from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m10_docker"
PYTHON = "FROM python:3.12-slim\n"


def judge(
    check: str,
    dockerfile: Any,
    files: Mapping[str, str | bytes] = MappingProxyType({}),
    path: Any = "Dockerfile",
) -> CheckResult:
    return run_check(SUITE, check, {path: dockerfile, **dict(files)}, profile="project")


def test_an_empty_dockerfile_is_no_work() -> None:
    assert judge("dockerfiles_are_readable", "").verdict == "blocked"


def test_a_broken_dockerfile_fails_with_its_line_and_is_not_passed_by_default() -> None:
    broken = "FROM python:3.12\nBANANA 1\n"
    outcome = judge("dockerfiles_are_readable", broken)
    assert (outcome.verdict, outcome.evidence[0].line) == ("failed", 2)
    assert judge("context_is_sorted", broken).verdict == "failed"


@pytest.mark.parametrize(
    ("first", "verdict"),
    [
        ("FROM python", "failed"),
        ("FROM registry:5000/python", "failed"),
        ("FROM python:latest", "failed"),
        ("ARG V=3.12\nFROM python:${V}-slim", "passed"),
        ("FROM python@sha256:" + "a" * 64, "passed"),
        ("FROM python:3.12 AS base\nFROM base", "passed"),
        ("FROM scratch", "passed"),
    ],
)
def test_pinned_bases(first: str, verdict: str) -> None:
    assert judge("base_images_are_pinned", f"{first}\nRUN true\n").verdict == verdict


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("COPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .", "passed"),
        ("COPY src src\nRUN pip install -r requirements.txt", "partial"),
        ("COPY . .\nRUN pip install -r requirements.txt", "failed"),
        ("COPY . .\nRUN uv sync --locked", "failed"),
        (
            "COPY uv.lock .\nRUN uv sync --locked --no-install-project\nCOPY src src\nRUN uv sync --locked",
            "passed",
        ),
        ("COPY . .\nRUN echo nothing to install", "passed"),
    ],
)
def test_order_of_layers(body: str, verdict: str) -> None:
    files = {"src/pkg/train.py": "x = 1\n", "requirements.txt": "torch\n"}
    assert judge("dependencies_come_before_the_code", PYTHON + body, files).verdict == verdict


@pytest.mark.parametrize(
    ("run", "verdict"),
    [
        ("pip install --upgrade pip && pip install -r requirements.txt", "passed"),
        ("pip install -e .[dev] --index-url https://example.org/simple", "passed"),
        ("pip install dvc==3.59 'torch>=2'", "passed"),
        ("pip install dvc", "failed"),
        ("uv pip install --system torch", "failed"),
        ("uv sync", "failed"),
        ("UV_FROZEN=1 uv sync", "passed"),
        ("uv sync --frozen --no-dev", "passed"),
        ("echo hello", "not_applicable"),
    ],
)
def test_installed_versions(run: str, verdict: str) -> None:
    assert judge("installed_versions_are_declared", f"{PYTHON}RUN {run}\n").verdict == verdict


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("RUN pip install -r requirements.txt", "failed"),
        ("RUN pip install --upgrade pip", "not_applicable"),
        ("ENV PIP_NO_CACHE_DIR=1\nRUN pip install -r requirements.txt", "passed"),
        ("RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt", "passed"),
        ("RUN pip install .\nFROM python:3.12\nRUN pip install --no-cache-dir .", "passed"),
        ("RUN uv pip install --system -r requirements.txt", "not_applicable"),
    ],
)
def test_pip_cache(body: str, verdict: str) -> None:
    assert judge("pip_keeps_no_cache", PYTHON + body).verdict == verdict


@pytest.mark.parametrize(
    ("run", "verdict"),
    [
        (
            "RUN apt update && apt install --no-install-recommends -y gcc && rm -rf /var/lib/apt/lists",
            "passed",
        ),
        (
            "RUN <<EOF\napt-get install --no-install-recommends gcc\nrm -rf /var/lib/apt/lists/*\nEOF",
            "passed",
        ),
        ("RUN apt-get install --no-install-recommends gcc\nRUN rm -rf /var/lib/apt/lists/*", "failed"),
        ("RUN apt install -y gcc && rm -rf /var/lib/apt/lists/*", "partial"),
        ("RUN apk add gcc", "not_applicable"),
    ],
)
def test_apt_lists(run: str, verdict: str) -> None:
    assert judge("apt_lists_are_removed", f"{PYTHON}{run}\n").verdict == verdict


@pytest.mark.parametrize(
    ("copy", "files", "verdict"),
    [
        ("COPY requirements.txt .", {}, "failed"),
        ("COPY data/ data/", {}, "passed"),
        ("COPY raw raw", {"raw.dvc": "outs: []\n"}, "passed"),
        ("COPY requirements*.txt ./", {"requirements_dev.txt": "x\n"}, "passed"),
        ("COPY ../src src", {"b/a.py": "\n"}, "failed"),
        ("COPY /src src", {"src/a.py": "x\n"}, "passed"),
        ("COPY models models", {"models/.gitkeep": "", ".dockerignore": "models/\n"}, "failed"),
        ("COPY models models", {"models/.gitkeep": "", ".dockerignore": "models\n!models/a.pt\n"}, "passed"),
        ("COPY src src", {"src/a.py": "x\n", ".dockerignore": "**/*.pyc\n**/data/**\n"}, "passed"),
        ("COPY --from=ghcr.io/astral-sh/uv:0.5 /uv /bin/", {}, "passed"),
        ("COPY <<EOF /etc/motd\nhello\nEOF", {}, "passed"),
        ("ADD https://example.org/x.tar.gz /x", {}, "passed"),
        ("COPY $FILE .", {}, "passed"),
    ],
)
def test_copied_files(copy: str, files: dict[str, Any], verdict: str) -> None:
    assert judge("copied_files_exist", f"{PYTHON}{copy}\n", files).verdict == verdict


def test_the_build_context_may_be_the_folder_of_the_dockerfile() -> None:
    files = {"services/api/main.py": "x = 1\n", "services/api/requirements.txt": "fastapi\n"}
    copies = f"{PYTHON}COPY main.py requirements.txt ./\n"
    assert judge("copied_files_exist", copies, files, "services/api/Dockerfile").verdict == "passed"


def test_a_hostile_dockerignore_is_bounded() -> None:
    hostile = "\n".join(["**/" * 400 + "z", "*a" * 400] * 20)
    outcome = judge("copied_files_exist", f"{PYTHON}COPY {'a/' * 40}a a\n", {".dockerignore": hostile})
    assert outcome.verdict == "failed"
    assert outcome.duration_s < 5


@pytest.mark.parametrize(
    ("body", "files", "verdict"),
    [
        ("ENV WANDB_API_KEY=abc123", {}, "failed"),
        ("ENV WANDB_API_KEY abc123", {}, "failed"),
        ("ARG HF_TOKEN\nENV HF_TOKEN=$HF_TOKEN", {}, "failed"),
        ("ENV WANDB_API_KEY=''", {}, "passed"),
        ("ENV GOOGLE_APPLICATION_CREDENTIALS=/secrets/key.json TOKENIZERS_PARALLELISM=false", {}, "passed"),
        ("ENV MAX_TOKENS=20 SECRET_KEY=/run/secrets/key", {}, "passed"),
        ("RUN wandb login " + "0a" * 20, {}, "failed"),
        ("COPY .env.example .env.example", {".env.example": "A=\n"}, "passed"),
        ("COPY . .", {".env": "A=1\n"}, "failed"),
        ("COPY . .", {".env": "A=1\n", ".dockerignore": ".env\n"}, "passed"),
        ("COPY keys.json .", {"keys.json": '{"private_key": "x"}'}, "failed"),
    ],
)
def test_secrets(body: str, files: dict[str, Any], verdict: str) -> None:
    outcome = judge("no_secrets_in_images", f"{PYTHON}{body}\n", files)
    assert outcome.verdict == verdict
    assert "abc123" not in outcome.model_dump_json()


@pytest.mark.parametrize(
    ("start", "verdict"),
    [
        ('ENTRYPOINT ["python", "train.py"]', "passed"),
        ("CMD exec uvicorn app:app --port $PORT", "passed"),
        ('ENTRYPOINT ["sh", "-c", "uvicorn app:app --port ${PORT:-8080}"]', "passed"),
        ('CMD ["uvicorn", "app:app", "--port", "$PORT"]', "failed"),
        ("ENTRYPOINT python train.py", "failed"),
        ('ENTRYPOINT ["python", "train.py",]', "failed"),
        ("RUN true", "not_applicable"),
    ],
)
def test_exec_form(start: str, verdict: str) -> None:
    assert judge("start_commands_are_in_exec_form", f"{PYTHON}{start}\n").verdict == verdict


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ('COPY src src\nENTRYPOINT ["python", "src/pkg/train.py"]', "passed"),
        ('WORKDIR /app\nCOPY src/ .\nENTRYPOINT ["python", "pkg/train.py"]', "passed"),
        ('WORKDIR /app\nCOPY src/pkg/train.py .\nENTRYPOINT ["python", "/app/train.py"]', "passed"),
        ('COPY src/pkg/train.py /run.py\nENTRYPOINT ["uv", "run", "/run.py"]', "passed"),
        ('COPY src src\nWORKDIR /app\nENTRYPOINT ["python", "src/pkg/train.py"]', "failed"),
        ('COPY src src\nENTRYPOINT ["python", "train.py"]', "failed"),
        ('RUN git clone https://example.org/x\nENTRYPOINT ["python", "x/train.py"]', "passed"),
        ('COPY src src\nCMD ["uvicorn", "src.pkg.api:app"]', "failed"),
        ('COPY src src\nCMD ["uvicorn", "src/pkg/train:app"]', "failed"),
        ('COPY src src\nCMD ["uvicorn", "pkg.train:app", "--host", "0.0.0.0:80"]', "passed"),
        ('ENTRYPOINT ["train"]', "not_applicable"),
    ],
)
def test_started_scripts(body: str, verdict: str) -> None:
    files = {"src/pkg/train.py": "x = 1\n", "src/pkg/api.py": ""}
    assert judge("started_scripts_are_in_the_image", f"{PYTHON}{body}\n", files).verdict == verdict


def test_an_image_may_leave_its_command_to_whoever_starts_it_but_not_every_one() -> None:
    silent = {"train.dockerfile": PYTHON}
    started = f'{PYTHON}CMD ["python", "-m", "pkg"]\n'
    assert judge("images_have_a_start_command", started, silent).verdict == "partial"
    assert judge("images_have_a_start_command", PYTHON).verdict == "failed"
