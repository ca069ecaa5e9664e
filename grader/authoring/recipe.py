"""Make a real git repository from a recipe: a TOML file (or a dict of the same shape) that lists commits in order.

    default_branch = "main"                     # optional
    delete_branches = ["docs"]                  # optional: gone at the end, as on a forge after a merge

    [people]
    ada = "Ada Example <ada@example.org>"

    [[commit]]
    message = "Read the images and labels"      # the subject, or subject, blank line, body
    author = "ada"                              # a key of `people`
    date = 2025-01-06T10:15:00+01:00            # without an offset: UTC
    branch = "data"                             # optional: the default branch if it is not given
    from = "main"                               # optional: where a new branch starts (else at the default branch)
    copy = ["data.py", "src/**/*.py"]           # globs in the folder; `**` alone is all of it
    files = { "README.md" = "# Digits\\n" }      # contents given here, written after `copy`
    delete = ["old.py"]                         # paths
    merge = "data"                              # a merge commit of that branch, never a fast-forward
    squash = "data"                             # or: its changes as one ordinary commit
    committer = "ada"                           # optional: the author if it is not given
    co_authors = ["grace"]                      # optional: `Co-authored-by` lines under the message

A `merge` or `squash` takes every file that only one side changed. A file that both changed is a conflict, and has to
be given in `copy`, `files` or `delete` of that commit: its resolution. A glob that matches nothing adds nothing.

The same recipe and folder make the same commit ids on every machine: nothing of the user, the clock or the host's
configuration goes in.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from grader.errors import CourseError
from grader.parsing.plain_data import parse_toml
from grader.repository.globs import matches
from grader.submission.git import Git

Tree = dict[str, bytes]

_PERSON = re.compile(r"[^<>\n\0]* <[^<>\s\0]*>")
_LEFT_OUT = frozenset(
    {".git", ".grader", ".venv", "__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache"}
)
_EPOCH = datetime(2025, 1, 6, 9, 0, tzinfo=UTC)


def _path(path: str) -> str:
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or not {"..", ".git"}.isdisjoint(parts) or "\0" in path:
        raise ValueError(f"{path!r} is no path inside a repository")
    return "/".join(parts)


def _person(text: str) -> str:
    if not _PERSON.fullmatch(text):
        raise ValueError(f"{text!r} is not `Name <address>`")
    return text


RepositoryPath = Annotated[str, AfterValidator(_path)]


class RecipeCommit(BaseModel):
    """One commit of a recipe; the module's docstring says what each field does."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    message: str
    author: str
    date: datetime
    branch: str = ""
    start: str = Field(default="", alias="from")
    copy_: tuple[str, ...] = Field(default=(), alias="copy")
    files: dict[RepositoryPath, str] = Field(default_factory=dict)
    delete: tuple[RepositoryPath, ...] = ()
    merge: str = ""
    squash: str = ""
    committer: str = ""
    co_authors: tuple[str, ...] = ()


