"""Requests to a forge's API: one host, bounded answers, and a token that goes nowhere else.

The token is read from an environment variable that the command line names. It stands in no message and in no `repr`, and is
sent to the API's own scheme, host and port alone: redirects are followed there and nowhere else.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.auth import AuthBase
from requests.exceptions import ChunkedEncodingError, SSLError
from requests.utils import get_environ_proxies

import grader
from grader.errors import UsageError
from grader.parsing.plain_data import DataError, parse_json
from grader.retries import retry

API = "https://api.github.com"

#: Seconds until a connection stands, and between two pieces of an answer.
_CONNECT_S, _SILENT_S = 5.0, 10.0
#: Bytes of one answer: a hundred pull requests are two or three million.
_BODY_BYTES = 8 * 1024 * 1024
_CHUNK = 64 * 1024
_REDIRECTS = 3
#: What a server says that fails at the moment.
_BUSY = {500, 502, 503, 504}

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, kw_only=True)
class Access:
    """Where to ask, and with what."""

    url: str = API
    token: str = field(repr=False)


class Unanswered(Exception):
    """No answer that can be used: `why` for people; `final` where further questions are no use."""

    def __init__(self, why: str, *, final: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.final = final


def read_access(url: str, variable: str, environment: Mapping[str, str] | None = None) -> Access:
    """Return access with the token in an environment variable.

    Args:
        url: of the API: `https://api.github.com`, or `https://HOST/api/v3` of a server of one's own.
        variable: name of the environment variable; capitals, so that a token given by mistake is not taken for one.
        environment: of this process by default.

    Raises:
        UsageError: no such variable, no token in it, or an address to which no token should be sent.
    """
    if not _VARIABLE.fullmatch(variable):
        raise UsageError(
            "--forge-token-env wants the name of an environment variable, in capitals.",
            "Put the token into a variable (GITHUB_TOKEN), and give its name.",
        )
    token = (os.environ if environment is None else environment).get(variable, "").strip()
    if not token:
        raise UsageError(
            f"The environment variable {variable} holds no token.", f"Set it: export {variable}=…"
        )
    if not re.fullmatch(r"[\x21-\x7e]{1,1000}", token):
        raise UsageError(
            f"What {variable} holds is no token.", "A token is one word of letters, digits and signs."
        )
    parts = urlsplit(url)
    if (
        parts.scheme not in {"https", "http"}
        or not parts.hostname
        or parts.username
        or parts.query
        or parts.fragment
    ):
        raise UsageError(
            f"{parts.scheme}://{parts.hostname or ''} is no address of an API.", f"The default is {API}."
        )
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise UsageError(
            f"A token is not sent to {parts.hostname} without encryption.", "Give an https address."
        )
    return Access(url=url.rstrip("/"), token=token)


class Passing(Unanswered):
    """No answer for a reason that may be over in a moment: a connection that broke, a server that was busy."""


class Client:
    """Asks one API; asks again where the reason for no answer may pass. A context manager; not for several threads."""

    def __init__(self, access: Access, *, until: float) -> None:
        """`until`, on the monotonic clock, is when to stop waiting."""
        self._url = access.url
        self._until = until
        self._session = _Session()
        # The environment could name other credentials for this host (`.netrc`), and takes precedence.
        self._session.trust_env = False
        self._session.proxies.update(get_environ_proxies(access.url))
        self._session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE") or True
        self._session.auth = _Bearer(access.token)
        self._session.headers.update(
            {
                "Accept": "application/vnd.github+json",
                # What is not compressed cannot grow.
                "Accept-Encoding": "identity",
                "User-Agent": f"grader/{grader.__version__}",
                "X-GitHub-Api-Version": "2022-11-28",
            }
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exception: object) -> None:
        self._session.close()

    def get(self, path: str, **query: str | int) -> Any:
        """Return the JSON data at a path of the API.

        Raises:
            Unanswered: no answer in time, an error, a redirect to elsewhere, too much, or no JSON.
        """
        return retry(
            lambda: self._get(self._url + path, query),
            what=f"question to the forge ({path})",
            when=lambda problem: isinstance(problem, Passing),
            until=self._until,
        )

    def _get(self, address: str, query: Mapping[str, str | int]) -> Any:
        for _ in range(_REDIRECTS + 1):
            if time.monotonic() > self._until:
                raise Unanswered("it took too long", final=True)
            try:
                with self._session.get(
                    address,
                    params=query,
                    allow_redirects=False,
                    stream=True,
                    timeout=(_CONNECT_S, _SILENT_S),
                ) as answer:
                    if answer.is_redirect:
                        address, query = self._redirected(address, answer.headers.get("Location", "")), {}
                        continue
                    _check(answer)
                    return _parsed(self._body(answer))
            except SSLError:
                raise Unanswered("it did not answer (SSLError)", final=True) from None
            except (requests.ConnectionError, requests.Timeout, ChunkedEncodingError) as problem:
                raise Passing(f"it did not answer ({type(problem).__name__})", final=True) from None
            except (requests.RequestException, ValueError) as problem:
                # Its text may name addresses and proxies, with what stands in them.
                raise Unanswered(f"it did not answer ({type(problem).__name__})", final=True) from None
        raise Unanswered("it redirects in circles")

    def _redirected(self, address: str, location: str) -> str:
        try:
            target = urljoin(address, location)
            here, there = (_origin(one) for one in (self._url, target))
        except ValueError:
            raise Unanswered("it redirects to no address") from None
        if here != there:
            raise Unanswered("it redirects to another host, which is not followed", final=True)
        return target

    def _body(self, answer: requests.Response) -> bytes:
        if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Unanswered("it sent something compressed, which was not asked for")
        data = bytearray()
        for chunk in answer.iter_content(_CHUNK):
            data += chunk
            if len(data) > _BODY_BYTES:
                raise Unanswered(f"it sent more than {_BODY_BYTES // 1024**2} MiB")
            if time.monotonic() > self._until:
                raise Unanswered("it took too long", final=True)
        return bytes(data)


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return None: requests would read the body of every redirect, however long, even if it is not followed."""
        return None


class _Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _origin(address: str) -> tuple[str, str, int]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname or "", parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)


def _check(answer: requests.Response) -> None:
    code = answer.status_code
    if code == 200:
        return
    limited = (
        code == 429 or answer.headers.get("X-RateLimit-Remaining") == "0" or "Retry-After" in answer.headers
    )
    if code in {403, 429} and limited:
        raise Unanswered("its rate limit is used up", final=True)
    told = {
        401: ("it does not accept the token", True),
        403: ("the token may not read this", False),
        404: ("it has no such repository, or the token may not see it", False),
    }
    if code in _BUSY:
        raise Passing(f"it answered with status {code}", final=True)
    why, final = told.get(code, (f"it answered with status {code}", code >= 500))
    raise Unanswered(why, final=final)


def _parsed(data: bytes) -> Any:
    try:
        return parse_json(data)
    except DataError:
        raise Unanswered("its answer is no JSON") from None
