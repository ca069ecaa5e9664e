"""Files of a repository, and what is in them: parsed on demand and once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from grader.repository.faults import SubmissionFault, evidence
from grader.repository.files import Files
from grader.repository.formats.dockerfile import Dockerfile, is_dockerfile
from grader.repository.formats.notebook import MAX_BYTES as MAX_NOTEBOOK_BYTES
from grader.repository.formats.notebook import Notebook
from grader.repository.formats.structured import json_data, toml_data
from grader.repository.formats.workflow import Workflow
from grader.repository.formats.yaml_data import yaml_documents
from grader.repository.python.package import Package, discover
from grader.repository.python.python_file import PythonFile
from grader.repository.python.roles import rank

T = TypeVar("T")

#: Characters of parsed files that are kept; their data takes up to sixty times the memory, and the suite must not die
#: of it. A node of a Python tree counts as 16.
MAX_KEPT = 16 * 1024 * 1024
_NODE_COST = 16
_PYTHON_COST = 3
_EMPTY_BLOB = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
_WITH_COMMENTS = ("devcontainer.json", ".devcontainer.json", "tsconfig.json", "jsconfig.json")


class ParsedView:
    """A submission as checks see it. Data is shared between checks: read it, do not change it.

    root: the snapshot's folder. facts: what the engine knows of it: `profile`, `commit`, `branch`, `dirty`, `has_remote`,
    `commits`, `branches`, `history_gaps`, `subfolder`, `above`, `top`, `blobs`, `skipped`, `template_blobs`,
    `sample_figures`; each may be missing.

    Whatever is wrong with a student's file is a `SubmissionFault`; every relative path is POSIX.
    """

    def __init__(self, root: Path, facts: Mapping[str, Any]) -> None:
        self.root = root
        self.profile: str = facts.get("profile") or "exercises"
        self.commit: str = facts.get("commit") or ""
        self.branch: str = facts.get("branch") or ""
        self.dirty: bool = bool(facts.get("dirty"))
        self.report_path: str = facts.get("report_path") or ""
        self.skipped = {str(item["path"]): str(item["reason"]) for item in facts.get("skipped") or ()}
        self.has_remote: bool = facts.get("has_remote", True)
        self.subfolder: str = facts.get("subfolder") or ""
        self._above = frozenset(facts.get("above") or ())
        self._facts = facts
        self._template_blobs = frozenset(facts.get("template_blobs") or ()) | {_EMPTY_BLOB}
        self._sample_figures = frozenset(facts.get("sample_figures") or ())
        self._files = Files(root, facts.get("blobs"), self.skipped)
        self._kept = 0
        self._memory: dict[tuple[str, str], Any] = {}

    # Files.

    def files(self, *globs: str) -> list[str]:
        """Sorted paths that match any glob (all without one), vendored and generated folders left out.

        `**` is any number of folders, as in pathlib: `*.py` is the root's only, `**/*.py` all. A glob that
        matches nothing exactly is tried without regard to case. A generated folder that a glob names itself
        is looked into.
        """
        return self._files.find(globs or ("**",))

    def lies_above(self, *names: str) -> str:
        """The first of the names that a folder above the submission has and the submission has not, or nothing.

        Only where a folder of a repository is graded; what lies above it is never read.
        """
        if not self._above.intersection(names):
            return ""
        own = {part for path in self.all_files for part in path.split("/")}
        return next((name for name in names if name in self._above and name not in own), "")

    @property
    def top(self) -> str:
        """How the repository is named on the command line, where a folder of it is graded."""
        return str(self._facts.get("top") or ".")

    @property
    def all_files(self) -> tuple[str, ...]:
        """Every path, vendored and generated folders too."""
        return self._files.paths

    def exists(self, path: str) -> bool:
        """Whether there is such a file or a folder with files; for a file, another case of its letters counts."""
        return self._files.resolve(path) is not None or self._files.is_folder(path)

    def case_variants(self, path: str) -> list[str]:
        """Files whose path differs from `path` in case only."""
        return self._files.case_variants(path)

    def text(self, path: str) -> str:
        r"""The text of a file of at most 2 MiB, with `\n` line ends."""
        return self._files.text(self._files.resolve(path) or path)

    def bytes(self, path: str) -> bytes:
        """The bytes of a file."""
        return self._files.read(path)

    def lines(self, path: str) -> list[str]:
        """The lines of a text file, each cut to 10 000 characters."""
        return self._files.lines(self._files.resolve(path) or path)

    def blob(self, path: str) -> str:
        """The git blob id of a file."""
        return self._once("blob", path, self._files.blob)

    def is_template(self, path: str) -> bool:
        """Whether a file is empty, or an untouched file of the course or its template."""
        return self.blob(path) in self._template_blobs

    def is_sample_figure(self, path: str) -> bool:
        """Whether a picture is one of the course's own examples."""
        return self.blob(path) in self._sample_figures

    # Data.

    def toml(self, path: str) -> dict[str, Any]:
        """The data of a TOML file."""
        return self._once("toml", path, lambda real: toml_data(self._keep(real), real))

    def yaml(self, path: str) -> Any:
        """The data of a YAML file of one document; None if it is empty. Only `true` and `false` are
        booleans.
        """
        documents = self.yaml_documents(path)
        if len(documents) > 1:
            message = f"{path} holds {len(documents)} YAML documents where one is expected."
            raise SubmissionFault(message, evidence(path))
        return documents[0] if documents else None

    def yaml_documents(self, path: str) -> list[Any]:
        """Every document of a YAML file."""
        return self._once("yaml", path, lambda real: yaml_documents(self._keep(real), real))

    def json(self, path: str, *, comments: bool | None = None) -> Any:
        """The data of a JSON file; comments are allowed if asked, and where tools allow them (devcontainer,
        .vscode).
        """
        if comments is None:
            comments = path.rpartition("/")[2].lower() in _WITH_COMMENTS or ".vscode/" in path
        kind = f"json{comments}"
        return self._once(kind, path, lambda real: json_data(self._keep(real), real, comments=comments))

    # Python.

    def python(self, path: str) -> PythonFile:
        """A Python file as a syntax tree."""
        return self._once("python", path, self._python)

    def _python(self, path: str) -> PythonFile:
        text = self._keep(path)
        # Parsing costs time even where the tree turns out too large to keep.
        self._spend(_PYTHON_COST * len(text), path)
        file = PythonFile(path, text)
        self._spend(_NODE_COST * file.size, path)
        return file

    def python_files(self, *globs: str) -> list[PythonFile]:
        """Every Python file that parses, or those that match a glob; the others are in `broken_python`."""
        paths = [path for path in self.files(*(globs or ("**/*.py",))) if path.endswith(".py")]
        return self._parsable(paths, self.python)[0]

    @cached_property
    def broken_python(self) -> list[SubmissionFault]:
        """What is wrong with the Python files that do not parse."""
        return self._parsable(self.files("**/*.py"), self.python)[1]

    @cached_property
    def package(self) -> Package | None:
        """The students' package wherever it lies, or the folder of their scripts; None without Python but
        tests.
        """
        try:
            pyproject = self.pyproject
        except SubmissionFault:
            pyproject = {}
        return discover(self.python_files(), self.files("**/*.py"), pyproject)

    def find(self, role: str) -> list[PythonFile]:
        """The Python files of a role (data, model, train, …) in the whole repository, best first; see
        `Package.find`.
        """
        return self.package.find(role) if self.package else rank(self.python_files(), role)

    # Tools.

    def dockerfiles(self) -> list[Dockerfile]:
        """Every Dockerfile that can be read, in any folder; the others are in `broken_dockerfiles`."""
        return self._dockerfiles[0]

    @property
    def broken_dockerfiles(self) -> list[SubmissionFault]:
        """What is wrong with the Dockerfiles that cannot be read."""
        return self._dockerfiles[1]

    @cached_property
    def _dockerfiles(self) -> tuple[list[Dockerfile], list[SubmissionFault]]:
        return self._parsable([path for path in self.files() if is_dockerfile(path)], self._dockerfile)

    def _dockerfile(self, path: str) -> Dockerfile:
        ignores = [other for other in (f"{path}.dockerignore", ".dockerignore") if self.exists(other)]
        lines = [line.strip() for line in self.lines(ignores[0])] if ignores else []
        ignored = tuple(line for line in lines if line and not line.startswith("#"))
        return Dockerfile(path, self._keep(path), ignored)

    def workflows(self) -> list[Workflow]:
        """Every GitHub workflow that can be read; the others are in `broken_workflows`."""
        return self._workflows[0]

    @property
    def broken_workflows(self) -> list[SubmissionFault]:
        """What is wrong with the workflow files that GitHub would not run: empty, malformed, no triggers,
        no jobs.
        """
        return self._workflows[1]

    @cached_property
    def _workflows(self) -> tuple[list[Workflow], list[SubmissionFault]]:
        paths = self.files(".github/workflows/*.yml", ".github/workflows/*.yaml")
        return self._parsable(paths, lambda path: Workflow(path, self._keep(path)))

    def notebook(self, path: str) -> Notebook:
        """A notebook of format 4."""
        return self._once("notebook", path, self._notebook)

    def _notebook(self, path: str) -> Notebook:
        book = Notebook(path, lambda: self._files.text(path, MAX_NOTEBOOK_BYTES))
        self._spend(sum(len(cell.source) for cell in book.cells), path)
        return book

    def notebooks(self, *globs: str) -> list[Notebook]:
        """Every notebook that can be read, or those that match a glob; the others are in
        `broken_notebooks`.
        """
        paths = [path for path in self.files(*(globs or ("**/*.ipynb",))) if path.endswith(".ipynb")]
        return self._parsable(paths, self.notebook)[0]

    @cached_property
    def broken_notebooks(self) -> list[SubmissionFault]:
        """What is wrong with the notebooks that cannot be read."""
        return self._parsable(self.files("**/*.ipynb"), self.notebook)[1]

    @property
    def pyproject(self) -> dict[str, Any]:
        """The data of the root's pyproject.toml, or of the only one one folder below; `{}` if there is
        none.
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
            message = f"{path} is not read: the repository holds too much text for the checks to keep."
            raise SubmissionFault(message, evidence(path))
        self._kept += cost

    def _once(self, kind: str, path: str, read: Callable[[str], T]) -> T:
        """What `read` makes of a path, remembered: checks share a view. A fault is remembered, too."""
        real = self._files.resolve(path) or path
        if (kind, real) not in self._memory:
            try:
                self._memory[kind, real] = read(real)
            except SubmissionFault as fault:
                self._memory[kind, real] = fault
        found = self._memory[kind, real]
        if isinstance(found, SubmissionFault):
            raise SubmissionFault(found.message, found.evidence)
        value: T = found
        return value

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
