"""A suite runs again only if something changed that it can see, and what is used again is what a fresh run gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import render
from grader.cli.stages import read_tree
from grader.pipeline import grade_source
from tests.git_command import git
from tests.places import REPORTS
from tests.reuse_pack import HEAD, SUITES, IsolatedHere, ReuseClass

pytestmark = pytest.mark.process
ALL = set(SUITES)
#: What any new commit changes.
COMMITTED = {"history", "drawn", "run"}
PASSWORD = "correct-horse-7431"


@pytest.fixture
def graded(tmp_path: Path) -> ReuseClass:
    """A repository that was graded once."""
    made = ReuseClass(tmp_path / "class")
    first = made.grade()
    assert not first.summary.modules_reused
    assert {module.id: module.verdict.value for module in first.modules} == {
        f"X{number}": "passed" for number in range(1, len(SUITES) + 1)
    }
    return made


def test_nothing_changed_and_nothing_runs(graded: ReuseClass) -> None:
    sandbox = graded.sandbox
    assert isinstance(sandbox, IsolatedHere)
    before = len(sandbox.jobs)
    result = graded.grade()
    assert result.summary.modules_reused == len(SUITES)
    assert f"{len(SUITES)} suites reused" in render.FORMATS["markdown"][1](result, graded.root)
    page = render.FORMATS["html"][1](result, REPORTS)
    assert f"{len(SUITES)} suites: X1, X2" in page
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
    graded.write("part/pkg/more.py", "y = 1\n")
    graded.commit()
    assert graded.ran() == COMMITTED | {"code", "scoped"}
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
    made = ReuseClass(tmp_path / "class", sandbox=IsolatedHere(isolated=False))
    made.grade()
    assert {module.title for module in made.grade().modules if not module.reused} == {"run"}


def test_a_text_that_quotes_what_is_a_secret_now_is_made_anew(graded: ReuseClass) -> None:
    graded.write("README.md", f"please {PASSWORD}\nPLEASE\n")
    graded.commit()
    assert PASSWORD in graded.grade().model_dump_json()
    graded.write("settings.env", f"DB=postgresql://me:{PASSWORD}@db.company.dk:5432/x\n")
    graded.commit()
    assert graded.ran() == COMMITTED | {"text"}
    assert PASSWORD not in graded.grade().model_dump_json()
    # What was taken out stands in a file that the suite never read: it sees everything now.
    graded.write("other.txt", "nobody looks at it")
    graded.commit()
    assert graded.ran() == COMMITTED | {"text"}


def test_what_a_limit_ended_is_never_kept_whatever_the_check_makes_of_it(graded: ReuseClass) -> None:
    text = """
@check("It may hang")
def test_hangs(student):
    try:
        student.run(["python", "-c", "import time; time.sleep(60)"], timeout=1)
    except StudentFault as fault:
        measure("kind", fault.kind)
"""
    graded.suite("x07_run/test_run.py", HEAD + text)
    first = graded.grade()
    assert first.modules[-1].checks[0].measurements[0].value == "timeout"
    assert [module.title for module in graded.grade().modules if not module.reused] == ["run"]


def test_a_working_tree_is_never_kept(graded: ReuseClass) -> None:
    graded.grade()
    setup = graded.setup()
    for _ in range(2):
        (graded.repository / "README.md").write_text("please")
        result = grade_source(read_tree(graded.repository), setup, lambda result: result)
        assert result.submission.dirty
        assert not result.summary.modules_reused
