"""M15 as an exercise: where the work lies, which script trains, and what is made of the answers of a process."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from grader.suite import StudentFault
from grader.testing import run_check
from tests.places import CHECKS, ROOT
from tests.suite_names import suite_names
from tests.view_sample import view

SUITE = CHECKS / "m15_boilerplate"
NAMES = suite_names(SUITE)
# What its private files define, which the checks need not import.
TRAINED, FOUND = NAMES["trained"].__wrapped__.__globals__, NAMES["folders_of_work"].__globals__
MODULE = "import lightning as L\n\n\nclass Net(L.LightningModule):\n    pass\n"
SCRIPT = "import lightning as L\nfrom net import Net\n\nL.Trainer(max_epochs=1).fit(Net())\n"


@pytest.mark.parametrize(
    ("files", "folders"),
    [
        ({"net.py": MODULE, "train.py": SCRIPT}, ["."]),
        ({"S4/M15/net.py": MODULE, "S4/M15/train.py": SCRIPT}, ["S4/M15"]),
        ({"a/net.py": MODULE, "m30/run.py": SCRIPT}, ["a"]),
        ({"net.py": "import torch\n", "train.py": "import lightning\nprint(1)\n"}, []),
        ({"train.py": "# from lightning import Trainer\nTrainer().fit()\n"}, []),
    ],
    ids=["the exercise", "a folder of its own", "another module's", "an import alone", "a comment"],
)
def test_where_the_work_lies(tmp_path: Path, files: dict[str, str], folders: list[str]) -> None:
    assert NAMES["find_work"](view(tmp_path, files, profile="exercises")) == folders


def test_the_script_is_what_starts_a_training(tmp_path: Path) -> None:
    sample = view(
        tmp_path,
        {
            "net.py": MODULE,
            "a.py": "from net import Net\n\nprint(Net())\n",
            "training/fit.py": "from lightning import Trainer\n\ndef fit():\n    Trainer().fit(None)\n",
            "src/main.py": "from .fit import fit\n\nif __name__ == '__main__':\n    fit()\n",
            "src/run.py": "import pytorch_lightning as pl\nfrom .net import Net\n\nif __name__ == '__main__':\n    pl.Trainer().fit(Net())\n",
        },
        profile="exercises",
    )
    found = FOUND["scripts"](sample)
    assert [file.path for file in found] == ["src/run.py", "a.py", "src/main.py"]
    assert FOUND["how_to_start"](sample, found[0])[2] == "src"
    assert FOUND["flavours"](sample) == ["lightning.pytorch", "pytorch_lightning"]


@pytest.mark.parametrize(
    ("shares", "falls"),
    [
        ([[1.0], [0.5], [0.0]], True),
        ([[97.0], [50.0], [3.0]], True),
        ([[0.9, 0.8], [0.5, 0.5], [0.2, 0.1]], True),
        ([[0.0], [0.5], [1.0]], False),
        ([[0.97], [0.97], [0.97]], False),
        ([[1.0], [0.5], []], False),
        ([[150.0], [50.0], [0.0]], False),
    ],
)
def test_shares_of_right_answers_fall(shares: list[list[float]], falls: bool) -> None:
    assert NAMES["_falls"](shares) is falls


def test_pictures_are_known_by_what_they_show() -> None:
    rng = Random(1)
    text, kinds = TRAINED["table"](rng)
    rows = [list(map(int, line.split(","))) for line in text.splitlines()[1:41]]
    scaled = [(row[0], [value / 7.5 - 1 for value in row[1:]]) for row in rows]
    shows = TRAINED["_shows"]
    assert shows(scaled, kinds)
    assert not shows([((label + 1) % 10, picture) for label, picture in scaled], kinds)
    assert not shows([(label, [rng.random() for _ in range(64)]) for label, _ in scaled], kinds)
    assert not shows([], kinds)


def test_labels_are_shifted_as_often_as_asked() -> None:
    found = TRAINED["shifts"](Random(2), 20)
    assert sorted(found)[:20] == [0] * 20
    assert all(1 <= one <= 9 for one in sorted(found)[20:])
    assert len(found) == TRAINED["BATCH"]


@pytest.mark.parametrize(
    "told",
    [
        None,
        {"fits": "one"},
        {"fits": 1, "losses": [[0, "a"]]},
        {"fits": 1, "losses": 3},
        {"fits": 1, "checkpoints": [{"path": "a", "moved": True, "right": 1, "total": 0, "rows": []}]},
        {
            "fits": 1,
            "checkpoints": [{"path": "a", "moved": True, "right": 1, "total": 1, "rows": [[1, ["a"]]]}],
        },
        {"fits": 1, "fitted": [{"losses": [1.0]}]},
        {"fits": 1, "scores": [[1.0]]},
        {"fits": 1, "validated": [{"val_acc": "0.9"}]},
    ],
)
def test_what_a_process_tells_may_be_anything(told: Any) -> None:
    with pytest.raises(StudentFault, match="cannot be read"):
        TRAINED["_readable"](told)


def test_what_could_not_be_found_out_is_a_reason() -> None:
    told = TRAINED["_readable"]({"fits": 0, "error": "KeyError: 1", "fitted": ["ValueError: 2"]})
    assert told["checkpoints"] == []
    assert "no LightningModule" in told["scores"]
    with pytest.raises(AssertionError, match="no scores"):
        NAMES["_fit"](told, 0)


def test_the_starter_is_not_started() -> None:
    root = ROOT / "exercises" / "m15_boilerplate" / "starter"
    files = {path.name: path.read_bytes() for path in root.iterdir()}
    assert run_check(SUITE, "script_trains", files).verdict == "blocked"
