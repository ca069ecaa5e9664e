"""Finders for secrets that a regular expression alone does not identify: the context or the content decides.

Each finder takes a text and the position of a fixed word in it, and yields the spans of secrets in a bounded window around
that word.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

from grader.parsing.plain_data import parse_json

#: Maximum characters between a fixed word and its secret.
_NEAR = 400

Span = tuple[int, int]
Finder = Callable[[str, int], Iterator[Span]]


def digest(secret: str) -> str:
    """Return eight digits that distinguish two secrets without revealing either."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()[:8]


def matches(pattern: str, *, before: int = 0, after: int = 300) -> Finder:
    """Return a finder for `pattern` in the window from `before` characters before a word to `after` characters after it."""
    compiled = re.compile(pattern, re.ASCII)
    group = "secret" if "secret" in compiled.groupindex else 0

    def find(text: str, at: int) -> Iterator[Span]:
        for match in compiled.finditer(text, max(at - before, 0), at + after):
            yield match.span(group)

    return find


# Private keys: the marker alone may be text about keys; key data must follow it.

_KEY_HEAD = re.compile(r"-----BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_KEY_BODY = re.compile(r"[A-Za-z0-9+/=]{48,400}")
_KEY_NOISE = re.compile(r"\\[nrt]|[\s\"',`#>|\\]|(?:Proc-Type|DEK-Info|Version|Comment):[^\n\\]{0,100}")


def private_key(text: str, at: int) -> Iterator[Span]:
    """Yield the body of a private key that does not belong to a service account."""
    body = _key_after(text, at)
    if body is not None and "service_account" not in text[max(at - 3000, 0) : at + 6000]:
        yield body


def service_account(text: str, at: int) -> Iterator[Span]:
    """Yield the private key of a Google service account."""
    body = _key_after(text, at)
    if body is not None and "service_account" in text[max(at - 3000, 0) : at + 6000]:
        yield body


def _key_after(text: str, at: int) -> Span | None:
    head = _KEY_HEAD.search(text, max(at - 60, 0), at + 40)
    if head is None:
        return None
    # Require base64 as in a real key, not dots between two markers.
    letters = _KEY_BODY.match(_KEY_NOISE.sub("", text[head.end() : head.end() + 400].partition("-----")[0]))
    if letters is None or len(set(letters[0])) < 20:
        return None
    end = text.find("-----END", head.end(), head.end() + 6000)
    return head.end(), end if end != -1 else head.end() + 400


# Weights & Biases: forty hex digits may also be a commit's id, so the text before them decides.

_HEX40 = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{40}(?![0-9A-Za-z])")
_WANDB_NAMED = re.compile(
    r"(?:wandb(?!\w{0,30}(?:sha|commit|hash|rev|digest|version|ref))[\w.\[\]\"' -]{0,40}[\"'\])]{0,3}\s{0,5}[:=]\s{0,5}[\"']?"
    r"|wandb\w{0,20}(?:key|token|secret)[\"'\])]{0,3}\s{0,5}[,\s]\s{0,5}[\"']?"
    r"|wandb(?:\.|\s+)login\b[^#\n]{0,80}?)(?:local-)?$",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:key|token|password|secret)[\"'\])]{0,3}\s{0,5}(?:[:=,]|\s)\s{0,5}[\"']?(?:local-)?$", re.IGNORECASE
)


def wandb(text: str, at: int) -> Iterator[Span]:
    """Yield a key of Weights & Biases: forty hex digits that are named or used as one."""
    for match in _HEX40.finditer(text, at, at + _NEAR):
        line = text.rfind("\n", max(match.start() - _NEAR, 0), match.start()) + 1
        before = text[max(line, match.start() - _NEAR) : match.start()]
        # In `netrc`, and in a call or a mapping on several lines, the name is on an earlier line.
        if _WANDB_NAMED.search(before) or (
            _NAMED.search(before) and text.count("\n", at, match.start()) <= 3
        ):
            yield match.span()


# Amazon: the id is public (signed links contain it); the secret beside it is not.

_AWS_SECRET = re.compile(
    r"secret_?(?:access_?)?key[\"'\])]{0,3}\s{0,5}(?:[:=,]|=>|\s)\s{0,5}[\"']?(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
    re.IGNORECASE,
)
_AWS_QUOTED = re.compile(r"[\"'](?P<secret>[A-Za-z0-9/+]{40})[\"']")
_AWS_ID = re.compile(r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])")


