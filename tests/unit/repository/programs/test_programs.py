"""Command lines of Python files, framework by framework."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.repository.programs.programs import Program
from tests.cpu import ends_within
from tests.view_sample import view


def only(root: Path, text: str, **others: str) -> Program:
    files = {"main.py": text, **{f"{name}.py": content for name, content in others.items()}}
    (program,) = (one for one in view(root, files).programs() if one.path == "main.py")
    return program


def options(program: Program) -> set[str]:
    """Without those that the framework always has."""
    always = {"--help", "-h", "--install-completion", "--show-completion"}
    return set(program.options) - always


TYPER = """
import typer
from typing import Annotated, Optional
app = typer.Typer()

@app.command()
def train(
    data: str,
    batch_size: int = 32,
    shuffle: bool = True,
    lr: float = typer.Option(0.1, "--lr", "-l", help="rate"),
    epochs: Annotated[int, typer.Option(help="how long")] = 3,
    flag: Annotated[bool, typer.Option("--yes/--no")] = False,
    out_dir: Optional[str] = None,
    model: str = typer.Argument("resnet"),
    verbose: Annotated[bool, typer.Option("--verbose", "-v")] = False,
):
    ...

if __name__ == "__main__":
    app()
"""


def test_typer_names_options_by_itself(tmp_path: Path) -> None:
    program = only(tmp_path, TYPER)
    assert program.framework == "typer"
    assert options(program) == {
        *("--batch-size", "--shuffle", "--no-shuffle", "--lr", "-l", "--epochs", "--yes", "--no"),
        *("--out-dir", "--verbose", "-v"),
    }
    assert program.positionals == ("data", "model")
    assert program.commands == ()
    assert not program.open
    assert program.accepts("--batch-size") is True
    assert program.accepts("--lr=0.1") is True
    assert program.accepts("--batch_size") is False
    assert program.accepts("--help") is True
    assert program.evidence.line == 7


def test_typer_with_several_commands(tmp_path: Path) -> None:
    text = """
import typer
app = typer.Typer()
sub = typer.Typer()
app.add_typer(sub, name="model")
@app.command()
def make_data(x: int = 1): ...
@app.command("fit")
def train(): ...
@sub.command()
def inner(y: int = 2): ...
def plain(z: int = 3): ...
"""
    program = only(tmp_path, text)
    assert set(program.commands) >= {"make-data", "fit", "model"}
    assert options(program) == {"--x", "--y"}
    assert not program.open


def test_typer_without_decorators(tmp_path: Path) -> None:
    text = """
import typer
def train(ctx: typer.Context, out: str = typer.Option("-"), seed: int = typer.Option(..., "--seed")): ...
def test(): ...
app = typer.Typer()
app.command()(train)
app.command(name="check")(test)
"""
    program = only(tmp_path, text)
    assert program.commands == ("train", "check")
    assert options(program) == {"--out", "--seed"}
    assert program.positionals == ()


def test_typer_run_and_functions_of_other_files(tmp_path: Path) -> None:
    program = only(
        tmp_path,
        "import typer\nfrom work import train\nif __name__ == '__main__':\n    typer.run(train)\n",
        work="def train(lr: float = 0.1, *, seed: int = 1): ...\n",
    )
    assert options(program) == {"--lr", "--seed"}
    assert not program.open


def test_typer_of_another_library_is_open(tmp_path: Path) -> None:
    program = only(tmp_path, "import typer\nfrom torch import save\ntyper.run(save)\n")
    assert program.open
    assert program.accepts("--x") is None


def test_an_application_of_another_file_is_started(tmp_path: Path) -> None:
    program = only(tmp_path, "from cli import app\nif __name__ == '__main__':\n    app()\n", cli=TYPER)
    assert program.framework == "typer"
    assert "--batch-size" in program.options


def test_a_helper_of_a_file_with_a_command_line_is_not_its_command_line(tmp_path: Path) -> None:
    text = "from cli import helper\nif __name__ == '__main__':\n    helper()\n"
    program = only(tmp_path, text, cli=TYPER + "\ndef helper(): ...\n")
    assert (program.framework, program.open) == ("plain", False)


CLICK = """
import click

@click.group()
@click.option("--debug/--no-debug", default=False)
def cli(debug): ...

@cli.command()
@click.option("--batch-size", "-b", "size", default=3)
@click.option("--name", required=True)
@click.argument("source", type=click.Path())
def make_data(size, name, source): ...

