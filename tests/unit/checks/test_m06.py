"""M6's traps: layouts of every year, stubs that look like work, and work that looks like a stub."""

from __future__ import annotations

import pytest

from grader.results import CheckResult
from grader.testing import run_check

SUITE = "checks/m06_code_structure"
TORCH_MODEL = """import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(784, 10)

    def forward(self, x):
        return self.layer(x)
"""
CODE_ALONE = {"src/digits/__init__.py": "", "src/digits/model.py": TORCH_MODEL}
PYPROJECT = '[project]\nname = "digits"\nversion = "1"\ndependencies = ["torch"]\n'


def run(check: str, files: dict[str, str], profile: str = "project") -> CheckResult:
    return run_check(SUITE, check, files, profile=profile)


def verdict(check: str, files: dict[str, str], profile: str = "project") -> str:
    return run(check, files, profile).verdict


@pytest.mark.parametrize(
    "path",
    ["src/digits/model.py", "digits/model.py", "src/model.py", "project/src/digits/model.py"],
)
def test_a_package_counts_wherever_it_lies(path: str) -> None:
    folder = path.rpartition("/")[0]
    assert verdict("code_is_a_package", {path: TORCH_MODEL, f"{folder}/__init__.py": ""}) == "passed"


@pytest.mark.parametrize(
    ("files", "expected", "said"),
    [
        ({"train.py": "x = 1\n", "model.py": TORCH_MODEL}, "failed", "single scripts"),
        ({"notebooks/all.ipynb": "{}"}, "failed", "notebooks"),
        ({"src/Digits/__init__.py": "", "src/Digits/model.py": TORCH_MODEL}, "partial", "lower case"),
        ({"src/digits/model.py": TORCH_MODEL, "src/digits/train.py": "x = 1\n"}, "partial", "__init__.py"),
        ({"src/digits/__init__.py": "def broken(:\n"}, "failed", "src/digits/__init__.py"),
    ],
)
def test_what_is_no_package(files: dict[str, str], expected: str, said: str) -> None:
    result = run("code_is_a_package", files)
    assert (result.verdict, said in result.message) == (expected, True)


STEPS = {f"src/digits/{name}.py": "x = 1\n" for name in ("__init__", "data", "train", "evaluate")}


@pytest.mark.parametrize(
    "files",
    [
        {"main.py": "x = 1\n", "Dockerfile": "FROM a:1\n"},
        {"a.ipynb": "{}"},
        {"pyproject.toml": PYPROJECT, "src/digits/__init__.py": "", "src/digits/model.py": TORCH_MODEL},
        {path: text for path, text in STEPS.items() if "evaluate" not in path},
        {path.replace("src/digits/", "tests/test_"): text for path, text in STEPS.items()},
        {**CODE_ALONE, "grader.toml": 'module = "M4"\n'},
    ],
)
def test_other_modules_exercises_did_not_start_this_one(files: dict[str, str]) -> None:
    assert verdict("package_installs", files, "exercises") == "blocked"


@pytest.mark.parametrize(
    "files",
    [
        STEPS,
        {path.replace("src/digits", "digits"): text for path, text in STEPS.items()},
        {f"week2/{path}": text for path, text in STEPS.items()},
        {
            "setup.py": "",
            "src/data/make_dataset.py": "",
            "src/models/train_model.py": "",
            "src/models/predict_model.py": "",
        },
        {**CODE_ALONE, "grader.toml": 'module = "M6"\n'},
    ],
)
def test_what_starts_the_exercise(files: dict[str, str]) -> None:
    assert verdict("data_is_processed", files, "exercises") == "failed"


def imported(**modules: str) -> CheckResult:
    files = {f"src/digits/{name}.py": text for name, text in modules.items()}
    return run("modules_can_be_imported", {"src/digits/__init__.py": "", **files})


MODEL = "class Model:\n    def fit(self, x):\n        return x\n"
TRAIN = "def train():\n    return 1\n"
DATA = "def load_data():\n    return open('x').read()\n"