class Recipe(BaseModel):
    """A list of commits and the people who made them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    default_branch: str = "main"
    delete_branches: tuple[str, ...] = ()
    people: dict[str, Annotated[str, AfterValidator(_person)]]
    commit: tuple[RecipeCommit, ...] = Field(min_length=1)


def build_repository(recipe: Path | Mapping[str, Any] | None, folder: Path | None, into: Path) -> Path:
    """Make a git repository with a working tree on its default branch, and return its path (`into`).

    Args:
        recipe: a TOML file or its data; without one all of `folder` becomes one commit.
        folder: where `copy` takes files from; symbolic links, caches and environments in it are left out.
        into: a folder that does not exist yet, or is empty.

    Raises:
        CourseError: a recipe that does not read, or asks for what cannot be: an unknown person or branch, a
            conflict without a resolution.
        GradingError: git is missing, or failed.
    """
    plan, name = _read(recipe)
    if into.exists() and any(into.iterdir()):
        raise CourseError(f"{into} is not empty.", "Name a new folder for the repository.")
    stream = _Stream(plan, name, _tree(folder) if folder else {})
    commands = stream.commands()
    (into / ".git").mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="grader-home-") as home:
        git = Git(git_dir=into.resolve() / ".git", home=Path(home))
        work_tree = into.resolve()
        git.run("init", "--quiet", "--template=", work_tree=work_tree)
        with git.start("fast-import", "--quiet", "--date-format=raw", stdin=True) as running:
            # Where git ended early, `finish` says why.
            with contextlib.suppress(BrokenPipeError):
                running.stdin.write(commands)
                running.stdin.close()
            running.finish()
        git.run("symbolic-ref", "HEAD", f"refs/heads/{plan.default_branch}")
        git.run("reset", "--quiet", "--hard", work_tree=work_tree)
        for branch in plan.delete_branches:
            git.run("update-ref", "-d", f"refs/heads/{branch}")
    return into


def _read(recipe: Path | Mapping[str, Any] | None) -> tuple[Recipe, str]:
    if recipe is None:
        people = {"author": "Exercise Author <author@example.org>"}
        commit = {"message": "Add the exercise", "author": "author", "date": _EPOCH, "copy": ["**"]}
        return Recipe.model_validate({"people": people, "commit": [commit]}), "the recipe"
    name = str(recipe) if isinstance(recipe, Path) else "the recipe"
    try:
        data = parse_toml(recipe.read_text(encoding="utf-8")) if isinstance(recipe, Path) else dict(recipe)
        return Recipe.model_validate(data), name
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise CourseError(f"{name} is no recipe: {where}: {first['msg']}.") from problem
    except (OSError, ValueError) as problem:
        raise CourseError(f"{name} does not read: {problem}.") from problem


def _tree(folder: Path) -> Tree:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(_walk(folder))}


def _walk(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name in _LEFT_OUT or entry.is_symlink():
                continue
            if entry.is_dir():
                yield from _walk(Path(entry.path))
            elif entry.is_file():
                yield Path(entry.path)


class _Stream:
    """The commits of a recipe as input of `git fast-import`; a commit's mark is its place in the recipe, from 1."""

    def __init__(self, recipe: Recipe, name: str, source: Tree) -> None:
        self._recipe = recipe
        self._name = name
        self._source = source
        self._tips: dict[str, int] = {}
        self._trees: dict[int, Tree] = {0: {}}
        self._ancestors: dict[int, frozenset[int]] = {0: frozenset()}

    def commands(self) -> bytes:
        """The whole stream."""
        parts = [self._commit(mark, commit) for mark, commit in enumerate(self._recipe.commit, start=1)]
        for branch in (self._recipe.default_branch, *self._recipe.delete_branches):
            if branch not in self._tips:
                raise CourseError(f"{self._name}: no commit is on the branch {branch!r}.")
        return b"".join(parts)

    def _commit(self, mark: int, commit: RecipeCommit) -> bytes:
        branch = commit.branch or self._recipe.default_branch
        first = self._first_parent(mark, branch, commit.start)
        second = self._tip(mark, commit.merge) if commit.merge else 0
        other = self._tip(mark, commit.squash) if commit.squash else second
        copied = {
            path: data
            for path, data in self._source.items()
            if any(matches(path, glob) for glob in commit.copy_)
        }
        given = copied | {path: text.encode() for path, text in commit.files.items()}
        tree = dict(self._trees[first])
        if other:
            settled = given.keys() | set(commit.delete)
            tree = self._merged(mark, first, other, settled)
        tree |= given
        for path in commit.delete:
            tree.pop(path, None)
        self._trees[mark] = tree
        self._ancestors[mark] = frozenset({mark}) | self._ancestors[first] | self._ancestors[second]
        self._tips[branch] = mark
        return b"".join(self._lines(mark, commit, branch, (first, second), tree))

    def _first_parent(self, mark: int, branch: str, start: str) -> int:
        if branch in self._tips:
            return self._tips[branch]
        return self._tip(mark, start) if start else self._tips.get(self._recipe.default_branch, 0)

    def _tip(self, mark: int, branch: str) -> int:
        if branch not in self._tips:
            raise CourseError(
                f"{self._name}: commit {mark} names the branch {branch!r}, which has no commit yet."
            )
        return self._tips[branch]

    def _merged(self, mark: int, ours: int, theirs: int, settled: set[str]) -> Tree:
        # Commits are numbered in order, so the last one that both sides have is a best common ancestor.
        base = self._trees[max(self._ancestors[ours] & self._ancestors[theirs], default=0)]
        mine, other = self._trees[ours], self._trees[theirs]
        tree = dict(mine)
        for path in base.keys() | mine.keys() | other.keys():
            before, left, right = base.get(path), mine.get(path), other.get(path)
            if right in (before, left) or path in settled:
                continue
            if left != before:
                raise CourseError(
                    f"{self._name}: commit {mark} merges two versions of {path}.",
                    "Give its resolution in `files`, `copy` or `delete` of that commit.",
                )
            if right is None:
                del tree[path]
            else:
                tree[path] = right
        return tree

    def _lines(
        self, mark: int, commit: RecipeCommit, branch: str, parents: tuple[int, int], tree: Tree
    ) -> Iterator[bytes]:
        yield f"commit refs/heads/{branch}\nmark :{mark}\n".encode()
        yield self._signature("author", mark, commit.author, commit.date)
        yield self._signature("committer", mark, commit.committer or commit.author, commit.date)
        trailers = [f"Co-authored-by: {self._who(mark, key)}" for key in commit.co_authors]
        message = commit.message.strip() + ("\n\n" + "\n".join(trailers) if trailers else "") + "\n"
        yield _data(message.encode())
        for word, parent in zip(("from", "merge"), parents, strict=True):
            if parent:
                yield f"{word} :{parent}\n".encode()
        yield b"deleteall\n"
        for path, content in sorted(tree.items()):
            quoted = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            yield f'M 100644 inline "{quoted}"\n'.encode() + _data(content)
        yield b"\n"

    def _signature(self, word: str, mark: int, key: str, date: datetime) -> bytes:
        date = date if date.tzinfo else date.replace(tzinfo=UTC)
        return f"{word} {self._who(mark, key)} {int(date.timestamp())} {date:%z}\n".encode()

    def _who(self, mark: int, key: str) -> str:
        if key not in self._recipe.people:
            raise CourseError(f"{self._name}: commit {mark} names {key!r}, who is not in `people`.")
        return self._recipe.people[key]


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)
