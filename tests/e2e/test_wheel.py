"""What ships is the wheel: it holds the course pack, and works from any directory."""

import compileall
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import uv

from tests.places import ROOT


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A folder with the built wheel in it."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [uv.find_uv_bin(), "build", "--quiet", "--wheel", "--out-dir", str(folder / "dist"), str(ROOT)],
        check=True,
    )
    wheel = next((folder / "dist").glob("*.whl"))
    target = folder / "site"
    subprocess.run(
        [uv.find_uv_bin(), "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(wheel)],
        check=True,
    )
    return target


def run(installed: Path, folder: Path, *arguments: str) -> Any:
    return subprocess.run(
        [sys.executable, "-m", "grader.cli", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"},
        timeout=300,
    )


def test_the_course_pack_is_in_the_wheel(installed: Path, tmp_path: Path) -> None:
    where = subprocess.run(
        [sys.executable, "-c", "import grader; print(grader.__file__)"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
    )
    assert str(installed) in where.stdout
    listed = run(installed, tmp_path, "modules").stdout
    for module in ("M4", "M5", "M6", "M9", "M10", "M16", "M17"):
        assert module in listed


def test_the_wheel_says_that_it_is_typed(installed: Path) -> None:
    assert (installed / "grader" / "py.typed").is_file()


def test_the_installed_grader_checks_a_repository(installed: Path, repository: Path) -> None:
    done = run(installed, repository, "check", "--modules", "M10", "--sandbox", "local")
    assert done.returncode in (0, 1), done.stderr
    assert (repository / ".grader" / "report.html").is_file()


def test_the_locks_are_in_the_wheel(installed: Path, tmp_path: Path) -> None:
    code = "from grader.sandbox.lock import IMAGE_LOCK, image_lock; print(IMAGE_LOCK, image_lock()[0].pin)"
    said = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
    ).stdout
    path, _, pin = said.strip().rpartition(" ")
    assert Path(path).is_relative_to(installed)
    assert "==" in pin
    assert (installed / "grader/course_pack/exercises/m10_docker/proof.lock").is_file()


def test_a_compiled_wheel_hands_out_no_bytecode(installed: Path, tmp_path: Path) -> None:
    compiled = tmp_path / "site"
    shutil.copytree(installed, compiled)
    compileall.compile_dir(compiled / "grader/course_pack/exercises", quiet=2)
    assert run(compiled, tmp_path, "start", "M5", "exercise").returncode == 0
    handed = [path for path in (tmp_path / "exercise").rglob("*") if path.is_file()]
    assert handed
    assert not [path for path in handed if path.suffix == ".pyc"]


def test_nothing_but_the_product_is_in_the_wheel(installed: Path) -> None:
    names = {path.name for path in installed.iterdir() if not path.name.startswith(".")}
    assert {name for name in names if not name.endswith(".dist-info")} == {"bin", "grader"}
    assert not list(installed.rglob("*.pyc"))