def test_a_module_may_ask_for_its_neighbour_as_a_script_does() -> None:
    result = imported(data=DATA, train=f"from data import load_data\n{TRAIN}")
    assert result.verdict == "passed", result.message
    assert any("from its own folder only" in item.text for item in result.evidence)


def test_a_neighbour_that_lacks_what_a_script_asks_for_is_a_fault() -> None:
    result = imported(data=DATA, train=f"from data import load_digits\n{TRAIN}")
    assert result.verdict == "failed"
    assert "No module named 'data'" in result.message


def test_modules_are_imported_in_one_process() -> None:
    seen = "import builtins\nbuiltins.SEEN = [*getattr(builtins, 'SEEN', ()), __name__]\n"
    last = f"{seen}if len(SEEN) != 3:\n    raise ValueError(SEEN)\n{TRAIN}"
    result = imported(data=seen + DATA, model=seen + MODEL, train=last)
    assert result.verdict == "passed", result.message
    assert [item.text for item in result.evidence] == [
        f"import digits.{name}" for name in ("data", "model", "train")
    ]


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("import os\nos._exit(0)\n", "without a value"),
        ("import sys\nsys.exit(3)\n", "ended the process"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", "digits.model"),
        ("1 / 0\n", "ZeroDivisionError"),
        ("import os\nos.chdir('/')\n1 / 0\n", "ZeroDivisionError"),
    ],
)
def test_what_lies_behind_a_module_that_dies_is_imported_all_the_same(end: str, said: str) -> None:
    result = imported(data=DATA, model=MODEL + end, train=TRAIN)
    assert result.verdict == "failed"
    assert result.message.startswith("`import digits.model`: ")
    assert said in result.message
    assert {item.text for item in result.evidence} >= {"import digits.data", "import digits.train"}


def test_the_first_module_that_fails_decides() -> None:
    result = imported(data="import os\nos._exit(0)\n" + DATA, model="1 / 0\n" + MODEL, train=TRAIN)
    assert result.message.startswith("`import digits.data`: ")
    assert {item.text for item in result.evidence} >= {"import digits.train"}


CODE = {"src/digits/__init__.py": "", "src/digits/model.py": TORCH_MODEL}


def module(name: str, text: str) -> dict[str, str]:
    return {"src/digits/__init__.py": "", f"src/digits/{name}.py": text}


