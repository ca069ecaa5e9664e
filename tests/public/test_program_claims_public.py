"""Commands of reports held against command lines of Fire, argparse, Typer, Click and Hydra (kind Q of the public cases)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.claim_sample import judged, read_repository

#: P38, google/python-fire#461 (`--noflag`), #177 and #141 (one letter), #238; fire/parser.py (what stands behind `--`).
FIRE = """
import fire


def train(lr=0.1, debug=True, batch_size=8):
    print(lr, debug, batch_size)


if __name__ == "__main__":
    fire.Fire(train)
"""

#: Fire's guide: grouped commands are attributes of objects; a class may be a dataclass.
FIRE_GROUPS = """
import fire


class Data:
    def load(self, path):
        print(path)


class Pipeline:
    def __init__(self, seed=1):
        self.data = Data()

    def run(self, lr=0.1):
        print(lr)


fire.Fire(Pipeline)
"""

FIRE_DATACLASS = """
from dataclasses import dataclass

import fire


@dataclass
class Trainer:
    lr: float = 0.1
    seed: int = 1

    def fit(self, epochs=3):
        print(epochs)


fire.Fire(Trainer)
"""

ARGPARSE = """
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--learning_rate", type=float)
parser.add_argument("--epochs", "-e", type=int)
parser.add_argument("--augment", action=argparse.BooleanOptionalAction)
args = parser.parse_args()
"""

REMAINDER = """
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--gpus")
parser.add_argument("script")
parser.add_argument("rest", nargs=argparse.REMAINDER)
args = parser.parse_args()
"""

TYPER = """
from typing import Annotated, Optional

import typer

Verbose = Annotated[bool, typer.Option("--verbose", "-v")]
app = typer.Typer(context_settings={"help_option_names": ["-h", "--help"]})


@app.command()
def train(batch_size: int = 8, fast: "bool" = None, verbose: Verbose = False, lambda_: float = 0.1):
    print(batch_size)


app()
"""

TYPER_CALLBACK = TYPER.replace("@app.command()", "@app.callback()\ndef main():\n    pass\n\n\n@app.command()")

#: fastapi/typer#187: commands that other files add; typer-cli#42: `registered_commands`.
TYPER_ELSEWHERE = {
    "src/p/cli.py": "import typer\n\napp = typer.Typer()\n\n\n@app.command()\ndef info(name: str = ''):\n    print(name)\n\n\nfrom p import train  # noqa\n\nif __name__ == '__main__':\n    app()\n",
    "src/p/train.py": "from p.cli import app\n\n\n@app.command()\ndef train(epochs: int = 3):\n    print(epochs)\n",
}
TYPER_APPENDED = """
import typer
from other.package import app as others

app = typer.Typer()


@app.command()
def info(name: str = ""):
    print(name)


app.registered_commands += others.registered_commands
app()
"""
TYPER_ADDED = """
import typer

app = typer.Typer()
data = typer.Typer()
app.add_typer(data, name="data")


@data.command()
def pull(max_files: int = 3):
    print(max_files)


@app.command("fit")
def train_model(epochs: int = 3):
    print(epochs)


app()
"""

CLICK = """
import click


@click.group()
def cli():
    pass


@click.command()
@click.option("--batch_size", default=8)
@click.option("--shuffle/--no-shuffle")
@click.confirmation_option(prompt="Sure?")
@click.version_option()
def train(batch_size, shuffle):
    print(batch_size)


cli.add_command(train)
cli()
"""
#: click's documentation of lazy groups; NOAA-GFDL/fre-cli (fre/fre.py).
CLICK_LAZY = """
import click
from lazy import LazyGroup


@click.group(cls=LazyGroup, lazy={"train": ".train.main"})
@click.option("--quiet", is_flag=True)
def cli(quiet):
    pass


cli()
"""
CLICK_OBJECT = """
import click


@click.group()
def cli():
    pass


