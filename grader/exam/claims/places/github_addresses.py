"""GitHub addresses, and whether they belong to the graded repository."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

_NAME = re.compile(r"[\w.-]{1,100}")
_PLACE = re.compile(r"(?:github\.com[/:]|^)([\w.-]{1,100})/([\w.-]{1,100}?)(?:\.git)?/?$", re.I)


@dataclass(frozen=True)
class GitHubAddress:
    """An address below `github.com/<owner>/<name>`: its page (blob, tree, commit, actions, …) and the rest."""

    owner: str
    name: str
    page: str = ""
    rest: tuple[str, ...] = ()

    def split(self, branches: tuple[str, ...]) -> tuple[str, str]:
        """Return the reference and path of a blob or tree; a branch may have slashes in its name."""
        joined = "/".join(self.rest)
        for branch in sorted(branches, key=len, reverse=True):
            if joined == branch or joined.startswith(f"{branch}/"):
                return branch, joined[len(branch) :].strip("/")
        return (self.rest[0] if self.rest else ""), "/".join(self.rest[1:])


def github_address(address: str) -> GitHubAddress | None:
    """Return the parts of a GitHub address, or None if it does not name a repository."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    path = [unquote(part) for part in parts.path.split("/") if part]
    if host == "raw.githubusercontent.com" and len(path) >= 4:
        return GitHubAddress(path[0], path[1], "blob", tuple(_without_heads(path[2:])))
    if host != "github.com" or len(path) < 2 or not all(_NAME.fullmatch(part) for part in path[:2]):
        return None
    page = path[2] if len(path) > 2 else ""
    return GitHubAddress(
        path[0],
        path[1].removesuffix(".git"),
        "blob" if page in ("raw", "edit", "blame") else page,
        tuple(_without_heads(path[3:])),
    )


def _without_heads(rest: list[str]) -> list[str]:
    return rest[2:] if rest[:2] == ["refs", "heads"] else rest


def is_same(address: GitHubAddress, source: str) -> bool | None:
    """Return whether an address belongs to the repository that `source` names; None if unknown.

    A folder as source gives at most the name. A repository of the same name under another owner may be a fork, or the same
    one before it moved.
    """
    source = source.strip()
    match = (
        _PLACE.search(source)
        if "://" in source or source.startswith("git@") or source.count("/") == 1
        else None
    )
    if match and not source.startswith((".", "/", "~", "file:")):
        same_name = match[2].casefold() == address.name.casefold()
        if same_name and match[1].casefold() == address.owner.casefold():
            return True
        return None if same_name else False
    folder = re.split(r"[/\\]", source.rstrip("/\\"))[-1].casefold().removesuffix(".git")
    name = address.name.casefold()
    return True if folder == name or folder.endswith((f"+{name}", f"__{name}")) else None
