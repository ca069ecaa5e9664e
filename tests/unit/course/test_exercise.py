"""What `grader start` hands out: the starter as its author wrote it."""

from __future__ import annotations

import compileall
import shutil
from pathlib import Path

import pytest

from grader.course.exercise import start_exercise
from grader.course.pack import Course, load_course

OURS = load_course()


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The course as an installer leaves it: pip compiles every module of a wheel, starters included."""
    root = tmp_path_factory.mktemp("pack")
    for part in ("checks", "exercises", "reports"):
        shutil.copytree(OURS.root / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(root / "exercises", quiet=2)
    compileall.compile_dir(root / "exercises" / "m05_git", quiet=2, legacy=True)
    return load_course(root)


@pytest.mark.parametrize("module", [module.id for module in OURS.modules])
def test_what_an_installer_compiled_is_not_handed_out(compiled: Course, module: str, tmp_path: Path) -> None:
    chosen = compiled.select([module])[0]
    written = start_exercise(compiled, chosen, tmp_path)
    handed = {path.relative_to(tmp_path) for path in tmp_path.rglob("*")}
    assert {path.relative_to(tmp_path) for path in written} <= handed
    assert not {path for path in handed if path.suffix == ".pyc" or path.name == "__pycache__"}
    starter = compiled.exercises / chosen.folder.name / "starter"
    assert {path for path in handed if path.suffix == ".py"} == {
        path.relative_to(starter) for path in starter.rglob("*.py")
    }