@click.command("other")
def loose(): ...

cli.add_command(loose)

if __name__ == "__main__":
    cli()
"""


def test_click(tmp_path: Path) -> None:
    program = only(tmp_path, CLICK)
    assert program.framework == "click"
    assert options(program) == {"--debug", "--no-debug", "--batch-size", "-b", "--name"}
    assert program.positionals == ("source",)
    assert program.commands == ("make-data", "other")
    assert not program.open


@pytest.mark.parametrize(
    "lines",
    [
        "@click.command()\n@common_options\ndef f(): ...",
        "@click.command(context_settings={'ignore_unknown_options': True})\ndef f(): ...",
        "@click.command()\n@click.option(NAME)\ndef f(): ...",
    ],
)
def test_click_that_cannot_be_told_completely(tmp_path: Path, lines: str) -> None:
    assert only(tmp_path, f"import click\nfrom elsewhere import NAME, common_options\n{lines}\n").open


ARGPARSE = """
import argparse

def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--batch_size", "-b", type=int, default=3)
    parser.add_argument("--amp", action=argparse.BooleanOptionalAction)
    parser.add_argument("data", nargs="?")
    group = parser.add_argument_group("model")
    group.add_argument("--layers", type=int)
    return parser.parse_args()

if __name__ == "__main__":
    parse()
"""


def test_argparse(tmp_path: Path) -> None:
    program = only(tmp_path, ARGPARSE)
    assert program.framework == "argparse"
    assert options(program) == {"--batch_size", "-b", "--amp", "--no-amp", "--layers"}
    assert program.positionals == ("data",)
    assert not program.open
    assert program.accepts("--batch-size") is False
    # argparse takes a unique beginning; of two nobody can tell
    assert program.accepts("--batch") is True
    assert program.accepts("--") is None


def test_sub_parsers(tmp_path: Path) -> None:
    text = """
import argparse
parser = argparse.ArgumentParser()
commands = parser.add_subparsers(dest="command")
train = commands.add_parser("train")
train.add_argument("--lr")
commands.add_parser("evaluate").add_argument("checkpoint")
"""
    program = only(tmp_path, text)
    assert program.commands == ("train", "evaluate")
    assert options(program) == {"--lr"}
    assert program.positionals == ("checkpoint",)
    assert not program.open


@pytest.mark.parametrize(
    "lines",
    [
        "args, rest = parser.parse_known_args()",
        "for name in names:\n    parser.add_argument(f'--{name}')",
        "parser.add_argument(*names)",
        "from lib import add_options\nadd_options(parser)",
        "parser = argparse.ArgumentParser(parents=[base])",
    ],
)
def test_argparse_that_cannot_be_told_completely(tmp_path: Path, lines: str) -> None:
    text = f"import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--lr')\n{lines}\n"
    program = only(tmp_path, text)
    assert program.open
    assert program.accepts("--lr") is True
    assert program.accepts("--other") is None


def test_a_parser_that_goes_through_the_same_file_is_not_open(tmp_path: Path) -> None:
    text = """
import argparse
def add(parser):
    parser.add_argument("--lr")
p = argparse.ArgumentParser()
add(p)
"""
    assert not only(tmp_path, text).open


def test_a_parser_of_another_file(tmp_path: Path) -> None:
    text = "import opts\nif __name__ == '__main__':\n    args = opts.parse()\n"
    program = only(tmp_path, text, opts=ARGPARSE)
    assert (program.framework, program.open) == ("argparse", True)
    assert program.accepts("--layers") is True


def test_fire(tmp_path: Path) -> None:
    text = """
import fire
class Tool:
    def __init__(self, seed=1): ...
    def train(self, batch_size=3): ...
    def _hidden(self): ...
def single(lr, **kwargs): ...
if __name__ == "__main__":
    fire.Fire(Tool)
