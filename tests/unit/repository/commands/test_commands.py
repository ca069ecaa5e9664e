"""What a repository runs itself, wherever it says so."""

from pathlib import Path

import pytest

from grader.repository.formats.command_words import plain_words
from grader.repository.formats.shell import shell_commands
from tests.cpu import ends_within
from tests.view_sample import view


def words(text: str) -> list[str]:
    return [" ".join(found) for _, found in shell_commands(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ruff check . && pytest", ["ruff check .", "pytest"]),
        ("# pytest\nruff check .  # pytest", ["ruff check ."]),
        ("docker build \\\n  -t x .", ["docker build -t x ."]),
        ("if [ -f a ]; then\n  dvc pull\nfi", ["[ -f a ]", "dvc pull"]),
        ("cat <<EOF > conf\npytest\nEOF\nruff check", ["cat", "ruff check"]),
        ("bash -c 'dvc pull && python train.py'", ["dvc pull", "python train.py"]),
        ("pytest > out.txt 2>&1", ["pytest"]),
        ("docker tag x:$(git rev-parse HEAD)", ["docker tag x:{}", "git rev-parse HEAD"]),
        ("WANDB_MODE=offline python train.py", ["python train.py"]),
        ("pip install torch==${{ matrix.torch }}", ["pip install torch==${{matrix.torch}}"]),
        ("echo pytest", []),
        ("echo 'it is unclosed", []),
        ("", []),
    ],
)
def test_shell_text_falls_into_commands(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("uv run pytest -q", "pytest -q"),
        ("uv run --extra dev python -m pytest", "pytest"),
        ("sudo poetry run ruff check", "ruff check"),
        ("python -u train.py --lr 1", "python train.py --lr 1"),
        (".venv/bin/ruff format", "ruff format"),
        ("conda run -n mlops invoke test", "invoke test"),
        ("bash scripts/test.sh", "bash scripts/test.sh"),
        ("uvx --from dvc[gs] dvc pull", "dvc pull"),
        ("python -c 'print(1)'", "python -c print(1)"),
        ("uv run", "uv run"),
    ],
)
def test_what_wraps_a_command_is_taken_off(text: str, expected: str) -> None:
    (found,) = [tuple(found) for _, found in shell_commands(text)]
    assert " ".join(plain_words(found)) == expected


WORKFLOW = """on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Two commands
        run: |
          uv sync
          uv run pytest tests/
"""
FILES = {
    ".github/workflows/t.yaml": WORKFLOW,
    "Dockerfile": 'FROM python:3.12\nRUN pip install . && \\\n    dvc pull\nCMD ["uvicorn", "api:app"]\n',
    "cloudbuild.yaml": "steps:\n  - name: gcr.io/cloud-builders/docker\n    args: [build, -t, x, .]\n"
    "  - name: gcr.io/google.com/cloudsdktool/cloud-sdk\n    entrypoint: gcloud\n    args: [run, deploy, api]\n",
    "docker-compose.yml": "services:\n  api:\n    image: x\n    command: uvicorn api:app --port 80\n",
    "scripts/go.sh": "#!/bin/bash\nset -e\ngsutil cp a gs://b\n",
    "Makefile": "PYTHON = python3\n\ntrain:\n\t@$(PYTHON) src/train.py\n",
    "justfile": "lint:\n    ruff check .\n",
    "tasks.py": 'from invoke import task\n@task\ndef t(ctx):\n    name = "x"\n    ctx.run(f"docker run {name}")\n    cmd = "locust -f l.py"\n    ctx.run(cmd)\n',
    "run.py": 'import subprocess\nsubprocess.run(["gcloud", "ai", "custom-jobs", "create"])\n',
    ".pre-commit-config.yaml": "repos:\n  - repo: local\n    hooks:\n      - id: ruff\n        entry: uv run ruff check\n",
    "vertex.yaml": "workerPoolSpecs:\n  - containerSpec:\n      imageUri: x\n      command: [python, train.py]\n      args: [--epochs, '3']\n",
    "pyproject.toml": '[tool.poe.tasks]\nserve = "uvicorn api:app"\n',
    "tests/test_x.py": 'import subprocess\nsubprocess.run(["nmap"])\n',
    "README.md": "```bash\nk6 run x.js\n```\n",
}