STUB_DATA = """from torch.utils.data import Dataset
import typer

class MyDataset(Dataset):
    def __init__(self, data_path) -> None:
        self.data_path = data_path

    def __len__(self) -> int:
        '''Return the length.'''

    def __getitem__(self, index: int):
        '''Return a sample.'''

    def preprocess(self, output_folder) -> None:
        '''Preprocess.'''

def preprocess(data_path, output_folder) -> None:
    print('Preprocessing data...')
    dataset = MyDataset(data_path)
    dataset.preprocess(output_folder)

if __name__ == '__main__':
    typer.run(preprocess)
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (STUB_DATA, "failed"),
        (STUB_DATA.replace("'''Return a sample.'''", "return self.rows[index]"), "passed"),
        ("import torch\n\ndef load_data():\n    rows = torch.load('x.pt')\n    return rows\n", "passed"),
        (
            "import kagglehub\n\ndef download_data():\n    path = kagglehub.dataset_download('a/b')\n    return path\n",
            "passed",
        ),
        ("def load_data():\n    pass\n", "failed"),
    ],
)
def test_data(text: str, expected: str) -> None:
    assert verdict("data_module_works", module("data", text)) == expected


def test_data_under_another_name_and_folder() -> None:
    files = {
        "src/data/make_dataset.py": "import pandas as pd\n\ndef main(a):\n    x = pd.read_csv(a)\n    x.to_csv('b')\n"
    }
    assert verdict("data_module_works", files) == "passed"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TORCH_MODEL, "passed"),
        (TORCH_MODEL.replace("784, 10", "1, 1"), "failed"),
        (TORCH_MODEL.replace("784, 10", "in_features=1, out_features=1"), "failed"),
        ("import timm\n\ndef get_model():\n    return timm.create_model('resnet18')\n", "passed"),
        (
            "from sklearn.linear_model import SGDClassifier\n\ndef make():\n    m = SGDClassifier()\n    return m\n",
            "passed",
        ),
        ("class Model:\n    def forward(self, x):\n        raise NotImplementedError\n", "failed"),
    ],
)
def test_model(text: str, expected: str) -> None:
    assert verdict("model_module_works", module("model", text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def train():\n    for x in data:\n        loss.backward()\n        opt.step()\n", "passed"),
        ("from lightning import Trainer\n\ndef train():\n    Trainer().fit(model)\n", "passed"),
        ("from transformers import Trainer\n\ndef train():\n    t = Trainer(m)\n    t.train()\n", "passed"),
        ("from sklearn.svm import SVC\n\ndef train(x, y):\n    SVC().fit(x, y)\n", "passed"),
        ("def train():\n    dataset = MyDataset('data/raw')\n    model = Model()\n", "failed"),
        ("def train():\n    model.train()\n    model.eval()\n", "failed"),
        ("def train():\n    '''for x in data: loss.backward(); opt.step()'''\n", "failed"),
    ],
)
def test_training(text: str, expected: str) -> None:
    assert verdict("training_module_works", module("train", text)) == expected


def test_a_command_line_that_holds_the_loop_trains_and_so_does_a_file_beside_the_script() -> None:
    cli = "from lightning.pytorch.cli import LightningCLI\n\n\ndef train():\n    LightningCLI(Model, Data)\n"
    assert verdict("training_module_works", module("train", cli)) == "passed"
    loop = "def one_step(model, loss, optimizer):\n    loss.backward()\n    optimizer.step()\n"
    script = "from digits.loop import one_step\n\n\ndef train():\n    one_step(1, 2, 3)\n"
    assert verdict("training_module_works", {**module("train", script), **module("loop", loop)}) == "passed"
    assert verdict("training_module_works", module("train", script)) == "failed"


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("set -e\nnnUNetv2_train 101 2d 0 --npz\n", "partial"),
        ("python3 -m venv .venv\nyolo detect train data=coco8.yaml model=yolo11n.pt\n", "partial"),
        ("python -m spacy train config.cfg\n", "partial"),
        ("# nnUNetv2_train 101 2d 0\necho nnUNetv2_train\nyolo predict model=yolo11n.pt\n", "failed"),
    ],
)
def test_a_command_of_a_library_may_hold_the_loop(script: str, expected: str) -> None:
    """A real project trains by `nnUNetv2_train`, beside the `train.py` of the template."""
    stub = module("train", "def train():\n    model = Model()\n")
    assert verdict("training_module_works", {**stub, "train_entrypoint.sh": script}) == expected


def test_code_in_notebooks_only_is_told_where_it_belongs() -> None:
    result = run("training_module_works", {"notebooks/train.ipynb": "{}"})
    assert result.verdict == "failed"
    assert "notebooks/train.ipynb" in result.message


def test_a_module_that_does_not_parse_is_named() -> None:
    result = run("training_module_works", {"src/digits/train.py": "def train(:\n"})
    assert result.verdict == "failed"
    assert "src/digits/train.py" in result.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from digits.model import Net\n", "passed"),
        ("import digits\n", "passed"),
        ("from src.digits.model import Net\n", "partial"),
        (
            "import subprocess\n\ndef test_x():\n    subprocess.run(['python', '-m', 'digits.train'])\n",
            "passed",
        ),
        ("def test_x():\n    assert 1 + 1 == 2\n", "failed"),
        ("", "not_applicable"),
    ],
)
def test_tests(text: str, expected: str) -> None:
    assert verdict("tests_import_the_package", CODE | {"tests/test_model.py": text}) == expected


def test_where_src_is_the_package_its_name_is_src() -> None:
    files = {
        "src/__init__.py": "",
        "src/model.py": TORCH_MODEL,
        "tests/test_m.py": "from src.model import Net\n",
    }
    assert verdict("tests_import_the_package", files) == "passed"
    assert verdict("no_path_tricks", files) == "passed"


@pytest.mark.parametrize(
    ("code", "declared", "expected"),
    [
        (
            "import sklearn, yaml, cv2\nfrom PIL import Image\n",
            "scikit-learn pyyaml opencv-python-headless pillow",
            "passed",
        ),
        ("import numpy\nimport omegaconf\nimport pydantic\n", "torch hydra-core fastapi", "passed"),
        ("from google.cloud import storage\n", "google-cloud-storage", "passed"),
        ("import pytorch_lightning\n", "lightning", "passed"),
        ("import json, os\nfrom . import other\nfrom digits import model\n", "torch", "passed"),
        ("try:\n    import cupy\nexcept ImportError:\n    cupy = None\n", "torch", "passed"),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas\n", "torch", "passed"),
        ("import pandas\n", "torch", "failed"),
        ("import pandas\n", "torch a b c d", "partial"),
        ("import pandas, scipy, networkx\n", "torch a b c d", "failed"),
    ],
)
def test_declared(code: str, declared: str, expected: str) -> None:
    files = CODE | {"src/digits/data.py": code, "requirements.txt": "torch\n" + "\n".join(declared.split())}
    assert verdict("dependencies_are_declared", files) == expected


@pytest.mark.parametrize(
    ("installs", "expected"),
    [
        ("RUN pip install fastapi\nRUN pip install google-cloud-storage\n", "partial"),
        ("RUN uv pip install --system fastapi 'google-cloud-storage>=2'\n", "partial"),
        ("RUN pip install fastapi\n", "failed"),
        ("RUN echo pip install fastapi google-cloud-storage\n", "failed"),
    ],
)
def test_what_an_image_installs_is_not_said_to_be_missing(installs: str, expected: str) -> None:
    """A real project's API has its packages from its Dockerfile alone: a part of what is asked, and no false claim."""
    files = CODE | {
        "src/digits/data.py": "import fastapi\nfrom google.cloud import storage\n",
        "requirements.txt": "torch\n",
        "docker/Dockerfile": f"FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n{installs}",
    }
    assert verdict("dependencies_are_declared", files) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```bash\npython -m digits.train\n```\n", "passed"),
        ("```bash\n$ uv run src/digits/model.py --lr 0.1\n```\n", "passed"),
        ("Run `make train`.\n", "passed"),
        ("    invoke train\n", "passed"),
        ("```\npython src\\digits\\model.py\n```\n", "passed"),
        ("```bash\npython src/old.py\n```\n", "failed"),
        (
            "```bash\npip install -e .\nuv sync\nuv run pre-commit install\npython -m pip install x\n```\n",
            "failed",
        ),
        ("```\n├── src\n│   └── train.py\n```\nRun the training with python.\n", "failed"),
        ("", "failed"),
    ],
)
def test_readme(text: str, expected: str) -> None:
    assert verdict("readme_says_how_to_run", CODE | {"README.md": text}) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"Makefile": "data:\n\tpython x.py\n\ntrain: data\n\tpython y.py\n"}, "passed"),
        (
            {
                "pyproject.toml": PYPROJECT
                + "[project.scripts]\ntrain = 'digits:t'\npreprocess = 'digits:p'\n"
            },
            "passed",
        ),
        ({"Makefile": "train:\n\tpython y.py\nNAME := x\n"}, "partial"),
        ({"Makefile": "lint:\n\truff check\n"}, "failed"),
        ({"docs/Makefile": "train:\n\tx\ndata:\n\tx\n"}, "failed"),
        ({}, "failed"),
    ],
)
def test_tasks(files: dict[str, str], expected: str) -> None:
    assert verdict("tasks_run_the_steps", CODE | files) == expected


def test_another_structure_is_never_failed_where_there_is_a_package() -> None:
    assert verdict("structure_is_known", CODE | {"pyproject.toml": PYPROJECT}) == "partial"
    assert verdict("structure_is_known", {"a.py": "x = 1\n"}) == "failed"
