"""Requests that a suite sends to an application of the students, and the answers it gets: the same in process and over a port."""

from __future__ import annotations

import json as json_module
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from grader.suite.outcomes import StudentFault
from grader.suite.student.wire import WireError, parse

_PATH_SAFE = "/:@!$&'()*+,;=-._~%"


@dataclass(frozen=True, kw_only=True)
class Request:
    """One HTTP request: what goes over the wire. `target` is the path with its query, percent-encoded."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __str__(self) -> str:
        """Return `POST /predict`, for messages."""
        return f"{self.method} {self.target}"


def request(
    method: str,
    path: str,
    *,
    query: Mapping[str, Any] | None = None,
    json: Any = None,
    form: Mapping[str, Any] | None = None,
    files: Mapping[str, tuple[str, bytes, str]] | None = None,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> Request:
    """Build a request.

    Args:
        method: `GET`, `POST`, …
        path: path of the route, without a query.
        query: parameters of the query; a list sends its key several times.
        json: the body as a JSON value.
        form: fields of a form.
        files: uploads by the name of their field: file name, content, media type. With `form`, a multipart form.
        body: the body as bytes, if it is none of the above.
        headers: further headers.

    Example:
        image = ("cat.png", picture, "image/png")
        upload = request("POST", "/cv_model/", query={"h": 20}, files={"data": image})
    """
    own: dict[str, str] = {}
    if files is not None:
        boundary = secrets.token_hex(16)
        own["content-type"], body = (
            f"multipart/form-data; boundary={boundary}",
            _multipart(boundary, form, files),
        )
    elif form is not None:
        own["content-type"], body = "application/x-www-form-urlencoded", urlencode(form, doseq=True).encode()
    elif json is not None:
        own["content-type"], body = "application/json", json_module.dumps(json, allow_nan=False).encode()
    tail = f"?{urlencode(query, doseq=True)}" if query else ""
    if body or method not in ("GET", "HEAD"):
        own["content-length"] = str(len(body))
    lowered = {name.lower(): value for name, value in (headers or {}).items()}
    return Request(
        method=method.upper(),
        target=quote(path, safe=_PATH_SAFE) + tail,
        headers={**own, **lowered},
        body=body,
    )


def get(path: str, **arguments: Any) -> Request:
    """Build a GET request; the arguments are those of `request`. Example: `get("/items/1")`."""
    return request("GET", path, **arguments)


def post(path: str, **arguments: Any) -> Request:
    """Build a POST request; the arguments are those of `request`. Example: `post("/predict", json={"pixels": pixels})`."""
    return request("POST", path, **arguments)


@dataclass(frozen=True, kw_only=True)
class Response:
    """What an application answered. Everything in it is the students': compare it, never trust it.

    Attributes:
        asked: the request, for messages.
        status: the status code.
        headers: by lower-case name; one that came several times is joined by `, `.
        body: decompressed, cut at the limit of a reply (`cut` tells whether).
        raised: what the application raised instead of answering, in words for the student; only in process.
    """

    asked: Request
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: bool = False
    raised: str = ""

    @property
    def text(self) -> str:
        """The body as text. Example: `assert "Hello" in answer.text, "`/` does not say hello."`."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the body as a JSON value. Raise StudentFault if it is none, was cut, or is too deep.

        Example: `assert answer.json() == {"item_id": 3}, f"`{answer.asked}` answers {answer.text[:80]}."`
        """
        if self.cut:
            why = self.raised or "it is too large."
            raise StudentFault(
                "value", f"`{self.asked}` has an answer that was cut after {len(self.body)} bytes: {why}"
            )
        try:
            return parse(self.body)
        except WireError as problem:
            raise StudentFault(
                "value", f"`{self.asked}` answers {self.text[:80]!r}, which is no JSON: {problem}."
            ) from problem

    def expect(self, *statuses: int) -> Response:
        """Return the answer if its status is one of `statuses`, or fail the check with what it said.

        Example: `item = answer.expect(200).json()`
        """
        if self.status not in statuses:
            wanted = " or ".join(str(status) for status in statuses)
            said = self.raised or self.text.strip()[:200]
            raise StudentFault(
                "value",
                f"`{self.asked}` answers with status {self.status}, not {wanted}{': ' if said else '.'}{said}",
            )
        return self


def _multipart(
    boundary: str, form: Mapping[str, Any] | None, files: Mapping[str, tuple[str, bytes, str]]
) -> bytes:
    parts = []
    for name, value in (form or {}).items():
        parts.append(f'content-disposition: form-data; name="{name}"\r\n\r\n'.encode() + str(value).encode())
    for name, (file_name, content, kind) in files.items():
        head = f'content-disposition: form-data; name="{name}"; filename="{file_name}"\r\ncontent-type: {kind}\r\n\r\n'
        parts.append(head.encode() + content)
    line = f"--{boundary}".encode()
    return b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"
