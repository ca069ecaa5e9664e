"""M8's exercise: where DVC's work lies, which data and table it is, tables and totals of the check. What runs, its proof holds."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.places import CHECKS
from tests.suite_names import suite_names
from tests.view_sample import view

SUITE = CHECKS / "m08_dvc"
HASH = "0cc175b9c0f1b6a831c399e269772661"
FILE = f"outs:\n- md5: {HASH}\n  size: 3\n  hash: md5\n  path: rides.csv\n"
FOLDER = f"outs:\n- md5: {HASH}.dir\n  size: 3\n  nfiles: 1\n  hash: md5\n  path: data\n"
MODEL = f"outs:\n- md5: {HASH}\n  size: 3\n  path: model.pt\n"
STAGE = "stages:\n  totals:\n    cmd: python totals.py {0} out.csv\n    deps: [totals.py, {0}]\n    outs: [out.csv]\n"


def names() -> dict[str, Any]:
    return suite_names(SUITE)


@pytest.mark.parametrize(
    ("files", "folders"),
    [
        ({".dvc/config": "", "data.dvc": FOLDER}, ["."]),
        ({"s2/m8/.dvc/config": "", "s2/m8/data/rides.csv.dvc": FILE}, ["s2/m8"]),
        ({"s2/m8/.dvc/config": "", ".dvc/config": ""}, [".", "s2/m8"]),
        ({"a/data.dvc": FOLDER}, ["a"]),
        ({"README.md": "dvc\n"}, []),
    ],
    ids=["the root", "a folder", "both", "never initialised", "words"],
)
def test_where_the_work_lies(tmp_path: Path, files: dict[str, str], folders: list[str]) -> None:
    assert names()["find_work"](view(tmp_path, files, profile="exercises")) == folders


@pytest.mark.parametrize(
    ("files", "metafile", "table"),
    [
        ({"data/rides.csv.dvc": FILE, "dvc.yaml": STAGE.format("data/rides.csv")}, 0, "data/rides.csv"),
        ({"data.dvc": FOLDER, "dvc.yaml": STAGE.format("data")}, 0, "data/rides.csv"),
        ({"data.dvc": FOLDER, "dvc.yaml": STAGE.format("data/march.csv")}, 0, "data/march.csv"),
        ({"data.dvc": FOLDER}, 0, "data/rides.csv"),
        ({"a.dvc": MODEL, "data.dvc": FOLDER}, 1, "data/rides.csv"),
        (
            {
                "a.dvc": FILE.replace("rides", "other"),
                "rides.dvc": FILE,
                "dvc.yaml": STAGE.format("rides.csv"),
            },
            1,
            "rides.csv",
        ),
    ],
    ids=["a file", "a folder", "a file of a folder", "no stage", "a model", "what a stage reads"],
)
def test_which_data_is_versioned(tmp_path: Path, files: dict[str, str], metafile: int, table: str) -> None:
    looked = view(tmp_path, {".dvc/config": "", "totals.py": "x = 1\n", **files}, profile="exercises")
    path, out = names()["tracked_data"](looked)
    assert path == list(files)[metafile]
    assert names()["table_of"](looked, out) == table


def test_scripts_of_stages(tmp_path: Path) -> None:
    stages = "stages:\n  a:\n    cmd: python -m src.a x\n  b:\n    cmd: python3 b.py && python none.py\n"
    files = {"dvc.yaml": stages, "src/a.py": "x = 1\n", "b.py": "x = 1\n"}
    assert names()["scripts_of"](view(tmp_path, files)) == ["src/a.py", "b.py"]


@pytest.mark.parametrize(
    ("text", "makes"),
    [
        ('from pathlib import Path\nPath("data", "rides.csv").write_text("a")\n', True),
        ("open('data/rides.csv', 'w').write('a')\n", True),
        ('import pandas as pd\npd.read_csv("data/rides.csv")\n', False),
        ('import csv\ncsv.DictReader(open("rides.csv"))\n', False),
        ("print('nothing')\n", False),
    ],
)
def test_programs_that_may_make_the_data(tmp_path: Path, text: str, makes: bool) -> None:
    files = {".dvc/config": "", "data/rides.csv.dvc": FILE, "a.py": text}
    looked = view(tmp_path, files, profile="exercises")
    _, out = names()["tracked_data"](looked)
    assert names()["collectors"](looked, out, []) == ([["a.py"]] if makes else [])
    assert names()["collectors"](looked, out, ["a.py"]) == []


@pytest.mark.parametrize("plain", [True, False])
def test_the_totals_of_a_hidden_table_are_those_of_its_rows(plain: bool) -> None:
    for seed in range(20):
        data, totals = names()["hidden_table"](random.Random(seed), plain=plain)
        found: dict[str, int] = {}
        for row in csv.DictReader(io.StringIO(data.decode())):
            found[row["station"]] = found.get(row["station"], 0) + int(row["rides"] or 0)
        assert found == totals
        assert list(totals) == sorted(totals)
        if plain:
            assert b'"' not in data
            assert b",\n" not in data


def test_tables_have_what_careless_scripts_miss() -> None:
    tables = [names()["hidden_table"](random.Random(seed))[0] for seed in range(20)]
    assert all(b'"' in table for table in tables)
    assert all(b",\n" in table for table in tables)
    assert len(set(tables)) == len(tables)


TOTALS = {"Anker, B": 12, "Lyngby": 3}


@pytest.mark.parametrize(
    ("contents", "why"),
    [
        ({"a.csv": 'station,rides\n"Anker, B",12\nLyngby,3\n'}, ""),
        ({"a.csv": 'station,rides\r\n"Anker, B",12.0\r\nLyngby,3\r\n'}, ""),
        ({"a.json": json.dumps(TOTALS)}, ""),
        ({"log.txt": "done\n", "a.json": json.dumps(TOTALS)}, ""),
        ({"a.csv": 'station,rides\nLyngby,3\n"Anker, B",12\n'}, "a.csv is not in the order of the names"),
        (
            {"a.csv": 'station,rides\n"Anker, B",13\nLyngby,3\n'},
            "a.csv has the wrong rides for 1 of 2 stations",
        ),
        ({"a.csv": "station,rides\nLyngby,3\n"}, "a.csv has 1 stations, the table has 2"),
        ({"a.csv": "station,rides\n"}, "no stage writes a table of stations and their rides"),
        ({"a.csv": "a,b,c\n1,2,3\n"}, "no stage writes a table of stations and their rides"),
        ({"a.json": "[" * 5000}, "no stage writes a table of stations and their rides"),
        ({}, "no stage writes a table of stations and their rides"),
        (None, "no stage writes a table of stations and their rides"),
    ],
)
def test_totals_that_a_stage_wrote(contents: Any, why: str) -> None:
    assert names()["test_stage_computes"].__globals__["wrong_totals"](contents, TOTALS) == why
