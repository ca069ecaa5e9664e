"""M30: what spreads a training over devices, and what only sounds like it."""

import pytest

from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m30_distributed_training"
TRAINER = "from lightning import Trainer\n"


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({"t.py": TRAINER + "Trainer(devices=2)\n"}, "passed"),
        ({"t.py": TRAINER + "Trainer(devices=[0, 1])\n"}, "passed"),
        ({"t.py": TRAINER + "Trainer(devices=-1)\n"}, "passed"),
        ({"t.py": TRAINER + "Trainer(strategy='ddp_find_unused_parameters_false')\n"}, "passed"),
        (
            {
                "t.py": TRAINER
                + "from lightning.pytorch.strategies import DDPStrategy\nTrainer(strategy=DDPStrategy())\n"
            },
            "passed",
        ),
        (
            {"t.py": TRAINER + "Trainer(**cfg)\n", "conf/t.yaml": "epochs: 1\ntrainer:\n  devices: 4\n"},
            "passed",
        ),
        ({"t.py": "from torch.nn.parallel import DistributedDataParallel as D\nD(m)\n"}, "passed"),
        ({"t.py": "from accelerate import Accelerator\na = Accelerator()\n"}, "passed"),
        ({"t.py": "x = 1\n", "run.sh": "torchrun --nproc_per_node=2 t.py\n"}, "passed"),
        ({"t.py": TRAINER + "Trainer(devices=1, accelerator='auto')\n"}, "failed"),
        ({"t.py": TRAINER + "Trainer(devices='auto', strategy='auto')\n"}, "partial"),
        ({"t.py": TRAINER + "Trainer(devices='auto', accelerator='cpu')\n"}, "failed"),
        ({"t.py": TRAINER + "Trainer(strategy='auto')\n"}, "failed"),
        ({"t.py": TRAINER + "Trainer(devices='1')\n"}, "failed"),
        ({"t.py": TRAINER + "Trainer(devices=True)\n"}, "failed"),
        ({"t.py": "from transformers import Trainer\nTrainer(devices=2)\n"}, "blocked"),
        (
            {
                "t.py": "from lightning.fabric.plugins.precision import _PRECISION_INPUT\nx: _PRECISION_INPUT = 16\n"
            },
            "blocked",
        ),
        ({"t.py": "x = 1\n# torchrun t.py\n", "README.md": "torchrun t.py\n"}, "blocked"),
        ({"t.py": "x = 1\n", "job.yaml": "workerPoolSpecs:\n- replicaCount: 4\n"}, "partial"),
        ({"t.py": "x = 1\n", "job.yaml": "workerPoolSpecs:\n- replicaCount: 1\n"}, "blocked"),
    ],
)
def test_devices(files: dict[str, str], verdict: str) -> None:
    assert run_check(SUITE, "training_runs_on_several_devices", files).verdict == verdict
