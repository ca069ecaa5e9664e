"""The traps of M9: command lines and tasks in other words, and those that only look the part."""

from collections.abc import Mapping
from typing import Any

import pytest

from grader.results import CheckResult
from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m09_cli"
TASK = "from invoke import task\n"


def judge(check: str, files: Mapping[str, str | bytes], profile: Any = "exercises") -> CheckResult:
    return run_check(SUITE, check, files, profile=profile)


GREET = """import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--count", type=int, default=1)
parser.add_argument("--name", default="World")
arguments = parser.parse_args()
for _ in range({count}):
    print(f"Hello {{arguments.name}}!")
"""


def greeting(count: Any = "arguments.count") -> Any:
    return {"greetings.py": GREET.format(count=count)}


def test_any_library_may_greet() -> None:
    assert judge("greets", greeting()).verdict == "passed"


@pytest.mark.parametrize("count", ["3", "1", "min(arguments.count, 3)"])
def test_a_count_is_heeded(count: str) -> None:
    assert judge("greets", greeting(count)).verdict == "failed"


def test_a_program_that_ends_well_and_says_nothing_does_not_greet() -> None:
    files = {"greetings.py": "import sys\nsys.exit(0)\n"}
    assert judge("greets", files).verdict == "failed"


def scripts(target: str, **files: Any) -> Any:
    pyproject = f'[project]\nname = "pkg"\nversion = "1"\n[project.scripts]\ngo = "{target}"\n'
    source = "import typer\napp = typer.Typer()\nname = 'x'\ndef main():\n    pass\n"
    return {"pyproject.toml": pyproject, "src/pkg/__init__.py": "", "src/pkg/train.py": source, **files}


@pytest.mark.parametrize(
    ("target", "verdict"),
    [
        ("pkg.train:app", "passed"),
        ("pkg.train:main", "passed"),
        ("pkg.train:name", "failed"),
        ("pkg.train:missing", "failed"),
        ("pkg.training:main", "failed"),
        ("pkg.train", "failed"),
    ],
)
def test_targets_of_scripts(target: str, verdict: str) -> None:
    assert judge("console_scripts", scripts(target)).verdict == verdict


def test_a_project_needs_no_console_script() -> None:
    files = {"src/pkg/train.py": "import argparse\n"}
    assert judge("console_scripts", files, "project").verdict == "not_applicable"


TEMPLATE_TASK = TASK + (
    "PROJECT_NAME = 'x'\n@task\ndef train(ctx):\n    ctx.run(f'uv run src/{PROJECT_NAME}/train.py', echo=True)\n"
)


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({"tasks.py": TEMPLATE_TASK}, "failed"),
        ({"tasks.py": TEMPLATE_TASK.replace("train.py'", "train.py --epochs 5'")}, "passed"),
        (
            {"tasks.py": TEMPLATE_TASK + "@task\ndef deploy(ctx):\n    ctx.run('gcloud run deploy')\n"},
            "passed",
        ),
        ({"tasks.py": TEMPLATE_TASK, "Makefile": "deploy:\n\tgcloud run deploy\n"}, "passed"),
        ({"tasks.py": TEMPLATE_TASK, "Makefile": ""}, "failed"),
    ],
)
def test_project_commands(files: dict[str, Any], verdict: str) -> None:
    assert judge("project_commands", files, "project").verdict == verdict


STUB = """import typer
from torch.utils.data import Dataset
class MyDataset(Dataset):
    def __len__(self):
        '''Length.'''
def preprocess(data_path: str):
    MyDataset()
if __name__ == "__main__":
    typer.run(preprocess)
"""


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (STUB, "failed"),
        (STUB.replace("'''Length.'''", "return 5"), "passed"),
        ("import hydra\n@hydra.main(config_path='c')\ndef train(cfg):\n    pass\n", "passed"),
        ("import sys\nprint(sys.argv[1])\n", "passed"),
        ("print('data')\n", "failed"),
    ],
)
def test_command_lines_of_scripts(code: str, verdict: str) -> None:
    files = {"src/pkg/__init__.py": "", "src/pkg/data.py": code, "Makefile": "x:\n\techo\n"}
    assert judge("scripts_have_a_command_line", files, "project").verdict == verdict


@pytest.mark.parametrize(
    ("tasks", "verdict"),
    [
        (
            "@task\ndef pull(ctx):\n    ctx.run('dvc pull')\n@task(pull)\ndef go(ctx):\n    ctx.run('train')\n",
            "not_applicable",
        ),
        (
            "@task\ndef pull(ctx):\n    ctx.run('dvc pull')\n@task\ndef go(ctx):\n    pull(ctx)\n    ctx.run('train')\n",
            "not_applicable",
        ),
        ("@task\ndef go(ctx):\n    ctx.run('dvc pull && train')\n", "not_applicable"),
        ("@task\ndef go(ctx):\n    ctx.run('train')\n    ctx.run('dvc pull')\n", "failed"),
        ("@task\ndef go(ctx):\n    # dvc pull\n    ctx.run('train')\n", "failed"),
        ("@task\ndef a(ctx):\n    b(ctx)\n@task\ndef b(ctx):\n    a(ctx)\n", "failed"),
    ],
)
def test_a_task_may_build_on_another_in_many_ways(tasks: str, verdict: str) -> None:
    """The tasks are found; none is run where invoke is not declared."""
    assert judge("combined_task", {"tasks.py": TASK + tasks}).verdict == verdict


def test_tasks_are_not_run_where_invoke_is_not_declared() -> None:
    tasks = TASK + "@task\ndef git(ctx, message):\n    ctx.run(f'git commit -m \"{message}\"')\n"
    assert judge("git_task", {"tasks.py": tasks}).verdict == "not_applicable"


def test_an_empty_repository_has_no_work() -> None:
    assert judge("greets", {"README.md": "hello"}).verdict == "blocked"
