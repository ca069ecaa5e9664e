"""M14 as an exercise: where the work lies, where messages go, and what a training tells the tracker."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from grader.results import CheckResult
from grader.testing import run_check
from tests.places import CHECKS, ROOT
from tests.suite_names import suite_names
from tests.view_sample import view

SUITE = CHECKS / "m14_logging"
LOGS = """
import logging, logging.handlers, sys

log = logging.getLogger("shop")

def set_up():
    log.setLevel(logging.DEBUG)
    shown = logging.StreamHandler(sys.stdout)
    shown.setLevel(logging.WARNING)
    kept = logging.handlers.RotatingFileHandler("shop.log", maxBytes=10_000, backupCount=2)
    log.addHandler(shown)
    log.addHandler(kept)

if __name__ == "__main__":
    set_up()
    log.debug("a")
    log.info("b")
    log.warning("c")
    log.error("d")
    log.critical("e")
"""
SOLUTION = ROOT / "exercises" / "m14_logging" / "solution"
TABLE = (SOLUTION / "digits.csv").read_text(encoding="utf-8")
NETWORK = (SOLUTION / "network.py").read_text(encoding="utf-8")
SWEEP = (SOLUTION / "configs" / "sweep.yaml").read_text(encoding="utf-8")
TRAIN = """
import argparse
from pathlib import Path

import wandb
from network import Classifier, batches, read

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--batch_size", type=int, default=10)
    parser.add_argument("--epochs", type=int, default=1)
    options = parser.parse_args()
    run = wandb.init(project="digits", config=vars(options))
    images, labels = read(Path("digits.csv"))
    model = Classifier(16)
    for _ in range(options.epochs):
        for some in batches(images, labels, options.batch_size):
            loss, accuracy = model.step(*some, options.lr)
            wandb.log({"train_loss": loss, "train_accuracy": accuracy})
    run.log({"table": wandb.Table(columns=["a"], data=[[1]])})
    model.save(Path("model.json"))
    artifact = wandb.Artifact("digits", type="model")
    artifact.add_file("model.json")
    run.log_artifact(artifact)
    run.finish()
