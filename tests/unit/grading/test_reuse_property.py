"""Whatever is edited in a repository, a suite or the settings: what is used again is what a fresh run gives."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from grader.settings import Limits
from tests.git_command import git
from tests.reuse_pack import HEAD, SUITES, ReuseClass, bare

pytestmark = [pytest.mark.process, pytest.mark.slow]

Edit = Callable[[ReuseClass], None]
PATHS = (
    *(
        "README.md",
        "readme.MD",
        "docs/index.md",
        "docs/deep/more.md",
        "build/out.txt",
        "other.txt",
        "main.py",
    ),
    *("lib/new.py", "part/pkg/more.py", "part/NOTES.md", "part/pyproject.toml", "settings.env", ".venv/x.py"),
)
TEXTS = (
    *("", "please\n", "please\nPLEASE hunter-7431-x\n", "import six\nprint('hello')\n", "def broken(:\n"),
    "DB=postgresql://me:hunter-7431-x@db.company.dk/x\n",
)


def _write(path: str, text: str) -> Edit:
    def edit(one: ReuseClass) -> None:
        target = one.repository / path
        if target.is_symlink():
            target.unlink()
        one.write(path, text)

    return edit


def _remove(path: str) -> Edit:
    return lambda one: (one.repository / path).unlink(missing_ok=True)


def _link(path: str, to: str) -> Edit:
    def edit(one: ReuseClass) -> None:
        _remove(path)(one)
        target = one.repository / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(to)

    return edit


def _executable(one: ReuseClass) -> None:
    target = one.repository / "main.py"
    if target.is_file() and not target.is_symlink():
        target.chmod(0o755 if target.stat().st_mode & 0o100 == 0 else 0o644)


def _squash(one: ReuseClass) -> None:
    git(one.repository, "reset", "-q", "--soft", git(one.repository, "rev-list", "--max-parents=0", "HEAD"))


def _branch(one: ReuseClass) -> None:
    git(one.repository, "branch", "-f", "side", "HEAD")


def _suite(number: int, slug: str, text: str) -> Edit:
    return lambda one: one.suite(f"x0{number}_{slug}/test_{slug}.py", HEAD + text)


def _word(word: str) -> Edit:
    return lambda one: one.suite("common/words.py", f"WORD = {word!r}\n")


def _set(**changes: object) -> Edit:
    def edit(one: ReuseClass) -> None:
        one.options = replace(one.options, **changes)  # type: ignore[arg-type]

    return edit


EDITS = st.one_of(
    st.builds(_write, st.sampled_from(PATHS), st.sampled_from(TEXTS)),
    st.builds(_remove, st.sampled_from(PATHS)),
    st.builds(_link, st.sampled_from(PATHS), st.sampled_from(["README.md", "../README.md", "nowhere"])),
    st.sampled_from([_executable, _squash, _branch]),
    st.sampled_from([(number, *suite) for number, suite in enumerate(SUITES.items(), 1)]).flatmap(
        lambda one: st.sampled_from([one[2], one[2] + "\n# said otherwise\n"]).map(
            lambda text: _suite(one[0], one[1], text)
        )
    ),
    st.builds(_word, st.sampled_from(["please", "first"])),
    st.sampled_from(
        [
            _set(profile="project"),
            _set(profile="exercises"),
            _set(modules=("X1", "X3")),
            _set(modules=()),
            _set(limits=Limits(evidence_bytes=20)),
            _set(limits=Limits()),
        ]
    ),
)


@pytest.fixture(scope="module")
def blank() -> ReuseClass:
    """A class as it begins, to be copied."""
    return ReuseClass(Path(tempfile.mkdtemp()) / "class")


# Each run starts a suite's process: a few examples, and none made smaller, which takes many more.
@settings(
    max_examples=6, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)
@given(steps=st.lists(st.lists(EDITS, min_size=1, max_size=3), min_size=1, max_size=3))
def test_what_is_used_again_is_what_a_fresh_run_gives(blank: ReuseClass, steps: list[list[Edit]]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "class"
        shutil.copytree(blank.root, root, symlinks=True)
        one = replace(blank, root=root)
        one.grade()
        for step in steps:
            for edit in step:
                edit(one)
            one.commit()
            again = one.grade()
            note(f"used again: {[module.title for module in again.modules if module.reused]}")
            assert bare(again) == bare(one.grade(cached=False))
        # All of it stands now.
        assert all(module.reused for module in one.grade().modules)
