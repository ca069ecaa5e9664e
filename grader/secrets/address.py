"""Remove secrets from addresses: login and query, which may contain passwords and tokens.

Applied to user input first, so that messages, results and file names never contain the secret. The parser is more
tolerant than the standard: a password may hold `/`, `@`, `?` or `#` unescaped, and a scheme may be missing.
"""

from __future__ import annotations

import os
import re

HIDDEN = "***"

# Two letters or more: `C:/` is a drive.
_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+:/+)(?P<rest>.*)", re.DOTALL)
_PATH = re.compile(r"[/~]|\.{1,2}[/\\]|[A-Za-z]:[/\\]")
_LOGIN = re.compile(r"(?P<login>[^/\\@:]*(?::.*)?)@(?P<rest>.*)", re.DOTALL)
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.%]*\]|[^:\[\]@]*)(:\d*)?")
_SCP_WITH_PASSWORD = re.compile(r"[^/@:\s]+:.*@(?!sha\d+:)[^/@:\s]+:.*", re.DOTALL)
#: The one ssh user that is not a secret: every forge has it.
_EVERYBODY = "git"


def safe_address(text: str) -> str:
    """Return `text` with `***` in place of the login and the query.

    If password and host cannot be told apart, both are hidden. Paths are unchanged.
    """
    if found := _SCHEME.fullmatch(text):
        return found["scheme"] + _safe_rest(found["rest"])
    if _PATH.match(text):
        return text
    text, mark, query = text.partition("?")
    query = mark and mark + HIDDEN
    if found := _LOGIN.fullmatch(text):
        return _login(found["login"]) + found["rest"] + query
    return text + query


def safe_argument(text: str) -> str:
    """Return a command line argument without secrets: an address may be misplaced, or in an option: `--out=https://…`."""
    name, equals, value = text.partition("=") if text.startswith("--") else ("", "", text)
    if "://" in value and _SCHEME.fullmatch(value):
        return name + equals + safe_address(value)
    if _SCP_WITH_PASSWORD.fullmatch(value) and not os.path.lexists(value):
        return name + equals + safe_address(value)
    return text


def hide(text: str, address: str, token: str | None = None) -> str:
    """Return another program's message about `address` without its login and the token."""
    text = text.replace(address, safe_address(address))
    if token:
        text = text.replace(token, HIDDEN)
    found = _LOGIN.fullmatch(address.partition("://")[2] or address)
    return text.replace(found["login"] + "@", _login(found["login"])) if found and found["login"] else text


def _safe_rest(rest: str) -> str:
    """Return the part after the scheme, without secrets."""
    mark = re.search(r"[?#]", rest)
    at = rest.rfind("@")
    if mark and at > mark.start():
        # A password with a question mark, or a query with an address in it.
        return f"{HIDDEN}@{HIDDEN}"
    query = ""
    if mark:
        rest, query = rest[: mark.start()], rest[mark.start()] + HIDDEN
    login = ""
    if at >= 0:
        login, rest = _login(rest[:at]), rest[at + 1 :]
    authority, slash, path = rest.partition("/")
    if not _AUTHORITY.fullmatch(authority):
        login, authority = f"{HIDDEN}@", HIDDEN
    return login + authority + slash + path + query


def _login(login: str) -> str:
    return f"{_EVERYBODY if login == _EVERYBODY else HIDDEN}@"
