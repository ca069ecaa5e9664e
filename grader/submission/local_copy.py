"""Make a bare repository from one on this machine, without git ever reading that one's configuration.

The repository is *copied*, not cloned: `git clone` from a path would start `git upload-pack` inside the
student's repository, and the grader's settings do not reach that process (git clears `GIT_CONFIG_*` for it), so its
configuration could name promisor remotes, alternates and programs. Only regular files are copied, by name:
objects, packs, references, HEAD, the index. Not copied: `config`, hooks, alternates, grafts, commit graphs,
worktrees, modules, LFS.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.errors import SourceError
from grader.settings import SubmissionLimits
from grader.submission.clone import too_large
from grader.submission.git import Git
from grader.submission.trees.safe_files import Below

_SMALL_FILE = 4096
_FILES = 1_000_000
_CHUNK = 1024 * 1024
_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PACK = re.compile(r"pack-[0-9a-f]{40,64}\.(pack|idx)")


@dataclass(frozen=True, kw_only=True)
class Located:
    """A repository on this machine: `git_dir` (its own or its worktree's), `common` (objects), `work_tree`."""

    git_dir: Path
    common: Path
    work_tree: Path | None


def locate(path: Path, *, parents: bool = False) -> Located:
    """Return the repository at `path`, or with `parents` in the nearest folder above that has one.

    Raises:
        SourceError: there is none, or its `.git` is a link or names a repository that does not name it back.
    """
    for folder in (path, *path.parents) if parents else (path,):
        dot_git = folder / ".git"
        if dot_git.is_symlink():
            raise SourceError(
                f"{dot_git} is a symbolic link, which is not followed.", "Give the folder that it names."
            )
        if dot_git.is_file():
            return _worktree(folder)
        if _is_git_dir(dot_git):
            return Located(git_dir=dot_git, common=dot_git, work_tree=folder)
        if folder.name != ".git" and _is_git_dir(folder):
            return Located(git_dir=folder, common=folder, work_tree=None)
    if path.name == ".git" and _is_git_dir(path):
        return Located(git_dir=path, common=path, work_tree=path.parent)
    above = next((folder for folder in path.parents if _is_git_dir(folder / ".git")), None)
    advice = (
        f"Give {above}, the repository that it lies in."
        if above
        else "Run `git init` there, then commit your work."
    )
    raise SourceError(f"{path} is not a git repository.", advice)


def has_remote(located: Located, git: Git) -> bool:
    """Return whether a repository may have been pushed: it names a remote, or it is bare, made to be pushed to."""
    if located.work_tree is None:
        return True
    with Below(located.common) as common:
        config = _optional(common, "config", 1024 * 1024)
    return bool(_read(config, git, "--get-regexp", r"^remote\..*\.url$"))


def copy(located: Located, git: Git, limits: SubmissionLimits) -> list[str]:
    """Copy the objects and references of a repository into `git.git_dir`; return notes for the reader.

    Raises:
        SourceError: it is larger than `limits.clone_bytes`, or in a format unknown to the installed git.
    """
    budget = _Budget(limits.clone_bytes)
    notes = []
    with Below(located.common) as common, Below(located.git_dir) as own:
        config = _optional(common, "config", 1024 * 1024)
        hash_name, references = _formats(config, git)
        _make(git, hash_name, references)
        target = git.git_dir
        for name in ("HEAD", "index"):
            _copy_file(own, name, target / name, budget)
        shared = [name for name in _names(own, "") if re.fullmatch(r"sharedindex\.[0-9a-f]{40,64}", name)]
        for name in shared:
            _copy_file(own, name, target / name, budget)
        for name in ("packed-refs", "shallow"):
            _copy_file(common, name, target / name, budget)
        exclude = _optional(common, "info/exclude", 1024 * 1024)
        (target / "info").mkdir(exist_ok=True)
        (target / "info" / "exclude").write_bytes(exclude)
        _copy_folder(common, "refs", target, budget, lambda size: size <= _SMALL_FILE)
        _copy_folder(common, "reftable", target, budget, lambda size: True)
        _copy_objects(common, target / "objects", budget)
        if _optional(common, "objects/info/alternates", _SMALL_FILE).strip():
            notes.append(
                "The repository borrows objects from another one (alternates); those were not followed."
            )
        if re.search(rb"(?im)^\s*(promisor|partialclone)\b", config):
            notes.append("The repository is a partial clone; objects that it does not have were not fetched.")
    return notes


class _Budget:
    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = self._bytes = max_bytes
        self._files = _FILES

    def spend(self, size: int) -> None:
        self._bytes -= size
        self._files -= 1
        if self._bytes < 0 or self._files < 0:
            raise too_large(self._max_bytes)


def _is_git_dir(path: Path) -> bool:
    folders = ("refs", "objects")
    return (
        not path.is_symlink()
        and (path / "HEAD").is_file()
        and all((path / name).is_dir() for name in folders)
    )


def _worktree(folder: Path) -> Located:
    with Below(folder) as here:
        line = here.read(".git", _SMALL_FILE).decode("utf-8", "replace").strip()
    if not line.startswith("gitdir:"):
        raise SourceError(f"{folder} is not a git repository: its `.git` file is damaged.", "Clone it again.")
    git_dir = (folder / line.removeprefix("gitdir:").strip()).resolve()
    common = git_dir.parent.parent
    if not git_dir.is_dir():
        raise SourceError(
            f"{folder} is not a git repository: its `.git` file names nothing.", "Clone it again."
        )
    with Below(git_dir) as theirs:
        back = _optional(theirs, "gitdir", _SMALL_FILE).decode("utf-8", "replace").strip()
    # Anyone can write a `.git` file that names another group's repository: that one must list this folder
    # among its worktrees (`commondir` cannot be trusted, it could name any other).
    known = git_dir.parent.name == "worktrees" and _is_git_dir(common)
    if not known or not back or (git_dir / back).resolve() != (folder / ".git").resolve():
        raise SourceError(
            f"The `.git` file of {folder} names a repository that does not name it back.",
            "Give the repository itself, or a clone of it.",
        )
    return Located(git_dir=git_dir, common=common, work_tree=folder)


def _formats(config: bytes, git: Git) -> tuple[str, str]:
    hash_name = _read(config, git, "--get", "extensions.objectFormat") or "sha1"
    references = _read(config, git, "--get", "extensions.refStorage") or "files"
    return hash_name, references


def _read(config: bytes, git: Git, *question: str) -> str:
    """Return git's parse of an untrusted configuration, passed as text outside its repository; empty if it fails."""
    copied = git.home / "config-to-read"
    copied.write_bytes(config)
    answer = git.attempt("config", "--file", str(copied), "--no-includes", *question)
    copied.unlink()
    return answer or ""


def _make(git: Git, hash_name: str, references: str) -> None:
    if hash_name not in {"sha1", "sha256"} or references not in {"files", "reftable"}:
        raise SourceError(
            "The repository is in a format that is not known.", "Clone it with `git clone --no-local`."
        )
    with git.start("init", "--bare", "--quiet", "--template=", f"--object-format={hash_name}") as running:
        running.finish()
    if references == "reftable":
        git.run("config", "--file", str(git.git_dir / "config"), "core.repositoryFormatVersion", "1")
        git.run("config", "--file", str(git.git_dir / "config"), "extensions.refStorage", "reftable")


def _copy_objects(common: Below, target: Path, budget: _Budget) -> None:
    for folder in _names(common, "objects"):
        if not re.fullmatch(r"[0-9a-f]{2}|pack", folder):
            continue
        wanted = _PACK if folder == "pack" else re.compile(r"[0-9a-f]{38}|[0-9a-f]{62}")
        names = [name for name in _names(common, f"objects/{folder}") if wanted.fullmatch(name)]
        (target / folder).mkdir(exist_ok=True)
        for name in names:
            _copy_file(common, f"objects/{folder}/{name}", target / folder / name, budget)


def _copy_folder(
    source: Below, folder: str, target: Path, budget: _Budget, fits: Callable[[int], bool]
) -> None:
    waiting = [folder]
    while waiting:
        current = waiting.pop()
        for name in _names(source, current):
            path = f"{current}/{name}"
            try:
                found = source.lstat(path)
            except OSError:
                continue
            if stat.S_ISDIR(found.st_mode) and path.count("/") < 32:
                waiting.append(path)
            elif stat.S_ISREG(found.st_mode) and fits(found.st_size):
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                _copy_file(source, path, target / path, budget)


def _copy_file(source: Below, path: str, target: Path, budget: _Budget) -> None:
    try:
        descriptor = source.open(path)
    except OSError:
        # Missing, or not a regular file: git reports what it needs.
        return
    with os.fdopen(descriptor, "rb") as reader, target.open("wb") as writer:
        budget.spend(0)
        while chunk := reader.read(_CHUNK):
            budget.spend(len(chunk))
            writer.write(chunk)


def _names(source: Below, folder: str) -> list[str]:
    try:
        return source.names(folder)
    except OSError:
        return []


def _optional(source: Below, path: str, max_bytes: int) -> bytes:
    try:
        return source.read(path, max_bytes)
    except OSError:
        return b""
