"""Python files and packages of a submission, as their syntax trees say."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from grader.repository.faults import NewerSyntax, SubmissionFault
from tests.cpu import ends_within
from tests.view_sample import view

MODEL = '''"""A model."""
import torch.nn as nn
import torch
from torch.utils.data import DataLoader as Loader
from . import data


class Model(nn.Module):
    def __init__(self, width: int = 3) -> None:
        super().__init__()
        self.layer = nn.Linear(width, out_features=10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x)


@torch.no_grad()
async def later(a, *b, c=1, **d): ...


if __name__ == "__main__":
    Loader(data.make()).dataset.items[0].go()
'''


def test_a_python_file_says_what_it_defines_imports_and_calls(tmp_path: Path) -> None:
    file = view(tmp_path, {"model.py": MODEL}).python("model.py")
    assert file.classes["Model"].bases == ("torch.nn.Module",)
    assert file.classes["Model"].inherits("nn.Module")
    assert file.classes["Model"].methods.names == ("__init__", "forward")
    assert "later" in file.functions.names
    assert "train" not in file.functions.names
    assert file.functions["later"].args == ["a", "*b", "c", "**d"]
    assert file.functions["later"].is_async
    assert file.functions["later"].is_stub
    assert file.functions["later"].decorators[0].name == "torch.no_grad"
    assert [item.qualname for item in file.functions] == ["Model.__init__", "Model.forward", "later"]
    assert file.functions["forward"].has_type_hints
    assert file.imports >= {"torch", "torch.nn", "torch.utils.data", "torch.utils.data.DataLoader", ".data"}
    assert file.imports_module("torch.utils")
    assert not file.imports_module("numpy")
    assert file.has_main_guard


def test_calls_are_found_by_the_end_of_their_resolved_name(tmp_path: Path) -> None:
    file = view(tmp_path, {"model.py": MODEL}).python("model.py")
    for name in ("Linear", "nn.Linear", "torch.nn.Linear"):
        (call,) = file.calls(name)
        assert (call.name, call.line) == ("torch.nn.Linear", 11)
    assert call.argument("out_features", 1) == 10
    assert call.argument("in_features", 0, default="unknown") == "unknown"
    assert not file.calls("inear")
    assert file.calls("torch.utils.data.DataLoader")
    assert file.calls("go")[0].name == "torch.utils.data.DataLoader().dataset.items[].go"
    assert not file.calls("Linear", within=file.functions["forward"].node)
    assert file.uses("torch.Tensor")


def test_evidence_shows_the_line(tmp_path: Path) -> None:
    file = view(tmp_path, {"model.py": MODEL}).python("model.py")
    assert str(file.evidence(file.classes["Model"])) == "model.py:8: class Model(nn.Module):"
    assert str(file.evidence(2, "why")) == "model.py:2: why"
    assert file.evidence().line is None


N = 100_000


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * N + ")" * N,
        "x = " + "-" * N + "1",
        "x = " + "not " * N + "1",
        "x = " + "lambda: " * N + "1",
        "x = a" + ".b" * N,
        "x = a" + " + a" * N,
        "x = a" + "()" * N,
        "x = a" + "[0]" * N,
        "x = " + "1 ** " * N + "1",
        "x = " + "a if a else " * N + "a",
        "if a:\n pass\n" + "elif a:\n pass\n" * 5_000,
        "x = " + "9" * 10_000,
        "x = '" + "a" * 2_000_000 + "'",
        '"""' + '\\"""' * 50_000,
        "def f(:\n",
        "print 'two'\n",
        "if x:\npass\n",
        "x = 1\0",
    ],
    ids=lambda text: text[:14].replace("\0", "0").replace("\n", " "),
)
def test_hostile_and_broken_python_is_a_fault_at_once(tmp_path: Path, text: str) -> None:
    submission = view(tmp_path, {"bad.py": text, "good.py": "x = 1\n"})

    def is_refused() -> None:
        with pytest.raises(SubmissionFault) as fault:
            submission.python("bad.py")
        assert "bad.py" in fault.value.message

    ends_within(5, is_refused)
    assert [file.path for file in submission.python_files()] == ["good.py"]
    assert [broken.evidence[0].path for broken in submission.broken_python] == ["bad.py"]


def test_deep_looking_text_that_is_sound_parses(tmp_path: Path) -> None:
    text = (
        "# "
        + "-" * 500
        + "\nx = '"
        + "((" * 300
        + "'\ny = '''"
        + "- " * 300
        + "'''\nz = ["
        + "(1), " * 2000
        + "]\n"
    )
    file = view(tmp_path, {"a.py": text}).python("a.py")
    assert len(file.tree.body) == 3


def test_a_tree_that_parses_can_be_visited_recursively(tmp_path: Path) -> None:
    file = view(tmp_path, {"a.py": "x = a" + " + a" * 250}).python("a.py")
    ast.NodeVisitor().visit(file.tree)


def test_a_syntax_error_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(SubmissionFault, match=r"bad.py, line 3: not valid Python") as fault:
        view(tmp_path, {"bad.py": "x = 1\n\ny = = 2\n"}).python("bad.py")
    assert str(fault.value.evidence[0]) == "bad.py:3: y = = 2"


NEWER = "try:\n    pass\nexcept ValueError, KeyError:\n    pass\n"


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python reads the newest syntax")
def test_syntax_of_a_newer_python_is_no_syntax_error(tmp_path: Path) -> None:
    submission = view(tmp_path, {"new.py": NEWER, "bad.py": NEWER + "y = = 2\n"})
    for _ in range(2):
        with pytest.raises(NewerSyntax, match=r"new.py is written for a newer Python than 3.*: see line 3"):
            submission.python("new.py")
    assert [fault.evidence[0].path for fault in submission.broken_python] == ["bad.py"]
    assert len(submission.unread_python) == 2


@pytest.mark.slow
def test_very_much_python_is_bounded_altogether(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"m{n}.py": "x = [1, 2, 3]\n" * 20_000 for n in range(6)}
    submission = view(tmp_path, {**files, "a.py": "x = 1\n", "dense.py": "[" + "0," * 310_000 + "]"})
    kept = submission.python_files()
    assert "a.py" in [file.path for file in kept]
    assert sum(file.size for file in kept) < 1_100_000
    assert {fault.evidence[0].path for fault in submission.broken_python} >= {"dense.py", "m5.py"}


def test_a_fault_is_remembered_and_raised_anew(tmp_path: Path) -> None:
    submission = view(tmp_path, {"bad.py": "("})
    seen = []
    for _ in range(2):
        with pytest.raises(SubmissionFault) as fault:
            submission.python("bad.py")
        seen.append(fault.value)
    assert seen[0].message == seen[1].message
    assert seen[0] is not seen[1]


CODE = "x = 1\n" * 20
NN = "import torch.nn as nn\nclass Net(nn.Module):\n    def forward(self, x):\n        return x\n"
TRAIN = "def train(lr):\n    loss.backward()\n    optimizer.step()\n"


@pytest.mark.parametrize(
    ("files", "name", "folder"),
    [
        ({"src/pkg/__init__.py": "", "src/pkg/model.py": CODE}, "pkg", "src/pkg"),
        ({"src/pkg/data.py": CODE, "src/pkg/train.py": CODE}, "pkg", "src/pkg"),
        (
            {"src/__init__.py": "", "src/models/model.py": CODE, "src/data/make_dataset.py": CODE},
            "src",
            "src",
        ),
        ({"src/__init__.py": "", "src/pkg/__init__.py": "", "src/pkg/model.py": CODE}, "pkg", "src/pkg"),
        ({"pkg/__init__.py": "", "pkg/train_model.py": CODE, "tests/__init__.py": CODE * 9}, "pkg", "pkg"),
        (
            {"pyproject.toml": '[project]\nname = "my-pkg"\n', "my_pkg/core.py": CODE, "x.py": CODE * 9},
            "my_pkg",
            "my_pkg",
        ),
        ({"project/src/pkg/__init__.py": "", "project/src/pkg/model.py": CODE}, "pkg", "project/src/pkg"),
        ({"data.py": CODE, "model.py": CODE, "notes/x.py": CODE}, "", ""),
        ({"S1/M4/model.py": NN, "S1/M4/train.py": CODE, "S2/x.py": CODE}, "", "S1/M4"),
        ({"S1/a.py": CODE, "S2/b.py": CODE}, "", ""),
    ],
)
def test_the_package_is_found_wherever_it_lies(
    tmp_path: Path, files: dict[str, str | bytes], name: str, folder: str
) -> None:
    package = view(tmp_path, files).package
    assert package is not None
    assert (package.name, package.folder) == (name, folder)


def test_the_package_with_most_lines_wins_and_the_others_are_kept(tmp_path: Path) -> None:
    files = {"src/old_name/__init__.py": "", "src/old_name/a.py": CODE}
    files |= {
        "src/new_name/__init__.py": "",
        "src/new_name/a.py": CODE * 2,
        "src/new_name/test_a.py": CODE * 5,
    }
    package = view(tmp_path, files).package
    assert package is not None
    assert package.name == "new_name"
    assert [other.name for other in package.secondary] == ["old_name"]
    assert [module.path for module in package.modules] == ["src/new_name/__init__.py", "src/new_name/a.py"]
    assert package.module_name("src/new_name/a.py") == "new_name.a"
    assert package.module_name("src/new_name/__init__.py") == "new_name"


def test_no_python_but_tests_is_no_package(tmp_path: Path) -> None:
    assert view(tmp_path, {"tests/test_a.py": CODE, "README.md": "x"}).package is None


def test_roles_go_by_content_first_then_name_then_folder(tmp_path: Path) -> None:
    files = {
        "src/pkg/__init__.py": "",
        "src/pkg/model.py": "",
        "src/pkg/architecture.py": NN,
        "src/pkg/train.py": TRAIN,
        "src/pkg/api.py": "",
        "app/service.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        "app/ui.py": "import streamlit as st\n",
        "src/pkg/data/load.py": "x = 1\n",
        "src/pkg/watch.py": "from evidently import Report\n",
        "tests/test_model.py": NN + "def test_x(): assert True\n",
    }
    submission = view(tmp_path, files)
    package = submission.package
    assert package is not None
    found = {
        role: [file.path for file in package.find(role)]
        for role in ("model", "train", "api", "frontend", "data")
    }
    assert found == {
        "model": ["src/pkg/architecture.py", "src/pkg/model.py"],
        "train": ["src/pkg/train.py"],
        "api": ["app/service.py", "src/pkg/api.py"],
        "frontend": ["app/ui.py"],
        "data": ["src/pkg/data/load.py"],
    }
    assert [file.path for file in submission.find("drift_monitoring")] == ["src/pkg/watch.py"]
    assert [file.path for file in submission.find("tests")] == ["tests/test_model.py"]
    with pytest.raises(ValueError, match="no role"):
        package.find("modle")


def test_a_broken_pyproject_does_not_hide_the_package(tmp_path: Path) -> None:
    submission = view(
        tmp_path, {"pyproject.toml": "[", "pkg/__init__.py": "", "pkg/a.py": CODE, "pkg/b.py": "("}
    )
    assert submission.package is not None
    assert submission.package.name == "pkg"
    with pytest.raises(SubmissionFault, match=r"pyproject.toml, line 1"):
        _ = submission.pyproject


def test_the_courses_report_script_is_nobodys_own_code_however_it_is_written(tmp_path: Path) -> None:
    script = "import markdown\nfrom loguru import logger\n\ndef html():\n    pass\n\ndef check():\n    logger.info('x')\n"
    found = view(tmp_path, {"reports/reports.py": script, "src/pkg/train.py": "x = 1\n"})
    assert [file.path for file in found.code()] == ["src/pkg/train.py"]


def test_a_course_says_by_what_else_its_files_show_a_role(tmp_path: Path) -> None:
    files = {
        "src/pkg/__init__.py": "",
        "src/pkg/model.py": "class Net(Module):\n    pass\n",
        "src/pkg/birds.py": "def bird_songs():\n    return open('songs.csv')\n",
        "src/pkg/lookout.py": "x = 1\n",
        "given.py": "import markdown\n\ndef check():\n    pass\n\ndef html():\n    pass\n",
    }
    roles = {"data": {"functions": ["bird_songs"]}, "drift_monitoring": {"files": ["lookout.py"]}}
    script = {"imports": ["csv"], "functions": ["songs"]}
    told = view(tmp_path, files, course_words={"roles": roles, "scripts": [script]})
    assert [file.path for file in told.find("data")] == ["src/pkg/birds.py"]
    assert [file.path for file in told.find("drift_monitoring")] == ["src/pkg/lookout.py"]
    assert "given.py" in [file.path for file in told.code()]
    other = view(tmp_path, files, course_words={})
    assert (other.find("data"), other.find("drift_monitoring")) == ([], [])
