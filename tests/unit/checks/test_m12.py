"""M12: which files are the exercise, how its pictures are read, and what of a debugger is left. What the code computes, its proof holds."""

from __future__ import annotations

import random
import struct
import zlib
from pathlib import Path

import pytest

from grader.testing import run_check
from tests.places import CHECKS
from tests.suite_names import suite_names
from tests.view_sample import view

SUITE = CHECKS / "m12_debugging"
CLASSES = "class Encoder(Module):\n    pass\n\n\nclass Decoder(Module):\n    pass\n"
TRAINS = "def train(loss):\n    loss.backward()\n\n\nif __name__ == '__main__':\n    train(1)\n"


@pytest.mark.parametrize(
    ("files", "script"),
    [
        ({"vae.py": CLASSES + TRAINS}, "vae.py"),
        (
            {"S4/vae_mnist_bugs.py": CLASSES + "for x in data:\n    loss(x).backward()\n"},
            "S4/vae_mnist_bugs.py",
        ),
        ({"nets.py": CLASSES, "fit.py": "from nets import Encoder\n" + TRAINS}, "fit.py"),
        (
            {"a/nets.py": CLASSES, "a/fit.py": TRAINS[:40], "run.py": "from a import fit\n\nfit.train()\n"},
            "run.py",
        ),
        ({"nets.py": CLASSES, "fit.py": TRAINS, "fit_bugs.py": TRAINS}, "fit_bugs.py"),
    ],
    ids=["one file", "the course's", "two files", "a package and a script", "two scripts"],
)
def test_the_script_is_found(tmp_path: Path, files: dict[str, str], script: str) -> None:
    suite, submission = suite_names(SUITE), view(tmp_path, files, profile="exercises")
    assert suite["find_work"](submission)
    assert suite["script"](submission) == script


@pytest.mark.parametrize(
    "files",
    [
        {"vae.py": CLASSES},
        {"fit.py": TRAINS},
        {"vae.py": "import hydra\n" + CLASSES + TRAINS},
        {"vae.py": "import wandb\n" + CLASSES + TRAINS},
        {"profiled.py": "from torch.profiler import profile\n" + CLASSES + TRAINS},
        {"model.py": "class AutoEncoder(LightningModule):\n    pass\n" + TRAINS},
    ],
    ids=["no training", "no autoencoder", "M11's", "M14's", "M13's", "another model"],
)
def test_work_of_other_modules_starts_nothing(tmp_path: Path, files: dict[str, str]) -> None:
    assert not suite_names(SUITE)["find_work"](view(tmp_path, files, profile="exercises"))


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("x = 1\n", "passed"),
        ("# breakpoint()\n", "passed"),
        ("if not x:\n    breakpoint()\n", "failed"),
        ("import pdb; pdb.set_trace()\n", "failed"),
        ("from pdb import set_trace as stop\nstop()\n", "failed"),
        ("import debugpy\n", "failed"),
        ("from IPython.core.debugger import Pdb\n", "failed"),
    ],
)
def test_a_debugger_that_is_left(code: str, verdict: str) -> None:
    outcome = run_check(SUITE, "no_debugger", {"vae.py": CLASSES + TRAINS, "more.py": code})
    assert outcome.verdict == verdict, outcome.message


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(rows: list[bytes], kind: int = 0, *, width: int) -> bytes:
    """A picture of rows that have their filter's byte in front."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, len(rows), 8, kind, 0, 0, 0))
    body = zlib.compress(b"".join(rows))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + chunk(b"IDAT", body[:5])
        + chunk(b"IDAT", body[5:])
        + chunk(b"IEND", b"")
    )


def test_pictures_are_read_whatever_their_filter() -> None:
    grey = suite_names(SUITE)["grey"]
    plain = [bytes([10, 20, 30]), bytes([11, 22, 33])]
    assert grey(png([b"\0" + row for row in plain], width=3)) == plain
    # Left, up, mean and Paeth, each of which tells the same rows.
    assert grey(png([b"\1\x0a\x0a\x0a", b"\2\x01\x02\x03"], width=3)) == plain
    assert grey(png([b"\0\x0a\x14\x1e", b"\3\x06\x07\x07"], width=3)) == plain
    assert grey(png([b"\4\x0a\x0a\x0a", b"\4\x01\x02\x03"], width=3)) == plain
    colours = [bytes(value for one in row for value in (one, 7, 9)) for row in plain]
    assert grey(png([b"\0" + row for row in colours], 2, width=3)) == plain


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a" + bytes(40),
        png([b"\0\1\2\3"], width=900),
        png([b"\0"], width=0),
        bytes(400),
    ],
    ids=["empty", "a head", "a GIF", "too few pixels", "no width", "zeros"],
)
def test_what_is_no_picture(data: bytes) -> None:
    assert suite_names(SUITE)["grey"](data) is None


def test_hidden_images_are_found_in_pictures() -> None:
    suite, rng = suite_names(SUITE), random.Random(3)
    rows = suite["images"](rng, "csv", 6)
    assert all(0 <= value <= 255 for row in rows for value in row)
    side = suite["SIDES"]["csv"]
    lines = [bytes(2 * side + 3) for _ in range(side + 2)]
    for y in range(side):
        lines[y + 1] = bytes(2) + bytes(rows[4][side * y : side * (y + 1)]) + bytes(side + 1)
    at = suite["shows"](lines, rows[4], side)
    assert at == (1, 2)
    assert suite["tile"](lines, *at, side) == rows[4]
    assert suite["shows"](lines, rows[3], side) is None


def test_a_correlation_knows_a_copy_from_what_has_no_noise() -> None:
    suite, rng = suite_names(SUITE), random.Random(5)
    rows = suite["images"](rng, "csv", 40)
    assert suite["alike"](rows[0], [value * 0.8 for value in rows[0]]) == pytest.approx(1)
    assert suite["alike"](rows[0], [90] * len(rows[0])) == 0
    assert suite["alike"](rows[0], [rng.randrange(256) for _ in rows[0]]) < 0.5
    others = [suite["alike"](rows[0], row) for row in rows[1:]]
    assert max(others) < suite["_COPY"]


@pytest.mark.parametrize("rank", [1, 3, 6])
def test_the_directions_of_rows_are_counted(rank: int) -> None:
    rng = random.Random(rank)
    basis = [[rng.gauss(0, 1) for _ in range(9)] for _ in range(rank)]
    shares = [[rng.gauss(0, 1) for _ in range(rank)] for _ in range(20)]
    rows = [
        [5 + sum(a * b[n] for a, b in zip(share, basis, strict=True)) for n in range(9)] for share in shares
    ]
    assert suite_names(SUITE)["_rank"](rows) == rank
