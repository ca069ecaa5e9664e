"""Fetch a source and return a `Submission`."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from grader.errors import GradingError, SourceError
from grader.results import DeadlineInfo, HistoryFigures
from grader.settings import SubmissionLimits
from grader.submission.archive import unpack_repository
from grader.submission.clone import Origin, Patience, clone
from grader.submission.clone_cache import kept_clone
from grader.submission.commit_log import LoggedCommit, read_commits, summarize
from grader.submission.folder import Folder, folder_slug, history_of, named_folder
from grader.submission.git import Git
from grader.submission.local_copy import copy, has_remote, locate
from grader.submission.model import Submission
from grader.submission.revisions.deadline import PushedTip
from grader.submission.revisions.heads import Damaged, Head, damage, in_time, left_commit, read_head
from grader.submission.source import FORGE, Source, local_source, parse_source
from grader.submission.trees.commit_tree import write_commit
from grader.submission.trees.snapshot import Snapshot, readable
from grader.submission.trees.working_tree import write_working_tree


def fetch(
    source: str,
    *,
    into: Path,
    limits: SubmissionLimits | None = None,
    commit: str | None = None,
    deadline: datetime | None = None,
    pushed: Callable[[str], PushedTip | None] = lambda branch: None,
    allow_local: bool = True,
    forge: str = FORGE,
    token: str | None = None,
    cache: Path | None = None,
    patience: Patience | None = None,
) -> Submission:
    """Fetch the committed state of a source (folder, zip file, address, `owner/name`), and write its files into the empty `into`.

    `commit` names another commit than HEAD's (an id, a branch or a tag); newer commits are then left out of the history. With
    `deadline` it is the last one of the default branch at or before that moment; `pushed` is asked for what the forge knows.
    `forge` is the prefix for `owner/name`; `token` (default: the environment's `GRADER_GIT_TOKEN`) is sent to that forge only.
    `cache` is a folder that keeps clones, so that only what changed is fetched; `patience` says how long a forge that limits
    requests is waited for.

    Raises:
        SourceError: the source is not a repository, is empty, damaged or too large, or has no such commit, or none in time.
        GradingError: the network, the disk or git itself failed; a retry may succeed.
    """
    limits = limits or SubmissionLimits()
    named = parse_source(source, forge=forge, allow_local=allow_local)
    asked = _Asked(named=named, into=into, limits=limits, commit=commit, deadline=deadline, pushed=pushed)
    with _scratch(into) as git:
        if named.path is not None:
            zipped = named.path.is_file()
            unpacked = git.home.parent / "unpacked"
            located = locate(unpack_repository(named.path, unpacked, limits) if zipped else named.path)
            notes = copy(located, git, limits)
            found = _committed(asked, git, notes, bare=located.work_tree is None)
            return replace(found, has_remote=has_remote(located, git))
        token = token or os.environ.get("GRADER_GIT_TOKEN") or None
        remote = Origin(url=named.url, forge=forge, token=token, patience=patience or Patience())
        if cache is None:
            clone(remote, git, limits)
            return _committed(asked, git, remote.notes, bare=True)
        with kept_clone(remote, git.home, limits, cache) as entry:
            try:
                return _committed(asked, entry.git, remote.notes, bare=True)
            except Damaged:
                if not entry.kept:
                    raise
        _empty(into)
        with kept_clone(remote, git.home, limits, cache, anew=True) as entry:
            return _committed(asked, entry.git, remote.notes, bare=True)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What a caller of `fetch` wants of a repository."""

    named: Source
    into: Path
    limits: SubmissionLimits
    commit: str | None
    deadline: datetime | None
    pushed: Callable[[str], PushedTip | None]


def _committed(asked: _Asked, git: Git, notes: list[str], *, bare: bool) -> Submission:
    """Write the files of the commit that was asked for, and return it with its history."""
    named, commit = asked.named, asked.commit
    fetched_at = datetime.now(UTC)
    head = read_head(git, named.text, commit, notes, bare=bare)
    if not head.commit:
        raise SourceError(f"{named.text} has no commits yet.", "Commit your work, then try again.")
    left = None
    if asked.deadline is not None:
        left = left_commit(git, named, head, asked.deadline, fetched_at, asked.pushed)
        head = replace(head, commit=left.commit, branch=left.info.branch)
    snapshot = Snapshot(root=asked.into, limits=asked.limits)
    with damage(named.text):
        write_commit(git, head.commit, snapshot)
    found = _submission(
        named,
        git,
        head,
        snapshot,
        asked.limits,
        notes,
        dirty=False,
        until=commit is not None,
        deadline=left.info if left else None,
    )
    return replace(found, fetched_at=fetched_at)


def _empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


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
        head = read_head(git, named.text, None, notes, bare=located.work_tree is None)
        snapshot = Snapshot(root=into, limits=limits)
        hash_name = "sha256" if git.attempt("rev-parse", "--show-object-format") == "sha256" else "sha1"
        dirty = False
        with damage(named.text):
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


def _submission(
    named: Source,
    git: Git,
    head: Head,
    snapshot: Snapshot,
    limits: SubmissionLimits,
    notes: list[str],
    *,
    dirty: bool,
    until: bool = False,
    deadline: DeadlineInfo | None = None,
    folder: Folder | None = None,
) -> Submission:
    folder = folder or Folder()
    commits: list[LoggedCommit] = []
    gaps: list[str] = []
    committed_at = None
    if head.commit:
        default = head.commit if deadline else head.branches.get(head.default_branch, head.commit)
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
    if deadline is not None:
        commits, branches = in_time(commits, {**branches, deadline.branch: head.commit}, deadline.at)
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
        deadline=deadline,
        subfolder=readable(os.fsencode(folder.path)),
        above=folder.above,
        top=folder.root,
    )
