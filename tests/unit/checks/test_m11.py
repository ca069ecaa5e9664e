"""The traps of M11: what configures experiments, and what only looks like it."""

from collections.abc import Mapping

import pytest

from grader.results import CheckResult
from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m11_config_files"
MAIN = (
    "import hydra\n\n@hydra.main(version_base=None, config_path='../../configs', config_name='config')\n"
    "def main(cfg):\n    pass\n"
)
SETTINGS = "lr: 0.1\nbatch_size: 3\nseed: 1\n"
FILES = "experiments_are_configured_in_files"
HYDRA = "hydra_loads_the_configuration"


def judge(check: str, files: Mapping[str, str | bytes]) -> CheckResult:
    files = {"src/pkg/model.py": "x = 1\n", **files}
    return run_check(SUITE, check, files, profile="project")


@pytest.mark.parametrize(
    ("source", "path", "content", "verdict"),
    [
        (MAIN, "configs/config.yaml", SETTINGS, "passed"),
        ("import yaml\nyaml.safe_load(open('params.yaml'))\n", "params.yaml", SETTINGS, "passed"),
        (
            "import json\njson.load(open('configs/a.json'))\n",
            "configs/a.json",
            '{"lr": 1, "epochs": 2}',
            "passed",
        ),
        ("import tomllib\ntomllib.load(f)\n", "configs/a.toml", "lr = 1\nepochs = 2\n", "passed"),
        ("import yaml\nyaml.safe_load(open(args.config))\n", "configs/a.yaml", SETTINGS, "passed"),
        (
            "from lightning.pytorch.cli import LightningCLI\nLightningCLI()\n",
            "configs/a.yaml",
            SETTINGS,
            "passed",
        ),
        ("print(1)\n", "configs/config.yaml", SETTINGS, "partial"),
        ("import json\njson.load(open('labels.json'))\n", "configs/config.yaml", SETTINGS, "partial"),
        (MAIN.replace("'../../configs'", "str(HERE)"), "configs/config.yaml", SETTINGS, "passed"),
        ("print(1)\n", "configs/sweep.yaml", "method: grid\nparameters: {lr: {values: [1, 2]}}\n", "partial"),
        ("lr = 0.1\n", "src/pkg/config.py", "LR = 0.1\n", "partial"),
        (MAIN, "configs/config.yaml", "name: mine\n", "failed"),
        (MAIN, "configs/config.yaml", "# lr: 0.1\n", "failed"),
        ("lr = 0.1\n", "configs/.gitkeep", "", "blocked"),
        ("lr = 0.1\n", "docker-compose.yaml", "services:\n  api:\n    image: x\n", "blocked"),
        ("lr = 0.1\n", ".github/workflows/a.yaml", "on: push\njobs: {a: {seed: 1}}\n", "blocked"),
    ],
)
def test_experiments_are_configured_in_files(source: str, path: str, content: str, verdict: str) -> None:
    assert judge(FILES, {"src/pkg/train.py": source, path: content}).verdict == verdict


def test_settings_may_be_spread_over_groups() -> None:
    files = {
        "src/pkg/train.py": MAIN,
        "configs/config.yaml": "defaults:\n  - model: cnn\n  - training: fast\n",
        "configs/model/cnn.yaml": "dropout: 0.1\n",
        "configs/training/fast.yaml": "lr: 0.1\n",
    }
    outcome = judge(FILES, files)
    assert outcome.verdict == "passed"
    assert {one.name: one.value for one in outcome.measurements} == {
        "n_config_files": 2,
        "n_hyperparameters": 2,
    }


@pytest.mark.parametrize(
    ("source", "content", "verdict"),
    [
        (MAIN, SETTINGS, "passed"),
        (
            "from hydra import compose, initialize\ninitialize('conf')\ncompose('config')\n",
            SETTINGS,
            "passed",
        ),
        (
            MAIN + "from hydra.core.config_store import ConfigStore\nConfigStore.instance()\n",
            "name: x\n",
            "passed",
        ),
        (MAIN, "name: x\n", "partial"),
        ("from omegaconf import OmegaConf\nOmegaConf.load('configs/config.yaml')\n", SETTINGS, "partial"),
        ("import hydra\nprint(1)\n", SETTINGS, "failed"),
        ("# import hydra\nimport yaml\nyaml.safe_load(open('configs/config.yaml'))\n", SETTINGS, "failed"),
    ],
)
def test_hydra_loads_the_configuration(source: str, content: str, verdict: str) -> None:
    files = {"src/pkg/train.py": source, "configs/config.yaml": content}
    assert judge(HYDRA, files).verdict == verdict


def test_hydra_declared_and_unused_is_named() -> None:
    outcome = judge(HYDRA, {"requirements.txt": "hydra-core\n", "src/pkg/train.py": "lr = 1\n"})
    assert outcome.verdict == "failed"
    assert "requirements.txt" in outcome.message


@pytest.mark.parametrize(
    ("defaults", "verdict"),
    [
        ("  - model: cnn\n  - _self_\n", "passed"),
        ("  - optional local: mine\n  - override hydra/job_logging: colorlog\n  - model: null\n", "passed"),
        ("  - model: ${name}\n", "passed"),
        ("  - model: vit\n", "failed"),
    ],
)
def test_configurations_are_there(defaults: str, verdict: str) -> None:
    files = {
        "src/pkg/train.py": MAIN,
        "configs/config.yaml": f"defaults:\n{defaults}{SETTINGS}",
        "configs/model/cnn.yaml": "dropout: 0.1\n",
    }
    assert judge("configurations_are_there", files).verdict == verdict


@pytest.mark.parametrize(
    ("call", "verdict"),
    [
        ("import torch\ntorch.manual_seed(cfg.seed)\n", "passed"),
        ("from lightning import seed_everything\nseed_everything(cfg.seed)\n", "passed"),
        ("split(x, random_state=cfg.seed)\n", "passed"),
        ("import torch\ntorch.manual_seed(42)\n", "failed"),
        ("x = cfg.seed\n", "failed"),
    ],
)
def test_seed_is_configured(call: str, verdict: str) -> None:
    files = {"src/pkg/train.py": MAIN + call, "configs/config.yaml": SETTINGS}
    assert judge("seed_is_configured", files).verdict == verdict
