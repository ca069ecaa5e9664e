"""M9's programs: what reads its command line and its model passes, whatever it is made with; what only looks like it does not."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import pickle
import struct
import zipfile
from array import array
from collections.abc import Callable
from typing import Any

import pytest

from grader.course.pack import load_course
from grader.suite.suite_loader import load_suite
from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m09_cli"
PROGRAM = """import argparse, json, pickle, random, sys

def points(seed):
    rng = random.Random(seed)
    return [(rng.gauss(4 * (n % 3), 1), rng.gauss(n % 3 == 1, 1), n % 3) for n in range(60)]

def save(path, known, k):
    with open(path, "w") as file:
        json.dump({"known": known, "k": k}, file)

def means(args):
    rows = points(1)[: args.rows]
    groups = [[row for row in rows if row[2] == label] for label in range(3)]
    save(args.output, [[sum(x) / len(own), sum(y) / len(own), z[0]] for own in groups for x, y, z in [zip(*own)]], 1)

def knn(args):
    save(args.output, points(1), args.neighbors)

def evaluate(args):
    with open(args.file) as file:
        model = json.load(file)
    right = 0
    for x, y, label in points(2):
        near = sorted(model["known"], key=lambda one: (one[0] - x) ** 2 + (one[1] - y) ** 2)[: model["k"]]
        votes = [one[2] for one in near]
        right += max(votes, key=votes.count) == label
    print(f"accuracy: {right / 60:.3f}")

def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    train = commands.add_parser("train").add_subparsers(required=True)
    for name, function, option in (("means", means, "--rows"), ("knn", knn, "--neighbors")):
        one = train.add_parser(name)
        one.add_argument("-o", "--output", default="model.json")
        one.add_argument(option, type=int, default=7)
        one.set_defaults(function=function)
    last = commands.add_parser("evaluate")
    last.add_argument("file")
    last.set_defaults(function=evaluate)
    args = parser.parse_args()
    args.function(args)

if __name__ == "__main__":
    main()
