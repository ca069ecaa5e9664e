"""The files of a working tree as its owner sees them: tracked, and untracked but not ignored.

The listing needs git's rules for ignored files. git runs with our repository (`GIT_DIR`), a copy of the
index, and the student's folder as its work tree: their `.git/config`, hooks and attributes are never read,
and `ls-files` runs no filter. Contents are read by ourselves, regular files only.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from grader.errors import SourceError
from grader.submission.git import Git, GitFailed
from grader.submission.trees.commit_tree import list_tree
from grader.submission.trees.safe_files import Below
from grader.submission.trees.snapshot import Candidate, LeftOut, Snapshot, blob_id, readable, unsafe

#: Left out where git does not track them: made by tools, and large.
_GENERATED = (".git/", ".grader/", "__pycache__/", "node_modules/", ".ipynb_checkpoints/")
_LISTING_BYTES = 64 * 1024**2
_SECONDS = 60.0


def write_working_tree(
    top: Path,
    git: Git,
    commit: str,
    snapshot: Snapshot,
    *,
    hash_name: str,
    apart: tuple[Path, ...] = (),
    folder: str = "",
) -> bool:
    """Write the files of the working tree at `top` below `snapshot.root`; returns whether anything differs
    from `commit`.

    `apart` are folders of ours that may lie inside `top`. With `folder` (a path below `top`), only what lies in that
    folder is read, and paths are relative to it.

    Raises:
        GitFailed: the files cannot be listed.
        SourceError: `folder` holds no file.
        GradingError: the disk is full, or the folder cannot be written.
    """
    committed = _committed(git, commit, folder, snapshot) if commit else {}
    listed = _listed(git, top, folder, commit, snapshot)
    top = top / folder
    prefixes = tuple(f"{path.relative_to(top).as_posix()}/" for path in apart if path.is_relative_to(top))
    with Below(top) as files:
        links: dict[str, str] = {}
        candidates = []
        for path in _without_environments(listed, files, committed, snapshot):
            if not path.startswith(prefixes) if prefixes else True:
                found = _candidate(path, files, snapshot, committed, links, hash_name)
                candidates += [found] if found else []

        def read(candidate: Candidate) -> bytes:
            try:
                return _as_committed(
                    files.read(candidate.path, snapshot.limits.file_bytes), candidate, hash_name
                )
            except OSError as problem:
                reason = "it grew while it was read" if problem.errno == errno.EFBIG else problem.strerror
                raise LeftOut(f"cannot be read: {reason}") from problem

        snapshot.write(candidates, read, hash_name)
    return _differs(committed, candidates, snapshot, links)


def _committed(git: Git, commit: str, folder: str, snapshot: Snapshot) -> dict[str, Candidate]:
    aside = Snapshot(root=snapshot.root, limits=snapshot.limits)
    tree = f"{commit}:{folder}" if folder else commit
    if folder and git.attempt("cat-file", "-t", tree) != "tree":
        # Not committed yet, or a file then.
        return {}
    found = {candidate.path: candidate for candidate in list_tree(git, tree, aside)}
    links = git.run("ls-tree", "-r", "-z", "--full-tree", tree, max_bytes=_LISTING_BYTES)
    for line in links.split(b"\0"):
        if line.startswith(b"120000 "):
            about, _, path = line.partition(b"\t")
            name = readable(path)
            found[name] = Candidate(path=name, size=-1, executable=False, blob=about.split()[2].decode())
    return found


def _listed(git: Git, top: Path, folder: str, commit: str, snapshot: Snapshot) -> list[str]:
    excludes = [f"--exclude={pattern}" for pattern in _GENERATED]
    arguments = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", *excludes)
    if folder:
        arguments += ("--", f":(literal){folder}/")

    def run() -> bytes:
        return git.run(*arguments, work_tree=top, seconds=_SECONDS, max_bytes=_LISTING_BYTES)

    index = git.git_dir / "index"
    if commit and not index.is_file():
        git.run("read-tree", commit)
    try:
        output = run()
    except GitFailed as problem:
        if problem.timed_out or not commit:
            raise
        index.unlink(missing_ok=True)
        git.run("read-tree", commit)
        snapshot.notes.append("The index cannot be read; the files of the last commit count as tracked.")
        output = run()
    paths = set()
    inside = os.fsencode(f"{folder}/") if folder else b""
    if folder and not output:
        raise SourceError(
            f"{top / folder} holds no file that git tracks, or that `git add` would take.",
            "Give a folder with work in it; `git status --ignored` says what is ignored.",
        )
    for path in output.split(b"\0")[:-1]:
        try:
            paths.add(path.removeprefix(inside).decode("utf-8"))
        except UnicodeDecodeError:
            snapshot.skip(readable(path.removeprefix(inside)), "its name is not UTF-8")
    return sorted(paths)


def _without_environments(
    paths: list[str], files: Below, committed: dict[str, Candidate], snapshot: Snapshot
) -> list[str]:
    markers = ("/pyvenv.cfg", "/conda-meta/history")
    folders = {
        path.removesuffix(marker) + "/"
        for path in paths
        for marker in markers
        if path.endswith(marker) and path not in committed
    }
    for folder in sorted(folders):
        snapshot.skip(folder, "a Python environment that git does not track")
    return (
        [path for path in paths if path in committed or not path.startswith(tuple(folders))]
        if folders
        else paths
    )


def _candidate(
    path: str,
    files: Below,
    snapshot: Snapshot,
    committed: dict[str, Candidate],
    links: dict[str, str],
    hash_name: str,
) -> Candidate | None:
    if path.endswith("/"):
        snapshot.skip(path, "another git repository inside this one, not followed")
        return None
    if unsafe(path, snapshot.limits) is not None:
        return Candidate(path=path, size=0, executable=False)
    try:
        found = files.lstat(path)
        if stat.S_ISLNK(found.st_mode):
            links[path] = blob_id(files.readlink(path), hash_name)
    except OSError as problem:
        if problem.errno in (errno.ELOOP, errno.ENOTDIR):
            snapshot.skip(path, "behind a symbolic link, not followed")
        elif problem.errno != errno.ENOENT:
            snapshot.skip(path, f"cannot be read: {problem.strerror}")
        return None
    if stat.S_ISLNK(found.st_mode):
        snapshot.skip(path, "symbolic link, not followed")
        return None
    if stat.S_ISDIR(found.st_mode):
        snapshot.skip(path, "submodule, not fetched")
        return None
    if not stat.S_ISREG(found.st_mode):
        snapshot.skip(path, "no regular file")
        return None
    before = committed.get(path)
    executable = (
        bool(found.st_mode & 0o100) if os.name == "posix" else before is not None and before.executable
    )
    return Candidate(path=path, size=found.st_size, executable=executable, blob=before.blob if before else "")


def _as_committed(data: bytes, candidate: Candidate, hash_name: str) -> bytes:
    """`data`, or what git holds of it where the two differ in line ends only (`core.autocrlf`)."""
    if candidate.blob and b"\r\n" in data and blob_id(data, hash_name) != candidate.blob:
        unix = data.replace(b"\r\n", b"\n")
        if blob_id(unix, hash_name) == candidate.blob:
            return unix
    return data


def _differs(
    committed: dict[str, Candidate], candidates: list[Candidate], snapshot: Snapshot, links: dict[str, str]
) -> bool:
    seen = {candidate.path: candidate for candidate in candidates}
    # What no snapshot holds, of either side, is no difference.
    safe = {
        path for path in committed.keys() | seen.keys() | links.keys() if not unsafe(path, snapshot.limits)
    }
    if safe & committed.keys() != safe & (seen.keys() | links.keys()):
        return True
    for path in safe & committed.keys():
        before = committed[path]
        if path in links:
            same = links[path] == before.blob
        elif path in snapshot.blobs:
            same = snapshot.blobs[path] == before.blob and (path in snapshot.executables) == before.executable
        else:
            # Left out on both sides; its size is all that is known.
            same = seen[path].size == before.size
        if not same:
            return True
    return False
