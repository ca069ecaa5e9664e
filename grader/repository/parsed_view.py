"""The files of a repository and their content, parsed on demand and cached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from grader.repository.faults import NewerSyntax, SubmissionFault, evidence, tolerant
from grader.repository.formats.dockerfile import Dockerfile, is_dockerfile
from grader.repository.formats.notebook import MAX_BYTES as MAX_NOTEBOOK_BYTES
from grader.repository.formats.notebook import Notebook
from grader.repository.formats.structured import json_data, toml_data
from grader.repository.formats.yaml_data import yaml_documents
from grader.repository.python.package import Package, discover
from grader.repository.python.python_file import PythonFile
from grader.repository.python.roles import CourseWords, rank
from grader.repository.reads import Reads, remembered
from grader.repository.recorded_view import RecordedView
from grader.repository.workflows.workflow import Workflow

T = TypeVar("T")

#: Maximum characters of parsed files that are kept. The parsed data takes up to sixty times that memory, and the suite must
#: not run out of it. A node of a Python syntax tree counts as 16.
MAX_KEPT = 16 * 1024 * 1024
_NODE_COST = 16
_PYTHON_COST = 3
_EMPTY_BLOB = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
_WITH_COMMENTS = ("devcontainer.json", ".devcontainer.json", "tsconfig.json", "jsconfig.json")


class ParsedView(RecordedView):
    """A submission as checks see it. The data is shared between checks: treat it as read-only.

    root: the folder of the snapshot. facts: what the engine knows of the submission: `profile`, `commit`, `branch`, `dirty`,
    `has_remote`, `commits`, `branches`, `history_gaps`, `subfolder`, `above`, `top`, `blobs`, `skipped`, `template_blobs`,
    `sample_figures`, `course_words`, `environment` (the folder of the students' environment); all optional.

    Every fault in a student's file is raised as `SubmissionFault`; every relative path is POSIX.
    """

    def __init__(
        self, root: Path, facts: Mapping[str, Any], reads: Reads | None = None, folder: str = "."
    ) -> None:
        super().__init__(root, facts, reads, folder)
        self.profile: str = facts.get("profile") or "exercises"
        self.branch: str = facts.get("branch") or ""
        self.dirty: bool = bool(facts.get("dirty"))
        self.report_path: str = facts.get("report_path") or ""
        self.has_remote: bool = facts.get("has_remote", True)
        self.subfolder: str = facts.get("subfolder") or ""
        self._above = frozenset(facts.get("above") or ())
        self._template_blobs = frozenset(facts.get("template_blobs") or ()) | {_EMPTY_BLOB}
        self._sample_figures = frozenset(facts.get("sample_figures") or ())
        self._words = CourseWords.of(facts)
        self._kept = 0

    # Files.

    def files(self, *globs: str) -> list[str]:
        """Return the sorted paths that match any glob (all paths without a glob), without vendored and generated folders.

        `**` is any number of folders, as in pathlib: `*.py` matches the root only, `**/*.py` every folder. If a glob has no exact
        match, case is ignored. A generated folder is searched if a glob names it.

        Example:
            assert submission.files("**/requirements*.txt"), "There is no requirements file."
        """
        return self._files.find(globs or ("**",))

    def lies_above(self, *names: str) -> str:
        """Return the first name that exists above the submission but not in it, or an empty string.

        Only for a submission that is a folder of a repository; what lies above it is never read.

        Example: `if submission.lies_above(".github"): not_applicable("The workflows lie above the graded folder.")`
        """
        if not self._above.intersection(names):
            return ""
        own = {part for path in self.all_files for part in path.split("/")}
        return next((name for name in names if name in self._above and name not in own), "")

    @property
    def top(self) -> str:
        """The path of the whole repository as named on the command line, if a folder of it is graded."""
        return str(self.facts.get("top") or ".")

    @property
    def all_files(self) -> tuple[str, ...]:
        """Every path, including vendored and generated folders. Example: `len(submission.all_files)`."""
        return self._files.paths

    def exists(self, path: str) -> bool:
        """Return whether such a file or a folder with files exists; for a file, case is ignored.

        Example: `assert submission.exists("README.md"), "There is no README.md."`
        """
        return self._files.resolve(path) is not None or self._files.is_folder(path)

    def case_variants(self, path: str) -> list[str]:
        """Return the files whose path differs from `path` in case only. Example: `submission.case_variants("README.md")`."""
        return self._files.case_variants(path)

    def text(self, path: str) -> str:
        r"""Return the text of a file of at most 2 MiB, with `\n` line ends. Example: `submission.text("README.md")`."""
        return self._files.text(self._files.spelling(path))

    def bytes(self, path: str) -> bytes:
        """Return the bytes of a file. Example: `submission.bytes("reports/figures/overview.png")[:8]`."""
        return self._files.read(path)

    def lines(self, path: str) -> list[str]:
        """Return the lines of a text file, each cut to 10 000 characters. Example: `submission.lines(".gitignore")`."""
        return self._files.lines(self._files.spelling(path))

    def blob(self, path: str) -> str:
        """Return the git blob id of a file. Example: `submission.blob("README.md")`."""
        return self._once("blob", path, self._files.blob)

    def is_template(self, path: str) -> bool:
        """Return whether a file is empty, or an untouched file of the course or its template.

        Example: `files = [path for path in submission.files("**/*.md") if not submission.is_template(path)]`
        """
        return self.blob(path) in self._template_blobs

    def is_sample_figure(self, path: str) -> bool:
        """Return whether a picture is one of the course's own examples. Example: `submission.is_sample_figure("a.png")`."""
        return self.blob(path) in self._sample_figures

    # Data.

    def toml(self, path: str) -> dict[str, Any]:
        """Return the data of a TOML file. Example: `submission.toml("pyproject.toml").get("project", {})`."""
        return self._once("toml", path, lambda real: toml_data(self._keep(real), real))

    def yaml(self, path: str) -> Any:
        """Return the data of a YAML file with one document, or None if it is empty; only `true` and `false` are booleans.

        Example: `image = submission.yaml("cloudbuild.yaml")["steps"][0]["name"]`
        """
        documents = self.yaml_documents(path)
        if len(documents) > 1:
            message = f"{path} holds {len(documents)} YAML documents where one is expected."
            raise SubmissionFault(message, evidence(path))
        return documents[0] if documents else None

    def yaml_documents(self, path: str) -> list[Any]:
        """Return every document of a YAML file. Example: `submission.yaml_documents("k8s/service.yaml")`."""
        return self._once("yaml", path, lambda real: yaml_documents(self._keep(real), real))

    def json(self, path: str, *, comments: bool | None = None) -> Any:
        """Return the data of a JSON file. Comments are allowed if `comments` is true, and by default where tools allow them.

        Those files are `devcontainer.json`, `tsconfig.json`, `jsconfig.json` and the files in `.vscode/`.

        Example: `image = submission.json(".devcontainer/devcontainer.json").get("image")`
        """
        if comments is None:
            comments = path.rpartition("/")[2].lower() in _WITH_COMMENTS or ".vscode/" in path
        kind = f"json{comments}"
        return self._once(kind, path, lambda real: json_data(self._keep(real), real, comments=comments))

    # Python.

    def python(self, path: str) -> PythonFile:
        """Return a Python file as a syntax tree. Example: `submission.python("tasks.py").functions`."""
        return self._once("python", path, self._python)

    def _python(self, path: str) -> PythonFile:
        text = self._keep(path)
        # Parsing costs time even if the tree turns out to be too large to keep.
        self._spend(_PYTHON_COST * len(text), path)
        file = PythonFile(path, text)
        self._spend(_NODE_COST * file.size, path)
        return file

    def python_files(self, *globs: str) -> list[PythonFile]:
        """Return every Python file that parses, or those that match a glob; the others are in `unread_python`.

        Example: `tests = submission.python_files("tests/**/test_*.py")`
        """
        paths = [path for path in self.files(*(globs or ("**/*.py",))) if path.endswith(".py")]
        return self._parsable(paths, self.python)[0]

    @remembered
    def broken_python(self) -> list[SubmissionFault]:
        """The faults of the Python files that no Python reads. Example: `assert not submission.broken_python, "…"`."""
        return [fault for fault in self.unread_python if not isinstance(fault, NewerSyntax)]

    @remembered
    def unread_python(self) -> list[SubmissionFault]:
        """The faults of the Python files without a tree: broken ones, and those for a newer Python than ours.

        Example: `if not found and submission.unread_python: raise submission.unread_python[0]`
        """
        return self._parsable(self.files("**/*.py"), self.python)[1]

    @remembered
    def package(self) -> Package | None:
        """The students' package in any folder, or the folder of their scripts; None if there is no Python but tests.

        Example: `assert submission.package, "There is no Python package."`
        """
        pyproject = tolerant(lambda _: self.pyproject, "") or {}
        return discover(self.python_files(), self.files("**/*.py"), pyproject, self._words)

    def find(self, role: str) -> list[PythonFile]:
        """Return the Python files of a role (data, model, train, …) in the whole repository, best match first.

        See `Package.find`. Example: `assert submission.find("model"), "There is no file with a model."`
        """
        if self.package:
            return self.package.find(role)
        return rank(self.python_files(), role, words=self._words)

    # Tools.

    def dockerfiles(self) -> list[Dockerfile]:
        """Return every Dockerfile that can be read, in any folder; the others are in `broken_dockerfiles`.

        Example: `stages = [stage for dockerfile in submission.dockerfiles() for stage in dockerfile.stages]`
        """
        return self._dockerfiles[0]

    @property
    def broken_dockerfiles(self) -> list[SubmissionFault]:
        """The faults of the Dockerfiles that cannot be read. Example: `len(submission.broken_dockerfiles)`."""
        return self._dockerfiles[1]

    @remembered
    def _dockerfiles(self) -> tuple[list[Dockerfile], list[SubmissionFault]]:
        paths = [path for path in self.files() if is_dockerfile(path)]
        return self._parsable(paths, lambda path: Dockerfile(path, self._keep(path)))

    def workflows(self) -> list[Workflow]:
        """Return every GitHub workflow that can be read; the others are in `broken_workflows`.

        Example: `assert any("push" in workflow.triggers for workflow in submission.workflows()), "Nothing runs on push."`
        """
        return self._workflows[0]

    def refused_workflows(self) -> list[Workflow]:
        """Return those of the broken workflows that can be read, and that GitHub refuses all the same.

        Example: `said = [workflow.evidence(1, "GitHub refuses it") for workflow in submission.refused_workflows()]`
        """
        paths = dict.fromkeys(fault.evidence[0].path for fault in self.broken_workflows if fault.evidence)
        return self._parsable(list(paths), lambda path: Workflow(path, self._keep(path), accepted=False))[0]

    @property
    def broken_workflows(self) -> list[SubmissionFault]:
        """The faults of the workflow files that GitHub would not run: empty, malformed, no triggers, no jobs.

        Example: `for fault in submission.broken_workflows: raise fault`
        """
        return self._workflows[1]

    @remembered
    def _workflows(self) -> tuple[list[Workflow], list[SubmissionFault]]:
        paths = self.files(".github/workflows/*.yml", ".github/workflows/*.yaml")
        return self._parsable(paths, lambda path: Workflow(path, self._keep(path)))

    def notebook(self, path: str) -> Notebook:
        """Return a notebook, an older one as format 4. Example: `submission.notebook("notebooks/eda.ipynb").code`."""
        return self._once("notebook", path, self._notebook)

    def _notebook(self, path: str) -> Notebook:
        book = Notebook(path, lambda: self._files.text(path, MAX_NOTEBOOK_BYTES))
        self._spend(sum(len(cell.source) for cell in book.cells), path)
        return book

    def notebooks(self, *globs: str) -> list[Notebook]:
        """Return every notebook that can be read, or those that match a glob; the others are in `broken_notebooks`.

        Example: `cells = [cell for notebook in submission.notebooks() for cell in notebook.cells]`
        """
        paths = [path for path in self.files(*(globs or ("**/*.ipynb",))) if path.endswith(".ipynb")]
        return self._parsable(paths, self.notebook)[0]

    @remembered
    def broken_notebooks(self) -> list[SubmissionFault]:
        """The faults of the notebooks that cannot be read. Example: `len(submission.broken_notebooks)`."""
        return self._parsable(self.files("**/*.ipynb"), self.notebook)[1]

    @property
    def unread(self) -> list[SubmissionFault]:
        """The faults of Python files and notebooks that cannot be read. Example: `assert not submission.unread, "…"`."""
        return [*self.unread_python, *self.broken_notebooks]

    @property
    def pyproject(self) -> dict[str, Any]:
        """The data of the root's pyproject.toml, or of the only one that is one folder below; `{}` if there is none.

        Example: `tools = submission.pyproject.get("tool", {})`
        """
        below = [] if self.exists("pyproject.toml") else self.files("*/pyproject.toml")
        if len(below) == 1:
            return self.toml(below[0])
        return self.toml("pyproject.toml") if self.exists("pyproject.toml") else {}

    def _keep(self, path: str) -> str:
        text = self.text(path)
        self._spend(len(text), path)
        return text

    def _spend(self, cost: int, path: str) -> None:
        if self._kept + cost > MAX_KEPT:
            self.noting.unsteady = "What is kept of files depends on who asked before."
            message = f"{path} is not read: the repository holds too much text for the checks to keep."
            raise SubmissionFault(message, evidence(path))
        self._kept += cost

    @staticmethod
    def _parsable(paths: list[str], read: Callable[[str], T]) -> tuple[list[T], list[SubmissionFault]]:
        good: list[T] = []
        broken: list[SubmissionFault] = []
        for path in paths:
            try:
                good.append(read(path))
            except SubmissionFault as fault:
                broken.append(fault)
        return good, broken
