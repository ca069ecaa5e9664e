"""The traps of M14: what logs, tracks and searches, and what only looks like it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from grader.results import CheckResult
from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m14_logging"
TWICE = "\nlogger.info('a')\nlogger.error('b')\n"
START = "import wandb\nrun = wandb.init(project='x')\n"


def judge(check: str, files: Mapping[str, str | bytes]) -> CheckResult:
    files = {"src/pkg/model.py": "x = 1\n", **files}
    return run_check(SUITE, check, files, profile="project")


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("from loguru import logger" + TWICE, "passed"),
        ("import logging\nlogger = logging.getLogger(__name__)" + TWICE, "passed"),
        ("import logging\nlogging.info('a')\nlogging.warning('b')\n", "passed"),
        ("import logging\nL = logging.getLogger(__name__)\nL.info('a')\nL.info('b')\n", "passed"),
        ("import structlog\nstructlog.get_logger().info('a')\nstructlog.get_logger().info('b')\n", "passed"),
        ("from lightning.pytorch.utilities import rank_zero_info as say\nsay('a')\nsay('b')\n", "passed"),
        (
            "import logging\nclass A:\n    def f(self):\n        self._logger.info(1)\n        self._log.error(2)\n",
            "passed",
        ),
        ("from loguru import logger\nlogger.info('a')\n", "partial"),
        ("import logging\nlogging.basicConfig(level=logging.INFO)\nprint('a')\n", "failed"),
        ("import logging\nlogger = logging.getLogger(__name__)\nprint('a')\n", "failed"),
        ("import logging\nimport streamlit as st\nst.info('a')\nst.error('b')\n", "failed"),
        ("import logging\ndf.info()\nparser.error('a')\nwandb.log({'a': 1})\n", "failed"),
        ("from loguru import logger\n# logger.info('a')\n'''logger.info'''\n", "failed"),
        (
            "import logging\nlogger = logging.getLogger(__name__)\n"
            "logger.info('making final data set from raw data')\n",
            "failed",
        ),
    ],
)
def test_application_logs(source: str, verdict: str) -> None:
    assert judge("application_logs", {"src/pkg/train.py": source}).verdict == verdict


def test_a_logger_of_ones_own_module_counts_and_tests_do_not() -> None:
    own = {
        "src/pkg/log.py": "import logging\n\ndef get_logger():\n    return logging.getLogger('pkg')\n",
        "src/pkg/train.py": "from pkg.log import get_logger\nsay = get_logger()\nsay.info('a')\nsay.info('b')\n",
    }
    assert judge("application_logs", own).verdict == "passed"
    assert (
        judge("application_logs", {"tests/test_a.py": "from loguru import logger" + TWICE}).verdict
        == "failed"
    )


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (START + "run.log({'loss': 1})\n", "passed"),
        ("import wandb\nwith wandb.init() as run:\n    run.log({'loss': 1})\n", "passed"),
        (START + "wandb.log({'loss': 1})\n", "passed"),
        (START + "from transformers import Trainer\nTrainer(model=m).train()\n", "passed"),
        (START + "from ultralytics import YOLO\nYOLO('a.pt').train()\n", "passed"),
        ("from ultralytics import YOLO\nYOLO('a.pt').train()\n", "failed"),
        ("import lightning as L\nL.Trainer(logger=L.pytorch.loggers.WandbLogger())\n", "passed"),
        ("from transformers import TrainingArguments\nTrainingArguments(report_to=['wandb'])\n", "passed"),
        ("from accelerate import Accelerator\nAccelerator(log_with='wandb')\n", "passed"),
        ("import trackio as wandb\nwandb.log({'loss': 1})\n", "passed"),
        ("import mlflow\nwith mlflow.start_run():\n    mlflow.log_metric('a', 1)\n", "passed"),
        ("from torch.utils.tensorboard import SummaryWriter\nw = SummaryWriter()\n", "passed"),
        (START, "partial"),
        ("from transformers import TrainingArguments\nTrainingArguments(report_to='none')\n", "failed"),
        ("import wandb\nprint(1)\n", "failed"),
        ("from lightning.pytorch.loggers import CSVLogger\nCSVLogger('logs')\n", "failed"),
        ("from lightning.pytorch.loggers import WandbLogger\n# WandbLogger()\n", "failed"),
        ("run.log({'loss': 1})\n", "failed"),
    ],
)
def test_training_is_tracked(source: str, verdict: str) -> None:
    assert judge("training_is_tracked", {"src/pkg/train.py": source}).verdict == verdict


@pytest.mark.parametrize(
    ("told", "verdict"), [("wandb", "passed"), ("[none]", "failed"), ("[a, mlflow]", "passed")]
)
def test_a_report_that_a_configuration_sets(told: str, verdict: str) -> None:
    source = "from transformers import TrainingArguments\nTrainingArguments(**cfg.training)\n"
    files = {"src/pkg/train.py": source, "configs/a.yaml": f"training:\n  report_to: {told}\n"}
    assert judge("training_is_tracked", files).verdict == verdict


def test_a_run_that_is_made_elsewhere_counts_and_the_courses_try_out_does_not() -> None:
    split = {
        "src/pkg/train.py": START + "fit(run)\n",
        "src/pkg/fit.py": "def fit(run):\n    run.log({'a': 1})\n",
    }
    assert judge("training_is_tracked", split).verdict == "passed"
    assert (
        judge("training_is_tracked", {"wandb_tester.py": START + "wandb.log({'a': 1})\n"}).verdict == "failed"
    )


@pytest.mark.parametrize(
    ("source", "config", "verdict"),
    [
        (
            "from hydra.utils import instantiate\ninstantiate(cfg.logger)\n",
            "_target_: a.loggers.WandbLogger",
            "passed",
        ),
        (
            "from lightning.pytorch.cli import LightningCLI\nLightningCLI()\n",
            "logger:\n  - class_path: WandbLogger",
            "passed",
        ),
        ("x = 1\n", "_target_: a.loggers.WandbLogger", "failed"),
        (
            "from hydra.utils import instantiate\ninstantiate(cfg.logger)\n",
            "_target_: a.loggers.CSVLogger",
            "failed",
        ),
    ],
)
def test_a_logger_in_a_configuration_counts_where_code_makes_objects_of_it(
    source: str, config: str, verdict: str
) -> None:
    files = {"src/pkg/train.py": source, "configs/logger.yaml": config + "\n"}
    assert judge("training_is_tracked", files).verdict == verdict


@pytest.mark.parametrize(
    ("path", "content", "verdict"),
    [
        ("configs/sweep.yaml", "method: random\nparameters:\n  lr:\n    values: [1, 2]\n", "passed"),
        ("sweep.yaml", "program: a.py\nmetric: {name: a}\nparameters:\n  lr: {min: 0, max: 1}\n", "passed"),
        ("configs/a.yaml", "sweep:\n  method: grid\n  parameters:\n    lr: {values: [1, 2]}\n", "passed"),
        ("configs/a.yaml", "hydra:\n  sweeper:\n    params:\n      lr: 1,2\n", "passed"),
        ("configs/a.yaml", "hydra:\n  mode: MULTIRUN\nlr: 1\n", "passed"),
        ("a.py", "import optuna\ns = optuna.create_study()\ns.optimize(f, n_trials=3)\n", "passed"),
        ("a.py", "import wandb\nwandb.agent(wandb.sweep(c), f)\n", "passed"),
        ("a.py", "from sklearn.model_selection import GridSearchCV\nGridSearchCV(m, p).fit(x)\n", "passed"),
        ("run.sh", "python train.py -m lr=0.1,0.01\n", "passed"),
        ("run.sh", "uv run wandb agent a/b/c\n", "passed"),
        ("Makefile", "sweep:\n\tpython train.py --multirun lr=1,2\n", "passed"),
        ("wandb/sweep-abc/config-1.yaml", "wandb_version: 1\n", "passed"),
        ("configs/sweep.yaml", "method: grid\nparameters:\n  lr:\n    value: 1\n", "partial"),
        ("a.py", "import optuna\nstudy = optuna.create_study()\n", "partial"),
        ("src/pkg/hparam_search.py", "for lr in (1, 2):\n    train(lr)\n", "partial"),
        ("configs/a.yaml", "hydra:\n  sweep:\n    dir: multirun\nlr: 1\n", "failed"),
        ("configs/sweep.yaml", "# method: grid\n", "failed"),
        ("configs/a.yaml", "model:\n  parameters: 12\n", "failed"),
        ("a.py", "from sklearn.model_selection import GridSearchCV\n", "failed"),
        ("src/pkg/fine_tuning.py", "x = 1\n", "failed"),
        ("run.sh", "python -m pkg.train lr=0.1\n", "failed"),
    ],
)
def test_hyperparameters_are_searched(path: str, content: str, verdict: str) -> None:
    assert judge("hyperparameters_are_searched", {path: content}).verdict == verdict


@pytest.mark.parametrize(
    ("command", "verdict"),
    [
        ("uv run src/pkg/train.py -m trainer.logger=false \\\noptimizer.lr=0.001,0.0001", "partial"),
        ("python train.py --multirun lr=choice(0.1,0.2)", "partial"),
        ("python train.py lr=0.1", "failed"),
        ("python train.py -m lr=0.1 epochs=3", "failed"),
        ("python -m pkg.train data=a,b", "failed"),
    ],
)
def test_a_search_that_a_readme_shows_is_not_said_to_be_missing(command: str, verdict: str) -> None:
    """A real project describes its multirun of Hydra, and its sixteen runs, in the README."""
    files = {"README.md": f"# Sweep\n\n```bash\n{command}\n```\n"}
    assert judge("hyperparameters_are_searched", files).verdict == verdict


ARGPARSE = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--lr')\np.parse_args()\n"
TYPER = "import typer\n\ndef main(batch_size: int = 3):\n    pass\n\ntyper.run(main)\n"


@pytest.mark.parametrize(
    ("program", "source", "name", "verdict"),
    [
        ("train.py", ARGPARSE, "lr", "passed"),
        ("train.py", ARGPARSE, "learning_rate", "failed"),
        ("train.py", TYPER, "batch_size", "failed"),
        ("train.py fit", "x = 1\n", "anything", "passed"),
        ("gone.py", ARGPARSE, "lr", "failed"),
        ("src.pkg.train", ARGPARSE, "lr", "passed"),
    ],
)
def test_sweeps_fit_their_program(program: str, source: str, name: str, verdict: str) -> None:
    sweep = f"program: {program}\nmethod: grid\nparameters:\n  {name}:\n    values: [1, 2]\n"
    files = {"train.py": source, "configs/sweep.yaml": sweep}
    assert judge("sweeps_fit_their_program", files).verdict == verdict
