"""Read the files of a commit as git stores them: no checkout, no filters, no attributes."""

from __future__ import annotations

from grader.submission.git import Git, GitFailed
from grader.submission.trees.snapshot import Candidate, LeftOut, Snapshot, blob_id, hash_of, readable

#: Maximum paths visited, as a multiple of the files that may be kept: nested trees can name billions.
_LOOKED_AT = 10


def list_tree(git: Git, commit: str, snapshot: Snapshot) -> list[Candidate]:
    """Return the regular files of a commit or tree; links, submodules and missing objects are listed as skipped.

    Raises:
        GitFailed: the commit's trees are damaged.
    """
    found: list[Candidate] = []
    looked_at = 0
    with git.start("ls-tree", "-r", "-z", "-l", "--full-tree", commit) as running:
        rest = b""
        while chunk := running.stdout.read(65536):
            *lines, rest = (rest + chunk).split(b"\0")
            for line in lines:
                _take(line, found, snapshot)
            looked_at += len(lines)
            if looked_at > snapshot.limits.files * _LOOKED_AT or len(rest) > 16 * 1024**2:
                snapshot.notes.append(
                    f"The commit has more than {looked_at} paths; the rest was not looked at."
                )
                return found
        running.finish()
    return found


def write_commit(git: Git, commit: str, snapshot: Snapshot) -> list[Candidate]:
    """Write the files of a commit below `snapshot.root`, byte for byte as git stores them; return the files it has.

    Raises:
        GitFailed: the commit's trees or files are damaged.
        GradingError: the disk is full, or the folder cannot be written.
    """
    found = list_tree(git, commit, snapshot)
    hash_name = hash_of(commit)
    with git.start("cat-file", "--batch", stdin=True) as running:

        def read(candidate: Candidate) -> bytes:
            try:
                running.stdin.write(candidate.blob.encode() + b"\n")
                running.stdin.flush()
                header = running.stdout.readline(256).split()
                if len(header) != 3 and header[1:] == [b"missing"]:
                    raise LeftOut("its content is missing from the repository")
                if len(header) != 3 or header[1] != b"blob" or int(header[2]) != candidate.size:
                    raise GitFailed("cat-file", f"{candidate.path!r} is damaged")
                data = running.stdout.read(candidate.size + 1)[:-1]
            except BrokenPipeError:
                raise running.failure() from None
            if len(data) != candidate.size:
                raise running.failure()
            if blob_id(data, hash_name) != candidate.blob:
                raise LeftOut("its content is not what its id says")
            return data

        snapshot.write(found, read, hash_name)
    return found


def _take(line: bytes, found: list[Candidate], snapshot: Snapshot) -> None:
    about, _, path = line.partition(b"\t")
    mode, kind, blob, size = about.split()
    try:
        name = path.decode("utf-8")
    except UnicodeDecodeError:
        snapshot.skip(readable(path), "its name is not UTF-8")
        return
    if mode == b"120000":
        snapshot.skip(name, "symbolic link, not followed")
    elif mode == b"160000":
        snapshot.skip(name, "submodule, not fetched")
    elif kind != b"blob" or not size.isdigit():
        snapshot.skip(name, "its content is missing from the repository")
    else:
        executable = int(mode, 8) & 0o111 != 0
        found.append(Candidate(path=name, size=int(size), executable=executable, blob=blob.decode()))
