"""M3: which scripts are looked at, and ways to repair a network and to port a notebook that count or do not."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from grader.testing import run_check
from tests.places import CHECKS, ROOT
from tests.suite_names import suite_names
from tests.view_sample import view

SUITE = CHECKS / "m03_editor"
SOLUTION = ROOT / "exercises" / "m03_editor" / "solution"
LAYERS = (SOLUTION / "layers.py").read_text(encoding="utf-8")
TABLE = (SOLUTION / "weather.csv").read_text(encoding="utf-8")
NOTEBOOK = (SOLUTION / "weather.ipynb").read_text(encoding="utf-8")
HELLO = 'print("Hello")\n'
IMPORTS = "from layers import *\nfrom layers import Linear, Module\n"
NET = (
    IMPORTS
    + """
class Net(Module):
    def __init__(self):
        self.layers = [Linear(196, 32), Linear(32, 16), Linear(16, 10)]

    def forward(self, images):
        one, two, three = self.layers
        return three(relu(two(relu(one(flatten(images))))))

if __name__ == "__main__":
    print(Net()(random_images(2, 14)))
"""
)
TORCH = "import torch\nfrom torch import nn\nmodel = nn.Linear(784, 10)\nprint(model(torch.randn(1, 784)))\n"


@pytest.mark.parametrize(
    ("files", "folders"),
    [
        ({"hello.py": HELLO, "classify.py": NET, "layers.py": LAYERS}, ["."]),
        ({"copilot.py": TORCH}, ["."]),
        ({"S1/M3/hello/hello.py": HELLO, "S1/M3/copilot/copilot.py": TORCH}, ["S1/M3"]),
        ({"s1/m3/net.py": TORCH}, ["s1/m3"]),
        (
            {"run.py": "from nets import net\nprint(net(1))\n", "nets.py": IMPORTS + "net = Linear(1, 2)\n"},
            ["."],
        ),
        ({"a/hello.py": HELLO, "a/weather.ipynb": NOTEBOOK, "a/weather.py": HELLO}, ["a"]),
    ],
    ids=[
        "the exercise",
        "the course's name",
        "two folders",
        "the module's folder",
        "two files",
        "no network",
    ],
)
def test_where_the_work_lies(tmp_path: Path, files: dict[str, str], folders: list[str]) -> None:
    assert suite_names(SUITE)["find_work"](view(tmp_path, files, profile="exercises")) == folders


@pytest.mark.parametrize(
    "files",
    [
        {"hello.py": HELLO, "run.sh": "#!/bin/sh\npython hello.py\n"},
        {"model.py": TORCH},
        {"m3/train.py": TORCH + "loss.backward()\n"},
        {"net.py": NET, "train.py": "loss.backward()\n", "layers.py": LAYERS},
        {"layers.py": LAYERS},
        {"weather.ipynb": NOTEBOOK, "weather.py": HELLO},
        {
            "data.ipynb": '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}',
            "data.py": HELLO,
            "hello.py": HELLO,
        },
    ],
    ids=[
        *(
            "M1's hello",
            "M4's model",
            "a training",
            "a network beside its training",
            "layers that nobody uses",
        ),
        *("a notebook alone", "M4's notebook"),
    ],
)
def test_work_of_other_modules_starts_nothing(tmp_path: Path, files: dict[str, str]) -> None:
    assert not suite_names(SUITE)["find_work"](view(tmp_path, files, profile="exercises"))


@pytest.mark.process
@pytest.mark.parametrize(
    ("code", "runs", "network"),
    [
        (NET, "passed", "passed"),
        (NET.replace("196", "784").replace("2, 14", "2, 28"), "passed", "passed"),
        (NET.replace(IMPORTS, LAYERS), "passed", "passed"),
        (
            IMPORTS + "a, b, c = Linear(196, 32), Linear(32, 16), Linear(16, 10)\n"
            "def scores(images):\n    return c(relu(b(relu(a(flatten(images))))))\n"
            "for row in scores(random_images(3, 14)):\n    print(row)\n",
            "passed",
            "passed",
        ),
        (
            NET.replace("__init__(self)", "__init__(self, side)").replace("Net()", "Net(14)"),
            "passed",
            "passed",
        ),
        (NET.replace("    print(Net()(random_images(2, 14)))", "    print(Net())"), "failed", "failed"),
        (NET.replace("print(Net()", "len(Net()"), "failed", "passed"),
        (NET.replace("relu(two", "(two"), "passed", "failed"),
        (NET.replace("flatten(images)", "[[0.5] * 196] * len(images)"), "passed", "failed"),
        (NET.replace("flatten(images)", "flatten(images[:2])"), "passed", "failed"),
        (NET.replace("print(Net()(random_images(2, 14)))", "print([0.1] * 20)"), "failed", "passed"),
        ("import os\n" + NET + "    os._exit(0)\n", "failed", "failed"),
        ("import sys\ndef stop(code):\n    sys.exit(3)\n" + NET, "passed", "passed"),
    ],
    ids=[
        *("layer", "images", "one file", "functions", "with a size", "never asked", "not printed", "no relu"),
        *("blind", "two images", "typed in", "gone", "a function that ends all"),
    ],
)
def test_a_repaired_network(code: str, runs: str, network: str) -> None:
    files = {"classify.py": code, "layers.py": LAYERS}
    for name, verdict in (("script_runs", runs), ("network", network)):
        outcome = run_check(SUITE, name, files)
        if name == "network" and code.startswith(IMPORTS) and "Net())" in code:
            continue  # blocked by the other
        assert outcome.verdict == verdict, (name, outcome.message)


def test_what_a_network_has_to_compute_follows_from_the_seed() -> None:
    expected, same = suite_names(SUITE)["expected"], suite_names(SUITE)["same"]
    one = expected(7, 14, (32, 16), 3)
    assert [len(row) for row in one] == [10, 10, 10]
    assert same(one, expected(7, 14, (32, 16), 3))
    assert not same(one, expected(8, 14, (32, 16), 3))
    assert not same(one, [one[0]] * 3)


READ = "import csv\nrows = list(csv.DictReader(open('weather.csv')))\nvalues = [float(row['celsius']) for row in rows]\n"
STATIONS = (
    "for name in sorted({row['station'] for row in rows}):\n"
    "    of = [float(row['celsius']) for row in rows if row['station'] == name]\n"
    "    print(name, sum(of) / len(of))\n"
)
WARMEST = "best = max(rows, key=lambda row: float(row['celsius']))\nprint(best['celsius'], best['station'])\n"
MEAN = "print(sum(values) / len(values))\n"


@pytest.mark.process
@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (READ + "print(len(rows))\n" + MEAN + WARMEST + STATIONS, "passed"),
        (READ + "print(len(rows))\n" + MEAN.replace("print(", "round(") + WARMEST + STATIONS, "failed"),
        (READ + "print(42)\n" + MEAN + WARMEST + STATIONS, "failed"),
        (READ + "print(len(rows))\n" + MEAN + WARMEST, "failed"),
        (READ + "print(len(rows), get_ipython())\n" + MEAN + WARMEST + STATIONS, "failed"),
        ("print(open('weather.csv').read())\n", "failed"),
    ],
    ids=["by hand", "shown only", "typed off", "no stations", "a magic", "the table"],
)
@pytest.mark.parametrize("folder", ["", "notebooks/"])
def test_a_notebook_as_a_script(folder: str, code: str, verdict: str) -> None:
    files = {"weather.csv": TABLE, "weather.ipynb": NOTEBOOK, "weather.py": code, "hello.py": HELLO}
    outcome = run_check(SUITE, "notebook_script", {folder + path: text for path, text in files.items()})
    assert outcome.verdict == verdict, outcome.message


def book(*cells: str) -> str:
    made: list[dict[str, Any]] = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": cell}
        for cell in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


SUM = "values = [float(line.split(',')[1]) for line in open('prices.csv').readlines()[1:]]\n"


@pytest.mark.process
@pytest.mark.parametrize(
    ("cells", "code", "verdict"),
    [
        ([SUM, "sum(values)"], SUM + "print(sum(values))\n", "passed"),
        ([SUM, "%time total = sum(values)\ntotal"], SUM + "total = sum(values)\nprint(total)\n", "passed"),
        ([SUM, "sum(values)"], SUM + "print(50.0)\n", "failed"),
        (["print(3)"], "print(3)\n", "failed"),
    ],
    ids=["ported", "without its magic", "typed off", "no numbers of the table"],
)
def test_a_notebook_of_ones_own(cells: list[str], code: str, verdict: str) -> None:
    files = {
        "a.ipynb": book(*cells),
        "a.py": code,
        "prices.csv": "what,price\na,20.0\nb,30.0\n",
        "classify.py": NET,
    }
    outcome = run_check(SUITE, "notebook_script", files)
    assert outcome.verdict == verdict, outcome.message


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("tensor([[-0.1, 2e-2]], grad_fn=<AddmmBackward0>)", [-0.1, 0.02]),
        ("14.4°C, 3.5C (42) -7", [14.4, 3.5, 42, -7]),
        ("dtype: float64, v1.2, x=.5", [0.5]),
    ],
)
def test_numbers_of_a_text(text: str, numbers: list[float]) -> None:
    assert suite_names(SUITE)["numbers_in"](text) == numbers


def test_hidden_tables_have_one_answer() -> None:
    suite = suite_names(SUITE)
    for seed in range(30):
        text, numbers, words = suite["_measurements"](random.Random(seed))
        rows = [line.split(",") for line in text.splitlines()[1:]]
        assert numbers[0] == len(rows)
        assert sum(float(row[2]) == numbers[2] for row in rows) == 1
        said = [f"{numbers[0]}", f"{numbers[1]:.2f}", f"{numbers[2]} {words[0]}"]
        said += [f"{name}: {mean:.2f}" for name, mean in zip(words[1:], numbers[3:], strict=True)]
        assert suite["_missing"]("\n".join(said), numbers, words) == ""
        assert suite["_missing"]("\n".join(said[:1] + said[2:]), numbers, words)
        assert suite["_missing"](text, numbers, words)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (
            '{\n// which one\n"python.defaultInterpreterPath": "${workspaceFolder}/.venv/bin/python",\n}',
            "passed",
        ),
        ('{"program": "${file}", "url": "https://example.org/home/x", "glob": "**/home/**"}', "passed"),
        ('{"a": [{"b": "/home/someone/env/bin/python"}]}', "failed"),
        ('{"a": "/Users/someone/env"}', "failed"),
        ('{"a": "c:\\\\Users\\\\someone"}', "failed"),
        ('{"a" 1}', "failed"),
    ],
)
def test_settings_of_an_editor(text: str, verdict: str) -> None:
    outcome = run_check(SUITE, "settings", {".vscode/launch.json": text, "classify.py": NET})
    assert outcome.verdict == verdict, outcome.message
