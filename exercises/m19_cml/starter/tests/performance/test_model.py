"""Is the staged model good enough for production?"""

import os
from pathlib import Path

import wandb

from classifier import Classifier


def test_the_staged_model_can_be_loaded(tmp_path: Path) -> None:
    artifact = wandb.Api().artifact(os.environ["STAGED_MODEL"])
    root = Path(artifact.download(root=str(tmp_path)))
    assert len(Classifier.load(root / artifact.files()[0].name).prototypes) == 10
