"""M11: where a training with Hydra lies, and ways to configure one that count or do not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from grader.suite import StudentFault
from grader.testing import run_check
from tests.places import CHECKS, ROOT
from tests.suite_names import suite_names
from tests.view_sample import view

SUITE = CHECKS / "m11_config_files"
NAMES = suite_names(SUITE)
# What its private files define, which the checks need not import.
COMMON, JUDGED = NAMES["folders_of_work"].__globals__, NAMES["moved"].__globals__
MAIN = (
    "import hydra\n\n@hydra.main(version_base=None, config_path='conf', config_name='config')\n"
    "def main(cfg):\n    pass\n"
)
SETTINGS = "lr: 0.1\nbatch_size: 3\nseed: 1\n"


@pytest.mark.parametrize(
    ("files", "folders"),
    [
        ({"train.py": MAIN, "conf/config.yaml": SETTINGS}, ["."]),
        ({"S3/M11/train.py": MAIN, "S3/M11/conf/config.yaml": SETTINGS}, ["S3/M11"]),
        (
            {
                "a/src/pkg/__init__.py": "",
                "a/src/pkg/train.py": MAIN.replace("'conf'", "'../../conf'"),
                "a/conf/config.yaml": "defaults:\n  - training: one\n",
                "a/conf/training/one.yaml": SETTINGS,
            },
            ["a"],
        ),
        (
            {
                "logs/my_logger_hydra.py": MAIN,
                "logs/conf/config.yaml": SETTINGS,
                "vae/vae_mnist.py": MAIN,
                "vae/conf/config.yaml": SETTINGS,
            },
            ["vae", "logs"],
        ),
    ],
    ids=["the exercise", "a folder of its own", "a package", "a logger, too"],
)
def test_where_the_work_lies(tmp_path: Path, files: dict[str, str], folders: list[str]) -> None:
    assert NAMES["find_training"](view(tmp_path, files, profile="exercises")) == folders


@pytest.mark.parametrize(
    "files",
    [
        {"train.py": "lr = 0.1\n", "conf/config.yaml": SETTINGS},
        {"log.py": MAIN, "conf/config.yaml": "level: DEBUG\n"},
        {"train.py": "# @hydra.main()\nimport hydra\n", "conf/config.yaml": SETTINGS},
    ],
    ids=["settings alone", "a logger", "a comment"],
)
def test_work_of_other_modules_starts_nothing(tmp_path: Path, files: dict[str, str]) -> None:
    assert not NAMES["find_training"](view(tmp_path, files, profile="exercises"))


def test_settings_are_known_by_their_last_names() -> None:
    config = {
        "experiment": {"hparams": {"learning_rate": 0.1, "n_epochs": 3, "seed": 1, "batch_size": 7}},
        "optimizer": {"_target_": "torch.optim.Adam", "lr": "${experiment.hparams.learning_rate}"},
        "model": {"_target_": "model.Net", "hidden_dim": 5, "seed_file": "a"},
    }
    assert COMMON["named_settings"](config) == {
        "seed": "experiment.hparams.seed",
        "learning rate": "experiment.hparams.learning_rate",
        "batch size": "experiment.hparams.batch_size",
        "number of epochs": "experiment.hparams.n_epochs",
        "size of the hidden layer": "model.hidden_dim",
    }
    assert COMMON["optimizer_of"](config) == ("optimizer", "torch.optim.Adam")
    assert COMMON["optimizer_of"]({"optimizer": {"_target_": "os.system('x')"}}) == ("", "")


def weights(*values: float) -> dict[str, Any]:
    found = [{"shape": [len(values)], "values": [*values, sum(map(abs, values))]}]
    return {"weights": {"a.npz": found}, "saved": {}, "logs": {}, "output": ""}


def test_weights_are_compared_by_value() -> None:
    same, moved, learned = (NAMES[name] for name in ("same", "moved", "learned"))
    still, once, twice = weights(1.0, 2.0, 3.0), weights(1.1, 1.8, 3.05), weights(1.2, 1.6, 3.1)
    assert learned(still, once, twice)
    assert not learned(still, once, once)
    assert not learned(still, once, weights(0.8, 2.4, 2.9))
    assert moved(still, once)
    assert not moved(once, once)
    assert not moved({**still, "weights": {}}, once)
    assert not same([], [])


@pytest.mark.parametrize(
    "told",
    [
        None,
        {"weights": [], "saved": {}, "logs": {}},
        {"weights": {"a": [{"shape": [1], "values": ["1"]}]}, "saved": {}, "logs": {}},
        {"weights": {}, "saved": {"a": {"files": "config.yaml", "choices": {}}}, "logs": {}},
    ],
)
def test_what_a_process_tells_may_be_anything(told: Any) -> None:
    with pytest.raises(StudentFault, match="cannot be read"):
        JUDGED["reply"](told)


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        (("epoch 1: 0.9\n", "epoch 1: 0.9\nepoch 2: 0.8\n", "epoch 1: 0.7\n"), ""),
        (("", "epoch 1: 0.9\n", "epoch 1: 0.7\n"), "no log"),
        (("epoch 1: 0.9\n", "epoch 2: 0.8\n", "epoch 1: 0.7\n"), "no more lines"),
        (("[2026-01-01 10:00:00,1] done\n", "done\ndone\n", "[2026-01-01 10:00:01,2] done\n"), "the same"),
    ],
)
def test_a_log_has_to_tell(texts: tuple[str, str, str], problem: str) -> None:
    runs = [{"logs": {"train.log": text}} for text in texts]
    found = NAMES["log_problem"](*runs)
    assert problem in found
    assert bool(found) is bool(problem)


def sources(folder: str) -> Mapping[str, bytes]:
    root = ROOT / "exercises" / "m11_config_files" / folder
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize(
    ("path", "verdict"),
    [
        ("outputs/2026-01-05/10-11-12/.hydra/config.yaml", "failed"),
        ("multirun/a/0/.hydra/overrides.yaml", "failed"),
        ("outputs.txt", "passed"),
    ],
)
def test_outputs_in_git(path: str, verdict: str) -> None:
    outcome = run_check(SUITE, "no_outputs_in_git", {**sources("solution"), path: b"seed: 1\n"})
    assert outcome.verdict == verdict, outcome.message


def test_the_starter_is_not_started() -> None:
    assert run_check(SUITE, "run_is_recorded", sources("starter")).verdict == "blocked"
