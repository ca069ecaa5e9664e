"""What a repository says of DVC."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.repository.dvc import Output
from tests.view_sample import view

CONFIG = """[core]
    remote = storage
    autostage = true
['remote "storage"']
    url = gs://bucket/path
    version_aware = true
['remote "old"']
    url = "gdrive://123"
[remote "folder"]
    url=/mnt/data
['remote "empty"']
    access_key = x
"""


def test_remotes(tmp_path: Path) -> None:
    files = {
        ".dvc/config": CONFIG,
        ".dvc/config.local": CONFIG.replace("storage", "secret"),
        ".dvc/.gitignore": "x\n",
    }
    dvc = view(tmp_path, files).dvc
    assert dvc.folders == (".dvc",)
    assert [(one.name, one.url, one.line, one.default, one.scheme) for one in dvc.remotes] == [
        ("storage", "gs://bucket/path", 5, True, "gs"),
        ("old", "gdrive://123", 8, False, "gdrive"),
        ("folder", "/mnt/data", 10, False, ""),
    ]
    assert str(dvc.remotes[0].evidence) == ".dvc/config:5: storage: gs://bucket/path"


def test_a_folder_of_its_own_for_dvc(tmp_path: Path) -> None:
    files = {
        "ml/.dvc/config": CONFIG,
        "ml/data.dvc": "outs:\n- md5: a1.dir\n  size: 3\n  nfiles: 2\n  path: data\n",
    }
    dvc = view(tmp_path, files).dvc
    assert dvc.folders == ("ml/.dvc",)
    assert {one.path for one in dvc.remotes} == {"ml/.dvc/config"}
    (metafile,) = dvc.metafiles
    assert (metafile.path, metafile.outs) == ("ml/data.dvc", (Output("ml/data", "a1.dir", 3, 2),))
    assert dvc.tracked == ["ml/data"]


def test_metafiles(tmp_path: Path) -> None:
    files = {
        "data/raw/x.csv.dvc": "outs:\n- md5: a\n  path: x.csv\n",
        "up.dvc": "wdir: models\nouts:\n- md5: b\n  path: ../best.pt\n",
        "versioned.dvc": "outs:\n- path: data\n  files:\n  - {relpath: a, size: 2}\n  - {relpath: b, size: 3}\n",
        "imported.dvc": "deps:\n- path: data\n  repo: {url: 'https://x/y', rev_lock: 1}\nouts:\n- md5: c\n  path: got\n",
        "empty.dvc": "",
        "broken.dvc": "outs: [\n",
        "odd.dvc": "outs: {a: 1}\n",
        "stages.dvc": "outs:\n- 3\n- path: 4\n- {path: ok}\n",
    }
    dvc = view(tmp_path, files).dvc
    assert {one.path: one.outs for one in dvc.metafiles} == {
        "data/raw/x.csv.dvc": (Output("data/raw/x.csv", "a"),),
        "up.dvc": (Output("best.pt", "b"),),
        "versioned.dvc": (Output("data", "", 5, 2),),
        "imported.dvc": (Output("got", "c"),),
        "stages.dvc": (Output("ok"),),
    }
    assert next(one.imported for one in dvc.metafiles if one.path == "imported.dvc") == "https://x/y"


def test_pipelines(tmp_path: Path) -> None:
    pipeline = """stages:
  prepare:
    cmd: python prepare.py
    deps: [prepare.py, data/raw]
    outs:
    - data/processed
    - log.txt: {cache: false}
  train:
    cmd: [a, b]
    wdir: src
    metrics:
    - m.json: {cache: false}
    outs:
    - ../model.pt: {persist: true}
  each:
    foreach: [1, 2]
    do:
      cmd: python ${item}
  odd: 3
"""
    lock = "schema: '2.0'\nstages:\n  prepare:\n    cmd: x\n    outs:\n    - path: data/processed\n      md5: a.dir\n      size: 4\n"
    dvc = view(tmp_path, {"dvc.yaml": pipeline, "dvc.lock": lock}).dvc
    assert [(one.name, one.command, one.deps, one.outs, one.line) for one in dvc.stages] == [
        ("prepare", "python prepare.py", ("prepare.py", "data/raw"), ("data/processed",), 2),
        ("train", "a && b", (), ("model.pt",), 8),
        ("each", "python ${item}", (), (), 15),
    ]
    assert dvc.locked == (Output("data/processed", "a.dir", 4),)
    assert dvc.tracked == ["data/processed", "model.pt"]


@pytest.mark.parametrize(
    "files",
    [
        {"src/a.py": "import dvc\n", "README.md": "dvc pull\n", ".gitignore": ".dvc\n"},
        {"notes.txt": "x", "old/.dvc.txt": "x"},
    ],
)
def test_nothing_of_dvc(tmp_path: Path, files: dict[str, str]) -> None:
    dvc = view(tmp_path, files).dvc
    assert (dvc.folders, dvc.remotes, dvc.metafiles, dvc.stages, dvc.tracked) == ((), (), (), (), [])


@pytest.mark.parametrize(
    "config", ["", "[", "remote = x\n", '[\'remote "a"]\nurl = \n', "\0", "[core]\nremote = x\n"]
)
def test_a_folder_without_a_remote(tmp_path: Path, config: str) -> None:
    dvc = view(tmp_path, {".dvc/config": config}).dvc
    assert (dvc.folders, dvc.remotes) == ((".dvc",), ())
