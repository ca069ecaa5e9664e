"""Fetch a source and return a `Submission`."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from grader.errors import GradingError, SourceError
from grader.results import HistoryFigures
from grader.settings import SubmissionLimits
from grader.submission.clone import clone
from grader.submission.commit_log import LoggedCommit, read_commits, summarize
from grader.submission.folder import Folder, folder_slug, history_of, named_folder
from grader.submission.git import Git, GitFailed
from grader.submission.local_copy import copy, has_remote, locate
from grader.submission.model import Submission
from grader.submission.source import FORGE, Source, local_source, parse_source
from grader.submission.trees.commit_tree import write_commit
from grader.submission.trees.snapshot import Snapshot, readable
from grader.submission.trees.working_tree import write_working_tree

_BRANCHES = 1000
_REVISION = re.compile(r"[A-Za-z0-9_][\w./+-]{0,199}")


def fetch(
    source: str,
    *,
    into: Path,
    limits: SubmissionLimits | None = None,
    commit: str | None = None,
    allow_local: bool = True,
    forge: str = FORGE,
    token: str | None = None,
) -> Submission:
    """Fetch the committed state of a path, an address or `owner/name`, and write its files into the empty folder `into`.

    `commit` names another commit than HEAD's (an id, a branch or a tag); newer commits are then left out of the history.
    `forge` is the prefix for `owner/name`; `token` (default: the environment's `GRADER_GIT_TOKEN`) is sent to that forge only.

    Raises:
        SourceError: the source is not a repository, is empty, damaged or too large, or has no such commit.
        GradingError: the network, the disk or git itself failed; a retry may succeed.
    """
    limits = limits or SubmissionLimits()
    named = parse_source(source, forge=forge, allow_local=allow_local)
    pushed = True
    with _scratch(into) as git:
        if named.path is not None:
            located = locate(named.path)
            notes = copy(located, git, limits)
            pushed = has_remote(located, git)
        else:
            notes = clone(
                named.url, git, limits, forge=forge, token=token or os.environ.get("GRADER_GIT_TOKEN") or None
            )
        head = _head(git, named.text, commit, notes)
        if not head.commit:
            raise SourceError(f"{named.text} has no commits yet.", "Commit your work, then try again.")
        snapshot = Snapshot(root=into, limits=limits)
        with _damage(named.text):
            write_commit(git, head.commit, snapshot)
        found = _submission(named, git, head, snapshot, limits, notes, dirty=False, until=commit is not None)
        return replace(found, has_remote=pushed)


def fetch_working_tree(path: Path | str, *, into: Path, limits: SubmissionLimits | None = None) -> Submission:
    """Read a working tree (tracked files, and untracked ones that are not ignored) into the empty folder `into`.

    `path` may be a folder inside a repository: only that folder is read, with the commits that touch it. git's ignore rules
    from the folders above it apply, but no other file of them is read. `.git` and `.grader` are never read. The working tree
    is not changed.

    Raises:
        SourceError: there is no repository at `path`, or it is damaged or too large.
        GradingError: the disk or git itself failed.
    """
    limits = limits or SubmissionLimits()
    named = local_source(Path(path))
    assert named.path is not None
    located = locate(named.path, parents=True)
    folder = named_folder(named.path, located)
    if folder.path and located.work_tree is not None:
        named = replace(named, slug=folder_slug(located.work_tree, folder))
    with _scratch(into) as git:
        notes = copy(located, git, limits)
        if located.work_tree is None:
            notes.append("The repository is bare: its last commit was read.")
        head = _head(git, named.text, None, notes)
        snapshot = Snapshot(root=into, limits=limits)
        hash_name = "sha256" if git.attempt("rev-parse", "--show-object-format") == "sha256" else "sha1"
        dirty = False
        with _damage(named.text):
            if located.work_tree is not None:
                ours = (into.resolve(), git.home.parent.resolve())
                dirty = write_working_tree(
                    located.work_tree,
                    git,
                    head.commit,
                    snapshot,
                    hash_name=hash_name,
                    apart=ours,
                    folder=folder.path,
                )
            elif head.commit:
                write_commit(git, head.commit, snapshot)
            else:
                raise SourceError(f"{named.text} has no commits yet.", "Commit your work, then try again.")
        found = _submission(named, git, head, snapshot, limits, notes, dirty=dirty, folder=folder)
        return replace(found, has_remote=has_remote(located, git))


@dataclass(frozen=True, kw_only=True)
class _Head:
    commit: str
    branch: str
    default_branch: str
    branches: dict[str, str]


@contextmanager
def _scratch(into: Path) -> Iterator[Git]:
    """Make a temporary bare repository beside `into` (on the same disk); report a disk error as the grader's fault."""
    try:
        into.mkdir(parents=True, exist_ok=True)
        if any(into.iterdir()):
            raise GradingError(f"{into} is not empty.", "Give an empty folder.")
        scratch = Path(tempfile.mkdtemp(prefix=".grader-clone-", dir=into.resolve().parent))
    except OSError as problem:
        raise GradingError(f"{into} cannot be written: {problem.strerror}.") from problem
    try:
        (scratch / "home").mkdir()
        yield Git(git_dir=scratch / "repository.git", home=scratch / "home")
    except OSError as problem:
        raise GradingError(f"The repository could not be read: {problem}.") from problem
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def _damage(text: str) -> Iterator[None]:
    try:
        yield
    except GitFailed as problem:
        if problem.timed_out:
            raise
        raise SourceError(
            f"{text} is a damaged repository: {problem.detail}.", "Clone it again."
        ) from problem


def _head(git: Git, text: str, commit: str | None, notes: list[str]) -> _Head:
    branches = _branches(git, text)
    symbolic = git.attempt("symbolic-ref", "-q", "HEAD") or ""
    branch = symbolic.removeprefix("refs/heads/")
    default = _default_branch(git, branch, branches)
    if commit is not None:
        return _Head(
            commit=_named_commit(git, text, commit), branch=branch, default_branch=default, branches=branches
        )
    found = git.attempt("rev-parse", "-q", "--verify", "HEAD")
    if found is None and branches:
        branch = next((name for name in ("main", "master", *branches) if name in branches), "")
        if branch not in {"main", "master"} and len(branches) > 1:
            raise SourceError(
                f"{text}: HEAD names the branch {symbolic.removeprefix('refs/heads/')!r}, which does not "
                "exist, and there is no `main` or `master`.",
                "Set the default branch of the repository.",
            )
        notes.append(f"HEAD names a branch that does not exist; {branch!r} was read.")
        found, default = branches[branch], branch
    if found is not None and git.attempt("cat-file", "-t", found) != "commit":
        raise SourceError(
            f"{text} is a damaged repository: commit {found[:12]} is missing.", "Clone it again."
        )
    if found is not None and not symbolic:
        notes.append("HEAD is detached: no branch is checked out.")
    return _Head(commit=found or "", branch=branch, default_branch=default, branches=branches)


def _branches(git: Git, text: str) -> dict[str, str]:
    """Return the tips of the branches; those of `origin` for names without a local branch."""
    with _damage(text):
        output = git.run(
            "for-each-ref", "--format=%(objectname) %(refname)", "refs/remotes/origin", "refs/heads"
        )
    found: dict[str, str] = {}
    for line in output.decode("utf-8", "replace").splitlines():
        sha, _, name = line.partition(" ")
        name = name.removeprefix("refs/heads/").removeprefix("refs/remotes/origin/")
        if name != "HEAD" and len(found) < _BRANCHES:
            found[name] = sha
    return dict(sorted(found.items()))


def _default_branch(git: Git, branch: str, branches: dict[str, str]) -> str:
    remote = git.attempt("symbolic-ref", "-q", "refs/remotes/origin/HEAD") or ""
    choices = (remote.removeprefix("refs/remotes/origin/"), "main", "master", branch)
    return next((name for name in choices if name in branches), "")


def _named_commit(git: Git, text: str, commit: str) -> str:
    if _REVISION.fullmatch(commit) and ".." not in commit:
        for name in (commit, f"refs/remotes/origin/{commit}"):
            if found := git.attempt("rev-parse", "-q", "--verify", f"{name}^{{commit}}"):
                return found
    raise SourceError(
        f"{text} has no commit {commit!r}.", "Give the id of a commit that was pushed, a branch or a tag."
    )


def _submission(
    named: Source,
    git: Git,
    head: _Head,
    snapshot: Snapshot,
    limits: SubmissionLimits,
    notes: list[str],
    *,
    dirty: bool,
    until: bool = False,
    folder: Folder | None = None,
) -> Submission:
    folder = folder or Folder()
    commits: list[LoggedCommit] = []
    gaps: list[str] = []
    committed_at = None
    if head.commit:
        default = head.branches.get(head.default_branch, head.commit)
        revisions = ("--branches", "--remotes=origin", head.commit)
        commits, gaps = read_commits(git, revisions=revisions, default=default, limits=limits)
        notes += gaps
        committed_at = next((commit.committed_at for commit in commits if commit.sha == head.commit), None)
    if until and committed_at is not None:
        kept = [commit for commit in commits if commit.committed_at <= committed_at]
        if len(kept) < len(commits):
            notes.append(
                f"{len(commits) - len(kept)} commits are newer than the one that was read; they are left out."
            )
        commits = kept
    branches = head.branches
    if folder.path:
        always = (head.branch, head.default_branch)
        commits, branches, unknown = history_of(git, folder.path, commits, branches, always)
        gaps, notes = [*gaps, *unknown], [folder.note, *notes, *unknown]
    return Submission(
        id=named.slug,
        source=named.text,
        root=snapshot.root,
        commit=head.commit,
        branch=head.branch,
        committed_at=committed_at.astimezone(UTC) if committed_at else None,
        fetched_at=datetime.now(UTC),
        dirty=dirty,
        history=summarize(commits, branches, gaps) if commits else HistoryFigures(gaps=tuple(gaps)),
        commits=[commit.as_data() for commit in commits],
        branches=[{"name": name, "sha": sha} for name, sha in branches.items()],
        default_branch=head.default_branch,
        blobs=dict(sorted(snapshot.blobs.items())),
        skipped=tuple(sorted(snapshot.skipped, key=lambda one: (one.path, one.reason))),
        notes=tuple(notes + snapshot.notes),
        size_bytes=snapshot.size_bytes,
        sizes=dict(sorted(snapshot.sizes.items())),
        subfolder=readable(os.fsencode(folder.path)),
        above=folder.above,
        top=folder.root,
    )
