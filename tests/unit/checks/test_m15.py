"""M15 in projects: who runs the training loop."""

from collections.abc import Mapping
from typing import Any

import pytest

from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m15_boilerplate"
MODULE = "from lightning import LightningModule\nclass M(LightningModule):\n    def training_step(self, b): return 1\n"
TRAINER = "from lightning import Trainer\nTrainer().fit(None)\n"


def judge(files: Mapping[str, str | bytes], check: str = "a_trainer_runs_the_training") -> str:
    return run_check(SUITE, check, files, profile="project").verdict


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({"model.py": MODULE, "train.py": TRAINER}, "passed"),
        (
            {
                "m.py": "import pytorch_lightning as pl\nclass M(pl.LightningModule):\n    x = 1\npl.Trainer().fit(M())\n"
            },
            "passed",
        ),
        (
            {
                "model.py": MODULE,
                "conf/t.yaml": "trainer:\n  _target_: lightning.pytorch.Trainer\n  max_epochs: 3\n",
            },
            "passed",
        ),
        (
            {
                "model.py": MODULE,
                "b.py": "from model import M\nclass N(M):\n    y = 1\n",
                "train.py": TRAINER,
            },
            "passed",
        ),
        ({"t.py": "from transformers import Trainer\nTrainer().train()\n"}, "passed"),
        ({"model.py": MODULE}, "failed"),
        ({"train.py": TRAINER}, "failed"),
        (
            {
                "t.py": "class Trainer:\n    x = 1\nclass M:\n    y = 1\nTrainer()\n",
                "requirements.txt": "lightning\n",
            },
            "failed",
        ),
        (
            {"t.py": "# from lightning import Trainer\nx = 1\n", "requirements.txt": "pytorch-lightning\n"},
            "failed",
        ),
        ({"tests/test_t.py": MODULE + TRAINER, "requirements.txt": "lightning\n"}, "failed"),
        (
            {
                "t.py": "from transformers import AutoModel\nx = AutoModel\n",
                "requirements.txt": "lightning\n",
            },
            "failed",
        ),
    ],
)
def test_who_trains(files: dict[str, Any], verdict: str) -> None:
    assert judge(files) == verdict


def test_steps_may_be_inherited() -> None:
    base = MODULE + "    def configure_optimizers(self): return 1\n"
    child = "from model import M\nclass N(M):\n    y = 1\n"
    files = {"model.py": base, "b.py": child, "train.py": TRAINER}
    assert judge(files, "modules_define_their_steps") == "passed"
    assert judge({**files, "model.py": MODULE}, "modules_define_their_steps") == "failed"
