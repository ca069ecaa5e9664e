"""Temporary folders of runs: those of the dead are removed with what still runs there, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from grader.batch.scratch import PREFIX, remove_leftovers, scratch_folder, use_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="users and links of POSIX")
#: A run that ends without a word, and leaves a process that works in its folder and one that only was told of it.
_DIES = """
import os, subprocess, sys
from pathlib import Path
from grader.batch.scratch import scratch_folder, use_folder
with scratch_folder() as folder:
    use_folder(folder / "1")
    (folder / "1" / "files").mkdir()
    sleep = [sys.executable, "-c", "import time; print(flush=True); time.sleep(3600)"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    inside = subprocess.Popen(sleep, cwd=folder / "1" / "files", env={"PATH": os.environ["PATH"]}, **pipes)
    told = subprocess.Popen(sleep, **pipes)
    inside.stdout.readline(), told.stdout.readline()
    print(folder, inside.pid, told.pid, flush=True)
    os._exit(9)
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files."""
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_a_run_has_a_folder_while_it_lasts(place: Path) -> None:
    with scratch_folder() as folder:
        assert folder.parent == place
        assert remove_leftovers() == 0
        assert folder.is_dir()
    assert not folder.exists()


def test_what_a_process_makes_lies_in_its_folder(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with scratch_folder() as folder:
        use_folder(folder / "1")
        child = [sys.executable, "-c", "import tempfile; print(tempfile.mkdtemp())"]
        made = subprocess.run(child, capture_output=True, text=True, check=True).stdout.strip()
        assert {Path(made).parent, Path(tempfile.mkdtemp()).parent} == {folder / "1"}
        monkeypatch.setattr(tempfile, "tempdir", None)


def test_what_a_dead_run_left_is_removed_with_its_processes() -> None:
    died = subprocess.run([sys.executable, "-c", _DIES], capture_output=True, text=True)
    assert died.returncode == 9, died.stderr
    folder, *processes = died.stdout.split()
    assert Path(folder).is_dir()
    # A folder that cannot be entered is one of ours all the same.
    (Path(folder) / "1" / "files").chmod(0)
    assert remove_leftovers() == 1
    assert not Path(folder).exists()
    for process in processes:
        state = subprocess.run(["ps", "-o", "stat=", "-p", process], capture_output=True, text=True).stdout
        assert state[:1] in ("", "Z")


def test_what_is_not_ours_stays(place: Path) -> None:
    precious = place / "precious"
    precious.mkdir()
    (precious / "owner").write_text("nobody:1:1")
    (place / f"{PREFIX}link").symlink_to(precious)
    (place / f"{PREFIX}empty").mkdir()
    (place / f"{PREFIX}other").mkdir()
    (place / f"{PREFIX}other" / "owner").write_text("another-host:1:1")
    (place / f"{PREFIX}file").write_text("")
    assert remove_leftovers() == 0
    assert len(list(place.iterdir())) == 5


def test_a_full_place_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.errors import GradingError

    monkeypatch.setattr(tempfile, "tempdir", str(place / "gone"))
    with pytest.raises(GradingError, match="TMPDIR"), scratch_folder():
        os.abort()
