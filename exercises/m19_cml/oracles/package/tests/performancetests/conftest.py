import os

import pytest
import wandb
from mlops.model import Nearest


@pytest.fixture(scope="session")
def model():
    path = os.getenv("STAGED")
    api = wandb.Api(
        api_key=os.getenv("WANDB_API_KEY"),
        overrides={"entity": os.getenv("WANDB_ENTITY"), "project": os.getenv("WANDB_PROJECT")},
    )
    artifact = api.artifact(path)
    artifact.download("models")
    return Nearest(f"models/{artifact.files()[0].name}")
