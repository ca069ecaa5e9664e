"""A course pack whose suites see different things of a submission, and a way to grade a repository with it again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.batch.fetching import Fetching
from grader.course.pack import load_course
from grader.grading.suite_cache import SuiteCache
from grader.pipeline import Options, Setup, grade_source
from grader.results import Result
from grader.sandbox.local_sandbox import LocalSandbox
from grader.sandbox.protocol import Event, Job, RunOutcome, Sandbox, StudentPython
from tests.git_command import git
from tests.small_class import without_times

_TOML = 'id = "X{number}"\nslug = "{slug}"\ntitle = "{slug}"\nsession = "W1"\n'
HEAD = """
from grader.suite import StudentFault, check, evidence, measure, work, work_folders

from ..common.words import WORD
"""
#: By slug: what a suite reads, lists, asks for, runs.
SUITES = {
    "text": """
@work("a README")
def find_work(submission):
    return submission.exists("README.md")

@check("The README has the word")
def test_word(submission):
    evidence("README.md", 1, submission.lines("README.md")[0] if submission.lines("README.md") else "")
    assert WORD in submission.text("README.md"), f"There is no {WORD}."

@check("It has it in capitals, too", requires=["word"])
def test_capitals(submission):
    assert WORD.upper() in submission.text("README.md"), submission.text("README.md")[:60]
""",
    "listing": """
@check("There are pages")
def test_pages(submission):
    measure("pages", len(submission.files("docs/**/*.md")))
    assert submission.files("docs/**/*.md"), "There are no pages."

@check("There is no build folder")
def test_build(submission):
    assert not submission.exists("build"), "There is a build folder."
""",
    "history": """
@check("There are two commits")
def test_commits(submission):
    measure("commits", len(submission.history.commits))
    assert len(submission.history.commits) > 1, "There is one commit."
""",
    "code": """
@check("Everything parses")
def test_parses(submission):
    measure("files", len(submission.python_files()))
    assert not submission.broken_python, submission.broken_python[0].message

@check("six is imported")
def test_imports(submission):
    assert submission.imports("six"), "Nothing imports six."
""",
    "drawn": """
@check("The number of the README is drawn")
def test_drawn(submission, rng):
    measure("drawn", rng.randrange(10**6))
    assert submission.exists("README.md"), "There is no README."
""",
    "scoped": """
@work("a package")
def find_work(submission):
    return work_folders(submission, submission.files("**/pkg/__init__.py"))

@check("The package beside it is described")
def test_described(submission):
    measure("files", len(submission.files("**/*.py")))
    assert submission.exists("NOTES.md"), "There is no NOTES.md in the folder of the package."
""",
    "run": """
@check("main.py greets")
def test_greets(student):
    done = student.run(["python", "main.py"])
    # Without a container, what it prints of an error has the path of a temporary folder.
    assert done.returncode == 0 and "hello" in done.stdout, f"It does not greet: {done.returncode}."
""",
}


class IsolatedHere(LocalSandbox):
    """The local sandbox, taken for one that isolates, for tests of what is only kept where the students' code is alone."""

    def __init__(self, *, isolated: bool = True) -> None:
        super().__init__()
        self.isolated = isolated
        self.jobs: list[Job] = []

    def run(self, job: Job, on_event: Callable[[Event], None]) -> RunOutcome:
        """Run a job, and note it."""
        self.jobs.append(job)
        return super().run(job, on_event)


@dataclass
class ReuseClass:
    """A repository, a pack and a cache below `root`."""

    root: Path
    sandbox: Sandbox = field(default_factory=IsolatedHere)
    options: Options = field(default_factory=lambda: Options(profile="exercises"))

    def __post_init__(self) -> None:
        if self.root.exists():
            return
        self.write("README.md", "please, first\nPLEASE\n")
        self.write("docs/index.md", "a page\n")
        self.write("main.py", "try:\n    import six\nexcept ImportError:\n    pass\nprint('hello')\n")
        self.write("part/pyproject.toml", "[project]\nname = 'part'\n")
        self.write("part/pkg/__init__.py", "x = 1\n")
        self.write("part/NOTES.md", "notes\n")
        git(self.repository, "init", "-q", "-b", "main")
        self.commit("First")
        self.commit("Second")
        self.suite("common/words.py", "WORD = 'please'\n")
        for number, (slug, text) in enumerate(SUITES.items(), 1):
            self.suite(f"x0{number}_{slug}/module.toml", _TOML.format(number=number, slug=slug))
            self.suite(f"x0{number}_{slug}/test_{slug}.py", HEAD + text)

    @property
    def repository(self) -> Path:
        """The repository that is graded."""
        return self.root / "repository"

    def write(self, path: str, text: str) -> None:
        """Write a file of the repository."""
        target = self.repository / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def suite(self, path: str, text: str) -> None:
        """Write a file of the suites."""
        target = self.root / "pack" / "checks" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def commit(self, message: str = "Change", day: int = 5) -> None:
        """Commit all that is there, even if nothing changed."""
        when = f"2026-01-{day:02}T10:00:00+0100"
        git(self.repository, "add", "-A")
        git(
            self.repository, "commit", "-q", "--allow-empty", "-m", message,
            GIT_AUTHOR_DATE=when, GIT_COMMITTER_DATE=when,
        )  # fmt: skip

    def setup(self, *, cached: bool = True) -> Setup:
        """Return how it is graded: with what is kept, or afresh."""
        return Setup(
            course=load_course(self.root / "pack"),
            sandbox=self.sandbox,
            options=self.options,
            install=lambda planned, sandbox: StudentPython(),
            cache=SuiteCache(self.root / "cache", "engine") if cached else None,
        )

    def grade(self, *, cached: bool = True) -> Result:
        """Grade the commit."""
        setup = self.setup(cached=cached)
        return grade_source(lambda into: Fetching()(str(self.repository), into), setup, lambda result: result)

    def ran(self) -> set[str]:
        """Grade; return the slugs of the suites that ran, once the result is found equal to a fresh one."""
        result = self.grade()
        assert bare(result) == bare(self.grade(cached=False))
        return {module.title for module in result.modules if not module.reused}


def bare(result: Result) -> Any:
    """Return a result without times, and without what it says of reuse."""
    return without_times(result.model_dump(mode="json"))