def aws(text: str, at: int) -> Iterator[Span]:
    """Yield a secret access key: named as such, or in quotes beside its id."""
    pattern = _AWS_SECRET
    if text.startswith(("AKIA", "ASIA"), at):
        if not _AWS_ID.match(text, at):
            return
        pattern = _AWS_QUOTED
    for match in pattern.finditer(text, at, at + 200):
        if _is_mixed(match["secret"]):
            yield match.span("secret")


def _is_mixed(text: str) -> bool:
    """Return whether a text has capitals, small letters and digits, so that it is neither a hash nor a word."""
    kinds = (str.isupper, str.islower, str.isdigit)
    return all(any(kind(character) for character in text) for kind in kinds)


# Tokens that contain their own description.

_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{10,1000}\.eyJ[\w-]{10,3000}\.[\w-]{20,1000}(?![\w-])", re.ASCII)
_DAY_S = 86_400


def jwt(text: str, at: int) -> Iterator[Span]:
    """Yield a signed token that is neither public nor expires within a day."""
    match = _JWT.match(text, at)
    if match is None:
        return
    header, claims = (_decoded(part) for part in match[0].split(".")[:2])
    if not isinstance(header, dict) or not isinstance(claims, dict) or header.get("alg") in (None, "none"):
        return
    # The key of an anonymous visitor is public; a signed link that was valid for minutes is not a lasting secret.
    if claims.get("role") == "anon" or claims.get("sub") == "1234567890" or _is_short_lived(claims):
        return
    yield match.span()


def _decoded(part: str) -> Any:
    try:
        return parse_json(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError):
        return None


def _is_short_lived(claims: dict[str, Any]) -> bool:
    begin, end = claims.get("iat", claims.get("nbf")), claims.get("exp")
    numbers = isinstance(begin, int | float) and isinstance(end, int | float)
    return numbers and end - begin <= _DAY_S  # type: ignore[operator]


def google_api_key(text: str, at: int) -> Iterator[Span]:
    """Yield a key of a Google API, unless it belongs to a web page."""
    # Firebase's key of a web page is public by design.
    if "authDomain" not in text[max(at - 500, 0) : at + 500]:
        yield from _GOOGLE_API_KEY(text, at)


_GOOGLE_API_KEY = matches(r"(?<![\w-])AIza[\w-]{35}(?![\w-])", after=45)

# `scheme://user:password@host`, unless the host is local or the password is a common default.

_BASIC = re.compile(
    r"://(?P<user>[^\s:/@\"'`<>{}$%()]{1,60}):(?P<secret>[^\s/@\"'`<>{}$%()\[\]]{8,100})@(?P<host>[A-Za-z0-9.-]{4,200})"
)
_WEAK = re.compile(
    r"(?:user|pass|password|passwd|secret|admin|root|postgres|guest|test|mysql|mongo|redis|rabbitmq|token|api|key|my|db|the|a"
    r"|[\W\d_])+",
    re.IGNORECASE,
)
_NO_HOST = re.compile(
    r"localhost|127\.|0\.0\.0\.0|(?:^|\.)example\.|\.local$|\.internal$|^host|(?:^|\.)test$|domain",
    re.IGNORECASE,
)


def basic(text: str, at: int) -> Iterator[Span]:
    """Yield the password of an address, unless the host is a local machine or the password is a common default."""
    match = _BASIC.match(text, at)
    if match is None or "." not in match["host"] or _NO_HOST.search(match["host"]):
        return
    if match["secret"] != match["user"] and not _WEAK.fullmatch(match["secret"]):
        yield match.span("secret")


#: The key of Azure's storage emulator, which is the same on every machine.
_AZURITE = "0011cc25"
_AZURE = matches(r"(?<!\w)AccountKey=[A-Za-z0-9+/=]{88}(?!\w)", after=110)


def azure_storage(text: str, at: int) -> Iterator[Span]:
    """Yield the key of a storage account, unless it is the emulator's."""
    for start, end in _AZURE(text, at):
        if digest(text[start + len("AccountKey=") : end]) != _AZURITE:
            yield start + len("AccountKey="), end