@pytest.mark.parametrize(
    ("program", "source", "path", "line"),
    [
        ("pytest", "workflow", ".github/workflows/t.yaml", 10),
        ("dvc pull", "dockerfile", "Dockerfile", 2),
        ("uvicorn", "dockerfile", "Dockerfile", 4),
        ("docker build", "cloudbuild", "cloudbuild.yaml", 2),
        ("gcloud run deploy", "cloudbuild", "cloudbuild.yaml", 4),
        ("uvicorn", "compose", "docker-compose.yml", 4),
        ("gsutil", "script", "scripts/go.sh", 3),
        ("python3 src/train.py", "makefile", "Makefile", 4),
        ("ruff", "justfile", "justfile", 2),
        ("docker run", "task", "tasks.py", 5),
        ("locust", "task", "tasks.py", 6),
        ("gcloud ai", "python", "run.py", 2),
        ("ruff", "hook", ".pre-commit-config.yaml", 4),
        ("python train.py", "job", "vertex.yaml", 3),
        ("uvicorn", "pyproject", "pyproject.toml", None),
    ],
)
def test_commands_are_found_where_they_are(
    tmp_path: Path, program: str, source: str, path: str, line: int | None
) -> None:
    found = [(one.source, one.path, one.line) for one in view(tmp_path, FILES).running(program)]
    assert (source, path, line) in found


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".pre-commit-config.yaml", "repos:\n  - repo: local\n    hooks: 3\n"),
        ("job.yaml", "workerPoolSpecs:\n  - containerSpec: {command: 3}\n"),
    ],
)
def test_a_number_in_the_place_of_a_list_hides_no_command(tmp_path: Path, path: str, text: str) -> None:
    assert view(tmp_path, {path: text, "go.sh": "k6 run x.js\n"}).running("k6")


def test_tests_and_prose_run_nothing(tmp_path: Path) -> None:
    assert view(tmp_path, FILES).running("nmap", "k6") == []


def test_options_between_the_words_are_passed_over_and_coverage_runs_what_it_runs(tmp_path: Path) -> None:
    seen = view(tmp_path, {"a.sh": "gcloud --quiet run deploy x\ncoverage run -m pytest\n"})
    assert [one.line for one in seen.running("gcloud run deploy")] == [1]
    assert [one.line for one in seen.running("pytest")] == [2]
    assert [one.line for one in seen.running("coverage run")] == [2]


@pytest.mark.parametrize(
    "text", ["(" * 50_000, "`" * 50_001, "a && " * 20_000, "$(" * 20_000, "'" * 9_999, "\\\n" * 20_000]
)
def test_hostile_text_takes_no_time(text: str) -> None:
    ends_within(5, lambda: list(shell_commands(text)))


def test_code_leaves_out_tests_and_empty_files_and_names_are_found_with_their_lines(tmp_path: Path) -> None:
    seen = view(
        tmp_path,
        {
            "src/a.py": "import torch\nfrom torch import profiler as p\n\np.profile()\n",
            "src/empty.py": '"""Nothing."""\n',
            "tests/test_a.py": "import torch.profiler\ntorch.profiler.profile()\n",
        },
    )
    assert [file.path for file in seen.code()] == ["src/a.py"]
    assert [(place.path, place.line) for place in seen.imports("torch.profiler")] == [("src/a.py", 2)]
    assert [(place.path, place.line) for place in seen.mentions("torch.profiler.profile")] == [
        ("src/a.py", 4)
    ]
    assert [place.path for place in seen.imports("torch", tests=True)] == ["src/a.py", "tests/test_a.py"]
    assert seen.imports("torchvision") == []