"""
    program = only(tmp_path, text)
    assert program.commands == ("train",)
    assert options(program) == {"--seed", "--batch_size", "--batch-size"}
    assert not program.open
    assert only(tmp_path, text.replace("Fire(Tool)", "Fire(single)")).open
    table = only(tmp_path, text.replace("Fire(Tool)", "Fire({'one': single, 'two': Tool})"))
    assert table.commands == ("one", "two")


HYDRA = "import hydra\n@hydra.main({args})\ndef main(cfg): ...\nif __name__ == '__main__':\n    main()\n"


@pytest.mark.parametrize(
    ("args", "config"),
    [
        ('version_base=None, config_path="../../configs", config_name="config"', "configs/config.yaml"),
        ('config_path="../../configs/", config_name="config.yaml"', "configs/config.yaml"),
        ('"conf", "small"', "src/pkg/conf/small.yml"),
        ('config_path=".", config_name="here"', "src/pkg/here.yaml"),
        ('config_path=str(ROOT / "configs"), config_name=NAME', "configs/config.yaml"),
        ('config_path=os.path.join(os.getcwd(), "configs"), config_name="config"', "configs/config.yaml"),
        ('config_path=f"{ROOT}/configs", config_name="config"', "configs/config.yaml"),
    ],
)
def test_the_configuration_of_hydra(tmp_path: Path, args: str, config: str) -> None:
    prefix = "import os\nfrom pathlib import Path\nfrom pkg.names import NAME\nROOT = Path(__file__).resolve().parents[2]\n"
    files = {
        "src/pkg/train.py": prefix + HYDRA.format(args=args),
        "src/pkg/names.py": "NAME = 'config'\n",
        "configs/config.yaml": "lr: 1\n",
        "src/pkg/conf/small.yml": "lr: 1\n",
        "src/pkg/here.yaml": "lr: 1\n",
    }
    (program,) = view(tmp_path, files).programs()
    assert (program.framework, program.config, program.open) == ("hydra", config, False)
    assert program.accepts("--multirun") is True


@pytest.mark.parametrize(
    "args",
    [
        'config_path="nowhere", config_name="config"',
        'config_path="../../../../etc", config_name="passwd"',
        'config_path="../../../configs", config_name="config"',
        "config_path=None",
        "config_path=make(), config_name='x'",
    ],
)
def test_a_configuration_that_is_not_there_leaves_hydra_open(tmp_path: Path, args: str) -> None:
    files = {"src/pkg/train.py": HYDRA.format(args=args), "configs/config.yaml": "lr: 1\n"}
    (program,) = view(tmp_path, files).programs()
    assert (program.config, program.open) == ("", True)


def test_absl_lightning_and_others(tmp_path: Path) -> None:
    files = {
        "a.py": "from absl import app, flags\nflags.DEFINE_integer('batch_size', 1, '', short_name='b')\n"
        "flags.DEFINE_bool('fast', False, '')\napp.run(main)\n",
        "b.py": "from lightning.pytorch.cli import LightningCLI\ndef cli_main():\n    cli = LightningCLI(Model)\n",
        "c.py": "import tyro\nif __name__ == '__main__':\n    tyro.cli(main)\n",
        "d.py": "import sys\nif __name__ == '__main__':\n    print(sys.argv[1])\n",
        "e.py": "def f(): ...\nif __name__ == '__main__':\n    f()\n",
        "f.py": "def f(): ...\n",
        "tests/test_a.py": ARGPARSE,
    }
    found = {program.path: program for program in view(tmp_path, files).programs()}
    assert {path: (one.framework, one.open) for path, one in found.items()} == {
        "a.py": ("absl", True),
        "b.py": ("lightning", True),
        "c.py": ("tyro", True),
        "d.py": ("plain", True),
        "e.py": ("plain", False),
    }
    assert {"--batch_size", "-b", "--fast", "--nofast"} <= set(found["a.py"].options)
    assert found["b.py"].commands == ("fit", "validate", "test", "predict")


@pytest.mark.slow
def test_very_many_commands_and_calls_end(tmp_path: Path) -> None:
    commands = "".join(f"@app.command()\ndef c{n}(x{n}: int = 1): ...\n" for n in range(3_000))
    files = {
        "cli.py": f"import typer\napp = typer.Typer()\n{commands}",
        "main.py": "import cli\n"
        + "".join(f"cli.c{n % 3_000}()\n" for n in range(20_000))
        + "if __name__ == '__main__':\n    1\n",
        "opts.py": "import argparse\np = argparse.ArgumentParser()\n" + "p.add_argument('--x')\n" * 20_000,
    }
    submission = view(tmp_path, files)
    submission.python_files()

    def are_found() -> None:
        assert {one.path for one in submission.programs()} == {"cli.py", "main.py", "opts.py"}

    ends_within(40, are_found)
