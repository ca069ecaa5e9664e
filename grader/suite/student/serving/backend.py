"""A server of the check that the students' code talks to: it answers as the check says, and records what it was asked.

It runs in a thread of the suite's process and listens on the loopback interface alone. What comes in is hostile: connections,
headers, bodies and the record are bounded, and who is slow is dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import threading
from collections import Counter
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote

from grader.suite.outcomes import StudentFault
from grader.suite.student.wire import WireError, parse

T = TypeVar("T")

#: Connections at a time; a further one is closed at once.
MAX_CONNECTIONS = 128
#: Bytes of a request's line and headers together, and of a line of a chunked body.
MAX_HEAD = 16 * 1024
MAX_BODY = 1024 * 1024
#: Requests that are recorded with what they held, and the bytes of their bodies together; those behind are counted.
MAX_RECORDED = 1000
MAX_RECORDED_BYTES = 8 * 1024 * 1024
#: Seconds in which a request has to arrive, and a connection may wait for the next one.
REQUEST_S = 10.0
#: Seconds to wait for the thread at the end.
JOIN_S = 5.0

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")
_REASONS = {200: "OK", 201: "Created", 204: "No Content", 400: "Bad Request", 404: "Not Found"}


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A request that the students' code sent: `path` without its query, decoded; headers by lower-case name."""

    method: str
    path: str
    query: Mapping[str, list[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        """Return the body as a JSON value. Raise StudentFault if it is none. Example: `backend.requests[0].json()["text"]`."""
        try:
            return parse(self.body)
        except WireError as problem:
            raise StudentFault(
                "value", f"`{self.method} {self.path[:80]}` was sent a body that is no JSON: {problem}."
            ) from problem


class _Refused(Exception):
    """A request that cannot be read; the connection ends after the status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Backend:
    """A server of the check; `student.backend` gives one.

    Example:
        backend = student.backend({"GET /health": "ok", "POST /predict": lambda asked: {"length": len(asked.body)}})
    """

    def __init__(
        self,
        routes: Mapping[str, Any],
        *,
        connections: int = MAX_CONNECTIONS,
        recorded: int = MAX_RECORDED,
        request_s: float = REQUEST_S,
    ) -> None:
        self._connections = connections
        self._most = recorded
        self._seconds = request_s
        self._routes = dict(routes)
        self._recorded: list[Recorded] = []
        self._bytes = 0
        self._counts: Counter[str] = Counter()
        self._broken: Exception | None = None
        self._open = 0
        self._loop = asyncio.new_event_loop()
        # All of it runs in the thread: the caller may be inside of a loop of its own.
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        starting = asyncio.start_server(self._serve, "127.0.0.1", 0, limit=MAX_HEAD)
        self._server = asyncio.run_coroutine_threadsafe(starting, self._loop).result(JOIN_S)
        self.port: int = self._server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        """Its address, for a variable of the students' code. Example: `env={"BACKEND": backend.url}`."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def requests(self) -> list[Recorded]:
        """The requests so far, the first 1000 of them. Example: `assert backend.requests[0].json() == {"text": text}`."""
        self._check()
        return list(self._recorded)

    def count(self, route: str = "") -> int:
        """Return how often the students' code asked: in all, or by a route as it was given. Exact, whatever was recorded.

        Example: `assert backend.count("POST /predict") >= 50, "Fewer than 50 predictions were asked for."`
        """
        self._check()
        if route and route not in self._routes:
            raise KeyError(route)
        return self._counts[route] if route else self._counts.total()

    def stop(self) -> None:
        """End the server; the end of a check does."""
        if not self._thread.is_alive():
            return
        with contextlib.suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(JOIN_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(JOIN_S)
        if not self._thread.is_alive():
            self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _check(self) -> None:
        """Raise what a function of a route raised: the check's own fault."""
        if self._broken is not None:
            raise self._broken

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            while self._open <= self._connections and await self._one(reader, writer):
                pass
        except _Refused as refused:
            writer.write(_packed(refused.status, b"", "text/plain", last=True))
            await self._within(writer.drain())
        except (OSError, EOFError, TimeoutError, ValueError, asyncio.LimitOverrunError):
            pass  # It left, was slow, or said what is no HTTP.
        finally:
            self._open -= 1
            writer.close()
            if writer.transport.get_write_buffer_size():
                writer.transport.abort()  # It does not read its answer: waiting for it would last for ever.

    async def _within(self, work: Awaitable[T]) -> T:
        return await asyncio.wait_for(work, self._seconds)

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether the connection stays open."""
        asked, version = await self._within(_received(reader))
        name, status, content, kind = self._answer(asked)
        self._record(name, asked)
        last = version == "HTTP/1.0" or asked.headers.get("connection", "").lower() == "close"
        body = b"" if asked.method == "HEAD" else content
        writer.write(_packed(status, body, kind, last=last, size=len(content)))
        await self._within(writer.drain())
        return not last

    def _answer(self, asked: Recorded) -> tuple[str, int, bytes, str]:
        """Return the route of a request, and its status, body and media type."""
        name = next((name for name in self._routes if _fits(name, asked)), "")
        if not name:
            return "", 404, b"", "text/plain"
        answer, status = self._routes[name], 200
        try:
            value = answer(asked) if callable(answer) else answer
            if isinstance(value, tuple):
                status, value = value
            if status == 204:
                value = b""
            if isinstance(value, bytes):
                return name, status, value, "application/octet-stream"
            return name, status, json.dumps(value, allow_nan=False).encode(), "application/json"
        except StudentFault:
            return name, 400, b"", "text/plain"
        except Exception as problem:  # noqa: BLE001 - the check asks for it, in its own thread
            self._broken = self._broken or problem
            return name, 500, b"", "text/plain"

    def _record(self, name: str, asked: Recorded) -> None:
        self._counts[name] += 1
        self._bytes += len(asked.body)
        if len(self._recorded) < self._most and self._bytes <= MAX_RECORDED_BYTES:
            self._recorded.append(asked)


def _fits(route: str, asked: Recorded) -> bool:
    method, _, path = route.partition(" ")
    if method != asked.method:
        return False
    return asked.path == path or (path.endswith("*") and asked.path.startswith(path[:-1]))


async def _received(reader: asyncio.StreamReader) -> tuple[Recorded, str]:
    """Read one request; return it and the version of HTTP. Raise _Refused, or what a broken connection raises."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
    method, target, version = [*line.split(" "), "", ""][:3]
    if not _TOKEN.fullmatch(method) or version not in ("HTTP/1.0", "HTTP/1.1") or not target.startswith("/"):
        raise _Refused(400)
    headers: dict[str, str] = {}
    for entry in lines:
        name, colon, value = entry.partition(":")
        if not colon or not _TOKEN.fullmatch(name):
            raise _Refused(400)
        key = name.lower()
        headers[key] = f"{headers[key]}, {value.strip()}" if key in headers else value.strip()
    path, _, query = target.partition("?")
    asked = Recorded(
        method=method,
        path=unquote(path),
        query=parse_qs(query, keep_blank_values=True),
        headers=headers,
        body=await _body(reader, headers),
    )
    return asked, version


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if "transfer-encoding" in headers:
        if headers["transfer-encoding"].lower() != "chunked" or "content-length" in headers:
            raise _Refused(400)
        return await _chunks(reader)
    size = headers.get("content-length", "0")
    if not re.fullmatch(r"[0-9]{1,10}", size):
        raise _Refused(400)
    if int(size) > MAX_BODY:
        raise _Refused(413)
    return await reader.readexactly(int(size))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while True:
        line = await reader.readuntil(b"\r\n")
        size = line.partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", size):
            raise _Refused(400)
        if len(body) + int(size, 16) > MAX_BODY:
            raise _Refused(413)
        if int(size, 16) == 0:
            # Trailers are read to their end, and dropped.
            left = MAX_HEAD
            while (line := await reader.readuntil(b"\r\n")) != b"\r\n":
                left -= len(line)
                if left < 0:
                    raise _Refused(400)
            return bytes(body)
        body += await reader.readexactly(int(size, 16))
        if await reader.readexactly(2) != b"\r\n":
            raise _Refused(400)


def _packed(status: int, body: bytes, kind: str, *, last: bool, size: int | None = None) -> bytes:
    lines = [
        f"HTTP/1.1 {status} {_REASONS.get(status, 'Status')}",
        f"content-type: {kind}",
        f"content-length: {len(body) if size is None else size}",
        f"connection: {'close' if last else 'keep-alive'}",
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body
