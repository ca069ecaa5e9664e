"""Claims about commands."""

from __future__ import annotations

from typing import Any

import pytest

from grader.exam.claims.command_lines import command_claims as shell
from tests.claim_sample import FILES, repository, verdicts

FACTS: dict[str, Any] = {
    "programs": [
        {"path": "src/plants/train.py", "framework": "hydra", "config": "configs/config.yaml"},
        {
            "path": "src/plants/data/loader.py",
            "framework": "argparse",
            "options": ("--epochs", "--batch-size", "--lr"),
        },
        {"path": "src/plants/api.py", "framework": "typer", "options": ("--port",), "open": True},
    ],
    "configs": [
        {
            "path": "configs/config.yaml",
            "keys": ("trainer", "trainer.max_epochs", "seed"),
            "defaults": ("model: small",),
        },
        {"path": "configs/model/small.yaml", "keys": ("hidden_dim",)},
    ],
    "tasks": ("train", "preprocess-data"),
    "targets": ("test", "lint"),
    "scripts": ("plants",),
}
KNOWN = repository(**FACTS)


@pytest.mark.parametrize(
    ("command", "verdict"),
    [
        ("python src/plants/train.py", "supported"),
        ("python3 train.py", "supported"),
        ("uv run src/plants/train.py", "supported"),
        ("uv run python src/plants/gone.py", "contradicted"),
        ("python -m plants.train", "supported"),
        ("python -m src.plants.train", "supported"),
        ("python -m plants.gone", "contradicted"),
        ("python -m http.server", None),
        ("python src/plants/train.py model=big", "supported"),
        ("python src/plants/train.py model=Big", "contradicted"),
        ("python src/plants/train.py model=big,small -m", "supported"),
        ("python src/plants/train.py model=gone", "contradicted"),
        ("python src/plants/train.py model=my_model", "supported"),
        ("python src/plants/train.py trainer.max_epochs=3 model.hidden_dim=4 seed=1", "supported"),
        ("python src/plants/train.py trainer.max_epoch=3", "contradicted"),
        ("python src/plants/train.py +trainer.fast=true hydra.run.dir=x", "supported"),
        ("python src/plants/data/loader.py --epochs 3 --lr=0.1 --batch-size 4", "supported"),
        ("python src/plants/data/loader.py --epoch 3", "supported"),
        ("python src/plants/data/loader.py --epochs -1 --workers 3", "contradicted"),
        ("python src/plants/data/loader.py --help", "supported"),
        ("python src/plants/api.py --host 0.0.0.0", "supported"),
        ("plants --any", "supported"),
        ("invoke train", "supported"),
        ("uv run invoke preprocess_data", "supported"),
        ("invoke deploy", "contradicted"),
        ("invoke --list", None),
        ("invoke <task>", None),
        ("make lint", "supported"),
        ("make deploy", "contradicted"),
        ("docker build -f dockerfiles/train.dockerfile . -t train:latest", "supported"),
        ("docker build -t x . --file=dockerfiles/gone.dockerfile", "contradicted"),
        ("docker build -f $FILE .", None),
        ("docker build -t plants .", "supported"),
        ("docker run --rm plants:latest", None),
        ("docker compose up", "contradicted"),
        ("wandb sweep configs/config.yaml", "supported"),
        ("wandb sweep configs/gone.yaml", "contradicted"),
        ("wandb agent <id>", None),
        ("pip install -r requirements_dev.txt", "supported"),
        ("pip install -r requirements-dev.txt", "contradicted"),
        ("pip install -e .", "supported"),
        ('pip install -e ".[dev]"', "supported"),
        ("pip install torch", None),
        ("conda env create -f environment.yml", "contradicted"),
        ("uv sync --dev", "supported"),
        ("uv pip install -r gone.txt", "contradicted"),
        ("uvicorn src.plants.api:app --reload", "supported"),
        ("uvicorn plants.gone:app", "contradicted"),
        ("uvicorn other.api:app", None),
        ("streamlit run src/plants/api.py", "supported"),
        ("bash scripts/run.sh", "contradicted"),
        ("gcloud builds submit --config=gone.yaml", "contradicted"),
        ("locust -f tests/test_model.py", "supported"),
        ("dvc pull", "supported"),
        ("pre-commit install", "supported"),
        ("git clone https://github.com/plants-group/plants", None),
        ("python outputs/run.py", None),
        ("python /app/run.py", None),
        ("python path/to/script.py", None),
    ],
)
@pytest.mark.parametrize(
    "form", ["Run `{}` to start.", "Do this:\n```bash\n$ {}\n```\nDone.", "```\n{}\n```"]
)
def test_a_command_names_what_exists(command: str, verdict: str | None, form: str) -> None:
    ignored = repository(**FACTS, ignored=("outputs/",))
    expected = {} if verdict is None else {command.replace('"', ""): verdict}
    assert verdicts(shell.find, 12, form.format(command), ignored) == expected


def test_commands_on_lines_of_their_own_and_in_prose() -> None:
    text = "Training is started like this:\n\nuv run src/plants/train.py model=Big\nFor sweeps we use something else."
    assert verdicts(shell.find, 12, text, KNOWN) == {"uv run src/plants/train.py model=Big": "contradicted"}
    text = "It runs by running docker build -f dockerfiles/train.dockerfile . -t x and then we wait."
    assert set(verdicts(shell.find, 15, text, KNOWN).values()) == {"supported"}


@pytest.mark.parametrize(
    "text",
    [
        "We make sure that everything works, and invoke the model.",
        "make use of it",
        "Python is a language; docker run was slow.",
        "We did not use `invoke deploy`.",
        "One could run `python gone.py`.",
        "```\ncd frontend\npython gone.py\n```",
        "`uv run`",
        "```\n'unbalanced \"quotes\n```",
    ],
)
def test_prose_and_what_is_not_done_accuse_nobody(text: str) -> None:
    assert "contradicted" not in verdicts(shell.find, 12, text, KNOWN).values()


def test_continued_lines_and_folders() -> None:
    text = "```\ncd src/plants\npython \\\n  train.py \\\n  model=Big\n```"
    assert verdicts(shell.find, 12, text, KNOWN) == {"python train.py model=Big": "contradicted"}


def test_what_was_cut_contradicts_nothing() -> None:
    cut = repository(**FACTS, cut=("files", "tasks", "targets", "configs", "programs"))
    text = "`invoke deploy` `make deploy` `python gone.py` `python src/plants/train.py model=Big` `docker compose up`"
    assert "contradicted" not in verdicts(shell.find, 12, text, cut).values()


def test_unreadable_tasks_and_targets_contradict_nothing() -> None:
    assert verdicts(shell.find, 12, "`invoke deploy` and `make deploy`", repository()) == {}
    bare = repository(files=tuple(path for path in FILES if path not in ("tasks.py", "Makefile")))
    assert set(verdicts(shell.find, 12, "`invoke deploy` and `make deploy`", bare).values()) == {
        "contradicted"
    }