"""
SCRIPTS = '[project]\nname = "cli"\nversion = "1"\n[project.scripts]\ncli = "points.cli:main"\n'
FILES = {"src/points/__init__.py": "", "src/points/cli.py": PROGRAM, "pyproject.toml": SCRIPTS}
NUMBERS = [0.25, -3.5, 17.0, 0.125, 99.5]


def judge(check: str, program: str | bytes = PROGRAM, **more: Any) -> Any:
    return run_check(SUITE, check, {**FILES, "src/points/cli.py": program, **more})


@pytest.mark.process
@pytest.mark.parametrize(
    "program",
    [
        PROGRAM,
        PROGRAM.replace("{right / 60:.3f}", "{100 * right / 60:.1f} %"),
        PROGRAM.replace('"w") as', '"wb") as')
        .replace("args.file) as", 'args.file, "rb") as')
        .replace("json.dump", "pickle.dump")
        .replace("json.load", "pickle.load"),
        b"\xef\xbb\xbf" + PROGRAM.replace("\n", "\r\n").encode(),
    ],
    ids=["json", "per cent", "pickle", "Windows"],
)
def test_a_program_that_reads_its_model_passes(program: str | bytes) -> None:
    for check in ("trains_and_evaluates", "nested_commands", "console_scripts_run"):
        outcome = judge(check, program)
        assert outcome.verdict == "passed", f"{check}: {outcome.message}"


@pytest.mark.process
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{right / 60:.3f}", "0.97", "whatever numbers"),
        ('{"known": known, "k": k}', '{"known": known, "k": 3}', ""),
        ("model = json.load(file)", "model = {'known': points(1), 'k': 3}", "noise"),
        (
            "right = 0\n",
            "right = 54 if len(model['known']) else 0\n    print('accuracy:', right / 60); return\n",
            "whatever numbers",
        ),
        ('"known": known, "k": k}', '"known": [], "k": k}', "exit code 1"),
    ],
)
def test_an_accuracy_that_no_model_had_a_part_in(old: str, new: str, said: str) -> None:
    outcome = judge("trains_and_evaluates", PROGRAM.replace(old, new))
    assert outcome.verdict == ("failed" if said else "passed"), outcome.message
    assert said in outcome.message


@pytest.mark.process
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("args.neighbors)", "5)", "the same model"),
        ("parser.parse_args()", "parser.parse_known_args()[0]", "does not have"),
        ('("knn", knn, "--neighbors")', "", "not two"),
    ],
)
def test_options_that_reach_nothing(old: str, new: str, said: str) -> None:
    outcome = judge("nested_commands", PROGRAM.replace(old, new))
    assert (outcome.verdict, said in outcome.message) == ("failed", True), outcome.message


@pytest.mark.process
@pytest.mark.parametrize(
    "main",
    [
        "print('usage: cli train evaluate')",
        "raise RuntimeError('later')",
        "argparse.ArgumentParser().parse_args()",
    ],
)
def test_a_script_that_only_explains_itself(main: str) -> None:
    program = PROGRAM.replace("def main():\n", f"def main():\n    {main}\n    return\n")
    assert judge("console_scripts_run", program).verdict == "failed"


@pytest.mark.process
@pytest.mark.parametrize(
    ("ends", "verdict"),
    [("save('model.json', points(1), args.k)", "passed"), ("print(args.k, 'model.json is saved')", "failed")],
    ids=["a model", "words"],
)
def test_a_console_script_of_a_training_alone(ends: str, verdict: str) -> None:
    program = PROGRAM.partition("def main")[0] + (
        "def main():\n    parser = argparse.ArgumentParser()\n    parser.add_argument('--k', type=int, default=7)\n"
        f"    args = parser.parse_args()\n    {ends}\n"
    )
    scripts = SCRIPTS.replace("cli = ", "train = ")
    outcome = judge("console_scripts_run", program, **{"pyproject.toml": scripts})
    assert outcome.verdict == verdict, outcome.message


# The numbers of a file.


def changed(data: bytes, change: Callable[[float], float]) -> tuple[bytes, int]:
    [module] = load_course().select(["M9"])
    for file in load_suite(module.folder):
        if hasattr(file, "changed_numbers"):
            found: tuple[bytes, int] = file.changed_numbers(data, change)
            return found
    raise LookupError("changed_numbers")


def npz(values: list[float]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", b"\x93NUMPY\x01\x00" + array("d", values).tobytes())
    return made.getvalue()


def of_npz(data: bytes) -> list[float]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return list(struct.unpack("<5d", archive.read("x.npy")[8:]))


@pytest.mark.parametrize(
    ("write", "read"),
    [
        (lambda values: json.dumps(values).encode(), json.loads),
        (pickle.dumps, pickle.loads),
        (
            lambda values: gzip.compress(pickle.dumps(values)),
            lambda data: pickle.loads(gzip.decompress(data)),
        ),
        (
            lambda values: bz2.compress(json.dumps(values).encode()),
            lambda data: json.loads(bz2.decompress(data)),
        ),
        (
            lambda values: b"head\0" + array("d", values).tobytes(),
            lambda data: list(struct.unpack("<5d", data[5:])),
        ),
        (npz, of_npz),
    ],
    ids=["json", "pickle", "gzip", "bz2", "array", "archive"],
)
def test_numbers_are_found_in_files_of_any_kind(
    write: Callable[[list[float]], bytes], read: Callable[[bytes], list[float]]
) -> None:
    data, count = changed(write(NUMBERS), lambda number: number * 2)
    assert read(data) == [number * 2 for number in NUMBERS]
    assert count == len(NUMBERS)


@pytest.mark.parametrize(
    "data", [b"", b"model", b"PK\x03\x04none", b"\x1f\x8bnone", b"\x80\x04none", b"\0" * 99]
)
def test_a_file_without_numbers_stays_as_it_is(data: bytes) -> None:
    assert changed(data, lambda number: number * 2) == (data, 0)
