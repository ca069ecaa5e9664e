"""Modules of a suite in the place of those that need an account, and what they record."""

from __future__ import annotations

import pytest

from grader.suite import StudentFault, get
from tests.student_code import Code

pytestmark = pytest.mark.process

WANDB = """
    def init(**options):
        record(call="init", **options)
    def log(values):
        record(call="log", values=values)
"""
TRAIN = """
import wandb
wandb.init(project="digits")
for step in range(2):
    wandb.log({"step": step})
"""


def test_a_stub_records_in_every_kind_of_process(code: Code) -> None:
    app = TRAIN + "async def app(scope, receive, send):\n    wandb.log({'path': scope.get('path')})\n"
    student = code({"train.py": TRAIN, "wandb/run.txt": "", "app.py": app, "inner/deep.py": TRAIN})
    student.stub("wandb", WANDB)
    assert student.records() == []
    student.run(["python", "train.py"]).succeeded()
    train = [
        {"call": "init", "project": "digits"},
        {"call": "log", "values": {"step": 0}},
        {"call": "log", "values": {"step": 1}},
    ]
    assert student.records() == train
    student.run_module("inner.deep", []).succeeded()
    student.load("train.py").get("__name__").value(str)
    student.asgi("app.py").ask(get("/hello"))
    found = student.records()
    assert found[:9] == train * 3
    assert found[-1] == {"call": "log", "values": {"path": "/hello"}}
    assert "wandb/__init__.py" not in student.files()


def test_a_dotted_stub_leaves_what_is_installed_beside_it(code: Code) -> None:
    files = {
        "src/google/__init__.py": "",
        "src/google/other.py": "word = 'installed'\n",
        "work.py": "from google.cloud import storage\nfrom google.other import word\nimport google.cloud.storage\n"
        "value = storage.Client().name + word\n",
    }
    student = code(files)
    student.stub("google.cloud.storage", "class Client:\n    name = 'stub, '\n")
    student.stub("google.cloud", "")
    student.stub("google.cloud.logging", "x = 1")
    assert student.load("work.py").get("value").value(str) == "stub, installed"


def test_values_that_are_no_json_are_recorded_as_numbers_or_text(code: Code) -> None:
    student = code({})
    student.stub("odd", "def use(value):\n    record(value=value)")
    scalar = "class Scalar:\n    def item(self):\n        return 0.5\n"
    student.probe(
        f"{scalar}import odd, pathlib\nodd.use(pathlib.PurePosixPath('a')); odd.use(Scalar()); odd.use(float('nan'))"
    )
    assert student.records() == [{"value": "a"}, {"value": 0.5}, {"value": "nan"}]


@pytest.mark.parametrize("line", ["[]\n", "x\n", '{"a": NaN}\n', "[" * 100 + "\n", '{"a":1,"a":2}\n'])
def test_a_forged_record_is_refused(code: Code, line: str) -> None:
    student = code({})
    student.stub("odd", "import os\nfolder = os.path.dirname(os.path.dirname(__file__))")
    student.probe("import odd; open(odd.folder + '/records.jsonl', 'w').write(line)", line=line)
    with pytest.raises(StudentFault, match="A record of a stub cannot be read"):
        student.records()


def test_records_are_bounded(code: Code) -> None:
    student = code({})
    student.stub("odd", "def use(value):\n    record(value=value)")
    student.probe("import odd\nfor number in range(6000): odd.use('x' * 90)")
    assert 4000 < len(student.records()) <= 5000


def test_a_mistake_of_the_suite_is_not_the_students(code: Code) -> None:
    student = code({})
    with pytest.raises(ValueError, match="no dotted name"):
        student.stub("../x", "")
    with pytest.raises(SyntaxError):
        student.stub("x", "def")
