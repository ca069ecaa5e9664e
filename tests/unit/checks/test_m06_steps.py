"""M6's exercise: its steps, run on raw data of the check, in Python without packages."""

from __future__ import annotations

import random
from array import array
from collections.abc import Callable
from typing import Any

import pytest

from grader.course.pack import load_course
from grader.results import CheckResult
from grader.suite import StudentFault
from grader.suite.suite_loader import load_suite
from grader.testing import run_check

pytestmark = pytest.mark.process

SUITE = "checks/m06_code_structure"
DATA = """import csv
import json
import sys
from pathlib import Path


def rows(path):
    with open(path, newline="") as file:
        return [[int(cell) for cell in row] for row in list(csv.reader(file))[1:]]


def main(raw, processed):
    folder = Path(processed)
    folder.mkdir(parents=True, exist_ok=True)
    train = [row for path in sorted(Path(raw).glob("train_*.csv")) for row in rows(path)]
    pixels = [pixel for row in train for pixel in row[1:]]
    mean = sum(pixels) / len(pixels)
    deviation = (sum((pixel - mean) ** 2 for pixel in pixels) / len(pixels)) ** 0.5
    for name, part in (("train", train), ("test", rows(Path(raw) / "test.csv"))):
        images = [[(pixel - mean) / deviation for pixel in row[1:]] for row in part]
        (folder / f"{name}.json").write_text(json.dumps({"images": images, "labels": [row[0] for row in part]}))


if __name__ == "__main__":
    main("data/raw", "data/processed")
"""
TRAIN = """import json
from pathlib import Path


def train():
    part = json.loads(Path("data/processed/train.json").read_text())
    means = {}
    for digit in range(5):
        chosen = [image for image, label in zip(part["images"], part["labels"]) if label == digit]
        means[digit] = [sum(column) / len(chosen) for column in zip(*chosen)]
    Path("models").mkdir(exist_ok=True)
    Path("models/model.json").write_text(json.dumps(means))


if __name__ == "__main__":
    train()
"""
EVALUATE = """import json
from pathlib import Path


def found():
    means = json.loads(Path("models/model.json").read_text())
    part = json.loads(Path("data/processed/test.json").read_text())
    def nearest(image):
        return int(min(means, key=lambda digit: sum((a - b) ** 2 for a, b in zip(image, means[digit]))))
    return [nearest(image) for image in part["images"]], part["labels"]


if __name__ == "__main__":
    guesses, labels = found()
    right = sum(guess == label for guess, label in zip(guesses, labels))
    print(f"Accuracy on {len(labels)} pictures: {100 * right / len(labels):.1f} %")
"""
VISUALIZE = """from digits.evaluate import found

if __name__ == "__main__":
    guesses, labels = found()
    with open("guesses.svg", "w") as file:
        file.write(f"<svg><text>{guesses} {labels}</text></svg>")
"""
FILES = {
    "src/digits/__init__.py": "",
    "src/digits/data.py": DATA,
    "src/digits/train.py": TRAIN,
    "src/digits/evaluate.py": EVALUATE,
    "src/digits/visualize.py": VISUALIZE,
    "data/raw/train_0.csv": "digit,p0\n0,1\n",
    "README.md": "```bash\n$ uv run src/digits/data.py\n$ make train\n```\n",
    "Makefile": "PY := python\n\ndata:\n\t@$(PY) src/digits/data.py\n\ntrain: data\n\t$(PY) src/digits/train.py\n",
}


def run(check: str, **changed: str) -> CheckResult:
    files = {**FILES, **{_path(name): text for name, text in changed.items()}}
    return run_check(SUITE, check, files)


def _path(name: str) -> str:
    return {"README": "README.md", "Makefile": "Makefile"}.get(name, f"src/digits/{name}.py")


@pytest.mark.parametrize(
    "check",
    [
        *("evaluation_is_right", "visualization_draws", "readme_commands_run", "tasks_work"),
    ],
)
def test_plain_python_passes(check: str) -> None:
    result = run(check)
    assert result.verdict == "passed", result.message


#: Prints one accuracy after the other, whatever the model says.
_IN_TURN = """from pathlib import Path

if __name__ == "__main__":
    turns = Path("turns.txt")
    turn = len(turns.read_text()) if turns.exists() else 0
    turns.write_text("x" * (turn + 1))
    print("accuracy:", (0.9, 0.75, 0.75, 0.75)[turn % 4])
"""


def _with(drawn: str) -> str:
    return "import random\nimport time\n" + VISUALIZE.replace("{guesses} {labels}", drawn)


