"""The traps of M8: what keeps versions of data, and what only looks like it."""

from collections.abc import Mapping
from typing import Any

import pytest

from grader.results import CheckResult
from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m08_dvc"
REMOTE = "[core]\n    remote = r\n['remote \"r\"']\n    url = gs://bucket\n"
OUT = "outs:\n- md5: 0cc175b9c0f1b6a831c399e269772661.dir\n  size: 3\n  nfiles: 1\n  path: "
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n"
LFS = "*.csv filter=lfs diff=lfs merge=lfs -text\n"


def judge(check: str, files: Mapping[str, str | bytes]) -> CheckResult:
    files = {"src/pkg/train.py": "x = 1\n", **files}
    return run_check(SUITE, check, files, profile="project")


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({".dvc/config": REMOTE, "data.dvc": f"{OUT}data\n"}, "passed"),
        ({"sub/.dvc/config": REMOTE, "sub/data/raw.zip.dvc": f"{OUT}raw.zip\n"}, "passed"),
        (
            {
                ".dvc/config": REMOTE,
                "dvc.lock": f"stages:\n  prepare:\n    {OUT.replace(chr(10), chr(10) + '    ')}data\n",
            },
            "passed",
        ),
        ({".dvc/config": REMOTE, "data.dvc": f"{OUT}data\n", "models.dvc": f"{OUT}models\n"}, "passed"),
        ({".gitattributes": LFS, "data/a.csv": POINTER}, "passed"),
        ({".gitattributes": "data/** filter=lfs\n", "data/a.bin": POINTER}, "passed"),
        ({".dvc/config": "", "data.dvc": f"{OUT}data\n"}, "partial"),
        ({".dvc/config": REMOTE, "models.dvc": f"{OUT}models\n"}, "partial"),
        ({".gitattributes": LFS, "data/a.csv": "x,y\n1,2\n"}, "partial"),
        ({".gitattributes": LFS, "reports/figures/a.csv": POINTER}, "partial"),
        ({"a.py": "import wandb\nwandb.Artifact('mnist', type='dataset')\n"}, "partial"),
        ({"a.sh": "gsutil versioning set on gs://bucket\n"}, "partial"),
        ({".dvc/config": REMOTE, ".dvcignore": "# x\n"}, "failed"),
        ({".dvc/config": REMOTE, "data.dvc": ""}, "failed"),
        ({".dvc/config": REMOTE, "data.dvc": "outs: []\n"}, "failed"),
        ({"dvc.yaml": "stages:\n  a:\n    cmd: python a.py\n    outs: [data]\n"}, "failed"),
        ({"data/a.csv": "x,y\n1,2\n"}, "blocked"),
        ({"a.py": "import wandb\nwandb.Artifact('net', type='model')\n"}, "blocked"),
        ({".gitattributes": "* text=auto\n# *.csv filter=lfs\n"}, "blocked"),
        ({"README.md": "We use DVC.\n", "requirements.txt": "dvc\n"}, "blocked"),
    ],
)
def test_data_is_versioned(files: dict[str, Any], verdict: str) -> None:
    assert judge("data_is_versioned", files).verdict == verdict


@pytest.mark.parametrize("path", ["data.dvc", "data/raw.dvc", "dvc.lock"])
def test_a_metafile_that_the_snapshot_lacks_is_not_said_to_track_nothing(path: str) -> None:
    reason = "its content is missing from the repository"
    outcome = run_check(
        SUITE, "data_is_versioned", {".dvc/config": REMOTE}, profile="project", skipped={path: reason}
    )
    assert outcome.verdict == "not_applicable"
    assert outcome.message == f"What DVC tracks cannot be told: {path} was not read ({reason})."


def test_evidence_names_what_is_tracked_and_where_it_goes() -> None:
    outcome = judge("data_is_versioned", {".dvc/config": REMOTE, "data.dvc": f"{OUT}data\n"})
    assert [(one.path, one.line) for one in outcome.evidence] == [("data.dvc", None), (".dvc/config", 4)]
    assert {one.name: one.value for one in outcome.measurements} == {"n_dvc_files": 1, "dvc_remotes": "gs"}


def test_files_that_keep_a_tracked_folder_in_git_are_no_data() -> None:
    tracked = {".dvc/config": REMOTE, "data.dvc": f"{OUT}data\n"}
    kept = {**tracked, "data/.gitkeep": "x", "data/raw/.gitignore": "*\n", "database/a.csv": "x\n"}
    assert judge("tracked_data_is_not_in_git", kept).verdict == "passed"
    assert judge("tracked_data_is_not_in_git", {**tracked, "data/a/b.csv": "x\n"}).verdict == "failed"
    cached = {**tracked, ".dvc/cache/files/md5/ab/cd": "x\n"}
    assert judge("tracked_data_is_not_in_git", cached).verdict == "failed"


def test_one_good_remote_is_enough() -> None:
    both = REMOTE + "['remote \"here\"']\n    url = /tmp/store\n"
    assert judge("remote_is_shared", {".dvc/config": both, "data.dvc": f"{OUT}data\n"}).verdict == "passed"


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({".dvc/config": REMOTE}, "passed"),
        ({".dvc/config": REMOTE + "    credentialpath = key.json\n    version_aware = true\n"}, "passed"),
        ({".dvc/config": REMOTE + "    secret_access_key = hushhush\n"}, "failed"),
        ({".dvc/config": REMOTE, ".dvc/config.local": REMOTE + "    password = hushhush\n"}, "failed"),
        ({".dvc/config": REMOTE, ".dvc/config.local": "[cache]\n    dir = /scratch\n"}, "passed"),
        ({".dvc/config": REMOTE, ".dvc/cache/files/md5/ab/cd": "x\n"}, "passed"),
    ],
)
def test_keys_of_remotes_are_found_and_never_repeated(files: dict[str, Any], verdict: str) -> None:
    outcome = judge("no_keys_of_remotes", files)
    assert outcome.verdict == verdict
    assert "hushhush" not in outcome.model_dump_json()