"""


def tracked(check: str, code: str, sweep: str = SWEEP) -> CheckResult:
    files = {"train.py": code, "network.py": NETWORK, "digits.csv": TABLE, "configs/sweep.yaml": sweep}
    return run_check(SUITE, check, files)


@pytest.mark.parametrize(
    ("files", "folders"),
    [
        ({"my_logger.py": LOGS, "train.py": TRAIN}, ["."]),
        ({"my_logger.py": LOGS}, ["."]),
        ({"s4/m14/my_logger.py": LOGS, "s4/m14/train.py": TRAIN}, ["s4/m14"]),
        ({"s4/my_logger.py": LOGS, "src/pkg/train.py": TRAIN, "src/pkg/__init__.py": ""}, ["."]),
        ({"train.py": TRAIN.replace("import wandb\n", "")}, []),
        ({"wandb_tester.py": "import wandb\n\nwandb.init()\n"}, []),
        ({"logs.py": "import logging\n\n\ndef log():\n    logging.info('a')\n"}, []),
    ],
    ids=[
        "the exercise",
        "the logger alone",
        "a folder",
        "two folders",
        "no tracker",
        "the try-out",
        "functions",
    ],
)
def test_where_the_work_of_an_exercise_lies(
    tmp_path: Path, files: dict[str, str], folders: list[str]
) -> None:
    found = suite_names(SUITE)["find_work"](view(tmp_path, files, profile="exercises"))
    assert found[:1] == folders


def test_an_exercise_repository_without_any_of_it_has_not_started() -> None:
    outcome = run_check(SUITE, "five_levels", {"a.py": "print('hello')\n"})
    assert outcome.verdict == "blocked"


@pytest.mark.process
@pytest.mark.parametrize(
    ("code", "failed"),
    [
        (LOGS, ""),
        (
            LOGS.replace("logging.WARNING", 'os.environ.get("SHOP_LEVEL", "INFO")').replace(
                "import", "import os,", 1
            ),
            "",
        ),
        (LOGS.replace('    log.debug("a")\n', '    print("DEBUG a")\n'), "five_levels"),
        (
            LOGS.replace(
                "    set_up()\n    log",
                "    set_up()\n    if not log.name:\n        log.debug(1)\n    log.info(0)\n    print",
                1,
            ),
            "five_levels",
        ),
        (LOGS.replace("logging.WARNING", "logging.DEBUG"), "threshold"),
        (LOGS.replace("logging.WARNING", "logging.CRITICAL"), "threshold"),
        (
            LOGS.replace(
                "    log.addHandler(kept)\n", '    open("shop.log", "w").write("DEBUG a Traceback")\n'
            ),
            "file_sink",
        ),
        (
            LOGS.replace(
                "    log.addHandler(kept)\n", "    kept.setLevel(logging.INFO)\n    log.addHandler(kept)\n"
            ),
            "file_sink",
        ),
        (
            LOGS.replace("handlers.RotatingFileHandler", "FileHandler").replace(
                ", maxBytes=10_000, backupCount=2", ""
            ),
            "rotation",
        ),
    ],
    ids=["right", "a variable", "print", "never reached", "debug", "critical", "by hand", "info", "for ever"],
)
def test_a_configuration_of_loggers(code: str, failed: str) -> None:
    for name in ("five_levels", "threshold", "file_sink", "rotation"):
        outcome = run_check(SUITE, name, {"my_logger.py": code})
        if name == failed:
            assert outcome.verdict == "failed", outcome.message
            return
        assert outcome.verdict == "passed", (name, outcome.message)


@pytest.mark.process
@pytest.mark.parametrize(
    ("old", "new", "failed"),
    [
        ("", "", ""),
        ("config=vars(options)", 'config={"lr": 0.1, "batch_size": 10, "epochs": 1}', "config_is_tracked"),
        ('"train_loss": loss', '"train_loss": 1 / (1 + loss)', "loss_is_tracked"),
        ("options.lr)", "0.1)", "loss_is_tracked"),
        ('"train_accuracy": accuracy', '"train_accuracy": 0.5', "accuracy_is_tracked"),
        ("data=[[1]]", "data=[]", "media_is_tracked"),
        ("    model.save", "    Classifier(16).save", "model_is_an_artifact"),
        ("    run.log_artifact(artifact)\n", "", "model_is_an_artifact"),
        ("--batch_size", "--batch-size", "sweep_runs"),
        ('"train_loss"', '"loss"', "sweep_runs"),
    ],
    ids=[
        "right",
        "config",
        "loss",
        "rate",
        "accuracy",
        "empty",
        "untrained",
        "not logged",
        "option",
        "metric",
    ],
)
def test_what_a_training_tells(old: str, new: str, failed: str) -> None:
    code = TRAIN.replace(old, new)
    if not failed:
        for name in (
            *("config_is_tracked", "loss_is_tracked", "accuracy_is_tracked"),
            *("media_is_tracked", "model_is_an_artifact", "sweep_runs"),
        ):
            outcome = tracked(name, code)
            assert outcome.verdict == "passed", (name, outcome.message)
        return
    assert tracked(failed, code).verdict == "failed"


def test_what_a_training_computes_is_known() -> None:
    suite = suite_names(SUITE)
    rng = random.Random(3)
    rows = [(rng.randrange(10), [rng.randrange(16) for _ in range(16)]) for _ in range(40)]
    space: dict[str, Any] = {}
    exec(compile(NETWORK, "network.py", "exec"), space)
    model = space["Classifier"](16)
    images, labels = [[pixel / 15 for pixel in pixels] for _, pixels in rows], [label for label, _ in rows]
    found = [model.step(*batch, 0.4) for _ in range(2) for batch in space["batches"](images, labels, 17)]
    assert found == [pytest.approx(one) for one in suite["steps"](rows, 0.4, 17, 2)]


@pytest.mark.parametrize(
    ("parameter", "varies"),
    [
        ({"values": [1, 2]}, True),
        ({"values": [1, 1]}, False),
        ({"min": 1, "max": 9}, True),
        ({"min": 0.1, "max": 0.2, "distribution": "log_uniform_values"}, True),
        ({"min": -5.0, "max": -1.0, "distribution": "log_uniform"}, True),
        ({"value": 3}, False),
        ("lr", False),
    ],
)
def test_what_an_agent_may_choose(parameter: Any, varies: bool) -> None:
    suite, rng = suite_names(SUITE), random.Random(1)
    assert suite["varies"](parameter) is varies
    value = suite["chosen"](rng, parameter)
    if isinstance(parameter, dict) and "distribution" in parameter:
        assert 0 < value < 0.5
    elif varies:
        assert 1 <= value <= 9
