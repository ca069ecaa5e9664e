"""What a library lets one write in another way: workers of loaders, metrics, pages, documentation, faster models, settings."""

from typing import Any

import pytest

from grader.testing import run_check
from tests.places import CHECKS

LOADER = "from torch.utils.data import DataLoader\n"
Files = dict[str, Any]


def verdict(suite: str, check: str, files: Files) -> str:
    return run_check(CHECKS / suite, check, files, profile="project").verdict


def workers(files: Files | str) -> str:
    files = {"src/p/train.py": files} if isinstance(files, str) else files
    return verdict("m29_data_loading", "several_processes_load", files)


ARGUMENTS = "import argparse\n{loader}\ndef main(d):\n    p = argparse.ArgumentParser()\n    p.add_argument('{option}', type=int, default=0)\n    a = p.parse_args()\n    return DataLoader(d, num_workers=a.num_workers)\n"
TRAIN = ARGUMENTS.format(loader=LOADER, option="--num-workers")
HYDRA = f"import hydra\n{LOADER}\n@hydra.main(config_path='conf', config_name='c')\ndef main(cfg):\n    DataLoader(x, num_workers=cfg.data.num_workers)\n"

SEVERAL: list[Files | str] = [
    # Loaders of other libraries (P58: DTU-MLOPS-12/dtu_mlops_project).
    "from timm.data import create_loader\ndef f(d):\n    return create_loader(d, input_size=(3, 8, 8), batch_size=4, num_workers=4)\n",
    "from torch_geometric.loader import NeighborLoader\nNeighborLoader(d, num_neighbors=[5], num_workers=4)\n",
    "import webdataset as wds\nloader = wds.WebLoader(d, num_workers=4)\n",
    "from datasets import load_dataset\nd = load_dataset('mnist', num_proc=4)\n",
    "from transformers import TrainingArguments\nTrainingArguments('out', dataloader_num_workers=4)\n",
    "from trl import SFTConfig\nargs = SFTConfig(dataloader_num_workers=4)\n",
    "from fastai.vision.all import DataBlock\ndls = DataBlock().dataloaders('x', num_workers=4)\n",
    "from anomalib.data import MVTecAD\ndm = MVTecAD(num_workers=8)\n",
    "from ultralytics import YOLO\nYOLO('x.pt').train(data='d.yaml', workers=4)\n",
    "import tensorflow as tf\nd = tf.data.Dataset.range(3).map(f, num_parallel_calls=tf.data.AUTOTUNE)\n",
    # Tables of keywords (P59), and functions that hold them.
    LOADER + "L = {'batch_size': 4, 'num_workers': 4}\ndef f(d):\n    return DataLoader(d, **L)\n",
    LOADER + "L = dict(batch_size=4, num_workers=4)\nDataLoader(d, shuffle=True, **L)\n",
    LOADER + "B = {'num_workers': 4}\nL = {**B, 'shuffle': True}\nDataLoader(d, **L)\n",
    LOADER
    + "k = {'batch_size': 4}\nif cuda:\n    k.update({'num_workers': 2, 'pin_memory': True})\nDataLoader(d, **k)\n",
    LOADER + "k = {}\nk['num_workers'] = 4\nDataLoader(d, **k)\n",
    LOADER + "k = {'num_workers': 4, 'pin_memory': True} if cuda else {}\nDataLoader(d, **k)\n",
    {
        "src/p/__init__.py": "",
        "src/p/settings.py": "LOADER = {'num_workers': 4}\n",
        "src/p/train.py": LOADER + "from p.settings import LOADER\nDataLoader(d, **LOADER)\n",
    },
    LOADER
    + "class D:\n    def __init__(self):\n        self.k = dict(num_workers=4)\n    def f(self, d):\n        DataLoader(d, **self.k)\n",
    LOADER
    + "from functools import partial\nmake = partial(DataLoader, batch_size=4, num_workers=4)\nmake(d)\n",
    LOADER + "import functools\nmake = functools.partial(DataLoader, **{'num_workers': 4})\n",
    LOADER + "def make(d, **kwargs):\n    return DataLoader(d, **kwargs)\nmake(d, num_workers=4)\n",
    LOADER + "DataLoader(d, 4, True, None, None, 4)\n",
    "from torch.utils.data import DataLoader\nclass Own(DataLoader):\n    def __init__(self, d):\n        super().__init__(d, batch_size=4, num_workers=4)\n",
    LOADER
    + "class DM:\n    def __init__(self, num_workers: int = 0):\n        self.n = num_workers\n    def l(self):\n        return DataLoader(d, num_workers=self.n)\nDM(num_workers=4)\n",
    LOADER + "import os\nDataLoader(d, num_workers=int(os.environ.get('NUM_WORKERS', '4')))\n",
    {
        "train.py": LOADER + "import os\nDataLoader(d, num_workers=int(os.environ['NUM_WORKERS']))\n",
        "Dockerfile": "FROM python:3.12\nENV NUM_WORKERS=4\n",
    },
    # Defaults that scripts and configurations override (P77: MarcMarabou/02476_ml_ops_project).
    {"src/p/train.py": TRAIN, "run.sh": "#!/bin/sh\npython src/p/train.py --num-workers=8\n"},
    {
        "src/p/train.py": TRAIN,
        "jobs/a.bsub": "#BSUB -n 4\ntorchrun --nproc_per_node 2 src/p/train.py --num-workers 8\n",
    },
    {
        "src/p/train.py": TRAIN,
        "src/p/__init__.py": "",
        "Makefile": "t:\n\tuv run python -m p.train --num-workers 8\n",
    },
    {
        "src/p/train.py": TRAIN,
        "Dockerfile": 'FROM python:3.12\nCMD ["python", "src/p/train.py", "--num-workers", "4"]\n',
    },
    {
        "train.py": HYDRA,
        "conf/c.yaml": "lr: 1\ndata:\n  num_workers: 0\n",
        "run.sh": "python train.py data.num_workers=8\n",
    },
    {"train.py": HYDRA, "conf/c.yaml": "lr: 1\ndata:\n  num_workers: 6\n"},
    {
        "train.py": LOADER + "import wandb\nDataLoader(d, num_workers=wandb.config.num_workers)\n",
        "sweep.yaml": "method: grid\nprogram: train.py\nparameters:\n  num_workers:\n    values: [0, 4]\n",
    },
    {
        "train.py": "import hydra\n@hydra.main(config_path='conf', config_name='c')\ndef main(cfg):\n    hydra.utils.instantiate(cfg.loader, dataset=d)\n",
        "conf/c.yaml": "lr: 1\nloader:\n  _target_: torch.utils.data.DataLoader\n  num_workers: 4\n",
    },
    {
        "train.py": LOADER + "DataLoader(d, **cfg.loader)\n",
        "conf/c.yaml": "lr: 1\nloader:\n  num_workers: 4\n  batch_size: 2\n",
    },
]
ALONE: list[Files | str] = [
    LOADER + "L = {'batch_size': 4}\nDataLoader(d, **L)\n",
    LOADER + "L = {'num_workers': 0}\nDataLoader(d, **L)\n",
    LOADER + "L = {'num_workers': 4}\nOTHER = {'batch_size': 2}\nDataLoader(d, **OTHER)\n",
    LOADER + "L = {'num_workers': 4}\nDataLoader(d)\n",
    LOADER + "from functools import partial\nrun = partial(print, num_workers=4)\nDataLoader(d)\n",
    LOADER + "from functools import partial\nmake = partial(DataLoader, batch_size=4)\nmake(d)\n",
    LOADER + "num_workers = 8\nDataLoader(d, num_workers=0)\n",
    LOADER
    + "class DM:\n    def __init__(self, num_workers=4):\n        pass\n    def l(self):\n        return DataLoader(d)\nDM(num_workers=4)\n",
    LOADER + "DataLoader(d, 4, True)\n",
    "from timm.data import create_loader\ncreate_loader(d, batch_size=4, num_workers=0)\n",
    "from transformers import TrainingArguments\nTrainingArguments('out', dataloader_num_workers=0)\n",
    # Workers of a server, of a training, and of another program.
    {"train.py": LOADER + "DataLoader(d)\n", "gunicorn.conf.py": "workers = 4\n"},
    {
        "train.py": LOADER
        + "from ray.train import ScalingConfig\nScalingConfig(num_workers=4)\nDataLoader(d)\n"
    },
    {"train.py": TRAIN, "run.sh": "python train.py --num-workers=0\n"},
    {"train.py": TRAIN, "run.sh": "# python train.py --num-workers=8\npython train.py\n"},
    {"train.py": TRAIN, "run.sh": "python train.py\ngunicorn --num-workers=8 app:app\n"},
    {
        "train.py": TRAIN,
        "serve.py": TRAIN.split("return")[0].replace(LOADER, ""),
        "run.sh": "python serve.py --num-workers=8\n",
    },
    {"train.py": TRAIN, "run.sh": "torchrun --num-workers=8 train.py\n"},
    {
        "train.py": HYDRA,
        "conf/c.yaml": "lr: 1\ndata:\n  num_workers: 0\n",
        "run.sh": "python train.py data.batch_size=8\n",
    },
    {
        "train.py": LOADER + "DataLoader(d, **cfg.loader)\n",
        "conf/c.yaml": "lr: 1\nserver:\n  num_workers: 4\nloader:\n  batch_size: 2\n",
    },
]


@pytest.mark.parametrize("files", SEVERAL)
def test_several_processes_load(files: Files | str) -> None:
    assert workers(files) == "passed"


@pytest.mark.parametrize("files", ALONE)
def test_one_process_loads(files: Files | str) -> None:
    assert workers(files) == "failed"
