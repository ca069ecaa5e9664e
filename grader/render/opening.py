"""The line that a run begins with: what is graded, as what, and where it runs."""

from __future__ import annotations

from grader.render import labels as words
from grader.render.escaping import one_line, terminal

_SHORT = 7


def opening(
    name: str,
    *,
    place: str,
    folder: str = "",
    commit: str,
    dirty: bool | None,
    files: int,
    profile: str,
    sandbox: str,
) -> str:
    """Return the opening line: `digits (/home/ada/digits) · commit 1a2b3c4 (clean) · 34 files · profile project`.

    Args:
        name: of the submission.
        place: the folder or the address of its repository.
        folder: inside the repository, where only that is graded.
        commit: empty where there is none yet.
        dirty: whether the files differ from the commit; None where only what is committed was read.
        files: how many were read.
        profile: `exercises` or `project`.
        sandbox: `docker` or `local`.
    """
    states = {None: "", True: " (with uncommitted changes)", False: " (clean)"}
    parts = [
        f"{name} ({place})" if place and place != name else name,
        f"folder {folder}" if folder else "",
        f"commit {commit[:_SHORT]}{states[dirty]}" if commit else "no commit yet",
        words.plural(files, "file"),
        f"profile {profile}",
        f"sandbox {sandbox}",
    ]
    return terminal(one_line(" · ".join(part for part in parts if part)))
