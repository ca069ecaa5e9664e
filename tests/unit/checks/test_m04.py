"""The traps of M4: training code that is right in other words, and code that only looks right."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from grader.repository.submission_view import SubmissionView
from grader.results import CheckResult
from grader.suite import StudentFault
from grader.suite.suite_loader import load_suite
from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m04_deep_learning_software"
HEAD = "import torch\nfrom torch import nn\n"
MODEL = HEAD + "class Net(nn.Module):\n    def forward(self, x):\n        return x\n"


def judge(check: str, code: str, path: Any = "train.py", profile: Any = "project") -> CheckResult:
    return run_check(SUITE, check, {path: code}, profile=profile)


def loop(*steps: str) -> Any:
    return (
        HEAD
        + "def train(batches, optimizer, loss):\n    for batch in batches:\n"
        + "".join(f"        {step}\n" for step in steps)
    )


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (loop("optimizer.zero_grad()", "loss.backward()", "optimizer.step()"), "passed"),
        (loop("loss.backward()", "optimizer.step()", "optimizer.zero_grad()"), "passed"),
        (loop("loss.backward()", "optimizer.step()", "for p in batch: p.grad = None"), "passed"),
        (loop("loss.backward()", "optimizer.zero_grad()", "optimizer.step()"), "failed"),
        (loop("loss.backward()", "optimizer.step()"), "failed"),
        (loop("# optimizer.zero_grad()", "loss.backward()", "optimizer.step()"), "failed"),
        (loop("optimizer.zero_grad()", "loss.backward()"), "failed"),
        ("from lightning import Trainer\nTrainer(max_epochs=1).fit(None)\n", "passed"),
        (HEAD + "print('training')\n", "not_applicable"),
    ],
)
def test_training_passes(code: str, verdict: str) -> None:
    assert judge("training_pass", code).verdict == verdict


def test_a_project_without_training_code_is_not_accused() -> None:
    assert judge("training_pass", HEAD).verdict == "not_applicable"


@pytest.mark.parametrize(
    ("save", "verdict"),
    [
        ("torch.save(model.state_dict(), 'm.pt')", "passed"),
        ("state = {'state_dict': model.state_dict()}\ntorch.save(state, 'm.pt')", "passed"),
        ("torch.save(model, 'm.pt')", "failed"),
        ("torch.save(model.state_dict(), 'a.pt')\ntorch.save(model, 'm.pt')", "failed"),
        ("torch.save(images, 'm.pt')", "not_applicable"),
    ],
)
def test_what_is_saved(save: str, verdict: str) -> None:
    assert judge("saves_state_dict", f"{MODEL}model = Net().to('cpu')\n{save}\n").verdict == verdict


@pytest.mark.parametrize(
    ("end", "verdict"),
    [
        ("if __name__ == '__main__':\n    train()\n", "passed"),
        ("train()\n", "failed"),
        ("import typer\napp = typer.Typer()\napp()\n", "failed"),
        ("import typer\ntyper.run(train)\n", "failed"),
        ("import logging\nlogging.basicConfig()\n", "passed"),
    ],
)
def test_what_an_import_starts(end: str, verdict: str) -> None:
    code = MODEL + "def train():\n    pass\n" + end
    assert judge("imports_start_nothing", code).verdict == verdict


def notebook(*cells: str) -> Any:
    made = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": 1,
        }
        for number, source in enumerate(["import torch", *cells])
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.mark.parametrize(
    ("cell", "verdict"),
    [
        ("# TODO: softmax\nx = 1", "passed"),
        ("def f(x):\n    # TODO: softmax\n    pass", "failed"),
        ("# Your solution here\n", "failed"),
        ("def f(x):\n    return x", "passed"),
        ("%matplotlib inline\n!ls", "passed"),
        ("def f(:", "failed"),
    ],
)
def test_open_cells(cell: str, verdict: str) -> None:
    files = {"2_Neural_Networks.ipynb": notebook(cell)}
    assert run_check(SUITE, "notebooks_are_complete", files).verdict == verdict


def test_a_repository_without_torch_has_no_work() -> None:
    assert judge("training_pass", "print('hello')\n").verdict == "blocked"


def test_torch_alone_starts_no_exercise() -> None:
    assert judge("command_line", MODEL, path="model.py", profile="exercises").verdict == "blocked"


def test_a_function_is_missed_by_name_before_anything_runs() -> None:
    code = MODEL.replace("Net", "MyAwesomeModel")
    outcome = judge("corrupt_mnist", code, path="model.py", profile="exercises")
    assert outcome.verdict == "failed"
    assert "corrupt_mnist" in outcome.message


TENSORS = notebook("torch.manual_seed(7)")
DATA = "def corrupt_mnist():\n    return None, None\n"


@pytest.mark.parametrize(
    ("files", "folders"),
    [
        ({"1_Tensors.ipynb": TENSORS, "data.py": DATA, "requirements.txt": "torch\n"}, ["."]),
        ({"s1/1_Tensors.ipynb": TENSORS, "s1/final/data.py": DATA, "s1/final/requirements.txt": ""}, ["s1"]),
        ({"s1/notebooks/1_Tensors.ipynb": TENSORS, "s1/final/data.py": DATA}, ["s1"]),
        ({"s1/1_Tensors.ipynb": TENSORS, "s1/data.py": DATA, "s4/data.py": DATA}, ["s1", "s4"]),
        ({"src/digits/__init__.py": "", "src/digits/data.py": DATA}, ["."]),
        ({"s1/1_Tensors.ipynb": TENSORS, "s4/model.py": MODEL}, ["s1"]),
        ({"vae/model.py": MODEL, "vae/plot.ipynb": notebook("x = 1")}, []),
    ],
)
def test_where_the_exercise_lies(tmp_path: Path, files: dict[str, str], folders: list[str]) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    names = [value for file in load_suite(SUITE) for value in vars(file).values()]
    [work] = [value for value in names if hasattr(value, "__grader_work__")]
    assert work(SubmissionView(tmp_path, {"profile": "exercises"})) == folders


class Forging:
    """A student whose code replies something else than the snippet does."""

    def __init__(self, reply: object) -> None:
        self.reply = reply

    def probe(self, source: str, **inputs: Any) -> object:
        return self.reply


@pytest.mark.parametrize("reply", [None, [], {}, "a", ["2"], [2, 1], [2, 60, 1, 2, 20, 1, 2]])
@pytest.mark.parametrize("check", ["corrupt_mnist", "model_shapes", "training_steps"])
def test_a_forged_reply_is_the_student_s_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check: str, reply: object
) -> None:
    (tmp_path / "data.py").write_text(DATA)
    (tmp_path / "model.py").write_text(MODEL)
    names = {name: value for file in load_suite(SUITE) for name, value in vars(file).items()}
    judged = names[f"test_{check}"]
    # The words of the command are asked for by calls of their own, which would get the same reply.
    monkeypatch.setitem(judged.__globals__, "training", lambda *_: (["main.py"], 1))
    if "watched" in judged.__globals__:
        # Outside of a run nothing is kept for other checks.
        monkeypatch.setitem(judged.__globals__, "watched", judged.__globals__["watched"].__wrapped__)
    with pytest.raises((StudentFault, AssertionError)):
        judged(SubmissionView(tmp_path, {"profile": "exercises"}), Forging(reply), random.Random(1))
