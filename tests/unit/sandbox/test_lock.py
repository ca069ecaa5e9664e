"""The locks are in step with what asks for them, and hold nothing but versions and digests."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from grader.authoring.prove import exercise_trees
from grader.authoring.recipe import build_repository
from grader.course.module import Module
from grader.course.pack import load_course
from grader.environment import load_overrides, read_requirements
from grader.sandbox.lock import IMAGE_LOCK, LOCKED_PYTHONS, for_target, image_lock, read_lock, target
from grader.sandbox.runtime import STUDENT_PACKAGES, SUITE_PACKAGES
from tests.places import ROOT

COURSE = load_course(ROOT)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = ROOT / "grader/locks/runtime.txt"
DEVELOPMENT = ROOT / "requirements-dev.lock"
OURS = (RUNTIME, IMAGE_LOCK, DEVELOPMENT)
PROOFS = sorted(COURSE.exercises.glob("*/proof.lock"))


def short(path: object) -> str:
    return "-".join(Path(str(path)).parts[-2:])


@pytest.mark.parametrize("path", [*OURS, *PROOFS], ids=short)
def test_a_lock_is_versions_and_digests_alone(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    entries = read_lock(text)
    assert entries
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for entry in entries for digest in entry.hashes)
    digits = re.sub(r"sha256:[0-9a-f]{64}", "", text)
    assert not re.search(r"://|@|(?:^|\s)/|^\s*-(?!-hash=)", digits, re.M)


@pytest.mark.parametrize("python", LOCKED_PYTHONS)
@pytest.mark.parametrize("path", OURS, ids=short)
def test_a_lock_has_all_that_pyproject_asks_for(path: Path, python: str) -> None:
    groups = PROJECT["dependency-groups"]
    wanted = {
        RUNTIME: PROJECT["project"]["dependencies"],
        DEVELOPMENT: [*PROJECT["project"]["dependencies"], *groups["dev"], *groups["build"]],
        IMAGE_LOCK: [*SUITE_PACKAGES, *STUDENT_PACKAGES, "uv"],
    }[path]
    locked = for_target(read_lock(path.read_text(encoding="utf-8")), target(python, linux=True))
    for requirement in map(Requirement, wanted):
        entry = locked[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(entry.version, prereleases=True), entry.pin
    builds = map(Requirement, PROJECT["build-system"]["requires"])
    assert path != DEVELOPMENT or all(
        requirement.specifier.contains(locked[requirement.name].version) for requirement in builds
    )


@pytest.mark.parametrize("path", [IMAGE_LOCK, DEVELOPMENT], ids=short)
def test_the_locks_agree_with_each_other(path: Path) -> None:
    runtime = {entry.name: entry.version for entry in read_lock(RUNTIME.read_text(encoding="utf-8"))}
    others = {entry.name: entry.version for entry in read_lock(path.read_text(encoding="utf-8"))}
    assert {name: others[name] for name in runtime if name in others} == {
        name: version for name, version in runtime.items() if name in others
    }


@pytest.mark.parametrize("module", COURSE.modules, ids=lambda module: str(module.id))
def test_the_lock_of_a_proof_has_all_that_is_asked_for(module: Module, tmp_path: Path) -> None:
    path = COURSE.exercises / module.folder.name / "proof.lock"
    overrides = load_overrides(COURSE.root)
    entries = read_lock(path.read_text(encoding="utf-8")) if path.is_file() else ()
    locked = for_target(entries, target(linux=True))
    decided = {*overrides.override, *(source["name"] for source in overrides.sources)}
    assert not [name for name in locked if name in decided or overrides.excludes(name)]
    for root in exercise_trees(COURSE, module, tmp_path):
        files = [file.relative_to(root).as_posix() for file in root.rglob("*") if file.is_file()]
        asked = map(Requirement, read_requirements(root, files).entries)
        for requirement in asked:
            if requirement.name not in decided and not overrides.excludes(requirement.name):
                assert requirement.specifier.contains(locked[requirement.name].version), str(requirement)


@pytest.mark.parametrize(
    "line",
    [
        "six==1.16.0",
        "six>=1 --hash=sha256:00",
        "six==1.*,<2 --hash=sha256:00",
        "six @ https://example.org/six.whl --hash=sha256:00",
        "--index-url https://example.org/simple",
        "-e .",
    ],
)
def test_what_is_not_locked_does_not_read_as_a_lock(line: str) -> None:
    with pytest.raises(ValueError, match=r"entry of a lock|no exact version"):
        read_lock(line)


@pytest.mark.process
def test_a_result_without_docker_says_where_versions_are_others(tmp_path: Path) -> None:
    name = "dockerfile-parse"
    locked = {entry.name: entry.version for entry in image_lock()}[name]
    about = tmp_path / "path" / "dockerfile_parse-0.0.1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.0.1\n")
    (tmp_path / "files").mkdir()
    (tmp_path / "files/a.py").write_text("A = 1\n")
    repository = build_repository(None, tmp_path / "files", tmp_path / "repository")
    command = [sys.executable, "-m", "grader.cli", "check", str(repository), "--sandbox", "local"]
    command += ["--modules", "M2", "--format", "json", "--out", str(tmp_path / "out")]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "path"), "NO_COLOR": "1", "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = f"{name} 0.0.1 (there {locked})"
    assert done.returncode in (0, 1), done.stderr
    assert said in done.stdout + done.stderr
    notes = json.loads((tmp_path / "out/result.json").read_text(encoding="utf-8"))["notes"]
    assert [note for note in notes if said in note and "image" in note]
