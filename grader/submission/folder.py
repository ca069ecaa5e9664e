"""Treat a folder of a repository as a submission: the commits that touch it, and the names in the folders above."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.errors import SourceError
from grader.submission.commit_log import LoggedCommit
from grader.submission.git import Git
from grader.submission.local_copy import Located
from grader.submission.source import slug
from grader.submission.trees.safe_files import Below

#: Maximum names kept from the folders above; bytes of a request that fit into a pipe together with the answers.
_NAMES, _PIPE_BYTES = 5000, 16 * 1024


@dataclass(frozen=True, kw_only=True)
class Folder:
    """The folder of a repository that the user named.

    `path` is relative to the repository (POSIX, empty for the repository itself), `above` the names (of files and folders)
    in the folders between the two, `root` the repository's path as the command line would name it here.
    """

    path: str = ""
    above: tuple[str, ...] = ()
    root: str = ""

    @property
    def note(self) -> str:
        """A note for the reader."""
        whole = f"grader check {shlex.quote(self.root)}"
        return f"Only the folder `{self.path}` was read, with the commits that touch it; `{whole}` grades the repository."


def named_folder(path: Path, located: Located) -> Folder:
    """Return the folder that `path`, a resolved path, is within its repository.

    Raises:
        SourceError: it lies inside `.git`, or its name cannot be passed to git safely.
    """
    if located.work_tree is None or path == located.git_dir:
        if path != located.git_dir:
            raise SourceError(f"{path} is an own folder of git.", f"Give {located.git_dir}, the repository.")
        return Folder()
    inside = path.relative_to(located.work_tree)
    if path.is_relative_to(located.work_tree / ".git"):
        raise SourceError(f"{path} is an own folder of git.", f"Give {located.work_tree}, the repository.")
    if inside == Path():
        return Folder()
    if "\n" in str(inside):
        raise SourceError(
            f"{str(inside)!r} has a line break in its name.", "Rename the folder, or give the repository."
        )
    above: set[str] = set()
    with Below(located.work_tree) as files:
        for folder in inside.parents:
            names = files.names("" if folder == Path() else folder.as_posix())
            above.update(name for name in names if name.isprintable() and name != ".git")
    return Folder(path=inside.as_posix(), above=tuple(sorted(above)[:_NAMES]), root=_root(located.work_tree))


def folder_slug(work_tree: Path, folder: Folder) -> str:
    """Return an id for a folder: the repository's name and the path."""
    return slug(f"{work_tree.name}-{folder.path}")


def _root(work_tree: Path) -> str:
    try:
        return os.path.relpath(work_tree)
    except ValueError:
        # On another Windows drive there is no relative path.
        return str(work_tree)


def history_of(
    git: Git, folder: str, commits: Sequence[LoggedCommit], branches: Mapping[str, str], always: Sequence[str]
) -> tuple[list[LoggedCommit], dict[str, str], list[str]]:
    """Return the commits that changed a folder, the branches with such commits, and notes on what is unknown.

    A commit touches the folder if the folder differs from that of its first parent: of merges, those that brought
    something in. Parents and branch tips are replaced by the nearest commits that are kept. Branches named in `always` are
    always kept.
    """
    parents = {one.sha: one.parents[0] if one.parents else "" for one in commits}
    wanted = dict.fromkeys([*parents, *filter(None, parents.values())])
    trees = _trees(git, folder, list(wanted))
    unknown = sum(not trees[sha][0] for sha in wanted)
    touching = {sha for sha, parent in parents.items() if trees[sha][1] != trees.get(parent, ("", ""))[1]}
    nearest: dict[str, str] = {}
    # Commits are newest first: reversed, a parent comes before its children.
    for one in reversed(commits):
        nearest[one.sha] = one.sha if one.sha in touching else nearest.get(parents[one.sha], "")
    kept = [
        replace(one, parents=tuple(nearest.get(parent) or parent for parent in one.parents))
        for one in commits
        if one.sha in touching
    ]
    merged = {one.sha for one in kept if one.on_default}
    tips = {
        name: nearest.get(tip) or tip
        for name, tip in branches.items()
        if name in always or tip in touching or nearest.get(tip, "") not in {*merged, ""}
    }
    gaps = [f"The folders of {unknown} commits are not there: this is a partial clone, or a damaged one."]
    return kept, tips, gaps if unknown else []


def _trees(git: Git, folder: str, shas: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return by commit the ids of its whole tree and of the folder; empty if there is none."""
    asked = [f"{sha}{part}" for sha in shas for part in ("^{tree}", f":{folder}")]
    answers = list(_object_names(git, asked))
    return {sha: (answers[2 * number], answers[2 * number + 1]) for number, sha in enumerate(shas)}


def _object_names(git: Git, asked: Sequence[str]) -> Iterator[str]:
    lines = [os.fsencode(one) + b"\n" for one in asked]
    at_once = max(1, _PIPE_BYTES // max(map(len, lines), default=1))
    with git.start("cat-file", "--batch-check=%(objectname)", stdin=True) as running:
        for start in range(0, len(lines), at_once):
            some = lines[start : start + at_once]
            running.stdin.write(b"".join(some))
            running.stdin.flush()
            for _ in some:
                answer = running.stdout.readline().decode("ascii", "replace").strip()
                yield "" if " " in answer else answer
