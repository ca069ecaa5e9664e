"""Words that look like files and name none, and files under a name that is nearly right (kind U of the public cases)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.claim_sample import judged, read_repository

FILES = {
    "src/p/__init__.py": "",
    "src/p/evaluate.py": "x = 1\n",
    "src/p/train.py": "x = 1\n",
    "src/p/data_loading.py": "x = 1\n",
    "configs/model1.yaml": "x: 1\n",
    ".pre-commit-config.yaml": "repos: []\n",
    "README.md": "# P\n",
    "compose.yaml": "services: {}\n",
    "requirements.txt": "web.py==0.62\n",
}


@pytest.mark.parametrize(
    ("number", "text", "told"),
    [
        # A course project (Q9): prefixes of branches.
        pytest.param(
            9,
            "Most of the work happened on short `feature/ ` branches. We named branches with the prefixes `feat/` and `bugfix/`.",
            {},
            id="P48",
        ),
        (9, "We work on branches such as `hotfix/` and `docs/`, and merge them by pull requests.", {}),
        (9, "Each branch starts with initials, as `ab/`, and is deleted when it is merged.", {}),
        (9, "Our branch `feature/api.py` was merged.", {}),
        (
            21,
            "The image is pushed to Docker Hub under `plants/` with the tag latest.",
            {"plants/": "undetermined"},
        ),
        (23, "The endpoint `predict/` takes a picture.", {}),
        (14, "Runs are grouped by the prefix `exp/` in W&B.", {}),
        # ViktorHJ/02476_project1 (Q12): a similar name.
        pytest.param(
            12,
            "The settings are loaded in our `evaluation.py` file.",
            {"evaluation.py": "undetermined"},
            id="P50",
        ),
        (
            12,
            "The loop is in `training.py`, and `trainer.py` starts it.",
            {"training.py": "undetermined", "trainer.py": "undetermined"},
        ),
        (12, "The loader is in `data_loader.py`.", {"data_loader.py": "undetermined"}),
        (12, "The hooks are in `pre-commit-config.yaml`.", {"pre-commit-config.yaml": "undetermined"}),
        (12, "The hooks are in `.pre-commit.yaml`.", {".pre-commit.yaml": "undetermined"}),
        (12, "The loop is in `train_model.py`.", {"train_model.py": "undetermined"}),
        (15, "They start by `docker-compose.yaml`.", {"docker-compose.yaml": "undetermined"}),
        (23, "It is served at `api/v1/`.", {}),
        (5, "We use the `discord.py` library.", {}),
        (5, "It talks by `web.py` and p.", {}),
        # What is not there stays contradicted.
        (5, "`infra/` contains our code for Terraform.", {"infra/": "contradicted"}),
        (12, "The drift is computed in `drift.py`.", {"drift.py": "contradicted"}),
        (12, "The settings are in `model2.yaml`.", {"model2.yaml": "contradicted"}),
        (
            11,
            "On the main branch `deploy.yaml` builds the image.",
            {"deploy.yaml": "contradicted"},
        ),
        (12, "The loop is in `gan/loops.py`.", {"gan/loops.py": "contradicted"}),
        (12, "The trees are in `tree.py`.", {"tree.py": "contradicted"}),
        (5, "Our code for Terraform lies in `infra/`.", {"infra/": "contradicted"}),
        (5, "We have added the `infra/` folder.", {"infra/": "contradicted"}),
    ],
)
def test_only_what_is_meant_as_a_file_is_looked_up(
    number: int, text: str, told: dict[str, str], tmp_path: Path
) -> None:
    assert judged(read_repository(tmp_path, FILES), number, text, "file") == told
