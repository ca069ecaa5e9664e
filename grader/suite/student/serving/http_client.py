"""The suite's HTTP client: one request to a server of the students, over a connection of its own.

Nothing that the server sends decides how long this takes or how much is kept: a watchdog closes the connection at the deadline
of the whole request, and headers, body and decompression are bounded. No redirect is followed, no cookie kept.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from grader.suite.outcomes import StudentFault
from grader.suite.student.http_messages import Request, Response

MAX_HEADERS = 100
MAX_HEADER_BYTES = 32 * 1024
#: Seconds between two looks of the watchdog at the server.
LOOK_S = 0.5
#: What the client says of itself; a request may say otherwise.
OWN_HEADERS = {
    "accept": "*/*",
    "accept-encoding": "gzip, deflate",
    "connection": "close",
    "user-agent": "grader",
}
#: Window sizes by which zlib reads a coding; `deflate` comes with zlib's header, or without.
_WINDOWS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}


class _Watchdog:
    """Closes the connection of one request when its time is up, or when the server is gone and somebody else holds it open."""

    def __init__(self, seconds: float, alive: Callable[[], bool]) -> None:
        self.barked = False
        self._stream: Any = None
        self._deadline = time.monotonic() + seconds
        self._alive = alive
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> _Watchdog:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()

    def _watch(self) -> None:
        while self._alive() and self._left() > 0:
            if self._done.wait(min(LOOK_S, self._left())):
                return
        # What a server sent before its end is still to be read.
        if not self._done.wait(min(LOOK_S, self._left())):
            self._bark()

    def _left(self) -> float:
        return max(0.0, self._deadline - time.monotonic())

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Watch the connection as soon as there is one: httpx calls this with each step of a request."""
        if event == "connection.connect_tcp.complete":
            self._stream = info["return_value"]
            if self.barked:
                self._close()

    def _bark(self) -> None:
        self.barked = True
        if self._stream is not None:
            self._close()

    def _close(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


def exchange(
    asked: Request, place: tuple[str, int], seconds: float, most: int, alive: Callable[[], bool]
) -> Response:
    """Send a request and return the answer.

    Args:
        asked: the request.
        place: address and port of the server.
        seconds: wall seconds of the whole request.
        most: bytes that are kept of a body, decompressed.
        alive: whether the server still runs.

    Raises:
        StudentFault: `timeout`, or `reply` for an answer that is none.
    """
    watchdog = _Watchdog(seconds, alive)
    sent = httpx.Request(
        asked.method,
        httpx.URL(scheme="http", host=place[0], port=place[1], raw_path=asked.target.encode("ascii")),
        headers={**OWN_HEADERS, **asked.headers},
        content=asked.body or None,
        extensions={
            "trace": watchdog.trace,
            "timeout": dict.fromkeys(("connect", "read", "write", "pool"), seconds),
        },
    )
    try:
        with httpx.HTTPTransport(trust_env=False, verify=False) as transport, watchdog:
            response = transport.handle_request(sent)
            try:
                answer = _read(asked, response, most)
            finally:
                response.close()
    except httpx.LocalProtocolError:
        raise
    except httpx.TransportError as problem:
        if watchdog.barked or isinstance(problem, httpx.TimeoutException):
            raise _late(asked) from problem
        raise StudentFault("reply", f"`{asked}` got no answer: {_in_words(problem)}.") from problem
    if watchdog.barked:
        # A connection that was closed by the watchdog looks like the end of a body of unknown length.
        raise _late(asked)
    return answer


def _late(asked: Request) -> StudentFault:
    return StudentFault("timeout", f"`{asked}` was not answered in time.")


def _in_words(problem: httpx.TransportError) -> str:
    if isinstance(problem, httpx.ConnectError):
        return "the server does not accept connections"
    if isinstance(problem, httpx.RemoteProtocolError):
        return f"what came back is not valid HTTP ({str(problem)[:200]})"
    return "the server closed the connection"


def _read(asked: Request, response: httpx.Response, most: int) -> Response:
    pairs = response.headers.multi_items()
    if len(pairs) > MAX_HEADERS or sum(len(name) + len(value) for name, value in pairs) > MAX_HEADER_BYTES:
        raise StudentFault(
            "reply",
            f"`{asked}` is answered with too many headers: at most {MAX_HEADERS} of {MAX_HEADER_BYTES} bytes are read.",
        )
    headers: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity" and coding not in _WINDOWS:
        raise StudentFault(
            "reply",
            f"`{asked}` is answered in the coding `{coding[:50]}`: the request accepts gzip and deflate only.",
        )
    raw = bytearray()
    assert isinstance(response.stream, httpx.SyncByteStream)
    for chunk in response.stream:
        raw += chunk[: most + 1 - len(raw)]
        if len(raw) > most:
            break
    cut = len(raw) > most
    body = bytes(raw) if coding == "identity" else _decompressed(asked, bytes(raw), coding, most, cut)
    return Response(
        asked=asked,
        status=response.status_code,
        headers=headers,
        body=body[:most],
        cut=cut or len(body) > most,
    )


def _decompressed(asked: Request, data: bytes, coding: str, most: int, cut: bool) -> bytes:
    """Return at most one byte more than `most` of what `data` holds."""
    problem: zlib.error | None = None
    for window in _WINDOWS[coding] if data else ():
        decompressor = zlib.decompressobj(window)
        try:
            body = decompressor.decompress(data, most + 1)
        except zlib.error as found:
            problem = found
            continue
        if decompressor.eof or cut or len(body) > most:
            return body
        raise StudentFault("reply", f"The answer to `{asked}` ends in the middle of its {coding} data.")
    if problem is not None:
        raise StudentFault("reply", f"The answer to `{asked}` is not the {coding} data that its header says.")
    return b""