cli.add_command(click.Command("train", params=[click.Option(["--epochs"])], callback=print))
cli()
"""
CLICK_ELSEWHERE = {
    "src/p/cli.py": "import click\n\n\n@click.group()\n@click.option('--quiet')\ndef cli(quiet):\n    pass\n\n\nfrom p import fit\n\ncli()\n",
    "src/p/fit.py": "import click\nfrom p.cli import cli\n\n\n@cli.command()\n@click.option('--epochs')\ndef fit(epochs):\n    pass\n",
}

#: hydra#2511, #1233: options of a group that only the ConfigStore has.
HYDRA = "import hydra\n\n\n@hydra.main(config_path='../../configs', config_name='config')\ndef main(cfg):\n    print(cfg)\n\n\nmain()\n"
STORE = f"from hydra.core.config_store import ConfigStore\n\nConfigStore.instance().store(group='model', name='big', node=dict)\n{HYDRA}"
CONFIGS = {
    "configs/config.yaml": "defaults:\n  - model: small\nlr: 0.1\nlayers: [1, 2]\n",
    "configs/other.yaml": "epochs: 3\n",
    "configs/model/small.yaml": "dim: 3\n",
}


def _one(code: str) -> dict[str, str]:
    return {"src/p/run.py": code}


@pytest.mark.parametrize(
    ("files", "words", "verdict"),
    [
        pytest.param(_one(FIRE), "--nodebug --lr=0.2", "supported", id="P38-no"),
        pytest.param(_one(FIRE), "0.2 -- --trace", "supported", id="P38-trace"),
        (_one(FIRE), "-l 0.2 --nobatch-size", "supported"),
        (_one(FIRE), "-lr=0.2 --batch-size 4 -- --interactive --separator=X", "supported"),
        (_one(FIRE), "--lr=0.2 --epochs=3", "contradicted"),
        (_one(FIRE), "--noepochs", "contradicted"),
        (_one(FIRE), "--trace", "contradicted"),
        (_one(FIRE), "--no-debug", "contradicted"),
        (_one(FIRE_GROUPS), "data load --path=x --seed=3", "supported"),
        (_one(FIRE_GROUPS), "run --epochs=3", "contradicted"),
        (_one(FIRE_DATACLASS), "fit --lr=0.2 --epochs=3", "supported"),
        (_one(ARGPARSE), "--learning_rate 0.1 --ep 3 --no-augment", "supported"),
        (_one(ARGPARSE), "--epochs 3 -- --anything", "supported"),
        (_one(ARGPARSE), "--learning-rate 0.1", "contradicted"),
        (_one(ARGPARSE), "--epoch-count 3", "contradicted"),
        (_one(ARGPARSE), "--no-epochs", "contradicted"),
        (_one(REMAINDER), "--gpus 2 train.py --lr 0.1", "supported"),
        (_one(TYPER), "--batch-size 8 --no-fast -v --lambda- 3", "supported"),
        (_one(TYPER), "--batch_size 8", "contradicted"),
        (_one(TYPER), "--batch 8", "contradicted"),
        (_one(TYPER), "--no-batch-size", "contradicted"),
        (TYPER_ELSEWHERE, "train --epochs 3", "supported"),
        (_one(TYPER_APPENDED), "train --epochs 3", "supported"),
        (_one(TYPER_ADDED), "data pull --max-files 3", "supported"),
        (_one(TYPER_ADDED), "fit --epochs 3", "supported"),
        (_one(TYPER_ADDED), "fit --lr 3", "contradicted"),
        # fastapi/typer#315, joinmarket-ng/joinmarket-ng#640: an only command has no name.
        (_one(TYPER), "train --batch-size 8", "contradicted"),
        (_one(TYPER_CALLBACK), "train --batch-size 8", "supported"),
        (_one(TYPER_ADDED), "train_model --epochs 3", "contradicted"),
        (_one(CLICK), "fit --shuffle", "contradicted"),
        (_one(CLICK), "train --batch_size 3 --no-shuffle --yes", "supported"),
        (_one(CLICK), "train --batch-size 3", "contradicted"),
        (_one(CLICK), "train --password 3", "contradicted"),
        (_one(CLICK_LAZY), "train --epochs 3", "supported"),
        (_one(CLICK_OBJECT), "train --epochs 3", "supported"),
        (CLICK_ELSEWHERE, "fit --epochs 3", "supported"),
        ({**CONFIGS, **_one(HYDRA)}, "lr=0.2 layers.0=3 model=small ~model", "supported"),
        ({**CONFIGS, **_one(HYDRA)}, "model=big", "contradicted"),
        ({**CONFIGS, **_one(HYDRA)}, "epoch=3", "contradicted"),
        ({**CONFIGS, **_one(STORE)}, "model=big", "supported"),
        ({**CONFIGS, **_one(STORE)}, "epoch=3", "supported"),
        ({**CONFIGS, **_one(HYDRA)}, "--config-dir=more model=big", "supported"),
        ({**CONFIGS, **_one(HYDRA)}, "-cp ../elsewhere epoch=3", "supported"),
    ],
)
def test_options_are_what_the_framework_takes(
    files: dict[str, str], words: str, verdict: str, tmp_path: Path
) -> None:
    known = read_repository(tmp_path, files)
    path = "src/p/cli.py" if "src/p/cli.py" in files else "src/p/run.py"
    command = f"python {path} {words}"
    assert judged(known, 13, f"We run `{command}`.", "command") == {command: verdict}
