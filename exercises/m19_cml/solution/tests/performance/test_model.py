"""Is the staged model good enough for production?"""

import os
from pathlib import Path

import wandb

from classifier import Classifier
from dataset import Digits

#: The share of the test set that has to be right.
LIMIT = 0.8


def staged_model(folder: Path) -> Classifier:
    """The model that the event named, from the registry."""
    api = wandb.Api(api_key=os.environ["WANDB_API_KEY"])
    artifact = api.artifact(os.environ["MODEL_NAME"])
    root = Path(artifact.download(root=str(folder)))
    return Classifier.load(root / artifact.files()[0].name)


def test_the_staged_model_is_right_often_enough(tmp_path: Path) -> None:
    model = staged_model(tmp_path)
    digits = Digits("data", train=False)
    right = sum(model.predict(image) == label for image, label in (digits[i] for i in range(len(digits))))
    assert right / len(digits) >= LIMIT, f"{right} of {len(digits)} images are right"