@pytest.mark.parametrize(
    ("check", "changed", "said"),
    [
        ("data_is_processed", {"data": DATA.replace("row[0] for row", "0 for row")}, "labels"),
        ("data_is_processed", {"data": DATA.replace("- mean) /", "- mean + 9) /")}, "mean"),
        ("data_is_processed", {"data": DATA.replace("train_*", "train_1")}, "no array"),
        ("data_is_processed", {"data": "def preprocess(raw):\n    return raw\n"}, "No script"),
        ("data_is_processed", {"data": DATA + "    raise ConnectionError('offline')\n"}, "exit code 1"),
        ("training_writes_a_model", {"train": TRAIN.replace("model.json", "log.txt")}, "no model"),
        ("model_has_learned", {"train": TRAIN.replace("/ len(chosen)", "* 0")}, "accuracy of"),
        ("model_has_learned", {"evaluate": EVALUATE.replace("100 * right", "97 * right")}, ""),
        (
            "evaluation_is_right",
            {"evaluate": EVALUATE.replace("* right /", "/ 2 * (right + 60) /")},
            "not the share",
        ),
        ("training_writes_a_model", {"train": TRAIN.replace("dumps(means)", "dumps(0)")}, "the same model"),
        ("model_has_learned", {"evaluate": _IN_TURN}, "test pictures have the labels"),
        ("visualization_draws", {"visualize": VISUALIZE.replace("{guesses} {labels}", "")}, "same picture"),
        ("visualization_draws", {"visualize": _with("{guesses} {random.random()}")}, ""),
        ("visualization_draws", {"visualize": _with("{time.time_ns()}")}, "another picture of the same data"),
        ("visualization_draws", {"visualize": _with("{labels}")}, "whatever the model has learned"),
        ("visualization_draws", {"visualize": VISUALIZE.replace("<svg>", "svg")}, "no picture"),
        (
            "readme_commands_run",
            {"README": "Run `make train`.\n", "Makefile": "all:\n\techo\n"},
            "no command",
        ),
        ("readme_commands_run", {"README": "```\npython src/digits/train.py\n```\n"}, "exit code 1"),
        ("tasks_work", {"Makefile": "data:\n\techo data\n\ntrain:\n\techo train\n"}, "runs no Python"),
        ("tasks_work", {"Makefile": FILES["Makefile"].replace("train.py", "data.py")}, "no model"),
    ],
)
def test_what_is_wrong_is_said(check: str, changed: dict[str, str], said: str) -> None:
    result = run(check, **changed)
    expected = "failed" if said else "passed"
    assert (result.verdict, said in result.message) == (expected, True), result.message


# What is true of processed data.


def member(name: str) -> Any:
    [module] = load_course().select(["M6"])
    for file in load_suite(module.folder):
        if hasattr(file, name):
            return getattr(file, name)
    raise LookupError(name)


def pictures(kind: str = "csv") -> Any:
    return member("RawPictures")(random.Random(3), kind)


Change = Callable[[list[tuple[float, ...]], list[int]], tuple[list[tuple[float, ...]], list[int]]]


def scaled(rows: list[tuple[float, ...]]) -> list[tuple[float, ...]]:
    numbers = [value for row in rows for value in row]
    mean = sum(numbers) / len(numbers)
    deviation = (sum((value - mean) ** 2 for value in numbers) / len(numbers)) ** 0.5
    return [tuple((value - mean) / deviation for value in row) for row in rows]


def turned(rows: list[Any], labels: list[int]) -> tuple[list[Any], list[int]]:
    return rows[1:] + rows[:1], labels


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows, labels: (rows, labels), ""),
        (lambda rows, labels: (rows[::-1], labels[::-1]), ""),
        (turned, "labels of the pictures"),
        (lambda rows, labels: ([row[::-1] for row in rows], labels), "the pictures of"),
        (lambda rows, labels: ([tuple(-value for value in row) for row in rows], labels), "the pictures of"),
        (lambda rows, labels: ([tuple(2 * value for value in row) for row in rows], labels), "deviation 2"),
        (lambda rows, labels: (rows[1:], labels[1:]), "no array"),
    ],
)
def test_what_is_wrong_with_a_part(change: Change, said: str) -> None:
    part = pictures().train
    rows, labels = change(scaled(list(part.pictures)), list(part.labels))
    arrays = [("train.npz", 15, rows), ("train.npz", 1, [(float(label),) for label in labels])]
    found = member("problem_of_part")("training", part, arrays)
    assert (said in found, bool(found)) == (True, bool(said)), found
    table = [(float(label), *row) for row, label in zip(rows, labels, strict=True)]
    assert bool(member("problem_of_part")("training", part, [("train.csv", 16, table)])) == bool(said)


def test_numbers_that_are_none_are_left_out() -> None:
    values = array("f", [1.0, float("nan"), float("inf"), 2.0]).tobytes()
    assert member("arrays_in")([["a.npy", 2, values], ["b.npy", 0, b""], ["c.npy", 4, b"\0" * 16]]) == [
        ("c.npy", 4, [(0.0, 0.0, 0.0, 0.0)])
    ]


@pytest.mark.parametrize(
    "replied",
    [
        None,
        {"a": 1},
        ["a"],
        [["a", 1, "b"]],
        [["a", -1, b""]],
        [["a", True, b"\0" * 4]],
        [["a", 2, b"\0" * 12]],
    ],
)
def test_a_forged_reply_is_the_student_s_fault(replied: object) -> None:
    with pytest.raises(StudentFault):
        member("arrays_in")(replied)


@pytest.mark.parametrize("kind", ["csv", "tensors"])
def test_other_labels_are_wrong_for_what_learned_the_first(kind: str) -> None:
    raw = member("RawPictures")
    rng = random.Random(5)
    first = raw(rng, kind)
    second = raw(rng, kind, other=first, kept=45)

    def by_shape(part: Any, turn: int) -> int:
        nearest = [
            min(
                range(5),
                key=lambda shape: sum((a - b) ** 2 for a, b in zip(row, first.shapes[shape], strict=True)),
            )
            for row in part.pictures
        ]
        return sum((shape + turn) % 5 == label for shape, label in zip(nearest, part.labels, strict=True))

    assert by_shape(first.train, 0) == len(first.train.labels)
    assert by_shape(second.train, 0) == 0
    assert (by_shape(second.test, 0), by_shape(second.test, 1)) == (45, 15)
    assert all(first.files.values())
    assert len(first.files) == {"csv": 4, "tensors": 14}[kind]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("accuracy: 0.93", 0.93),
        ("Test accuracy: 1", 1.0),
        ("Accuracy on 60 test pictures: 97.5 %", 0.975),
        ("Accuracy of the 60 pictures is 0.75", 0.75),
        ("acc = 88", 0.88),
        ("accuracy", None),
    ],
)
def test_the_number_that_is_meant(line: str, found: float | None) -> None:
    assert member("_fraction")(line) == found
