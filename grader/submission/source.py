"""What a person names as a submission: a path, an address, or `owner/name` on a forge."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from grader.errors import SourceError

FORGE = "https://github.com/"
_OWNER_AND_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}/[A-Za-z0-9._-]{1,100}")
_SCP = re.compile(r"[A-Za-z0-9._-]+@[A-Za-z0-9][A-Za-z0-9.-]*:[^-\s:][^\s:]*")
_ADVICE = "Give a folder, an https or ssh address, or `owner/name`."


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a submission comes from: `path`, a folder of this machine, or `url`. `text` is safe to show."""

    text: str
    slug: str
    path: Path | None = None
    url: str = ""


def parse_source(text: str, *, forge: str = FORGE, allow_local: bool = True) -> Source:
    """What `text` names. A folder that exists wins over `owner/name`.

    Raises:
        SourceError: it names nothing that can be fetched, or a path where paths are not allowed.
    """
    text = text.strip()
    if not text or re.search(r"[\x00-\x1f\x7f]", text):
        raise SourceError("The source is empty or holds control characters.", _ADVICE)
    if text.lower().startswith("file://"):
        return _local(unquote(urlsplit(text).path), text, allow_local)
    if "://" in text:
        return _address(text)
    if _SCP.fullmatch(text):
        return Source(text=text, slug=_slug_of_address(text.partition(":")[2]), url=text)
    if allow_local and Path(text).expanduser().exists():
        return _local(text, text, allow_local)
    if _OWNER_AND_NAME.fullmatch(text) and not text.startswith("./"):
        url = forge.rstrip("/") + "/" + text
        return Source(text=text, slug=_slug_of_address(text), url=_address(url).url)
    return _local(text, text, allow_local)


def slug(text: str) -> str:
    """`text` as a name that is safe in a path and an address: `[a-z0-9-]`, 80 characters at most, never
    empty.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-") or "submission"


def local_source(path: Path) -> Source:
    """The folder at `path` as a source.

    Raises:
        SourceError: there is none, or it is a file.
    """
    return _local(str(path), str(path), True)


def _local(name: str, text: str, allowed: bool) -> Source:
    if not allowed:
        raise SourceError(
            f"{text!r} is no address and not `owner/name`.",
            f"{_ADVICE} Folders need `--allow-local` in a group list.",
        )
    path = Path(name).expanduser()
    if not path.exists():
        raise SourceError(f"There is nothing at {text!r}.", _ADVICE)
    if not path.is_dir():
        raise SourceError(f"{text!r} is a file, not a folder.", "Give the folder of the repository.")
    path = path.resolve()
    named = path.parent if path.name == ".git" else path
    return Source(text=text, slug=slug(named.name.removesuffix(".git")), path=path)


def _address(text: str) -> Source:
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as problem:
        raise SourceError(f"{text!r} is not a valid address: {problem}.", _ADVICE) from problem
    if parts.scheme not in {"https", "http", "ssh"}:
        raise SourceError(f"Addresses that start with `{parts.scheme}:` are not fetched.", _ADVICE)
    if parts.password is not None or (parts.username is not None and parts.scheme != "ssh"):
        raise SourceError(
            f"The address of {host} holds a user name or a password.",
            "Take it out, and give a token in the environment variable GRADER_GIT_TOKEN.",
        )
    if not host or host.startswith("-") or re.search(r"\s", text) or not parts.path.strip("/"):
        raise SourceError(f"{text!r} is not the address of a repository.", _ADVICE)
    return Source(text=text, slug=_slug_of_address(parts.path), url=text)


def _slug_of_address(path: str) -> str:
    parts = [part for part in unquote(path).strip("/").removesuffix(".git").split("/") if part]
    return slug("-".join(parts[-2:]))
