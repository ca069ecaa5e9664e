"""A class in parts: each graded by a machine of its own, then put together by `grader merge`."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.small_class import SmallClass, small_class

pytestmark = pytest.mark.process
SEVEN = tuple(f"r{number:02}" for number in range(1, 8))
PARTS = ("1/3", "2/3", "3/3")


def merge(group: SmallClass, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "grader.cli", "merge", *arguments, "--course", "pack"],
        cwd=group.root,
        env=group.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )


def grade_parts(group: SmallClass) -> list[str]:
    folders = []
    for part in PARTS:
        folders.append(f"part-{part[0]}")
        done = group.run("--shard", part, out=folders[-1])
        assert done.returncode == 0, done.stdout
    return folders


def table(group: SmallClass, out: str) -> list[dict[str, str]]:
    text = (group.root / out / "grades.csv").read_text()
    return [
        {name: value for name, value in row.items() if "duration" not in name}
        for row in csv.DictReader(text.splitlines())
    ]


def test_a_class_in_parts_is_the_class(tmp_path: Path) -> None:
    group = small_class(tmp_path, SEVEN)
    assert group.run(out="whole").returncode == 0
    folders = grade_parts(group)
    assert [len(table(group, folder)) for folder in folders] == [3, 2, 2]
    done = merge(group, *folders, "--out", "merged")
    assert (done.returncode, "7 graded" in done.stdout) == (0, True), done.stdout
    assert table(group, "merged") == table(group, "whole")
    assert {name: group.result(name, "merged") for name in SEVEN} == {
        name: group.result(name, "whole") for name in SEVEN
    }
    for name in SEVEN:
        assert (tmp_path / "merged/submissions" / name / "report.html").is_file()

    # The same command on all of it goes on there, and finds all of it done.
    times = len(group.gradings)
    again = group.run(out="merged")
    assert again.stdout.count("as before") == 7, again.stdout
    assert len(group.gradings) == times


def test_two_sources_of_one_name_keep_their_ids_when_they_come_together(tmp_path: Path) -> None:
    group = small_class(tmp_path, ("one", "two"))
    for name in ("one", "two"):
        (tmp_path / name).rename(tmp_path / "moved")
        (tmp_path / name).mkdir()
        (tmp_path / "moved").rename(tmp_path / name / "project")
    group = SmallClass(tmp_path, ("one/project", "two/project"))
    for number in (1, 2):
        assert group.run("--shard", f"{number}/2", out=f"part-{number}").returncode == 0
    done = merge(group, "part-1", "part-2", "--out", "merged")
    assert done.returncode == 0, done.stdout
    assert [row["id"] for row in table(group, "merged")] == ["project", "project-2"]
    assert "two/project" in group.result("project-2", "merged")["submission"]["source"]


def test_parts_of_another_course_pack_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    group = small_class(tmp_path, SEVEN[:2])
    assert group.run("--shard", "1/2", out="part-1").returncode == 0
    suite = tmp_path / "pack/checks/x01_first/test_first.py"
    suite.write_text(suite.read_text().replace("is short", "is too short"))
    assert group.run("--shard", "2/2", out="part-2").returncode == 0
    done = merge(group, "part-1", "part-2", "--out", "merged")
    assert done.returncode == 2
    assert "different course packs" in done.stdout
    assert "part-1: sha256:" in done.stdout
    assert not (tmp_path / "merged/index.html").exists()


def test_the_result_that_there_is_counts_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    group = small_class(tmp_path, SEVEN[:2])
    assert group.run(out="first").returncode == 0
    shutil.copytree(tmp_path / "first", tmp_path / "second")
    (tmp_path / "second/submissions/r01/result.json").write_text("{}")
    done = merge(group, "first", "second", "--out", "merged")
    assert "2 graded" in done.stdout, done.stdout
    (tmp_path / "first/submissions/r01/result.json").unlink()
    done = merge(group, "first", "second", "--out", "damaged")
    assert "1 graded, 1 not graded" in done.stdout
    (row,) = [row for row in table(group, "damaged") if row["id"] == "r01"]
    assert (row["status"], "changed since" in row["reason"]) == ("not graded", True)
    # What is there already is not lost to a part that lacks it.
    done = merge(group, "damaged", "--out", "merged")
    assert "2 graded" in done.stdout, done.stdout


def test_two_submissions_of_one_id_are_refused_by_name(tmp_path: Path) -> None:
    group = small_class(tmp_path, ("one",))
    assert group.run(out="part-1").returncode == 0
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "one").rename(tmp_path / "elsewhere/one")
    assert SmallClass(tmp_path, ("elsewhere/one",)).run(out="part-2").returncode == 0
    done = merge(group, "part-1", "part-2", "--out", "merged")
    assert done.returncode == 2
    assert "Two submissions are called one" in done.stdout


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "one/three", "1/0", "-1/3"])
def test_a_shard_that_is_no_part_is_refused(tmp_path: Path, text: str) -> None:
    done = small_class(tmp_path, ("one",)).run(f"--shard={text}")
    assert (done.returncode, "no part of a class" in done.stdout) == (2, True), done.stdout


def test_a_folder_that_is_none_of_grade_is_named(tmp_path: Path) -> None:
    group = small_class(tmp_path, ("one",))
    done = merge(group, "pack", "--out", "merged")
    assert done.returncode == 2
    assert "journal.sqlite" in done.stdout
    (tmp_path / "pack/journal.sqlite").write_text("no database")
    assert "cannot be read" in merge(group, "pack", "--out", "merged").stdout
