"""HEAD, the default branch and the tips of branches, and the history as a deadline left it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from grader.errors import SourceError
from grader.submission.commit_log import LoggedCommit
from grader.submission.git import Git, GitFailed
from grader.submission.revisions.deadline import LeftCommit, PushedTip, commit_at
from grader.submission.source import Source

_BRANCHES = 1000
_REVISION = re.compile(r"[A-Za-z0-9_][\w./+-]{0,199}")


@dataclass(frozen=True, kw_only=True)
class Head:
    """The commit to read, the branch that it is on, the default branch, and all branches with their tips."""

    commit: str
    branch: str
    default_branch: str
    branches: dict[str, str]


class Damaged(SourceError):
    """A repository of which git cannot read what is asked for."""


@contextmanager
def damage(text: str) -> Iterator[None]:
    """Call what git cannot read a damaged repository, and name it."""
    try:
        yield
    except GitFailed as problem:
        if problem.timed_out:
            raise
        raise Damaged(f"{text} is a damaged repository: {problem.detail}.", "Clone it again.") from problem


def read_head(git: Git, text: str, commit: str | None, notes: list[str], *, bare: bool) -> Head:
    """Return what to read: HEAD, or the commit that was named. `bare`: nothing is checked out, HEAD is the default branch."""
    branches = _branches(git, text)
    symbolic = git.attempt("symbolic-ref", "-q", "HEAD") or ""
    branch = symbolic.removeprefix("refs/heads/")
    default = _default_branch(git, branch, branches, bare=bare)
    if commit is not None:
        return Head(
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
        raise Damaged(f"{text} is a damaged repository: commit {found[:12]} is missing.", "Clone it again.")
    if found is not None and not symbolic:
        notes.append("HEAD is detached: no branch is checked out.")
    return Head(commit=found or "", branch=branch, default_branch=default, branches=branches)


def left_commit(
    git: Git,
    named: Source,
    head: Head,
    deadline: datetime,
    fetched_at: datetime,
    pushed: Callable[[str], PushedTip | None],
) -> LeftCommit:
    """Return the commit of the default branch that a deadline leaves."""
    with damage(named.text):
        return commit_at(
            git,
            named.text,
            head.branches.get(head.default_branch, head.commit),
            deadline,
            branch=head.default_branch or head.branch,
            fetched_at=fetched_at,
            pushed=pushed(head.default_branch) if head.default_branch and fetched_at > deadline else None,
        )


def _branches(git: Git, text: str) -> dict[str, str]:
    """Return the tips of the branches; those of `origin` for names without a local branch."""
    with damage(text):
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


def _default_branch(git: Git, branch: str, branches: dict[str, str], *, bare: bool) -> str:
    remote = git.attempt("symbolic-ref", "-q", "refs/remotes/origin/HEAD") or ""
    # Where nothing is checked out, HEAD is what the owners say it is.
    own = branch if bare else ""
    choices = (remote.removeprefix("refs/remotes/origin/"), own, "main", "master", branch)
    return next((name for name in choices if name in branches), "")


def _named_commit(git: Git, text: str, commit: str) -> str:
    if _REVISION.fullmatch(commit) and ".." not in commit:
        for name in (commit, f"refs/remotes/origin/{commit}"):
            if found := git.attempt("rev-parse", "-q", "--verify", f"{name}^{{commit}}"):
                return found
    raise SourceError(
        f"{text} has no commit {commit!r}.", "Give the id of a commit that was pushed, a branch or a tag."
    )


def in_time(
    commits: Sequence[LoggedCommit], branches: dict[str, str], deadline: datetime
) -> tuple[list[LoggedCommit], dict[str, str]]:
    """Return the history as a deadline left it: what was graded, whatever its dates, and what else claims to be in time."""
    kept = [one for one in commits if one.on_default or one.committed_at <= deadline]
    known, parents = {one.sha for one in kept}, {one.sha: one.parents for one in commits}
    tips = {}
    for name, tip in branches.items():
        sha = tip
        # The tip of then: along the first parents, as the branch went.
        while sha not in known and parents.get(sha):
            sha = parents[sha][0]
        if sha in known:
            tips[name] = sha
    return kept, dict(sorted(tips.items()))
