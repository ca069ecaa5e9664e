"""A course pack that was read before is not read again, unless something about it changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.kept_modules import kept_courses
from grader.course.pack import load_course
from grader.errors import CourseError
from grader.user_cache import cache_folder
from tests.places import ROOT

MODULE = 'id = "X1"\nslug = "x"\ntitle = "X"\nsession = "S1"\n'
SUITE = "from grader.suite import check\n@check('It holds', points=2, required='exercises', boxes=['b'])\ndef test_a(): pass\n"


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course pack of one module, and a cache that is empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "pack" / "checks" / "x01_x"
    folder.mkdir(parents=True)
    (folder / "module.toml").write_text(MODULE)
    (folder / "test_x.py").write_text(SUITE)
    return tmp_path / "pack"


def kept() -> list[Path]:
    return [one.path for one in kept_courses(cache_folder("courses"))]


def test_what_is_kept_says_the_same_as_the_suites(pack: Path) -> None:
    first = load_course(pack)
    (path,) = kept()
    again = load_course(pack)
    assert again == first
    assert kept() == [path]
    whole = load_course(ROOT)
    assert load_course(ROOT) == whole
    assert len(kept()) == 2


def test_it_is_taken_from_what_was_kept(pack: Path) -> None:
    load_course(pack)
    (path,) = kept()
    path.write_text(path.read_text().replace("It holds", "It was kept"))
    assert load_course(pack).modules[0].checks[0].spec.title == "It was kept"


@pytest.mark.parametrize("name", ["x01_x/test_x.py", "x01_x/module.toml", "common/shared.py"])
def test_a_change_of_any_file_is_seen(pack: Path, name: str) -> None:
    load_course(pack)
    path = pack / "checks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text((path.read_text() if path.exists() else "") + "\n# changed\n")
    load_course(pack)
    assert len(kept()) == 2


def test_a_pack_that_is_wrong_is_refused_each_time(pack: Path) -> None:
    load_course(pack)
    (pack / "checks" / "common").mkdir()
    (pack / "checks" / "common" / "shared.py").write_text("def broken(:\n")
    for _ in range(2):
        with pytest.raises(CourseError, match="not valid Python"):
            load_course(pack)


def test_two_packs_of_the_same_files_keep_their_own_places(pack: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    pack.rename(other)
    assert load_course(other).modules[0].folder.is_relative_to(other.resolve())
    other.rename(pack)
    assert load_course(pack).modules[0].folder.is_relative_to(pack.resolve())


@pytest.mark.parametrize("spoilt", [b"", b"[]x", b'[{"id": 1}]'])
def test_what_does_not_read_is_read_anew(pack: Path, spoilt: bytes) -> None:
    first = load_course(pack)
    (path,) = kept()
    path.write_bytes(spoilt)
    assert load_course(pack) == first
    assert path.read_bytes() != spoilt


def test_a_cache_that_cannot_be_made_is_none(pack: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file is in the way")
    assert load_course(pack).modules[0].id == "X1"


def test_no_more_are_kept_than_somebody_needs(pack: Path) -> None:
    for number in range(25):
        (pack / "checks" / "x01_x" / "note.txt").write_text(str(number))
        load_course(pack)
    assert len(kept()) == 20
