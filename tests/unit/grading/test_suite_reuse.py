"""A suite runs again only if something changed that it can see, and what is used again is what a fresh run gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import render
from tests.git_command import git
from tests.reuse_pack import SUITES, IsolatedHere, ReuseClass

pytestmark = pytest.mark.process
ALL = set(SUITES)
#: What any new commit changes.
COMMITTED = {"history", "drawn", "run"}


@pytest.fixture
def graded(tmp_path: Path) -> ReuseClass:
    """A repository that was graded once."""
    made = ReuseClass(tmp_path)
    first = made.grade()
    assert not first.summary.modules_reused
    assert {module.id: module.verdict.value for module in first.modules} == {
        f"X{number}": "passed" for number in range(1, 7)
    }
    return made


def test_nothing_changed_and_nothing_runs(graded: ReuseClass) -> None:
    sandbox = graded.sandbox
    assert isinstance(sandbox, IsolatedHere)
    before = len(sandbox.jobs)
    result = graded.grade()
    assert result.summary.modules_reused == len(SUITES)
    assert "6 suites reused" in render.FORMATS["markdown"][1](result, graded.root)
    assert len(sandbox.jobs) == before


def test_each_suite_sees_what_it_asked_for(graded: ReuseClass) -> None:
    graded.write("other.txt", "nobody looks at it")
    graded.commit()
    assert graded.ran() == COMMITTED
    graded.write("README.md", "please, second\nPLEASE\n")
    graded.commit()
    assert graded.ran() == COMMITTED | {"text"}
    graded.write("docs/index.md", "its content does not count")
    graded.commit()
    assert graded.ran() == COMMITTED
    graded.write("docs/deep/more.md", "a new one that matches")
    graded.commit()
    assert graded.ran() == COMMITTED | {"listing"}
    (graded.repository / "docs" / "deep" / "more.md").unlink()
    graded.commit()
    # As before the new page: that state is known.
    assert graded.ran() == COMMITTED
    graded.write("lib/new.py", "x = 1\n")
    graded.commit()
    assert graded.ran() == COMMITTED | {"code"}
    (graded.repository / "README.md").unlink()
    graded.commit()
    assert graded.ran() == COMMITTED | {"text", "drawn"}


def test_what_was_not_there_is_seen_once_it_is(graded: ReuseClass) -> None:
    graded.write("build/out.txt", "built")
    graded.commit()
    assert graded.ran() == COMMITTED | {"listing"}


def test_modes_and_links(graded: ReuseClass) -> None:
    git(graded.repository, "update-index", "--chmod=+x", "main.py")
    (graded.repository / "main.py").chmod(0o755)
    graded.commit()
    assert graded.ran() == COMMITTED
    (graded.repository / "docs" / "index.md").unlink()
    (graded.repository / "docs" / "index.md").symlink_to("../README.md")
    graded.commit()
    assert graded.ran() == COMMITTED | {"listing"}


def test_a_history_rewritten(graded: ReuseClass) -> None:
    git(graded.repository, "reset", "-q", "--soft", "HEAD~1")
    graded.commit("Second, said otherwise", day=6)
    assert graded.ran() == COMMITTED


def test_a_suite_or_what_all_share_changed(graded: ReuseClass) -> None:
    text = graded.root / "pack" / "checks" / "x01_text" / "test_text.py"
    text.write_text(text.read_text() + "\n")
    assert graded.ran() == {"text"}
    graded.suite("common/words.py", "WORD = 'first'\n")
    assert graded.ran() == ALL


def test_without_isolation_what_ran_student_code_is_never_kept(tmp_path: Path) -> None:
    made = ReuseClass(tmp_path, sandbox=IsolatedHere(isolated=False))
    made.grade()
    assert {module.title for module in made.grade().modules if not module.reused} == {"run"}
