"""Parse the name of a submission: a path, an address, or `owner/name` on a forge."""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from grader.errors import SourceError, path_error
from grader.secrets.address import HIDDEN, safe_address

FORGE = "https://github.com/"
_OWNER_AND_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}/[A-Za-z0-9._-]{1,100}")
_SCP = re.compile(r"[A-Za-z0-9._-]+@[A-Za-z0-9][A-Za-z0-9.-]*:[^-\s:][^\s:]*")
_ADVICE = "Give a folder, an https or ssh address, or `owner/name`."
_FOLDER_ADVICE = "Give the folder of a repository."
_NO_LOGIN = "Take it out, and give a token in the environment variable GRADER_GIT_TOKEN."


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a submission comes from: `path`, a local folder or a zip file, or `url`, which must be passed to git only.

    `text` is safe to show: no login, no query, valid UTF-8.
    """

    text: str
    slug: str
    path: Path | None = None
    url: str = ""


def parse_source(text: str, *, forge: str = FORGE, allow_local: bool = True) -> Source:
    """Parse `text` as a source. A folder that exists takes precedence over `owner/name`.

    Raises:
        SourceError: it names nothing that can be fetched, or a path although paths are not allowed.
    """
    text = text.strip()
    if not text or re.search(r"[\x00-\x1f\x7f]", text):
        raise SourceError("The source is empty or holds control characters.", _ADVICE)
    if text.lower().startswith("file://"):
        return _local(unquote(urlsplit(text).path), shown(text), allow_local)
    if "://" in text:
        return _address(text)
    if _SCP.fullmatch(text):
        safe = shown(text).replace(f"{HIDDEN}@", "")
        return Source(text=safe, slug=_slug_of_address(text.partition(":")[2]), url=text)
    if allow_local and _exists(text):
        return _local(text, shown(text), allow_local)
    if _OWNER_AND_NAME.fullmatch(text) and not text.startswith("./"):
        url = forge.rstrip("/") + "/" + text
        return Source(text=text, slug=_slug_of_address(text), url=_address(url).url)
    return _local(text, shown(text), allow_local)


def shown(text: str) -> str:
    """Return a source as it may be shown: no login, no query; an existing path is unchanged."""
    safe = text if _exists(text) else safe_address(text)
    try:
        # An argument that is not valid in the locale's encoding contains surrogates.
        return safe.encode(sys.getfilesystemencoding(), "surrogateescape").decode("utf-8", "replace")
    except UnicodeError:
        return safe.encode("utf-8", "replace").decode()


def slug(text: str) -> str:
    """Return `text` as a name that is safe in a path and an address: `[a-z0-9-]`, at most 80 characters, never empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-") or "submission"


def local_source(path: Path) -> Source:
    """Return the folder at `path` as a source.

    Raises:
        SourceError: it does not exist, is a file, or is an address.
    """
    text = str(path)
    address = re.fullmatch(r"([A-Za-z][A-Za-z0-9+.-]+):/+(.*)", text)
    if (address or _SCP.fullmatch(text)) and not _exists(text):
        # A path has one slash where an address has two.
        safe = shown(f"{address[1]}://{address[2]}" if address else text)
        raise SourceError(
            f"{safe!r} is an address, and a folder is wanted here.",
            f"To grade an address: grader grade {safe}",
        )
    return _local(text, shown(text), True, _FOLDER_ADVICE, archives=False)


def _exists(text: str) -> bool:
    return os.path.exists(os.path.expanduser(text))


def _local(name: str, text: str, allowed: bool, advice: str = _ADVICE, *, archives: bool = True) -> Source:
    if not allowed:
        raise SourceError(
            f"{text!r} is no address and not `owner/name`.",
            f"{_ADVICE} Folders need `--allow-local` in a group list.",
        )
    try:
        path = Path(name).expanduser()
        os.stat(path)
        path = path.resolve()
    except (FileNotFoundError, NotADirectoryError):
        raise SourceError(f"There is nothing at {text!r}.", advice) from None
    except (OSError, ValueError, RuntimeError) as problem:
        raise path_error(text, problem, kind=SourceError) from None
    if not path.is_dir() and not (archives and path.is_file() and path.suffix.lower() == ".zip"):
        raise SourceError(f"{text!r} is a file, not a folder.", "Give the folder of the repository.")
    named = path.parent if path.name == ".git" else path
    name = named.name if path.is_dir() else named.stem
    return Source(text=text, slug=slug(name.removesuffix(".git")), path=path)


def _address(text: str) -> Source:
    safe = shown(text)
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        # The message of the original error quotes the address.
        raise SourceError(f"{safe!r} is not a valid address.", _ADVICE) from None
    if parts.scheme not in {"https", "http", "ssh"}:
        raise SourceError(f"Addresses that start with `{parts.scheme}:` are not fetched.", _ADVICE)
    if parts.password is not None or (parts.username is not None and parts.scheme != "ssh"):
        raise SourceError(
            f"The address of {urlsplit(safe).hostname} holds a user name or a password.", _NO_LOGIN
        )
    if "?" in text or "#" in text:
        raise SourceError(f"The address {safe} holds more than a path, maybe a token.", _NO_LOGIN)
    if not host or host.startswith("-") or re.search(r"\s", text) or not parts.path.strip("/"):
        raise SourceError(f"{safe!r} is not the address of a repository.", _ADVICE)
    return Source(text=safe.replace(f"{HIDDEN}@", ""), slug=_slug_of_address(parts.path), url=text)


def _slug_of_address(path: str) -> str:
    parts = [part for part in unquote(path).strip("/").removesuffix(".git").split("/") if part]
    return slug("-".join(parts[-2:]))
